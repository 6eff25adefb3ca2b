"""A result page as its reader meets it: its address, its text, its tables."""

from __future__ import annotations

from html.parser import HTMLParser

from tests.results.making import number_of

TABS = ("", "sporsmal/", "endring/", "andres-syn/", "om-tallene/")


def address(wave, unit, tab="", *, grade=None):
    return f"/resultater/{wave.slug}/{number_of(wave, unit, grade=grade)}/pupil_5_10/{tab}"


def main_of(response):
    """As it is read: white space is one blank."""
    return " ".join(response.content.decode().partition("<main")[2].partition("</main>")[0].split())


class Tables(HTMLParser):
    """Every table of a page as rows of texts."""

    def __init__(self):
        super().__init__()
        self.tables, self.cell = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in {"td", "th"}:
            self.tables[-1][-1].append(" ".join(self.cell.split()))
            self.cell = None
