"""The page of a comparison: which strategy, by how much, how sure, and why.

In: a `Comparison`. Out: a `Page`. The first screen answers what is asked first: how sure, what if an assumption is wrong, when does
it pay, where does the difference come from, what must we believe. Its tables and pictures are made by ``comparison_tables``.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from ladsim.i18n.catalogue import tight
from ladsim.i18n.numerals import DASH
from ladsim.measures.ladder import goal_name, step_wants_more
from ladsim.planning.compare import Comparison, base_of
from ladsim.planning.pairs import Estimate
from ladsim.planning.sensitivity import BELIEVED, ENOUGH_DRAWS, deciding
from ladsim.reporting import (
    after_horizon,
    assumptions,
    comparison_tables,
    extra,
    holdouts,
    membership,
    other_graphs,
    recommendation,
    sections,
    series,
)
from ladsim.reporting.comparison_view import Duel
from ladsim.reporting.page_model import Answer, Page, Section
from ladsim.reporting.view import Gist, View

WEIGHTY = 0.10  # share of the spread from which a number is worth a mention


def page(study: Comparison, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of a comparison says."""
    duel = Duel(study)
    labels = {name: run.label for name, run in study.runs.items()}
    rungs, reason = sections.rungs(duel.runs)
    wanted_as = {goal_name(goal): "share" if goal.number is None else "number" for goal in study.scenario.goals}
    middle = (
        sections.profit(duel.runs, duel.text("page.l_profit")),
        comparison_tables.cause(duel),
        comparison_tables.sure(duel),
        *filter(None, [_after_horizon(study), other_graphs.section(study)]),
        rungs,
        sections.ladder(duel.runs, duel.best),
        sections.customers(duel.runs, duel.best),
        *membership.sections(duel.runs),
        *recommendation.sections(duel.runs),
        *filter(None, [holdouts.section(duel.runs)]),
        *filter(None, [sections.goals(study.goals, labels, wanted_as, duel.namer)]),
        assumptions.assumptions(duel.runs, duel.namer),
        assumptions.limits(study.scenario, duel.best, reason, duel.runs),
        assumptions.made(study.scenario, duel.best, command, manifest),
    )
    return Page(
        title=duel.text("page.title_compare", name=study.scenario.heading),
        overline=duel.text("page.overline",
            kind=duel.text("page.kind_compare", n=len(duel.runs)), months=duel.months, people=duel.locale.number(study.scenario.market_size),
            futures=duel.best.count,
        ),
        verdict=tight(study.verdict),
        caveat=_caveat(duel),
        notes=study.notes,
        answers=(_how_sure(duel), _if_wrong(duel), _when(duel), _price(duel), _where_from(duel), _believe(duel)),
        picture=comparison_tables.outlook(duel),
        first=(comparison_tables.side_by_side(duel),),
        sections=middle,
        decisive=_decisive(duel),
    )  # fmt: skip


def _decisive(duel: Duel) -> tuple[str, ...]:
    """The numbers on which the lead depends, most first: what the caveat names, what turns the lead, then by their share of the spread."""
    named = deciding(duel.sensitivity)
    turning = [str(row.key) for row in duel.sensitivity.itertuples() if row.turns and row.p_value < BELIEVED]
    first = [] if named is None else [str(named["key"])]
    return tuple(dict.fromkeys([*first, *turning, *map(str, duel.sensitivity["key"])]))


def _after_horizon(study: Comparison) -> Section | None:
    """The longer view, where it was taken."""
    asked = {name: run for name, run in study.runs.items() if run.strategy is not None}
    return after_horizon.section(asked, study.runs[base_of(study.runs)])


def _caveat(duel: Duel) -> str:
    """The caveat, with the number's dotted key in words."""
    said = duel.study.caveat
    for key in sorted((str(key) for key in duel.study.sensitivity["key"]), key=len, reverse=True):
        if key in said:
            return said.replace(key, f"“{duel.namer.key(key)}”")
    return said


def _how_sure(duel: Duel) -> Answer:
    """How often the strategy that the verdict is about would be the best, and what the doubt is made of."""
    p, low, high = (duel.locale.percent(duel.own(f"p_best{end}", duel.told)) for end in ("", "_low", "_high"))
    named = duel.study.runs[duel.told].label
    said = [duel.text("page.d_sure_named", name=named, p=p, n=len(duel.runs), low=low, high=high)]
    rival = duel.study.rival
    if rival not in (duel.study.runner_up, duel.told):
        said.append(
            duel.text("page.d_rival", rival=duel.study.runs[rival].label, p=duel.locale.percent(duel.own("p_best", rival)))
        )
    luck = Estimate(*(duel.lead(f"share_luck{end}") for end in ("", "_low", "_high")))
    if duel.paired and math.isfinite(luck.value):
        said += series.split_said("page.d_split", luck, min(duel.best, duel.other, key=lambda run: run.count))
    elif not duel.paired:
        said.append(duel.text("page.d_all_luck"))
    sure = not duel.lead("low") <= 0.0 <= duel.lead("high")
    return Answer(duel.text("page.q_sure"), duel.text("page.a_sure", p=p) if sure else duel.text("page.a_sure_no"), tuple(said))


