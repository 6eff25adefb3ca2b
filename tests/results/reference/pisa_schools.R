# School results of the PISA 2015 pupils on three scales, by RULES B.2, C.1 and C.3, independent of kfl.
# Reference: all pupils of the file. Blocks: the grades of a school, of which most are hidden; invited are all in the file.
# Points, shares (d) and half-widths are unrounded, but that the interval is that of the whole points, and d as it stands on
# the page. What is shown stands in pisa_shown.csv. Aggregates only: what is hidden is left out.
# Run in this folder: KFL_PISA_DIR=... Rscript pisa_schools.R   (R 4.2.2, lme4 1.1-31)
suppressPackageStartupMessages(library(lme4))
source("../../stats/reference/worlds.R")
source("../../stats/reference/results.R")

LOW <- 1; HIGH <- 4
USUAL <- c(grade = .01, school = .03)
control <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE, check.conv.singular = "ignore",
                       optCtrl = list(xtol_abs = 1e-13, ftol_abs = 1e-13, xtol_rel = 1e-13, ftol_rel = 1e-15, maxeval = 1e5))

answers_by <- function(items, block) { counts <- rowsum(1 * !is.na(items), block); counts[order(rownames(counts)), , drop = FALSE] }

world <- pisa_world(Sys.getenv("KFL_PISA_DIR"))
school <- as.character(world$school)
grade <- as.character(world$block)
school_of <- tapply(school, grade, `[`, 1)
invited <- table(grade)
shown <- read.csv("pisa_shown.csv", colClasses = c("character", "character", "integer"))
tables <- list(schools = list(), pieces = list())
for (scale in world$scales) if (scale$key %in% c("belonging", "support", "anxiety")) {
  items <- world$answers[scale$items]
  score <- person_scores(items)
  everybody <- population(world, scale)
  told <- shown[shown$scale == scale$key, ]
  by_school <- answers_by(items, school)
  by_grade <- answers_by(items, grade)
  school_shown <- setNames(rownames(by_school) %in% told$school[is.na(told$grade)], rownames(by_school))
  grade_shown <- setNames(rownames(by_grade) %in% paste(told$school, told$grade), rownames(by_grade))
  stopifnot(all(by_school[school_shown, ] >= 7), all(by_grade[grade_shown, ] >= 7))
  n_grade <- setNames(apply(by_grade, 1, min), rownames(by_grade))

  # Each person at the lowest shown block of theirs: grade, school, or all.
  block <- ifelse(grade_shown[grade], grade, ifelse(school_shown[school], school, "all"))
  known <- !is.na(score)
  size <- tapply(score[known], block[known], length)
  middle <- tapply(score[known], block[known], mean)
  squares <- tapply(score[known], block[known], function(x) sum((x - mean(x))^2))
  stopifnot(length(size) >= 30)
  c_used <- sum(squares) / sum((size - 1) * (middle - LOW) * (HIGH - middle))
  within <- sum(squares) / sum(size - 1)

  data <- data.frame(score, school, grade)[known & grade_shown[grade], ]
  fit <- lmer(score ~ 1 + (1 | school) + (1 | grade), data, control = control)
  fitted <- c(grade = VarCorr(fit)$grade[1, 1], school = VarCorr(fit)$school[1, 1])
  G <- c(grade = length(unique(data$grade)), school = length(unique(data$school)))
  stopifnot(min(G) >= 10)
  used <- (G * fitted + 20 * USUAL * within) / (G + 20)

  rows <- school_results(world, scale)
  rows <- rows[school_shown[as.character(rows$school)], ]
  d <- sapply(seq_len(nrow(rows)), function(row) {
    mine <- names(school_of)[school_of == as.character(rows$school[row])]
    there <- mine[grade_shown[mine]]
    hidden <- setdiff(mine, there)
    rest <- (rows$n[row] - sum(n_grade[there])) * invited[hidden] / sum(invited[hidden])
    (sum(n_grade[there]^2) + sum(rest^2)) / rows$n[row]^2
  })
  rows$d_grade <- round(1e5 * d) / 1e5
  mean_shown <- everybody$mu + everybody$sigma * (round(rows$points) - 500) / 100
  se <- sqrt(c_used * (mean_shown - LOW) * (HIGH - mean_shown) / rows$n + used[["grade"]] * rows$d_grade)
  rows$points_half_width <- 1.96 * se * 100 / everybody$sigma
  tables$schools[[scale$key]] <- rows[c("scale", "school", "n", "mean", "points", "d_grade", "points_half_width")]
  tables$pieces[[scale$key]] <- data.frame(
    scale = scale$key, persons = everybody$persons, mu = everybody$mu, sigma = everybody$sigma, c = c_used, within = within,
    grades = G[["grade"]], schools = G[["school"]], fitted_grade = fitted[["grade"]], fitted_school = fitted[["school"]],
    grade = used[["grade"]], school = used[["school"]])
}
write_reference(tables$schools, "pisa_schools.csv")
write_reference(tables$pieces, "pisa_pieces.csv")
