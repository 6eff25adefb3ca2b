"""What is so with a wave at this moment, for the whole of it or for one unit: asked once a page, and by each action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core.lifecycle import NotNow
from kfl.core.templatetags.core import dated, day_and_hour, moment
from kfl.people.models import Unit

from ..models import Collection, Wave, WaveState
from . import windows
from .states import ALLOWED, Act, Stage


@dataclass(frozen=True)
class Now:
    """The stage, until when answers are taken, and what may be done. `closes_at` counts the time a unit was given."""

    wave: Wave
    stage: Stage
    closes_at: datetime

    def may(self, act: Act) -> bool:
        return self.stage in ALLOWED[act]

    @property
    def acts(self) -> dict[str, bool]:
        """For templates: `{% if now.acts.extend %}`."""
        return {act.value: self.may(act) for act in Act}

    @property
    def label(self) -> str:
        """One or two words: «åpen»."""
        return str(self.stage.label)

    @property
    def words(self) -> str:
        """A sentence for pages."""
        return {
            Stage.DRAFT: _("Kartleggingen er et utkast. Den skal åpne {opened}."),
            Stage.WAITING: _("Kartleggingen åpner {opens} og stenger {closes}."),
            Stage.OPEN: _("Kartleggingen er åpen og stenger {closes_day}."),
            Stage.OVER: _(
                "Tiden er ute: Siden {closes} kan ingen begynne å svare. Den som er i gang, kan levere til "
                "kartleggingen stenges."
            ),
            Stage.CLOSED: _("Kartleggingen er stengt."),
            Stage.RELEASED: _("Kartleggingen er stengt, og resultatene er klare."),
        }[self.stage].format(
            opened=dated(self.wave.opens_at),
            opens=moment(self.wave.opens_at),
            closes=moment(self.closes_at),
            closes_day=day_and_hour(self.closes_at),
        )

    @property
    def brief(self) -> str:
        """The same beside other words: «stenger fredag 4. desember»."""
        words = {
            Stage.DRAFT: _("skal åpne {opens}"),
            Stage.WAITING: _("åpner {opens}"),
            Stage.OPEN: _("stenger {closes}"),
            Stage.OVER: _("tiden er ute"),
        }.get(self.stage, self.label)
        return words.format(opens=day_and_hour(self.wave.opens_at), closes=day_and_hour(self.closes_at))

    @property
    def why_not(self) -> str:
        """Why something cannot be done now."""
        words = {
            Stage.WAITING: _("«{wave}» er ikke åpen ennå. Den åpner {opens}."),
            Stage.OVER: _(
                "Tiden er ute: Siden {closes} kan ingen begynne å svare på «{wave}». Skal flere svare, må de først få "
                "mer tid."
            ),
        }.get(self.stage, _("«{wave}» er {state}. Dette kan ikke gjøres nå."))
        return words.format(
            wave=self.wave.name, state=self.label, opens=moment(self.wave.opens_at), closes=moment(self.closes_at)
        )


def now_of(wave: Wave, unit: Unit | None = None, *, at: datetime | None = None) -> Now:
    """How it stands with a wave; with a unit, for those at or below it.

    Some may have been given more time than the rest. Once the rest's is up, the last of them counts.
    """
    at = at or timezone.now()
    usual = wave.closes_at if unit is None else windows.closes_at(wave, unit)
    if at >= usual:
        usual = windows.last_of(wave) if unit is None else windows.last_at(wave, unit)
    return Now(wave, _stage(wave, usual, at), usual)


def require(act: Act, wave: Wave, unit: Unit | None = None, *, at: datetime | None = None) -> None:
    """Raise `NotNow` unless this may be done with the wave, as it stands in the database, at this moment.

    With a unit: for those who hang right under it, whatever time others below have been given. What changes the time
    holds the wave until its transaction ends: of two who give more, neither may give less than the other did.
    """
    rows = Wave.objects.within(wave).select_for_update(of=("self",)) if act is Act.EXTEND else None
    wave.refresh_from_db(fields=["state", "opens_at", "closes_at"], from_queryset=rows)
    at = at or timezone.now()
    closes_at = windows.last_of(wave) if unit is None else windows.closes_at(wave, unit)
    now = Now(wave, _stage(wave, closes_at, at), closes_at)
    if not now.may(act):
        raise NotNow(now.why_not)


def _stage(wave: Wave, closes_at: datetime, at: datetime) -> Stage:
    """As intake counts: from the opening on, and until, not at, the closing."""
    if wave.state != WaveState.OPEN:
        return Stage(wave.state)
    if wave.collection == Collection.IMPORT:  # its answers are in; no clock runs
        return Stage.OPEN
    if at < wave.opens_at:
        return Stage.WAITING
    return Stage.OPEN if at < closes_at else Stage.OVER
