"""From a questionnaire version to what is frozen: digests of scales, and the form as intake shows it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from kfl.answers import bundle as bundles
from kfl.core.text import TranslatedText, text

from .formats import Format
from .models import Item, QuestionnaireVersion, Scale

LAST_PAGE = "til-slutt"
LAST_HEADING = text("Til slutt", "Til slutt", "Finally", "Loahpas")


def scale_digest(scale: Scale, items: Iterable[Item]) -> str:
    """What is asked, as one number: item keys, bokmål texts, format, own answers, direction (RULES C.2).

    Translations, sounds and pictures, the scale's name, its description and `favourable` may be mended without a break
    in the series.
    """
    content = [
        [
            item.key,
            item.text.get("nb", ""),
            item.format,
            item.reversed,
            [[answer.code, answer.label.get("nb", "")] for answer in item.answers],
        ]
        for item in items
    ]
    asked = json.dumps([scale.key, content], ensure_ascii=False)
    return hashlib.sha256(asked.encode()).hexdigest()


def items_in_order(version: QuestionnaireVersion) -> list[tuple[Scale | None, list[Item]]]:
    """The version's items by scale, in the order they are asked; single questions last, under None."""
    groups: list[tuple[Scale | None, list[Item]]] = [(scale, []) for scale in version.scales.order_by("position", "pk")]
    place = {scale.pk: items for scale, items in groups if scale}
    singles: list[Item] = []
    for item in version.items.order_by("position", "pk"):
        (singles if item.scale_id is None else place[item.scale_id]).append(item)
    return [*groups, (None, singles)] if singles else groups


def freeze_version(version: QuestionnaireVersion, at: datetime) -> None:
    """Freeze a version: from now on neither it nor the digests of its scales change."""
    if version.is_frozen:
        return
    for scale, items in items_in_order(version):
        if scale is not None:
            scale.digest = scale_digest(scale, items)
            scale.save(update_fields=["digest"])
    version.frozen_at = at
    version.save(update_fields=["frozen_at"])


def form_of(version: QuestionnaireVersion, number: int) -> bundles.BundleForm:
    """The version as a form of the bundle, with its rows in the answers matrix."""
    pages = []
    every_item: list[Item] = []
    for scale, items in items_in_order(version):
        every_item.extend(items)
        heading = (scale.heading or scale.name) if scale else LAST_HEADING
        key = scale.key if scale else LAST_PAGE
        is_sensitive = any(item.sensitive for item in items)
        pages.append(bundles.BundlePage(key, dict(heading), [_item(item) for item in items], is_sensitive))
    faces = bool(every_item) and all(item.format == Format.FACES3 for item in every_item)
    form = bundles.BundleForm(
        number,
        version.questionnaire.informant,
        dict(version.questionnaire.title),
        dict(version.intro),
        [page for page in pages if page.items],
        faces,
    )
    return bundles.with_columns(form)


def _item(item: Item) -> bundles.BundleItem:
    options = [bundles.Option(answer.code, dict(answer.label)) for answer in item.answers]
    is_number = item.format == Format.NUMBER
    return bundles.BundleItem(
        item.key,
        -1,
        dict(TranslatedText(item.text)),
        bundles.ItemKind(item.format),
        options,
        item.low if is_number else None,
        item.high if is_number else None,
        dict(item.sound),
        item.picture or None,
    )


def media_in(version: QuestionnaireVersion) -> set[str]:
    """Digests of all sounds and pictures of a version."""
    items = list(version.items.all())
    return {digest for item in items for digest in item.sound.values()} | {item.picture for item in items} - {""}
