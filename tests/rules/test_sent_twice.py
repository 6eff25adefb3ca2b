"""Every form of every page, sent twice: one after the other, and at once. The portal answers both, and never fails.

At once: the second is carried out whole after the first has read its rows and before its action begins, which is what
two of a double click do to each other.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, resolve

from kfl.people import audit
from tests.rules.county import PEOPLE, County
from tests.rules.policy import POLICY
from tests.rules.test_stale_forms import POSTS
from tests.rules.test_strangers import asked

pytestmark = pytest.mark.django_db

MOST = 4  # pages of an address to look for forms on
# Forms of the head of every page; tried on the front page.
IN_EVERY_HEAD = {"web:language", "account_logout"}
TYPED = {
    "email": "to.ganger@example.org", "date": "2027-01-15", "datetime-local": "2026-12-24T12:00", "number": "3",
    "time": "12:00", "url": "https://example.org/",
}  # fmt: skip


@dataclass
class PageForm:
    """A form as a browser would send it."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def sendings(self) -> Iterator[dict[str, Any]]:
        """What each of its buttons sends."""
        own = {name: SimpleUploadedFile("liste.csv", b"a;b\n1;2\n") for name in self.files}
        for name, value in dict.fromkeys(self.buttons[:3]) or [("", "")]:
            yield {**self.fields, **own, **({name: value} if name else {})}


class FormsOfPage(HTMLParser):
    """The forms of a page that write, filled in: what is there stays, what is empty is typed, the first is chosen."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[PageForm] = []
        self.form: PageForm | None = None
        self.select: str = ""
        self.text: str = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.form = PageForm(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            if self.form:
                self.found.append(self.form)
        if self.form is None or (tag != "option" and ("name" not in given and tag != "button")):
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "input":
            self._input(given.get("type", "text"), name, value, given)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self.form.buttons.append((name, value))
        elif tag == "textarea":
            self.form.fields[name], self.text = [""], name
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and (value and self.select not in self.form.fields or "selected" in given):
            self.form.fields[self.select] = [value]

    def _input(self, kind: str, name: str, value: str, given: dict[str, str]) -> None:
        if kind == "file":
            self.form.files.append(name)
        elif kind == "radio":
            if name not in self.form.fields or "checked" in given:
                self.form.fields[name] = [value]
        elif kind == "checkbox":
            self.form.fields.setdefault(name, []).append(value or "on")
        elif kind not in {"submit", "button", "image", "reset"}:
            if kind == "datetime-local" and value:
                value = (datetime.fromisoformat(value) + timedelta(days=1)).isoformat()[:16]
            self.form.fields[name] = [value or TYPED.get(kind, "" if kind == "hidden" else "To ganger")]

    def handle_data(self, data: str) -> None:
        if self.form and self.text:
            self.form.fields[self.text] = [data.strip() or "To ganger"]
            self.text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""


def forms_of(county: County, name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Who, the address and what is sent: each kind of form of an address once, from the page of one who meets it."""
    line, known = POLICY[name], set()
    for person in [*PEOPLE, *(["anonymous"] if line.is_public else [])]:
        own = [url for thing, url in asked(county, name) if thing.at in line.scope.get(person, ())]
        for url in [] if line.post_only else own[:MOST]:
            page = county.clients[person].get(url)
            if not page.get("Content-Type", "").startswith("text/html"):
                break
            for form in FormsOfPage(page.content.decode()).found:
                target = form.action or url
                try:
                    view = resolve(target.partition("?")[0]).view_name
                except Resolver404:  # of the service that takes answers
                    continue
                for sent in form.sendings():
                    kind = (view, tuple(key.partition("-")[0].rstrip("0123456789") for key in sent))
                    if kind not in known and view not in UNTRIED and (view not in IN_EVERY_HEAD or name == "web:home"):
                        known.add(kind)
                        yield person, target, sent


def found(county: County, name: str) -> list[tuple[str, str, dict[str, Any]]]:
    """The same, looked for once."""
    key = f"forms of {name}"
    if key not in county.asked:
        county.asked[key] = list(forms_of(county, name))
    return county.asked[key]


@pytest.fixture
def own_data(county, tmp_path, settings):
    """Answers, keys and files of this test alone."""
    shutil.copytree(settings.KFL_DATA, tmp_path / "data")
    settings.KFL_DATA = tmp_path / "data"


def fresh(county: County, person: str) -> Client:
    """A browser that says what went wrong by its status."""
    client = Client(raise_request_exception=False)
    if person != "anonymous":
        client.force_login(county.people[person])
    return client


def again(sent: dict[str, Any]) -> dict[str, Any]:
    for value in sent.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return sent


def post_at_once(client: Client, url: str, sent: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The statuses of both: the second is sent where the first one's first action begins."""
    other: list[int] = []
    with monkeypatch.context() as patched:

        def atomic() -> Any:
            patched.setattr(audit, "transaction", transaction)
            mine = Client(raise_request_exception=False)
            mine.cookies = client.cookies
            other.append(mine.post(url, again(sent)).status_code)
            return transaction.atomic()

        patched.setattr(audit, "transaction", SimpleNamespace(atomic=atomic))
        return [client.post(url, again(sent)).status_code, *other]


@pytest.mark.parametrize("name", POLICY)
def test_no_form_that_is_sent_twice_is_a_fault(county, name, own_data, monkeypatch):
    data = settings.KFL_DATA
    for number, (person, url, sent) in enumerate(found(county, name)):
        for way in ("after", "at once"):
            here = data.with_name(f"{number}-{way}")
            shutil.copytree(data, here)
            monkeypatch.setattr(settings, "KFL_DATA", here)
            save = transaction.savepoint()
            client = fresh(county, person)
            if way == "after":
                met = [client.post(url, again(sent)).status_code for _time in range(2)]
            else:
                met = post_at_once(client, url, sent, monkeypatch)
            transaction.savepoint_rollback(save)
            assert max(met) < 500, (way, person, url, sorted(sent), met)


def test_forms_are_found_and_filled_in():
    page = (
        '<form method="get"><input name="q"></form><form method="post" action="/x/">'
        '<input type="hidden" name="seen" value="1"><input type="email" name="email">'
        '<select name="role"><option value=""><option value="a"><option value="b" selected></select>'
        '<textarea name="why">\n</textarea><button name="how" value="new">Ny</button></form>'
    )
    (form,) = FormsOfPage(page).found
    (sent,) = form.sendings()
    assert sent == {
        "seen": ["1"], "email": ["to.ganger@example.org"], "role": ["b"], "why": ["To ganger"], "how": "new"
    }  # fmt: skip


# Pages that write, and have no form to send as it is.
UNTRIED = {
    "demo:sign-in": "this is no demo",
    "people:address-proof": "nobody has asked for a code",
    "people:roster-preview": "no list waits; tests/people/test_roster_race.py says yes twice",
    "people:roster-undo": "this list is made up; tests/people/test_roster_race.py takes a real one back twice",
    "surveys:consent": "the page that asks sends it, tests/surveys/test_consent_page.py",
    "surveys:wave-annul": "no wave is from a file",
    "surveys:wave-erase": "nobody has asked to be erased",
}


def test_every_other_page_that_writes_is_tried(county):
    tried = {resolve(url.partition("?")[0]).view_name for name in POLICY for _who, url, _sent in found(county, name)}
    left = set(POSTS) - tried
    assert left == set(UNTRIED), " ".join(sorted(left))
