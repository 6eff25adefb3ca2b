"""The frozen form bundle of a wave: every question, in all languages, as one JSON text with a digest."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

import msgspec

Text = dict[str, str]  # {"nb": …, "nn": …}


class WrongBundle(ValueError):
    """The bundle contradicts itself, so no wave can open with it."""


class ItemKind(StrEnum):
    """How an item is answered."""

    AGREE4 = "agree4"
    AGREE5 = "agree5"
    FREQUENCY4 = "frequency4"
    FREQUENCY5 = "frequency5"
    FACES3 = "faces3"
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    TEXT = "text"


class Option(msgspec.Struct, frozen=True):
    """One answer to choose; `code` is what is stored, from 1."""

    code: int
    label: Text


class BundleItem(msgspec.Struct, frozen=True):
    """One question.

    `column` is its row in the answers matrix of its form. A multiple-choice item takes one row an
    option, from `column` on (1 chosen, 0 not). A text item has no row: its column is -1.
    """

    key: str
    column: int
    text: Text
    kind: ItemKind
    options: list[Option] = []
    low: int | None = None  # number items: smallest and largest number taken
    high: int | None = None
    sound: Text = {}  # digest of the recorded sound by language (media.py)
    picture: str | None = None  # digest of a picture that shows what is asked

    @property
    def width(self) -> int:
        """How many rows of the answers matrix it takes."""
        if self.kind is ItemKind.TEXT:
            return 0
        return len(self.options) if self.kind is ItemKind.MULTIPLE else 1


class BundlePage(msgspec.Struct, frozen=True):
    """A screen of items, usually one scale. With a sensitive item on it, it also tells whom to talk to."""

    key: str
    title: Text
    items: list[BundleItem]
    sensitive: bool = False


class BundleForm(msgspec.Struct, frozen=True):
    """One informant group's questionnaire."""

    number: int
    informant: str
    title: Text
    intro: Text
    pages: list[BundlePage]
    faces: bool = False  # one item fills the screen, answered by faces
    help: Text = {}  # whom to talk to when something is hard; where it is empty, intake has words of its own

    @property
    def items(self) -> Iterator[BundleItem]:
        """All items, in order."""
        return (item for page in self.pages for item in page.items)

    @property
    def width(self) -> int:
        """Rows of the answers matrix."""
        return sum(item.width for item in self.items)

    @property
    def for_children(self) -> bool:
        """Pupils and kindergarten children: never free text."""
        return self.informant.startswith("pupil") or self.informant == "child"

    @property
    def is_rating(self) -> bool:
        """An adult answers about a child: whose sheet it is, is not who writes on it."""
        return self.informant.startswith("rater_")


class Bundle(msgspec.Struct, frozen=True):
    """All that intake needs to know about a wave."""

    wave: str
    title: Text
    languages: list[str]
    groups: int  # how many nodes the frozen tree has; group codes are 0 .. groups - 1
    forms: list[BundleForm]
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    k: int = 7  # told to respondents: nothing is shown for fewer
    rehearsal: bool = False  # told to respondents; all of it is destroyed at the close

    def form(self, number: int) -> BundleForm:
        """The form with that number; `WrongBundle` when there is none."""
        for form in self.forms:
            if form.number == number:
                return form
        raise WrongBundle(f"no form {number}")


def with_columns(form: BundleForm) -> BundleForm:
    """The same form with matrix rows given to its items in their order."""
    column = 0
    pages = []
    for page in form.pages:
        items = []
        for item in page.items:
            items.append(msgspec.structs.replace(item, column=column if item.width else -1))
            column += item.width
        pages.append(msgspec.structs.replace(page, items=items))
    return msgspec.structs.replace(form, pages=pages)


def encode(bundle: Bundle) -> bytes:
    """The bundle as JSON, always the same bytes for the same content."""
    return msgspec.json.encode(bundle, order="deterministic")


def decode(text: bytes) -> Bundle:
    """Read and check a bundle; `WrongBundle` when it is not one."""
    try:
        bundle = msgspec.json.decode(text, type=Bundle)
    except msgspec.DecodeError as problem:
        raise WrongBundle(str(problem)) from problem
    check(bundle)
    return bundle


def digest(bundle: Bundle) -> str:
    """SHA-256 of the JSON text, as hex."""
    return hashlib.sha256(encode(bundle)).hexdigest()


def check(bundle: Bundle) -> None:
    """Refuse a bundle that contradicts itself.

    Raises
    ------
    WrongBundle
        Forms or item keys that occur twice, rows that overlap or are left out, items without
        answers to choose, texts without bokmål, free text for children, a time without zone.
    """
    if "nb" not in bundle.languages or bundle.groups < 1 or bundle.k < 7:
        raise WrongBundle("a bundle speaks bokmål, has at least one group and k of at least 7")
    for moment in (bundle.opens_at, bundle.closes_at):
        if moment is not None and moment.tzinfo is None:
            raise WrongBundle("times need a zone")
    _refuse_twice("form", [form.number for form in bundle.forms])
    for form in bundle.forms:
        _check_form(form)


def _check_form(form: BundleForm) -> None:
    _refuse_twice("page", [page.key for page in form.pages])
    _refuse_twice("item", [item.key for item in form.items])
    if not 0 <= form.number < 2**16 or not any(page.items for page in form.pages):
        raise WrongBundle("a form has a number and items")
    rows: list[int] = []
    for item in form.items:
        _check_item(form, item)
        rows.extend(range(item.column, item.column + item.width))
    if sorted(rows) != list(range(form.width)):
        raise WrongBundle(f"form {form.number}: rows overlap or are left out")


def _check_item(form: BundleForm, item: BundleItem) -> None:
    where = f"form {form.number}, item {item.key}"
    if not item.text.get("nb") or not all(option.label.get("nb") for option in item.options):
        raise WrongBundle(f"{where}: bokmål is missing")
    if item.kind is ItemKind.TEXT:
        if form.for_children or item.column != -1:
            raise WrongBundle(f"{where}: free text is for adults and has no row")
    elif item.kind is ItemKind.NUMBER:
        if item.low is None or item.high is None or not 0 <= item.low <= item.high < 2**15:
            raise WrongBundle(f"{where}: a number has bounds from 0 to 32767")
    else:
        _refuse_twice(f"{where}: option", [option.code for option in item.options])
        if not item.options or not all(1 <= option.code < 2**7 for option in item.options):
            raise WrongBundle(f"{where}: options have codes from 1 to 127")


def _refuse_twice(what: str, values: list[int] | list[str]) -> None:
    if len(set(values)) != len(values):
        raise WrongBundle(f"{what} occurs twice")
