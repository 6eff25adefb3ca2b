"""`kfl worker`: run jobs until told to stop."""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
import time
from typing import Any

logger = logging.getLogger(__name__)


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("worker", help="run jobs (closing waves, computing results, reports)")
    add_data_option(parser, makes_data=True)
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input ends (as a child process)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from kfl.core import jobs, mail

    from . import _database

    if reason := _database.why_not():  # its threads would fail one by one, and go on failing
        print(f"kfl worker: {reason}", file=sys.stderr)
        return 1
    if args.until_eof:
        threading.Thread(target=_stop_at_eof, daemon=True).start()
    threading.Thread(target=_put_lists_away, daemon=True).start()
    threading.Thread(target=_anchor_audit_log, daemon=True).start()
    threading.Thread(target=_count_nightly, daemon=True).start()
    threading.Thread(target=_warm_up, daemon=True).start()
    _erase_again()
    threading.Thread(target=_wake_reminders, daemon=True).start()
    threading.Thread(target=mail.deliver_for_ever, daemon=True).start()
    jobs.work()
    return 0


def _anchor_audit_log() -> None:
    """Put the head of the audit log outside the database, once a day."""
    from django.db import close_old_connections
    from django.utils import timezone

    from kfl.people import audit_heads

    while True:
        try:
            audit_heads.anchor(timezone.now())
        except Exception:  # what could not be done now is done in an hour
            logger.exception("could not put the audit log's head away")
        finally:
            close_old_connections()
        time.sleep(3600)


def _put_lists_away() -> None:
    """Delete lists that nobody said yes to after a day, answers on the day that parents were told, and let codes of
    ratings die that who has left may have noted."""
    from django.db import close_old_connections
    from django.utils import timezone

    from kfl.people.rosters import waiting
    from kfl.surveys import actions

    while True:
        try:
            waiting.sweep(timezone.now())
            for wave in actions.delete_those_due(by=None):
                print(f"{wave.slug}: answers deleted, as parents were told", file=sys.stderr)
            if left := actions.exchange_left_codes(by=None):
                print(f"{left} codes of ratings exchanged, as their rater has left", file=sys.stderr)
        except Exception:  # what could not be done now is done in an hour
            logger.exception("could not put everything away")
        finally:
            close_old_connections()
        time.sleep(3600)


def _count_nightly() -> None:
    """Count adults' sheets of open waves, once a day: the first time after midnight that this runs."""
    from django.db import close_old_connections
    from django.utils import timezone

    from kfl.surveys import nightly

    while True:
        try:
            for wave in nightly.count_all(timezone.now()):
                print(f"{wave.slug}: adults' sheets counted for today", file=sys.stderr)
        except Exception:  # what could not be counted now is counted in an hour
            logger.exception("could not count adults' sheets")
        finally:
            close_old_connections()
        time.sleep(3600)


def _wake_reminders() -> None:
    """Rounds of reminders that waited: for the day to begin, or for the mail server."""
    from django.db import close_old_connections
    from django.utils import timezone

    from kfl.surveys import reminding

    while True:
        time.sleep(60)
        try:
            reminding.wake(timezone.now())
        finally:
            close_old_connections()


def _erase_again() -> None:
    """A file that came back from a backup may hold what had been erased since."""
    from kfl.surveys import store

    for wave in store.erase_again():
        print(f"{wave}: erased again what came back from a backup", file=sys.stderr)


def _warm_up() -> None:
    """Have the sums compiled before a wave closes; jobs that need none do not wait for it."""
    from kfl.stats.warm import warm

    warm()


def _stop_at_eof() -> None:
    """End with the process that started us, however it ended; an unfinished job is put back at the next start."""
    sys.stdin.buffer.read()
    os._exit(0)
