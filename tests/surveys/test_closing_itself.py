"""A wave whose time is up: whoever sets it up is told once, warned once, and then it closes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError

from kfl.core.jobs import enqueue
from kfl.core.models import Job, JobState
from kfl.people.models import AuditLine
from kfl.surveys import actions, chores, store
from kfl.surveys.models import Collection, WaveState
from kfl.surveys.waves.closing_itself import CLOSE, closes_itself_at
from kfl.surveys.waves.draft import WaveDraft
from tests.surveys.answering import answer, code_of
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ENDS = CLOSES + 14 * DAY


@pytest.fixture
def wave(world, data_dir):
    return actions.open_wave(wave=a_wave(world.county, [world.county], [a_questionnaire()]), by=None, at=OPENS)


def told(now) -> list[str]:
    """What the chore says that it has done, and to whom mail went."""
    mail.outbox.clear()
    with time_machine.travel(now, tick=False):
        said = list(chores.tell_of_ends(now))
    return [*said, *sorted(message.to[0] for message in mail.outbox)]


def closed(now) -> list[str]:
    """What the chore orders at a moment; the order is carried out at once."""
    with time_machine.travel(now, tick=False):
        return list(chores.close_waves(now))


def test_it_closes_itself_so_many_days_after_the_last_who_had_time(world, wave):
    assert closes_itself_at(wave) == ENDS
    actions.extend_unit(wave=wave, unit=world.ask, closes_at=CLOSES + 3 * DAY, by=None)
    assert closes_itself_at(wave) == ENDS + 3 * DAY
    wave.close_within_days = 2
    assert closes_itself_at(wave) == CLOSES + 5 * DAY


@pytest.mark.parametrize(
    ("until", "then"),
    [
        (date(2026, 12, 10), CLOSES.replace(day=10, hour=0)),
        (date(2026, 12, 24), ENDS),
        (date(2026, 12, 5), CLOSES.replace(day=5, hour=0)),
    ],
)
def test_it_is_closed_before_the_day_that_parents_were_told(wave, until, then):
    actions.write_letter(wave=wave, controller="Hamar", contact="post@hamar.example", answers_until=until, by=None)
    assert closes_itself_at(wave) == then


@pytest.mark.parametrize("days", [0, 61])
def test_the_days_are_at_least_one_and_at_most_sixty(world, data_dir, days):
    wave = a_wave(world.county, [world.county], [a_questionnaire()])
    with pytest.raises(ValidationError):
        actions.create_wave(
            slug="t4",
            draft=WaveDraft(name="T4", opens_at=OPENS, closes_at=CLOSES, close_within_days=days),
            series="t",
            unit=world.county,
            by=None,
        )
    draft = WaveDraft(name="T3", opens_at=OPENS, closes_at=CLOSES, consent_mode=wave.consent_mode)
    actions.edit_wave(wave=wave, draft=replace(draft, close_within_days=30), by=None)
    actions.edit_wave(wave=wave, draft=draft, by=None)
    wave.refresh_from_db()
    assert wave.close_within_days == 30


def test_nobody_closes_it_before_its_days_are_over_and_then_keys_and_codes_are_gone(wave):
    assert closed(CLOSES + HOUR) == []
    assert closed(ENDS - HOUR) == []
    assert store.keys_dir().joinpath("t3.code.key").exists()
    (said,) = closed(ENDS)
    assert said == "t3: closes by itself, as its time has been up for 14 days"
    wave.refresh_from_db()
    assert wave.state in {WaveState.CLOSED, WaveState.RELEASED}
    assert not wave.codes.exists()
    assert not store.keys_dir().joinpath("t3.code.key").exists()
    assert AuditLine.plumbing.get(what="wave.closed").by is None
    assert closed(ENDS + DAY) == []


def test_an_order_that_waited_while_more_time_was_given_closes_nothing(world, wave):
    actions.extend_unit(wave=wave, unit=world.ask, closes_at=CLOSES + 3 * DAY, by=None)
    with time_machine.travel(ENDS + HOUR, tick=False):  # due before the extension, not after it
        job = enqueue(CLOSE, by=None, wave="t3", by_itself=True)
    job.refresh_from_db()
    wave.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "Kartleggingen har fått mer tid, og stenger ikke nå.")
    assert wave.state == WaveState.OPEN
    assert store.keys_dir().joinpath("t3.code.key").exists()
    assert closed(ENDS + 3 * DAY - HOUR) == []
    assert len(closed(ENDS + 3 * DAY)) == 1


def test_one_that_cannot_be_closed_is_tried_again_the_next_day(wave, caplog):
    assert answer(wave, code_of(wave.codes.all()[0]))
    key = store.keys_dir() / "t3.code.key"
    kept = key.read_bytes()
    key.unlink()
    assert len(closed(ENDS)) == 1
    assert Job.objects.get(kind="surveys.close").state == JobState.FAILED
    Job.objects.update(created_at=ENDS)
    assert closed(ENDS + HOUR) == []
    key.write_bytes(kept)
    key.chmod(0o600)
    assert len(closed(ENDS + DAY + HOUR)) == 1
    wave.refresh_from_db()
    assert wave.state != WaveState.OPEN


def test_answers_from_a_file_wait_for_whoever_looks_at_them(world, data_dir):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert closed(ENDS + DAY) == []
    assert told(ENDS + DAY) == []


def test_a_rehearsal_that_is_forgotten_ends_too(world, data_dir):
    draft = a_wave(world.county, [world.county], [a_questionnaire()])
    found = actions.make_rehearsal(wave=draft, opens_at=OPENS, closes_at=CLOSES, by=None)
    actions.open_wave(wave=found, by=None, at=OPENS)
    assert len(closed(ENDS)) == 1
    found.refresh_from_db()
    assert (found.state, store.has_answers(found.slug)) == (WaveState.CLOSED, False)


def test_those_who_may_close_it_are_told_once_and_warned_once(world, wave):
    receivers = sorted(user.email for user in (world.erik, world.frida))
    said = "t3: those who may close it are told that its time is up"
    assert told(CLOSES - HOUR) == []
    assert told(CLOSES) == [said, *receivers]
    assert [message.subject for message in mail.outbox] == ["Tiden er ute: Kartlegging T3"] * 2
    body = mail.outbox[0].body
    assert "Siden 4. desember 2026 kl. 16.00 kan ingen begynne å svare. Den som er i gang, kan levere" in body
    assert "stenger den av seg selv 18. desember 2026 kl. 16.00" in body
    assert told(CLOSES + HOUR) == told(ENDS - 2 * DAY - HOUR) == []
    assert told(ENDS - 2 * DAY) == [said, *receivers]
    assert told(ENDS - HOUR) == []


def test_a_new_end_is_told_of_anew(world, wave):
    assert len(told(CLOSES)) == 3
    actions.extend_unit(wave=wave, unit=world.ask, closes_at=CLOSES + 3 * DAY, by=None)
    assert told(CLOSES + DAY) == []
    assert len(told(CLOSES + 3 * DAY)) == 3


def test_whoever_has_no_address_or_no_role_is_not_written_to(world, wave):
    world.frida.email = ""
    world.frida.save()
    assert told(CLOSES)[1:] == [world.erik.email]


def test_closing_by_hand_ends_it(world, wave):
    enqueue("surveys.close", by=world.erik, wave="t3")
    assert told(CLOSES + DAY) == []
    assert closed(ENDS + DAY) == []
