"""The fields in which a row names its files. They are found by their type, so that no room can forget to own a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

if TYPE_CHECKING:
    TextField = models.CharField[Any, Any]
    NamesField = models.JSONField[Any, Any]
else:
    TextField, NamesField = models.CharField, models.JSONField

DIGEST_LENGTH = 64


class StoredFileField(TextField):
    """The digest of one stored file; empty without one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": DIGEST_LENGTH, "blank": True, "default": "", **kwargs})

    def digests(self, value: str) -> Iterator[str]:
        """The digests that a value of this field names."""
        if value:
            yield value


class StoredFilesField(NamesField):
    """The digests of several stored files, each by a name of its own (a language, a part)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"blank": True, "default": dict, **kwargs})

    def digests(self, value: dict[str, str]) -> Iterator[str]:
        """The digests that a value of this field names."""
        yield from value.values()


def digests_of(row: models.Model) -> set[str]:
    """Every stored file that this row names."""
    return {digest for field in _fields(type(row)) for digest in field.digests(getattr(row, field.attname))}


def digests_in_use() -> set[str]:
    """Every stored file that any row of any room names."""
    return {
        digest
        for model in apps.get_models()
        for field in _fields(model)
        for value in model._base_manager.values_list(field.attname, flat=True).distinct().iterator()
        for digest in field.digests(value)
    }


def _fields(model: type[models.Model]) -> list[StoredFileField | StoredFilesField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, StoredFileField | StoredFilesField)]
