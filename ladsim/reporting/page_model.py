"""What a page is made of: answers, sections, tables and pictures, as plain values without any markup.

In: words and numbers already made into text. Out: records that ``templates/report.html`` lays out. Each kind of study
makes its `Page` in a file of its own (``planning.studies.STUDIES``); nothing in it is markup but the SVG of a `Chart`, so no label can become any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from ladsim.reporting.figure_style import SLIM, Chart, light


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its text, a smaller line below it, and whether it stands out."""

    text: str
    small: str = ""
    strong: bool = False
    numeric: bool = True


@dataclass(frozen=True)
class Grid:
    """A table: the first cell of each row is its header."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    dense: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """Something to type."""

    text: str


@dataclass(frozen=True)
class Picture:
    """What draws a chart, and the sentence that tells how to read it. Nothing is drawn before it is asked for.

    `draw` takes the width in inches, unless the picture cannot be laid out for a telephone (`reflows`): then it is moved sideways there.
    """

    draw: Callable[..., Chart]
    caption: str
    half: bool = False  # two of them side by side
    panels: int = 1  # how much there is to draw: those with most are begun first
    reflows: bool = True

    @cached_property
    def chart(self) -> Chart:
        """The picture, drawn once."""
        return self.drawn()

    def drawn(self, png: bool = False) -> Chart:
        """The picture without its figure, as it goes to another process and onto a page; with `png`, as PNG, too."""
        chart = light(self.draw(), png)
        return replace(chart, slim=self.draw(width=SLIM).svg) if self.reflows else chart

    def is_drawn(self, chart: Chart) -> None:
        """Take the chart that `draw` gave elsewhere."""
        self.__dict__["chart"] = chart


@dataclass(frozen=True)
class Section:
    """A heading with what stands below it."""

    key: str
    heading: str
    lead: tuple[str, ...] = ()
    items: tuple[Grid | Points | Command | Picture, ...] = ()

    @property
    def kept(self) -> int:
        """How many of the first items stay on one page with the heading: pictures side by side together, a long list not at all."""
        if not self.items or isinstance(self.items[0], Points) or (isinstance(self.items[0], Grid) and self.items[0].dense):
            return 0
        halves = [isinstance(item, Picture) and item.half for item in self.items]
        return max(1, halves.index(False) if False in halves else len(halves))


@dataclass(frozen=True)
class Answer:
    """A question of the first screen, its short answer and the sentences below."""

    question: str
    answer: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A whole report."""

    title: str
    overline: str
    verdict: str
    caveat: str
    notes: tuple[str, ...]
    answers: tuple[Answer, ...]
    first: tuple[Grid | Points | Command | Picture, ...]
    sections: tuple[Section, ...]
    language: str = "en"
    footer: str = ""
    picture: Picture | None = None  # what the answer looks like, beside it
    is_short: bool = False  # two sheets of it
    decisive: tuple[str, ...] = ()  # dotted keys of the uncertain numbers on which the answer depends, most first
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def pictures(self) -> list[Picture]:
        """All pictures of the page, in its order."""
        items = [self.picture, *self.first, *(item for section in self.sections for item in section.items)]
        return [item for item in items if isinstance(item, Picture)]


def grid(caption: str, head: Sequence[str], rows: Sequence[Sequence[str | Cell]], note: str = "", dense: bool = False) -> Grid:
    """A table out of texts and cells; what is no cell and stands first in a row is text, else a number."""
    made = tuple(
        tuple(cell if isinstance(cell, Cell) else Cell(cell, numeric=place > 0) for place, cell in enumerate(row)) for row in rows
    )
    return Grid(caption, tuple(head), made, note, dense)


def text_cell(text: str, small: str = "") -> Cell:
    """A cell of text, set flush left."""
    return Cell(text, small, numeric=False)
