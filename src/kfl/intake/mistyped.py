"""What can be seen to be wrong in a code or a word from its characters alone. It tells nothing about any wave."""

from dataclasses import dataclass
from enum import StrEnum

from kfl.answers.codes import LENGTH, BadCode, normalise, where_mistyped
from kfl.answers.sheet_words import BadWord, normalise_word


class Wrong(StrEnum):
    """Which sentence the page has for it."""

    UNKNOWN = "unknown"  # a code as it should be, that no open wave has
    LENGTH = "length"  # too few or too many characters
    PLACES = "places"  # known to be wrong, or a guess: the whole code is to be looked over
    SOMEWHERE = "somewhere"  # the check character does not fit, and nothing tells where
    WORD = "word"


@dataclass(frozen=True)
class Mistake:
    """What is wrong, and where: places from 1, as they are counted on the sheet."""

    kind: Wrong
    places: tuple[int, ...] = ()
    length: int = 0


def where_in(code: str, word: str) -> Mistake:
    """The mistake in what somebody typed and got no attempt for."""
    mistake = in_code(code)
    if mistake is None and word and is_no_word(word):
        return Mistake(Wrong.WORD)
    return mistake or Mistake(Wrong.UNKNOWN)


def in_code(text: str) -> Mistake | None:
    """What is wrong in a text that should be a code; None where it can be one."""
    try:
        normalise(text)
    except BadCode:
        places = tuple(place + 1 for place in where_mistyped(text))
        if places:
            return Mistake(Wrong.PLACES, places)
        length = sum(character.isalnum() for character in text)
        return Mistake(Wrong.SOMEWHERE if length == LENGTH else Wrong.LENGTH, length=length)
    return None


def is_no_word(text: str) -> bool:
    """Whether a text cannot be a word."""
    try:
        normalise_word(text)
    except BadWord:
        return True
    return False
