"""Forms that come back: only what this person changed is written, and what both changed is asked about."""

from __future__ import annotations

import html
import re

import pytest
from django import forms
from django.http import QueryDict

from kfl.core.stale import CarefulForm, Fate, judge, mark


class Example(CarefulForm):
    name = forms.CharField(label="Navn", required=False)
    text = forms.CharField(label="Tekst", required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Slag", choices=[("a", "Elever"), ("b", "Lærere"), ("c", "Alle")], required=False)
    is_read = forms.BooleanField(label="Lest", required=False)
    most = forms.IntegerField(label="Høyst", required=False)
    day = forms.DateField(label="Dag", required=False, widget=forms.DateInput(format="%Y-%m-%d"))
    units = forms.MultipleChoiceField(
        label="Enheter",
        required=False,
        choices=[(str(n), str(n)) for n in range(5)],
        widget=forms.CheckboxSelectMultiple,
    )


START = {"name": "Ada", "text": "En\nto", "kind": "a", "is_read": True, "most": 3, "day": None, "units": ["1", "2"]}


def sent(shown, **changes):
    """What a browser sends of a page that showed these values, after somebody has changed some."""
    page = Example(initial=shown)
    body = QueryDict(mutable=True)
    body["seen"] = html.unescape(re.search(r'value="([^"]*)"', page.mark)[1])
    for name, value in {**shown, **changes}.items():
        if isinstance(value, bool):
            body.setlist(name, ["on"] if value else [])
        elif isinstance(value, list):
            body.setlist(name, value)
        else:
            body[name] = "" if value is None else str(value).replace("\n", "\r\n")
    return body


def cleaned(shown, now, **changes):
    form = Example(sent(shown, **changes), initial=now)
    assert form.is_valid(), form.errors
    return {**form.cleaned_data, "text": form.cleaned_data["text"].replace("\r\n", "\n")}, form.left_to_others


OTHER = {
    "name": "Eva", "text": "Tre\nfire", "kind": "b", "is_read": False, "most": 4, "day": "2026-11-02",
    "units": ["2", "3"],
}  # fmt: skip


@pytest.mark.parametrize("field", START)
def test_what_somebody_else_changed_stands_and_is_told(field):
    now = {**START, field: OTHER[field]}
    got, told = cleaned(START, now, **({"name": "Liv"} if field != "name" else {"most": 9}))
    wanted = {**now, **({"name": "Liv"} if field != "name" else {"most": 9})}
    assert {**got, "day": str(got["day"] or "")} == {**wanted, "day": str(wanted["day"] or "")}
    assert told == [Example.base_fields[field].label]


@pytest.mark.parametrize("field", START)
def test_what_this_person_alone_changed_is_written(field):
    got, told = cleaned(START, START, **{field: OTHER[field]})
    assert str(got[field]) == str(OTHER[field])
    assert told == []


def test_a_list_is_joined_choice_by_choice():
    got, told = cleaned(START, {**START, "units": ["1", "2", "3"]}, units=["2", "4"])
    assert got["units"] == ["2", "3", "4"]
    assert told == ["Enheter"]


@pytest.mark.parametrize("field", [name for name in START if name not in {"units", "is_read"}])
def test_what_both_changed_is_asked_about_and_written_at_the_next_save(field):
    third = {"name": "Liv", "text": "Fem", "kind": "c", "most": 5, "day": "2026-12-24"}[field]
    now = {**START, field: OTHER[field]}
    form = Example(sent(START, **{field: third}), initial=now)
    assert not form.is_valid()
    assert list(form.errors) == [field]
    shown = str({"kind": "Lærere"}.get(field, OTHER[field]))
    assert shown.splitlines()[0] in form.errors[field][0]
    assert str(third) in str(form[field]), "what was typed stays in the field"
    again = sent(now, **{field: third})
    assert html.unescape(re.search(r'value="([^"]*)"', form.mark)[1]) == again["seen"]
    assert Example(again, initial=now).is_valid()


def test_both_changed_to_the_same_is_no_question():
    got, told = cleaned(START, {**START, "name": "Eva"}, name="Eva")
    assert got["name"] == "Eva"
    assert told == []


def test_what_a_form_rests_on_is_asked_about_too():
    page = Example(initial=START, basis="one file")
    body = sent(START)
    body["seen"] = html.unescape(re.search(r'value="([^"]*)"', page.mark)[1])
    assert Example(body, initial=START, basis="one file").is_valid()
    form = Example(body, initial=START, basis="another file")
    assert "Noen andre har endret dette" in form.non_field_errors()[0]


def test_a_new_row_has_no_mark_and_a_request_without_marks_is_taken_at_its_word():
    assert Example(initial=START, is_new=True).mark == ""
    body = sent(START, name="Liv")
    for broken in ("", "{", "[]"):
        body["seen"] = broken
        form = Example(body, initial={**START, "name": "Eva"})
        assert form.is_valid()
        assert form.cleaned_data["name"] == "Liv"


def test_line_ends_and_outer_blanks_are_no_change():
    assert mark("En\r\nto ") == mark("En\nto")
    assert judge(mark("a"), "a", "b") is Fate.KEEP
    assert judge(mark("a"), "b", "a") is Fate.WRITE
    assert judge(mark("a"), "b", "c") is Fate.ASK
    assert judge(mark("a"), "b", "b") is Fate.KEEP
