# Configural, metric and scalar models by lavaan (invariance.csv), and the factor means of the scalar one
# (factor_means.csv, in SDs of the factor in the first group). invariance_partial.csv: how much chi² falls when one
# item's loading (metric) or intercept (scalar) is free in every group, with p by Holm over the items.
# Run in this folder: KFL_PISA_DIR=... Rscript invariance.R   (R 4.2.2, lavaan 0.6.14, psych 2.2.9)
source("models.R")

fits <- list()
means <- list()
check <- function(model, syntax, data, group) {
  equal <- list(configural = "", metric = "loadings", scalar = c("loadings", "intercepts"))
  for (step in names(equal)) {
    fit <- cfa(syntax, data, group = group, group.equal = equal[[step]], std.lv = TRUE,
               control = list(iter.max = 5000, eval.max = 10000))
    if (!lavInspect(fit, "converged")) stop(model, step)
    m <- fitMeasures(fit)
    fits[[length(fits) + 1]] <<- data.frame(
      model = model, step = step, chi2 = m[["chisq"]], df = m[["df"]], p = m[["pvalue"]], cfi = m[["cfi"]],
      tli = m[["tli"]], rmsea = m[["rmsea"]], rmsea_low = m[["rmsea.ci.lower"]],
      rmsea_high = m[["rmsea.ci.upper"]], srmr = m[["srmr"]], people = m[["ntotal"]])
  }
  rows <- parameterEstimates(fit)
  factors <- colnames(lavInspect(fit, "est")[[1]]$lambda)
  rows <- rows[rows$op == "~1" & rows$lhs %in% factors & rows$group > 1, ]
  sign <- ifelse(colSums(lavInspect(fit, "est")[[1]]$lambda) < 0, -1, 1)
  means[[length(means) + 1]] <<- data.frame(
    model = model, group = rows$group - 1, factor = match(rows$lhs, factors) - 1,
    mean = rows$est * sign[rows$lhs], se = rows$se)
}

partial <- list()
free_each <- function(model, syntax, data, group) {
  equal <- list(metric = "loadings", scalar = c("loadings", "intercepts"))
  fitted <- function(equal, free) {
    fit <- cfa(syntax, data, group = group, group.equal = equal, group.partial = free, std.lv = TRUE,
               control = list(iter.max = 5000, eval.max = 10000))
    if (!lavInspect(fit, "converged")) stop(model, free)
    fitMeasures(fit)[c("chisq", "df")]
  }
  loads <- lavaanify(syntax)
  loads <- loads[loads$op == "=~", ]
  for (step in names(equal)) {
    whole <- fitted(equal[[step]], character())
    rows <- lapply(seq_len(nrow(loads)), function(i) {
      own <- if (step == "metric") paste(loads$lhs[i], "=~", loads$rhs[i]) else paste(loads$rhs[i], "~ 1")
      fit <- fitted(equal[[step]], own)
      data.frame(model = model, step = step, item = i - 1, chi2 = whole[["chisq"]] - fit[["chisq"]],
                 df = whole[["df"]] - fit[["df"]])
    })
    rows <- do.call(rbind, rows)
    rows$p_holm <- p.adjust(pchisq(rows$chi2, rows$df, lower.tail = FALSE), "holm")
    partial[[length(partial) + 1]] <<- rows
  }
}

visual <- paste0("x", 1:9)
check("holzinger", model_of(list(visual = visual[1:3], textual = visual[4:6], speed = visual[7:9])),
      HolzingerSwineford1939, "school")
free_each("holzinger", model_of(list(visual = visual[1:3], textual = visual[4:6], speed = visual[7:9])),
          HolzingerSwineford1939, "school")
bfi <- psych::bfi[order(psych::bfi$gender), ]  # lavaan numbers groups as they come
for (letter in c("A", "N")) {
  check(paste0("bfi_", letter), model_of(list(f = bfi_items(letter))),
        na.omit(bfi[c(bfi_items(letter), "gender")]), "gender")
}
free_each("bfi_N", model_of(list(f = bfi_items("N"))), na.omit(bfi[c(bfi_items("N"), "gender")]), "gender")
check("bfi_five", model_of(bfi_groups(c("A", "C", "E", "N", "O"))),
      na.omit(bfi[c(bfi_items(c("A", "C", "E", "N", "O")), "gender")]), "gender")
# Six groups: three ages by gender.
bfi$six <- 3 * (bfi$gender - 1) + (bfi$age > 20) + (bfi$age > 30)
bfi <- bfi[order(bfi$six), ]
check("bfi_six", model_of(bfi_groups(c("C", "E"))), na.omit(bfi[c(bfi_items(c("C", "E")), "six")]), "six")
free_each("bfi_six", model_of(bfi_groups(c("C", "E"))), na.omit(bfi[c(bfi_items(c("C", "E")), "six")]), "six")

folder <- Sys.getenv("KFL_PISA_DIR")
if (folder != "") {
  gender <- read.csv(file.path(folder, "pupils.csv"))$gender
  world <- pisa_world(folder)
  for (scale in world$scales) {
    data <- na.omit(cbind(world$answers[scale$items], gender = gender))
    check(paste0("pisa_", scale$key), model_of(list(f = scale$items)), data[order(data$gender), ], "gender")
  }
}
write_reference(fits, "invariance.csv")
write_reference(means, "factor_means.csv")
write_reference(partial, "invariance_partial.csv")
