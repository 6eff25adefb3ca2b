"""Forms of the questionnaire editor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kfl.core import stale
from kfl.core.text import LANGUAGES, TranslatedText, from_fields, language_fields

from ..formats import WITH_OWN_OPTIONS, Format, Informant
from ..models import Favourable, Item, QuestionnaireVersion, Scale
from ..written import WrittenItem, WrittenScale
from .own_answers import OwnAnswersField, followed, from_options, to_options


def _parts(name: str, value: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{language}": value.get(language, "") for language in LANGUAGES}


class TitleForm(forms.Form):
    """The title of a questionnaire that is made by copying."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(language_fields("title", str(_("Tittel")), rows=1))

    def title(self) -> TranslatedText:
        return from_fields("title", self.cleaned_data)


class NewQuestionnaireForm(TitleForm):
    """A new questionnaire: who answers it, and its title."""

    informant = forms.ChoiceField(label=_("Hvem svarer"), choices=Informant.choices)


class VersionForm(stale.CarefulForm, TitleForm):
    """Title and introduction."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(language_fields("intro", str(_("Innledning")), required=False, rows=3))

    def intro(self) -> TranslatedText:
        return from_fields("intro", self.cleaned_data)

    @staticmethod
    def of(version: QuestionnaireVersion) -> dict[str, str]:
        """The version's own values, as a form's first values."""
        return {**_parts("title", version.questionnaire.title), **_parts("intro", version.intro)}


class ScaleForm(stale.CarefulForm):
    """A scale: its name, what it measures, what the one who answers reads above it, and its direction."""

    favourable = forms.ChoiceField(
        label=_("Retning"),
        choices=Favourable.choices,
        widget=forms.RadioSelect,
        initial=Favourable.HIGH,
        help_text=_("Lavt er bra for eksempel for mobbing og uro. Retningen styrer bare ordene, ikke tallene."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        direction = self.fields.pop("favourable")
        self.fields.update(language_fields("name", str(_("Navn")), rows=1))
        self.fields.update(language_fields("description", str(_("Hva skalaen måler")), required=False))
        self.fields.update(language_fields("heading", str(_("Overskrift for den som svarer")), required=False, rows=1))
        self.fields["favourable"] = direction

    def written(self) -> WrittenScale:
        texts = {name: from_fields(name, self.cleaned_data) for name in ("name", "description", "heading")}
        return WrittenScale(**texts, favourable=Favourable(self.cleaned_data["favourable"]))

    @staticmethod
    def of(scale: Scale) -> dict[str, Any]:
        """The scale's own values, as a form's first values."""
        texts = {**_parts("name", scale.name), **_parts("description", scale.description)}
        return {**texts, **_parts("heading", scale.heading), "favourable": scale.favourable}


RARE = ("options", "low", "high")


class ItemForm(stale.CarefulForm):
    """An item. Which of the last fields count depends on the format."""

    format = forms.ChoiceField(label=_("Svarform"), choices=Format.choices, initial=Format.AGREE4)
    reversed = forms.BooleanField(label=_("Snudd: å være enig betyr mindre av det skalaen måler"), required=False)
    sensitive = forms.BooleanField(
        label=_("Sensitivt"),
        required=False,
        help_text=_(
            "Mobbing, vold, utrygghet. Det blir spurt om dette, men portalen viser ikke svarene ennå. Når den gjør "
            "det, blir det i grupper på tre, og aldri som poeng for en klasse."
        ),
    )
    counts_from_code = forms.IntegerField(
        label=_("Sensitivt: teller fra svar nummer"),
        required=False,
        min_value=1,
        max_value=20,
        help_text=_(
            "For eksempel 3 når «av og til» er det tredje svaret. For et snudd spørsmål: regnet etter snuing. "
            "Får svarene nye plasser, følger tallet svaret."
        ),
    )
    low = forms.IntegerField(label=_("Et tall: det minste"), required=False, min_value=0, max_value=32767)
    high = forms.IntegerField(label=_("Et tall: det største"), required=False, min_value=0, max_value=32767)

    def __init__(self, *args: Any, for_children: bool, in_scale: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rest = dict(self.fields)
        self.fields.clear()
        self.fields.update(language_fields("text", str(_("Spørsmål eller utsagn"))))
        self.fields.update(rest)
        self.fields["options"] = OwnAnswersField(
            label=_("Egne svar"), required=False, help_text=_("Bare for «velg ett svar» og «velg flere svar».")
        )
        if in_scale:
            del self.fields["low"], self.fields["high"]
        choices = self.fields["format"]
        if for_children and isinstance(choices, forms.ChoiceField):
            choices.choices = [choice for choice in Format.choices if choice[0] != Format.TEXT]

    def common(self) -> list[forms.BoundField]:
        """Fields that every item has."""
        return [field for field in self if not field.name.startswith(RARE)]

    def rare(self) -> list[forms.BoundField]:
        """Fields that only some formats use; folded away until they do."""
        return [field for field in self if field.name.startswith(RARE)]

    def uses_rare(self) -> bool:
        """Whether they are shown: the format needs them, they are filled in, or what is wrong may lie there."""
        if self.non_field_errors() or self["format"].value() in {*WITH_OWN_OPTIONS, Format.NUMBER}:
            return True
        return any(field.errors or field.value() for field in self.rare())

    def _in_words(self, name: str, now: object) -> str:
        return super()._in_words(name, OwnAnswersField.in_words(str(now)) if name == "options" else now)

    def written(self) -> WrittenItem:
        """What counts of a sensitive item follows its answer, where answers have moved."""
        cleaned = self.cleaned_data
        options = cleaned["options"]
        before = OwnAnswersField.count(self.get_initial_for_field(self.fields["options"], "options"))
        counts_from = followed(cleaned["counts_from_code"], options, before, turned=cleaned["reversed"])
        return WrittenItem(
            text=from_fields("text", cleaned),
            format=Format(cleaned["format"]),
            options=to_options(options),
            reversed=cleaned["reversed"],
            sensitive=cleaned["sensitive"],
            counts_from_code=counts_from,
            low=cleaned.get("low"),
            high=cleaned.get("high"),
        )

    @staticmethod
    def of(item: Item) -> dict[str, Any]:
        """The item's own values, as a form's first values."""
        own = ("format", "reversed", "sensitive", "counts_from_code", "low", "high")
        options = from_options(item.options)
        return {**_parts("text", item.text), "options": options, **{name: getattr(item, name) for name in own}}
