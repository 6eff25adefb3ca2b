"""How far ratings of children have come, sheet by sheet. For forms about somebody else only.

Whether somebody has answered about oneself is not to be had from this store, by nobody (RULES D.3). A rating is
different: whoever asks is the one who wrote it. So the door is here, apart from the others, and it refuses every other
form.
"""

from collections.abc import Sequence
from enum import StrEnum

from . import places, wave_tables
from .changes import NoSuchCode
from .envelopes import Invitation, open_envelope
from .keys import PID_BYTES, CodeKey
from .places import Place
from .sealing import SheetSeal
from .sql import Connection


class RatingProgress(StrEnum):
    """How far one rating has come. Never what was answered."""

    NOT_BEGUN = "not_begun"
    BEGUN = "begun"  # something was saved
    HANDED_IN = "handed_in"


class NotARating(PermissionError):
    """A code among these leads to a form that people answer about themselves."""


def progress_of_ratings(place: Place, key: CodeKey, codes: Sequence[str]) -> list[RatingProgress]:
    """How far the ratings behind these codes have come.

    Parameters
    ----------
    place : Place
        Where the answers of all waves lie.
    key : CodeKey
        K_code of the wave.
    codes : sequence of str
        Normalised codes of rater forms. Nothing is looked up unless each of them is.

    Returns
    -------
    list of Progress
        One for each code, in their order.

    Raises
    ------
    NotARating
        One of the codes is for a form that somebody answers about oneself.
    NoSuchCode
        One of the codes was never given, or was replaced.
    WaveNotOpen
        The wave is closing or closed.
    """
    with places.reading(place.of(key.wave)) as connection:
        if wave_tables.state(connection) is not wave_tables.State.OPEN:
            raise wave_tables.WaveNotOpen(key.wave)
        about_others = {form.number for form in wave_tables.read_bundle(connection).forms if form.is_rating}
        invitations = [_invitation(connection, key, code) for code in codes]
        if any(one.form not in about_others for one in invitations):
            raise NotARating("whether somebody has answered about oneself is known to nobody")
        seal = SheetSeal(key)
        elsewhere = {form: _imported(connection, form) for form in {one.form for one in invitations}}
        return [
            RatingProgress.HANDED_IN
            if one.pid in elsewhere[one.form]
            else _progress(connection, seal, seal.number_of_rating(one.pid, one.form))
            for one in invitations
        ]


def _invitation(connection: Connection, key: CodeKey, code: str) -> Invitation:
    row = connection.execute("SELECT sealed FROM envelopes WHERE lookup = ?", (key.lookup(code),)).fetchone()
    if row is None:
        raise NoSuchCode("no envelope is found by that code")
    return open_envelope(key, code, row[0])


def _imported(connection: Connection, form: int) -> set[bytes]:
    """Whose ratings were collected elsewhere and put in: they are done."""
    rows = connection.execute("SELECT pid FROM blocks WHERE form = ?", (form,))
    return {pids[at : at + PID_BYTES] for (pids,) in rows for at in range(0, len(pids), PID_BYTES)}


def _progress(connection: Connection, seal: SheetSeal, sheet: int) -> RatingProgress:
    ask = "SELECT EXISTS (SELECT 1 FROM log WHERE sheet = ?)"
    if connection.execute(ask, (seal.end_number(sheet),)).fetchone()[0]:
        return RatingProgress.HANDED_IN
    return RatingProgress.BEGUN if connection.execute(ask, (sheet,)).fetchone()[0] else RatingProgress.NOT_BEGUN
