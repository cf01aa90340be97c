"""A scenario and a history in short, for notebooks: the ladder in a table, one run in another.

In: a `Scenario`, a `History`. Out: HTML (``ladsim.notebook``). A history knows no labels and no language: it is told in English, with
the names of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladsim import notebook
from ladsim.i18n import ENGLISH, Locale
from ladsim.reporting.ladder import ladder_head, leaving, order_of, rung_words
from ladsim.scenario.naming import label_of, value_words
from ladsim.scenario.spec import Scenario

if TYPE_CHECKING:
    from ladsim.engine.history import History


def scenario(found: Scenario) -> str:
    """What it is called and how large it is; its rungs from the top, who starts there, what happens there, the ways on."""
    locale, order = Locale(found.language), order_of(found)
    rows = []
    for rung in (*reversed(order.ladder), *order.before, *order.beside):
        start = value_words(rung.share, "share", locale)
        said = " · ".join(rung_words(rung, share=False, locale=locale))
        ways = "; ".join(leaving(found, rung, locale))
        rows.append([(label_of(rung), ""), (start, ""), (said, ""), (ways, "")])
    head = (locale.text("page.h_rung"), locale.text("page.h_now"), locale.text("notebook.there"), locale.text("notebook.ways"))
    names = [strategy.label or name.replace("_", " ") for name, strategy in found.strategies.items()]
    sentences = [ladder_head(found, locale), found.description]
    if names:
        sentences.append(locale.text("notebook.strategies", names=locale.listed(names)))
    return notebook.html(sentences, [notebook.Table("", head, rows)], found.language)


def history(run: History) -> str:
    """How many people lived how long and what was earned; on each rung people at both ends, and orders."""
    from ladsim.measures.tidy import people

    locale = ENGLISH
    profit = locale.number(run.profit_units * run.scale / run.unit)
    size = locale.whole(round(run.size * run.scale))
    months = locale.text("count.months", n=locale.number(float(run.months[-1]), 6))
    said = [locale.text("notebook.history", people=size, months=months, profit=profit)]
    if run.scale != 1.0:
        said.append(locale.text("notebook.sample", sample=locale.whole(run.size)))
    start, end = people(run, run.counts[0].sum(axis=0)), people(run, run.counts[-1].sum(axis=0))
    orders = people(run, run.orders.sum(axis=(0, 1)))
    numbers = zip(run.rung_names, start, end, orders, strict=True)
    rows = [[(name, ""), *((locale.people(float(n)), "") for n in three)] for name, *three in numbers]
    head = (locale.text("page.h_rung"), locale.text("page.h_now"), locale.text("notebook.end"), locale.text("notebook.orders"))
    return notebook.html(said, [notebook.Table("", head, rows)], locale.language)
