"""What somebody who holds a printed code can find out with it: what a child answered, and whether anybody has.

The attacks are those that once read answers back in one evening. Each runs with a control, in which the store is made
to answer as it did then, and the attack succeeds: so the attack is one, and what it finds now is nothing.
"""

import asyncio
import os
import random
from collections import Counter
from itertools import product
from statistics import median

import pytest

from kfl.answers.store import OpenWave
from kfl.intake import codes_page
from kfl.intake.sessions import Sessions
from kfl.intake.throttle import Throttle
from tests.answers.wave import open_wave

from .attacker import PAIRS, answer_all, asked, by_form, by_json, leaky_save, read_back, seen
from .served import noted_waits, put, served

PROVE = bool(os.environ.get("KFL_PROVE"))
INFORMANTS = [
    "pupil_1_4", "pupil_5_10", "teacher", "leader", "parent", "rater_teacher", "child", "rater_kindergarten",
    "kindergarten_parent", "kindergarten_staff", "kindergarten_head",
]  # fmt: skip
SEED = 11
JSON = {"accept": "application/json"}


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(codes_page, "REPLY_S", 0.0)
    monkeypatch.setattr(Throttle, "mistake", lambda *_: 0.0)
    monkeypatch.setattr(Sessions, "admit", lambda _: None)


def attack(data_dir, informant: str, items: int, send) -> tuple[int, int, int]:
    """How many answers were read back, of how many, with how many requests."""
    frozen = asked(informant, items)
    wave = open_wave(data_dir, people=1, frozen=frozen)

    async def story():
        async with served(data_dir) as (_app, browser), browser() as victim:
            code, form = wave.invited[0].code, frozen.forms[0]
            attempt, secret = await answer_all(victim, code, form, random.Random(SEED))
            found, requests = await read_back(browser, code, form, send)
            right = sum(found.get(key) == value for key, value in secret.items())
            if not form.is_rating:  # and the victim has noticed nothing
                mine = [(await victim.get(f"/svar/{attempt}/{s}", headers=JSON)).json() for s in range(1, 3)]
                assert all(one["answers"].items() <= secret.items() and one["lease"] == 1 for one in mine)
            return right, len(secret), requests

    return asyncio.run(story())


@pytest.mark.parametrize("send", [by_json, by_form])
@pytest.mark.parametrize("informant", INFORMANTS)
def test_the_code_reads_no_answer_back(tmp_path, quick, promise, informant, send):
    items = 16 if PROVE or informant == "pupil_1_4" else 4
    read, of, requests = attack(tmp_path, informant, items, send)
    assert (read, of) == (0, items)
    how = "JSON" if send is by_json else "plain forms"
    promise(f"C1 {informant}", f"0 of {of} answers read back by {how} in {requests} requests with the code", seed=SEED)


@pytest.mark.parametrize("send", [by_json, by_form])
def test_nor_does_it_where_answers_lie_in_postgresql(tmp_path, quick, promise, on_postgres, send):
    read, of, requests = attack(tmp_path, "pupil_1_4", 16, send)
    assert (read, of) == (0, 16)
    promise("C1 on PostgreSQL", f"0 of {of} answers read back in {requests} requests with the code", seed=SEED)


@pytest.mark.parametrize("informant", ["pupil_1_4", "parent"])
def test_the_same_attack_reads_everything_where_the_store_answers_as_it_once_did(
    tmp_path, quick, monkeypatch, promise, informant
):
    """The control."""
    monkeypatch.setattr(OpenWave, "save", leaky_save)
    read, of, requests = attack(tmp_path, informant, 16, by_json)
    assert (read, of) == (16, 16)
    promise(
        f"C1 control {informant}", f"{read} of {of} read in {requests} requests, were repeats known to all", seed=SEED
    )


# What may have become of a code before somebody else types it.
async def nothing(client, attempt):
    """Never used."""


async def begun(client, attempt):
    await put(client, attempt, 1, 1, 1, {"a1": 2})


async def handed_in(client, attempt):
    await begun(client, attempt)
    await client.post(f"/svar/{attempt}/submit")


async def handed_in_empty(client, attempt):
    await client.post(f"/svar/{attempt}/submit")


async def said_no(client, attempt):
    await client.post(f"/svar/{attempt}/decline")


async def taken_back(client, attempt):
    await begun(client, attempt)
    word = (await client.get(f"/svar/{attempt}/word")).json()["word"]
    await client.post("/svar/withdrawal", json={"code": client.code, "word": word})


HISTORIES = [nothing, begun, handed_in, handed_in_empty, said_no, taken_back]


class Counted:
    """A wave's writer that counts what is put."""

    def __init__(self, real) -> None:
        self.real, self.writes = real, Counter()

    def __getattr__(self, name):
        return getattr(self.real, name)

    def put(self, statements, **more):
        self.writes["writes"] += 1
        self.writes["statements"] += len(statements)
        return self.real.put(statements, **more)


