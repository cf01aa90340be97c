"""Points, tiers, club or cashback, at the same cost: which of them must do most to pay?

In: nothing, or ``--replications``. Out: for each programme, made as generous as costs 3 % of revenue while it changes nothing, what it
earns by how much more often those order who have its benefits (all members; of tiers, the gold level), and the lift at which it pays.
What a programme does to people is assumed nowhere: it is what is asked for. As long as costs grow with orders like rewards do, a lift
x of all orders pays when x · margin = (1 + x) · cost share: 3 % ÷ (50 % − 3 %) = 6.4 %. Where only a share s of the orders is lifted,
and costs do not grow with them, x = cost share ÷ (s · margin).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from claim import Answer, bars, between, change, interval, options, picture, scenario

import ladsim
from ladsim.measures.uncertainty import Interval
from ladsim.measures.value import booked
from ladsim.reporting.figure_style import PENS
from ladsim.scenario.programs.record import Program
from ladsim.scenario.programs.tiers import Tiers

QUESTION = "Points, tiers, club or cashback: which must do most to pay, at equal cost?"
COST, MARGIN = 0.03, 0.5
PROGRAMMES = ("points", "tiers", "club", "cashback")


def with_programme(name: str, generosity: float, lift: float) -> ladsim.Scenario:
    """The scenario with one programme, so many times as generous as in the file, whose beneficiaries order so much more often."""
    plain = scenario("four_programmes")
    (program,) = plain.strategies[name].programs
    return plain.model_copy(update={"programs": (generous(program, generosity, lift),), "strategies": {}})


def generous(program: Program, generosity: float, lift: float) -> Program:
    """A programme with its costs scaled and its effect set."""
    effect = {"orders": 1.0 + lift}
    changes: dict[str, object] = {"factors": effect}
    if isinstance(program, Tiers):
        basic, gold = program.levels
        gold = gold.model_copy(update={"factors": effect, "cost_per_member": gold.cost_per_member * generosity})
        changes = {"levels": (basic, gold)}
    for cost in {"reward_cost", "cost_per_order", "discount_share", "cashback_share"} & set(type(program).model_fields):
        changes[cost] = getattr(program, cost) * generosity
    return program.model_copy(update=changes)


def net_cost(history: ladsim.History) -> float:
    """What the programme cost: all that was booked to it, fees taken off."""
    return -float(booked(history)[:, -4:].sum())


def generosity_at(name: str, cost: float, seeds: range) -> float:
    """How generous the programme may be for its cost: costs are all but linear in it, so two tries and a line do."""
    tries = (1.0, 2.0)
    for _ in range(2):
        low, high = (
            np.mean([net_cost(ladsim.simulate(with_programme(name, g, 0.0), replication=k)) for k in seeds]) for g in tries
        )
        found = tries[0] + (cost - low) * (tries[1] - tries[0]) / (high - low)
        tries = (found, found * 1.05)
    return float(found)


def main(arguments: list[str] | None = None) -> Answer:
    """Equal costs, then sweep the effect; draw what each earns, and say at which effect it pays."""
    chosen = options("four_programmes", QUESTION, 30, 4, arguments)
    seeds = range(chosen.replications)
    none = scenario("four_programmes").model_copy(update={"strategies": {}})
    without = [ladsim.simulate(none, replication=k) for k in seeds]
    revenue = np.mean([booked(history)[:, 0].sum() for history in without])
    lifts = [0.0, 0.1] if chosen.quick else [0.0, 0.05, 0.1, 0.2]
    gains, needed, rows = {}, {}, []
    for name in PROGRAMMES:
        g = generosity_at(name, COST * revenue, seeds)
        runs = {x: [ladsim.simulate(with_programme(name, g, x), replication=k) for k in seeds] for x in lifts}
        profit = {
            x: [(booked(a).sum() - booked(b).sum()) / revenue for a, b in zip(r, without, strict=True)] for x, r in runs.items()
        }
        gains[name] = [interval(profit[x]) for x in lifts]
        needed[name] = interval(0.1 * -a / (b - a) for a, b in zip(profit[0.0], profit[0.1], strict=True))
        cost = np.mean([net_cost(run) for run in runs[0.0]]) / revenue
        rows.append((name, g, cost, needed[name].estimate, needed[name].low, needed[name].high))
    table = pd.DataFrame(rows, columns=["programme", "generosity", "cost_share", "lift_to_pay", "low", "high"])
    draw(chosen.picture, lifts, gains)
    said = {name: between(found, "{:.1%}") for name, found in needed.items()}
    return Answer(
        QUESTION,
        f"Each costs {COST:.0%} of revenue when it changes nothing. To pay, those with benefits must order more often by {said['points']} with "
        f"points, {said['cashback']} with cashback, {said['tiers']} with tiers, and {said['club']} with the club (formula for a reward on every "
        f"order: {COST / (MARGIN - COST):.1%}). The same money for fewer people must move these more: gold members make some "
        f"{COST / needed['tiers'].estimate / MARGIN:.0%} of all orders, so they must do almost twice as much. A club's members are fewer still "
        "after a while, and each of their further orders costs delivery.",
        "the share of all orders that is made by those who have the benefits, what a further order costs the programme, and the margin. "
        "What a programme really does to people is not answered here; only a group without it tells.",
        "Who joins the club is chance here; where frequent buyers join, their share of orders is larger, and so is the bill. Extra orders "
        "are taken from no other time, and nobody stays longer for a programme.",
        table,
        chosen.picture,
        "Profit by how much more often beneficiaries order: four lines from the same cost, the club's the flattest.",
    )


def draw(path: Path, lifts: list[float], gains: dict[str, list[Interval]]) -> None:
    """Profit as a share of revenue, by the effect on those with benefits."""
    with picture(path) as axes:
        for place, (name, found) in enumerate(gains.items()):
            pen = PENS[place]
            axes.errorbar(lifts, **bars(found), color=pen.colour, linestyle=pen.line, marker=pen.marker, capsize=3, label=name)
        axes.axhline(0.0, color="#555555", linewidth=0.8)
        axes.set(xlabel="how much more often those with benefits order", ylabel="profit, share of revenue")
        axes.xaxis.set_major_formatter(change)
        axes.yaxis.set_major_formatter(change)
        axes.legend(frameon=False)


if __name__ == "__main__":
    print(main())
