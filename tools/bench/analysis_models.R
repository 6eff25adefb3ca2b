# psych::polychoric of a few items and lavaan's factor model of the complete sheets of tools/bench/analysis.py.
# Rscript analysis_models.R FOLDER TRIED PEOPLE SCALES ITEMS COMPLETE; prints a package and seconds on each line.
arguments <- commandArgs(TRUE)
folder <- arguments[1]
sizes <- as.integer(arguments[-1])
tried <- sizes[1]; people <- sizes[2]; scales <- sizes[3]; items <- sizes[4]; complete <- sizes[5]
table_of <- function(name, columns, rows) {
  x <- matrix(readBin(file.path(folder, name), "integer", columns * rows, size = 1), rows, columns)
  x[x < 0] <- NA
  colnames(x) <- paste0("i", seq_len(columns))
  as.data.frame(x)
}
if (requireNamespace("psych", quietly = TRUE)) {
  some <- table_of("some.bin", tried, people)
  cat("psych", system.time(psych::polychoric(some, correct = 0))[["elapsed"]], "\n")
}
if (requireNamespace("lavaan", quietly = TRUE)) {
  sheets <- table_of("complete.bin", scales * items, complete)
  factor <- function(s) paste0("f", s, " =~ ", paste0("i", (s - 1) * items + seq_len(items), collapse = " + "))
  model <- paste(sapply(seq_len(scales), factor), collapse = "\n")
  cat("lavaan", system.time({
    fit <- lavaan::cfa(model, sheets, std.lv = TRUE)
    lavaan::fitMeasures(fit)
  })[["elapsed"]], "\n")
}
