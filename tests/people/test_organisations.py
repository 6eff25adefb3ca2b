"""Organisations: a number that is written right, and the name of the day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError

from kfl.people import actions
from kfl.people.organisations import WrongNumber, checked_number, name_on, organisation_of

DAY = date(2024, 1, 1)


def test_a_number_is_checked_and_read_with_blanks():
    assert checked_number("100 000 008") == "100000008"
    for wrong in ("100000009", "10000000", "1000000080", "10000000x", "", "١٢٣٤٥٦٧٨٩"):
        with pytest.raises(WrongNumber):
            checked_number(wrong)


def test_a_number_whose_check_would_be_ten_does_not_exist():
    for digit in range(10):
        with pytest.raises(WrongNumber):
            checked_number(f"10000013{digit}")


def test_an_organisation_is_found_by_its_number_and_has_it_alone(db):
    row = actions.add_organisation(name="Lærerlaget", number="100 000 008", by=None)
    assert organisation_of("100000008") == row
    assert organisation_of("100000040") is None
    with pytest.raises(IntegrityError):
        actions.add_organisation(name="En annen", number="100000008", by=None)


def test_many_organisations_have_no_number(db):
    rows = [actions.add_organisation(name=name, by=None) for name in ("Foreldrelaget", "Elevlaget")]
    assert rows[0] != rows[1]


def test_what_it_was_called_on_a_day(db):
    row = actions.add_organisation(name="Det gamle laget", by=None)
    actions.rename_organisation(organisation=row, name="Det nye laget", from_on=DAY, by=None)
    assert [name_on(row, day) for day in (date(1800, 1, 1), date(2023, 12, 31), DAY, date(2030, 1, 1))] == [
        "Det gamle laget", "Det gamle laget", "Det nye laget", "Det nye laget",
    ]  # fmt: skip
    assert str(row) == "Det nye laget"
    with pytest.raises(actions.NameDoesNotFit, match="2024-01-01"):
        actions.rename_organisation(organisation=row, name="For tidlig", from_on=DAY, by=None)
