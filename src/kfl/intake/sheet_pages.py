"""A respondent's way through the form: the screens, handing in, thanks."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.sheet_rules import Answer, Screen
from kfl.answers.sheet_words import display
from kfl.answers.sheets import AlreadySubmitted, NoSuchScreen, Stale

from . import http
from .attempt_requests import (
    RATERS_LIST,
    end_session,
    fields_of,
    held_by,
    page_of,
    redirect_to,
    refuse_elsewhere,
    session_of,
)
from .plain_forms import NotANumber, Sent, answers_of, read_screen_form
from .rendering import AGAIN, choose_language
from .sessions import HeldAttempt, Sessions, durable, idle_limit


class SheetPages:
    """The pages of one attempt; each first finds the attempt that this browser session holds."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def show(self, request: Request) -> Response:
        """One screen with what this session typed on it."""
        held = await held_by(self._sessions, request)
        screen = held.attempt.screen(request.path_params["screen"])
        if held.attempt.is_ended:
            return redirect_to(held, "thanks")
        return choose_language(request) or _screen_page(request, held, screen)

    async def send(self, request: Request) -> Response:
        """A screen's form, sent without scripts: save, and go where the button says."""
        refuse_elsewhere(request)
        sent = read_screen_form(await http.read_body(request.receive))
        held = await held_by(self._sessions, request)
        attempt = held.attempt
        screen = attempt.screen(request.path_params["screen"])
        hand_in = sent.go == "next" and screen.number == len(attempt.screens)
        try:
            pending = held.wave.save(attempt, screen.number, sent.lease, sent.rev, answers_of(screen, sent))
            if hand_in:
                pending = held.wave.submit(attempt)[1]  # committed after the save, or not at all
        except NotANumber as problem:
            return _screen_page(request, held, screen, wrong=problem.item.key, sent=sent)
        except AlreadySubmitted:
            return redirect_to(held, "thanks")
        except Stale:
            return _screen_page(request, held, screen, status=HTTPStatus.CONFLICT, older=True)
        await durable(pending)
        if hand_in:
            return redirect_to(held, "thanks")
        if sent.go == "next":
            return redirect_to(held, str(screen.number + 1))
        if sent.go == "back":
            return redirect_to(held, str(screen.number - 1) if screen.number > 1 else "")
        return redirect_to(held, str(screen.number))

    async def thanks(self, request: Request) -> Response:
        """The receipt, for the session that handed in or said no, also after a long while: it shows no answer.

        One page for both, in the same words: neighbours see no difference, nor does whoever counts bytes.
        """
        held = await held_by(self._sessions, request, reading=False)
        attempt, wave = held.attempt, held.wave
        if not attempt.is_ended:
            return redirect_to(held, "")
        receipt, pending = wave.submit(attempt)
        await durable(pending)
        return choose_language(request) or page_of(
            request,
            held,
            "thanks.html",
            receipt=receipt,
            # Whoever comes to a machine that was left may hold the code: with the word it takes answers back.
            word="" if self._sessions.is_idle(attempt) else _word(held),
            in_kindergarten=attempt.form.informant == "child",
        )

    async def word(self, request: Request) -> Response:
        """The word of this session's sheet, for clients other than our pages."""
        held = await held_by(self._sessions, request)
        word = _word(held)
        if not word:
            raise NoSuchScreen("ratings have none")
        return JSONResponse({"word": word})

    async def typed(self, request: Request) -> Response:
        """What this session typed on a screen, for clients other than our pages."""
        held = await held_by(self._sessions, request)
        number = request.path_params["screen"]
        held.attempt.screen(number)
        if held.attempt.is_ended:
            raise AlreadySubmitted
        answers = held.wave.typed(held.attempt, number)
        rev = held.wave.next_rev(held.attempt, number)
        return JSONResponse({"lease": held.attempt.lease, "next_rev": rev, "answers": answers})

    async def lease(self, request: Request) -> Response:
        """The next lease for this tab, so that an older one is read-only, and all screens for it at once.

        Our pages get them ready to show and need the network no more until they hand in.
        """
        refuse_elsewhere(request)
        held = await held_by(self._sessions, request)
        await durable(held.wave.renew(held.attempt))
        attempt, wave = held.attempt, held.wave
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
            request, held, "all_screens.html", screens=attempt.screens, typed=typed, lease=attempt.lease, rev=1
        )

    async def submit(self, request: Request) -> Response:
        """Hand in by script; the same receipt however often it is asked.

        Also after a long while without network, since it shows nothing.
        """
        refuse_elsewhere(request)
        held = await held_by(self._sessions, request, reading=False)
        receipt, pending = held.wave.submit(held.attempt)
        await durable(pending)
        return JSONResponse({"receipt": receipt})

    async def next_respondent(self, request: Request) -> Response:
        """A clean browser for the next one; a rater goes back to the list of children."""
        fields = await fields_of(request)
        await self._sessions.end(session_of(request))
        return end_session(request, RATERS_LIST if fields.get("to") == ["list"] else f"{http.PREFIX}/")


def _word(held: HeldAttempt) -> str:
    """As it is shown; empty for a rating, whose sheet is not the rater's own."""
    word = held.wave.word(held.attempt)
    return display(word) if word else ""


def _screen_page(
    request: Request,
    held: HeldAttempt,
    screen: Screen,
    *,
    status: int = 200,
    older: bool = False,
    wrong: str | None = None,
    sent: Sent | None = None,
) -> Response:
    attempt = held.attempt
    typed: dict[str, Answer] = held.wave.typed(attempt, screen.number)
    if sent is not None and wrong is not None:
        typed[wrong] = next(iter(sent.fields.get(f"item.{wrong}", [])), "")
    return page_of(
        request,
        held,
        "screen.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else status,
        screen=screen,
        total=len(attempt.screens),
        typed=typed,
        lease=attempt.lease,
        rev=held.wave.next_rev(attempt, screen.number),
        idle=idle_limit(attempt.form),
        older=older,
        wrong=wrong,
        word=_word(held),
        again=sent is None and AGAIN in request.query_params,
    )
