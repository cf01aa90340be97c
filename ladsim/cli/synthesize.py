"""``ladsim synthesize``: exports of a simulated market whose truth is known.

In: a scenario. Out: a folder of CSV files, as a shop, a CRM and a survey would have written them, with the truth beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.options import (
    Language,
    Months,
    OneStrategy,
    Quiet,
    Sample,
    ScenarioFile,
    Seed,
    Set,
    Trust,
    known,
    people,
    refuse_seed,
)
from ladsim.cli.signatures import with_options


@dataclass(frozen=True)
class SynthesizeOptions:
    """What may be typed, in the order of the help."""

    scenario: ScenarioFile
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="FOLDER", help="The folder to write.  [default: synthetic/SCENARIO]", show_default=False),
    ] = None
    dirt: Annotated[
        str | None,
        typer.Option(
            "--dirt",
            metavar="SEED-LEVEL",
            help="Spoil the exports as hurried colleagues do: a seed and a level from 1 to 3, such as 7-2.",
            show_default=False,
        ),
    ] = None
    strategy: OneStrategy = None
    seed: Seed = 1
    sample: Sample = None
    months: Months = None
    pairs: Set = None
    trust: Trust = False
    language: Language = None
    quiet: Quiet = False


@with_options(SynthesizeOptions)
def synthesize(asked: SynthesizeOptions) -> None:
    """Write what the shop, the CRM and the survey of a simulated market would export, with the truth beside it.

    Orders, rungs (each move, and the end of each month), referrals, survey answers and contacts of campaigns with a control group, as
    programs in the language write them; truth.csv has the rung of everybody at the end. To try `ladsim data`, `ladsim place` and other
    people's tools on data whose answer is known.

    \b
    Examples:
      ladsim synthesize web_shop
      ladsim synthesize web_shop --language da --dirt 7-2 --out dirty_shop
    """
    from pathlib import Path

    from ladsim.cli.request import read_scenario
    from ladsim.i18n import Locale
    from ladsim.synthetic.dirt import dirt_of
    from ladsim.synthetic.write import refuse_folder
    from ladsim.synthetic.write import synthesize as made_by

    messages.be_quiet(asked.quiet)
    refuse_seed(asked.seed)
    _, changed, _ = read_scenario(asked.scenario, asked.pairs, asked.months, asked.language, asked.trust)
    folder = asked.out if asked.out is not None else str(Path("synthetic") / Path(asked.scenario).stem)
    if asked.dirt is not None:
        dirt_of(asked.dirt)
    refuse_folder(folder)
    size = people(changed, asked.sample, "synthesize")
    name = known(changed, asked.strategy)
    played = name if name in changed.strategies else None
    made = made_by(changed, folder, strategy=played, seed=asked.seed, sample=size, language=changed.language, dirt=asked.dirt)
    locale = Locale(changed.language)
    messages.out(
        locale.text(
            "synthetic.written",
            folder=folder,
            n=made.customers,
            people=locale.whole(made.customers),
            first=made.first,
            last=made.last,
        )
    )
    for file, rows in made.rows.items():
        words = locale.text(f"synthetic.{file}")
        messages.out(f"  {file}.csv: {words}, {locale.text('synthetic.rows', n=rows, rows=locale.whole(rows))}")
    messages.out("  truth.json: " + locale.text("synthetic.as_played"))
    for file in made.missing:
        messages.note(locale.text("synthetic.none", file=f"{file}.csv", why=locale.text(f"synthetic.why_{file}")))
    if asked.dirt is not None:
        messages.note(locale.text("synthetic.dirt", dirt=asked.dirt))
