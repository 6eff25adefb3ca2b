"""Waves: who takes part in which window with which forms, and, from the opening on, the frozen tree."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kfl.core.text import TranslatedTextField
from kfl.people.found import Plumbing
from kfl.people.models import Pupil, Unit, User
from kfl.people.scoping import ScopedManager
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import QuestionnaireVersion

USUAL_CLOSE_WITHIN_DAYS, MOST_CLOSE_WITHIN_DAYS = 14, 60


class WaveState(models.TextChoices):
    """Where a wave is in its life. It only goes forward."""

    DRAFT = "draft", _("utkast")
    OPEN = "open", _("åpen")
    CLOSED = "closed", _("stengt")
    RELEASED = "released", _("resultatene er klare")


class ConsentMode(models.TextChoices):
    """What a pupil's taking part rests on."""

    PASSIVE = "passive", _("passivt: alle er med, bortsett fra dem som er reservert")
    ACTIVE = "active", _("aktivt: bare de som har samtykke, er med")


class Collection(models.TextChoices):
    """How answers come in."""

    CODES = "codes", _("med koder i portalen")
    IMPORT = "import", _("fra en fil")


class Wave(models.Model):
    """One round of surveys. `series` joins rounds that share reference and pseudonyms (T1, T2, T3)."""

    slug = models.CharField(
        _("kjennetegn"), max_length=60, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z")]
    )
    name = models.CharField(_("navn"), max_length=120)
    series = models.SlugField(_("serie"), max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="waves", verbose_name=_("fylke"))
    state = models.CharField(_("tilstand"), max_length=10, choices=WaveState.choices, default=WaveState.DRAFT)
    opens_at = models.DateTimeField(_("åpner"))
    closes_at = models.DateTimeField(_("stenger"))
    consent_mode = models.CharField(
        _("samtykke"), max_length=8, choices=ConsentMode.choices, default=ConsentMode.PASSIVE
    )
    collection = models.CharField(_("innsamling"), max_length=8, choices=Collection.choices, default=Collection.CODES)
    k = models.PositiveSmallIntegerField(_("minste gruppe"), default=7, validators=[MinValueValidator(7)])
    opened_at = models.DateTimeField(_("åpnet"), null=True, blank=True)
    closed_at = models.DateTimeField(_("stengt"), null=True, blank=True)
    released_at = models.DateTimeField(_("frigitt"), null=True, blank=True)
    # How long a wave whose time is up may lie unclosed.
    close_within_days = models.PositiveSmallIntegerField(
        _("stenger seg selv, dager etter at tiden er ute"),
        default=USUAL_CLOSE_WITHIN_DAYS,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_CLOSE_WITHIN_DAYS)],
    )
    # Whom to talk to when something is hard; empty for the standard texts.
    help = TranslatedTextField(_("hjelp til barn og elever"), blank=True)
    help_adults = TranslatedTextField(_("hjelp til voksne"), blank=True)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["-opens_at", "slug"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="wave_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(k__gte=7), name="wave_k_never_under_seven"),
            models.CheckConstraint(
                condition=Q(close_within_days__range=(1, MOST_CLOSE_WITHIN_DAYS)), name="wave_closes_itself_in_the_end"
            ),
        ]

    class Privacy:
        open = {
            "id", "slug", "name", "series", "unit", "state", "opens_at", "closes_at", "consent_mode", "collection",
            "k", "close_within_days", "opened_at", "closed_at", "released_at",
            "help", "help_adults",
        }  # fmt: skip
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.name

    @property
    def is_draft(self) -> bool:
        """Whether it can still be set up."""
        return self.state == WaveState.DRAFT

    @property
    def is_under_way(self) -> bool:
        """Whether it is opened and not closed: its codes are there. What they are good for now, the clock says."""
        return self.state == WaveState.OPEN

    @property
    def awaits_results(self) -> bool:
        """Whether it is opened, and closed or not, without its results being made."""
        return self.state in {WaveState.OPEN, WaveState.CLOSED}

    @property
    def is_rehearsal(self) -> bool:
        """Whether all of it is destroyed at the close, and nothing is ever released."""
        return hasattr(self, "rehearsal")


class WaveForm(models.Model):
    """One informant group's questionnaire in a wave. `number` is the informant's, the same in each wave."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="forms")
    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="wave_forms")
    informant = models.CharField(_("hvem svarer"), max_length=20, choices=Informant.choices)
    number = models.PositiveSmallIntegerField()

    plumbing = Plumbing()
    objects = ScopedManager("wave__unit")

    class Meta:
        ordering = ["wave", "number"]
        constraints = [models.UniqueConstraint(fields=["wave", "informant"], name="one_form_an_informant")]

    class Privacy:
        open = {"id", "wave", "version", "informant", "number"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.get_informant_display()}"


class WaveUnit(models.Model):
    """That a unit takes part with everything below it: the county, a municipality, a school or a kindergarten."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "unit"], name="unit_once_a_wave")]

    class Privacy:
        open = {"id", "wave", "unit"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.unit}"


