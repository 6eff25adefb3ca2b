# Reads the two sets of answers that the reference scripts run on; sourced by them.
# A world is list(name, answers = data frame, school, block, scales = list(key, items, turned, low, high)).
# Turned items are turned here, so that scripts see items that all point one way.

turn_items <- function(world) {
  for (scale in world$scales)
    for (item in scale$items[scale$turned])
      world$answers[[item]] <- scale$low + scale$high - world$answers[[item]]
  world
}

synthetic_world <- function() {
  data <- read.csv("synthetic.csv")
  scales <- list(
    list(key = "calm", items = paste0("item", 0:3), turned = c(FALSE, FALSE, TRUE, FALSE), low = 1, high = 5),
    list(key = "help", items = paste0("item", 4:8), turned = rep(TRUE, 5), low = 1, high = 4),
    list(key = "faces", items = paste0("item", 9:11), turned = rep(FALSE, 3), low = 1, high = 3)
  )
  turn_items(list(name = "synthetic", answers = data[-1], school = data$school, block = data$school, scales = scales))
}

pisa_world <- function(folder) {
  book <- read.csv(file.path(folder, "codebook.csv"))
  data <- read.csv(file.path(folder, "pupils.csv"))
  scales <- lapply(unique(book$scale), function(key) {
    rows <- book[book$scale == key, ]
    list(key = key, items = rows$item, turned = rows$reverse == 1, low = 1, high = 4)
  })
  turn_items(list(name = "pisa", answers = data[book$item], school = data$school_id,
                  block = paste(data$school_id, data$grade), scales = scales))
}

# Person scores: mean of the answered items where at least half are answered.
person_scores <- function(items) {
  answered <- rowSums(!is.na(items))
  ifelse(answered >= ncol(items) / 2, rowMeans(items, na.rm = TRUE), NA)
}

# The synthetic world always; the PISA pupils when KFL_PISA_DIR names their folder.
worlds <- function() {
  folder <- Sys.getenv("KFL_PISA_DIR")
  if (folder == "") stop("set KFL_PISA_DIR to the folder that holds pupils.csv and codebook.csv")
  list(synthetic_world(), pisa_world(folder))
}

write_reference <- function(rows, file) {
  table <- do.call(rbind, rows)
  numbers <- sapply(table, is.double)
  table[numbers] <- lapply(table[numbers], function(x) ifelse(is.na(x), "", trimws(formatC(x, digits = 13, format = "g"))))
  write.csv(table, file, row.names = FALSE, quote = FALSE, eol = "\n")
}
