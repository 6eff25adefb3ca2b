"""What the code of every room keeps to; the rules, and what each allows, stand in `room_code.py`."""

from __future__ import annotations

import pytest

from tests.rules import room_code
from tests.rules.room_code import RULES, RoomCode

CODE = RoomCode()


@pytest.mark.parametrize("rule", RULES)
def test_every_room_keeps_to_it(rule):
    faults = list(RULES[rule](CODE))
    assert not faults, "\n" + "\n".join(faults)


def test_what_is_allowed_is_there():
    """An exception for a module that is gone would wait for the next one of its name."""
    named = {*room_code.SYSTEM, *room_code.WRITERS, *room_code.STATES, *room_code.NO_TOKEN}
    named |= {name for names in room_code.REACHES.values() for name in names}
    gone = sorted(name for name in named if not (CODE.package / name).exists())
    assert not gone, f"take these out of tests/rules/room_code.py, as they are no more: {gone}"
