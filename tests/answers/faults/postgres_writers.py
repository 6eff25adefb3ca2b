"""Several writers on PostgreSQL that commit in groups, as the answers store does, and note what they sent and got.

Run as `python -m tests.answers.faults.postgres_writers URL LEDGER WRITERS GROUPS SEED` behind the shim. Each group is
one transaction of several rows that also moves its writer's line to the group's number; both must tell the same.
"""

import random
import sys
import threading
from collections import Counter
from pathlib import Path

import psycopg

from .ledger import Entry, Ledger, Notes, Outcome

TABLES = """
CREATE TABLE lines (writer int PRIMARY KEY, rev int NOT NULL, rows bigint NOT NULL);
CREATE TABLE kept (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer int, rev int, part int, body text);
CREATE INDEX kept_writer ON kept (writer);
"""
ADD = "INSERT INTO kept (writer, rev, part, body) SELECT %s, %s, * FROM unnest(%s::int[], %s::text[])"
MOVE = "UPDATE lines SET rev = %s, rows = rows + %s WHERE writer = %s"


def write(url: str, notes: Notes, writer: int, groups: int, seed: int) -> None:
    """One writer's groups, one after the other."""
    chance = random.Random(1000 * seed + writer)
    with psycopg.connect(url, autocommit=True) as connection:
        for rev in range(1, groups + 1):
            bodies = ["x" * chance.randint(1, 400) for _ in range(chance.randint(1, 12))]
            entries = [(str(writer), part, 1, rev, body) for part, body in enumerate(bodies, 1)]
            for entry in entries:
                notes.note("S", *entry)
            with connection.transaction():
                connection.execute(ADD, (writer, rev, list(range(1, len(bodies) + 1)), bodies))
                connection.execute(MOVE, (rev, len(bodies), writer))
            for entry in entries:
                notes.note("A", *entry)


def compare(url: str, ledger: Ledger) -> Outcome:
    """Hold what a server has against the ledger: rows by the table and by its indexes, and lines against rows."""
    try:
        with psycopg.connect(url, options="-c enable_indexscan=off -c enable_bitmapscan=off") as connection:
            rows = connection.execute("SELECT writer, part, rev, body FROM kept").fetchall()
            lines = dict(connection.execute("SELECT writer, (rev, rows)::text FROM lines").fetchall())
        with psycopg.connect(url, options="-c enable_seqscan=off") as connection:
            numbers = connection.execute("SELECT count(*), count(DISTINCT seq) FROM kept WHERE seq > 0").fetchone()
            by_writer = sum(
                connection.execute("SELECT count(body) FROM kept WHERE writer = %s", (writer,)).fetchone()[0]
                for writer in lines
            )
    except psycopg.errors.UndefinedTable:
        return Outcome(lost=set(ledger.acked))
    except psycopg.Error as problem:
        return Outcome(unsound=[str(problem)])
    stored: Counter[Entry] = Counter((str(writer), part, 1, rev, body) for writer, part, rev, body in rows)
    told = Counter(writer for writer, *_ in rows)
    last = {writer: max((row[2] for row in rows if row[0] == writer), default=0) for writer in lines}
    unsound = [] if {w: f"({last[w]},{told[w]})" for w in lines} == lines else [f"lines {lines}, rows {told}"]
    unsound += [] if (*numbers, by_writer) == (len(rows),) * 3 else [f"indexes {numbers} {by_writer}, {len(rows)} rows"]
    return Outcome(
        ledger.acked - stored.keys(),
        stored.keys() - ledger.sent,
        {entry for entry, times in stored.items() if times > 1},
        unsound,
    )


def main() -> None:
    url, ledger, writers, groups, seed = sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])
    with psycopg.connect(url) as connection:
        connection.execute(TABLES)
        connection.execute("INSERT INTO lines SELECT n, 0, 0 FROM generate_series(1, %s) n", (writers,))
        connection.commit()
        connection.execute("CHECKPOINT")  # what a careless server loses then is what was acknowledged
    notes = Notes(ledger)
    threads = [threading.Thread(target=write, args=(url, notes, n, groups, seed)) for n in range(1, writers + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    notes.close()


if __name__ == "__main__":
    main()
