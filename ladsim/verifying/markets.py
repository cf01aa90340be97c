"""The published models that are scenarios: V1 to V4, V7 to V9, V11, and the ladders of V5, V6 and V10 with fitted numbers.

In: nothing. Out: `ROWS`, each model's row of the table of verification with its `Form`, how many customers and futures it takes, and the
names of its values (texts ``verify.value_NAME``). Scenarios lie in ``scenarios/classics``. To add a model: its scenario there, its
closed form in ``theory``, a line here, its words in ``i18n/verify.LANGUAGE.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from ladsim.engine.history import History
from ladsim.scenario.address import with_values
from ladsim.scenario.load import SHIPPED, load
from ladsim.scenario.spec import Scenario
from ladsim.scenario.tables import tables
from ladsim.theory import direct_marketing, markov, spreading
from ladsim.theory.buying import BGNBD, ParetoNBD
from ladsim.theory.customer_base import sbg_survival
from ladsim.theory.expected import expected_rung_counts
from ladsim.verifying.form import Floats, Form

P, Q, YEARS = 0.03, 0.38, (1, 5, 10, 15)  # Bass (1969), a year
TICK = 1.5e-4  # what messages that are heard at the end of a day shift adoption by, at most
PARETO_NBD = ParetoNBD(r=0.553277, alpha=10.57768, s=0.606240, beta=11.66874)  # CDNOW, weeks
BG_NBD = BGNBD(r=0.2425945, alpha=4.4136019, a=0.792922, b=2.425907)
WEEKS = (1, 39, 52, 78)
CLUBS = {"club_high_end": (0.6681, 3.8061), "club_regular": (0.7041, 1.1820)}  # Fader & Hardie (2007), seven-year fits
RECENCY = (0.3, 0.2, 0.15, 0.05)  # Pfeifer & Carraway (2000): chance to buy again


@dataclass(frozen=True)
class Size:
    """How much of a model is played."""

    futures: int
    customers: int | None = None  # of a future; None: the whole scenario


@dataclass(frozen=True)
class Row:
    """One published model in the table of verification."""

    key: str  # V1 … V11
    name: str  # of its texts
    classic: str  # its scenario
    form: Form
    values: tuple[str, ...]  # names of what is seen, for those that are shown
    shown: tuple[int, ...] = ()  # which of the values these are (none: all); all of them are held against the formula
    small: Size = Size(30)  # by both engines
    large: Size = Size(30)  # by the fast engine, when all of it is asked for
    most: Callable[[], Scenario] | None = None  # the larger market, where it takes another scenario

    def of(self, is_large: bool) -> Form:
        """The form at a size."""
        if not is_large or self.most is None:
            return self.form
        from dataclasses import replace

        return replace(self.form, scenario=self.most)


@cache
def classic(name: str) -> Scenario:
    """A scenario of ``scenarios/classics``."""
    return load(SHIPPED / "classics" / f"{name}.toml")


def classic_of(name: str, **keys: Any) -> Callable[[], Scenario]:
    """The same, with other numbers, when it is needed."""
    return lambda: with_values(classic(name), keys) if keys else classic(name)


def copies_of(name: str, copies: int, each: int) -> Callable[[], Scenario]:
    """A market of many small ones, with so many of them."""

    def made() -> Scenario:
        scenario = classic(name)
        layer = scenario.word_of_mouth[0]
        graph = layer.graph.model_copy(update={"copies": copies})
        layers = (layer.model_copy(update={"graph": graph}),)
        return scenario.model_copy(update={"word_of_mouth": layers, "market_size": copies * each})

    return made


def shares(history: History) -> Floats:
    """Share of the market on each rung at the snapshots, (M + 1, R)."""
    return np.asarray(history.counts.sum(axis=1) / history.size, np.float64)


def later_shares(history: History) -> Floats:
    """The same after the start, as one row."""
    return shares(history)[1:].ravel()


def adopted(history: History, months: Sequence[float]) -> Floats:
    """Share of those who have it at some months, straight lines between month starts."""
    return np.interp(months, history.months, shares(history)[:, 1])


def discounted_value(history: History) -> Floats:
    """Present value per customer of everything booked, by the day."""
    days = np.arange(history.daily.shape[0])
    middle = np.where(days > 0, days - 0.5, 0.0) / 30.0
    worth = history.daily.sum(axis=1) @ np.exp(-history.discount_per_month * middle)
    return np.array([worth / history.unit / history.size])


def value_and_reach(history: History) -> Floats:
    """Present value per customer, and the share that ever comes to each rung above the lowest."""
    assert history.log is not None
    moves = history.log[history.log["event"] == 1]
    entered = [len(np.unique(moves["customer"][moves["to"] == rung])) / history.size for rung in range(1, 5)]
    return np.array([*discounted_value(history), *entered])


def value_and_orders(history: History) -> Floats:
    """Present value per customer; mean and mean square of all its orders."""
    assert history.customers is not None
    orders = history.customers["booked"].astype(np.float64)
    return np.array([*discounted_value(history), orders.mean(), (orders**2).mean()])


def repeat_orders(history: History) -> Floats:
    """Orders a customer until some weeks, of a ladder whose months are weeks."""
    return np.asarray(history.orders.sum(axis=(1, 2)).cumsum()[list(WEEKS)] / history.size, np.float64)


def reached(history: History, people: int) -> Floats:
    """People reached in each copy of a graph, on average."""
    return np.array([history.counts[-1, 0, 1] * people / history.size], np.float64)


def outbreak(history: History) -> Floats:
    """The share reached by an outbreak of 5 % at least; NaN by one that has died out."""
    share = float(shares(history)[-1, 1])
    return np.array([share if share >= 0.05 else np.nan])


def tree_sizes(history: History) -> Floats:
    """Of the trees of a market in which each copy has one: mean size, mean square distance from 2, share of one person."""
    assert history.customers is not None
    sizes = (history.customers["rung"].reshape(copies_in(history), -1) != 0).sum(axis=1).astype(np.float64)
    return np.array([sizes.mean(), ((sizes - 2.0) ** 2).mean(), (sizes == 1).mean()])


TREE_PEOPLE, TOLD_PEOPLE = 1_000, 100


def copies_in(history: History) -> int:
    """How many trees a market of trees has."""
    return history.size // TREE_PEOPLE


def time_until_all_know(history: History) -> Floats:
    """Mean of the years until all of a copy know, and mean square distance from the formula's; a year of the file is four."""
    assert history.log is not None
    mean, _ = spreading.time_to_everybody(TOLD_PEOPLE, 0.01)
    moves = history.log[history.log["event"] == 1]
    last = np.zeros(history.size // TOLD_PEOPLE)
    np.maximum.at(last, moves["customer"].astype(np.int64) // TOLD_PEOPLE, moves["time"] / (30 << 20) / 48.0)
    return np.array([last.mean(), ((last - mean) ** 2).mean()])


def seeds_of(share: float) -> Callable[[], Scenario]:
    """The market of seeds, with this share of them."""

    def made() -> Scenario:
        scenario = classic("seeding")
        started = tuple(r.model_copy(update={"share": share if r.name == "adopter" else 1.0 - share}) for r in scenario.rungs)
        return scenario.model_copy(update={"rungs": started})

    return made


def value_and_all(history: History) -> Floats:
    """Present value per head, and the share that has adopted in the end."""
    return np.array([*discounted_value(history), shares(history)[-1, 1]])


def recency_market(recency: int, *, months: float | None = None, name: str = "recency_ladder") -> Scenario:
    """The ladder of recency, where everybody starts on this one."""
    scenario = classic(name)
    rungs = tuple(r.model_copy(update={"share": float(r.name == f"recency_{recency}")}) for r in scenario.rungs)
    orders: dict[str, int] = {"recency_1": 1} if recency == 1 else {}
    start = scenario.start.model_copy(update={"orders": orders})
    return scenario.model_copy(update={"rungs": rungs, "start": start, "months": months or scenario.months})


def cascade_market(seed: str, probability: float, copies: int = 300) -> Scenario:
    """The families of Florence so many times, one start in each, each invited with this chance."""
    scenario = with_values(
        copies_of("florentine_cascade", copies, FAMILIES)(), {"steps.unaware.convinced.probability": probability}
    )
    return scenario.model_copy(update={"start": scenario.start.model_copy(update={"nodes": {"convinced": (seed,)}})})


@cache
def ties_of_florence() -> tuple[tuple[str, str], ...]:
    """Who was tied to whom by marriage."""
    lines = (SHIPPED / "classics" / "florentine_families.csv").read_text(encoding="utf-8").split()
    return tuple((one, other) for one, other in (line.split(",") for line in lines))


FAMILIES = 15
END = 480.1  # months after which nothing is left of a discounted value
MILLION = Size(30, 33_334)


def _shares_of(name: str) -> Floats:
    return (expected_rung_counts(tables(classic(name))).to_numpy() / classic(name).market_size)[1:].ravel()


def _reference(start: str) -> Floats:
    """Value, and the chance to reach each of the four rungs above the lowest; of a customer, value and two moments of orders."""
    laid_out = tables(classic("reference_ladder"))
    value = float(markov.lifetime_value(laid_out)[start])
    if start == "lead":
        return np.array([value, *markov.ever_reached(laid_out, start)[["prospect", "customer", "repeat", "ambassador"]]])
    mean, sd = (float(number) for number in markov.lifetime_orders(laid_out).loc[start])
    return np.array([value, mean, mean**2 + sd**2])


def _trees(equal_time: bool) -> Floats:
    return np.array(spreading.referral_trees(0.5, equal_time=equal_time))


def _told() -> Floats:
    mean, sd = spreading.time_to_everybody(TOLD_PEOPLE, 0.01)
    return np.array([mean, sd**2])


def _one(value: Callable[[], Any]) -> Callable[[], Floats]:
    return lambda: np.atleast_1d(np.asarray(value(), np.float64))


def _recency_value(recency: int, stop: int, periods: int | None) -> Floats:
    return direct_marketing.recency_values(RECENCY[:stop], 40, 4, 0.2, periods)[recency - 1 : recency]


def _recency_large(recency: int, months: float | None, name: str) -> Scenario:
    return recency_market(recency, months=months, name=name).model_copy(update={"market_size": 33_334})


def _cascade(family: str, probability: float) -> Floats:
    return np.array([spreading.cascade_size(ties_of_florence(), family, probability)])


def _epidemic(probability: float) -> Floats:
    return np.array([spreading.epidemic_size(4, probability)])


def _left_after(name: str) -> Floats:
    return sbg_survival(*CLUBS[name], np.arange(1, 13))


def _seeded(share: float) -> Floats:
    return np.array([spreading.seeded_value(P, Q, share, 0.1), 1.0])


def _seeds_large(share: float) -> Scenario:
    return seeds_of(share)().model_copy(update={"market_size": 100_000})


def _rows() -> list[Row]:
    rungs, years, weeks = (
        ("lead", "prospect", "customer", "repeat", "ambassador", "gone"),
        ("y1", "y5", "y10", "y15"),
        ("w1", "w39", "w52", "w78"),
    )
    at_years = [12.0 * year for year in YEARS]
    peak = spreading.bass_peak(P, Q)
    five_times = [*at_years[:2], 12.0 * peak, *at_years[2:]]
    found = [
        Row("V1", "occupancy", "reference_ladder",
            Form("reference ladder: shares on rungs, twelve months", classic_of("reference_ladder"), lambda: _shares_of("reference_ladder"),
                 later_shares, 500, shares=True, deviation=0.002),
            tuple(f"on_{rung}" for rung in rungs), tuple(range(-6, 0)), large=MILLION, most=classic_of("reference_ladder", market_size=33_334)),
        Row("V1", "value_of_a_lead", "reference_ladder_to_the_end",
            Form("reference ladder to the end: value of a lead, and how far one ever gets", classic_of("reference_ladder_to_the_end"),
                 lambda: _reference("lead"), value_and_reach, 200, log=True, deviation=0.66),
            ("value", "ever_prospect", "ever_customer", "ever_repeat", "ever_ambassador"), small=Size(30, 200), large=Size(30, 5_000)),
        Row("V1", "value_of_a_customer", "reference_ladder_from_customer",
            Form("reference ladder from the customer rung: value, mean and mean square of lifetime orders",
                 classic_of("reference_ladder_from_customer"), lambda: _reference("customer"), value_and_orders, 150),
            ("value", "orders", "orders_squared"), large=MILLION, most=classic_of("reference_ladder_from_customer", market_size=33_334)),
        *[Row("V2", f"recency_{kind}", "recency_ladder_cut_off" if kind == "cut_off" else "recency_ladder",
              Form(f"value of a customer of recency {r} (Pfeifer & Carraway 2000), {words}", partial(recency_market, r, months=months, name=name),
                   partial(_recency_value, r, stop, periods),
                   discounted_value),
              (f"recency_{r}",), small=Size(30, 1_000), large=MILLION,
              most=partial(_recency_large, r, months, name))
          for kind, words, name, months, periods, stop, most in (
              ("four", "four periods", "recency_ladder", None, 4, 4, 4), ("endless", "without end", "recency_ladder", END, None, 4, 4),
              ("cut_off", "up to recency 3", "recency_ladder_cut_off", END, None, 3, 3))
          for r in range(1, most + 1)],
        Row("V3", "bass_ten", "bass_ten",
            Form("Bass, ten people who all know each other", copies_of("bass_ten", 300, 10),
                 lambda: spreading.finite_bass_adoption(10, P, Q, [1, 5, peak, 10, 15]),
                 lambda h: adopted(h, five_times), bias=TICK),
            ("y1", "y5", "peak", "y10", "y15"), most=copies_of("bass_ten", 17_000, 10)),
        Row("V3", "bass_hundred", "bass_hundred",
            Form("Bass, a hundred people who all know each other", copies_of("bass_hundred", 50, 100),
                 lambda: spreading.finite_bass_adoption(100, P, Q, [1, 5, peak, 10, 15]), lambda h: adopted(h, five_times), bias=TICK),
            ("y1", "y5", "peak", "y10", "y15"), most=copies_of("bass_hundred", 1_000, 100)),
        Row("V3", "bass_large", "bass_large",
            Form("Bass in a large market", classic_of("bass_large", market_size=20_000), lambda: spreading.bass_adoption(P, Q, [1, 5, peak, 10, 15]),
                 lambda h: adopted(h, five_times), bias=3 * TICK, deviation=0.004),
            ("y1", "y5", "peak", "y10", "y15"), most=classic_of("bass_large")),
        Row("V4", "bass_cycle", "bass_cycle",
            Form("Bass on a cycle (Fibich & Gibori 2010)", classic_of("bass_cycle", market_size=5_000),
                 lambda: spreading.regular_bass_adoption(2, P, Q, YEARS), lambda h: adopted(h, at_years), bias=TICK),
            years, most=classic_of("bass_cycle", market_size=100_000)),
        Row("V4", "bass_three_friends", "bass_three_friends",
            Form("Bass on a random 3-regular graph (Fibich & Gibori 2010)", classic_of("bass_three_friends"),
                 lambda: spreading.regular_bass_adoption(3, P, Q, YEARS), lambda h: adopted(h, at_years), bias=TICK, deviation=0.004),
            years, most=classic_of("bass_three_friends", market_size=100_000)),
        Row("V5", "pareto_nbd", "pareto_nbd",
            Form("Pareto/NBD as a ladder, fitted to CDNOW", classic_of("pareto_nbd"),
                 _one(lambda: PARETO_NBD.expected_orders(np.array(WEEKS, float))),
                 repeat_orders, 2_000, deviation=0.013),
            weeks, large=MILLION, most=classic_of("pareto_nbd", market_size=33_334)),
        Row("V6", "bg_nbd", "bg_nbd",
            Form("BG/NBD as a ladder, fitted to CDNOW", classic_of("bg_nbd"), _one(lambda: BG_NBD.expected_orders(np.array(WEEKS, float))),
                 repeat_orders, 2_000, deviation=0.013),
            weeks, large=MILLION, most=classic_of("bg_nbd", market_size=33_334)),
        *[Row("V7", f"cascade_{family.lower()}", "florentine_cascade",
              Form(f"independent cascade from the {family}, p = {p:g}, exact by enumeration", partial(cascade_market, family, p),
                   partial(_cascade, family, p), lambda h: reached(h, FAMILIES)),
              (f"p{round(10 * p)}",), most=partial(cascade_market, family, p, 33_334))
          for family in ("Medici", "Strozzi") for p in (0.1, 0.2, 0.3)],
        *[Row("V8", "outbreak", "outbreak",
              Form(f"an outbreak on a random graph of four ties a head, T = {p:g}",
                   classic_of("outbreak", **{"steps.unaware.reached.probability": p}),
                   partial(_epidemic, p), outbreak, bias=0.002, deviation=0.005 if p == 0.5 else None),
              (f"t{round(10 * p)}",), small=Size(60), large=Size(100),
              most=classic_of("outbreak", **{"steps.unaware.reached.probability": p, "market_size": 100_000}))
          for p in (0.3, 0.5)],
        *[Row("V8", name, name,
              Form(f"trees of referrals, {words}", copies_of(name, 20, TREE_PEOPLE), partial(_trees, equal), tree_sizes, bias=0.02),
              ("tree", "tree_variance", "tree_alone"), most=copies_of(name, 140, TREE_PEOPLE))
          for name, words, equal in (("referral_trees", "all recommend for a month", True),
                                     ("referral_trees_exponential", "some recommend longer", False))],
        Row("V8", "everybody_told", "everybody_told",
            Form("news among a hundred people: until all know", copies_of("everybody_told", 5, TOLD_PEOPLE), _told, time_until_all_know,
                 log=True, bias=0.005),
            ("years", "years_variance"), most=copies_of("everybody_told", 50, TOLD_PEOPLE)),
        *[Row("V9", name, name,
              Form(f"yearly renewals, {words} (Fader & Hardie 2007)", classic_of(name),
                   partial(_left_after, name), lambda h: shares(h)[12::12, 0], 500, deviation=0.002),
              ("s1", "s6", "s12"), (0, 5, 11), large=MILLION, most=classic_of(name, market_size=33_334))
          for name, words in (("club_high_end", "high-end"), ("club_regular", "regular"))],
        *[Row("V11", "seeding", "seeding",
              Form(f"seeding: {share:.0%} of the market at the start (Libai, Muller & Peres 2013)", seeds_of(share),
                   partial(_seeded, share), value_and_all, bias=3 * TICK),
              (f"seeds_{round(100 * share)}", "all_in_the_end"),
              most=partial(_seeds_large, share))
          for share in (0.0, 0.01, 0.05)],
    ]  # fmt: skip
    return found


ROWS: list[Row] = _rows()
