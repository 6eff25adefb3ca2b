"""Page and PDF of a document say the same, from the same blocks; figures are drawn once and stand in both."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest
from pypdf import PdfReader

import kfl.documents
from kfl.documents import figures
from kfl.documents.blocks import (
    Block,
    Column,
    Document,
    Facts,
    Figure,
    Interval,
    Intervals,
    Paragraph,
    Points,
    Section,
    TextTable,
)
from kfl.documents.handouts import (
    Choice,
    FoldedLetter,
    FoldedLetters,
    Letter,
    Question,
    QuestionGroup,
    Reply,
    Slip,
    SlipGroup,
    Slips,
    TickForm,
)
from kfl.documents.html import blocks_html
from kfl.documents.pdf import LAYOUT_OF, LAYOUTS, as_pdf

DOCUMENTS = Path(kfl.documents.__file__).parent
NASTY = '#strong[fet] <b>&"</b> $x$ \\ *stjerne*'
INTERVALS = Intervals(
    "Hvor pålitelig", ["Skala", "", "Alfa", "Vurdering"], 0, 1, [0.7, 0.8],
    [
        Interval("Trivsel", 0.81, 0.75, 0.86, "0,81 (0,75–0,86)", "godt"),
        Interval("Støtte", 0.6, 0.5, 0.7, "0,60", "svakt"),
    ],
    "Aksen går fra 0 til 1.",
)  # fmt: skip
BLOCKS = [
    Paragraph("Dette er målt."),
    Paragraph("En merknad.", quiet=True),
    Points(["Det første.", NASTY]),
    Facts([("Svar", "64 av 64")]),
    TextTable(
        "Skalaene", [Column("Skala", is_number=False), Column("Personer")], [["Trivsel", "64"], ["Støtte", "60"]]
    ),
    Figure(
        figures.histogram([1, 4, 2], 1, 3, 2.2, title="Fordelingen"), "Fordelingen", "Hvor mange som har hver skåre"
    ),
    INTERVALS,
]
DOCUMENT = Document(
    "nn", "Teknisk rapport", "Kor godt det måler", contents="Innhald", edition="Utgåve 1",
    sections=[
        Section("kort", "Kort fortalt", BLOCKS, [Section("under", "Underdel", [Paragraph("Djupare.")])]),
        Section("elevar", "Elevar", [Paragraph("Ny side.")], new_page=True),
    ],
)  # fmt: skip
QR = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h4v4h-4z"/></svg>'


class Words(HTMLParser):
    """What a page says, and that each element that is opened is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        if tag not in {"br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "svg" not in self.open:
            self.said += data.split()


def read(made: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(made))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    return reader


def text_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def alternatives(reader: PdfReader) -> set[str]:
    """The words that stand for pictures, for whoever hears the document."""
    found: set[str] = set()
    waiting = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        part = waiting.pop().get_object()
        if isinstance(part, list):
            waiting.extend(one for one in part if hasattr(one, "get_object"))
        elif isinstance(part, dict):
            found.add(str(part.get("/Alt", "")))
            if "/K" in part:
                waiting.append(part["/K"])
    return found - {""}


def test_the_pdf_says_what_the_page_says():
    on_page = Words(blocks_html(BLOCKS, about="Kort fortalt")).said
    on_paper = text_of(read(as_pdf(DOCUMENT))).replace("- ", "-").split()
    assert len(on_page) > 40
    assert set(on_page) - {word.rstrip(":") for word in on_paper} - set(on_paper) == set()


def test_every_block_is_drawn_on_page_and_paper_and_every_layout_is_some_sheet_s():
    on_page, on_paper = (DOCUMENTS / path for path in ("templates/blocks.html", "layouts/house.typ"))
    for block in get_args(Block):
        assert f'kind == "{block.__name__}"' in on_page.read_text("utf-8")
        assert f'it.kind == "{block.__name__}"' in on_paper.read_text("utf-8")
    laid = {path.name for path in LAYOUTS.glob("*.typ")}
    assert laid == {*LAYOUT_OF.values(), "house.typ"}


def test_texts_are_never_taken_for_markup():
    assert NASTY in text_of(read(as_pdf(DOCUMENT)))
    page = blocks_html(BLOCKS, about='"><b>')
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


def test_figures_are_the_same_drawing_on_page_and_paper():
    page = blocks_html(BLOCKS, about="Kort")
    assert page.count("<svg") == 3
    assert all(svg in page for svg in (BLOCKS[5].svg, *(svg for _row, svg in INTERVALS.drawn)))
    assert alternatives(read(as_pdf(DOCUMENT))) == {"Fordelingen"}, "rows are said in words beside the drawing"


def test_a_document_has_language_title_outline_contents_and_a_foot_on_each_page():
    reader = read(as_pdf(DOCUMENT))
    assert reader.trailer["/Root"]["/Lang"].startswith("nn")
    assert reader.metadata.title == "Teknisk rapport"
    marks = [mark.title for mark in reader.outline if not isinstance(mark, list)]
    assert marks == ["Kort fortalt", "Elevar"]
    assert "Innhald" in reader.pages[0].extract_text()
    assert all("Utgåve 1" in page.extract_text() for page in reader.pages)
    assert "Ny side." in reader.pages[-1].extract_text()
    assert "Djupare." not in reader.pages[-1].extract_text(), "a section can begin on a page of its own"


def test_a_document_without_contents_has_none():
    assert "Innhald" not in text_of(read(as_pdf(Document("nb", "T", "", DOCUMENT.sections))))


@pytest.mark.parametrize(
    "block", [Paragraph(""), Points([]), Facts([]), TextTable("T", [Column("A"), Column("B")], [])]
)
def test_a_block_with_nothing_in_it_is_drawn_as_nothing_much(block):
    assert read(as_pdf(Document("nb", "T", "", [Section("a", "A", [block])])))
    Words(blocks_html([block], about="A"))


def test_a_row_s_cells_are_under_their_heads():
    page = blocks_html(BLOCKS[4:5], about="Kort")
    assert re.findall(r'<th scope="col"( class="numbers")?>', page) == ["", ' class="numbers"']
    assert '<th scope="row">Trivsel</th>' in page
    assert '<td class="numbers">64</td>' in page
    assert 'aria-label="Kort: Skalaene"' in page


def test_slips_letters_and_forms_are_laid_out():
    first, second = Slip("Ola", "8A, Ask", "ABCDE-FGHJKM", QR), Slip("Å", "8A", "X", QR, QR)
    slips = Slips(
        "nb", "Koder", [SlipGroup("8A", "Klipp.", [first, second])],
        "kfl.no/svar", "Skann", "Koden din:", "Firkantkode", "Koden som bilder",
    )  # fmt: skip
    found = read(as_pdf(slips))
    assert "ABCDE-FGHJKM" in text_of(found)
    assert alternatives(found) == {"Firkantkode", "Koden som bilder"}
    letter = Letter(
        "en", "To parents", "8A", [Section("", "What", [Points(["One.", "Two."])])],
        Reply("Reply", "Our child may take part.", ("Name", "Signature")),
    )  # fmt: skip
    assert "Our child may take part." in text_of(read(as_pdf(letter)))
    folded = FoldedLetters(
        "nb", "Brev", [FoldedLetter("Ola", "8A", "T3", ["En.", "To."], "ABCDE", QR) for _n in range(3)],
        "Til", "Lukket", "Brett", "Skann", "kfl.no/svar", "Firkantkode",
    )  # fmt: skip
    assert len(read(as_pdf(folded)).pages) == 3
    choices = [Choice(1, "Ja"), Choice(2, "Nei")]
    faces = [Choice(1, "Sur", QR), Choice(2, "Glad", QR)]
    questions = [Question(1, "Hva?", "", choices), Question(2, "Hvor mange?", "0–9"), Question(3, "Hva?", "", faces)]
    form = TickForm(
        "nb", "Skjema", "8A", "Om skolen", "Koden", [[5, 5, 5], [5, 6]], "Skriv av.", ["Frivillig."], "Sett kryss.",
        "Ring 116 111.", [QuestionGroup("Del", questions, with_help=True)],
    )  # fmt: skip
    found = read(as_pdf(form))
    assert text_of(found).count("Ring 116 111.") == 2
    assert alternatives(found) == {"Sur", "Glad"}
