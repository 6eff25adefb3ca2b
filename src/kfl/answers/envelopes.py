"""Sealed envelopes: whom a code belongs to, readable only by one who has both the code and K_code."""

import struct
from dataclasses import dataclass

from .keys import PID_BYTES, CodeKey, seal, unseal

_CONTENT = struct.Struct(f">{PID_BYTES}sIHB")


@dataclass(frozen=True)
class Invitation:
    """One respondent's place in a wave: the code and what its envelope holds."""

    code: str
    pid: bytes  # 16 bytes
    group: int  # number of the lowest node the respondent hangs under
    form: int
    split: int  # 0 blank, 1 girl, 2 boy


@dataclass(frozen=True)
class Envelope:
    """A sealed invitation as it is stored: a name that only K_code can make, and sealed bytes."""

    lookup: bytes
    sealed: bytes


def seal_invitation(key: CodeKey, invitation: Invitation) -> Envelope:
    """Put an invitation in its envelope.

    Raises
    ------
    ValueError
        When pid is not 16 bytes, or group, form or split is out of range.
    """
    sealed = seal(key.envelope_key(invitation.code), packed(invitation), _context(key))
    return Envelope(key.lookup(invitation.code), sealed)


def open_envelope(key: CodeKey, code: str, sealed: bytes) -> Invitation:
    """Take an invitation out of its envelope; `DoesNotOpen` when code or key is another."""
    return unpacked(code, unseal(key.envelope_key(code), sealed, _context(key)))


def packed(invitation: Invitation) -> bytes:
    """What an invitation says beside its code, as bytes; `ValueError` as in `seal_invitation`."""
    if len(invitation.pid) != PID_BYTES or invitation.split not in (0, 1, 2):
        raise ValueError("a pid has 16 bytes, and a split is 0, 1 or 2")
    try:
        return _CONTENT.pack(invitation.pid, invitation.group, invitation.form, invitation.split)
    except struct.error as problem:
        raise ValueError("group or form is out of range") from problem


def unpacked(code: str, content: bytes) -> Invitation:
    """The invitation that `packed` made bytes of."""
    pid, group, form, split = _CONTENT.unpack(content)
    return Invitation(code, pid, group, form, split)


def _context(key: CodeKey) -> bytes:
    return b"envelope " + key.wave.encode("ascii")
