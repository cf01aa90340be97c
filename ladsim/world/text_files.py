"""Text files with one thing a line: read in blocks, whatever is amiss named by file and line.

Bytes in, text out. A block ends at the end of a line, so that it can be decoded and searched by itself; ``.gz`` is unpacked on the
way; lines may end as on Windows or on old Macs. Text is UTF-8, UTF-16 that begins with its mark, or, where every byte that is not
plain is a letter of it, Windows-1252, as Excel saves CSV in Western Europe (told by `Encoding`). A file that is missing, cut short,
empty or no text is a WorldError, and so is a line that cannot be taken apart.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import math
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, Any

from ladsim.errors import WorldError, nearest
from ladsim.files import no_file

SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "vertical bars (|)", "": "spaces"}
BLOCK = 1 << 23
MOST_IN_A_LINE = 200_000_000  # bytes; GraphML may stand in one line
MOST_PACKED = 50  # times as large as packed may a file be
MOST_IN_A_TIE = 1_000_000  # characters of its line
MOST_IN_A_NAME = 10_000  # characters; more of them are a file of something else
_MARK = b"\xef\xbb\xbf"  # what some programs begin a text file with
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Letters from À to þ, no-break spaces, € and £ and a few signs. Other code pages have their letters elsewhere, and a file in one is refused.
_WESTERN = frozenset([*range(128), 0x80, 0xA0, 0xA3, 0xA7, 0xB0, *range(0xC0, 0xFF)]) - {0xD7, 0xF7}
_FOREIGN = {
    b"PK\x03\x04": "a workbook or a packed file: save the sheet as CSV (UTF-8)",
    b"\xd0\xcf\x11\xe0": "an old workbook of Excel: save the sheet as CSV (UTF-8)",
    b"\x1f\x8b": "a packed file: its name must end in .gz",
}


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, unpacked; what goes wrong while they are read is a WorldError."""
    if found := no_file(path):
        raise WorldError(f"{path}: found {found}, must be a file")
    if os.path.exists(path) and not os.path.getsize(path):  # also files of /proc, some of which never answer
        raise empty(path)
    try:
        opener: Any = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rb") as stream:
            yield stream
    except FileNotFoundError:
        near = nearest(path.name, [other.name for other in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise WorldError(f"{path}: found no such file" + (f" (did you mean {near!r}?)" if near else "")) from None
    except (OSError, EOFError, zlib.error) as error:
        raise WorldError(f"{path}: cannot be read: {short(error)}") from None


def byte_blocks(path: Path, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of a file in blocks that end with a line, without the mark at its beginning."""
    parts: list[bytes] = []  # of a line that has not ended yet
    first, whole_size, line = True, 0, 1
    most = _most_unpacked(path)
    with opened(path) as stream:
        while data := stream.read(size):
            whole_size += len(data)
            if whole_size > most:
                raise _bomb(path, most)
            end = data.rfind(b"\n") + 1
            is_wide = first and (parts or [data])[0].startswith(_WIDE)  # UTF-16 has such bytes
            if not end and ((b"\0" in data and not is_wide) or sum(map(len, parts)) > MOST_IN_A_LINE):
                raise _endless(path, line) if b"\0" not in data else no_text(path, line)
            line += data.count(b"\n")
            parts.append(data[:end] if end else data)
            if end:
                whole = b"".join(parts)
                yield whole.removeprefix(_MARK) if first else whole
                parts, first = [data[end:]], False
    rest = b"".join(parts)
    if rest:
        yield rest.removeprefix(_MARK) if first else rest


def _endless(path: Path, line: int) -> WorldError:
    allowed = f"a line has at most {MOST_IN_A_LINE // 1_000_000:,} MB: is this the right file?"
    return WorldError(f"{path}, line {line}: found no end of the line, {allowed}")


def _most_unpacked(path: Path) -> float:
    """Bytes that a packed file may hold; there is no end to what is not packed but its own. Raises WorldError where it holds more.

    Names pack to a fourth or a tenth of their size. Of a small file all of it is unpacked at once, before anything else is done with it.
    """
    if path.suffix != ".gz" or not os.path.isfile(path):
        return math.inf
    packed = os.path.getsize(path)
    most = max(MOST_PACKED * packed, BLOCK)
    if packed < BLOCK:
        left = most
        with opened(path) as stream:
            while data := stream.read(BLOCK):
                left -= len(data)
                if left < 0:
                    raise _bomb(path, most)
    return most


def _bomb(path: Path, most: float) -> WorldError:
    allowed = f"must be at most {MOST_PACKED} times as large as packed: unpack it beforehand if it is what you mean"
    return WorldError(f"{path}: found more than {most / 1e6:,.0f} MB when it was unpacked, {allowed}")


class Encoding:
    """How the bytes of a text are read; says so where it is another way than UTF-8."""

    def __init__(self) -> None:
        self.name = ""
        self._lines = 0
        self._plain = True

    def text(self, path: Path, data: bytes) -> str:
        """The text of the next block. Raises WorldError where bytes are no text."""
        text = self._decoded(path, data)
        if "\0" in text:
            raise no_text(path, self._lines + text.count("\n", 0, text.index("\0")) + 1)
        self._plain = self._plain and text.isascii()
        self._lines += data.count(b"\n")
        return plain_ends(text)

    def _decoded(self, path: Path, data: bytes) -> str:
        try:
            if not self.name or data.isascii():
                return data.decode("utf-8")
        except UnicodeDecodeError as error:
            if not (self._plain and b"\0" not in data and _WESTERN.issuperset(data)):
                raise no_text(path, self._lines + data.count(b"\n", 0, error.start) + 1) from None
            self.name = "Windows-1252"
        if not _WESTERN.issuperset(data):
            raise no_text(path, self._lines + 1)
        return data.decode("cp1252")


def text_blocks(path: Path, encoding: Encoding | None = None) -> Iterator[str]:
    """The text of a file in blocks that end with a line. Raises WorldError where bytes are no text."""
    encoding = Encoding() if encoding is None else encoding
    blocks = byte_blocks(path)
    first = next(blocks, b"")
    foreign = next((said for mark, said in _FOREIGN.items() if first.startswith(mark)), "")
    if foreign:
        raise WorldError(f"{path}: found {foreign}")
    if first.startswith(_WIDE):
        encoding.name = "UTF-16"
        yield from _wide(path, [first, *blocks])
        return
    for data in chain([first], blocks):
        yield encoding.text(path, data)


def _wide(path: Path, data: list[bytes]) -> Iterator[str]:
    """The text of a file in UTF-16."""
    try:
        text = b"".join(data).decode("utf-16")
    except UnicodeDecodeError:
        raise no_text(path, 1) from None
    yield plain_ends(text)


def plain_ends(text: str) -> str:
    """The same lines, each ended as on Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def whole_text(path: Path, encoding: Encoding | None = None) -> str:
    """The text of a file that is not empty."""
    text = "".join(text_blocks(path, encoding))
    if not text.strip():
        raise empty(path)
    return text


def no_text(path: Path, line: int) -> WorldError:
    """The error of a file that is no text."""
    return WorldError(f"{path}, line {line}: found bytes that are not text, must be a text file (save it as UTF-8)")


def empty(path: Path) -> WorldError:
    """The error of a file with nothing in it."""
    return WorldError(f"{path}: found an empty file, must have one tie or customer per line")


def fields(path: Path, number: int, line: str, separator: str) -> list[str]:
    """The fields of a line. Raises WorldError where it cannot be taken apart, or where a field is longer than any name."""
    if len(line) > MOST_IN_A_TIE:
        raise too_long(path, number, len(line), "line")
    if not separator and '"' not in line:
        found = line.split()
    else:
        said = line if separator else line.strip().replace("\t", " ")
        try:
            found = [field.strip() for field in next(csv.reader([said], delimiter=separator or " ", skipinitialspace=True), [])]
        except csv.Error as error:
            long = too_long(path, number, len(line)) if len(line) > MOST_IN_A_NAME else None
            raise long or WorldError(f"{path}, line {number}: cannot be read: {short(error)}") from None
    longest = max(map(len, found), default=0)
    if longest > MOST_IN_A_NAME:
        raise too_long(path, number, longest)
    return found


def too_long(path: Path, number: int, characters: int, what: str = "field") -> WorldError:
    """The error of a line with a name that is none, or that is none itself."""
    allowed = f"a name has at most {MOST_IN_A_NAME:,}: is this the right file?"
    return WorldError(f"{path}, line {number}: found a {what} of {characters:,} characters, {allowed}")


def unpaired(path: Path, number: int) -> WorldError:
    """The error of a line with a quotation mark that opens and never closes."""
    allowed = "must be a pair around a name, in the same line"
    return WorldError(f"{path}, line {number}: found a quotation mark without its other one, {allowed}")


def short(error: object) -> str:
    """What an error says, in one line that is not too long."""
    text = " ".join(str(error).split())
    return text if len(text) <= 100 else text[:99] + "…"


class Blocks:
    """Blocks of text as a file that pandas reads. `problem` keeps what went wrong: pandas would not say."""

    def __init__(self, blocks: Iterator[str]) -> None:
        self._blocks = blocks
        self._text = ""
        self._at = 0
        self.problem: BaseException | None = None

    def read(self, size: int = -1) -> str:
        """At most `size` characters more; all of them without a size."""
        if size < 0:
            return "".join(iter(lambda: self.read(BLOCK), ""))
        while self._at >= len(self._text):
            try:
                text = next(self._blocks, None)
            except BaseException as error:
                self.problem = error
                raise
            if text is None:
                return ""
            self._text, self._at = text, 0
        self._at += size
        return self._text[self._at - size : self._at]

    def __iter__(self) -> Any:  # pandas asks whether there is one
        return iter(lambda: self.read(BLOCK), "")
