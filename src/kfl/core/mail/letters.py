"""What rooms say of their mails: a function in the room's `mails.py` for each kind.

    @letter("surveys.reminder", topic=REMINDERS, hours=hours_of, finished=keep_numbers)
    def reminder(mail: OutgoingMail) -> Letter | None:
        ...

It is asked when the mail is about to go, in the receiver's language. None: there is nobody to get it any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.module_loading import autodiscover_modules

from ..models import OutgoingMail
from .hours import Hours


class NoSuchLetter(LookupError):
    """No room writes mails of this kind."""


@dataclass(frozen=True)
class MailMessage:
    """The words of one mail."""

    subject: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


Write = Callable[[OutgoingMail], MailMessage | None]
Finished = Callable[[str, Counter[str], datetime], None]


@dataclass(frozen=True)
class LetterKind:
    """One kind of mail.

    Attributes
    ----------
    write
        Gives the words.
    topic
        What one may say no to (`refusals`); without one it goes to everybody it is meant for.
    hours
        When such a mail may go, asked at each; without them at any hour: somebody waits for it.
    finished
        Hears what became of a batch, in numbers by state, when nothing of it waits; its rows are gone after that.
    may_repeat
        Where the server fell silent in the midst of it, a code that comes twice is better than none.
    """

    write: Write
    topic: str = ""
    hours: Callable[[OutgoingMail], Hours] | None = None
    finished: Finished | None = None
    may_repeat: bool = False


_kinds: dict[str, LetterKind] = {}


def letter(
    kind: str,
    *,
    topic: str = "",
    hours: Callable[[OutgoingMail], Hours] | None = None,
    finished: Finished | None = None,
    may_repeat: bool = False,
) -> Callable[[Write], Write]:
    """Make a function the writer of a kind of mail."""

    def decorate(write: Write) -> Write:
        known = _kinds.get(kind)
        if known is not None and known.write.__module__ != write.__module__:
            raise ValueError(f"two rooms write {kind}")
        _kinds[kind] = LetterKind(write, topic, hours, finished, may_repeat)
        return write

    return decorate


def kind_of(name: str) -> LetterKind:
    """What is said of a kind; the rooms' `mails.py` are read when the first is asked for."""
    autodiscover_modules("mails")
    try:
        return _kinds[name]
    except KeyError as error:
        raise NoSuchLetter(name) from error
