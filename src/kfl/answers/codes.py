"""A respondent's code: ten Crockford base32 characters and one check character, shown 5-6.

Who gets a link or a QR instead of typing (parents, staff) has a longer one: 26 characters for 128 random bits.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 11
LINK_LENGTH = 26

_BITS = 50
_LINK_BITS = 128
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
    body = _characters(secrets.randbits(_BITS), LENGTH - 1)
    return body + _check_character(body)


def new_link_code() -> str:
    """Make a fresh code for a link or QR.

    Returns
    -------
    str
        26 characters: 128 random bits, after two bits that are zero.
    """
    return _characters(secrets.randbits(_LINK_BITS), LINK_LENGTH)


def normalise(text: str) -> str:
    """Bring what somebody typed to the stored form of a code.

    Parameters
    ----------
    text : str
        Upper or lower case; O counts as 0, I and L as 1; spaces and dashes are dropped.

    Returns
    -------
    str
        11 or 26 characters of `ALPHABET`.

    Raises
    ------
    BadCode
        When it cannot be a code. The message never repeats what was typed.
    """
    if len(text) > _LONGEST_TYPED:
        raise BadCode("too long")
    code = "".join(c for c in text if c not in _SEPARATORS).upper().translate(_LOOKALIKES)
    if len(code) not in (LENGTH, LINK_LENGTH) or any(c not in ALPHABET for c in code):
        raise BadCode("a code has eleven letters and digits, one in a link 26")
    if len(code) == LINK_LENGTH:
        if ALPHABET.index(code[0]) >= 8:  # 26 characters hold 130 bits
            raise BadCode("more than 128 bits")
    elif code[-1] != _check_character(code[:-1]):
        raise BadCode("the check character does not fit")
    return code


def display(code: str) -> str:
    """Write a code the way it is printed: in groups of five and six, one for a link in fives, the last six."""
    if len(code) == LINK_LENGTH:
        return "-".join((code[:5], code[5:10], code[10:15], code[15:20], code[20:]))
    return f"{code[:5]}-{code[5:]}"


def _characters(value: int, count: int) -> str:
    return "".join(ALPHABET[(value >> 5 * place) & 31] for place in range(count - 1, -1, -1))


def _check_character(body: str) -> str:
    """The value modulo 32, which in base 32 is its last character over again."""
    value = 0
    for character in body:
        value = value * 32 + ALPHABET.index(character)
    return ALPHABET[value % 32]
