"""The sealed answers store: codes, envelopes, sheets, shuffle, erase.

Plain Python, one SQLite file per wave, no Django. Only `intake`, `surveys`, `results.making.extract`
and `cli` may import it.
"""
