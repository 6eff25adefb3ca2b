# Means of person scores with CR1 intervals: lm and sandwich::vcovCL (HC1), t with clusters - 1 degrees of freedom.
# For everybody, for each half of the people (odd and even rows, for want of a split in the synthetic sheets), and with
# every person alone (`alone`, by t.test).
# Run in this folder: KFL_PISA_DIR=... Rscript clustered.R   (R 4.2.2, sandwich 3.0-2)
suppressPackageStartupMessages(library(sandwich))
source("worlds.R")

clustered <- function(score, school) {
  school <- school[!is.na(score)]
  score <- score[!is.na(score)]
  fit <- lm(score ~ 1)
  se <- sqrt(vcovCL(fit, cluster = school, type = "HC1")[1, 1])
  clusters <- length(unique(school))
  half <- qt(0.975, clusters - 1) * se
  data.frame(n = length(score), clusters = clusters, mean = coef(fit)[[1]], sd = sd(score), se = se,
             low = coef(fit)[[1]] - half, high = coef(fit)[[1]] + half)
}

alone <- function(score) {
  score <- score[!is.na(score)]
  test <- t.test(score)
  data.frame(n = length(score), clusters = length(score), mean = test$estimate[[1]], sd = sd(score),
             se = test$stderr, low = test$conf.int[1], high = test$conf.int[2])
}

rows <- list()
for (world in worlds()) for (scale in world$scales) {
  score <- person_scores(world$answers[scale$items])
  odd <- seq_along(score) %% 2 == 1
  parts <- list(all = clustered(score, world$school), odd = clustered(score[odd], world$school[odd]),
                even = clustered(score[!odd], world$school[!odd]), alone = alone(score))
  for (part in names(parts))
    rows[[length(rows) + 1]] <- cbind(data.frame(world = world$name, scale = scale$key, part = part), parts[[part]])
}
write_reference(rows, "clustered.csv")
