"""Saves of one screen put on top of each other: the last word on each item."""

from collections.abc import Mapping

import msgspec

from .sheet_rules import Answer

_body = msgspec.json.Decoder(dict[str, Answer])


def merge(answers: dict[str, Answer], body: bytes) -> None:
    """Put one save, as it is stored, on top of the earlier ones."""
    change(answers, _body.decode(body))


def change(answers: dict[str, Answer], save: Mapping[str, Answer]) -> None:
    """Put one save on top of the earlier ones: what it names is changed, None takes back."""
    if None not in save.values():
        answers.update(save)
        return
    for key, answer in save.items():
        if answer is None:
            answers.pop(key, None)
        else:
            answers[key] = answer
