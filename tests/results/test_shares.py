"""The tab "Spørsmålene": each question's shares stand under the words that it was answered with."""

from __future__ import annotations

from kfl.results.payload import FormText, ItemText, Page, ScaleResult, ScaleText
from kfl.results.reading import shares

AGREE, OFTEN = ([{"nb": words} for words in pair] for pair in (("Uenig", "Enig"), ("Sjelden", "Ofte")))


def _asked(*answers: list[dict[str, str]]) -> list[shares.ScaleShares]:
    items = [ItemText(f"i{n}", {"nb": f"Spørsmål {n}"}, False, words) for n, words in enumerate(answers)]
    scale = ScaleText("s", {"nb": "Trivsel"}, {}, "s", "high", "d", True, False, 1, 2, items)
    given = [[20 + n, 10 * n, 100 - 10 * n] for n in range(len(items))]
    page = Page(1, "class", "8A", 8, 30, 30, [], [], [ScaleResult(items=given)])
    asked, closed = "2026-11-02", "2026-11-20"
    form = FormText(
        "pupil_5_10", "T2", "trivsel", asked, closed, [scale], [], {}, [None], [""], False, [None], [None], {}, {}, [[]]
    )
    return shares.asked(page, form)


def test_questions_with_the_same_answers_stand_together():
    (block,) = _asked(AGREE, AGREE)
    assert (block.title, block.labels, len(block.items)) == ("Trivsel", ["Uenig", "Enig"], 2)


def test_a_question_with_other_answers_never_stands_under_the_first_ones_words():
    agree, often = _asked(AGREE, OFTEN, AGREE)
    assert (agree.labels, [item.text for item in agree.items]) == (["Uenig", "Enig"], ["Spørsmål 0", "Spørsmål 2"])
    assert (often.labels, [item.text for item in often.items]) == (["Sjelden", "Ofte"], ["Spørsmål 1"])
    assert [share.share for share in often.items[0].shares] == [10, 90]
