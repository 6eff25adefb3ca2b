"""What a browser without scripts sends: one screen's form fields as answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from kfl.answers.bundle import BundleItem, ItemKind
from kfl.answers.sheet_rules import Screen

MOST_FIELDS = 500
_MOST_DIGITS = 9


class WrongForm(ValueError):
    """No browser with our page would send this."""


class NotANumber(ValueError):
    """A person wrote something else where a number is asked for."""

    def __init__(self, item: BundleItem) -> None:
        super().__init__(item.key)
        self.item = item


@dataclass(frozen=True)
class Sent:
    """A screen's form as it came."""

    lease: int
    rev: int
    go: str  # "next", "back" or "clear:<item>"
    fields: dict[str, list[str]]


def read_fields(body: bytes) -> dict[str, list[str]]:
    """The fields of a form by name, each with all its values."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as problem:
        raise WrongForm("not a form") from problem
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def read_screen_form(body: bytes) -> Sent:
    """A screen's form; `WrongForm` when its numbers are none."""
    fields = read_fields(body)
    lease, rev = (_whole(_first(fields.pop(name, []))) for name in ("lease", "rev"))
    return Sent(lease, rev, _first(fields.pop("go", ["next"])), fields)


def answers_of(screen: Screen, sent: Sent) -> dict[str, object]:
    """The answers to save. A field left blank is left out, so that it keeps what is stored."""
    answers: dict[str, object] = {}
    for item in screen.items:
        values = [value for value in sent.fields.get(f"item.{item.key}", []) if value.strip()]
        if sent.go == f"clear:{item.key}":
            answers[item.key] = None
        elif values:
            answers[item.key] = _answer(item, values)
    return answers


def _answer(item: BundleItem, values: list[str]) -> object:
    if item.kind is ItemKind.TEXT:
        return _first(values).replace("\r\n", "\n")
    if item.kind is ItemKind.MULTIPLE:
        return [_whole(value) for value in values]
    if item.kind is ItemKind.NUMBER:
        try:
            number = _whole(_first(values).strip())
        except WrongForm as problem:
            raise NotANumber(item) from problem
        if item.low is None or item.high is None or not item.low <= number <= item.high:
            raise NotANumber(item)
        return number
    return _whole(_first(values))


def _first(values: Iterable[str]) -> str:
    return next(iter(values), "")


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise WrongForm("not a whole number")
    return int(text)
