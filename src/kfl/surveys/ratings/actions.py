"""Codes of ratings: taken from the list by whoever may rate, and exchanged once that person may not any more."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kfl.people.audit import record_view
from kfl.people.models import Unit, User
from kfl.people.roles import Permission
from kfl.people.scopes import may

from .. import store
from ..codes.actions import let_code_die
from ..models import Code
from ..waves import stored
from ..waves.now import require
from ..waves.states import Act


def open_rating(*, code: Code, by: User, at: datetime | None = None) -> str:
    """Hand one child's code over to whoever rates the child; it is remembered who has it."""
    require(Act.RATE, code.wave, code.node.unit, at=at)
    with transaction.atomic():
        code.opened_by = by
        code.save(update_fields=["opened_by"])
        record_view("rating.opened", code, by=by, unit=code.node.unit)
    return store.code_key(code.wave.slug).open_for_reprint(bytes(code.sealed))


def exchange_left_codes(*, by: User | None, at: datetime | None = None) -> int:
    """Let the codes die that were opened by somebody who may not rate those children any more; gives how many.

    What was saved stays, and is there for the next one to write over. The worker does so every hour. A form that
    stands open in the browser of who left can still be sent until the next one opens it: then it is that one's alone.
    """
    day = timezone.localdate(at or timezone.now())
    opened = (
        Code.objects.everywhere(why="system: codes of ratings are for those who rate now")
        .filter(stored.is_under_way("wave__"), opened_by__isnull=False)
        .select_related("opened_by", "node__unit", "wave__unit", "form")
        .order_by("pk")
    )
    by_rater: dict[tuple[User, Unit], list[Code]] = defaultdict(list)
    for code in opened:
        by_rater[code.opened_by, code.node.unit].append(code)
    left = [
        code
        for (rater, unit), codes in by_rater.items()
        if not (rater.is_active and may(rater, Permission.RATING_GIVE, unit, on=day))
        for code in codes
    ]
    for code in left:
        let_code_die(code=code, by=by, at=at)
    return len(left)
