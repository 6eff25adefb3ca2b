"""Icons, numbers, shares and dates as they stand on the page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.template import engines
from django.utils import translation

from kfl.core.templatetags import core as tags


@pytest.mark.parametrize(
    ("language", "value", "decimals", "shown"),
    [
        ("nb", 12345, 0, "12\u00a0345"),
        ("nb", 3.456, 1, "3,5"),
        ("nn", 1234.5, 1, "1\u00a0234,5"),
        ("en", 12345.6, 1, "12\u00a0345.6"),
        ("nb", None, 0, "–"),
        ("nb", float("nan"), 0, "–"),
    ],
)
def test_number_is_written_as_the_language_does(language, value, decimals, shown):
    with translation.override(language):
        assert tags.number(value, decimals) == shown


def test_share_is_whole_per_cent_with_a_space_that_does_not_break():
    assert tags.share(0.917) == "92\u00a0%"
    assert tags.share_of(22, 24) == "92\u00a0%"
    assert tags.share_of(0, 0) == "–"
    assert tags.share(None) == "–"


def test_dates_are_written_as_one_says_them():
    with translation.override("nb"):
        assert tags.day(date(2026, 12, 4)) == "fredag 4. desember"
        assert tags.dated(date(2026, 12, 4)) == "4. desember 2026"


def test_moment_is_told_in_norwegian_time():
    with translation.override("nb"):
        assert tags.moment(datetime(2026, 12, 4, 13, 15, tzinfo=UTC)) == "4. desember 2026 kl. 14.15"


@pytest.mark.parametrize(("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a og b"), ("abc", "a, b og c")])
def test_listed_puts_og_before_the_last(words, said):
    with translation.override("nb"):
        assert tags.listed(list(words)) == said


def test_icon_is_inlined_and_hidden_from_screen_readers():
    svg = engines["django"].from_string('{% icon "EyeSlash" %}').render({})
    assert svg.startswith('<svg class="icon" aria-hidden="true"')
    assert "currentColor" in svg
    assert "style=" not in svg


def test_icon_that_is_not_fetched_is_named():
    with pytest.raises(tags.NoSuchIcon, match="Rocket"):
        tags.icon("Rocket")
