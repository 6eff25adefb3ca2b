"""Lay the fonts of the PDFs where `kfl.documents` finds them, with a list of the characters that each of them has.

The packages come from package-lock.json by exact version and hash. Typst reads TrueType and no WOFF2, so each file is
unpacked; nothing in it is changed. A file whose characters others have already is left out: the fonts for Chinese,
Japanese and Korean share most of theirs. It takes half a minute, so what stands there is kept while the versions and
this file stay as they are.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
FONTS = ROOT / "src/kfl/documents/fonts"
LIST = "fonts.json"
# What the texts are set in where the letters of the page's own face do not reach, in the order that they are asked.
BASE = "@expo-google-fonts/noto-sans"
BY_SCRIPT = [
    *(f"@fontsource-variable/noto-sans-{script}" for script in (
        "arabic", "hebrew", "armenian", "georgian", "ethiopic", "devanagari", "bengali", "gurmukhi", "gujarati",
        "oriya", "tamil", "telugu", "kannada", "malayalam", "sinhala", "thai", "lao", "khmer", "thaana", "syriac",
    )),
    "@fontsource-variable/noto-serif-tibetan",
    *(f"@fontsource/noto-sans-{script}" for script in ("myanmar", "nko", "tifinagh")),
]  # fmt: skip
IN_PIECES = [
    *(f"@fontsource-variable/noto-sans-{script}" for script in ("sc", "tc", "jp", "kr")),
    "@fontsource-variable/noto-emoji",
]

PACKAGES = [BASE, *BY_SCRIPT, *IN_PIECES]


def sources() -> Iterator[Path]:
    """Every font file, the most wanted first."""
    for weight in ("400Regular", "700Bold"):
        yield MODULES / BASE / weight / f"NotoSans_{weight}.ttf"
    for package in BY_SCRIPT:
        name = package.rsplit("/", 1)[-1]
        script = name.rsplit("-", 1)[-1]
        weight = "wght" if "variable" in package else "400"
        yield MODULES / package / "files" / f"{name}-{script}-{weight}-normal.woff2"
    for package in IN_PIECES:
        files = MODULES / package / "files"
        pieces = [path for path in files.glob("*-wght-normal.woff2") if re.search(r"-\d+-wght", path.name)]
        yield from sorted(pieces, key=lambda path: int(path.name.split("-")[-3]))


def ranges(numbers: Iterable[int]) -> list[list[int]]:
    """Characters in a row as first and last."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return found


def wanted() -> str:
    """What tells whether the fonts that stand there are the right ones."""
    versions = [json.loads((MODULES / one / "package.json").read_text())["version"] for one in PACKAGES]
    return hashlib.sha256(Path(__file__).read_bytes() + json.dumps(versions).encode()).hexdigest()


def unpack() -> None:
    """All of them anew."""
    shutil.rmtree(FONTS, ignore_errors=True)
    FONTS.mkdir(parents=True)
    seen: set[int] = set()
    files: list[dict[str, object]] = []
    for source in sources():
        if not source.exists():
            sys.exit(f"tools/fonts.py: {source.relative_to(MODULES)} is not in the package; mend the list in this file")
        font = TTFont(source)
        has = set(font.getBestCmap())
        is_bold = font["OS/2"].usWeightClass >= 600
        if has <= seen and not is_bold:
            continue
        seen |= has
        font.flavor = None
        name = f"{source.stem}.ttf"
        font.save(FONTS / name, reorderTables=None)
        files.append({"file": name, "has": ranges(has)})
    (FONTS / "licences").mkdir()
    for package in PACKAGES:
        candidates = [MODULES / package / name for name in ("LICENSE_FONT", "LICENSE")]
        shutil.copyfile(
            next(path for path in candidates if path.exists()), FONTS / "licences" / package.rsplit("/", 1)[-1]
        )
    (FONTS / LIST).write_text(json.dumps({"made": wanted(), "files": files}), "utf-8")


def main() -> None:
    listed = FONTS / LIST
    if not listed.exists() or json.loads(listed.read_text("utf-8"))["made"] != wanted():
        unpack()
    files = sorted(FONTS.glob("*.ttf"))
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"Fonts: {len(files)} files, {size:.0f} MB in {FONTS.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
