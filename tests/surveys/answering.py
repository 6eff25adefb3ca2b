"""Answering in an open wave as a respondent does, through the answers store; and looking for what is left."""

from __future__ import annotations

from pathlib import Path

from kfl.answers import ownership
from kfl.answers import places as answer_places
from kfl.answers.sealing import SheetSeal
from kfl.answers.sheet_rules import screens
from kfl.answers.sheets import UnknownCode
from kfl.answers.store import OpenWave
from kfl.surveys import store
from kfl.surveys.models import Code, Wave


def code_of(row: Code) -> str:
    return store.code_key(row.wave.slug).open_for_reprint(bytes(row.sealed))


def answer(wave: Wave, code: str, *, choice: int = 1) -> bool:
    """Answer every item and hand in; False when the code opens nothing."""
    with ownership.held(store.answers_place(), wave.slug):
        opened = OpenWave(answer_places.of(store.answers_place(), wave.slug), store.code_key(wave.slug))
        try:
            attempt = opened.start(code).attempt
            for screen in screens(attempt.form):
                given = {item.key: min(choice, len(item.options)) for item in screen.items if item.options}
                opened.save(attempt, screen.number, 1, 1, given)
            opened.submit(attempt)
        except UnknownCode:
            return False
        finally:
            opened.close()
    return True


def names_of(wave: Wave, pid: bytes) -> list[bytes]:
    """Everything under which a person could stand in the file of an open wave, and in a closed one's."""
    seal = SheetSeal(store.code_key(wave.slug))
    return [pid, *(seal.name(pid, number) for number in wave.forms.values_list("number", flat=True))]


def places(folder: Path, *needles: bytes) -> int:
    """How often these stand in any file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sock"]
    return sum(path.read_bytes().count(needle) for path in files for needle in needles)
