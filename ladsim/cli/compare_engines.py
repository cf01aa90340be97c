"""One future on both engines: the command, and what it says of the events.

In: the options. Out: a sentence on standard output, and the exit code: 0 where every event is the same, 1 where one is not.
"""

from __future__ import annotations

import typer

from ladsim.cli import messages, options, outcome
from ladsim.cli.exits import DIFFERENT
from ladsim.cli.request import read_scenario
from ladsim.cli.warming import warn_of_slowness


def compare_engines(
    scenario: options.ScenarioFile,
    strategy: options.OneStrategy = None,
    seed: options.Seed = 1,
    sample: options.Sample = None,
    months: options.Months = None,
    pairs: options.Set = None,
    trust: options.Trust = False,
    quiet: options.Quiet = False,
) -> None:
    """Simulate one future with both engines (simpy, one process per customer; fast, arrays) and say whether every event is the same.

    Exit code 0 if so; if not, 1, and the first event that differs is printed.

    \b
    Example:
      ladsim compare-engines my_shop.toml --sample 500
    """
    messages.be_quiet(quiet)
    _, changed, _ = read_scenario(scenario, pairs, months, trust=trust)
    outcome.say_what_runs(changed)
    name, people = options.known(changed, strategy), options.people(changed, sample)
    options.refuse_seed(seed)
    warn_of_slowness(2, changed.market_size if people is None else people, changed.months)
    from ladsim.engine.agreement import compare_engines as on_both

    found = on_both(changed, strategy=name, seed=seed, sample=people)
    if not found.equal:
        messages.out(messages.translated(f"different: {found.parting or 'the same events, but other totals in the accounts'}"))
        raise typer.Exit(DIFFERENT)
    messages.out(messages.translated(f"equal: both engines give the same {found.events:,} events, bit for bit"))
