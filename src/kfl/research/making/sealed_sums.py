"""The exact sums beside a report, encrypted: whoever has the database, or its backup, and not the key cannot read them.

The key lies in `keys/reports.key`, made with the first report. Where it is gone, the next wave is not compared with
what it opens; nothing else needs it.
"""

from __future__ import annotations

import secrets
import zlib
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from kfl.core import key_files

from ..payload import Sealed

NONCE_BYTES = 12
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Sealed)


def key_path() -> Path:
    """Where the key lies: with the other keys, outside databases."""
    return Path(settings.KFL_DATA) / "keys" / "reports.key"


def seal(sums: Sealed, release: str) -> bytes:
    """Encrypted, for one release (its digest); empty where there is no key and none can be made."""
    try:
        if not key_path().exists():
            key_files.make_key(key_path())
        key = _key()
    except (OSError, key_files.NoKey):
        return b""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(_ENCODER.encode(sums), 6), release.encode())


def unseal(stored: bytes | memoryview, release: str) -> Sealed | None:
    """What was sealed; None where it was not sealed under this key, or there is no key."""
    sealed = bytes(stored)
    try:
        text = AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], release.encode())
        return _DECODER.decode(zlib.decompress(text))
    except (key_files.NoKey, InvalidTag, ValueError, zlib.error):
        return None


def _key() -> bytes:
    key = key_files.read_key(key_path())
    if key_files.is_open(key_path()):
        raise key_files.NoKey(f"{key_path()}: run chmod 600 on it")
    return key
