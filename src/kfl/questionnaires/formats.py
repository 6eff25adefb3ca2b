"""Who answers, and how an item is answered: informants, answer formats and the words of their answers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from kfl.core.text import TranslatedText, text


class Informant(models.TextChoices):
    """Who answers; for pupils and raters the grade band is part of it."""

    PUPIL_1_4 = "pupil_1_4", _("elever på 1.–4. trinn")
    PUPIL_5_10 = "pupil_5_10", _("elever på 5.–10. trinn")
    TEACHER = "teacher", _("lærere")
    LEADER = "leader", _("skoleledere")
    PARENT = "parent", _("foreldre")
    RATER_TEACHER = "rater_teacher", _("kontaktlærer om eleven")
    CHILD = "child", _("barn i barnehagen")
    RATER_KINDERGARTEN = "rater_kindergarten", _("pedagogisk leder om barnet")
    KINDERGARTEN_PARENT = "kindergarten_parent", _("foreldre i barnehagen")
    KINDERGARTEN_STAFF = "kindergarten_staff", _("ansatte i barnehagen")
    KINDERGARTEN_HEAD = "kindergarten_head", _("styrere i barnehagen")

    @property
    def number(self) -> int:
        """The form number of this informant, the same in each wave."""
        return list(Informant).index(self) + 1

    @property
    def is_child(self) -> bool:
        """Children and pupils: never free text, and consent is asked for."""
        return self in CHILDREN

    @property
    def band(self) -> tuple[int, int] | None:
        """First and last grade, where the informant is bound to grades."""
        return {Informant.PUPIL_1_4: (1, 4), Informant.PUPIL_5_10: (5, 10)}.get(self)

    @property
    def is_rater(self) -> bool:
        """Adults who answer about one child at a time: the sheet is the child's, the answers the rater's."""
        return self in RATERS

    @property
    def in_kindergarten(self) -> bool:
        """Children, their parents and those who work there; the others belong to a school."""
        return self is Informant.CHILD or "kindergarten" in self.value

    @property
    def is_adult(self) -> bool:
        """Adults who answer for themselves: few and known to one another, so their numbers are told with more care."""
        return self in BY_LINK

    @property
    def comes_by_link(self) -> bool:
        """Adults who answer for themselves have a link or a QR of 128 bits; a child, or a list, has the short code."""
        return self in BY_LINK


CHILDREN = frozenset({Informant.PUPIL_1_4, Informant.PUPIL_5_10, Informant.CHILD})
RATERS = frozenset({Informant.RATER_TEACHER, Informant.RATER_KINDERGARTEN})
# Forms for which there is a place for each child who may take part.
FOR_EACH_CHILD = CHILDREN | RATERS
BY_LINK = frozenset(Informant) - FOR_EACH_CHILD


class Format(models.TextChoices):
    """How an item is answered."""

    AGREE4 = "agree4", _("enig, 4 trinn")
    AGREE5 = "agree5", _("enig, 5 trinn")
    FREQUENCY4 = "frequency4", _("hvor ofte, 4 trinn")
    FREQUENCY5 = "frequency5", _("hvor ofte, 5 trinn")
    FACES3 = "faces3", _("tre ansikter")
    SINGLE = "single", _("velg ett svar")
    MULTIPLE = "multiple", _("velg flere svar")
    NUMBER = "number", _("et tall")
    TEXT = "text", _("fritekst")


WITH_OWN_OPTIONS = frozenset({Format.SINGLE, Format.MULTIPLE})
# What a scale can be made of: answers that stand in an order.
ORDERED = frozenset({Format.AGREE4, Format.AGREE5, Format.FREQUENCY4, Format.FREQUENCY5, Format.FACES3, Format.SINGLE})


@dataclass(frozen=True)
class Answer:
    """One answer to choose; `code` is what is stored, from 1."""

    code: int
    label: TranslatedText


def _answers(*labels: TranslatedText) -> tuple[Answer, ...]:
    return tuple(Answer(code, label) for code, label in enumerate(labels, start=1))


_STRONGLY_DISAGREE = text("Helt uenig", "Heilt ueinig", "Strongly disagree", "Áibbas sierra oaivilis")
_DISAGREE = text("Litt uenig", "Litt ueinig", "Disagree a little", "Veahá sierra oaivilis")
_NEITHER = text("Verken enig eller uenig", "Verken einig eller ueinig", "Neither agree nor disagree")
_AGREE = text("Litt enig", "Litt einig", "Agree a little", "Veahá ovtta oaivilis")
_STRONGLY_AGREE = text("Helt enig", "Heilt einig", "Strongly agree", "Áibbas ovtta oaivilis")
_NEVER = text("Aldri", "Aldri", "Never", "In goassege")
_SELDOM = text("Sjelden", "Sjeldan", "Seldom", "Hárve")
_SOMETIMES = text("Av og til", "Av og til", "Sometimes", "Muhtumin")
_OFTEN = text("Ofte", "Ofte", "Often", "Dávjá")
_ALWAYS = text("Alltid", "Alltid", "Always", "Álo")

STANDARD_ANSWERS: dict[Format, tuple[Answer, ...]] = {
    Format.AGREE4: _answers(_STRONGLY_DISAGREE, _DISAGREE, _AGREE, _STRONGLY_AGREE),
    Format.AGREE5: _answers(_STRONGLY_DISAGREE, _DISAGREE, _NEITHER, _AGREE, _STRONGLY_AGREE),
    Format.FREQUENCY4: _answers(_NEVER, _SOMETIMES, _OFTEN, _ALWAYS),
    Format.FREQUENCY5: _answers(_NEVER, _SELDOM, _SOMETIMES, _OFTEN, _ALWAYS),
    Format.FACES3: _answers(
        text("Lei seg", "Lei seg", "Sad", "Šlundi"),
        text("Midt imellom", "Midt imellom", "In between", "Gaskamearis"),
        text("Glad", "Glad", "Happy", "Illu"),
    ),
}
