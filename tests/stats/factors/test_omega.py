"""Omega: lavaan's values and delta-method intervals."""

import pytest

from kfl.stats import BadAnswers
from kfl.stats.factors.confirmatory import confirmatory, one_factor
from kfl.stats.factors.omega import omega_total

from .samples import bfi, blocks, holzinger, pisa, rows_of


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
