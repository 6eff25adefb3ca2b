"""Between the code and the first screen: who sees what, the questions, yes or no."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .attempt_requests import RATERS_LIST, end_session, fields_of, held_by, page_of, redirect_to, refuse_elsewhere
from .plain_forms import WrongForm
from .rendering import AGAIN, choose_language
from .sessions import Sessions, durable


class StartPages:
    """The pages before the first screen of one attempt."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def who_sees_what(self, request: Request) -> Response:
        """Who sees the answers, and the choice to answer or not."""
        held = await held_by(self._sessions, request)
        if held.attempt.is_ended:
            return redirect_to(held, "thanks")
        if held.attempt.form.is_rating:  # read beside the portal's list; here one comes back from the first screen
            return end_session(request, RATERS_LIST)
        again = AGAIN in request.query_params
        return choose_language(request) or page_of(request, held, "welcome.html", typed="", wrong=None, again=again)

    async def questions(self, request: Request) -> Response:
        """Every question, to be read before one says yes or no."""
        held = await held_by(self._sessions, request)
        return choose_language(request) or page_of(request, held, "questions.html", screens=held.attempt.screens)

    async def choose(self, request: Request) -> Response:
        """Yes goes on where nothing is saved yet; no ends the sheet, at the page where handing in ends."""
        fields = await fields_of(request)
        held = await held_by(self._sessions, request)
        if held.attempt.is_ended:
            return redirect_to(held, "thanks")
        if fields.get("choice") == ["yes"]:
            again = f"?{AGAIN}" if AGAIN in fields else ""
            return redirect_to(held, f"{held.attempt.first_unsaved}{again}")
        if fields.get("choice") != ["no"]:
            raise WrongForm("yes or no")
        await durable(held.wave.decline(held.attempt))
        return redirect_to(held, "thanks")

    async def decline(self, request: Request) -> Response:
        """A no by script; the same reply as handing in."""
        refuse_elsewhere(request)
        held = await held_by(self._sessions, request, reading=False)
        await durable(held.wave.decline(held.attempt))
        return JSONResponse({"receipt": held.wave.submit(held.attempt)[0]})  # it has ended: nothing is handed in
