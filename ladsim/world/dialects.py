"""What kind of text a file of ties is: what separates its fields, which lines are comments, where its lines of ties begin.

In: a path. Out: a `Dialect`, and a `Cleaner` that leaves comments and lines without a cell empty, so that every line keeps its
number. The separator is the one by which all of the first lines have two fields at least. ``#`` and ``%`` begin a comment where spaces
separate (KONECT, SNAP, networkx); elsewhere only on a line that is one field, for ``#1001;#1002`` is a tie. A mark, a space and
several fields are in doubt: a comment where all ids are whole numbers, else refused (`doubts`), unless the scenario says ``comments``.
``sep=;`` (Excel), and the first lines of MatrixMarket with its size line, are none of the ties.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ladsim.errors import WorldError
from ladsim.world.text_files import SEPARATORS, Encoding, empty, fields, text_blocks

SAMPLE = 100  # lines by which the separator is found
MARKS = "#%"
MOST_WORDS = 1_000  # comments of one word that are looked at
_SEP = re.compile(r"(?i)sep=([\t,;|])\s*")
_LONE = re.compile(r"(?m)^[ \t]*#[ \t]*$")
_ARROW = re.compile(r"(?<=\S)\s*(?:<?-+>|<?=+>|[→⟶↔])\s*(?=\S)|(?<=\S)\s+-{1,2}\s+(?=\S)")
_DECIMAL_COMMA = re.compile(r"\d,\d")
# What begins a text that is no edge list, though it may look like one.
_OTHERS = {
    r"(?is)(?:\s|//[^\n]*\n|#[^\n]*\n|/\*.*?\*/)*(?:strict\s+)?(?:di)?graph\b[^\n;{\[]*\s*\{": "a graph in the DOT language of Graphviz: "
    "save it as GraphML or as an edge list",
    r"(?i)dl\s+(?:nr?|nc|nm|format)\s*=": "a file of UCINET (DL): save it as an edge list or for Pajek",
    r"(?i)\*(?:node|tie)\s+(?:data|properties)\b": "a file of NetDraw (VNA): save it as an edge list or for Pajek",
    r"(?i)nodedef\s*>": "a file of GUESS (GDF): save it as GraphML or as an edge list",
    r"\(tlp\b": "a file of Tulip (TLP): save it as GraphML or as an edge list",
    r"(?i)<\?xml\b|<graph\b": "XML that is neither GraphML nor GEXF: save it as GraphML or as an edge list",
    r"(?i)@(?:prefix|base)\b|<https?://[^>]*>\s*<": "RDF: save it as an edge list",
    r"(?:(?:var|let|const)\s+\w+\s*=\s*)?[\[{]": "JSON: save it as GraphML or as an edge list",
    r"(c\b[^\n]*\n)*p\s+(edge|col|sp|max|min|tw|cep)\s+\d+": "DIMACS: save it as GraphML or as an edge list",
    r"(?i)LEDA\.GRAPH": "LEDA: save it as GraphML or as an edge list",
    r">>(graph|sparse|digraph)6<<": "graph6 or sparse6: save it as GraphML or as an edge list",
    r"(?i)\s*<(!doctype|html)": "a page of the web: save the file itself",
}


@dataclass(frozen=True)
class Dialect:
    """How a text is taken apart."""

    separator: str
    comments: str | None = None
    """The mark that the scenario names ("#" or "%"), "none", or None: found as said above."""
    begin: int = 0
    """Lines before the first one that counts."""
    size: tuple[int, int, int, bool] | None = None
    """MatrixMarket: line of the size, rows of the matrix, entries, and whether each stands for both ways."""

    def cleaner(self) -> Cleaner:
        """A new cleaner of blocks."""
        return Cleaner(self)

    def lines(self, path: Path) -> Iterator[tuple[int, str]]:
        """(line number, line) of all lines that say something."""
        return said(map(self.cleaner().text, text_blocks(path)))

    def fields(self, path: Path, number: int, line: str) -> list[str]:
        """The fields of a line."""
        return fields(path, number, line, self.separator)


def said(blocks: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(line number, line) of all lines that say something."""
    number = 0
    for block in blocks:
        if not block.strip():
            number += block.count("\n")
            continue
        for line in io.StringIO(block):
            number += 1
            if line.strip():
                yield number, line.rstrip("\n")


