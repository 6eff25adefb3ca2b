# What the reference scripts of factor models share; sourced by them.
# bfi is psych's, HolzingerSwineford1939 lavaan's own; PISA pupils come from the folder KFL_PISA_DIR.
suppressPackageStartupMessages({library(lavaan); library(psych)})
source("../../reference/worlds.R")

sheets_of <- function(items) na.omit(psych::bfi[items])
bfi_items <- function(letters) paste0(rep(letters, each = 5), 1:5)

# "f1 =~ a + b" lines from a named list of items.
model_of <- function(groups) paste(names(groups), "=~", sapply(groups, paste, collapse = " + "), collapse = "\n")
bfi_groups <- function(letters) setNames(lapply(letters, bfi_items), paste0("f", letters))

pisa_scales <- function() {
  folder <- Sys.getenv("KFL_PISA_DIR")
  if (folder == "") return(list())
  world <- pisa_world(folder)
  lapply(world$scales, function(scale) list(key = scale$key, sheets = na.omit(world$answers[scale$items])))
}

# Factors turned so that their loadings sum to 0 or more.
signs_of <- function(fit) {
  loadings <- lavInspect(fit, "est")$lambda
  ifelse(colSums(loadings) < 0, -1, 1)
}
