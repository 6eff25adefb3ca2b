"""Which language a respondent reads, and the words of the pages in it."""

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = "nb"
LANGUAGES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English", "se": "Davvisámegiella"}

# What a questionnaire may also speak, by the name its readers know.
NAMES = LANGUAGES | {
    "sma": "Åarjelsaemien gïele", "smj": "Julevsámegiella", "fkv": "Kvääni", "ar": "العربية", "ckb": "کوردیی ناوەندی",
    "da": "Dansk", "de": "Deutsch", "es": "Español", "et": "Eesti", "fa": "فارسی", "fi": "Suomi", "fr": "Français",
    "he": "עברית", "is": "Íslenska", "ku": "Kurdî", "lt": "Lietuvių", "lv": "Latviešu", "pl": "Polski",
    "prs": "دری", "ps": "پښتو", "pt": "Português", "ro": "Română", "ru": "Русский", "so": "Soomaali",
    "sq": "Shqip", "sv": "Svenska", "sw": "Kiswahili", "ta": "தமிழ்", "th": "ไทย", "ti": "ትግርኛ", "tr": "Türkçe",
    "uk": "Українська", "ur": "اردو", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip
_FROM_THE_RIGHT = frozenset({"ar", "ckb", "fa", "he", "prs", "ps", "ur"})

_LOCALE = Path(__file__).resolve().parent.parent / "locale"


@dataclass(frozen=True)
class TextInLanguage:
    """A text from the questionnaire and the language it is in, for the lang attribute."""

    text: str
    lang: str

    def __str__(self) -> str:
        return self.text


def words(text: Mapping[str, str], language: str) -> TextInLanguage:
    """The text in the reader's language, else in bokmål."""
    found = text.get(language)
    return TextInLanguage(found, language) if found else TextInLanguage(text.get(SOURCE, ""), SOURCE)


def own_words(text: Mapping[str, str], reader: str, ours: str) -> TextInLanguage | None:
    """A text that the wave may set in place of our own; None where ours, in the reader's language, is shown.

    Never another language than those two: whoever reads nynorsk gets our own text in nynorsk, not theirs in bokmål.
    """
    return next((TextInLanguage(text[language], language) for language in (reader, ours) if text.get(language)), None)


def chosen_language(wanted: str | None, offered: list[str]) -> str:
    """The language that was asked for when it is offered, else bokmål."""
    return wanted if wanted is not None and wanted in offered else SOURCE


def direction(language: str) -> str:
    """Which way a language is written, for the dir attribute."""
    return "rtl" if language in _FROM_THE_RIGHT else "ltr"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The catalogue of a language; compiled here when set-up has not done it (or did before a change)."""
    if language == SOURCE or language not in LANGUAGES:
        return gettext.NullTranslations()
    source = _LOCALE / language / "LC_MESSAGES" / "intake.po"
    compiled = source.with_suffix(".mo")
    if compiled.exists() and (not source.exists() or compiled.stat().st_mtime >= source.stat().st_mtime):
        with compiled.open("rb") as file:
            return gettext.GNUTranslations(file)
    if source.exists():
        return gettext.GNUTranslations(io.BytesIO(_compile(source)))
    return gettext.NullTranslations()


def _compile(source: Path) -> bytes:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as file:
        catalog = read_po(file)
    target = io.BytesIO()
    write_mo(target, catalog)
    return target.getvalue()
