# Reference mean and SD, SD within blocks and intraclass correlation of every scale, by R's lm and anova.
# `rho_blocks` is between the lowest blocks (school, or school and grade), `rho_schools` between schools.
# Run in this folder: KFL_PISA_DIR=... Rscript variation.R   (R 4.2.2)
source("worlds.R")
source("results.R")

rows <- list()
for (world in worlds()) for (scale in world$scales) {
  everybody <- population(world, scale)
  score <- person_scores(world$answers[scale$items])
  rows[[length(rows) + 1]] <- data.frame(
    world = world$name, scale = scale$key, persons = everybody$persons, mu = everybody$mu,
    sigma = everybody$sigma, person_mean = everybody$person_mean, s = everybody$s,
    rho_blocks = variation(score, world$block)$rho, rho_schools = variation(score, world$school)$rho)
}
write_reference(rows, "variation.csv")
