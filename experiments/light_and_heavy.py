"""Who responds to a points programme: light, moderate or heavy buyers?

In: nothing, or ``--replications``. Out: the extra orders that a programme causes in two years, by how much people bought before it,
against the same people without it. Two programmes: one pulls by its goal alone (orders come faster towards a reward; Kivetz 2006), one
makes people climb to buying more. Liu (2007) found that light and moderate buyers respond and heavy ones hardly, from before and
after, without a group that had no programme; so the third figure is what before and after shows where there is no programme at all.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from claim import Answer, bars, between, change, interval, options, picture, scenario

import ladsim
from ladsim.measures.uncertainty import Interval
from ladsim.reporting.figure_style import PENS
from ladsim.scenario.address import with_values

QUESTION = "Who responds to a points programme: light, moderate or heavy buyers?"
HABITS = ("light", "moderate", "heavy")


def extra(habit: str, strategy: str, replications: int) -> Interval:
    """Extra orders as a share of those without the programme, of people who begin with this habit."""
    plain = with_values(scenario("light_and_heavy"), {f"rungs.{name}.share": float(name == habit) for name in HABITS})
    gains = []
    for k in range(replications):
        without, with_it = (ladsim.simulate(plain, strategy=s, replication=k).orders.sum() for s in (None, strategy))
        gains.append(with_it / without - 1.0)
    return interval(gains)


def before_and_after(replications: int) -> dict[str, Interval]:
    """Change in orders from the first six months to the next six, by what people bought in the first: nobody has a programme.

    All of them buy at a pace of their own that never changes (one a month on average, gamma-distributed with shape 1).
    """
    plain = scenario("light_and_heavy")
    spread = plain.heterogeneity.model_validate({"orders": {"gamma_shape": 1.0}})
    still = with_values(plain, {"rungs.light.share": 0.0, "rungs.moderate.share": 1.0}).model_copy(
        update={"heterogeneity": spread, "steps": ()}
    )
    found: dict[str, list[float]] = {name: [] for name in HABITS}
    for k in range(replications):
        first, both = (
            ladsim.simulate(still.model_copy(update={"months": m}), replication=k).customers["booked"].astype(int)
            for m in (6.0, 12.0)
        )
        for name, group in zip(HABITS, (first <= 3, (first > 3) & (first <= 9), first > 9), strict=True):
            found[name].append((both - first)[group].sum() / first[group].sum() - 1.0)
    return {name: interval(changes) for name, changes in found.items()}


def main(arguments: list[str] | None = None) -> Answer:
    """Extra orders by habit under both programmes, and what before and after would show with none."""
    chosen = options("light_and_heavy", QUESTION, 30, 6, arguments)
    found = {s: {habit: extra(habit, s, chosen.replications) for habit in HABITS} for s in ("pull", "habit")}
    found["nothing"] = before_and_after(chosen.replications)
    table = pd.DataFrame([(s, h, i.estimate, i.low, i.high) for s, by in found.items() for h, i in by.items()])
    table.columns = ["programme", "buyers", "change_in_orders", "low", "high"]
    draw(chosen.picture, found)
    said = {s: ", ".join(f"{h} {between(i, '{:+.1%}')}" for h, i in by.items()) for s, by in found.items()}
    return Answer(
        QUESTION,
        f"It depends on what the programme does. If it makes people take to buying more, the light and the moderate respond, the heavy "
        f"hardly, as Liu found: {said['habit']}. If it only pulls towards the next reward, all respond about alike, the heavy most, who never "
        f"stay far from a reward for long: {said['pull']}. And without any programme, before and after shows: {said['nothing']}, because "
        "some were counted as light or heavy by chance.",
        "whether the programme changes habits (half as fast again up the ladder, an assumption) and whether the heavy have room to buy more: "
        "on the top rung they have none.",
        "The model does not say which of the two a programme does; only a group without it can. Costs of rewards, which go mostly to the "
        "heavy, are left out.",
        table,
        chosen.picture,
        "Change in orders of light, moderate and heavy buyers: rising with a goal's pull, falling with habits, and from chance alone.",
    )


def draw(path: Path, found: dict[str, dict[str, Interval]]) -> None:
    """Three panels: the goal's pull, habits, and before and after without a programme."""
    titles = {
        "habit": "programme that builds habits",
        "pull": "programme that pulls by its goal",
        "nothing": "no programme, before/after",
    }
    with picture(path, 3) as panels:
        for place, (axes, (name, title)) in enumerate(zip(panels, titles.items(), strict=True)):
            values = bars(found[name].values())
            axes.bar(range(3), values["y"], yerr=values["yerr"], color=PENS[place].colour, capsize=3, width=0.6, ecolor="#1b1f24")
            axes.axhline(0.0, color="#555555", linewidth=0.8)
            axes.set_ylim(-0.15, 0.6)
            axes.set_title(title, fontsize=8)
            axes.set_xticks(range(3), HABITS)
            axes.yaxis.set_major_formatter(change)
        panels[0].set_ylabel("change in orders")


if __name__ == "__main__":
    print(main())
