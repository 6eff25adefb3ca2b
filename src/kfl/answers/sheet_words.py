"""The word of a sheet: eight Crockford characters that the server makes, shown 4-4.

Together with the code it leads on another device to a copy of a sheet that was begun, or takes a sheet back (RULES
D.10). It is made from the sheet's number under K_code, so that nothing of it is kept, and it dies with K_code at
close. Nothing counts wrong words: there are 2^40 of them, and a limit would let others lock somebody out.
"""

from .codes import ALPHABET, LOOKALIKES, SEPARATORS

LENGTH = 8

_LONGEST_TYPED = 40


class BadWord(ValueError):
    """The text is no word: wrong length or wrong characters."""


def from_bytes(random: bytes) -> str:
    """The word that the first forty of these bits make."""
    value = int.from_bytes(random[:5], "big")
    return "".join(ALPHABET[(value >> 5 * place) & 31] for place in range(LENGTH - 1, -1, -1))


def normalise_word(text: str) -> str:
    """Bring what somebody typed to eight characters of `ALPHABET`; `BadWord` (never with the text) for what is none."""
    if len(text) > _LONGEST_TYPED:
        raise BadWord("too long")
    word = "".join(c for c in text if c not in SEPARATORS).upper().translate(LOOKALIKES)
    if len(word) != LENGTH or any(c not in ALPHABET for c in word):
        raise BadWord("a word has eight letters and digits")
    return word


def display(word: str) -> str:
    """Write a word the way it is shown: in two groups of four."""
    return f"{word[:4]}-{word[4:]}"
