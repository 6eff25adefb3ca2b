"""Sounds and pictures as tests need them: small, whole, and made here."""

from __future__ import annotations

import io
import wave

from PIL import Image


def wav(seconds: float = 0.05) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
        sound.writeframes(b"\0\1" * int(16000 * seconds))
    return file.getvalue()


def mp3(frames: int = 6, *, tagged: bool = True) -> bytes:
    """Frames of 128 kbit/s at 44.1 kHz, behind an ID3 tag."""
    tag = b"ID3\x04\0\0\0\0\0\x0a" + b"\0" * 10 if tagged else b""
    return tag + (b"\xff\xfb\x90\x00" + b"\0" * 413) * frames


def ogg(*, last: bool = True, head: bytes = b"OpusHead") -> bytes:
    def page(flags: int, body: bytes) -> bytes:
        return b"OggS\0" + bytes([flags]) + b"\0" * 20 + bytes([1, len(body)]) + body

    return page(2, head.ljust(19, b"\0")) + page(0, b"OpusTags" + b"\0" * 8) + page(4 if last else 0, b"x" * 200)


def m4a(*, handler: bytes = b"soun") -> bytes:
    def box(name: bytes, body: bytes) -> bytes:
        return (len(body) + 8).to_bytes(4, "big") + name + body

    return box(b"ftyp", b"M4A \0\0\0\0") + box(b"moov", box(b"hdlr", b"\0" * 8 + handler)) + box(b"mdat", b"y" * 64)


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **more: object) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (20, 120, 200)).save(file, kind, **more)
    return file.getvalue()
