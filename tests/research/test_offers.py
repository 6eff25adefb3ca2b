"""The way to the technical report stands on a wave's page and on results, for whoever may read it: one query a page."""

from __future__ import annotations

from django.core.cache import cache
from django.urls import reverse

from kfl.core import offers
from kfl.core.offers import AskingPage, Slot
from kfl.research.offers import reports
from tests.results.making import number_of

WORDS = "Teknisk rapport: hvor godt kartleggingen måler"


def test_the_wave_page_leads_whoever_sets_it_up_to_the_report(county, client):
    client.force_login(county.erik)
    page = client.get(reverse("surveys:wave-detail", args=[county.t1.slug])).content.decode()
    url = reverse("research:report", args=[county.t1.slug])
    assert f'<a class="ds-link" href="{url}">{WORDS}</a>' in page
    assert client.get(url).status_code == 200


def test_a_result_leads_only_those_who_may_read_the_whole(county, client):
    cache.clear()
    for user, leads in ((county.erik, True), (county.bob, False), (county.erik, True)):
        client.force_login(user)
        unit = county.county if leads else county.ask
        url = reverse("results:about", args=[county.t1.slug, number_of(county.t1, unit), "pupil_5_10"])
        page = client.get(url).content.decode()
        may = client.get(reverse("research:report", args=[county.t1.slug])).status_code == 200
        assert (WORDS in page) == may, user


def test_all_slots_of_a_page_are_one_question(county, django_assert_max_num_queries):
    slots = [Slot("wave", county.t1.slug), Slot("wave", "another")]
    reports(county.erik, AskingPage("test"), slots)  # roles are read once
    with django_assert_max_num_queries(2):  # the reader's roles, and all waves together
        assert list(reports(county.erik, AskingPage("test"), slots)) == slots[:1]


def test_a_wave_that_is_not_released_has_no_report(county):
    assert offers.beside(county.erik, AskingPage("test"), [Slot("wave", "another")]) == {}
