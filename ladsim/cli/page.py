"""A market as one HTML file, on the command line.

In: options. Out: the file, and one line that says what is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from ladsim.cli import messages, options
from ladsim.cli.page_and_tables import refuse_sources
from ladsim.cli.request import read_scenario, refuse_unwritable
from ladsim.cli.signatures import with_options


@dataclass(frozen=True)
class PageOptions:
    """What may be typed, in the order of the help."""

    scenario: options.ScenarioFile
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="The HTML file to be written. Without it, SCENARIO.html in this folder.",
            show_default=False,
        ),
    ] = None
    strategy: options.Strategies = None
    sliders: Annotated[
        list[str] | None,
        typer.Option(
            "--sliders",
            metavar="KEY",
            help="A number that the reader may move, by its dotted key; may be given several times. Without it, the numbers on which "
            "the answer leans most.",
            show_default=False,
        ),
    ] = None
    seed: options.Seed = 1
    replications: options.Replications = 20
    sample: options.Sample = None
    months: options.Months = None
    pairs: options.Set = None
    trust: options.Trust = False
    language: options.Language = None
    quiet: options.Quiet = False


@with_options(PageOptions)
def page(asked: PageOptions) -> None:
    """Write a market as one HTML file with the simulator inside: sliders, charts and a verdict, in any browser, without a network.

    \b
    Examples:
      ladsim page acquisition_vs_retention --out market.html
      ladsim page my_shop.toml --strategy club --sliders basket.mean --sliders money.margin --out club.html
    """
    messages.be_quiet(asked.quiet)
    options.refuse_seed(asked.seed)
    _, changed, _ = read_scenario(asked.scenario, asked.pairs, asked.months, asked.language, asked.trust)
    from pathlib import Path

    out = asked.out if asked.out is not None else f"{Path(asked.scenario).stem}.html"
    refuse_unwritable(Path(out))
    refuse_sources([out], [changed.file])
    from ladsim.i18n import Locale
    from ladsim.pages.data import MOST_PEOPLE
    from ladsim.pages.export import page as write

    everybody = asked.sample == options.EVERYBODY
    people = options.people(changed, asked.sample, "page")
    if everybody and changed.market_size > MOST_PEOPLE:
        people = changed.market_size  # refused in words
    locale = Locale(changed.language)
    messages.note(locale.text("market_page.making"))
    found = write(
        changed,
        out,
        strategies=asked.strategy,
        sliders=asked.sliders,
        sample=people,
        futures=asked.replications,
        seed=asked.seed,
        language=changed.language,
    )
    messages.out(
        locale.text(
            "market_page.written",
            file=out,
            size=locale.whole(found.size // 1000),
            people=locale.people(found.people),
            strategies=locale.whole(len(found.strategies)),
            sliders=locale.whole(len(found.sliders)),
            checked=locale.whole(found.checked),
        )
    )
