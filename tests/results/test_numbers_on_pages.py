"""No number on any result page rests on too few, and each says how sure it is."""

from __future__ import annotations

import re

import pytest
from django.core.cache import caches

from kfl.results.models import ReleasedPage
from tests.results.reading import TABS, Tables, address, main_of

WHY = "a test"


# Numbers of people, ends of an interval or of a scale, and best estimates, which have no interval of their own.
NOT_MEASURED = {
    "Svar", "Svar her", "Hele svarark", "Fra–til", "Beste anslag", "Laveste poeng",
    "Høyeste poeng",
}  # fmt: skip
MARKS = ("▲", "▼", "△", "▽", "≈")


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["kept"].clear()


def counts_on(html):
    """Every number of answers that a page tells: in tables, and in words."""
    found = [int(n.replace("\u00a0", "")) for n in re.findall(r"Bygger på ([\d\u00a0]+) svar", html)]
    parser = Tables()
    parser.feed(html)
    for head, *rows in parser.tables:
        columns = [place for place, name in enumerate(head) if name in {"Svar", "Svar her"}]
        found += [int(row[c]) for row in rows for c in columns if c < len(row) and row[c].isdecimal()]
    return found


@pytest.mark.parametrize("who", ["bob", "alice", "charlie", "dina", "erik", "frida", "nobody"])
def test_harvest_no_number_on_any_page_rests_on_fewer_than_seven(two_waves, client, who):
    """Everything that a role can fetch, by HTTP, as a scraper would."""
    client.force_login(getattr(two_waves, who))
    pages = 0
    for row in ReleasedPage.objects.everywhere(why=WHY).select_related("release__wave", "node"):
        for tab in TABS:
            response = client.get(f"/resultater/{row.release.wave.slug}/{row.node.number}/{row.informant}/{tab}")
            if response.status_code == 404:
                continue
            pages += 1
            html = main_of(response)
            least = 10 if tab == "sporsmal/" else 7
            assert all(n >= least for n in counts_on(html)), f"{row.node.name} {tab}"
            if all(cell.hidden for cell in row.read().scales[:2]) and tab in {"", "sporsmal/", "om-tallene/"}:
                assert not re.search(r"± \d", html)
                assert not counts_on(html)
    assert (pages > 0) == (who != "nobody")


@pytest.mark.parametrize("who", ["bob", "alice", "erik"])
@pytest.mark.parametrize("tab", ["", "endring/", "andres-syn/", "om-tallene/"])
def test_every_number_of_points_in_a_table_says_how_sure_it_is(two_waves, client, who, tab):
    client.force_login(getattr(two_waves, who))
    told = 0
    for wave in (two_waves.t1, two_waves.t2):
        for unit in (two_waves.ask_8a, two_waves.ask, two_waves.hamar, two_waves.region, two_waves.county):
            response = client.get(address(wave, unit, tab))
            if response.status_code == 404:
                continue
            parser = Tables()
            parser.feed(main_of(response))
            cells = [
                (name, cell)
                for head, *rows in parser.tables
                for row in rows
                for name, cell in zip(head, row, strict=False)
                if re.match(r"[+−]?\d", cell) and name not in NOT_MEASURED
            ]
            told += len(cells)
            assert all("±" in cell or re.search(r"\d,\d\d", cell) for _name, cell in cells), (unit, cells)
    assert told


def test_every_difference_is_certain_or_likely_or_said_not_to_be_told_apart(two_waves, client):
    client.force_login(two_waves.alice)
    pages = [
        main_of(client.get(address(two_waves.t2, unit, tab)))
        for unit in (two_waves.ask_8a, two_waves.ask_8b)
        for tab in ("", "endring/", "andres-syn/")
    ]
    assert any("sikkert over" in page for page in pages)
    told = []
    for page in pages:
        parser = Tables()
        parser.feed(page)
        for head, *rows in parser.tables:
            columns = [place for place, name in enumerate(head) if name in {"Forskjell", "Det betyr"}]
            told += [row[place] for row in rows for place in columns if place < len(row)]
    assert len(told) >= 10
    assert {words[0] for words in told} >= {"▲", "≈"}
    assert all(words.startswith(MARKS) or words == "kan ikke sammenlignes" for words in told)


def test_shares_of_answers_say_how_far_off_they_may_be(county, client):
    client.force_login(county.alice)
    page = main_of(client.get(address(county.t1, county.ask, "sporsmal/")))
    assert re.search(r"svinge med inntil \d+ prosentpoeng", page)
    assert re.search(r"\d+ % <span class=\"meta\">\(\d+–\d+\)", page)
