"""What each role means. Who holds a role where, and when, is data (RoleAssignment); what it gives is here.

The portal shows this table at /roller/, so that the county can check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .kinds import Kind


class Permission(StrEnum):
    """Something one may do. NOUN_VERB."""

    RESULTS_VIEW = "results.view"  # read released results
    RESPONSE_VIEW = "response.view"  # follow how many have answered, per group, never who
    CODES_PRINT = "codes.print"  # pupils' and children's slips: print, replace, enter their forms on paper
    ADULT_CODES_PRINT = "adult_codes.print"  # adults' links: print, send, replace, enter their forms on paper
    CONSENT_EDIT = "consent.edit"  # record who may take part
    RATING_GIVE = "rating.give"  # rate the children of one's own group
    RATING_FOLLOW = "rating.follow"  # see which children have been rated, never how
    WAVE_EXTEND = "wave.extend"  # give units more time to answer
    WAVE_EDIT = "wave.edit"  # set up, open, extend and close waves
    QUESTIONNAIRE_EDIT = "questionnaire.edit"  # write questionnaires
    UNIT_EDIT = "unit.edit"  # units, groups and rosters
    ROLE_EDIT = "role.edit"  # give and end roles
    CIRCLE_VIEW = "circle.view"  # read who sits in a circle, and what is the circle's own
    CIRCLE_EDIT = "circle.edit"  # make circles, give and end seats in them
    AUDIT_VIEW = "audit.view"  # read who did and saw what


TOP = frozenset({Kind.COUNTY, Kind.REGION, Kind.MUNICIPALITY})
EXTENDABLE = frozenset({Kind.MUNICIPALITY, Kind.SCHOOL, Kind.KINDERGARTEN})
EVERY_KIND = frozenset(Kind)
PLACES = frozenset({Kind.SCHOOL, Kind.KINDERGARTEN, Kind.GROUP, Kind.DEPARTMENT})  # where people answer
# What nobody has at a unit whose results they may read, whatever role it comes from: whoever holds an adult's link
# could answer in that adult's place, or keep it back, and read the result afterwards. scopes.py subtracts it.
KEPT_APART = {Permission.ADULT_CODES_PRINT: Permission.RESULTS_VIEW}
# What everybody may do with a row that is one's own (one's seat, later one's note), and with a row that is published.
OF_ONES_OWN = frozenset({Permission.CIRCLE_VIEW})
OF_THE_PUBLISHED = frozenset({Permission.CIRCLE_VIEW})


@dataclass(frozen=True)
class Grant:
    """A permission, on which kinds of unit at or below the role's unit, and whether on those above it too.

    `only_here`: not on those below. A contact teacher is the one who holds the role in the class itself.
    """

    permission: Permission
    kinds: frozenset[Kind] = EVERY_KIND
    also_above: bool = False
    only_here: bool = False


@dataclass(frozen=True)
class Role:
    """One role: its name, a sentence in plain words, where it can be held, and what it gives."""

    key: str
    name: str | Promise
    sentence: str | Promise
    kinds: frozenset[Kind]
    grants: tuple[Grant, ...]

    def grant(self, permission: Permission) -> Grant | None:
        return next((grant for grant in self.grants if grant.permission is permission), None)


OWN_RESULTS = Grant(Permission.RESULTS_VIEW, also_above=True)
GROUPS = frozenset({Kind.GROUP, Kind.DEPARTMENT})
OWN_RATINGS = (
    Grant(Permission.RATING_GIVE, GROUPS, only_here=True),
    Grant(Permission.RATING_FOLLOW, GROUPS, only_here=True),
)

_ALL_ROLES = (
    Role(
        "teacher",
        _("lærer"),
        _("Deler ut koder til egen klasse, følger hvor mange som har svart, og leser klassens og skolens resultater."),
        frozenset({Kind.GROUP, Kind.SCHOOL}),
        (
            OWN_RESULTS,
            Grant(Permission.RESPONSE_VIEW),
            Grant(Permission.CODES_PRINT, GROUPS, only_here=True),
            Grant(Permission.CONSENT_EDIT),
            *OWN_RATINGS,
        ),
    ),
    Role(
        "principal",
        _("rektor"),
        _(
            "Leder en skole: ser resultatene for skolen og alle klassene, følger kartleggingen, og kan dele ut "
            "elevenes koder i lærernes sted."
        ),
        frozenset({Kind.SCHOOL}),
        (
            OWN_RESULTS,
            Grant(Permission.RESPONSE_VIEW),
            Grant(Permission.CODES_PRINT),
            Grant(Permission.CONSENT_EDIT),
            Grant(Permission.RATING_FOLLOW, GROUPS),
        ),
    ),
    Role(
        "kindergarten_head",
        _("styrer"),
        _(
            "Leder en barnehage: ser resultatene for barnehagen, følger kartleggingen, og kan dele ut barnas koder i "
            "pedagogisk leders sted."
        ),
        frozenset({Kind.KINDERGARTEN}),
        (
            OWN_RESULTS,
            Grant(Permission.RESPONSE_VIEW),
            Grant(Permission.CODES_PRINT),
            Grant(Permission.CONSENT_EDIT),
            Grant(Permission.RATING_FOLLOW, GROUPS),
        ),
    ),
    Role(
        "pedagogical_leader",
        _("pedagogisk leder"),
        _("Leder en avdeling: deler ut koder, vurderer barna der, og leser avdelingens og barnehagens resultater."),
        frozenset({Kind.DEPARTMENT}),
        (
            OWN_RESULTS,
            Grant(Permission.RESPONSE_VIEW),
            Grant(Permission.CODES_PRINT, GROUPS, only_here=True),
            Grant(Permission.CONSENT_EDIT),
            *OWN_RATINGS,
        ),
    ),
    Role(
        "kindergarten_staff",
        _("ansatt i barnehage"),
        _("Arbeider i en barnehage: svarer på personalets skjema, og leser barnehagens resultater."),
        frozenset({Kind.KINDERGARTEN, Kind.DEPARTMENT}),
        (OWN_RESULTS,),
    ),
    Role(
        "office",
        _("kontor"),
        _(
            "Sekretær ved en skole, en barnehage eller i en kommune: skriver ut brev og lapper, fører hvem som kan "
            "være med, og fører inn svar på papir. Ser ingen resultater."
        ),
        frozenset({Kind.MUNICIPALITY, Kind.SCHOOL, Kind.KINDERGARTEN}),
        (
            Grant(Permission.CODES_PRINT),
            Grant(Permission.ADULT_CODES_PRINT),
            Grant(Permission.CONSENT_EDIT),
        ),
    ),
    Role(
        "owner",
        _("kommunal eier"),
        _("Ansvarlig for skoler og barnehager i en kommune: ser resultatene for kommunen og alle enhetene."),
        frozenset({Kind.MUNICIPALITY}),
        (
            OWN_RESULTS,
            Grant(Permission.RESPONSE_VIEW),
            Grant(Permission.WAVE_EXTEND, EXTENDABLE),
            Grant(Permission.AUDIT_VIEW),
        ),
    ),
    Role(
        "secretariat",
        _("sekretariat hos Statsforvalteren"),
        _("Administrerer prosjektet: setter opp kartlegginger og roller. Ser resultater for kommuner og regioner."),
        frozenset({Kind.COUNTY}),
        (
            Grant(Permission.RESULTS_VIEW, TOP),
            Grant(Permission.RESPONSE_VIEW, TOP | {Kind.SCHOOL, Kind.KINDERGARTEN}),
            Grant(Permission.ADULT_CODES_PRINT, PLACES),
            Grant(Permission.WAVE_EXTEND, EXTENDABLE),
            Grant(Permission.WAVE_EDIT),
            Grant(Permission.UNIT_EDIT),
            Grant(Permission.ROLE_EDIT),
            Grant(Permission.CIRCLE_VIEW),
            Grant(Permission.CIRCLE_EDIT),
            Grant(Permission.AUDIT_VIEW),
        ),
    ),
    Role(
        "researcher",
        _("forsker ved SePU"),
        _("Skriver spørreskjemaene, setter opp kartlegginger og leser resultater uten navn på skoler."),
        frozenset({Kind.COUNTY}),
        (
            Grant(Permission.RESULTS_VIEW, TOP),
            Grant(Permission.QUESTIONNAIRE_EDIT),
            Grant(Permission.WAVE_EDIT),
        ),
    ),
    Role(
        "adviser",
        _("veileder fra SePU"),
        _("Veileder enhetene i kommuner med avtale: ser resultatene for kommunen, skolene og barnehagene."),
        frozenset({Kind.MUNICIPALITY}),
        (Grant(Permission.RESULTS_VIEW, TOP | {Kind.SCHOOL, Kind.KINDERGARTEN}, also_above=True),),
    ),
    Role(
        "ks",
        _("KS"),
        _("Leder ABSOLUTT-programmet. Ser ingen resultater fra kartleggingen."),
        frozenset({Kind.COUNTY}),
        (),
    ),
    Role(
        "forum_member",
        _("medlem i Oppvekstforum"),
        _("Sitter i et av forumets organer. Ser resultater for regionene og fylket."),
        frozenset({Kind.COUNTY, Kind.REGION}),
        (Grant(Permission.RESULTS_VIEW, frozenset({Kind.COUNTY, Kind.REGION}), also_above=True),),
    ),
)

ROLES: dict[str, Role] = {role.key: role for role in _ALL_ROLES}
