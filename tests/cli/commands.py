"""Running `kfl` as a person does: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def kfl(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kfl.cli.main", *arguments, "--data", str(data)],
        capture_output=True, text=True, timeout=300, check=False, env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
