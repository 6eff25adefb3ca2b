"""What the sign-in library's pages under /konto/ let somebody change, and which of them are shut.

Each is listed once, with a reason. A page that is not listed is shut: a new version of the library opens no door by
itself. What changes how somebody gets in asks first that it is they who sit there (`fresh`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth import urls
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver

from kfl.people.freshness import needs_fresh
from kfl.people.scopes import open_to_all


@dataclass(frozen=True)
class Door:
    """One page: why it is open, what somebody can change there, and whether they must show anew who they are."""

    why: str
    changes: str = ""
    fresh: bool = False


OPEN = {
    "account_login": Door("signing in by password"),
    "account_request_login_code": Door("signing in by a code to the account's address"),
    "account_confirm_login_code": Door("the code itself"),
    "account_logout": Door("signing out", changes="the session ends"),
    "account_inactive": Door("says that the account is closed"),
    "account_signup": Door("says that nobody signs up; the adapter refuses to"),
    "account_reauthenticate": Door("showing by password who one is"),
    "account_reset_password": Door("asking for a link to the account's address"),
    "account_reset_password_done": Door("says that a link was sent"),
    "account_reset_password_from_key": Door("the link", changes="the password, by whoever reads the account's mail"),
    "account_reset_password_from_key_done": Door("says that the password is changed"),
    "account_change_password": Door("needs the old password", changes="the password"),
    "account_set_password": Door("the first password of an account", changes="the password", fresh=True),
    "mfa_index": Door("shows one's own second factors"),
    "mfa_authenticate": Door("the second step of signing in"),
    "mfa_reauthenticate": Door("showing by a second factor who one is"),
    "mfa_activate_totp": Door("one's own second factor", changes="an app for codes is added", fresh=True),
    "mfa_deactivate_totp": Door("one's own second factor", changes="an app for codes is taken away", fresh=True),
    "mfa_view_recovery_codes": Door("shows one's own recovery codes", fresh=True),
    "mfa_generate_recovery_codes": Door("one's own recovery codes", changes="they are made anew", fresh=True),
    "mfa_download_recovery_codes": Door("one's own recovery codes as a file", fresh=True),
    "mfa_list_webauthn": Door("shows one's own passkeys"),
    "mfa_add_webauthn": Door("one's own passkeys", changes="one is added", fresh=True),
    "mfa_remove_webauthn": Door("one's own passkeys", changes="one is taken away", fresh=True),
    "mfa_edit_webauthn": Door("one's own passkeys", changes="the name of one", fresh=True),
    "mfa_reauthenticate_webauthn": Door("showing by a passkey who one is"),
    "mfa_login_webauthn": Door("signing in by a passkey"),
}
SHUT = {
    "account_email": "an address is changed with proof (people:address), and an account has one",
    "account_email_verification_sent": "the library verifies no addresses here",
    "account_confirm_email": "the library verifies no addresses here",
}


@open_to_all(why="it is not there, for anybody")
def shut(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """A page that is not there."""
    raise Http404


def account_pages() -> list[URLPattern | URLResolver]:
    """The library's addresses behind the doors above."""
    return list(_behind_doors(urls.urlpatterns))


def _behind_doors(patterns: list[Any]) -> Iterator[URLPattern | URLResolver]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = list(_behind_doors(pattern.url_patterns))
            yield URLResolver(pattern.pattern, inner, pattern.default_kwargs, pattern.app_name, pattern.namespace)
            continue
        door = OPEN.get(str(pattern.name))
        view = shut if door is None else needs_fresh(pattern.callback) if door.fresh else pattern.callback
        yield URLPattern(pattern.pattern, view, pattern.default_args, pattern.name)
