"""A rehearsal is as it will be, says that it is one, counts, and leaves nothing (PROMISES 6.3)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kfl.answers import load_counts
from kfl.core.models import Job
from kfl.surveys import actions, queries, store
from kfl.surveys.models import Code, ConsentState, WaveState
from kfl.surveys.waves.actions.closing import NeverReleased
from tests.intake.served import enter, put, served
from tests.surveys.answering import answer, code_of, places
from tests.surveys.making import OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db]
BEFORE = OPENS - timedelta(days=7)


@pytest.fixture
def draft(world, data_dir):
    return a_wave(world.county, [world.ask], [a_questionnaire()])


@pytest.fixture
def rehearsal(draft):
    made = actions.make_rehearsal(wave=draft, opens_at=BEFORE, closes_at=BEFORE + timedelta(days=400), by=None)
    return actions.open_wave(wave=made, by=None, at=BEFORE)


def codes(wave):
    return list(Code.objects.everywhere(why="a test").filter(wave=wave).select_related("pupil", "wave").order_by("pk"))


def test_it_asks_the_same_people_the_same_and_freezes_nothing(draft, rehearsal):
    assert rehearsal.name == "Generalprøve: Kartlegging T3"
    assert len(codes(rehearsal)) == 26
    assert store.bundle(rehearsal.slug).rehearsal
    assert not draft.forms.get().version.is_frozen
    actions.open_wave(wave=draft, by=None, at=OPENS)
    assert not store.bundle(draft.slug).rehearsal
    assert draft.forms.get().version.is_frozen


def test_pseudonyms_join_nothing_and_no_link_key_is_needed(draft, data_dir):
    store.link_key().put_away(store.keys_dir())
    made = actions.make_rehearsal(wave=draft, opens_at=BEFORE, closes_at=OPENS, by=None)
    actions.open_wave(wave=made, by=None, at=BEFORE)
    assert len(codes(made)) == 26
    with pytest.raises(actions.CannotOpen, match="Lenkenøkkelen"):
        actions.open_wave(wave=draft, by=None, at=BEFORE)


def test_who_is_reserved_is_not_in_the_rehearsal_either(draft, rehearsal):
    pupil = codes(rehearsal)[0].pupil
    actions.set_consent(wave=draft, pupils=[pupil], state=ConsentState.RESERVED, by=None)
    assert pupil not in {row.pupil for row in codes(rehearsal)}
    other = actions.make_rehearsal(wave=draft, opens_at=BEFORE, closes_at=OPENS, by=None)
    actions.open_wave(wave=other, by=None, at=BEFORE)
    assert pupil not in {row.pupil for row in codes(other)}


def test_closing_leaves_nothing_and_releases_nothing(draft, rehearsal, data_dir):
    row = codes(rehearsal)[0]
    needle = store.code_key(rehearsal.slug).lookup(code_of(row))
    assert answer(rehearsal, code_of(row))
    before = places(data_dir, needle)
    actions.close_wave(wave=rehearsal, by=None, at=OPENS)
    files = [path.name for path in data_dir.rglob("*") if rehearsal.slug in path.name and path.suffix != ".lock"]
    print(f"rehearsal: places of a code's envelope: {before} before, {places(data_dir, needle)} after; files: {files}")
    assert before
    assert places(data_dir, needle) == 0
    assert files == []
    assert codes(rehearsal) == []
    assert (rehearsal.state, rehearsal.rehearsal.answered) == (WaveState.CLOSED, 1)
    assert not Job.objects.filter(kind="results.release").exists()
    with pytest.raises(NeverReleased):
        actions.release_wave(wave=rehearsal, by=None)
    actions.close_wave(wave=rehearsal, by=None)
    assert list(queries.waves_at(rehearsal.unit, WaveState.CLOSED)) == []


def test_the_respondent_is_told_and_the_server_counts(draft, rehearsal, data_dir):
    chosen = [code_of(row) for row in codes(rehearsal)[:3]]
    slug = rehearsal.slug

    async def story():
        async with served(data_dir) as (app, client):

            async def one(code):
                async with client() as browser:
                    begun = await enter(browser, code)
                    saved = await put(browser, begun["attempt"], 1, 1, 1, {"t1": 2})
                    page = await browser.get(f"/svar/{begun['attempt']}/")
                    return saved.status_code, page.text

            told = await asyncio.gather(*(one(code) for code in chosen))
            assert {status for status, _page in told} == {200}
            assert all("Dette er en prøve" in page for _status, page in told)
            counted = app.owner.load_counts
            assert counted.replies == 9
            assert 1 <= counted.most_at_once <= 3
            assert counted.at_once == counted.refused == 0
            asked = await asyncio.to_thread(load_counts.ask, store.answers_place())
            assert (asked.replies, asked.most_at_once) == (counted.replies, counted.most_at_once)
            await asyncio.to_thread(store.delete_answers, slug)
            while app.owner.is_lending:
                await asyncio.sleep(0.01)
            assert app.owner.load_counts is None, "nothing is counted when nobody rehearses"

    asyncio.run(story())


def test_from_the_draft_to_the_end_on_pages(world, draft):
    with time_machine.travel(BEFORE, tick=False):
        client = Client()
        client.force_login(world.erik)
        page = client.get(reverse("surveys:wave-detail", kwargs={"slug": "t3"})).content.decode()
        address = reverse("surveys:rehearse", kwargs={"slug": "t3"})
        assert address in page
        wrong = {"opens_at": "2026-10-26T09:00", "closes_at": "2026-10-26T08:00"}
        assert "Prøven må stenge etter" in client.post(address, wrong).content.decode()
        made = client.post(address, {"opens_at": "2026-10-26T07:00", "closes_at": "2026-10-27T16:00"})
        assert made["Location"] == reverse("surveys:wave-detail", kwargs={"slug": "t3-prove"})
        wave = draft.rehearsals.get().wave
        actions.open_wave(wave=wave, by=None, at=BEFORE)
        assert "Generalprøve på Kartlegging T3" in client.get(made["Location"]).content.decode()
        teacher = Client()
        teacher.force_login(world.bob)
        kwargs = {"slug": "t3-prove", "key": world.ask_8a.pk}
        assert "Dette er en generalprøve" in teacher.get(reverse("surveys:response", kwargs=kwargs)).content.decode()
        assert teacher.get(reverse("surveys:consent", kwargs=kwargs)).status_code == 404
        with pytest.raises(actions.CannotRemind, match="ingen påminnelser"):
            actions.order_reminder(wave=wave, portal="https://x.example/", by=None)
        page = client.get(reverse("surveys:wave-close", kwargs={"slug": "t3-prove"})).content.decode()
        assert "Ingen resultater lages" in page
        actions.close_wave(wave=wave, by=None)
        assert "Prøven er over, og alt er slettet" in client.get(made["Location"]).content.decode()
        with pytest.raises(actions.CannotRehearse):
            actions.make_rehearsal(
                wave=actions.make_rehearsal(wave=draft, opens_at=BEFORE, closes_at=OPENS, by=None),
                opens_at=BEFORE,
                closes_at=OPENS,
                by=None,
            )
