# Common odds ratios of R on two tables that come with it: mantelhaen.test for two codes (departments' admissions by
# gender) and polr, a proportional odds model with strata as factors, for three (satisfaction by contact).
# Run in this folder: Rscript dif_odds.R   (R 4.2.2, MASS 7.3-58.2)
suppressPackageStartupMessages(library(MASS))

admissions <- as.data.frame(UCBAdmissions)
first <- data.frame(table = "admissions", stratum = as.integer(admissions$Dept), side = as.integer(admissions$Gender) - 1,
                    code = as.integer(admissions$Admit == "Admitted"), people = admissions$Freq)
second <- data.frame(table = "housing", stratum = as.integer(interaction(housing$Infl, housing$Type)),
                     side = as.integer(housing$Cont) - 1, code = as.integer(housing$Sat) - 1, people = housing$Freq)
write.csv(rbind(first, second), "dif_odds_tables.csv", row.names = FALSE, quote = FALSE, eol = "\n")

test <- mantelhaen.test(xtabs(people ~ side + code + stratum, first), correct = FALSE)
model <- polr(Sat ~ Infl * Type + Cont, weights = Freq, data = housing, Hess = TRUE)
result <- data.frame(
  table = c("admissions", "housing"),
  log_odds = c(log(test$estimate[[1]]), coef(model)[["ContHigh"]]),
  se = c(log(test$conf.int[2] / test$conf.int[1]) / 2 / qnorm(0.975), sqrt(vcov(model)["ContHigh", "ContHigh"])),
  chi2 = c(test$statistic[[1]], NA))
write.csv(format(result, digits = 13), "dif_odds.csv", row.names = FALSE, quote = FALSE, eol = "\n")
