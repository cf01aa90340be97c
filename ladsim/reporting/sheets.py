"""How high the blocks of a page stand in print: what fits on a sheet of A4, found without a browser.

In: a `Page` of two sheets (``short``). Out: heights in points, on the wide side: the sizes are those of ``templates/report.css`` in print,
letters those of a wide face. The picture must have been drawn.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Picture, Points, Section

SHEET = (516.0, 754.0)  # points between the margins: width, height
REM = 9.2
LETTER, STRONG = 0.56, 0.64  # widths in ems, of running text and of bold type


def first_sheet(page: Page) -> float:
    """Verdict, picture and reasons."""
    width = SHEET[0]
    verdict, *more = page.verdict.splitlines() or [""]
    high = _lines(page.overline, 0.88, 1.5, width) + _lines(page.title, 1.25, 1.5, width, STRONG) + 0.15 * REM
    high += _lines(verdict, 1.35, 1.22, width, STRONG) + 0.9 * REM
    high += sum(_lines(line, 1.0, 1.32, width) + 0.25 * REM for line in more)
    if page.caveat:
        high += _lines(page.caveat, 1.06, 1.5, width - 2.3 * REM) + 2.3 * REM
    return high + (_picture(page.picture) if page.picture else 0.0) + _answers(page.answers)


def second_sheet(page: Page) -> float:
    """The tables and the sections below them."""
    items = sum(_grid(item) for item in page.first if isinstance(item, Grid))
    return items + sum(map(_section, page.sections)) + _lines(page.footer, 0.82, 1.5, SHEET[0]) + 1.3 * REM


def _lines(text: str, rems: float, leading: float, width: float, letter: float = LETTER) -> float:
    """The height of a text set in a size, at least a line."""
    return max(1, math.ceil(len(text) * rems * REM * letter / width)) * rems * REM * leading


def _picture(picture: Picture) -> float:
    box = re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', picture.chart.svg)
    drawn = SHEET[0] * float(box[2]) / float(box[1]) if box else 0.0
    return drawn + _lines(picture.caption, 0.85, 1.5, SHEET[0]) + 1.4 * REM


def _answers(answers: Sequence[Answer]) -> float:
    """The cards in rows of three; a last row of one or two is as wide."""
    rows = [answers[start : start + 3] for start in range(0, len(answers), 3)]
    return sum(max(map(card, row, [_card_width(len(row))] * len(row))) + 0.4 * REM for row in rows) + 0.6 * REM


def _card_width(in_row: int) -> float:
    return (SHEET[0] - 0.4 * REM * (in_row - 1)) / in_row - 1.3 * REM


def card(answer: Answer, width: float = _card_width(3)) -> float:
    """One card."""
    head = _lines(answer.question, 0.88, 1.5, width, STRONG) + _lines(answer.answer, 1.12, 1.25, width, STRONG)
    return head + sum(_lines(line, 0.84, 1.3, width) + 0.15 * REM for line in answer.details) + REM


def _section(section: Section) -> float:
    width = SHEET[0]
    high = 1.05 * REM * 1.25 + 1.0 * REM + sum(_lines(line, 1.0, 1.5, 46 * REM) + 0.15 * REM for line in section.lead)
    for item in section.items:
        if isinstance(item, Grid):
            high += _grid(item)
        elif isinstance(item, Points):
            high += sum(_lines(line, 0.88, 1.5, width - 1.1 * REM) + 0.15 * REM for line in item.items)
    return high


def _grid(table: Grid) -> float:
    widths = _columns(table)
    head = max(_lines(name, 0.76, 1.25, width, STRONG) for name, width in zip(table.head, widths, strict=True))
    rows = (max(map(_cell, row, widths)) + 0.2 * REM + 1.0 for row in table.rows)
    note = _lines(table.note, 0.85, 1.5, SHEET[0]) + 0.15 * REM if table.note else 0.0
    return _lines(table.caption, 1.0, 1.5, SHEET[0], STRONG) + head + 0.2 * REM + sum(rows) + note + 1.0 * REM


def _cell(cell: Cell, width: float) -> float:
    small = _lines(cell.small, 0.61, 1.2, width) if cell.small else 0.0
    return _lines(cell.text, 0.76, 1.3, width, STRONG if cell.strong else LETTER) + small


def _columns(table: Grid) -> list[float]:
    """Widths of columns: what each would like, or its share of it where that is more than there is."""
    wanted = [_wanted([name, *(row[place].text for row in table.rows)]) for place, name in enumerate(table.head)]
    padding = 0.8 * REM
    room = SHEET[0] - padding * len(wanted)
    return [max(room * width / sum(wanted), 3 * REM) for width in wanted]


def _wanted(texts: Iterable[str]) -> float:
    return max(max((len(text) for text in texts), default=0), 4) * 0.76 * REM * LETTER
