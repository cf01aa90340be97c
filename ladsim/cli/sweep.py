"""A sweep on the command line, ``--sweep`` of run and compare: what is asked for, and what is shown.

In: KEY=LOW:HIGH:COUNT or KEY=VALUE,VALUE. Out: a row per value, where it turns, the folder of the study.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ladsim.cli import messages, outcome, screen
from ladsim.cli.request import Request
from ladsim.errors import Problem, ScenarioError, StudyError
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.sweep import Sweep

EXAMPLE = "must be KEY=LOW:HIGH:COUNT, such as steps.prospect.customer.monthly=0.02:0.3:8, or KEY=VALUE,VALUE,…"


def values_of(text: str) -> tuple[str, list[str]]:
    """The key and the values of a sweep, as texts. Raises ScenarioError.

    >>> values_of("basket.mean=10:40:4")
    ('basket.mean', ['10', '20', '30', '40'])
    >>> values_of("p = 0.02, 0.3")
    ('p', ['0.02', '0.3'])
    """
    key, equals, said = (part.strip() for part in text.partition("="))
    values = [value.strip() for value in said.split(",")]
    if ":" in said:
        values = _between(said.split(":"))
    if not equals or not key or not values or not all(values):
        raise ScenarioError([Problem("--sweep", repr(text), EXAMPLE)])
    return key, values


def _between(parts: Sequence[str]) -> list[str]:
    """COUNT values from LOW to HIGH, equally far apart; none where that is no such thing."""
    from ladsim.planning.sweep import MOST

    try:
        low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return []
    if len(parts) != 3 or not 2 <= count <= MOST or not abs(low) + abs(high) < float("inf") or low == high:
        return []
    # Twelve digits: 0.1 and not 0.09999999999999999.
    return [f"{low + (high - low) * step / (count - 1):.12g}" for step in range(count)]


def play(asked: Request, text: str, strategies: list[str] | None, name: str | None = None) -> None:
    """Play, show and write a sweep: of one strategy, or a comparison of several."""
    from ladsim.scenario.thousands import thousands

    key, values = values_of(text)
    for odd in thousands(text):
        messages.oddity(replace(odd, place=f"--sweep {text}"))
    if asked.months_after:
        found = f"--sweep: found --months-after {asked.months_after} beside it"
        raise StudyError(f"{found}, which is for one study; must come without it: a sweep looks no further than the horizon")
    asked = replace(asked, months_after=0)
    _try(asked, key, values)
    if asked.folder == asked.default_folder:
        asked = replace(asked, folder=f"{asked.folder}-sweep" if asked.folder is not None else None)
    from ladsim.planning.sweep import sweep
    from ladsim.scenario.strategies import BASE

    plays = 1 if strategies is None else len(strategies) + (BASE not in strategies)
    outcome.announce(asked, plays, len(values))

    with outcome.simulating(asked) as progress:
        study = sweep(asked.scenario, key, values, strategies, strategy=name, **asked.options(progress))
    outcome.show(asked, lambda: sweep_text(study))
    names: list[str | None] = [*strategies] if strategies is not None else [name]
    outcome.finish(asked, study, names, more=["--sweep", text])


def _try(asked: Request, key: str, values: Sequence[str]) -> None:
    """Raise ScenarioError where a value cannot be set, before anything is played."""
    from ladsim.scenario.overrides import override

    for value in values:
        override(asked.changed, {key: value}, "--sweep")


def sweep_text(study: Sweep) -> str:
    """A row per value, and where it turns."""
    from ladsim.reporting.sweep import SweepWords
    from ladsim.reporting.sweep import table as page_table

    told = SweepWords(study)
    found = page_table(told)
    rows = [
        [screen.two_lines(loose(cell.text), loose(cell.small)) if cell.small else loose(cell.text) for cell in row]
        for row in found.rows
    ]
    made = screen.table(loose(found.caption), list(map(loose, found.head)), rows)
    return screen.printed(made) + "\n" + loose("\n".join(told.verdict()))
