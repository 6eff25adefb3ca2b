# Omega by lavaan, with its delta-method interval: total from one factor, hierarchical from a bifactor model.
# Run in this folder: KFL_PISA_DIR=... Rscript omega.R   (R 4.2.2, lavaan 0.6.14, psych 2.2.9)
source("models.R")

# The best of the fits to several syntaxes, which differ in where they start.
omega_row <- function(model, which, syntaxes, data, ...) {
  fits <- lapply(syntaxes, function(syntax) suppressWarnings(cfa(
    syntax, data, std.lv = TRUE, control = list(iter.max = 2000, eval.max = 4000), ...)))
  fits <- Filter(function(fit) lavInspect(fit, "converged"), fits)
  if (length(fits) == 0) stop(model)
  fit <- fits[[which.min(sapply(fits, fitMeasures, "chisq"))]]
  rows <- parameterEstimates(fit)
  rows <- rows[rows$lhs == "omega", ]
  data.frame(model = model, which = which, value = rows$est, low = rows$ci.lower, high = rows$ci.upper,
             people = lavInspect(fit, "ntotal"))
}

sum_of <- function(labels) paste0("(", paste(labels, collapse = " + "), ")")
labelled <- function(items, label) paste0(label, seq_along(items), "*", items, collapse = " + ")
residuals_of <- function(items) paste0(items, " ~~ r", seq_along(items), "*", items, collapse = "\n")
n_labels <- function(items, label) paste0(label, seq_along(items))

total <- function(model, data) {
  items <- names(data)
  syntax <- paste0("f =~ ", labelled(items, "l"), "\n", residuals_of(items),
                   "\nomega := ", sum_of(n_labels(items, "l")), "^2 / (", sum_of(n_labels(items, "l")), "^2 + ",
                   sum_of(n_labels(items, "r")), ")")
  omega_row(model, "total", syntax, data)
}

# A general factor and one for each group; the sum score's variance is what the model implies.
bifactor <- function(model, which, data, groups) {
  items <- names(data)
  general <- paste0(sum_of(n_labels(items, "l")), "^2")
  own <- sapply(seq_along(groups), function(k) paste0(sum_of(n_labels(groups[[k]], letters[k])), "^2"))
  rest <- sum_of(n_labels(items, "r"))
  top <- if (which == "hierarchical") general else paste(c(general, own), collapse = " + ")
  # A bifactor likelihood has several maxima: begin with the general factor close to each group in turn.
  syntaxes <- sapply(c(0, seq_along(groups)), function(near) paste(c(
    paste0("g =~ ", labelled(items, "l"), if (near > 0) paste0(
      " + start(", ifelse(items %in% groups[[near]], 0.8, 0.2), ")*", items, collapse = "")),
    sapply(seq_along(groups), function(k) paste0("s", k, " =~ ", labelled(groups[[k]], letters[k]))),
    residuals_of(items),
    paste0("omega := (", top, ") / (", paste(c(general, own, rest), collapse = " + "), ")")), collapse = "\n"))
  omega_row(model, which, syntaxes, data, orthogonal = TRUE)
}

rows <- list(
  total("holzinger", HolzingerSwineford1939[paste0("x", 1:9)]),
  total("bfi_A", sheets_of(bfi_items("A"))),
  total("bfi_N", sheets_of(bfi_items("N"))))
four <- bfi_groups(c("A", "C", "E", "N"))
sheets <- sheets_of(unlist(four, use.names = FALSE))
for (which in c("hierarchical", "total")) rows[[length(rows) + 1]] <- bifactor("bfi_bifactor", which, sheets, four)
for (scale in pisa_scales()) rows[[length(rows) + 1]] <- total(paste0("pisa_", scale$key), scale$sheets)
folder <- Sys.getenv("KFL_PISA_DIR")
if (folder != "") {
  world <- pisa_world(folder)
  chosen <- Filter(function(scale) scale$key %in% c("climate", "support", "feedback", "anxiety"), world$scales)
  groups <- lapply(chosen, function(scale) scale$items)
  sheets <- na.omit(world$answers[unlist(groups)])
  for (which in c("hierarchical", "total")) {
    rows[[length(rows) + 1]] <- bifactor("pisa_bifactor", which, sheets, groups)
  }
}
write_reference(rows, "omega.csv")
