"""The log of one's own units: looked through, taken out as a file, and the history of one unit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kfl.core import downloads
from kfl.tables import writing

from .. import audit_chain, audit_heads, audit_words
from ..audit import AuditKeyMissing, history_of, record
from ..audit_reading import LineTold, RowTold, Sought, lines_for, told
from ..forms import LogForm
from ..models import AuditLine, Circle, RoleAssignment, Unit
from ..requests import Request
from ..roles import ROLES, Permission
from ..scopes import assignments_of, get_visible_or_404, needs
from .units import trail

A_PAGE = 50
MOST_IN_A_FILE = 20_000
MOST_ROWS = 5  # of a line, on the page; the file has them all
FILES = {"csv": "text/csv", "xlsx": writing.XLSX}


def _form(request: Request, given: Any) -> LogForm:
    whats = sorted(audit_words.every().items(), key=lambda one: one[1])
    return LogForm(given, whats=whats)


def _sought(form: LogForm) -> Sought:
    """What was asked for; of what cannot be read, nothing."""
    form.is_valid()
    given = {key: value for key, value in form.cleaned_data.items() if value}
    return Sought(**given)


def _lines(request: Request, form: LogForm) -> QuerySet[AuditLine]:
    return _sought(form).among(lines_for(request.user))


@needs(Permission.AUDIT_VIEW)
def log(request: Request) -> HttpResponse:
    """Who did what, and who looked at which results, at the reader's own units; by place, person, handling and day.

    For: those who may read the log. No child is named, and nothing that anybody has answered.
    """
    form = _form(request, request.GET or None)
    lines = _lines(request, form) if form.is_bound else lines_for(request.user)
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    on_page = list(page.object_list)
    context = {
        "form": form,
        "page": page,
        "lines": shown(told(on_page)),
        "chain": _chain_words(on_page),
        "files": list(FILES),
        "too_many": page.paginator.count > MOST_IN_A_FILE,
        "most": MOST_IN_A_FILE,
    }
    return render(request, "people/log.html", context)


def shown(lines: Iterable[LineTold]) -> list[dict[str, Any]]:
    """Lines as the pages show them: of a long one only the first rows."""
    return [{"told": one, "rows": one.rows[:MOST_ROWS], "left_out": max(0, len(one.rows) - MOST_ROWS)} for one in lines]


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
    lines = list(_lines(request, form)[:MOST_IN_A_FILE])
    held = assignments_of(request.user)
    unit = next(one.unit for one in held if ROLES[one.role].grant(Permission.AUDIT_VIEW))
    by = sorted(key for key, value in form.cleaned_data.items() if value)  # not what: that may be somebody's name
    record("audit.taken_out", f"User {request.user.pk}", by=request.user, unit=unit, lines=len(lines), sought_by=by)
    columns = [_("tid"), _("hvem"), _("hva"), _("enhet"), _("gjelder"), _("endret"), _("rad"), _("linje")]
    rows = [_cells(one, row) for one in told(lines) for row in one.rows]
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
    return [at, one.by, one.what, str(one.line.unit or ""), row.name, facts, row.row, one.line.pk]


@needs(Permission.AUDIT_VIEW)
def unit_history(request: Request, key: int) -> HttpResponse:
    """Every change of a unit, of the roles that were held there and of its circles, with old and new. For: as above."""
    unit: Unit = get_visible_or_404(Unit, request.user, Permission.AUDIT_VIEW, pk=key)
    roles = RoleAssignment.objects.within(unit).filter(unit=unit)
    circles = Circle.objects.within(unit).filter(unit=unit)
    context = {
        "unit": unit,
        "lines": shown(history_of(unit, *roles, *circles)),
        "trail": _trail(request, unit),
    }
    return render(request, "people/unit_history.html", context)


def _trail(request: Request, unit: Unit) -> list[tuple[str, str]]:
    return [*trail(None), (unit.name, reverse("people:unit-detail", kwargs={"key": unit.pk}))]
