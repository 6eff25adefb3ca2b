"""Statistics of surveys with scales: exact mergeable sums, and everything that is computed from them.

Plain numpy; no database, no clock, nothing is rounded. A typical use::

    own = collect(answers, group, groups, scales)     # one pass
    wave = own.roll_up(parent)                        # every level above is a sum
    ref = reference(wave.take([0]))                   # or a frozen one
    shown = points(scale_means(wave), ref)
    made = estimate_spread(shown, blocks, ends, parent, level, inner=3)
    d = block_shares(scale_n(wave), is_shown, invited, parent, level, inner=3)
    se = made.spread.variance(scale_n(wave), scale_means(wave), d.of_nodes()) ** 0.5

Formulas, assumptions and checks: docs/methods/.
"""

from kfl.stats.attempt import attempt
from kfl.stats.change import GroupChange, change
from kfl.stats.clustered import ClusterMean, cluster_mean, person_mean
from kfl.stats.complete import AlphaSums, CrossProducts, collect_alpha, collect_products
from kfl.stats.components import FEWEST_BLOCKS, Components, variance_components
from kfl.stats.crossed import PairProducts, PairTables, collect_pairwise, collect_tables
from kfl.stats.dif import Dif, DifSize, DifTables, collect_dif, dif
from kfl.stats.differences import LIKELY, Posterior, certain, holm, posterior, rest, two_sided
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
    WrongKind,
)
from kfl.stats.group_scores import GroupScores, group_scores, group_values
from kfl.stats.intervals import (
    USUAL_SHARES,
    BlockShares,
    EstimatedSpread,
    Spread,
    Z,
    block_shares,
    estimate_spread,
)
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
from kfl.stats.reference import CENTRE, SPREAD, ReferenceMoments, person_points, points, points_apart, reference
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
from kfl.stats.variation import person_sd, squares_within

__all__ = [
    "Alpha",
    "AlphaSums",
    "Alphas",
    "BadAnswers",
    "BadScale",
    "BlockShares",
    "CENTRE",
    "ClusterMean",
    "Components",
    "CrossProducts",
    "Dif",
    "DifSize",
    "DifTables",
    "EffectSize",
    "EstimatedSpread",
    "FEWEST_BLOCKS",
    "GroupChange",
    "GroupScores",
    "ItemAnalysis",
    "LIKELY",
    "Moments",
    "NestedIntercepts",
    "NoConvergence",
    "NotIdentified",
    "PairProducts",
    "PairTables",
    "PanelChange",
    "PanelSums",
    "PersonScreens",
    "Posterior",
    "RandomIntercept",
    "ReferenceMoments",
    "SPREAD",
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
    "USUAL_SHARES",
    "WrongKind",
    "Z",
    "alpha_range",
    "alphas",
    "attempt",
    "block_shares",
    "certain",
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
    "dif",
    "estimate_spread",
    "feldt_interval",
    "group_scores",
    "group_values",
    "hedges_g",
    "holm",
    "item_analysis",
    "item_means",
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
    "posterior",
    "random_intercept",
    "reference",
    "rest",
    "scale_means",
    "scale_n",
    "screen_people",
    "shrink",
    "shrunken_means",
    "small_sample",
    "squares_within",
    "two_sided",
    "variance_components",
]
