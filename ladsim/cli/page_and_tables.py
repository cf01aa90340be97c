"""What a command shows and writes that is no study: text or JSON on the screen, and a folder with one page and its tables.

In: where to (`Destination`), before anything is simulated; then an `Answer`. Out: nothing where files of others would be replaced: a
folder is written only where it is new, empty or known by its page, and never in the place of what the command reads. ``twin`` and
``track`` go this way; to add another, make its `Destination` and `Answer`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.cli import messages
from ladsim.cli.answer import plain_value
from ladsim.cli.request import SCREEN, refuse_unwritable
from ladsim.errors import OutputError, StudyError

if TYPE_CHECKING:
    import pandas

    from ladsim.planning.output import Sign
    from ladsim.reporting.page_model import Page

_HEAD = 4_000  # bytes of a page in which it says what has made it
_MADE = b'<meta name="generator" content="ladsim">'


def refuse_sources(written: Sequence[str | os.PathLike[str]], sources: Sequence[str | os.PathLike[str]]) -> None:
    """Raise DataError where one of the files to be written would replace one that is read, or is no file."""
    from ladsim.data.sources import refuse_place

    for place in written:
        for source in sources:
            if os.path.exists(place):
                refuse_place(place, source)


@dataclass(frozen=True)
class Answer:
    """What a command has found."""

    said: Mapping[str, Any]  # as JSON values, or values that ``plain_value`` makes such
    text: str
    page: Page
    tables: Mapping[str, pandas.DataFrame]  # by the names of their files
    note: str  # where the page and the tables are, but for the folder
    files: Mapping[str, bytes] = field(default_factory=dict)  # more of them, by name


@dataclass(frozen=True)
class Destination:
    """Where an answer goes: `json` is a file or "-", `folder` that of the page; None for neither."""

    json: str | None
    folder: str | None
    page: str  # the name of the page's file, by which the folder is known again
    tables: tuple[str, ...]  # names of the tables' files

    def refuse(self, sources: Sequence[str | os.PathLike[str]]) -> None:
        """Raise OutputError or DataError where something cannot be written, or would replace what is read or others have made."""
        written = [Path(self.folder) / name for name in (self.page, *self.tables)] if self.folder is not None else []
        if self.json is not None and self.json != SCREEN:
            if os.path.isdir(self.json):
                raise OutputError(f"--json: found {self.json!r}, which is a folder; name a file in it")
            refuse_unwritable(Path(self.json))
            written.append(Path(self.json))
        refuse_sources(written, sources)
        if self.folder is not None:
            from ladsim.planning.output import refuse_foreign

            refuse_unwritable(Path(self.folder))
            refuse_foreign(self.folder, self._sign())

    def write(self, answer: Answer, command: str) -> None:
        """Print the answer, and write what was asked for; `command` made it. Raises OutputError."""
        if self.json is not None:
            said = plain_value({**answer.said, "command": command})
            text = json.dumps(said, ensure_ascii=False, allow_nan=False, indent=1)
            if self.json == SCREEN:
                messages.out(text)
            else:
                from ladsim.files import write_text

                write_text(self.json, text)
                messages.note(f"JSON: {self.json}")
        if self.json != SCREEN:
            messages.out(answer.text)
        if self.folder is not None:
            self._fill(answer)
            messages.note(messages.translated(f"{answer.note} {self.folder}"))

    def _fill(self, answer: Answer) -> None:
        """The page and the tables, all of them or none."""
        from ladsim.planning.csv_files import csv_bytes
        from ladsim.planning.output import write_folder
        from ladsim.reporting.page import rendered

        assert self.folder is not None
        files = {self.page: rendered(answer.page).encode("utf-8")}
        files |= {name: csv_bytes(table) for name, table in answer.tables.items()} | dict(answer.files)

        def fill(place: Path) -> None:
            for name, data in files.items():
                (place / name).write_bytes(data)

        write_folder(self.folder, fill, self._sign())

    def _sign(self) -> Sign:
        from ladsim.planning.output import Sign

        return Sign(self.page, self._own)

    def _own(self, folder: Path) -> set[str]:
        """The files of an older answer. Raises StudyError where its page is not ladsim's."""
        from ladsim.files import read_at_most

        try:
            made = _MADE in read_at_most(folder / self.page, _HEAD)
        except OSError:
            made = False
        if not made:
            raise StudyError(str(folder))  # refuse_foreign has the words
        return {self.page, *self.tables}
