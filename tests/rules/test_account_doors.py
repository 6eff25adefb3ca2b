"""Every page of the sign-in library is open for a reason, or shut; what changes how one gets in asks who sits there."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from allauth import urls as allauth_urls
from allauth.mfa.models import Authenticator
from django.http import Http404
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kfl.web.account_doors import OPEN, SHUT, account_pages
from tests.factories import a_user

ARGUMENTS = {
    "account_confirm_email": {"key": "abc"},
    "account_reset_password_from_key": {"uidb36": "1", "key": "x-y"},
    "mfa_remove_webauthn": {"pk": 1},
    "mfa_edit_webauthn": {"pk": 1},
}
FRESH = sorted(name for name, door in OPEN.items() if door.fresh)


def patterns_in(patterns) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from patterns_in(pattern.url_patterns)
        else:
            yield pattern


def names_in(patterns) -> list[str]:
    return [str(pattern.name) for pattern in patterns_in(patterns)]


def test_every_page_of_the_library_is_listed_once_with_a_reason():
    """A new version that brings a new page turns this red; until then the page is shut."""
    assert set(names_in(allauth_urls.urlpatterns)) == {*OPEN, *SHUT}
    assert not set(OPEN) & set(SHUT)
    assert all(len(why.split()) > 3 for why in SHUT.values())
    assert all(len(door.why.split()) > 1 for door in OPEN.values())


def test_everything_under_konto_is_one_of_these_pages():
    konto = [part for part in get_resolver().url_patterns if str(part.pattern) == "konto/"]
    assert sorted(names_in(konto[0].url_patterns)) == sorted(names_in(allauth_urls.urlpatterns))


def test_a_page_that_is_not_listed_is_shut(client, db, monkeypatch):
    monkeypatch.delitem(OPEN, "account_login")
    (view,) = [one.callback for one in patterns_in(account_pages()) if one.name == "account_login"]
    with pytest.raises(Http404):
        view(None)


@pytest.mark.parametrize("name", sorted(SHUT))
def test_a_shut_page_is_not_there_for_anybody(client, world, name):
    url = reverse(name, kwargs=ARGUMENTS.get(name))
    assert (client.get(url).status_code, client.post(url).status_code) == (404, 404)
    client.force_login(world.erik)
    for sent in ({"email": "x@example.org", "action_add": ""}, {"email": "x@example.org", "action_primary": ""}):
        assert client.post(url, sent).status_code == 404
    assert client.get(url).status_code == 404


def _signed_in(client, user, *, minutes_ago: float) -> None:
    client.force_login(user)
    session = client.session
    session["begun"] = int(time.time() - 60 * minutes_ago)
    session.save()


@pytest.mark.parametrize("name", [*FRESH, "people:address", "people:address-proof"])
@pytest.mark.parametrize("has", ["password", "nothing", "totp"])
def test_an_open_session_that_somebody_finds_changes_nothing_about_signing_in(client, db, settings, name, has):
    """Whoever has no password and no second factor shows who they are by signing in anew."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = a_user("Kari")
    if has == "password":
        user.set_password("et langt passord")
        user.save()
    if has == "totp":
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    _signed_in(client, user, minutes_ago=6)
    url = reverse(name, kwargs=ARGUMENTS.get(name))
    for answer in (client.get(url), client.post(url, {"email": "ny@example.org", "password1": "x"})):
        assert answer.status_code == 302
        expected = {"password": "/konto/reauthenticate/", "totp": "/konto/2fa/reauthenticate/", "nothing": "/"}[has]
        assert answer["Location"].split("?")[0] == expected
    user.refresh_from_db()
    assert (user.email, user.has_usable_password()) == ("kari@example.org", has == "password")


@pytest.mark.parametrize("name", ["account_set_password", "people:address", "mfa_activate_totp"])
def test_whoever_has_just_signed_in_may_change_it(client, db, name):
    _signed_in(client, a_user("Kari"), minutes_ago=1)
    assert client.get(reverse(name)).status_code == 200
