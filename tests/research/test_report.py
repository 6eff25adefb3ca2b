"""A report is made once, after the release, and stays; who may read the top may read it."""

from __future__ import annotations

import io
from dataclasses import replace

import msgspec
import pytest
from django.core.cache import caches
from pypdf import PdfReader

from kfl.core.jobs import enqueue
from kfl.core.models import Job
from kfl.documents.printable import MARK
from kfl.people.models import AuditLine
from kfl.research.making import report as making
from kfl.research.making.report import NotReleased, make_report
from kfl.research.models import StoredReport, TechnicalReport
from kfl.results.models import ReleaseIsFrozen
from tests.results.making import a_closed_wave, a_pupil_questionnaire, a_released_wave

WHY = "a test"
PLACES = ["", "pupil_5_10/"]


def reports():
    return TechnicalReport.objects.everywhere(why=WHY)


def address(path: str = "") -> str:
    return f"/resultater/t1/teknisk{path}"


@pytest.fixture
def reported(county):
    county.report = make_report(wave=county.t1, by=county.erik)
    return county


def test_it_is_made_once_and_says_what_it_rests_on(reported):
    again = make_report(wave=reported.t1, by=reported.erik)
    assert (again.pk, reports().count()) == (reported.report.pk, 1)
    report = again.read().numbers
    release = reported.t1.releases.get()
    assert (report.slug, report.release, report.release_digest) == ("t1", "r1a", release.digest)
    lines = AuditLine.objects.everywhere(why=WHY).filter(what="research.report_made")
    assert [line.by for line in lines] == [reported.erik]


def test_none_is_made_of_fewer_sheets_than_the_release(county, monkeypatch):
    """Release minus report would be the one who is missing."""
    whole = making.extract.answers

    def one_less(*arguments):
        answers, rows = whole(*arguments)
        columns = {name: getattr(answers, name)[1:] for name in ("group", "split", "alone")}
        return replace(answers, codes=answers.codes[:, 1:], **columns), rows

    monkeypatch.setattr(making.extract, "answers", one_less)
    with pytest.raises(making.OtherSheets):
        make_report(wave=county.t1, by=None)
    assert not reports().exists()


def test_the_same_wave_gives_the_same_digest(reported, monkeypatch):
    from kfl.research.making.report import prepare
    from kfl.research.payload import encode

    release = reported.t1.releases.get()
    assert encode(prepare(release)) == encode(reported.report.read())


def test_it_never_changes(reported):
    with pytest.raises(ReleaseIsFrozen):
        reported.report.save()
    with pytest.raises(ReleaseIsFrozen):
        reports().delete()


def test_a_wave_that_is_not_released_has_none(world, data_dir):
    wave = a_closed_wave(world, [a_pupil_questionnaire()])
    with pytest.raises(NotReleased):
        make_report(wave=wave, by=None)


def test_the_job_that_releases_orders_the_report(world, data_dir):
    wave = a_closed_wave(world, [a_pupil_questionnaire()])
    enqueue("results.release", by=world.erik, wave=wave.slug)
    assert reports().get().release.wave == wave
    jobs = Job.objects.order_by("pk").values_list("kind", "state", "done", "total")
    assert list(jobs) == [("results.release", "done", 100, 100), ("research.report", "done", 100, 100)]


def test_response_and_the_levels_shown_are_those_of_the_release(reported):
    form = reported.report.read().numbers.forms[0]
    assert (form.invited, form.answered) == (64, 64)
    told = form.of_pages
    assert [(row.kind, row.units, row.hidden) for row in told.by_grade] == [("grade", 2, 0), ("grade", 1, 0)]
    assert sum(row.answered for row in told.by_grade) + told.ungraded == 64
    assert (told.sides.girls + told.sides.boys, told.between) == (told.sides.n, [])
    wellbeing = form.scales[0]
    shown = {place.kind: (place.shown, place.hidden) for place in wellbeing.visible}
    assert shown["county"] == (1, 0)
    assert shown["group"] == (3, 2)  # 8A and 8B of Bjørk: one is too small, the other is hidden with it


def test_nothing_is_told_about_sensitive_scales(reported, client):
    scale = next(one for one in reported.report.read().numbers.forms[0].scales if one.key == "mobbing")
    assert scale.gap == "sensitive"
    assert (scale.full, scale.visible, scale.dif) == (None, [], [])
    told = reported.report.read().numbers.forms[0].of_pages
    assert "mobbing" not in {one.scale for one in [*told.spreads, *told.likeness, *told.panels]}
    client.force_login(reported.frida)
    page = client.get(address("/pupil_5_10/")).content.decode()
    assert "skala-trivsel" in page
    assert "om mobbing" not in page


