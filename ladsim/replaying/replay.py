"""Customers' real orders under the rules of programmes: who gets which level, what is given and owed, month by month.

In: orders (customer, date, amount) and programmes as a scenario file has them. Out: a `Replayed`. The rules are those of the engine: a market of
one rung in which nothing happens by chance is played by the fast engine, and before each day everybody's next order is set to the
day and the amount of the real one. So hooks, levels, expiry, rewards and their money are the same code as in a simulation; nothing here knows
a rule of a programme.

**What is taken as given.** Behaviour is as it was: factors of benefits, pulls towards a reward and their lifts are left out. Everybody joins at
the first order in the data, unless `joins` says with which probability (assumption: a real programme has members who never signed up).
A calendar month is a month of the model, its days spread evenly over it, so that the books are those of calendar months.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.engine.blocks import find_minima
from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared
from ladsim.engine.snapshots import snapshots
from ladsim.engine.state import columns, part
from ladsim.errors import DataError
from ladsim.model.layout import FIRST_CLOCK, MEMBER_COUNTS, MONTH, NEVER, P_DISCOUNTS, P_FEES, P_REWARDS, P_RUNNING, POINT
from ladsim.scenario.load import read, validated
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.rules import kind_of
from ladsim.scenario.tables import tables
from ladsim.world.build import build

Floats = NDArray[np.float64]
_LONGEST = 1_200  # months
RUNG = "customer"
_CENT = 0.005  # of the currency: what is less is no difference


@dataclass(frozen=True)
class Replayed:
    """What programmes would have given on real orders. M months, P programmes, N customers in the order of their ids."""

    months: pd.DataFrame  # a row a month and programme, columns of `replay`
    customers: pd.DataFrame  # a row a customer: customer, orders, spend, given, owed, and of each programme level, balance
    programs: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]  # programme → names of its levels, none first
    left_out: int = 0  # rows of orders without a customer, a day, or an amount above 0

    def total(self, name: str) -> float:
        """A flow of all months and programmes together, or what is `owed` at the end."""
        if name == "owed":
            return float(self.customers["owed"].sum())
        return float(self.months[name].sum())

    def deciles(self) -> pd.DataFrame:
        """decile (1: spends most), customers, spend, given, owed, and both as shares of spend: tenths of the customers by spend."""
        order = self.customers["spend"].rank(method="first", ascending=False)
        tenth = np.ceil(order * 10 / len(order)).astype(int)
        found = self.customers.groupby(tenth)[["spend", "given", "owed"]].sum()
        found.insert(0, "customers", self.customers.groupby(tenth).size())
        found["given_share"], found["owed_share"] = found["given"] / found["spend"], found["owed"] / found["spend"]
        return found.rename_axis("decile").reset_index()


@dataclass(frozen=True)
class Beside:
    """The same customers under new rules and under those of today, each as `Replayed`."""

    new: Replayed
    today: Replayed

    def customers(self) -> pd.DataFrame:
        """customer, spend, today and new (given and owed together), change: a row a customer."""
        table = self.new.customers[["customer", "spend"]].copy()
        table["today"] = self.today.customers["given"] + self.today.customers["owed"]
        table["new"] = self.new.customers["given"] + self.new.customers["owed"]
        return table.assign(change=table["new"] - table["today"])

    def deciles(self) -> pd.DataFrame:
        """decile (1: spends most), customers, spend, today, new, change, gain and lose (how many customers get more, less)."""
        table = self.customers()
        order = table["spend"].rank(method="first", ascending=False)
        tenth = np.ceil(order * 10 / len(order)).astype(int)
        found = table.groupby(tenth)[["spend", "today", "new", "change"]].sum()
        found.insert(0, "customers", table.groupby(tenth).size())
        found["gain"] = (table["change"] > _CENT).groupby(tenth).sum()
        found["lose"] = (table["change"] < -_CENT).groupby(tenth).sum()
        return found.rename_axis("decile").reset_index()

    def levels(self) -> pd.DataFrame:
        """program, today, new, customers: on which level customers stand under both, in programmes that both have by name; "" for no member."""
        frames = []
        for name in self.new.programs:
            if name in self.today.programs:
                both = pd.DataFrame({"today": self.today.customers[f"{name}_level"], "new": self.new.customers[f"{name}_level"]})
                frames.append(both.groupby(["today", "new"]).size().reset_index(name="customers").assign(program=name))
        table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["today", "new", "customers", "program"])
        return table[["program", "today", "new", "customers"]]

    def moved(self, name: str) -> tuple[int, int]:
        """How many customers stand higher, and how many lower, in a programme than under today's rules, by the order of levels of each."""
        place = [
            one.customers[f"{name}_level"].map({"": 0, **{level: n for n, level in enumerate(one.levels[name], 1)}})
            for one in (self.today, self.new)
        ]
        change = place[1].astype(int) - place[0].astype(int)
        return int((change > 0).sum()), int((change < 0).sum())


