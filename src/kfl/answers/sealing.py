"""What an open wave's file says of respondents is sealed under K_code: whose a sheet is, each save on it, its end.

The file keeps the order in which saves came, and so does every copy of it (a backup, a write-ahead log). Sealed, that
order belongs to numbers drawn by lot and leads to nobody's answers, unless K_code is there too; it lies apart from
the file and from ordinary backups, and is destroyed at close (RULES D.2). Who loses K_code before the close loses the
saved answers with it.

An end (handed in, a no, taken back) is a row of the log too, of a save's shape, under a number of its own that only
K_code can make of the sheet's. So a copy does not tell how a sheet ended (that it has, mostly: the row follows its
last save), and names nobody; a sheet's saves can be deleted without its end; and the place in the order in which one
person's sheets were handed in is that of the row in the log, where no two can be the first, however many processes
write (RULES D.10).
"""

import hmac
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import sheet_words
from .codes import ALPHABET
from .envelopes import Invitation, packed, unpacked
from .keys import NONCE_BYTES, CodeKey, DoesNotOpen
from .sql import Connection

NAME_BYTES = 16
NO_SHEET = 0
_RECEIPT_CHARACTERS = 8
# Bodies are filled up with blanks, which JSON does not mind, so that a sealed save's length tells little of it.
_STEP = 256
# The system's random source gives up the interpreter, which a busy event loop must win back: so many nonces at a time.
_NONCES = 1024
_HEAD = struct.Struct(">HIII")  # screen, lease, rev, length of the body
_NUMBER = struct.Struct(">Q")
_NUMBER_BITS = 62  # SQLite and PostgreSQL keep whole numbers in 63
_NO_SCREEN = 0  # an end is sealed as a save of no screen


class End(IntEnum):
    """How a sheet came to its end."""

    HANDED_IN = 1
    NO = 2
    WITHDRAWN = 3


@dataclass(frozen=True, slots=True)
class KeptSave:
    """One save of one screen, as it was kept."""

    screen: int
    lease: int
    rev: int
    body: bytes


