"""``ladsim place``: every customer of one's own data on a rung of the ladder.

In: files, perhaps a rule. Out: what was read of each file, the base on the ladder, who moved month by month, what fits each rung; with
options the customers as a table, a picture, the start of a scenario, the rule itself.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.reading import ReadingOptions, read_and_tell
from ladsim.cli.scenario_commands import PICTURES
from ladsim.cli.signatures import with_options
from ladsim.errors import DataError, StudyError

if TYPE_CHECKING:
    from ladsim.i18n import Locale
    from ladsim.placing.place import Placement

_MONTHS, _TACTICS = 12, 4  # that are shown of each


@dataclass(frozen=True, kw_only=True)
class PlaceOptions(ReadingOptions):
    """What may be typed, in the order of the help."""

    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE…",
            help="Transactions, and beside them a CRM's rungs, referrals, a survey …, joined by id.",
            show_default=False,
        ),
    ] = None
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="RULE.toml", help="Who stands on which rung, in place of the default.", show_default=False
        ),
    ] = None
    ladder: Annotated[
        str | None,
        typer.Option(
            "--ladder", metavar="SCENARIO", help="Place on the rungs of this scenario, by its default rule.", show_default=False
        ),
    ] = None
    until: Annotated[
        str | None,
        typer.Option(
            "--until", metavar="DAY", help="Place them as of this day: what is dated later is left out.", show_default=False
        ),
    ] = None
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write every customer's rung and probabilities as .csv or .parquet, with numbers in place of ids.",
            show_default=False,
        ),
    ] = None
    with_ids: Annotated[bool, typer.Option("--with-ids", help="Write customers' ids themselves, for your CRM.")] = False
    picture: Annotated[
        str | None,
        typer.Option(
            "--picture", metavar="FILE", help="Draw how many stand on each rung into a .svg or .png file.", show_default=False
        ),
    ] = None
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario", metavar="FILE.toml", help="Write the start of a scenario: people on each rung.", show_default=False
        ),
    ] = None
    write_rule: Annotated[
        str | None,
        typer.Option("--write-rule", metavar="FILE.toml", help="Write the rule that is used, to change it.", show_default=False),
    ] = None
    force: Annotated[
        bool,
        typer.Option(
            "--force",
            help="Replace the file of --write-rule if it exists, also where you have edited it; bring the people in that of --scenario up to "
            "date, and keep the rest of it.",
        ),
    ] = False


@with_options(PlaceOptions, last=ReadingOptions)
def place(asked: PlaceOptions) -> None:
    """Say on which rung of the ladder every customer of your data stands, and how sure that is.

    A rule says what makes a rung: orders, silence, referrals, survey answers, deals. Where the data leave it open (has somebody who
    is silent gone? had somebody bought before the data begin?), a customer gets a probability for each rung. No customer is shown; the
    data stay on this machine.

    \b
    Examples:
      ladsim place sales.csv
      ladsim place sales.csv crm.xlsx referrals.csv --ladder web_shop --language da
      ladsim place --write-rule rule.toml
      ladsim place sales.csv --rule rule.toml --out placed.csv --with-ids --scenario start.toml
    """
    from ladsim.placing.place import place as placed_by
    from ladsim.placing.place import rule_asked, toml_place, written_place

    locale = asked.spoken()
    if asked.rule is not None and asked.ladder is not None:
        raise StudyError("--rule: found --ladder beside it, must be one of them: a rule names its ladder itself")
    rule = rule_asked(asked.rule, asked.ladder, locale.language)
    made_from = [*(asked.files or []), *(one for one in (asked.rule, asked.ladder, rule.scenario) if one)]
    _refuse(asked, lambda place: written_place(place, made_from))
    for name in dict.fromkeys(name for name in (asked.scenario, asked.write_rule) if name is not None):
        toml_place(name, made_from, asked.force)
    if asked.write_rule is not None:
        _write_text(asked.write_rule, rule.text)
        messages.note(locale.text("placing.rule_written", file=asked.write_rule))
    if not asked.files:
        if asked.write_rule is None:
            raise DataError("FILE: found no file, must be one file at least, such as sales.csv")
        return
    if len(asked.files) > 1 and any((asked.column, asked.sheet, asked.query)):
        raise StudyError(
            "--column, --sheet, --query: found several files beside them, must be one: read it alone first (ladsim data FILE … --out "
            "clean.parquet --with-ids) and place that"
        )
    read = read_and_tell(asked.files, asked, locale, asked.until)
    placed = placed_by(*read, rule=rule, until=asked.until)
    _show(placed, locale)
    _written(placed, locale, asked)


def _refuse(asked: PlaceOptions, refuse_place: Callable[[str], object]) -> None:
    """Raise StudyError or DataError for files that cannot be written, before anything is read."""
    picture, scenario, rule = asked.picture, asked.scenario, asked.write_rule
    if asked.out is not None:
        refuse_place(asked.out)
    if picture is not None and Path(picture).suffix.lower() not in PICTURES:
        raise StudyError(f"--picture: found {picture!r}, must end in .svg or .png")
    if scenario is not None and rule is not None and os.path.realpath(scenario) == os.path.realpath(rule):
        raise DataError(f"{scenario}: found twice among the files, must be given once")
    for option, name in (("--scenario", scenario), ("--write-rule", rule)):
        if name is not None and Path(name).suffix.lower() != ".toml":
            raise StudyError(f"{option}: found {name!r}, must end in .toml")


def _show(placed: Placement, locale: Locale) -> None:
    """What the screen shows; never a customer."""
    from ladsim.cli.screen import printed, table
    from ladsim.i18n.catalogue import loose
    from ladsim.placing.told import about, month_rows, rung_rows, tactic_rows

    messages.out("")
    for line in about(placed, locale):
        messages.out(loose(line))
    messages.out("")
    heads = [locale.text(f"placing.{key}") for key in ("rung", "people", "interval", "share")]
    messages.out(printed(table(locale.text("placing.base"), heads, rung_rows(placed, locale))))
    months = month_rows(placed, locale)[-_MONTHS:]
    if months:
        heads = [locale.text(f"placing.{key}") for key in ("month", "new", "up", "down", "lapsed", "back")]
        messages.out(printed(table(locale.text("placing.moves"), heads, months)))
    messages.out(
        loose(locale.text("placing.falling", n=int(placed.falling.sum()), people=locale.people(int(placed.falling.sum()))))
    )
    messages.out("")
    messages.out(loose(locale.text("placing.fits")))
    for label, tactics in tactic_rows(placed, locale, _TACTICS):
        messages.out(loose(f"  {label}: {tactics}"))


def _written(placed: Placement, locale: Locale, asked: PlaceOptions) -> None:
    """Write what was asked for, and say so."""
    out, picture, scenario = asked.out, asked.picture, asked.scenario
    if out is not None:
        placed.write(out, asked.with_ids)
        messages.note(locale.text("placing.written_with_ids" if asked.with_ids else "placing.written", file=out))
    if picture is not None:
        from ladsim.files import write_file
        from ladsim.reporting.placing_picture import draw_placement

        write_file(Path(picture), lambda place: draw_placement(placed, locale, place))
        messages.note(locale.text("placing.drawn", file=picture))
    if scenario is not None:
        placed.write_scenario(scenario, asked.force)
        messages.note(locale.text("placing.scenario_written", file=scenario))


def _write_text(path: str, text: str) -> None:
    from ladsim.files import write_file

    write_file(Path(path), lambda place: place.write_text(text, encoding="utf-8"))
