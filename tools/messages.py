"""The message catalogues without GNU gettext: collect, check, compile.

Bokmål is the source (msgid). Domain `django`: every room but the two below, in nn and en. Domain `intake`: what a
respondent meets, in nn, en and se; intake reads it with Python's own gettext. Domain `analysis`: the words of
reports made with or without the portal, in nn and en, read in the same way. The sign-in library (allauth) has
English msgids and no nynorsk: what `nb/django.po` says anew of it, nn must say too.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src/kfl"
LOCALE = PACKAGE / "locale"
LANGUAGES = {"django": ("nn", "en"), "intake": ("nn", "en", "se"), "analysis": ("nn", "en")}
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "npgettext": ((1, "c"), 2, 3), "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2), "_n": (1, 2),
}  # fmt: skip
Message = tuple[str | tuple[str, ...], str | None]


def domain_of(path: Path) -> str:
    room = path.relative_to(PACKAGE).parts[0]
    return room if room in LANGUAGES else "django"


def messages_in(path: Path) -> Iterator[Message]:
    """Every text in one Python file or template."""
    text = path.read_text("utf-8")
    method = "python"
    if path.suffix != ".py":
        if domain_of(path) != "django":
            method = "jinja2.ext:babel_extract"
        else:
            from django.utils.translation.template import templatize

            # What is left is read as Python, to which the template's own indents would say something.
            text = "\n".join(line.lstrip() for line in templatize(text).split("\n"))
    source = io.BytesIO(text.encode())
    for _line, message, _comments, context in extract(method, source, keywords=KEYWORDS):
        if message:
            yield message, context


def collected(domain: str) -> Catalog:
    catalog = Catalog(domain=domain, fuzzy=False)
    paths = [
        *PACKAGE.rglob("*.py"),
        *PACKAGE.rglob("templates/**/*.html"),
        *PACKAGE.rglob("templates/**/*.txt"),
    ]
    for path in sorted(paths):
        if "migrations" in path.parts or domain_of(path) != domain:
            continue
        for message, context in messages_in(path):
            catalog.add(message, context=context)
    return catalog


def po_path(domain: str, language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def with_borrowed(template: Catalog, language: str) -> Catalog:
    """The texts of one language's catalogue: our own, and in nn those of the sign-in library that nb says anew."""
    whole = Catalog(domain=template.domain, fuzzy=False)
    borrowed = read("django", "nb") if (template.domain, language) == ("django", "nn") else ()
    for message in (*template, *borrowed):
        if message.id:
            whole.add(message.id, context=message.context)
    return whole


def read(domain: str, language: str) -> Catalog:
    path = po_path(domain, language)
    if not path.exists():
        return Catalog(locale=language, domain=domain, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, domain=domain, locale=language)


def collect() -> int:
    """Write new texts into the catalogues and drop those that are gone."""
    for domain, languages in LANGUAGES.items():
        template = collected(domain)
        for language in languages:
            catalog = read(domain, language)
            catalog.update(with_borrowed(template, language), no_fuzzy_matching=True, update_creation_date=False)
            catalog.obsolete.clear()
            path = po_path(domain, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, catalog, no_location=True, sort_output=True, width=100, omit_header=False)
            missing = sum(1 for m in catalog if m.id and not _has_text(m.string))
            print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {missing} without a translation")
    return 0


def problems() -> Iterator[str]:
    """What is missing, fuzzy, left over, or holds other placeholders than its source."""
    for domain, languages in LANGUAGES.items():
        template = collected(domain)
        for language in languages:
            where = f"{domain}.{language}"
            wanted = {(m.id, m.context) for m in with_borrowed(template, language) if m.id}
            catalog = read(domain, language)
            have = {(m.id, m.context): m for m in catalog if m.id}
            yield from (f"{where}: not in the catalogue: {key[0]!r}" for key in sorted(wanted - have.keys(), key=str))
            yield from (f"{where}: no longer used: {key[0]!r}" for key in sorted(have.keys() - wanted, key=str))
            for (ident, _context), message in have.items():
                if message.fuzzy:
                    yield f"{where}: fuzzy: {ident!r}"
                if not _has_text(message.string):
                    yield f"{where}: no translation: {ident!r}"
                elif error := next(iter(message.check(catalog)), None):
                    yield f"{where}: {ident!r}: {error}"


def _has_text(string: str | tuple[str, ...] | list[str]) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def check() -> int:
    found = list(problems())
    print("\n".join(found[:40]) or "Texts: every catalogue is complete")
    if len(found) > 40:
        print(f"… and {len(found) - 40} more")
    return bool(found)


def compile_all() -> int:
    for path in sorted(LOCALE.rglob("*.po")):
        with path.open("rb") as source:
            catalog = read_po(source, locale=path.parts[-3] if path.parts[-3] != "se" else None)
        with path.with_suffix(".mo").open("wb") as target:
            write_mo(target, catalog)
    return 0


if __name__ == "__main__":
    import django
    from django.conf import settings

    settings.configure(USE_I18N=True)
    django.setup()
    verbs = {"collect": collect, "check": check, "compile": compile_all}
    if len(sys.argv) != 2 or sys.argv[1] not in verbs:
        sys.exit("usage: tools/messages.py collect | check | compile")
    sys.exit(verbs[sys.argv[1]]())
