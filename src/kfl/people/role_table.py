"""What each role gives, in plain words: the table of the page /roller/, made from roles.py itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .circles.circle_kinds import CIRCLE_KINDS
from .kinds import Kind
from .roles import EVERY_KIND, OF_ONES_OWN, OF_THE_PUBLISHED, ROLES, Grant, Permission

WORDS = {
    Permission.RESULTS_VIEW: gettext_lazy("lese resultater; for hele fylket også den tekniske rapporten"),
    Permission.RESPONSE_VIEW: gettext_lazy("se hvor mange som har svart, aldri hvem"),
    Permission.CODES_PRINT: gettext_lazy("dele ut, bytte og føre inn på papir: koder for elever og barn"),
    Permission.ADULT_CODES_PRINT: gettext_lazy(
        "dele ut, bytte og føre inn på papir: koder for voksne; aldri der man kan lese resultatene"
    ),
    Permission.CONSENT_EDIT: gettext_lazy("føre hvem som får delta"),
    Permission.RATING_GIVE: gettext_lazy("vurdere hvert barn eller hver elev i egen gruppe"),
    Permission.RATING_FOLLOW: gettext_lazy("se hvem som er vurdert, aldri hva som er svart"),
    Permission.WAVE_EXTEND: gettext_lazy("gi enheter mer tid til å svare"),
    Permission.WAVE_EDIT: gettext_lazy("sette opp, åpne, forlenge og lukke kartlegginger"),
    Permission.QUESTIONNAIRE_EDIT: gettext_lazy("skrive spørreskjemaer"),
    Permission.UNIT_EDIT: gettext_lazy("endre enheter, grupper og elevlister"),
    Permission.ROLE_EDIT: gettext_lazy("gi og avslutte roller"),
    Permission.CIRCLE_VIEW: gettext_lazy("se hvem som er med i organer, fellesskap og grupper, og det de har"),
    Permission.CIRCLE_EDIT: gettext_lazy("opprette organer, fellesskap og grupper, gi og avslutte plasser i dem"),
    Permission.AUDIT_VIEW: gettext_lazy("lese loggen over hvem som har gjort og sett hva"),
}


@dataclass(frozen=True)
class GrantLine:
    """One thing a role may do, and for which levels."""

    what: str
    where: str


@dataclass(frozen=True)
class ReachLine:
    """A way to reach something without a role: which people have it, what it gives, and of what."""

    key: str
    name: str
    sentence: str
    grants: tuple[GrantLine, ...]


@dataclass(frozen=True)
class RoleLine:
    """One role as people read it."""

    key: str
    name: str
    sentence: str
    kinds: str
    grants: tuple[GrantLine, ...]


def _kinds(kinds: frozenset[Kind]) -> str:
    return ", ".join(str(kind.label) for kind in Kind if kind in kinds)


def _where(grant: Grant) -> str:
    if grant.only_here:
        return _("{kinds} der rollen holdes").format(kinds=_kinds(grant.kinds))
    if grant.kinds == EVERY_KIND:
        where = _("enheten og alt under den")
    else:
        where = _("{kinds} ved eller under enheten").format(kinds=_kinds(grant.kinds))
    return _("{where}, og nivåene over").format(where=where) if grant.also_above else where


def role_table() -> list[RoleLine]:
    """Every role, in the order of roles.py."""
    return [
        RoleLine(
            key=role.key,
            name=str(role.name),
            sentence=str(role.sentence),
            kinds=_kinds(role.kinds),
            grants=tuple(GrantLine(str(WORDS[grant.permission]), _where(grant)) for grant in role.grants),
        )
        for role in ROLES.values()
    ]


def reach_table() -> list[ReachLine]:
    """What is reached without a role: by a seat in each kind of circle, because it is one's own, or published."""
    seats = [
        ReachLine(
            key=kind.key,
            name=_("plass i {kind}").format(kind=kind.name),
            sentence=str(kind.sentence),
            grants=_lines(kind.permissions, _("der man har plassen, og ingen andre steder")),
        )
        for kind in CIRCLE_KINDS.values()
    ]
    own = ReachLine(
        "own",
        _("det som er ens eget"),
        _("Det man selv har skrevet, og det som gjelder en selv."),
        _lines(OF_ONES_OWN, _("egne plasser, også de som er avsluttet")),
    )
    published = ReachLine(
        "published",
        _("det som er offentliggjort"),
        _("Det kan alle som er logget inn, lese fra den dagen det ble offentliggjort."),
        _lines(OF_THE_PUBLISHED, _("organer, fellesskap og grupper som er offentliggjort, og plassene i dem")),
    )
    return [*seats, own, published]


def _lines(permissions: frozenset[Permission], where: str) -> tuple[GrantLine, ...]:
    return tuple(GrantLine(str(WORDS[one]), where) for one in Permission if one in permissions)
