"""The words of every fault: English for commands, bokmål for the portal, where the catalogues have the other languages.

Bokmål is a whole sentence, since it stands alone in a table; English follows "row 7, column age:".
"""

from __future__ import annotations

from typing import NamedTuple

from .faults import Fault


def gettext_noop(text: str) -> str:
    """Mark a text for the portal's catalogues; whoever shows it translates it."""
    return text


_ = gettext_noop


class FaultWords(NamedTuple):
    """One fault, said in both."""

    english: str
    bokmal: str


WORDS: dict[Fault, FaultWords] = {
    Fault.NO_FILE: FaultWords("there is no such file", _("Fila finnes ikke.")),
    Fault.UNREADABLE: FaultWords("cannot be read: {why}", _("Fila kan ikke leses: {why}.")),
    Fault.EMPTY: FaultWords("the file is empty", _("Fila er tom.")),
    Fault.TOO_LARGE: FaultWords(
        "the file is larger than {most} MB: divide it", _("Fila er større enn {most} MB. Del den i flere.")
    ),
    Fault.NOT_TEXT: FaultWords(
        "this is not text", _("Fila er ikke en tekstfil. Lagre den som Excel-arbeidsbok (.xlsx) eller «CSV UTF-8».")
    ),
    Fault.ENCODING: FaultWords(
        "neither UTF-8 nor windows-1252: save the file as UTF-8",
        _("Bokstavene i fila kan ikke leses. Lagre den på nytt som «CSV UTF-8»."),
    ),
    Fault.NO_HEADER: FaultWords("the header is empty", _("Den første raden har ingen kolonnenavn.")),
    Fault.NO_ROWS: FaultWords("there are no rows under the header", _("Lista har ingen rader under overskriften.")),
    Fault.TOO_MANY_ROWS: FaultWords(
        "{rows} rows; {most} are the most: divide the file",
        _("Lista har {rows} rader. Del den i flere; {most} er det meste."),
    ),
    Fault.TOO_MANY_COLUMNS: FaultWords(
        "{columns} columns; {most} are the most", _("Lista har {columns} kolonner; {most} er det meste.")
    ),
    Fault.UNNAMED_COLUMN: FaultWords(
        "column {number} ({letters}) has no name", _("Kolonne {number} ({letters}) har ikke navn.")
    ),
    Fault.COLUMN_TWICE: FaultWords("the column stands twice", _("Kolonnen står to ganger.")),
    Fault.UNKNOWN_COLUMN: FaultWords(
        "the column is not known; there may be {names}", _("Denne kolonnen er ukjent. Lista kan ha: {names}.")
    ),
    Fault.MISSING_COLUMN: FaultWords("the column is missing", _("Kolonnen mangler.")),
    Fault.QUOTATION_MARK: FaultWords(
        'a quotation mark (") is opened and never closed, or stands within a text',
        _('Raden kan ikke leses. Se etter et anførselstegn (") som ikke har et annet som lukker det.'),
    ),
    Fault.LENGTH: FaultWords(
        "{found} values where the header has {wanted}", _("Raden har {found} verdier der det skal være {wanted}.")
    ),
    Fault.EMPTY_LINE: FaultWords("the line is empty", _("Raden er tom.")),
    Fault.LONG_CELL: FaultWords("the text is longer than {most} characters", _("Teksten er lengre enn {most} tegn.")),
    Fault.BROKEN_LETTERS: FaultWords(
        "letters are broken: save the file anew as UTF-8",
        _("Bokstaver er ødelagt. Lagre lista på nytt som «CSV UTF-8»."),
    ),
    Fault.INVISIBLE_LETTER: FaultWords(
        "the text has an invisible character", _("Teksten har et usynlig tegn. Skriv den på nytt.")
    ),
    Fault.ERROR_VALUE: FaultWords(
        "the cell shows {value}", _("Cella viser {value}. Rett formelen eller skriv verdien.")
    ),
    Fault.NO_VALUE: FaultWords(
        "the formula has not been calculated: open the file in a spreadsheet and save it",
        _("Formelen er ikke regnet ut. Åpne fila i Excel og lagre den, eller skriv verdien."),
    ),
    Fault.NO_WORKBOOK: FaultWords(
        "this is not an Excel workbook (.xlsx)",
        _("Fila er ikke en Excel-arbeidsbok (.xlsx). Lagre den som det, eller som «CSV UTF-8»."),
    ),
    Fault.LOCKED_OR_OLD: FaultWords(
        "the workbook is locked with a password, or of the old kind (.xls): save it as .xlsx without a password",
        _("Arbeidsboka har passord eller er av den gamle typen (.xls). Lagre den som .xlsx uten passord."),
    ),
    Fault.DAMAGED: FaultWords(
        "the workbook is damaged: open it in a spreadsheet and save it anew",
        _("Arbeidsboka er skadet. Åpne den i Excel og lagre den på nytt."),
    ),
    Fault.MACROS: FaultWords(
        "the workbook has macros: save it as .xlsx", _("Arbeidsboka har makroer. Lagre den som .xlsx uten makroer.")
    ),
    Fault.DECLARATIONS: FaultWords(
        "the workbook declares entities, which no spreadsheet does",
        _("Arbeidsboka har innhold som ikke kommer fra et regneark, og blir ikke lest."),
    ),
    Fault.TOO_MUCH_INSIDE: FaultWords(
        "the workbook holds more than can be read (30 MB, 60 parts, a million cells): save the sheet alone, or as CSV",
        _("Arbeidsboka rommer mer enn vi kan lese. Lagre arket alene, eller som «CSV UTF-8»."),
    ),
    Fault.NO_SHEET: FaultWords("the workbook has no sheet with cells", _("Arbeidsboka har ikke noe ark med innhold.")),
    Fault.MERGED_HEADER: FaultWords(
        "the cells {cells} of the header are merged: give each column a name of its own",
        _("Cellene {cells} i overskriften er slått sammen. Gi hver kolonne sitt eget navn."),
    ),
    Fault.MERGED_ACROSS: FaultWords(
        "the cells {cells} are merged across columns: divide them",
        _("Cellene {cells} er slått sammen på tvers av kolonner. Del dem."),
    ),
    Fault.MERGED_FILLED: FaultWords(
        "the cells {cells} are merged: their value was taken for every row",
        _("Cellene {cells} er slått sammen. Verdien er brukt i alle radene."),
    ),
    Fault.OTHER_SHEETS: FaultWords(
        "only the sheet {sheet} was read, not {others}", _("Bare arket «{sheet}» er lest, ikke {others}.")
    ),
    Fault.HIDDEN_ROWS: FaultWords(
        "{count} rows are hidden in the workbook, and were read too",
        _("{count} rader er skjult i arbeidsboka. De er lest, de også."),
    ),
    Fault.LOST_NOUGHTS: FaultWords(
        "{count} values, such as {value}, are shorter than the others: has a spreadsheet taken away noughts?",
        _("{count} verdier, som {value}, er kortere enn de andre. Har Excel tatt bort nuller først i tallet?"),
    ),
}
