"""Taking one's own answers back, with the code and the two pictures, until the wave closes (RULES D.4).

What is left looks like a sheet that was handed in, and the code is used up. So nobody who holds the code can tell
a respondent who took the answers back from one who handed them in, and no older tab can save anything anew.
"""

from . import tombstones
from .blocks import ADD_TO_COUNTS
from .keys import DoesNotOpen
from .pictures import compare
from .places import Place
from .sheet_rules import is_response
from .sheets import Sheet, UnknownCode
from .store import OpenWave, new_receipt
from .writer import NotStored, Pending, Statement

_NO_SHEET = 0
_NO_MISSES = ("UPDATE pictures SET misses = 0 WHERE sheet = ?", (_NO_SHEET,))


def withdraw(place: Place, wave: OpenWave, code: str, numbers: tuple[int, int]) -> Pending:
    """Erase the answers of the sheet that this code opens, if these are its pictures.

    A tombstone comes first, so that a backup cannot bring the answers back.

    Nobody is told which it was: a wrong code, other pictures and a sheet without any each write something too,
    and whoever calls this answers in the same way after the same time.

    Parameters
    ----------
    place : Path or Database
        Where the answers of all waves lie.
    wave : OpenWave
        An open wave, also one that takes no new respondents.
    code : str
        Eleven characters, normalised; need not be a code of this wave.
    numbers : tuple of int
        Two pictures, from `pictures.pair`.

    Raises
    ------
    NotStored
        The tombstone could not be written: nothing is erased.
    """
    try:
        sheet = wave.sheet_of(code)
    except (UnknownCode, DoesNotOpen):
        return wave.writer.put([_NO_MISSES])
    right, statements = compare(wave.key, sheet, numbers)
    if right:
        try:
            tombstones.add(place, wave.bundle.wave, [tombstones.sheet_name(sheet.number)])
        except OSError as problem:
            raise NotStored("the tombstone") from problem
        return erase(wave, sheet)
    return wave.writer.put(statements, sheet=sheet) if statements else wave.writer.put([_NO_MISSES])


def erase(wave: OpenWave, sheet: Sheet) -> Pending:
    """Take every answer of a sheet out of the file, the write-ahead log and the counts, and use up its code."""
    who = sheet.invitation
    sheet.receipt = sheet.receipt or new_receipt()
    statements: list[Statement] = [
        ("DELETE FROM log WHERE sheet = ?", (sheet.number,)),
        ("DELETE FROM pictures WHERE sheet = ?", (sheet.number,)),
        ("UPDATE sheets SET receipt = ? WHERE sheet = ?", (sheet.receipt, sheet.number)),
    ]
    if is_response(wave.bundle.form(who.form), sheet.answers):
        statements.append((ADD_TO_COUNTS, (who.group, who.form, -1)))
    sheet.pictures, sheet.misses = None, 0
    sheet.answers.clear()
    sheet.own.clear()
    sheet.saved.clear()
    sheet.handing_in = wave.writer.put(statements, erases=True, sheet=sheet)
    return sheet.handing_in
