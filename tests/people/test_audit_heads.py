"""The head of the audit log stands outside the database, once a day: cutting its end off is noticed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from kfl.people import actions, audit, audit_chain, audit_heads
from kfl.people.kinds import Kind
from kfl.people.models import AuditLine

LINES = AuditLine.plumbing
DAY = timezone.make_aware(datetime(2026, 11, 2, 9))


@pytest.fixture
def anchored(tmp_path, settings, world):
    """A log with one head, and some lines after it."""
    LINES.all().delete()
    settings.KFL_AUDIT_KEY = tmp_path / "audit.key"
    settings.KFL_AUDIT_TO = ""
    for name in ("9A", "9B", "9C"):
        actions.add_unit(new=actions.NewUnit(Kind.GROUP, name, world.ask), by=world.erik)
    head = audit_heads.anchor(DAY)
    actions.add_unit(new=actions.NewUnit(Kind.GROUP, "9D", world.ask), by=world.erik)
    return head


def rewritten() -> None:
    """Every digest anew, by somebody who has read the key too."""
    previous, key = "", audit_chain.read_key()
    for line in LINES.order_by("pk"):
        line.digest = previous = audit_chain.digest_of(previous, line, key)
        line.save()


def test_the_head_is_put_in_the_file_and_in_the_log_once_a_day(anchored, caplog):
    assert audit_heads.kept() == [anchored]
    assert audit_heads.heads_path().stat().st_mode & 0o777 == 0o600
    assert audit_heads.anchor(DAY + timedelta(hours=3)) is None
    with caplog.at_level(logging.WARNING, "kfl.audit"):
        second = audit_heads.anchor(DAY + timedelta(days=1))
    assert second.line > anchored.line
    assert audit_heads.read_heads(caplog.text) == [second]
    assert audit_heads.missing(audit_heads.kept()) is None
    assert audit.verify_chain() is None


def test_the_head_is_mailed_where_somebody_is_named(anchored, settings, mailoutbox):
    assert not mailoutbox
    settings.KFL_AUDIT_TO = "revisor@county.example"
    head = audit_heads.anchor(DAY + timedelta(days=1))
    assert mailoutbox[0].to == ["revisor@county.example"]
    assert audit_heads.read_heads(mailoutbox[0].body) == [head]


def test_lines_cut_off_the_end_are_noticed(anchored):
    LINES.filter(pk__gte=anchored.line).delete()
    assert audit.verify_chain() is None, "the chain alone cannot tell"
    assert audit_heads.missing(audit_heads.kept()) == anchored


def test_lines_cut_off_and_written_anew_are_noticed(anchored, world):
    LINES.filter(pk__gte=anchored.line).delete()
    actions.add_unit(new=actions.NewUnit(Kind.GROUP, "10A", world.ask), by=world.erik)
    assert audit.verify_chain() is None
    assert audit_heads.missing(audit_heads.kept()) == anchored


def test_a_log_rewritten_with_its_own_key_is_noticed(anchored):
    LINES.filter(pk=LINES.earliest("pk").pk).update(what="nothing.happened")
    rewritten()
    assert audit.verify_chain() is None, "whoever has read the key makes a chain that fits"
    assert audit_heads.missing(audit_heads.kept()) == anchored


def test_a_head_that_was_taken_out_of_the_file_is_noticed(anchored):
    assert audit_heads.lost() is None
    audit_heads.heads_path().write_text("")
    assert audit_heads.lost() == "2026-11-02"


def test_a_log_without_lines_has_no_head(tmp_path, settings, db):
    settings.KFL_AUDIT_KEY = tmp_path / "audit.key"
    assert audit_heads.anchor(DAY) is None
    assert not audit_heads.heads_path().exists()
