# Wilson's interval by prop.test without continuity correction, z = 1.96 as RULES C.3 has it.
# Run: Rscript wilson.R > wilson.csv
level <- 2 * pnorm(1.96) - 1
cat("n,count,low,high\n")
for (n in c(10, 20, 50, 100, 200)) for (count in n * c(0, 0.1, 0.2, 0.5, 0.9, 1)) {
  found <- suppressWarnings(prop.test(count, n, conf.level = level, correct = FALSE))$conf.int
  cat(sprintf("%d,%d,%.10f,%.10f\n", n, count, found[1], found[2]))
}
