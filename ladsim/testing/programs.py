"""What every programme keeps to, whoever wrote it.

In: a programme (or several together) in a market, a ``ProgramTrial``. Out: a sentence for each way in which a promise is broken.
`check_program` tries them all. To add one: a function here, and its line in `PROGRAM_PROMISES`.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ladsim.engine.agreement import parting
from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import ContractError, LadsimError
from ladsim.hosts.choice import reason_against_wasm
from ladsim.model.layout import (
    E_BOOK,
    E_EARN,
    E_EXPIRE,
    E_LEVEL,
    E_REDEEM,
    M_EXPIRED,
    M_ISSUED,
    M_JOINED,
    M_LEFT,
    M_REDEEMED,
    P_DISCOUNTS,
    P_FEES,
    P_REWARDS,
    P_RUNNING,
)
from ladsim.scenario.programs import rules
from ladsim.testing.reach import watched
from ladsim.testing.sources import strange_to_rules
from ladsim.testing.trial import ProgramTrial, Table, bare

Promise = Callable[[ProgramTrial], Iterator[str]]
JOINS = {"joins": {"probability": 0.5, "monthly": 0.2}}
NOBODY: Table = {"joins": {"probability": 0.0}}
FREE = {"setup_cost": 0.0, "running_cost_per_month": 0.0}
BESIDE: Table = {  # what a programme is also tried together with: it has a balance, a date, a memory and luck of its own
    "kind": "points", "name": "beside", **JOINS, "points_per_order": 1.0, "reward_at": 4.0, "reward_cost": 3.0,
    "redemption_probability": 0.6, "expires_after_months": 3, "goal_gradient": 0.5, "statement_every_months": 1.0,
}  # fmt: skip
SAVED_AT = 6  # months
FIRST = ("its source is clean", "its numbers are given", "it reaches its own alone")  # promises on which the others rest
_SIGNS = ((P_FEES, "fees", 1), (P_DISCOUNTS, "discounts", -1), (P_REWARDS, "rewards", -1), (P_RUNNING, "running costs", -1))


def check_program(
    program: str | os.PathLike[str] | Table,
    *,
    options: Mapping[str, float] | None = None,
    nobody: Table | None = NOBODY,
    beside: Table | None = BESIDE,
    seed: int = 5,
) -> None:
    """Try all that every programme keeps to, alone and together with another one; return where it keeps everything.

    `program` is a Python file with rules of your own (with `options` for its numbers), or a table as `[[programs]]` has it. `nobody`: the
    keys with which nobody has it, so that the market must be the one without it; None where no key can say so. `beside`: the programme it
    is tried together with, None for none. Raises ContractError with a line for each broken promise.
    """
    table = dict(program) if isinstance(program, Mapping) else {"kind": "own", "file": str(Path(program).absolute()), **JOINS}
    table |= {"name": str(table.get("name") or "tried")} | ({"options": dict(options)} if options else {})
    other = [] if beside is None else [beside]
    trials: dict[str, list[Table]] = {
        "": [table],
        "together with another: ": [table, *other],
        "behind another: ": [*other, table],
    }
    found: list[str] = []
    for where, programs in trials.items():
        idle = [nobody if one is table else NOBODY for one in programs]
        if len(programs) > 1 or not where:
            found += [
                f"{where}{line}" for line in broken(ProgramTrial(programs=programs, nobody=idle, seed=seed), PROGRAM_PROMISES)
            ]
        if found:
            raise not_kept(_called(table), found)


def not_kept(called: str, found: Sequence[str]) -> ContractError:
    """The error of what is `called` so: how many promises are broken, and a line for each.

    >>> str(not_kept("mine.py", ["no luck of its own: line 3"]))
    'mine.py: 1 broken promise\\nno luck of its own: line 3'
    """
    return ContractError(f"{called}: {len(found)} broken promise{'s' * (len(found) != 1)}\n" + "\n".join(found))


def _called(table: Table) -> str:
    return Path(table["file"]).name if table.get("file") else f"the programme {table['name']}"


def broken(trial: Any, promises: Mapping[str, Callable[[Any], Iterator[str]]]) -> list[str]:
    """A line for each broken promise.

    An error of the file's own ends the trial: the rest would say the same again. So does what breaks one of the first promises: who
    writes where others keep their numbers, or draws luck of its own, makes nonsense of all that follows.
    """
    found: list[str] = []
    for name, promise in promises.items():
        if name not in FIRST and any(line.startswith(FIRST) for line in found):
            break
        try:
            found += [f"{name}: {sentence}" for sentence in promise(trial)]
        except LadsimError as error:
            return [*found, f"{name}: {error}"]
    return found


def its_source_is_clean(trial: ProgramTrial) -> Iterator[str]:
    """No luck but streams, no clock, no state beside what it remembers of customers."""
    for kind in dict.fromkeys(program.kind for program in trial.laid_out.programs):
        if kind.endswith(".py"):
            yield from strange_to_rules(kind)


def its_numbers_are_given(trial: ProgramTrial) -> Iterator[str]:
    """Each number that its rules read is one that the file gives, or has a default."""
    for program in trial.laid_out.programs:
        kind = rules.kind_of(program.kind)
        for name in sorted(set(kind.numbers) - set(program.numbers) - set(kind.defaults)):
            yield f"{program.name} reads the number {name!r}, which nothing gives"


def it_reaches_its_own_alone(trial: ProgramTrial) -> Iterator[str]:
    """Rules touch the row that they are called for, no more of its memory than `memory` asks for, and give levels that there are."""
    with watched(trial.laid_out) as strange:
        try:
            trial.few(host="plain")
        except (LadsimError, IndexError, ValueError) as error:
            yield from dict.fromkeys(strange) or [str(error)]
            return
    yield from dict.fromkeys(strange)


def somebody_has_it(trial: ProgramTrial) -> Iterator[str]:
    """Without members, or anything booked, nothing would be tried."""
    for place, program in enumerate(trial.laid_out.programs):
        booked = trial.history.daily[:, program.cause : program.cause + len(_SIGNS)].any()
        if not trial.history.members[:, place].any() and not booked:
            yield f"nobody ever has {program.name}, and nothing is booked to it: give it `joins` that let people in"


def the_same_seed_gives_the_same(trial: ProgramTrial) -> Iterator[str]:
    """A run is what it was before, whatever has been played between: no state is left behind, no luck comes from elsewhere."""
    host = "" if reason_against_wasm() else "wasm"  # where hooks of one's own are Python, which remembers
    first = trial.play(host=host)
    trial.play(host=host, seed=trial.seed + 1)
    if not first.equals(again := trial.play(host=host)):
        yield f"the same seed gives another history when it is played again: {parting(first, again)}"


def engines_agree(trial: ProgramTrial) -> Iterator[str]:
    """A process per customer and arrays give the same event log, bit for bit; so do arrays without a log, and a map of it."""
    slow = trial.play(engine="simpy")
    if not slow.equals(trial.history):
        yield f"the engines part: {parting(slow, trial.history)}"
    if not replace(slow, log=None).equals(simulate(trial.scenario(), seed=trial.seed, engine="fast")):
        yield "without a log the engine of arrays gives another history"


def hosts_agree(trial: ProgramTrial) -> Iterator[str]:
    """Python alone gives what the usual host gives."""
    plain, usual = trial.few(host="plain"), trial.few()
    if not plain.equals(usual):
        yield f"Python alone parts from compiled rules: {parting(plain, usual)}"


def money_adds_up(trial: ProgramTrial) -> Iterator[str]:
    """Profit is the sum of all bookings: by day, by month and in the log, for each cause; fees are income, all else is paid."""
    history = trial.history
    assert history.log is not None
    booked = history.log[history.log["event"] == E_BOOK]
    for cause, name in enumerate(history.causes):
        in_log = int(booked["amount"][booked["cause"] == cause].sum())
        by_day, by_month = (
            int(history.daily[:, cause].sum()),
            int(history.money[:, cause].sum() + history.market_money[:, cause].sum()),
        )
        if not in_log == by_day == by_month:
            yield f"{name}: {in_log} in the log, {by_day} by day, {by_month} by month"
    for program in trial.laid_out.programs:
        for part, words, sign in _SIGNS:
            amounts = booked["amount"][booked["cause"] == program.cause + part]
            if (amounts * sign < 0).any():
                wrong = amounts[amounts * sign < 0][0] / history.unit
                yield f"{words} of {program.name}: {wrong:,.2f} is booked, must be {'income' if sign > 0 else 'a cost, below 0'}"


def balances_add_up(trial: ProgramTrial) -> Iterator[str]:
    """What was issued is redeemed, expired, or still there."""
    for place, program in enumerate(trial.laid_out.programs):
        counts = trial.history.members[:, place].sum(axis=0)
        left = int(trial.customers["balance"][place].sum())
        if counts[M_ISSUED] != counts[M_REDEEMED] + counts[M_EXPIRED] + left:
            found = f"{counts[M_ISSUED]} issued, {counts[M_REDEEMED]} redeemed, {counts[M_EXPIRED]} expired"
            yield f"{program.name}: {found}, {left} outstanding do not add up: use add_points"


def levels_are_members(trial: ProgramTrial) -> Iterator[str]:
    """At each snapshot those on its levels have joined and not left; at the end the customers' own rows say the same."""
    history, first = trial.history, 0
    for place, (program, levels) in enumerate(zip(trial.laid_out.programs, history.level_names, strict=True)):
        own = history.levels[:, first : first + len(levels)]
        first += len(levels)
        known = trial.customers["level"][place]
        joined, left = history.members[:, place, M_JOINED].cumsum(), history.members[:, place, M_LEFT].cumsum()
        if own[:, 0].any() or not np.array_equal(own[:, 1:].sum(axis=1), joined - left):
            yield f"{program.name}: those on its levels are not those who joined and have not left: use set_level"
        elif not np.array_equal(own[-1, 1:], np.bincount(known, minlength=len(levels))[1:]):
            yield f"{program.name}: the customers' rows have other levels than were counted: use set_level"


