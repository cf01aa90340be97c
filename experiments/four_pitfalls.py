"""The four pitfalls of the ladder: what does each cost, against the same money spent by rung?

In: nothing, or ``--replications``. Out: what messages that do not fit the rung, all money on new customers, and loyalty taken for
granted lose, under the same luck and the same draws of what nobody knows (the ranges of "Acquisition or retention?").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from claim import Answer, bars, options, picture, scenario

import ladsim
from ladsim.measures.uncertainty import Interval, mean_interval
from ladsim.report.canvas import PENS

QUESTION = "The four pitfalls: what does each of them cost?"
SOUND, NOTHING = "by_rung", "base"
PITFALLS = ("wrong_messages", "only_new", "for_granted")
SPEND = 1_500 * 36


def main(arguments: list[str] | None = None) -> Answer:
    """Every pitfall against the money spent by rung; and that against nothing spent."""
    chosen = options("four_pitfalls", QUESTION, 60, 6, arguments)
    sample = 400 if chosen.quick else 2_000
    duel = ladsim.compare(
        scenario("four_pitfalls"), [NOTHING, SOUND, *PITFALLS], replications=chosen.replications, sample=sample, processes=1
    )
    profit = {name: np.array([s.scalars["profit"] for s in runs.summaries]) for name, runs in duel.runs.items()}
    lost = {name: mean_interval((profit[SOUND] - profit[name]) / SPEND, pairs=True) for name in (*PITFALLS, NOTHING)}
    worse = {name: float((profit[SOUND] > profit[name]).mean()) for name in lost}
    label = {name: runs.label for name, runs in duel.runs.items()} | {NOTHING: "Nothing spent at all"}
    table = pd.DataFrame([(label[n], i.estimate, i.low, i.high, worse[n]) for n, i in lost.items()])
    table.columns = ["pitfall", "lost_per_1_spent", "low", "high", "futures_worse"]
    table.index = pd.Index(list(lost), name="strategy")
    draw(chosen.picture, [label[n] for n in lost], list(lost.values()))
    return Answer(QUESTION, "", "", "", table, chosen.picture, "")


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
