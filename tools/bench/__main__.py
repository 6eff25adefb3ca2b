"""`make bench` measures the usual ones; with `ARGS=nation`, `ARGS=scale` or another name that alone.

With `--smallest` they are only tried: each at its least size, and nothing is written down.
"""

import sys
from collections.abc import Callable
from functools import partial

from . import analysis, analysis_models, county, intake, intake_postgres, morning, report, scale_out

BENCHES: dict[str, Callable[[bool], list[report.Line]]] = {
    "intake": intake.measure,
    "postgres": intake_postgres.measure,
    "morning": morning.measure,
    "analysis": analysis.measure,
    "models": analysis_models.measure,
    "scale": scale_out.measure,
    "county": partial(county.measure, "county"),
    "nation": partial(county.measure, "nation"),
}
DEFAULT = ["intake", "postgres", "morning", "analysis", "models", "county"]


def main() -> None:
    smallest = "--smallest" in sys.argv
    wanted = [name for name in sys.argv[1:] if name != "--smallest"] or (list(BENCHES) if smallest else DEFAULT)
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    lines = [line for name in wanted for line in BENCHES[name](smallest)]
    if smallest:
        print("\n".join(map(str, lines)))
    else:
        report.append(lines)


if __name__ == "__main__":
    main()
