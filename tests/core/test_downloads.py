"""Answers that are a file, and their names."""

from __future__ import annotations

import pytest

from kfl.core import downloads


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("koder.pdf", 'attachment; filename="koder.pdf"'),
        ("Blåbærskogen «nord».pdf", "attachment; filename*=utf-8''Bl%C3%A5b%C3%A6rskogen%20%C2%ABnord%C2%BB.pdf"),
        ('a"; x="b.pdf', 'attachment; filename="a\\"; x=\\"b.pdf"'),
        ("a\r\nX-Own: b.pdf", "attachment; filename*=utf-8''a%0D%0AX-Own%3A%20b.pdf"),
    ],
)
def test_a_file_is_saved_under_its_name_whatever_letters_it_has(name, header):
    reply = downloads.attachment(b"x", name=name, media_type="application/pdf")
    assert (reply["Content-Disposition"], reply["Content-Type"], reply.content) == (header, "application/pdf", b"x")


def test_a_file_may_be_shown():
    reply = downloads.shown(b"x", name="koder.pdf", media_type="application/pdf")
    assert reply["Content-Disposition"] == 'inline; filename="koder.pdf"'
