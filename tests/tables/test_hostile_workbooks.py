"""Workbooks that are broken or meant to do harm: each is read or refused in words, and never takes more than it may.

Most are made by changing a sound one: cut short, bytes turned, fields of the zip and of the XML set to what they should
not be. The known kinds of harm stand by name.
"""

from __future__ import annotations

import itertools
import os
import random
import tracemalloc
import zipfile
from collections.abc import Iterator

import pytest

from kfl.tables import Fault, WrongFile, packages, read_table, workbooks
from kfl.tables.fault_words import WORDS
from kfl.tables.packages import MOST_PARTS

from .files import HEAD, MAIN, ROWS, cells, packed, parts, related, relation, sheet, workbook

MOST_MEMORY = 60_000_000  # bytes, of a file that is refused
SEED = 20261130
only_proof = pytest.mark.skipif(not os.environ.get("KFL_PROVE"), reason="a sample is enough: only with KFL_PROVE")


def outcome(content: bytes) -> Fault | None:
    """Why a file was refused; None where it was read. Anything else that is raised is a failure."""
    try:
        read_table(content, name="liste.xlsx")
    except WrongFile as error:
        refused = error
    else:
        return None
    assert refused.problems
    assert all(one.reason and one.code in WORDS for one in refused.problems)
    return refused.problems[0].code


def with_sheet(xml: str) -> bytes:
    return packed(parts(xml))


def with_rows(rows: str, after: str = "") -> bytes:
    return with_sheet(sheet(rows, after))


def with_part(name: str, content: str | bytes) -> bytes:
    return packed(parts(others={name: content}))


def one_cell(inside: str, about: str = "", row: str = "1") -> bytes:
    return with_rows(f'<row r="{row}"><c {about}>{inside}</c></row>')


def entity(declared: str) -> bytes:
    return with_sheet(sheet(cells(["navn"], ["&a;"]), head=f"<!DOCTYPE worksheet [{declared}]>"))


def laughs() -> bytes:
    names = "jihgfedcba"
    nested = (f'<!ENTITY {one} "{f"&{before};" * 10}">' for before, one in itertools.pairwise(names))
    return entity('<!ENTITY j "ha">' + "".join(nested))


