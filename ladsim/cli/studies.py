"""The commands that simulate: run, compare, targets, wheel, potential, programs, again, compare-engines.

In: options. Out: a table on standard output (or JSON), a folder with report, tables and manifest, and the exit code. What was
finished before Ctrl-C is a study of fewer replications and is written like any other, with exit code 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ladsim.cli import lives, messages, options
from ladsim.cli.exits import DIFFERENT, INTERRUPTED
from ladsim.cli.request import Request, refuse_unwritable, request
from ladsim.cli.waiting import say_if_compiling, waiting

if TYPE_CHECKING:
    from ladsim.planning.manifest import Study


def run(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    log: options.Log = None,
    follow: options.Follow = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Play many futures of one strategy, or of the market as it is, and say what comes of it.

    \b
    Examples:
      ladsim run acquisition_vs_retention --strategy retention_first
      ladsim run my_shop.toml --months 12 --set steps.customer.lapsed.monthly=0.05
      ladsim run my_shop.toml --follow 100
    """
    whom = options.follow(follow)
    asked = request(
        "run", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs, processes=processes,
        json=json, out=out, quiet=quiet, language=language,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    _announce(asked, 1)
    kept = lives.first_future(asked, name, log, whom) if log is not None or whom is not None else None
    from ladsim.cli.screen import run_text
    from ladsim.planning.run import replicate

    with waiting("Simulating") as progress:
        study = replicate(asked.scenario, strategy=name, progress=progress, **asked.setting())
    _show(asked, lambda: run_text(study))
    if kept is None or whom is None:
        _finish(asked, study, [name])
    else:
        _show(asked, lambda: lives.life_of(asked, kept))
        _finish(asked, study, [name], extra=lives.lives_file(kept))


def compare(
    scenario: options.ScenarioFile,
    strategy: options.Strategies = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Compare strategies with the same luck, say which one to choose, by how much and how sure that is, and write the report.

    \b
    Examples:
      ladsim compare acquisition_vs_retention
      ladsim compare my_shop.toml --strategy retention_first --strategy base --replications 200
    """
    asked = request(
        "compare", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs, processes=processes,
        json=json, out=out, quiet=quiet, language=language,
    )  # fmt: skip
    names = options.several(asked.changed, strategy)
    _announce(asked, len(names))
    from ladsim.cli.screen import comparison_text, verdict_text
    from ladsim.planning.compare import compare as compare_strategies

    with waiting("Simulating") as progress:
        study = compare_strategies(asked.scenario, names, progress=progress, **asked.setting())
    _show(asked, lambda: comparison_text(study))
    _show(asked, lambda: verdict_text(study))
    _finish(asked, study, names)


def targets(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    month: Annotated[
        float | None, typer.Option("--month", metavar="N", help="The month to set targets for (default: the last).")
    ] = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Say which numbers a strategy will reach with 80 % (commit), 50 % (expect) and 20 % probability (stretch), by a month.

    \b
    Example:
      ladsim targets acquisition_vs_retention --strategy retention_first --month 12
    """
    asked = request(
        "targets", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs, processes=processes,
        json=json, out=out, quiet=quiet, language=language,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    _announce(asked, 1)
    from ladsim.cli.screen import targets_text
    from ladsim.planning.targets import set_targets

    with waiting("Simulating") as progress:
        study = set_targets(asked.scenario, name, month, progress=progress, **asked.setting())
    _show(asked, lambda: targets_text(study))
    _finish(asked, study, [name], study.month)


def wheel(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Draw the loyalty wheel: what each of its six spokes costs, moves and loses, and how strong it is (0 to 100).

    \b
    Examples:
      ladsim wheel ladder_guide --strategy balanced
      ladsim wheel my_shop.toml --language da
    """
    asked = request(
        "wheel", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs, processes=processes,
        json=json, out=out, quiet=quiet, language=language,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    _announce(asked, 1)
    from ladsim.cli.wheel import wheel_files, wheel_text
    from ladsim.planning.run import replicate
    from ladsim.planning.wheel import loyalty_wheel

    with waiting("Simulating") as progress:
        study = replicate(asked.scenario, strategy=name, progress=progress, **asked.setting())
    found = loyalty_wheel(study)
    _show(asked, lambda: wheel_text(found))
    _finish(asked, study, [name], extra=wheel_files(found) if asked.folder is not None else None)


def potential(
    scenario: options.ScenarioFile,
    budget: options.Budget = None,
    cost_per_customer: options.CostPerCustomer = None,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    quiet: options.Quiet = False,
) -> None:
    """Say which segments to go for first: how many there are and can be, what one more customer is worth and may cost.

    \b
    Examples:
      ladsim potential my_shop.toml --budget 100000 --cost-per-customer 25
      ladsim potential my_shop.toml --cost-per-customer student=18 --cost-per-customer office=40
      ladsim potential acquisition_vs_retention --strategy acquisition_first --budget 20000
    """
    asked = request(
        "potential", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs,
        processes=processes, json=json, out=out, quiet=quiet,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    money, costs = options.budget(budget), options.costs(asked.changed, cost_per_customer)
    _announce(asked, 1)
    from ladsim.cli.target_groups import potential_text
    from ladsim.planning.potential import potential as find_potential

    with waiting("Simulating") as progress:
        study = find_potential(asked.scenario, name, money, cost_per_customer=costs, progress=progress, **asked.setting())
    _show(asked, lambda: potential_text(study))
    more = ["--budget", f"{money:g}"] if money is not None else []
    for segment, cost in costs.items():
        more += ["--cost-per-customer", f"{segment}={cost:g}"]
    _finish(asked, study, [study.strategy], more=more)


def programs(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    replications: options.Replications = 40,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    processes: options.Processes = None,
    json: options.Json = None,
    out: options.Out = None,
    language: options.Language = None,
    quiet: options.Quiet = False,
) -> None:
    """Say what each loyalty programme earns and costs, against the same market without it.

    \b
    Examples:
      ladsim programs my_shop.toml
      ladsim programs my_shop.toml --strategy points --language da
    """
    asked = request(
        "programs", scenario, seed=seed, replications=replications, sample=sample, months=months, pairs=pairs,
        processes=processes, json=json, out=out, quiet=quiet, language=language,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    _announce(asked, 1)
    from ladsim.cli.programs import programs_text
    from ladsim.planning.programs import program_value

    with waiting("Simulating") as progress:
        study = program_value(asked.scenario, strategy=name, progress=progress, **asked.setting())
    _show(asked, lambda: programs_text(study))
    _finish(asked, study, [name])


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
    messages.be_quiet(quiet)
    if out is not None:
        refuse_unwritable(Path(out))
    say_if_compiling()
    from ladsim.planning.again import again as run_again

    with waiting("Simulating again") as progress:
        result = run_again(manifest, out, processes, progress)
    if _stopped(result.study):
        messages.error("stopped before all of it was run again: nobody can say whether it is the same")
        raise typer.Exit(INTERRUPTED)
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
    asked = request(
        "compare-engines", scenario, seed=seed, replications=1, sample=sample, months=months, pairs=pairs, processes=1,
        json=None, out=None, quiet=quiet,
    )  # fmt: skip
    name = options.known(asked.changed, strategy)
    say_if_compiling()
    from ladsim.engine.agreement import compare_engines as on_both

    found = on_both(asked.changed, strategy=name, seed=asked.seed, sample=asked.sample)
    if not found.equal:
        messages.out(f"different: {found.parting or 'the same events, but other sums in the books'}")
        raise typer.Exit(DIFFERENT)
    messages.out(f"equal: both engines give the same {found.events:,} events, bit for bit")


def _announce(asked: Request, strategies: int) -> None:
    """Say what will be done, and how to have it otherwise."""
    from ladsim.words.catalogue import loose
    from ladsim.words.numerals import marked

    market = asked.changed.market_size
    speech, whole = asked.speech, asked.speech.whole(market)
    who = speech.say("screen.everybody", people=whole)
    if asked.sample is not None:
        who = speech.say("screen.some", sample=speech.whole(asked.sample), people=whole)
    futures = speech.say("count.futures", n=asked.replications)
    what = speech.say("screen.strategies", n=strategies, futures=futures) if strategies > 1 else futures
    months = speech.say("count.months", n=marked(speech.language, f"{asked.changed.months:g}"))
    messages.note(loose(speech.say("screen.announce", name=asked.changed.heading, what=what, who=who, months=months)))
    if asked.sample is not None:
        messages.note(loose(speech.say("screen.sample_all", people=whole, times=speech.whole(market / asked.sample))))
    say_if_compiling()
    if asked.folder is not None:
        from ladsim.planning.output import refuse_foreign

        refuse_foreign(asked.folder)


def _show(asked: Request, text: Callable[[], str]) -> None:
    """Print a part of the result, which nobody works out where nothing is printed."""
    if asked.prints and (said := text()):
        messages.out(said)


def _finish(
    asked: Request,
    study: Study,
    strategies: list[str] | list[str | None],
    month: float | None = None,
    extra: dict[str, bytes] | None = None,
    more: Sequence[str] = (),
) -> None:
    """Write the JSON and the folder, say where, and end with the right exit code."""
    command = asked.again(strategies, study.setting.replications, month, more)
    if asked.json is not None:
        from ladsim.cli.answer import json_text
        from ladsim.scenario.edit import replace_file

        text = json_text(study, command)
        if asked.prints:
            replace_file(asked.json, text)
            messages.note(f"JSON: {asked.json}")
        else:
            messages.out(text)
    if asked.folder is not None:
        from ladsim.planning.manifest import MANIFEST
        from ladsim.planning.output import PAGE, write_study
        from ladsim.report.page import page_html

        page = page_html(study, command=command, manifest=str(Path(asked.folder) / MANIFEST))
        folder = write_study(asked.folder, study, page=page, command=command, extra=extra)
        (messages.out if asked.prints else messages.note)(asked.speech.say("screen.report", path=folder / PAGE))
    if _stopped(study):
        if said := _stopped_by(study):
            messages.warning(said)
        messages.warning(
            f"stopped: the result rests on the {study.setting.replications} of {asked.replications} futures finished by then"
        )
        raise typer.Exit(INTERRUPTED)


def _stopped_by(study: Study) -> str:
    """What ended the study, where it was not the user."""
    from ladsim.cli.answer import runs_of

    return runs_of(study)[0].stopped_by


def _stopped(study: Study) -> bool:
    """Whether the study ended before all its replications were done."""
    from ladsim.cli.answer import runs_of

    return runs_of(study)[0].interrupted
