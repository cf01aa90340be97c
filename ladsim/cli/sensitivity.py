"""What would change our mind, on the command line: the command, the sentences and the table.

In: options. Out: what changes the choice, what to learn first, where the favourite loses.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import backward, messages, options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.errors import StudyError
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.sensitivity_analysis import Sensitivity

FUTURES = 200  # ``planning.sensitivity_analysis.REPLICATIONS``, which would load the studies
Change = Annotated[
    list[str] | None,
    typer.Option(
        "--change",
        metavar="KEY=LOW:HIGH",
        help="A number to look at, and its low and high end; may be given several times. Without it, every number that the file gives as a "
        "range.",
    ),
]
Map = Annotated[
    str | None,
    typer.Option("--map", metavar="KEY,KEY", help="Draw a map of who is best over two of these numbers.", show_default=False),
]


@study_command("say which uncertain numbers the choice depends on, and which to learn first", replications=FUTURES)
def sensitivity(*, strategy: options.Strategies = None, change: Change = None, map_over: Map = None, asked: Request) -> None:
    """Say what would change the choice between strategies: at which value of which number another one is best, which number to learn
    before you decide and what that is worth, and in which cases the best one loses.

    \b
    Examples:
      ladsim sensitivity acquisition_vs_retention
      ladsim sensitivity my_shop.toml --strategy club --change money.margin=0.2:0.5
      ladsim sensitivity my_shop.toml --map steps.lead.customer.monthly,money.margin
    """
    names = options.several(asked.changed, strategy)
    held = tuple(backward.limits(text) for text in change or ())
    over = _two(map_over)
    if asked.months_after:
        found = f"--months-after: found {asked.months_after}"
        raise StudyError(f"{found}, must be left out: sensitivity looks no further than the horizon")
    from ladsim.planning.sensitivity_analysis import plays
    from ladsim.planning.sensitivity_analysis import sensitivity as analyse
    from ladsim.scenario.strategies import BASE

    outcome.announce(asked, len(names) + (BASE not in names))
    n, futures = plays(asked.changed, names, held, over, asked.replications)
    messages.note(asked.locale.text("sensitivity.values", n=n, futures=futures))
    with outcome.simulating(asked) as progress:
        study = analyse(asked.scenario, names, change=held, map_over=over, **asked.options(progress))
    outcome.show(asked, lambda: sensitivity_text(study))
    more = [word for key, low, high in held for word in ("--change", f"{key}={options.typed(low)}:{options.typed(high)}")]
    outcome.finish(asked, study, names, more=[*more, *(["--map", ",".join(over)] if over else [])])


def _two(text: str | None) -> tuple[str, str] | None:
    """Two keys as typed.

    >>> _two("a.b, c.d")
    ('a.b', 'c.d')
    """
    if text is None:
        return None
    keys: Sequence[str] = [part.strip() for part in text.split(",")]
    if len(keys) != 2 or not all(keys):
        raise StudyError(f"--map: found {text!r}, must be two keys with a comma between them, such as a.b,c.d")
    return keys[0], keys[1]


def sensitivity_text(study: Sensitivity) -> str:
    """The sentences, the notes and the table."""
    from ladsim.reporting.sensitivity import SensitivityWords, table

    told = SensitivityWords(study)
    notes = [*told.notes(), *study.comparison.notes]
    said = [*told.verdict(), *(told.locale.text("screen.note", note=note) for note in notes)]
    words = loose("\n".join(said))
    return f"{screen.printed(screen.of_grid(table(told, keys=False)))}\n{words}" if told.rows else words
