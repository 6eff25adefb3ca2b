"""From the log of saves to columns: the one sheet of each person that is taken at close."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bundle import Bundle, BundleForm
from .column_blocks import FormColumns, joined, read_blocks
from .keys import PID_BYTES
from .sealing import SheetSeal
from .sheet_rules import NOT_ANSWERED, row_type
from .sql import Connection
from .taken import Taken, taken_sheets


@dataclass(frozen=True)
class FreeText:
    """One free text of an adult, apart from the rest of the sheet."""

    form: int
    item: str
    body: str


def answered_sheets(
    connection: Connection, bundle: Bundle, seal: SheetSeal | None
) -> tuple[dict[int, FormColumns], list[FreeText]]:
    """Everybody who answered, form by form, and the free texts; the order is still the file's.

    Imported people and those who typed stand together. Empty sheets are left out. When a person was both imported and
    typed, what was typed counts, also that it was taken back. `DoesNotOpen` when the seal is another's.
    """
    typed: dict[int, list[Taken]] = {form.number: [] for form in bundle.forms}
    for one in taken_sheets(connection, bundle, seal) if seal is not None else ():
        typed[one.who.form].append(one)
    texts = [FreeText(form, *text) for form, people in typed.items() for one in people for text in one.texts]
    return {form.number: _together(connection, form, typed[form.number]) for form in bundle.forms}, texts


def _together(connection: Connection, form: BundleForm, people: Sequence[Taken]) -> FormColumns:
    answered = [one for one in people if one.codes is not None]
    codes = np.frombuffer(b"".join(one.codes or b"" for one in answered), dtype=row_type(form))
    typed = FormColumns(
        np.frombuffer(b"".join(one.who.pid for one in answered), dtype=np.uint8).reshape(len(answered), PID_BYTES),
        np.array([one.who.group for one in answered], dtype=np.int32),
        np.array([one.who.split for one in answered], dtype=np.int8),
        codes.reshape(len(answered), form.width).T,
        np.array([one.is_alone for one in answered], dtype=bool),
    )
    imported = read_blocks(connection, form)
    names = {one.who.pid for one in people if one.codes is not None or one.is_withdrawn}
    keep = (imported.answers != NOT_ANSWERED).any(axis=0)
    if names:
        keep &= np.array([pid.tobytes() not in names for pid in imported.pid], dtype=bool)
    return joined([typed, imported.chosen(keep)])


def shuffled(columns: FormColumns) -> FormColumns:
    """The same people in an order that the system's random source chose."""
    return columns.chosen(random_order(len(columns.pid)))


def random_order(count: int) -> NDArray[np.intp]:
    """A random order of `count` things, from the system's random source."""
    return np.argsort(np.frombuffer(os.urandom(8 * count), dtype=np.uint64), kind="stable")
