"""A recorded sound or a picture, whole or the part of it that is asked for.

Safari plays no sound from a server that cannot give a part of it: it asks for the first two bytes before anything
else. So one range is understood; several at once, which no player asks for, get the whole.
"""

import re
from http import HTTPStatus

from starlette.responses import Response

from kfl.answers.media import Media

from .rendering import FOR_GOOD

_ONE_RANGE = re.compile(r"bytes=([0-9]{0,9})-([0-9]{0,9})")


def reply_with(media: Media, wanted: str) -> Response:
    """The reply to a request whose `Range` header says `wanted`; empty for the whole."""
    headers = {"content-type": media.kind, "cache-control": FOR_GOOD, "accept-ranges": "bytes"}
    size = len(media.body)
    part = _part(wanted, size)
    if part is None:
        return Response(media.body, headers=headers)
    if not part:
        headers["content-range"] = f"bytes */{size}"
        return Response("", status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    headers["content-range"] = f"bytes {part[0]}-{part[-1]}/{size}"
    return Response(media.body[part.start : part.stop], status_code=HTTPStatus.PARTIAL_CONTENT, headers=headers)


def _part(wanted: str, size: int) -> range | None:
    """Which bytes: None for the whole, an empty range for none that there are."""
    asked = _ONE_RANGE.fullmatch(wanted.replace(" ", ""))
    if asked is None or asked.group() == "bytes=-":
        return None
    first, last = asked.groups()
    if not first:  # the last so many
        return range(max(0, size - int(last)), size)
    return range(int(first), min(size, int(last) + 1) if last else size)
