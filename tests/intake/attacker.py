"""Somebody who holds a printed code and tries to read answers back, and the store as it once was, for the control."""

import random
import re
from collections.abc import Iterator
from itertools import product

from kfl.answers import bundle as bundles
from kfl.answers.bundle import Bundle, BundleForm, BundleItem, BundlePage, ItemKind
from kfl.answers.pending import Pending
from kfl.answers.sheet_rules import checked
from kfl.answers.sheets import Stale
from kfl.answers.store import OpenWave, _encode
from tests.answers.wave import AGREE, FACES, bundle

from .served import put

PAIRS = [(0, 0), (1, 1), (1, 2), (2, 1)]
RANDOM = re.compile(r"[0-9a-f]{32}|[0-9A-Z]{4}-[0-9A-Z]{4}|\b[0-9A-HJKMNP-TV-Z]{8}\b")


def asked(informant: str, items: int) -> Bundle:
    """A wave that asks one informant, an item a screen for the youngest and two a screen for others."""
    faces = informant in ("pupil_1_4", "child")
    kind, options = (ItemKind.FACES3, FACES) if faces else (ItemKind.AGREE4, AGREE)
    each = 1 if faces else 2
    pages = [
        BundlePage(f"s{at}", {"nb": "Om det"}, [BundleItem(f"i{at + n}", -1, {"nb": f"Utsagn {at + n}"}, kind, options)
                                          for n in range(each)])
        for at in range(0, items, each)
    ]  # fmt: skip
    form = bundles.with_columns(BundleForm(1, informant, {"nb": "Skjema"}, {"nb": "Om det."}, pages, faces))
    small = bundle()
    return bundles.Bundle(small.wave, small.title, small.languages, 10, [form], closes_at=small.closes_at)


def leaky_save(self, attempt, screen, lease, rev, answers):
    """The store as it was: a repeat is recognised whoever sends it, and a stale save is told the stored pair."""
    body = _encode(checked(attempt.screen(screen), answers))
    for sheet in list(self._memory._sheets.values()):
        last = sheet.saved.get(screen)
        if sheet.invitation == attempt.sheet.invitation and sheet is not attempt.sheet and last is not None:
            if (lease, rev, body) == (last.lease, last.rev, last.body):
                return Pending(settled=True)
            raise Stale(last.lease, last.rev)
    return real_save(self, attempt, screen, lease, rev, answers)


real_save = OpenWave.save


async def by_json(client, attempt: str, screen: int, pair: tuple[int, int], answers: dict[str, int]) -> str:
    reply = await put(client, attempt, screen, *pair, answers)
    return f"{reply.status_code} {reply.text}"


async def by_form(client, attempt: str, screen: int, pair: tuple[int, int], answers: dict[str, int]) -> str:
    """As a page without scripts sends it. A refusal is a page, whose own numbers are part of what is seen."""
    fields = {f"item.{key}": str(value) for key, value in answers.items()}
    form = {"lease": str(pair[0]), "rev": str(pair[1]), "go": "back", **fields}
    reply = await client.post(f"/svar/{attempt}/{screen}", data=form)
    return f"{reply.status_code} {reply.headers.get('location', '')} {seen(reply.text)}"


def seen(text: str) -> str:
    """A page without names, words and receipts, which are random."""
    return RANDOM.sub("*", text)


def guesses(form: BundleForm, screen: int) -> Iterator[dict[str, int]]:
    items = form.pages[screen - 1].items
    for codes in product(*([option.code for option in item.options] for item in items)):
        yield {item.key: code for item, code in zip(items, codes, strict=True)}


async def answer_all(client, code: str, form: BundleForm, draw: random.Random) -> tuple[str, dict[str, int]]:
    """The victim: every screen answered and saved, nothing handed in."""
    attempt = (await client.post("/svar/code", json={"code": code})).json()["attempt"]
    secret: dict[str, int] = {}
    for screen in range(1, len(form.pages) + 1):
        answers = draw.choice(list(guesses(form, screen)))
        assert (await put(client, attempt, screen, 1, 1, answers)).status_code == 200
        secret |= answers
    return attempt, secret


async def read_back(browser, code: str, form: BundleForm, send) -> tuple[dict[str, int], int]:
    """The attack: what it takes for the answers, and how many requests it made.

    For each screen, a fresh session a guess; it asks under made-up pairs, then under the pair that a refusal names. A
    guess whose replies are unlike those to all other guesses of its screen is taken for the answer.
    """
    found: dict[str, int] = {}
    requests = 0
    for screen in range(1, len(form.pages) + 1):
        told: dict[str, list[dict[str, int]]] = {}
        for guess in guesses(form, screen):
            async with browser() as attacker:
                attempt = (await attacker.post("/svar/code", json={"code": code})).json()["attempt"]
                replies = []
                pairs = list(PAIRS)
                for pair in pairs:
                    replies.append(seen(await send(attacker, attempt, screen, pair, guess)))
                    requests += 1
                    named = re.search(r'"lease":(\d+),"rev":(\d+)', replies[-1])
                    if named and (new := (int(named[1]), int(named[2]))) not in pairs:
                        pairs.append(new)
            told.setdefault(" ".join(replies), []).append(guess)
        alone = [one[0] for one in told.values() if len(one) == 1]
        if len(alone) == 1 and len(told) == 2:
            found |= alone[0]
    return found, requests
