"""Targets asked backward, on the command line: what is wanted, how sure, what may be changed, and what is said of it.

In: what was typed. Out: an `Asked`; the words; the options that ask the same again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import screen
from ladsim.errors import StudyError
from ladsim.i18n.catalogue import loose

if TYPE_CHECKING:
    from ladsim.planning.backward import Asked
    from ladsim.planning.targets import Targets
    from ladsim.scenario.spec import Scenario

Wanted = Annotated[
    list[str] | None,
    typer.Option(
        "--want",
        metavar="RUNG=N|FROM.TO=N",
        help="Ask backward: what would it take to have so many people on a rung (or so many who took a step) by the month? May be given "
        "several times: then all of it together.",
    ),
]
Sure = Annotated[
    str | None,
    typer.Option(
        "--sure", metavar="P", help="With --want: with which probability, such as 0.8 or 80%.  [default: 0.8]", show_default=False
    ),
]
Change = Annotated[
    list[str] | None,
    typer.Option(
        "--change",
        metavar="KEY=LOW:HIGH",
        help="With --want: a number that may be changed, and its limits; may be given several times. Without it, what each campaign spends a "
        "month, from nothing to ten times as much.",
    ),
]


def asked(scenario: Scenario, wants: Sequence[str] | None, sure: str | None, change: Sequence[str] | None) -> Asked | None:
    """What is asked backward; None where nothing is wanted. Raises StudyError where one of the options is none."""
    if not wants:
        for name, given in (("--sure", sure), ("--change", change)):
            if given:
                raise StudyError(
                    f"{name}: found {given if isinstance(given, str) else given[0]} without --want, must come with it"
                )
        return None
    from ladsim.planning.backward import SURE, Asked, wants_of

    return Asked(wants_of(wants, scenario), SURE if sure is None else share(sure), tuple(map(limits, change or ())))


def share(text: str) -> float:
    """A probability as typed.

    >>> share("0.8"), share("80%"), share("80 %")
    (0.8, 0.8, 0.8)
    """
    said = text.strip()
    per_cent = said.endswith("%")
    try:
        found = float(said.removesuffix("%")) / (100.0 if per_cent else 1.0)
    except ValueError:
        found = math.nan
    if not 0.0 < found < 1.0:
        raise StudyError(f"--sure: found {text!r}, must be a probability above 0 and below 1, such as 0.8 (80%)")
    return found


def limits(text: str) -> tuple[str, float, float]:
    """A number that may be changed, and its limits.

    >>> limits("steps.lead.customer.monthly = 0.02:0.2")
    ('steps.lead.customer.monthly', 0.02, 0.2)
    """
    key, _, said = (part.strip() for part in text.partition("="))
    try:
        low, high = (float(end) for end in said.split(":"))
    except ValueError:
        raise StudyError(
            f"--change: found {text!r}, must be KEY=LOW:HIGH, such as campaigns.search.monthly_spend=0:20000"
        ) from None
    return key, low, high


def again(found: Asked | None) -> list[str]:
    """The options that ask the same."""
    if found is None:
        return []
    words = [word for want in found.wants for word in ("--want", f"{want.name}={want.number:g}")]
    words += [word for key, low, high in found.change for word in ("--change", f"{key}={low:g}:{high:g}")]
    return [*words, "--sure", f"{found.sure:g}"]


def backward_text(study: Targets) -> str:
    """What it would take, and how long it took to find that."""
    from ladsim.reporting.backward import levers, sentences
    from ladsim.scenario.naming import Namer

    if study.backward is None:
        return ""
    namer = Namer(study.source)
    took = namer.locale.text("targets.took", seconds=namer.locale.number(study.backward.seconds))
    said = "\n".join(loose(one) for one in (*sentences(study, namer), took))
    return f"{screen.printed(screen.of_grid(levers(study, namer)))}\n{said}\n"