def replay(orders: pd.DataFrame, programs: Sequence[Mapping[str, Any]], *, vat: float = 0.0, seed: int = 1) -> Replayed:
    """Play programmes on real orders: one row a customer and day, with columns customer, date and amount (VAT in, where `vat` says so).

    `months` has month, program, members (at its end), joined, left, orders and revenue of members, issued, redeemed, expired, outstanding
    (points, or money of a programme in money), rewards, cost (discounts, rewards and running cost, positive), owed (what is outstanding
    in the currency; nan where no rule says what a point costs), level_NAME (members at its end). `customers` has the level's name, "" for
    who is no member, and the balance, at the end. Raises DataError where there are no orders or no amounts, ScenarioError where a
    programme is wrong.

    >>> import pandas as pd
    >>> dates = pd.to_datetime(["2026-01-10", "2026-02-28", "2026-01-31"])
    >>> orders = pd.DataFrame({"customer": ["a", "a", "b"], "date": dates, "amount": [100.0, 50.0, 30.0]})
    >>> found = replay(orders, [{"kind": "points", "points_per_unit": 1, "reward_at": 120, "reward_cost": 6}])
    >>> found.months[["month", "issued", "rewards", "cost"]].values.tolist()
    [['2026-01', 130.0, 0.0, 0.0], ['2026-02', 50.0, 1.0, 6.0]]
    """
    table = _clean(orders)
    scenario = validated(_market(table, programs, vat))
    laid_out = tables(scenario)
    simulation = prepared(laid_out, build(scenario), Fast, seed=seed, threads=1)
    assert isinstance(simulation, Fast)
    _played(simulation, table)
    return _found(simulation, table, scenario.programs)


def beside(
    orders: pd.DataFrame, new: Sequence[Mapping[str, Any]], today: Sequence[Mapping[str, Any]], *, vat: float = 0.0, seed: int = 1
) -> Beside:
    """The same orders under new programmes and under today's, as ``replay``; the luck of who joins is the same in both."""
    return Beside(replay(orders, new, vat=vat, seed=seed), replay(orders, today, vat=vat, seed=seed))


