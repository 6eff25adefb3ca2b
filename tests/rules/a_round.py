"""A whole small round in a data folder of its own: opened, answered, closed, released. Run by test_canaries.py.

    python -m tests.rules.a_round FOLDER

A process of its own, since the tests' database is not a file. Everything that could lead to a person, or was
answered, is written to FOLDER/canaries.json, every log line to FOLDER/log.txt, every page that was read to
FOLDER/pages.html, and copies of the data folder to FOLDER/open, answered and closed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

FOLDER = Path(sys.argv[1])
DATA = FOLDER / "data"
os.environ.pop("KFL_DATABASE", None)  # files are what is looked through
os.environ |= {"KFL_DATA": str(DATA), "DJANGO_SETTINGS_MODULE": "kfl.web.settings"}
for name in ("answers", "keys", "files"):
    (DATA / name).mkdir(mode=0o700, parents=True)

import django  # noqa: E402

django.setup()

import httpx  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from kfl.core import jobs  # noqa: E402
from kfl.core.models import Job  # noqa: E402
from kfl.core.text import text  # noqa: E402
from kfl.intake.app import create_app  # noqa: E402
from kfl.people import actions as people  # noqa: E402
from kfl.people.kinds import Kind  # noqa: E402
from kfl.people.models import Pupil, Unit, User  # noqa: E402
from kfl.questionnaires import actions as questionnaires  # noqa: E402
from kfl.questionnaires.formats import Format, Informant  # noqa: E402
from kfl.questionnaires.written import WrittenItem  # noqa: E402
from kfl.results.models import ReleasedPage  # noqa: E402
from kfl.surveys import actions, queries  # noqa: E402
from kfl.surveys.codes import queries as codes_queries  # noqa: E402
from kfl.surveys.models import Code, Wave  # noqa: E402
from kfl.surveys.waves.draft import WaveDraft  # noqa: E402
from tests.factories import a_unit, a_user  # noqa: E402
from tests.surveys.making import a_questionnaire  # noqa: E402

settings.STORAGES = {
    **settings.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHY = "a test"
SECRET = "Kanarisvar"  # begins every free text


def a_school() -> tuple[User, User, list[Unit]]:
    """A school with two classes of twelve and ten teachers; its principal and the secretariat."""
    county = a_unit(Kind.COUNTY, "Fylket", None, "C")
    school = a_unit(Kind.SCHOOL, "Skolen", a_unit(Kind.MUNICIPALITY, "Kommunen", county, "M"), "S")
    classes = [a_unit(Kind.GROUP, key, school) for key in ("8A", "8B")]
    for group in classes:
        pupils = [Pupil(name=f"Kanarielev {group.name} nummer {number:02}") for number in range(12)]
        since = timezone.localdate() - timedelta(days=90)
        people.enrol_pupils(pupils=pupils, enrolments=[(p, group, 8, since, None) for p in pupils], by=None)
    for number in range(10):
        a_user(f"Kanarilærer{number:02}", "teacher", classes[number % 2])
    return a_user("Rektor", "principal", school), a_user("Sekretær", "secretariat", county), classes


def an_open_wave(by: User) -> Wave:
    """Pupils without free text, teachers with one."""
    teachers = a_questionnaire(Informant.TEACHER)
    questionnaires.save_item(
        version=teachers,
        scale=None,
        key="ord",
        written=WrittenItem(text=text("Med egne ord"), format=Format.TEXT),
        by=None,
    )
    now = timezone.now()
    wave = actions.create_wave(
        slug="t1",
        draft=WaveDraft(name="T1", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=9)),
        series="t",
        unit=Unit.objects.everywhere(why=WHY).get(kind=Kind.COUNTY),
        by=by,
    )
    actions.set_forms(wave=wave, versions=[a_questionnaire(), teachers], by=by)
    actions.set_units(wave=wave, units=[wave.unit], by=by)
    return actions.open_wave(wave=wave, by=by)


def printed(wave: Wave) -> Iterator[str]:
    for form in wave.forms.all():
        numbers = list(wave.nodes.values_list("number", flat=True))
        yield from (one.code for one in codes_queries.printed_codes(wave=wave, form=form, nodes=numbers))


def browser(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def fill_in(client: httpx.AsyncClient, code: str, turn: int, *, submit: bool) -> str:
    started = (await client.post("/svar/code", json={"code": code})).json()
    for screen in started["form"]["screens"]:
        answers = {
            item["key"]: f"{SECRET} {turn:03}" if item["kind"] == "text" else 1 + (turn + place) % 4
            for place, item in enumerate(screen["items"])
        }
        address = f"/svar/{started['attempt']}/{screen['number']}"
        saved = await client.put(address, json={"lease": started["lease"], "rev": 1, "answers": answers})
        if saved.status_code != 200:
            raise RuntimeError(saved.text)
    if submit:
        await client.post(f"/svar/{started['attempt']}/submit")
    return str(started["attempt"])


async def answered_and_closed(wave: Wave, codes: list[str], principal: User, secretary: User) -> list[int]:
    """Everybody answers; intake still runs when the wave closes, and two come late. Their statuses."""
    app = create_app(DATA)
    await app.startup()
    async with browser(app) as last:
        for turn, code in enumerate(codes[:-2]):
            async with browser(app) as client:
                await fill_in(client, code, turn, submit=turn % 5 > 0)
        attempt = await fill_in(last, codes[-2], 998, submit=False)
        await asyncio.to_thread(read_as, principal, "wave-open.html", wave)
        copy_to("answered")
        await asyncio.to_thread(actions.close_wave, wave=wave, by=secretary)
        body = {"lease": 1, "rev": 2, "answers": {}}
        late = [await last.put(f"/svar/{attempt}/1", json=body)]
        late += [await last.post("/svar/code", json={"code": code}) for code in codes[-2:]]
    await app.shutdown()
    return [reply.status_code for reply in late]


def read_as(user: User, name: str, wave: Wave) -> None:
    """Every page of results there is for this person; before the release, those of the open wave."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    wanted = ["/", "/resultater/", "/kartlegginger/"]
    for row in ReleasedPage.objects.everywhere(why=WHY).select_related("node"):
        for tab in ("", "sporsmal/", "endring/", "andres-syn/", "om-tallene/"):
            wanted.append(f"/resultater/t1/{row.node.number}/{row.informant}/{tab}")
    if wave.state == "open":
        school = Unit.objects.everywhere(why=WHY).get(kind=Kind.SCHOOL)
        wanted += [f"/kartlegginger/t1/{school.pk}/{page}" for page in ("", "koder/", "koder/pupil_5_10.pdf")]
    pages = [client.get(address) for address in wanted]
    told = b"\n".join(page.content for page in pages if page["Content-Type"].startswith("text/html"))
    (FOLDER / name).write_bytes(told)


