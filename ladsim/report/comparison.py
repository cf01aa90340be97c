"""The page of a comparison: which strategy, by how much, how sure, and why.

In: a `Comparison`. Out: a `Page`. The first screen answers what is asked first: how sure, what if an assumption is wrong, when does
it pay, where does the difference come from, what must we believe.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ladsim.measures.ladder import goal_name, step_wants_more
from ladsim.planning import pairs
from ladsim.planning.results import Comparison, Replications
from ladsim.report import grounds, holdouts, loyalty, sections, series
from ladsim.report.bars import Bar, chances, difference_bars, tornado, waterfall
from ladsim.report.ladder import value_words
from ladsim.report.parts import Answer, Cell, Grid, Page, Picture, Section, grid, words
from ladsim.report.places import CAUSES, Namer
from ladsim.words.numerals import DASH

MOST_BARS = 9
WEIGHTY = 0.10  # share of the spread from which a number is worth a mention


class _Duel:
    """What all parts of the page need of a comparison."""

    def __init__(self, study: Comparison) -> None:
        self.study = study
        self.runs = list(study.runs.values())
        self.best, self.other = study.runs[study.best], study.runs[study.runner_up]
        self.namer = Namer(study.scenario)
        self.speech = self.namer.speech
        self.currency = study.scenario.currency
        self.outcomes = study.outcomes.set_index("strategy", drop=False)
        self.differences = study.differences.set_index("strategy", drop=False)
        self.kinds = {n.key: grounds.kind_of(n) for run in (self.other, self.best) for n in grounds.given_numbers(run.scenario)}
        self.paired = any(len(run.parameters.columns) for run in self.runs)
        self.leaning = study.leaning.dropna(subset=["share"])
        self.months = self.speech.number(float(self.best.histories[0].months[-1]), 6)

    def own(self, column: str, strategy: str = "") -> float:
        return float(self.outcomes.loc[strategy or self.study.best, column])

    def lead(self, column: str, strategy: str = "") -> float:
        return float(self.differences.loc[strategy or self.study.runner_up, column])

    def value(self, key: str, value: float) -> str:
        """A value of an uncertain number, shares as percentages."""
        return value_words(value, self.kinds.get(key, "rate"), self.speech)

    def pair(self, text: str, **more: Any) -> str:
        fits = {"best": self.best.label, "other": self.other.label, "currency": self.speech.currency(self.currency)}
        return self.speech.say(f"page.{text}", **fits, **more)


def page(study: Comparison, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of a comparison says."""
    duel = _Duel(study)
    labels = {name: run.label for name, run in study.runs.items()}
    rungs, reason = sections.rungs(duel.runs)
    wanted_as = {goal_name(goal): "share" if goal.number is None else "number" for goal in study.scenario.goals}
    middle = (
        sections.profit(duel.runs, duel.speech.say("page.l_profit")),
        _cause(duel),
        _sure(duel),
        rungs,
        sections.ladder(duel.runs, duel.best),
        sections.customers(duel.runs, duel.best),
        *loyalty.sections(duel.runs),
        *filter(None, [holdouts.section(duel.runs)]),
        sections.goals(study.goals, labels, wanted_as, duel.namer),
        grounds.assumptions(study.scenario, duel.namer),
        grounds.limits(study.scenario, duel.best, reason),
        grounds.made(study.scenario, duel.best, command, manifest),
    )
    return Page(
        title=duel.speech.say("page.title_compare", name=study.scenario.heading),
        overline=duel.speech.say("page.overline",
            kind=duel.speech.say("page.kind_compare", n=len(duel.runs)), months=duel.months, people=duel.speech.number(study.scenario.market_size),
            futures=duel.best.count,
        ),
        verdict=study.verdict,
        caveat=_caveat(duel),
        notes=study.notes,
        answers=(_how_sure(duel), _if_wrong(duel), _when(duel), _where_from(duel), _believe(duel)),
        first=(_side_by_side(duel),),
        sections=middle,
    )  # fmt: skip


def _caveat(duel: _Duel) -> str:
    """The caveat, with the number's dotted key in words."""
    said = duel.study.caveat
    for key in sorted((str(key) for key in duel.study.leaning["key"]), key=len, reverse=True):
        if key in said:
            return said.replace(key, f"“{duel.namer.key(key)}”")
    return said


