"""The examples in the docstrings of kfl.stats, and those of docs/methods/examples.md, give what they say."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import kfl
import kfl.stats

MODULES = [module.name for module in pkgutil.walk_packages(kfl.stats.__path__, "kfl.stats.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_public_names_exist():
    assert all(hasattr(kfl.stats, name) for name in kfl.stats.__all__)
    assert sorted(kfl.stats.__all__) == kfl.stats.__all__


PAGE = Path(kfl.__file__).parents[2] / "docs" / "methods" / "examples.md"
CALLED_FIRST = {
    "alphas", "change", "collect_dif", "confirmatory", "cronbach_alpha", "dif", "exploratory", "graded_response",
    "graded_scores", "invariance", "item_analysis", "nested_intercepts", "omega_total", "ordinal_confirmatory",
    "panel_change", "parallel_analysis", "random_intercept",
}  # fmt: skip


def blocks():
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_of_examples_gives_what_it_says(monkeypatch):
    """One after the other, as somebody reads them; the first that differs is printed."""
    monkeypatch.chdir(PAGE.with_suffix(""))
    parser, names = doctest.DocTestParser(), {}
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.REPORT_ONLY_FIRST_FAILURE)
    for number, block in enumerate(blocks()):
        test = parser.get_doctest(block, names, f"example {number}", str(PAGE), 0)
        assert test.examples
        assert runner.run(test, clear_globs=False).failed == 0
        names = test.globs


def test_the_page_of_examples_calls_each_function_that_is_called_first():
    code = "\n".join(blocks())
    assert [name for name in sorted(CALLED_FIRST) if f".{name}(" not in code] == []
    text = PAGE.read_text(encoding="utf-8")
    assert "\n- [Change](#change)" in text
    assert all(f"\n## {title}\n" in text for title in re.findall(r"\n- \[(.*?)\]\(#", text))
