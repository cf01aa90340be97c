"""A comparison until it is sure, on the command line: its options, what they mean, and what is shown while it runs.

In: what was typed. Out: the terms on which it stops; words for the line of progress; the options that make it again.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import options, screen
from ladsim.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladsim.cli.request import Request
    from ladsim.cli.waiting import Waiting
    from ladsim.planning.selection import Judgement
    from ladsim.planning.until_sure import UntilSure

_MOST = 1_000_000  # futures
IsUntilSure = Annotated[
    bool,
    typer.Option(
        "--until-sure",
        help="Simulate until it is known which strategy is the best, or that it makes no difference; in place of --replications.",
    ),
]
Within = Annotated[
    float | None,
    typer.Option(
        "--within",
        metavar="AMOUNT",
        parser=lambda text: options.money(text, "--within"),
        help="With --until-sure: a difference below this counts as none. Without it, 1 % of what the leader earns before fixed costs and spend.",
        show_default=False,
    ),
]
AtMost = Annotated[
    str | None,
    typer.Option(
        "--at-most",
        metavar="N|TIME",
        help="With --until-sure: stop after so many futures, or after a time such as '2 min', and say what is known by then. Without it, "
        "after 1,000 futures.",
        show_default=False,
    ),
]
_TIMES = {"s": 1.0, "sec": 1.0, "sek": 1.0, "min": 60.0, "h": 3600.0, "t": 3600.0}


def terms(until_sure: bool, within: float | None, at_most: str | None) -> UntilSure | None:
    """When a comparison stops that is played until it knows; None where it is played for a number of futures.

    >>> terms(False, None, None), terms(True, 500.0, "2 min")
    (None, UntilSure(within=500.0, futures=1000, seconds=120.0))
    >>> terms(True, None, "400")
    UntilSure(within=None, futures=400, seconds=None)
    """
    if not until_sure:
        for name, given in (("--within", within), ("--at-most", at_most)):
            if given is not None:
                raise StudyError(f"{name}: found {given} without --until-sure, must come with it")
        return None
    from ladsim.planning.until_sure import MOST_FUTURES, UntilSure

    if at_most is None:
        return UntilSure(within)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*", at_most)
    number, unit = (float(found[1]), found[2]) if found else (0.0, "?")
    if not unit and number.is_integer() and 2 <= number <= _MOST:
        return UntilSure(within, int(number))
    if unit in _TIMES and number > 0.0:
        return UntilSure(within, MOST_FUTURES, number * _TIMES[unit])
    raise StudyError(
        f"--at-most: found {at_most!r}, must be a number of futures from 2 to {_MOST:,}, or a time such as 90 s, 2 min, 1 h"
    )


def again(terms: UntilSure | None, futures: int) -> list[str]:
    """The options with which a study that was played until it knew is made again: it stops where it stopped."""
    if terms is None:
        return []
    within = [] if terms.within is None else ["--within", f"{terms.within:g}"]
    return ["--until-sure", *within, "--at-most", str(futures)]


def closing(asked: Request, progress: Waiting | None) -> Callable[[Judgement], None] | None:
    """Shows the leader's lead over the next, and how its interval closes, where somebody is watching."""
    if progress is None:
        return None
    from ladsim.planning.run import label_of

    def tell(found: Judgement) -> None:
        leader = found.left[0]
        rivals = found.left[1:] or tuple(name for name in found.against_best if name != leader)
        lead = found.differences[leader, rivals[0]]
        if not math.isfinite(lead.low + lead.high):
            return
        best, other = (
            label_of(asked.changed, name if name in asked.changed.strategies else None) for name in (leader, rivals[0])
        )
        said = screen.between(lead.low, lead.high, "currency", asked.changed.currency, asked.locale)
        progress.say(asked.locale.text("sure.stands", best=best, other=other, interval=said))

    return tell
