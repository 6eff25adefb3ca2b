"""From the log of saves to sheets: what each respondent's last word on each item is."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import msgspec
import numpy as np
from numpy.typing import NDArray

from .blocks import Columns, joined, read_blocks
from .bundle import Bundle, Form
from .envelopes import Invitation
from .keys import PID_BYTES
from .sealing import SheetSeal
from .sheet_rules import NOT_ANSWERED, Answer, is_response, row, row_type
from .sql import Connection

_body = msgspec.json.Decoder(dict[str, Answer])


@dataclass(frozen=True)
class FreeText:
    """One free text of an adult, apart from the rest of the sheet."""

    form: int
    item: str
    body: str


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


def answered_sheets(
    connection: Connection, bundle: Bundle, seal: SheetSeal | None
) -> tuple[dict[int, Columns], list[FreeText]]:
    """Everybody who answered, form by form, and the free texts; the order is still the file's.

    Imported people and those who typed stand together. Empty sheets are left out. When a person
    was both imported and typed, what was typed counts. `DoesNotOpen` when the seal is another's.
    """
    typed: dict[int, list[tuple[bytes, int, int, bytes]]] = {form.number: [] for form in bundle.forms}
    texts: list[FreeText] = []
    forms = {form.number: form for form in bundle.forms}
    for who, answers in _sheets(connection, seal):
        form = forms[who.form]
        texts += [
            FreeText(who.form, item.key, str(answers[item.key]))
            for item in form.items
            if not item.width and answers.get(item.key) is not None
        ]
        if is_response(form, answers):
            codes = row(form, answers).astype(row_type(form))
            typed[who.form].append((who.pid, who.group, who.split, codes.tobytes()))
    return {number: _together(connection, forms[number], rows) for number, rows in typed.items()}, texts


def _sheets(connection: Connection, seal: SheetSeal | None) -> Iterator[tuple[Invitation, dict[str, Answer]]]:
    if seal is None:
        return
    rows = connection.execute(
        "SELECT log.sheet, sheets.sealed, log.sealed FROM log JOIN sheets USING (sheet) ORDER BY log.sheet, log.seq"
    )
    for number, saves in groupby(rows, key=itemgetter(0)):
        answers, who = dict[str, Answer](), b""
        for _number, owner, sealed in saves:
            merge(answers, seal.open_save(number, sealed).body)
            who = owner
        yield seal.open_who(number, who), answers


def _together(connection: Connection, form: Form, typed: list[tuple[bytes, int, int, bytes]]) -> Columns:
    people = len(typed)
    codes = np.frombuffer(b"".join(one[3] for one in typed), dtype=row_type(form))
    from_people = Columns(
        np.frombuffer(b"".join(one[0] for one in typed), dtype=np.uint8).reshape(people, PID_BYTES),
        np.array([one[1] for one in typed], dtype=np.int32),
        np.array([one[2] for one in typed], dtype=np.int8),
        codes.reshape(people, form.width).T,
    )
    imported = read_blocks(connection, form)
    names = {one[0] for one in typed}
    keep = (imported.answers != NOT_ANSWERED).any(axis=0)
    if names:
        keep &= np.array([pid.tobytes() not in names for pid in imported.pid], dtype=bool)
    return joined([from_people, _chosen(imported, keep)])


def _chosen(columns: Columns, keep: object) -> Columns:
    chosen = np.asarray(keep)
    return Columns(columns.pid[chosen], columns.group[chosen], columns.split[chosen], columns.answers[:, chosen])


def shuffled(columns: Columns) -> Columns:
    """The same people in an order that the system's random source chose."""
    return _chosen(columns, random_order(len(columns.pid)))


def random_order(count: int) -> NDArray[np.intp]:
    """A random order of `count` things, from the system's random source."""
    return np.argsort(np.frombuffer(os.urandom(8 * count), dtype=np.uint64), kind="stable")
