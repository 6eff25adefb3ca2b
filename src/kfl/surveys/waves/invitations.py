"""Whom a draft invites if it opens at a moment: what the opening seals, and what whoever opens is told before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from kfl.core.alphabet import alphabetical
from kfl.people.kinds import Kind
from kfl.questionnaires.formats import CHILDREN, Informant

from . import tree
from .invited import KINDS_OF, Guest, People

if TYPE_CHECKING:
    from ..models import Wave, WaveForm

_PLACES = {Kind.SCHOOL.value, Kind.KINDERGARTEN.value}


@dataclass(frozen=True)
class Invitations:
    """The tree of places, and the guests of each form by their place in it."""

    tree: tree.NewTree
    guests: dict[WaveForm, list[Guest]]

    @classmethod
    def of(cls, wave: Wave, at: datetime) -> Invitations:
        forms = list(wave.forms.select_related("version__questionnaire"))
        people = People.of(wave, timezone.localdate(at))
        kinds = {KINDS_OF[Informant(form.informant)] for form in forms}
        frozen = tree.build(wave, people.day, kinds, people.grades_of())
        return cls(frozen, {form: people.guests(Informant(form.informant), frozen) for form in forms})

    @property
    def asks_children(self) -> bool:
        return any(Informant(form.informant) in CHILDREN for form in self.guests)

    def counts(self) -> list[tuple[str, int]]:
        """How many are invited to each form, by the words for the kind of respondent."""
        return [(str(Informant(form.informant).label), len(found)) for form, found in self.guests.items()]

    def places_with_nobody(self) -> list[str]:
        """Schools and kindergartens where nobody is asked; where children are asked there, those where no child is."""
        empty = []
        for kind in (Kind.SCHOOL, Kind.KINDERGARTEN):
            there = [form for form in self.guests if KINDS_OF[Informant(form.informant)] is kind]
            counted = [form for form in there if Informant(form.informant) in CHILDREN] or there
            filled = {self._place_of(node) for form in counted for node in {guest.node for guest in self.guests[form]}}
            empty += [
                place.name
                for number, place in enumerate(self.tree.places)
                if place.kind.value == kind.value and number not in filled
            ]
        return sorted(empty, key=alphabetical)

    def _place_of(self, node: int) -> int:
        while node != tree.ROOT and self.tree.places[node].kind.value not in _PLACES:
            node = self.tree.places[node].parent
        return node
