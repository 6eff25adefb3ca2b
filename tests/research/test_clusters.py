"""Schools as clusters: only those whose complete sheets may stand beside their pages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kfl.research.making import clusters
from kfl.research.making.auditing import attack, found_in
from kfl.research.making.form import form_report, measured
from kfl.research.making.safety import FEWEST_GROUPS
from tests.research.making import IN_EACH, SCHOOLS, a_form, codes

K = 7


def schools_of(form):
    found = next(measured(form)).clusters
    return set(found[found >= 0].tolist())


def skipping(*, people, schools):
    """So many of each of these schools skipped one question each."""
    answers = codes()
    for school in schools:
        for one in range(people):
            answers[one % 5, school * IN_EACH + one] = -1
    return answers


def test_all_schools_count_where_everybody_answered_everything():
    form = a_form(codes())
    assert schools_of(form) == set(range(1, SCHOOLS + 1))
    told = form_report(form).report.scales[0].full.clustering
    assert (told.schools, told.omega > 0, told.chi2 > 0) == (SCHOOLS, True, True)
    assert told.alpha > 1.2  # schools differ, and so do answers in steps from normal ones


def test_a_school_where_a_few_skipped_does_not_count():
    """In each of the first ten one skipped: of the wave they are ten, of a school one."""
    answers = codes()
    answers[0, np.arange(10) * IN_EACH] = -1
    form = a_form(answers)
    assert next(measured(form)).is_full
    assert schools_of(form) == set(range(11, SCHOOLS + 1))


def test_those_that_do_not_count_are_no_few_together():
    """One skipped in one school: told of all others, she would be the wave less them."""
    answers = skipping(people=10, schools=[0, 1])
    answers[0, 5 * IN_EACH] = -1
    form = a_form(answers)
    assert next(measured(form)).is_full
    left = set(range(1, SCHOOLS + 1)) - schools_of(form)
    assert 6 in left
    assert len(left) > 1
    held = np.isin(form.answers.group, sorted(left))
    assert ((form.answers.codes[0] >= 0) & ~(form.answers.codes >= 0).all(axis=0) & held).sum() != 1


def test_hidden_schools_do_not_count_and_few_schools_have_no_design_effect():
    marks = np.ones((SCHOOLS + 1, 1), dtype=bool)
    marks[FEWEST_GROUPS:] = False
    form = replace(a_form(codes()), nodes_shown=marks)
    assert schools_of(form) == set(range(1, FEWEST_GROUPS))
    assert form_report(form).report.scales[0].full.clustering is None


@pytest.mark.parametrize("old", [False, True])
def test_the_audit_finds_whom_schools_would_give_away(old, monkeypatch):
    """As it is, nobody; with all schools as clusters, the one of each who skipped."""
    answers = codes()
    answers[0, np.arange(10) * IN_EACH] = -1
    if old:
        monkeypatch.setattr("kfl.research.making.form.apart", lambda _a, _r, _e, _b, school_of, _k: school_of)
    form = a_form(answers)
    found = [leak for matrix in attack(form, form_report(form).report) for leak in found_in(matrix)]
    assert bool(found) is old


def test_a_node_is_in_its_own_school():
    form = a_form(codes())
    assert clusters.schools_of(form.tree).tolist() == [-1, *range(1, SCHOOLS + 1)]