def nothing_is_negative(trial: ProgramTrial) -> Iterator[str]:
    """No count and no balance is below 0, after any event, and no level is logged that there is not."""
    history = trial.history
    assert history.log is not None
    if (history.members < 0).any() or (history.levels < 0).any():
        yield "something of its members is counted below 0"
    for place, (program, levels) in enumerate(zip(trial.laid_out.programs, history.level_names, strict=True)):
        own = history.log[(history.log["cause"] == place) & np.isin(history.log["event"], [E_EARN, E_REDEEM, E_EXPIRE, E_LEVEL])]
        if (own["amount"] < 0).any():
            yield f"{program.name}: an amount below 0 is earned, redeemed or expires"
        if own["amount"][own["event"] == E_LEVEL].max(initial=0) >= len(levels) * history.unit:
            yield f"{program.name}: a level above {len(levels) - 1} is given"
        change = np.where(own["event"] == E_EARN, own["amount"], np.where(own["event"] == E_LEVEL, 0, -own["amount"]))
        if any(change[own["customer"] == customer].cumsum().min(initial=0) < 0 for customer in np.unique(own["customer"])):
            yield f"{program.name}: a balance falls below 0"


def without_members_it_is_not_there(trial: ProgramTrial) -> Iterator[str]:
    """Where nobody has it, the market is, event for event, the one without it."""
    if any(keys is None for keys in trial.nobody):
        return
    idle = [{**program, **FREE, **(keys or {})} for program, keys in zip(trial.programs, trial.nobody, strict=True)]
    for engine in ("fast", "simpy"):
        plain, found = bare(trial.seed), trial.play(engine=engine, programs=idle)
        causes = len(plain.causes)
        books = (found.money[:, causes:], found.market_money[:, causes:], found.daily[:, causes:], found.members, found.levels)
        if any(book.any() for book in (*books, found.cash, found.prepaid)):
            yield f"nobody has it, and yet something is booked to it or counted ({engine})"
        elif not plain.equals(_without_programs(found, plain)):
            yield f"nobody has it, and yet the market is another one ({engine}): {parting(plain, found)}"


