# Confirmatory factor models by lavaan: estimates, standard errors and fit (confirmatory.csv, fits.csv),
# and the means and covariances of HolzingerSwineford1939 that the tests start from (holzinger.csv).
# Run in this folder: KFL_PISA_DIR=... Rscript confirmatory.R   (R 4.2.2, lavaan 0.6.14, psych 2.2.9)
source("models.R")

visual <- paste0("x", 1:9)
hs_groups <- list(visual = visual[1:3], textual = visual[4:6], speed = visual[7:9])
general <- function(groups) c(list(g = unlist(groups, use.names = FALSE)), groups)
four <- bfi_groups(c("A", "C", "E", "N"))
cases <- list(
  list(name = "holzinger", data = HolzingerSwineford1939, groups = hs_groups),
  list(name = "holzinger_one", data = HolzingerSwineford1939, groups = list(f = visual)),
  list(name = "three_items", data = HolzingerSwineford1939, groups = list(f = visual[1:3])),
  list(name = "bfi", data = sheets_of(bfi_items(c("A", "C", "E", "N", "O"))), groups = bfi_groups(c("A", "C", "E", "N", "O"))),
  list(name = "bfi_A", data = sheets_of(bfi_items("A")), groups = list(f = bfi_items("A"))),
  list(name = "bfi_N", data = sheets_of(bfi_items("N")), groups = list(f = bfi_items("N"))),
  list(name = "bfi_bifactor", data = sheets_of(unlist(four)), groups = general(four), orthogonal = TRUE))
for (scale in pisa_scales()) {
  cases[[length(cases) + 1]] <- list(name = paste0("pisa_", scale$key), data = scale$sheets,
                                     groups = list(f = names(scale$sheets)))
}

estimates <- list()
fits <- list()
for (case in cases) {
  fit <- cfa(model_of(case$groups), case$data, std.lv = TRUE, orthogonal = isTRUE(case$orthogonal),
             control = list(iter.max = 5000, eval.max = 10000))
  if (!lavInspect(fit, "converged")) stop(case$name)
  sign <- signs_of(fit)
  rows <- parameterEstimates(fit)
  std <- standardizedSolution(fit)
  factors <- names(case$groups)
  items <- unique(unlist(case$groups))
  loading <- rows$op == "=~"
  turned <- ifelse(loading, sign[rows$lhs], ifelse(rows$lhs %in% factors, sign[rows$lhs] * sign[rows$rhs], 1))
  what <- ifelse(loading, "loading", ifelse(rows$lhs %in% factors, "correlation", "residual"))
  place <- function(names) ifelse(names %in% items, match(names, items), match(names, factors)) - 1
  estimates[[length(estimates) + 1]] <- data.frame(
    model = case$name, what = what, row = place(ifelse(loading, rows$rhs, rows$lhs)),
    column = place(ifelse(loading, rows$lhs, rows$rhs)),
    est = rows$est * turned, se = rows$se, std = std$est.std * turned, std_se = std$se)[rows$se > 0, ]
  m <- fitMeasures(fit)
  fits[[length(fits) + 1]] <- data.frame(
    model = case$name, chi2 = m[["chisq"]], df = m[["df"]], p = m[["pvalue"]], cfi = m[["cfi"]], tli = m[["tli"]],
    rmsea = m[["rmsea"]], rmsea_low = m[["rmsea.ci.lower"]], rmsea_high = m[["rmsea.ci.upper"]],
    srmr = m[["srmr"]], people = m[["ntotal"]])
}
write_reference(estimates, "confirmatory.csv")
write_reference(fits, "fits.csv")

schools <- lapply(c("all", "Pasteur", "Grant-White"), function(school) {
  x <- HolzingerSwineford1939[school == "all" | HolzingerSwineford1939$school == school, visual]
  data.frame(school = school, people = nrow(x), item = visual, mean = colMeans(x), cov(x))
})
write_reference(schools, "holzinger.csv")