@pytest.mark.parametrize("who", ["frida", "erik", "dina", "alice", "bob"])
def test_who_sees_the_top_may_read_it(reported, client, who):
    client.force_login(getattr(reported, who))
    for place in PLACES:
        assert client.get(address(f"/{place}")).status_code == 200
    viewed = AuditLine.objects.everywhere(why=WHY).filter(what="research.report_viewed")
    assert viewed.count() == len(PLACES)


def test_others_do_not_find_it(reported, client):
    client.force_login(reported.nobody)
    for place in ("/", "/pupil_5_10/", ".pdf", ".json"):
        assert client.get(address(place)).status_code == 404


def test_until_it_is_made_the_page_says_so_and_shows_how_far(county, client):
    Job.objects.create(kind="research.report", arguments={"wave": "t1"})
    client.force_login(county.erik)
    page = client.get(address("/")).content.decode()
    assert "ikke klar ennå" in page
    assert 'id="jobb"' in page
    client.force_login(county.bob)
    assert 'id="jobb"' not in client.get(address("/")).content.decode()
    assert client.get(address("/pupil_5_10/")).status_code == 404


@pytest.mark.parametrize(
    ("language", "title"), [("nb", "Utelatt, og hvorfor"), ("nn", "Utelate, og kvifor"), ("en", "Left out, and why")]
)
def test_page_and_pdf_say_the_same_in_the_readers_language(reported, client, language, title):
    client.force_login(reported.frida)
    reported.frida.language = language
    reported.frida.save()
    client.post("/sprak/", {"language": language, "next": "/"})
    page = client.get(address("/")).content.decode()
    assert title in page
    assert "Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests." in page
    assert "docs/methods" not in page, "a reader of the page has no such folder"
    document = PdfReader(io.BytesIO(client.get(address(".pdf")).content))
    printed = "\n".join(page.extract_text() for page in document.pages)
    assert title in printed
    assert "Psychometrika, 16(3), 297–334" in printed
    assert document.trailer["/Root"]["/Lang"].startswith(language)
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "Kartlegging T1" in document.metadata.title
    assert title in [mark.title for mark in document.outline if not isinstance(mark, list)]


def test_json_is_what_was_stored(reported, client):
    import zlib

    from kfl.research.payload import read_report

    client.force_login(reported.frida)
    found = client.get(address(".json"))
    assert read_report(zlib.compress(found.content)) == reported.report.read()


def test_a_wave_is_compared_with_what_the_last_release_sealed(two_waves):
    report = make_report(wave=two_waves.t2, by=None).read().numbers
    assert report.forms[0].scales[0].since_gap == "few"  # 64 sheets are too few for a model, but the scale was found


def test_a_wave_that_asks_something_new_is_compared_with_nothing(county):
    from datetime import timedelta

    from tests.surveys.making import CLOSES, OPENS

    later = timedelta(days=10)
    other = a_pupil_questionnaire("andre")
    scale = other.scales.get(key="trivsel")
    scale.items.filter(key="trivsel1").update(text={"nb": "Noe annet"})
    wave = a_released_wave(county, [other], slug="t2", opens=OPENS + later, closes=CLOSES + later)
    report = make_report(wave=wave, by=None).read().numbers
    gaps = {scale.key: scale.since_gap for scale in report.forms[0].scales}
    assert (gaps["trivsel"], gaps["stress"]) == ("new", "few")


def test_a_text_that_cannot_be_printed_is_told_before_and_marked_in_the_pdf(reported, client, monkeypatch):
    client.force_login(reported.frida)
    assert MARK not in client.get(address("/")).content.decode()
    row = reported.report
    found = row.read()
    odd = replace(found, numbers=msgspec.structs.replace(found.numbers, wave="Vår \U00013000"))
    monkeypatch.setattr(StoredReport, "read", lambda _self: odd)
    caches["kept"].clear()  # the file of the report as it was
    assert f"«Vår \U00013000» blir til «Vår {MARK}»" in client.get(address("/")).content.decode()
    document = PdfReader(io.BytesIO(client.get(address(".pdf")).content))
    assert document.metadata.title == f"Teknisk rapport: Vår {MARK}"
