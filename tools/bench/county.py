"""From close to visible for a demo county or nation, and the cost of a page, each as a share of its goal."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from kfl.demo.progress import CLOSING

from .report import Line

GOAL_S = {"tiny": 10.0, "small": 10.0, "county": 10.0, "nation": 60.0}  # close → every result visible
WARM_GOAL_S, COLD_GOAL_S = 0.005, 0.060  # server CPU of a report page


def measure(size: str, smallest: bool = False) -> list[Line]:
    size = "tiny" if smallest else size
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.bench.county_run", size, str(Path(folder) / "data")]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    closing = {what: seconds for what, seconds in found["seconds"].items() if what.endswith(CLOSING)}
    what, slowest = max(closing.items(), key=lambda part: part[1])
    page = found["page"]
    milliseconds = {name: 1000 * page[name] for name in ("cold", "warm", "null")}
    return [
        Line(
            f"close-{size}/goal",
            slowest / GOAL_S[size],
            f"{slowest:.1f} s from close to all results visible ({what.split(':')[0]}), goal {GOAL_S[size]:.0f} s; "
            f"the whole demo {found['whole']:.0f} s",
        ),
        Line(
            f"page-warm-{size}/goal",
            page["warm"] / WARM_GOAL_S,
            f"{milliseconds['warm']:.1f} ms server CPU a result page read again ({page['pages']} pages, largest "
            f"{page['bytes'] / 1024:.0f} KiB), goal 5 ms; the health page {milliseconds['null']:.1f} ms",
        ),
        Line(
            f"page-cold-{size}/goal",
            page["cold"] / COLD_GOAL_S,
            f"{milliseconds['cold']:.1f} ms server CPU a result page read first, goal 60 ms",
        ),
    ]
