"""Recorded sound and a picture for a question of a version that is not frozen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kfl.core import files
from kfl.core.files.pictures import redrawn
from kfl.core.files.sounds import checked_sound
from kfl.core.text import LANGUAGES
from kfl.people.audit import action
from kfl.people.models import User

from ..models import Item
from ..states import check_can_be_written


@action("item.media_set")
def set_media(
    *,
    item: Item,
    sound: Mapping[str, bytes | None],
    by: User | None,
    picture: bytes | None = None,
    without_picture: bool = False,
    at: datetime | None = None,
) -> Item:
    """Keep new files for an item: `sound` by language (None takes a language's away), and a picture.

    What is not named stays. Raises `WrongFile` for the first that cannot be used; then nothing changes.
    """
    check_can_be_written(item.version)
    if unknown := sound.keys() - LANGUAGES.keys():
        raise KeyError(f"no such language: {sorted(unknown)}")
    kept = dict(item.sound)
    for language, body in sound.items():
        if body is None:
            kept.pop(language, None)
        else:
            kept[language] = files.keep(checked_sound(body))
    if picture is not None:
        item.picture = files.keep(redrawn(picture))
    elif without_picture:
        item.picture = ""
    item.sound = kept
    item.save(update_fields=["sound", "picture"])
    return item
