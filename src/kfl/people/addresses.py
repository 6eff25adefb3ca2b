"""Whose an address is: each belongs to one account at most, as the list's, as one's own or as a username.

A role is given to an account. A list names it by an address, so an address that somebody else could take would be a
way to somebody else's role: hence one place that says whose it is, asked before any account gets one.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from kfl.core import in_line
from kfl.core.cannot_be_done import CannotBeDone

from .models import User

MANY = 500  # from here on all addresses are read at once


class AddressTaken(CannotBeDone):
    """The address is another account's."""

    def __init__(self) -> None:
        super().__init__(_("Adressen hører til en annen konto."))


def normal(address: str) -> str:
    """An address as it is stored and compared."""
    return address.strip().casefold()


def stand_in_line() -> None:
    """One at a time gives out addresses; to be called within a transaction."""
    in_line.stand_in_line(in_line.OneAtATime.ADDRESSES)


def account_of(address: str) -> User | None:
    """The account that lists know by this address, or whose own it is."""
    given = normal(address)
    if not given:
        return None
    return User.objects.filter(Q(listed_as=given) | Q(email__iexact=given)).first()


def holder_of(address: str) -> User | None:
    """The account that an address belongs to in any way: on a list, to get mail by, or as its username."""
    given = normal(address)
    return account_of(given) or (User.objects.filter(username__iexact=given).first() if given else None)


def accounts_by_address() -> dict[str, User]:
    """Every account by the addresses that are its own."""
    found: dict[str, User] = {}
    for user in User.objects.all():
        found.update({normal(one): user for one in (user.email, user.listed_as) if one})
    return found


def is_taken(address: str, *, but: User | None = None) -> bool:
    """Whether the address is another account's: on a list, to get mail by, or as its username."""
    given = normal(address)
    others = User.objects.exclude(pk=but.pk) if but is not None else User.objects.all()
    return others.filter(Q(listed_as=given) | Q(email__iexact=given) | Q(username__iexact=given)).exists()


def check_free(users: Iterable[User]) -> None:
    """Raise `AddressTaken` if one of these new accounts would get another's address, or two of them the same."""
    wanted: set[str] = set()
    for user in users:
        own = {normal(one) for one in (user.email, user.listed_as) if one}
        if own & wanted:
            raise AddressTaken
        wanted |= own
    if len(wanted) > MANY:
        rows = User.objects.values_list("listed_as", "email", "username")
        is_free = wanted.isdisjoint(normal(one) for row in rows.iterator() for one in row)
    else:
        is_free = not any(is_taken(one) for one in wanted)
    if not is_free:
        raise AddressTaken


def names_fit(account: str, said: str) -> bool:
    """Whether two names may well be the same person's: first and last name alike, however cased or spaced."""
    one, other = account.casefold().split(), said.casefold().split()
    return bool(one) and bool(other) and (one[0], one[-1]) == (other[0], other[-1])
