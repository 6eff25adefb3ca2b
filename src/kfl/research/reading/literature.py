"""Where the report's methods and limits are published, in full: what a reader of it can look up."""

from __future__ import annotations

SOURCES = (
    "Bentler, P. M. & Bonett, D. G. (1980). Significance tests and goodness of fit in the analysis of covariance "
    "structures. Psychological Bulletin, 88(3), 588–606.",
    "Bliese, P. D. (2000). Within-group agreement, non-independence, and reliability. In K. J. Klein & S. W. J. "
    "Kozlowski (Eds.), Multilevel theory, research, and methods in organizations (pp. 349–381). Jossey-Bass.",
    "Browne, M. W. & Cudeck, R. (1993). Alternative ways of assessing model fit. In K. A. Bollen & J. S. Long (Eds.), "
    "Testing structural equation models (pp. 136–162). Sage.",
    "Chen, F. F. (2007). Sensitivity of goodness of fit indexes to lack of measurement invariance. Structural Equation "
    "Modeling, 14(3), 464–504.",
    "Cochran, W. G. (1977). Sampling techniques (3rd ed.). Wiley.",
    "Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16(3), 297–334.",
    "Feldt, L. S., Woodruff, D. J. & Salih, F. A. (1987). Statistical inference for coefficient alpha. Applied "
    "Psychological Measurement, 11(1), 93–103.",
    "Groves, R. M. (2006). Nonresponse rates and nonresponse bias in household surveys. Public Opinion Quarterly, "
    "70(5), 646–675.",
    "Hair, J. F., Black, W. C., Babin, B. J. & Anderson, R. E. (2010). Multivariate data analysis (7th ed.). Pearson.",
    "Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics, "
    "6(2), 65–70.",
    "Hu, L. & Bentler, P. M. (1999). Cutoff criteria for fit indexes in covariance structure analysis: Conventional "
    "criteria versus new alternatives. Structural Equation Modeling, 6(1), 1–55.",
    "Johnson, J. A. (2005). Ascertaining the validity of individual protocols from Web-based personality inventories. "
    "Journal of Research in Personality, 39(1), 103–129.",
    "Jöreskog, K. G. (1969). A general approach to confirmatory maximum likelihood factor analysis. Psychometrika, "
    "34(2), 183–202.",
    "Kenny, D. A., Kaniskan, B. & McCoach, D. B. (2015). The performance of RMSEA in models with small degrees of "
    "freedom. Sociological Methods & Research, 44(3), 486–507.",
    "Kish, L. (1965). Survey sampling. Wiley.",
    "Mantel, N. (1963). Chi-square tests with one degree of freedom; extensions of the Mantel-Haenszel procedure. "
    "Journal of the American Statistical Association, 58(303), 690–700.",
    "McDonald, R. P. (1999). Test theory: A unified treatment. Erlbaum.",
    "Meredith, W. (1993). Measurement invariance, factor analysis and factorial invariance. Psychometrika, 58(4), "
    "525–543.",
    "Muthén, B. & Satorra, A. (1995). Complex sample data in structural equation modeling. Sociological Methodology, "
    "25, 267–316.",
    "Muthén, B. & Satorra, A. (1995). Technical aspects of Muthén's LISCOMP approach to estimation of latent variable "
    "relations with a comprehensive measurement model. Psychometrika, 60(4), 489–503.",
    "Nunnally, J. C. & Bernstein, I. H. (1994). Psychometric theory (3rd ed.). McGraw-Hill.",
    "Patterson, H. D. & Thompson, R. (1971). Recovery of inter-block information when block sizes are unequal. "
    "Biometrika, 58(3), 545–554.",
    "Raykov, T. (2002). Analytic estimation of standard error and confidence interval for scale reliability. "
    "Multivariate Behavioral Research, 37(1), 89–103.",
    "Satorra, A. & Bentler, P. M. (1994). Corrections to test statistics and standard errors in covariance structure "
    "analysis. In A. von Eye & C. C. Clogg (Eds.), Latent variables analysis (pp. 399–419). Sage.",
    "Schermelleh-Engel, K., Moosbrugger, H. & Müller, H. (2003). Evaluating the fit of structural equation models: "
    "Tests of significance and descriptive goodness-of-fit measures. Methods of Psychological Research Online, 8(2), "
    "23–74.",
    "Xia, Y. & Yang, Y. (2019). RMSEA, CFI, and TLI in structural equation modeling with ordered categorical data: The "
    "story they tell depends on the estimation methods. Behavior Research Methods, 51(1), 409–428.",
    "Zwick, R. & Thayer, D. T. (1996). Evaluating the magnitude of differential item functioning in polytomous items. "
    "Journal of Educational and Behavioral Statistics, 21(3), 187–201.",
)
