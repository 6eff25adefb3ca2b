"""An erasure beside a release: neither audit nor report tells whether the child had answered."""

from __future__ import annotations

import pytest

from kfl.answers import erasure, places, wave_tables
from kfl.answers.column_blocks import read_blocks
from kfl.cli.main import main
from kfl.research import release_audit
from kfl.research.making import report
from kfl.research.making.report import make_report
from kfl.research.models import TechnicalReport
from kfl.research.release_audit import audit_release
from kfl.results.making import release
from kfl.results.making.release import release_wave
from kfl.surveys import actions, store
from kfl.surveys.models import Code
from tests.surveys.answering import answer, code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

WHY = "a test"
NOT_AGAIN = ["pages and report: not counted again, since an erasure was carried out after the release"]


@pytest.fixture
def closed(world, data_dir, request):
    """Seven answered, the first among them or not: one fewer and nothing could be shown."""
    had_answered = getattr(request, "param", True)
    wave = actions.open_wave(wave=a_wave(world.county, [world.ask], [a_questionnaire()]), by=None, at=OPENS)
    codes = list(Code.objects.everywhere(why=WHY).filter(wave=wave, node__unit=world.ask_8a).order_by("pk"))
    for code in codes[:7] if had_answered else codes[1:8]:
        assert answer(wave, code_of(code))
    world.child = codes[0].pupil
    world.wave = actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    return world


def erase(world):
    actions.ask_erasure(wave=world.wave, unit=world.ask_8a, pupil=world.child, by=world.bob)
    assert actions.erase_those_waiting(wave=world.wave, by=world.erik) == 1


def audited(made):
    found = audit_release(made)
    return found.digest_fits, found.refused, found.leaks, found.left_out, found.attacked


either_way = pytest.mark.parametrize("closed", [True, False], indirect=True, ids=["had answered", "had not"])


@either_way
@pytest.mark.parametrize("reported", [True, False])
def test_after_the_release_the_audit_says_the_same(closed, reported):
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    if reported:
        make_report(wave=closed.wave, by=None)
    assert audit_release(made).left_out == []
    erase(closed)
    assert audited(made) == (True, [], [], NOT_AGAIN, 0)


@either_way
def test_after_the_release_no_report_is_made(closed, monkeypatch, tmp_path, capsys):
    release_wave(wave=closed.wave, by=None, at=CLOSES)
    erase(closed)
    monkeypatch.setattr(report.extract, "answers", None)  # they are not so much as read
    with pytest.raises(report.AnswersErased) as refusal:
        make_report(wave=closed.wave, by=None)
    said = f"{closed.wave.slug}: an erasure was carried out after the release, so the answers are not counted again"
    assert str(refusal.value) == said
    assert main(["release", "report", closed.wave.slug, "--out", str(tmp_path / "r.json")]) == 1
    assert said in capsys.readouterr().err
    assert not TechnicalReport.objects.everywhere(why=WHY).exists()


@either_way
def test_an_erasure_in_the_midst_of_the_report_or_the_audit(closed, monkeypatch):
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    real = report.extract.answers
    waiting = [erase]

    def erased_first(*arguments):
        while waiting:
            waiting.pop()(closed)
        return real(*arguments)

    monkeypatch.setattr(report.extract, "answers", erased_first)
    with pytest.raises(report.AnswersErased):
        make_report(wave=closed.wave, by=None)
    assert not waiting
    answers_of = iter([False, True])
    monkeypatch.setattr(release_audit.releases, "erased_since", lambda _: next(answers_of))
    assert audited(made) == (True, [], [], NOT_AGAIN, 0)


@either_way
def test_an_erasure_in_the_midst_of_the_release_counts_as_after_it(closed, monkeypatch):
    real = release.compute_form
    waiting = [erase]

    def and_then_erased(*arguments, **named):
        found = real(*arguments, **named)
        while waiting:
            waiting.pop()(closed)
        return found

    monkeypatch.setattr(release, "compute_form", and_then_erased)
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    assert not waiting
    assert audited(made) == (True, [], [], NOT_AGAIN, 0)


@either_way
def test_before_the_release_nothing_stands_in_the_way(closed):
    erase(closed)
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    make_report(wave=closed.wave, by=None)
    found = audit_release(made)
    assert (found.is_clean, found.left_out) == (True, [])
    assert found.attacked


def test_other_sheets_without_an_erasure_are_noticed(closed):
    """Somebody took a sheet out past every guard: no tombstone, and the release was made of more."""
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    make_report(wave=closed.wave, by=None)
    place, slug = store.answers_place(), closed.wave.slug
    with place.held(slug), places.connected(place.of(slug)) as connection:
        frozen = wave_tables.read_bundle(connection)
        one = read_blocks(connection, frozen.forms[0]).pid[0].tobytes()
        erasure._erase(connection, frozen, None, one.__eq__)
    found = audit_release(made)
    assert not found.is_clean
    assert any("has other sheets than when it was released" in line for line in found.refused)
    TechnicalReport.plumbing.all()._raw_delete("default")
    with pytest.raises(report.OtherSheets):
        make_report(wave=closed.wave, by=None)


def test_a_list_of_what_is_erased_that_was_lost_or_restored_keeps_it_shut(closed):
    """Where the portal's own database forgot the erasure, the list beside the answers has not."""
    made = release_wave(wave=closed.wave, by=None, at=CLOSES)
    erase(closed)
    closed.wave.erasure_requests.all().delete()
    assert audited(made)[3] == NOT_AGAIN
