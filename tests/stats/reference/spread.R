# How sure the results of an invented county are, by RULES C.1, C.3, C.4, C.7 and C.10, in plain R with lme4 and sandwich.
# county.csv: pupils of two waves under the nodes of county_nodes.csv, which says what is shown and who was invited.
# Run in this folder: Rscript spread.R   (R 4.2.2, lme4 1.1-31, sandwich 3.0-2)
suppressPackageStartupMessages({library(lme4); library(sandwich)})
source("worlds.R")

LEVELS <- c("group", "grade", "school", "municipality")
USUAL <- c(.05, .01, .03, .005)
LOW <- 1; HIGH <- 5
Z <- 1.96

all_pupils <- read.csv("county.csv")
all_pupils$item2 <- LOW + HIGH - all_pupils$item2
items <- paste0("item", 1:4)
all_pupils$score <- person_scores(all_pupils[items])
all_nodes <- read.csv("county_nodes.csv")
pupils_of <- lapply(1:2, function(wave) all_pupils[all_pupils$wave == wave, ])
nodes <- all_nodes[all_nodes$wave == 1, c("node", "parent", "kind", "invited")]
shown <- lapply(1:2, function(wave) all_nodes$shown[all_nodes$wave == wave] == 1)
count <- nrow(nodes)

# Nodes are numbered from 0; here from 1, and 0 is above the county.
parent <- nodes$parent + 1
kind <- nodes$kind
level <- match(kind, LEVELS)
path <- lapply(seq_len(count), function(node) { way <- c(); while (node > 0) { way <- c(way, node); node <- parent[node] }; way })
under <- lapply(seq_len(count), function(node) which(sapply(path, function(way) node %in% way)))
above_of <- function(node, name) { way <- path[[node]]; found <- way[kind[way] == name]; if (length(found)) found[1] else NA }
lowest_shown <- function(node, there) { way <- path[[node]]; way[there[way]][1] }

# --- variances between blocks, and c

control <- lmerControl(optimizer = "nloptwrap", calc.derivs = FALSE, check.conv.singular = "ignore",
                       check.nobs.vs.nlev = "ignore", check.nobs.vs.nRE = "ignore",
                       optCtrl = list(xtol_abs = 1e-13, ftol_abs = 1e-13, xtol_rel = 1e-13, ftol_rel = 1e-15, maxeval = 1e5))

# Persons of shown classes, with their blocks; a mixed class has no grade.
persons <- function(wave, keep) {
  data <- pupils_of[[wave]]
  data$at <- data$node + 1
  data <- data[shown[[wave]][data$at] & data$at %in% keep & !is.na(data$score), c("score", "at")]
  for (name in LEVELS) data[[name]] <- sapply(data$at, above_of, name)
  data$in_grade <- as.numeric(!is.na(data$grade))
  data$grade[is.na(data$grade)] <- 0
  data
}

components <- function(data, levels) {
  terms <- c(group = "(1 | group)", grade = "(0 + in_grade | grade)", school = "(1 | school)", municipality = "(1 | municipality)")
  fit <- lmer(as.formula(paste("score ~ 1 +", paste(terms[levels], collapse = " + "))), data, control = control)
  found <- setNames(rep(NA_real_, 4), LEVELS)
  for (name in levels) found[name] <- VarCorr(fit)[[name]][1, 1]
  list(between = found, within = sigma(fit)^2, blocks = sapply(LEVELS, function(name) length(setdiff(unique(data[[name]]), 0))))
}

municipalities <- which(kind == "municipality")
nine <- unlist(under[municipalities[1:9]])
first_class <- function(grade) under[[grade]][kind[under[[grade]]] == "group" & shown[[1]][under[[grade]]]][1]
alone <- c(na.omit(sapply(which(kind == "grade"), first_class)))
cases <- list(all = list(keep = seq_len(count), levels = LEVELS),
              few_municipalities = list(keep = nine, levels = LEVELS[1:3]),
              classes_are_grades = list(keep = alone, levels = LEVELS[2:4]))
