"""What a code gets before its wave opens and after its time: when that is, and no more.

It is told to codes that somebody has, so that nobody learns more by guessing than in the days when the wave is open;
and it is the same for all of a group, whoever has answered. Once a wave is closed its codes are destroyed: then they
are unknown as all others, and the page for unknown codes says so to everybody.
"""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kfl.answers.bundle import Bundle
from kfl.answers.sheets import OutsideTimes

from .rendering import language_of, page
from .texts import LANGUAGES, SOURCE, chosen_language, translations

_OSLO = ZoneInfo("Europe/Oslo")


@dataclass(frozen=True)
class CodeOutsideTimes:
    """A code of a wave that takes no respondents now."""

    bundle: Bundle
    times: OutsideTimes

    def for_machines(self) -> Response:
        """The moment in UTC, as other clients get it."""
        early = self.times.opens_at is not None
        moment = {"opens_at": _utc(self.times.opens_at)} if early else {"closed_at": _utc(self.times.closed_at)}
        return JSONResponse({"error": "not open yet" if early else "over"} | moment, status_code=HTTPStatus.NOT_FOUND)

    def for_people(self, request: Request, code: str, language: str) -> Response:
        """The page, in a language of the wave. It holds the code, for another try or another language."""
        offered = self.bundle.languages
        reader = chosen_language(language, offered) if language else language_of(request, offered)
        return page(
            request,
            "outside_times.html",
            status=HTTPStatus.NOT_FOUND,
            offered=offered,
            language=language,
            bundle=self.bundle,
            form=self.times.form,
            opens=_written(self.times.opens_at, reader),
            closed=_written(self.times.closed_at, reader),
            resend=code,
        )


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(ZoneInfo("UTC")).isoformat()


def _written(moment: datetime | None, reader: str) -> str:
    """Weekday, date and hour; empty without a moment."""
    if moment is None:
        return ""
    from babel.dates import format_datetime

    lang = reader if reader in LANGUAGES else SOURCE
    pattern = translations(lang).gettext("EEEE d. MMMM y 'klokka' H.mm")
    return format_datetime(moment.astimezone(_OSLO), pattern, locale=lang)
