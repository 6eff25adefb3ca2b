"""Keys and slugs made from what people write."""

from __future__ import annotations

from collections.abc import Container

from django.utils.text import slugify

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t"})
LONGEST = 50


def key_of(words: str, otherwise: str) -> str:
    """Høsten 2026 → hosten-2026; `otherwise` for words without a letter or digit that fits."""
    return slugify(words.lower().translate(LETTERS))[:LONGEST].strip("-_") or otherwise


def free_key(stem: str, taken: Container[str]) -> str:
    """The stem, or the stem with the first number that makes a key that is not taken."""
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
