"""The rule applied: a probability of every customer for every rung.

In: facts, a rule, what a CRM says. Out: `Chances`. Three facts may be open: whether a silent customer has gone, whether one who is first seen as
the data begin had bought before, and what one would have answered who was not asked. Each takes each of its values with its
probability, and the rule decides in each of the cases; so a fact that stands in several conditions counts as one. Open facts are
taken as independent of each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.data.per_customer import long_gaps
from ladsim.i18n.months import DAYS_PER_MONTH
from ladsim.placing.activity import DRAWS, Activity, found_activity
from ladsim.placing.comebacks import Spells, comebacks
from ladsim.placing.crm import Crm
from ladsim.placing.facts import Facts
from ladsim.placing.rule import BY_PROBABILITY, BY_SILENCE, CRM, Rule
from ladsim.placing.silence import bought_before, bought_before_doubt

Floats = NDArray[np.float64]
SCORES = 11
# How far the count of those who are gone may be off because ladders are not as simple as the law by which it is taken: seen in synthesized
# markets in which people buy more often on a higher rung, or come back.
MODEL_ERROR = 0.05
ENOUGH = 50_000  # customers from whom it is seen how much counts hang on the numbers of the law
_LEVEL = 1.6448536269514722  # of a normal 90 % interval


@dataclass(frozen=True)
class Leaving:
    """How it is told who has gone."""

    way: str  # probability, silence, days, subscriptions, or none: the data cannot tell
    days: int  # of silence after which a customer is gone, where that is the rule
    silence: int  # days that 19 of 20 gaps between orders are not longer than
    gaps: int  # that this was found from
    activity: Activity | None = None
    spells: Spells | None = None  # comebacks, where there are any
    ended: tuple[NDArray[np.int64], ...] | None = (
        None  # spells that a comeback ended: repeat orders, days to the last, to the comeback
    )


@dataclass(frozen=True)
class Chances:
    """N customers, R rungs."""

    here: Floats  # (N, R) if the customer is not gone
    gone: Floats  # (N, R) if it is
    share: Floats  # (N,) P(gone)
    others: tuple[
        Floats, ...
    ] = ()  # the same as `share` by other values of the numbers that it was found by, of every k-th customer
    every: int = 1  # k
    edge: int = 0  # customers who may have bought before the data begin
    doubt: Floats = field(
        default_factory=lambda: np.zeros(1)
    )  # (R,) standard deviation of counts, as shares of answers are not known

    def all(self) -> Floats:
        """(N, R) The probability of every customer for every rung."""
        return self.mixed(self.share)

    def mixed(self, share: Floats) -> Floats:
        """The same with other probabilities of being gone."""
        return self.gone * share[:, None] + self.here * (1.0 - share[:, None])

    def counts(self) -> tuple[Floats, Floats, Floats]:
        """(R,) people on each rung: expected, and the ends of a 90 % interval: each one's luck, how sure the numbers are, the law's own error."""
        every = self.all()
        expected = every.sum(axis=0)
        variance = (every * (1.0 - every)).sum(axis=0) + self.doubt**2
        if self.others:
            difference = self.gone - self.here
            counted = np.stack([self.every * (difference[:: self.every].T @ share) for share in self.others])
            variance = variance + counted.var(axis=0)
            variance = variance + (MODEL_ERROR * (np.abs(difference) * self.share[:, None]).sum(axis=0)) ** 2
        reach = _LEVEL * np.sqrt(variance)
        return expected, np.maximum(expected - reach, 0.0), np.minimum(expected + reach, float(every.shape[0]))


def leaving_of(facts: Facts, rule: Rule, silence: tuple[int, int]) -> Leaving:
    """How it is told in these data who has gone."""
    if "gone" not in rule.facts() or not facts.buying:
        return Leaving("none", 0, *silence)
    if isinstance(rule.gone, int):
        return Leaving("days", rule.gone, *silence)
    if facts.buying == "subscriptions":
        return Leaving("subscriptions", 0, *silence)
    if rule.gone == BY_PROBABILITY:
        ordered = facts.has_ordered()
        repeats = facts.columns["orders"][ordered].astype(np.int64) - 1
        first, last = (one[ordered].astype(np.int64) for one in (facts.first, facts.last))
        activity = found_activity(repeats, last - first, -first)
        if activity is not None and facts.buying == "transactions":
            return _with_comebacks(facts, Leaving(BY_PROBABILITY, 0, *silence, activity))
        if activity is not None:
            return Leaving(BY_PROBABILITY, 0, *silence, activity)
    return Leaving("none", 0, *silence) if facts.buying == "deals" else Leaving(BY_SILENCE, silence[0], *silence)


def _with_comebacks(facts: Facts, leaving: Leaving) -> Leaving:
    """The same law found anew from the spells between comebacks, where there are any."""
    assert leaving.activity is not None
    gaps = long_gaps(facts.kinds["transactions"], facts.end, leaving.silence)
    rows = pd.Index(facts.ids).get_indexer(gaps["customer"])
    spells, ended = comebacks(gaps, rows, leaving.activity)
    if not spells.row.size:
        return leaving
    then = facts.with_comebacks(*spells.last(facts.size))
    ordered = then.has_ordered()
    last = (
        (then.columns["orders"] - then.earlier - 1.0)[ordered].astype(np.int64),
        (then.last - then.since)[ordered].astype(np.int64),
        -then.since[ordered].astype(np.int64),
    )
    activity = found_activity(*(np.concatenate(both) for both in zip(last, ended, strict=True)))
    return replace(leaving, activity=activity, spells=spells, ended=ended) if activity is not None else leaving


def gone_share(facts: Facts, leaving: Leaving, theta: Floats | None = None) -> Floats:
    """(N,) P(gone); 0 of who never bought."""
    share = np.zeros(facts.size)
    ordered = facts.has_ordered()
    if leaving.way == "subscriptions":
        share[ordered] = 1.0 - facts.columns["subscribed"][ordered]
    elif leaving.way in ("days", BY_SILENCE):
        silent = -facts.last[ordered]
        share[ordered] = silent >= leaving.days if leaving.way == "days" else silent > leaving.days
    elif leaving.activity is not None:
        since, last = facts.since[ordered], facts.last[ordered]
        repeats = facts.columns["orders"][ordered] - facts.earlier[ordered] - 1.0
        share[ordered] = 1.0 - leaving.activity.probability(repeats, last - since, -since, theta)
    return share


def chances_of(facts: Facts, rule: Rule, leaving: Leaving, crm: Crm | None, days: int, with_draws: bool = True) -> Chances:
    """The probability of every customer for every rung; `days` from the first of all orders to the end."""
    share = gone_share(facts, leaving)
    before, month, monthly_doubt = np.zeros(facts.size), np.zeros(facts.size, np.int64), np.zeros(1)
    ordered = facts.has_ordered()
    if facts.buying == "transactions" and ordered.any():
        since = (facts.first[ordered] + days).astype(np.int64)
        monthly = bought_before(since, days, leaving.silence)
        month[ordered] = np.minimum((since / DAYS_PER_MONTH).astype(np.int64), monthly.size - 1)
        before[ordered] = monthly[month[ordered]]
        monthly_doubt = bought_before_doubt(monthly, since, days, leaving.silence)
    is_said = np.zeros(facts.size, bool)
    if crm is not None and rule.crm != "never":
        is_said[_in_crm(facts, rule, crm)[0]] = True
    made, doubt = [], np.zeros(len(rule.names))
    for gone in (False, True):
        concerned = share > 0.0 if gone else share < 1.0
        chance = np.where(is_said, 0.0, share if gone else 1.0 - share)
        found, unsure = _mixed(facts, rule, crm, before, np.flatnonzero(concerned), gone, chance)
        made.append(found)
        doubt = doubt + unsure  # by the same answers: they may all lean one way
        open_rows = np.flatnonzero(concerned & (before > 0.0) & (chance > 0.0))
        if with_draws and open_rows.size:
            bought, new = (
                _mixed(facts, rule, crm, value, open_rows, gone, chance)[0]
                for value in (np.ones(facts.size), np.zeros(facts.size))
            )
            leaning = (bought - new) * (chance * monthly_doubt[month])[:, None]
            doubt = doubt + np.abs(leaning.sum(axis=0))
    edge = int(((before > 0.0) & (share < 1.0) & (made[0].max(axis=1) < 1.0)).sum())
    chances = Chances(made[0], made[1], share, edge=edge, doubt=doubt)
    if crm is not None and rule.crm != "never":
        chances = _by_crm(chances, facts, rule, crm)
    if with_draws and leaving.activity is not None:
        every = max(1, facts.size // ENOUGH)
        some = facts.some(slice(None, None, every))
        others = tuple(gone_share(some, leaving, theta) for theta in leaving.activity.draws()[:DRAWS])
        chances = replace(chances, others=others, every=every)
    return chances


def _mixed(
    facts: Facts, rule: Rule, crm: Crm | None, before: Floats, rows: NDArray[np.intp], gone: bool, chance: Floats
) -> tuple[Floats, Floats]:
    """(N, R) if customers are gone, or not: over all that else is open; (R,) how far counts may be off as shares of answers are not known.

    `chance`: (N,) how much each counts in this case.
    """
    found = np.zeros((facts.size, len(rule.names)))
    columns = {fact: column[rows] for fact, column in facts.columns.items()}
    columns["gone"] = np.full(rows.size, gone) if facts.buying else np.full(rows.size, np.nan)
    if crm is not None and "stage" in rule.facts():
        columns["stage"] = _stages(facts, crm)[rows]
    answers = _answers(columns) if "score" in rule.facts() and "score" in columns else None
    leaning = np.zeros((_SOURCES, SCORES, len(rule.names)))
    for weight, case, score in _cases(columns, before[rows], answers):
        at = np.flatnonzero(weight > 0.0)
        if not at.size:
            continue
        place = _places(rule, {fact: column[at] for fact, column in case.items()}, at.size)
        if answers is None or score is None:
            found[rows[at], place] += weight[at]
        else:
            found[rows[at], place] += weight[at] * answers.shares[at, score]
            np.add.at(leaning[:, score], (answers.source[at], place), weight[at] * chance[rows[at]])
    return found, np.zeros(len(rule.names)) if answers is None else answers.doubt(leaning)


def _cases(
    columns: dict[str, NDArray[Any]], earlier: Floats, answers: _Answers | None
) -> Iterator[tuple[Floats, dict[str, NDArray[Any]], int | None]]:
    """Every case of what is open: its probability for each but for that of the answer, the facts in it, the answer of who gave none."""
    for bought in (0, 1) if (earlier > 0.0).any() else (0,):
        weight = earlier if bought else 1.0 - earlier
        case = columns | ({"orders": columns["orders"] + bought} if bought else {})
        if answers is None:
            yield weight, case, None
            continue
        missing = np.isnan(columns["score"])
        yield weight * ~missing, case, None
        for score in range(SCORES):
            yield weight * missing, case | {"score": np.full(missing.size, float(score))}, score


_SOURCES = 4  # of shares of answers: of those with no, one, more orders; of all together, for a group in which nobody answered


@dataclass(frozen=True)
class _Answers:
    """What those answer who were not asked: as others who have as many orders (missing at random). N customers."""

    shares: Floats  # (N, 11)
    source: NDArray[np.int64]  # (N,) whose answers these are
    counts: Floats  # (_SOURCES, 11)

    def doubt(self, leaning: Floats) -> Floats:
        """(R,) Standard deviation of the counts on rungs if the shares are Dirichlet, with one answer spread over all scores before any.

        `leaning`: (_SOURCES, 11, R) how many would stand on a rung if all who are missing gave this answer.
        """
        alpha = self.counts + 1.0 / SCORES
        whole = alpha.sum(axis=1)
        shares = (alpha / whole[:, None])[:, :, None]
        variance = (shares * leaning**2).sum(axis=1) - (shares * leaning).sum(axis=1) ** 2
        return np.sqrt(np.maximum(variance / (whole + 1.0)[:, None], 0.0).sum(axis=0))


def _answers(columns: dict[str, NDArray[Any]]) -> _Answers:
    """What others answer who have as many orders: none, one, more."""
    orders = columns.get("orders", np.zeros(columns["score"].size))
    group = np.minimum(orders, 2.0).astype(np.int64)
    answers = columns["score"]
    given = ~np.isnan(answers)
    counts = np.zeros((_SOURCES, SCORES))
    np.add.at(counts, (group[given], answers[given].astype(np.int64)), 1.0)
    counts[-1] = counts.sum(axis=0)
    source = np.where(counts[:-1].any(axis=1), np.arange(_SOURCES - 1), _SOURCES - 1)[group]
    usual = np.where(counts.sum(axis=1, keepdims=True) > 0.0, counts, 1.0)
    return _Answers((usual / usual.sum(axis=1, keepdims=True))[source], source, counts)


def _places(rule: Rule, columns: dict[str, NDArray[Any]], size: int) -> NDArray[np.int64]:
    """The first rung of the rule whose conditions hold."""
    place = np.full(size, -1, np.int64)
    for line in rule.lines:
        holds = place < 0
        for condition in line.conditions:
            column = columns.get(condition.fact)
            holds = holds & (condition.holds(column) if column is not None else False)
        place[holds] = line.rung
    return place


def _stages(facts: Facts, crm: Crm) -> NDArray[Any]:
    found = np.full(facts.size, "", object)
    found[pd.Index(facts.ids).get_indexer(crm.stages[0])] = crm.stages[1]
    return found


def _in_crm(facts: Facts, rule: Rule, crm: Crm) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """The rows of those whose rung the CRM says, and which of its customers they are."""
    rows = pd.Index(facts.ids).get_indexer(crm.customers)
    chosen = ~facts.has_ordered()[rows] if rule.crm == CRM[0] else np.ones(rows.size, bool)
    return rows[chosen], chosen


def _by_crm(chances: Chances, facts: Facts, rule: Rule, crm: Crm) -> Chances:
    """Those whose rung the CRM says, on that rung."""
    rows, chosen = _in_crm(facts, rule, crm)
    said = crm.chances[chosen]
    here, gone, share = chances.here.copy(), chances.gone.copy(), chances.share.copy()
    here[rows], gone[rows] = said, said
    return replace(chances, here=here, gone=gone, share=share)