async def all_that_is_seen(browser, code: str, word: str, writer: Counted) -> list[object]:
    """Everything that a fresh browser with a code can get to see: pages, JSON, headers, sizes and writes."""
    seen_now: list[object] = []

    def note(reply) -> None:
        headers = {k: v for k, v in reply.headers.items() if k not in ("set-cookie", "location", "content-length")}
        size = len(reply.content) if "gzip" not in reply.headers.get("content-encoding", "") else 0
        seen_now.append((reply.status_code, seen(reply.text), headers, size, dict(writer.writes)))
        writer.writes.clear()

    for way in ("json", "data"):
        async with browser() as attacker:
            writer.writes.clear()
            for _ in range(2):  # a code that is typed twice in one browser
                begun_now = await attacker.post(
                    "/svar/code", **{way: {"code": code, "word": word} if word else {"code": code}}
                )
                note(begun_now)
            told = begun_now.json()["attempt"] if way == "json" else begun_now.headers["location"].split("/")[2]
            home = f"/svar/{told}"
            for path in ("/", "/questions", "/1", "/2"):
                note(await attacker.get(f"{home}{path}"))
                note(await attacker.get(f"{home}{path}", headers=JSON))
            note(await attacker.get(f"{home}/word"))
            for screen, answers in ((1, {"a1": 2}), (2, {"tall": 3})):
                for pair in PAIRS:
                    note(await put(attacker, told, screen, *pair, answers))
            note(await attacker.post(f"{home}/lease", headers=JSON))
            note(await attacker.post(f"{home}/submit", headers=JSON))
            note(await attacker.get(f"{home}/thanks"))
            note(await attacker.post("/svar/code", json={"code": code}))
    return seen_now


@pytest.mark.parametrize("word", ["", "0000-0000"], ids=["code alone", "code and a word of nobody's"])
def test_whoever_types_a_code_sees_the_same_whatever_has_happened_with_it(tmp_path, quick, monkeypatch, promise, word):
    """Pages, statuses, headers, sizes and numbers of writes are the same for every history of a code."""
    monkeypatch.setattr("kfl.intake.withdrawal_page.REPLY_S", 0.0)
    wave = open_wave(tmp_path, people=2 * len(HISTORIES))

    async def story():
        async with served(tmp_path) as (app, browser):
            writer = Counted(app.owner.waves["t3"].writer)
            app.owner.waves["t3"].writer = writer
            for act, person in zip(HISTORIES, wave.invited[::2], strict=True):
                async with browser() as one:
                    one.code = person.code
                    await act(one, (await one.post("/svar/code", json={"code": person.code})).json()["attempt"])
            found = {
                act.__name__: await all_that_is_seen(browser, person.code, word, writer)
                for act, person in zip(HISTORIES, wave.invited[::2], strict=True)
            }
            app.owner.waves["t3"].writer = writer.real
            return found

    found = asyncio.run(story())
    for name, replies in found.items():
        for number, (theirs, nobodys) in enumerate(zip(replies, found["nothing"], strict=True)):
            assert theirs == nobodys, f"{name}: reply {number} differs"
    how = "with a word" if word else "alone"
    promise(f"H3 code {how}", f"0 of {len(found['nothing'])} replies differ over {len(HISTORIES)} histories of a code")


def test_a_principal_with_26_codes_learns_of_none_whether_it_was_used(tmp_path, quick, promise):
    """As it was done: each code of a list is posted once, and the replies sorted who had handed in."""
    wave = open_wave(tmp_path, people=26, form=2)
    draw = random.Random(SEED)
    used = {person.code for person in draw.sample(wave.invited, 13)}

    async def story():
        async with served(tmp_path) as (_app, browser):
            for code in used:
                async with browser() as one:
                    attempt = (await one.post("/svar/code", json={"code": code})).json()["attempt"]
                    await put(one, attempt, 1, 1, 1, {"p1": 2})
                    await one.post(f"/svar/{attempt}/submit")
            replies = {}
            async with browser() as principal:
                for person in wave.invited:
                    reply = await principal.post("/svar/code", json={"code": person.code})
                    replies[person.code] = (reply.status_code, seen(reply.text), len(reply.content))
            # And nobody who answers is thrown out by it.
            async with browser() as late:
                left = next(person.code for person in wave.invited if person.code not in used)
                attempt = (await late.post("/svar/code", json={"code": left})).json()["attempt"]
                async with browser() as principal:
                    await principal.post("/svar/code", json={"code": left})
                assert (await put(late, attempt, 1, 1, 1, {"p1": 2})).status_code == 200
            return replies

    replies = asyncio.run(story())
    kinds = {replies[code] for code in used}, {reply for code, reply in replies.items() if code not in used}
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) == 1
    assert next(iter(kinds[0]))[0] == 201
    promise("H3 26 codes", "26 codes, 13 handed in, one reply: 0 told apart, 0 respondents thrown out", seed=SEED)