def dialect_of(path: Path, comments: str | None = None, encoding: Encoding | None = None) -> Dialect:
    """The dialect of a text file. Raises WorldError where it is empty or plainly something else."""
    first = next((text for text in text_blocks(path, encoding) if text.strip()), "")
    if not first:
        raise empty(path)
    other = next((words for pattern, words in _OTHERS.items() if re.match(pattern, first.lstrip())), "")
    if other:
        raise WorldError(f"{path}: found {other}")
    if first.startswith("%%MatrixMarket"):
        return _matrix(path, first)
    excel = _SEP.fullmatch(first.split("\n", 1)[0])
    if excel:
        return Dialect(excel[1], comments, 1)
    separator = separator_of(path, first, comments)
    if not separator:
        _refuse_arrows(path, first)
    return Dialect(separator, comments)


def _refuse_arrows(path: Path, text: str) -> None:
    """Raise a WorldError where an arrow stands between the two names of every line."""
    lines = [(number, line) for number, line in islice(said([text]), SAMPLE) if not line.lstrip().startswith(tuple(MARKS))]
    found = [_ARROW.search(line, 0, 10_000) for _, line in lines]  # two names and an arrow are no longer
    if lines and all(found):
        arrow = next(one[0].strip() for one in found if one)
        allowed = "must be a comma, a semicolon or a tab in place of each arrow"
        raise WorldError(f"{path}, line {lines[0][0]}: found names with {arrow} between them, {allowed}")


def torn(path: Path, dialect: Dialect, lines: Iterable[tuple[int, str]], width: int) -> WorldError | None:
    """The error of the first line that has more fields than there are column names, where others have not, or with something in them."""
    separator, fits = dialect.separator or " ", False
    longer: tuple[int, int] | None = None
    for number, line in lines:
        count = line.count(separator) + 1
        cells = dialect.fields(path, number, line) if count > width else []
        count = len(cells) if cells else count
        fits = fits or count <= width
        if count > width and longer is None:
            longer = number, count
        if any(cells[width:]) or (fits and longer is not None):
            at, found = (number, count) if any(cells[width:]) or longer is None else longer
            allowed = "must be as many as column names: a name that holds the separator stands in quotation marks"
            return WorldError(f"{path}, line {at}: found {found} fields below {width} column names, {allowed}")
    return None


def separator_of(path: Path, text: str, comments: str | None = None) -> str:
    """What stands between the fields of the first lines; empty for spaces."""
    found = [line for _, line in islice(said([text]), SAMPLE)]
    marks = MARKS if comments is None else "" if comments == "none" else comments
    plain = [line for line in found if not line.lstrip().startswith(tuple(marks))] or found
    inside = [mark for mark in SEPARATORS if mark and mark in plain[0]]
    widths = {mark: [_width(line, mark) for line in plain] for mark in inside}
    fits = [mark for mark in inside if min(widths[mark]) > 1]
    if {";", ","} <= set(fits) and not all(line.count(",") == len(_DECIMAL_COMMA.findall(line)) for line in plain):
        fits.remove(";" if len(set(widths[";"])) > 1 else ",")
    return (fits or [mark for mark in inside if widths[mark][0] > 1] or [""])[0]


def _width(line: str, separator: str) -> int:
    """How many fields a line has, as far as can be seen."""
    try:
        return len(fields(Path(), 0, line, separator)) if '"' in line else line.count(separator) + 1
    except WorldError:  # whoever reads the whole file says so
        return line.count(separator) + 1


