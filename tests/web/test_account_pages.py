"""Signing in: by password and by code, in our words; nobody signs up."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.urls import reverse

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
    answer = client.post(reverse("account_confirm_login_code"), {"code": code[0]})
    assert answer["Location"] == reverse("web:home")
    assert client.session["_auth_user_id"] == str(alice.pk)


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
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_index", "mfa_list_webauthn", "account_email"):
        html = client.get(reverse(name), follow=True).content.decode()
        for tag in re.findall(r"<script[^>]*>", html):
            assert "src=" in tag or 'type="application/json"' in tag, f"{name}: {tag}"
        assert not re.search(r"\son[a-z]+=", html), name
