"""Posteriors are as wide as they say: simulation-based calibration of every fit (Talts, Betancourt, Simpson, Vehtari & Gelman 2018).

Numbers are drawn from the prior, data from the numbers, a posterior from the data; the rank of the true number among the posterior's
draws is then uniform. Ranks fall into eight classes, held against even ones by a chi-square test. The chance of a false alarm over all
tests of this file together is at most 1 % (Bonferroni).

Tests: ``fitting/campaigns.py``, ``fitting/deals.py``, ``fitting/hazards.py``, ``fitting/orders.py``, ``fitting/panel.py``,
``fitting/referrals.py``, ``fitting/renewals.py``.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.linalg import expm

from ladsim.fitting.campaigns import fit_campaign
from ladsim.fitting.deals import fit_deals
from ladsim.fitting.fitted import Fitted
from ladsim.fitting.hazards import Stays, fit_hazards
from ladsim.fitting.laplace import Prior
from ladsim.fitting.orders import fit_orders, fit_spend
from ladsim.fitting.panel import fit_panel
from ladsim.fitting.referrals import fit_referrals
from ladsim.fitting.renewals import Renewals, fit_failed_payments, fit_renewals

Truth = dict[str, float]
Case = Callable[[np.random.Generator], tuple[Truth, Fitted]]
CLASSES, ALPHA = 8, 0.01
GAMMA = (4.0, 40.0)  # prior of a hazard: shape, months
END = datetime.date(2027, 12, 31)


def drawn(rng: np.random.Generator, prior: Prior) -> Truth:
    return {name: float(median * np.exp(prior.spread * rng.normal())) for name, median in prior.medians.items()}


def buying(rng: np.random.Generator, truth: Truth, n: int) -> pd.DataFrame:
    """Customers of a Pareto/NBD (numbers s, beta) or BG/NBD, MBG/NBD (numbers a, b)."""
    rows = []
    for watched in rng.uniform(6.0, 12.0, n):
        rate = rng.gamma(truth["r"], 1.0 / truth["alpha"])
        dies = rng.exponential(1.0 / rng.gamma(truth["s"], 1.0 / truth["beta"])) if "s" in truth else np.inf
        p = rng.beta(truth["a"], truth["b"]) if "a" in truth else 0.0
        t, x, last = 0.0, 0, 0.0
        gone = bool(truth.get("first", 0.0)) and rng.random() < p
        while not gone and (t := t + rng.exponential(1.0 / rate)) < min(watched, dies):
            x, last = x + 1, t
            gone = rng.random() < p
        rows.append((x, last, watched))
    return pd.DataFrame(rows, columns=["orders", "last", "watched"])


def orders_case(model: str) -> Case:
    prior = Prior({"r": 1.0, "alpha": 1.5} | ({"s": 1.0, "beta": 8.0} if model == "pareto_nbd" else {"a": 1.0, "b": 3.0}), 0.4)

    def case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
        truth = drawn(rng, prior)
        return truth, fit_orders(buying(rng, truth | {"first": float(model == "mbg_nbd")}, 80), model, prior=prior)

    return case


def spend_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    prior = Prior({"p": 4.0, "q": 4.0, "gamma": 20.0}, 0.4)
    truth = drawn(rng, prior)
    x = rng.integers(1, 6, 60)
    scale = 1.0 / rng.gamma(truth["q"], 1.0 / truth["gamma"], 60)
    return truth, fit_spend(pd.DataFrame({"orders": x, "spend": rng.gamma(truth["p"] * x, scale / x)}), prior=prior)


def renewals_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    prior = Prior({"alpha": 1.0, "beta": 3.0}, 0.5)
    truth = drawn(rng, prior)
    at = rng.geometric(np.clip(rng.beta(truth["alpha"], truth["beta"], 120), 1e-9, 1.0))
    cancelled = tuple(int((at == t).sum()) for t in range(1, 6))
    return truth, fit_renewals(Renewals(cancelled, (0,) * 5, (0,) * 5 + (120 - sum(cancelled),), 12), prior=prior)


def referrals_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    prior = Prior({"R": 0.4, "k": 0.6}, 0.5)
    truth = drawn(rng, prior)
    brought = rng.poisson(rng.gamma(truth["k"], truth["R"] / truth["k"], 150))
    given = [f"c{i}" for i, n in enumerate(brought) for _ in range(n)]
    if len(given) > 150:  # more were brought than there are people to be brought: with this prior once in a great while
        return referrals_case(rng)
    old = pd.DataFrame({"customer": [f"c{i}" for i in range(150)], "referrer": given + [None] * (150 - len(given))})
    return truth, fit_referrals(old, prior=prior)


def history_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    shape, months = GAMMA
    up, out = rng.gamma(shape, 1.0 / months, 2)
    waits, watched = rng.exponential(1.0 / (up + out), 60), rng.uniform(1.0, 12.0, 60)
    to = np.where(rng.random(60) < up / (up + out), "buyer", "gone").astype(object)
    to[waits > watched] = None
    stays = Stays(np.full(60, "lead", object), np.minimum(waits, watched), to, 60)
    fitted = fit_hazards(stays, [("lead", "buyer"), ("lead", "gone")], prior=GAMMA)
    return {"lead → buyer": float(up), "lead → gone": float(out)}, fitted


def deals_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    shape, months = GAMMA
    won, lost = rng.gamma(shape, 1.0 / months, 2)
    created = pd.Timestamp(END) - pd.to_timedelta(rng.uniform(30.0, 365.0, 150), unit="D")
    over = created + pd.to_timedelta(rng.exponential(1.0 / (won + lost), 150) * 30.4375, unit="D")
    is_won = rng.random(150) < won / (won + lost)
    days = {"created": created.floor("D"), "won": over.where(is_won).floor("D"), "lost": over.where(~is_won).floor("D")}
    table = pd.DataFrame({"customer": range(150), **days})  # by the day, as files have them
    return {"lead → won": float(won), "lead → lost": float(lost)}, fit_deals([table], until=END, prior=GAMMA)


def panel_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    names = {"lead → buyer": 0.1, "buyer → gone": 0.1}
    prior = Prior(names, 0.5)
    truth = drawn(rng, prior)
    up, out = truth.values()
    chances = np.cumsum(expm(np.array([[-up, up, 0.0], [0.0, -out, out], [0.0, 0.0, 0.0]]) * 60 / 30.4375), axis=1)
    rows, state = [], np.zeros(60, int)
    for look in range(4):
        day = pd.Timestamp("2027-01-01") + pd.Timedelta(days=60 * look)
        rows += [(str(c), day, ("lead", "buyer", "gone")[s]) for c, s in enumerate(state)]
        state = (rng.random(60)[:, None] > chances[state]).sum(axis=1)
    table = pd.DataFrame(rows, columns=["customer", "date", "stage"])
    return truth, fit_panel(table, [("lead", "buyer"), ("buyer", "gone")], prior=prior)


def jeffreys(rng: np.random.Generator) -> float:
    return float(rng.beta(0.5, 0.5))


def campaign_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    mail, control = jeffreys(rng), jeffreys(rng)
    rows = [("mail", bool(rng.random() < mail)) for _ in range(40)] + [
        ("control", bool(rng.random() < control)) for _ in range(40)
    ]
    truth = {"share mail": mail, "share control": control, "lift mail": mail - control}
    return truth, fit_campaign(pd.DataFrame(rows, columns=["campaign", "outcome"]), randomised=True)


def failed_payments_case(rng: np.random.Generator) -> tuple[Truth, Fitted]:
    share = jeffreys(rng)
    failed = int(rng.binomial(30, share))
    lists = Renewals((0,), (failed,), (0, 30 - failed), 1, has_reasons=True)
    return {"failed_payment": share}, fit_failed_payments(lists)


CASES: dict[str, tuple[Case, int, int]] = {  # a fit, how many times, how many of its numbers
    "history": (history_case, 300, 2),
    "deals": (deals_case, 300, 2),
    "campaign": (campaign_case, 300, 3),
    "failed_payments": (failed_payments_case, 300, 1),
    "renewals": (renewals_case, 60, 2),
    "referrals": (referrals_case, 60, 2),
    "spend": (spend_case, 50, 3),
    "panel": (panel_case, 60, 2),
    "bg_nbd": (orders_case("bg_nbd"), 50, 4),
    "mbg_nbd": (orders_case("mbg_nbd"), 40, 4),
    "pareto_nbd": (orders_case("pareto_nbd"), 40, 4),
}
NUMBERS = sum(numbers for _, _, numbers in CASES.values())


@pytest.mark.long
@pytest.mark.parametrize("name", CASES)
def test_ranks_are_even(name: str) -> None:
    """The true number's rank among the draws is as often in each eighth; where data are whole numbers, ties are broken by luck."""
    case, times, numbers = CASES[name]
    rng = np.random.default_rng(2018)
    ranks: dict[str, list[float]] = {}
    for _ in range(times):
        truth, fitted = case(rng)
        for key, value in truth.items():
            below = np.mean(fitted.column(key) < value)
            ranks.setdefault(key, []).append(float(below))
    assert len(ranks) == numbers
    for key, found in ranks.items():
        counts = np.histogram(found, CLASSES, (0.0, 1.0))[0]
        p = stats.chisquare(counts).pvalue
        assert p > ALPHA / NUMBERS, f"{key}: ranks in eighths {counts.tolist()}, p = {p:.2g}"


def test_the_test_sees_a_posterior_that_is_too_narrow() -> None:
    """Draws with half their spread are found out: with ranks of 300 histories the test is no rubber stamp."""
    rng, found = np.random.default_rng(2018), []
    for _ in range(300):
        truth, fitted = history_case(rng)
        column = fitted.column("lead → buyer")
        found.append(float(np.mean(column.mean() + 0.5 * (column - column.mean()) < truth["lead → buyer"])))
    assert stats.chisquare(np.histogram(found, CLASSES, (0.0, 1.0))[0]).pvalue < ALPHA / NUMBERS
