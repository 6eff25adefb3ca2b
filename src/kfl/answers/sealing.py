"""What an open wave's file says of respondents is sealed under K_code: whose a sheet is, and each save on it.

The file keeps the order in which saves came, and so does every copy of it (a backup, a write-ahead log). Sealed, that
order belongs to numbers drawn by lot and leads to nobody's answers, unless K_code is there too; it lies apart from
the file and from ordinary backups, and is destroyed at close (RULES D.2). Who loses K_code before the close loses the
saved answers with it.
"""

import hmac
import secrets
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .envelopes import Invitation, packed, unpacked
from .keys import NONCE_BYTES, CodeKey, DoesNotOpen
from .sql import Connection

NAME_BYTES = 16
# Bodies are filled up with blanks, which JSON does not mind, so that a sealed save's length tells little of it.
_STEP = 256
# The system's random source gives up the interpreter, which a busy event loop must win back: so many nonces at a time.
_NONCES = 1024
_HEAD = struct.Struct(">HIII")  # screen, lease, rev, length of the body


@dataclass(frozen=True, slots=True)
class Save:
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

    def name(self, pid: bytes, form: int) -> bytes:
        """Under what name a person's sheet of a form is found (16 bytes); nobody makes it without K_code."""
        return hmac.digest(self._names, pid + form.to_bytes(2, "big"), "sha256")[:NAME_BYTES]

    def who(self, sheet: int, invitation: Invitation) -> bytes:
        """Whose the sheet is, sealed."""
        return self._seal(b"who", sheet, packed(invitation))

    def open_who(self, sheet: int, sealed: bytes) -> Invitation:
        """Whose the sheet is, without the code; `DoesNotOpen` for another sheet's or wave's."""
        return unpacked("", self._open(b"who", sheet, sealed))

    def save(self, sheet: int, screen: int, lease: int, rev: int, body: bytes) -> bytes:
        """One save, sealed. Its length is a multiple of 256 bytes and 42 more."""
        filled = _HEAD.pack(screen, lease, rev, len(body)) + body
        return self._seal(b"save", sheet, filled.ljust(-(-len(filled) // _STEP) * _STEP))

    def open_save(self, sheet: int, sealed: bytes) -> Save:
        """The save as it was; `DoesNotOpen` for another sheet's or wave's."""
        filled = self._open(b"save", sheet, sealed)
        screen, lease, rev, length = _HEAD.unpack_from(filled)
        return Save(screen, lease, rev, filled[_HEAD.size : _HEAD.size + length])

    def _seal(self, kind: bytes, sheet: int, text: bytes) -> bytes:
        nonce = next(self._nonces, None) or self._more_nonces()
        return nonce + self._rows.encrypt(nonce, text, kind + sheet.to_bytes(8, "big"))

    def _more_nonces(self) -> bytes:
        """Fresh nonces, each for one use; gives the first. (Processes that take answers are started, never forked.)"""
        drawn = secrets.token_bytes(_NONCES * NONCE_BYTES)
        self._nonces = iter([drawn[at : at + NONCE_BYTES] for at in range(0, len(drawn), NONCE_BYTES)])
        return next(self._nonces)

    def _open(self, kind: bytes, sheet: int, sealed: bytes) -> bytes:
        try:
            return self._rows.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], kind + sheet.to_bytes(8, "big"))
        except (InvalidTag, ValueError) as problem:
            raise DoesNotOpen("wrong key, or changed bytes") from problem


def seal_of(connection: Connection, keys_dir: Path, wave: str) -> SheetSeal | None:
    """The seal of an open wave's rows; None where nobody has begun, since there K_code may never have been made.

    Raises
    ------
    KeyMissing, KeyTooOpen
        There are sheets, and nobody can read them.
    """
    begun = connection.execute("SELECT EXISTS (SELECT 1 FROM sheets)").fetchone()[0]
    return SheetSeal(CodeKey.load(keys_dir, wave)) if begun else None
