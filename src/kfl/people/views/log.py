"""The log of one's own units: looked through, taken out as a file, and the history of one unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kfl.core import downloads
from kfl.core.alphabet import alphabetical
from kfl.tables import writing

from .. import audit_chain, audit_heads, audit_words
from ..audit import AuditKeyMissing, history_of, record
from ..audit_places import has_several_municipalities
from ..audit_reading import LineTold, RowTold, Sought, lines_for, told, unitless_lines_for
from ..forms import LogForm
from ..models import AuditLine, Circle, RoleAssignment, Unit
from ..requests import Request
from ..roles import ROLES, Permission
from ..scopes import assignments_of, get_visible_or_404, needs
from ..trails import to_unit

A_PAGE = 50
MOST_IN_A_FILE = 20_000
MOST_ROWS = 1  # of a line, at first sight
MOST_MORE = 20  # of a line, when asked for; the file has them all
FILES = {"csv": "text/csv", "xlsx": writing.XLSX}


@dataclass(frozen=True)
class LogDay:
    """The lines of one day, as the page shows them."""

    on: date
    lines: list[dict[str, Any]]


@dataclass(frozen=True)
class LogPage:
    """Some lines, and the keys from which the newer and the older ones are asked for; 0 where there are none.

    By key and not by number: what is written meanwhile moves no line to another page.
    """

    lines: list[AuditLine]
    newer: int
    older: int


def _form(request: Request, given: Any) -> LogForm:
    whats = sorted(audit_words.every().items(), key=lambda one: alphabetical(one[1]))
    return LogForm(given, reader=request.user, whats=[(key, capfirst(words)) for key, words in whats])


def _lines(request: Request, form: LogForm) -> QuerySet[AuditLine]:
    """What was asked for: of a day that cannot be read nothing, at a place that is not there no line."""
    form.is_valid()
    if "place" in form.errors:
        return lines_for(request.user).none()
    given = {key: form.cleaned_data.get(key) for key in ("person", "what", "first", "last")}
    lines = unitless_lines_for(request.user) if form.cleaned_data.get("about") else lines_for(request.user)
    return Sought(units=form.units, **{key: value for key, value in given.items() if value}).among(lines)


def _key(request: Request, name: str) -> int:
    key = request.GET.get(name, "")
    return int(key) if key.isdecimal() and len(key) < 19 else 0


def _page(lines: QuerySet[AuditLine], *, before: int, after: int) -> LogPage:
    """The lines older than one, newer than one, or the newest; beside a line that is not among them, the newest."""
    beside = lines.filter(pk=before or after).first() if before or after else None
    if beside is not None and after:
        found = list(lines.filter(_newer(beside)).order_by("at", "pk")[: A_PAGE + 1])
        if len(found) > A_PAGE:
            found = found[:A_PAGE][::-1]
            return LogPage(found, newer=found[0].pk, older=found[-1].pk)
        beside = None  # the newest page is always a whole one
    rows = lines.filter(_older(beside)) if beside is not None else lines
    found = list(rows[: A_PAGE + 1])
    shown = found[:A_PAGE]
    return LogPage(
        shown,
        newer=shown[0].pk if beside is not None and shown else 0,
        older=shown[-1].pk if len(found) > A_PAGE else 0,
    )


def _newer(line: AuditLine) -> Q:
    return Q(at__gt=line.at) | Q(at=line.at, pk__gt=line.pk)


def _older(line: AuditLine) -> Q:
    return Q(at__lt=line.at) | Q(at=line.at, pk__lt=line.pk)


@needs(Permission.AUDIT_VIEW)
def log(request: Request) -> HttpResponse:
    """Who did what, and who looked at which results, at the reader's own units; by place, person, handling and day.

    For: those who may read the log; lines about no unit for those who read it at every unit. No child is named, and
    nothing that anybody has answered.
    """
    form = _form(request, request.GET)
    lines = _lines(request, form)
    page = _page(lines, before=_key(request, "before"), after=_key(request, "after"))
    count = lines.count()
    context = {
        "form": form,
        "page": page,
        "days": shown(told(page.lines, reader=request.user)),
        "count": count,
        "chain": _chain_words(page.lines),
        "sought": [(name, request.GET.get(name, "")) for name in form.fields],
        "files": list(FILES),
        "too_many": count > MOST_IN_A_FILE,
        "most": MOST_IN_A_FILE,
        "wide": has_several_municipalities(request.user),
    }
    return render(request, "people/log.html", context)


def shown(lines: Iterable[LineTold]) -> list[LogDay]:
    """Lines as the pages show them, by day: of a long one the first rows, some more when asked for."""
    return [
        LogDay(day, [_shown(one) for one in of_day])
        for day, of_day in groupby(lines, key=lambda one: timezone.localdate(one.line.at))
    ]


def _shown(one: LineTold) -> dict[str, Any]:
    upto = MOST_ROWS + MOST_MORE
    return {
        "told": one,
        "rows": one.rows[:MOST_ROWS],
        "more": one.rows[MOST_ROWS:upto],
        "further": max(0, len(one.rows) - MOST_ROWS),
        "left_out": max(0, len(one.rows) - upto),
    }


def _chain_words(lines: list[AuditLine]) -> tuple[bool, str]:
    """Whether the log is whole, and a sentence that says so: the lines of the page now, all of it as of last night."""
    try:
        if not audit_chain.fits(lines):
            return False, _("En linje på denne siden er endret, eller en før den er fjernet. Si fra til drift.")
        verified = audit_heads.last_verified() or (timezone.localdate(), audit_chain.verify_chain())
    except AuditKeyMissing:
        return False, _("Loggen kan ikke kontrolleres, for nøkkelen er borte. Si fra til drift.")
    day, broken = verified
    if broken is not None:
        words = _("Loggen er brutt ved linje {line}: noe er endret eller fjernet der. Si fra til drift.")
        return False, words.format(line=broken)
    return True, _("Linjene her er slik de ble skrevet. Hele loggen ble sist kontrollert {day}, og var hel.").format(
        day=date_format(day, "DATE_FORMAT")
    )


@needs(Permission.AUDIT_VIEW)
@require_POST
def log_file(request: Request) -> HttpResponse:
    """The lines that were looked for, as CSV or XLSX; that somebody took them out is a line too. For: as above."""
    kind = request.POST.get("kind", "")
    if kind not in FILES:
        return HttpResponseBadRequest()
    form = _form(request, request.POST)
    if not form.is_valid():  # or more would go out than was looked for
        return HttpResponseBadRequest()
    lines = list(_lines(request, form)[:MOST_IN_A_FILE])
    held = assignments_of(request.user)
    unit = next(one.unit for one in held if ROLES[one.role].grant(Permission.AUDIT_VIEW))
    by = sorted(key for key, value in form.cleaned_data.items() if value)  # not what: that may be somebody's name
    record("audit.taken_out", f"User {request.user.pk}", by=request.user, unit=unit, lines=len(lines), sought_by=by)
    columns = [
        _("tid (norsk)"), _("hvem"), _("hva"), _("enhet"), _("kommune"), _("slag"), _("nummer"), _("navn"),
        _("opplysninger"), _("linje"),
    ]  # fmt: skip
    rows = [_cells(one, row) for one in told(lines, reader=request.user) for row in one.rows]
    if kind == "csv":
        body: bytes | str = writing.as_csv(columns, (dict(zip(columns, cells, strict=True)) for cells in rows))
    else:
        body = writing.as_xlsx(_("Logg"), columns, rows)
    name = _("logg-{day}").format(day=timezone.localdate().isoformat())
    return downloads.attachment(body, name=f"{name}.{kind}", media_type=FILES[kind])


def _cells(one: LineTold, row: RowTold) -> list[object]:
    at = timezone.localtime(one.line.at).strftime("%Y-%m-%d %H:%M:%S")
    facts = "; ".join(
        f"{fact.label}: {fact.value}" if fact.old is None else f"{fact.label}: {fact.old} → {fact.value}"
        for fact in row.facts
    )
    place = [one.place or _("uten enhet"), one.municipality]
    return [at, one.by, capfirst(one.what), *place, row.kind, row.key, row.name, facts, one.line.pk]


@needs(Permission.AUDIT_VIEW)
def unit_history(request: Request, key: int) -> HttpResponse:
    """Every change of a unit, of the roles that were held there and of its circles, with old and new. For: as above."""
    unit: Unit = get_visible_or_404(Unit, request.user, Permission.AUDIT_VIEW, pk=key)
    roles = RoleAssignment.objects.within(unit).filter(unit=unit)
    circles = Circle.objects.within(unit).filter(unit=unit)
    context = {
        "unit": unit,
        "days": shown(history_of(unit, *roles, *circles, reader=request.user)),
        "trail": to_unit(unit),
    }
    return render(request, "people/unit_history.html", context)
