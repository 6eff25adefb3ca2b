"""Entering a form that was filled in on paper, in the place of whoever the code belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kfl.answers.sheet_rules import Answer
from kfl.people.audit import action
from kfl.people.models import User

from .. import store
from ..models import Code
from ..waves.now import require
from ..waves.states import Act


@action("paper.entered")
def enter_paper(*, code: Code, answers: Mapping[str, Answer], by: User | None, at: datetime | None = None) -> Code:
    """Keep and hand in what stands on a paper; the line in the log names the code and never what was answered.

    Raises what `kfl.answers.paper.enter` raises; then nothing is kept, and there is no line.
    """
    require(Act.ENTER_PAPER, code.wave, code.node.unit, at=at)
    opened = store.code_key(code.wave.slug).open_for_reprint(bytes(code.sealed))
    store.enter_paper(code.wave.slug, opened, code.form.number, [code.node.number], answers)
    return code
