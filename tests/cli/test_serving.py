"""Which hosts are this machine's own, and how an address is announced."""

from __future__ import annotations

import socket

import pytest

from kfl.cli import _serving


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.1", False),
        ("localhost.example.org", False),
    ],
)
def test_loopback_is_this_machine_alone(host, own):
    assert _serving.is_loopback(host) is own


def test_address_is_announced_as_localhost():
    assert _serving.address_of("127.0.0.1", 8000) == "http://localhost:8000"
    assert _serving.address_of("portal.example.org", 80) == "http://portal.example.org:80"


def test_names_of_every_address_hold_no_wildcard():
    names = _serving.names_of("0.0.0.0")
    assert socket.gethostname() in names
    assert not {"*", "0.0.0.0"} & set(names)


def test_names_of_loopback_need_no_addition():
    assert _serving.names_of("127.0.0.1") == []
    assert _serving.names_of("192.0.2.1") == ["192.0.2.1"]


def test_port_that_is_taken_is_told_before_anything_starts():
    with _serving.listen("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(_serving.PortInUse):
            _serving.listen("127.0.0.1", first.getsockname()[1])
