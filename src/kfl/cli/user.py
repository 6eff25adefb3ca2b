"""`kfl user`: the first account of a new portal, or a way in for somebody who lost theirs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from kfl.people.models import Scheme, Unit, User


def add_parser(subparsers: Any) -> None:
    from .main import add_data_option

    parser = subparsers.add_parser("user", help="make an account, give it a role, or let its owner set a new password")
    parser.add_argument("username")
    parser.add_argument("--name", help="full name; makes the account where there is none")
    parser.add_argument("--email", default="", help="address for codes and password links")
    parser.add_argument("--role", help="for instance secretariat; needs --unit or --new-county")
    parser.add_argument("--unit", metavar="CODE", help="code of the unit where the role is held")
    parser.add_argument("--new-county", metavar="NAME", help="make the county and the questionnaires first")
    parser.add_argument(
        "--county-number", metavar="NUMBER", help="of the new county, two digits: what lists of units know it by"
    )
    parser.add_argument("--password-stdin", action="store_true", help="read the password instead of printing a link")
    parser.add_argument("--address", default="http://localhost:8000", help="the portal's address, for the link")
    add_data_option(parser, makes_data=True)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.core.management import call_command
    from django.db import transaction

    from kfl.people.actions import RoleDoesNotFit
    from kfl.people.addresses import AddressTaken
    from kfl.people.models import User
    from kfl.people.roles import ROLES

    call_command("migrate", verbosity=0, interactive=False)
    user = User.objects.filter(username=args.username).first()
    if user is None and not args.name:
        print(f"kfl user: there is no account {args.username}; give --name to make it", file=sys.stderr)
        return 1
    password = sys.stdin.readline().rstrip("\n") if args.password_stdin else ""
    if args.password_stdin:
        try:
            validate_password(password)
        except ValidationError as error:
            print("kfl user: " + " ".join(error.messages), file=sys.stderr)
            return 1
    try:
        with transaction.atomic():  # else a role that does not fit leaves an account behind
            user = user or _new_account(args)
            if args.role:
                give_role(user, args)
    except RoleDoesNotFit as problem:
        print(f"kfl user: {problem} Roles: {', '.join(sorted(ROLES))}", file=sys.stderr)
        return 1
    except AddressTaken:
        print(f"kfl user: {args.email} is the address of another account", file=sys.stderr)
        return 1
    if args.password_stdin:
        user.set_password(password)
        user.save(update_fields=["password"])
        print(f"{user.username}: password set")
    else:
        print(password_link(user, args.address))
    return 0


def _new_account(args: argparse.Namespace) -> User:
    from kfl.people import actions
    from kfl.people.models import User

    return actions.add_users(users=[User(username=args.username, name=args.name, email=args.email)], by=None)[0]


def give_role(user: User, args: argparse.Namespace) -> None:
    """The role that was asked for, from today."""
    from django.utils import timezone

    from kfl.people import actions

    actions.give_roles(roles=[(user, args.role, _unit(args), timezone.localdate(), None)], by=None)


def _unit(args: argparse.Namespace) -> Unit:
    from kfl.people import actions
    from kfl.people.kinds import Kind
    from kfl.people.queries import NoSuchUnit, unit_by_code

    if args.new_county:
        from kfl.questionnaires.actions import load_standard_questionnaires

        load_standard_questionnaires(by=None)  # a county without questionnaires could set up nothing
        new = actions.NewUnit(Kind.COUNTY, args.new_county, None, _codes_of_county(args))
        return actions.add_unit(new=new, by=None)
    if not args.unit:
        raise SystemExit("kfl user: --role needs --unit CODE or --new-county NAME")
    try:
        return unit_by_code(args.unit)
    except NoSuchUnit as error:
        raise SystemExit(f"kfl user: no unit has the code {args.unit}") from error


def _codes_of_county(args: argparse.Namespace) -> tuple[tuple[Scheme, str, date, date | None], ...]:
    """The new county's number; asked for where somebody can answer, and told how a list may give it."""
    from kfl.core.lists import WrongCell
    from kfl.people.models import Scheme
    from kfl.people.rosters.cell_values import code
    from kfl.people.rosters.units import FIRST_CODE_DAY

    number = args.county_number
    if number is None and sys.stdin.isatty() and not args.password_stdin:
        number = input(f"Number of {args.new_county}, two digits (blank: the first list gives it): ").strip()
    if not number:
        row = f"fylke;{args.new_county};NUMBER;fylkesnummer;"
        print(
            f"kfl user: {args.new_county} has no number yet; the first list of units gives it: {row}", file=sys.stderr
        )
        return ()
    try:
        return ((Scheme.COUNTY, code(number, Scheme.COUNTY), FIRST_CODE_DAY, None),)
    except WrongCell as error:
        raise SystemExit(f"kfl user: --county-number: {error}") from error


def password_link(user: User, address: str) -> str:
    """A link that works once, until the password is set or the link is too old."""
    from allauth.account.forms import default_token_generator
    from allauth.account.utils import user_pk_to_url_str
    from django.urls import reverse

    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    return address.rstrip("/") + path
