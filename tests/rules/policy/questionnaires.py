"""Questionnaires and their editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.rules.county import County
from tests.rules.lines import (
    FORMS,
    Line,
    Thing,
    one,
)


def _forms(*, draft_only: bool = False, part: str = "") -> Callable[[County], list[Thing]]:
    """Questionnaires; with `part` each with its own scale or item, with another's, and with none."""

    def parts(county: County) -> Iterator[tuple[str, str, int | None]]:
        for key in county.forms:
            if part:
                rows = {other: getattr(form, f"{part}s").all()[0].pk for other, form in county.forms.items()}
                yield from ((key, other, pk) for other, pk in rows.items())
            yield (key, "", 99999) if part else (key, key, None)

    def things(county: County) -> list[Thing]:
        found = [Thing({"key": "t9", **({part: 1} if part else {})}, "")]
        for key, other, pk in parts(county):
            kwargs = {"key": county.forms[key].questionnaire.key, **({part: pk} if part else {})}
            found.append(Thing(kwargs, "forms" if key == other and (key == "draft" or not draft_only) else ""))
        return found

    return things


def _sounds(county: County) -> list[Thing]:
    """No question of these has a sound; that whoever may is given it: tests/questionnaires/test_media.py."""
    key = county.forms["draft"].questionnaire.key
    return [Thing({"key": key, "digest": digest}, "") for digest in ("0" * 64, "portal")]


_DRAFT = Line(FORMS, _forms(draft_only=True))


_SCALE = Line(FORMS, _forms(draft_only=True, part="scale"))


_ITEM = Line(FORMS, _forms(draft_only=True, part="item"))

LINES: dict[str, Line] = {
    "list": Line({key: {"there"} for key in FORMS}, one),
    "new": Line({key: {"there"} for key in FORMS}, one),
    "detail": Line(FORMS, _forms()),
    "copy": Line(FORMS, _forms()),
    "next-version": Line(FORMS, _forms(), post_only=True),
    "edit": _DRAFT,
    "preview": Line(FORMS, _forms()),
    "scale-new": _DRAFT,
    "scale-edit": _SCALE,
    "scale-delete": _SCALE,
    "scale-move": Line(FORMS, _forms(draft_only=True, part="scale"), post_only=True),
    "item-new": _DRAFT,
    "scale-item-new": _SCALE,
    "item-edit": _ITEM,
    "item-media": _ITEM,
    "media": Line({key: {"there"} for key in FORMS}, _sounds),
    "item-delete": _ITEM,
    "item-move": Line(FORMS, _forms(draft_only=True, part="item"), post_only=True),
}
