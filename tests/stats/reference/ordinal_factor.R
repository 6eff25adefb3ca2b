# Confirmatory factor analysis of answers in steps by lavaan's WLSMV (delta parameterisation, factor variances 1):
# bfi's five traits, its trait N alone, and PISA's scales as one factor each, complete sheets.
# Run in this folder: KFL_PISA_DIR=... Rscript ordinal_factor.R   (R 4.2.2, psych 2.2.9, lavaan 0.6-14)
suppressPackageStartupMessages(library(lavaan))
source("worlds.R")

estimates <- list(); fits <- list()
compare <- function(name, factors, data) {
  items <- unlist(factors)
  data <- na.omit(data[items])
  model <- paste(names(factors), "=~", sapply(factors, paste, collapse = " + "), collapse = "\n")
  fit <- cfa(model, data, ordered = items, estimator = "WLSMV", parameterization = "delta", std.lv = TRUE)
  est <- parameterEstimates(fit)
  est <- est[est$op %in% c("=~", "|") | (est$op == "~~" & est$lhs %in% names(factors) & est$lhs != est$rhs), ]
  estimates[[length(estimates) + 1]] <<- data.frame(model = name, lhs = est$lhs, op = est$op, rhs = est$rhs,
                                                    est = est$est, se = est$se)
  wanted <- c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "srmr",
              "baseline.chisq", "baseline.df")
  scaled <- c("chisq", "df", "pvalue", "cfi", "tli", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper", "baseline.chisq")
  measures <- fitMeasures(fit, c(wanted, paste0(scaled, ".scaled")))
  fits[[length(fits) + 1]] <<- data.frame(model = name, people = nrow(data), measure = names(measures),
                                          value = unname(unclass(measures)))
}

traits <- c("A", "C", "E", "N", "O")
five <- setNames(lapply(traits, paste0, 1:5), traits)
compare("bfi", five, psych::bfi)
compare("bfi-n", five["N"], psych::bfi)
compare("bfi-three", list(E = paste0("E", 1:3)), psych::bfi)
pisa <- pisa_world(Sys.getenv("KFL_PISA_DIR"))
for (scale in pisa$scales)
  if (length(scale$items) > 3) compare(scale$key, list(one = scale$items), pisa$answers)
write_reference(estimates, "ordinal_factor.csv")
write_reference(fits, "ordinal_factor_fits.csv")
