# Random intercepts at several levels by lme4::lmer (REML): variances, mean, and the shrunken mean of every node.
# nested.csv: invented pupils; those without a school or class have no deviation there, hence the 0/1 slopes.
# pisa: grade in school. Run in this folder: KFL_PISA_DIR=... Rscript nested.R   (R 4.2.2, lme4 1.1-31)
suppressPackageStartupMessages(library(lme4))
source("worlds.R")

control <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE, check.conv.singular = "ignore",
                       check.nobs.vs.nlev = "ignore", check.nobs.vs.nRE = "ignore",
                       optCtrl = list(xtol_abs = 1e-13, ftol_abs = 1e-13, xtol_rel = 1e-13, ftol_rel = 1e-15, maxeval = 1e5))

pupils <- read.csv("nested.csv", colClasses = c("character", "character", "character", "numeric"))
pupils$in_school <- as.numeric(pupils$school != "")
pupils$in_class <- as.numeric(pupils$class != "")
pupils$school <- paste(pupils$municipality, pupils$school, sep = "/")
pupils$class <- paste(pupils$school, pupils$class, sep = "/")
fit <- lmer(score ~ 1 + (1 | municipality) + (0 + in_school | school) + (0 + in_class | class), pupils, control = control)
variance <- sapply(c("municipality", "school", "class"), function(level) VarCorr(fit)[[level]][1, 1])
rows <- list(data.frame(world = "nested", scale = "score", people = nrow(pupils), mean = fixef(fit)[[1]],
                        se = sqrt(vcov(fit)[1, 1]), within = sigma(fit)^2, top = variance[[1]], middle = variance[[2]],
                        low = variance[[3]]))

# A node's mean is that of all, and the deviations of all its levels.
of <- function(level, key) { effect <- ranef(fit)[[level]]; setNames(effect[[1]], rownames(effect))[key] }
municipality <- sub("/.*", "", c(rownames(ranef(fit)$municipality), rownames(ranef(fit)$school), rownames(ranef(fit)$class)))
key <- c(rownames(ranef(fit)$municipality), rownames(ranef(fit)$school), rownames(ranef(fit)$class))
level <- rep(c("municipality", "school", "class"), sapply(ranef(fit)[c("municipality", "school", "class")], nrow))
school <- sub("^([^/]*/[^/]*).*", "\\1", key)
real <- !grepl("/$", key)
mean <- fixef(fit)[[1]] + of("municipality", municipality) +
  ifelse(level == "municipality" | grepl("/$", school), 0, of("school", school)) +
  ifelse(level == "class", of("class", key), 0)
write_reference(list(data.frame(level = level, key = key, mean = mean)[real, ]), "nested_units.csv")

for (world in worlds()) if (world$name == "pisa") for (scale in world$scales) {
  data <- na.omit(data.frame(score = person_scores(world$answers[scale$items]), school = world$school, block = world$block))
  fit <- lmer(score ~ 1 + (1 | school) + (1 | block), data, control = control)
  rows[[length(rows) + 1]] <- data.frame(
    world = "pisa", scale = scale$key, people = nrow(data), mean = fixef(fit)[[1]], se = sqrt(vcov(fit)[1, 1]),
    within = sigma(fit)^2, top = VarCorr(fit)$school[1, 1], middle = VarCorr(fit)$block[1, 1], low = NA)
}
write_reference(rows, "nested_fits.csv")
