"""What is said of word of mouth that dies out in some futures and takes off in others, and of what each customer brings.

In: `Replications`. Out: sentences, a row of the table of measures.
"""

from __future__ import annotations

import math

from ladsim.i18n import Locale
from ladsim.measures.explanation import explain
from ladsim.planning.cascades import Humps, humps_alone, referrals_per_customer, word_wins
from ladsim.planning.replications import Replications
from ladsim.reporting.page_model import Cell, text_cell

PER_CUSTOMER = "referrals_per_customer"


def humps_as_values(found: Humps, locale: Locale) -> dict[str, str | int]:
    """What the two heaps of futures fill into a sentence."""
    middle, mean = locale.people(found.middle), locale.people(found.mean)
    return {"count": found.count, "futures": found.futures, "middle": middle, "mean": mean}


def headline(run: Replications, locale: Locale) -> str:
    """That a mean lies between futures that die out and futures that take off; empty where it does not."""
    found = humps_alone(run)
    return locale.text("page.v_humps", **humps_as_values(found, locale)) if found is not None else ""


def cells(run: Replications, locale: Locale) -> tuple[str, str, str] | None:
    """What each customer brings: name, number, interval; None where nobody is won by somebody's word, or there are no customers."""
    found = referrals_per_customer(run)
    if not word_wins(run) or math.isnan(found.value):
        return None
    known = math.isfinite(found.low) and found.low < found.high
    between = locale.between(locale.number(found.low), locale.number(found.high)) if known else ""
    return explain(PER_CUSTOMER, locale.language).name, locale.number(found.value), between


def row(run: Replications, locale: Locale) -> list[str | Cell] | None:
    """The same as a row of the page's table of measures, with its meaning."""
    made = cells(run, locale)
    if made is None:
        return None
    about = explain(PER_CUSTOMER, locale.language)
    return [text_cell(made[0]), Cell(made[1], made[2]), Cell(""), Cell(about.says, about.formula, numeric=False)]
