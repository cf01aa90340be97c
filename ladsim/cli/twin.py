"""Twins on the command line: one customer under two strategies, the two lives side by side.

In: options. Out: text in the scenario's language, JSON, a folder with a page and the two lives as CSV.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages, options, outcome, screen
from ladsim.cli.finishing import finished
from ladsim.cli.page_and_tables import hand_out, refuse_places, write_folder
from ladsim.cli.request import read
from ladsim.errors import StudyError

if TYPE_CHECKING:
    from ladsim.planning.twins import Twins
    from ladsim.scenario.spec import Scenario

PAGE, LIVES = "twin.html", "lives"
Customer = Annotated[
    str | None,
    typer.Option(
        "--customer",
        metavar="N|RUNG|referred",
        help="Whose life: an id, or somebody who reaches a rung, or whom somebody's recommendation moves ('referred'). Without it, or where "
        "several fit, the one whose two lives differ and are fullest.",
        show_default=False,
    ),
]
Folder = Annotated[
    str | None, typer.Option("--out", metavar="DIR", help="Also write a page and the two lives (CSV) into this folder.")
]


def twin(
    scenario: options.ScenarioFile,
    one: Annotated[
        str | None, typer.Argument(metavar="A", help="A strategy of the file; base is the market as it is.", show_default=False)
    ] = None,
    other: Annotated[str | None, typer.Argument(metavar="B", help="Another one.", show_default=False)] = None,
    customer: Customer = None,
    seed: options.Seed = 1,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    json: options.Json = None,
    out: Folder = None,
    trust: options.Trust = False,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Show one customer's life under two strategies on the same luck: the first event at which the two lives part, and why.

    \b
    Examples:
      ladsim twin acquisition_vs_retention acquisition_first retention_first
      ladsim twin my_shop.toml base club --customer ambassador
      ladsim twin my_shop.toml base club --customer 17 --out life_of_17
    """
    messages.be_quiet(quiet)
    _, changed, values = read(scenario, pairs, months, language, trust)
    if one is None or other is None:
        found = "one strategy" if one is not None else "no strategies"
        raise StudyError(f"A, B: found {found}, must be two of {', '.join([*changed.strategies, 'base'])}")
    names = [options.known(changed, name) for name in (one, other)]
    whom, people = whose(customer, changed), options.people(changed, sample)
    options.refuse_seed(seed)
    refuse_places(json, out)
    outcome.say_what_runs(changed)
    from ladsim.i18n import Locale
    from ladsim.planning.twins import twins

    with finished(Locale(changed.language, changed.start_date)):
        pair = twins(changed, names[0], names[1], whom, seed=seed, sample=people)
        more = ["--months", options.typed(values["months"])] if "months" in values else []
        more += [word for key, value in values.items() if key != "months" for word in ("--set", f"{key}={value}")]
        more += ["--language", language] if language is not None else []
        words = ["ladsim", "twin", scenario, one, other, "--customer", str(pair.customer), "--seed", str(seed)]
        _shown(pair, shlex.join([*words, "--sample", str(people or "all"), *more]), json, out)


def whose(text: str | None, scenario: Scenario) -> int | str | None:
    """Whose life is meant: an id, or a wish as ``follow`` has them.

    >>> from ladsim.scenario.load import load
    >>> shop = load("five_rungs_word_of_mouth", "da")
    >>> [whose(text, shop) for text in ("100", "Ambassador", "referred", None)]
    [100, 'ambassador', 'referred', None]
    """
    if text is not None and text.strip().isdecimal():
        return int(text)
    wish = options.follow(text, scenario, "--customer", "must be an id, or whom to look for: ")
    return wish if isinstance(wish, str) else None


def _shown(pair: Twins, command: str, json_file: str | None, folder: str | None) -> None:
    """Print, and write what was asked for."""
    from ladsim.reporting.twins import answer, page

    hand_out(lambda: answer(pair), lambda: twin_text(pair), command, json_file)
    if folder is not None:
        write_folder(page(pair, command), PAGE, {LIVES: pair.table}, folder, "The page and the two lives are in")


def twin_text(pair: Twins) -> str:
    """Where the lives part and why, and both side by side."""
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.twins import MOST_ROWS, Told

    told = Told(pair)
    lives = told.lives(MOST_ROWS)
    table = screen.of_grid(lives)
    for column in table.columns[1:]:
        column.justify = "left"
    said = "\n".join(loose(line) for line in [told.heading, "", *told.sentences(), ""])
    return f"{said}\n{screen.printed(table)}{loose(lives.note)}"