def programs_of(path: str | os.PathLike[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The programmes of a file, and those of today in it: ``[[programs]]`` and ``[[today]]``, each as in a scenario.

    A whole scenario will do; its programmes are taken. Raises ScenarioError where it cannot be read, DataError where it has no programme.
    """
    found = read(Path(path), str(path))
    given, today = found.get("programs", []), found.get("today", [])
    if not given or not isinstance(given, list) or not isinstance(today, list):
        raise DataError(f"{path}: found no [[programs]], must have one at least")
    for program in (*given, *today):
        if isinstance(program.get("joins"), dict):
            program["joins"] = {
                key: value for key, value in program["joins"].items() if key in ("probability", "to_month", "source")
            }
    return [dict(one) for one in given], [dict(one) for one in today]


def _clean(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders with `row`, a number of each customer, and `t`, their time; sorted by time. Raises DataError."""
    if "amount" not in orders:
        raise DataError("amount: found no column of amounts, must have one: points and levels go by what was paid")
    known = orders.dropna(subset=["customer", "date", "amount"])
    known = known[known["amount"] > 0]
    if known.empty:
        raise DataError("orders: found none with a customer, a day and an amount above 0, must be at least one")
    date = pd.to_datetime(known["date"])
    first = date.min().to_period("M")
    month = (date.dt.year - first.year) * 12 + date.dt.month - first.month
    if int(month.max()) >= _LONGEST:
        raise DataError(f"orders: found {int(month.max()) + 1:,} months, must be at most {_LONGEST:,}: leave older ones out")
    share = (date.dt.day - 0.5) / date.dt.days_in_month
    codes, ids = pd.factorize(known["customer"], sort=True)
    made = pd.DataFrame({"row": codes, "amount": known["amount"].to_numpy(float)})
    made["t"] = month.to_numpy(np.int64) * MONTH + (share * MONTH).astype(np.int64).to_numpy()
    made = made.sort_values(["t", "row"], kind="stable", ignore_index=True)
    made.attrs = {"left_out": len(orders) - len(known), "ids": ids, "first": first, "months": int(month.max()) + 1}
    return made


def _market(table: pd.DataFrame, programs: Sequence[Mapping[str, Any]], vat: float) -> dict[str, Any]:
    """A market of one rung on which everybody stands, with these programmes and nothing that happens by itself."""
    size = len(table.attrs["ids"])
    moves = ("factors", "goal_gradient", "lift_after_reward")
    behaves = [{key: value for key, value in program.items() if key not in moves} for program in programs]
    return {
        "schema": 1, "name": "replay", "months": table.attrs["months"], "market_size": size, "amounts_include_vat": vat,
        "start_date": table.attrs["first"].to_timestamp().date(),
        "rungs": [
            {"name": "outside", "share": 1.0},
            {"name": RUNG, "customer": True, "orders_per_month": 1e-9},
        ],
        "steps": [{"from": "outside", "to": RUNG, "rate": 1e-9}],
        "basket": {"law": "constant", "mean": 1.0},
        "heterogeneity": {"basket": {"gamma_shape": 1.0}},
        "programs": [_joined(program, place) for place, program in enumerate(behaves, 1)],
    }  # fmt: skip


def _joined(program: Mapping[str, Any], place: int) -> dict[str, Any]:
    """A programme that everybody joins unless it says otherwise, with a name."""
    return {"name": f"{program.get('kind', 'program')}_{place}", "joins": {"probability": 1.0}} | _plain(program)


def _plain(program: Mapping[str, Any]) -> dict[str, Any]:
    """A programme whose levels change points alone, and nothing that people do."""
    levels = [
        {**level, "factors": {key: value for key, value in level.get("factors", {}).items() if key == "points"}}
        for level in program.get("levels", ())
    ]
    return {**program, **({"levels": levels} if levels else {})}


def _played(simulation: Fast, table: pd.DataFrame) -> None:
    """Play all orders: day by day, those who order then have their clock set to it, and the amount as their basket."""
    market, state, block = simulation.market, simulation.state, simulation.block
    simulation.begin()
    at_order = int(market["order_column"][0])
    clocks = columns(market, state.rows, "clocks", at_order + 1)
    baskets = columns(market, state.rows, "traits", int(market["basket_trait"][0]) + 1)[:, -1]
    head = part(market, state, "head")
    come = np.full(state.due.size, NEVER)
    np.minimum.at(come, table["row"].to_numpy(), table["t"].to_numpy() - 1)  # onto the rung just before the first order
    clocks[:, 0], head["leaving"], head["what"], state.due[:] = come, 0, FIRST_CLOCK, come
    rows, amounts, times = (table[name].to_numpy() for name in ("row", "amount", "t"))
    days = np.flatnonzero(np.diff(times, prepend=-1))
    for first, last in zip(days, np.append(days[1:], times.size), strict=True):
        t, now = int(times[first]), rows[first:last]
        block.call(find_minima, simulation.address)
        simulation.approach(t)  # who comes, and what is due before; what is due at t comes with the orders
        baskets[now], clocks[now, at_order] = amounts[first:last], t
        earlier = state.due[now] <= t  # a programme's date at the same instant comes first, and finds the order then
        state.due[now[~earlier]], head["what"][now[~earlier]] = t, FIRST_CLOCK + at_order
        block.call(find_minima, simulation.address)
        simulation.approach(t + 1)
    simulation.approach(simulation.horizon + 1)
    simulation.settle(simulation.horizon)


def _found(simulation: Fast, table: pd.DataFrame, programs: Sequence[Program]) -> Replayed:
    """What the books and the customers' rows say."""
    laid_out, books, unit = simulation.tables, simulation.books, simulation.tables.unit
    stands, first = snapshots(books)["levels"], 0
    members = columns(simulation.market, simulation.state.rows, "members", len(laid_out.programs))
    months = [str(table.attrs["first"] + month) for month in range(table.attrs["months"])]
    frames, names = [], {}
    people = pd.DataFrame({"customer": table.attrs["ids"]})
    people["orders"] = np.bincount(table["row"], minlength=len(people))
    people["spend"] = np.bincount(table["row"], table["amount"], minlength=len(people))
    outcome = part(simulation.market, simulation.state, "outcome")
    full = np.rint(table["amount"].to_numpy() / (1.0 + laid_out.scenario.amounts_include_vat) * unit)
    paid = np.bincount(table["row"], full, minlength=len(people))
    people["given"] = (paid - outcome["contribution"] - outcome["cost"]) / unit  # the margin is 1: what is missing was given
    people["owed"] = 0.0
    for place, (program, said) in enumerate(zip(laid_out.programs, programs, strict=True)):
        counted = books.members[:, place].sum(axis=0, keepdims=True) if books.members.ndim == 4 else books.members[:, place]
        counts = {name: counted[1:, n].astype(float) for n, name in enumerate(MEMBER_COUNTS)}
        levels, size = program.level_names, len(program.level_names)
        own = stands[1:, first : first + size]
        in_money = kind_of(program.kind).is_in_money
        of = float(unit if in_money else POINT)
        worth = 1.0 if in_money else said.cost_of_point
        money = books.money[1:, program.cause : program.cause + 4].sum(axis=(2, 3)) / unit
        made = pd.DataFrame({"month": months, "program": program.name, "members": own[:, 1:].sum(axis=1)})
        made["joined"], made["left"] = counts["joined"], counts["left"]
        made["orders"], made["revenue"] = counts["orders"], counts["revenue"] / unit
        for name in ("issued", "redeemed", "expired"):
            made[name] = counts[name] / of
        made["outstanding"] = (made["issued"] - made["redeemed"] - made["expired"]).cumsum()
        made["rewards"] = counts["rewards"]
        made["cost"] = -money[:, [P_DISCOUNTS, P_REWARDS, P_RUNNING]].sum(axis=1) + 0.0
        made["fees"] = money[:, P_FEES]
        made["owed"] = made["outstanding"] * worth
        for level, name in enumerate(levels[1:], 1):
            made[f"level_{name}"] = own[:, level]
        frames.append(made)
        people[f"{program.name}_level"] = np.array(["", *levels[1:]], object)[members["level"][:, place]]
        people[f"{program.name}_balance"] = members["balance"][:, place] / of
        people["owed"] += np.nan_to_num(people[f"{program.name}_balance"] * worth)
        names[program.name] = levels[1:]
        first += size
    return Replayed(pd.concat(frames, ignore_index=True), people, tuple(names), names, table.attrs["left_out"])
