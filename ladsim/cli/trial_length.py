"""How long to test a campaign, on the command line.

In: options. Out: text in the scenario's language, JSON, a folder with a page and two tables.
"""

# ruff: noqa: PT028 - the command is called as what it says, and is no test of pytest
from __future__ import annotations

import math
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages, options, outcome, screen
from ladsim.cli.finishing import finished
from ladsim.cli.page_and_tables import Answer, Destination
from ladsim.cli.request import read_scenario
from ladsim.cli.waiting import waiting
from ladsim.errors import Problem, StudyError, nearest

if TYPE_CHECKING:
    from ladsim.planning.trial_length import TrialLength
    from ladsim.scenario.spec import Scenario

PAGE = "test_length.html"
TABLES = ("test_sizes.csv", "test_months.csv")
FUTURES = 100


def test_length(
    scenario: options.ScenarioFile,
    campaign: Annotated[
        str | None,
        typer.Option(
            "--campaign", metavar="NAME", help="The campaign to be tested, where there are several.", show_default=False
        ),
    ] = None,
    strategy: options.OneStrategy = None,
    lift: Annotated[
        str | None,
        typer.Option(
            "--lift",
            metavar="X",
            help="By which part more convert if everybody has the campaign, such as 0.1 or 10%; without it, what the scenario says.",
            show_default=False,
        ),
    ] = None,
    sure: Annotated[str, typer.Option("--sure", metavar="P", help="With which probability the test is to find it.")] = "0.8",
    alpha: Annotated[
        str, typer.Option("--alpha", metavar="P", help="How often a test of equal arms may say something all the same.")
    ] = "0.05",
    converts: Annotated[
        list[str] | None,
        typer.Option(
            "--converts",
            metavar="RUNG",
            help="Who reaches this rung has converted; may be given several times. Without it, who orders.",
            show_default=False,
        ),
    ] = None,
    among: Annotated[
        list[str] | None,
        typer.Option(
            "--among",
            metavar="RUNG",
            help="Test customers who stand on this rung when it begins; may be given several times. Without it, the campaign's audience.",
            show_default=False,
        ),
    ] = None,
    per_arm: Annotated[
        int | None,
        typer.Option(
            "--per-arm",
            metavar="N",
            help="Say what this many customers in each arm can show, in place of looking for the number.",
            show_default=False,
        ),
    ] = None,
    seed: options.Seed = 1,
    replications: options.Replications = FUTURES,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the tables (CSV) into this folder.")
    ] = None,
    trust: options.Trust = False,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Say how many customers and months an A/B test of a campaign needs, what waiting for it costs, and what word of mouth hides.

    \b
    Examples:
      ladsim test-length my_shop.toml --strategy club --campaign newsletter --lift 0.1 --sure 0.8
      ladsim test-length my_shop.toml --campaign search --converts customer --months 6 --out our_test
    """
    messages.be_quiet(quiet)
    options.refuse_seed(seed)
    _, changed, values = read_scenario(scenario, pairs, months, language, trust)
    name, people = options.known(changed, strategy), options.people(changed, sample, "test-length")
    numbers = {
        "lift": None if lift is None else part(lift, "--lift"),
        "sure": part(sure, "--sure"),
        "alpha": part(alpha, "--alpha"),
    }
    goals, stands = (rungs(changed, given, option) for given, option in ((converts, "--converts"), (among, "--among")))
    destination = Destination(json, out, PAGE, TABLES)
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
                campaign,
                lift=numbers["lift"],
                sure=numbers["sure"] or 0.0,
                alpha=numbers["alpha"] or 0.0,
                converts=goals,
                among=stands,
                per_arm=per_arm,
                seed=seed,
                replications=replications,
                sample=people,
                processes=processes,
                progress=progress,
                overrides={key: value for key, value in values.items() if key == "months"},
            )
        words = ["ladsim", "test-length", scenario, "--campaign", found.campaign, "--seed", str(seed)]
        words += ["--replications", str(replications), "--sample", str(people or "all")]
        words += [
            w
            for option, value in (("--strategy", name), ("--lift", lift), ("--language", language))
            if value
            for w in (option, value)
        ]
        words += ["--sure", sure, "--alpha", alpha, *(["--per-arm", str(per_arm)] if per_arm is not None else [])]
        words += [
            word for option, given in (("--converts", goals), ("--among", stands)) for one in given for word in (option, one)
        ]
        words += ["--months", options.typed(values["months"])] if "months" in values else []
        words += [word for key, value in values.items() if key != "months" for word in ("--set", f"{key}={value}")]
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
