"""How forms are drawn: label, help and error belong to their field; the summary leads to it."""

from __future__ import annotations

import re

import pytest
from django import forms
from django.template.loader import render_to_string


class Example(forms.Form):
    name = forms.CharField(label="Navn", help_text="Slik det står på døra")
    why = forms.CharField(label="Hvorfor", required=False, widget=forms.Textarea(attrs={"class": "wide"}))
    kind = forms.ChoiceField(label="Hvem", choices=[("a", "Elever"), ("b", "Lærere")], widget=forms.RadioSelect)
    read = forms.BooleanField(label="Lest")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture
def html() -> str:
    return re.sub(r"\s+", " ", str(Example()))


def test_text_field_has_label_and_described_input(html):
    assert '<label for="id_name">Navn</label>' in html
    assert 'id="id_name_helptext"' in html
    field = re.search(r"<input[^>]*name=\"name\"[^>]*>", html)
    assert field is not None
    assert 'class="ds-input"' in field[0]
    assert 'aria-describedby="id_name_helptext"' in field[0]


def test_class_of_a_widget_is_kept_once(html):
    area = re.search(r"<textarea[^>]*>", html)
    assert area is not None
    assert area[0].count("class=") == 1
    assert 'class="ds-input wide"' in area[0]


def test_optional_field_says_so_and_required_does_not(html):
    assert re.search(r"Hvorfor <span[^>]*>\(valgfritt\)", html)
    assert not re.search(r"Navn <span", html)


def test_radio_group_is_a_fieldset_with_its_legend(html):
    group = re.search(r"<fieldset.*?</fieldset>", html)
    assert group is not None
    assert "<legend>Hvem" in group[0]
    assert group[0].count('type="radio"') == 2
    assert '<label for="id_kind_0">Elever</label>' in group[0]


def test_checkbox_stands_before_its_label(html):
    assert re.search(r'type="checkbox"[^>]*name="read"[^>]*> ?<label for="id_read">Lest</label>', html)


def test_hidden_field_has_no_label(html):
    assert 'type="hidden" name="key"' in html
    assert "Key" not in html


def test_error_stands_at_its_field_and_in_the_summary():
    form = Example({"why": "x"})
    html = render_to_string("core/_form.html", {"form": form, "submit": "Send"})
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert 'href="#id_name"' in html
    assert "Du må rette 3 feil" in html
    assert re.search(r'href="#id_kind"', html)
    assert 'id="id_kind"' in html, "the summary's link must have somewhere to go"


def test_user_text_is_escaped():
    html = str(Example({"name": '"><script>'}))
    assert "<script>" not in html
