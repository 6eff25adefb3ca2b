"""The secretariat's way with lists: choose, see, say yes or no. Others find no such page."""

from __future__ import annotations

import io
import os
import stat
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.core.files import waiting
from kfl.people.models import Pupil, Unit
from kfl.tables.writing import XLSX, as_xlsx
from tests.factories import a_user

UPLOAD = reverse("people:roster-upload")
UNITS = "nivå;navn;kode;under\nskole;Elv skole;E1;3403\n"
PUPILS = "enhet;klasse;trinn;navn;elevnøkkel\nS2;8A;8;<b>Kari</b>;k1\n"


@pytest.fixture
def erik(client, world, data_dir):
    client.force_login(world.erik)
    return client


def choose(client, text: str, kind: str = "units", **more):
    file = SimpleUploadedFile("liste.csv", text.encode("cp1252"), "text/csv")
    return client.post(UPLOAD, {"kind": kind, "file": file}, **more)


def lists_that_wait(data_dir) -> list:
    folder = data_dir / "files" / "waiting"
    return list(folder.iterdir()) if folder.exists() else []


def agree(client, page, **fields):
    return client.post(page.request["PATH_INFO"], {"seen": page.context["plan"].digest, **fields}, follow=True)


def test_a_list_is_shown_and_then_put_in(erik, data_dir):
    page = choose(erik, UNITS, follow=True)
    assert "Elv skole" in page.text
    assert not Unit.plumbing.filter(name="Elv skole").exists()
    (path,) = lists_that_wait(data_dir)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.name not in {"liste.csv"}
    done = agree(erik, page, confirm="1")
    assert "Lista er lagt inn" in done.text
    assert Unit.plumbing.filter(name="Elv skole").exists()
    assert lists_that_wait(data_dir) == []


def test_no_puts_the_list_away(erik, data_dir):
    page = choose(erik, UNITS, follow=True)
    done = agree(erik, page, cancel="1")
    assert "Ingenting er endret" in done.text
    assert lists_that_wait(data_dir) == []
    assert not Unit.plumbing.filter(name="Elv skole").exists()


def test_what_is_wrong_stands_in_a_table_and_the_rows_can_be_had_as_a_workbook(erik, data_dir):
    page = choose(erik, UNITS.replace("3403", "9999") + "skole;God skole;G1;3403\n")
    assert "Ingen enhet du kan endre, har koden 9999." in page.text
    assert "Ingenting er endret" in page.text
    answer = erik.get(page.context["failed_url"])
    assert "attachment" in answer["Content-Disposition"]
    rows = [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]
    assert rows == [
        ["Rad", "Hva som er feil", "nivå", "navn", "kode", "under"],
        [2, "under: Ingen enhet du kan endre, har koden 9999.", "skole", "Elv skole", "E1", "9999"],
    ]
    again = erik.get(page.context["failed_url"].replace("feil/", ""), follow=True)
    assert "passer ikke lenger" in again.text, "a list with faults is never carried out"
    assert lists_that_wait(data_dir) == []


def test_rows_with_faults_are_had_by_the_one_who_chose_the_list(erik, world, client_of):
    page = choose(erik, UNITS.replace("3403", "9999"))
    other = client_of(a_user("Eva", "secretariat", world.county))
    assert other.get(page.context["failed_url"]).status_code == 404
    right = choose(erik, UNITS, follow=True)
    assert erik.get(f"{right.request['PATH_INFO']}feil/").status_code == 404, "nothing is wrong with it"


def test_a_file_that_is_no_table_has_no_rows_to_give(erik, data_dir):
    page = choose(erik, "nivå;navn")
    assert "failed_url" not in page.context
    assert lists_that_wait(data_dir) == []


def test_a_workbook_is_taken_as_a_list_is(erik):
    rows = [line.split(";") for line in UNITS.splitlines()]
    file = SimpleUploadedFile("liste.xlsx", as_xlsx("Liste", rows[0], rows[1:]), XLSX)
    page = erik.post(UPLOAD, {"kind": "units", "file": file}, follow=True)
    assert "Elv skole" in page.text
    agree(erik, page, confirm="1")
    assert Unit.plumbing.filter(name="Elv skole").exists()


