"""Taking one's own answers back, with the code and the sheet's word, until the wave closes (RULES D.4, D.10).

What is left counts as a sheet that was handed in, empty: where it was the first, it stays the first, and no older tab
can save anything anew. Sheets that were begun as copies of it go with it, so that nobody who saw the word keeps the
answers.
"""

from . import tombstones
from .keys import DoesNotOpen
from .pending import Pending, all_of
from .places import Place
from .sealing import End
from .sheets import Sheet, UnknownCode
from .store import OpenWave
from .writer import NotStored


def withdraw(place: Place, wave: OpenWave, code: str, word: str) -> Pending:
    """Erase the answers of the sheet that has this code and this word, if there is one, also after it was handed in.

    A tombstone comes first, so that a backup cannot bring the answers back.

    Nobody is told which it was: where there is nothing to erase something else is written, and whoever calls this
    answers in the same way after the same time.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie.
    wave : OpenWave
        An open wave, also one that takes no new respondents.
    code : str
        Normalised; need not be a code of this wave.
    word : str
        Normalised; need not be anybody's.

    Raises
    ------
    NotStored
        The tombstone could not be written: nothing is erased.
    """
    try:
        found = wave.sheets_of(wave.invitation(code), word)
    except (UnknownCode, DoesNotOpen):
        found = []
    sheets = [sheet for sheet in found if sheet.end is not End.WITHDRAWN]
    if not sheets:
        return wave.nothing()
    try:
        tombstones.add(place, wave.bundle.wave, [[tombstones.sheet_name(sheet.number) for sheet in sheets]])
    except OSError as problem:
        raise NotStored("the tombstone") from problem
    return all_of([_erase(wave, sheet) for sheet in sheets])


def _erase(wave: OpenWave, sheet: Sheet) -> Pending:
    """Take every answer of a sheet out of the file and the write-ahead log. That it has ended, and its place, stays."""
    for answers in (sheet.own, sheet.copy, sheet.saved):
        answers.clear()
    return wave.put_end(sheet, End.WITHDRAWN, [("DELETE FROM log WHERE sheet = ?", (sheet.number,))], erases=True)
