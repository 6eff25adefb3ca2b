"""The respondent's words: in every language, compiled or not."""

from kfl.intake import texts
from kfl.intake.texts import TextInLanguage, chosen_language, translations, words


def test_catalogue_is_read_without_set_up(tmp_path, monkeypatch):
    source = texts._LOCALE / "nn" / "LC_MESSAGES" / "intake.po"
    target = tmp_path / "nn" / "LC_MESSAGES" / "intake.po"
    target.parent.mkdir(parents=True)
    target.write_bytes(source.read_bytes())
    monkeypatch.setattr(texts, "_LOCALE", tmp_path)
    read = translations.__wrapped__
    assert read("nn").gettext("Hvem ser svarene?") == "Kven ser svara?"
    assert read("en").gettext("Hvem ser svarene?") == "Hvem ser svarene?"  # no catalogue: bokmål


def test_unknown_language_speaks_bokmål():
    assert translations("xx").gettext("Neste") == "Neste"
    assert chosen_language("xx", ["nb", "nn"]) == "nb"
    assert chosen_language("se", ["nb", "nn"]) == "nb"
    assert chosen_language("nn", ["nb", "nn"]) == "nn"


def test_text_of_a_questionnaire_falls_back_and_says_in_which_language():
    assert words({"nb": "Ja", "nn": "Jau"}, "nn") == TextInLanguage("Jau", "nn")
    assert words({"nb": "Ja", "nn": ""}, "nn") == TextInLanguage("Ja", "nb")
