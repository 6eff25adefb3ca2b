"""How many bytes a pupil's way through the form takes over the wire (PERFORMANCE §1)."""

import re

from kfl.answers import bundle as bundles
from kfl.answers.bundle import BundleForm, BundleItem, BundlePage, ItemKind
from tests.answers.wave import AGREE, bundle

from .served import enter, put, run
from .test_pages import come_in, hidden

MOST_AT_FIRST = 40 * 1024
MOST_AFTER = 5 * 1024
SCALES, ITEMS = 15, 8
TEXT = "læreren hjelper meg når jeg trenger det timene er rolige vi får høre at vi kan lykkes venner plage skole"
WORDS = TEXT.split()


def big_bundle():
    """120 statements of ten words each, no two alike."""

    def text(n: int) -> str:
        return " ".join(WORDS[(n * 7 + place * (1 + n % 5)) % len(WORDS)] for place in range(10)) + f" {n}."

    pages = [
        BundlePage(f"s{scale}", {"nb": f"Område {scale}"}, [
            BundleItem(f"i{scale}_{n}", -1, {"nb": text(scale * ITEMS + n)}, ItemKind.AGREE4, AGREE)
            for n in range(ITEMS)
        ])
        for scale in range(SCALES)
    ]  # fmt: skip
    form = bundles.with_columns(BundleForm(1, "pupil_5_10", {"nb": "Elever"}, {"nb": "Om skolen din."}, pages))
    small = bundle()
    return bundles.Bundle(small.wave, small.title, small.languages, 10, [form], closes_at=small.closes_at)


async def weight(client, method, address, **more):
    """Bytes of one reply, headers too, as it comes over the wire."""
    async with client.stream(method, address, **more) as reply:
        await reply.aread()
        assert reply.status_code < 400
        head = sum(len(name) + len(value) + 4 for name, value in reply.headers.raw)
        return reply.num_bytes_downloaded + head, reply


async def files_of(client, page, known):
    """What a page needs beside itself and has not got yet, with what its scripts import."""
    total, waiting = 0, set(re.findall(r'(?:src|href)="(/svar/-/[^"#]+)', page.text)) - known
    while waiting:
        address = waiting.pop()
        known.add(address)
        size, reply = await weight(client, "GET", address)
        assert "immutable" in reply.headers["cache-control"]
        total += size
        folder = address.rpartition("/")[0]
        waiting |= {f"{folder}/{name}" for name in re.findall(r'(?:from|import) "\./(\w+\.js)"', reply.text)} - known
    return total


def test_pages_are_light_and_what_follows_lighter(tmp_path):
    """Every page at first visit, with all that it loads; with scripts the whole form comes along once."""

    async def story(client, wave, app):
        figures = {}
        known: set[str] = set()
        size, page = await weight(client, "GET", "/svar/")
        figures["code"] = size + await files_of(client, page, set())
        await files_of(client, page, known)
        first = await come_in(client, wave.invited[0].code)
        home = first[:-1]
        for name, address in (("welcome", home), ("screen", first)):
            size, page = await weight(client, "GET", address)
            figures[name] = size + await files_of(client, page, set())
            if name == "screen":
                figures["without scripts, next screen"] = size
        figures["all screens"] = (await weight(client, "POST", f"{home}lease"))[0]
        figures["screen"] += figures["all screens"]
        attempt = home.split("/")[2]
        save = await put(client, attempt, 1, 2, 1, {f"i0_{n}": 2 for n in range(ITEMS)})
        figures["save"] = len(save.request.content) + len(save.content) + len(str(save.headers))
        # Without scripts: post, and the next page; the files are there already.
        reply = await client.post(first, data={**hidden(await client.get(first)), "item.i0_0": "2"})
        figures["without scripts, next screen"] += len(str(reply.headers))
        await client.post(f"{home}submit")
        size, page = await weight(client, "GET", f"{home}thanks")
        figures["thanks"] = size + await files_of(client, page, set())
        print("bytes over the wire, 120 items:", figures)
        for name in ("code", "welcome", "screen", "thanks"):
            assert figures[name] <= MOST_AT_FIRST, name
        for name in ("save", "without scripts, next screen"):
            assert figures[name] <= MOST_AFTER, name

    run(tmp_path, story, frozen=big_bundle())


def test_files_are_packed_only_for_who_can_unpack(tmp_path):
    async def story(client, wave, app):
        plain = await client.get("/svar/", headers={"accept-encoding": "identity"})
        packed = await client.get("/svar/")
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert plain.text == packed.text
        started = await enter(client, wave.invited[0].code)
        saved = await put(client, started["attempt"], 1, 1, 1, {"a1": 1})
        assert "content-encoding" not in saved.headers, "the save path does nothing but save"

    run(tmp_path, story)
