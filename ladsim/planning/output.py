"""A study's folder: tables as CSV, the manifest and the page, whole or not at all.

In: a study and what goes with it. Out: a folder, written in one move (``ladsim.files``): a full disk, a read-only place or Ctrl-C
leaves nothing half-written, and an older study of the same name stays until the new one is complete. A folder is only taken over when
it is empty or holds a manifest of ladsim; files in it that ladsim did not write are carried over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ladsim.errors import LadsimError, OutputError, cut
from ladsim.files import folder_in_one_move
from ladsim.planning.columns import columns_of, meanings_of
from ladsim.planning.csv_files import csv_bytes, excel_bytes
from ladsim.planning.manifest import MANIFEST, read_manifest, write_manifest
from ladsim.planning.studies import Study
from ladsim.planning.tables import tables_of

PAGE = "report.html"
COLUMNS = "columns.csv"
TABLES = "tables"
SPREADSHEET = "tables-excel"  # the same tables, for a double click


@dataclass(frozen=True)
class Sign:
    """By what a folder is known as one that ladsim has written."""

    name: str  # of the file that says so
    own: Callable[[Path], Collection[str]]  # which files of such a folder are ladsim's; raises LadsimError where it is another's


def _listed(folder: Path) -> Collection[str]:
    return {MANIFEST, *(name for name in read_manifest(folder / MANIFEST)["files"] if isinstance(name, str))}


OF_STUDY = Sign(MANIFEST, _listed)


def write_study(
    folder: str | Path,
    study: Study,
    *,
    page: str | Callable[[], str] | None = None,
    command: str = "",
    extra: Callable[[], Mapping[str, bytes]] | None = None,
    csv: str | None = None,
) -> Path:
    """Write tables, manifest and (given its HTML) the page of a study into `folder`; returns the folder's full path.

    A `page` that is still being drawn is asked for when the tables are made, and then `extra`, which gives more files by their relative
    names. `csv` writes the tables once more as a spreadsheet of that form (``csv_files.FORMS``) opens them. Raises OutputError
    naming the folder and the reason.
    """
    tables = tables_of(study)
    named = {f"{name}.csv": table for name, table in tables.items()}
    contents = {f"{TABLES}/{name}": csv_bytes(table) for name, table in named.items()}
    columns = columns_of(tables, study.scenario.currency, meanings_of(study))
    html = page() if callable(page) else page
    more = dict(extra()) if extra is not None else {}
    if csv is not None:
        more |= {f"{SPREADSHEET}/{name}": excel_bytes(table, csv) for name, table in {**named, COLUMNS: columns}.items()}

    def fill(place: Path) -> None:
        for name, data in {**contents, **more}.items():
            _write(place / name, data)
        _write(place / TABLES / COLUMNS, csv_bytes(columns))
        if html is not None:
            _write(place / PAGE, html.encode("utf-8"))
        others = [p.relative_to(place).as_posix() for p in sorted(place.rglob("*")) if p.is_file()]
        write_manifest(place / MANIFEST, study, contents, command=command, files=others)

    return write_folder(folder, fill)


def write_folder(folder: str | Path, fill: Callable[[Path], None], sign: Sign = OF_STUDY) -> Path:
    """Make `folder` out of what `fill` writes into an empty one, in one move; files in it that are not ladsim's stay."""
    wanted = Path(os.path.realpath(folder))
    refuse_foreign(folder, sign)
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        folder_in_one_move(wanted, fill, kept=lambda old: _foreign(old, sign))
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({_reason(error)}); nothing was left behind") from error
    return wanted


def refuse_foreign(folder: str | Path, sign: Sign = OF_STUDY) -> None:
    """Raise OutputError if `folder` is not ladsim's to replace: call it before a long study, not only after."""
    try:
        path = Path(os.path.realpath(folder))
        there = next(place for place in (path, *path.parents) if place.exists())
        if there != path and not there.is_dir():
            raise OutputError(f"{folder}: cannot be made, because {there} is a file")
        if there != path:
            return
        if not path.is_dir():
            raise OutputError(f"{folder}: is a file; name a folder for the results")
        if path == Path.cwd() or path in Path.cwd().parents:
            raise OutputError(f"{folder}: is the folder you are in; name a folder inside it, such as {Path(folder) / 'results'}")
        if not any(path.iterdir()):
            return
        sign.own(path)
    except OSError as error:
        raise OutputError(f"{cut(str(folder), 300)}: cannot be used ({_reason(error)})") from error
    except ValueError:  # a zero in the name
        raise OutputError(f"{folder!r}: cannot be used (it is no name of a folder)") from None
    except OutputError:
        raise
    except LadsimError:
        raise OutputError(
            f"{folder}: holds files but no {sign.name} of ladsim, so nothing in it is replaced; name another folder, or empty this one"
        ) from None


def _foreign(old: Path, sign: Sign) -> Iterator[Path]:
    """The files of a folder that ladsim did not write, relative to it."""
    if not (old / sign.name).is_file():
        return
    own = sign.own(old)
    for path in sorted(old.rglob("*")):
        name = path.relative_to(old)
        if (path.is_file() or path.is_symlink()) and name.as_posix() not in own:
            yield name


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
