"""What protects a visitor of the portal protects a child that only ever meets intake: headers and host names."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from kfl.intake import hosts
from kfl.intake.app import create_app

PROTECTING = [
    "strict-transport-security", "x-content-type-options", "x-frame-options", "referrer-policy",
    "cross-origin-opener-policy", "permissions-policy", "content-security-policy",
]  # fmt: skip
STRICTER = {"referrer-policy": "no-referrer"}  # intake names nobody, not even itself


def of_intake(data_dir, address: str, names=("svar.example",)) -> httpx.Response:
    app = create_app(data_dir, names)

    async def ask() -> httpx.Response:
        try:
            transport = httpx.ASGITransport(app, client=("127.0.0.1", 5000))
            async with httpx.AsyncClient(transport=transport) as browser:
                return await browser.get(address)
        finally:
            await app.shutdown()

    return asyncio.run(ask())


def parts(header: str, separator: str) -> set[str]:
    return {part.strip() for part in header.split(separator)}


@pytest.fixture
def https(settings):
    """The portal as KFL_HTTPS=1 makes it."""
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.ALLOWED_HOSTS = ["svar.example"]


@pytest.mark.django_db
def test_intake_sends_every_header_that_protects_as_the_portal_does(https, client, tmp_path):
    theirs = client.get("/", secure=True, headers={"host": "svar.example"}).headers
    for path in ("/svar/", "/svar/helse", "/svar/nowhere", f"/svar/{'0' * 32}/1"):
        ours = of_intake(tmp_path, f"https://svar.example{path}").headers
        for name in PROTECTING:
            assert theirs[name], name
            if name == "permissions-policy":
                assert parts(theirs[name], ",") <= parts(ours[name], ",")
            elif name == "content-security-policy":
                assert "default-src 'none'" in parts(ours[name], ";")
                assert {"base-uri 'none'", "frame-ancestors 'none'"} <= parts(ours[name], ";")
            else:
                assert ours[name] == STRICTER.get(name, theirs[name])


def test_nothing_is_promised_about_https_on_plain_http(tmp_path):
    assert "strict-transport-security" not in of_intake(tmp_path, "http://svar.example/svar/").headers


CALLED = [
    ("svar.example", True), ("SVAR.example", True), ("svar.example:8443", True), ("svar.example.", True),
    ("evil.example", False), ("svar.example.evil.org", False), ("xsvar.example", False), ("svar.example:x", False),
    ("svar.example:", False), ("", False), ("a.under.example", True), ("under.example", True),
    ("xunder.example", False), ("[::1]", True), ("[::1]:8000", True), ("::1", False), ("[::2]", False),
    ("svar.example@evil.org", False), ("svar.example,evil.org", False),
]  # fmt: skip


@pytest.mark.parametrize(("called", "is_ours"), CALLED)
@pytest.mark.django_db
def test_intake_answers_to_the_hosts_that_the_portal_answers_to_and_to_no_other(
    settings, client, tmp_path, called, is_ours
):
    names = ["svar.example", ".under.example", "[::1]"]
    settings.ALLOWED_HOSTS = names
    assert hosts.checker(names)(called.encode()) is is_ours
    assert (client.get("/", headers={"host": called}).status_code != 400) is is_ours or called in ("", "svar.example:")


def test_a_wrong_host_gets_no_page(tmp_path):
    reply = of_intake(tmp_path, "https://evil.example/svar/")
    assert (reply.status_code, reply.json()) == (400, {"error": "unknown host"})


@pytest.mark.parametrize(
    ("said", "names"), [(None, hosts.LOOPBACK), ("a.example, b.example", ("a.example", "b.example"))]
)
def test_hosts_come_from_the_setting_that_the_portal_has(monkeypatch, said, names):
    monkeypatch.delenv(hosts.SETTING, raising=False)
    if said:
        monkeypatch.setenv(hosts.SETTING, said)
    assert tuple(hosts.from_environment()) == names
