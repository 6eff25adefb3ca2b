# What kfl analyse says about the pupils of PISA 2015 (United States), by R: psych, lavaan, lme4.
# Run:  Rscript pisa.R FOLDER_WITH_PUPILS_AND_CODEBOOK .    (writes pisa_scales.csv and pisa_items.csv)
# Aggregates only; the pupils' rows are not in the project. R 4.2.2, psych 2.2.9, lavaan 0.6-14, lme4 1.1-31.
suppressPackageStartupMessages({library(psych); library(lavaan); library(lme4)})
folder <- commandArgs(TRUE)[1]
pupils <- read.csv(file.path(folder, "pupils.csv"), na.strings = "")
book <- read.csv(file.path(folder, "codebook.csv"))

of_scale <- function(key) {
  rows <- book[book$scale == key, ]
  x <- as.matrix(pupils[, rows$item])
  turned <- rows$reverse == 1
  x[, turned] <- 5 - x[, turned]
  answered <- rowSums(!is.na(x))
  score <- ifelse(answered >= ceiling(ncol(x) / 2), rowMeans(x, na.rm = TRUE), NA)
  mu <- mean(score, na.rm = TRUE); sigma <- sd(score, na.rm = TRUE)
  points <- 500 + 100 * (score - mu) / sigma

  complete <- as.data.frame(x[answered == ncol(x), ])
  names(complete) <- paste0("x", seq_len(ncol(x)))
  a <- suppressWarnings(psych::alpha(complete, check.keys = FALSE))
  model <- paste("f =~", paste(names(complete), collapse = " + "), "\n omega := (", paste0("l", seq_len(ncol(x)), collapse = " + "), ")^2 / ((",
    paste0("l", seq_len(ncol(x)), collapse = " + "), ")^2 +", paste0("e", seq_len(ncol(x)), collapse = " + "), ")\n")
  labelled <- paste0("f =~ ", paste0("l", seq_len(ncol(x)), "*", names(complete), collapse = " + "), "\n",
    paste0(names(complete), " ~~ e", seq_len(ncol(x)), "*", names(complete), collapse = "\n"), "\n", sub("^f =~[^\n]*\n", "", model))
  fit <- cfa(labelled, complete, std.lv = TRUE)
  measures <- fitMeasures(fit, c("chisq", "df", "cfi", "tli", "rmsea", "srmr"))
  if (measures["df"] == 0) measures["tli"] <- NA
  estimates <- parameterEstimates(fit)
  omega <- estimates[estimates$label == "omega", ]

  d <- data.frame(points = points, school = factor(pupils$school_id))
  d <- d[!is.na(d$points), ]
  v <- as.data.frame(VarCorr(lmer(points ~ 1 + (1 | school), d, control = lmerControl(check.conv.singular = "ignore"))))$vcov
  pull <- tapply(d$points - mean(d$points), d$school, sum)
  clusters <- length(pull[!is.na(pull)])
  se <- sqrt(clusters / (clusters - 1) * sum(pull^2, na.rm = TRUE)) / nrow(d)
  standard <- standardizedSolution(fit)
  list(scale = data.frame(scale = key, items = ncol(x), n = sum(!is.na(score)), n_complete = nrow(complete),
    alpha = a$total$raw_alpha, alpha_low = a$feldt$lower.ci[[1]], alpha_high = a$feldt$upper.ci[[1]],
    omega = omega$est, omega_low = omega$ci.lower, omega_high = omega$ci.upper, icc = v[1] / sum(v), mean_raw = mu, sd_raw = sigma,
    chi2 = measures[["chisq"]], df = measures[["df"]], cfi = measures[["cfi"]], tli = measures[["tli"]], rmsea = measures[["rmsea"]],
    srmr = measures[["srmr"]], se_total = se),
    item = data.frame(scale = key, item = rows$item, n = colSums(!is.na(x)), mean = colMeans(x, na.rm = TRUE), sd = apply(x, 2, sd, na.rm = TRUE),
      item_rest_r = a$item.stats$r.drop, alpha_if_dropped = a$alpha.drop$raw_alpha,
      loading = standard$est.std[standard$op == "=~"]))
}
found <- lapply(unique(book$scale), of_scale)
options(digits = 15)
out <- commandArgs(TRUE)[2]
write.csv(do.call(rbind, lapply(found, `[[`, "scale")), file.path(out, "pisa_scales.csv"), row.names = FALSE, quote = FALSE)
write.csv(do.call(rbind, lapply(found, `[[`, "item")), file.path(out, "pisa_items.csv"), row.names = FALSE, quote = FALSE)
