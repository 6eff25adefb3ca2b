"""From a data frame to a matrix of answers and numbered groups, and from results back to columns with labels.

Any frame will do whose columns are had by their names: polars, pandas, a dict of lists. Nothing of those is imported,
and what comes out is a dict of columns, which each of them makes a frame of. docs/methods/examples.md has an example of
each of the functions that are called first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import takewhile
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kfl.stats.errors import BadAnswers, WrongKind
from kfl.stats.grouping import Int
from kfl.stats.scales import ScaleSpec

_HIGHEST = 126  # code that the sums take
_OF_THRESHOLDS = {"thresholds", "thresholds_se", "threshold_se"}  # fields whose last axis is never another one


class NamedColumns(Protocol):
    """A frame: its columns by name."""

    def __getitem__(self, name: str, /) -> Any:
        """One column."""


@dataclass(frozen=True, eq=False)
class LabelledAnswers:
    """The answers of a frame as the library wants them, and what their rows are called."""

    items: tuple[str, ...]
    codes: NDArray[np.int8]  # (items, people); -1 = not answered

    def scale(self, key: str, items: Sequence[str], *, low: int, high: int, turned: Sequence[str] = ()) -> ScaleSpec:
        """A scale by the names of its items.

        Parameters
        ----------
        key : str
            What it is called.
        items : sequence of str
            Its items.
        low, high : int
            Lowest and highest code.
        turned : sequence of str
            Those of its items that point the other way.

        Returns
        -------
        ScaleSpec

        Raises
        ------
        BadAnswers
            An item that the frame was not asked for, or a turned one that the scale does not have.
        """
        for name in (*items, *turned):
            if name not in (self.items if name in items else items):
                raise BadAnswers(f"scale {key!r}: there is no item {name!r} among {', '.join(self.items)}")
        rows = tuple(self.items.index(name) for name in items)
        return ScaleSpec(key, rows, tuple(name in turned for name in items), low, high)


@dataclass(frozen=True, eq=False)
class LabelledGroups:
    """The groups that a column, or several together, divide people into."""

    labels: tuple[Any, ...]  # in order; of several columns, a tuple each
    number: Int  # (people,) place in `labels`; -1 where blank

    @property
    def count(self) -> int:
        """How many groups there are."""
        return len(self.labels)


@dataclass(frozen=True, eq=False)
class LabelledTree:
    """Groups within groups, as `roll_up`, `nested_intercepts` and `nested_means` want them; node 0 is everybody."""

    labels: tuple[tuple[Any, ...], ...]  # of each node: its own value last, after those it lies in; () for everybody
    parent: Int  # (nodes,) parents before children; -1 for everybody
    level: Int  # (nodes,) 0 for the first column's groups, and so on; -1 for everybody
    number: Int  # (people,) the lowest node that a person is known to be in

    @property
    def count(self) -> int:
        """How many nodes there are."""
        return len(self.labels)

    @property
    def levels(self) -> int:
        """How many levels there are below everybody."""
        return int(self.level.max()) + 1


def answers_of(frame: NamedColumns, items: Sequence[str], *, words: Mapping[str, int] | None = None) -> LabelledAnswers:
    """Take the answers out of a frame with a row a person.

    Parameters
    ----------
    frame : polars or pandas DataFrame, or mapping from name to sequence
        A column an item. Blank, null, None and NaN are "not answered".
    items : sequence of str
        NamedColumns to take, in this order.
    words : mapping from str to int, optional
        Codes of answers that are kept as words.

    Returns
    -------
    LabelledAnswers

    Raises
    ------
    BadAnswers
        A column that is not there, a value that is no whole number from 0 to 126 (and no word with a code), or
        columns that are not equally long.

    Examples
    --------
    >>> frame = {"calm": [1, None, 4], "glad": ["often", "never", ""]}
    >>> answers_of(frame, ["calm", "glad"], words={"never": 1, "often": 2}).codes
    array([[ 1, -1,  4],
           [ 2,  1, -1]], dtype=int8)
    """
    rows = [_codes(name, _column(frame, name), words or {}) for name in items]
    if len({len(row) for row in rows}) != 1:
        raise BadAnswers("answers need one column at least, and columns of one length")
    return LabelledAnswers(tuple(items), np.stack(rows))


def groups_of(frame: NamedColumns, *columns: str, blank: str | None = None) -> LabelledGroups:
    """Number the groups that people are in.

    Parameters
    ----------
    frame : polars or pandas DataFrame, or mapping from name to sequence
        A row a person.
    *columns : str
        One, or several that name a group together, such as school and grade.
    blank : str, optional
        What to call those whose value is blank; unless said, they are in no group (-1).

    Returns
    -------
    LabelledGroups
        Groups in the order of their labels.

    Raises
    ------
    BadAnswers
        A column that is not there.

    Examples
    --------
    >>> groups = groups_of({"school": ["b", "a", None, "b"]}, "school")
    >>> groups.labels, groups.number.tolist()
    (('a', 'b'), [1, 0, -1, 1])
    """
    values = [[blank if _is_blank(one) else one for one in _values(_column(frame, name))] for name in columns]
    people: list[Any] = values[0] if len(values) == 1 else list(zip(*values, strict=True))
    known = [one for one in people if one is not None and not (isinstance(one, tuple) and None in one)]
    labels = tuple(sorted(set(known), key=lambda one: (str(type(one)), one)))
    place = {label: number for number, label in enumerate(labels)}
    return LabelledGroups(labels, np.array([place.get(one, -1) for one in people], dtype=np.int64))


def tree_of(frame: NamedColumns, *columns: str) -> LabelledTree:
    """The tree that columns make, the largest groups first: municipality, school, class.

    Parameters
    ----------
    frame : polars or pandas DataFrame, or mapping from name to sequence
        A row a person.
    *columns : str
        Each column's groups lie within those of the column before.

    Returns
    -------
    LabelledTree
        A person with a blank hangs at the group above.

    Raises
    ------
    BadAnswers
        A column that is not there.

    Examples
    --------
    >>> tree = tree_of({"place": ["b", "a", "a"], "school": ["2", "1", None]}, "place", "school")
    >>> tree.labels, tree.parent.tolist(), tree.number.tolist()
    (((), ('a',), ('a', '1'), ('b',), ('b', '2')), [-1, 0, 1, 0, 3], [4, 2, 1])
    """
    values = [[None if _is_blank(one) else one for one in _values(_column(frame, name))] for name in columns]
    people = [tuple(takewhile(lambda one: one is not None, row)) for row in zip(*values, strict=True)]
    known = {label[:length] for label in people for length in range(1, len(label) + 1)}
    labels = ((), *sorted(known, key=lambda label: [(str(type(one)), one) for one in label]))
    place = {label: node for node, label in enumerate(labels)}
    return LabelledTree(
        labels,
        np.array([-1, *(place[label[:-1]] for label in labels[1:])], dtype=np.int64),
        np.array([len(label) - 1 for label in labels], dtype=np.int64),
        np.array([place[label] for label in people], dtype=np.int64),
    )


def labelled(result: object, *names: str, **axes: Sequence[Any]) -> dict[str, list[Any]]:
    """The numbers of a result as columns of equal length, beside the labels of their axes.

    Parameters
    ----------
    result : object
        Any result of `kfl.stats`.
    *names : str
        Which of its fields; by default all that have these axes.
    **axes : sequence
        Name and labels of each axis of its arrays, in their order: ``group=schools.labels, scale=("calm", "help")``.
        The axis of thresholds must be called ``threshold``: there may be as many of them as of something else.

    Returns
    -------
    dict from str to list
        A row for each combination of labels: first a column for each axis, then one for each field of the result whose
        shape is that of the axes. Without axes a single row of all single numbers. ``polars.DataFrame(…)`` and
        ``pandas.DataFrame(…)`` take it as it is.

    Raises
    ------
    WrongKind
        No result of the library.
    BadAnswers
        No field has these axes, or one that was named has others; an axis has a field's name.

    Examples
    --------
    >>> from kfl.stats import group_values, person_mean
    >>> scores = group_values(np.array([[1.0], [3.0], [8.0]]), np.array([0, 0, 1]), 2)
    >>> table = labelled(person_mean(scores), school=("a", "b"), scale=("mood",))
    >>> table["school"], table["n"], table["mean"]
    (['a', 'b'], [2, 1], [2.0, 8.0])
    """
    if not is_dataclass(result) or isinstance(result, type):
        raise WrongKind(f"expected a result of kfl.stats; got {type(result).__name__}")
    shape = tuple(len(labels) for labels in axes.values())
    found = {field.name: _on_axes(field.name, getattr(result, field.name), axes, shape) for field in fields(result)}
    columns = {name: column for name, column in found.items() if column is not None and (not names or name in names)}
    missing = [name for name in names if name not in columns]
    if missing or not columns:
        what = f"no field {missing[0]!r}" if missing else "nothing"
        raise BadAnswers(f"{type(result).__name__} has {what} of shape {shape} ({', '.join(axes)})")
    if clash := sorted(found.keys() & axes.keys()):
        raise BadAnswers(f"{type(result).__name__} has a field {clash[0]!r} of its own: call the axis something else")
    places = np.indices(shape)
    labels = {name: [own[at] for at in place.ravel()] for (name, own), place in zip(axes.items(), places, strict=True)}
    return {**labels, **columns}


def _on_axes(name: str, value: object, axes: Mapping[str, Any], shape: tuple[int, ...]) -> list[Any] | None:
    """A field's values, one for each place; None where it has other axes."""
    if not axes:
        return [value] if isinstance(value, int | float | str) else None
    if isinstance(value, tuple):
        words = len(shape) == 1 and len(value) == shape[0] and all(isinstance(one, str) for one in value)
        return [str(one) for one in value] if words else None
    of_thresholds = name in _OF_THRESHOLDS and list(axes)[-1] != "threshold"
    if not isinstance(value, np.ndarray) or value.shape != shape or of_thresholds:
        return None
    return list(value.ravel().tolist())


