"""The commands about scenario files, which simulate nothing and answer at once: new, presets, check, show, schema."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import messages
from ladsim.cli.exits import MISTAKE
from ladsim.cli.options import Language, OneStrategy, ScenarioFile, Trust, known
from ladsim.errors import ScenarioError, StudyError, cut
from ladsim.files import write_file, write_text

PICTURES = (".svg", ".png")


def new(
    file: Annotated[str | None, typer.Argument(metavar="FILE", help="The file to write.", show_default=False)] = None,
    preset: Annotated[
        str | None,
        typer.Option("--preset", metavar="NAME", help="Copy a scenario that comes with ladsim (see `ladsim presets`)."),
    ] = None,
    language: Language = None,
    currency: Annotated[
        str | None,
        typer.Option(
            "--currency",
            metavar="CODE",
            help="The currency of its amounts, such as DKK or NOK, converted at rough rates.  [default: that of the language]",
            show_default=False,
        ),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the scenarios that come with ladsim.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write a commented scenario to start from.

    --language is the language of its labels and comments; without it, English, or the preset's own. In Danish its amounts are in
    DKK, in Norwegian in NOK; --currency names another.

    \b
    Examples:
      ladsim new my_shop.toml
      ladsim new min_butik.toml --language da
      ladsim new kaffebar.toml --preset coffee_chain --language da
      ladsim new butik.toml --preset web_shop --language da --currency SEK
    """
    if listed:
        presets(language)
        return
    if language is not None:
        from ladsim.scenario.texts import known_language

        messages.speak(known_language(language, "--language"))
    if file is None:
        raise StudyError("FILE: found nothing, must be the name of the file to write, such as my_shop.toml")
    if preset is not None:
        from ladsim.scenario.presets import write

        written = write(preset, file, language, force, currency)
    else:
        from ladsim.scenario.starter import new as write_new

        written = write_new(file, force, language or "en", currency)
    from ladsim.i18n import Locale

    messages.out(Locale(language or "en").text("check.written", file=written))


def presets(language: Language = None) -> None:
    """List the scenarios that come with ladsim (ladders, industries, programmes, examples, published models): what each is about, and its rungs.

    \b
    Examples:
      ladsim presets
      ladsim presets --language nb
    """
    from ladsim.scenario.presets import HEADINGS
    from ladsim.scenario.presets import listed as all_listed
    from ladsim.scenario.texts import known_language

    wanted = known_language(language or "en", "--language")
    messages.speak(wanted)
    group = ""
    entries = list(all_listed(wanted))
    wide = max(len(entry.name) for entry in entries) + 2
    for entry in entries:
        if entry.group != group:
            messages.out(("\n" if group else "") + HEADINGS[entry.group][wanted])
            group = entry.group
        messages.out(f"  {entry.name:{wide}}{entry.line}")
        messages.out(f"  {'':{wide}}{' → '.join(entry.rungs)} ({entry.currency}, {entry.language})")


def check(scenario: ScenarioFile, trust: Trust = False) -> None:
    """List everything that is wrong in a scenario file, all at once, and warn about what looks unusual.

    Each line says where, what was found, and what is allowed. Exit code 2 if the file cannot be simulated; warnings alone give 0.

    \b
    Example:
      ladsim check my_shop.toml
    """
    from ladsim.i18n import Locale
    from ladsim.scenario.check import warnings
    from ladsim.scenario.load import load, slips
    from ladsim.scenario.texts import known_or_english

    try:
        found = load(scenario, trust=trust)
    except ScenarioError as error:
        messages.problems(error.problems, error.language)
        locale = Locale(known_or_english(error.language))
        messages.note(locale.text("check.problems", file=cut(scenario, 300), n=len(error.problems)))
        raise typer.Exit(MISTAKE) from None
    messages.speak(found.language)
    odd = [*slips(scenario), *(replace(line, file=scenario) for line in warnings(found))]
    messages.problems(odd, are_odd=True)
    if any(layer.graph.path for layer in found.word_of_mouth):
        # Only a graph from a file can hold what the scenario does not show; reading it takes the numerical libraries.
        from ladsim.scenario.draws import resolve
        from ladsim.world.build import build

        messages.lines(map(messages.translated, build(resolve(found, 0, None)).notes))
    locale = Locale(found.language)
    counts = ((found.rungs, "rungs"), (found.steps, "steps"), (found.strategies, "strategies"), (odd, "warnings"))
    said = ", ".join(locale.text(f"check.{word}", n=len(things)) for things, word in counts if len(things))
    messages.out(locale.text("check.fine", file=scenario, said=said))


def show(
    scenario: ScenarioFile,
    strategy: OneStrategy = None,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Also draw the ladder into this .svg or .png file.")
    ] = None,
    trust: Trust = False,
    addresses: Annotated[
        bool,
        typer.Option(
            "--addresses", help="Also print the address (dotted key) that --set takes: next to every label, and for every number."
        ),
    ] = False,
    language: Language = None,
) -> None:
    """Print the ladder of a scenario: its rungs, the steps up and down with their numbers, strategies with their budgets, goals.

    \b
    Examples:
      ladsim show acquisition_vs_retention
      ladsim show my_shop.toml --strategy retention_first --out ladder.svg
      ladsim show my_shop.toml --addresses
    """
    from ladsim.cli.plan import addresses as all_addresses
    from ladsim.cli.plan import campaigns, goals, strategies
    from ladsim.i18n import Locale
    from ladsim.i18n.catalogue import loose
    from ladsim.reporting.ladder import ladder_text
    from ladsim.scenario.load import load
    from ladsim.scenario.strategies import with_strategy
    from ladsim.scenario.texts import known_language

    if language is not None:
        messages.speak(known_language(language, "--language"))
    found = load(scenario, language, trust=trust)
    messages.speak(found.language)
    if out is not None and Path(out).suffix.lower() not in PICTURES:
        raise StudyError(f"--out: found {out!r}, must end in .svg or .png")
    name = known(found, strategy)
    applied = with_strategy(found, name if name in found.strategies else None)
    messages.out(ladder_text(applied, addresses))
    parts = [campaigns(applied), strategies(found) if name is None else "", goals(found)]
    if addresses:
        parts.append(all_addresses(found if name is None else applied))
    for part in parts:
        if part:
            messages.out("\n" + part)
    if out is not None:
        from ladsim.reporting.ladder_picture import draw_ladder

        write_file(out, lambda place: draw_ladder(applied, place))
        messages.out("\n" + loose(Locale(applied.language).text("check.drawn", file=out)))


def schema(
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write it into this file, instead of printing it.")
    ] = None,
) -> None:
    """Print the JSON Schema of scenario files: with it, text editors suggest keys and mark mistakes while you type.

    \b
    Example:
      ladsim schema --out ladsim.schema.json
      (and as the first line of a scenario:  #:schema ./ladsim.schema.json)
    """
    from ladsim.scenario.json_schema import schema_json

    if out is None:
        messages.out(schema_json())
    else:
        write_text(out, schema_json())
        messages.out(f"{out}: written")
