"""Builds a demo of a size in a folder and times its parts; then the cost of a result page. Prints JSON."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PAGES = 40


class Timed:
    """A progress that remembers how long each part took, and shows bars meanwhile."""

    def __init__(self) -> None:
        from kfl.demo.progress import Bars

        self.bars = Bars()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def steps(self, what: str, total: int) -> Iterator[Any]:
        began = time.perf_counter()
        with self.bars.steps(what, total) as step:
            yield step
        self.seconds[what] = time.perf_counter() - began


def page_cost() -> dict[str, float]:
    """CPU seconds of a result page: first reading, later reading, and a page that does nothing beside the same."""
    from django.test import Client

    from kfl.people.models import User
    from kfl.results.models import ReleasedPage

    reader = User.objects.filter(role_assignments__role="owner").order_by("pk").first()
    unit = reader.role_assignments.first().unit
    own = ReleasedPage.objects.everywhere(why="the benchmark reads pages").filter(
        release__wave__slug="t2", informant="pupil_5_10", node__unit__path__startswith=unit.path
    )
    addresses = [
        f"/resultater/t2/{number}/pupil_5_10/" for number in own.values_list("node__number", flat=True)[:PAGES]
    ]
    client = Client(headers={"host": "localhost"})
    client.force_login(reader)
    client.get("/helse/")  # imports and templates are loaded once a process, not once a page
    client.get(addresses.pop())
    cold, warm, null, size = (
        _cpu(client, addresses),
        _cpu(client, addresses),
        _cpu(client, ["/helse/"] * len(addresses)),
        max(len(client.get(address).content) for address in addresses),
    )
    return {"cold": cold, "warm": warm, "null": null, "bytes": size, "pages": len(addresses)}


def _cpu(client: Any, addresses: list[str]) -> float:
    began = time.process_time()
    for address in addresses:
        reply = client.get(address)
        if reply.status_code != 200:
            sys.exit(f"{address}: {reply.status_code}")
    return (time.process_time() - began) / len(addresses)


def main() -> None:
    size, data = sys.argv[1], Path(sys.argv[2]).resolve()
    os.environ["KFL_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kfl.web.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from kfl.demo.build import build

    timed = Timed()
    began = time.perf_counter()
    build(size, data, timed)
    whole = time.perf_counter() - began
    call_command("collectstatic", interactive=False, verbosity=0)
    print(json.dumps({"seconds": timed.seconds, "whole": whole, "page": page_cost()}))


if __name__ == "__main__":
    main()
