"""Pictures: read, made smaller where they are large, and written anew.

What is kept is drawn from the pixels alone. Whatever else the file held (where it was taken, a thumbnail, something
hidden behind the picture) is not in it.
"""

from __future__ import annotations

import io
import warnings

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from .file_kinds import JPEG, MEGABYTE, PNG, Content, UnusableFile

MOST_GIVEN_BYTES = 8 * MEGABYTE  # it is made smaller
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1200
QUALITIES = (85, 70, 55)
FORMATS = ("PNG", "JPEG")


def redrawn(body: bytes) -> Content:
    """A picture, drawn anew.

    Raises
    ------
    UnusableFile
        It is too large, no PNG or JPEG, or broken.
    """
    if len(body) > MOST_GIVEN_BYTES:
        raise UnusableFile(_("Bildet er større enn 8 MB. Lagre det mindre først."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a large picture is judged below, by its pixels
            with Image.open(io.BytesIO(body), formats=FORMATS) as found:
                if found.width * found.height > MOST_PIXELS:
                    raise UnusableFile(_("Bildet har flere enn 40 millioner punkter. Lagre det mindre først."))
                kind, picture = str(found.format), ImageOps.exif_transpose(found)
                picture.load()
    except UnidentifiedImageError as problem:
        raise UnusableFile(_("Dette er ikke et bilde vi kjenner. Bruk PNG eller JPEG.")) from problem
    except Exception as problem:  # whatever the library stumbles on in a file from outside
        if isinstance(problem, UnusableFile):
            raise
        raise UnusableFile(_("Bildet er skadet eller kuttet.")) from problem
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _written(picture, kind)


def _written(picture: Image.Image, kind: str) -> Content:
    """As PNG where it came as one and is small enough; else as JPEG on white."""
    if kind == "PNG":
        drawn = _saved(_clean(picture, "RGBA"), "PNG", optimize=True)
        if len(drawn) <= PNG.most_bytes:
            return Content(PNG, drawn)
        behind = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(behind, picture.convert("RGBA"))
    for quality in QUALITIES:
        drawn = _saved(_clean(picture, "RGB"), "JPEG", quality=quality)
        if len(drawn) <= JPEG.most_bytes:
            return Content(JPEG, drawn)
    raise UnusableFile(_("Bildet blir større enn 1 MB også når det er gjort mindre. Velg et enklere bilde."))


def _clean(picture: Image.Image, mode: str) -> Image.Image:
    """The pixels alone, in a picture that knows nothing of the file they came from."""
    pixels = picture.convert(mode)
    fresh = Image.new(mode, pixels.size)
    fresh.paste(pixels)
    return fresh


def _saved(picture: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()
