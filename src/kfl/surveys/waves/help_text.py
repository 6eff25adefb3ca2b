"""What stands at the sensitive questions and on the last page, for everybody: whom to talk to when something is hard.

A wave may set texts of its own. Where one is missing in the respondent's language, the standard text is shown in that
language: intake has it, and the words here are the same, for the setup page, the letter to parents, and forms on paper.
"""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kfl.answers.bundle import BundleForm
from kfl.core.text import LANGUAGES, SOURCE, TranslatedText
from kfl.questionnaires.formats import CHILDREN, Informant

from ..models import Wave


def help_of(wave: Wave, informant: Informant) -> TranslatedText:
    """The wave's own text for this informant group; empty for the standard one."""
    return TranslatedText(wave.help if informant in CHILDREN else wave.help_adults)


def standard_for_children() -> str:
    return _(
        "Er noe vanskelig? Snakk med en voksen du stoler på, eller ring Alarmtelefonen for barn og unge, 116 111. "
        "Det er gratis, hele døgnet."
    )


def standard_for_adults() -> str:
    return _(
        "Er du bekymret for et barn? Alarmtelefonen for barn og unge, 116 111, svarer voksne også. "
        "Det er gratis, hele døgnet."
    )


def said_to_children(wave: Wave) -> str:
    """What children of this wave are told, in the reader's language."""
    return wave.help.get(get_language() or SOURCE) or standard_for_children()


def said_on(form: BundleForm, language: str) -> str:
    """What stands on a form in this language; in the language that is active where the portal does not speak it."""
    languages = (language, get_language() or SOURCE)
    own = next((form.help[one] for one in languages if form.help.get(one)), "")
    return own or (standard_for_children() if form.for_children else standard_for_adults())


def lacking(wave: Wave) -> list[str]:
    """The languages that one of the wave's own texts is not written in; its readers get the standard one."""
    own = [words for words in (wave.help, wave.help_adults) if words]
    return [str(name) for language, name in LANGUAGES.items() if any(not words.get(language) for words in own)]
