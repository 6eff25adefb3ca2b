# Design effects of alpha, omega total and chi² for people in clusters: covariances' variances by cluster in base R,
# robust standard errors and scaled chi² by lavaan, which is given them (NACOV).
# Run in this folder: Rscript design_effects.R   (R 4.2.2, lavaan 0.6.14)
library(lavaan)
set.seed(20181130)
clusters <- 25
size <- sample(8:30, clusters, replace = TRUE)
cluster <- rep(seq_len(clusters), size)
level <- rnorm(clusters, 0, 0.6)[cluster] + rnorm(length(cluster))
answers <- sapply(c(0.9, 0.8, 0.7, 0.6, 0.5), function(loading)
  pmin(pmax(round(3 + loading * level + rnorm(clusters, 0, 0.3)[cluster] + rnorm(length(cluster), 0, 0.8)), 1), 5))
colnames(answers) <- paste0("q", 1:5)
write.csv(data.frame(cluster = cluster, answers), "clustered_answers.csv", row.names = FALSE)

alpha_of <- function(s) ncol(s) / (ncol(s) - 1) * (1 - sum(diag(s)) / sum(s))
rows <- NULL
for (items in c(5, 3)) {
  y <- answers[, seq_len(items)]
  n <- nrow(y)
  s <- cov(y)
  vech <- lower.tri(s, diag = TRUE)
  apart <- t(apply(sweep(y, 2, colMeans(y)), 1, function(one) (outer(one, one) - s)[vech]))
  by_cluster <- rowsum(apart, cluster)
  gamma <- crossprod(by_cluster) * clusters / (clusters - 1) / n
  # alpha: derivatives by small steps
  slope <- sapply(which(vech), function(at) {
    moved <- function(h) { t <- s; t[at] <- t[at] + h; t[lower.tri(t)] -> low; t[upper.tri(t)] <- t(t)[upper.tri(t)]; t }
    (alpha_of(moved(1e-6)) - alpha_of(moved(-1e-6))) / 2e-6
  })
  normal <- lavaan:::lav_samplestats_Gamma_NT(COV = s)
  alpha <- c(slope %*% gamma %*% slope / slope %*% normal %*% slope)
  labels <- paste0("q", seq_len(items))
  syntax <- paste0("f =~ ", paste0("l", seq_len(items), "*", labels, collapse = " + "), "\n",
                   paste0(labels, " ~~ r", seq_len(items), "*", labels, collapse = "\n"), "\n",
                   "omega := (", paste0("l", seq_len(items), collapse = "+"), ")^2 / ((",
                   paste0("l", seq_len(items), collapse = "+"), ")^2 + ",
                   paste0("r", seq_len(items), collapse = "+"), ")")
  plain <- cfa(syntax, sample.cov = s, sample.nobs = n, std.lv = TRUE)
  robust <- cfa(syntax, sample.cov = s, sample.nobs = n, std.lv = TRUE, NACOV = gamma,
                se = "robust.sem", test = "satorra.bentler")
  se <- function(fit) { found <- parameterEstimates(fit); found$se[found$lhs == "omega"] }
  scale <- if (items > 3) unname(fitMeasures(robust, "chisq.scaling.factor")) else NA
  rows <- rbind(rows, data.frame(items, alpha, omega = (se(robust) / se(plain))^2, chi2 = scale))
}
write.csv(format(rows, digits = 12), "design_effects.csv", row.names = FALSE, quote = FALSE)
