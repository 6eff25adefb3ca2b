"""Whatever parents and pupils do in whatever order: who is reserved has no code, and nothing that was answered is left.

Promise P7, as a state machine over the real actions and the real answers store.
"""

from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kfl.answers.bulk import counts, read_columns
from kfl.surveys import actions, store
from kfl.surveys.formats import Informant
from kfl.surveys.models import Code, ConsentMode, ConsentState
from tests.surveys.answering import answer, code_of, places
from tests.surveys.making import CLOSES, OPENS, a_questionnaire, a_wave

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("data_dir")]

EXAMPLES = 400 if os.environ.get("KFL_PROVE") else 12
FORM = Informant.PUPIL_5_10.number
PUPILS = st.integers(0, 3)
_waves = itertools.count()


class Tally:
    """What was tried and what got through, over all examples."""

    steps = reservations = tried = accepted = printed = left = 0


def machine(world, version, data_dir, tally):
    pupils = [enrolment.pupil for enrolment in world.ask_8a.enrolments.select_related("pupil").order_by("pk")][:4]

    class Consents(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            number = next(_waves)
            passive = number % 2 == 0
            mode = ConsentMode.PASSIVE if passive else ConsentMode.ACTIVE
            self.wave = a_wave(world.county, [world.ask], [version], slug=f"w{number}", consent=mode)
            self.yes = ConsentState.INFORMED if passive else ConsentState.MAY_TAKE_PART
            if not passive:
                actions.set_consent(wave=self.wave, pupils=pupils, state=self.yes, by=None)
            actions.open_wave(wave=self.wave, by=None, at=OPENS)
            self.reserved, self.answered, self.dead = set(), set(), []

        def code(self, pupil):
            rows = Code.objects.everywhere(why="a test").filter(wave=self.wave, pupil=pupils[pupil])
            found = [code_of(row) for row in rows]
            tally.printed += len(found) if pupil in self.reserved else 0
            return found[0] if found else None

        @rule(pupil=PUPILS)
        def reserve(self, pupil):
            if code := self.code(pupil):
                self.dead.append(code)
            actions.set_consent(wave=self.wave, pupils=[pupils[pupil]], state=ConsentState.RESERVED, by=None)
            self.reserved.add(pupil)
            self.answered.discard(pupil)
            tally.reservations += 1

        @rule(pupil=PUPILS)
        def allow(self, pupil):
            actions.set_consent(wave=self.wave, pupils=[pupils[pupil]], state=self.yes, by=None)
            self.reserved.discard(pupil)

        @rule(pupil=PUPILS)
        def lose_the_code(self, pupil):
            rows = Code.objects.everywhere(why="a test").filter(wave=self.wave, pupil=pupils[pupil])
            for row in rows:
                self.dead.append(code_of(row))
                actions.replace_code(code=row, by=None)

        @rule(pupil=PUPILS)
        def answer(self, pupil):
            code = self.code(pupil)
            if code is not None and answer(self.wave, code):
                self.answered.add(pupil)

        @rule(which=st.integers(0, 20))
        def answer_with_a_dead_code(self, which):
            if self.dead:
                tally.tried += 1
                tally.accepted += answer(self.wave, self.dead[which % len(self.dead)])

        @invariant()
        def the_reserved_have_no_code_and_no_answer(self):
            tally.steps += 1
            for pupil in self.reserved:
                assert self.code(pupil) is None
                tally.left += places(data_dir, store.link_key().pid("hedmark", pupils[pupil].uuid))
            assert sum(counts(store.answers_dir(), self.wave.slug).values()) == len(self.answered)
            assert (tally.accepted, tally.left) == (0, 0)

        def teardown(self):
            actions.close_wave(wave=self.wave, by=None, at=CLOSES, then_release=False)
            kept = {pid.tobytes() for pid in read_columns(store.answers_dir(), self.wave.slug, FORM).pid}
            wanted = {store.link_key().pid("hedmark", pupils[pupil].uuid) for pupil in self.answered}
            (store.answers_dir() / f"{self.wave.slug}.sqlite3").unlink()  # the next example looks in its own files
            assert kept == wanted

    return Consents


def test_reserved_pupils_have_no_codes_and_no_answers(world, data_dir):
    tally, version = Tally(), a_questionnaire()
    run_state_machine_as_test(
        lambda: machine(world, version, data_dir, tally)(),
        settings=settings(
            max_examples=EXAMPLES, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    print(
        f"P7: {tally.reservations} reservations in {tally.steps} steps: {tally.printed} codes of reserved pupils, "
        f"{tally.accepted} of {tally.tried} dead codes accepted, {tally.left} places left; by Hypothesis"
    )
    assert tally.reservations > 0
    assert tally.printed == tally.accepted == tally.left == 0