def far_to_the_right() -> bytes:
    return with_rows("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 2_000)))


def many_attributes() -> bytes:
    listed = " ".join(f"a{number}='1'" for number in range(100_000))
    return with_rows(f"<row {listed}/>")


def merged(ref: str, times: int, rows: int) -> bytes:
    one = f'<mergeCell ref="{ref}"/>'
    return workbook(["a"], *([number] for number in range(rows)), after=f"<mergeCells>{one * times}</mergeCells>")


def flagged() -> bytes:
    """Each part marked as one with a password."""
    content = bytearray(packed(parts()))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


def twice() -> bytes:
    """Two sheets of one name: which of them is read would hang on the reader."""
    content = with_part("xl/worksheets/sheet2.xml", sheet(cells(["x"], ["y"])))
    return content.replace(b"sheet2.xml", b"sheet1.xml")


def main_part(name: str, content: str | bytes) -> bytes:
    return packed({"_rels/.rels": related(relation("a", "officeDocument", name)), name: content})


def sheet_at(target: str, more: str = "") -> bytes:
    return with_part("xl/_rels/workbook.xml.rels", related(relation("r1", "worksheet", target, more)))


TEXTS = "<si><t>a</t></si>"
DECLARED = '<!DOCTYPE a [<!ENTITY a "x">]><workbook/>'
IN_UTF16 = f'<?xml version="1.0" encoding="UTF-16"?>{DECLARED}'.encode("utf-16")
UNKNOWN_ENCODING = '<?xml version="1.0" encoding="x-none"?>'
OPEN_DOCUMENT = {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}

BY_NUMBER = {  # each by how many there are of what it is made of
    "a part that is long": (lambda number: with_rows(" " * number), packages, "MOST_INFLATED"),
    "texts": (lambda number: with_part("xl/sharedStrings.xml", f"<a>{TEXTS * number}</a>"), workbooks, "MOST_TEXTS"),
    "cells": (lambda number: with_rows(f'<row r="1">{"<c/>" * number}</row>'), workbooks, "MOST_CELLS"),
    "elements": (lambda number: with_rows("<r/>" * number), packages, "MOST_ELEMENTS"),
    "elements of other kinds": (lambda number: with_rows("<x/>" * number), packages, "MOST_OTHERS"),
    "elements within elements": (lambda number: with_rows("<x>" * number), packages, "MOST_ELEMENTS"),
}
HARD_TO_PACK = f"<!--{random.Random(1).randbytes(50_000).hex()}-->"  # so that the rest is packed no tighter than it may


BOMBS = {
    "elements that nobody needs, beside what is hard to pack": lambda: with_rows("<x/>" * 2_000_000 + HARD_TO_PACK),
    "their attributes": lambda: with_rows('<x a="1" b="2"/>' * 900_000 + HARD_TO_PACK),
    "a part that unpacks to 100 MB": lambda: with_rows(" " * 100_000_000),
    "one tag of a megabyte": lambda: with_rows(f'<row r="{" " * 1_000_000}"/>'),
    "one comment of ten megabytes": lambda: with_rows(f"<!--{' ' * 10_000_000}-->"),
    "a hundred thousand attributes": many_attributes,
    "a text of a million characters": lambda: workbook(["navn"], ["x" * 1_000_000]),
    "a cell far to the right in every row": far_to_the_right,
    "a column beyond the last": lambda: one_cell("<v>1</v>", 'r="ZZZ1"'),
    "merged cells over one another": lambda: merged("A2:A1048576", 9_000, 2_000),
    "elements deeper than any table has": lambda: with_rows("<x>" * packages.MOST_DEEP),
    "more merged cells than anybody has": lambda: merged("A2:A3", 20_000, 2),
    "more parts than a list has": lambda: packed(parts(others={f"xl/media/{n}": b"" for n in range(MOST_PARTS)})),
    "tens of thousands of parts": lambda: packed({str(number): b"" for number in range(40_000)}),
}
OTHERS = {
    Fault.DECLARATIONS: {
        "a billion laughs": laughs,
        "an entity": lambda: entity('<!ENTITY a "x">'),
        "a file of the machine": lambda: entity('<!ENTITY a SYSTEM "file:///etc/passwd">'),
        "an address": lambda: entity('<!ENTITY a SYSTEM "http://127.0.0.1:9/x">'),
        "an entity of parameters": lambda: entity('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;'),
        "a type and no entity": lambda: with_sheet(sheet(ROWS, head='<!DOCTYPE worksheet SYSTEM "x.dtd">')),
        "in the list of sheets": lambda: with_part("xl/workbook.xml", DECLARED),
        "in UTF-16": lambda: with_part("xl/workbook.xml", IN_UTF16),
        "in the texts": lambda: with_part("xl/sharedStrings.xml", DECLARED),
        "in the styles": lambda: with_part("xl/styles.xml", DECLARED),
        "in the relations": lambda: with_part("_rels/.rels", DECLARED),
    },
    Fault.NO_SHEET: {
        "a sheet at an address": lambda: sheet_at("http://127.0.0.1:9/sheet1.xml", 'TargetMode="External"'),
        "a sheet that climbs out": lambda: sheet_at("../../../../etc/passwd"),
        "a sheet by a full path": lambda: sheet_at("/etc/passwd"),
        "no sheet": lambda: with_part("xl/workbook.xml", f'<workbook xmlns="{MAIN}"><sheets/></workbook>'),
        "an empty sheet": lambda: with_rows(""),
        "blanks only": lambda: workbook([" ", "  "], [None]),
    },
    Fault.NO_WORKBOOK: {
        "a document": lambda: main_part("word/document.xml", "<document/>"),
        "the binary kind": lambda: main_part("xl/workbook.bin", b"\x83\x01"),
        "another kind by the right name": lambda: main_part("xl/workbook.xml", "<presentation/>"),
        "a spreadsheet of LibreOffice": lambda: packed(OPEN_DOCUMENT),
        "a zip in a zip": lambda: packed({"a.zip": packed({"b.zip": packed(parts())})}),
    },
    Fault.MACROS: {"macros": lambda: with_part("xl/vbaProject.bin", b"x")},
    Fault.LOCKED_OR_OLD: {
        "the old kind, or one with a password": lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 5_000,
        "a zip with a password": flagged,
    },
    Fault.DAMAGED: {
        "packed by LZMA": lambda: packed(parts(), zipfile.ZIP_LZMA),
        "packed by bzip2": lambda: packed(parts(), zipfile.ZIP_BZIP2),
        "the beginning of a zip": lambda: b"PK\x03\x04" + bytes(range(256)),
        "two sheets of one name": twice,
        "XML cut short": lambda: with_sheet(sheet(ROWS)[:-20]),
        "a text that is not there": lambda: one_cell("<v>7</v>", 't="s"'),
        "a number that is none": lambda: one_cell("<v>x</v>"),
        "a row that is none": lambda: one_cell("<v>1</v>", row="x"),
        "a row below nought": lambda: one_cell("<v>1</v>", row="-5"),
        "a row of five thousand digits": lambda: one_cell("<v>1</v>", row="9" * 5_000),
        "a row beyond the last": lambda: one_cell("<v>1</v>", row="1048577"),
        "a cell of another row": lambda: one_cell("<v>1</v>", 'r="A9"'),
        "a cell outside any row": lambda: with_rows('<c r="A1"><v>1</v></c>'),
        "an encoding that nobody knows": lambda: with_sheet(sheet(ROWS, head=UNKNOWN_ENCODING)),
    },
}
KNOWN = {name: (make, Fault.TOO_MUCH_INSIDE) for name, make in BOMBS.items()}
KNOWN |= {f"{code}: {name}": (make, code) for code, makers in OTHERS.items() for name, make in makers.items()}


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_kind_of_harm_is_refused_in_words_and_within_bounds(name):
    make, expected = KNOWN[name]
    refused_within_bounds(make(), expected)


def refused_within_bounds(content: bytes, expected: Fault) -> None:
    assert len(content) < 5_000_000, "it would be refused for its size alone"
    tracemalloc.start()
    try:
        assert outcome(content) is expected
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MOST_MEMORY


@pytest.mark.parametrize("name", BY_NUMBER)
def test_what_comes_in_numbers_is_refused_when_there_are_too_many(name, monkeypatch):
    make, module, bound = BY_NUMBER[name]
    most = getattr(module, bound)
    monkeypatch.setattr(module, bound, most // 100)
    assert outcome(make(most // 100 + 1)) is Fault.TOO_MUCH_INSIDE


def test_a_part_that_says_how_large_it_is_is_not_unpacked(monkeypatch):
    """The list of contents tells of most that is too large; what lies there is found out by counted bytes."""
    content = packed(parts())
    monkeypatch.setattr(packages.zipfile.ZipFile, "open", lambda *_given: pytest.fail("it was unpacked"))
    about = packages.zipfile.ZipInfo("a.xml")
    for packed_to, size in ((1_000, 1_000_001), (10_000, 2_000_001), (4_000_000, packages.MOST_INFLATED + 1)):
        package = packages.Package(content, "liste.xlsx")
        about.compress_size, about.file_size = packed_to, size
        package._parts["a.xml"] = about
        with pytest.raises(WrongFile) as refused:
            package.read("a.xml", lambda *_given: None)
        assert refused.value.problems[0].code is Fault.TOO_MUCH_INSIDE


@only_proof
@pytest.mark.parametrize("name", BY_NUMBER)
def test_what_comes_in_numbers_is_refused_within_bounds(name):
    make, module, bound = BY_NUMBER[name]
    refused_within_bounds(make(getattr(module, bound) + 1), Fault.TOO_MUCH_INSIDE)


def spoilt(seed: int, count: int) -> Iterator[bytes]:
    """Sound workbooks, each spoilt in another way."""
    chance = random.Random(seed)
    sound = packed(parts())
    loose = packed(parts(), zipfile.ZIP_STORED)
    for number in range(count):
        kind = number % 6
        content = bytearray(loose if kind in {1, 3} else sound)
        if kind == 0:
            yield bytes(content[: chance.randrange(4, len(content))])
        elif kind in {1, 2}:
            for _ in range(chance.randrange(1, 20)):
                content[chance.randrange(4, len(content))] = chance.randrange(256)
            yield bytes(content)
        elif kind == 3:
            at = chance.randrange(4, len(content))
            content[at : at + chance.randrange(1, 60)] = chance.randbytes(chance.randrange(60))
            yield bytes(content)
        elif kind == 4:
            yield packed(parts(_strange_sheet(chance)))
        else:
            members = parts()
            part = chance.choice(list(members))
            text = str(members[part])
            at = chance.randrange(len(text))
            members[part] = text[:at] + chance.choice(STRANGE) + text[at + chance.randrange(8) :]
            yield packed(members)


STRANGE = (
    "<", ">", "&", "&amp;", "&#0;", "&#1114112;", "]]>", "<![CDATA[x]]>", "<!-- -->", "<?x y?>", "\ufeff", "\ufffe",
    "\x01", '"', "'", "=", "/", "xmlns:a='b'", "<c>", "</c>", "</row>", "9" * 5_000, "-", "e", "NaN", "inf", "\u202e",
)  # fmt: skip


def _strange_sheet(chance: random.Random) -> str:
    """Well-formed, and odd all through."""

    def value() -> str:
        return chance.choice(
            ["", "1", "-1", "1e999", "nan", "inf", "9" * 30, "0.1", "x", "  ", "1,5", "99999999", "&lt;"]
        )

    def cell(row: int) -> str:
        place = chance.choice(["", f' r="{chance.choice("ABCZ")}{row}"', f' r="A{row + 1}"', ' r="1A"', ' r=""'])
        kind = chance.choice(["", ' t="s"', ' t="str"', ' t="b"', ' t="e"', ' t="d"', ' t="inlineStr"', ' t="?"'])
        style = chance.choice(["", ' s="0"', ' s="99"', ' s="x"', ' s="-1"'])
        inside = chance.choice(
            [f"<v>{value()}</v>", f"<is><t>{value()}</t></is>", "<f>A1</f>", "<v/>", "<v><v>1</v></v>"]
        )
        return f"<c{place}{kind}{style}>{inside}</c>"

    rows = []
    for number in range(1, chance.randrange(2, 8)):
        at = chance.choice([number, number, number, 0, 1_048_576, 1_048_577, "", "x", f"{number}.0"])
        rows.append(f'<row r="{at}">{"".join(cell(number) for _ in range(chance.randrange(5)))}</row>')
    merged = chance.choice(["", "A1:B2", "A2:A9", "A9:A2", "B2", ":", "A0:A0", "ZZZZ1:A1", "A1:XFD1048576"])
    return sheet("".join(rows), f'<mergeCells><mergeCell ref="{merged}"/></mergeCells>', head=HEAD)


def test_spoilt_workbooks_are_read_or_refused_in_words(promise):
    outcomes = [outcome(content) for content in spoilt(SEED, 400)]
    refused = sum(one is not None for one in outcomes)
    assert refused > 200, "most of them should not be readable"
    assert refused < 400, "some are spoilt where nothing of the table lies, and must be read"
    promise(
        "S4",
        f"{len(outcomes) + len(KNOWN) + len(BY_NUMBER)} hostile workbooks: refused in words or read, 0 crashes",
        seed=SEED,
    )


@only_proof
def test_thousands_of_spoilt_workbooks_are_read_or_refused_in_words(promise):
    outcomes = [outcome(content) for content in spoilt(SEED + 1, 5_000)]
    refused = sum(one is not None for one in outcomes)
    promise(
        "S4", f"{len(outcomes)} spoilt workbooks: {refused} refused in words, the rest read, 0 crashes", seed=SEED + 1
    )
