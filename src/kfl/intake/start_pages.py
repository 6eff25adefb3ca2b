"""Between the code and the first screen: who sees what, the questions, yes or no, the two own pictures."""

from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.pictures import PICTURES, WrongPictures, show

from . import http
from .drawings import picture_names
from .placed import RATERS_LIST, end_session, fields_of, page_of, place_of, redirect_to, refuse_elsewhere, session_of
from .plain_forms import WrongForm
from .rendering import choose_language
from .sessions import Place, Sessions, durable

_MOST_BODY = 1024


class _Pictures(msgspec.Struct, forbid_unknown_fields=True):
    pictures: list[int]


class StartPages:
    """The pages before the first screen of one attempt."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def who_sees_what(self, request: Request) -> Response:
        """Who sees the answers, and the choice to answer or not."""
        place = await place_of(self._sessions, request)
        if place.attempt.sheet.receipt is not None:
            return redirect_to(place, "thanks")
        if place.attempt.form.is_rating:  # read beside the portal's list; here one comes back from the first screen
            return end_session(request, RATERS_LIST)
        return choose_language(request) or page_of(request, place, "welcome.html")

    async def questions(self, request: Request) -> Response:
        """Every question, to be read before one says yes or no."""
        place = await place_of(self._sessions, request)
        return choose_language(request) or page_of(request, place, "questions.html", screens=place.attempt.screens)

    async def choose(self, request: Request) -> Response:
        """Yes goes on; no takes back what was typed and ends the session, at a page of the same shape."""
        fields = await fields_of(request)
        place = await place_of(self._sessions, request)
        if fields.get("choice") == ["yes"]:
            # Who typed in this session already (a page that was loaded anew, a crash) goes on where it was.
            begun = place.attempt.is_current and any(place.attempt.sheet.own.values())
            return redirect_to(place, str(place.attempt.first_unsaved) if begun else "pictures")
        if fields.get("choice") != ["no"]:
            raise WrongForm("yes or no")
        await durable(place.wave.decline(place.attempt))
        await self._sessions.end(session_of(request))
        form = place.attempt.form
        who = "child" if form.informant == "child" else "pupil" if form.for_children else "adult"
        return end_session(request, f"{http.PREFIX}/thanks/{who}")

    async def pictures(self, request: Request) -> Response:
        """Sixteen pictures to choose two from. The page is the same whether answering has begun before or not."""
        place = await place_of(self._sessions, request)
        return choose_language(request) or _pictures_page(request, place)

    async def show_pictures(self, request: Request) -> Response:
        """Keep the two pictures, or know their owner again."""
        if request.headers.get("content-type", "").startswith("application/json"):
            return await self._show_pictures_by_script(request)
        fields = await fields_of(request)
        place = await place_of(self._sessions, request)
        if fields.get("go") == ["skip"]:
            return redirect_to(place, "1")
        try:
            shown = show(place.wave, place.attempt, numbers_in(fields))
        except WrongPictures:
            return _pictures_page(request, place, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        await durable(shown.pending)
        return redirect_to(place, str(shown.screen))

    async def _show_pictures_by_script(self, request: Request) -> Response:
        refuse_elsewhere(request)
        try:
            sent = msgspec.json.decode(await http.read_body(request.receive, _MOST_BODY), type=_Pictures)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise WrongForm("two numbers") from problem
        place = await place_of(self._sessions, request)
        shown = show(place.wave, place.attempt, sent.pictures)
        await durable(shown.pending)
        return JSONResponse({"screen": shown.screen})


def numbers_in(fields: dict[str, list[str]]) -> list[int]:
    """The pictures that a form says were chosen; `WrongForm` for what no page of ours sends."""
    values = fields.get("picture", [])
    if not all(value.isascii() and value.isdigit() and len(value) <= 2 for value in values):
        raise WrongForm("pictures are numbers")
    return [int(value) for value in values]


def _pictures_page(request: Request, place: Place, *, status: int = 200) -> Response:
    return page_of(
        request, place, "pictures.html", status=status, pictures=picture_names()[:PICTURES], wrong=status != 200
    )
