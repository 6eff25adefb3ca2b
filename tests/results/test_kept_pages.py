"""A page that is kept is served only to whoever would be shown the very same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kfl.core import kept
from kfl.results import queries, views
from kfl.surveys.models import Wave
from tests.factories import a_user
from tests.results.making import number_of
from tests.results.test_views import TABS, address, main_of
from tests.varied import varied

WHY = "system: a test"


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.clear()


def shown_to(county, user, unit) -> views.ShownPage:
    seen = queries.page_or_404(user, wave="t1", number=number_of(county.t1, unit), informant="pupil_5_10")
    return views.ShownPage(seen, "others", queries.nearby_pages(user, seen))


def test_each_part_of_what_a_page_is_made_of_is_in_its_key(county):
    shown = shown_to(county, county.alice, county.ask_8a)
    changed = [(".tab", replace(shown, tab="about")), *varied(shown)]
    told = {kept._digest(one) for _name, one in changed}
    assert kept._digest(shown) not in told
    assert len(told) == len(changed)
    for part in (".seen.unit", ".seen.wave.name", ".seen.release.number", ".seen.below", ".nearby[0].key"):
        assert any(name.startswith(part) for name, _one in changed), part


@pytest.mark.parametrize("tab", TABS)
def test_a_reader_who_may_go_fewer_ways_is_not_served_anothers_page(county, client, tab):
    """Erik and the owner read the municipality; only she reads its schools."""
    pages = {}
    for name in ("dina", "erik"):
        client.force_login(getattr(county, name))
        pages[name] = main_of(client.get(address(county.t1, county.hamar, tab)))
    kept.clear()
    client.force_login(county.erik)
    assert main_of(client.get(address(county.t1, county.hamar, tab))) == pages["erik"]
    if tab == "":
        assert "Ask skole" in pages["dina"]
        assert "Ask skole" not in pages["erik"]


def test_the_attack_what_others_say_is_kept_for_one_who_may_read_it_and_asked_for_by_one_who_may_not(
    county, client, monkeypatch
):
    page = address(county.t1, county.ask_8a, "andres-syn/")
    client.force_login(county.alice)
    assert "Les hele resultatet" in main_of(client.get(page))
    monkeypatch.setattr(queries, "nearby_pages", lambda user, seen: ())
    assert "Ingen av gruppene kan vises her" in main_of(client.get(page))


def test_what_others_say_stands_on_the_pages_that_the_reader_may_see(county):
    """The class is hidden, so the nearest above is shown; a reader of the class alone has nothing above."""
    of_alice = shown_to(county, county.alice, county.ask_8a)
    assert {one.number for one in of_alice.nearby} >= {number_of(county.t1, county.ask_8a)}
    stranger = a_user("Stranger")
    assert queries.nearby_pages(stranger, of_alice.seen) == ()
    rows = queries.frozen_pages(of_alice.seen.release, of_alice.nearby)
    assert [(row.node.number, row.pk) for row in rows] == [(one.number, one.key) for one in of_alice.nearby]
    with pytest.raises(KeyError):
        queries.frozen_pages(replace(of_alice.seen.release, digest="another"), of_alice.nearby)


@pytest.mark.parametrize("tab", TABS)
def test_a_wave_that_is_called_something_else_is_called_so_on_every_page(county, client, tab):
    client.force_login(county.alice)
    page = address(county.t1, county.ask, tab)
    client.get(page)
    Wave.objects.everywhere(why=WHY).filter(pk=county.t1.pk).update(name="Et helt nytt navn")
    assert "Et helt nytt navn" in main_of(client.get(page))


@pytest.mark.parametrize("tab", TABS)
def test_each_language_has_its_own(county, client, tab):
    client.force_login(county.alice)
    page = address(county.t1, county.ask, tab)
    pages = set()
    for language in ("nb", "nn", "en"):
        client.cookies["kfl_language"] = language
        pages.add(main_of(client.get(page)))
    assert len(pages) == 3
