# Correlations whose best factors lie beyond what an item can share: where psych::fa stops at its bound, and how.
# Run in this folder: Rscript exploratory_bounds.R   (R 4.2.2, psych 2.2.9)
suppressPackageStartupMessages(library(psych))
cases <- list(
  "six" = list(factors = 3, below = c(0.0891, -0.5646, -0.1414, -0.4315, -0.0726, 0.3600, -0.5492, 0.0021, 0.4767,
    0.3532, -0.0410, 0.0197, 0.1285, 0.0947, 0.1458)),
  "seven" = list(factors = 2, below = c(-0.5110, 0.2390, -0.1050, 0.4206, -0.3825, -0.0158, 0.7403, -0.5880, 0.2036,
    0.4180, 0.2277, -0.1979, 0.0273, 0.0511, 0.2955, 0.1957, -0.2265, 0.1851, 0.0908, 0.1865, -0.0929)),
  "six again" = list(factors = 3, below = c(0.0850, -0.1553, -0.0360, 0.0762, 0.0495, 0.2256, 0.0446, 0.1719,
    0.3919, 0.2440, -0.2685, -0.1713, -0.3850, -0.2342, -0.5447))
)
rows <- list()
for (name in names(cases)) {
  one <- cases[[name]]
  items <- (1 + sqrt(1 + 8 * length(one$below))) / 2
  r <- diag(items)
  r[upper.tri(r)] <- one$below
  r <- r + t(r) - diag(items)
  found <- suppressWarnings(fa(r, one$factors, n.obs = 100, rotate = "none", fm = "minres"))
  for (i in seq_len(items))
    rows[[length(rows) + 1]] <- data.frame(case = name, factors = one$factors, item = i, unique =
    found$uniquenesses[[i]],
      correlations = paste(r[i, ], collapse = " "))
}
table <- do.call(rbind, rows)
table$unique <- formatC(table$unique, digits = 10, format = "g")
write.csv(table, "exploratory_bounds.csv", row.names = FALSE, quote = FALSE, eol = "\n")
