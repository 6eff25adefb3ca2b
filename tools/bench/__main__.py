"""`make bench` measures the usual ones; with `ARGS=nation`, `ARGS=scale` or another name that alone."""

import sys
from collections.abc import Callable
from functools import partial

from . import analysis, analysis_models, county, intake, intake_postgres, morning, report, scale_out

BENCHES: dict[str, Callable[[], list[report.Line]]] = {
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
    wanted = sys.argv[1:] or DEFAULT
    if unknown := [name for name in wanted if name not in BENCHES]:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(BENCHES)}")
    report.append([line for name in wanted for line in BENCHES[name]()])


if __name__ == "__main__":
    main()
