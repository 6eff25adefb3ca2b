"""What may be done when: a version that a wave has opened with is frozen."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .models import QuestionnaireVersion


class VersionIsFrozen(RuntimeError):
    """A wave has opened with this version; a change makes the next one."""


def check_not_frozen(version: QuestionnaireVersion) -> None:
    """Raise when a wave has opened with this version."""
    version.refresh_from_db(fields=["frozen_at"])
    if version.is_frozen:
        raise VersionIsFrozen(_("Denne utgaven er brukt i en kartlegging og kan ikke endres. Lag en ny utgave."))
