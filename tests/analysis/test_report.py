"""report.html: complete, in three languages, without anything from outside, and it ranks nobody."""

import dataclasses
import doctest
import re
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from kfl.analysis import judgements
from kfl.analysis.judgements import (
    Judgement,
    Measure,
    fit_sentence,
    judge,
    judge_fit,
    judge_reliability,
    judgement_word,
    reliability_sentence,
)
from kfl.analysis.quality import ScaleQuality
from kfl.analysis.report_page import Numbers

from .worlds import people, run, write


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    answers = write(people(), folder / "answers.csv")
    return {
        one: (run(folder, answers, name=one, language=one) / "report.html").read_text() for one in ("nb", "nn", "en")
    }


class Outline(HTMLParser):
    """Ids, links and what is loaded; every element closed."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, page):
        super().__init__()
        self.ids, self.links, self.open, self.language = [], [], [], None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.language = values.get("lang", self.language)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values[name] for name in ("href", "src") if name in values]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_holds_together(reports, language):
    outline = Outline(reports[language])
    assert outline.open == []
    assert outline.language == language
    assert len(outline.ids) == len(set(outline.ids))
    assert all(link.startswith("#") and link[1:] in outline.ids for link in outline.links)
    loaded = reports[language].replace("http-equiv", "").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "http" not in loaded


def test_languages_differ_and_write_numbers_their_own_way(reports):
    titles = [re.search("<title>(.*?)</title>", page)[1] for page in reports.values()]
    assert titles == ["Analyse av answers.csv", "Analyse av answers.csv", "Analysis of answers.csv"]
    assert "Ikkje for publisering" in reports["nn"]
    assert Numbers("nb").number(-1234.5, 1) == "−1\u202f234,5"
    assert Numbers("en").number(-1234.5, 1) == "−1,234.5"
    assert (Numbers("nb").number(-0.0001), Numbers("nb").percent(0.256), Numbers("en").percent(0.256)) == (
        "0,00", "26\xa0%", "26%",
    )  # fmt: skip


def test_groups_stand_in_the_order_of_the_file(reports):
    found = re.findall(r'<tr class="level-1"><th scope="row">(\d+)</th>', reports["nb"])
    schools = people()["school"].unique(maintain_order=True).to_list()
    assert found[: len(schools)] == schools


@pytest.mark.parametrize(
    ("measure", "value", "wanted"),
    [
        (Measure.RELIABILITY, 0.8, Judgement.GOOD),
        (Measure.RELIABILITY, 0.7, Judgement.ENOUGH),
        (Measure.RELIABILITY, 0.6951, Judgement.ENOUGH),
        (Measure.RELIABILITY, 0.6949, Judgement.WEAK),
        (Measure.RELIABILITY, None, Judgement.UNKNOWN),
        (Measure.RMSEA, 0.06, Judgement.GOOD),
        (Measure.RMSEA, 0.081, Judgement.WEAK),
        (Measure.CFI, 0.95, Judgement.GOOD),
    ],
)
def test_judgements_stand_at_their_limits(measure, value, wanted):
    assert judge(measure, value) is wanted


def quality(**numbers):
    names = [field.name for field in dataclasses.fields(ScaleQuality)]
    fields = dict.fromkeys(names) | {"item_rows": (), "df": 5, "proper": True}
    fit = {"n_complete": 900, "cfi": 0.97, "tli": 0.96, "srmr": 0.02, "rmsea": 0.05, "rmsea_low": 0.02}
    return ScaleQuality(**(fields | fit | numbers))


@pytest.mark.parametrize(
    ("numbers", "wanted"),
    [
        ({}, Judgement.GOOD),
        ({"rmsea": 0.081, "rmsea_low": 0.07}, Judgement.WEAK),
        ({"rmsea": 0.12, "rmsea_low": 0.06}, Judgement.ENOUGH),  # chance may have made it so
        ({"rmsea": 0.08, "rmsea_low": 0.07}, Judgement.ENOUGH),
        ({"rmsea": 0.144, "rmsea_low": 0.13, "df": 2}, Judgement.WEAK),
        ({"rmsea": 0.144, "rmsea_low": 0.13, "df": 2, "n_complete": 199}, Judgement.GOOD),  # does not count
        ({"rmsea": 0.144, "rmsea_low": 0.13, "df": 3, "n_complete": 199}, Judgement.WEAK),
        ({"srmr": 0.08}, Judgement.GOOD),
        ({"srmr": 0.101}, Judgement.WEAK),
        ({"n_complete": None}, Judgement.UNKNOWN),
        ({"tli": 0.89}, Judgement.WEAK),
        ({"df": 0}, Judgement.UNKNOWN),
        ({"proper": False}, Judgement.UNKNOWN),
        ({"cfi": None}, Judgement.UNKNOWN),
    ],
)
def test_fit_is_judged_by_its_worst_index(numbers, wanted):
    assert judge_fit(quality(**numbers)) is wanted


def test_every_judgement_has_words_in_every_language():
    for say in (judgement_word, reliability_sentence, fit_sentence):
        for judgement in Judgement:
            assert len({say(judgement, language) for language in ("nb", "en")}) == 2
            assert say(judgement, "nn")


def test_examples_in_docstrings():
    assert doctest.testmod(judgements) == (0, 4)


def test_page_tables_and_words_give_one_verdict(tmp_path):
    """With and without protection: that of the scale's own alpha and omega, by the one function."""
    answers = write(people(schools=14, seed=8), tmp_path / "answers.csv")
    plain = run(tmp_path, answers, name="plain")
    protected = run(tmp_path, answers, name="protected", protect=True)
    scales = {row["scale"]: row for row in pl.read_parquet(plain / "scales.parquet").iter_rows(named=True)}
    words = dict(pl.read_parquet(protected / "scales.parquet").select("scale", "reliability").iter_rows())
    verdicts = {key: judge_reliability(row["alpha"], row["omega"]) for key, row in scales.items()}
    assert len(set(verdicts.values())) > 1
    assert [word for key, word in words.items() if word not in (verdicts[key].value, "unknown")] == []
    for page in (plain / "report.html", protected / "report.html"):
        sections = page.read_text(encoding="utf-8").split('<section class="scale">')[1:]
        shown = {re.search(r"<small>(\w+)</small>", section)[1]: section for section in sections}
        for key, verdict in verdicts.items():
            said = Judgement(words[key]) if page.parent == protected else verdict
            assert reliability_sentence(said, "nb") in shown[key]


def test_a_question_that_belongs_nowhere_is_judged_beside_the_model_s_fit(tmp_path):
    random = np.random.default_rng(2)
    frame = people(schools=14).with_columns(calm1=pl.Series(random.integers(1, 5, people(schools=14).height)))
    out = run(tmp_path, write(frame, tmp_path / "answers.csv"))
    items = pl.read_parquet(out / "items.parquet").filter(item="calm1")
    assert abs(items["loading"][0]) < 0.4
    section = (out / "report.html").read_text(encoding="utf-8").split('<section class="scale">')[1]
    row = section[section.index("<small>calm1</small>") :].split("</tr>")[0]
    assert row.count(judgement_word(Judgement.WEAK, "nb")) == 2
    assert "RMSEA" in section
