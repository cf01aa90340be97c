"""A new customer costs five times as much as keeping one: does keeping pay better then? Where is the break-even?

In: nothing, or ``--replications``. Out: what a further 1 of currency earns, spent on winning and on keeping, by how many times
dearer a new customer is than a year of keeping one.

Winning earns (V_new − V_lead) per customer won. Keeping costs k a year for every repeat buyer, stayers and leavers alike, and saves
the share s of them that would else have left within the year, each worth V_repeat − V_lapsed. Both earn the same where

    price of a new customer ÷ k  =  (V_new − V_lead) ÷ ((V_repeat − V_lapsed) · s)          (V: value on a rung, (δI − Q)⁻¹ r)

The idea of equal returns at the margin is Blattberg & Deighton's (1996).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from claim import Answer, bars, between, interval, options, picture, scenario, worth

import ladsim
from ladsim.measures.value import present_value
from ladsim.model.layout import CAUSES
from ladsim.planning.run import together
from ladsim.reporting.figure_style import PENS
from ladsim.scenario.address import with_values
from ladsim.scenario.tables import tables
from ladsim.theory.markov import lifetime_value

QUESTION = "A new customer costs five times as much as keeping one. Where is the break-even?"
KEEP = 12.0  # a year of service for one repeat buyer, as the scenario has it
LEAVE, CUT, WIN, LIFT = 0.03, 0.20, 0.0002, 10.0  # of the scenario: monthly chances to leave and to come, what money does to them


def formula() -> tuple[float, float, float]:
    """Value of winning one customer, of keeping one, and the share saved a year."""
    v = lifetime_value(tables(scenario("break_even_ratio")))
    first_order = 40 * 0.5
    return float(v["customer"] + first_order - v["lead"]), float(v["repeat"] - v["lapsed"]), -12.0 * np.log1p(-LEAVE) * CUT


def with_ratio(ratio: float) -> ladsim.Scenario:
    """The scenario in which a new customer costs `ratio` years of keeping one: price = 2 · half_at ÷ (hazard · full effect)."""
    half_at = ratio * KEEP * -np.log1p(-WIN) * LIFT / 2.0
    return with_values(scenario("break_even_ratio"), {"channels.advertising.response.half_at": half_at})


def earned(ratio: float, strategy: str, replications: int) -> list[float]:
    """What 1 of currency brought back (before its cost) in many futures, each against the same future without it."""
    runs = together(with_ratio(ratio), ["base", strategy], replications=replications, processes=1)
    pairs = zip(runs["base"].histories, runs[strategy].histories, strict=True)
    return [(worth(a) - worth(b)) / spent(a) + 1.0 for b, a in pairs]


def spent(history: ladsim.History) -> float:
    """Money spent on campaigns, at its worth at the start like what it earns."""
    by_cause = present_value(history).set_index("cause")["present_value"]
    return -float(by_cause.drop([*CAUSES, "profit"]).sum())


def main(arguments: list[str] | None = None) -> Answer:
    """Sweep the ratio, draw what either way earns, and say where they cross."""
    chosen = options("break_even_ratio", QUESTION, 20, 4, arguments)
    ratios = [5.0, 12.0] if chosen.quick else [3.0, 5.0, 8.0, 12.0, 20.0]
    won, kept, saved = formula()
    winning = {r: earned(r, "winning", chosen.replications) for r in ratios}
    keeping = earned(5.0, "keeping", chosen.replications)
    kept_on_average = interval(keeping)
    found = [interval(winning[r]) for r in ratios]
    # Winning earns (worth of one won) ÷ (ratio · KEEP); at the break-even ratio that is what keeping earns.
    crossing = interval(np.mean([r * winning[r][k] for r in ratios]) / keeping[k] for k in range(chosen.replications))
    table = pd.DataFrame({"ratio": ratios, "winning": [f.estimate for f in found], "low": [f.low for f in found]})
    table = table.assign(high=[f.high for f in found], formula=[won / (r * KEEP) for r in ratios])
    table = table.assign(keeping=kept_on_average.estimate, keeping_formula=kept * saved / KEEP, break_even=crossing.estimate)
    draw(chosen.picture, table, bars(found), bars([kept_on_average]), (won, kept, saved))
    return Answer(
        QUESTION,
        f"Of a further 1 spent on repeat buyers, {between(kept_on_average, '{:.2f}')} comes back; of 1 spent on new customers, at five "
        f"times the price, {between(found[ratios.index(5.0)], '{:.2f}')}. Both earn the same when a new customer costs "
        f'{between(crossing, "{:.1f}")} times a year of keeping one (formula {won / kept / saved:.1f}). So "five times dearer" does not '
        "decide it: what keeping costs is paid for all, also for those who would have stayed anyway or who leave all the same.",
        f"how many of those one spends on stay because of it: {saved:.1%} a year here, an assumption. The break-even ratio is one over "
        f"that share, times what one won is worth against one kept ({won:.0f} ÷ {kept:.0f} = {won / kept:.2f}): with half the share "
        f"it is {2 * won / kept / saved:.0f}, with twice {won / kept / saved / 2:.1f}.",
        "One more coin at the margin: both campaigns are linear here, real ones saturate, so that neither takes all the money. New "
        "customers bring no others by word of mouth. Prices and effects are assumptions, only the crossing follows from them.",
        table,
        chosen.picture,
        "Earned per 1 spent by the price of a new customer: winning falls with the price and crosses three level lines of keeping.",
    )


def draw(path: Path, table: pd.DataFrame, won: Any, kept: Any, worths: tuple[float, float, float]) -> None:
    """What winning earns by its price, and what keeping earns for three shares saved."""
    (each_won, each_kept, saved), grid = worths, np.linspace(2.5, 22.0, 100)
    with picture(path) as axes:
        axes.plot(grid, each_won / (grid * KEEP), color=PENS[0].colour, label="winning customers: formula")
        axes.errorbar(table["ratio"], **won, fmt="o", color=PENS[0].text, capsize=3, label="simulated, 95 %")
        for share, line in ((saved / 2, ":"), (saved, "-"), (saved * 2, "--")):
            level = each_kept * share / KEEP
            axes.axhline(level, color=PENS[1].colour, linestyle=line, linewidth=1.2)
            words = {"ha": "right", "va": "bottom", "color": PENS[1].text, "fontsize": 7.5}
            axes.annotate(f"keeping them, {share:.0%} saved a year", (22.0, level), **words)
        axes.errorbar([5.0], **kept, fmt="s", color=PENS[1].text, capsize=3)
        axes.set(xlabel="price of a new customer ÷ a year of keeping one", ylabel="earned per 1 spent", ylim=(0, 4))
        axes.legend(frameon=False)


if __name__ == "__main__":
    print(main())
