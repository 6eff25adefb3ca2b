"""Closes a wave, as a process of its own that notes when it was done: `python -m … closing DATA WAVE`."""

import sys
from pathlib import Path

from kfl.answers import places
from kfl.answers.closing import close_wave_file

from .ledger import Entry, Notes

CLOSED: Entry = ("closing", 0, 0, 0, "")


def main() -> None:
    data, wave = Path(sys.argv[1]), sys.argv[2]
    notes = Notes(data / "ledger")
    notes.note("S", *CLOSED)
    close_wave_file(places.at(data / "answers"), data / "keys", wave)
    notes.note("A", *CLOSED)
    notes.close()


if __name__ == "__main__":
    main()
