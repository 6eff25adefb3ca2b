"""Waves whose answers were collected elsewhere: in bulk, through the store's own door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid5

import numpy as np
from django.utils import timezone
from numpy.typing import ArrayLike, NDArray

from kfl.analysis.codebook import Codebook
from kfl.answers import places
from kfl.answers.bulk import import_sheets
from kfl.answers.keys import PID_BYTES
from kfl.core.lists import said
from kfl.core.slugs import free_key, key_of
from kfl.people.audit import action, touched
from kfl.people.models import Unit, User
from kfl.questionnaires import freezing
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.models import Item, Questionnaire, QuestionnaireVersion, Scale

from ... import store
from ...counts import invited_counts
from ...models import BroughtUnit, Collection, Wave, WaveForm, WaveState
from ...waves import bundle as waves_bundle
from ...waves import tree
from ...waves.actions.setup import create_wave, set_forms, set_units
from ...waves.draft import WaveDraft
from ...waves.invited import KINDS_OF, Roster
from ...waves.states import LIFE
from .. import same_answers
from ..answer_file import AnswerFile, WaveFiles, read_answers
from ..codebook import name_of, read_codebook
from ..file_tree import tree_of_file

_OF_FILE_PERSON = UUID("9a3f6f0a-53f1-4a77-8c15-7f1f24c0e6d3")
_WINDOW = timedelta(days=1)


@action("answers.imported")
def import_answers(
    *, wave: Wave, form: WaveForm, people: Roster, answers: ArrayLike, by: User | None, at: datetime | None = None
) -> int:
    """Put many sheets into an open wave at once: one collected by import, or paper sheets beside codes.

    `answers` is an integer array, shape (rows of the form, people), -1 = not answered. Gives how many hold an answer.
    """
    LIFE.require(wave, WaveState.OPEN)
    bundle = places.wave_bundle(store.answers_place(), wave.slug)
    folders = store.answers_place(), store.keys_dir()
    touched(wave, unit=wave.unit, form=form, sheets=len(people.pid))
    return import_sheets(*folders, bundle, form.number, people.group, people.split, people.pid, answers)


@action("wave.imported")
def import_wave(
    *,
    name: str,
    files: WaveFiles,
    under: Unit,
    by: User | None,
    reference: Wave | None = None,
    tell: Callable[[str], None] | None = None,
    at: datetime | None = None,
) -> Wave:
    """Make an open wave from a file of answers and its codebook (RULES G.1); close it to get results.

    Raises `WrongFile` with what is wrong by row and column; then nothing is changed. How many were invited is
    not in the file, so the rows count as invited. `tell` hears what was done in reading the files (merged cells).
    """
    informant, roles = files.informant, files.roles
    before = reference.forms.filter(informant=informant).first() if reference else None
    book = read_codebook(files.codebook, before.version if before else None)
    file = read_answers(files.answers, book, roles)
    if tell is not None:
        for notice in (*book.notices, *file.notices):
            tell(said(notice).reason)
    moment = at or timezone.now()
    slug = _free_slug(name)
    wave = create_wave(
        slug=slug, series=reference.series if reference else slug, unit=_county(under),
        draft=WaveDraft(name=name, opens_at=moment, closes_at=moment + _WINDOW), collection=Collection.IMPORT,
        by=by, at=at,
    )  # fmt: skip
    set_forms(wave=wave, versions=[_version(slug, name, informant, book, before, moment)], by=by, at=at)
    set_units(wave=wave, units=[under], by=by, at=at)
    form = wave.forms.select_related("version__questionnaire").get()
    kind = KINDS_OF[Informant(informant)]
    frozen, rows, made = tree_of_file(file, under, kind, roles.unit, timezone.localdate(moment), by)
    BroughtUnit.objects.bulk_create([BroughtUnit(wave=wave, unit=unit) for unit in made], batch_size=tree.BATCH)
    nodes = tree.save(wave, frozen)
    invited_counts.save(nodes, {form: Counter(rows.tolist())})
    LIFE.move(wave, WaveState.OPEN, opened_at=moment)
    bundle = waves_bundle.bundle_of(wave, len(nodes))
    pids = _pids(file, wave.series, form.informant)
    same = partial(_pids, file)
    same_answers.check(same_answers.Given(form, bundle.form(form.number), rows, file.split, same, file.answers))
    store.forget_unopened(slug)
    try:
        store.answers_place().create(bundle, ())
        folders = store.answers_place(), store.keys_dir()
        import_sheets(*folders, bundle, form.number, rows, file.split, pids, file.answers)
    except BaseException:
        store.forget_unopened(slug)
        raise
    return wave


def _county(unit: Unit) -> Unit:
    """The unit at the top, which every wave belongs to."""
    keys = [*unit.ancestor_ids(), unit.pk]
    top: Unit = Unit.objects.everywhere(why="public: the county above a unit, as names of units are").get(pk=keys[0])
    return top


def _free_slug(name: str) -> str:
    taken = set(Wave.objects.everywhere(why="whether: a name of a wave is taken").values_list("slug", flat=True))
    return free_key(key_of(name, "kartlegging"), taken)


def _pids(file: AnswerFile, series: str, informant: str) -> NDArray[np.uint8]:
    """Pseudonyms: from the file's persons, the same in each wave of the series for one informant; else random."""
    if file.person is None:
        return np.random.default_rng().integers(0, 256, (len(file.unit), PID_BYTES), dtype=np.uint8)
    key = store.link_key()
    pids = b"".join(key.pid(series, informant, uuid5(_OF_FILE_PERSON, person)) for person in file.person)
    return np.frombuffer(pids, dtype=np.uint8).reshape(len(file.person), PID_BYTES)


def _version(
    slug: str, name: str, informant: Informant, book: Codebook, before: WaveForm | None, moment: datetime
) -> QuestionnaireVersion:
    """The codebook as a questionnaire: the next version of the reference wave's one, else one of its own."""
    if before is not None:
        questionnaire = before.version.questionnaire
        number = questionnaire.versions.order_by("-number").values_list("number", flat=True)[0] + 1
    else:
        questionnaire = Questionnaire.objects.create(key=slug, informant=informant, title={"nb": name})
        number = 1
    version: QuestionnaireVersion = QuestionnaireVersion.objects.create(questionnaire=questionnaire, number=number)
    items = []
    for position, scale in enumerate(book.scales):
        row = Scale.objects.create(
            version=version, key=scale.key, name=name_of(scale), favourable=scale.favourable, position=position
        )
        for place, item in enumerate(scale.items):
            options = [{"code": code, "label": {"nb": words}} for code, words in enumerate(item.labels, start=1)]
            items.append(
                Item(
                    version=version, scale=row, key=item.key, text={"nb": item.topic}, format=Format.SINGLE,
                    options=options, reversed=item.turned, sensitive=item.sensitive,
                    counts_from_code=item.counts_from_code, position=place,
                )
            )  # fmt: skip
    Item.objects.bulk_create(items)
    freezing.freeze_version(version, moment)
    return version
