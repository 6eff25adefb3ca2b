"""Writing questionnaires: scales and items of a version that is not frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from kfl.core.cannot_be_done import CannotBeDone
from kfl.core.slugs import free_key, key_of
from kfl.core.text import TranslatedText
from kfl.people.audit import action, touched
from kfl.people.models import User

from ..completeness import item_faults
from ..formats import Informant
from ..models import Item, Questionnaire, QuestionnaireVersion, Scale
from ..states import check_can_be_written
from ..written import WrittenItem, WrittenScale


class ItemDoesNotFit(CannotBeDone):
    """The item cannot be asked like that; `faults` says why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


@action("questionnaire.created")
def create_questionnaire(
    *, key: str, informant: Informant, title: TranslatedText, by: User | None, at: datetime | None = None
) -> QuestionnaireVersion:
    """Make a questionnaire with an empty first version."""
    questionnaire = Questionnaire.objects.create(key=key, informant=informant, title=title)
    version: QuestionnaireVersion = QuestionnaireVersion.objects.create(questionnaire=questionnaire, number=1)
    return version


@action("questionnaire.copied")
def copy_questionnaire(
    *, version: QuestionnaireVersion, key: str, title: TranslatedText, by: User | None, at: datetime | None = None
) -> QuestionnaireVersion:
    """Make another questionnaire with the same scales and items."""
    informant = version.questionnaire.informant
    questionnaire = Questionnaire.objects.create(key=key, informant=informant, title=title)
    return _copy(version, questionnaire, 1)


@action("questionnaire.next_version")
def next_version(*, questionnaire: Questionnaire, by: User | None, at: datetime | None = None) -> QuestionnaireVersion:
    """The version that can be edited: the newest if it is not frozen, else a copy of it."""
    newest = questionnaire.versions.order_by("-number").first()
    if newest is None:
        fresh: QuestionnaireVersion = QuestionnaireVersion.objects.create(questionnaire=questionnaire, number=1)
        return fresh
    if not newest.is_frozen:
        return newest
    return _copy(newest, questionnaire, newest.number + 1)


def _copy(version: QuestionnaireVersion, questionnaire: Questionnaire, number: int) -> QuestionnaireVersion:
    fresh: QuestionnaireVersion = QuestionnaireVersion.objects.create(
        questionnaire=questionnaire, number=number, intro=version.intro
    )
    scales: dict[int | None, Scale | None] = {None: None}
    for scale in version.scales.all():
        scales[scale.pk] = _copied(scale, version=fresh, digest="")
    for item in version.items.all():
        _copied(item, version=fresh, scale=scales[item.scale_id])
    return fresh


def _copied(row: Any, **changed: Any) -> Any:
    same = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row).objects.create(**{**same, **changed})


@action("questionnaire.edited")
def edit_version(
    *,
    version: QuestionnaireVersion,
    title: TranslatedText,
    intro: TranslatedText,
    by: User | None,
    at: datetime | None = None,
) -> QuestionnaireVersion:
    """Change title and introduction."""
    check_can_be_written(version)
    version.questionnaire.title = title
    version.questionnaire.save(update_fields=["title"])
    version.intro = intro
    version.save(update_fields=["intro"])
    return version


@action("scale.saved")
def save_scale(
    *,
    version: QuestionnaireVersion,
    written: WrittenScale,
    by: User | None,
    scale: Scale | None = None,
    key: str = "",
    at: datetime | None = None,
) -> Scale:
    """Add a scale at the end, or change one."""
    check_can_be_written(version)
    if scale is None:
        taken = set(version.scales.values_list("key", flat=True))
        scale = Scale(
            version=version,
            key=key or free_key(key_of(written.name.get("nb", ""), "skala"), taken),
            position=_end(version.scales),
        )
    written.write_on(scale)
    scale.save()
    return scale


@action("item.saved")
def save_item(
    *,
    version: QuestionnaireVersion,
    written: WrittenItem,
    by: User | None,
    scale: Scale | None = None,
    item: Item | None = None,
    key: str = "",
    at: datetime | None = None,
) -> Item:
    """Add an item at the end of its scale (or of the single questions), or change one.

    Raises `ItemDoesNotFit`, among other things for free text in a form for children.
    """
    check_can_be_written(version)
    if item is None:
        taken = set(version.items.values_list("key", flat=True))
        siblings = version.items.filter(scale=scale)
        stem = scale.key if scale else "sporsmal"
        item = Item(version=version, scale=scale, position=_end(siblings))
        item.key = key or free_key(f"{stem}-{siblings.count() + 1}", taken)
    written.write_on(item)
    if faults := list(item_faults(item, version.informant.is_child)):
        raise ItemDoesNotFit(faults)
    item.save()
    return item


@action("scale.deleted")
def delete_scale(*, scale: Scale, by: User | None, at: datetime | None = None) -> QuestionnaireVersion:
    """Take a scale out, with its items."""
    version = scale.version
    check_can_be_written(version)
    touched(scale, unit=None, version=version, key=scale.key)
    scale.delete()
    return version


@action("item.deleted")
def delete_item(*, item: Item, by: User | None, at: datetime | None = None) -> QuestionnaireVersion:
    """Take an item out."""
    version = item.version
    check_can_be_written(version)
    touched(item, unit=None, version=version, key=item.key)
    item.delete()
    return version


@action("scale.moved")
def move_scale(*, scale: Scale, up: bool, by: User | None, at: datetime | None = None) -> QuestionnaireVersion:
    """Move a scale one place up or down; at the end nothing happens."""
    check_can_be_written(scale.version)
    touched(scale, unit=None, version=scale.version, up=up)
    _swap(list(scale.version.scales.order_by("position", "pk")), scale, up)
    return scale.version


@action("item.moved")
def move_item(*, item: Item, up: bool, by: User | None, at: datetime | None = None) -> QuestionnaireVersion:
    """Move an item one place up or down within its scale; at the end nothing happens."""
    check_can_be_written(item.version)
    touched(item, unit=None, version=item.version, up=up)
    _swap(list(item.version.items.filter(scale=item.scale).order_by("position", "pk")), item, up)
    return item.version


def _swap(rows: list[Any], row: Any, up: bool) -> None:
    here = rows.index(row)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    for position, each in enumerate(rows):
        if each.position != position:
            type(each).objects.within(each).update(position=position)


def _end(rows: Any) -> int:
    last = rows.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else last + 1
