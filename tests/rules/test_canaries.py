"""Where things lie: after a whole round, codes, keys, pseudonyms, names and answers stand only where they may.

`a_round.py` runs the round in a data folder of its own. Each canary is looked for in every file that somebody with
a copy of the folder would have, write-ahead logs included, in the log and in every page that was read.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import uuid
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest

from kfl.results.payload import unpack

ROOT = Path(__file__).parents[2]
PORTAL = {"portal.sqlite3", "portal.sqlite3-wal"}
MOMENTS = ["open", "answered", "closed", "data"]  # data: when everything has stopped
# What the portal's database may write while people answer, and what when the wave ends.
BY_READING = {"django_session", "people_auditline", "people_auditedrow", "people_user", "sqlite_sequence"}
BY_CLOSING = {
    "core_job", "surveys_wave", "surveys_code", "results_release", "results_releasedform", "results_releasedpage",
    "results_reference", "research_technicalreport",
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("round")
    command = [sys.executable, "-m", "tests.rules.a_round", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(folder=folder, **json.loads((folder / "canaries.json").read_text()))


def places(told: SimpleNamespace, moment: str, needles: Iterable[bytes]) -> set[str]:
    """The files of the data folder in which one of these stands."""
    where, wanted = told.folder / moment, list(needles)
    files = [path for path in where.rglob("*") if path.is_file()]
    return {str(path.relative_to(where)) for path in files if any(n in path.read_bytes() for n in wanted)}


def codes(told: SimpleNamespace) -> list[bytes]:
    ways = [way for code in told.codes for way in (code, code.replace("-", ""))]
    return [form.encode() for way in ways for form in (way, way.lower())]


def pids(told: SimpleNamespace) -> list[bytes]:
    return [bytes.fromhex(pid) for pid in told.pids]


def pids_in_words(told: SimpleNamespace) -> list[bytes]:
    return [form.encode() for pid in told.pids for form in (pid, pid.upper(), str(uuid.UUID(pid)))]


def lasting_numbers(told: SimpleNamespace) -> list[bytes]:
    numbers = [uuid.UUID(text) for text in told.uuids]
    return [form for number in numbers for form in (number.bytes, number.hex.encode(), str(number).encode())]


NAMES = [b"Kanarielev", "Kanarilærer".encode()]
WORDS = [b"Kanarisvar"]


def test_the_round_was_whole(told):
    """Else there would be nothing to find."""
    assert told.state == "released"
    assert len(told.codes) == 35  # 24 pupils, 10 teachers, one replaced
    assert told.late == [410, 404, 404]
    assert places(told, "open", [bytes.fromhex(told.code_key)]) == {"keys/t1.code.key"}
    assert places(told, "closed", WORDS)


@pytest.mark.parametrize("moment", MOMENTS)
def test_no_code_is_stored_in_clear(told, moment):
    assert places(told, moment, codes(told)) == set()


@pytest.mark.parametrize("moment", ["closed", "data"])
def test_after_the_close_nothing_is_left_that_a_code_could_open(told, moment):
    assert places(told, moment, [bytes.fromhex(told.code_key)]) == set()
    assert places(told, moment, map(bytes.fromhex, told.sealed)) == set()
    assert not list((told.folder / moment).rglob("*.code.key"))
    with sqlite3.connect(told.folder / moment / "answers" / "t1.sqlite3") as answers:
        tables = {name for (name,) in answers.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    answers.close()
    assert tables == {"meta", "texts", "counts", "blocks"}


def test_pseudonyms_lie_in_the_answers_file_alone_and_not_before_the_close(told):
    for moment in ("open", "answered"):
        assert places(told, moment, pids(told)) == set(), "an open wave is sealed"
    for moment in ("closed", "data"):
        assert places(told, moment, pids(told)) == {"answers/t1.sqlite3"}
    for moment in MOMENTS:
        assert places(told, moment, pids_in_words(told)) == set()
        assert places(told, moment, [bytes.fromhex(told.link_key)]) == {"keys/link.key"}


@pytest.mark.parametrize("moment", MOMENTS)
def test_names_and_lasting_numbers_lie_in_the_portal_alone(told, moment):
    assert places(told, moment, NAMES) <= PORTAL
    assert places(told, moment, lasting_numbers(told)) <= PORTAL


@pytest.mark.parametrize("moment", ["closed", "data"])
def test_free_text_lies_in_the_answers_file_alone(told, moment):
    assert places(told, "answered", WORDS) == set(), "an open wave is sealed"
    assert places(told, moment, WORDS) == {"answers/t1.sqlite3"}


def rows_of(told: SimpleNamespace, moment: str) -> dict[str, list[tuple]]:
    connection = sqlite3.connect(told.folder / moment / "portal.sqlite3")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    connection.close()
    return found


def test_answering_leaves_no_trace_in_the_portal_and_closing_only_what_is_released(told):
    first, answered, closed = (rows_of(told, moment) for moment in ("open", "answered", "data"))
    assert {name for name in first if first[name] != answered[name]} <= BY_READING
    assert {name for name in first if answered[name] != closed[name]} <= BY_READING | BY_CLOSING
    assert first["surveys_code"]
    assert not closed["surveys_code"]


def test_no_released_page_holds_free_text_or_anything_that_leads_to_a_person(told):
    rows = rows_of(told, "data")
    packed = [cell for name in BY_CLOSING for row in rows[name] for cell in row if isinstance(cell, bytes)]
    released = b"\n".join(map(_as_plain_as_can_be, packed))
    assert b"trivsel" in released or b"Trivsel" in released
    for page in [released, *(path.read_bytes() for path in told.folder.glob("pages-*.html"))]:
        for needle in [*WORDS, NAMES[0], *codes(told), *pids_in_words(told), *lasting_numbers(told)]:
            assert needle not in page


def _as_plain_as_can_be(stored: bytes) -> bytes:
    """Unpacked; what is encrypted, as the sums beside a release are, stays as it is."""
    try:
        return unpack(stored)
    except zlib.error:
        return stored


def test_pages_of_the_open_wave_hold_no_code(told):
    page = (told.folder / "wave-open.html").read_bytes()
    assert b"ark levert eller nei sagt" in page
    assert b"24 inviterte" in page
    assert b"24 av 24" not in page
    assert not [code for code in codes(told) if code in page]


def test_the_log_names_nobody_and_nothing(told):
    log = (told.folder / "log.txt").read_bytes()
    assert b"/svar/code" in log
    for needle in [*WORDS, *NAMES, *codes(told), *pids_in_words(told), *lasting_numbers(told)]:
        assert needle not in log
