"""How a kind of study is shown: its page, its answer in short for a notebook, and what it says to other programs.

In: a study. Out: a `Page`, a `Gist`, plain values. Every kind has a `View` called ``VIEW`` in its page's module, which the table
``planning.studies.STUDIES`` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic

from ladsim import notebook
from ladsim.planning.studies import S
from ladsim.reporting.page_model import Grid, Page


@dataclass(frozen=True)
class Gist:
    """A study's answer in short: sentences, a line each, and the table that a reader looks at first."""

    verdict: str
    tables: tuple[Grid, ...]
    caveat: str = ""


@dataclass(frozen=True)
class View(Generic[S]):
    """The page of a study (`page` takes the command and the manifest that make it again), its gist, its answer as JSON values."""

    page: Callable[[S, str, str], Page]
    gist: Callable[[S], Gist]
    answer: Callable[[S], dict[str, Any]]

    def html(self, study: S) -> str:
        """What a notebook shows of a study."""
        gist = self.gist(study)
        tables = [
            notebook.Table(table.caption, table.head, [[(cell.text, cell.small) for cell in row] for row in table.rows])
            for table in gist.tables
        ]
        return notebook.html([*gist.verdict.splitlines(), gist.caveat], tables, study.source.language)
