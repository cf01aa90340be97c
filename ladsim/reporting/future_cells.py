"""Cells of a table for numbers that every future has: their mean, and below it where most of them lie.

In: an array with a number for each future, and how such a number is written. Out: a `Cell`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.measures.uncertainty import quantile
from ladsim.reporting.page_model import Cell

Floats = NDArray[np.float64]


def mean_cell(values: Floats, form: Callable[[float], str], between: Callable[[float, float], str]) -> Cell:
    """The mean over the futures in which the number exists; below it where 90 % of them lie."""
    known = np.asarray(values)[np.isfinite(values)]
    if not known.size:
        return Cell(DASH)
    low, high = quantile(known, (0.05, 0.95)).tolist()
    return Cell(form(float(known.mean())), between(low, high) if low != high else "")


def interval(locale: Locale, form: Callable[[float], str]) -> Callable[[float, float], str]:
    """How two numbers of one form are written as an interval."""
    return lambda low, high: locale.between(form(low), form(high))
