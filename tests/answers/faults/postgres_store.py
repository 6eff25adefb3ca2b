"""What a wave's schema in PostgreSQL holds, against the ledger: the same questions as to a wave's file."""

import psycopg

from kfl.answers.keys import CodeKey

from .ledger import Ledger, Outcome, hold_against


def compare(url: str, wave: str, key: CodeKey, ledger: Ledger) -> Outcome:
    """Read the wave twice, by its tables and by their indexes; both must tell the same, and agree with the ledger."""
    outcomes = []
    try:
        for way in ("seqscan", "indexscan"):
            with psycopg.connect(url, options=f'-c search_path="w_{wave}" -c enable_{way}=off') as database:
                outcomes.append(hold_against(database, key, ledger))
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        return Outcome(lost=set(ledger.acked))
    except psycopg.Error as problem:
        return Outcome(unsound=[str(problem)])
    by_index, by_table = outcomes
    if by_index != by_table:
        by_table.unsound.append("the indexes tell otherwise than the tables")
    return by_table
