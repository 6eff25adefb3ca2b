"""A county at nine o'clock: 4,000 pupils from code to handing in at once, and three times as many on the stroke.

Each is an own connection that does as docs/intake-protocol.md says, with a ledger; afterwards the file is held
against it. Pupils here answer a page every few seconds, not every half minute, so that the morning is short.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import uvloop

from kfl.answers.keys import CodeKey
from tests.answers.faults.ledger import Ledger, Notes, compare
from tests.intake.faults.respondents import Respondents

from . import intake
from .report import Line


@dataclass(frozen=True)
class Morning:
    """So many pupils, how soon after each other they begin, and what each does."""

    pupils: int
    within_s: float
    pages: int
    think_s: float
    goal_s: float  # for 99 of 100 requests that are accepted


LEAST = {"morning": Morning(20, 0.5, 2, 0.1, 1.0)}
MORNINGS = {"morning": Morning(4_000, 20.0, 8, 5.0, 1.0), "overload": Morning(12_000, 0.0, 3, 5.0, 2.0)}


def run(morning: Morning) -> Respondents:
    """Every pupil from code to handing in; `SystemExit` on any loss."""
    screens = {page: [f"{page}i{n}" for n in range(intake.ANSWERS)] for page in range(1, morning.pages + 1)}
    saves = morning.pupils * morning.pages
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        codes = intake.open_wave(data, morning.pupils, morning.pages)
        notes = Notes(Path(folder) / "ledger")
        with intake.served("tools.bench.intake_app:app", KFL_BENCH_DATA=str(data)) as port:
            load = Respondents(
                port, codes, notes, saves, pause_s=morning.think_s, reply_s=100.0, patient=True, screens=screens
            )
            uvloop.run(load.run(morning.pupils, within_s=morning.within_s))
        notes.close()
        key = CodeKey.load(data / "keys", intake.WAVE)
        outcome = compare(data / "answers" / f"{intake.WAVE}.sqlite3", key, Ledger.of(Path(folder) / "ledger"))
        if not outcome.is_good or load.acked != saves or load.bare_503:
            raise SystemExit(f"the morning went wrong: {load.acked} saves, {outcome}"[:2000])
    return load


def p99(waits: list[float]) -> float:
    """What 99 of 100 did not exceed, in seconds."""
    return sorted(waits)[int(0.99 * len(waits))]


def measure(smallest: bool = False) -> list[Line]:
    lines = []
    for name, morning in (LEAST if smallest else MORNINGS).items():
        load = run(morning)
        starts, saves = p99(load.waits_s["POST"]), p99(load.waits_s["PUT"])
        ingredients = (
            f"{morning.pupils} pupils who begin within {morning.within_s:.0f} s, {load.acked} saves, 0 lost; "
            f"p99 of saves {1000 * saves:.0f} ms, of starts and submits {1000 * starts:.0f} ms, "
            f"goal {1000 * morning.goal_s:.0f} ms; {load.statuses[503]} told to come again (503 with Retry-After)"
        )
        lines.append(Line(f"{name}/goal", max(starts, saves) / morning.goal_s, ingredients))
    return lines
