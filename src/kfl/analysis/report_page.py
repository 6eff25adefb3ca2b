"""report.html: what was read and what was found, for a person to read; one file without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from kfl.analysis.codebook import Codebook, CodebookScale
from kfl.analysis.collecting import FileSums
from kfl.analysis.quality import ItemQuality, ScaleQuality
from kfl.analysis.reading import Source
from kfl.analysis.rollup import Rollup
from kfl.disclosure import Published
from kfl.documents import figures

from . import judgements
from .findings import GroupRow, Groups, Leaving, Tables
from .judgements import Judgement, Measure

#: Longer lists of groups show the highest level only, and then the first of them: the rest is in groups.parquet.
MOST_ROWS = 150
THIN_SPACE = "\u202f"
MINUS = "\u2212"


@dataclass(frozen=True)
class Numbers:
    """Numbers as a language writes them."""

    language: str

    def number(self, value: float | None, decimals: int = 2) -> str:
        """A number, or a dash where there is none."""
        if value is None:
            return "–"
        text = f"{abs(value):,.{decimals}f}"
        if self.language != "en":
            text = text.replace(",", THIN_SPACE).replace(".", ",")
        return f"{MINUS}{text}" if value < 0 and text.strip("0.,") else text

    def whole(self, value: float | None) -> str:
        """A number without decimals."""
        return self.number(value, 0)

    def percent(self, share: float | None) -> str:
        """A share in whole per cent."""
        if share is None:
            return "–"
        return f"{self.whole(100 * share)}{'%' if self.language == 'en' else chr(0xA0) + '%'}"

    def span(self, low: float | None, high: float | None, decimals: int = 2) -> str:
        """An interval, empty where it is unknown."""
        if low is None or high is None:
            return ""
        return f"{self.number(low, decimals)}–{self.number(high, decimals)}"


@dataclass(frozen=True)
class ItemLine:
    """One row of a scale's table of items."""

    found: ItemQuality
    topic: str
    turned: bool
    rest: Judgement
    loading: Judgement
    lowers_alpha: bool  # alpha would be higher without it
    bar: Markup


@dataclass(frozen=True)
class GroupLine:
    """One row of a scale's table of groups."""

    label: str  # empty for everybody
    level: int
    whole: GroupRow
    sides: tuple[GroupRow | None, ...]
    figure: Markup


@dataclass(frozen=True)
class ScaleSection:
    """One scale, ready to be shown."""

    scale: CodebookScale
    name: str
    found: ScaleQuality
    reliability: Judgement
    fit: Judgement
    hidden: str | None
    hidden_items: str | None
    items: tuple[ItemLine, ...]
    groups: tuple[GroupLine, ...]
    of_one_group: bool  # whether one has no interval, since all scored are of one group of the next column
    groups_left_out: int
    histogram: Markup | None
    middle_half: tuple[float, float] | None  # quartiles of the scores


