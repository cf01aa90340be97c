"""``python -m tests.acceptance``: play parts of the acceptance tests and write their tables. ``make acceptance PART=engines``.

Exit code 0: all lines passed; 1: a line failed; 2: asked for something that cannot be done; 3: stopped before all units were done.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path

from tests.acceptance import table
from tests.acceptance.kept import NotOurs
from tests.acceptance.part import Part, Unit
from tests.acceptance.rules import ROOT, TABLES, commit
from tests.acceptance.runner import CTRL_C, FOLDER, MINUTES, TIME, RulesChanged, Run, play

GOOD, FAILED, MISTAKE, STOPPED = 0, 1, 2, 3


def asked(words: Sequence[str] | None) -> argparse.Namespace:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.acceptance", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help="which parts (default: all)")
    parser.add_argument("--small", action="store_true", help="about a fiftieth of the load; writes no table, keeps nothing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument(
        "--minutes", type=float, default=MINUTES, help="of each part: then it stops with what it has (default: 60)"
    )
    parser.add_argument("--retry", action="store_true", help="play units that failed again, and mutants that survived")
    parser.add_argument(
        "--unit", type=int, help="play one unit of a part here, with its whole error, its scenario written to a file"
    )
    parser.add_argument(
        "--standing", action="store_true", help="play nothing: say which tables were made by other rules than now"
    )
    parser.add_argument("--tables", type=Path, default=ROOT / TABLES, help="where the tables are")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where finished units are kept")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None, parts: Mapping[str, Part] | None = None) -> int:
    """Do what is asked for, of these parts or of the project's own; the exit code."""
    said = asked(words)
    if parts is None:
        from tests.acceptance.parts import PARTS as parts  # noqa: N811 (with all that they load)
    unknown = [name for name in said.parts if name not in parts]
    if unknown or said.processes < 1 or not said.minutes > 0:
        what = f"PART: found {', '.join(unknown)}, must be among {', '.join(parts)}" if unknown else "must be above 0"
        print(what if unknown else f"--processes and --minutes: {what}", file=sys.stderr)
        return MISTAKE
    chosen = [parts[name] for name in said.parts or parts]
    if said.standing:
        return _standing(chosen, said.tables)
    if said.unit is not None:
        return _one(chosen, said)
    try:
        return _all(chosen, said)
    except KeyboardInterrupt:  # while nothing was played
        print("stopped with Ctrl-C; the units that are done are kept, and the same command goes on", file=sys.stderr)
        return STOPPED


def _all(chosen: Sequence[Part], said: argparse.Namespace) -> int:
    """Play these parts, one after the other; the exit code of all."""
    codes = []
    for part in chosen:
        try:
            run = _run(part, said)
        except (NotOurs, RulesChanged, FileNotFoundError) as error:
            print(error, file=sys.stderr)
            codes.append(MISTAKE)
            continue
        codes.append(_shown(run, said))
        if run.stopped == CTRL_C:
            break
    if said.small:
        _standing(chosen, said.tables)
    return next((code for code in (FAILED, MISTAKE, STOPPED) if code in codes), GOOD)


def _run(part: Part, said: argparse.Namespace) -> Run:
    """Play a part; of the small size nothing is kept."""

    def tell(words: str) -> None:
        print(words, flush=True)

    size = "small" if said.small else "full"
    tell(f"== {part.name}, {size} size: {part.units(said.small):,} units, seed {said.seed}")
    with tempfile.TemporaryDirectory(prefix="ladsim-acceptance-") as folder:
        return play(
            part,
            seed=said.seed,
            small=said.small,
            processes=said.processes,
            minutes=said.minutes,
            folder=Path(folder) if said.small else said.folder,
            retry=said.retry,
            tell=tell,
        )


def _shown(run: Run, said: argparse.Namespace) -> int:
    """Say what came out, write the table of a full size; the exit code."""
    done = f"{len(run.done):,} of {run.wanted:,} units"
    if run.stopped == CTRL_C:
        kept = "nothing is kept" if run.small else f"they are kept in {run.file}, and the same command goes on from there"
        print(f"{run.part.name}: stopped with Ctrl-C after {done}; {kept}; no table was written")
        return STOPPED
    lines = table.lines_of(run)
    for line in lines:
        print(f"  {table.PASSED if line.passed else 'FAILED'}  {line.what}: {line.figure} ({line.bound})")
    for line, unit in zip_longest(table.failed_units(run), list(run.failures)[: table.SHOWN]):
        print(f"  FAILED  {line.what}: {line.figure}")
        if unit is not None and (path := table.material(run.part, Unit(unit, run.seed, run.small), said.folder / "failed")):
            print(f"          {path}")
    verdict = table.verdict(run, lines)
    why = (
        f"; stopped after {said.minutes:g} minutes, and the same command goes on" if run.stopped == TIME and not run.small else ""
    )
    print(
        f"{run.part.name}: {verdict}, {done}, {run.minutes:.1f} minutes of work ({run.processor_minutes:.1f} of processor time){why}"
    )
    if not run.small:
        path = said.tables / f"{run.part.name}.md"
        table.write(table.page(run, lines, commit()), path)
        print(f"{run.part.name}: {path}")
    return {table.PASSED: GOOD, table.FAILED: FAILED}.get(verdict, STOPPED)


def _one(chosen: Sequence[Part], said: argparse.Namespace) -> int:
    """One unit, in this process."""
    if len(chosen) != 1:
        print("--unit: found no single part, must come with exactly one PART", file=sys.stderr)
        return MISTAKE
    part, unit = chosen[0], Unit(said.unit, said.seed, said.small)
    path = table.material(part, unit, said.folder / "failed")
    print(f"{part.name}, unit {unit.number}, seed {unit.seed}: {path or 'no scenario of its own'}", flush=True)
    try:
        print(part.play(unit))
    except Exception:
        traceback.print_exc()
        return FAILED
    return GOOD


def _standing(chosen: Sequence[Part], folder: Path) -> int:
    """Say of each table whether it was made by the rules of now; 0 in any case, since a table that is stale is no failure."""
    found = [table.standing(part, folder) for part in chosen]
    for one in found:
        print(one.words if one.sound else f"!! {one.words}")
    print(f"tables of acceptance: {sum(one.sound for one in found)} of {len(found)} stand")
    return GOOD


if __name__ == "__main__":
    sys.exit(main())
