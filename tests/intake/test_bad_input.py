"""Whatever is sent: no stack trace, nothing stored that should not be, nothing lost that was acknowledged.

Every request goes into the real app as raw ASGI. Four people stand by: a victim who has saved and whose cookie nobody
has, one who handed in, one whose browser has gone on to the next pupil, and a parent whose own session sends the
mischief. `test_rough_bytes` does the same to a socket.
"""

import asyncio
import hashlib
import json
import os
import sqlite3
from collections import Counter
from contextlib import closing
from itertools import islice

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kfl.answers.keys import CodeKey
from kfl.intake import codes_page, withdrawal_page
from kfl.intake.app import create_app
from kfl.intake.sessions import Sessions, durable
from kfl.intake.throttle import Throttle
from tests.answers.wave import open_wave, saves_in

from .mischief import JSON, fixed, made_up, mixed, wrong_saves
from .rough import Request, send

PROVE = bool(os.environ.get("KFL_PROVE"))
TELLTALE = (b"Traceback", b".py", b"msgspec", b"sqlite", b"Error:", b"/kfl/")
AT_A_TIME = 10
SEED = 4


class Scene:
    """The app with two waves, four people in them, and a watch on what is stored."""

    def __init__(self, folder):
        self.loop = asyncio.new_event_loop()
        self.folder = folder / "answers"
        pupils, parents = open_wave(folder), open_wave(folder, wave="t4", form=2, people=1)
        self.app = create_app(folder)
        self.wait(self.app.startup())
        self.attempts, self.cookies = {}, {}
        for who, code in zip(("victim", "done", "left"), (one.code for one in pupils.invited), strict=False):
            self.enter(who, code)
        self.enter("parent", parents.invited[0].code)
        for who in ("victim", "done", "left"):
            assert self.put(who, {"a1": 2, "a2": 3}) == 200
        self.reply("POST", f"/svar/{self.attempts['done']}/submit", self.cookies["done"])
        self.leave("left")
        del self.cookies["victim"]  # nobody has it
        self.watch = [sqlite3.connect(path) for path in sorted(self.folder.glob("*.sqlite3"))]
        self.parents_key = CodeKey.load(self.folder.parent / "keys", sorted(self.folder.glob("*.sqlite3"))[1].stem)
        self.before, self.versions, self.kept = self.digest(), self.look(), self.rows_kept()
        self.statuses = Counter()

    def wait(self, coroutine):
        return self.loop.run_until_complete(coroutine)

    def reply(self, method, path, cookie=b"", body=b"{}"):
        return self.wait(send(self.app, Request(method, path, ((b"cookie", cookie), (b"content-type", JSON)), body)))

    def enter(self, who, code):
        reply = self.reply("POST", "/svar/code", body=json.dumps({"code": code}).encode())
        assert reply.status == 201
        self.attempts[who] = json.loads(reply.body)["attempt"]
        self.cookies[who] = reply.headers[b"set-cookie"].split(b";")[0]

    def leave(self, who):
        """The browser goes to the next pupil; what is kept is a copy of its cookie, which is good for nothing."""
        session = bytes.fromhex(self.cookies[who].partition(b"=")[2].decode())
        self.wait(durable(self.app.owner.waves["t3"].end(session)))

    def put(self, who, answers):
        body = json.dumps({"lease": 1, "rev": 1, "answers": answers}).encode()
        return self.reply("PUT", f"/svar/{self.attempts[who]}/1", self.cookies[who], body).status

    def look(self):
        """Changes whenever somebody else has committed something to a file."""
        return [connection.execute("PRAGMA data_version").fetchone()[0] for connection in self.watch]

    def digest(self):
        """All of the pupils' wave, and who may answer in the parents'."""
        pupils, parents = self.watch
        tables = ("meta", "envelopes", "attempts", "log", "counts")
        rows = [pupils.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
        rows += [parents.execute(f"SELECT * FROM {table}").fetchall() for table in ("meta", "envelopes")]
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    def rows_kept(self):
        """All rows of both waves but those of noise, which a reply to a wrong code or word writes."""
        tables = ("meta", "envelopes", "attempts", "log", "counts")
        return [watch.execute(f"SELECT * FROM {table}").fetchall() for watch in self.watch for table in tables]

    def try_it(self, request):
        reply = self.wait(send(self.app, request))
        self.statuses[reply.status] += 1
        now = self.look()
        stored, self.versions = now != self.versions, now
        if stored:
            kept = self.rows_kept()
            stored, self.kept = kept != self.kept, kept
        told = f"{request.method} {request.path[:80]!r} {request.headers} {request.body[:80]!r}: {reply.status}"
        assert reply.status < 500, told
        assert reply.headers[b"x-content-type-options"] == b"nosniff", told
        assert reply.status == 200 or not any(word in reply.body for word in TELLTALE), told
        assert not (stored and reply.status >= 400), f"refused, and yet stored: {told}"
        assert not (stored and self.cookies["parent"] not in dict(request.headers).get(b"cookie", b"")), told

    def check(self):
        assert self.digest() == self.before, "another's sheet was changed"
        saves = [save for _, save in saves_in(self.watch[1], self.parents_key)]
        assert all(s.screen == 1 and is_right(json.loads(s.body)) for s in saves), "stored what no form asks for"

    def stop(self):
        for connection in self.watch:
            connection.close()
        self.wait(self.app.shutdown())
        self.loop.close()
        for path in self.folder.glob("*.sqlite3"):
            with closing(sqlite3.connect(path)) as connection:
                assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    def told(self):
        total = sum(self.statuses.values())
        return f"{total} requests, 0 × 500, 0 stack traces, 0 stored of those refused, 0 sheets of others changed"


def is_right(answers):
    """What the parents' form may hold; written apart from the code that checks it."""
    choice, text = answers.pop("p1", None), answers.pop("ord", None)
    right_choice = choice is None or (type(choice) is int and choice in (1, 2, 3, 4))
    right_text = text is None or (isinstance(text, str) and 0 < len(text) <= 2000 and "\0" not in text)
    return not answers and right_choice and right_text


async def _goes_on(*_args, **_more):
    pass


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.setattr(codes_page, "REPLY_S", 0.0)
    monkeypatch.setattr(withdrawal_page, "REPLY_S", 0.0)
    monkeypatch.setattr(Throttle, "mistake", lambda *_: 0.0)
    monkeypatch.setattr(Sessions, "admit", lambda _: None)  # 503 on a slow disk is another test's matter
    monkeypatch.setattr(Sessions, "end", _goes_on)  # one "next pupil" would leave nothing to try the rest on
    one = Scene(tmp_path)
    yield one
    one.stop()


def test_fixed_list(scene, promise):
    requests = list(fixed(scene.attempts, scene.cookies))
    for request in requests if PROVE else requests[::7]:
        scene.try_it(request)
    scene.check()
    assert {400, 403, 404, 405, 409, 410, 413, 415, 422} <= set(scene.statuses), "the list has lost its variety"
    promise("Bad input: fixed list", scene.told())


def test_each_wrong_save_is_refused_and_the_next_right_one_is_stored(scene):
    for body in wrong_saves():
        before = scene.look()
        reply = scene.reply("PUT", f"/svar/{scene.attempts['parent']}/1", scene.cookies["parent"], body)
        assert 400 <= reply.status < 500, (body[:80], reply.status)
        assert scene.look() == before
    assert scene.put("parent", {"p1": 4, "ord": "שלום \u202eabc\u202c 😀"}) == 200
    scene.check()


def test_anything_with_anything(scene, promise):
    for request in islice(mixed(SEED, scene.attempts, scene.cookies), 190_000 if PROVE else 1_000):
        scene.try_it(request)
    scene.check()
    promise("Bad input: mixed", scene.told(), seed=SEED)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # hypothesis, of ten megabytes
def test_made_up_requests(scene, promise):
    @settings(
        max_examples=1_000 if PROVE else 25,
        deadline=None,
        derandomize=not PROVE,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(made_up(scene.attempts, scene.cookies), min_size=AT_A_TIME, max_size=AT_A_TIME))
    def mischief(requests):
        for request in requests:
            scene.try_it(request)

    mischief()
    scene.check()
    promise("Bad input: made up", scene.told(), seed="–" if PROVE else "fixed")


def test_ten_megabytes_are_refused_before_they_are_read(scene):
    for method, path in (
        ("POST", "/svar/code"),
        ("PUT", f"/svar/{scene.attempts['parent']}/1"),
        ("POST", "/svar/withdrawal"),
    ):
        headers = ((b"cookie", scene.cookies["parent"]), (b"content-type", JSON))
        reply = scene.wait(send(scene.app, Request(method, path, headers, b" " * 10_000_000)))
        assert reply.status == 413
    scene.check()