component_rows <- lapply(names(cases), function(name) {
  case <- cases[[name]]
  found <- components(persons(1, case$keep), case$levels)
  data.frame(case = name, level = LEVELS, between = found$between, blocks = as.integer(found$blocks), within = found$within)
})
write_reference(component_rows, "county_components.csv")
write_reference(list(data.frame(case = rep(names(cases), sapply(cases, function(case) length(case$keep))),
                                node = as.integer(unlist(lapply(cases, function(case) case$keep)) - 1))), "county_cases.csv")

# All persons by release block: each at the lowest shown node of theirs.
blocks <- lapply(pupils_of, function(data) data)
scored <- pupils_of[[1]][!is.na(pupils_of[[1]]$score), ]
block <- sapply(scored$node + 1, lowest_shown, shown[[1]])
size <- tapply(scored$score, block, length)
middle <- tapply(scored$score, block, mean)
squares <- tapply(scored$score, block, function(x) sum((x - mean(x))^2))
c_used <- sum(squares) / sum((size - 1) * (middle - LOW) * (HIGH - middle))
within <- sum(squares) / sum(size - 1)
own <- components(persons(1, seq_len(count)), LEVELS)
G <- ifelse(own$blocks >= 10, own$blocks, 0)
tau2 <- (G * own$between + 20 * USUAL * within) / (G + 20)
mu <- mean(colMeans(pupils_of[[1]][items], na.rm = TRUE))
sigma_used <- sd(pupils_of[[1]]$score, na.rm = TRUE)
write_reference(list(data.frame(mu = mu, sigma = sigma_used, c = c_used, within = within, lowest = length(size),
                                group = tau2[[1]], grade = tau2[[2]], school = tau2[[3]], municipality = tau2[[4]])), "county_spread.csv")

# --- every node of both waves, in points

unit <- 100 / sigma_used
tau2 <- tau2 * unit^2
low <- 500 + (LOW - mu) * unit; high <- 500 + (HIGH - mu) * unit
persons_variance <- function(points) c_used * (points - low) * (high - points)

# People of each node as a block; of hidden ones the rest of the shown node above, by those invited.
sizes_of <- function(n, there) {
  asked <- sapply(seq_len(count), function(node) sum(nodes$invited[under[[node]]]))
  sapply(seq_len(count), function(node) {
    if (there[node]) return(n[node])
    holder <- lowest_shown(node, there)
    beside <- which(parent == holder & there)
    (n[holder] - sum(n[beside])) * asked[node] / (asked[holder] - sum(asked[beside]))
  })
}

# Sums of squared shares of class, grade and school strictly below a node, of which another may be taken out.
shares <- function(node, size, without = 0) {
  rank <- if (is.na(level[node])) 4 else level[node]
  out <- if (without > 0) under[[without]] else integer()
  people <- size[node] - (if (without > 0) size[without] else 0)
  sapply(1:3, function(one) {
    if (one >= rank) return(0)
    there <- setdiff(under[[node]][level[under[[node]]] %in% one], out)
    sum((size[there] - ifelse(sapply(there, function(b) without %in% under[[b]]), size[max(without, 1)], 0))^2) / people^2
  })
}

wave_results <- function(wave) {
  data <- pupils_of[[wave]]
  there <- shown[[wave]]
  found <- data.frame(n = rep(NA_real_, count), mean = NA_real_, answers = NA_real_)
  for (node in which(there)) {
    mine <- data[(data$node + 1) %in% under[[node]], items]
    found$n[node] <- min(colSums(!is.na(mine)))
    found$mean[node] <- mean(colMeans(mine, na.rm = TRUE))
    found$answers[node] <- sum(!is.na(mine))
  }
  found$points <- round(500 + (found$mean - mu) * unit)
  size <- sizes_of(found$n, there)
  # As on the page: five decimals, and halves to the even one.
  d <- round(1e5 * t(sapply(seq_len(count), function(node) if (there[node]) shares(node, size) else rep(NA_real_, 3)))) / 1e5
  found$d1 <- d[, 1]; found$d2 <- d[, 2]; found$d3 <- d[, 3]
  found$se <- sqrt(persons_variance(found$points) / found$n + c(d %*% tau2[1:3]))
  attr(found, "size") <- size
  found
}
waves <- lapply(1:2, wave_results)

# The level above: past grades, past what is hidden, past what holds the same answers.
level_above <- function(node, results) {
  way <- path[[node]][-1]
  way <- way[kind[way] != "grade" & !is.na(results$n[way]) & results$answers[way] != results$answers[node]]
  if (length(way)) way[1] else 0
}