def _matrix(path: Path, text: str) -> Dialect:
    """The dialect of a MatrixMarket file, whose first line says what it is and whose first number line is its size."""
    lines = io.StringIO(text)
    banner = next(lines).lower().split()
    if len(banner) < 5 or banner[1:3] != ["matrix", "coordinate"] or banner[3] not in ("pattern", "integer", "real"):
        raise WorldError(
            f"{path}, line 1: found {' '.join(banner)!r}, must be %%MatrixMarket matrix coordinate pattern (or real)"
        )
    for number, line in enumerate(lines, start=2):
        if line.strip() and not line.startswith("%"):
            size = line.split()
            if len(size) != 3 or not all(map(str.isdecimal, size)) or size[0] != size[1]:
                allowed = "must be a square matrix: rows, columns, entries; its rows are the people"
                raise WorldError(f"{path}, line {number}: found {line.strip()!r}, {allowed}")
            return Dialect("", "%", number, (number, int(size[0]), int(size[2]), banner[4] != "general"))
    raise WorldError(f"{path}: found no line with the size of the matrix, must be MatrixMarket")


class Cleaner:
    """Takes comments and lines without a cell out of blocks of a text, and counts them."""

    def __init__(self, dialect: Dialect) -> None:
        self.comments: dict[str, int] = {}
        self.rows = 0
        self.doubts: list[tuple[int, str]] = []
        self.words: set[str] = set()
        """Comments of one word, some of them."""
        self.doubtful = 0
        self.lone: int | None = None
        """The first line of # alone behind lines that say something."""
        self._any = False
        self._begin, self._lines, self._asked = dialect.begin, 0, dialect.comments is not None
        sep = re.escape(dialect.separator) if dialect.separator else ""
        blank = "[ \t]" if dialect.separator != "\t" else "[ ]"
        marks = MARKS if dialect.comments is None else "" if dialect.comments == "none" else dialect.comments
        self._comment = self._doubt = None
        if marks:
            rest = f"[^{sep}\n]*" if sep and dialect.comments is None else "[^\n]*"
            self._comment = re.compile(f"(?m)^{blank}*([{marks}]){rest}$")
            if sep and dialect.comments is None:
                self._doubt = re.compile(f"(?m)^{blank}*([{marks}])[{marks}]*[ ][^\n]*{sep}[^\n]*$")
        self._marks = marks
        self._empty = re.compile(f'(?m)^[ \t"{sep}]+$')

    def text(self, text: str) -> str:
        """A block without what is passed over; every line that is kept has the number it had."""
        lines = text.count("\n")
        if self._begin:
            parts = text.split("\n", self._begin)
            kept = min(self._begin, len(parts) - 1)
            text = "\n" * kept + parts[-1]
            self._begin = 0
        if self.lone is None and "#" in text and self._marks and not self._asked:
            self._look_for_lone(text)
        self._any = self._any or not text.isspace()
        if self._comment is not None and any(mark in text for mark in self._marks):
            if self._doubt is not None:
                for found in islice(self._doubt.finditer(text), 2):
                    self.doubts.append((self._lines + text.count("\n", 0, found.start()) + 1, found[0].strip()))
                text, doubtful = self._doubt.subn("", text)
                self.doubtful += doubtful
            text = self._comment.sub(self._passed, text)
        self._lines += lines
        return self._empty.sub(self._bare, text)

    def _look_for_lone(self, text: str) -> None:
        """Such a line stands between the nodes and the ties of TGF; a comment says something, or stands above."""
        for found in _LONE.finditer(text):
            above = text[: found.start()]
            if self._any or any(line.strip() and not line.lstrip().startswith(tuple(MARKS)) for line in above.split("\n")):
                self.lone = self._lines + above.count("\n") + 1
                return

    def _passed(self, found: re.Match[str]) -> str:
        self.comments[found[1]] = self.comments.get(found[1], 0) + 1
        word = found[0].strip().lstrip(MARKS).strip()
        if word and len(self.words) < MOST_WORDS and not any(map(str.isspace, word)):
            self.words.add(word)
        return ""

    def _bare(self, found: re.Match[str]) -> str:
        self.rows += bool(found[0].strip())
        return ""
