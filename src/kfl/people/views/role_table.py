"""Pages about people: who sees what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..role_table import reach_table, role_table
from ..scopes import open_to_all


@open_to_all(why="what a role gives is for everybody to check; it names no person")
def roles(request: HttpRequest) -> HttpResponse:
    """Every role in plain words: what it gives, and at which levels; and what one reaches without a role. Never who."""
    return render(request, "people/roles.html", {"roles": role_table(), "reaches": reach_table()})
