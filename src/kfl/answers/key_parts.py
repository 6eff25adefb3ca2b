"""The link key in three parts of which any two give it back, so that it can be away from the server.

Shamir's scheme (1979) with a straight line: the key is where the line meets 0, and each part is one point
of it. One part alone fits every key equally well, so it tells nothing.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from .codes import ALPHABET
from .keys import KEY_BYTES, LinkKey

PARTS = 3
_PRIME = 2**521 - 1  # the field of the line; a Mersenne prime, with room for any key
_CHARACTERS = 105  # 521 bits in base 32
_CHECK = 4
_LABEL = re.compile(r"^\s*(part|key|text)\s*:\s*(.+?)\s*$", re.MULTILINE)
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


class BadPart(ValueError):
    """The text is no part of a link key, or was copied wrongly."""


class PartsDiffer(ValueError):
    """The two parts are the same one, or belong to different keys."""


@dataclass(frozen=True)
class KeyPart:
    """One of the three parts, for one person to keep."""

    number: int  # 1 to 3
    fingerprint: str  # of the whole key
    point: int = field(repr=False)

    def __str__(self) -> str:
        """As it is printed or written to a file."""
        body = "".join(ALPHABET[self.point >> shift & 31] for shift in range(5 * (_CHARACTERS - 1), -1, -5))
        words = body + _check(self.number, self.fingerprint, body)
        groups = " ".join(words[start : start + 5] for start in range(0, len(words), 5))
        return (
            "Kultur for læring: one part of the link key. Any two of the three parts give the key back.\n"
            f"part: {self.number}\nkey: {self.fingerprint}\ntext: {groups}\n"
        )


def split(key: LinkKey) -> tuple[KeyPart, ...]:
    """Split a key into three parts.

    Returns
    -------
    tuple of Part
        Fresh at every call: parts of two calls do not go together.
    """
    start, slope = int.from_bytes(key.secret, "big"), secrets.randbelow(_PRIME)
    return tuple(KeyPart(number, key.fingerprint, (start + slope * number) % _PRIME) for number in range(1, PARTS + 1))


def join(one: KeyPart, two: KeyPart) -> LinkKey:
    """Give back the key from two of its parts.

    Raises
    ------
    PartsDiffer
        The same part twice, or parts of different keys or of different calls of `split`.
    """
    if one.fingerprint != two.fingerprint:
        raise PartsDiffer("the two parts belong to different keys")
    if one.number == two.number:
        raise PartsDiffer("this is the same part twice; another one is needed")
    start = (one.point * two.number - two.point * one.number) * pow(two.number - one.number, -1, _PRIME) % _PRIME
    if start >= 1 << (8 * KEY_BYTES):
        raise PartsDiffer("the two parts were not made together")
    key = LinkKey(start.to_bytes(KEY_BYTES, "big"))
    if key.fingerprint != one.fingerprint:
        raise PartsDiffer("the two parts were not made together")
    return key


def read_part(text: str) -> KeyPart:
    """Read a part as it was printed, typed off or photographed into a file.

    Parameters
    ----------
    text : str
        What `str(part)` gave; spaces, dashes and case of the last line don't matter.

    Raises
    ------
    BadPart
        A line is missing, or a character was copied wrongly. The message never repeats the text.
    """
    lines = {name: value for name, value in _LABEL.findall(text)}
    if set(lines) != {"part", "key", "text"}:
        raise BadPart("a part has three lines: part, key and text")
    if lines["part"] not in {"1", "2", "3"}:
        raise BadPart("the line part: holds 1, 2 or 3")
    words = re.sub(r"[\s-]", "", lines["text"]).upper().translate(_LOOKALIKES)
    number, fingerprint = int(lines["part"]), lines["key"].lower()
    if len(words) != _CHARACTERS + _CHECK or any(letter not in ALPHABET for letter in words):
        raise BadPart(f"the line text: holds {_CHARACTERS + _CHECK} letters and digits, not {len(words)}")
    body, check = words[:_CHARACTERS], words[_CHARACTERS:]
    if check != _check(number, fingerprint, body):
        raise BadPart("a letter or digit of the part was copied wrongly")
    point = 0
    for letter in body:
        point = point * 32 + ALPHABET.index(letter)
    return KeyPart(number, fingerprint, point)


def _check(number: int, fingerprint: str, body: str) -> str:
    digest = hashlib.sha256(f"{number} {fingerprint} {body}".encode()).digest()
    return "".join(ALPHABET[byte & 31] for byte in digest[:_CHECK])
