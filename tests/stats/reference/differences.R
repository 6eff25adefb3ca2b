# Synthetic schools: results, half-widths, and each school against the rest of the county with Holm (p.adjust).
# Run in this folder: Rscript differences.R   (R 4.2.2)
source("worlds.R")
source("results.R")

world <- synthetic_world()
rows <- do.call(rbind, lapply(world$scales, function(scale) {
  rho <- variation(person_scores(world$answers[scale$items]), world$school)$rho
  schools <- school_results(world, scale, rho = 0, leaf = TRUE)
  items <- world$answers[scale$items]
  N <- min(colSums(!is.na(items)))
  M <- mean(colMeans(items, na.rm = TRUE))
  rest <- (N * M - schools$n * schools$mean) / (N - schools$n)
  rest_half <- half_width(N - schools$n, population(world, scale)$s, N / nrow(schools), rho)
  schools$difference <- schools$mean - rest
  schools$difference_half_width <- sqrt(schools$half_width^2 + rest_half^2)
  schools
}))
rows$p <- 2 * pnorm(-1.96 * abs(rows$difference) / rows$difference_half_width)
for (school in unique(rows$school))
  rows$p[rows$school == school] <- p.adjust(rows$p[rows$school == school], method = "holm")
rows$certain <- as.integer(rows$p < 2 * pnorm(-1.96))
write_reference(list(rows), "differences.csv")
