# Longest run of one raw code, answers given and place of the last answer for each sheet, by rle and which.
# Run in this folder: Rscript screens.R   (R 4.2.2)
data <- read.csv("synthetic.csv")
rows <- lapply(seq_len(nrow(data)), function(i) {
  sheet <- unlist(data[i, -1])
  given <- which(!is.na(sheet))
  calm <- sheet[1:4]
  data.frame(
    answered = length(given),
    longest_run = max(0, rle(sheet[given])$lengths),
    reached = max(0, given),
    straight = if (!anyNA(calm) && length(unique(calm)) == 1) calm[[1]] else -1
  )
})
write.csv(do.call(rbind, rows), "screens.csv", row.names = FALSE, quote = FALSE, eol = "\n")
