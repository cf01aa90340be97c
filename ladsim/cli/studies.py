"""The commands that simulate: run, compare, targets, wheel, potential, programs, again, compare-engines.

In: options; those of all studies come as a `Request`, in the place of ``asked``. Out: a table on standard output (or JSON), a folder
with report, tables and manifest, and the exit code (``outcome``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ladsim.cli import lives, messages, options, outcome
from ladsim.cli.exits import DIFFERENT, INTERRUPTED
from ladsim.cli.finishing import finished
from ladsim.cli.request import Request, read, refuse_unwritable, with_request
from ladsim.cli.waiting import waiting
from ladsim.cli.warming import warn_of_slowness


@with_request
def run(*, strategy: options.OneStrategy = None, asked: Request, log: options.Log = None, follow: options.Follow = None) -> None:
    """Play many futures of one strategy, or of the market as it is, and say what comes of it.

    \b
    Examples:
      ladsim run acquisition_vs_retention --strategy retention_first
      ladsim run my_shop.toml --months 12 --set steps.customer.lapsed.monthly=0.05
      ladsim run my_shop.toml --follow 100
    """
    whom = options.follow(follow)
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    kept = lives.first_future(asked, name, log, whom) if log is not None or whom is not None else None
    from ladsim.cli.screen import run_text
    from ladsim.planning.run import replicate

    with outcome.simulating(asked) as progress:
        study = replicate(asked.scenario, strategy=name, progress=progress, with_nothing=True, **asked.setting())
    outcome.show(asked, lambda: run_text(study))
    if kept is None or whom is None:
        outcome.finish(asked, study, [name])
    else:
        outcome.show(asked, lambda: lives.life_of(asked, kept))
        outcome.finish(asked, study, [name], extra=lives.lives_file(kept))


@with_request
def compare(*, strategy: options.Strategies = None, asked: Request) -> None:
    """Compare strategies with the same luck, say which one to choose, by how much and how sure that is, and write the report.

    The scenario as it stands (base) is always played beside them: what would have come anyway is no strategy's doing.

    \b
    Examples:
      ladsim compare acquisition_vs_retention
      ladsim compare my_shop.toml --strategy retention_first --replications 200
    """
    names = options.several(asked.changed, strategy)
    played = "base" in names and "base" not in asked.changed.strategies
    outcome.announce(asked, len(names) + (not played))
    from ladsim.cli.screen import comparison_text, verdict_text
    from ladsim.planning.compare import compare as compare_strategies

    with outcome.simulating(asked) as progress:
        study = compare_strategies(asked.scenario, names, progress=progress, **asked.setting())
    outcome.show(asked, lambda: comparison_text(study))
    outcome.show(asked, lambda: verdict_text(study))
    outcome.finish(asked, study, names)


@with_request
def targets(*, strategy: options.OneStrategy = None, month: options.Month = None, asked: Request) -> None:
    """Say which numbers a strategy will reach with 80 % (commit), 50 % (expect) and 20 % probability (stretch), by a month.

    \b
    Example:
      ladsim targets acquisition_vs_retention --strategy retention_first --month 12
    """
    name = options.known(asked.changed, strategy)
    month = options.month_of(asked.changed, month, "--month")
    outcome.announce(asked, 1)
    from ladsim.cli.screen import targets_text
    from ladsim.planning.targets import set_targets

    with outcome.simulating(asked) as progress:
        study = set_targets(asked.scenario, name, month, progress=progress, **asked.setting())
    outcome.show(asked, lambda: targets_text(study))
    outcome.finish(asked, study, [name], more=["--month", options.typed(study.month)])


@with_request
def wheel(*, strategy: options.OneStrategy = None, asked: Request) -> None:
    """Draw the loyalty wheel: what each of its six spokes costs, moves and loses, and how strong it is (0 to 100).

    \b
    Examples:
      ladsim wheel ladder_guide --strategy balanced
      ladsim wheel my_shop.toml --language da
    """
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    from ladsim.cli.wheel import wheel_files, wheel_text
    from ladsim.planning.run import replicate
    from ladsim.planning.wheel import loyalty_wheel

    with outcome.simulating(asked) as progress:
        study = replicate(asked.scenario, strategy=name, progress=progress, with_nothing=True, **asked.setting())
    found = loyalty_wheel(study)
    outcome.show(asked, lambda: wheel_text(found))
    outcome.finish(asked, study, [name], extra=wheel_files(found) if asked.folder is not None else None)


@with_request
def potential(
    *,
    budget: options.Budget = None,
    cost_per_customer: options.CostPerCustomer = None,
    strategy: options.OneStrategy = None,
    asked: Request,
) -> None:
    """Say which segments to go for first: how many there are and can be, what one more customer is worth and may cost.

    \b
    Examples:
      ladsim potential my_shop.toml --budget 100000 --cost-per-customer 25
      ladsim potential my_shop.toml --cost-per-customer student=18 --cost-per-customer office=40
      ladsim potential acquisition_vs_retention --strategy acquisition_first --budget 20000
      ladsim potential local_shop --cost-per-customer 100 --language da
    """
    name = options.known(asked.changed, strategy)
    money, costs = options.budget(budget), options.costs(asked.changed, cost_per_customer)
    outcome.announce(asked, 1)
    from ladsim.cli.target_groups import potential_text
    from ladsim.planning.potential import potential as find_potential

    with outcome.simulating(asked) as progress:
        study = find_potential(asked.scenario, name, money, cost_per_customer=costs, progress=progress, **asked.setting())
    outcome.show(asked, lambda: potential_text(study))
    more = ["--budget", options.typed(money)] if money is not None else []
    for segment, cost in costs.items():
        more += ["--cost-per-customer", f"{segment}={options.typed(cost)}"]
    outcome.finish(asked, study, [study.strategy], more=more)


@with_request
def programs(*, strategy: options.OneStrategy = None, asked: Request) -> None:
    """Say what each loyalty programme earns and costs, against the same market without it.

    \b
    Examples:
      ladsim programs my_shop.toml
      ladsim programs my_shop.toml --strategy points --language da
    """
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    from ladsim.cli.programs import programs_text
    from ladsim.planning.programs import program_value

    with outcome.simulating(asked) as progress:
        study = program_value(asked.scenario, strategy=name, progress=progress, **asked.setting())
    outcome.show(asked, lambda: programs_text(study))
    outcome.finish(asked, study, [name])


def again(
    manifest: Annotated[str, typer.Argument(metavar="MANIFEST", help="The manifest.json of a study, or the study's folder.")],
    processes: options.Processes = None,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write the new tables into a folder, too.")] = None,
    quiet: options.Quiet = False,
) -> None:
    """Make an earlier study once more and say whether every number is the same, to the last digit.

    Exit code 0 if it is, 1 if not.

    \b
    Example:
      ladsim again reports/my_shop-compare
    """
    from ladsim.i18n import Locale

    messages.be_quiet(quiet)
    if out is not None:
        refuse_unwritable(Path(out))
    with finished(Locale("en")):
        _made_again(manifest, out, processes)


def _made_again(manifest: str, out: str | None, processes: int | None) -> None:
    """Make the study, and say whether it is the same."""
    from ladsim.planning.reproduce import again as run_again

    with waiting("Simulating again") as progress:
        result = run_again(manifest, out, processes, progress)
    if outcome.is_stopped(result.study):
        messages.error("stopped before all of it was run again: nobody can say whether it is the same")
        raise typer.Exit(INTERRUPTED)
    for name in result.unchecked:
        messages.warning(
            f"{name}: the manifest holds no fingerprint of it (older versions of ladsim noted none of programmes of one's own), so "
            "nobody can tell whether it has changed since"
        )
    if result.folder is not None:
        messages.note(f"The new tables are in {result.folder}")
    if result.identical:
        messages.out(f"identical: {manifest} gives the same numbers again, to the last digit")
        return
    messages.out(
        "\n".join([f"different: {manifest} does not give the same numbers again", *(f"  {one}" for one in result.differing)])
    )
    messages.lines(result.notes)
    raise typer.Exit(DIFFERENT)


def compare_engines(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    quiet: options.Quiet = False,
) -> None:
    """Play one future on both engines, one process per customer and arrays, and say whether every event is the same.

    Exit code 0 if it is, 1 if not; then the first event at which they part is printed.

    \b
    Example:
      ladsim compare-engines my_shop.toml --sample 500
    """
    messages.be_quiet(quiet)
    _, changed, _ = read(scenario, pairs, months)
    name, people = options.known(changed, strategy), options.people(changed, sample)
    options.refuse_seed(seed)
    warn_of_slowness(2, changed.market_size if people is None else people, changed.months)
    from ladsim.engine.agreement import compare_engines as on_both

    found = on_both(changed, strategy=name, seed=seed, sample=people)
    if not found.equal:
        messages.out(f"different: {found.parting or 'the same events, but other sums in the books'}")
        raise typer.Exit(DIFFERENT)
    messages.out(f"equal: both engines give the same {found.events:,} events, bit for bit")