class SheetSeal:
    """Seals and opens the rows of one wave."""

    def __init__(self, key: CodeKey) -> None:
        self._rows = AESGCM(key.sheets_key())
        self._names = key.names_key()
        self._nonces: Iterator[bytes] = iter(())

    def person(self, pid: bytes, form: int) -> bytes:
        """The name of a person's sheets of a form together; never in the wave's file."""
        return self._name(b"person", pid + form.to_bytes(2, "big"))

    def number_of_rating(self, pid: bytes, form: int) -> int:
        """The number of the one sheet that ratings of a child are written on."""
        return _number(self._name(b"rating", pid + form.to_bytes(2, "big")))

    def end_number(self, sheet: int) -> int:
        """Under what number a sheet's end stands in the log."""
        return _number(self._name(b"end", _NUMBER.pack(sheet)))

    def tie(self, sheet: int) -> bytes:
        """What settles which of two sheets is taken where nothing else does: the smaller one."""
        return self._name(b"tie", _NUMBER.pack(sheet))

    def word(self, sheet: int) -> str:
        """The sheet's word (`sheet_words`)."""
        return sheet_words.from_bytes(self._name(b"word", _NUMBER.pack(sheet)))

    def receipt(self, sheet: int) -> str:
        """Eight characters that say nothing about who gets them."""
        return "".join(
            ALPHABET[byte & 31] for byte in self._name(b"receipt", _NUMBER.pack(sheet))[:_RECEIPT_CHARACTERS]
        )

    def by_word(self, who: Invitation, word: str) -> bytes:
        """Under what name a person's sheet with this word is found."""
        return self._name(b"by word", self.person(who.pid, who.form) + word.encode("utf-8"))

    def copied(self, who: Invitation, word: str) -> bytes:
        """Under what name the sheets that were begun as copies of that one are found."""
        return self._name(b"copied", self.person(who.pid, who.form) + word.encode("utf-8"))

    def who(self, sheet: int, invitation: Invitation, origin: int = NO_SHEET) -> bytes:
        """Whose the sheet is and the number of the one it began as a copy of, sealed."""
        return self._seal(b"who", sheet, packed(invitation) + _NUMBER.pack(origin))

    def open_who(self, sheet: int, sealed: bytes) -> Invitation:
        """Whose the sheet is, without the code; `DoesNotOpen` for another sheet's or wave's."""
        return self.open_who_and_origin(sheet, sealed)[0]

    def open_who_and_origin(self, sheet: int, sealed: bytes) -> tuple[Invitation, int]:
        """Whose the sheet is, without the code, and the number of the one it began as a copy of."""
        content = self._open(b"who", sheet, sealed)
        return unpacked("", content[: -_NUMBER.size]), _NUMBER.unpack(content[-_NUMBER.size :])[0]

    def end(self, sheet: int, end: End) -> bytes:
        """The sheet's end, sealed; as long as a short save."""
        return self.save(sheet, _NO_SCREEN, end, 0, b"")

    def open_end(self, sheet: int, sealed: bytes) -> End:
        """How a sheet came to its end; `DoesNotOpen` for another sheet's or wave's."""
        return End(self.open_save(sheet, sealed).lease)

    def save(self, sheet: int, screen: int, lease: int, rev: int, body: bytes) -> bytes:
        """One save, sealed. Its length is a multiple of 256 bytes and 28 more."""
        filled = _HEAD.pack(screen, lease, rev, len(body)) + body
        return self._seal(b"save", sheet, filled.ljust(-(-len(filled) // _STEP) * _STEP))

    def open_save(self, sheet: int, sealed: bytes) -> KeptSave:
        """The save as it was; `DoesNotOpen` for another sheet's or wave's."""
        filled = self._open(b"save", sheet, sealed)
        screen, lease, rev, length = _HEAD.unpack_from(filled)
        return KeptSave(screen, lease, rev, filled[_HEAD.size : _HEAD.size + length])

    def _name(self, kind: bytes, of: bytes) -> bytes:
        return hmac.digest(self._names, kind + b"\0" + of, "sha256")[:NAME_BYTES]

    def _seal(self, kind: bytes, sheet: int, text: bytes) -> bytes:
        nonce = next(self._nonces, None) or self._more_nonces()
        return nonce + self._rows.encrypt(nonce, text, kind + sheet.to_bytes(8, "big"))

    def _more_nonces(self) -> bytes:
        """Fresh nonces, each for one use; gives the first. Processes that take answers are started, never forked."""
        drawn = secrets.token_bytes(_NONCES * NONCE_BYTES)
        self._nonces = iter([drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)])
        return next(self._nonces)

    def _open(self, kind: bytes, sheet: int, sealed: bytes) -> bytes:
        try:
            return self._rows.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], kind + sheet.to_bytes(8, "big"))
        except (InvalidTag, ValueError) as problem:
            raise DoesNotOpen("wrong key, or changed bytes") from problem


def new_number() -> int:
    """A sheet's number, drawn by lot, so that numbers do not tell who came first."""
    return secrets.randbits(_NUMBER_BITS) | 1  # never `NO_SHEET`


def _number(name: bytes) -> int:
    return int.from_bytes(name[:8], "big") >> (64 - _NUMBER_BITS) | 1


def seal_of(connection: Connection, keys_dir: Path, wave: str) -> SheetSeal | None:
    """The seal of an open wave's rows; None where nobody has begun, since there K_code may never have been made.

    Raises
    ------
    KeyMissing, KeyTooOpen
        There are sheets, and nobody can read them.
    """
    begun = connection.execute("SELECT EXISTS (SELECT 1 FROM attempts)").fetchone()[0]
    return SheetSeal(CodeKey.load(keys_dir, wave)) if begun else None
