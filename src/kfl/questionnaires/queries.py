"""What one can ask about questionnaires."""

from __future__ import annotations

from .models import QuestionnaireVersion


def newest_versions() -> list[QuestionnaireVersion]:
    """The newest version of each questionnaire, by informant and title."""
    versions = QuestionnaireVersion.objects.everywhere(why="public: questionnaires are not secret")
    newest: dict[int, QuestionnaireVersion] = {}
    for version in versions.select_related("questionnaire").order_by("number"):
        newest[version.questionnaire_id] = version
    return sorted(newest.values(), key=lambda version: (version.informant.number, str(version.questionnaire)))
