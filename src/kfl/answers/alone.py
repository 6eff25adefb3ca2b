"""Which people of a closed wave handed in no other sheet, readable with a key of its own alone.

Whoever holds a code can hand in a second sheet with it, and so put a mark on one chosen person's row in the closed
file. So that the file, or a backup of it, shows no such mark, each person's bit is turned or not by a key that lies
apart from it (`<wave>.alone.key`), for as long as the closed answers are kept. It hides one bit a person and nothing
else; where nobody typed a code, everybody is alone, and there is no key.
"""

import hmac
import secrets
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .column_blocks import FormColumns
from .keys import KEY_BYTES, KeyMissing, checked_wave_name, destroy_key, read_key, write_key

_Mask = NDArray[np.bool_]


def path(keys_dir: Path, wave: str) -> Path:
    """Where the key of a wave lies."""
    return keys_dir / f"{checked_wave_name(wave)}.alone.key"


def make(keys_dir: Path, wave: str) -> bytes:
    """The wave's key for a close; a close that was cut off may have made it already, or half of it."""
    try:
        return load(keys_dir, wave)
    except KeyMissing:
        destroy(keys_dir, wave)
    write_key(path(keys_dir, wave), secrets.token_bytes(KEY_BYTES))
    return load(keys_dir, wave)


def load(keys_dir: Path, wave: str) -> bytes:
    """The wave's key; `KeyMissing` or `KeyTooOpen` when that cannot be."""
    return read_key(path(keys_dir, wave))


def destroy(keys_dir: Path, wave: str) -> None:
    """Overwrite and remove the key; nothing happens when it is gone already."""
    destroy_key(path(keys_dir, wave))


def turned(key: bytes, form: int, columns: FormColumns) -> FormColumns:
    """The same people with their bits turned, or turned back."""
    head = form.to_bytes(2, "big")
    bits = [hmac.digest(key, head + pid.tobytes(), "sha256")[0] & 1 for pid in columns.pid]
    mask: _Mask = np.array(bits, dtype=bool)
    return FormColumns(columns.pid, columns.group, columns.split, columns.answers, columns.alone ^ mask)


def nobody(columns: FormColumns) -> FormColumns:
    """The same people, none of whom is known to be alone."""
    none: _Mask = np.zeros(len(columns.pid), dtype=bool)
    return FormColumns(columns.pid, columns.group, columns.split, columns.answers, none)
