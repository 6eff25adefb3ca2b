"""The pages that belong to no room: public pages, health, jobs, language, errors."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kfl.core import jobs
from kfl.core.models import Job, JobState
from kfl.people.roles import Permission

PUBLIC = [
    "web:home",
    "web:privacy",
    "web:accessibility",
    "people:roles",
    "account_login",
    "account_reset_password",
    "account_request_login_code",
]
OWN = ["web:home", "mfa_index", "mfa_list_webauthn", "account_change_password"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_opens_for_everybody(client, db, name):
    page = client.get(reverse(name))
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count("<h1") == 1
    assert '<html lang="nb"' in html
    assert " style=" not in html


@pytest.mark.parametrize("name", OWN)
def test_own_page_opens_for_who_has_signed_in(client, world, name):
    world.alice.set_password("et langt passord")
    world.alice.save()
    client.force_login(world.alice)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


def test_roles_page_names_every_role_and_no_person(client, world):
    from kfl.people.roles import ROLES

    html = client.get(reverse("people:roles")).content.decode()
    assert all(f'id="{key}"' in html for key in ROLES)
    assert "Alice" not in html


def test_privacy_page_states_the_thresholds_in_force(client, db):
    from kfl.disclosure.thresholds import Thresholds

    html = client.get(reverse("web:privacy")).content.decode()
    assert f"minst {Thresholds().k} har svart" in html
    assert f"minst {Thresholds().k_share} har svart" in html


def test_every_page_carries_the_strict_headers(client, db):
    page = client.get(reverse("web:home"))
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert page["X-Content-Type-Options"] == "nosniff"
    assert page["X-Frame-Options"] == "DENY"


def test_health_is_ok_when_everything_works(client, db):
    answer = client.get(reverse("web:health"))
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "worker": "ok", "mail": "ok"}


def test_health_tells_of_a_worker_that_does_not_come(client, db):
    Job.objects.create(kind="x")
    Job.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    answer = client.get(reverse("web:health"))
    assert (answer.status_code, answer.json()["worker"]) == (200, "late")


def test_health_is_503_without_a_database(client, db, monkeypatch):
    def broken() -> None:
        raise DatabaseError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        answer = client.get(reverse("web:health"))
    assert (answer.status_code, answer.json()["database"]) == (503, "down")


@pytest.fixture
def job(world) -> Job:
    return Job.objects.create(kind="x", by=world.alice, state=JobState.RUNNING, done=3, total=12, message="Regner")


def test_job_page_shows_progress_and_asks_again_by_itself(client, world, job):
    client.force_login(world.alice)
    html = client.get(reverse("web:job", args=[job.pk])).content.decode()
    assert 'max="12" value="3"' in html
    assert "Regner" in html
    assert "hx-trigger" in html


def test_job_page_of_a_finished_job_leads_on_and_asks_no_more(client, world, job):
    Job.objects.update(state=JobState.DONE, finished_at=timezone.now(), then="/videre/")
    client.force_login(world.alice)
    html = client.get(reverse("web:job", args=[job.pk])).content.decode()
    assert 'href="/videre/"' in html
    assert "hx-trigger" not in html


@pytest.mark.parametrize(
    ("permission", "seen_by"),
    [(Permission.WAVE_EDIT, {"alice", "erik", "frida"}), (Permission.ROLE_EDIT, {"alice", "erik"}), (None, {"alice"})],
)
def test_job_page_is_for_its_owner_and_those_with_the_permission_of_its_kind(
    client, world, job, monkeypatch, permission, seen_by
):
    monkeypatch.setattr(jobs, "_handlers", dict(jobs._handlers))
    monkeypatch.setattr(jobs, "_followed_by", dict(jobs._followed_by))
    jobs.job("x", followed_by=permission)(lambda progress: None)
    for reader in ("alice", "erik", "frida", "bob", "nobody"):
        client.force_login(getattr(world, reader))
        status = client.get(reverse("web:job", args=[job.pk])).status_code
        assert status == (200 if reader in seen_by else 404), reader


def test_what_is_not_yours_and_what_is_not_there_look_the_same(client, world, job):
    client.force_login(world.bob)
    hidden = client.get(reverse("web:job", args=[job.pk]))
    missing = client.get(reverse("web:job", args=[job.pk + 99]))
    assert hidden.status_code == missing.status_code == 404
    assert "ikke din å lese" in hidden.content.decode()
    assert text_of(hidden) == text_of(missing)


def text_of(page) -> str:
    """The page without its tags: tokens and the address differ from page to page."""
    return re.sub(r"<[^>]*>", "", page.content.decode())


def test_server_error_page_needs_nothing_that_may_be_broken(client, db, monkeypatch, caplog):
    from kfl.web import views

    def broken(*args: object) -> None:
        raise RuntimeError("all is lost")

    monkeypatch.setattr(views.home_page, "front_page", broken)
    client.raise_request_exception = False
    page = client.get(reverse("web:home"))
    assert page.status_code == 500
    assert "Noe gikk galt hos oss" in page.content.decode()


def test_form_without_its_token_gets_a_friendly_refusal(db):
    page = Client(enforce_csrf_checks=True).post(reverse("web:language"), {"language": "nn"})
    assert page.status_code == 403
    assert "Skjemaet var for gammelt" in page.content.decode()


def test_language_is_kept_in_the_browser_and_on_the_account(client, world, settings):
    client.force_login(world.alice)
    client.post(reverse("web:language"), {"language": "nn", "next": "/"})
    world.alice.refresh_from_db()
    assert world.alice.language == "nn"
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "nn"


def test_language_that_is_not_offered_changes_nothing(client, world):
    client.force_login(world.alice)
    client.post(reverse("web:language"), {"language": "xx", "next": "/"})
    world.alice.refresh_from_db()
    assert world.alice.language == "nb"


def test_language_switch_sends_nobody_elsewhere(client, db):
    answer = client.post(reverse("web:language"), {"language": "nn", "next": "https://example.org/"})
    assert answer["Location"] == "/"
