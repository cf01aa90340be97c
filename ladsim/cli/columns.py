"""Columns of a table on a terminal: none is narrower than its longest word, and a table too wide for that comes in parts.

In: a table, and how wide the terminal is. Out: tables that fit, each with the first columns of the whole. (Rich narrows columns until a
table fits, and cuts words for it.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Column, Table

NUMBER = re.compile(r"[(<>+−]*(?:[^\W\d]{1,3}\s|[€$£]\s?)?[<>+−]*\d")  # a line that is a number, with a currency in front of it
INTERVAL = re.compile("(?<= to) |(?<= til) ")  # behind the word between the ends, in all three languages
WORDS = re.compile(r"\(?[<>+−]*[\d.,]+ (?:%|€|kr)\)?(?![\w-])|\S+")
MOST = 24  # characters of a number: a longer line that begins with one is a sentence


def fitted(whole: Table, width: int) -> list[Table]:
    """A table in as many parts as keep its words whole in `width` characters; the title is over the first."""
    least = [_longest_word(column) for column in whole.columns]
    if not least:
        return [whole]
    return [
        _part(whole, places, _widths([whole.columns[one] for one in places], width), first=number == 0)
        for number, places in enumerate(_places(least, width, _keys(whole)))
    ]


def _keys(whole: Table) -> int:
    """How many columns say what a row is about, and so stand in every part: the first, and those that need no heading beside it."""
    return max(1, sum(1 for _ in takewhile(lambda column: not column.header, whole.columns)))


def _places(least: Sequence[int], width: int, keys: int) -> list[list[int]]:
    """Which columns stand in which part; at least one beside those that stand in all.

    >>> _places([10, 8, 8, 8], 45, 1), _places([10, 8, 8, 8], 30, 1), _places([10, 4, 30], 20, 2)
    ([[0, 1, 2, 3]], [[0, 1], [0, 2], [0, 3]], [[0, 1], [0, 2]])
    """
    if keys == len(least) or sum(least) + _frame(len(least)) <= width:
        return [list(range(len(least)))]
    if sum(least[:keys]) + max(least[keys:]) + _frame(keys + 1) > width:
        keys = 1
    parts = [list(range(keys))]
    for place in range(keys, len(least)):
        grown = [*parts[-1], place]
        if len(grown) > keys + 1 and sum(least[one] for one in grown) + _frame(len(grown)) > width:
            grown = [*range(keys), place]
            parts.append(grown)
        parts[-1] = grown
    return parts


def _frame(columns: int) -> int:
    """What stands between columns and at the edges of a table."""
    return 3 * columns - 1


def _widths(columns: Sequence[Column], width: int) -> list[int]:
    """How wide each column is: its longest word; then as far as there is room its cells on one line, numbers first, then its heading."""
    widths = [_longest_word(column) for column in columns]
    room = width - _frame(len(columns)) - sum(widths)
    cells = [_longest_line(list(column.cells)) for column in columns]
    whole = [max(wide, _longest_line([column.header])) for wide, column in zip(cells, columns, strict=True)]
    order = sorted(range(1, len(columns)), key=lambda place: cells[place] - widths[place])
    for wanted in (cells, whole):
        for place in [*order, 0]:
            more = max(0, min(room, wanted[place] - widths[place]))
            widths[place], room = widths[place] + more, room - more
    return widths


def _longest_word(column: Column) -> int:
    """The longest word of a column, or what else must stay on one line."""
    from rich.cells import cell_len

    lines = (line for text in (column.header, *column.cells) for line in str(text).split("\n"))
    return max((cell_len(piece) for line in lines for piece in _pieces(line)), default=1)


def _pieces(line: str) -> list[str]:
    """What of a line must not be broken: words, and numbers with their units; an interval may be broken behind "to".

    >>> _pieces("  Lost customer"), _pieces("(−200 to 1,000 €)"), _pieces("we promise (80 %)"), _pieces("EUR 1,230")
    (['  Lost', 'customer'], ['(−200 to', '1,000 €)'], ['we', 'promise', '(80 %)'], ['EUR 1,230'])
    """
    if NUMBER.match(line):
        parts = INTERVAL.split(line, maxsplit=1)
        if len(parts) > 1 or len(line) <= MOST:
            return parts
    found = WORDS.findall(line)
    return [line[: len(line) - len(line.lstrip())] + found[0], *found[1:]] if found else [""]


def _filled(text: object, width: int) -> str:
    """A text in lines of a width, broken between pieces only."""
    from rich.cells import cell_len

    lines: list[str] = []
    for line in str(text).split("\n"):
        if cell_len(line) <= width:
            lines.append(line)
            continue
        first, *others = _pieces(line)
        lines.append(first)
        for piece in others:
            if cell_len(lines[-1]) + 1 + cell_len(piece) <= width:
                lines[-1] += f" {piece}"
            else:
                lines.append(piece)
    return "\n".join(lines)


def _longest_line(texts: Sequence[object]) -> int:
    from rich.cells import cell_len

    return max((cell_len(line.rstrip()) for text in texts for line in str(text).split("\n")), default=0)


def _part(whole: Table, places: Sequence[int], widths: Sequence[int], first: bool) -> Table:
    """Some columns of a table, each of a width."""
    from rich.table import Table

    made = Table(
        title=whole.title if first else None,
        box=whole.box,
        title_justify=whole.title_justify,
        title_style=whole.title_style,
        pad_edge=whole.pad_edge,
    )
    for place, width in zip(places, widths, strict=True):
        column = whole.columns[place]
        made.add_column(_filled(column.header, width), justify=column.justify, overflow=column.overflow, width=width)
    for row in zip(*(list(whole.columns[place].cells) for place in places), strict=True):
        made.add_row(*(_filled(cell, width) for cell, width in zip(row, widths, strict=True)))
    return made