on_the_way <- function(node, whole) { way <- path[[node]]; way <- way[seq_len(match(whole, way) - 1)]; sum(tau2[na.omit(level[way])]) }

against <- function(node, whole, results) {
  size <- attr(results, "size")
  left <- results$n[whole] - results$n[node]
  rest <- round(500 + ((results$n[whole] * results$mean[whole] - results$n[node] * results$mean[node]) / left - mu) * unit)
  d_rest <- shares(whole, size, node)
  apart <- results$points[node] - rest
  variance <- persons_variance((results$points[node] + rest) / 2)
  d <- unlist(results[node, c("d1", "d2", "d3")])
  se <- sqrt(variance / results$n[node] + variance / left + sum(tau2[1:3] * (d + d_rest)))
  prior <- on_the_way(node, whole)
  c(whole = whole - 1, rest = rest, rest_se = sqrt(persons_variance(rest) / left + sum(tau2[1:3] * d_rest)), apart = apart, se = se,
    p = 2 * pnorm(-abs(apart) / se), prior = prior, best = apart * prior / (prior + se^2),
    sign = pnorm(abs(apart) / se * sqrt(prior / (prior + se^2))))
}
NOTHING <- c(whole = NA, rest = NA, rest_se = NA, apart = NA, se = NA, p = NA, prior = NA, best = NA, sign = NA)

compared <- function(results) {
  rows <- lapply(which(!is.na(results$n)), function(node) {
    whole <- level_above(node, results)
    above <- if (whole > 0) against(node, whole, results) else NOTHING
    useful <- whole > 1 && results$answers[whole] != results$answers[1]
    top <- if (useful) against(node, 1, results) else NOTHING
    data.frame(node = as.integer(node - 1), t(setNames(above, paste0("above_", names(above)))), t(setNames(top, paste0("top_", names(top)))))
  })
  do.call(rbind, rows)
}

# --- change

both <- !is.na(waves[[1]]$n) & !is.na(waves[[2]]$n)
change <- ifelse(both, waves[[2]]$points - waves[[1]]$points, NA)
middle <- persons_variance((waves[[1]]$points + waves[[2]]$points) / 2)
d_sum <- as.matrix(waves[[1]][c("d1", "d2", "d3")]) + as.matrix(waves[[2]][c("d1", "d2", "d3")])
persons_part <- middle / waves[[1]]$n + middle / waves[[2]]$n
change_se <- sqrt(persons_part + c(d_sum %*% tau2[1:3]) + ifelse(kind == "grade", 2 * tau2[2], 0) + ifelse(kind == "group", 2 * tau2[1], 0))
change_df <- rep(NA_real_, count)
schools <- which(kind == "school" & both)
v_school <- var(change[schools]) - mean(change_se[schools]^2)
v_school <- max(v_school, 0)

# Blocks of a unit above schools: those shown in both waves, and what the units that hold them have beside these.
blocks_of <- function(unit) {
  tall <- which(both & kind %in% c("school", "municipality", "region", "county"))
  holds <- intersect(tall, under[[unit]])
  rows <- lapply(holds, function(node) {
    below <- setdiff(intersect(tall, under[[node]]), node)
    below <- below[vapply(below, FUN.VALUE = NA, function(b) { way <- path[[b]][-1]; way[way %in% tall][1] == node })]
    lowest <- which(kind == "group" & nodes$invited > 0)
    own_people <- setdiff(intersect(lowest, under[[node]]), unlist(under[below]))
    if (!length(own_people)) return(NULL)
    one <- function(w) { n <- w$n[node] - sum(w$n[below]); c(n, (w$n[node] * w$points[node] - sum(w$n[below] * w$points[below])) / n) }
    first <- one(waves[[1]]); second <- one(waves[[2]])
    data.frame(block = node, wave = 1:2, n = c(first[1], second[1]), points = c(first[2], second[2]))
  })
  do.call(rbind, rows)
}