def _causes(duel: _Duel) -> list[Bar]:
    """Best less runner-up by cause, each programme's apart, campaigns and policies together; the largest gain first."""
    table = duel.study.by_cause
    own = table[table["strategy"] == duel.study.runner_up]
    named = np.array([cause in CAUSES or duel.namer.is_program(cause) for cause in own["cause"]], bool)
    kept = own[named & (own["mean"] != 0.0)]
    bars = [Bar(duel.namer.cause(r.cause), r.mean, r.low, r.high) for r in kept.itertuples()]
    spend = own[~named]
    total = float(spend["mean"].sum())
    if abs(total) > 1e-9 * (1.0 + float(spend["mean"].abs().sum())):
        fixed = bool(((spend["high"] - spend["low"]).abs() <= 1e-9 * spend["mean"].abs()).all())
        bars.append(Bar(duel.speech.say("page.all_spend"), total, total if fixed else math.nan, total if fixed else math.nan))
    return sorted(bars, key=lambda bar: -bar.value)


def _how_sure(duel: _Duel) -> Answer:
    p = duel.speech.percent(duel.own("p_best"))
    low, high = duel.speech.percent(duel.own("p_best_low")), duel.speech.percent(duel.own("p_best_high"))
    kind = "d_sure" if len(duel.runs) > 2 else "d_sure_2"
    said = [duel.pair(kind, p=p, n=len(duel.runs), low=low, high=high)]
    rival = duel.study.rival
    if rival != duel.study.runner_up:
        said.append(
            duel.speech.say("page.d_rival", rival=duel.study.runs[rival].label, p=duel.speech.percent(duel.own("p_best", rival)))
        )
    luck, unknown = duel.lead("share_luck"), duel.lead("share_not_knowing")
    if duel.paired and math.isfinite(luck):
        said.append(duel.speech.say("page.d_split", luck=duel.speech.percent(luck), unknown=duel.speech.percent(unknown)))
    elif not duel.paired:
        said.append(duel.speech.say("page.d_all_luck"))
    return Answer(duel.speech.say("page.q_sure"), duel.speech.say("page.a_sure", p=p), tuple(said))


def _if_wrong(duel: _Duel) -> Answer:
    if not len(duel.study.leaning):
        return Answer(
            duel.speech.say("page.q_assumption"), duel.speech.say("page.a_unexamined"), (duel.speech.say("page.d_unexamined"),)
        )
    if duel.leaning.empty:
        return Answer(
            duel.speech.say("page.q_assumption"), duel.speech.say("page.a_unexamined"), (duel.speech.say("page.d_few_draws"),)
        )
    turning = duel.leaning[duel.leaning["turns"].astype(bool) & (duel.leaning["share"] >= WEIGHTY)]
    top = (turning if len(turning) else duel.leaning).iloc[0]
    said = [
        duel.speech.say("page.d_lean",
            key=duel.namer.key(top["key"]), low=duel.speech.money(top["difference_low"], duel.currency, True),
            low_value=duel.value(top["key"], top["low_value"]),
            high=duel.speech.money(top["difference_high"], duel.currency, True), high_value=duel.value(top["key"], top["high_value"]),
        )
    ]  # fmt: skip
    if not float(top["p_value"]) < 0.10:
        said.append(duel.speech.say("page.d_lean_chance"))
    return Answer(
        duel.speech.say("page.q_assumption"),
        duel.speech.say("page.a_turns" if len(turning) else "page.a_holds" if duel.lead("low") > 0 else "page.a_no_lead"),
        tuple(said),
    )


def _when(duel: _Duel) -> Answer:
    even, low, high = (duel.lead(f"break_even_{end}") for end in ("month", "low", "high"))
    if math.isnan(even):
        short, said = duel.speech.say("page.a_even_never", months=duel.months), duel.pair("d_even_never")
    elif even <= 0:
        short, said = duel.speech.say("page.a_even_start"), duel.pair("d_even_start")
    else:
        short = duel.speech.say("page.a_even", month=duel.speech.month(even))
        said = duel.pair(
            "d_even_open" if math.isnan(high) else "d_even", low=duel.speech.number(low), high=duel.speech.number(high)
        )
    details = [said]
    black = series.black_from(duel.best)
    key = "page.d_black_never" if math.isnan(black) else "page.d_black_start" if black <= 0 else "page.d_black"
    details.append(duel.speech.say(key, month=duel.speech.month(black)))
    base = duel.own("payback_month")
    if math.isfinite(base):
        details.append(duel.speech.say("page.d_base", month=duel.speech.month(base)))
    return Answer(duel.speech.say("page.q_even"), short, tuple(details))


