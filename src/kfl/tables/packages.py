"""The zip that a workbook is: opened by its list of contents, and unpacked by counted bytes, never by what it says.

Bounds hold before anything is unpacked or drawn up in memory: how long the list of contents is, which parts there are,
how they are packed; and while unpacking, how much comes out. Only the parts that are asked for are unpacked.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from .faults import Fault, WrongFile, fault

MOST_PARTS = 60
MOST_INFLATED = 30_000_000
MOST_RATIO = 200
MOST_ELEMENTS = 3_000_000
MOST_OTHERS = 100_000  # elements that are neither rows, cells nor texts: styles, widths, rules
_IN_NUMBERS = frozenset({"row", "c", "v", "f", "is", "t", "si", "r"})
MOST_DEEP = 100  # elements within elements; no table needs twenty
_SURE_ENOUGH = 1_000_000  # bytes; a ratio says nothing of less
_LONGEST_LIST = 60_000  # bytes of the list of contents
_LONGEST_TAG = 256_000  # bytes; a longer one would be held in memory whole
_BLOCK = 65_536
_END = struct.Struct("<4s4H2LH")  # of a zip file
_DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, expat.ExpatError, struct.error, EOFError, OSError,
    RuntimeError, NotImplementedError, ValueError, LookupError, OverflowError,
)  # fmt: skip

Start = Callable[[str, dict[str, str]], None]


class Package:
    """The parts of a workbook. Everything it raises is a `WrongFile` with one fault."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self._left = MOST_INFLATED
        self._elements = self._others = 0
        self._look_at_end(content)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGE as error:
            raise self.refused(Fault.DAMAGED) from error
        parts = self._zip.infolist()
        names = [self._plain(part.filename) for part in parts]
        if len(parts) > MOST_PARTS:
            raise self.refused(Fault.TOO_MUCH_INSIDE)
        if any(part.flag_bits & 0x1 for part in parts):
            raise self.refused(Fault.LOCKED_OR_OLD)
        if len(set(names)) < len(names) or any(
            part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts
        ):
            raise self.refused(Fault.DAMAGED)
        if any(one.endswith("vbaproject.bin") for one in names):
            raise self.refused(Fault.MACROS)
        self._parts = dict(zip(names, parts, strict=True))

    def refused(self, code: Fault) -> WrongFile:
        """What is raised when the workbook cannot be read."""
        return WrongFile(self.name, [fault(code)])

    def has(self, part: str) -> bool:
        """Whether the workbook has a part."""
        return self._plain(part) in self._parts

    def target(self, base: str, written: str) -> str:
        """The part that a relation names, seen from the folder of the part that has it."""
        return posixpath.normpath(written if written.startswith("/") else posixpath.join(base, written))

    def read(
        self,
        part: str,
        start: Start,
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Go through a part's XML: elements by name, without their namespaces, and the text between them.

        Declarations of types and entities are refused before any is read, so nothing grows and nothing is fetched.
        """
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.ordered_attributes = True

        deep = 0

        def starts(name: str, listed: list[str]) -> None:
            nonlocal deep
            self._elements += 1
            deep += 1
            if self._elements > MOST_ELEMENTS or deep > MOST_DEEP:
                raise self.refused(Fault.TOO_MUCH_INSIDE)
            tag = name.rpartition(" ")[2]
            if tag not in _IN_NUMBERS:
                self._others += 1
                if self._others > MOST_OTHERS:
                    raise self.refused(Fault.TOO_MUCH_INSIDE)
            attributes = {listed[at].rpartition(" ")[2]: listed[at + 1] for at in range(0, len(listed), 2)}
            start(tag, attributes)

        def finishes(name: str) -> None:
            nonlocal deep
            deep -= 1
            if end is not None:
                end(name.rpartition(" ")[2])

        def declares(*_what: object) -> int:
            raise self.refused(Fault.DECLARATIONS)

        parser.StartElementHandler = starts
        parser.EndElementHandler = finishes
        parser.StartDoctypeDeclHandler = declares
        parser.EntityDeclHandler = declares
        parser.ExternalEntityRefHandler = declares
        if text is not None:
            parser.CharacterDataHandler = text
        given = 0
        try:
            for block in self._unpacked(part):
                parser.Parse(block)
                given += len(block)
                if given - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG:
                    raise self.refused(Fault.TOO_MUCH_INSIDE)
            parser.Parse(b"", True)
        except WrongFile:
            raise
        except _DAMAGE as error:
            raise self.refused(Fault.DAMAGED) from error

    def _unpacked(self, part: str) -> Iterator[bytes]:
        about = self._parts[self._plain(part)]
        most = max(MOST_RATIO * about.compress_size, _SURE_ENOUGH)
        if about.file_size > min(most, self._left):  # the list of contents tells it; one that lies is found out below
            raise self.refused(Fault.TOO_MUCH_INSIDE)
        given = 0
        with self._zip.open(about) as file:
            while block := file.read(_BLOCK):
                given += len(block)
                self._left -= len(block)
                if self._left < 0 or given > most:
                    raise self.refused(Fault.TOO_MUCH_INSIDE)
                yield block

    def _look_at_end(self, content: bytes) -> None:
        """The end of the zip says how long its list of contents is, which would be read whole."""
        at = content.rfind(b"PK\x05\x06", max(0, len(content) - 65_557))
        if at < 0 or len(content) < at + _END.size:
            raise self.refused(Fault.DAMAGED)
        _mark, _disk, _first, _here, parts, length, _offset, _comment = _END.unpack_from(content, at)
        if content[max(0, at - 20) : at].startswith(b"PK\x06\x07") or length > _LONGEST_LIST or parts > MOST_PARTS:
            raise self.refused(Fault.TOO_MUCH_INSIDE)

    @staticmethod
    def _plain(part: str) -> str:
        """A part's name as it is compared: without its first slash, whatever its capitals."""
        return part.replace("\\", "/").lstrip("/").casefold()
