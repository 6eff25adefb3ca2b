"""The audit of what was told of adults by night: clean as it is stored, and loud when it is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kfl.questionnaires.formats import Informant
from kfl.research import audit_counts
from kfl.research.release_audit import audit_release
from kfl.results.making.release import release_wave
from kfl.surveys import actions
from kfl.surveys.counts import nightly
from kfl.surveys.models import FollowedNode, NightlyCount, Wave
from tests.factories import a_user
from tests.surveys.answering import answer, code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

WHY = "a test"


@pytest.fixture
def wave(world, data_dir) -> Wave:
    """Ten teachers at Ask and nine at Bjørk, counted for two nights, closed and released."""
    for n in range(9):
        a_user(f"ask{n}", "teacher", world.ask)
        a_user(f"bjork{n}", "teacher", world.bjork)
    wave = a_wave(world.county, [world.county], [a_questionnaire(Informant.TEACHER)])
    actions.open_wave(wave=wave, by=None, at=OPENS)
    for night in (1, 2):
        for row in wave.codes.all()[10 * (night - 1) : 10 * night]:
            answer(wave, code_of(row))
        assert nightly.count(wave, OPENS + timedelta(days=night))
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    release_wave(wave=wave, by=None, at=CLOSES)
    return wave


def faults(wave: Wave) -> list[str]:
    return [fault for told in nightly.history(wave) for fault in audit_counts.faults(wave, told)]


def test_what_is_stored_is_clean_and_is_attacked(wave):
    (told,) = nightly.history(wave)
    assert max(number for nights in told.nights for _when, number in nights) > 0
    matrix = audit_counts.matrix(wave, told)
    assert matrix is not None
    assert min(cell.people for cell in matrix.cells) >= wave.k
    found = audit_release(wave.releases.get())
    assert found.is_clean
    assert faults(wave) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda place, night: night.update(told=4), "no step"),
        (lambda place, night: night.update(told=place.invited), "everybody"),
        (lambda place, night: night.filter(pk=night.last().pk).update(told=0), "fell"),
        (lambda place, night: _same_day(night), "twice"),
        (lambda place, night: _invited(place, 15), "so few"),
    ],
    ids=["step", "everybody", "fell", "twice", "few"],
)
def test_what_is_stored_otherwise_is_found(world, wave, change, said):
    place = FollowedNode.objects.everywhere(why=WHY).get(node__unit=world.ask)
    change(place, NightlyCount.objects.everywhere(why=WHY).filter(place=place).order_by("taken_at"))
    assert any(said in fault for fault in faults(wave))
    assert not audit_release(wave.releases.get()).is_clean


def _invited(place: FollowedNode, count: int) -> None:
    FollowedNode.objects.everywhere(why=WHY).filter(pk=place.pk).update(invited=count)


def _same_day(nights) -> None:
    first, last = nights
    nights.filter(pk=last.pk).update(taken_at=first.taken_at + timedelta(hours=1))
