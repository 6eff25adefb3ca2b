"""Files as programs write them, and workbooks as nobody should: made here, so that nothing hostile lies in the tree."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def sheet(body: str, after: str = "", *, head: str = HEAD) -> str:
    """A sheet's XML around its rows."""
    return f'{head}<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData>{after}</worksheet>'


def cells(*rows: Sequence[object]) -> str:
    """Rows of cells, texts inline."""
    return "".join(f'<row r="{at}">{"".join(map(_cell, row))}</row>' for at, row in enumerate(rows, start=1))


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return "<c/>" if value is None else f"<c><v>{value}</v></c>"


ROWS = cells(["navn", "alder"], ["Åse", 12], ["Bo", 13])


def related(*lines: str) -> str:
    """A part that names other parts."""
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{"".join(lines)}</Relationships>'


def relation(key: str, kind: str, target: str, more: str = "") -> str:
    """One of its lines."""
    return f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}" {more}/>'


def parts(sheet_xml: str | None = None, others: Mapping[str, str | bytes] | None = None) -> dict[str, str | bytes]:
    """The parts of a small workbook, with others beside or instead."""
    sheets = '<sheets><sheet name="Ark1" sheetId="1" r:id="r1"/></sheets>'
    return {
        "_rels/.rels": related(relation("a", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": related(
            relation("r1", "worksheet", "worksheets/sheet1.xml"),
            relation("r2", "sharedStrings", "sharedStrings.xml"),
            relation("r3", "styles", "styles.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet(ROWS) if sheet_xml is None else sheet_xml,
        **(others or {}),
    }


def packed(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a zip."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return file.getvalue()


def workbook(*rows: Sequence[object], after: str = "") -> bytes:
    """A small workbook with these rows."""
    return packed(parts(sheet(cells(*rows), after)))
