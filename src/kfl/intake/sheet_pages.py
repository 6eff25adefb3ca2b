"""A respondent's way through the form: who sees what, yes or no, the screens, thanks."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from kfl.answers.sheet_rules import Answer, Screen
from kfl.answers.sheets import AlreadySubmitted, NoSuchAttempt, Stale

from . import http
from .plain_forms import NotANumber, Sent, WrongForm, answers_of, read_fields, read_screen_form
from .rendering import choose_language, page
from .sessions import Place, Sessions, durable


class SheetPages:
    """The pages of one attempt; each first finds the attempt that this browser session holds."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def who_sees_what(self, request: Request) -> Response:
        """Who sees the answers, and the choice to answer or not."""
        place = await self._reading(request)
        if place.attempt.sheet.receipt is not None:
            return _to(place, "thanks")
        return choose_language(request) or _page(request, place, "welcome.html")

    async def choose(self, request: Request) -> Response:
        """Yes goes on; no takes back what was typed and ends the session, at a page of the same shape."""
        fields = await _form(request)
        place = await self._reading(request)
        if fields.get("choice") == ["yes"]:
            return _to(place, "1")
        if fields.get("choice") != ["no"]:
            raise WrongForm("yes or no")
        await durable(place.wave.decline(place.attempt))
        where = "thanks" if place.attempt.form.for_children else "thanks/adult"
        return end_session(request, f"{http.PREFIX}/{where}")

    async def show(self, request: Request) -> Response:
        """One screen with what this session typed on it."""
        place = await self._reading(request)
        screen = place.attempt.screen(request.path_params["screen"])
        if place.attempt.sheet.receipt is not None:
            return _to(place, "thanks")
        if not place.attempt.is_current:
            return page(request, "message.html", status=HTTPStatus.CONFLICT, kind="taken_over")
        return choose_language(request) or _screen_page(request, place, screen)

    async def send(self, request: Request) -> Response:
        """A screen's form, sent without scripts: save, and go where the button says."""
        _refuse_elsewhere(request)
        sent = read_screen_form(await http.read_body(request.receive))
        place = await self._reading(request)
        attempt = place.attempt
        screen = attempt.screen(request.path_params["screen"])
        hand_in = sent.go == "next" and screen.number == len(attempt.screens)
        try:
            pending = place.wave.save(attempt, screen.number, sent.lease, sent.rev, answers_of(screen, sent))
            if hand_in:
                pending = place.wave.submit(attempt)[1]  # committed after the save, or not at all
        except NotANumber as problem:
            return _screen_page(request, place, screen, wrong=problem.item.key, sent=sent)
        except AlreadySubmitted:
            return _to(place, "thanks")
        except Stale:
            if attempt.is_current:
                return _screen_page(request, place, screen, status=HTTPStatus.CONFLICT, older=True)
            return page(request, "message.html", status=HTTPStatus.CONFLICT, kind="taken_over")
        await durable(pending)
        if hand_in:
            return _to(place, "thanks")
        if sent.go == "next":
            return _to(place, str(screen.number + 1))
        if sent.go == "back":
            return _to(place, str(screen.number - 1) if screen.number > 1 else "")
        return _to(place, str(screen.number))

    async def thanks(self, request: Request) -> Response:
        """The receipt, for the session that handed in."""
        place = await self._reading(request)
        if place.attempt.sheet.receipt is None:
            return _to(place, "")
        receipt, pending = place.wave.submit(place.attempt)
        await durable(pending)
        return choose_language(request) or _page(request, place, "thanks.html", receipt=receipt)

    async def typed(self, request: Request) -> Response:
        """What this session typed on a screen, for clients other than our pages."""
        place = await self._reading(request)
        number = request.path_params["screen"]
        place.attempt.screen(number)
        if place.attempt.sheet.receipt is not None:
            raise AlreadySubmitted
        answers = place.wave.typed(place.attempt, number)
        rev = place.wave.next_rev(place.attempt, number)
        return JSONResponse({"lease": place.attempt.lease, "next_rev": rev, "answers": answers})

    async def submit(self, request: Request) -> Response:
        """Hand in, for clients other than our pages; the same receipt however often it is asked."""
        _refuse_elsewhere(request)
        place = await self._reading(request)
        receipt, pending = place.wave.submit(place.attempt)
        await durable(pending)
        return JSONResponse({"receipt": receipt})

    async def _reading(self, request: Request) -> Place:
        headers, scheme = http.headers_of(request.scope), request.scope.get("scheme", "http")
        try:
            name = bytes.fromhex(request.path_params["attempt"])
        except ValueError as problem:
            raise NoSuchAttempt("no name") from problem
        place = await self._sessions.find(name, http.session_of(headers, scheme))
        if self._sessions.is_idle(place.attempt):
            raise NoSuchAttempt("away too long")
        self._sessions.touch(place.attempt)
        return place


def end_session(request: Request, address: str) -> Response:
    """Let the browser forget this respondent, and go to an address.

    "cookies" is not among what is cleared: that would sign teachers out of everything on this domain.
    """
    reply = RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
    reply.headers["clear-site-data"] = '"cache", "storage"'
    scheme = request.scope.get("scheme", "http")
    reply.delete_cookie(http.cookie_name(scheme), path="/", secure=scheme == "https", httponly=True, samesite="strict")
    return reply


async def next_respondent(request: Request) -> Response:
    """A clean browser for the next one."""
    _refuse_elsewhere(request)
    return end_session(request, f"{http.PREFIX}/")


def thanks_without_sheet(request: Request) -> Response:
    """Where a no ends: the same words as after handing in."""
    for_children = not request.url.path.endswith("/adult")
    return choose_language(request) or page(request, "thanks.html", receipt=None, for_children=for_children)


async def _form(request: Request) -> dict[str, list[str]]:
    _refuse_elsewhere(request)
    return read_fields(await http.read_body(request.receive))


def _refuse_elsewhere(request: Request) -> None:
    if http.is_from_elsewhere(http.headers_of(request.scope), request.scope.get("scheme", "http")):
        raise WrongForm("from another site")


def _to(place: Place, where: str) -> Response:
    address = f"{http.PREFIX}/{place.attempt.name.hex()}/{where}"
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def _page(request: Request, place: Place, template: str, *, status: int = 200, **more: object) -> Response:
    bundle, form = place.wave.bundle, place.attempt.form
    return page(
        request,
        template,
        status=status,
        offered=bundle.languages,
        bundle=bundle,
        form=form,
        for_children=form.for_children,
        attempt=place.attempt.name.hex(),
        **more,
    )


def _screen_page(
    request: Request,
    place: Place,
    screen: Screen,
    *,
    status: int = 200,
    older: bool = False,
    wrong: str | None = None,
    sent: Sent | None = None,
) -> Response:
    attempt = place.attempt
    typed: dict[str, Answer] = place.wave.typed(attempt, screen.number)
    if sent is not None and wrong is not None:
        typed[wrong] = next(iter(sent.fields.get(f"item.{wrong}", [])), "")
    return _page(
        request,
        place,
        "screen.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else status,
        screen=screen,
        total=len(attempt.screens),
        typed=typed,
        lease=attempt.lease,
        rev=place.wave.next_rev(attempt, screen.number),
        older=older,
        wrong=wrong,
    )
