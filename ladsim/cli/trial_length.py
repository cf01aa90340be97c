"""How long to test a campaign, on the command line.

In: options. Out: text in the scenario's language, JSON, a folder with a page and two tables.
"""

from __future__ import annotations

import math
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ladsim.cli import messages, options, outcome, screen
from ladsim.cli.finishing import finished
from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.cli.request import read_scenario
from ladsim.cli.signatures import with_options
from ladsim.cli.waiting import waiting
from ladsim.errors import Problem, StudyError, nearest

if TYPE_CHECKING:
    from ladsim.planning.trial_length import TrialLength
    from ladsim.scenario.spec import Scenario

PAGE = "test_length.html"
TABLES = ("test_sizes.csv", "test_months.csv")
FUTURES = 100


@dataclass(frozen=True)
class TrialOptions:
    """What may be typed, in the order of the help."""

    scenario: options.ScenarioFile
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="NAME", help="The campaign to be tested, where there are several.", show_default=False
        ),
    ] = None
    strategy: options.OneStrategy = None
    lift: Annotated[
        str | None,
        typer.Option(
            "--lift",
            metavar="X",
            help="By which part more convert if everybody has the campaign, such as 0.1 or 10%; without it, what the scenario says.",
            show_default=False,
        ),
    ] = None
    sure: Annotated[str, typer.Option("--sure", metavar="P", help="With which probability the test is to find it.")] = "0.8"
    alpha: Annotated[
        str, typer.Option("--alpha", metavar="P", help="How often a test of equal arms may say something all the same.")
    ] = "0.05"
    converts: Annotated[
        list[str] | None,
        typer.Option(
            "--converts",
            metavar="RUNG",
            help="Who reaches this rung has converted; may be given several times. Without it, who orders.",
            show_default=False,
        ),
    ] = None
    among: Annotated[
        list[str] | None,
        typer.Option(
            "--among",
            metavar="RUNG",
            help="Test customers who stand on this rung when it begins; may be given several times. Without it, the campaign's audience.",
            show_default=False,
        ),
    ] = None
    per_arm: Annotated[
        int | None,
        typer.Option(
            "--per-arm",
            metavar="N",
            help="Say what this many customers in each arm can show, in place of looking for the number.",
            show_default=False,
        ),
    ] = None
    seed: options.Seed = 1
    replications: options.Replications = FUTURES
    sample: options.Sample = None
    months: options.Months = None
    pairs: options.Set = None
    processes: options.Processes = None
    json: options.Json = None
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the tables (CSV) into this folder.")
    ] = None
    trust: options.Trust = False
    language: options.Language = None
    quiet: options.Quiet = False


@with_options(TrialOptions)
def test_length(asked: TrialOptions) -> None:
    """Say how many customers and months an A/B test of a campaign needs, what waiting for it costs, and what word of mouth hides.

    \b
    Examples:
      ladsim test-length my_shop.toml --strategy club --campaign newsletter --lift 0.1 --sure 0.8
      ladsim test-length my_shop.toml --campaign search --converts customer --months 6 --out our_test
    """
    messages.be_quiet(asked.quiet)
    options.refuse_seed(asked.seed)
    _, changed, values = read_scenario(asked.scenario, asked.pairs, asked.months, asked.language, asked.trust)
    name, people = options.known(changed, asked.strategy), options.people(changed, asked.sample, "test-length")
    lift = None if asked.lift is None else part(asked.lift, "--lift")
    sure, alpha = part(asked.sure, "--sure"), part(asked.alpha, "--alpha")
    goals, stands = rungs(changed, asked.converts, "--converts"), rungs(changed, asked.among, "--among")
    destination = Destination(asked.json, asked.out, PAGE, TABLES)
    destination.refuse([changed.file])
    outcome.say_what_runs(changed)
    from ladsim.i18n import Locale
    from ladsim.planning.trial_length import how_long_to_test

    locale = Locale(changed.language, changed.start_date)
    with finished(locale):
        with waiting(locale.text("screen.simulating"), locale=locale) as progress:
            found = how_long_to_test(
                changed,
                None if name == "base" and name not in changed.strategies else name,
                asked.campaign,
                lift=lift,
                sure=sure,
                alpha=alpha,
                converts=goals,
                among=stands,
                per_arm=asked.per_arm,
                seed=asked.seed,
                replications=asked.replications,
                sample=people,
                processes=asked.processes,
                progress=progress,
                overrides={key: value for key, value in values.items() if key == "months"},
            )
        given: dict[str, Any] = {
            "campaign": found.campaign,
            "strategy": name,
            "lift": asked.lift,
            "sure": asked.sure,
            "alpha": asked.alpha,
        }
        given |= {"per-arm": asked.per_arm, "seed": asked.seed, "replications": asked.replications, "sample": people or "all"}
        given |= {"months": options.typed(values["months"]) if "months" in values else None, "language": asked.language}
        repeated = {"converts": goals, "among": stands, "set": [f"{key}={one}" for key, one in values.items() if key != "months"]}
        words = ["ladsim", "test-length", asked.scenario]
        words += [word for option, one in given.items() if one is not None for word in (f"--{option}", str(one))]
        words += [word for option, several in repeated.items() for one in several for word in (f"--{option}", one)]
        command = shlex.join(words)
        destination.write(_answer(found, command), command)


def part(text: str, option: str) -> float:
    """A share as typed.

    >>> part("0.1", "--lift"), part("-10 %", "--lift")
    (0.1, -0.1)
    """
    said = text.strip()
    try:
        found = float(said.removesuffix("%")) / (100.0 if said.endswith("%") else 1.0)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise StudyError(f"{option}: found {text!r}, must be a number such as 0.1 (10%)")
    return found


def rungs(scenario: Scenario, given: list[str] | None, option: str) -> list[str]:
    """Rungs by their names or labels. Raises StudyError with the nearest right one."""
    known = {word.casefold(): rung.name for rung in scenario.rungs for word in (rung.label, rung.name) if word}
    for text in given or ():
        if text.strip().casefold() not in known:
            allowed = f"must be one of {', '.join(rung.name for rung in scenario.rungs)}"
            raise StudyError(str(Problem(option, repr(text), allowed, nearest(text, list(known)))))
    return [known[text.strip().casefold()] for text in given or ()]


def _answer(found: TrialLength, command: str) -> Answer:
    from ladsim.reporting.trial_length import answer, page, tables

    made = {f"{name}.csv": table for name, table in tables(found).items()}
    return Answer(answer(found), trial_text(found), page(found, command), made, "The page and the tables are in")


def trial_text(found: TrialLength) -> str:
    """The answer, what it rests on, both tables."""
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.trial_length import TrialWords

    told = TrialWords(found)
    said = "\n".join(loose(line) for line in [told.heading, "", *told.sentences(), ""])
    grids = [told.months(), *([] if found.sizes.empty else [told.sizes()])]
    return f"{said}\n{screen.printed(*(screen.of_grid(one) for one in grids))}"