def test_what_was_done_to_a_workbook_is_said_before_the_yes(erik, world):
    book = openpyxl.Workbook()
    for row in (
        ["nivå", "navn", "kode", "under"],
        ["skole", "Elv skole", "E1", "3403"],
        [None, "Bekk skole", "E2", "3403"],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.create_sheet("Forklaring").append(["x"])
    content = io.BytesIO()
    book.save(content)
    file = SimpleUploadedFile("liste.xlsx", content.getvalue(), XLSX)
    page = erik.post(UPLOAD, {"kind": "units", "file": file}, follow=True)
    assert "Bekk skole" in page.text
    assert "Cellene A2:A3 er slått sammen. Verdien er brukt i alle radene." in page.text
    assert "Bare arket «Sheet» er lest, ikke Forklaring." in page.text


def test_what_a_list_says_is_text_and_not_markup(erik):
    page = choose(erik, PUPILS, "pupils", follow=True)
    assert "&lt;b&gt;Kari&lt;/b&gt;" in page.text
    assert "20 av 20 elever ved Bjørk skole" in page.text
    agree(erik, page, confirm="1")
    assert Pupil.plumbing.get(source_key="k1").name == "<b>Kari</b>"


def test_what_was_seen_is_what_is_done(erik):
    page = choose(erik, UNITS, follow=True)
    Unit.plumbing.filter(name="Hamar").update(name="Hamar by")
    done = agree(erik, page, confirm="1")
    assert "Noe er endret i portalen" in done.text
    assert not Unit.plumbing.filter(name="Elv skole").exists()
    assert "Lista er lagt inn" in agree(erik, done, confirm="1").text


def test_a_list_that_no_longer_fits_is_put_away(erik, data_dir, world):
    page = choose(erik, UNITS, follow=True)
    world.hamar.codes.all().delete()
    done = agree(erik, page, confirm="1")
    assert "passer ikke lenger" in done.text
    assert lists_that_wait(data_dir) == []


def test_a_new_list_takes_the_place_of_the_one_that_waits(erik, data_dir):
    choose(erik, UNITS)
    choose(erik, PUPILS, "pupils")
    assert len(lists_that_wait(data_dir)) == 1


def test_a_list_waits_for_a_day_only(erik, data_dir):
    page = choose(erik, UNITS, follow=True)
    (path,) = lists_that_wait(data_dir)
    old = (timezone.now() - timedelta(hours=25)).timestamp()
    os.utime(path, (old, old))
    assert "ikke lenger klar" in erik.get(page.request["PATH_INFO"], follow=True).text
    assert lists_that_wait(data_dir) == []


def test_a_list_waits_for_the_one_who_chose_it(erik, world, client_of):
    page = choose(erik, UNITS, follow=True)
    other = client_of(a_user("Eva", "secretariat", world.county))
    assert "ikke lenger klar" in other.get(page.request["PATH_INFO"], follow=True).text
    assert "ikke lenger klar" in agree(other, page, confirm="1").text
    assert not Unit.plumbing.filter(name="Elv skole").exists()


def test_a_list_is_taken_back_by_the_one_who_put_it_in(erik, world, client_of):
    agree(erik, choose(erik, UNITS, follow=True), confirm="1")
    page = erik.get(UPLOAD)
    (row, _label) = page.context["imported"][0]
    address = reverse("people:roster-undo", kwargs={"key": row.pk})
    assert address in page.text
    other = client_of(a_user("Eva", "secretariat", world.county))
    assert other.get(address).status_code == other.post(address).status_code == 404
    assert "som det var" in erik.get(address).text
    assert Unit.plumbing.filter(name="Elv skole").exists()
    done = erik.post(address, follow=True)
    assert "Lista er tatt tilbake" in done.text
    assert not Unit.plumbing.filter(name="Elv skole").exists()
    assert erik.get(address).status_code == 404


def test_a_list_that_cannot_be_taken_back_says_so(erik):
    agree(erik, choose(erik, UNITS, follow=True), confirm="1")
    Unit.plumbing.filter(name="Elv skole").update(name="Elva skole")
    (row, _label) = erik.get(UPLOAD).context["imported"][0]
    done = erik.post(reverse("people:roster-undo", kwargs={"key": row.pk}), follow=True)
    assert "kan ikke tas tilbake" in done.text
    assert Unit.plumbing.filter(name="Elva skole").exists()


@pytest.fixture
def client_of():
    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.mark.parametrize("token", ["x", "..", "portal.sqlite3", "a" * 32])
def test_a_made_up_name_leads_back(erik, token):
    assert "ikke lenger klar" in erik.get(f"{UPLOAD}{token}/", follow=True).text


@pytest.mark.parametrize("token", ["", "../../portal.sqlite3", "a" * 33, "/etc/passwd"])
def test_a_name_is_never_a_path(data_dir, token):
    for door in (lambda: waiting.read(token, timezone.now()), lambda: waiting.drop(token)):
        with pytest.raises(waiting.NothingWaits):
            door()


@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "dina", "frida", "nobody"])
def test_others_find_no_such_page(client, world, data_dir, who):
    client.force_login(getattr(world, who))
    assert client.get(UPLOAD).status_code == 404
    assert choose(client, UNITS).status_code == 404
    assert client.get(f"{UPLOAD}{'a' * 32}/").status_code == 404


def test_an_invented_county_takes_no_list(erik, settings, data_dir):
    settings.KFL_DEMO = True
    assert "oppdiktet fylke" in erik.get(UPLOAD).text
    page = choose(erik, UNITS)
    assert "ikke imot lister" in page.text
    assert lists_that_wait(data_dir) == []


def test_a_file_that_is_too_large_is_refused_with_words(erik, data_dir):
    page = choose(erik, "x" * 5_000_001)
    assert "større enn 5 MB" in page.text
    assert lists_that_wait(data_dir) == []


def test_choosing_nothing_is_refused_with_words(erik):
    assert "Du må rette 2 feil" in erik.post(UPLOAD, {}).text
