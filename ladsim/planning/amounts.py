"""Money in tables as it was booked, and counts as they were counted: without the noise of binary fractions.

In: a study's tables. Out: the same, money rounded to amount units. Sums and means of binary fractions leave 12000.000000000002 where
12,000 was booked; an amount unit is a thousandth of the currency's minor unit, so nothing that a table can tell is lost. A count of a
sample that is scaled up to the market is such a product, too: 11509.999999999998 people are 11,510. Means that are no short decimals
(3836.666666666667) stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ladsim.planning.columns import COLUMNS, Meanings, meaning

AS_THEY_ARE = "measures_by_future"  # the table that holds each future's numbers to the last digit: sums are exact, divided once
# What rows of a table with a column `what` hold money (a balance in points is counted in thousandths, and none is lost either).
MONEY = ("revenue", "issued", "redeemed", "expired", "outstanding", "fees", "discounts", "reward_cost", "running_cost", "prepaid")
COUNTS = ("people", "orders", "people × months")  # units of what is counted
COUNT_DIGITS, COUNT_NOISE = 6, (1e-9, 1e-12)  # decimals of a count, and how near it lies to them: at least, and of itself


def in_amount_units(
    tables: Mapping[str, pd.DataFrame], currency: str, unit: int, known: Meanings = COLUMNS
) -> dict[str, pd.DataFrame]:
    """The tables with their money in whole amount units, of which `unit` make one unit of the currency; `known`: what columns hold."""
    digits = round(np.log10(unit))
    return {
        name: table if name == AS_THEY_ARE else _rounded(name, table, currency, digits, known) for name, table in tables.items()
    }


def _rounded(name: str, table: pd.DataFrame, currency: str, digits: int, known: Meanings) -> pd.DataFrame:
    found = {}
    for column in table.select_dtypes("float").columns:
        unit, _ = meaning(name, str(column), currency, known)
        if unit == "as the mean":
            unit, _ = meaning(name, "mean", currency, known)
        if unit == currency:
            found[column] = table[column].round(digits)
        elif unit in COUNTS:
            found[column] = as_counted(table[column])
        elif unit == "as the column what says":
            found[column] = as_counted(table[column]).where(~table["what"].isin(MONEY), table[column].round(digits))
        elif "unit" in table and column != "month":
            counts = table[column].where(~table["unit"].isin(COUNTS), as_counted(table[column]))
            found[column] = counts.where(~table["unit"].isin((currency, "currency")), table[column].round(digits))
    return table.assign(**found) if found else table


def as_counted(values: pd.Series) -> pd.Series:
    """Counts and their means without noise: the decimal with six digits where one lies within 1e-9 (or 1e-12 of the number), else as is.

    >>> as_counted(pd.Series([11509.999999999998, 3836.6666666666665, 0.30000000000000004])).tolist()
    [11510.0, 3836.6666666666665, 0.3]
    """
    near = values.round(COUNT_DIGITS) + 0.0
    least, of_itself = COUNT_NOISE
    return values.where((values - near).abs() > np.maximum(least, of_itself * values.abs()), near)
