"""Who moved up or down the ladder, month by month, and who is about to fall.

In: facts and a rule; the days of all orders. Out: tables. At each month's end everybody is placed anew by what was known of them then,
on the likeliest rung; moves are counted between neighbouring months alone. Where there are no orders, the snapshots of a CRM say it.
"""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data import per_customer
from ladsim.placing.assign import Chances, Leaving, chances_of
from ladsim.placing.facts import Facts, beside_orders
from ladsim.placing.rule import Rule

MONTHS = 12
MOST = 100_000  # customers who are followed; of more every k-th, in the order of their first orders
NEW = -1  # in the place of a rung: was not there a month ago
WAYS = ("new", "up", "down", "lapsed", "back")
OWN_GAPS, LONGER = 3, 0.8  # gaps that somebody must have; share of them that are shorter than the silence (assumptions)


def month_ends(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The ends of the last months, each all within the data; one more than there are months to tell."""
    found: list[datetime.date] = []
    day = (last + datetime.timedelta(days=1)).replace(day=1) - datetime.timedelta(days=1)
    while day > first + datetime.timedelta(days=27) and len(found) <= MONTHS:
        found.append(day)
        day = day.replace(day=1) - datetime.timedelta(days=1)
    return found[::-1]


def moves_by_orders(facts: Facts, rule: Rule, leaving: Leaving) -> tuple[pd.DataFrame, float]:
    """month, from, to, people (places of rungs, −1 for new ones), and how many customers each of those followed stands for."""
    kind = facts.kinds[facts.buying]
    first = kind.first_day("date")
    every = max(1, -(-int(facts.has_ordered().sum()) // MOST))
    chosen = np.flatnonzero(facts.has_ordered())[::every]
    ids, ends = facts.ids[chosen], month_ends(first or facts.end, facts.end)
    days = _OrderDays(facts, ids)
    before: NDArray[np.int64] | None = None
    parts = []
    for end in ends:
        then = days.facts_at(facts, chosen, end)
        if leaving.spells is not None:
            ago = (facts.end - end).days
            earlier, since = leaving.spells.last(facts.size, -ago)
            then = then.with_comebacks(earlier[chosen], since[chosen] + ago)
        span = (end - (first or end)).days
        chances = chances_of(then, rule, leaving, None, span, with_draws=False)
        place = np.where(then.has_ordered(), chances.all().argmax(axis=1), NEW)
        if before is not None:
            moved = pd.DataFrame({"from": before, "to": place})[place != NEW]
            counted = moved.groupby(["from", "to"]).size().reset_index(name="people")
            parts.append(counted.assign(month=pd.Timestamp(end).to_period("M").to_timestamp()))
        before = place
    names = ["month", "from", "to", "people"]
    found = pd.concat(parts, ignore_index=True)[names] if parts else pd.DataFrame({name: [] for name in names})
    return found, float(every)


class _OrderDays:
    """The orders of some customers by customer and day."""

    def __init__(self, facts: Facts, ids: NDArray[np.object_]) -> None:
        kind = facts.kinds[facts.buying]
        amount = "coalesce(amount, 0)" if kind.has("amount") else "0"
        kind.store.table("followed", pd.DataFrame({"customer": ids, "code": np.arange(ids.size)}))
        rows = kind.rows(
            f"""SELECT code, date::DATE - $1::DATE AS day, {amount}::DOUBLE AS amount FROM clean JOIN followed USING (customer)
                WHERE date <= $1::DATE ORDER BY code, day""",
            facts.end,
        )
        self.code, self.day = rows["code"].to_numpy(np.int64), rows["day"].to_numpy(np.int64)
        self.start = np.searchsorted(self.code, np.arange(ids.size))
        self.spent = np.append(0.0, rows["amount"].to_numpy(float).cumsum())

    def until(self, day: int) -> NDArray[np.int64]:
        """How many orders each has until a day."""
        return np.bincount(self.code[self.day <= day], minlength=self.start.size)

    def facts_at(self, facts: Facts, chosen: NDArray[np.intp], end: datetime.date) -> Facts:
        """What was known of them at the end of a day."""
        ago = (facts.end - end).days
        n, year = self.until(-ago), self.until(-ago - per_customer.YEAR)
        last_at = np.maximum(self.start + n - 1, 0)
        there = n > 0
        first, last = (np.where(there, self.day[at] + ago, np.nan) for at in (self.start, last_at))
        spent, spent_before = (self.spent[self.start + count] - self.spent[self.start] for count in (n, year))
        columns = {fact: column[chosen] for fact, column in facts.columns.items()}
        columns |= beside_orders(facts.kinds, facts.ids[chosen], end)
        columns |= {"orders": n.astype(float), "orders_12_months": (n - year).astype(float)}
        columns |= {"spend": spent, "spend_12_months": spent - spent_before, "silent_days": -last, "customer_days": -first}
        return replace(
            facts, ids=facts.ids[chosen], end=end, columns=columns, first=first, last=last, since=first, earlier=np.zeros(n.size)
        )


def way_of(rule: Rule, origin: int, to: int) -> str:
    """What a move is: "new", "up", "down", "lapsed", "back", or "" for none."""
    if origin == NEW:
        return "new"
    if origin == to:
        return ""
    there, then = rule.on_ladder[origin], rule.on_ladder[to]
    if there and then:
        return "up" if to > origin else "down"
    return "lapsed" if there else "back" if then else ""


def by_month(moves: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """month, new, up, down, lapsed, back: people by month."""
    ways = [way_of(rule, int(origin), int(to)) for origin, to in zip(moves["from"], moves["to"], strict=True)]
    table = moves.assign(way=ways).pivot_table(index="month", columns="way", values="people", aggfunc="sum", fill_value=0)
    return table.reindex(columns=list(WAYS), fill_value=0).reset_index()


def about_to_fall(facts: Facts, chances: Chances) -> NDArray[np.bool_]:
    """(N,) Who is probably still there, but silent for longer than at least four in five of their own gaps between orders."""
    found = np.zeros(facts.size, bool)
    if facts.buying != "transactions":
        return found
    gaps = per_customer.own_gaps(facts.kinds["transactions"], facts.end)
    chosen = gaps[(gaps["gaps"] >= OWN_GAPS) & (gaps["shorter"] >= LONGER * gaps["gaps"])]
    found[pd.Index(facts.ids).get_indexer(chosen["customer"])] = True
    return found & (chances.share < 0.5)