def _column(frame: NamedColumns, name: str) -> Any:
    try:
        return frame[name]
    except Exception as error:  # each kind of frame has its own
        if not hasattr(frame, "__getitem__") or isinstance(frame, np.ndarray | list | str):
            raise WrongKind(f"expected a frame, or a dict of columns; got {type(frame).__name__}") from error
        raise BadAnswers(f"there is no column {name!r}") from error


def _values(column: Any) -> list[Any]:
    """A column as Python's own values: polars says to_list, numpy and pandas say tolist."""
    for name in ("to_list", "tolist"):
        if hasattr(column, name):
            return list(getattr(column, name)())
    return list(column)


def _is_blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, float):
        return value != value
    return value is None or type(value).__name__ in {"NAType", "NaTType"}  # pandas.NA, which no comparison finds


def _codes(name: str, column: Any, words: Mapping[str, int]) -> NDArray[np.int8]:
    """One item's codes; whole columns of numbers at once, others value by value."""
    values = np.asarray(column)
    if values.ndim != 1:
        raise BadAnswers(f"column {name!r} is no column of single values")
    if values.dtype.kind not in "iuf":
        values = np.array([_number(name, one, words) for one in _values(column)])
    blank = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=bool)
    codes = np.where(blank, 0, values)
    wrong = (codes != np.rint(codes)) | (codes < 0) | (codes > _HIGHEST)
    if wrong.any():
        first = values[int(np.argmax(wrong))].item()
        raise BadAnswers(
            f"column {name!r}: {first} is no whole number from 0 to {_HIGHEST}; what is missing is left blank"
        )
    return np.where(blank, -1, codes).astype(np.int8)


def _number(name: str, value: Any, words: Mapping[str, int]) -> float:
    if _is_blank(value):
        return np.nan
    try:
        return float(words.get(value, value))
    except (TypeError, ValueError):
        raise BadAnswers(f"column {name!r}: {value!r} is no whole number, and no word with a code") from None
