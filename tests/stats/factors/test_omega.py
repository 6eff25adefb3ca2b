"""Omega: lavaan's values and delta-method intervals."""

import pytest

from kfl.stats import BadAnswers, NotIdentified
from kfl.stats.factors.confirmatory import confirmatory, one_factor
from kfl.stats.factors.omega import omega_hierarchical, omega_total

from .samples import bfi, blocks, holzinger, pisa, pisa_joint, rows_of


def check_against_lavaan(model, which, omega):
    (row,) = (row for row in rows_of("omega.csv") if (row["model"], row["which"]) == (model, which))
    got = (omega.value, omega.low, omega.high, omega.people)
    assert got == pytest.approx([float(row[name]) for name in ("value", "low", "high", "people")], abs=1e-6)


@pytest.mark.parametrize(
    "model, moments", [("holzinger", holzinger), ("bfi_A", lambda: bfi("A")), ("bfi_N", lambda: bfi("N"))]
)
def test_omega_total_equals_lavaan(model, moments):
    check_against_lavaan(model, "total", omega_total(moments()))
    assert omega_total(one_factor(moments())) == omega_total(moments())


def test_omega_total_of_pisa_scales_equals_lavaan():
    for key, moments in pisa().items():
        check_against_lavaan(f"pisa_{key}", "total", omega_total(moments))


def test_omega_total_of_many_factors_is_refused():
    with pytest.raises(BadAnswers, match="one factor"):
        omega_total(confirmatory(holzinger(), blocks(3, 3, 3)))


def test_omega_hierarchical_equals_lavaan():
    got = omega_hierarchical(bfi("ACEN"), blocks(5, 5, 5, 5))
    assert got.proper
    check_against_lavaan("bfi_bifactor", "hierarchical", got.hierarchical)
    check_against_lavaan("bfi_bifactor", "total", got.total)


def test_omega_hierarchical_of_pisa_scales_together_equals_lavaan():
    got = omega_hierarchical(pisa_joint(("climate", "support", "feedback", "anxiety")), blocks(5, 5, 5, 5))
    check_against_lavaan("pisa_bifactor", "hierarchical", got.hierarchical)
    check_against_lavaan("pisa_bifactor", "total", got.total)


def test_groups_of_two_items_tell_too_little():
    with pytest.raises(NotIdentified):
        omega_hierarchical(holzinger().take([0, 1, 3, 4]), blocks(2, 2))
