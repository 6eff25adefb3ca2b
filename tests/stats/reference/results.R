# Group results by RULES B.2 and C.1, in plain R; sourced by the reference scripts.

# Mean and SD of everybody.
population <- function(world, scale) {
  items <- world$answers[scale$items]
  score <- person_scores(items)
  list(mu = mean(colMeans(items, na.rm = TRUE)), sigma = sd(score, na.rm = TRUE),
       person_mean = mean(score, na.rm = TRUE), persons = sum(!is.na(score)))
}

# n = the smallest of the items' n, and the mean of item means.
group_result <- function(items) {
  c(n = min(colSums(!is.na(items))), mean = mean(colMeans(items, na.rm = TRUE)))
}

# One row a school: n, mean, SD of persons, and points.
school_results <- function(world, scale) {
  everybody <- population(world, scale)
  rows <- lapply(sort(unique(world$school)), function(school) {
    items <- world$answers[world$school == school, scale$items]
    found <- group_result(items)
    data.frame(scale = scale$key, school = school, n = as.integer(found[["n"]]), mean = found[["mean"]],
               sd = sd(person_scores(items), na.rm = TRUE),
               points = 500 + 100 * (found[["mean"]] - everybody$mu) / everybody$sigma)
  })
  do.call(rbind, rows)
}
