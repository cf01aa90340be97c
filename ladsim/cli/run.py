"""The study of one strategy on the command line: the command, and what it shows.

In: options. Out: the main measures with their intervals, what is brought beyond doing nothing, goals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladsim.cli import lives, options, outcome, screen
from ladsim.cli import sweep as sweeping
from ladsim.cli.request import Request, study_command
from ladsim.errors import StudyError
from ladsim.i18n import Locale

if TYPE_CHECKING:
    from rich.table import Table

    from ladsim.planning.replications import Replications


@study_command("simulate many futures of a scenario and print the results")
def run(
    *,
    strategy: options.OneStrategy = None,
    asked: Request,
    sweep: options.Sweep = None,
    log: options.Log = None,
    follow: options.Follow = None,
) -> None:
    """Simulate many futures of a scenario, under one strategy or as the market is, and print the results.

    \b
    Examples:
      ladsim run acquisition_vs_retention --strategy retention_first
      ladsim run my_shop.toml --months 12 --set steps.customer.lapsed.monthly=0.05
      ladsim run my_shop.toml --follow ambassador
      ladsim run invitation_cascade --sweep steps.stranger.member.probability=0.02:0.3:8
    """
    whom = options.follow(follow, asked.changed)
    name = options.known(asked.changed, strategy)
    if sweep is not None:
        if log is not None or follow is not None:
            raise StudyError("--sweep: found --log or --follow beside it, which are for one future; must come without them")
        return sweeping.play(asked, sweep, None, name)
    outcome.announce(asked, 1)
    kept = lives.first_future(asked, name, log, whom) if log is not None or whom is not None else None
    from ladsim.planning.run import replicate

    with outcome.simulating(asked) as progress:
        study = replicate(asked.scenario, strategy=name, with_nothing=True, **asked.options(progress))
    outcome.show(asked, lambda: run_text(study))
    outcome.show(asked, lambda: _after(study))
    if kept is None or whom is None:
        outcome.finish(asked, study, [name])
    else:
        outcome.show(asked, lambda: lives.life_of(asked, kept))
        outcome.finish(asked, study, [name], extra=lives.lives_file(kept))


def run_text(study: Replications) -> str:
    """The main measures of one strategy with their intervals, and who stands where at the end."""
    from ladsim.i18n.catalogue import loose
    from ladsim.measures.explanation import study_measures
    from ladsim.planning.measure_table import estimate
    from ladsim.planning.notes import goals_of_the_start
    from ladsim.reporting.cascades import cells, headline
    from ladsim.reporting.run import MAIN

    currency, locale = study.scenario.currency, Locale(study.source.language, study.source.start_date)

    def row(name: str, title: str, unit: str) -> list[str]:
        found = estimate(study, name)
        return [
            title,
            screen.in_unit(found.value, unit, currency, locale, (found.value, found.low, found.high)),
            screen.between(found.low, found.high, unit, currency, locale, (found.value,)),
        ]

    meanings = study_measures(locale.language)
    measures = [row(name, meanings[name].title, meanings[name].unit) for name in MAIN]
    if (brings := cells(study, locale)) is not None:
        measures.insert(MAIN.index("referred_share") + 1, [*map(loose, brings)])
    rungs = [row(f"end_{rung.name}", f"  {rung.label or rung.name}", "people") for rung in study.scenario.rungs]
    title = locale.text("screen.run", label=study.label, **screen.size(study.count, study.scenario.months, locale))
    head = ["", locale.text("screen.mean"), locale.text("screen.interval_of_mean")]
    measured = screen.table(title, head, [*measures, [locale.text("screen.at_end"), "", ""], *rungs])
    humps = headline(study, locale)
    said = "".join(f"\n{loose(locale.text('screen.note', note=note))}\n" for note in goals_of_the_start(study))
    shown = screen.printed(measured) + screen.literature(study) + screen.printed(*_beyond_nothing(study), *_goals(study))
    return shown + said + (f"\n{loose(humps)}\n" if humps else "")


def _after(study: Replications) -> str:
    """What is brought beyond doing nothing at the horizon and some months later; nothing where nobody looked."""
    if study.nothing is None:
        return ""
    from ladsim.cli.compare import after_text
    from ladsim.planning.after_horizon import extra_after

    return after_text(extra_after(study.futures, study.nothing), study.nothing)


def _beyond_nothing(study: Replications) -> list[Table]:
    """What is done for customers, against the same market in which nothing is done; nothing where that was not played."""
    if study.nothing is None:
        return []
    from ladsim.planning.extra import extra
    from ladsim.reporting.extra import rows

    locale = Locale(study.source.language, study.source.start_date)
    found = rows([extra(study, study.nothing)], study.scenario.currency, locale)
    head = ["", locale.text("screen.mean"), locale.text("screen.interval")]
    told = [[str(name), cell.text, cell.small] for name, cell in found if not isinstance(cell, str)]
    return [screen.table(locale.text("screen.beyond_nothing"), head, told)]


def _goals(study: Replications) -> list[Table]:
    from ladsim.planning.attainment import goals
    from ladsim.scenario.naming import Namer

    return screen.judged(goals(study).to_dict("records"), Namer(study.source))
