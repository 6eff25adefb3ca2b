"""Sounds and pictures of questions: stored files (`core.files`) that items name by their digest.

So what a frozen version's items name can never change. When a wave opens they are copied into the wave's answers file
(`kfl.answers.media`), from which the answering pages serve them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from kfl.answers.media import Media
from kfl.core import files


def all_of(digests: Iterable[str]) -> list[Media]:
    """These sounds and pictures, each once; `WrongFile` when one of them is gone or changed."""
    found = []
    for digest in sorted(set(digests)):
        content = files.read(digest)
        if content is None:
            raise files.UnusableFile(
                _("En lydfil eller et bilde i skjemaet mangler på serveren. Last det opp på nytt.")
            )
        found.append(Media(content.kind.media_type, content.body))
    return found
