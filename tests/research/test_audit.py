"""The audit of a release: clean as released, and loud when what is stored is not what was released."""

from __future__ import annotations

import msgspec
import pytest
from django.db import connection

from kfl.disclosure import NotPublished, OneSet, published
from kfl.research.making import report as making
from kfl.research.making.report import make_report
from kfl.research.release_audit import audit_release
from kfl.results.models import ReleasedPage
from kfl.results.payload import Value, encode, pack
from tests.results.making import number_of


def tamper(row, page):
    """Past every guard, as somebody with the database file in hand."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE results_releasedpage SET payload = %s WHERE id = %s", [pack(encode(page)), row.pk])


def test_a_release_is_clean(county):
    found = audit_release(county.t1.releases.get())
    assert found.is_clean
    assert found.attacked > 0


def test_a_page_that_shows_a_small_class_is_found(county):
    row = ReleasedPage.objects.everywhere(why="a test").get(node__number=number_of(county.t1, county.bjork_8b))
    page = row.read()
    cells = [msgspec.structs.replace(page.scales[0], hidden="", value=Value(5, 480, 60)), *page.scales[1:]]
    tamper(row, msgspec.structs.replace(page, scales=cells))
    found = audit_release(county.t1.releases.get())
    assert not found.digest_fits
    assert found.refused
    assert found.leaks
    assert not found.is_clean


def test_a_changed_number_breaks_the_digest(county):
    row = ReleasedPage.objects.everywhere(why="a test").get(node__number=number_of(county.t1, county.ask))
    page = row.read()
    value = page.scales[0].value
    better = msgspec.structs.replace(page.scales[0], value=Value(value.n, value.points + 10, value.half))
    tamper(row, msgspec.structs.replace(page, scales=[better, *page.scales[1:]]))
    found = audit_release(county.t1.releases.get())
    assert not found.digest_fits
    assert not found.refused


def test_a_report_is_audited_too(county):
    make_report(wave=county.t1, by=None)
    before = audit_release(county.t1.releases.get())
    assert before.is_clean
    with connection.cursor() as cursor:
        cursor.execute("UPDATE research_technicalreport SET digest = 'another'")
    found = audit_release(county.t1.releases.get())
    assert found.refused == ["technical report: its digest does not fit what is stored"]


def test_a_report_that_tells_of_a_few_is_neither_made_nor_read(county, monkeypatch):
    """Even where nobody asks whether numbers may stand, the door does; and past it, the audit."""
    monkeypatch.setattr(OneSet, "is_full", lambda _self, _k: True)
    with pytest.raises(NotPublished):
        make_report(wave=county.t1, by=None)
    monkeypatch.setattr(published, "_check_sets", lambda _known, _k: None)
    make_report(wave=county.t1, by=None)
    assert audit_release(county.t1.releases.get()).leaks
    monkeypatch.undo()
    assert any("has a few sheets" in line for line in audit_release(county.t1.releases.get()).refused)


def test_numbers_that_the_pages_do_not_show_are_found_in_a_report(county, monkeypatch):
    told = making.page_numbers

    def another(pages, text):
        found = told(pages, text)
        return msgspec.structs.replace(found, ungraded=found.ungraded + 1)

    monkeypatch.setattr(making, "page_numbers", another)
    make_report(wave=county.t1, by=None)
    assert audit_release(county.t1.releases.get()).refused == [
        "technical report: what it says of pupil_5_10 is not what the pages show"
    ]