def _where_from(duel: _Duel) -> Answer:
    bars = sorted(_causes(duel), key=lambda bar: -abs(bar.value))
    if not bars:
        return Answer(duel.speech.say("page.q_money"), DASH)
    said = [f"{bar.label} {duel.speech.money(bar.value, duel.currency, True)}" for bar in bars]
    details = ["; ".join(said[1:4]) + "."] if len(said) > 1 else []
    return Answer(duel.speech.say("page.q_money"), said[0], (*details, *_steps_told(duel)))


def _steps_told(duel: _Duel) -> list[str]:
    """The step that changes most in favour of the best, and the one that changes most against it.

    More climbs, and fewer falls and exits, are in its favour: the largest flow alone may be one that it wins in spite of. Steps
    that nobody on a customer rung takes or comes to bring no money, and are told only where there are no others.
    """
    flows, first = duel.study.by_flow, duel.best.histories[0]
    flows = flows[(flows["strategy"] == duel.study.runner_up) & (flows["kind"] == "step") & (flows["mean"] != 0.0)]
    paying = {name for name, yes in zip(first.rung_names, first.is_customer, strict=True) if yes}
    touching = [bool(paying & set(first.step_ends[first.step_names.index(step)][:2])) for step in flows["step"]]
    flows = flows[touching] if any(touching) else flows
    wanted = [step_wants_more(first, first.step_names.index(step)) for step in flows["step"]]
    good = (flows["mean"] > 0) == np.array(wanted, dtype=bool)
    told = []
    for key, some in (("page.d_flow_for", flows[good]), ("page.d_flow_against", flows[~good])):
        if len(some):
            row = some.loc[some["mean"].abs().idxmax()]
            change = ("+" if row["mean"] > 0 else "") + duel.speech.people(float(row["mean"]))
            told.append(duel.speech.say(key, change=change, step=duel.namer.step(row["step"])))
    return told


def _believe(duel: _Duel) -> Answer:
    n, assumed, ranges = grounds.counts(duel.study.scenario)
    known = {item.key: item for item in grounds.given_numbers(duel.study.scenario)}
    weighty = duel.leaning[(duel.leaning["share"] >= WEIGHTY) & duel.leaning["is_assumption"].astype(bool)]
    said = []
    for row in weighty.head(3).itertuples():
        item = known.get(row.key)
        value = value_words(item.value, grounds.kind_of(item), duel.speech) if item else ""
        said.append(duel.speech.say("page.d_believe", key=duel.namer.key(row.key), value=value))
    short = duel.speech.say("page.a_believe_none")
    if assumed:
        short = duel.speech.say("page.a_believe_one") if assumed == 1 else duel.speech.say("page.a_believe", n=assumed)
    if said:
        said.insert(0, duel.speech.say("page.d_believe_most"))
    return Answer(
        duel.speech.say("page.q_believe"),
        short,
        (*said, duel.speech.say("page.d_believe_all", n=n, assumed=assumed, ranges=ranges)),
    )


