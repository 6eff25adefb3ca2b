"""The eleven questionnaires that come with the project can be used as they are."""

from __future__ import annotations

import pytest

from kfl.answers import bundle as bundles
from kfl.cli.migrate import to_this_version
from kfl.core.text import text
from kfl.people.models import AuditLine
from kfl.questionnaires import actions, completeness
from kfl.questionnaires.formats import Format, Informant
from kfl.questionnaires.freezing import form_of
from kfl.questionnaires.models import Favourable, Questionnaire, QuestionnaireVersion

SCALES = {
    Informant.PUPIL_5_10: 11,
    Informant.PUPIL_1_4: 5,
    Informant.TEACHER: 8,
    Informant.LEADER: 4,
    Informant.PARENT: 4,
    Informant.RATER_TEACHER: 6,
    Informant.CHILD: 6,
    Informant.RATER_KINDERGARTEN: 5,
    Informant.KINDERGARTEN_PARENT: 4,
    Informant.KINDERGARTEN_STAFF: 7,
    Informant.KINDERGARTEN_HEAD: 4,
}
YOUNGEST = (Informant.PUPIL_1_4, Informant.CHILD)
AT_HOME_TOO = (
    Informant.PUPIL_1_4,
    Informant.PUPIL_5_10,
    Informant.CHILD,
    Informant.PARENT,
    Informant.KINDERGARTEN_PARENT,
)


@pytest.fixture
def versions(db) -> dict[Informant, QuestionnaireVersion]:
    return {version.informant: version for version in actions.load_standard_questionnaires(by=None)}


def test_each_informant_has_one_and_nothing_is_missing(versions):
    assert set(versions) == set(Informant)
    assert {informant: version.scales.count() for informant, version in versions.items()} == SCALES
    for version in versions.values():
        assert completeness.gaps_of(version) == []
        assert not {"nn", "en"} & completeness.missing_texts(version).keys()
        bundles.check(bundles.Bundle("x", {"nb": "x"}, ["nb"], 1, [form_of(version, version.informant.number)]))


def test_loading_again_makes_nothing_new(versions):
    again = {version.informant: version for version in actions.load_standard_questionnaires(by=None)}
    assert again == versions


def test_an_older_county_gets_the_new_ones_and_keeps_its_own(db, world):
    assert actions.add_new_standard_questionnaires(by=None) == [], "a county that has none is not made yet"
    assert not Questionnaire.plumbing.exists()
    actions.load_standard_questionnaires(by=None)
    Questionnaire.plumbing.filter(key__in=["barn", "styrere", "foreldre"]).delete()
    own = actions.create_questionnaire(key="foreldre", informant=Informant.PARENT, title=text("Vårt eget"), by=None)
    kept = {version.pk for version in QuestionnaireVersion.plumbing.all()}
    added = actions.add_new_standard_questionnaires(by=world.erik)
    assert [version.questionnaire.key for version in added] == ["barn", "styrere"]
    assert not kept & {version.pk for version in added}
    assert str(QuestionnaireVersion.plumbing.get(pk=own.pk).questionnaire) == "Vårt eget"
    assert to_this_version(verbosity=0) == []
    assert AuditLine.plumbing.filter(what="questionnaires.added").count() == 1


def test_what_children_and_parents_meet_is_also_in_sami(versions):
    for informant in AT_HOME_TOO:
        version = versions[informant]
        items = list(version.items.all())
        with_sami = [item for item in items if item.text.get("se")]
        assert len(with_sami) >= 0.95 * len(items)
        assert version.intro.get("se")


@pytest.mark.parametrize("informant", YOUNGEST)
def test_the_youngest_answer_by_faces_in_very_short_sentences(versions, informant):
    version = versions[informant]
    assert {item.format for item in version.items.all()} == {Format.FACES3}
    assert max(len(item.text["nb"].split()) for item in version.items.all()) <= 8
    assert form_of(version, 1).faces


@pytest.mark.parametrize("informant", [Informant.PUPIL_1_4, Informant.PUPIL_5_10, Informant.CHILD])
def test_what_harms_children_is_sensitive_and_low_is_good(versions, informant):
    sensitive = versions[informant].items.filter(sensitive=True)
    scales = {item.scale for item in sensitive}
    assert len(scales) == 1
    scale = scales.pop()
    assert scale.favourable == Favourable.LOW
    assert set(scale.items.all()) == set(sensitive)
    assert {item.counts_from_code for item in sensitive} == {3}
    assert [page.key for page in form_of(versions[informant], 1).pages if page.sensitive] == [scale.key]


@pytest.mark.parametrize("informant", [Informant.RATER_TEACHER, Informant.RATER_KINDERGARTEN])
def test_a_rating_asks_about_one_child_in_every_item_and_never_for_free_text(versions, informant):
    subject = "Eleven " if informant is Informant.RATER_TEACHER else "Barnet "
    items = list(versions[informant].items.all())
    assert all(item.text["nb"].startswith(subject) for item in items)
    assert not [item for item in items if item.format == Format.TEXT]


def test_no_two_questionnaires_ask_the_same_under_one_roof(versions):
    """Item keys are the questionnaire's own; texts are written for each informant."""
    for version in versions.values():
        texts = [item.text["nb"] for item in version.items.all()]
        assert len(texts) == len(set(texts))
