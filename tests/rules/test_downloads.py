"""A file goes to a browser by one door, which writes the header that says its name and whether it is shown."""

from __future__ import annotations

from tests.rules.test_code import PACKAGE


def test_nobody_writes_the_header_of_a_file_by_hand():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(word in path.read_text("utf-8").casefold() for word in ("content-disposition", "fileresponse"))
    }
    assert found == {"core/downloads.py"}, "use kfl.core.downloads, or kfl.core.files for what somebody has brought"
