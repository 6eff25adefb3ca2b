"""Who meets which page, and what stands on it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kfl.core import offers
from kfl.core.cards import Link
from kfl.people import actions as people
from kfl.people.models import AuditLine
from tests.factories import a_user
from tests.results.making import Missing, a_released_wave
from tests.results.reading import TABS, address, main_of
from tests.surveys.making import CLOSES, OPENS

WHY = "a test"


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["kept"].clear()


@pytest.mark.parametrize(
    ("who", "seen", "unseen"),
    [
        ("bob", ["ask_8a", "ask", "hamar", "region", "county"], ["ask_8b", "bjork", "bjork_8a", "stange"]),
        ("alice", ["ask_8a", "ask_8b", "ask_9a", "ask", "hamar", "county"], ["bjork", "bjork_8a", "stange"]),
        ("dina", ["ask_8a", "ask", "hamar", "region", "county"], ["stange", "bjork", "bjork_8a"]),
        ("erik", ["hamar", "stange", "region", "county"], ["ask", "ask_8a", "bjork"]),
        ("frida", ["hamar", "stange", "region", "county"], ["ask", "ask_8a", "bjork"]),
        ("nobody", [], ["county", "ask"]),
    ],
)
def test_each_role_meets_its_own_pages_and_404_elsewhere(county, client, who, seen, unseen):
    client.force_login(getattr(county, who))
    for name in seen:
        assert client.get(address(county.t1, getattr(county, name))).status_code == 200, name
    for name in unseen:
        for tab in TABS:
            assert client.get(address(county.t1, getattr(county, name), tab)).status_code == 404, name


def test_a_grade_is_seen_by_who_sees_the_school(county, client):
    client.force_login(county.alice)
    assert client.get(address(county.t1, county.ask, grade=8)).status_code == 200
    assert client.get(address(county.t1, county.bjork, grade=8)).status_code == 404


def test_one_who_is_not_signed_in_is_sent_to_the_door(county, client):
    assert client.get(address(county.t1, county.ask)).status_code == 302


def test_who_held_a_role_when_the_wave_opened_keeps_its_results(county, client):
    held = county.charlie.role_assignments.get()
    people.end_role(assignment=held, to_on=date(2026, 11, 20), by=county.erik)
    late = a_user("Late")
    people.give_roles(roles=[(late, "principal", county.bjork, date(2026, 11, 21), None)], by=county.erik)
    import time_machine

    with time_machine.travel(date(2027, 2, 1)):
        client.force_login(county.charlie)
        assert client.get(address(county.t1, county.bjork)).status_code == 200
        assert "Bjørk skole" in client.get("/resultater/").content.decode()
        client.force_login(late)
        assert client.get(address(county.t1, county.bjork)).status_code == 200


def test_who_left_before_the_wave_opened_sees_nothing(county, client):
    people.end_role(assignment=county.charlie.role_assignments.get(), to_on=date(2026, 11, 1), by=county.erik)
    client.force_login(county.charlie)
    assert client.get(address(county.t1, county.bjork)).status_code == 404


def test_a_page_that_is_not_there_is_404(county, client):
    client.force_login(county.erik)
    for wrong in ("/resultater/t1/999/pupil_5_10/", "/resultater/t9/0/pupil_5_10/", "/resultater/t1/0/king/"):
        assert client.get(wrong).status_code == 404


def test_each_look_leaves_a_line(county, client):
    client.force_login(county.bob)
    client.get(address(county.t1, county.ask_8a))
    client.get(address(county.t1, county.bjork))  # not his: no line
    lines = AuditLine.objects.everywhere(why=WHY).filter(what="results.viewed")
    assert [(line.by, line.unit) for line in lines] == [(county.bob, county.ask_8a)]


@pytest.mark.parametrize("tab", TABS)
def test_a_page_asks_at_most_ten_questions_read_again_fewer_and_is_light(two_waves, client, tab):
    client.force_login(two_waves.alice)
    client.get("/resultater/")  # the session's own writes come once a minute
    page = address(two_waves.t2, two_waves.ask, tab)
    again = 7  # session, user, roles, page, ways, and two for the line in the log
    # What a room offers there is each reader's own; which other groups' pages a reader may see is asked each time.
    again += tab in {"om-tallene/", "andres-syn/"}
    for most in (10, again):
        with CaptureQueriesContext(connection) as asked:
            response = client.get(page)
        # Begin or end a transaction, or wait for whoever is before in it: they ask nothing.
        around = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "SELECT pg_advisory_xact_lock")
        assert len([query for query in asked if not query["sql"].startswith(around)]) <= most
        assert response.status_code == 200
        assert len(response.content) < 100 * 1024


def test_a_hidden_class_gets_a_friendly_page_and_the_way_up(county, client):
    client.force_login(county.charlie)
    page = main_of(client.get(address(county.t1, county.bjork_8b)))
    assert "Skjult av personvernhensyn" in page
    assert f'href="{address(county.t1, county.bjork, grade=8)}"' in page
    assert "±" not in page
    assert '<svg class="figure' not in page


def test_a_sensitive_scale_says_what_is_so_today_and_is_not_counted_as_hidden_here(county, client):
    client.force_login(county.erik)
    page = main_of(client.get(address(county.t1, county.county)))
    assert "Portalen viser ikke svar på sensitive områder ennå" in page
    assert "aktivitetsplikten" in page
    assert "skjult her" not in page


def test_the_sentence_comes_first_and_says_certain_only_when_it_is(two_waves, client):
    client.force_login(two_waves.bob)
    page = main_of(client.get(address(two_waves.t2, two_waves.ask_8a)))
    assert "Trivsel ligger sikkert over resten av Ask skole" in page
    assert "Trivsel har økt sikkert siden Kartlegging T1" in page
    assert page.index("Kort fortalt") < page.index("Profilen") < page.index("De samme tallene")
    assert "Snakk om dette" in page


def test_change_page_of_a_first_wave_says_so(county, client):
    client.force_login(county.alice)
    assert "Ingen tidligere kartlegging ennå" in main_of(client.get(address(county.t1, county.ask, "endring/")))


def test_about_page_holds_the_digest_and_the_thresholds(county, client):
    client.force_login(county.alice)
    page = main_of(client.get(address(county.t1, county.ask, "om-tallene/")))
    assert county.t1.releases.get().digest in page
    assert "færre enn 7" in page


def test_units_below_stand_alphabetically_and_only_those_one_may_see(county, client):
    client.force_login(county.erik)
    assert re.findall(r">(Hamar|Stange|Ask skole)<", main_of(client.get(address(county.t1, county.region)))) == [
        "Hamar",
        "Stange",
    ]
    assert "Ask skole" not in main_of(client.get(address(county.t1, county.hamar)))


def test_a_kept_page_is_kept_by_language(county, client):
    client.force_login(county.alice)
    first = main_of(client.get(address(county.t1, county.ask)))
    client.cookies["kfl_language"] = "en"
    client.get(address(county.t1, county.ask))
    client.cookies["kfl_language"] = "nb"
    assert "Kort fortalt" in first
    assert "Kort fortalt" in main_of(client.get(address(county.t1, county.ask)))


@pytest.fixture
def whole(county):
    """A second wave in which nobody skips anything, so that complete sheets are all sheets."""
    again = timedelta(days=10)
    county.t2 = a_released_wave(
        county,
        [county.version],
        slug="t2",
        opens=OPENS + again,
        closes=CLOSES + again,
        seed=2,
        missing=Missing(skipped=0),
    )
    return county


def test_each_scale_tells_what_it_measures_its_questions_reliability_and_n(whole, client):
    """The "?" of a row: opened by mouse or keyboard, without scripts."""
    client.force_login(whole.alice)
    page = main_of(client.get(address(whole.t2, whole.ask)))
    about = page.partition("<summary>Hva er Trivsel?</summary>")[2].partition("</details>")[0]
    assert "Om trivsel" in about
    assert about.count("<li>Utsagn") == 4
    assert re.search(r"Bygger på \d+ svar", about)
    assert re.search(r"Alfa −?-?\d,\d\d \(", about)


def test_where_a_few_skipped_nothing_is_told_that_they_alone_could_decide(county, client):
    """Some of 64 left a question open: alpha of the others in numbers, or in a word that hangs on them, would tell."""
    client.force_login(county.alice)
    page = main_of(client.get(address(county.t1, county.ask)))
    about = page.partition("<summary>Hva er Trivsel?</summary>")[2].partition("</details>")[0]
    assert "Om trivsel" in about
    assert "Alfa" not in about
    assert "henger" not in about
    assert "<p></p>" not in about


def test_questions_that_do_not_hold_together_are_warned_of_where_the_number_stands(whole, client):
    """The simulated answers share nothing but chance, so alpha is far too low."""
    client.force_login(whole.alice)
    warning = "Spørsmålene henger ikke godt nok sammen til å lese tallet alene."
    page = main_of(client.get(address(whole.t2, whole.ask)))
    row = page.partition("<span>Trivsel</span>")[2].partition("<details>")[0]
    assert warning in row
    assert address(whole.t2, whole.ask, "sporsmal/") in row
    assert "ikke godt nok" in main_of(client.get(address(whole.t2, whole.ask, "om-tallene/")))
    hidden = page.partition("<span>Mobbing</span>")[2].partition("<details>")[0]
    assert warning not in hidden


def test_overview_lists_ones_own_units_newest_first(two_waves, client):
    client.force_login(two_waves.alice)
    page = main_of(client.get("/resultater/"))
    assert page.index("Kartlegging T2") < page.index("Kartlegging T1")
    assert address(two_waves.t2, two_waves.ask) in page
    client.force_login(two_waves.nobody)
    assert "Ingen resultater ennå" in main_of(client.get("/resultater/"))


def test_home_card_leads_to_the_newest_results(two_waves, client):
    from kfl.results.home import cards, navigation

    today = date(2026, 12, 20) + timedelta(days=0)
    client.force_login(two_waves.bob)
    (card,) = cards(two_waves.bob, today)
    assert "8A" in card.heading
    assert "T2" in card.heading
    assert len(card.lines) == 2
    page = main_of(client.get(address(two_waves.t2, two_waves.ask_8a)))
    assert all(f"<span>{line}</span>" in page for line in card.lines)  # a quotation, nothing that the card makes
    assert card.actions[0].url == address(two_waves.t2, two_waves.ask_8a)
    assert [link.url for link in navigation(two_waves.bob)] == ["/resultater/"]
    assert cards(two_waves.nobody, today) == []
    assert navigation(two_waves.nobody) == []


def test_home_card_of_a_hidden_class_says_so(county):
    from kfl.results.home import cards

    teacher = a_user("Tove", "teacher", county.bjork_8b)
    (card,) = cards(teacher, date(2026, 12, 20))
    assert card.lines == (
        "Færre enn 7 er invitert her, og vi viser aldri tall for så få.",
        "Du kan lese resultatene for 8. trinn.",
    )


def test_a_class_hidden_for_another_is_not_told_that_too_few_answered(county, client):
    """8A at Bjørk has 20 answers; it is hidden since 8B beside it has 5. Which of the two it is would tell too."""
    from kfl.results.home import cards

    true = "Enten har for få svart her, eller så er en gruppe ved siden av så liten"
    (card,) = cards(a_user("Tone", "teacher", county.bjork_8a), date(2026, 12, 20))
    assert card.lines[0].startswith(true)
    assert card.lines[1] == "Du kan lese resultatene for 8. trinn."
    client.force_login(county.charlie)
    page = main_of(client.get(address(county.t1, county.bjork_8a)))
    assert true in page
    assert "er invitert her" not in page


def test_home_card_says_what_was_looked_at_and_never_a_nought(county):
    from kfl.results.home import cards

    for person in (county.bob, county.alice, county.dina):
        (card, *_more) = cards(person, date(2026, 12, 20))
        assert not [line for line in card.lines if line.startswith("0 ")]
        assert card.note == "Gjelder bare svarene fra elever på 5.–10. trinn."
    (card,) = cards(county.alice, date(2026, 12, 20))
    assert card.lines == ("Vi har sammenlignet 2 områder med nivået over. Ingen av dem er til å skille fra det.",)


@pytest.mark.parametrize("who", ["bob", "alice", "dina", "erik", "frida"])
def test_no_link_among_the_results_leads_nowhere(two_waves, client, who):
    """Breadcrumbs, levels below, other informants, other waves, nearest levels: all of them can be opened."""
    client.force_login(getattr(two_waves, who))
    seen, ahead = set(), ["/resultater/"]
    while ahead:
        address = ahead.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        assert response.status_code == 200, address
        ahead += re.findall(r'href="(/resultater/[^"]*)"', main_of(response))
    assert len(seen) > 10


def test_what_rooms_offer_beside_a_result_is_the_readers_own_and_asked_once_a_page(county, client, monkeypatch):
    asked = []
    monkeypatch.setattr(offers, "_givers", {})

    @offers.gives("unit", "scale", "sentence", "question")
    def materials(reader, page, slots):
        asked.append((reader, page, {slot.kind for slot in slots}))
        return {slot: [Link(f"/hjelp/{slot.key}/", f"Hjelp for {reader}")] for slot in slots if slot.kind == "scale"}

    for user in (county.alice, county.bob):
        client.force_login(user)
        page = client.get(address(county.t1, county.ask)).content.decode()
        assert f'<a class="ds-link" href="/hjelp/trivsel/">Hjelp for {user}</a>' in page
        assert "<!--" not in page
    (reader, where, kinds), _second = asked
    about = {"wave": county.t1.slug, "unit": county.ask.pk, "informant": "pupil_5_10"}
    assert (reader, where.name, kinds) == (county.alice, "results:page", {"unit", "scale"})
    assert {key: value for key, value in where.about.items() if key != "node"} == about
    client.get(address(county.t1, county.ask, "sporsmal/"))
    assert asked[-1][2] == {"question"}


def test_where_no_room_offers_anything_a_result_has_no_trace_of_it(county, client, monkeypatch):
    monkeypatch.setattr(offers, "_givers", {})
    client.force_login(county.alice)
    for tab in TABS:
        page = client.get(address(county.t1, county.ask, tab)).content.decode()
        assert "slot" not in page
        assert "offers" not in page