def _side_by_side(duel: _Duel) -> Grid:
    """Measures down, strategies across."""
    runs, top = duel.runs, series.top_rung(duel.best)
    rows: list[list[str | Cell]] = [
        [duel.speech.say("page.row_profit"), *(_amount(duel, name, "profit") for name in duel.study.runs)],
        [duel.speech.say("page.row_best"), *(_chance(duel, name) for name in duel.study.runs)],
        [duel.speech.say("page.row_range"), *(Cell(_range(duel, name)) for name in duel.study.runs)],
        [
            duel.speech.say("page.row_spend"),
            *(Cell(duel.speech.money(duel.own("spend", name), duel.currency)) for name in duel.study.runs),
        ],
        [duel.speech.say("page.row_new"), *(_mean(duel, run, "new_customers") for run in runs)],
        [
            duel.speech.say("page.row_referred"),
            *(Cell(duel.speech.percent(series.middle(run, "referred_share"))) for run in runs),
        ],
        [duel.speech.say("page.row_customers"), *(_mean(duel, run, "customers_end") for run in runs)],
        [duel.speech.say("page.row_churn"), *(Cell(duel.speech.percent(series.middle(run, "churn"))) for run in runs)],
        [duel.speech.say("page.row_top", rung=duel.namer.rung(top)), *(_mean(duel, run, f"end_{top}") for run in runs)],
        [
            duel.speech.say("page.row_cost"),
            *(Cell(duel.speech.money(series.middle(run, "acquisition_cost"), duel.currency)) for run in runs),
        ],
        [duel.speech.say("page.row_return"), *(Cell(_times(series.middle(run, "return_on_spend"), duel)) for run in runs)],
        [duel.speech.say("page.row_even"), *(Cell(_black_words(run, duel)) for run in runs)],
    ]
    head = (duel.speech.say("page.measure"), *(run.label for run in runs))
    return grid(duel.speech.say("page.strategies"), head, rows, duel.speech.say("page.strategies_note", futures=duel.best.count))


def _amount(duel: _Duel, name: str, column: str) -> Cell:
    low, high = (duel.own(f"{column}_{end}", name) for end in ("low", "high"))
    return Cell(
        duel.speech.money(duel.own(column, name), duel.currency),
        duel.speech.money_between(low, high, duel.currency),
        strong=name == duel.study.best,
    )


def _chance(duel: _Duel, name: str) -> Cell:
    low, high = (duel.speech.percent(duel.own(f"p_best_{end}", name)) for end in ("low", "high"))
    return Cell(duel.speech.percent(duel.own("p_best", name)), duel.speech.between(low, high), strong=name == duel.study.best)


def _range(duel: _Duel, name: str) -> str:
    return duel.speech.money_between(duel.own("profit_p05", name), duel.own("profit_p95", name), duel.currency)


def _mean(duel: _Duel, run: Replications, key: str) -> Cell:
    values = series.scalars(run, key)
    if not np.isfinite(values).all():
        return Cell(duel.speech.people(series.middle(run, key)))
    found = pairs.mean(values, duel.paired)
    small = (
        ""
        if math.isnan(found.low)
        else duel.speech.between(duel.speech.people(max(0.0, found.low)), duel.speech.people(found.high))
    )
    return Cell(duel.speech.people(found.value), small)


def _times(value: float, duel: _Duel) -> str:
    return f"{duel.speech.number(value)} ×" if math.isfinite(value) else DASH


def _black_words(run: Replications, duel: _Duel) -> str:
    black = series.black_from(run)
    return (
        duel.speech.say("page.not_by_end")
        if math.isnan(black)
        else duel.speech.say("page.from_start")
        if black <= 0
        else duel.speech.month(black)
    )


def _cause(duel: _Duel) -> Section:
    bars = _causes(duel)
    items: list[Any] = []
    gain = duel.lead("mean")
    if bars:
        total = Bar(duel.speech.say("page.difference"), gain, duel.lead("low"), duel.lead("high"))
        items.append(
            Picture(waterfall(bars, duel.pair("x_cause"), total, duel.currency, speech=duel.speech), duel.pair("c_cause"))
        )
    flows = duel.study.by_flow
    flows = flows[(flows["strategy"] == duel.study.runner_up) & (flows["kind"] == "step") & (flows["mean"] != 0.0)]
    flows = flows.reindex(flows["mean"].abs().sort_values(ascending=False, kind="stable").index).head(MOST_BARS)
    if len(flows):
        steps = [Bar(duel.namer.step(r.step), r.mean, r.low, r.high) for r in flows.itertuples()]
        items.append(Picture(difference_bars(steps, duel.pair("x_flow"), speech=duel.speech), duel.pair("c_flow")))
    if len(duel.runs) > 2:
        items.append(_cause_table(duel))
    lead = duel.pair(
        "l_cause",
        gain=duel.speech.money(abs(gain), duel.currency),
        more=duel.speech.say("page.more") if gain >= 0 else duel.speech.say("page.fewer"),
    )
    return Section("cause", duel.speech.say("page.s_cause"), (lead,), tuple(items))


