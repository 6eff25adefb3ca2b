# Hedges' g of odd against even rows (for want of a split in the synthetic sheets), and of one half of the schools against the
# other in clusters. The clustered one is written with the full covariance matrix of all persons, not with sums of sizes:
# y = mean + V^(1/2) e, V = (1 - icc) I + icc ZZ'. Then E(SS) = tr(MV) and Var(SS) = 2 tr(MVMV), M centring each side.
# Run in this folder: Rscript effects.R   (R 4.2.2)
source("worlds.R")

J <- function(m) exp(lgamma(m / 2) - lgamma((m - 1) / 2)) / sqrt(m / 2)

plain_g <- function(x, y) {
  m <- length(x) + length(y) - 2
  d <- (mean(x) - mean(y)) / sqrt(((length(x) - 1) * var(x) + (length(y) - 1) * var(y)) / m)
  se <- J(m) * sqrt(1 / length(x) + 1 / length(y) + d^2 / (2 * m))
  data.frame(difference = mean(x) - mean(y), g = J(m) * d, se = se,
             low = J(m) * d - qnorm(0.975) * se, high = J(m) * d + qnorm(0.975) * se)
}

clustered_g <- function(score, school, side, icc) {
  together <- outer(school, school, "==")
  V <- (1 - icc) * diag(length(score)) + icc * together
  X <- cbind(side, !side) * 1
  M <- diag(length(score)) - X %*% solve(crossprod(X)) %*% t(X)
  contrast <- side / sum(side) - (!side) / sum(!side)
  difference <- sum(contrast * score)
  MV <- M %*% V
  expected <- sum(diag(MV))
  effective <- expected^2 / sum(MV * t(MV))
  d <- difference / sqrt(c(score %*% M %*% score) / expected)
  se <- J(effective) * sqrt(c(contrast %*% V %*% contrast) + d^2 / (2 * effective))
  data.frame(difference = difference, g = J(effective) * d, se = se,
             low = J(effective) * d - qnorm(0.975) * se, high = J(effective) * d + qnorm(0.975) * se)
}

rows <- list()
add <- function(scale, kind, icc, result)
  rows[[length(rows) + 1]] <<- cbind(data.frame(scale = scale, kind = kind, icc = icc), result)
world <- synthetic_world()
for (scale in world$scales) {
  score <- person_scores(world$answers[scale$items])
  odd <- seq_along(score) %% 2 == 1
  there <- !is.na(score)
  add(scale$key, "plain", 0, plain_g(score[odd & there], score[!odd & there]))
  side <- world$school[there] %% 2 == 0
  for (icc in c(0.05, 0.3)) add(scale$key, "clustered", icc, clustered_g(score[there], world$school[there], side, icc))
}
write_reference(rows, "effects.csv")
