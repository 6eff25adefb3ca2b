"""In which encoding a text was saved: UTF-8 or UTF-16, with or without a mark, else Windows-1252."""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from .faults import Fault, WrongFile, fault

UTF8, UTF8_MARKED, UTF16, UTF16_LITTLE, UTF16_BIG, WINDOWS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252",
)  # fmt: skip


def encoding_of(blocks: Iterable[bytes], name: str) -> str:
    """The first of the encodings that the whole of a text can be; raises `WrongFile` where it is no text.

    Parameters
    ----------
    blocks : iterable of bytes
        The text, in as many parts as it takes.
    name : str
        The file's.
    """
    decoder: codecs.IncrementalDecoder | None = None
    encoding, rows = "", 1
    for block in blocks:
        if not encoding:
            encoding = _by_first_bytes(block)
            if encoding.startswith("utf-16"):
                return encoding
            decoder = codecs.getincrementaldecoder("utf-8")()
        if 0 in block:
            raise WrongFile(name, [fault(Fault.NOT_TEXT, rows + _ends(block[: block.index(0)]))])
        if decoder is not None:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                encoding, decoder = WINDOWS, None
        rows += _ends(block)
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            encoding = WINDOWS
    return encoding or UTF8


def decoded(content: bytes, name: str) -> str:
    """The text of a whole file; raises `WrongFile` where it is none."""
    encoding = encoding_of([content], name)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith("utf-16"):
            raise WrongFile(name, [fault(Fault.NOT_TEXT)]) from error
        raise WrongFile(name, [fault(Fault.ENCODING, 1 + _ends(content[: error.start]))]) from error
    if "\0" in text:
        raise WrongFile(name, [fault(Fault.NOT_TEXT)])
    return text


def _by_first_bytes(block: bytes) -> str:
    if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF16
    if block[1:4:2] == b"\0\0" and block[0] and block[2]:
        return UTF16_LITTLE
    if block[0:4:2] == b"\0\0" and block[1] and block[3]:
        return UTF16_BIG
    return UTF8_MARKED if block.startswith(codecs.BOM_UTF8) else UTF8


def _ends(block: bytes) -> int:
    """How many rows end in a block, as far as line breaks tell."""
    return block.count(b"\n") or block.count(b"\r")
