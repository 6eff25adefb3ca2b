# bfi's complete sheets, Pearson and polychoric: five factors by psych::fa (minres and ML, oblimin), and the
# eigenvalues and numbers of factors of psych::fa.parallel (SMC = TRUE, 95 %).
# Run in this folder: Rscript exploratory.R   (R 4.2.2, psych 2.2.9, GPArotation 2022.10-2)
suppressPackageStartupMessages({ library(psych); library(GPArotation) })
source("worlds.R")

bfi_items <- na.omit(psych::bfi[1:25])
matrices <- list(pearson = cor(bfi_items), polychoric = suppressWarnings(polychoric(bfi_items, correct = 0)$rho))
loadings <- list(); between <- list()
for (name in names(matrices)) for (fm in c("minres", "ml")) {
  found <- fa(matrices[[name]], nfactors = 5, n.obs = nrow(bfi_items), fm = fm, rotate = "none")
  # psych turns until the gradient is below 1e-5; a tighter end gives more digits to compare.
  turned <- oblimin(unclass(found$loadings), eps = 1e-7, maxit = 20000)
  raw <- unclass(turned$loadings); phi <- turned$Phi
  order <- order(diag(phi %*% t(raw) %*% raw), decreasing = TRUE)
  sign <- sign(colSums(raw[, order]))
  raw <- raw[, order] %*% diag(sign); phi <- diag(sign) %*% phi[order, order] %*% diag(sign)
  loadings[[length(loadings) + 1]] <- data.frame(
    matrix = name, fm = fm, item = rownames(raw), f = raw, communality = found$communality,
    direct = unname(unclass(fa(matrices[[name]], nfactors = 5, n.obs = nrow(bfi_items), fm = fm, rotate = "oblimin")$loadings)))
  between[[length(between) + 1]] <- data.frame(matrix = name, fm = fm, f = phi)
}
names_of <- function(table) setNames(table, sub("^(f|direct)\\.", "\\1", names(table)))
write_reference(lapply(loadings, names_of), "exploratory.csv")
write_reference(lapply(between, names_of), "exploratory_between.csv")

set.seed(1)
counted <- function(name, data, ...) {
  found <- suppressWarnings(suppressMessages(
    fa.parallel(data, fa = "both", SMC = TRUE, quant = 0.95, n.iter = 100, plot = FALSE, ...)))
  data.frame(matrix = name, component = found$pc.values, factor = found$fa.values, ncomp = found$ncomp, nfact = found$nfact)
}
write_reference(list(counted("pearson", bfi_items), counted("polychoric", bfi_items, cor = "poly", correct = 0)), "parallel.csv")
