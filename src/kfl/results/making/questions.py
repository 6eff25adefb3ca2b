"""What was asked, as `compute` takes it and as pages print it: scales, and questions outside every scale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext, override

from kfl.core.text import LANGUAGES
from kfl.questionnaires.formats import ORDERED, Format
from kfl.questionnaires.models import Item
from kfl.stats import ScaleSpec
from kfl.surveys.models import WaveForm

from ..payload import ItemText, ScaleText, Text
from .computed import AskedScale

# Open numbers are not released: a single large one gives away who wrote it. Text never leaves the store this way.
SHOWN_ALONE = ORDERED | {Format.MULTIPLE}


def asked(form: WaveForm, rows: Mapping[str, int]) -> list[tuple[AskedScale, ScaleText]]:
    """The form's scales in their order, then its single questions; `rows` says where each item's answers are."""
    version = form.version
    items = list(version.items.all())
    found = []
    for scale in version.scales.all():
        own = [item for item in items if item.scale_id == scale.pk and item.key in rows and item.format in ORDERED]
        if own:
            title, about = dict(scale.name), dict(scale.description)
            found.append(
                _together(own, rows, scale.key, title, about, digest=scale.digest, favourable=scale.favourable)
            )
    for item in items:
        if item.scale_id is None and item.key in rows and item.format in SHOWN_ALONE:
            alone = (
                _choices(item, rows)
                if item.format == Format.MULTIPLE
                else _together([item], rows, item.key, dict(item.text), {})
            )
            found.append(alone)
    return found


def _together(
    items: list[Item],
    rows: Mapping[str, int],
    key: str,
    title: Text,
    about: Text,
    *,
    digest: str = "",
    favourable: str = "",
) -> tuple[AskedScale, ScaleText]:
    codes = [answer.code for item in items for answer in item.answers]
    low, high = min(codes), max(codes)
    measured, sensitive = bool(digest), any(item.sensitive for item in items)
    turned = tuple(item.reversed for item in items)
    spec = ScaleSpec(_unique(key, measured), tuple(rows[item.key] for item in items), turned, low, high)
    texts = [ItemText(item.key, dict(item.text), item.reversed, list(_labels(item, low, high))) for item in items]
    shown = ScaleText(key, title, about, key, favourable, digest, measured, sensitive, low, high, texts)
    return AskedScale(spec, digest, measured, sensitive), shown


def _labels(item: Item, low: int, high: int) -> Iterator[Text]:
    labels = {answer.code: dict(answer.label) for answer in item.answers}
    for code in range(low, high + 1):
        yield labels.get(code, {"nb": str(code)})


def _choices(item: Item, rows: Mapping[str, int]) -> tuple[AskedScale, ScaleText]:
    """A question with several choices: one row an option, 0 not chosen and 1 chosen."""
    options = list(item.answers)
    first = rows[item.key]
    places = tuple(range(first, first + len(options)))
    spec = ScaleSpec(_unique(item.key, False), places, (False,) * len(options), 0, 1)
    chosen = [_in_all_languages(False), _in_all_languages(True)]
    texts = [ItemText(f"{item.key}-{option.code}", dict(option.label), False, chosen) for option in options]
    shown = ScaleText(item.key, dict(item.text), {}, item.key, "", "", False, item.sensitive, 0, 1, texts)
    return AskedScale(spec, "", False, item.sensitive), shown


def _in_all_languages(chosen: bool) -> Text:
    found = {}
    for language in LANGUAGES:
        with override(language):
            found[language] = gettext("Valgt") if chosen else gettext("Ikke valgt")
    return found


def _unique(key: str, measured: bool) -> str:
    """A scale and a single question may bear the same key; the rules want different ones."""
    return key if measured else f"?{key}"
