"""Respondents over intake on PostgreSQL, and what their wave's schema holds against the ledger."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg

from kfl.answers.keys import CodeKey
from tests.answers.wave import Wave, open_wave

from . import answering
from .ledger import Ledger, Outcome, hold_against


class Respondents:
    """A load for `postgres_rig`: opens a wave in the server's database, then lets many answer."""

    wave: Wave

    def __init__(self, *, people: int, **plan: Any) -> None:
        self._people, self._plan = people, plan

    def __call__(self, url: str, disk: Path) -> list[str]:
        with mock.patch.dict(os.environ, {"KFL_ANSWERS_DATABASE": url}):
            self.wave = open_wave(disk / "data", people=self._people)
        codes = [one.code for one in self.wave.invited]
        plan = answering.Plan(str(disk / "data"), codes, levers=str(disk.parent / "levers"), **self._plan)
        (disk.parent / "plan.json").write_text(json.dumps(asdict(plan)))
        return [answering.__name__, str(disk.parent / "plan.json")]

    def compare(self, url: str, ledger: Ledger) -> Outcome:
        """What the wave holds at that server."""
        return compare(url, self.wave.bundle.wave, self.wave.key, ledger)


def compare(url: str, wave: str, key: CodeKey, ledger: Ledger) -> Outcome:
    """Read the wave twice, by its tables and by their indexes; both must tell the same, and agree with the ledger."""
    outcomes = []
    try:
        for way in ("seqscan", "indexscan"):
            with psycopg.connect(url, options=f'-c search_path="w_{wave}" -c enable_{way}=off') as database:
                outcomes.append(hold_against(database, key, ledger))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return Outcome(lost=set(ledger.acked))
    except psycopg.Error as problem:
        return Outcome(unsound=[str(problem)])
    by_index, by_table = outcomes
    if by_index != by_table:
        by_table.unsound.append("the indexes tell otherwise than the tables")
    return by_table
