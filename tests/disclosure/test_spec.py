from pathlib import Path

import numpy as np
import pytest

from kfl.disclosure import spec, spec_panels

DOCUMENT = Path(__file__).parents[2] / "docs" / "privacy-rules.md"


@pytest.mark.parametrize("case", [*spec.CASES, *spec_panels.CASES], ids=lambda case: case.situation)
def test_rule_example(case: spec.Case | spec_panels.PanelCase) -> None:
    shown, _ = case.outcome()
    assert ", ".join(shown) == case.shown


def test_tables_in_the_document_are_these() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    assert spec.with_tables(document) == document, "run: python -m kfl.disclosure.spec docs/privacy-rules.md"


def test_skipped_answers_are_taken_from_the_second_item_only() -> None:
    counts = spec._counts(spec.mixed("A", spec.spread(20), skipped=14))
    assert counts.sum(axis=(0, 2)).tolist() == [20, 6]
    assert counts.min() == 0
    assert np.array_equal(counts[1, 1], [0, 0, 0, 1, 5])