class BroughtUnit(models.Model):
    """That a unit was made because a wave's file named it: where the wave is annulled, it goes again.

    One that the audit log names is only ended, and stands here without a wave, for the next file that names it.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, null=True, related_name="brought_units")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="brought_by")

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit"], name="unit_brought_once")]

    class Privacy:
        open = {"id", "wave", "unit"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return str(self.unit)


class NodeKind(models.TextChoices):
    """The level of a node; as a unit's kind, and the grade between school and class."""

    COUNTY = "county", _("fylke")
    REGION = "region", _("region")
    MUNICIPALITY = "municipality", _("kommune")
    SCHOOL = "school", _("skole")
    KINDERGARTEN = "kindergarten", _("barnehage")
    GRADE = "grade", _("trinn")
    GROUP = "group", _("klasse")
    DEPARTMENT = "department", _("avdeling")


class WaveNode(models.Model):
    """A place in the tree as it was when the wave opened. `number` runs from 0 at the root, parents first.

    A grade has its school as `unit`: whoever may see the school may see the grade.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="nodes")
    number = models.PositiveIntegerField()
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    kind = models.CharField(_("nivå"), max_length=12, choices=NodeKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    grade = models.PositiveSmallIntegerField(_("trinn"), null=True, blank=True)
    name = models.CharField(_("navn"), max_length=120)
    code = models.CharField(_("kode"), max_length=60)

    plumbing = Plumbing()
    objects = ScopedManager("unit")

    class Meta:
        ordering = ["wave", "number"]
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="node_number_once_a_wave")]

    class Privacy:
        open = {"id", "wave", "number", "parent", "kind", "unit", "grade", "name", "code"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return self.name


class Invited(models.Model):
    """How many hang right under this node (not below it) and are invited to a form. A number, never who."""

    node = models.ForeignKey(WaveNode, models.CASCADE, related_name="invited")
    form = models.ForeignKey(WaveForm, models.CASCADE, related_name="invited")
    count = models.PositiveIntegerField(_("inviterte"))

    plumbing = Plumbing()
    objects = ScopedManager("node__unit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "form"], name="invited_once_a_node_and_form")]

    class Privacy:
        open = {"id", "node", "form", "count"}
        personal: set[str] = set()
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.node}: {self.count}"


class ConsentState(models.TextChoices):
    """Whether a pupil may take part. No row means not informed."""

    NOT_INFORMED = "not_informed", _("ikke informert")
    INFORMED = "informed", _("informert")
    MAY_TAKE_PART = "may_take_part", _("kan delta")
    RESERVED = "reserved", _("reservert")


class Consent(models.Model):
    """What the parents have said about one wave.

    `place` is where the pupil's codes hung when they died. The pupil stays counted among the invited there, so that a
    reservation moves no number, and comes back to the same place if the parents think again.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="consents")
    pupil = models.ForeignKey(Pupil, models.CASCADE, related_name="consents")
    state = models.CharField(_("samtykke"), max_length=13, choices=ConsentState.choices)
    place = models.ForeignKey(WaveNode, models.SET_NULL, null=True, blank=True, related_name="+")

    plumbing = Plumbing()
    objects = ScopedManager("pupil__enrolments__group")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wave", "pupil"], name="consent_once_a_wave")]

    class Privacy:
        open = {"id", "wave"}
        personal = {"pupil", "state", "place"}
        sealed: set[str] = set()

    def __str__(self) -> str:
        return f"{self.wave}: {self.get_state_display()}"


class Code(models.Model):
    """A code that can be printed again while the wave is open. Nothing here tells whether it was used.

    It is for a pupil (or about one), for the parents of a pupil, or for a holder of a role. No name stands here: a
    list or slip says the name of today (`code_names`). A rating's code is never printed: `opened_by` is who last took
    it from the list.
    """

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="codes")
    node = models.ForeignKey(WaveNode, models.CASCADE, related_name="codes")
    form = models.ForeignKey(WaveForm, models.CASCADE, related_name="codes")
    pupil = models.ForeignKey(Pupil, models.CASCADE, null=True, blank=True, related_name="codes")
    parents_of = models.ForeignKey(Pupil, models.SET_NULL, null=True, blank=True, related_name="+")
    holder = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    sealed = models.BinaryField()
    _label = ""
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    plumbing = Plumbing()
    objects = ScopedManager("node__unit")

    class Meta:
        ordering = ["pk"]

    class Privacy:
        open = {"id", "wave", "node", "form"}
        personal = {"pupil", "parents_of", "holder", "opened_by"}
        sealed = {"sealed"}

    def __str__(self) -> str:
        return f"{self.form}: {self.pk}"

    @property
    def label(self) -> str:
        """Whom it is for, by the name of today; among others of that name once `code_names` has seen the list."""
        person = self.pupil or self.parents_of or self.holder
        return self._label or self.addressed(person.name if person else "–")

    def addressed(self, name: str) -> str:
        """A pupil's or adult's own name; parents are called after their child."""
        return gettext("Foresatte til {name}").format(name=name) if self.parents_of_id else name

    def called(self, label: str) -> None:
        """Remember what a list calls it; nothing is written."""
        self._label = label

    @property
    def unit(self) -> Unit:
        """Where its holder hangs; the audit log names it."""
        return self.node.unit
