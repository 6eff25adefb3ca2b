"""The exact sums beside a release, encrypted: with the database, or its backup, and without the key nobody reads them.

A later wave is compared with them, so that nobody's answers are read again for it; no page, report or file shows them.
The key lies in `keys/sums.key`, made with the first release. While it is away, no release is made: without it a change
would stand that the comparison calls another measure, and for good. Where the key is lost, whoever runs the server says
so with an empty file `keys/sums.lost`: then what cannot be opened is not examined, and the pages say that.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kfl.core import key_files

from ..models import ReleasedForm
from ..payload import SealedScale, unpack

NONCE_BYTES = 12
Sums = dict[str, SealedScale]  # by scale digest: one informant group's in one wave

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Sums)


class SumsShut(RuntimeError):
    """The key to the sums is missing, open to others or another one; what must be done stands in the job's sentence."""


def key_path() -> Path:
    """Where the key lies: with the other keys, outside databases."""
    return Path(settings.KFL_DATA) / "keys" / "sums.key"


def lost_path() -> Path:
    """A file that says that the key is lost, and that the sums under it are given up."""
    return key_path().with_suffix(".lost")


def seal(sums: Sums, text: bytes) -> bytes:
    """Encrypted, for one released form (its text).

    Raises
    ------
    SumsShut
        There is no key, or not for its owner alone. A new one is made only while nothing is sealed, or the old is lost.
    """
    try:
        if not key_path().exists():
            if _any_sealed() and not lost_path().exists():
                raise SumsShut(f"{key_path()} is missing")
            key_files.make_key(key_path())
        key = _key()
    except (OSError, key_files.NoKey) as problem:
        raise SumsShut(str(problem)) from problem
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(_ENCODER.encode(sums), 6), _about(text))


def sums_of(form: ReleasedForm) -> Sums | None:
    """What was sealed with a released form; None where it cannot be opened."""
    return unseal(form.sums, unpack(form.payload))


def sums_or_refuse(form: ReleasedForm) -> Sums | None:
    """The same for a release that is made now; None where the key is said to be lost.

    Raises
    ------
    SumsShut
        They cannot be opened, and nobody has said that the key is lost.
    """
    found = sums_of(form)
    if found is None and not lost_path().exists():
        raise SumsShut(f"{key_path()} does not open the sums of {form.release.wave.slug}")
    return found


def _any_sealed() -> bool:
    rows = ReleasedForm.objects.everywhere(why="system: whether sums are sealed under a key that is away")
    return bool(rows.exclude(sums=b"").exists())


def unseal(stored: bytes | memoryview, text: bytes) -> Sums | None:
    """What was sealed; None where it was not sealed under this key and for this form, or there is no key."""
    sealed = bytes(stored)
    try:
        opened = AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _about(text))
        return _DECODER.decode(zlib.decompress(opened))
    except (key_files.NoKey, InvalidTag, ValueError, zlib.error):
        return None


def _about(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


def _key() -> bytes:
    key = key_files.read_key(key_path())
    if key_files.is_open(key_path()):
        raise key_files.NoKey(f"{key_path()}: run chmod 600 on it")
    return key
