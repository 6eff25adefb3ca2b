"""Which one of a person's sheets is taken at close (RULES D.10).

The first that was handed in with an answer on it, or was taken back. Where there is none, the one with the most
answered items; of two like ones that with the smaller number under K_code, so that a close that is repeated takes
the same. A no takes along all that was saved before it and not handed in with an answer, so that nobody who holds the
code can bring back what somebody refused by handing in, or saving on, a sheet beside it. The rest is destroyed unread:
nothing of it leaves this module.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from .bundle import Bundle, BundleForm
from .envelopes import Invitation
from .saves import merge
from .sealing import End, SheetSeal
from .sheet_rules import Answer, answered_items, is_response, row, row_type
from .sql import Connection

_Person = tuple[bytes, int]
_Rank = tuple[int, int, bytes]  # the smallest is taken
_FIRST = 0  # the first part of the rank of those that were handed in with an answer, or taken back


@dataclass(frozen=True, slots=True)
class Taken:
    """The one sheet of a person."""

    who: Invitation
    codes: bytes | None  # the row as bytes; None where no item is answered
    texts: list[tuple[str, str]]  # item and free text
    is_withdrawn: bool
    is_alone: bool  # no other sheet of the person was handed in


@dataclass(slots=True)
class _Ends:
    """How sheets ended, and which of them a no has taken along."""

    places: dict[int, int] = field(default_factory=dict)  # of those handed in or taken back, in the order of the log
    refused: set[int] = field(default_factory=set)
    withdrawn: set[int] = field(default_factory=set)
    handed_in: Counter[_Person] = field(default_factory=Counter)


@dataclass(slots=True)
class _Candidate:
    rank: _Rank
    number: int
    codes: bytes | None
    texts: list[tuple[str, str]]


def taken_sheets(connection: Connection, bundle: Bundle, seal: SheetSeal) -> Iterator[Taken]:
    """One sheet for each person and form that left any. `DoesNotOpen` when the seal is another's."""
    rows = connection.execute("SELECT sheet, sealed FROM attempts")
    owners = {sheet: seal.open_who(sheet, sealed) for sheet, sealed in rows}
    ends = _ends(connection, seal, owners)
    forms = {form.number: form for form in bundle.forms}
    best: dict[_Person, _Candidate] = {}
    for number, answers in _folded(connection, seal, ends.withdrawn):
        who = owners.get(number)
        if who is None:
            continue
        rank = _rank(forms[who.form], number, answers, ends, seal)
        if number in ends.refused and rank[0] > _FIRST:
            continue
        before = best.get(_person(who))
        if before is None or rank < before.rank:
            best[_person(who)] = _candidate(rank, number, forms[who.form], answers)
    for person, one in best.items():
        others = ends.handed_in[person] - (one.number in ends.places)
        yield Taken(owners[one.number], one.codes, one.texts, one.number in ends.withdrawn, not others)


def _ends(connection: Connection, seal: SheetSeal, owners: Mapping[int, Invitation]) -> _Ends:
    ends, numbers = _Ends(), {seal.end_number(sheet): sheet for sheet in owners}
    last_no: dict[_Person, int] = {}
    rows = connection.execute(
        "SELECT seq, sheet, sealed FROM log WHERE sheet NOT IN (SELECT sheet FROM attempts) ORDER BY seq"
    )
    for seq, number, sealed in rows:
        sheet = numbers.get(number)
        if sheet is None:
            continue
        end, person = seal.open_end(sheet, sealed), _person(owners[sheet])
        if end is End.NO:
            ends.refused.add(sheet)
            last_no[person] = seq
            continue
        if sheet not in ends.places:
            ends.places[sheet] = seq
            ends.handed_in[person] += 1
        if end is End.WITHDRAWN:
            ends.withdrawn.add(sheet)
            ends.refused.discard(sheet)
    if last_no:
        for sheet, seq in connection.execute("SELECT sheet, max(seq) FROM log GROUP BY sheet"):
            who = owners.get(sheet)
            if who is not None and seq < last_no.get(_person(who), seq):
                ends.refused.add(sheet)
    return ends


def _folded(connection: Connection, seal: SheetSeal, withdrawn: set[int]) -> Iterator[tuple[int, dict[str, Answer]]]:
    """Each sheet that has saves, with the last word on each item; and those that were taken back, empty."""
    rows = connection.execute(
        "SELECT sheet, sealed FROM log WHERE sheet IN (SELECT sheet FROM attempts) ORDER BY sheet, seq"
    )
    for number, saves in groupby(rows, key=itemgetter(0)):
        answers = dict[str, Answer]()
        for _number, sealed in saves:
            merge(answers, seal.open_save(number, sealed).body)
        if number not in withdrawn:
            yield number, answers
    yield from ((number, {}) for number in withdrawn)


def _rank(form: BundleForm, number: int, answers: Mapping[str, Answer], ends: _Ends, seal: SheetSeal) -> _Rank:
    if number in ends.places and (number in ends.withdrawn or is_response(form, answers)):
        return _FIRST, ends.places[number], b""
    return 1, -answered_items(form, answers), seal.tie(number)


def _candidate(rank: _Rank, number: int, form: BundleForm, answers: Mapping[str, Answer]) -> _Candidate:
    codes = row(form, answers).astype(row_type(form)).tobytes() if is_response(form, answers) else None
    texts = [
        (item.key, str(answers[item.key]))
        for item in form.items
        if not item.width and answers.get(item.key) is not None
    ]
    return _Candidate(rank, number, codes, texts)


def _person(who: Invitation) -> _Person:
    return who.pid, who.form
