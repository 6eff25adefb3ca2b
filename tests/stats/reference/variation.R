# Reference mean and SD of every scale.
# Run in this folder: KFL_PISA_DIR=... Rscript variation.R   (R 4.2.2)
source("worlds.R")
source("results.R")

rows <- list()
for (world in worlds()) for (scale in world$scales) {
  everybody <- population(world, scale)
  rows[[length(rows) + 1]] <- data.frame(
    world = world$name, scale = scale$key, persons = everybody$persons, mu = everybody$mu,
    sigma = everybody$sigma, person_mean = everybody$person_mean)
}
write_reference(rows, "variation.csv")
