"""A respondent's code: ten Crockford base32 characters and one check character, shown 5-6."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 11

_BITS = 50
_LONGEST_TYPED = 64
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = frozenset(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212_.")


class BadCode(ValueError):
    """The text is no code: wrong length, wrong characters or wrong check character."""


def new_code() -> str:
    """Make a fresh code from the system's random source.

    Returns
    -------
    str
        11 characters: 50 random bits and the check character.
    """
    value = secrets.randbits(_BITS)
    body = "".join(ALPHABET[(value >> shift) & 31] for shift in range(_BITS - 5, -1, -5))
    return body + _check_character(body)


def normalise(text: str) -> str:
    """Bring what somebody typed to the stored form of a code.

    Parameters
    ----------
    text : str
        Upper or lower case; O counts as 0, I and L as 1; spaces and dashes are dropped.

    Returns
    -------
    str
        11 characters of `ALPHABET`.

    Raises
    ------
    BadCode
        When it cannot be a code. The message never repeats what was typed.
    """
    if len(text) > _LONGEST_TYPED:
        raise BadCode("too long")
    code = "".join(c for c in text if c not in _SEPARATORS).upper().translate(_LOOKALIKES)
    if len(code) != LENGTH or any(c not in ALPHABET for c in code):
        raise BadCode("a code has eleven letters and digits")
    if code[-1] != _check_character(code[:-1]):
        raise BadCode("the check character does not fit")
    return code


def display(code: str) -> str:
    """Write a code the way it is printed, in groups of five and six."""
    return f"{code[:5]}-{code[5:]}"


def _check_character(body: str) -> str:
    """The value modulo 32, which in base 32 is its last character over again."""
    value = 0
    for character in body:
        value = value * 32 + ALPHABET.index(character)
    return ALPHABET[value % 32]
