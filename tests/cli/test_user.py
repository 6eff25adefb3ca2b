"""`kfl user`: the first account of a new portal."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from datetime import date

import pytest

from kfl.cli import user as command
from kfl.core.lists import WrongFile
from kfl.people.models import AuditLine, RoleAssignment, Unit, UnitCode, User
from kfl.people.rosters import ListKind, import_roster, plan_of
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import Questionnaire
from tests.factories import a_user

PASSWORD = "et langt passord her"


def options(**given: object) -> Namespace:
    fields = {"name": None, "email": "", "role": None, "unit": None, "new_county": None, "county_number": None,
              "password_stdin": False}  # fmt: skip
    return Namespace(**{**fields, "address": "https://portal.example.org", **given})


@pytest.fixture(autouse=True)
def no_migration(monkeypatch):
    monkeypatch.setattr("django.core.management.call_command", lambda *args, **kwargs: None)


def test_first_account_gets_its_county_its_role_and_a_link(db, client, capsys):
    asked = options(username="kari", name="Kari", email="kari@example.org", role="secretariat", new_county="Hedmark")
    assert command.run(asked) == 0
    assert RoleAssignment.plumbing.get().unit == Unit.plumbing.get(name="Hedmark")
    written = set(AuditLine.plumbing.values_list("what", flat=True))
    assert written == {"users.added", "units.added", "roles.given", "questionnaires.loaded"}
    assert Questionnaire.objects.everywhere(why="a test").count() == len(Informant), "else no wave could be set up"

    link = capsys.readouterr().out.strip()
    assert link.startswith("https://portal.example.org/konto/")
    form = client.get(link.removeprefix("https://portal.example.org"), follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    assert User.objects.get().check_password(PASSWORD)
    used = client.get(link.removeprefix("https://portal.example.org"), follow=True)
    assert "password1" not in used.content.decode(), "a link works once"


def test_password_is_read_from_standard_input(db, monkeypatch, capsys):
    a_user("Kari")
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: PASSWORD + "\n")}))
    assert command.run(options(username="kari", password_stdin=True)) == 0
    assert User.objects.get().check_password(PASSWORD)
    assert PASSWORD not in capsys.readouterr().out


def test_password_that_is_too_short_is_refused(db, monkeypatch, capsys):
    a_user("Kari")
    monkeypatch.setattr("sys.stdin", type("Typed", (), {"readline": staticmethod(lambda: "kort\n")}))
    assert command.run(options(username="kari", password_stdin=True)) == 1
    assert not User.objects.get().has_usable_password()


def test_unknown_account_without_a_name_is_refused(db, capsys):
    assert command.run(options(username="kari")) == 1
    assert "--name" in capsys.readouterr().err


def test_role_at_a_unit_that_does_not_exist_is_refused(db):
    with pytest.raises(SystemExit, match="9999"):
        command.run(options(username="kari", name="Kari", role="owner", unit="9999"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"role": "king"}, "king"),
        ({"role": "teacher"}, "teacher"),
        ({"email": "bo@example.org"}, "another account"),
        ({"email": "BO@example.org"}, "another account"),
    ],
)
def test_an_account_that_cannot_be_as_asked_is_not_made_at_all_and_it_says_why(db, capsys, given, said):
    a_user("Bo")
    asked = {"role": "secretariat", "email": "kari@example.org", **given}
    assert command.run(options(username="kari", name="Kari", new_county="Hedmark", **asked)) == 1
    assert said in capsys.readouterr().err
    assert (User.objects.filter(username="kari").exists(), Unit.plumbing.exists()) == (False, False)


def test_help_names_every_command_without_touching_a_folder(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "kfl.cli.main", "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    for name in ("run", "serve", "worker", "migrate", "check", "user", "demo", "wave", "release"):
        assert f"    {name} " in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_role_that_does_not_fit_is_said_and_leaves_no_account(db, capsys):
    asked = options(username="hans", name="Hans", email="hans@example.org", role="boss", new_county="Hedmark")
    assert command.run(asked) == 1
    assert "secretariat" in capsys.readouterr().err
    assert (User.objects.count(), Unit.plumbing.count()) == (0, 0)


def test_an_address_that_is_somebodys_is_said(db, capsys):
    a_user("Kari")
    User.objects.update(email="kari@example.org")
    assert command.run(options(username="hans", name="Hans", email="kari@example.org")) == 1
    assert capsys.readouterr().err == "kfl user: kari@example.org is the address of another account\n"
    assert User.objects.count() == 1


def test_a_unit_that_is_not_there_leaves_no_account(db):
    with pytest.raises(SystemExit, match="no unit has the code 99"):
        command.run(options(username="hans", name="Hans", email="hans@example.org", role="principal", unit="99"))
    assert User.objects.count() == 0


def test_a_new_county_has_its_number_by_which_the_first_list_knows_it(db, capsys):
    asked = {"username": "kari", "name": "Kari", "role": "secretariat", "new_county": "Hedmark"}
    with pytest.raises(SystemExit, match="siffer"):
        command.run(options(**asked, county_number="340"))
    assert not Unit.plumbing.exists()
    assert command.run(options(**asked, county_number="34")) == 0
    assert "no number" not in capsys.readouterr().err
    first = "nivå;navn;kode;kodetype;under\nkommune;Løten;3412;kommunenummer;34\n"
    import_roster(first.encode(), ListKind.UNITS, by=User.objects.get(), on=date(2026, 8, 1))
    assert Unit.plumbing.get(name="Løten").parent.name == "Hedmark"


def test_a_county_without_a_number_gets_it_from_the_first_list_which_says_how(db, capsys):
    """Both who runs the command and who puts the list in are told the row to write."""
    assert command.run(options(username="kari", name="Kari", role="secretariat", new_county="Hedmark")) == 0
    assert "fylke;Hedmark;NUMBER;fylkesnummer;" in capsys.readouterr().err
    kari, on = User.objects.get(), date(2026, 8, 1)
    head, row = "nivå;navn;kode;kodetype;under\n", "kommune;Løten;3412;kommunenummer;34\n"
    with pytest.raises(WrongFile) as refused:
        plan_of((head + row).encode(), ListKind.UNITS, by=kari, on=on)
    told = refused.value.problems[0].reason
    assert "fylke;Hedmark;34;fylkesnummer" in told
    import_roster((head + "fylke;Hedmark;34;fylkesnummer;\n" + row).encode(), ListKind.UNITS, by=kari, on=on)
    assert Unit.plumbing.get(name="Løten").parent.name == "Hedmark"
    with pytest.raises(WrongFile, match="heter Hedmark"):
        plan_of((head + "fylke;Hedemark;35;fylkesnummer;\n").encode(), ListKind.UNITS, by=kari, on=on)


def test_the_number_is_asked_for_where_somebody_can_answer(db, monkeypatch):
    typed = type("Typed", (), {"isatty": staticmethod(lambda: True), "readline": staticmethod(lambda: "34\n")})
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("builtins.input", lambda _question: " 34 ")
    assert command.run(options(username="kari", name="Kari", role="secretariat", new_county="Hedmark")) == 0
    assert UnitCode.plumbing.get().code == "34"
