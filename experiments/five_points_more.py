"""What are five points more retention worth? More, the more customers one keeps already.

In: nothing, or ``--replications``. Out: how much a customer's value rises with five points more retention, by how many one keeps
today: simulated, beside m / (1 − r / (1 + d)) (Gupta & Lehmann 2003, payment at the start of the year).

Where members differ, each renews with a probability of its own, beta-distributed with the same mean r and a + b = 2 (Fader & Hardie
2007): then value = m · Σ B(a + t, b) / B(a, b) / (1 + d)^t.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from claim import Answer, bars, between, interval, options, picture, scenario, worth
from scipy.special import betaln

import ladsim
from ladsim.reporting.figure_style import PENS

QUESTION = "What are five points more retention worth?"
INTEREST, YEARS, SAMENESS = 0.10, 2000, 2.0


def value(r: float) -> float:
    """A customer's value in yearly payments, when all renew alike."""
    return 1.0 / (1.0 - r / (1.0 + INTEREST))


def value_where_members_differ(r: float) -> float:
    """The same where members differ."""
    t, a, b = np.arange(YEARS), SAMENESS * r, SAMENESS * (1.0 - r)
    return float(np.exp(betaln(a + t, b) - betaln(a, b) - t * np.log1p(INTEREST)).sum())


def simulated(r: float, replications: int) -> list[float]:
    """A customer's value in many futures."""
    keys = {"steps.member.member.renewal.probability": r, "steps.member.lost.renewal.probability": 1.0 - r}
    runs = ladsim.replicate(scenario("five_points_more"), replications=replications, overrides=keys, processes=1)
    return [worth(history) / 4_000 for history in runs.histories]


def main(arguments: list[str] | None = None) -> Answer:
    """Sweep the retention rate, draw the gain of five points, say what they are worth at 60 and at 90 %."""
    chosen = options("five_points_more", QUESTION, 40, 4, arguments)
    today = [0.60, 0.90] if chosen.quick else [0.50, 0.60, 0.70, 0.80, 0.90]
    found = {r: simulated(r, chosen.replications) for r in sorted({round(x + step, 2) for x in today for step in (0.0, 0.05)})}
    gains = [interval(b / a - 1.0 for a, b in zip(found[r], found[round(r + 0.05, 2)], strict=True)) for r in today]
    formula = [value(r + 0.05) / value(r) - 1.0 for r in today]
    differ = [value_where_members_differ(r + 0.05) / value_where_members_differ(r) - 1.0 for r in today]
    table = pd.DataFrame({"retention": today, "gain": [g.estimate for g in gains], "low": [g.low for g in gains]})
    table = table.assign(high=[g.high for g in gains], formula=formula, where_members_differ=differ)

    grid = np.linspace(0.50, 0.90, 81)
    with picture(chosen.picture) as axes:
        axes.plot(grid, [value(r + 0.05) / value(r) - 1.0 for r in grid], color=PENS[0].colour, label="formula, all renew alike")
        ratio = [value_where_members_differ(r + 0.05) / value_where_members_differ(r) - 1.0 for r in grid]
        axes.plot(grid, ratio, color=PENS[1].colour, linestyle=PENS[1].line, label="formula, members differ")
        axes.errorbar(today, **bars(gains), fmt="o", color=PENS[0].text, capsize=3, label="simulated, 95 %")
        axes.set(xlabel="share kept a year today", ylabel="value gained by five points more", ylim=(0, None))
        axes.xaxis.set_major_formatter("{x:.0%}")
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.legend(frameon=False)
    at = {r: between(g, "{:.1%}") for r, g in zip(today, gains, strict=True)}
    return Answer(
        QUESTION,
        f"At 90 % retention they raise a customer's value by {at[0.90]} (formula {value(0.95) / value(0.90) - 1:.1%}), at 60 % by "
        f"{at[0.60]} (formula {value(0.65) / value(0.60) - 1:.1%}): three times as much, where one already keeps nine in ten. Where "
        f"members differ much in loyalty, the same five points bring {differ[-1]:.1%} at 90 % and {differ[today.index(0.6)]:.1%} "
        "at 60 %.",
        f"the retention of today, and the interest (10 % a year here). How much members differ counts as well: the second curve has "
        f"a + b = {SAMENESS:g}, an assumption.",
        "Margins stay the same for life, the five points hold for ever and cost nothing here: what they may cost is the gain itself. "
        "Five points are half of those who leave at 90 %, but an eighth at 60 %, so they are not equally hard to win.",
        table,
        chosen.picture,
        "Value gained by five points more retention, by retention today: it rises from a tenth at 50 % to a third at 90 %.",
    )


if __name__ == "__main__":
    print(main())