def report_html(
    language: str,
    source: Source,
    book: Codebook,
    file: FileSums,
    rollup: Rollup,
    leaving: Leaving,
    blanks: Mapping[str, int],
    *,
    own_reference: bool,
) -> str:
    """The report.

    Parameters
    ----------
    language : str
        nb, nn or en.
    source, book, file, rollup : Source, Codebook, FileSums, Rollup
        What was read.
    leaving : Published or NotForPublication
        What was found.
    blanks : mapping from column to int
        How many persons have a blank there, where it is told.
    own_reference : bool
        Whether the file is its own reference.

    Returns
    -------
    str
        A whole HTML page.
    """
    numbers = Numbers(language)
    tables, protected = leaving.numbers, isinstance(leaving, Published)
    text = judgements.translations(language)
    shown = _shown_nodes(rollup)
    rollup = _as_called(rollup, source, file)
    sections = [
        _section(place, scale, file, rollup, tables, shown, numbers, text.gettext, protected=protected)
        for place, scale in enumerate(book.scales)
    ]
    counts = np.bincount(rollup.level, minlength=len(file.plan.by) + 1)[1:]
    values: dict[str, Any] = {
        "language": language,
        "source": source,
        "delimiter": _delimiter_word(source, text.gettext),
        "plan": file.plan,
        "sections": sections,
        "levels": list(zip(file.plan.by, counts.tolist(), strict=True)),
        "sides": rollup.sides,
        "blanks": blanks,
        "protected": protected,
        "own_reference": own_reference,
        "n": numbers,
        "words": judgements,
        "Measure": Measure,
        "MOST_ROWS": MOST_ROWS,
    }
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("kfl.analysis"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(text.gettext, text.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment.get_template("report.html").render(values)


def _as_called(rollup: Rollup, source: Source, file: FileSums) -> Rollup:
    """The groups by the names that the file itself has for them."""
    plan = file.plan
    labels = (tuple(source.called(*one) for one in zip(plan.by, label, strict=False)) for label in rollup.labels)
    sides = rollup.sides if plan.split is None else tuple(source.called(plan.split, side) for side in rollup.sides)
    return replace(rollup, labels=tuple(labels), sides=sides)


def _section(
    place: int,
    scale: CodebookScale,
    file: FileSums,
    rollup: Rollup,
    tables: Tables,
    shown: list[int],
    numbers: Numbers,
    _: Callable[[str], str],
    *,
    protected: bool,
) -> ScaleSection:
    found = tables.qualities[place]
    name = scale.label(numbers.language)
    histogram, middle = None, None
    if not protected and found.mean_raw is not None:
        title = _("Fordelingen av skårer på {name}, fra {low} til {high}; gjennomsnittet er {mean}.").format(
            name=name, low=1, high=scale.codes, mean=numbers.number(found.mean_raw)
        )
        counts = file.scores[place].tolist()
        histogram = figures.histogram(counts, 1, scale.codes, found.mean_raw, title=title)
        middle = _quartiles(file.scores[place], scale)
    groups = _groups(tables.groups, place, rollup, shown)
    depth = len(file.plan.by)
    return ScaleSection(
        scale=scale,
        name=name,
        found=found,
        reliability=tables.verdicts[place].reliability,
        fit=tables.verdicts[place].fit,
        hidden=tables.hidden_scales.get(scale.key),
        hidden_items=tables.hidden_items.get(scale.key),
        items=tuple(_item(item, scale, found) for item in found.item_rows),
        groups=groups,
        of_one_group=not protected and any(_is_of_one_group(line.whole) for line in groups if line.level < depth),
        groups_left_out=len(rollup.labels) - len(shown),
        histogram=histogram,
        middle_half=middle,
    )


def _item(found: ItemQuality, scale: CodebookScale, quality: ScaleQuality) -> ItemLine:
    item = next(one for one in scale.items if one.key == found.item)
    without, alpha = found.alpha_if_dropped, quality.alpha
    return ItemLine(
        found=found,
        topic=item.topic,
        turned=item.turned,
        rest=judgements.judge(Measure.ITEM_REST, found.item_rest_r),
        loading=judgements.judge(Measure.LOADING, found.loading),
        lowers_alpha=without is not None and alpha is not None and without > alpha,
        bar=figures.bar_row(found.shares) if found.shares else Markup(),
    )


def _groups(groups: Groups, scale: int, rollup: Rollup, shown: list[int]) -> tuple[GroupLine, ...]:
    found = [(node, row) for node in shown if (row := groups.row(scale, node, 0)) is not None]
    axis = _axis_over([row.mean for _node, row in found if row.mean is not None], mark=found[0][1].mean)
    lines = []
    for node, row in found:
        label = rollup.labels[node]
        figure = Markup()
        if row.mean is not None:
            figure = figures.interval_row(axis, row.mean, row.low, row.high)
        sides = tuple(groups.row(scale, node, side + 1) for side in range(len(rollup.sides)))
        lines.append(GroupLine(label[-1] if label else "", len(label), row, sides, figure))
    return tuple(lines)


def _is_of_one_group(row: GroupRow) -> bool:
    return (row.n or 0) > 1 and row.mean is not None and row.low is None


def _axis_over(means: Sequence[float], *, mark: float | None) -> figures.Axis:
    """From 400 to 600, wider by whole fifties where means need it, but never beyond 300 and 700."""
    widest = figures.Axis(300, 700)
    inside = [min(max(mean, widest.low), widest.high) for mean in means]
    return replace(figures.POINTS.covering(inside), mark=mark)


def _shown_nodes(rollup: Rollup) -> list[int]:
    """The groups that the report lists, in the order of the file."""
    everything = list(range(len(rollup.labels)))
    if len(everything) <= MOST_ROWS:
        return everything
    return [node for node in everything if rollup.level[node] <= 1][:MOST_ROWS]


def _quartiles(counts: NDArray[np.int64], scale: CodebookScale) -> tuple[float, float] | None:
    """Between which scores the middle half lies."""
    upto = np.cumsum(counts)
    if not upto[-1]:
        return None
    steps = np.searchsorted(upto, [0.25 * upto[-1], 0.75 * upto[-1]])
    low, high = (1 + step / len(scale.items) for step in steps.tolist())
    return low, high


def _delimiter_word(source: Source, _: Callable[[str], str]) -> str | None:
    names = {",": _("komma"), ";": _("semikolon"), "\t": _("tabulator"), "|": _("loddrett strek")}
    return names.get(getattr(source, "delimiter", ""))
