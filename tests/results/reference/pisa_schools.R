# School results of the PISA 2015 pupils on three scales, by RULES B.2, C.1 and C.3, independent of kfl.
# Reference: all pupils of the file. Blocks right below a school: its grades. Points and half-widths are
# unrounded. Aggregates only: rows of schools where n < 7 are left out.
# Run in this folder: KFL_PISA_DIR=... Rscript pisa_schools.R   (R 4.2.2)
source("../../stats/reference/worlds.R")
source("../../stats/reference/results.R")

world <- pisa_world(Sys.getenv("KFL_PISA_DIR"))
schools <- list()
pieces <- list()
for (scale in world$scales) if (scale$key %in% c("belonging", "support", "anxiety")) {
  everybody <- population(world, scale)
  rho <- variation(person_scores(world$answers[scale$items]), world$block)$rho
  rows <- school_results(world, scale, rho, leaf = FALSE)
  schools[[length(schools) + 1]] <- rows[rows$n >= 7, c("scale", "school", "n", "mean", "points", "points_half_width")]
  pieces[[length(pieces) + 1]] <- data.frame(scale = scale$key, persons = everybody$persons,
    mu = everybody$mu, sigma = everybody$sigma, s = everybody$s, rho_school = rho)
}
write_reference(schools, "pisa_schools.csv")
write_reference(pieces, "pisa_pieces.csv")