for (node in which(both & kind %in% c("municipality", "region", "county"))) {
  found <- blocks_of(node)
  in_both <- table(found$block[found$n > 0]) == 2
  if (sum(in_both) >= 10) {
    people <- found[rep(seq_len(nrow(found)), found$n), ]
    fit <- lm(points ~ factor(wave), people)
    se2 <- vcovCL(fit, cluster = people$block, type = "HC1")[2, 2]
    total <- tapply(found$n, found$block, sum)
    change_se[node] <- sqrt(se2 + 1 / 6)
    change_df[node] <- 1 / sum((total / sum(total))^2) - 1
  } else {
    lower <- sum(tau2[1:2] * d_sum[node, 1:2])
    of_schools <- if (length(schools) >= 20) v_school * d_sum[node, 3] / 2 else tau2[3] * d_sum[node, 3]
    change_se[node] <- sqrt(persons_part[node] + lower + of_schools)
  }
}
change_p <- ifelse(is.na(change_df), 2 * pnorm(-abs(change) / change_se), 2 * pt(-abs(change) / change_se, pmax(change_df, 1)))
change_half <- ifelse(is.na(change_df), Z, qt(.975, pmax(change_df, 1))) * change_se
prior <- rep(NA_real_, count)
for (name in c("school", "municipality", "region", "county")) {
  units <- which(kind == name & both)
  if (length(units) >= 20) prior[kind == name] <- max(var(change[units]) - mean(change_se[units]^2), 0)
}
prior[prior == 0] <- NA

# --- the second wave's pages: one family each, and three steps

page <- compared(waves[[2]])
at <- page$node + 1
page$change <- change[at]; page$change_se <- ifelse(is.na(change[at]), NA, change_se[at]); page$change_df <- change_df[at]
page$change_half <- ifelse(is.na(change[at]), NA, change_half[at]); page$change_p <- change_p[at]
page$change_best <- change[at] * prior[at] / (prior[at] + change_se[at]^2)
page$change_sign <- pnorm(abs(change[at]) / change_se[at] * sqrt(prior[at] / (prior[at] + change_se[at]^2)))
tests <- c("above", "top", "change")
for (row in seq_len(nrow(page))) {
  p <- unlist(page[row, paste0(tests, "_p")])
  tested <- !is.na(p)
  adjusted <- p
  adjusted[tested] <- p.adjust(p[tested], "holm")
  for (one in seq_along(tests)) {
    sign <- page[row, paste0(tests[one], "_sign")]
    page[row, paste0(tests[one], "_step")] <-
      if (!is.na(adjusted[one]) && adjusted[one] < 2 * pnorm(-Z)) "certain" else if (!is.na(sign) && sign >= .9) "likely" else "none"
    page[row, paste0(tests[one], "_adjusted")] <- adjusted[one]
  }
}
results <- do.call(rbind, lapply(1:2, function(wave) {
  there <- which(!is.na(waves[[wave]]$n))
  one <- waves[[wave]][there, ]
  data.frame(wave = wave, node = as.integer(there - 1), n = as.integer(one$n), points = one$points, d1 = one$d1, d2 = one$d2, d3 = one$d3, se = one$se)
}))
write_reference(list(results), "county_results.csv")
write_reference(list(page), "county_pages.csv")

# --- what is expected of a school, a grade the next time

expected_rows <- lapply(c("school", "grade"), function(name) {
  units <- which(kind == name & both)
  m1 <- waves[[1]]$points[units]; m2 <- waves[[2]]$points[units]
  e1 <- waves[[1]]$se[units]^2; e2 <- waves[[2]]$se[units]^2
  G <- length(units)
  true <- max(var(m1) - mean(e1), 0)
  slope <- pmin(cov(m1, m2) / (true + e1), 1)
  left <- m2 - (mean(m2) + slope * (m1 - mean(m1)))
  omega2 <- max(sum(left^2) / (G - 2) - mean(e2), 0)
  half <- qt(.975, G - 2) * sqrt((e2 + omega2) * (1 + 1 / G + (m1 - mean(m1))^2 / ((G - 1) * var(m1))))
  data.frame(kind = name, node = as.integer(units - 1), units = G, mu1 = mean(m1), mu2 = mean(m2), tau2 = true, cov = cov(m1, m2),
             omega2 = omega2, var_first = var(m1), t = qt(.975, G - 2), expected = mean(m2) + slope * (m1 - mean(m1)), half = half)
})
write_reference(expected_rows, "county_expected.csv")