def _if_wrong(duel: Duel) -> Answer:
    """The box on which assumption would turn the verdict, if it were wrong."""
    if not len(duel.study.sensitivity):
        return Answer(duel.text("page.q_assumption"), duel.text("page.a_unexamined"), (duel.text("page.d_unexamined"),))
    if duel.sensitivity.empty:
        return Answer(duel.text("page.q_assumption"), duel.text("page.a_unexamined"), (duel.text("page.d_few_draws"),))
    turning = duel.sensitivity[duel.sensitivity["turns"].astype(bool) & (duel.sensitivity["p_value"] < BELIEVED)]
    top = (turning if len(turning) else duel.sensitivity).iloc[0]
    low, high = duel.locale.money_ends(top["difference_low"], top["difference_high"], duel.currency, signed=True)
    said = [
        duel.pair("d_lean",
            key=duel.namer.key(top["key"]), low=low, low_value=duel.value(top["key"], top["low_value"]),
            high=high, high_value=duel.value(top["key"], top["high_value"]),
        )
    ]  # fmt: skip
    if not float(top["p_value"]) < BELIEVED or duel.best.count < 2 * ENOUGH_DRAWS:
        said.append(duel.text("page.d_lean_chance"))
    return Answer(
        duel.text("page.q_assumption"),
        duel.text("page.a_turns" if len(turning) else "page.a_holds" if duel.lead("low") > 0 else "page.a_no_lead"),
        tuple(said),
    )


def _when(duel: Duel) -> Answer:
    """When the best strategy has earned back its money, and from when on it is ahead of the next best."""
    if not duel.pays:
        if not (duel.study.differences["low"] > 0.0).all():
            return Answer(duel.text("page.q_even"), duel.text("page.a_sure_no"), (duel.text("page.d_even_unsure"),))
        short = duel.text("page.a_even_never", months=duel.months)
        return Answer(duel.text("page.q_even"), short, (duel.text("page.d_even_base"),))
    found = Estimate(*(duel.own(f"payback_{end}", duel.told) for end in ("month", "low", "high")))
    more = [_ahead(duel)] if duel.study.runner_up in duel.extra else []
    more.append(series.black_words(duel.best))
    return extra.payback_answer(found, duel.study.runs[duel.told].label, duel.months, duel.locale, more)


def _ahead(duel: Duel) -> str:
    """From when on the best strategy stays ahead of the next best."""
    even, low, high = (duel.lead(f"break_even_{end}") for end in ("month", "low", "high"))
    if math.isnan(even):
        return duel.pair("d_even_never")
    if even <= 0:
        return duel.pair("d_even_start")
    key = "d_even_open" if math.isnan(high) else "d_even"
    month = duel.locale.month(even)
    return duel.pair(key, month=month, low=duel.locale.month(low), high=duel.locale.month(high))


def _price(duel: Duel) -> Answer:
    """What an extra customer costs with the strategy that the verdict is about, and with the others."""
    if duel.told not in duel.extra:  # nothing but the market as it is was compared
        return Answer(duel.text("extra.q_price"), duel.text("extra.a_nothing"), (duel.text("extra.d_nothing"),))
    words = {name: extra.ExtraWords(found, duel.currency, duel.locale) for name, found in duel.extra.items()}
    answer = words.pop(duel.told).answer(duel.study.runs[duel.told].label)
    others = {duel.study.runs[name].label: one for name, one in words.items()}
    return replace(answer, details=(*answer.details, extra.prices(others, duel.locale))) if others else answer


def _where_from(duel: Duel) -> Answer:
    bars = sorted(duel.causes(), key=lambda bar: -abs(bar.value))
    if not bars:
        return Answer(duel.text("page.q_money"), DASH)
    said = [f"{bar.label} {duel.locale.money(bar.value, duel.currency, True)}" for bar in bars]
    details = ["; ".join(said[1:4]) + "."] if len(said) > 1 else []
    return Answer(duel.text("page.q_money"), said[0], (duel.pair("d_minus"), *details, *_steps_told(duel)))


def _steps_told(duel: Duel) -> list[str]:
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
            change = ("+" if row["mean"] > 0 else "") + duel.locale.people(float(row["mean"]))
            told.append(duel.text(key, change=change, step=duel.namer.step(row["step"])))
    return told


def _believe(duel: Duel) -> Answer:
    """The box on the assumptions that the lead depends on most."""
    assumed, all_said = assumptions.counted(duel.runs)
    # A strategy's own programme is drawn under the programme's key, the same for every strategy that has it.
    scenarios = (duel.study.scenario, duel.other.scenario, duel.best.scenario)
    known = {item.key: item for scenario in scenarios for item in assumptions.given_numbers(scenario)}
    weighty = duel.sensitivity[(duel.sensitivity["share"] >= WEIGHTY) & duel.sensitivity["is_assumption"].astype(bool)]
    said = []
    for row in weighty.head(3).itertuples():
        item = known.get(row.key)
        value = assumptions.number_words(item, duel.currency, duel.locale) if item else ""
        said.append(duel.text("page.d_believe", key=duel.namer.key(row.key), value=value))
    short = duel.text("page.a_believe_none")
    if assumed:
        short = duel.text("page.a_believe_one") if assumed == 1 else duel.text("page.a_believe", n=assumed)
    if said:
        said.insert(0, duel.text("page.d_believe_most"))
    return Answer(
        duel.text("page.q_believe"),
        short,
        (*said, all_said),
    )


def gist(study: Comparison) -> Gist:
    """What to choose, and the strategies side by side."""
    duel = Duel(study)
    return Gist(tight(study.verdict), (comparison_tables.side_by_side(duel),), _caveat(duel))


def answer(study: Comparison) -> dict[str, Any]:
    """The choice, for other programs."""
    return {
        "best": study.best,
        "runner_up": study.runner_up,
        "verdict": study.verdict,
        "caveat": study.caveat,
        "notes": list(study.notes),
        "months_after": study.setting.months_after,
    }


VIEW = View(page, gist, answer)
