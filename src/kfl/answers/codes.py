"""A respondent's code: ten Crockford base32 characters and one check character, shown 5-6.

Who gets a link or a QR instead of typing (parents, staff) has a longer one: 26 characters for 128 random bits.

The check character follows H. M. Damm, "Total anti-symmetrische Quasigruppen" (2004), of order 32: characters are
elements of GF(2^5), and a new one joins what came before as a*x + y. Since a is neither 0 nor 1, every single wrong
character and every swap of neighbours is caught; since the powers of a repeat only after 31, every other swap is too.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 11
LINK_LENGTH = 26

_BITS = 50
_LINK_BITS = 128
_LONGEST_TYPED = 64
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})
SEPARATORS = frozenset(" \t\r\n\u00a0-\u2010\u2011\u2012\u2013\u2014\u2212_.")


# What one reads or types for another: characters that look alike on paper, and sound alike when read aloud.
_EASILY_TAKEN = ("0DQ", "1J7T", "2Z", "38", "5S", "6G", "8B", "VYW", "MN", "BDPE", "CG", "UV", "4A", "9GP", "KX")
_TIMES_A = tuple((value << 1) ^ (0b100101 if value & 16 else 0) for value in range(32))  # x^5 + x^2 + 1, a = x


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
    code = "".join(c for c in text if c not in SEPARATORS).upper().translate(LOOKALIKES)
    if len(code) not in (LENGTH, LINK_LENGTH) or any(c not in ALPHABET for c in code):
        raise BadCode("a code has eleven letters and digits, one in a link 26")
    if len(code) == LINK_LENGTH:
        if ALPHABET.index(code[0]) >= 8:  # 26 characters hold 130 bits
            raise BadCode("more than 128 bits")
    elif not _fits(code):
        raise BadCode("the check character does not fit")
    return code


def display(code: str) -> str:
    """Write a code the way it is printed: in groups of five and six, one for a link in fives, the last six."""
    if len(code) == LINK_LENGTH:
        return "-".join((code[:5], code[5:10], code[10:15], code[15:20], code[20:]))
    return f"{code[:5]}-{code[5:]}"


def _characters(value: int, count: int) -> str:
    return "".join(ALPHABET[(value >> 5 * place) & 31] for place in range(count - 1, -1, -1))


def where_mistyped(text: str) -> tuple[int, ...]:
    """Where a text that is no code may be wrong, as far as that can be known from the text alone.

    Parameters
    ----------
    text : str
        What somebody typed, as for `normalise`.

    Returns
    -------
    tuple of int
        Places, from 0 and in order, among the characters without spaces and dashes: of those that no code has; else,
        in a text of eleven characters, of each one that is easily taken for another, and of each two neighbours, that
        would make it a code. Empty for a code, and where nothing can be known (the wrong length).
    """
    if len(text) > _LONGEST_TYPED:
        return ()
    code = "".join(c for c in text if c not in SEPARATORS).upper().translate(LOOKALIKES)
    foreign = tuple(place for place, character in enumerate(code) if character not in ALPHABET)
    if foreign or len(code) != LENGTH or _fits(code):
        return foreign
    found = set[int]()
    for place, character in enumerate(code):
        alike = {other for group in _EASILY_TAKEN if character in group for other in group if other in ALPHABET}
        if any(_fits(code[:place] + other + code[place + 1 :]) for other in alike):
            found.add(place)
        if _fits(code[:place] + code[place : place + 2][::-1] + code[place + 2 :]):
            found |= {place, place + 1}
    return tuple(sorted(found))


def _fits(code: str) -> bool:
    return code[-1] == _check_character(code[:-1])


def joined(before: int, character: int) -> int:
    """The quasigroup: what has come so far, and one more character (both 0 to 31)."""
    return _TIMES_A[before] ^ character


def _check_character(body: str) -> str:
    """The one that brings all of it to 0."""
    value = 0
    for character in body:
        value = joined(value, ALPHABET.index(character))
    return ALPHABET[_TIMES_A[value]]
