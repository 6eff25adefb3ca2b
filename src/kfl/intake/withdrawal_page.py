"""Taking one's answers back: the same page after the same time, whatever happened (RULES D.4)."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.codes import normalise
from kfl.answers.owner import Owner
from kfl.answers.sheet_words import normalise_word
from kfl.answers.sheets import NoSuchAttempt
from kfl.answers.wave_tables import NoSuchWave
from kfl.answers.withdrawal import withdraw

from . import http
from .attempt_requests import refuse_elsewhere
from .codes_page import Typed, typed_in
from .mistyped import Mistake, Wrong, in_code, is_no_word
from .rendering import choose_language, page
from .sessions import TryLater, kept
from .throttle import Throttle, network_of

REPLY_S = 1.0  # each reply takes this long, and longer only on a disk that is slow for all
_MOST_BODY = 2048
_LOAN_LOOKS = 100


class WithdrawalPage:
    """Code and word in; nothing about them out."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._throttle = Throttle(of="withdrawals")  # counts every try, right or wrong: its delay must tell nothing

    async def show(self, request: Request) -> Response:
        """The empty form."""
        return choose_language(request) or _form_page(request)

    async def take_back(self, request: Request) -> Response:
        """Erase what this code and this word open, if they do."""
        began = time.monotonic()
        refuse_elsewhere(request)
        machine = request.headers.get("content-type", "").startswith("application/json")
        typed = typed_in(await http.read_body(request.receive, _MOST_BODY), machine)
        mistake = in_code(typed.code) or (Mistake(Wrong.WORD) if is_no_word(typed.word) else None)
        if mistake is not None:  # it is seen from the characters alone, and nothing is looked up
            if machine:
                return JSONResponse({"error": "mistyped"}, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)
            return _form_page(request, typed, mistake)
        code = normalise(typed.code)
        wait = self._throttle.mistake(network_of(request.client.host if request.client else None), code)
        await self._withdraw(code, normalise_word(typed.word))
        await asyncio.sleep(max(0.0, began + REPLY_S + wait - time.monotonic()))
        return JSONResponse({"done": True}) if machine else page(request, "taken_back.html")

    async def _withdraw(self, code: str, word: str) -> None:
        looks = 0
        while self._owner.is_lending:  # the wave that is meant may be the one that is away
            looks += 1
            if looks > _LOAN_LOOKS:
                raise TryLater
            await asyncio.sleep(0.05)
        for wave in list(self._owner.waves.values()):
            with suppress(NoSuchAttempt, NoSuchWave):  # it has closed
                await kept(partial(withdraw, self._owner.place, wave, code, word))


def _form_page(request: Request, typed: Typed | None = None, mistake: Mistake | None = None) -> Response:
    return page(
        request,
        "take_back.html",
        status=HTTPStatus.OK if mistake is None else HTTPStatus.UNPROCESSABLE_ENTITY,
        typed=typed or Typed("", ""),
        wrong=mistake,
    )
