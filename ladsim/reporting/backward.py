"""What it would take, in words: lever by lever, or the most that can be reached, where that is not enough.

In: `Targets` that were asked backward. Out: sentences, a table, a section of the page.
"""

from __future__ import annotations

import math
from typing import Any

from ladsim.i18n import Locale
from ladsim.measures.ladder import rung_wants_more, step_wants_more
from ladsim.planning.backward import ways_of
from ladsim.planning.targets import Targets
from ladsim.reporting.page_model import Cell, Grid, Points, Section, grid, text_cell
from ladsim.scenario.address import numbers
from ladsim.scenario.naming import Namer


def section(study: Targets, namer: Namer) -> Section | None:
    """The part of the page; None where nothing was asked backward."""
    if study.backward is None:
        return None
    points = Points(tuple(sentences(study, namer)))
    return Section("backward", namer.locale.text("targets.s_backward"), (), (points, levers(study, namer)))


def sentences(study: Targets, namer: Namer) -> list[str]:
    """What is wanted and how probable it is today; by what it is reached, or that it cannot be."""
    found, locale = study.backward, namer.locale
    assert found is not None
    head = {"want": wanted(study, namer), "month": locale.month(found.month), "sure": locale.percent(found.asked.sure)}
    said = [locale.text("targets.b_now", **head, chance=_chance(found.now.value, found.now.low, found.now.high, locale))]
    answers = {row["lever"]: row for row in found.levers.to_dict("records")}
    if all(row["answer"] == "already" for row in answers.values()):
        return [*said, locale.text("targets.b_already", **head)]
    alone = [row for row in answers.values() if row["answer"] in ("reached", "nearly") and row["lever"] != "all"]
    said += [_reached(row, study, namer) for row in alone]
    if any(row["answer"] == "reached" for row in alone) or "all" not in answers:
        return said
    whole = answers["all"]
    chance = _chance(whole["probability"], whole["probability_low"], whole["probability_high"], locale)
    money = _spending(whole["extra_spend"], study, locale)
    if whole["answer"] in ("reached", "nearly"):
        key = "b_together" if whole["answer"] == "reached" else "b_together_nearly"
        return [*said, locale.text(f"targets.{key}", share=locale.percent(whole["needed"]), chance=chance, money=money, **head)]
    key = "b_cannot" if whole["probability_high"] < found.asked.sure else "b_not_found"
    return [*said, locale.text(f"targets.{key}", chance=chance, **head)]


def wanted(study: Targets, namer: Namer) -> str:
    """What is wanted, in words."""
    found = study.backward
    assert found is not None
    said, first = [], study.runs.histories[0]
    for want in found.asked.wants:
        name = namer.step(want.name) if want.is_step else namer.rung(want.name)
        if want.is_step:
            more = step_wants_more(first, ways_of(first.step_names, want.name)[0])
        else:
            more = rung_wants_more(first, first.rung_names.index(want.name))
        meets = namer.locale.text("page.at_least" if more else "page.at_most")
        said.append(namer.locale.text("targets.b_want", name=name, meets=meets, n=namer.locale.number(want.number, 12)))
    return namer.locale.listed(said)


def _reached(row: dict[str, Any], study: Targets, namer: Namer) -> str:
    locale = namer.locale
    assert study.backward is not None
    said = locale.text(
        f"targets.b_{row['answer']}",
        lever=namer.key(row["lever"]),
        now=_value(row["now"], row["lever"], study, locale),
        needed=_value(row["needed"], row["lever"], study, locale),
        chance=_chance(row["probability"], row["probability_low"], row["probability_high"], locale),
        money=_spending(row["extra_spend"], study, locale),
        sure=locale.percent(study.backward.asked.sure),
    )
    if math.isfinite(row["reached_to"]):
        said += " " + locale.text("targets.b_reached_to", last=_value(row["reached_to"], row["lever"], study, locale))
    return said


def _chance(value: float, low: float, high: float, locale: Locale) -> str:
    return locale.text(
        "targets.b_chance", chance=locale.percent(value), limits=locale.between(locale.percent(low), locale.percent(high))
    )


def _money(value: float, study: Targets, locale: Locale) -> str:
    return locale.money(value, study.scenario.currency, signed=True)


def _spending(value: float, study: Targets, locale: Locale) -> str:
    """What it costs beyond today's spend, in words."""
    return locale.text("targets.b_money", money=_money(value, study, locale)) if value else locale.text("targets.b_no_money")


def _value(value: float, key: str, study: Targets, locale: Locale) -> str:
    """A value of a lever, an amount where it is one."""
    if math.isnan(value):
        return ""
    if key == "all":
        return locale.percent(value)
    number = numbers(study.source).get(key)
    kind = number.kind if number is not None else "rate"
    if kind == "amount":
        return locale.money(value, study.scenario.currency)
    return locale.percent(value, 3) if kind == "share" else locale.number(value, 4)


def levers(study: Targets, namer: Namer) -> Grid:
    """A row for each lever: today, what is needed or the best it can do, with which probability, what it costs."""
    found, locale = study.backward, namer.locale
    assert found is not None
    rows: list[list[str | Cell]] = []
    for row in found.levers.to_dict("records"):
        name, reached = row["lever"], row["answer"] in ("already", "reached")
        value = row["needed"] if math.isfinite(row["needed"]) else row["best"]
        limits = locale.between(locale.percent(row["probability_low"]), locale.percent(row["probability_high"]))
        tried = locale.between(*(_value(row[end], name, study, locale) for end in ("lowest", "highest")))
        rows.append(
            [
                text_cell(locale.text("targets.b_all") if name == "all" else namer.key(name)),
                Cell("" if name == "all" else _value(row["now"], name, study, locale), tried),
                text_cell(locale.text(f"targets.b_is_{row['answer']}")),
                Cell(_value(value, name, study, locale), strong=reached),
                Cell(locale.percent(row["probability"]), limits),
                Cell(_money(row["extra_spend"], study, locale)),
            ]
        )
    head = ("", *(locale.text(f"targets.h_{key}") for key in ("now", "answer", "value", "chance", "spend")))
    return grid(locale.text("targets.t_backward"), head, rows, locale.text("targets.n_backward"))
