# T1, T2 and T3 of tools/bench/analysis.py with data.table, and psych::alpha for a few schools.
# Rscript analysis.R FOLDER PEOPLE SCALES ITEMS; prints a name and seconds on each line. Every fourth item is turned.
suppressPackageStartupMessages(library(data.table))
arguments <- commandArgs(TRUE)
folder <- arguments[1]
people <- as.integer(arguments[2]); scales <- as.integer(arguments[3]); items <- as.integer(arguments[4])
seconds <- function(work) { gc(FALSE); system.time(work)[["elapsed"]] }
read <- seconds({
  file <- file(file.path(folder, "answers.bin"), "rb")
  codes <- lapply(seq_len(scales * items), function(i) {
    x <- readBin(file, "integer", people, size = 1)
    x[x < 0] <- NA_integer_
    if ((i - 1) %% items %% 4 == 3) 6L - x else x
  })
  close(file)
  names(codes) <- paste0("i", seq_along(codes))
  data <- as.data.table(codes)
  rm(codes)
  data[, school := readBin(file.path(folder, "school.bin"), "integer", people)]
  data[, cell := readBin(file.path(folder, "cell.bin"), "integer", people)]
})
cat("read", read, "\n")
rows <- function(s) paste0("i", (s - 1) * items + seq_len(items))

scores <- NULL
t1 <- seconds({
  scores <- as.data.table(lapply(seq_len(scales), function(s) {
    own <- data[, rows(s), with = FALSE]
    answered <- items - Reduce(`+`, lapply(own, is.na))
    total <- Reduce(`+`, lapply(own, function(x) { x[is.na(x)] <- 0L; x }))
    score <- total / answered
    score[answered < items / 2] <- NA
    score
  }))
  points <- scores[, lapply(.SD, function(x) 500 + 100 * (x - mean(x, na.rm = TRUE)) / sd(x, na.rm = TRUE))]
})
cat("t1", t1, "\n")

t2 <- seconds({
  squares <- scores[, lapply(.SD, function(x) x * x)]
  given <- scores[, lapply(.SD, function(x) as.integer(!is.na(x)))]
  by_cell <- function(table) table[, lapply(.SD, sum, na.rm = TRUE), by = list(cell = data$cell)][, -1]
  n <- by_cell(given); total <- by_cell(scores); square <- by_cell(squares)
  means <- total / n
  sds <- sqrt((square - total * means) / (n - 1))
})
cat("t2", t2, "\n")

t3 <- seconds({
  for (s in seq_len(scales)) {
    own <- na.omit(data[, c("school", rows(s)), with = FALSE])
    own[, total := Reduce(`+`, .SD), .SDcols = rows(s)]
    v <- own[, lapply(.SD, var), by = school, .SDcols = c(rows(s), "total")]
    alpha <- items / (items - 1) * (1 - rowSums(as.matrix(v[, rows(s), with = FALSE])) / v$total)
  }
})
cat("t3", t3, "\n")

if (requireNamespace("psych", quietly = TRUE)) {
  calls <- 0
  psych <- seconds({
    for (k in intersect(seq(0, 2700, by = 300), data$school)) for (s in c(1, scales)) {
      own <- as.data.frame(data[school == k, rows(s), with = FALSE])
      suppressWarnings(psych::alpha(own))
      calls <- calls + 1
    }
  })
  cat("psych", psych / calls * scales * length(unique(data$school)), "\n")
  cat("psych_calls", calls, "\n")
}
