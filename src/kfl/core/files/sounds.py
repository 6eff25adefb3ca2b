"""Recorded sound that a browser can play, told by what is in the file and never by its name.

WAV, MP3, Ogg (Opus or Vorbis) and M4A (AAC) are taken. Each is walked through from its first byte to its last, so
that a file that was cut off, or something else that was given a sound's name, is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from .file_kinds import M4A, MEGABYTE, MP3, OGG, WAV, Content, FileKind, UnusableFile

MOST_GIVEN_BYTES = MEGABYTE
_FEWEST_MP3_FRAMES = 4
_WAV_PCM, _WAV_EXTENSIBLE = 1, 0xFFFE
_BITRATES = {  # kbit/s by MPEG version 1 or (2, 2.5), layer III
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # by MPEG version bits


def checked_sound(body: bytes) -> Content:
    """A sound, known by its content.

    Raises
    ------
    UnusableFile
        It is too large, of another kind, or broken.
    """
    if len(body) > MOST_GIVEN_BYTES:
        raise UnusableFile(_("Lyden er større enn 1 MB. Ta den opp kortere, eller lagre den som MP3."))
    for looks_like, kind, is_whole in _KINDS:
        if looks_like(body):
            if not is_whole(body):
                told = _("Lydfilen ser ut som {kind}, men er skadet eller kuttet.")
                raise UnusableFile(told.format(kind=kind.media_type))
            return Content(kind, body)
    raise UnusableFile(_("Dette er ikke en lydfil vi kjenner. Bruk WAV, MP3, OGG eller M4A."))


def _is_whole_wav(body: bytes) -> bool:
    place, has_format, sound = 12, False, 0
    if int.from_bytes(body[4:8], "little") + 8 > len(body):
        return False
    while place + 8 <= len(body):
        name, size = body[place : place + 4], int.from_bytes(body[place + 4 : place + 8], "little")
        content = body[place + 8 : place + 8 + size]
        if len(content) < size:
            return False
        if name == b"fmt ":
            codec = int.from_bytes(content[:2], "little")
            has_format = size >= 16 and codec in (_WAV_PCM, _WAV_EXTENSIBLE) and content[2] in (1, 2)
        elif name == b"data":
            sound += size
        place += 8 + size + size % 2
    return has_format and sound > 0


def _is_mp3(body: bytes) -> bool:
    return body[:3] == b"ID3" or (len(body) > 4 and _mp3_frame(body, 0) > 0)


def _is_whole_mp3(body: bytes) -> bool:
    place = 0
    if body[:3] == b"ID3":
        place = 10 + sum((byte & 127) << shift for byte, shift in zip(body[6:10], (21, 14, 7, 0), strict=False))
    end = len(body) - 128 if body[-128:-125] == b"TAG" else len(body)
    frames = 0
    while place + 4 <= end:
        length = _mp3_frame(body, place)
        if not length:
            break
        place, frames = place + length, frames + 1
    # What some recorders write after the last frame (padding, an APE tag) is short; else the file is another thing.
    return frames >= _FEWEST_MP3_FRAMES and place <= end and end - place < 4096


def _mp3_frame(body: bytes, at: int) -> int:
    """The length of the MPEG layer III frame that begins here; 0 when none does."""
    head = int.from_bytes(body[at : at + 4], "big")
    version, layer, bitrate, rate = head >> 19 & 3, head >> 17 & 3, head >> 12 & 15, head >> 10 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1 or bitrate in (0, 15) or rate == 3:
        return 0
    newest = version == 3
    return (144 if newest else 72) * _BITRATES[newest][bitrate] * 1000 // _RATES[version][rate] + (head >> 9 & 1)


def _is_whole_ogg(body: bytes) -> bool:
    place, is_last, first = 0, False, b""
    while place + 27 <= len(body) and body[place : place + 4] == b"OggS":
        table = body[place + 27 : place + 27 + body[place + 26]]
        start = place + 27 + len(table)
        if len(table) < body[place + 26]:
            return False
        first = first or body[start : start + 8]
        is_last = bool(body[place + 5] & 4)
        place = start + sum(table)
    return place == len(body) and is_last and (first == b"OpusHead" or first[:7] == b"\x01vorbis")


def _is_m4a(body: bytes) -> bool:
    return body[4:8] == b"ftyp" and body[8:12] in (b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"dash")


def _is_whole_m4a(body: bytes) -> bool:
    place, boxes = 0, set()
    while place + 8 <= len(body):
        size, name = int.from_bytes(body[place : place + 4], "big"), body[place + 4 : place + 8]
        if size < 8:
            return False
        boxes.add(name)
        if name == b"moov" and (b"soun" not in body[place : place + size] or b"vide" in body[place : place + size]):
            return False
        place += size
    return place == len(body) and {b"moov", b"mdat"} <= boxes


_KINDS: tuple[tuple[Callable[[bytes], bool], FileKind, Callable[[bytes], bool]], ...] = (
    (lambda body: body[:4] == b"RIFF" and body[8:12] == b"WAVE", WAV, _is_whole_wav),
    (lambda body: body[:4] == b"OggS", OGG, _is_whole_ogg),
    (_is_m4a, M4A, _is_whole_m4a),
    (_is_mp3, MP3, _is_whole_mp3),
)
