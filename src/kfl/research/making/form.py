"""One informant group's part of a report: how it was answered, then its scales. Plain arrays in, plain values out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import replace as with_items

import numpy as np
from msgspec.structs import replace

from kfl import disclosure
from kfl.results.making.compute import rule_of
from kfl.results.making.computed import AskedScale, WaveTree
from kfl.results.making.sheet_arrays import Answers, Bool, complete, rows_together, set_of
from kfl.results.payload import Reliability, ScaleText, Text
from kfl.stats.screens import ScreenSums, collect_screens

from ..page_numbers import PageNumbers
from ..payload import Filled, FilledNumbers, FormReport, ScaleReport, ShareInWords, Straight, Visible
from .clusters import apart, shown_schools
from .compare import Since
from .safety import RootShown, told, whole_scale
from .scale import Measured, scale_report, sheets

NOTHING_SHOWN = PageNumbers()


@dataclass(frozen=True, eq=False)
class ReportedForm:
    """What one form's report is made of."""

    informant: str
    questionnaire: Text
    version: int
    invited: int
    answered: int | None  # as released; None where the number is hidden, and with it all that rests on everybody
    answers: Answers
    tree: WaveTree
    asked: Sequence[tuple[AskedScale, ScaleText]]
    shown: Sequence[RootShown]  # of each scale
    nodes_shown: Bool  # (nodes, scales) where the release shows them
    places: list[Visible]
    visible: Sequence[list[Visible]]  # of each scale
    thresholds: disclosure.Thresholds
    reliability: Sequence[Reliability | None]  # of each scale, as the release has it
    since: Sequence[Since | None]  # of each scale the last earlier wave that asked it
    of_pages: PageNumbers = NOTHING_SHOWN


@dataclass(frozen=True)
class FormPart:
    """One informant group's part."""

    report: FormReport
    sets: list[disclosure.Sheets]  # behind its numbers


def form_report(form: ReportedForm) -> FormPart:
    """The whole part of one informant group."""
    screens = _screens(form)
    filled, behind = _filled(screens, form) if screens and form.answered is not None else (None, [])
    scales = []
    for scale in measured(form):
        made = _with_straight(scale_report(scale), screens, scale)
        scales.append(made)
        behind += sheets(scale, made, form.informant)
    report = FormReport(
        informant=form.informant,
        questionnaire=form.questionnaire,
        version=form.version,
        invited=form.invited,
        answered=form.answered,
        places=form.places,
        of_pages=form.of_pages,
        filled=filled,
        gender=bool(form.answers.split.any()),
        scales=scales,
    )
    return FormPart(report, behind)


def measured(form: ReportedForm) -> Iterator[Measured]:
    """Each scale with its complete sheets."""
    tree, nodes = disclosure.Tree(form.tree.parent), len(form.tree.parent)
    together = rows_together([rule_of(asked) for asked, _text in form.asked])
    for number, (asked, text) in enumerate(form.asked):
        shown, marks = form.shown[number], form.nodes_shown[:, number]
        gap = whole_scale(shown, measured=asked.measured, sensitive=asked.sensitive)
        block = tree.nearest(marks)[form.answers.group]
        rows, k = together[number], form.thresholds.k
        whole = None if gap else set_of(form.answers, rows, asked.spec.enough, block, nodes)
        schools = shown_schools(form.tree, marks)
        if whole is not None and whole.is_full(k):
            schools = apart(form.answers, rows, asked.spec.enough, block, schools, k)
        else:
            schools = np.full(nodes, -1)
        yield Measured(
            asked=asked,
            text=text,
            shown=shown,
            everybody=form.answers,
            complete=complete(form.answers, together[number]),
            one_set=whole,
            clusters=schools,
            visible=form.visible[number],
            thresholds=form.thresholds,
            since=form.since[number],
            reliability=form.reliability[number],
        )


def _screens(form: ReportedForm) -> ScreenSums | None:
    """Screens of all questions but sensitive ones, over everybody."""
    rows: list[int] = []
    specs = []
    for asked, _text in form.asked:
        if asked.sensitive:
            continue
        # Of a question with several choices one row tells whether it was answered.
        own = asked.spec.items if asked.measured else asked.spec.items[:1]
        if asked.measured:
            specs.append(with_items(asked.spec, items=tuple(range(len(rows), len(rows) + len(own)))))
        rows += own
    if not rows:
        return None
    codes = np.ascontiguousarray(form.answers.codes[rows])
    return collect_screens(codes, np.zeros(codes.shape[1], dtype=np.int64), 1, range(len(rows)), specs)


def _filled(screens: ScreenSums, form: ReportedForm) -> tuple[Filled, list[disclosure.Sheets]]:
    """How sheets were filled in: in numbers only where none of them, and no difference, is of a few."""
    missing, questions = screens.missing[0], len(screens.order)
    at_least_half = questions - (questions + 1) // 2
    sheets = int(missing[:-1].sum())
    ways = {
        "all": int(missing[0]),
        "half": int(missing[1 : at_least_half + 1].sum()),
        "less": int(missing[at_least_half + 1 : -1].sum()),
    }
    words = _share(ways["all"], sheets), _share(int(screens.stopped[0].sum()), sheets)
    # Where some handed in twice, whose numbers these are is not worked out here.
    few = any(told(n, sheets, form.thresholds) is None for n in ways.values())
    if few or sheets < form.thresholds.k or not form.answers.alone.all():
        return Filled(questions, *words, None), []
    behind = [
        disclosure.Sheets(form.informant, name, n, {"sheets": 0} | {other: n for other in ways if other != name})
        for name, n in ways.items()
    ]
    everybody = disclosure.Sheets(form.informant, "sheets", sheets, {name: sheets - n for name, n in ways.items()})
    return Filled(questions, *words, FilledNumbers(sheets=sheets, **ways)), [everybody, *behind]


def _share(people: int, of: int) -> ShareInWords:
    part = people / of if of else 0.0
    limits = (
        (0.95, ShareInWords.NEARLY_ALL),
        (0.75, ShareInWords.MOST),
        (0.5, ShareInWords.HALF),
        (0.05, ShareInWords.SOME),
    )
    return next((word for least, word in limits if part >= least), ShareInWords.FEW)


def _with_straight(made: ScaleReport, screens: ScreenSums | None, scale: Measured) -> ScaleReport:
    """One answer to all questions of a scale where some are turned; the middle one contradicts nothing."""
    keys = [spec.key for spec in screens.scales] if screens else []
    key = scale.asked.spec.key
    if made.full is None or screens is None or key not in keys:
        return made
    number = keys.index(key)
    spec, counts = screens.scales[number], screens.straight[0, number]
    code = np.arange(len(counts))
    against = int(counts[2 * code != spec.low + spec.high].sum())
    people = told(against, made.full.complete, scale.thresholds)
    return replace(made, full=replace(made.full, straight=Straight(people)))
