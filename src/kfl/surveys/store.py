"""This room's way to the answers store: its folders and keys, and what the portal may ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from kfl.answers import alone, bulk, erasure, ownership, paper, places, tombstones, wave_tables
from kfl.answers.bundle import Bundle
from kfl.answers.codes import new_code, new_link_code
from kfl.answers.column_blocks import FormColumns
from kfl.answers.keys import CodeKey, LinkKey
from kfl.answers.sheet_rules import Answer
from kfl.core.cannot_be_done import CannotBeDone
from kfl.questionnaires.formats import Informant

from .waves import link_keys

_waiting: ContextVar[list[tuple[str, Sequence[bytes]]] | None] = ContextVar("what is erased last", default=None)


class NotErased(CannotBeDone):
    """The answers could not be reached now; nothing is called erased."""


def answers_place() -> places.Place:
    """Where all answers lie: `answers/` in the data folder, or the database that the environment names."""
    return places.at(Path(settings.KFL_DATA) / "answers")


def keys_dir() -> Path:
    return Path(settings.KFL_DATA) / "keys"


def link_key() -> LinkKey:
    """The key that joins waves; a small install makes its own at first use.

    Raises `KeyAway` where it was taken off this server (`kfl keys split --away`), `OtherKey` where it was exchanged.
    """
    return link_keys.load_or_make(keys_dir())


def link_key_is_away() -> bool:
    """Whether nobody can be given a lasting pseudonym, since the link key is not here, or not the right one."""
    return bool(link_keys.why_not(keys_dir()))


def code_key(slug: str) -> CodeKey:
    """The key of one open wave's codes; `KeyMissing` when it was never opened or is closed."""
    return CodeKey.load(keys_dir(), slug)


def new_code_key(slug: str) -> CodeKey:
    """A fresh key. One that an interrupted opening left behind never sealed a code that anybody got."""
    CodeKey.destroy(keys_dir(), slug)
    return CodeKey.create(keys_dir(), slug)


def code_maker(informant: Informant) -> Callable[[], str]:
    """What makes this informant's codes: of 128 bits for whoever comes by a link, else short enough for a child."""
    return new_link_code if informant.comes_by_link else new_code


def destroy_code_key(slug: str) -> None:
    """Nobody opens a code of that wave again."""
    CodeKey.destroy(keys_dir(), slug)


def forget_unopened(slug: str) -> None:
    """Remove what an opening that failed or was cut off left behind; only for a wave still in draft."""
    where = answers_place().of(slug)
    if where.exists():
        with answers_place().held(slug):
            where.remove()
    where.clear()
    CodeKey.destroy(keys_dir(), slug)


@contextmanager
def erasing_last() -> Iterator[None]:
    """What is erased within is erased at the end, when all else has gone well: no rollback brings answers back."""
    waiting: list[tuple[str, Sequence[bytes]]] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
    for slug, sealed in waiting:
        erase_sheets(slug, sealed)


def erase_sheets(slug: str, sealed: Sequence[bytes]) -> None:
    """Let codes (as the portal keeps them) of an open wave die, and erase what was answered with them."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append((slug, sealed))
        return
    key = code_key(slug)
    codes = [key.open_for_reprint(code) for code in sealed]
    _erase(lambda: erasure.erase_sheets(answers_place(), key, codes))


def erase_person(slug: str, pids: Sequence[bytes]) -> None:
    """Erase whatever a closed wave holds of one person, who has a pseudonym for each informant."""
    _erase(lambda: erasure.erase_person(answers_place(), slug, pids))


def has_answers(slug: str) -> bool:
    """Whether the wave's answers are still there."""
    return answers_place().of(slug).exists()


def delete_answers(slug: str) -> None:
    """Delete everything that a closed wave holds."""
    with answers_place().held(slug):
        answers_place().of(slug).remove()
    alone.destroy(keys_dir(), slug)
    tombstones.forget_wave(answers_place(), slug)


def erase_again() -> list[str]:
    """Take out again what a restore brought back, in every wave; gives the waves."""
    return erasure.erase_again(answers_place(), keys_dir())


def _erase(erase: Callable[[], None]) -> None:
    try:
        erase()
    except (ownership.WaveBusy, *places.CANNOT_NOW) as problem:
        raise NotErased(_("Svarene kunne ikke slettes akkurat nå. Ingenting er endret. Prøv igjen.")) from problem


def bundle(slug: str) -> Bundle:
    """What the wave asks, as it was frozen when it opened."""
    return places.wave_bundle(answers_place(), slug)


def closed_columns(slug: str, form: int) -> FormColumns:
    """The answers of one form of a closed wave; for comparing alone, never for a page."""
    return bulk.read_columns(answers_place(), slug, form)


def imported_columns(slug: str, form: int) -> FormColumns:
    """The answers of one form of an open wave that takes them from files alone."""
    return bulk.read_imported(answers_place(), slug, form)


def takes_answers(slug: str) -> bool:
    """Whether the wave's answers are open still: a close that was cut off may be past that."""
    return places.wave_state(answers_place(), slug) is wave_tables.State.OPEN


def annul(slug: str) -> None:
    """Remove all that an open wave of answers from files holds; refused where there are codes to answer with."""
    for form in bundle(slug).forms:
        imported_columns(slug, form.number)
    delete_answers(slug)


def enter_paper(slug: str, code: str, form: int, nodes: Sequence[int], answers: Mapping[str, Answer]) -> str:
    """Keep a form that was filled in on paper; gives the receipt (see `kfl.answers.paper.enter`)."""
    return paper.enter(answers_place(), keys_dir(), slug, code, form, nodes, answers)


def answered_counts(slug: str) -> dict[tuple[int, int], int]:
    """Sheets by (node number, form number); empty before the opening.

    While the wave is open those that have ended, handed in or by a no; after it those with an answer (`bulk.counts`).
    """
    try:
        return bulk.counts(answers_place(), slug)
    except wave_tables.NoSuchWave:
        return {}
