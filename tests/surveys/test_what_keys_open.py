"""What somebody who takes files can find out, with and without each key: the table in docs/privacy-rules.md is this."""

from __future__ import annotations

import hmac
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from kfl.answers import bulk, places
from kfl.answers.envelopes import open_envelope
from kfl.answers.keys import PID_BYTES, CodeKey, DoesNotOpen, KeyMissing
from kfl.people.models import Pupil
from kfl.questionnaires.formats import Informant
from kfl.surveys import actions, queries, store
from kfl.surveys.models import Code, Wave
from kfl.surveys.waves import link_keys
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

PAGE = Path(__file__).parents[2] / "docs/privacy-rules.md"
HEAD = "| den som har | kan si | for |\n|---|---|---|\n"
PUPIL, RATER = Informant.PUPIL_5_10.number, Informant.RATER_TEACHER.number


@pytest.fixture
def taken(world, data_dir, settings):
    """Two waves of the same 26 pupils, whom the teacher rates too; what is on the disk is looked at at each step."""
    versions = [a_questionnaire(), a_questionnaire(Informant.RATER_TEACHER)]
    found = SimpleNamespace(files={}, pids={}, code_key=None, opened=0, opened_without=0, codes=0)
    for slug in ("t1", "t2"):
        wave = actions.open_wave(wave=a_wave(world.county, [world.ask], versions, slug=slug), by=None, at=OPENS)
        random = np.random.default_rng(5)
        for form in wave.forms.all():
            people = queries.roster(wave=wave, form=form)
            found.pids[slug, form.number] = people.pid
            answers = random.integers(1, 5, (3, len(people)))
            actions.import_answers(wave=wave, form=form, people=people, answers=answers, by=None)
        if slug == "t2":
            _open_all(wave, found)
        actions.close_wave(wave=wave, by=None, at=CLOSES, tells=False)
        for form in wave.forms.all():
            found.files[slug, form.number] = bulk.read_columns(store.answers_place(), slug, form.number).pid
    return found


def _open_all(wave: Wave, found: SimpleNamespace) -> None:
    """Every code that the portal keeps: how many lead to a child's envelope, with the wave's key and with others."""
    key, others = store.code_key(wave.slug), [CodeKey(wave.slug, bytes(32)), CodeKey(wave.slug, _secret("secret.key"))]
    codes = [bytes(code.sealed) for code in Code.objects.everywhere(why="an attacker's view").filter(wave=wave)]
    found.codes = len(codes)
    with places.reading(store.answers_place().of(wave.slug)) as connection:
        envelopes = dict(connection.execute("SELECT lookup, sealed FROM envelopes").fetchall())
    found.opened = sum(_opens(key, code, envelopes) for code in codes)
    found.opened_without = sum(_opens(other, code, envelopes) for other in others for code in codes)


def _opens(key: CodeKey, code: bytes, envelopes: dict[bytes, bytes]) -> bool:
    try:
        typed = key.open_for_reprint(code)
        return len(open_envelope(key, typed, envelopes[key.lookup(typed)]).pid) == PID_BYTES
    except (DoesNotOpen, KeyError):
        return False


def _secret(name: str) -> bytes:
    path = store.keys_dir() / name
    return (path.read_bytes() + bytes(32))[:32] if path.exists() else b"s" * 32


def _same(one: np.ndarray, two: np.ndarray) -> int:
    return len({pid.tobytes() for pid in one} & {pid.tobytes() for pid in two})


def _named_without_key(pids: np.ndarray, series: str) -> int:
    """What can be made of all that the portal's database knows of the pupils, and of every secret but the link key."""
    known = {pid.tobytes() for pid in pids}
    fingerprint = (link_keys.fingerprint() or "").encode()
    secrets = [b"", bytes(32), fingerprint, fingerprint.ljust(32, b"\0"), _secret("secret.key"), _secret("audit.key")]
    tried = set()
    for pupil in Pupil.objects.everywhere(why="an attacker's view"):
        tried |= {pupil.uuid.bytes}
        for text in (pupil.uuid.bytes, series.encode() + b"\0" + pupil.uuid.bytes):
            tried |= {hmac.digest(secret, text, "sha256")[:PID_BYTES] for secret in secrets}
    return len(known & tried)


def _told(found: int, of: int) -> str:
    assert found in {0, of}, f"{found} of {of}"
    return "alle" if found else "ingen"


def rows(taken: SimpleNamespace) -> list[tuple[str, str, str]]:
    t1, t2, rated = taken.files["t1", PUPIL], taken.files["t2", PUPIL], taken.files["t2", RATER]
    count = len(t2)
    assert (len(t1), len(rated)) == (count, count)
    with pytest.raises(KeyMissing):
        store.code_key("t2")
    named = _told(_named_without_key(t2, "hedmark"), count)
    closed, opened = "svarfilen til en stengt kartlegging", "svarfilen til en åpen kartlegging"
    portal, who, whose = "portalens database", "hvem som har svart hva", "hvem en konvolutt eller et ark tilhører"
    return [
        (f"{closed} og {portal}, også med nøklene for økter og logg", who, named),
        (f"{closed}, {portal} og lenkenøkkelen", who, _told(_same(taken.pids["t2", PUPIL], t2), count)),
        (
            "svarfilene til to stengte kartlegginger i en serie, uten nøkkel",
            "hvilke ark som hører til samme person, men ikke hvem", _told(_same(t1, t2), count),
        ),
        (
            f"{closed} og egne vurderinger av barna, uten lenkenøkkelen",
            "hvilket ark barnet selv har levert", _told(_same(rated, t2), count),
        ),
        (f"{opened} og {portal}, uten kodenøkkelen", whose, _told(taken.opened_without, taken.codes)),
        (f"{opened}, {portal} og kodenøkkelen", whose, _told(taken.opened, taken.codes)),
        (
            f"{portal}, etter at kartleggingen er stengt", "hvem en kode tilhørte",
            _told(Code.objects.everywhere(why="an attacker's view").filter(wave__slug="t2").count(), taken.codes),
        ),
    ]  # fmt: skip


def test_the_table_of_keys_is_what_was_found(taken):
    table = HEAD + "".join(f"| {who} | {what} | **{many}** |\n" for who, what, many in rows(taken))
    print(table)
    assert table in PAGE.read_text("utf-8")
