"""A released page made ready to read: sentences first, then figures, then tables. No number is computed here
but differences and sums of what the page already shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from kfl.disclosure import Hidden
from kfl.documents import figures
from kfl.questionnaires.formats import Informant
from kfl.surveys.counts import count_words

from ..payload import Certainty, FormText, NodeBeside, Page, SameMeasure, ScaleResult, ScaleText, Then, Value, Versus
from . import conversation, measure_sentences, result_words, shares
from .parts import Against, NotShown, Past, ReferenceRow, ScaleRow, ScaleShares, Sentence, Talk


class Reading:
    """One node and one informant group, for templates."""

    def __init__(self, page: Page, form: FormText) -> None:
        self.page, self.form = page, form
        self.place = NodeBeside(page.node, page.kind, page.name, page.grade)
        self._places = {place.number: place for place in [*page.trail, self.place]}
        self.name = result_words.place_name(self.place, page.trail)

    @property
    def response(self) -> str:
        """How many answered, of how many invited; or that it is hidden."""
        return count_words.released(self.page.answered, self.page.invited)

    @property
    def top(self) -> NodeBeside:
        return self.page.trail[0] if self.page.trail else self.place

    @property
    def is_top(self) -> bool:
        return not self.page.trail

    @cached_property
    def axis(self) -> figures.Axis:
        """Wide enough for every dot of the page and for every interval of its own: half an interval hides doubt."""
        shown = [scale for scale in self.page.scales if scale.value]
        ends = [end for scale in shown if scale.value for end in (scale.value.low, scale.value.high)]
        return figures.POINTS.covering(ends + [scale.above.rest for scale in shown if scale.above])

    @cached_property
    def axis_figure(self) -> Markup:
        return figures.points_axis(self.axis, title=_("Poeng, med 500 som snittet i referansen"))

    @property
    def legend(self) -> Markup:
        """What the marks of this page's profile mean: only those that it has."""
        shown = [row for row in self.rows if row.value]
        compared = [row.result.above for row in shown if row.result.above]
        certain = sum(above.certainty is Certainty.CERTAIN for above in compared)
        ring = _("ingen sikker forskjell") if compared else _("snittet")
        level_above = self.level_above
        return figures.dot_legend(
            certain=_("sikker forskjell") if certain else "",
            uncertain=ring if certain < len(shown) else "",
            above=(level_above.name if level_above else _("nivået over")) if compared else "",
            interval=_("usikkerhet"),
        )

    @cached_property
    def rows(self) -> list[ScaleRow]:
        """The scales, in the order they were asked."""
        numbered = enumerate(self._pairs())
        return [self._row(number, scale, result) for number, (scale, result) in numbered if scale.measured]

    def _row(self, number: int, scale: ScaleText, result: ScaleResult) -> ScaleRow:
        title = result_words.said(scale.title)
        above = self._against(result.above)
        return ScaleRow(
            scale=scale,
            result=result,
            title=title,
            about=result_words.said(scale.about),
            why=result_words.why_hidden(result.hidden) if result.hidden else "",
            nearest=self._places.get(result.nearest),
            above=above,
            top=self._against(result.top),
            figure=self._dot(title, result.value, above),
            reliability=self.form.reliability[number],
        )

    def _against(self, found: Versus | None) -> Against | None:
        place = self._places.get(found.node) if found else None
        return Against(place, found) if found and place else None

    def _dot(self, title: str, value: Value | None, above: Against | None) -> Markup | str:
        if value is None:
            return ""
        told = _("{scale}: {points} poeng, usikkerhet fra {low} til {high}").format(
            scale=title, points=value.points, low=value.low, high=value.high
        )
        if above:
            told += _("; resten av {above}: {points}").format(above=above.name, points=above.rest)
        return figures.dot_interval_row(
            value=value.points,
            low=value.low,
            high=value.high,
            above=above.found.rest if above else None,
            above_half=above.found.rest_half if above else None,
            certain=bool(above and above.is_certain),
            title=told,
            axis=self.axis,
        )

    @cached_property
    def is_hidden(self) -> bool:
        """Whether no scale can be shown here."""
        return all(row.result.hidden for row in self.rows)

    @property
    def why_all_hidden(self) -> str:
        """The reason that may be told, the true one first: too few invited, or enough answers beside a small group."""
        k = self.form.thresholds["k"]
        if self.page.invited < k:
            return _("Færre enn {k} er invitert her, og vi viser aldri tall for så få.").format(k=k)
        if self.page.answered is None:
            # Which of the two is not told: that would tell how many answered.
            return _(
                "Enten har for få svart her, eller så er en gruppe ved siden av så liten at noen kunne regne seg fram "
                "til den. Vi sier ikke hvilken av delene, for det ville også fortelle noe."
            )
        return _(
            "Mange nok har svart, men vi kan ikke vise tallene uten at noen kan regne seg fram til noe om en liten "
            "gruppe ved siden av."
        )

    @cached_property
    def nearest(self) -> NodeBeside | None:
        """The nearest level above that shows something."""
        found = [row.nearest.number for row in self.rows if row.nearest]
        return self._places[max(found)] if found else None

    @cached_property
    def level_above(self) -> NodeBeside | None:
        """What most scales are compared with; the table's head names it."""
        counted = Counter(row.above.number for row in self.rows if row.above)
        return self._places[counted.most_common(1)[0][0]] if counted else None

    @cached_property
    def shows_top(self) -> bool:
        """Whether the top is worth a column of its own."""
        return not self.is_top and (self.level_above is None or self.level_above.number != self.top.number)

    @property
    def columns(self) -> int:
        """Columns of the table beside the scale's name."""
        return 3 + 2 * (self.level_above is not None) + self.shows_top

    @cached_property
    def point_help(self) -> str:
        """What a point is, where the reference is known."""
        makers = [wave for wave in self.form.reference_waves if wave]
        if not makers:
            return ""
        return _("500 er snittet for alle i {wave}. Om lag to av tre som svarte da, lå mellom 400 og 600.").format(
            wave=Counter(makers).most_common(1)[0][0]
        )

    @cached_property
    def reference_rows(self) -> list[ReferenceRow]:
        """For "Om tallene": mean and SD of the reference, and n here, of each scale."""
        kept = zip(self.form.scales, self.form.references, self.form.reference_waves, self.page.scales, strict=True)
        return [
            ReferenceRow(
                result_words.said(scale.title),
                reference[0] if reference else None,
                reference[1] if reference else None,
                wave,
                result.value.n if result.value else None,
            )
            for scale, reference, wave, result in kept
            if scale.measured
        ]

    @property
    def strengths(self) -> list[ScaleRow]:
        return [row for row in self.rows if row.strength is True]

    @property
    def challenges(self) -> list[ScaleRow]:
        return [row for row in self.rows if row.strength is False]

    @cached_property
    def summary(self) -> list[Sentence]:
        """Kort fortalt: what is certain, then what is not, then what cannot be shown."""
        if self.is_hidden:
            return []
        told = [
            Sentence(
                against.mark,
                result_words.against_rest(row.scale, against.name, against.found),
                f"{key}:{row.scale.key}",
            )
            for row in self.rows
            for key, against in (("above", row.above), ("top", row.top))
            if against and against.is_told
        ]
        compared = [row for row in self.rows if row.above]
        if compared and not told:
            told.append(Sentence(result_words.ALIKE, _("Ingen av områdene er til å skille fra nivået over.")))
        elif any(not row.above.is_told for row in compared if row.above):
            told.append(Sentence(result_words.ALIKE, _("De andre områdene er ikke til å skille fra nivået over.")))
        told += [
            Sentence(
                past.mark,
                result_words.since_then(past.row.scale, self.form.earlier[change.wave].title, change),
                f"change:{past.row.scale.key}",
            )
            for past in self.pasts
            if (change := past.row.result.change) and past.mark != result_words.ALIKE
        ]
        if not told:
            told.append(Sentence("", _("Dette er alle svarene sett under ett. Nivåene under måles mot dette.")))
        # What is asked but shown nowhere yet is not hidden here.
        hidden = sum(1 for row in self.rows if row.result.hidden and row.result.hidden != Hidden.SENSITIVE)
        if hidden:
            text = ngettext("{n} område er skjult her.", "{n} områder er skjult her.", hidden)
            told.append(Sentence("", text.format(n=hidden)))
        return told

    @cached_property
    def talks(self) -> list[Talk]:
        """What to talk about: challenges first, at most three scales."""
        chosen = [*self.challenges, *self.strengths][:3]
        if not chosen and not self.is_hidden:
            in_kindergarten = Informant(self.form.informant).in_kindergarten
            return [Talk("", conversation.about_anything(in_kindergarten=in_kindergarten))]
        return [Talk(row.title, conversation.questions(row.scale.key, row.strength)) for row in chosen]

    @cached_property
    def asked(self) -> list[ScaleShares]:
        """Scales and single questions whose shares of answers are shown."""
        return shares.asked(self.page, self.form)

    @cached_property
    def not_shown(self) -> list[NotShown]:
        """The others, by reason and by the nearest level that shows them."""
        return shares.not_shown(self.page, self.form, self._places)

    def _pairs(self) -> Iterator[tuple[ScaleText, ScaleResult]]:
        return zip(self.form.scales, self.page.scales, strict=True)

    @cached_property
    def split_rows(self) -> list[ScaleRow]:
        return [row for row in self.rows if row.result.girls and row.result.boys]

    @property
    def told_rows(self) -> list[ScaleRow]:
        """Scales with a best estimate of a difference, for "Om tallene"."""
        return [row for row in self.rows if row.above and row.above.found.best is not None]

    @property
    def some_not_split(self) -> bool:
        return any(row.value and row.result.split_hidden for row in self.rows)

    @cached_property
    def pasts(self) -> list[Past]:
        """Scales with the waves before this one."""
        return [self._past(row) for row in self.rows if row.result.before]

    def _past(self, row: ScaleRow) -> Past:
        waves = self.form.earlier
        then = [(waves[t.wave].title, t, str(result_words.GAPS[t.gap]) if t.gap else "") for t in row.result.before]
        change, value = row.result.change, row.result.value
        told = result_words.change_word(change) if change else _("kan ikke sammenlignes")
        return Past(
            row=row,
            then=then,
            mark=result_words.mark(change.points, change.certainty) if change else "",
            told=told,
            figure=self._trend(row, then, value, told),
            measure=measure_sentences.another_measure(*self._measure(row)),
        )

    def _measure(self, row: ScaleRow) -> tuple[ScaleText, SameMeasure | None, str]:
        """Whether the change shown is one of the same measure, and since which wave."""
        change = row.result.change
        if change is None:
            return row.scale, None, ""
        same = self.form.same_measure[self.form.scales.index(row.scale)][change.wave]
        return row.scale, same, self.form.earlier[change.wave].title

    @property
    def not_examined(self) -> list[str]:
        """Of which scales nobody examined whether they are the same measure as before, and why."""
        return measure_sentences.not_examined(self._measure(past.row) for past in self.pasts)

    def _trend(self, row: ScaleRow, then: list[tuple[str, Then, str]], value: Value | None, told: str) -> Markup | str:
        points: list[figures.TrendPoint] = []
        broken = False  # the point before was measured with other questions
        for title, t, _why in then:
            there = not t.gap
            points.append(
                figures.TrendPoint(
                    title,
                    t.points if there else None,
                    t.points - t.half if there else None,
                    t.points + t.half if there else None,
                    break_before=broken and t.gap not in {"changed", "not_asked"},
                )
            )
            # A wave that did not ask lies on neither side: the break stands before the next that did.
            broken = t.gap == "changed" or (broken and t.gap == "not_asked")
        now = figures.TrendPoint(self.form.wave, None, break_before=broken)
        if value:
            now = replace(now, value=value.points, low=value.low, high=value.high)
        points.append(now)
        if all(point.value is None for point in points):
            return ""
        return figures.trend(points, title=f"{row.title}: {told}")
