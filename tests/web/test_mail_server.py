"""The mail server's address: what is meant is taken, and what is not said clearly is refused with the reason."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from kfl.cli import _promises
from kfl.web.mail_server import MailServer, mail_server_of, sender_of


@pytest.mark.parametrize(
    ("url", "server", "tls"),
    [
        ("smtp://post.example.no:587", MailServer("post.example.no", 587, "", ""), True),
        ("smtp://kari:p%40ss%2F1@post.example.no:587/", MailServer("post.example.no", 587, "kari", "p@ss/1"), True),
        ("smtp://localhost:25", MailServer("localhost", 25, "", ""), False),
        ("smtp://kari:secret@127.0.0.1:2525", MailServer("127.0.0.1", 2525, "kari", "secret"), False),
        ("smtp://post.example.no:25", MailServer("post.example.no", 25, "", ""), False),
    ],
)
def test_a_server_is_read_as_it_is_written(url, server, tls):
    found = mail_server_of(url)
    assert (found, found.uses_tls) == (server, tls)
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example.no", "write smtp://"),
        ("mail.example.no:587", "write smtp://"),
        ("smtps://kari:secret@post.example.no:465", "not supported"),
        ("smtp://post.example.no", "host:port"),
        ("smtp://:587", "host:port"),
        ("smtp://post.example.no:mail", "number"),
        ("smtp://post.example.no:99999", "number"),
        ("smtp://kari:sec/ret@post.example.no:587", "number|no more"),
        ("smtp://kari:sec#ret@post.example.no:587", "number|no more"),
        ("smtp://kari:secret@post.example.no:25", "unencrypted"),
        ("smtp://kari:secret@post.example.no:465", "unencrypted"),
    ],
)
def test_a_slip_stops_the_start_and_the_message_does_not_hold_the_password(url, words):
    with pytest.raises(ImproperlyConfigured, match=words) as told:
        mail_server_of(url)
    assert "secret" not in str(told.value)


def test_the_sender_is_an_address():
    assert sender_of("portal@county.example") == "portal@county.example"
    assert sender_of("Kultur for læring <portal@county.example>") == "Kultur for læring <portal@county.example>"
    for text in ("portal", "a@b, c@d", "portal@", "Portal <portal>", ""):
        with pytest.raises(ImproperlyConfigured, match="KFL_FROM"):
            sender_of(text)


@pytest.mark.parametrize(
    ("backend", "host", "tls", "holds", "words"),
    [
        ("smtp", "post.example.no", True, True, "post.example.no:587, TLS"),
        ("smtp", "post.example.no", False, False, "unencrypted"),
        ("smtp", "localhost", False, True, "on this machine"),
        ("filebased", "localhost", False, True, "name a server"),
    ],
)
def test_the_check_says_where_mail_goes(settings, backend, host, tls, holds, words):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = host, 587, tls
    found = _promises.mail()
    assert found.holds is holds
    assert words in str(found.value)
