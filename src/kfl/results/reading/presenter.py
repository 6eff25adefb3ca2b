"""A released page made ready to read: sentences first, then figures, then tables. No number is computed here
but differences and sums of what the page already shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from django.utils.translation import gettext as _
from markupsafe import Markup

from kfl.documents import figures
from kfl.questionnaires.formats import Informant
from kfl.surveys.counts import count_words

from ..payload import Certainty, FormText, NodeBeside, Page, ScaleResult, ScaleText, Value, Versus
from . import conversation, panel_words, result_words, shares, through_waves
from .in_short import in_short
from .parts import Against, NotShown, Past, ReferenceRow, ScaleRow, ScaleShares, Sentence, Talk
from .uncertainty import Uncertainty


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
        """Wide enough for every interval of the page: half of one hides doubt."""
        shown = [scale for scale in self.page.scales if scale.value]
        ends = [end for scale in shown if scale.value for end in (scale.value.low, scale.value.high)]
        rests = [scale.above for scale in shown if scale.above]
        return figures.POINTS.covering(
            ends + [end for one in rests for end in (one.rest - one.rest_half, one.rest + one.rest_half)]
        )

    @cached_property
    def axis_figure(self) -> Markup:
        return figures.points_axis(self.axis, title=_("Poeng, med 500 som snittet i referansen"))

    @property
    def legend(self) -> Markup:
        """What the marks of this page's profile mean: only those that it has."""
        shown = [row for row in self.rows if row.value]
        compared = [row.result.above for row in shown if row.result.above]
        certain = sum(above.certainty is Certainty.CERTAIN for above in compared)
        above = self.level_above.name if self.level_above else _("nivået over")
        ring = _("ikke sikker forskjell fra {above}").format(above=above) if compared else _("snittet")
        return figures.dot_legend(
            certain=_("sikker forskjell fra {above}").format(above=above) if certain else "",
            uncertain=ring if certain < len(shown) else "",
            above=_("resten av {above}").format(above=above) if compared else "",
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
        """Whether the rest of the top has a column of its own."""
        return any(row.top for row in self.rows)

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
        """Kort fortalt."""
        return [] if self.is_hidden else in_short(self.rows, self.pasts, self.form)

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
    def estimated(self) -> list[tuple[ScaleRow, Against]]:
        """Differences with a best estimate, for "Om tallene"."""
        against = ((row, one) for row in self.rows for one in (row.above, row.top))
        return [(row, one) for row, one in against if one and one.found.best is not None]

    @property
    def estimated_changes(self) -> list[Past]:
        """Changes with a best estimate."""
        return [past for past in self.pasts if past.change and past.change.best is not None]

    @cached_property
    def uncertainty(self) -> Uncertainty:
        """What ± means here, and what it is made of."""
        return Uncertainty(self.page, self.form)

    @property
    def some_not_split(self) -> bool:
        return any(row.value and row.result.split_hidden for row in self.rows)

    @cached_property
    def pasts(self) -> list[Past]:
        """Scales with the waves before this one."""
        return through_waves.pasts(self.rows, self.form)

    @property
    def what_a_panel_is(self) -> str:
        """What is meant by those who answered in two waves; "" where no scale tells of them."""
        return str(panel_words.WHAT_IT_IS) if any(past.row.result.panel for past in self.pasts) else ""

    @property
    def not_examined(self) -> list[str]:
        """Of which scales nobody examined whether they are the same measure as before, and why."""
        return through_waves.not_examined(self.pasts, self.form)

    @property
    def is_one_class(self) -> bool:
        """Whether a grade is the same pupils as its only class, whose page then tells of it as it is."""
        return self.page.kind == "grade" and len(self.page.below) == 1

    @property
    def is_cohort(self) -> bool:
        """Whether others stood in the same place in an earlier wave."""
        return self.page.kind in {"grade", "group", "department"}