def copy_to(name: str) -> None:
    """What a thief would find at this moment, with databases in use."""
    shutil.copytree(DATA, FOLDER / name, ignore=shutil.ignore_patterns("*.sock"))


def main() -> None:
    logging.getLogger().setLevel(logging.INFO)  # as it runs, only warnings are logged
    logging.getLogger().addHandler(logging.FileHandler(FOLDER / "log.txt"))
    logging.getLogger("kfl").setLevel(logging.DEBUG)
    logging.getLogger("django.request").setLevel(logging.INFO)
    call_command("migrate", verbosity=0)
    principal, secretary, classes = a_school()
    wave = an_open_wave(secretary)
    codes, sealed = list(printed(wave)), [bytes(row.sealed) for row in Code.objects.everywhere(why=WHY)]
    actions.replace_code(code=Code.objects.everywhere(why=WHY).filter(node__unit=classes[0])[0], by=principal)
    now = list(printed(wave))
    sealed += [bytes(row.sealed) for row in Code.objects.everywhere(why=WHY)]
    key = next((DATA / "keys").glob("*.code.key")).read_bytes()
    copy_to("open")
    canaries = {
        "codes": sorted({*codes, *now}),
        "sealed": sorted({one.hex() for one in sealed}),
        "code_key": key.hex(),
        "link_key": (DATA / "keys" / "link.key").read_bytes().hex(),
        "pids": [pid.tobytes().hex() for roster in queries.rosters(wave=wave).values() for pid in roster.pid],
        "uuids": [str(pupil.uuid) for pupil in Pupil.objects.everywhere(why=WHY)],
    }
    canaries["late"] = asyncio.run(answered_and_closed(wave, now, principal, secretary))
    for row in Job.objects.all():
        jobs.perform(row.pk)
    wave.refresh_from_db()
    canaries["state"] = wave.state
    read_as(principal, "pages-principal.html", wave)
    read_as(secretary, "pages-secretary.html", wave)
    copy_to("closed")
    (FOLDER / "canaries.json").write_text(json.dumps(canaries))


if __name__ == "__main__":
    main()
