"""What a notebook shows of a result by itself: a few sentences and a table, as HTML that stands alone.

In: texts. Out: HTML for ``_repr_html_``. Every text is escaped, so a label of a scenario file is never markup; there is no script, and
nothing is fetched from anywhere. It is written here by hand so that a scenario and a history can show themselves without loading pandas.

>>> html(["5 < 6"], [Table("", ("rung", "people"), [(("Customer", ""), ("120", "110 to 130"))])]).count("<td")
1
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module

_SMALL = "display:block;font-size:85%;opacity:.75;white-space:nowrap"


@dataclass(frozen=True)
class Table:
    """A table: each cell is a text and a smaller line below it; the first of a row is its header, numbers stand flush right."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[tuple[str, str]]]


def shown(by: str, what: object) -> str:
    """What a function named "module:function" makes of a result. It lies to the right of the result's layer, and is loaded when asked."""
    module, _, name = by.partition(":")
    made: str = getattr(import_module(module), name)(what)
    return made


def html(sentences: Iterable[str], tables: Iterable[Table], language: str = "en") -> str:
    """Sentences, the first of them set strongly, and tables below."""
    said = [line for line in sentences if line]
    lines = [f"<p>{f'<strong>{escape(line)}</strong>' if place == 0 else escape(line)}</p>" for place, line in enumerate(said)]
    return "\n".join([f'<div lang="{escape(language)}">', *lines, *map(_table, tables), "</div>"])


def _table(table: Table) -> str:
    caption = [f'<caption style="text-align:left">{escape(table.caption)}</caption>'] if table.caption else []
    head = "".join(f'<th scope="col"{_side(place)}>{escape(name)}</th>' for place, name in enumerate(table.head))
    rows = ["<tr>" + "".join(_cell(place, *cell) for place, cell in enumerate(row)) + "</tr>" for row in table.rows]
    return "\n".join(["<table>", *caption, f"<thead><tr>{head}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table>"])


def _cell(place: int, text: str, small: str) -> str:
    tag, scope = ("td", "") if place else ("th", ' scope="row"')
    below = f'<span style="{_SMALL}">{escape(small)}</span>' if small else ""
    return f"<{tag}{scope}{_side(place)}>{escape(text)}{below}</{tag}>"


def _side(place: int) -> str:
    return f' style="text-align:{"right" if place else "left"}"'
