"""People in bulk: blocks of sheets as arrays, written, read and checked."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .bundle import Bundle, BundleForm, BundleItem, ItemKind
from .keys import PID_BYTES
from .sheet_rules import NOT_ANSWERED, row_type
from .sql import Connection

BLOCK_PEOPLE = 65_536
_MOST_PROBLEMS = 100

Codes = NDArray[np.signedinteger]


@dataclass(frozen=True)
class FormColumns:
    """The answers of one form.

    Attributes
    ----------
    pid : uint8 array, shape (people, 16)
        Pseudonyms, unique within the form.
    group : int32 array, shape (people,)
        Number of the lowest node of the frozen tree that the person hangs under.
    split : int8 array, shape (people,)
        0 blank, 1 girl, 2 boy.
    answers : int8 or int16 array, shape (items, people)
        Codes; -1 = not answered.
    alone : bool array, shape (people,)
        Whether no other sheet of this person and form was handed in. One who holds codes could else be a whole group:
        where it matters how many persons there are, only these count (RULES B.1). True for imported people.
    """

    pid: NDArray[np.uint8]
    group: NDArray[np.int32]
    split: NDArray[np.int8]
    answers: Codes
    alone: NDArray[np.bool_]

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "FormColumns":
        """Some of these people, by mask or in the order of these positions."""
        return FormColumns(
            self.pid[which], self.group[which], self.split[which], self.answers[:, which], self.alone[which]
        )


@dataclass(frozen=True)
class SheetProblem:
    """One thing that is wrong with sheets from outside."""

    person: int  # position, from 0
    column: str  # an item's key, or "pid", "group", "split"
    reason: str


class WrongSheets(ValueError):
    """Sheets from outside that do not fit; nothing of them is stored."""

    def __init__(self, problems: list[SheetProblem]) -> None:
        super().__init__(f"{len(problems)} problems, the first: {problems[0]}")
        self.problems = problems


def checked_columns(
    bundle: Bundle, form: BundleForm, pid: object, group: object, split: object, answers: object
) -> FormColumns:
    """Arrays from outside as `FormColumns`, after checking shapes, ranges, groups and twins.

    Raises
    ------
    WrongSheets
        With up to 100 problems, each with the person's position, the column and the reason.
    """
    pids = np.ascontiguousarray(pid, dtype=np.uint8)
    groups, splits, codes = np.asarray(group), np.asarray(split), np.asarray(answers)
    people = len(pids)
    shapes = (pids.shape, groups.shape, splits.shape, codes.shape)
    if shapes != ((people, PID_BYTES), (people,), (people,), (form.width, people)):
        raise WrongSheets([SheetProblem(0, "pid", f"the arrays do not fit together: {shapes}")])
    if not all(np.issubdtype(array.dtype, np.integer) for array in (groups, splits, codes)):
        raise WrongSheets([SheetProblem(0, "pid", "whole numbers are expected")])
    problems = [
        *_problems("group", (groups < 0) | (groups >= bundle.groups), "no such group"),
        *_problems("split", (splits < 0) | (splits > 2), "0, 1 or 2 is expected"),
        *_problems("pid", repeated(pids), "the same person twice"),
    ]
    for item in form.items:
        for offset in range(item.width):
            wrong = ~_allowed(item, codes[item.column + offset])
            problems.extend(_problems(item.key, wrong, "no such answer"))
    if problems:
        raise WrongSheets(problems[:_MOST_PROBLEMS])
    narrow = codes.astype(row_type(form), copy=False)
    return FormColumns(pids, groups.astype(np.int32), splits.astype(np.int8), narrow, np.ones(people, dtype=bool))


def _problems(column: str, wrong: NDArray[np.bool_], reason: str) -> list[SheetProblem]:
    found = np.flatnonzero(wrong)[:_MOST_PROBLEMS]
    return [SheetProblem(int(person), column, reason) for person in found]


def _allowed(item: BundleItem, codes: NDArray[np.signedinteger]) -> NDArray[np.bool_]:
    if item.kind is ItemKind.MULTIPLE:
        low, high = 0, 1
    elif item.kind is ItemKind.NUMBER:
        low, high = item.low or 0, item.high or 0
    else:
        options = [option.code for option in item.options]
        low, high = min(options), max(options)
        if len(options) != high - low + 1:
            known: NDArray[np.bool_] = np.isin(codes, [NOT_ANSWERED, *options])
            return known
    taken: NDArray[np.bool_] = ((codes >= low) & (codes <= high)) | (codes == NOT_ANSWERED)
    return taken


def repeated(pid: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which persons stood there before, shape (people,)."""
    halves = pid.view(np.uint64)
    order = np.lexsort((halves[:, 1], halves[:, 0]))
    ordered = halves[order]
    twin = np.zeros(len(pid), dtype=bool)
    twin[order[1:]] = (ordered[1:] == ordered[:-1]).all(axis=1)
    return twin


