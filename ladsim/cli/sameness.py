"""The commands that ask whether something comes out the same: again (a study) and compare-engines (a future).

In: options. Out: a sentence on standard output, and the exit code: 0 for the same, 1 for not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import messages, options
from ladsim.cli.exits import DIFFERENT, INTERRUPTED
from ladsim.cli.finishing import finished
from ladsim.cli.request import read, refuse_unwritable
from ladsim.cli.waiting import waiting
from ladsim.cli.warming import warn_of_slowness


def again(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="The manifest.json of a study, or the study's folder.")],
    processes: options.Processes = None,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write the new tables into a folder, too.")] = None,
    quiet: options.Quiet = False,
) -> None:
    """Make an earlier study once more and say whether every number is the same, to the last digit.

    Exit code 0 if it is, 1 if not.

    \b
    Example:
      ladsim again reports/my_shop-compare
    """
    from ladsim.i18n import Locale

    messages.be_quiet(quiet)
    if out is not None:
        refuse_unwritable(Path(out))
    with finished(Locale("en")):
        _made_again(manifest, out, processes)


def _made_again(manifest: str, out: str | None, processes: int | None) -> None:
    """Make the study, and say whether it is the same."""
    from ladsim.planning.reproduce import again as run_again

    with waiting("Simulating again") as progress:
        result = run_again(manifest, out, processes, progress)
    if result.study.interrupted:
        messages.error("stopped before all of it was run again: nobody can say whether it is the same")
        raise typer.Exit(INTERRUPTED)
    for name in result.unchecked:
        messages.warning(
            f"{name}: the manifest holds no fingerprint of it (older versions of ladsim noted none of programmes of one's own), so "
            "nobody can tell whether it has changed since"
        )
    if result.folder is not None:
        messages.note(f"The new tables are in {result.folder}")
    if result.identical:
        messages.out(f"identical: {manifest} gives the same numbers again, to the last digit")
        return
    messages.out(
        "\n".join([f"different: {manifest} does not give the same numbers again", *(f"  {one}" for one in result.differing)])
    )
    messages.lines(result.notes)
    raise typer.Exit(DIFFERENT)


def compare_engines(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    quiet: options.Quiet = False,
) -> None:
    """Play one future on both engines, one process per customer and arrays, and say whether every event is the same.

    Exit code 0 if it is, 1 if not; then the first event at which they part is printed.

    \b
    Example:
      ladsim compare-engines my_shop.toml --sample 500
    """
    messages.be_quiet(quiet)
    _, changed, _ = read(scenario, pairs, months)
    name, people = options.known(changed, strategy), options.people(changed, sample)
    options.refuse_seed(seed)
    warn_of_slowness(2, changed.market_size if people is None else people, changed.months)
    from ladsim.engine.agreement import compare_engines as on_both

    found = on_both(changed, strategy=name, seed=seed, sample=people)
    if not found.equal:
        messages.out(f"different: {found.parting or 'the same events, but other sums in the books'}")
        raise typer.Exit(DIFFERENT)
    messages.out(f"equal: both engines give the same {found.events:,} events, bit for bit")
