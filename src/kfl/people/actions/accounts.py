"""What can happen to accounts: they are added, get another name, and their owner gets mail at another address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress

from .. import addresses
from ..audit import action, touched
from ..found import mark_made
from ..models import User

BATCH = 5000
UNITLESS = "an account hangs on no unit: its roles do"


@action("users.added", of_many=True, unitless=UNITLESS)
def add_users(*, users: Sequence[User], by: User | None, at: datetime | None = None) -> list[User]:
    """Add accounts. They have no password until their owner sets one, or signs in with a code by e-mail.

    The address that an account comes with is the list's. Raises `AddressTaken` where it is another account's.
    """
    addresses.stand_in_line()
    for user in users:
        user.email = addresses.normal(user.email)
        user.listed_as = user.listed_as or user.email
        if not user.password:
            user.set_unusable_password()
    addresses.check_free(users)
    made = User.objects.bulk_create(users, batch_size=BATCH)
    for user in made:
        mark_made(User, user, created=True)
        touched(user, unit=None, name=user.name, email=user.email)
    return made


@action("user.renamed", unitless=UNITLESS)
def rename_user(*, user: User, name: str, by: User | None, at: datetime | None = None) -> User:
    """Give an account another name."""
    touched(user, unit=None, name=(user.name, name))
    user.name = name
    user.save(update_fields=["name"])
    return user


@action("user.address_changed", unitless=UNITLESS)
def change_address(*, user: User, email: str, by: User | None, at: datetime | None = None) -> User:
    """Send an account's mail to another address, which its owner has proved to have; lists know it by its old one.

    Raises `AddressTaken` where it is another account's.
    """
    addresses.stand_in_line()
    email = addresses.normal(email)
    if addresses.is_taken(email, but=user):
        raise addresses.AddressTaken
    touched(user, unit=None, email=(user.email, email))
    EmailAddress.objects.filter(user=user).delete()  # the sign-in library's copy: the old address opens nothing more
    user.email = email
    user.save(update_fields=["email"])
    return user
