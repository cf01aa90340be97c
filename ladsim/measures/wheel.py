"""The loyalty wheel of one run: what each spoke costs, what it moves, where people are lost, how strong it is.

In: a history and its scenario with the strategy applied. Out: tables by spoke. Every rung has a role (``scenario.library.roles_of``)
and every role a spoke (``STAGES``), so every step up, back, down or off the ladder belongs to the spoke of the rung it leaves, once.
Money is put under a spoke by the tactic or channel that a campaign names; what programmes cost is reward.

The score of a spoke is 100 × a share of what could be reached, from 0 (nothing) to 100 (all). The scale is a convention:

==============  ======================================================================================================
attraction      people who climbed to a customer rung ÷ all who stood below one (cumulative conversion; Farris et al. 2010)
onboarding      people who climbed on from the first customer rung ÷ all who stood there; where no step leads up from there,
                new customers who order in the month after they were won ÷ new customers
engagement      buyers of a month ÷ customers of it, over all whole months, at most 1 (active share; Farris et al. 2010)
reward          buyers of a month who are members of the programme with most of them ÷ its buyers, over all whole months, at most 1
feedback        mean satisfaction of customers at the end ÷ 10
repurchase      who ordered at least twice ÷ who ever ordered (repurchase rate; Farris et al. 2010)
==============  ======================================================================================================

So each rises with what it is about, and compares the same spoke between strategies or over equal times; between spokes it compares
unlike things. Where a scenario has nothing to measure a spoke by (no programme, no satisfaction, no orders) its score is NaN.

To add a measure of a spoke: a line in ``_further``, and its words ``wheel.m_NAME`` in every language.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.measures import programs, retention, satisfaction
from ladsim.measures.ladder import step_wants_more
from ladsim.measures.stability import whole_months
from ladsim.measures.tidy import TRIGGERED_CAMPAIGN, causes_of, currency, people, program_causes, ratio, rows
from ladsim.model.layout import M_ACTIVE, P_FEES
from ladsim.scenario.address import campaign_names
from ladsim.scenario.library import in_language, library, roles_of
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Campaign, Scenario

SPOKES = ("attraction", "onboarding", "engagement", "reward", "feedback", "repurchase")
UNASSIGNED = "unassigned"  # money that no spoke claims: policies, campaigns of a lever without one
# The spoke of a rung by its role. Reward and feedback run through all rungs, so no rung is theirs.
STAGES = {
    "potential": "attraction",
    "first_time": "onboarding",
    "returning": "repurchase",
    "loyal": "engagement",
    "ambassador": "engagement",
    "lapsed": "repurchase",
}


class Found(NamedTuple):
    """A measure of a spoke: `of` is the step or programme that it is about, where it is about one."""

    spoke: str
    measure: str
    of: str
    value: float
    unit: str


def wheel_scores(history: History, scenario: Scenario, *, repurchase: float | None = None) -> pd.DataFrame:
    """The score of every spoke: spoke, score (0–100, NaN where there is nothing to measure it by), measured_by.

    `repurchase` is the repurchase rate, where it is known already; else the rows per customer are read. Formulas: above.
    Raises StudyError where the history holds no rows per customer and `repurchase` is not given.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.wheel_scores(history, scenario).round().head(3)
            spoke  score measured_by
    0  attraction   30.0         won
    1  onboarding   40.0     climbed
    2  engagement   78.0      active
    """
    found = {
        "attraction": (_climbed(history, scenario, "potential"), "won"),
        "onboarding": _onboarded(history, scenario),
        "engagement": (_active(history), "active"),
        "reward": (_members(history), "members"),
        "feedback": (_satisfied(history), "satisfaction"),
        "repurchase": (_bought_twice(history) if repurchase is None else repurchase, "bought_twice"),
    }
    lines = [(spoke, 100.0 * share, by if np.isfinite(share) else "") for spoke, (share, by) in found.items()]
    return pd.DataFrame(lines, columns=["spoke", "score", "measured_by"])


def wheel_spend(history: History, scenario: Scenario) -> pd.DataFrame:
    """What every lever cost: spoke, lever, kind ("campaign", "policy" or "program"), spend.

    Unit: currency over the whole run, positive. A programme's are its rewards, discounts and running costs; the fees it takes are no
    part of them. Together: all spend on campaigns and policies, and all that programmes cost. `spoke` is "unassigned" where no
    tactic, channel or audience says one.
    Raises nothing.

    >>> import ladsim
    >>> scenario = ladsim.loads('''
    ... extends = "coffee_chain"
    ... campaigns = [{ tactic = "welcome", monthly_spend = 2_000 }]
    ... ''')
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.wheel_spend(history, scenario)
            spoke    lever      kind    spend
    0  onboarding  welcome  campaign  48000.0
    """
    amounts = currency(history, history.money.sum(axis=(0, 2, 3)) + history.market_money.sum(axis=0))
    lines, spokes = causes_of(history), campaign_spokes(scenario)
    found = [
        (spokes.get(name, UNASSIGNED), name, "policy" if name.startswith("policy:") else "campaign", 0.0 - amounts[place])
        for place, name in enumerate(history.causes[: program_causes(history, 0).start])
        if lines.spend[place]
    ]
    for number, (name, kind) in enumerate(zip(history.program_names, history.program_kinds, strict=True)):
        cost = 0.0 - float(np.delete(amounts[program_causes(history, number)], P_FEES).sum())
        is_campaign = kind == TRIGGERED_CAMPAIGN
        found.append(
            (spokes.get(name, UNASSIGNED) if is_campaign else "reward", name, "campaign" if is_campaign else "program", cost)
        )
    return pd.DataFrame(found, columns=["spoke", "lever", "kind", "spend"])


def wheel_losses(history: History, scenario: Scenario) -> pd.DataFrame:
    """Who fell on the ladder or left it, by the rung they left: spoke, rung, lost (off the ladder), fallen (to a lower rung).

    Unit: people of the whole market over the run; who falls twice counts twice. Every rung of the ladder has a row.
    Raises nothing.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.wheel_losses(history, scenario).tail(2)
            spoke        rung   lost  fallen
    3  engagement     regular  500.0   900.0
    4  engagement  ambassador    0.0   200.0
    """
    ladder = dict(zip(history.rung_names, history.on_ladder, strict=True))
    spokes = rung_spokes(history, scenario)
    taken = people(history, history.flows.sum(axis=(0, 2)))
    lost, fallen = dict.fromkeys(history.rung_names, 0.0), dict.fromkeys(history.rung_names, 0.0)
    for step, (origin, to, _) in enumerate(history.step_ends):
        if ladder.get(origin, False) and not step_wants_more(history, step):
            (fallen if ladder[to] else lost)[origin] += float(taken[step])
    lines = [(spokes.get(name, UNASSIGNED), name, lost[name], fallen[name]) for name, on in ladder.items() if on]
    return pd.DataFrame(lines, columns=["spoke", "rung", "lost", "fallen"])


def wheel_moves(history: History, scenario: Scenario, *, repurchase: float | None = None) -> pd.DataFrame:
    """What every spoke is there to move, measured: spoke, measure, of (step or programme), value, unit.

    Measure "step" counts the people who took a step up, back onto the ladder, or to stay; each such step stands under the spoke of
    the rung it leaves. `repurchase` as in ``wheel_scores``.
    Raises StudyError where the history holds no rows per customer and `repurchase` is not given.

    >>> import ladsim
    >>> scenario = ladsim.load("coffee_chain")
    >>> history = ladsim.simulate(scenario, sample=200, seed=1)
    >>> ladsim.measures.wheel_moves(history, scenario).round(2).tail(3)
             spoke             measure of   value    unit
    12  repurchase     returning_share       0.94   share
    13  repurchase            won_back       0.16   share
    14  repurchase  referred_customers     200.00  people
    """
    found = [*_steps(history, scenario), *_further(history, scenario, repurchase)]
    found.sort(key=lambda one: SPOKES.index(one.spoke))
    return pd.DataFrame(found, columns=Found._fields)


def campaign_spokes(scenario: Scenario) -> dict[str, str]:
    """The spoke of every campaign, by its name: that of its tactic, else its channel, else of the rungs it is aimed at."""
    tactics = {one.name: one.spoke for one in scenario.tactics}
    channels = {one.name: one.spoke for one in scenario.channels}
    stages = {rung: STAGES[role] for rung, role in _roles(scenario).items()}

    def spoke(record: Campaign) -> str:
        for key, name, own in (("tactics", record.tactic, tactics), ("channels", record.channel, channels)):
            said = own.get(name or "") or library()[key].get(name or "", {}).get("spoke")
            if said:
                return str(said)
        aimed = {stages.get(rung, UNASSIGNED) for rung in record.to or ()}
        return aimed.pop() if len(aimed) == 1 else UNASSIGNED

    return {name: spoke(one) for name, one in zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True)}


def touchpoints(scenario: Scenario) -> dict[str, tuple[tuple[str, ...], bool]]:
    """Where customers meet each spoke, and whether a campaign is there: spoke → touchpoints, in use.

    Those of the tactics and channels that the scenario's campaigns name; a spoke that no campaign serves has the library's, as
    places to begin at.
    """
    spokes = campaign_spokes(scenario)
    used: dict[str, tuple[str, ...]] = dict.fromkeys(SPOKES, ())
    known = {("tactic", one.name): one.touchpoints for one in scenario.tactics}
    known |= {("channel", one.name): one.touchpoints for one in scenario.channels}
    for name, record in zip(campaign_names(scenario.campaigns), scenario.campaigns, strict=True):
        for key, lever in (("tactic", record.tactic), ("channel", record.channel)):
            places = known.get((key, lever or "")) or _of_library(key, lever, scenario.language)
            if spokes[name] in used:
                used[spokes[name]] = tuple(dict.fromkeys((*used[spokes[name]], *places)))
    served = set(spokes.values())
    return {one: (used[one] or _of_library("tactic", one, scenario.language), one in served) for one in SPOKES}


def _of_library(key: str, name: str | None, language: str) -> tuple[str, ...]:
    item = library()[f"{key}s"].get(name or "")
    return tuple(in_language(item["touchpoints"], language)) if item else ()


def _roles(scenario: Scenario) -> dict[str, str]:
    """The role of every rung that has one."""
    said = [
        {"name": r.name, "off_ladder": r.off_ladder, "role": r.role, "customer": counts_as_customer(r)} for r in scenario.rungs
    ]
    return roles_of(said)


def rung_spokes(history: History, scenario: Scenario) -> dict[str, str]:
    """The spoke of every rung that has a role, by the rung's name, in the ladder's order."""
    roles = _roles(scenario)
    return {name: STAGES[roles[name]] for name in history.rung_names if name in roles}


def _steps(history: History, scenario: Scenario) -> Iterator[Found]:
    """Steps up, back or to stay, arrivals too, each under the spoke of the rung it leaves."""
    spokes = rung_spokes(history, scenario)
    taken = people(history, history.flows.sum(axis=(0, 2)))
    for step, (origin, _, _) in enumerate(history.step_ends):
        if step_wants_more(history, step):
            yield Found(spokes.get(origin, "attraction"), "step", history.step_names[step], float(taken[step]), "people")


def _further(history: History, scenario: Scenario, repurchase: float | None) -> Iterator[Found]:
    """All measures that are no steps."""
    new, referred = people(history, history.new_customers.sum(axis=(0, 1)))
    lived = float(retention.customer_months(history).sum())
    orders = float((history.orders[1:] * history.is_customer).sum())
    back, sooner = retention.returning_buyers(history)
    yield Found("attraction", "new_customers", "", float(new), "people")
    yield Found("onboarding", "ordered_again", "", _ordered_again(history), "share")
    yield Found("engagement", "active", "", _active(history), "share")
    yield Found("engagement", "purchase_frequency", "", float(ratio(orders, lived)), "orders a month")
    end = history.counts[-1][:, history.is_customer].sum()
    yield Found("engagement", "customers_end", "", float(people(history, end)), "people")
    yield from _programs(history)
    if history.moods.size:
        last = satisfaction.net_promoter_score(history).iloc[-1]
        yield Found("feedback", "satisfaction", "", float(last["satisfaction"]), "0 to 10")
        yield Found("feedback", "nps", "", float(last["nps"]), "points of NPS")
        yield Found("feedback", "detractors", "", float(last["detractors"]), "people")
    rate = _bought_twice(history) if repurchase is None else repurchase
    yield Found("repurchase", "bought_twice", "", rate, "share")
    yield Found("repurchase", "returning_share", "", float(ratio(back.sum(), back.sum() + sooner.sum())), "share")
    if "lapsed" in _roles(scenario).values():
        yield Found("repurchase", "won_back", "", _climbed(history, scenario, "lapsed"), "share")
    yield Found("repurchase", "referred_customers", "", float(referred), "people")


def _programs(history: History) -> Iterator[Found]:
    """What each programme's members do."""
    if all(kind == TRIGGERED_CAMPAIGN for kind in history.program_kinds):
        return
    for name, table in programs.program_results(history).groupby("program", sort=False):
        if history.program_kinds[history.program_names.index(str(name))] == TRIGGERED_CAMPAIGN:
            continue
        last = table.iloc[-1]
        yield Found("reward", "members", str(name), float(last["members"]), "people")
        yield Found("reward", "members_left", str(name), float(table["left"].sum()), "people")
        yield Found("reward", "redemption_rate", str(name), float(last["redemption_rate"]), "share")
        yield Found("reward", "fees", str(name), float(table["fees"].sum()), "currency")


