"""The tab "Spørsmålene": how the answers to each question fall, how sure that is, and where it can be seen instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kfl.documents import figures

from ..payload import FormText, ItemText, NodeBeside, Page, ScaleResult, ScaleText
from . import result_words, trust
from .parts import ItemShares, NotShown, ScaleShares, Share


def asked(page: Page, form: FormText) -> list[ScaleShares]:
    """Scales and single questions whose shares of answers are shown."""
    pairs = zip(form.scales, page.scales, strict=True)
    return [asked for scale, result in pairs if result.items for asked in _by_answers(scale, result)]


def _by_answers(scale: ScaleText, result: ScaleResult) -> Iterator[ScaleShares]:
    """The scale's items under the words that each was answered with; most scales have the same for all."""
    pairs = list(zip(scale.items, result.items, strict=True))
    for labels in dict.fromkeys(tuple(map(result_words.said, item.answers)) for item in scale.items):
        own = [pair for pair in pairs if tuple(map(result_words.said, pair[0].answers)) == labels]
        yield _asked(scale, result, list(labels), own)


def _asked(
    scale: ScaleText, result: ScaleResult, labels: list[str], own: list[tuple[ItemText, list[int]]]
) -> ScaleShares:
    fewest = min(numbers[0] for _item, numbers in own)
    items = [
        ItemShares(
            item.key,
            result_words.said(item.text),
            item.turned,
            n,
            [Share(share, *trust.share_interval(share, n, result.effect)) for share in given],
            figures.stacked_bar(given, labels, title=""),
        )
        for item, (n, *given) in own
    ]
    half = trust.share_half(fewest, result.effect)
    return ScaleShares(result_words.said(scale.title), labels, figures.bar_legend(labels), items, half)


def not_shown(page: Page, form: FormText, places: Mapping[int, NodeBeside]) -> list[NotShown]:
    """Scales and single questions whose shares are hidden, by reason and by the nearest level that shows them."""
    found: dict[tuple[str, int], NotShown] = {}
    for scale, result in zip(form.scales, page.scales, strict=True):
        if not result.items:
            why = result_words.why_hidden(result.items_hidden or result.hidden)
            key = (why, result.items_nearest)
            group = found.setdefault(key, NotShown([], why, places.get(result.items_nearest)))
            group.titles.append(result_words.said(scale.title))
    return list(found.values())
