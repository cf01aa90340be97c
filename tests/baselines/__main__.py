"""``python -m tests.baselines check``: which stored scenarios no longer give what was recorded, and in what. ``write`` records anew,
``rename`` gives the stored scenarios' keys their names of now and leaves the records as they are.

Exit code 0: all the same, or written; 1: something differs; 2: asked for something that cannot be done.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Sequence

from tests.acceptance.rules import commit
from tests.baselines.played import each, told
from tests.baselines.rename import renamed
from tests.baselines.stored import KINDS, Entry, Kind, anew, difference, only_added, record, same_numerics, write_numerics

SAME, DIFFERS, MISTAKE = 0, 1, 2
_SHOWN = 20
_PLACE = re.compile(r"([1-9]\d*)/([1-9]\d*)")
DECLARE = (
    "Results were written anew. Where an entry gives other numbers than before, CHANGELOG.md must say what changed and why,\n"
    'under "Changes results", in the same commit.'
)


def asked(words: Sequence[str] | None) -> argparse.Namespace:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.baselines", description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="play what is stored, and say what differs")
    check.add_argument("--part", default="1/1", metavar="N/M", help="every M-th entry, from the N-th on (default: all)")
    write = commands.add_parser("write", help="play what is stored, and record what comes out")
    write.add_argument("--anew", action="store_true", help="choose the scenarios anew, as generator and presets are today")
    write.add_argument("--force", action="store_true", help="also with changes that are not committed")
    commands.add_parser("rename", help="keys of stored scenarios by their names of now; the records stay")
    for command in (check, write):
        command.add_argument("kinds", nargs="*", metavar="KIND", help=f"{' or '.join(KINDS)} (default: both)")
        command.add_argument("--processes", type=int, default=2)
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Do what is asked for; the exit code."""
    said = asked(words)
    if said.command == "rename":
        return _rename()
    unknown = [kind for kind in said.kinds if kind not in KINDS]
    if unknown:
        return _mistake(f"KIND: found {', '.join(unknown)}, must be among {', '.join(KINDS)}")
    if said.processes < 1:
        return _mistake(f"--processes: found {said.processes}, must be at least 1")
    kinds = [KINDS[kind] for kind in said.kinds or KINDS]
    if said.command == "write":
        return _write(kinds, said)
    place = _PLACE.fullmatch(said.part)
    if place is None or int(place[1]) > int(place[2]):
        return _mistake(f"--part: found {said.part!r}, must be N/M with N from 1 to M")
    codes = [_check(kind, int(place[1]) - 1, int(place[2]), said.processes) for kind in kinds]
    return max(codes)


def _rename() -> int:
    """Rename keys in the stored scenarios; those that are files of the repository are renamed where they stand."""
    for kind in KINDS.values():
        entries = kind.entries()
        after = [one | {"scenario": renamed(one["scenario"])} if "scenario" in one else one for one in entries]
        count = sum(one != other for one, other in zip(entries, after, strict=True))
        if count:
            kind.write_entries(after)
        print(f"{kind.name}: {count:,} of {len(entries):,} renamed")
    return SAME


def _mistake(words: str) -> int:
    print(words, file=sys.stderr)
    return MISTAKE


def _check(kind: Kind, first: int, step: int, processes: int) -> int:
    """Play every `step`-th entry of a kind from `first` on, and say what differs."""
    begun = time.perf_counter()
    entries, records = kind.entries(), kind.records()
    if len(entries) != len(records):
        return _mistake(f"{kind.name}: found {len(entries):,} entries and {len(records):,} records; write them anew")
    chosen = range(first, len(entries), step)
    others = 0
    for place, found in zip(chosen, each([entries[place] for place in chosen], processes), strict=True):
        what = difference(records[place], found)
        others += bool(what)
        if what and others <= _SHOWN:
            print(f"  {kind.name} {place} ({told(entries[place])}): {what}", flush=True)
    if others > _SHOWN:
        print(f"  and {others - _SHOWN:,} more")
    seconds = time.perf_counter() - begun
    print(f"{kind.name}: {len(chosen) - others:,} of {len(chosen):,} the same ({seconds:.0f} s)")
    if not same_numerics():
        print("  event logs and rows only: NumPy, SciPy, pandas or the processor are others than when the records were written")
    return DIFFERS if others else SAME


def _write(kinds: Sequence[Kind], said: argparse.Namespace) -> int:
    """Record what comes out of every entry of these kinds."""
    if commit().changed and not said.force:
        return _mistake(
            "found changes that are not committed: commit them first, so that the records are of a commit, or use --force"
        )
    for kind in kinds:
        before = dict(zip(map(_identity, kind.entries()), kind.records(), strict=False)) if kind.entries_file.exists() else {}
        entries = anew(kind.name) if said.anew else kind.entries()
        records = []
        others = more = 0
        for entry, found in zip(entries, each(entries, said.processes), strict=True):
            records.append(record(found))
            known = before.get(_identity(entry))
            added = bool(known) and only_added(known, found)
            more += added
            what = difference(known, found) if known and not added else ""
            others += bool(what)
            if what and others <= _SHOWN:
                print(f"  {told(entry)}: {what}", flush=True)
        if said.anew:
            kind.write_entries(entries)
        kind.write_records(records)
        new = sum(_identity(entry) not in before for entry in entries)
        size = kind.entries_file.stat().st_size + kind.records_file.stat().st_size
        changes = f"{others:,} with other results than before, {more:,} with the same and more parts, {new:,} new"
        print(f"{kind.name}: {len(records):,} written, {changes}; {size:,} bytes")
    write_numerics()
    print(DECLARE)
    return SAME


def _identity(entry: Entry) -> str:
    return repr(entry)


if __name__ == "__main__":
    sys.exit(main())
