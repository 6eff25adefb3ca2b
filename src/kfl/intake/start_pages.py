"""Between the code and the first screen: who sees what, the questions, yes or no."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .placed import RATERS_LIST, end_session, fields_of, page_of, place_of, redirect_to, refuse_elsewhere
from .plain_forms import WrongForm
from .rendering import AGAIN, choose_language
from .sessions import Sessions, durable


class StartPages:
    """The pages before the first screen of one attempt."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def who_sees_what(self, request: Request) -> Response:
        """Who sees the answers, and the choice to answer or not."""
        place = await place_of(self._sessions, request)
        if place.attempt.is_ended:
            return redirect_to(place, "thanks")
        if place.attempt.form.is_rating:  # read beside the portal's list; here one comes back from the first screen
            return end_session(request, RATERS_LIST)
        again = AGAIN in request.query_params
        return choose_language(request) or page_of(request, place, "welcome.html", typed="", wrong=None, again=again)

    async def questions(self, request: Request) -> Response:
        """Every question, to be read before one says yes or no."""
        place = await place_of(self._sessions, request)
        return choose_language(request) or page_of(request, place, "questions.html", screens=place.attempt.screens)

    async def choose(self, request: Request) -> Response:
        """Yes goes on where nothing is saved yet; no ends the sheet, at the page where handing in ends."""
        fields = await fields_of(request)
        place = await place_of(self._sessions, request)
        if place.attempt.is_ended:
            return redirect_to(place, "thanks")
        if fields.get("choice") == ["yes"]:
            again = f"?{AGAIN}" if AGAIN in fields else ""
            return redirect_to(place, f"{place.attempt.first_unsaved}{again}")
        if fields.get("choice") != ["no"]:
            raise WrongForm("yes or no")
        await durable(place.wave.decline(place.attempt))
        return redirect_to(place, "thanks")

    async def decline(self, request: Request) -> Response:
        """A no by script; the same reply as handing in."""
        refuse_elsewhere(request)
        place = await place_of(self._sessions, request, reading=False)
        await durable(place.wave.decline(place.attempt))
        return JSONResponse({"receipt": place.wave.submit(place.attempt)[0]})  # it has ended: nothing is handed in