# What a history has of programmes alone, in a market without contracts.
_OF_PROGRAMS = (
    "causes", "cause_kinds", "program_names", "program_kinds", "program_units", "level_names", "members", "levels", "payment_sources", "cash",
    "prepaid",
)  # fmt: skip


def _without_programs(history: History, plain: History) -> History:
    """A history with the places of programmes taken away."""
    causes = len(plain.causes)
    books = {name: getattr(history, name)[:, :causes] for name in ("money", "market_money", "daily")}
    return replace(history, **books, **{name: getattr(plain, name) for name in _OF_PROGRAMS})


def it_goes_on_when_saved(trial: ProgramTrial) -> Iterator[str]:
    """A run saved at a month, and gone on from there, is the run that was never interrupted."""
    saved = simulate(trial.scenario(), seed=trial.seed, log=True, save_at=SAVED_AT)
    if not trial.history.equals(saved):
        yield f"saving a month changes the run: {parting(trial.history, saved)}"
    elif not trial.history.equals(resumed := saved.fork(None)):
        yield f"a run that goes on from month {SAVED_AT} is another one: {parting(trial.history, resumed)}"


def against_itself_it_is_nothing(trial: ProgramTrial) -> Iterator[str]:
    """Two strategies with the same programmes differ by exactly 0."""
    strategies = {name: {"programs": list(trial.programs)} for name in ("one", "other")}
    scenario = trial.scenario(programs=[], strategies=strategies)
    one, other = (simulate(scenario, strategy=name, seed=trial.seed, log=True) for name in strategies)
    if not one.equals(replace(other, strategy=one.strategy)):
        yield f"a strategy compared with itself differs: {parting(one, other)}"


def it_travels(trial: ProgramTrial) -> Iterator[str]:
    """Scenario and history come back from a pickle as they were; a programme loaded again does the same."""
    copy = pickle.loads(pickle.dumps(trial.scenario()))
    rules.kind_as_of.cache_clear()
    if not trial.history.equals(simulate(copy, seed=trial.seed, log=True)):
        yield "sent to another process, or loaded again, it gives another history"
    if not trial.history.equals(pickle.loads(pickle.dumps(trial.history))):
        yield "its history is another one after a pickle"


PROGRAM_PROMISES: dict[str, Promise] = {
    "its source is clean": its_source_is_clean,
    "its numbers are given": its_numbers_are_given,
    "it reaches its own alone": it_reaches_its_own_alone,
    "somebody has it": somebody_has_it,
    "the same seed gives the same": the_same_seed_gives_the_same,
    "engines agree": engines_agree,
    "hosts agree": hosts_agree,
    "money adds up": money_adds_up,
    "balances add up": balances_add_up,
    "levels are members": levels_are_members,
    "nothing is negative": nothing_is_negative,
    "without members it is not there": without_members_it_is_not_there,
    "it goes on when saved": it_goes_on_when_saved,
    "against itself it is nothing": against_itself_it_is_nothing,
    "it travels": it_travels,
}
