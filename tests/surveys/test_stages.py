"""A wave by the clock: what each stage is called, what may be done in it, and that intake counts the same."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kfl.answers.store import OpenWave
from kfl.core.lifecycle import NotNow
from kfl.people.models import AuditLine
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, home, store
from kfl.surveys.codes.rights import codes_for
from kfl.surveys.models import Collection, ConsentState, WaveState
from kfl.surveys.waves.now import now_of, require
from kfl.surveys.waves.states import ALLOWED, BY_THE_CLOCK, LIFE, STORED, Act, Stage, stored_for
from tests.factories import a_user
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

BEFORE, WITHIN, AFTER = OPENS - timedelta(hours=1), OPENS + timedelta(days=3), CLOSES + timedelta(hours=1)
LATER = CLOSES + timedelta(days=5)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def wave(world, data_dir):
    versions = [a_questionnaire(), a_questionnaire(Informant.TEACHER)]
    return actions.open_wave(wave=a_wave(world.county, [world.county], versions), by=None, at=OPENS - timedelta(days=9))


def as_user(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name: str, unit, **more: object) -> str:
    return reverse(f"surveys:{name}", kwargs={"slug": "t3", "key": unit.pk, **more})


# The tables


def test_every_stage_is_kept_as_a_state_and_every_act_has_its_stages():
    assert set(STORED) == set(Stage)
    assert set(STORED.values()) == set(WaveState)
    assert set(ALLOWED) == set(Act)
    assert all(stages for stages in ALLOWED.values())


def test_the_clock_moves_a_wave_only_where_what_is_stored_stays_or_may_follow():
    steps = {(before, after) for before in Stage for after in BY_THE_CLOCK.follows[before]}
    stored = {(STORED[before], STORED[after]) for before, after in steps}
    assert all(before == after or LIFE.may_follow(before, after) for before, after in stored)
    assert {(before, after) for before in WaveState for after in LIFE.follows[before]} <= stored


def test_nothing_is_handed_out_entered_or_rated_once_the_time_is_up():
    shut = {Stage.OVER, Stage.CLOSED, Stage.RELEASED, Stage.DRAFT}
    for act in (Act.HAND_OUT, Act.ENTER_PAPER, Act.RATE, Act.REMIND):
        assert not ALLOWED[act] & shut, act


# The clock


@pytest.mark.parametrize(
    ("moment", "stage", "words"),
    [
        (OPENS - MOMENT, Stage.WAITING, "åpner 2. november 2026 kl. 08.00"),
        (OPENS, Stage.OPEN, "åpen og stenger fredag 4. desember kl. 16.00."),
        (CLOSES - MOMENT, Stage.OPEN, "åpen og stenger fredag 4. desember kl. 16.00."),
        (
            CLOSES,
            Stage.OVER,
            "Tiden er ute: Siden 4. desember 2026 kl. 16.00 kan ingen begynne å svare. Den som er i gang, kan levere",
        ),
    ],
)
@pytest.mark.django_db
def test_the_stage_is_the_clocks(wave, moment, stage, words):
    now = now_of(wave, at=moment)
    assert (now.stage, STORED[now.stage]) == (stage, WaveState(wave.state))
    assert words in now.words


@pytest.mark.django_db
def test_intake_and_the_portal_agree_at_the_ends_of_every_window(world, wave):
    actions.extend_unit(wave=wave, unit=world.ask_8a, closes_at=LATER, by=None, at=WITHIN)
    opened = OpenWave(store.answers_place().of("t3"), store.code_key("t3"))
    nodes = list(wave.nodes.filter(unit__in=[world.ask_8a, world.ask_8b, world.bjork_8a]).select_related("unit"))
    moments = [end + off for end in (OPENS, CLOSES, LATER) for off in (-MOMENT, timedelta(0), MOMENT)]
    for node in nodes:
        for moment in moments:
            is_open = now_of(wave, node.unit, at=moment).stage is Stage.OPEN
            assert is_open == opened.is_taking(moment, node.number), (node, moment)
    opened.close()


@pytest.mark.django_db
def test_whoever_was_given_more_time_counts_for_the_units_above_and_not_beside(world, wave):
    actions.extend_unit(wave=wave, unit=world.ask_8a, closes_at=LATER, by=None, at=WITHIN)
    stages = {unit.name: now_of(wave, unit, at=AFTER).stage for unit in (world.ask_8a, world.ask, world.ask_8b)}
    assert stages == {"8A": Stage.OPEN, "Ask skole": Stage.OPEN, "8B": Stage.OVER}
    assert now_of(wave, at=AFTER).stage is Stage.OPEN
    assert now_of(wave, at=LATER).stage is Stage.OVER
    assert "4. desember" in now_of(wave, at=WITHIN).words  # for most of them
    with pytest.raises(NotNow, match="Tiden er ute"):
        require(Act.HAND_OUT, wave, world.ask, at=AFTER)  # those who hang right under the school have no more time


@pytest.mark.django_db
def test_answers_from_a_file_have_no_clock(world, data_dir):
    wave = a_wave(world.county, [world.ask], [a_questionnaire()], collection=Collection.IMPORT)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert {now_of(wave, at=moment).stage for moment in (BEFORE, WITHIN, AFTER)} == {Stage.OPEN}


@given(st.sampled_from(Act), st.sampled_from(Stage))
def test_no_act_is_allowed_in_a_stored_state_that_it_is_not_looked_up_by(act, stage):
    assert stage not in ALLOWED[act] or STORED[stage] in stored_for(act)


# Pages and actions


def test_before_the_opening_codes_are_printed_and_pages_say_when_it_opens(world, wave):
    with time_machine.travel(BEFORE, tick=False):
        bob = as_user(world.bob)
        assert "åpner 2. november 2026 kl. 08.00" in bob.get(at("response", world.ask_8a)).content.decode()
        assert bob.get(at("code-sheet", world.ask_8a, informant="pupil_5_10")).status_code == 200
        refused = bob.get(at("paper-enter", world.ask_8a, informant="pupil_5_10"))
        assert refused.status_code == 409
        assert "ikke åpen ennå. Den åpner 2. november 2026 kl. 08.00" in refused.content.decode()
        board = as_user(world.erik).get(reverse("surveys:wave-detail", kwargs={"slug": "t3"})).content.decode()
        assert "Ikke åpnet ennå" in board
        assert "Steng kartleggingen" in board


PAGES = [
    ("codes", {}), ("code-sheet", {"informant": "pupil_5_10"}), ("lost-code", {}), ("paper", {}),
    ("paper-form", {"informant": "pupil_5_10"}), ("paper-enter", {"informant": "pupil_5_10"}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "more"), PAGES)
def test_when_the_time_is_up_no_page_gives_a_code_and_each_says_why(world, wave, name, more):
    with time_machine.travel(AFTER, tick=False):
        page = as_user(world.bob).get(at(name, world.ask_8a, **more))
    assert page.status_code == 409
    assert "Tiden er ute" in page.content.decode()
    assert page["Content-Type"].startswith("text/html")


def test_when_the_time_is_up_slips_and_links_are_not_given_either(world, wave):
    code = wave.codes.filter(node__unit=world.ask_8a, form__informant="pupil_5_10")[0]
    link = wave.codes.filter(holder=world.bob).get()
    with time_machine.travel(AFTER, tick=False):
        bob = as_user(world.bob)
        for name in ("slip", "slip-pdf"):
            assert bob.get(at(name, world.ask_8a, code=code.pk)).status_code == 409
        assert bob.post(at("lost-code", world.ask_8a), {"code": code.pk}).status_code == 409
        assert "T3" not in bob.get(reverse("surveys:own-links")).content.decode().partition("<main")[2]
        assert bob.post(reverse("surveys:own-links"), {"code": link.pk}).status_code == 404
        assert codes_for(world.bob, wave).count() == 0
    assert not AuditLine.plumbing.filter(what__in=["codes.printed", "code.shown", "code.replaced"]).exists()


@pytest.mark.django_db
def test_the_actions_themselves_refuse(world, wave):
    code = wave.codes.filter(node__unit=world.ask_8a, form__informant="pupil_5_10")[0]
    sealed = bytes(code.sealed)
    refused = [
        lambda: actions.replace_code(code=code, by=None, at=AFTER),
        lambda: actions.enter_paper(code=code, answers={"t1": 1}, by=None, at=AFTER),
        lambda: actions.enter_paper(code=code, answers={"t1": 1}, by=None, at=BEFORE),
        lambda: actions.order_links(wave=wave, portal="http://a", by=None, at=AFTER),
        lambda: actions.order_reminder(wave=wave, portal="http://a", by=None, at=AFTER),
        lambda: actions.order_reminder(wave=wave, portal="http://a", by=None, at=BEFORE),
        lambda: actions.invite_late(wave=wave, pupil=code.pupil, by=None, at=AFTER),
    ]
    for act in refused:
        with pytest.raises(NotNow):
            act()
    code.refresh_from_db()
    assert bytes(code.sealed) == sealed


def test_the_school_prints_only_for_those_who_still_have_time(world, wave):
    actions.extend_unit(wave=wave, unit=world.ask_8a, closes_at=LATER, by=None, at=WITHIN)
    with time_machine.travel(AFTER, tick=False):
        alice = as_user(world.alice)
        page = alice.get(at("codes", world.ask)).content.decode()
        assert at("code-sheet", world.ask_8a, informant="pupil_5_10") in page
        assert at("code-sheet", world.ask_8b, informant="pupil_5_10") not in page
        assert alice.get(at("code-sheet", world.ask_8b, informant="pupil_5_10")).status_code in {404, 409}
        there = {row.node.unit.name for row in codes_for(world.alice, wave).select_related("node__unit")}
        assert there == {"8A"}


def test_a_reservation_is_heard_until_the_wave_is_closed_and_makes_no_codes_after_the_time(world, wave):
    pupil = wave.codes.filter(node__unit=world.ask_8a, form__informant="pupil_5_10")[0].pupil
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.RESERVED, by=None, at=AFTER)
    assert not wave.codes.filter(pupil=pupil).exists()
    actions.set_consent(wave=wave, pupils=[pupil], state=ConsentState.INFORMED, by=None, at=AFTER)
    assert not wave.codes.filter(pupil=pupil).exists()


def cards_of(user) -> dict[str, object]:
    return {card.heading: card for card in home.cards(user, AFTER.date())}


def test_the_home_page_says_that_time_is_up_and_offers_no_codes(world, wave):
    with time_machine.travel(AFTER, tick=False):
        card = cards_of(world.bob)["Kartlegging T3 – 8A"]
        assert "tiden er ute" in card.lines[0]
        assert card.actions == ()
        office = cards_of(a_user("Kari Kontor", "office", world.ask))["Kartlegging T3 – Ask skole"]
        assert "Tiden er ute" in office.lines[0]
        assert [link.label for link in office.actions] == ["Samtykke"]


def test_whoever_sets_it_up_is_urged_to_close_it_before_anything_else(world, wave):
    with time_machine.travel(AFTER, tick=False):
        cards = home.cards(world.erik, AFTER.date())
        first = min(cards, key=lambda card: card.order)
        assert first.heading == "Kartlegging T3"
        assert "Steng kartleggingen, så blir resultatene laget" in first.lines[1]
        assert "18. desember 2026 kl. 16.00" in first.lines[1]
        assert first.actions[0].url == reverse("surveys:wave-close", kwargs={"slug": "t3"})
        page = as_user(world.erik).get(reverse("surveys:wave-detail", kwargs={"slug": "t3"})).content.decode()
        assert "Tiden er ute" in page
        assert "18. desember 2026 kl. 16.00" in page
        assert "Påminnelser" not in page


def test_more_time_opens_it_again(world, wave):
    with time_machine.travel(AFTER, tick=False):
        actions.extend_wave(wave=wave, closes_at=LATER, by=None)
        assert now_of(wave).stage is Stage.OPEN
        assert as_user(world.bob).get(at("code-sheet", world.ask_8a, informant="pupil_5_10")).status_code == 200
