"""Models of all 120 items of 650,000 sheets: polychoric correlations and a factor model, against R's packages."""

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from kfl import stats
from kfl.stats.factors import confirmatory
from kfl.stats.ordinal import polychoric

from .analysis import ITEMS, LEAST, USUAL, Sheets, best, joint, sheets
from .report import Line

R_SCRIPT = Path(__file__).with_name("analysis_models.R")
POLYCHORIC_GOAL_S, FACTORS_GOAL_S = 2.0, 1.0
TRIED = 12  # items that R correlates; its time is extrapolated by the number of pairs


def measure(smallest: bool = False) -> list[Line]:
    data = sheets(LEAST if smallest else USUAL)
    every = joint(data.shape)
    all_pairs = len(every.items) * (len(every.items) - 1) // 2
    pattern = np.kron(np.eye(data.shape.scales, dtype=bool), np.ones((ITEMS, 1), dtype=bool))
    everybody = np.zeros(data.answers.shape[1], dtype=np.int64)
    products = stats.collect_products(data.answers, everybody, 1, every)
    took = {
        "tables": best(lambda: stats.collect_tables(data.answers, every), 3),
        "polychoric": best(lambda: polychoric(stats.collect_tables(data.answers, every)), 3),
        "products": best(lambda: stats.collect_products(data.answers, everybody, 1, every), 3),
        "factors": best(lambda: confirmatory(stats.moments(products), pattern), 3),
    }
    lines = [
        Line(
            "polychoric-120/goal",
            took["polychoric"] / POLYCHORIC_GOAL_S,
            f"{took['polychoric']:.2f} s from answers to 7,140 correlations with errors, tables of it "
            f"{took['tables']:.2f} s, goal {POLYCHORIC_GOAL_S:.0f} s",
        ),
        Line(
            "cfa-15x8/goal",
            took["factors"] / FACTORS_GOAL_S,
            f"{took['factors']:.2f} s from sums to estimates, errors and fit of {int(products.people[0]):,} complete "
            f"sheets (the sums {took['products']:.2f} s), goal {FACTORS_GOAL_S:.0f} s",
        ),
    ]
    with tempfile.TemporaryDirectory() as folder:
        r = r_models(data, Path(folder))
    if "psych" in r:
        whole = r["psych"] * all_pairs / (TRIED * (TRIED - 1) / 2)
        lines.append(
            Line(
                "r-psych-polychoric/polychoric-120",
                whole / took["polychoric"],
                f"psych::polychoric {whole:.0f} s, extrapolated by pairs from {r['psych']:.1f} s for {TRIED} items",
            )
        )
    if "lavaan" in r:
        own = took["products"] + took["factors"]
        lines.append(
            Line(
                "r-lavaan-cfa/cfa-15x8",
                r["lavaan"] / own,
                f"lavaan {r['lavaan']:.1f} s from the complete sheets alone, ours {own:.2f} s from all answers",
            )
        )
    return lines


def r_models(data: Sheets, folder: Path) -> dict[str, Any]:
    """Seconds that R took, by package; empty where it or the package is not installed."""
    script = shutil.which("Rscript")
    if script is None:
        return {}
    data.answers[:TRIED].tofile(folder / "some.bin")
    complete = data.answers[:, (data.answers >= 0).all(axis=0)]
    complete.tofile(folder / "complete.bin")
    shape = [TRIED, data.answers.shape[1], data.shape.scales, ITEMS, complete.shape[1]]
    done = subprocess.run(
        [script, str(R_SCRIPT), str(folder), *map(str, shape)], stdout=subprocess.PIPE, text=True, check=True
    )
    return {name: float(seconds) for name, seconds in (line.split() for line in done.stdout.splitlines())}
