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


def within_variance(blocks):
    """Pooled; blocks are lists of scores."""
    blocks = [b for b in blocks if b]
    degrees = sum(len(b) for b in blocks) - len(blocks)
    return sum(squares(b) for b in blocks) / degrees if degrees else None


def intraclass(blocks):
    """By the analysis of variance."""
    blocks = [b for b in blocks if b]
    everybody = [v for b in blocks for v in b]
    people, count = len(everybody), len(blocks)
    between = sum(len(b) * (mean(b) - mean(everybody)) ** 2 for b in blocks) / (count - 1)
    within = sum(squares(b) for b in blocks) / Fraction(people - count)
    size = (people - Fraction(sum(len(b) ** 2 for b in blocks), people)) / (count - 1)
    return float((between - within) / (between + (size - 1) * within))


def bounded_c(blocks, low, high):
    """How much persons vary within their block, as a share of what they could where its mean lies."""
    blocks = [b for b in blocks if b]
    room = sum((len(b) - 1) * (mean(b) - low) * (high - mean(b)) for b in blocks)
    return sum(squares(b) for b in blocks) / room if room else None


def balanced_components(schools):
    """Variances within classes, between classes and between schools; all have as many classes of one size."""
    classes = [c for school in schools for c in school]
    size, breadth = len(classes[0]), len(schools[0])
    everybody = [v for c in classes for v in c]
    within = sum(squares(c) for c in classes) / (len(everybody) - len(classes))
    middles = [[mean(c) for c in school] for school in schools]
    of_class = size * sum(squares(m) for m in middles) / (len(classes) - len(schools))
    of_school = size * breadth * squares([mean(m) for m in middles]) / (len(schools) - 1)
    return within, (of_class - within) / size, (of_school - of_class) / (size * breadth)


def leaned(estimate, blocks, usual, weight=20):
    """A variance that leans on what is usual as if on so many blocks."""
    return (blocks * estimate + weight * usual) / (blocks + weight)


def below(node, parent):
    """The node and all under it."""
    found = {node}
    for child, above in enumerate(parent):
        if above in found:
            found.add(child)
    return found


def block_sizes(n, shown, invited, parent):
    """People in each node as a block: as shown; of hidden nodes what is left of the shown one above, by invited."""
    nodes = range(len(parent))
    here = [1 if not invited[v] and v not in parent else invited[v] for v in nodes]
    asked = [sum(here[v] for v in below(node, parent)) for node in nodes]
    sizes = [n[v] if shown[v] else None for v in nodes]
    for node in nodes:
        if shown[node]:
            continue
        holder = parent[node]
        while holder >= 0 and not shown[holder]:
            holder = parent[holder]
        if holder < 0:
            sizes[node] = 0
            continue
        beside = [v for v in nodes if parent[v] == holder and shown[v]]
        left, left_asked = n[holder] - sum(n[v] for v in beside), asked[holder] - sum(asked[v] for v in beside)
        sizes[node] = Fraction(left * asked[node], left_asked)
    return sizes


def shares(node, level, sizes, parent, levels, without=None):
    """Sum of squares of the blocks' shares, of a node without one of those under it."""
    blocks = [v for v in below(node, parent) if levels[v] == level and levels[v] < rank(levels[node])]
    people = sizes[node] - (sizes[without] if without is not None else 0)
    total = Fraction(0)
    for block in blocks:
        size = sizes[block]
        if without is not None and block in below(without, parent):
            continue
        if without is not None and without in below(block, parent):
            size -= sizes[without]
        total += size**2
    return float(total / people**2)


def rank(level):
    return level if level >= 0 else 99


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
