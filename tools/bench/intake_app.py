"""Intake for the benchmark's data folder; at the end it says how many writes were committed together."""

import os
from pathlib import Path
from typing import Any

from kfl.answers import folder
from kfl.answers.writer import Writer
from kfl.intake.app import create_app

DATA = Path(os.environ["KFL_BENCH_DATA"])


class Counted(Writer):
    """Counts commits, each one fdatasync of the write-ahead log, and what they held."""

    commits = writes = 0

    def _commit(self, batch: list[Any]) -> None:
        super()._commit(batch)
        self.commits += bool(batch)
        self.writes += len(batch)

    def stop(self) -> None:
        super().stop()
        (DATA / "together").write_text(f"{self.writes / max(1, self.commits):.1f}")


folder.Writer = Counted  # type: ignore[misc]
app = create_app(DATA)
