"""What a browser sends and no table can hold: answered in words, never as a fault of the portal.

An address with a number beyond 64 bits names nothing. What a database refuses because it does not fit, or because
somebody else has written the same meanwhile, changes nothing and is said so. What an action refuses on purpose, perhaps
since somebody or the clock has moved a row on, or since it was sent twice, is answered with the words that say why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from kfl.core.cannot_be_done import CannotBeDone

Respond = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)

LARGEST = 2**63 - 1


def _fits(value: Any) -> bool:
    return abs(value) <= LARGEST if isinstance(value, int) else "\0" not in str(value)


def _has_too_many_digits(problem: Exception) -> bool:
    """Python reads no number of more than some thousand digits (CVE-2020-10735)."""
    return isinstance(problem, ValueError) and "integer string conversion" in str(problem)


def _is_double(problem: ValidationError) -> bool:
    """Whether what is wrong with a row is that there is one like it."""
    every = chain(*problem.error_dict.values()) if hasattr(problem, "error_dict") else problem.error_list
    return any(error.code in {"unique", "unique_together"} for error in every)


def unfit_values(respond: Respond) -> Respond:
    """404 where the address or a number in the form is nothing that could be there, 409 where it does not fit now."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return respond(request)

    def process_view(request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]) -> None:
        if not all(_fits(value) for value in kwargs.values()):
            raise Http404

    def process_exception(request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, OverflowError | DataError) or _has_too_many_digits(problem):
            return page_not_found(request, problem)
        if isinstance(problem, CannotBeDone):
            return render(request, "not_now.html", {"words": str(problem)}, status=409)
        if isinstance(problem, ValidationError) and request.method == "POST" and not _is_double(problem):
            return render(request, "not_now.html", {"words": " ".join(problem.messages)}, status=409)
        if isinstance(problem, IntegrityError | ValidationError) and request.method == "POST":
            logger.warning("a form was refused by the database: %s", type(problem).__name__)
            return render(request, "409.html", status=409)
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware
