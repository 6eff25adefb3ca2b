"""The rows that something is wrong with, as a workbook to mend them by."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kfl.core.downloads import attachment
from kfl.tables import Table, WrongFile
from kfl.tables.writing import XLSX, failed_rows

FILE_NAME = "rader-med-feil.xlsx"


def has_rows(wrong: WrongFile) -> bool:
    """Whether the table could be read, and something is wrong with what its rows say."""
    return any(one.row is not None and one.code is None for one in wrong.problems)


def as_workbook(table: Table, wrong: WrongFile) -> HttpResponse:
    """The rows by number, what is wrong with each, and what stands in them."""
    words = {"title": _("Rader med feil"), "row": _("Rad"), "wrong": _("Hva som er feil")}
    return attachment(failed_rows(table, wrong.problems, **words), name=FILE_NAME, media_type=XLSX)
