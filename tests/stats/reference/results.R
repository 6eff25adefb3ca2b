# Group results by RULES B.2, C.1 and C.3, in plain R; sourced by the reference scripts.

# Mean and SD of everybody, and how much people differ within and between blocks.
population <- function(world, scale) {
  items <- world$answers[scale$items]
  score <- person_scores(items)
  list(mu = mean(colMeans(items, na.rm = TRUE)), sigma = sd(score, na.rm = TRUE),
       person_mean = mean(score, na.rm = TRUE), persons = sum(!is.na(score)),
       s = variation(score, world$block)$s)
}

# One-way analysis of variance: SD within blocks, and the intraclass correlation (Donner 1986).
variation <- function(score, block) {
  block <- factor(block[!is.na(score)])
  score <- score[!is.na(score)]
  squares <- anova(lm(score ~ block))
  size <- as.vector(table(block))
  usual <- (sum(size) - sum(size^2) / sum(size)) / (length(size) - 1)
  between <- squares["block", "Mean Sq"]
  within <- squares["Residuals", "Mean Sq"]
  list(s = sqrt(within), rho = min(max((between - within) / (between + (usual - 1) * within), 0), 1))
}

half_width <- function(n, s, b, rho) 1.96 * s * sqrt(1 / n) * sqrt(1 + (b - 1) * rho)

# One row a school: n = the smallest of the items' n, mean of item means, SD of persons, half-width.
# b = n shared among the school's blocks; a school that is one block (a leaf) has b = 1.
school_results <- function(world, scale, rho, leaf) {
  everybody <- population(world, scale)
  rows <- lapply(sort(unique(world$school)), function(school) {
    here <- world$school == school
    items <- world$answers[here, scale$items]
    n <- min(colSums(!is.na(items)))
    b <- if (leaf) 1 else max(n / length(unique(world$block[here])), 1)
    mean <- mean(colMeans(items, na.rm = TRUE))
    half <- half_width(n, everybody$s, b, rho)
    data.frame(scale = scale$key, school = school, n = n, mean = mean,
               sd = sd(person_scores(items), na.rm = TRUE), half_width = half,
               points = 500 + 100 * (mean - everybody$mu) / everybody$sigma,
               points_half_width = 100 * half / everybody$sigma)
  })
  do.call(rbind, rows)
}
