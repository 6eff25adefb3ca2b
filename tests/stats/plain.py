"""The same statistics written slowly, straight from their textbook definitions, person by person.

Nothing here is shared with `kfl.stats`: lists and exact fractions instead of arrays and sums. A person is a
list of codes, None where not answered; a scale is given by its items, the turned ones, low and high.
"""

from fractions import Fraction
from math import sqrt


def turned(code, item, scale):
    if code is None:
        return None
    return scale.low + scale.high - code if scale.turned[scale.items.index(item)] else code


def item_answers(people, item, scale):
    return [turned(p[item], item, scale) for p in people if p[item] is not None]


def item_mean(people, item, scale):
    given = item_answers(people, item, scale)
    return Fraction(sum(given), len(given)) if given else None


def scale_mean(people, scale):
    means = [item_mean(people, item, scale) for item in scale.items]
    return None if None in means else sum(means) / len(means)


def scale_n(people, scale):
    return min(len(item_answers(people, item, scale)) for item in scale.items)


def person_score(person, scale):
    given = [turned(person[item], item, scale) for item in scale.items if person[item] is not None]
    return Fraction(sum(given), len(given)) if 2 * len(given) >= len(scale.items) else None


def scores(people, scale):
    every = [person_score(p, scale) for p in people]
    return [score for score in every if score is not None]


def mean(values):
    return sum(values) / len(values)


def squares(values):
    return sum((v - mean(values)) ** 2 for v in values)


def sd(values):
    return sqrt(squares(values) / (len(values) - 1)) if len(values) > 1 else None


def points(m, mu, sigma):
    return 500 + 100 * (float(m) - float(mu)) / sigma


def within_sd(blocks):
    """Blocks are lists of scores."""
    blocks = [b for b in blocks if b]
    degrees = sum(len(b) for b in blocks) - len(blocks)
    return sqrt(sum(squares(b) for b in blocks) / degrees) if degrees else None


def intraclass(blocks):
    blocks = [b for b in blocks if b]
    everybody = [v for b in blocks for v in b]
    people, count = len(everybody), len(blocks)
    if count < 2 or people == count:
        return None
    between = sum(len(b) * (mean(b) - mean(everybody)) ** 2 for b in blocks) / (count - 1)
    within = sum(squares(b) for b in blocks) / Fraction(people - count)
    size = (people - Fraction(sum(len(b) ** 2 for b in blocks), people)) / (count - 1)
    spread = between + (size - 1) * within
    return min(max(float((between - within) / spread), 0.0), 1.0) if spread > 0 else None


def half_width(n, s, b, rho):
    return 1.96 * s * sqrt(1 / n) * sqrt(1 + (b - 1) * rho)


def holm(ps):
    adjusted, highest = [None] * len(ps), 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=lambda at: ps[at])):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[at]))
        adjusted[at] = highest
    return adjusted


def alpha(sheets):
    """Sheets are complete lists of (turned) codes."""
    items = len(sheets[0])
    degrees = Fraction(len(sheets) - 1)
    own = sum(squares([Fraction(s[i]) for s in sheets]) / degrees for i in range(items))
    whole = squares([Fraction(sum(s)) for s in sheets]) / degrees
    return float(Fraction(items, items - 1) * (1 - own / whole)) if whole else None
