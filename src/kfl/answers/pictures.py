"""A respondent's own two pictures: chosen at the start, kept as a keyed hash, and what they open.

Two of sixteen, in any order: 120 pairs. They are a mild second factor beside the code (RULES D.4, D.7): who
shows them again goes on at the first screen that was not saved, or takes the answers back. Neither shows what
was answered. After `MOST_MISSES` other pairs on a sheet, that sheet's pictures open nothing more, so that who
holds the code (a teacher does) guesses right in 4 % of cases at most.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass

from .keys import CodeKey
from .sheets import AlreadySubmitted, Attempt, Sheet, Stale
from .store import OpenWave
from .writer import Pending, Statement

PICTURES = 16
MOST_MISSES = 5


class WrongPictures(ValueError):
    """Not two different pictures of the sixteen."""


@dataclass(frozen=True)
class Shown:
    """What came of showing two pictures; to be told only once `pending` is on disk."""

    screen: int  # where answering goes on
    pending: Pending


def pair(numbers: Collection[int]) -> tuple[int, int]:
    """Two pictures by number, in one order whichever way they were picked.

    Raises
    ------
    WrongPictures
        Fewer or more than two, the same twice, or a number outside 0 … 15.
    """
    chosen = sorted(set(numbers))
    if len(numbers) != 2 or len(chosen) != 2 or not all(0 <= number < PICTURES for number in chosen):
        raise WrongPictures("two different pictures are expected")
    return chosen[0], chosen[1]


def show(wave: OpenWave, attempt: Attempt, numbers: Collection[int]) -> Shown:
    """Two pictures at the start of answering.

    On a sheet that has none, they are kept, unless another session has saved on it: somebody else may hold the
    code. On one that has, the same two lead on to the first screen that was not saved, and any other two to the
    first screen, as if nothing had been asked: what was saved stays stored.

    Raises
    ------
    WrongPictures, AlreadySubmitted, Stale
        Nothing is kept.
    """
    chosen = pair(numbers)
    sheet = attempt.sheet
    if sheet.receipt is not None:
        raise wave.refusal(sheet, AlreadySubmitted())
    if not attempt.is_current:
        raise wave.refusal(sheet, Stale(sheet.lease, 0))
    if sheet.pictures is None and (sheet.own or not sheet.saved):
        sheet.pictures = wave.key.picture_hash(sheet.number, chosen)
        keep = ("INSERT INTO pictures (sheet, picked, misses) VALUES (?, ?, 0)", (sheet.number, sheet.pictures))
        return Shown(1, wave.writer.put([keep], sheet=sheet))
    right, statements = compare(wave.key, sheet, chosen)
    pending = wave.writer.put(statements, sheet=sheet) if statements else Pending(settled=True)
    return Shown(attempt.first_unsaved if right else 1, pending)


def compare(key: CodeKey, sheet: Sheet, chosen: tuple[int, int]) -> tuple[bool, list[Statement]]:
    """Whether these are the sheet's pictures, and what must be written about the try."""
    picked = sheet.pictures
    if picked is None or sheet.misses >= MOST_MISSES:
        return False, []
    right = hmac.compare_digest(picked, key.picture_hash(sheet.number, chosen))
    before, sheet.misses = sheet.misses, 0 if right else sheet.misses + 1
    if sheet.misses == before:
        return right, []
    return right, [("UPDATE pictures SET misses = ? WHERE sheet = ?", (sheet.misses, sheet.number))]
