"""Templates that can be read, whose classes a sheet defines; and sheets without what no template uses."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent.parent / "src/kfl"
LONGEST_LINE = 140
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
PAGES = ("portal", "intake", "analysis")  # those of the last two have a sheet of their own, and nothing of the portal's
DRAWN = "drawn"  # by plain rooms, for any of them
SCOPE = {"intake": "intake", "analysis": "analysis", "answers": DRAWN, "documents": DRAWN}

CLASS = re.compile(r'\bclass="((?:\{%.*?%\}|\{\{.*?\}\}|[^"{]|\{)*)"', re.DOTALL)
EXPRESSION = re.compile(r"\{\{.*?\}\}|\{[^{}]*\}", re.DOTALL)
SELECTOR = re.compile(r"\.([A-Za-z_][\w-]*)")


def _scope(path: Path) -> str:
    return SCOPE.get(path.relative_to(PACKAGE).parts[0], "portal")


def _files(scopes: Iterable[str], *suffixes: str) -> list[Path]:
    found = (path for path in PACKAGE.rglob("*") if path.suffix in suffixes and "migrations" not in path.parts)
    return sorted(path for path in found if _scope(path) in scopes)


def _named(value: str) -> Iterator[str]:
    """The classes in an attribute; what is filled in is `*`, or the strings of the expression that fills it."""

    def filled(match: re.Match[str]) -> str:
        words = re.findall(r'"([^"]*)"', match[0])
        return " ".join(word.replace("%d", "*") for word in words) if words else "*"

    return iter(EXPRESSION.sub(filled, re.sub(r"\{%.*?%\}", " ", value)).split())


def _used(*scopes: str) -> dict[str, str]:
    """Class → where it is first used, in templates and in what Python draws."""
    found: dict[str, str] = {}
    for path in _files(scopes, ".html", ".py"):
        text = path.read_text("utf-8")
        for match in CLASS.finditer(text):
            for name in _named(match[1]):
                line = text.count("\n", 0, match.start()) + 1
                found.setdefault(name, f"{path.relative_to(PACKAGE)}:{line}")
    return {name: where for name, where in found.items() if name.strip("*")}


def _defined(paths: list[Path]) -> dict[str, str]:
    """Class → the sheet that says what it looks like."""
    found: dict[str, str] = {}
    for path in paths:
        text = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = re.sub(r"url\([^)]*\)|\"[^\"]*\"|'[^']*'", "", text)
        for name in SELECTOR.findall(re.sub(r"\{[^{}]*\}", "{}", text)):
            found.setdefault(name, str(path.relative_to(PACKAGE)))
    return found


def _looked_for(scope: str) -> dict[str, str]:
    """Class → the script that finds elements by it."""
    found: dict[str, str] = {}
    for path in _files([scope], ".js"):
        if "vendor" in path.parts:
            continue
        for selector in re.findall(r'(?:querySelector(?:All)?|closest|matches)\("([^"]*)"', path.read_text("utf-8")):
            for name in SELECTOR.findall(selector):
                found.setdefault(name, str(path.relative_to(PACKAGE)))
    return found


def test_there_are_templates_and_sheets_to_look_at() -> None:
    assert len(TEMPLATES) > 100
    assert all(_used(scope) and _files([scope], ".css") for scope in PAGES)
    assert "face" in _used(DRAWN)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_line_is_longer_than_a_screen(path: Path) -> None:
    lines = enumerate(path.read_text("utf-8").splitlines(), start=1)
    long = [f"line {number} has {len(line)} characters" for number, line in lines if len(line) > LONGEST_LINE]
    assert not long, "break it, or put a piece in a file of its own"


@pytest.mark.parametrize("scope", [*PAGES, DRAWN])
def test_every_class_is_defined_in_a_sheet(scope: str) -> None:
    defined = _defined(_files(PAGES if scope == DRAWN else [scope], ".css"))
    for_scripts = {} if scope == DRAWN else _looked_for(scope)
    used = _used(scope).items()
    known = {*defined, *for_scripts}
    assert {name: where for name, where in used if not any(fnmatchcase(one, name) for one in known)} == {}


@pytest.mark.parametrize("scope", ["portal", "intake"])
def test_every_class_that_a_script_looks_for_is_in_a_template(scope: str) -> None:
    wanted, used = _looked_for(scope), _used(scope, DRAWN)
    assert wanted
    assert {name: script for name, script in wanted.items() if not any(fnmatchcase(name, one) for one in used)} == {}


@pytest.mark.parametrize("scope", PAGES)
def test_every_class_of_our_sheets_is_used(scope: str) -> None:
    own = _defined([path for path in _files([scope], ".css") if "vendor" not in path.parts])
    used = _used(scope, DRAWN)
    # A script or a figure gives some by name.
    others = [path for path in _files([scope, DRAWN], ".js", ".py", ".html") if "vendor" not in path.parts]
    words = {word for path in others for word in re.findall(r"[\w-]+", path.read_text("utf-8"))}
    idle = {name: sheet for name, sheet in own.items() if not any(fnmatchcase(name, one) for one in used)}
    assert {name: sheet for name, sheet in idle.items() if name not in words} == {}


def test_a_class_that_is_filled_in_is_read_as_a_pattern() -> None:
    assert list(_named('options {{ "faces f%d"|format(many) if faces else "n%d"|format(many) }}')) == [
        "options", "faces", "f*", "n*",
    ]  # fmt: skip
    assert list(_named("level-{{ line.level }} {% if new %}is-new{% endif %}")) == ["level-*", "is-new"]


def _bare_tables(path: Path) -> list[int]:
    text = path.read_text("utf-8")
    found = (match.start() for match in re.finditer(r"<table\b", text))
    opening = re.compile(
        r'<div class="(?:table-)?scroll" tabindex="0" role="region"\s+aria-label(?:ledby)?="[^>]*>\s*$'
    )
    return [text.count("\n", 0, at) + 1 for at in found if not opening.search(text[:at])]


@pytest.mark.parametrize("scope", ["portal", "analysis", DRAWN])
def test_every_table_stands_in_a_named_region_that_scrolls_and_can_be_focused(scope: str) -> None:
    narrow = {"web/templates/allauth/elements/table.html"}  # two columns of allauth's own pages
    paths = {str(path.relative_to(PACKAGE)): path for path in _files([scope], ".html")}
    assert any("<table" in path.read_text("utf-8") for path in paths.values())
    bare = {name: lines for name, path in paths.items() if name not in narrow and (lines := _bare_tables(path))}
    assert bare == {}


@pytest.mark.parametrize("scope", ["portal", "intake"])
def test_no_script_takes_a_templates_line_breaks_for_words(scope: str) -> None:
    paths = [path for path in _files([scope], ".js") if "vendor" not in path.parts]
    bare = re.compile(r'textContent\s*[!=]==?\s*""')
    assert paths
    assert [str(path.relative_to(PACKAGE)) for path in paths if bare.search(path.read_text("utf-8"))] == []
