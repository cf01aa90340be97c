"""A placement in words: how it was made, and the rows of its tables for a screen. No customer is ever among them.

In: a `Placement`, a language. Out: lines and rows of texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ladsim.errors import without_control
from ladsim.i18n import Locale
from ladsim.placing.assign import Leaving
from ladsim.placing.conditions import FACTS
from ladsim.placing.moves import WAYS
from ladsim.placing.place import SURE, Placement
from ladsim.scenario.library import in_language, library


def about(placed: Placement, locale: Locale) -> Iterator[str]:
    """How many were placed, on which day, by what."""
    facts, rule = placed.facts, placed.rule
    people = locale.whole(placed.customers)
    if placed.end is None:
        yield locale.text("placing.placed_undated", n=placed.customers, people=people)
    else:
        yield locale.text("placing.placed", n=placed.customers, people=people, day=locale.date(placed.end))
    if facts.buying:
        yield "  " + locale.text(f"placing.order_{facts.buying}")
    else:
        yield "  " + locale.text("placing.no_orders")
    if facts.buying == "transactions" and placed.leaving.gaps:
        days = locale.whole(placed.leaving.silence)
        yield "  " + locale.text("placing.silence", days=days, n=placed.leaving.gaps, gaps=locale.whole(placed.leaving.gaps))
    if "gone" in rule.facts() and facts.buying:
        yield "  " + _leaving(placed.leaving, locale)
    if placed.leaving.spells is not None:
        n = placed.leaving.spells.row.size
        yield "  " + locale.text("placing.comebacks", n=n, number=locale.whole(n))
    if placed.chances.edge:
        n = placed.chances.edge
        yield "  " + locale.text("placing.edge", n=n, people=locale.whole(n))
    known = placed.crm.customers if placed.crm is not None else ()
    if n := facts.strangers(np.array(known, object)):
        yield "  " + locale.text("placing.strangers", n=n, people=locale.whole(n))
    yield from (f"  {line}" for line in _of_crm(placed, locale))
    for rung, missing in sorted(rule.beyond(list(facts.kinds)).items(), reverse=True):
        if placed.probabilities[:, rung].any():  # the CRM knows some
            continue
        needs = sorted({locale.text(f"data.kind_{kind}") for fact in missing for kind in FACTS[fact].needs[:1]})
        yield "  " + locale.text("placing.beyond", rung=rule.labels[rung], needs=locale.listed(needs))
    for file in facts.anonymous:
        yield "  " + locale.text("placing.anonymous", file=without_control(file))
    if "score" in rule.facts() and (n := int(np.isnan(facts.columns.get("score", np.zeros(0))).sum())):
        yield "  " + locale.text("placing.no_answer", n=n, people=locale.whole(n))
    if not placed.has_interval:
        yield "  " + locale.text("placing.no_interval")
    sure = int((placed.probabilities.max(axis=1) >= SURE).sum()) if placed.customers else 0
    yield "  " + locale.text("placing.sure", n=sure, people=locale.whole(sure))


def _leaving(leaving: Leaving, locale: Locale) -> str:
    """How it is told who has gone."""
    if leaving.activity is not None:
        orders, leave = (math.exp(leaving.activity.theta[at]) for at in (1, 3))
        return locale.text("placing.gone_probability", orders=locale.number(orders, 2), share=locale.percent(-math.expm1(-leave)))
    return locale.text(f"placing.gone_{leaving.way}", n=leaving.days, days=locale.whole(leaving.days))


def _of_crm(placed: Placement, locale: Locale) -> Iterator[str]:
    """What the CRM had to say."""
    crm = placed.crm
    if crm is None:
        return
    yield locale.text(f"placing.crm_{placed.rule.crm}")
    yield locale.text("placing.crm_snapshots" if crm.is_snapshots else "placing.crm_moves")
    if crm.old:
        yield locale.text("placing.crm_old", n=crm.old, people=locale.whole(crm.old))
    hidden = sum(int(str(one.report.value("many_stages") or 0)) for one in placed.data if one.kind == "stages")
    if crm.unknown and hidden:  # they may be names of people
        yield locale.text("placing.crm_unknown_many", n=locale.whole(hidden))
    elif crm.unknown:
        yield locale.text("placing.crm_unknown", names=", ".join(without_control(str(name)[:40]) for name in crm.unknown))


def rung_rows(placed: Placement, locale: Locale) -> list[list[str]]:
    """rung, people, interval, share: from the top down."""
    return [
        [
            without_control(str(row.label)),
            locale.people(float(str(row.people))),
            locale.between(locale.people(float(str(row.low))), locale.people(float(str(row.high))))
            if placed.has_interval
            else "–",
            locale.percent(float(str(row.share))),
        ]
        for row in placed.rungs().itertuples()
    ]


def month_rows(placed: Placement, locale: Locale) -> list[list[str]]:
    """month by its name, and who moved in it."""
    table = placed.months()
    rows = []
    for at in range(len(table)):
        name = locale.calendar_month(table["month"].iloc[at].date())
        rows.append([name, *(locale.people(float(table[way].iloc[at])) for way in WAYS)])
    return rows


def tactic_rows(placed: Placement, locale: Locale, most: int) -> list[tuple[str, str]]:
    """Each rung with the names of some tactics that fit it."""
    labels = {name: in_language(item["label"], locale.language) for items in library().values() for name, item in items.items()}
    fits, order = placed.fits(), placed.rungs()
    rows = []
    for rung, label in zip(order["rung"], order["label"], strict=True):
        names = [str(labels[name]) for name in fits[rung]]
        if names:
            more = [locale.text("placing.more", n=len(names) - most)] if len(names) > most else []
            rows.append((without_control(str(label)), ", ".join([*names[:most], *more])))
    return rows
