"""Statistics of surveys with scales: exact mergeable sums, and everything that is computed from them.

Plain numpy; no database, no clock, nothing is rounded. A typical use::

    own = collect(answers, group, groups, scales)     # one pass
    wave = own.roll_up(parent)                        # every level above is a sum
    ref = reference(wave.take([0]))                   # or a frozen one
    shown = points(scale_means(wave), ref)
    sure = spread(own, wave, parent, level)
    half = points_apart(sure.half_widths(scale_n(wave)), ref)

Formulas, assumptions and checks: docs/methods/.
"""

from kfl.stats.attempt import attempt
from kfl.stats.change import GroupChange, change
from kfl.stats.clustered import ClusterMean, cluster_mean, person_mean
from kfl.stats.complete import AlphaSums, CrossProducts, collect_alpha, collect_products
from kfl.stats.crossed import PairProducts, PairTables, collect_pairwise, collect_tables
from kfl.stats.dif import Dif, DifSize, DifTables, collect_dif, dif
from kfl.stats.differences import Differences, against_rest, certain_differences, holm, rest
from kfl.stats.effects import EffectSize, clustered_g, hedges_g, small_sample
from kfl.stats.errors import (
    BadAnswers,
    BadScale,
    NoConvergence,
    NotIdentified,
    StatsError,
    SumsDiffer,
    SumsTooLarge,
    TooLittleData,
)
from kfl.stats.group_scores import GroupScores, group_scores, group_values
from kfl.stats.intervals import Spread, design_effect, half_width, mean_block_size, spread
from kfl.stats.items import ItemAnalysis, item_analysis
from kfl.stats.left_out import alpha_range
from kfl.stats.means import item_means, person_means, scale_means, scale_n
from kfl.stats.moments import Moments, moments
from kfl.stats.multilevel import (
    RandomIntercept,
    ShrunkenMeans,
    mean_reliability,
    random_intercept,
    shrink,
    shrunken_means,
)
from kfl.stats.nested import NestedIntercepts, nested_intercepts, nested_means
from kfl.stats.panel import PanelChange, PanelSums, collect_panel, panel_change
from kfl.stats.reference import ReferenceMoments, person_points, points, points_apart, reference
from kfl.stats.reliability import (
    Alpha,
    Alphas,
    alphas,
    cronbach_alpha,
    feldt_interval,
)
from kfl.stats.scales import ScaleSpec
from kfl.stats.scores import person_scores
from kfl.stats.screens import PersonScreens, ScreenSums, collect_screens, screen_people
from kfl.stats.sums import ScoreSums, Sums, collect, collect_scores
from kfl.stats.variation import intraclass_correlation, person_sd, pooled_within_sd, squares_within

__all__ = [
    "Alpha",
    "AlphaSums",
    "Alphas",
    "BadAnswers",
    "BadScale",
    "ClusterMean",
    "CrossProducts",
    "Dif",
    "DifSize",
    "DifTables",
    "Differences",
    "EffectSize",
    "GroupChange",
    "GroupScores",
    "ItemAnalysis",
    "Moments",
    "NestedIntercepts",
    "NoConvergence",
    "NotIdentified",
    "PairProducts",
    "PairTables",
    "PanelChange",
    "PanelSums",
    "PersonScreens",
    "RandomIntercept",
    "ReferenceMoments",
    "ScaleSpec",
    "ScoreSums",
    "ScreenSums",
    "ShrunkenMeans",
    "Spread",
    "StatsError",
    "Sums",
    "SumsDiffer",
    "SumsTooLarge",
    "TooLittleData",
    "against_rest",
    "alpha_range",
    "alphas",
    "attempt",
    "certain_differences",
    "change",
    "cluster_mean",
    "clustered_g",
    "collect",
    "collect_alpha",
    "collect_dif",
    "collect_pairwise",
    "collect_panel",
    "collect_products",
    "collect_scores",
    "collect_screens",
    "collect_tables",
    "cronbach_alpha",
    "design_effect",
    "dif",
    "feldt_interval",
    "group_scores",
    "group_values",
    "half_width",
    "hedges_g",
    "holm",
    "intraclass_correlation",
    "item_analysis",
    "item_means",
    "mean_block_size",
    "mean_reliability",
    "moments",
    "nested_intercepts",
    "nested_means",
    "panel_change",
    "person_mean",
    "person_means",
    "person_points",
    "person_scores",
    "person_sd",
    "points",
    "points_apart",
    "pooled_within_sd",
    "random_intercept",
    "reference",
    "rest",
    "scale_means",
    "scale_n",
    "screen_people",
    "shrink",
    "shrunken_means",
    "small_sample",
    "spread",
    "squares_within",
]
