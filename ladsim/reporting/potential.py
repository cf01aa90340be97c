"""The page of target groups: whom to go for first, what a customer may cost, how many there are to win, who brings the money.

In: a `Potential`. Out: a `Page`, with the words of ``potential_words``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from ladsim.i18n.numerals import DASH
from ladsim.planning.potential import Potential
from ladsim.reporting import assumptions, run, sections, series
from ladsim.reporting.conversion_goals import conversion_grid
from ladsim.reporting.page_model import Answer, Cell, Grid, Page, Picture, Points, Section, grid, text_cell
from ladsim.reporting.potential_words import MOST_SAID, PotentialWords, front_runners, notes, verdict
from ladsim.reporting.target_groups import Cost, Room, cost_bars, room_bars
from ladsim.reporting.view import Gist, View

MOST_BARS = 20


def page(study: Potential, command: str = "", manifest: str = "") -> Page:
    """Everything that the report of target groups says."""
    told, runs = PotentialWords(study), study.runs
    pictures = tuple(_pictures(told))
    label = runs.label if study.strategy is not None else told.text("potential.market_as_it_is")
    return Page(
        title=told.text("potential.title", name=runs.source.heading),
        overline=told.text("page.overline",
            kind=told.text("potential.kind", label=label), months=told.locale.number(float(runs.histories[0].months[-1]), 6),
            people=told.locale.number(runs.source.market_size), futures=runs.count,
        ),
        verdict=verdict(study),
        caveat="",
        notes=(*notes(study), *run.notes(runs)),
        answers=(_budget(told), _sure(told), _pay(told), _room(told), _today(told)),
        picture=pictures[0],
        first=(*([_plan(told)] if told.plan else []), _segments(told)),
        sections=(
            *([Section("room", told.text("potential.q_room"), (), pictures[1:])] if pictures[1:] else []),
            _rungs(told),
            Section("how", told.text("potential.s_how"), (), (Points(tuple(_how(told))),)),
            sections.ladder([runs], runs),
            assumptions.assumptions([runs], told.namer, target_groups=True),
            assumptions.limits(runs.scenario, runs, study.reason or series.closed_form(runs)[1], [runs], target_groups=True),
            assumptions.made(runs.source, runs, command, manifest),
        ),
    )  # fmt: skip


def _budget(told: PotentialWords) -> Answer:
    """What the money brings, and where it goes."""
    question, study = told.text("potential.q_budget"), told.study
    if not told.plan:
        return Answer(question, told.text("potential.a_none"), (verdict(study),))
    details = []
    for one in told.plan[:MOST_SAID]:
        share = told.text(
            "potential.d_share",
            segment=told.segment(one["segment"]),
            n=told.locale.people(one["people"]),
            spend=told.money(one["spend"]),
        )
        details.append(share + (" " + told.text("potential.d_all_won") if one["limit"] == "people" else ""))
    left = (study.budget or 0.0) - sum(one["spend"] for one in told.plan)
    if study.budget is None:
        details.append(told.text("potential.d_unlimited"))
    elif left > 1e-9 * study.budget:
        details.append(told.text("potential.d_left_over", left=told.money(left)))
    gain, low, high = study.gain
    if low != high and (interval := told.locale.money_between(low, high, told.currency)):
        details.insert(0, told.text("potential.d_gain", interval=interval))
    return Answer(question, told.text("potential.a_gain", gain=told.money(gain)), tuple(details))


def _sure(told: PotentialWords) -> Answer:
    """Whether the first is ahead of the second beyond doubt."""
    question = told.text("potential.q_sure")
    known = front_runners(told)
    if len(known) < 2:
        return Answer(question, told.text("potential.a_one"), (told.text("potential.d_one"),))
    first, second = known
    names = {"first": told.segment(first["segment"]), "second": told.segment(second["segment"])}
    sure = second["behind_low"] > 0.0
    said = {"unit": told.unit(), "more": told.money(second["behind"]), **names}
    interval = told.locale.money_between(second["behind_low"], second["behind_high"], told.currency) or DASH
    detail = told.text("potential.d_sure" if sure else "potential.d_unsure", interval=interval, **said)
    return Answer(question, told.text("potential.a_sure", **names) if sure else told.text("potential.a_unsure"), (detail,))


def _pay(told: PotentialWords) -> Answer:
    """The highest cost that pays, the segments with the most first."""
    question, ranked = told.text("potential.q_pay"), told.best_paid
    if not ranked:
        return Answer(question, DASH, (told.text("potential.no_way"),))
    details = []
    for one in ranked[:MOST_SAID]:
        said, interval = (
            {"segment": told.segment(one["segment"]), "worth": told.money(one["max_acquisition_cost"])},
            told.interval(one, "max_acquisition_cost"),
        )
        details.append(
            told.text("potential.d_pay_interval", interval=interval, **said) if interval else told.text("potential.d_pay", **said)
        )
    return Answer(question, told.money(ranked[0]["max_acquisition_cost"]), (*details, _horizon(told, "d_pay")))


def _horizon(told: PotentialWords, key: str) -> str:
    if told.study.basis == "closed form":
        return told.text(f"potential.{key}_life")
    return told.text(f"potential.{key}_months", months=told.locale.number(float(told.study.runs.histories[0].months[-1]), 6))


def _room(told: PotentialWords) -> Answer:
    """How many there are to be won."""
    ranked = sorted(told.segments, key=lambda one: -one["addressable"])
    details = [
        told.text(
            "potential.d_room",
            segment=told.segment(one["segment"]),
            n=told.locale.people(one["addressable"]),
            size=told.locale.people(one["size"]),
        )
        for one in ranked[:MOST_SAID]
    ]
    total = sum(one["addressable"] for one in told.segments)
    return Answer(told.text("potential.q_room"), told.text("potential.a_room", n=told.locale.people(total)), tuple(details))


def _today(told: PotentialWords) -> Answer:
    """Which segments bring the money."""
    question = told.text("potential.q_today")
    if math.isnan(told.segments[0]["profit_share"]):
        return Answer(question, DASH, (told.text("potential.d_today_none"),))
    ranked = sorted(told.segments, key=lambda one: -one["profit_share"])
    details = [
        told.text(
            "potential.d_today", segment=told.segment(one["segment"]), profit=told.locale.percent(one["profit_share"]),
            customers=told.locale.percent(one["customer_share"]), abc=one["abc"],
        )
        for one in ranked[:MOST_SAID]
    ]  # fmt: skip
    best = ranked[0]
    short = told.text("potential.a_today", segment=told.segment(best["segment"]), share=told.locale.percent(best["profit_share"]))
    return Answer(question, short, tuple(details))


def _pictures(told: PotentialWords) -> Iterator[Picture]:
    """What a customer may cost and does; how many there are to win."""
    order = [one["segment"] for one in told.plan]
    rest = [one["segment"] for one in told.best_paid if one["segment"] not in order]
    ranked = [told.by_name[name] for name in (*order, *rest)][:MOST_BARS]
    if ranked:
        bars = [
            Cost(
                told.segment(o["segment"]),
                o["max_acquisition_cost"],
                o["max_acquisition_cost_low"],
                o["max_acquisition_cost_high"],
                o["cost"],
            )
            for o in ranked
        ]
        yield Picture(partial(cost_bars, bars, told.currency, told.locale), told.text("potential.cost_caption"))
    won = {one["segment"]: one["people"] for one in told.plan}
    rooms = [
        Room(
            told.segment(o["segment"]),
            o["customers_now"],
            won.get(o["segment"], 0.0),
            o["addressable"] - won.get(o["segment"], 0.0),
        )
        for o in ranked or told.segments[:MOST_BARS]
    ]
    yield Picture(partial(room_bars, rooms, told.locale), told.text("potential.room_caption"))


def _number(told: PotentialWords, row: Any, column: str, form: Any) -> Cell:
    """A number with its interval in small type."""
    value, low, high = (float(row[column + end]) for end in ("", "_low", "_high"))
    if math.isnan(value):
        return Cell(DASH)
    if math.isnan(low) or math.isnan(high) or low == high:
        return Cell(form(value))
    if form == told.money:
        return Cell(form(value), told.locale.money_between(low, high, told.currency))
    return Cell(form(value), told.locale.between(form(low), form(high)))


def _segments(told: PotentialWords) -> Grid:
    """The table of segments: how many there are, can be won, and what one may cost."""
    locale = told.locale
    rows: list[list[str | Cell]] = []
    for one in told.segments:
        where = {"given": told.text("potential.given"), "campaigns": told.text("potential.seen")}.get(one["cost_from"], "")
        cost = _number(told, one, "cost", told.money)
        rows.append(
            [
                text_cell(told.segment(one["segment"]), one["abc"] and f"{told.text('potential.h_abc')} {one['abc']}"),
                Cell(locale.people(one["size"])),
                Cell(locale.people(one["can_be"]), locale.percent(one["addressable_share"])),
                Cell(locale.people(one["customers_now"])),
                _number(told, one, "customers_end", locale.people),
                Cell(locale.people(one["addressable"]), strong=True),
                _number(told, one, "max_acquisition_cost", told.money),
                Cell(cost.text, "; ".join(filter(None, (cost.small, where)))),
                _number(told, one, "profit_share", locale.percent),
                _number(told, one, "customer_share", locale.percent),
            ]
        )
    keys = ("segment", "size", "can_be", "now", "end", "addressable", "may_cost", "costs", "profit_share", "customer_share")
    return grid(
        told.text("potential.t_segments"),
        [told.text(f"potential.h_{key}") for key in keys],
        rows,
        told.text("potential.n_segments"),
    )


def _plan(told: PotentialWords) -> Grid:
    """The table of the budget, best first."""
    rows: list[list[str | Cell]] = []
    for one in told.plan:
        back = {f"back{end}": 1.0 + one[f"gain_rate{end}"] for end in ("", "_low", "_high")}
        rows.append(
            [
                text_cell(f"{one['place']}. {told.segment(one['segment'])}"),
                Cell(told.locale.people(one["people"])),
                Cell(told.money(one["spend"])),
                _number(told, back, "back", told.money),
                _number(told, one, "gain", told.money),
            ]
        )
    keys = ("segment", "people", "spend", "back", "gain")
    return grid(
        told.text("potential.t_plan"), [told.text(f"potential.h_{key}") for key in keys], rows, told.text("potential.n_plan")
    )


def _rungs(told: PotentialWords) -> Section:
    """A table per segment, the top of the ladder first."""
    table = told.study.rungs.set_index(["segment", "rung"])
    grids = []
    for segment in told.segments:
        rows: list[list[str | Cell]] = []
        for name, label in series.rung_order(told.study.runs):
            one = table.loc[(segment["segment"], name)]
            rows.append(
                [
                    text_cell(label),
                    Cell(told.locale.people(one["now"])),
                    _number(told, one, "end", told.locale.people),
                    Cell(told.locale.people(one["room"]) if not math.isnan(one["room"]) else DASH),
                    _number(told, one, "customer_value", told.money),
                    _number(told, one, "earned", told.money),
                    _number(told, one, "profit_share", told.locale.percent),
                ]
            )
        keys = ("rung", "there_now", "there_end", "room", "customer_value", "earned", "profit_share")
        head = [told.text(f"potential.h_{key}") for key in keys]
        note = told.text("potential.n_rungs") + (
            " " + told.text("potential.n_exact") if told.study.basis == "closed form" else ""
        )
        grids.append(grid(told.text("potential.t_rungs", segment=told.segment(segment["segment"])), head, rows, note))
    return Section("rungs", told.text("potential.s_rungs"), (_horizon(told, "l_rungs"),), (*grids, *_conversions(told)))


def _conversions(told: PotentialWords) -> tuple[Grid, ...]:
    """What is to become of each step until the horizon, by segment."""
    runs = told.study.runs
    found = conversion_grid(told.study.conversion_goals, runs, float(runs.histories[0].months[-1]))
    return (found,) if found.rows else ()


def _how(told: PotentialWords) -> Iterator[str]:
    """What is simulated, and what is arithmetic."""
    segments = told.study.runs.source.segments
    seen = any(one["cost_from"] == "campaigns" for one in told.segments)
    also = [told.text("potential.how_also_worth")] if told.study.basis == "simulated" else []
    also += [told.text("potential.how_also_costs")] if seen else []
    yield told.text("potential.how_simulated", also=told.locale.listed(also or [told.text("potential.how_also_nothing")]))
    yield told.text("potential.how_arithmetic")
    if any(segment.conversion_factor != 1.0 for segment in segments):
        yield told.text("potential.how_likelihood")
    if any(segment.margin is not None for segment in segments):
        yield told.text("potential.how_margin")
    if seen:
        yield told.text("potential.how_cost")


def gist(study: Potential) -> Gist:
    """Whom to go for first, and the segments."""
    return Gist(verdict(study), (_segments(PotentialWords(study)),))


def answer(study: Potential) -> dict[str, Any]:
    """The answer, for other programs."""
    return {
        "verdict": verdict(study),
        "budget": study.budget,
        "cost_per_customer": study.costs,
        "value_by": study.basis,
        "no_closed_form": study.reason,
        "gain": dict(zip(("mean", "low", "high"), study.gain, strict=True)),
    }


VIEW = View(page, gist, answer)