def test_each_reply_to_a_code_or_a_word_is_due_at_one_time_and_is_one_write(tmp_path, monkeypatch, promise):
    """The clock starts when the request has come; the work is done long before the reply is due, whatever it is."""
    waits = noted_waits(monkeypatch, codes_page)
    monkeypatch.setattr(Throttle, "mistake", lambda *_: 0.0)
    monkeypatch.setattr(Sessions, "admit", lambda _: None)
    wave = open_wave(tmp_path, people=3)

    async def story():
        async with served(tmp_path) as (app, browser):
            async with browser() as one:
                attempt = (await one.post("/svar/code", json={"code": wave.invited[0].code})).json()["attempt"]
                await put(one, attempt, 1, 1, 1, {"a1": 2})
                word = (await one.get(f"/svar/{attempt}/word")).json()["word"]
            async with browser() as one:
                done = (await one.post("/svar/code", json={"code": wave.invited[1].code})).json()["attempt"]
                await one.post(f"/svar/{done}/submit")
            kinds = {
                "fresh": {"code": wave.invited[2].code},
                "begun": {"code": wave.invited[0].code},
                "handed in": {"code": wave.invited[1].code},
                "right word": {"code": wave.invited[0].code, "word": word},
                "wrong word": {"code": wave.invited[0].code, "word": "0000-0000"},
                "word of another's": {"code": wave.invited[1].code, "word": word},
                "unknown": {"code": codes_page.NO_CODE},
                "unknown with a word": {"code": codes_page.NO_CODE, "word": word},
                "mistyped": {"code": "hei"},
                "mistyped word": {"code": wave.invited[0].code, "word": "hei"},
            }
            work: dict[str, list[float]] = {kind: [] for kind in kinds}
            writes: dict[str, set[int]] = {kind: set() for kind in kinds}
            real = app.owner.waves["t3"].writer
            writer = app.owner.waves["t3"].writer = Counted(real)
            for _ in range(100 if PROVE else 15):
                for kind, body in kinds.items():
                    for way in ("json", "data"):
                        async with browser() as anybody:
                            writer.writes.clear()
                            await anybody.post("/svar/code", **{way: body})
                        work[kind].append(codes_page.REPLY_S - waits[-1])
                        writes[kind].add(writer.writes["writes"])
            app.owner.waves["t3"].writer = real
            return work, writes

    work, writes = asyncio.run(story())
    assert all(number == {1} for number in writes.values()), writes
    assert all(median(times) < codes_page.REPLY_S / 2 for times in work.values()), work
    slowest = max(median(times) for times in work.values())
    promise(
        "H3 time",
        f"{len(work)} kinds of code and word, one write each, due {codes_page.REPLY_S * 1000:.0f} ms after the request;"
        f" median work of the slowest {slowest * 1000:.1f} ms",
    )


def test_a_word_that_is_given_after_the_code_tells_as_little(tmp_path, monkeypatch):
    """Right or wrong: one status, one size, as many writes, due at one time."""
    waits = noted_waits(monkeypatch, codes_page)
    monkeypatch.setattr(Throttle, "mistake", lambda *_: 0.0)
    monkeypatch.setattr(Sessions, "admit", lambda _: None)
    wave = open_wave(tmp_path, people=2)

    async def story():
        async with served(tmp_path) as (app, browser):
            words = []
            for person, act in zip(wave.invited, (begun, handed_in), strict=True):
                async with browser() as one:
                    attempt = (await one.post("/svar/code", json={"code": person.code})).json()["attempt"]
                    await act(one, attempt)
                    words.append((await one.get(f"/svar/{attempt}/word")).json()["word"])
            real = app.owner.waves["t3"].writer
            writer = app.owner.waves["t3"].writer = Counted(real)
            told = []
            for person, word in product(wave.invited, [*words, "0000-0000"]):
                async with browser() as anybody:
                    mine = (await anybody.post("/svar/code", json={"code": person.code})).json()["attempt"]
                    writer.writes.clear()
                    reply = await anybody.post(f"/svar/{mine}/word", json={"word": word})
                    told.append((reply.status_code, len(reply.content), seen(reply.text), writer.writes["writes"]))
                assert waits[-1] > codes_page.REPLY_S / 4
            app.owner.waves["t3"].writer = real
            return told

    told = asyncio.run(story())
    assert len(told) == 6
    assert len(set(told)) == 1, told


def test_only_what_is_random_is_left_out_of_what_is_compared():
    assert seen("a 0123456789abcdef0123456789abcdef b ABCD-1234 c 7Q2M0X4K d") == "a * b * c * d"
    assert seen("Takk! 12345678901") == "Takk! 12345678901"
