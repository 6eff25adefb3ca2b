"""The letter to parents says what is in force, in each language, and what it promises is done."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pypdf import PdfReader

from kfl.answers.erasure import erase_again
from kfl.core.lifecycle import NotNow
from kfl.core.models import Job
from kfl.questionnaires.formats import Informant
from kfl.questionnaires.models import Item
from kfl.surveys import actions, queries, store
from kfl.surveys.letters import to_parents
from kfl.surveys.models import ConsentMode, Wave
from kfl.surveys.waves.readiness import reasons_not_to_open
from tests.documents.reading import words_of
from tests.surveys.answering import answer, code_of, places
from tests.surveys.making import CLOSES, OPENS, OSLO, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]
ASKED = "https://kfl.example.no/sporsmal/t3/"
UNTIL = date(2027, 6, 30)


@pytest.fixture
def wave(world):
    return a_wave(world.county, [world.ask], [a_questionnaire(), a_questionnaire(Informant.TEACHER)])


def words(wave, language="nb"):
    with translation.override(language):
        return "\n".join(words_of(section) for section in to_parents.letter_of(wave, ASKED).sections)


def changed(wave, **fields):
    """The letter before and after a setting is another."""
    before = words(wave)
    Wave.objects.everywhere(why="a test").filter(pk=wave.pk).update(**fields)
    wave.refresh_from_db()
    return before, words(wave)


def test_another_threshold_is_another_letter(wave):
    before, after = changed(wave, k=12)
    assert "færre enn 7 svar" in before
    assert "minst 10 har svart" in before
    assert "færre enn 12 svar" in after
    assert "minst 12 har svart" in after
    assert queries.thresholds_of(wave).k == 12


def test_another_window_is_another_letter(wave):
    before, after = changed(wave, closes_at=CLOSES + timedelta(days=3))
    assert "4. desember 2026 kl. 16.00" in before
    assert "7. desember 2026 kl. 16.00" in after


def test_active_consent_is_told_as_such(wave):
    before, after = changed(wave, consent_mode=ConsentMode.ACTIVE)
    assert "sier dere fra til skolen" in before
    assert "bare hvis dere sier ja" not in before
    assert "bare hvis dere sier ja" in after


def test_only_what_is_asked_is_told(wave, world):
    text = words(wave)
    assert "elever på 5.–10. trinn og lærere" in text
    assert "mobbing" not in text
    assert "svarer også på spørsmål om" not in text
    assert "vurdert" not in text
    Item.plumbing.filter(version__wave_forms__wave=wave, key="t1").update(sensitive=True, counts_from_code=2)
    assert "grupper på 3" in words(wave)
    rated = a_wave(world.county, [world.ask], [a_questionnaire(Informant.RATER_TEACHER)], slug="t4")
    assert "på papir" not in words(rated)


RATING = {
    Informant.RATER_TEACHER: {
        "nb": "Kontaktlæreren svarer også",
        "nn": "Kontaktlæraren svarer òg",
        "en": "contact teacher also answers",
    },
    Informant.RATER_KINDERGARTEN: {
        "nb": "Pedagogisk leder svarer også",
        "nn": "Pedagogisk leiar svarer òg",
        "en": "pedagogical leader also answers",
    },
}


@pytest.mark.parametrize("informant", RATING)
def test_parents_are_told_who_also_rates_the_child_and_that_a_no_covers_it(world, informant):
    rated = a_wave(world.county, [world.ask], [a_questionnaire(informant)])
    for language in ("nb", "nn", "en"):
        told = words(rated, language)
        assert [one for one in RATING if RATING[one][language] in told] == [informant]
    assert "Er barnet ikke med, blir det heller ikke vurdert" in words(rated)
    assert "Lederen ser bare hvem som er vurdert" in words(rated)


def test_without_a_day_no_day_is_claimed(wave):
    assert "ikke satt noen dato" in words(wave)
    actions.write_letter(wave=wave, controller="Hamar kommune", contact="Kari", answers_until=UNTIL, by=None)
    text = words(wave)
    assert "Svarene slettes 30. juni 2027" in text
    assert "Behandlingsansvarlig: Hamar kommune." in text
    assert "ikke satt" not in text


@pytest.mark.parametrize(
    ("language", "said"), [("nb", "Det er ikke satt"), ("nn", "Det er ikkje sett"), ("en", "No date has been set")]
)
def test_each_language_is_whole(wave, language, said):
    text = words(wave, language)
    assert said in text
    other = words(wave, "nb")
    assert language == "nb" or not set(text.split("\n")) & set(other.split("\n"))


def test_the_day_is_kept_and_the_release_stays(world, wave, data_dir):
    actions.write_letter(wave=wave, controller="", contact="", answers_until=UNTIL, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    row = wave.codes.filter(pupil__isnull=False).select_related("wave", "pupil")[0]
    assert answer(wave, code_of(row))
    pid = store.link_key().pid(wave.series, row.form.informant, row.pupil.uuid)
    actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
    actions.release_wave(wave=wave, by=None, at=CLOSES)
    evening = datetime(2027, 6, 29, 23, 0, tzinfo=OSLO)
    assert actions.delete_those_due(by=None, at=evening) == []
    before = places(data_dir, pid)
    assert actions.delete_those_due(by=None, at=evening + timedelta(hours=2)) == [wave]
    after = places(data_dir, pid)
    print(f"retention: places of a pupil on the day parents were told: {before} before, {after} after")
    assert (before, after) == (1, 0)
    assert actions.delete_those_due(by=None, at=evening + timedelta(days=9)) == []
    assert erase_again(store.answers_place(), store.keys_dir()) == []
    with pytest.raises(ValueError, match="day has not come"):
        actions.delete_answers(wave=wave, by=None, at=evening)


def test_nothing_is_deleted_before_the_results_are_made(world, wave, data_dir, settings):
    """On the day that was promised the answers of a wave without results stay, and whoever runs it hears of it."""
    late = datetime(2027, 7, 1, 9, 0, tzinfo=OSLO)
    actions.write_letter(wave=wave, controller="", contact="", answers_until=UNTIL, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    row = wave.codes.filter(pupil__isnull=False).select_related("wave", "pupil")[0]
    assert answer(wave, code_of(row))
    assert to_parents.overdue(CLOSES) == []
    assert to_parents.overdue(late) == [wave]
    assert actions.delete_those_due(by=None, at=late) == []
    actions.close_wave(wave=wave, by=None, at=late, tells=False)
    assert actions.delete_those_due(by=None, at=late) == []
    with pytest.raises(NotNow):
        actions.delete_answers(wave=wave, by=None, at=late)
    assert store.has_answers("t3")
    with time_machine.travel(late, tick=False):
        county = Client()
        county.force_login(world.erik)
        assert "for resultatene er ikke laget ennå" in county.get("/oppsett/t3/").content.decode()
    actions.release_wave(wave=wave, by=None, at=late)
    settings.KFL_JOBS_AT_ONCE = False
    report = Job.objects.create(kind="research.report", arguments={"wave": "t3"})
    assert actions.delete_those_due(by=None, at=late) == [], "its technical report is not made yet"
    report.delete()
    assert to_parents.overdue(late) == []
    assert actions.delete_those_due(by=None, at=late) == [wave]


def test_no_wave_is_open_on_the_day_that_was_promised(world, wave):
    """Neither by opening, nor by more time for all, nor by more time for one unit: said in words, nothing stored."""
    evening = datetime(2026, 12, 5, 20, 0, tzinfo=OSLO)
    day = evening.date()
    actions.write_letter(wave=wave, controller="", contact="", answers_until=CLOSES.date(), by=None)
    assert [reason for reason in reasons_not_to_open(wave, OPENS) if "slettes 4. desember 2026" in reason]
    actions.write_letter(wave=wave, controller="", contact="", answers_until=day, by=None)
    actions.open_wave(wave=wave, by=None, at=OPENS)
    county, owner = Client(), Client()
    unit = reverse("surveys:extend-unit", kwargs={"slug": "t3", "key": world.ask.pk})
    with time_machine.travel(CLOSES - timedelta(hours=2), tick=False):
        county.force_login(world.erik)
        owner.force_login(world.dina)
        for client, address in ((county, "/oppsett/t3/utvid/"), (owner, unit)):
            page = client.post(address, {"closes_at": evening.strftime("%Y-%m-%dT%H:%M")})
            assert "svarene slettes 5. desember 2026" in page.content.decode()
            wave.refresh_from_db()
            assert wave.closes_at == CLOSES
            assert not wave.extensions.exists()
        before = (evening - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
        assert county.post("/oppsett/t3/utvid/", {"closes_at": before}).status_code == 302


def test_once_it_is_open_the_day_only_comes_nearer(world, wave):
    def write(day):
        actions.write_letter(wave=wave, controller="", contact="", answers_until=day, by=None)

    write(UNTIL)
    write(UNTIL + timedelta(days=1))
    actions.open_wave(wave=wave, by=None, at=OPENS)
    write(UNTIL)
    for later in (UNTIL + timedelta(days=1), None):
        with pytest.raises(actions.PromiseOnlyShortens):
            write(later)


def test_the_class_gets_a_pdf_and_the_public_a_page(world, wave):
    teacher, county = Client(), Client()
    teacher.force_login(world.bob)
    county.force_login(world.erik)
    address = reverse("surveys:letter-pdf", kwargs={"slug": "t3", "key": world.ask_8a.pk})
    for language, said in [("nb", "Svarslipp"), ("nn", "Svarslipp"), ("en", "Reply slip")]:
        reply = teacher.get(f"{address}?sprak={language}")
        pdf = PdfReader(io.BytesIO(reply.content))
        assert said in pdf.pages[0].extract_text()
        assert pdf.trailer["/Root"]["/Lang"] == language
        assert len(pdf.pages) == 1
    assert teacher.get(f"{address}?sprak=se").status_code == 404
    public = reverse("surveys:letter", kwargs={"slug": "t3"})
    assert Client().get(public).status_code == 404, "a draft is not public"
    sent = {"controller": "Hamar kommune", "contact": "post@hamar.example", "answers_until": "2027-06-30"}
    county.post(reverse("surveys:wave-letter", kwargs={"slug": "t3"}), sent)
    wrong = county.post(reverse("surveys:wave-letter", kwargs={"slug": "t3"}), {"answers_until": "2026-11-05"})
    assert "Velg en dag etter" in wrong.content.decode()
    actions.open_wave(wave=wave, by=None, at=OPENS)
    assert "post@hamar.example" in Client().get(public).content.decode()
    later = county.post(reverse("surveys:wave-letter", kwargs={"slug": "t3"}), {**sent, "answers_until": "2027-07-30"})
    assert "Den kan bare flyttes til tidligere" in later.content.decode()
