# Cronbach's alpha and Feldt's interval by psych::alpha, for everybody and for each school.
# Run in this folder: KFL_PISA_DIR=... Rscript alpha.R   (R 4.2.2, psych 2.2.9)
suppressPackageStartupMessages(library(psych))
source("worlds.R")

rows <- list()
for (world in worlds()) for (scale in world$scales) {
  for (school in c("all", sort(unique(world$school)))) {
    sheets <- world$answers[school == "all" | world$school == school, scale$items]
    sheets <- na.omit(sheets)
    # psych drops items without variance; such groups are left out, as are small ones.
    if (nrow(sheets) < 10 || any(apply(sheets, 2, var) == 0)) next
    result <- suppressWarnings(suppressMessages(alpha(sheets, check.keys = FALSE, warnings = FALSE)))
    rows[[length(rows) + 1]] <- data.frame(
      world = world$name, scale = scale$key, school = school, people = nrow(sheets),
      alpha = result$total$raw_alpha, low = result$feldt$lower.ci[[1]], high = result$feldt$upper.ci[[1]])
  }
}
write_reference(rows, "alpha.csv")