def write_blocks(connection: Connection, form: BundleForm, columns: FormColumns) -> None:
    """Append people to the file, in the order they come, within the caller's transaction."""
    for start in range(0, len(columns.pid), BLOCK_PEOPLE):
        part = slice(start, start + BLOCK_PEOPLE)
        codes = columns.answers[:, part].astype(row_type(form).newbyteorder("<"), copy=False)
        connection.execute(
            "INSERT INTO blocks (form, people, pid, grp, split, alone, answers) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                form.number,
                codes.shape[1],
                columns.pid[part].tobytes(),
                columns.group[part].astype("<i4", copy=False).tobytes(),
                columns.split[part].tobytes(),
                columns.alone[part].tobytes(),
                codes.tobytes(),
            ),
        )


def read_blocks(connection: Connection, form: BundleForm) -> FormColumns:
    """All people of a form that the file holds in bulk."""
    parts = list(_blocks(connection, form))
    if not parts:
        nobody = np.zeros((0, PID_BYTES), dtype=np.uint8)
        empty = np.zeros((form.width, 0), dtype=row_type(form))
        none = np.zeros(0, dtype=bool)
        return FormColumns(nobody, np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int8), empty, none)
    return joined(parts)


def joined(parts: list[FormColumns]) -> FormColumns:
    """Several groups of people of one form after each other."""
    return FormColumns(
        np.concatenate([part.pid for part in parts]),
        np.concatenate([part.group for part in parts]),
        np.concatenate([part.split for part in parts]),
        np.concatenate([part.answers for part in parts], axis=1),
        np.concatenate([part.alone for part in parts]),
    )


def count(connection: Connection, form: BundleForm, columns: FormColumns) -> None:
    """Add the answered sheets among these people to the counts, within the caller's transaction.

    In an open wave they have ended, too: they were collected elsewhere.
    """
    answered = (columns.answers != NOT_ANSWERED).any(axis=0)
    groups, sheets = np.unique(columns.group[answered], return_counts=True)
    rows = zip(groups.tolist(), [form.number] * len(groups), sheets.tolist(), strict=True)
    connection.executemany(ADD_TO_COUNTS, rows)


ADD_TO_COUNTS = (
    "INSERT INTO counts VALUES (?, ?, ?) ON CONFLICT (grp, form) DO UPDATE SET sheets = counts.sheets + excluded.sheets"
)


def _blocks(connection: Connection, form: BundleForm) -> Iterator[FormColumns]:
    rows = connection.execute(
        "SELECT people, pid, grp, split, alone, answers FROM blocks WHERE form = ? ORDER BY block",
        (form.number,),
    )
    narrow = row_type(form)
    for people, pid, group, split, alone, answers in rows:
        yield FormColumns(
            np.frombuffer(pid, dtype=np.uint8).reshape(people, PID_BYTES),
            np.frombuffer(group, dtype="<i4").astype(np.int32, copy=False),
            np.frombuffer(split, dtype=np.int8),
            np.frombuffer(answers, dtype=narrow.newbyteorder("<")).reshape(form.width, people),
            np.frombuffer(alone, dtype=np.bool_),
        )
