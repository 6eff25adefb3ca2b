"""Forms that change what is there say what they were made from, so that an old page undoes nobody's work.

Each field carries a mark of its value as it was shown. When the form comes back, three are compared: what was shown,
what came, and what holds now. Only what this person changed is written; what somebody else has changed meanwhile
stands, and is told; what both have changed is asked about. A list of choices is compared choice by choice.

    class WindowForm(stale.CarefulForm): ...
    form = WindowForm(request.POST or None, initial=<what holds now>)   # the page shows {{ form.mark }}
    if form.is_valid(): ...; stale.tell(request, form)

A request without marks comes from no form of ours, and is taken at its word.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

FIELD = "seen"
BASIS = ""  # the mark of what a form rests on without showing it in a field
MARK_LENGTH = 16
LONGEST_SHOWN = 120


class Fate(Enum):
    """What becomes of one value of a form that comes back."""

    KEEP = "keep"  # not changed by this person: what holds now stands
    WRITE = "write"  # changed by this person alone
    ASK = "ask"  # changed by this person, and otherwise by somebody else


def mark(value: object) -> str:
    """A short digest of a value, as a browser sends it: line ends and outer blanks don't count."""
    text = "\n".join(str(value if value is not None else "").split("\r\n")).strip()
    return hashlib.sha256(text.encode()).hexdigest()[:MARK_LENGTH]


def judge(shown: str, sent: object, now: object) -> Fate:
    """Weigh one value: `shown` is the mark of what the page showed."""
    if mark(sent) in {shown, mark(now)}:
        return Fate.KEEP
    return Fate.WRITE if mark(now) == shown else Fate.ASK


def mark_of(parts: Iterable[object]) -> str:
    """One mark of all that a page shows of a row, for a page that has no fields: one that asks before it deletes."""
    return mark(json.dumps([str(part) for part in parts], ensure_ascii=False))


def is_as_shown(request: HttpRequest, parts: Iterable[object]) -> bool:
    """Whether the row is still as the page showed it that asks before a deletion."""
    return request.POST.get(FIELD, mark_of(parts)) == mark_of(parts)


class CarefulForm(forms.Form):
    """A form that changes what is there. `initial` is what holds now; `is_new` where there is nothing yet.

    `basis` is what the form rests on without showing it in a field: a file that is there, a date that it moves.
    """

    def __init__(self, *args: Any, is_new: bool = False, basis: object = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_new, self.basis = is_new, basis
        self.left_to_others: list[str] = []  # labels of fields that somebody else has changed, and that stand
        self._both: dict[str, str] = {}
        self._is_weighed = self._rests_on_other = False

    @property
    def mark(self) -> SafeString:
        """The hidden field that says what the form was made from."""
        if self.is_new:
            return SafeString("")
        seen: dict[str, object] = {name: self._marked(name) for name in self._weighable()}
        seen[BASIS] = mark(self.basis)
        return format_html('<input type="hidden" name="{}" value="{}">', FIELD, json.dumps(seen))

    def full_clean(self) -> None:
        if self.is_bound and not self.is_new and not self._is_weighed:
            self._is_weighed = True
            self._weigh()
        super().full_clean()
        if not self.is_bound:
            return
        for name, now in self._both.items():
            words = _("Noen andre har endret dette siden du åpnet siden, til «{now}». Lagre igjen for å bruke ditt.")
            self.add_error(name, words.format(now=now))
        if self._rests_on_other:
            self.add_error(None, _("Noen andre har endret dette siden du åpnet siden. Se over, og lagre igjen."))

    def _weighable(self) -> list[str]:
        return [name for name, field in self.fields.items() if not isinstance(field, forms.FileField)]

    def _now(self, name: str) -> Any:
        """What the page would show now: a text, a truth or a list of texts."""
        field = self.fields[name]
        value = field.prepare_value(self.get_initial_for_field(field, name))
        if isinstance(field.widget, forms.CheckboxInput):
            return bool(value)
        shown = field.widget.format_value(value)
        if isinstance(field, forms.MultipleChoiceField):
            return [str(one) for one in shown or ()]
        return shown[0] if isinstance(shown, list) and shown else "" if isinstance(shown, list) else shown or ""

    def _marked(self, name: str) -> str | list[str]:
        now = self._now(name)
        return sorted(map(mark, now)) if isinstance(now, list) else mark(now)

    def _weigh(self) -> None:
        try:
            seen = json.loads(self.data.get(FIELD, "null"))
        except (TypeError, ValueError):
            seen = None
        if not isinstance(seen, dict):
            return
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for name in self._weighable():
            shown, now = seen.get(name), self._now(name)
            sent = self.fields[name].widget.value_from_datadict(data, self.files, self.add_prefix(name))
            if isinstance(now, list) and isinstance(shown, list):
                self._put(data, name, self._joined(name, shown, list(sent or ()), now))
            elif isinstance(shown, str):
                self._weigh_one(data, name, shown, sent, now)
        self._rests_on_other = seen.get(BASIS, mark(self.basis)) != mark(self.basis)
        self.data = data

    def _weigh_one(self, data: Any, name: str, shown: str, sent: object, now: object) -> None:
        fate = judge(shown, sent, now)
        if fate is Fate.ASK:
            self._both[name] = self._in_words(name, now)
        elif fate is Fate.KEEP:
            self._put(data, name, now)
            if mark(sent) != mark(now):
                self.left_to_others.append(str(self.fields[name].label))

    def _joined(self, name: str, shown: list[str], sent: list[str], now: list[str]) -> list[str]:
        """What holds now, with what this person added and without what this person took away."""
        added = [one for one in sent if mark(one) not in shown]
        taken = set(shown) - set(map(mark, sent))
        if set(shown) != set(map(mark, now)):
            self.left_to_others.append(str(self.fields[name].label))
        return list(dict.fromkeys([one for one in now if mark(one) not in taken] + added))

    def _put(self, data: Any, name: str, now: object) -> None:
        key = self.add_prefix(name)
        if isinstance(now, list):
            data.setlist(key, now)
        elif isinstance(now, bool):
            data.setlist(key, ["on"] if now else [])
        else:
            data[key] = now

    def _in_words(self, name: str, now: object) -> str:
        """A value as a person reads it."""
        if isinstance(now, bool):
            return _("ja") if now else _("nei")
        choices = dict(getattr(self.fields[name], "choices", ()))
        return Truncator(str(choices.get(now, now))).chars(LONGEST_SHOWN)


def tell(request: HttpRequest, form: CarefulForm) -> None:
    """Say which fields somebody else has changed meanwhile: they stand as that person wrote them."""
    if form.left_to_others:
        words = _("Noen andre har endret dette mens du hadde siden åpen, og det er beholdt: {fields}.")
        messages.info(request, words.format(fields=", ".join(form.left_to_others)))
