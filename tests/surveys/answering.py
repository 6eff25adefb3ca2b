"""Answering in an open wave as a respondent does, through the answers store; and looking for what is left."""

from __future__ import annotations

from pathlib import Path

from kfl.answers import places as answer_places
from kfl.answers.sealing import SheetSeal
from kfl.answers.sheet_rules import screens
from kfl.answers.sheets import UnknownCode
from kfl.answers.store import OpenWave
from kfl.people.models import Pupil
from kfl.questionnaires.formats import FOR_EACH_CHILD
from kfl.surveys import store
from kfl.surveys.models import Code, Wave


def code_of(row: Code) -> str:
    return store.code_key(row.wave.slug).open_for_reprint(bytes(row.sealed))


def answer(wave: Wave, code: str, *, choice: int = 1) -> bool:
    """Answer every item and hand in; False when the code opens nothing, or a rating that was delivered."""
    with store.answers_place().held(wave.slug):
        opened = OpenWave(store.answers_place().of(wave.slug), store.code_key(wave.slug))
        try:
            attempt = opened.start(code).attempt
            if attempt.is_ended:
                return False
            for screen in screens(attempt.form):
                given = {item.key: min(choice, len(item.options)) for item in screen.items if item.options}
                opened.save(attempt, screen.number, 1, 1, given)
            opened.submit(attempt)
        except UnknownCode:
            return False
        finally:
            opened.close()
    return True


def pids_of(wave: Wave, pupil: Pupil) -> list[bytes]:
    """A child's pseudonyms in a wave, one for each informant who answers or is asked about it."""
    informants = wave.forms.filter(informant__in=FOR_EACH_CHILD).values_list("informant", flat=True)
    return [store.link_key().pid(wave.series, informant, pupil.uuid) for informant in informants]


def needles_of(wave: Wave, *pids: bytes) -> list[bytes]:
    """All that stands in an open wave's file of these persons now, as it stands there; and what they are called."""
    seal, found = SheetSeal(store.code_key(wave.slug)), list(pids)
    with answer_places.reading(store.answers_place().of(wave.slug)) as connection:
        rows = connection.execute("SELECT sheet, sealed, attempt, word FROM attempts").fetchall()
        mine = {row[0]: row[1:] for row in rows if seal.open_who(row[0], row[1]).pid in pids}
        under = {*mine, *map(seal.end_number, mine)}
        log = connection.execute("SELECT sheet, sealed FROM log").fetchall()
    found += [value for row in mine.values() for value in row]
    return found + [sealed for sheet, sealed in log if sheet in under]


def places(folder: Path, *needles: bytes) -> int:
    """How often these stand in any file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".sock"]
    return sum(path.read_bytes().count(needle) for path in files for needle in needles)
