"""What every policy keeps to, whoever wrote it.

In: a policy in a market, a ``Trial``. Out: a sentence for each way in which a promise is broken. `check_policy` tries them all. To add
one: a function here, and its line in `POLICY_PROMISES`.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from ladsim.engine.agreement import parting
from ladsim.engine.run import simulate
from ladsim.scenario.address import plain
from ladsim.scenario.spec import Scenario
from ladsim.testing.programs import broken, money_adds_up, not_kept
from ladsim.testing.sources import strange_to_policies
from ladsim.testing.trial import ProgramTrial, Trial, market

MOST_PEOPLE = 300  # of a market of one's own
Promise = Callable[[ProgramTrial], Iterator[str]]


def check_policy(
    file: str | os.PathLike[str], function: str, *, scenario: Scenario | None = None, seed: int = 5, **options: Any
) -> None:
    """Try all that every policy keeps to; return where it keeps everything.

    `file` is your Python file, `function` the policy in it, `options` what it is called with. It acts in a market with the rungs lead,
    customer, fan and lapsed, or in a sample of your own `scenario`. Raises ContractError with a line for each broken promise.
    """
    data = market() if scenario is None else plain(scenario) | {"strategies": {}}
    policy = {"file": str(Path(file).absolute()), "function": function, "options": options}
    sample = None if scenario is None else min(scenario.market_size, MOST_PEOPLE)
    own = {**data, "policies": [policy]}
    found = broken(ProgramTrial(data=own, programs=data.get("programs", ()), seed=seed, sample=sample), POLICY_PROMISES)
    if found:
        raise not_kept(f"{Path(file).name}, {function}", found)


def its_source_is_clean(trial: ProgramTrial) -> Iterator[str]:
    """No luck of its own, no clock, nothing that outlives the run."""
    yield from strange_to_policies(str(trial.data["policies"][0]["file"]))


def it_does_something(trial: ProgramTrial) -> Iterator[str]:
    """A policy that pulls nothing, spends nothing and notes nothing would be tried in vain."""
    without = Trial({**trial.data, "policies": [], "programs": list(trial.programs)}, trial.seed, trial.sample).play()
    idle = trial.history.log is not None and without.log is not None and trial.history.log.size == without.log.size
    if idle and not trial.history.policy_notes and trial.history.profit_units == without.profit_units:
        yield "it pulls no lever, spends nothing and notes nothing in this market: try it in a `scenario` of yours"


def the_same_seed_gives_the_same(trial: ProgramTrial) -> Iterator[str]:
    """A run is what it was before, whatever has been played between."""
    first = trial.play()
    trial.play(seed=trial.seed + 1)
    if not first.equals(again := trial.play()):
        yield f"the same seed gives another history when it is played again: {parting(first, again)}"


def engines_agree(trial: ProgramTrial) -> Iterator[str]:
    """A process per customer and arrays give the same event log, bit for bit."""
    slow = trial.play(engine="simpy")
    if not slow.equals(trial.history):
        yield f"the engines part: {parting(slow, trial.history)}"


def hosts_agree(trial: ProgramTrial) -> Iterator[str]:
    """Python alone gives what the usual host gives."""
    alone, usual = trial.few(host="plain"), trial.few()
    if not alone.equals(usual):
        yield f"Python alone parts from compiled rules: {parting(alone, usual)}"


def against_itself_it_is_nothing(trial: ProgramTrial) -> Iterator[str]:
    """Two strategies with the same policy differ by exactly 0."""
    strategies = {name: {"policies": list(trial.data["policies"])} for name in ("one", "other")}
    scenario = trial.scenario(policies=[], strategies=strategies)
    one, other = (simulate(scenario, strategy=name, seed=trial.seed, sample=trial.sample, log=True) for name in strategies)
    if not one.equals(replace(other, strategy=one.strategy)):
        yield f"a strategy compared with itself differs: {parting(one, other)}"


def it_travels(trial: ProgramTrial) -> Iterator[str]:
    """Scenario and history come back from a pickle as they were."""
    copy = pickle.loads(pickle.dumps(trial.scenario()))
    if not trial.history.equals(simulate(copy, seed=trial.seed, sample=trial.sample, log=True)):
        yield "sent to another process it gives another history"


POLICY_PROMISES: dict[str, Promise] = {
    "its source is clean": its_source_is_clean,
    "it does something": it_does_something,
    "the same seed gives the same": the_same_seed_gives_the_same,
    "engines agree": engines_agree,
    "hosts agree": hosts_agree,
    "money adds up": money_adds_up,
    "against itself it is nothing": against_itself_it_is_nothing,
    "it travels": it_travels,
}