def _climbed(history: History, scenario: Scenario, role: str) -> float:
    """Who climbed (or came back) from the rungs of a role to customer rungs ÷ all who stood there; NaN where no step leads there."""
    roles, names = _roles(scenario), history.rung_names
    inside = {name for name in names if roles.get(name) == role}
    taken = history.flows.sum(axis=(0, 2))
    stood = float(history.counts[0][:, [names.index(name) for name in names if name in inside]].sum())
    climbed, leads_up = 0.0, False
    for step, (origin, to, _) in enumerate(history.step_ends):
        if to in inside and origin not in inside:
            stood += float(taken[step])
        elif origin in inside and to not in inside and roles.get(to) != "potential" and step_wants_more(history, step):
            climbed, leads_up = climbed + float(taken[step]), True
    return float(ratio(climbed, stood)) if leads_up else float("nan")


def _onboarded(history: History, scenario: Scenario) -> tuple[float, str]:
    """The share that climbed on from the first customer rung; where none can, that which ordered again."""
    climbed = _climbed(history, scenario, "first_time")
    return (climbed, "climbed") if np.isfinite(climbed) else (_ordered_again(history), "ordered_again")


def _ordered_again(history: History) -> float:
    """New customers with an order in the month after that in which they were won ÷ new customers, over whole months."""
    whole = whole_months(history)
    months = [k for k in range(1, len(whole) - 1) if whole[k + 1]]
    won = sum(int(history.cohorts[k, k].sum()) for k in months)
    return float(ratio(sum(int(history.cohort_buyers[k + 1, k]) for k in months), won))


