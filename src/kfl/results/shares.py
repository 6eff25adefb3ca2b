"""The tab "Spørsmålene": how the answers to each question fall, how sure that is, and where it can be seen instead."""

from __future__ import annotations

from collections.abc import Mapping

from kfl.core import figures

from . import trust, words
from .payload import FormText, Page, Place, ScaleResult, ScaleText
from .pieces import Asked, Item, NotShown, Share


def asked(page: Page, form: FormText) -> list[Asked]:
    """Scales and single questions whose shares of answers are shown."""
    # The first releases tell nothing of how alike groups are: then only the lowest groups' shares have an interval.
    sure = bool(form.alike) or not page.below
    pairs = zip(form.scales, page.scales, strict=True)
    return [_asked(scale, result, sure=sure) for scale, result in pairs if result.items]


def _asked(scale: ScaleText, result: ScaleResult, *, sure: bool) -> Asked:
    labels = [words.said(answer) for answer in scale.items[0].answers]
    fewest = min(numbers[0] for numbers in result.items)
    items = [
        Item(
            words.said(item.text),
            item.turned,
            n,
            [Share(share, *trust.share_interval(share, n, result.effect)) if sure else Share(share) for share in given],
            figures.stacked_bar(given, labels, title=""),
        )
        for item, (n, *given) in zip(scale.items, result.items, strict=True)
    ]
    half = trust.share_half(fewest, result.effect) if sure else None
    return Asked(words.said(scale.title), labels, figures.bar_legend(labels), items, half)


def not_shown(page: Page, form: FormText, places: Mapping[int, Place]) -> list[NotShown]:
    """Scales and single questions whose shares are hidden, by reason and by the nearest level that shows them."""
    found: dict[tuple[str, int], NotShown] = {}
    for scale, result in zip(form.scales, page.scales, strict=True):
        if not result.items:
            why = words.why_hidden(result.items_hidden or result.hidden)
            key = (why, result.items_nearest)
            group = found.setdefault(key, NotShown([], why, places.get(result.items_nearest)))
            group.titles.append(words.said(scale.title))
    return list(found.values())
