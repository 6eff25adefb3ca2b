"""Which version of a questionnaire a page is about: found, or 404."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from kfl.people.requests import reader
from kfl.people.roles import Permission
from kfl.people.scopes import get_visible_or_404

from .models import Questionnaire, QuestionnaireVersion


def newest_version_or_404(request: HttpRequest, key: str) -> QuestionnaireVersion:
    """The newest version of a questionnaire."""
    questionnaire: Questionnaire = get_visible_or_404(
        Questionnaire, reader(request), Permission.QUESTIONNAIRE_EDIT, key=key
    )
    newest = questionnaire.versions.order_by("-number").first()
    if newest is None:
        raise Http404
    return newest


def draft_version_or_404(request: HttpRequest, key: str) -> QuestionnaireVersion:
    """The newest version, if it can be edited."""
    version = newest_version_or_404(request, key)
    if version.is_frozen:
        raise Http404
    return version
