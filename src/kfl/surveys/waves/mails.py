"""Mail to whoever may close a wave: that its time is up, and, shortly before, that it will close by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kfl.core import mail
from kfl.core.mail.mail_text import mail_text
from kfl.core.models import OutgoingMail
from kfl.people import queries as people
from kfl.people.models import User
from kfl.people.roles import ROLES, Permission
from kfl.people.scopes import may

from ..models import Wave
from . import closing_itself, windows
from .now import now_of
from .states import Stage

TIME_IS_UP = "surveys.time_is_up"
WARNED_BEFORE = timedelta(days=2)
GOOD_FOR = timedelta(days=2)


def post_those_due(now: datetime) -> Iterator[Wave]:
    """Write down what is due now; gives the waves that it is about.

    Each person is told once of an end and warned once of a closing; where a wave has got more time since, its new end
    is told of too.
    """
    for wave in closing_itself.over(now):
        closes = closing_itself.closes_itself_at(wave)
        is_told = not _post(wave, f"ended:{windows.last_of(wave).isoformat()}", now)
        if not is_told or (now >= closes - WARNED_BEFORE and _post(wave, f"closes:{closes.isoformat()}", now)):
            yield wave


def _post(wave: Wave, about: str, now: datetime) -> int:
    return mail.post(
        *(
            mail.Outgoing(
                kind=TIME_IS_UP,
                to=user.email,
                about={"wave": wave.pk},
                key=f"{TIME_IS_UP}:{wave.pk}:{about}:{user.pk}",
                language=user.language,
                good_until=now + GOOD_FOR,
            )
            for user in _those_who_close(wave, now)
        )
    )


def _those_who_close(wave: Wave, now: datetime) -> list[User]:
    day = timezone.localdate(now)
    roles = [key for key, role in ROLES.items() if any(one.permission == Permission.WAVE_EDIT for one in role.grants)]
    found = {user for role in roles for user in people.holders(role, wave.unit, on=day)}
    return sorted(
        (user for user in found if user.email and may(user, Permission.WAVE_EDIT, wave.unit, on=day)),
        key=lambda user: user.pk,
    )


@mail.letter(TIME_IS_UP)
def _time_is_up(sent: OutgoingMail) -> mail.MailMessage | None:
    """None where somebody has closed it meanwhile, or given more time."""
    rows = Wave.objects.everywhere(why="system: a mail to whoever may close it").filter(pk=sent.about["wave"])
    wave: Wave | None = rows.first()
    if wave is None or now_of(wave).stage is not Stage.OVER:
        return None
    context = {"wave": wave, "ended": windows.last_of(wave), "what_to_do": closing_itself.what_to_do(wave)}
    subject = _("Tiden er ute: {wave}").format(wave=wave.name)
    return mail.MailMessage(" ".join(subject.split()), mail_text("surveys/mail/time_is_up.txt", context))
