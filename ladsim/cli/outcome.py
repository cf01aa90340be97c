"""What stands around every study: what will be done is said before; after it the result is printed, written, and told where.

In: a `Request`, a study. Out: text on standard output (or JSON), a folder with report, tables and manifest, the exit code. What was
finished before Ctrl-C is a study of fewer replications and is written like any other, with exit code 3.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ladsim.cli import messages
from ladsim.cli.exits import INTERRUPTED
from ladsim.cli.finishing import no_garbage
from ladsim.cli.request import Request
from ladsim.cli.waiting import PAGE, Waiting, waiting
from ladsim.cli.warming import warn_of_slowness

if TYPE_CHECKING:
    from ladsim.i18n import Locale
    from ladsim.planning.studies import Study
    from ladsim.reporting.page_model import Page
    from ladsim.scenario.spec import Scenario


def announce(asked: Request, strategies: int, variants: int = 1, *, at_most: bool = False) -> None:
    """Say what will be done, and how to have it otherwise: so many strategies, each for so many variants of the market.

    `at_most`: the futures asked for are a limit.
    """
    from ladsim.i18n.catalogue import loose
    from ladsim.i18n.numerals import marked

    market = asked.changed.market_size
    locale, whole = asked.locale, asked.locale.whole(market)
    who = locale.text("screen.everybody", people=whole)
    if asked.sample is not None:
        who = locale.text("screen.some", sample=locale.whole(asked.sample), people=whole)
    futures = locale.text("count.futures", n=asked.replications)
    futures = locale.text("sure.at_most", futures=futures) if at_most else futures
    what = locale.text("screen.strategies", n=strategies, futures=futures) if strategies > 1 else futures
    what = locale.text("screen.variants", n=variants, futures=what) if variants > 1 else what
    months = locale.text("count.months", n=marked(locale.language, f"{asked.changed.months:g}"))
    messages.note(loose(locale.text("screen.announce", name=asked.changed.heading, what=what, who=who, months=months)))
    if asked.sample is not None:
        messages.note(loose(locale.text("screen.sample_all", people=whole, times=locale.whole(market / asked.sample))))
    people = market if asked.sample is None else asked.sample
    plans: tuple[Any, ...] = (asked.changed, *asked.changed.strategies.values())
    own = sum(program.rules != program.kind for plan in plans for program in plan.programs)
    warn_of_slowness(variants * strategies * asked.replications, people, asked.changed.months, own)
    if asked.folder is not None:
        from ladsim.planning.output import refuse_foreign

        refuse_foreign(asked.folder)
    say_what_runs(asked.changed)


def say_what_runs(scenario: Scenario) -> None:
    """Say which Python files of the scenario will be run, however quiet the command is."""
    from ladsim.scenario.own_code import code_of

    if code_of(scenario):
        from ladsim.i18n import Locale
        from ladsim.planning.manifest import code_files

        name_code(code_files(scenario), scenario.file, Locale(scenario.language))


def name_code(files: list[str], scenario_file: str, locale: Locale) -> None:
    """Name Python files that will be run."""
    from ladsim.i18n.catalogue import loose
    from ladsim.scenario.own_code import files_in_words

    messages.running(loose(locale.text("screen.runs", files=files_in_words(files, os.path.dirname(scenario_file)))))


def simulating(asked: Request) -> AbstractContextManager[Waiting | None]:
    """What is shown while the study runs. Where others work at it, this process gets ready for the page in the meantime."""
    return waiting(
        asked.locale.text("screen.simulating"), PAGE if asked.folder is not None and asked.processes != 1 else (), asked.locale
    )


def show(asked: Request, text: Callable[[], str]) -> None:
    """Print a part of the result, which nobody works out where nothing is printed."""
    if asked.prints and (said := text()):
        messages.out(said)


def finish(
    asked: Request,
    study: Study,
    strategies: list[str] | list[str | None],
    extra: dict[str, bytes] | None = None,
    more: Sequence[str] = (),
) -> None:
    """Write the JSON and the folder, say where, and end with the right exit code."""
    command = asked.again(strategies, study.setting.replications, more)
    _tell_of_the_world(asked, study)
    if asked.json is not None:
        from ladsim.cli.answer import json_text
        from ladsim.files import write_text

        text = json_text(study, command)
        if asked.prints:
            write_text(asked.json, text)
            messages.note(f"JSON: {asked.json}")
        else:
            messages.out(text)
    if asked.folder is not None:
        from ladsim.planning.manifest import MANIFEST
        from ladsim.planning.output import PAGE, write_study
        from ladsim.reporting.page import being_drawn, page_of

        try:
            page = page_of(study, command, str(Path(asked.folder) / MANIFEST))
            with no_garbage(), being_drawn(page, asked.processes, asked.beside.charts) as html:
                files = partial(_beside, asked, study, page, extra or {})
                folder = write_study(asked.folder, study, page=html, command=command, extra=files, csv=asked.beside.csv)
        except KeyboardInterrupt:
            kept = f"{asked.json} is written; " if asked.json is not None and asked.prints else ""
            raise KeyboardInterrupt(f"{kept}stopped before {asked.folder} was written: it is as it was") from None
        (messages.out if asked.prints else messages.note)(asked.locale.text("screen.report", path=folder / PAGE))
    if study.interrupted:
        if said := next(iter(study.futures.values())).stopped_by:  # not where it was the user
            messages.warning(said)
        messages.warning(
            f"stopped: the result rests on the {study.setting.replications} of {asked.replications} futures finished by then"
        )
        raise typer.Exit(INTERRUPTED)
    if next(iter(study.futures.values())).after_stopped:
        messages.warning(asked.locale.text("looks.stopped"))
        raise typer.Exit(INTERRUPTED)


def _beside(asked: Request, study: Study, page: Page, more: dict[str, bytes]) -> dict[str, bytes]:
    """What stands beside the report, by file name: `more`, and what was asked for."""
    files = dict(more)
    if asked.beside.xlsx:
        from ladsim.reporting.workbook import WORKBOOK, workbook

        files[WORKBOOK] = workbook(page)
    if asked.beside.charts:
        from ladsim.reporting.page import chart_files

        files |= chart_files(page)
    if asked.beside.short:
        from ladsim.planning.manifest import MANIFEST
        from ladsim.planning.output import PAGE
        from ladsim.reporting.page import short_html
        from ladsim.reporting.short import file_beside

        files[file_beside(PAGE)] = short_html(study, page, PAGE, str(Path(asked.folder or ".") / MANIFEST))
    return files


# What the text of a command says of the world by itself.
_TELL_THEMSELVES = frozenset({"compare", "programs"})


def _tell_of_the_world(asked: Request, study: Study) -> None:
    """Say what files of ties were read as, and what could not be had in a graph, once each."""
    from ladsim.i18n.catalogue import loose

    if asked.command not in _TELL_THEMSELVES:
        messages.lines(loose(note) for note in dict.fromkeys(note for run in study.futures.values() for note in run.world_notes))
