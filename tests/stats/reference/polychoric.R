# Polychoric correlations of bfi's 25 items (six steps) by psych::polychoric (nothing added to empty cells) and by
# lavaan::lavCor, on all sheets with skipped items pair by pair and on complete sheets; PISA's scales likewise.
# Run in this folder: KFL_PISA_DIR=... Rscript polychoric.R   (R 4.2.2, psych 2.2.9, lavaan 0.6-14)
suppressPackageStartupMessages({ library(psych); library(lavaan) })
source("worlds.R")

correlated <- function(name, data, missing) {
  items <- names(data)
  data <- data[rowSums(!is.na(data)) > 0, ]  # lavaan wants no blank sheets
  if (missing == "listwise") data <- na.omit(data)
  by_psych <- suppressWarnings(polychoric(data, correct = 0, global = TRUE))
  fit <- lavCor(data, ordered = items, missing = missing, se = "standard", output = "fit")
  est <- parameterEstimates(fit)
  est <- est[est$op == "~~" & est$lhs != est$rhs, ]
  pair <- cbind(match(est$lhs, items), match(est$rhs, items))
  data.frame(data = name, missing = missing, one = est$lhs, two = est$rhs, psych = by_psych$rho[pair],
             lavaan = est$est, se = if (missing == "listwise") est$se else NA)
}

bfi_items <- psych::bfi[1:25]
rows <- list(correlated("bfi", bfi_items, "listwise"), correlated("bfi", bfi_items, "pairwise"))
pisa <- pisa_world(Sys.getenv("KFL_PISA_DIR"))
for (scale in pisa$scales)
  if (length(scale$items) > 2) rows[[length(rows) + 1]] <- correlated(scale$key, pisa$answers[scale$items], "listwise")
write_reference(rows, "polychoric.csv")

tau <- suppressWarnings(polychoric(bfi_items, correct = 0))$tau
write_reference(list(data.frame(item = rownames(tau), unname(tau))), "thresholds.csv")
