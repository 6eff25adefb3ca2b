# Change between two waves in panel.csv, by lm and sandwich::vcovCL with schools as clusters, for all and for the schools
# with even and odd numbers. `waves`: repeated cross-sections, HC1, t with clusters - 1. `panel`: those in both waves.
# g by the delta method from the joint covariance of means and mean squared residuals (HC0, then the factor of HC1).
# Run in this folder: Rscript change.R   (R 4.2.2, sandwich 3.0-2)
suppressPackageStartupMessages(library(sandwich))
source("worlds.R")

J <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)

interval <- function(name, value, se, clusters) {
  half <- qt(0.975, clusters - 1) * se
  setNames(data.frame(value, se, value - half, value + half), paste0(name, c("", "_se", "_low", "_high")))
}

waves <- function(before, after, school) {
  data <- na.omit(data.frame(score = c(before, after), wave = rep(0:1, each = length(before)), school = rep(school, 2)))
  clusters <- length(unique(data$school))
  fit <- lm(score ~ wave, data)
  se <- sqrt(vcovCL(fit, cluster = data$school, type = "HC1")[2, 2])
  n <- table(data$wave)
  total <- sum(n)
  variance <- sum(residuals(fit)^2) / (total - 2)
  joint <- lm(cbind(score, residuals(fit)^2) ~ 0 + factor(wave), data)
  covariance <- vcovCL(joint, cluster = data$school, type = "HC0", cadjust = FALSE) *
    clusters / (clusters - 1) * (total - 1) / (total - 2)
  d <- coef(fit)[[2]] / sqrt(variance)
  slope <- c(-1, 1, -d / (2 * sqrt(variance)) * n / (total - 2)) / sqrt(variance)
  correction <- J(total - 2)
  cbind(data.frame(units = clusters, n_before = n[[1]], n_after = n[[2]], before = coef(fit)[[1]],
                   after = sum(coef(fit))),
        interval("difference", coef(fit)[[2]], se, clusters),
        interval("g", correction * d, correction * sqrt(c(slope %*% covariance %*% slope)), clusters),
        data.frame(sd_difference = NA, correlation = NA, matched_before = NA, matched_after = NA))
}

panel <- function(before, after, school) {
  both <- !is.na(before) & !is.na(after)
  matched <- sum(both) / c(sum(!is.na(before)), sum(!is.na(after)))
  x <- before[both]
  y <- after[both]
  school <- school[both]
  clusters <- length(unique(school))
  n <- length(x)
  fit <- lm(y - x ~ 1)
  se <- sqrt(vcovCL(fit, cluster = school, type = "HC1")[1, 1])
  variance <- (var(x) + var(y)) / 2
  joint <- lm(cbind(x, y, (x - mean(x))^2, (y - mean(y))^2) ~ 1)
  covariance <- vcovCL(joint, cluster = school, type = "HC0", cadjust = FALSE) * clusters / (clusters - 1)
  d <- mean(y - x) / sqrt(variance)
  slope <- c(-1, 1, rep(-d / (2 * sqrt(variance)) * n / (2 * (n - 1)), 2)) / sqrt(variance)
  correction <- J(n - 1)
  cbind(data.frame(units = clusters, n_before = n, n_after = n, before = mean(x), after = mean(y)),
        interval("difference", mean(y - x), se, clusters),
        interval("g", correction * d, correction * sqrt(c(slope %*% covariance %*% slope)), clusters),
        data.frame(sd_difference = sd(y - x), correlation = cor(x, y), matched_before = matched[1], matched_after = matched[2]))
}

data <- read.csv("panel.csv")
for (wave in c("before", "after")) data[[paste0(wave, 2)]] <- 6 - data[[paste0(wave, 2)]]
rows <- list()
for (scale in c("four", "three")) {
  items <- if (scale == "four") 0:3 else 4:6
  before <- person_scores(data[paste0("before", items)])
  after <- person_scores(data[paste0("after", items)])
  for (part in c("all", "even", "odd")) {
    here <- part == "all" | (part == "odd") == (data$school %% 2 == 1)
    for (kind in c("waves", "panel"))
      rows[[length(rows) + 1]] <- cbind(data.frame(scale = scale, part = part, kind = kind),
                                        get(kind)(before[here], after[here], data$school[here]))
  }
}
write_reference(rows, "change.csv")
