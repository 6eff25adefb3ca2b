# The rows of groups.parquet: a group that holds groups of the next column by lm and sandwich::vcovCL (HC1, t with
# clusters - 1), clusters being those groups, and in each the persons whose value there is blank as one more; the
# innermost groups by t.test. For the invented sheets of ../../stats/reference/synthetic.csv and for the pupils of
# PISA 2015, both in invented municipalities: municipality m0 to m4 of the schools in order, m4 the last one alone.
# Run in this folder: KFL_PISA_DIR=... Rscript groups.R   (writes groups.csv; R 4.2.2, sandwich 3.0-2)
suppressPackageStartupMessages(library(sandwich))
library(methods)
there <- setwd("../../stats/reference")
source("worlds.R")
found <- worlds()
pisa <- read.csv(file.path(Sys.getenv("KFL_PISA_DIR"), "pupils.csv"), na.strings = "")
setwd(there)

municipality_of <- function(school) {
  rank <- match(school, sort(unique(school))) - 1
  last <- max(rank)
  ifelse(rank == last, "m4", paste0("m", floor(4 * rank / last)))
}

frames <- list(
  synthetic = data.frame(school = paste0("s", found[[1]]$school), grade = NA, gender = NA,
                         municipality = municipality_of(found[[1]]$school)),
  pisa = data.frame(school = as.character(pisa$school_id), grade = as.character(pisa$grade), gender = pisa$gender,
                    municipality = municipality_of(pisa$school_id))
)
# Some pupils of the invented sheets have no school: every seventh row of municipality m1.
blank <- frames$synthetic$municipality == "m1" & seq_len(nrow(frames$synthetic)) %% 7 == 0
frames$synthetic$school[blank] <- NA

clustered <- function(score, cluster) {
  fit <- lm(score ~ 1)
  clusters <- length(unique(cluster))
  se <- if (clusters > 1) sqrt(vcovCL(fit, cluster = cluster, type = "HC1")[1, 1]) else NA
  half <- qt(0.975, max(clusters - 1, 1)) * se
  data.frame(n = length(score), mean = coef(fit)[[1]], sd = sd(score), se = se, low = coef(fit)[[1]] - half,
             high = coef(fit)[[1]] + half)
}

alone <- function(score) {
  if (length(score) < 2) return(data.frame(n = length(score), mean = mean(score), sd = NA, se = NA, low = NA, high = NA))
  if (sd(score) == 0) return(data.frame(n = length(score), mean = mean(score), sd = 0, se = 0, low = mean(score), high = mean(score)))
  test <- t.test(score)
  data.frame(n = length(score), mean = test$estimate[[1]], sd = sd(score), se = test$stderr, low = test$conf.int[1],
             high = test$conf.int[2])
}

rows <- list()
for (world in found) {
  frame <- frames[[world$name]]
  columns <- if (world$name == "pisa") c("municipality", "school", "grade") else c("municipality", "school")
  for (scale in world$scales) {
    raw <- person_scores(world$answers[scale$items])
    score <- 500 + 100 * (raw - mean(raw, na.rm = TRUE)) / sd(raw, na.rm = TRUE)
    sides <- if (scale$key %in% c("belonging", "home")) sort(unique(na.omit(frame$gender))) else NULL
    for (side in c("all", sides)) for (depth in 0:length(columns)) {
      known <- !is.na(score) & (side == "all" | (!is.na(frame$gender) & frame$gender == side))
      if (depth) known <- known & complete.cases(frame[columns[seq_len(depth)]])
      label <- if (depth) do.call(paste, c(frame[columns[seq_len(depth)]], sep = "/")) else rep("", nrow(frame))
      for (group in unique(label[known])) {
        own <- known & label == group
        # Of PISA's schools and grades enough is enough: those of the first and the last municipality.
        if (world$name == "pisa" && depth > 1 && !grepl("^m[04]/", group)) next
        result <- if (depth == length(columns)) alone(score[own]) else {
          cluster <- frame[[columns[depth + 1]]][own]
          clustered(score[own], ifelse(is.na(cluster), "blank", cluster))
        }
        rows[[length(rows) + 1]] <- cbind(data.frame(world = world$name, scale = scale$key, side = side, group = group), result)
      }
    }
  }
}
write_reference(rows, "groups.csv")
