"""An invented wave with a form for each kind of respondent."""

import math
import struct
import zlib

from kfl.answers import bundle as bundles
from kfl.answers.bundle import Bundle, BundleForm, BundleItem, BundlePage, ItemKind, Option
from kfl.answers.media import Media
from tests.answers.wave import AGREE, FACES, bundle

from .standard import standard_forms

PUPIL, PARENT, YOUNG, STAFF, CHILD = 1, 2, 3, 4, 5


def _tone() -> bytes:
    """Three seconds of a quiet tone as WAV, which any browser plays."""
    rate, pitch = 8000, 330
    sound = bytes(128 + round(20 * math.sin(2 * math.pi * pitch * n / rate)) for n in range(3 * rate))
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate, 1, 8)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(sound)) + sound
    return struct.pack("<4sI", b"RIFF", len(body)) + body


SOUND = Media("audio/wav", _tone())


def _blue(width: int, height: int) -> bytes:
    """A blue field as PNG."""
    parts = [(b"IHDR", struct.pack(">2I5B", width, height, 8, 2, 0, 0, 0)),
             (b"IDAT", zlib.compress((b"\0" + b"\x3f\x8f\xd6" * width) * height)), (b"IEND", b"")]  # fmt: skip
    chunks = (struct.pack(">I", len(body)) + k + body + struct.pack(">I", zlib.crc32(k + body)) for k, body in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


PICTURE = Media("image/png", _blue(320, 200))
FOUR = [Option(n, {"nb": text}) for n, text in enumerate(("Aldri", "Sjelden", "Ofte", "Alltid"), 1)]
ARABIC = [Option(n, {"nb": one.label["nb"], "ar": text}) for n, (one, text) in enumerate(
    zip(AGREE, ("لا أوافق إطلاقًا", "لا أوافق قليلاً", "أوافق قليلاً", "أوافق تمامًا"), strict=True), 1)]  # fmt: skip


def _statement(
    key: str, text: str, options: list[Option] = AGREE, kind: ItemKind = ItemKind.AGREE4, **more
) -> BundleItem:
    return BundleItem(key, -1, {"nb": text, **more.pop("also", {})}, kind, options, **more)


def every_form() -> Bundle:
    """Pupils (four screens), parents (two, also in Arabic), the youngest, staff, kindergarten children; then the
    standard forms."""
    pupils = [
        BundlePage(
            f"s{page}",
            {"nb": title},
            [_statement(f"s{page}_{n}", f"{title}, utsagn {n} om skolen.") for n in (1, 2, 3)],
        )
        for page, title in enumerate(("Om timene", "Om læreren", "Om venner"), 1)
    ]
    last = [
        BundleItem("valg", -1, {"nb": "Hva liker du?"}, ItemKind.MULTIPLE, AGREE[:3]),
        BundleItem(
            "tall", -1, {"nb": "Hvor mange minutter bruker du på skoleveien?"}, ItemKind.NUMBER, low=0, high=300
        ),
    ]
    arabic = [
        _statement("p1", "Barnet mitt trives på skolen.", ARABIC, also={"ar": "طفلي سعيد في المدرسة."}),
        _statement("p2", "Skolen lytter til oss hjemme.", ARABIC, also={"ar": "المدرسة تستمع إلينا (كل يوم)."}),
        BundleItem("ord", -1, {"nb": "Er det noe mer du vil si?", "ar": "هل تريد أن تقول شيئًا آخر؟"}, ItemKind.TEXT),
    ]
    parents = [
        BundlePage("a", {"nb": "Om skolen", "ar": "عن المدرسة"}, arabic[:2]),
        BundlePage("b", {"nb": "Til slutt"}, arabic[2:]),
    ]
    young = [
        _statement(
            "f1", "Jeg liker meg på skolen.", FACES, ItemKind.FACES3, sound={"nb": SOUND.digest}, picture=PICTURE.digest
        ),
        _statement("f2", "Jeg har noen å leke med.", FACES, ItemKind.FACES3),
        _statement("f3", "Læreren hjelper meg.", FACES, ItemKind.FACES3),
    ]
    staff = [_statement("t1", "Vi snakker om undervisningen."), _statement("t2", "Jeg får hjelp når jeg trenger det.")]
    child = [_statement("b1", "Jeg leker ute.", FOUR), _statement("b2", "De voksne leker med meg.", FOUR)]
    text = {"nb": "Om hvordan du har det."}
    more, thriving = BundlePage("mer", {"nb": "Mer"}, last), BundlePage("f", {"nb": "Trives"}, young)
    work = BundlePage("t", {"nb": "Om arbeidet"}, staff)
    forms = [
        BundleForm(PUPIL, "pupil_5_10", {"nb": "Elever på 5.–10. trinn"}, text, [*pupils, more]),
        BundleForm(PARENT, "parent", {"nb": "Foreldre"}, text, parents),
        BundleForm(YOUNG, "pupil_1_4", {"nb": "Elever på 1.–4. trinn"}, text, [thriving], True),
        BundleForm(STAFF, "kindergarten_staff", {"nb": "Ansatte"}, text, [work]),
        BundleForm(CHILD, "child", {"nb": "Barn"}, text, [BundlePage("b", {"nb": "I barnehagen"}, child)], faces=True),
    ]  # fmt: skip
    small = bundle()
    title = {"nb": "Kartlegging T3"}
    frozen = [*(bundles.with_columns(form) for form in forms), *standard_forms()]
    return Bundle(small.wave, title, [*small.languages, "ar"], 10, frozen, closes_at=small.closes_at)
