"""Signing in: by password and by code, in our words; nobody signs up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from kfl.core.models import OutgoingMail

PASSWORD = "et langt passord"


@pytest.fixture
def alice(world, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one is slow on purpose
    world.alice.set_password(PASSWORD)
    world.alice.save()
    return world.alice


@pytest.mark.parametrize("name", ["alice", "alice@example.org"])
def test_sign_in_takes_username_or_address(client, alice, name):
    answer = client.post(reverse("account_login"), {"login": name, "password": PASSWORD})
    assert answer["Location"] == reverse("web:home")


def test_sign_in_with_a_wrong_password_does_not_tell_whether_the_name_exists(client, alice):
    said = [
        re.findall(r"<li>([^<]*)</li>", client.post(reverse("account_login"), sent).content.decode())
        for sent in ({"login": "alice", "password": "feil"}, {"login": "finnesikke", "password": "feil"})
    ]
    assert said[0] == said[1] == ["Brukernavnet eller passordet er feil."]


def test_sign_in_by_code_sends_one_and_takes_it(client, alice):
    client.post(reverse("account_request_login_code"), {"email": alice.email})
    (sent,) = mail.outbox
    code = re.search(r"^[A-Z0-9-]{6,}$", sent.body, re.MULTILINE)
    assert code is not None
    assert sent.subject == "Kultur for læring: Kode for å logge inn"
    assert "Koden virker i 15 minutter." in sent.body
    assert "Hilsen Kultur for læring\nhttp://testserver/" in sent.body
    answer = client.post(reverse("account_confirm_login_code"), {"code": code[0]})
    assert answer["Location"] == reverse("web:home")
    assert client.session["_auth_user_id"] == str(alice.pk)


def test_mail_about_the_account_names_the_portal(client, alice):
    client.post(reverse("account_reset_password"), {"email": alice.email})
    (sent,) = mail.outbox
    assert sent.subject.startswith("Kultur for læring: ")
    assert "Hilsen Kultur for læring\nhttp://testserver/" in sent.body
    assert "testserver!" not in sent.body


def test_sign_up_is_closed(client, db):
    page = client.get(reverse("account_signup"))
    assert "Man kan ikke registrere seg selv" in page.content.decode()


def test_password_link_is_the_same_reply_for_unknown_addresses(client, alice):
    known, unknown = (
        client.post(reverse("account_reset_password"), {"email": address})["Location"]
        for address in (alice.email, "ingen@example.org")
    )
    assert known == unknown


def test_sign_out_needs_a_click_and_ends_the_session(client, alice):
    client.force_login(alice)
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("name", "sign_in_again"), [("mfa_activate_totp", True), ("mfa_add_webauthn", True), ("mfa_index", False)]
)
def test_second_factor_pages_ask_for_the_password_again_and_open(client, alice, name, sign_in_again):
    client.force_login(alice)
    page = client.get(reverse(name), follow=True)
    if sign_in_again:
        assert page.redirect_chain
        again = page.redirect_chain[-1][0]
        page = client.post(again, {"password": PASSWORD}, follow=True)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1


def test_account_pages_hold_no_script_that_the_policy_would_stop(client, alice):
    """Data blocks (application/json) are not run; everything else comes from a file."""
    client.force_login(alice)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_index", "mfa_list_webauthn", "people:address"):
        html = client.get(reverse(name), follow=True).content.decode()
        for tag in re.findall(r"<script[^>]*>", html):
            assert "src=" in tag or 'type="application/json"' in tag, f"{name}: {tag}"
        assert not re.search(r"\son[a-z]+=", html), name


def asked(client, page: str, address: str) -> tuple[int, str, str, list[str]]:
    """What somebody meets who asks for mail: status, where to, the next page's words, and which statements were run."""
    with CaptureQueriesContext(connection) as done:
        answer = client.post(reverse(page), {"email": address})
    statements = [" ".join(one["sql"].split()[:3]) for one in done.captured_queries]
    said = client.get(answer["Location"]).content.decode().replace(address, "ADDRESS")
    said = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", said)
    written = [one for one in statements if one.startswith(("INSERT", "UPDATE", "DELETE"))]
    return answer.status_code, answer["Location"], said, written


@pytest.mark.parametrize("page", ["account_request_login_code", "account_reset_password"])
@pytest.mark.parametrize("backend", ["locmem", "smtp"])
def test_whoever_asks_for_mail_meets_the_same_for_known_and_unknown_addresses(alice, settings, page, backend):
    """With a mail server and without one; and the request itself speaks to none."""
    settings.KFL_JOBS_AT_ONCE = False
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_PORT = 9  # nobody listens there
    met = [asked(Client(), page, address) for address in (alice.email, "ingen@example.org")]
    assert met[0] == met[1]
    assert met[0][0] == 302
    assert "INSERT" in str(met[0][3]), "the mail is written down"
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == ["", alice.email]
    assert not mail.outbox


def test_everybody_is_told_when_mail_does_not_get_away(client, db, settings):
    settings.KFL_JOBS_AT_ONCE = False
    words = "Vi får ikke sendt e-post akkurat nå"
    pages = [reverse(name) for name in ("account_login", "account_request_login_code", "account_reset_password")]
    assert not [page for page in pages if words in client.get(page).content.decode()]
    client.post(reverse("account_reset_password"), {"email": "ingen@example.org"})
    OutgoingMail.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    assert [page for page in pages if words in client.get(page).content.decode()] == pages


def test_what_is_wrong_with_a_password_is_said_in_the_readers_language(db):
    said = {}
    for language in ("nb", "nn", "en"):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            validate_password("kort")
        said[language] = refused.value.messages
    assert said["nb"] == ["Passordet er for kort. Det må ha minst 12 tegn."]
    assert said["nn"] == ["Passordet er for kort. Det må ha minst 12 teikn."]
    assert said["en"][0].startswith("This password is too short")
