"""Why a number is not shown. Plain values: whoever only reads what was released loads no numpy for them."""

from __future__ import annotations

from enum import StrEnum


class Hidden(StrEnum):
    """Why a number is not shown: what a reader may be told, never which rule it was.

    That a group was too small, that one beside it was, and that everybody gave the same answer share one
    word on purpose: a reader who could tell them apart would learn what is hidden.
    """

    PROTECTED = "protected"
    NO_ANSWERS = "no_answers"  # nobody in the group answered anything in this form, which its count shows
    SENSITIVE = "sensitive_awaits_gate"
    SPLIT = "split_protected"  # the whole group is shown, girls and boys apart are not
    UNKNOWN = "unknown"
