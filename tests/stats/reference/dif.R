# Differential item functioning by general tests of R: linear-by-linear and generalised Cochran-Mantel-Haenszel,
# people matched on the total of the complete sheets, neighbouring totals joined up to 10 people.
# The sides are the schools with even and odd numbers.
# Run in this folder: Rscript dif.R   (R 4.2.2, coin 1.4.2)
suppressPackageStartupMessages(library(coin))
source("worlds.R")

joined <- function(score, smallest) {
  stratum <- integer(0)
  number <- 0
  held <- 0
  for (value in sort(unique(score))) {
    if (held >= smallest) { number <- number + 1; held <- 0 }
    stratum[as.character(value)] <- number
    held <- held + sum(score == value)
  }
  if (held < smallest && number > 0) stratum[stratum == number] <- number - 1
  factor(stratum[as.character(score)])
}

rows <- list()
world <- synthetic_world()
for (scale in world$scales) {
  sheets <- na.omit(world$answers[scale$items])
  side <- world$school[as.integer(rownames(sheets))] %% 2
  for (matching in c("total", "rest")) for (item in scale$items) {
    score <- rowSums(sheets) - if (matching == "rest") sheets[[item]] else 0
    stratum <- joined(score, 10)
    both <- stratum %in% names(which(tapply(side, stratum, function(s) length(unique(s))) == 2))
    data <- data.frame(y = ordered(sheets[[item]]), side = ordered(side), stratum = stratum)[both, ]
    data <- droplevels(data)
    steps <- as.integer(as.character(levels(data$y)))
    linear <- lbl_test(y ~ side | stratum, data = data, scores = list(y = steps), distribution = "asymptotic")
    table <- xtabs(~ side + y + stratum, data)
    general <- mantelhaen.test(table, correct = FALSE)
    sides <- xtabs(~ side + stratum, data)
    means <- tapply(steps[data$y], list(data$side, data$stratum), mean)
    smd <- sum(sides[2, ] / sum(sides[2, ]) * (means[2, ] - means[1, ]))
    rows[[length(rows) + 1]] <- data.frame(
      scale = scale$key, matching = matching, item = item, strata = nlevels(data$stratum), people = nrow(data),
      chi2 = as.numeric(statistic(linear, "test"))^2, p = as.numeric(pvalue(linear)),
      smd = smd, smd_sd = smd / sd(sheets[[item]]),
      general_chi2 = general$statistic[[1]], general_df = general$parameter[[1]] + 0, general_p = general$p.value)
  }
}
write_reference(rows, "dif.csv")
