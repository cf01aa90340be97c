"""The four pitfalls of the ladder: what does each cost, against the same money spent by rung?

In: nothing, or ``--replications``. Out: what messages that do not fit the rung, all money on new customers, and loyalty taken for
granted lose, under the same luck and the same draws of what nobody knows (the ranges of "Acquisition or retention?").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from claim import Answer, bars, between, options, picture, scenario

import ladsim
from ladsim.measures.uncertainty import Interval, mean_interval
from ladsim.planning.run import together
from ladsim.reporting.figure_style import PENS
from ladsim.scenario.lever_spec import Engagement
from ladsim.scenario.spec import Effect

QUESTION = "The four pitfalls: what does each of them cost?"
SOUND, NOTHING = "by_rung", "base"
PITFALLS = ("wrong_messages", "only_new", "for_granted", "blind")
SPEND, FADES = 1_500 * 36, 0.05


def with_fading(fades: float) -> ladsim.Scenario:
    """The scenario where the engagement of repeat buyers and ambassadors fades, unless offers and thanks keep it up."""
    plain = scenario("four_pitfalls")
    kept = [Effect(on="engagement", per_rung={"repeat": fades * 3.0, "ambassador": fades * 3.0}, source="assumption")]
    tactics = tuple(
        t.model_copy(update={"effects": (*t.effects, *kept)}) if t.name == "personal_offers" else t for t in plain.tactics
    )
    engagement = Engagement(decay_per_month=fades, orders_effect=0.4, leaving_effect=-0.8, source="assumption")
    return plain.model_copy(update={"tactics": tactics, "engagement": engagement})


def losses(market: ladsim.Scenario, pitfalls: tuple[str, ...], replications: int, sample: int) -> dict[str, np.ndarray]:
    """What each pitfall loses against the money spent by rung, per 1 spent, in many futures."""
    runs = together(market, [SOUND, *pitfalls], replications=replications, sample=sample, processes=1)
    profit = {name: np.array([s.scalars["profit"] for s in found.summaries]) for name, found in runs.items()}
    return {name: (profit[SOUND] - profit[name]) / SPEND for name in pitfalls}


def main(arguments: list[str] | None = None) -> Answer:
    """Every pitfall against the money spent by rung; and that against nothing spent."""
    chosen = options("four_pitfalls", QUESTION, 60, 10, arguments)
    sample = 400 if chosen.quick else 2_000
    plain = scenario("four_pitfalls")
    lost = losses(plain, (*PITFALLS, NOTHING), chosen.replications, sample)
    lost["fading"] = losses(with_fading(FADES), ("for_granted",), chosen.replications, sample)["for_granted"]
    label = {name: str(strategy.label) for name, strategy in plain.strategies.items()}
    label |= {NOTHING: "Nothing spent at all", "fading": f"{label['for_granted']}, and it fades by {FADES:.0%} a month"}
    found = {name: mean_interval(values, pairs=True) for name, values in lost.items()}
    table = pd.DataFrame([(n, label[n], i.estimate, i.low, i.high, float((lost[n] > 0).mean())) for n, i in found.items()])
    table.columns = ["strategy", "pitfall", "lost_per_1_spent", "low", "high", "futures_worse"]
    draw(chosen.picture, [label[n] for n in found], list(found.values()))
    said = {name: between(i, "{:z.2f}") for name, i in found.items()}
    return Answer(
        QUESTION,
        f"Against the same money spent by rung, messages that do not fit lose {said['wrong_messages']} for every 1 spent: more than "
        f"spending nothing at all ({said[NOTHING]}). Too little data loses {said['blind']} where three in ten are taken for somebody "
        f"on another rung. All money on new customers loses {said['only_new']} and loyalty taken for granted {said['for_granted']}: in "
        f"this market, in three years, what nobody knows is larger than that. Where engagement fades by {FADES:.0%} a month unless one "
        f"does something, taking it for granted loses {said['fading']}.",
        "what messages do on the wrong rung (nothing here, no harm), and whether loyalty fades by itself (it does in the last line only). "
        "Both are assumptions. So the first and the fourth pitfall cost what good messages bring; the second and third depend on how much "
        "new customers cost.",
        'One market, that of "Acquisition or retention?", with its ranges of what nobody knows; 1,500 a month, split by eye. Amounts '
        f"until month 36, not beyond it: who stays longer goes on paying. A sample of {sample:,} of 20,000 makes luck larger than it is.",
        table,
        chosen.picture,
        "What each pitfall loses per 1 spent: much for wrong messages, some for too little data, about nothing for the two others.",
    )


def draw(path: Path, labels: list[str], lost: list[Interval]) -> None:
    """What each loses per 1 spent."""
    with picture(path) as axes:
        found = bars(lost)
        place = np.arange(len(labels))[::-1]
        axes.errorbar(found["y"], place, xerr=found["yerr"], fmt="o", color=PENS[0].colour, capsize=3)
        axes.axvline(0.0, color="#555555", linewidth=0.8)
        axes.set(xlabel="lost against the money spent by rung, per 1 spent (95 %)", ylim=(-0.6, len(labels) - 0.4))
        axes.set_yticks(place, labels)
        axes.grid(axis="x")


if __name__ == "__main__":
    print(main())