def _cause_table(duel: _Duel) -> Grid:
    others = [name for name in duel.study.runs if name != duel.study.best]
    table = duel.study.by_cause.set_index(["strategy", "cause"])
    rows: list[list[str | Cell]] = []
    called: dict[str, list[str]] = {}  # strategies may have campaigns of the same tactic: one row
    for cause in dict.fromkeys(duel.study.by_cause["cause"]):
        called.setdefault(duel.namer.cause(cause), []).append(cause)
    for label, causes in called.items():
        values = [sum(float(table.loc[(name, c), "mean"]) for c in causes if (name, c) in table.index) for name in others]
        if any(values):
            rows.append([words(label), *(Cell(duel.speech.money(value, duel.currency, True)) for value in values)])
    totals = [Cell(duel.speech.money(duel.lead("mean", name), duel.currency, True), strong=True) for name in others]
    rows.append([Cell(duel.speech.say("page.difference"), strong=True, numeric=False), *totals])
    return grid(duel.pair("t_cause"), (duel.speech.say("page.cause"), *(duel.study.runs[name].label for name in others)), rows)


def _sure(duel: _Duel) -> Section:
    bars = [
        Bar(run.label, duel.own("p_best", name), duel.own("p_best_low", name), duel.own("p_best_high", name))
        for name, run in duel.study.runs.items()
    ]
    items: list[Any] = [Picture(chances(bars, speech=duel.speech), duel.speech.say("page.c_chance")), _difference_table(duel)]
    if len(duel.leaning):
        items.append(Picture(_tornado(duel, duel.study.runner_up), duel.pair("c_leaning")))
    if duel.study.rival != duel.study.runner_up and len(duel.study.rival_leaning.dropna(subset=["share"])):
        caption = duel.speech.say("page.c_leaning_rival", best=duel.best.label, rival=duel.study.runs[duel.study.rival].label)
        items.append(Picture(_tornado(duel, duel.study.rival), caption))
    return Section("sure", duel.speech.say("page.s_sure"), (duel.speech.say("page.l_sure"),), tuple(items))


def _tornado(duel: _Duel, other: str) -> Any:
    is_next = other == duel.study.runner_up
    leans = duel.leaning if is_next else duel.study.rival_leaning.dropna(subset=["share"])
    lead = duel.lead("mean", other)
    bars = [
        Bar(
            duel.namer.key(row.key), lead, row.difference_low, row.difference_high,
            duel.value(row.key, row.low_value), duel.value(row.key, row.high_value), bool(row.is_assumption),
        )
        for row in leans.head(MOST_BARS).itertuples()
    ]  # fmt: skip
    return tornado(
        bars, lead, duel.pair("x_leaning"), duel.currency, "leaning" if is_next else "leaning_rival", speech=duel.speech
    )


def _difference_table(duel: _Duel) -> Grid:
    rows: list[Sequence[str | Cell]] = []
    for row in duel.study.differences.itertuples():
        even = duel.speech.say("page.not_by_end")
        if not math.isnan(row.break_even_month):
            even = duel.speech.say("page.from_start") if row.break_even_month <= 0 else duel.speech.month(row.break_even_month)
        rows.append(
            (
                words(str(row.label)),
                Cell(
                    duel.speech.money(row.mean, duel.currency, True), duel.speech.money_between(row.low, row.high, duel.currency)
                ),
                Cell(duel.speech.percent(row.p_better), _limits(row.p_better_low, row.p_better_high, duel)),
                Cell(duel.speech.percent(row.share_luck), _limits(row.share_luck_low, row.share_luck_high, duel)),
                Cell(
                    duel.speech.percent(row.share_not_knowing),
                    _limits(row.share_not_knowing_low, row.share_not_knowing_high, duel),
                ),
                Cell(even),
            )
        )
    head = (
        duel.speech.say("page.strategy"),
        *(duel.speech.say(f"page.h_{key}") for key in ("difference", "better", "luck", "unknown", "even")),
    )
    return grid(duel.pair("t_difference"), head, rows, duel.speech.say("page.n_difference"))


def _limits(low: float, high: float, duel: _Duel) -> str:
    return (
        ""
        if math.isnan(low) or math.isnan(high) or low == high
        else duel.speech.between(duel.speech.percent(low), duel.speech.percent(high))
    )
