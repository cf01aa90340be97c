"""Is the real funnel found again? LastFM friendships as the referral graph, Olist's leads and deals as the funnel.

In: the data folder, with ``graph_lastfm_asia/`` and ``olist_funnel/``. Out: what the funnel says and what the simulation finds, side
by side on the screen, and a report that compares two ways to spend the same money.

A lead waits a days for the first talk; the talks last b days and end in a deal, in a no, or undecided; the undecided think for c
days. All waits are exponential, with these means. They, and the share s of the deals that come from the undecided, are fitted by
maximum likelihood; the quantiles below are not fitted one by one, but the shape was chosen on the same deals, so they show how well
it fits and prove nothing about other years. The funnel is taken as recorded: a lead without a deal by
November 2018 counts as none, though a few more will have come later, and hardly any deal of 2017 is recorded at all.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize

import ladsim
from ladsim.scenario.address import with_values

DAYS = 30.4375  # in a month
UNDECIDED = 0.30  # share of leads that stay undecided after the talks: an assumption that changes no deal


def read_funnel(data: Path) -> tuple[int, int, pd.Series]:
    """Leads, deals, and the days from first contact to each deal. One deal is dated before its lead: it counts, its wait does not."""
    leads = pd.read_csv(data / "olist_funnel/olist_marketing_qualified_leads_dataset.csv", parse_dates=["first_contact_date"])
    deals = pd.read_csv(data / "olist_funnel/olist_closed_deals_dataset.csv", parse_dates=["won_date"])
    won = leads.merge(deals, on="mql_id")
    days = (won["won_date"] - won["first_contact_date"]) / pd.Timedelta(days=1)
    return len(leads), len(won), days[days > 0]


def density(t: np.ndarray, *means: float) -> np.ndarray:
    """Density at t of the sum of exponential waits with these (different) means."""
    parts = [np.exp(-t / m) / m * np.prod([m / (m - other) for other in means if other != m]) for m in means]
    return np.sum(parts, axis=0)


def fit_waits(days: pd.Series) -> tuple[float, float, float, float]:
    """The means a, b, c of the three waits in days, and the share s of deals that come from the undecided."""
    t = days.to_numpy()

    def surprise(x: np.ndarray) -> float:
        a, b, c = np.exp(x[:3])
        s = 1 / (1 + np.exp(-x[3]))
        return -float(np.log((1 - s) * density(t, a, b) + s * density(t, a, b, c)).sum())

    x = minimize(surprise, x0=[0.7, 2.3, 4.6, -0.5], method="Nelder-Mead", options={"maxiter": 5000}).x
    return *(float(m) for m in np.exp(x[:3])), float(1 / (1 + np.exp(-x[3])))


def rates(share: float, a: float, b: float, c: float, s: float) -> dict[str, float]:
    """Monthly rates of the funnel's steps: those out of a rung add up to one over its mean wait, each by its share."""
    talks, thinking, closing = DAYS / b, DAYS / c, share * s / UNDECIDED
    return {
        "steps.lead.prospect.rate": DAYS / a,
        "steps.prospect.customer.rate": talks * share * (1 - s),
        "steps.prospect.undecided.rate": talks * UNDECIDED,
        "steps.prospect.cold.rate": talks * (1 - share * (1 - s) - UNDECIDED),
        "steps.undecided.customer.rate": thinking * closing,
        "steps.undecided.cold.rate": thinking * (1 - closing),
    }


def days_to_deal(history: ladsim.History) -> pd.Series:
    """Days from first contact to the deal of every lead that the funnel itself won, out of the event log."""
    moves = history.events().query("event == 'move' and to in ('customer', 'cold')").drop_duplicates("customer")
    return moves.loc[moves["to"] == "customer", "month"] * DAYS


def in_short(leads: int, deals: int, days: pd.Series) -> pd.Series:
    """A funnel in eight numbers."""
    waits = {f"days until {q:.0%} of the deals": days.quantile(q) for q in (0.10, 0.25, 0.50, 0.75, 0.90)}
    return pd.Series({"leads": leads, "deals": deals, "share": deals / leads, **waits})


def main(arguments: list[str] | None = None) -> pd.DataFrame:
    """Estimate, simulate, print both side by side, write the report."""
    parser = argparse.ArgumentParser(description="LastFM friendships and Olist's funnel: is the real funnel found again?")
    parser.add_argument("data", type=Path, help="folder with graph_lastfm_asia/ and olist_funnel/")
    parser.add_argument("--out", type=Path, default=Path("reports/lastfm_olist"), help="folder of the report")
    parser.add_argument("--replications", type=int, default=40, help="replications of each strategy in the report")
    parser.add_argument("--quick", action="store_true", help="three runs, no report")
    options = parser.parse_args(arguments)

    leads, deals, days = read_funnel(options.data)
    waits = fit_waits(days)
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    scenario = ladsim.loads(text, folder=options.data / "graph_lastfm_asia", file="lastfm_olist.toml")
    scenario = with_values(scenario, rates(deals / leads, *waits), source="Olist marketing funnel (2018), fitted")

    runs = [ladsim.simulate(scenario, replication=k, log=True) for k in range(3 if options.quick else 10)]
    found = pd.DataFrame([in_short(run.size, len(d), d) for run in runs for d in [days_to_deal(run)]])
    table = pd.DataFrame({"Olist": in_short(leads, deals, days), "simulated": found.mean(), "from run to run ±": found.std()})
    print(
        "Mean waits: {:.1f} days for the first talk, {:.1f} in talks, {:.0f} undecided; {:.0%} of the deals come late.".format(
            *waits
        )
    )
    words = table.map("{:,.1f}".format)
    words.loc["share"] = table.loc["share"].map("{:.1%}".format)
    print(words.to_string())
    if not options.quick:
        duel = ladsim.compare(scenario, replications=options.replications)
        print(duel.verdict, ladsim.report(duel, options.out / "report.html"), sep="\n")
    return table


if __name__ == "__main__":
    main()
