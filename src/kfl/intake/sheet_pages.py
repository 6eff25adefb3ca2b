"""A respondent's way through the form: the screens, handing in, thanks."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.sheet_rules import Answer, Screen
from kfl.answers.sheets import AlreadySubmitted, NoSuchScreen, Stale
from kfl.answers.words import display

from . import http
from .placed import RATERS_LIST, end_session, fields_of, page_of, place_of, redirect_to, refuse_elsewhere, session_of
from .plain_forms import NotANumber, Sent, answers_of, read_screen_form
from .rendering import AGAIN, choose_language
from .sessions import Place, Sessions, durable, idle_limit


class SheetPages:
    """The pages of one attempt; each first finds the attempt that this browser session holds."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def show(self, request: Request) -> Response:
        """One screen with what this session typed on it."""
        place = await place_of(self._sessions, request)
        screen = place.attempt.screen(request.path_params["screen"])
        if place.attempt.is_ended:
            return redirect_to(place, "thanks")
        return choose_language(request) or _screen_page(request, place, screen)

    async def send(self, request: Request) -> Response:
        """A screen's form, sent without scripts: save, and go where the button says."""
        refuse_elsewhere(request)
        sent = read_screen_form(await http.read_body(request.receive))
        place = await place_of(self._sessions, request)
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
            return redirect_to(place, "thanks")
        except Stale:
            return _screen_page(request, place, screen, status=HTTPStatus.CONFLICT, older=True)
        await durable(pending)
        if hand_in:
            return redirect_to(place, "thanks")
        if sent.go == "next":
            return redirect_to(place, str(screen.number + 1))
        if sent.go == "back":
            return redirect_to(place, str(screen.number - 1) if screen.number > 1 else "")
        return redirect_to(place, str(screen.number))

    async def thanks(self, request: Request) -> Response:
        """The receipt, for the session that handed in or said no, also after a long while: it shows no answer.

        One page for both, in the same words: neighbours see no difference, nor does whoever counts bytes.
        """
        place = await place_of(self._sessions, request, reading=False)
        attempt, wave = place.attempt, place.wave
        if not attempt.is_ended:
            return redirect_to(place, "")
        receipt, pending = wave.submit(attempt)
        await durable(pending)
        return choose_language(request) or page_of(
            request,
            place,
            "thanks.html",
            receipt=receipt,
            # Whoever comes to a machine that was left may hold the code: with the word it takes answers back.
            word="" if self._sessions.is_idle(attempt) else _word(place),
            in_kindergarten=attempt.form.informant == "child",
        )

    async def word(self, request: Request) -> Response:
        """The word of this session's sheet, for clients other than our pages."""
        place = await place_of(self._sessions, request)
        word = _word(place)
        if not word:
            raise NoSuchScreen("ratings have none")
        return JSONResponse({"word": word})

    async def typed(self, request: Request) -> Response:
        """What this session typed on a screen, for clients other than our pages."""
        place = await place_of(self._sessions, request)
        number = request.path_params["screen"]
        place.attempt.screen(number)
        if place.attempt.is_ended:
            raise AlreadySubmitted
        answers = place.wave.typed(place.attempt, number)
        rev = place.wave.next_rev(place.attempt, number)
        return JSONResponse({"lease": place.attempt.lease, "next_rev": rev, "answers": answers})

    async def lease(self, request: Request) -> Response:
        """The next lease for this tab, so that an older one is read-only, and all screens for it at once.

        Our pages get them ready to show and need the network no more until they hand in.
        """
        refuse_elsewhere(request)
        place = await place_of(self._sessions, request)
        await durable(place.wave.renew(place.attempt))
        attempt, wave = place.attempt, place.wave
        if "application/json" in request.headers.get("accept", ""):
            screens = [
                {
                    "number": s.number,
                    "next_rev": wave.next_rev(attempt, s.number),
                    "answers": wave.typed(attempt, s.number),
                }
                for s in attempt.screens
            ]
            return JSONResponse({"lease": attempt.lease, "screen": attempt.first_unsaved, "screens": screens})
        typed = {screen.number: wave.typed(attempt, screen.number) for screen in attempt.screens}
        return page_of(
            request, place, "all_screens.html", screens=attempt.screens, typed=typed, lease=attempt.lease, rev=1
        )

    async def submit(self, request: Request) -> Response:
        """Hand in by script; the same receipt however often it is asked.

        Also after a long while without network, since it shows nothing.
        """
        refuse_elsewhere(request)
        place = await place_of(self._sessions, request, reading=False)
        receipt, pending = place.wave.submit(place.attempt)
        await durable(pending)
        return JSONResponse({"receipt": receipt})

    async def next_respondent(self, request: Request) -> Response:
        """A clean browser for the next one; a rater goes back to the list of children."""
        fields = await fields_of(request)
        await self._sessions.end(session_of(request))
        return end_session(request, RATERS_LIST if fields.get("to") == ["list"] else f"{http.PREFIX}/")


def _word(place: Place) -> str:
    """As it is shown; empty for a rating, whose sheet is not the rater's own."""
    word = place.wave.word(place.attempt)
    return display(word) if word else ""


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
    return page_of(
        request,
        place,
        "screen.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else status,
        screen=screen,
        total=len(attempt.screens),
        typed=typed,
        lease=attempt.lease,
        rev=place.wave.next_rev(attempt, screen.number),
        idle=idle_limit(attempt.form),
        older=older,
        wrong=wrong,
        word=_word(place),
        again=sent is None and AGAIN in request.query_params,
    )
