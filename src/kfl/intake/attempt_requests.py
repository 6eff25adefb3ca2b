"""Requests about one attempt: whose it is, and the pages and redirects that answer them."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kfl.answers.sheets import NoSuchAttempt

from . import http
from .plain_forms import WrongForm, read_fields
from .rendering import page
from .sessions import HeldAttempt, Sessions

RATERS_LIST = "/vurderinger/"  # the portal's, on the same host


async def held_by(sessions: Sessions, request: Request, *, reading: bool = True) -> HeldAttempt:
    """The attempt that this browser session holds.

    Raises
    ------
    NoSuchAttempt
        Not this session's, or the browser was away too long for a page with answers (`reading`).
    """
    try:
        name = bytes.fromhex(request.path_params["attempt"])
    except ValueError as problem:
        raise NoSuchAttempt("no name") from problem
    held = await sessions.find(name, session_of(request), fresh=True)
    if sessions.is_idle(held.attempt):
        if reading:
            raise NoSuchAttempt("away too long")
    else:
        sessions.touch(held.attempt)
    return held


def session_of(request: Request) -> bytes:
    """What the browser's cookie holds; empty without one."""
    return http.session_of(http.headers_of(request.scope), request.scope.get("scheme", "http"))


def refuse_elsewhere(request: Request) -> None:
    """Only our own pages may send this."""
    if http.is_from_elsewhere(http.headers_of(request.scope), request.scope.get("scheme", "http")):
        raise WrongForm("from another site")


async def fields_of(request: Request) -> dict[str, list[str]]:
    """The fields of a form that one of our own pages sent."""
    refuse_elsewhere(request)
    return read_fields(await http.read_body(request.receive))


def redirect_to(held: HeldAttempt, where: str) -> Response:
    """On to another page of the same attempt."""
    address = f"{http.PREFIX}/{held.attempt.name.hex()}/{where}"
    return RedirectResponse(address, status_code=303)


def page_of(request: Request, held: HeldAttempt, template: str, *, status: int = 200, **more: Any) -> HTMLResponse:
    """A page of this attempt, with its form and in a language of its wave."""
    bundle, form = held.wave.bundle, held.attempt.form
    return page(
        request,
        template,
        status=status,
        offered=bundle.languages,
        bundle=bundle,
        form=form,
        for_children=form.for_children,
        attempt=held.attempt.name.hex(),
        **more,
    )


def end_session(request: Request, address: str) -> Response:
    """Let the browser forget this respondent, and go to an address.

    "cookies" is not among what is cleared: that would sign teachers out of everything on this domain.
    """
    reply = RedirectResponse(address, status_code=303)
    reply.headers["clear-site-data"] = '"cache", "storage"'
    scheme = request.scope.get("scheme", "http")
    reply.delete_cookie(http.cookie_name(scheme), path="/", secure=scheme == "https", httponly=True, samesite="strict")
    return reply
