"""A study repeated from its manifest: the command, and what it says of the numbers.

In: the options. Out: a sentence on standard output, and the exit code: 0 where every number is the same, 1 where one is not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import messages, options, outcome
from ladsim.cli.exits import DIFFERENT, INTERRUPTED
from ladsim.cli.finishing import finished
from ladsim.cli.request import refuse_unwritable
from ladsim.cli.waiting import waiting


def again(
    manifest: Annotated[
        str,
        typer.Argument(metavar="MANIFEST", help="The manifest.json of a study, or the folder that holds it."),
    ],
    processes: options.Processes = None,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Also write the new tables into this folder.")] = None,
    trust: options.Trust = False,
    quiet: options.Quiet = False,
) -> None:
    """Repeat an earlier study, and say whether every number is the same, to the last digit.

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
        _made_again(manifest, out, processes, trust)


def _made_again(manifest: str, out: str | None, processes: int | None, trust: bool) -> None:
    """Make the study, and say whether it is the same."""
    from ladsim.i18n import Locale
    from ladsim.planning.reproduce import again as run_again

    def tell(files: list[str], scenario_file: str) -> None:
        outcome.name_code(files, scenario_file, Locale("en"))

    with waiting("Simulating again") as progress:
        result = run_again(manifest, out, processes, progress, trust=trust, code=tell)
    messages.speak(result.study.source.language)
    if result.study.interrupted:
        messages.error("stopped before all of it was run again: nobody can say whether it is the same")
        raise typer.Exit(INTERRUPTED)
    for name in result.unchecked:
        messages.warning(
            f"{name}: the manifest holds no fingerprint of it (older versions of ladsim noted none of programmes of one's own), so "
            "nobody can tell whether it has changed since"
        )
    if result.folder is not None:
        messages.note(messages.translated(f"The new tables are in {result.folder}"))
    if result.identical:
        messages.out(messages.translated(f"identical: {manifest} gives the same numbers again, to the last digit"))
        return
    messages.out(
        "\n".join(
            [
                messages.translated(f"different: {manifest} does not give the same numbers again"),
                *(f"  {messages.translated(one)}" for one in result.differing),
            ]
        )
    )
    messages.lines(map(messages.translated, result.notes))
    raise typer.Exit(DIFFERENT)