def _active(history: History) -> float:
    """Buyers of a month ÷ customers of it (mean of its start and end), over whole months, at most 1."""
    whole = whole_months(history)
    if not history.orders[1:].any():
        return float("nan")
    buyers = _buyers(history)
    return float(np.minimum(ratio(buyers, retention.customer_months(history)[whole].sum()), 1.0))


def _buyers(history: History) -> int:
    """Buyers of each whole month, summed: those of a cohort, and those who had bought before the start."""
    whole = whole_months(history)
    return int(history.cohort_buyers[whole].sum() + history.returns[whole, :, 2].sum())


def _members(history: History) -> float:
    """Buyers of a month who are members of the programme that has most of them ÷ buyers of it, over whole months, at most 1."""
    whole = whole_months(history)
    own = [number for number, kind in enumerate(history.program_kinds) if kind != TRIGGERED_CAMPAIGN]
    if not own:
        return float("nan")
    active = history.members[whole][:, own, M_ACTIVE].sum(axis=0).max()
    return float(np.minimum(ratio(active, _buyers(history)), 1.0))


def _satisfied(history: History) -> float:
    """Mean satisfaction of customers at the end, as a share of 10."""
    return float(satisfaction.net_promoter_score(history)["satisfaction"].iloc[-1]) / 10.0 if history.moods.size else float("nan")


def _bought_twice(history: History) -> float:
    """Who ordered at least twice ÷ who ever ordered."""
    booked = rows(history)["booked"]
    return float(ratio((booked >= 2).sum(), (booked >= 1).sum()))
