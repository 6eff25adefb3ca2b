"""What can happen to accounts: they are added, and get another name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..audit import action, touched
from ..models import User

BATCH = 5000
UNITLESS = "an account hangs on no unit: its roles do"


@action("users.added", of_many=True, unitless=UNITLESS)
def add_users(*, users: Sequence[User], by: User | None, at: datetime | None = None) -> list[User]:
    """Add accounts. They have no password until their owner sets one, or signs in with a code by e-mail."""
    for user in users:
        if not user.password:
            user.set_unusable_password()
    made = User.objects.bulk_create(users, batch_size=BATCH)
    for user in made:
        touched(user, unit=None, name=user.name, email=user.email)
    return made


@action("user.renamed", unitless=UNITLESS)
def rename_user(*, user: User, name: str, by: User | None, at: datetime | None = None) -> User:
    """Give an account another name."""
    touched(user, unit=None, name=(user.name, name))
    user.name = name
    user.save(update_fields=["name"])
    return user
