"""Taking one's answers back: the same page after the same time, whatever happened (RULES D.4)."""

import asyncio
import time
from contextlib import suppress
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.codes import BadCode, normalise
from kfl.answers.owner import Owner
from kfl.answers.pictures import PICTURES, WrongPictures, pair
from kfl.answers.sheets import NoSuchAttempt
from kfl.answers.wavefile import NoSuchWave
from kfl.answers.withdrawal import withdraw

from . import http
from .codes_page import NO_CODE
from .drawings import picture_names
from .placed import refuse_elsewhere
from .plain_forms import WrongForm, read_fields
from .rendering import choose_language, page
from .sessions import TryLater, kept
from .start_pages import numbers_in
from .throttle import Throttle, network_of

REPLY_S = 1.0  # each reply takes this long, and longer only on a disk that is slow for all
_MOST_BODY = 2048
_LOAN_LOOKS = 100


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):  # else it would follow any depth of what is unknown
    code: str
    pictures: list[int]


class WithdrawalPage:
    """Code and pictures in; nothing about them out."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._throttle = Throttle(of="withdrawals")  # counts every try, right or wrong: its delay must tell nothing

    async def show(self, request: Request) -> Response:
        """The empty form."""
        return choose_language(request) or _form_page(request)

    async def take_back(self, request: Request) -> Response:
        """Erase what this code and these pictures open, if they do."""
        began = time.monotonic()
        refuse_elsewhere(request)
        machine = request.headers.get("content-type", "").startswith("application/json")
        text, numbers = _sent(await http.read_body(request.receive, _MOST_BODY), machine)
        try:
            chosen = pair(numbers)
        except WrongPictures:
            if machine:
                raise
            return _form_page(request, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        wait = self._throttle.mistake(network_of(request.client.host if request.client else None))
        await self._withdraw(text, chosen)
        await asyncio.sleep(max(0.0, began + REPLY_S + wait - time.monotonic()))
        return JSONResponse({"done": True}) if machine else page(request, "taken_back.html")

    async def _withdraw(self, text: str, chosen: tuple[int, int]) -> None:
        try:
            code = normalise(text)
        except BadCode:
            code = NO_CODE
        looks = 0
        while self._owner.is_lending:  # the wave that is meant may be the one that is away
            looks += 1
            if looks > _LOAN_LOOKS:
                raise TryLater
            await asyncio.sleep(0.05)
        for wave in list(self._owner.waves.values()):
            with suppress(NoSuchAttempt, NoSuchWave):  # it has closed
                await kept(partial(withdraw, self._owner.place, wave, code, chosen))


def _sent(body: bytes, machine: bool) -> tuple[str, list[int]]:
    if machine:
        try:
            wanted = msgspec.json.decode(body, type=_Wanted)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            raise WrongForm("code and pictures") from problem
        return wanted.code, wanted.pictures
    fields = read_fields(body)
    return next(iter(fields.get("code", [])), ""), numbers_in(fields)


def _form_page(request: Request, status: int = 200) -> Response:
    return page(
        request, "take_back.html", status=status, pictures=picture_names()[:PICTURES], wrong=status != HTTPStatus.OK
    )
