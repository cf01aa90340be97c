"""Money in tables as it was booked: no digits beyond an amount unit.

In: a study's tables. Out: the same, money rounded to amount units. Sums and means of binary fractions leave 12000.000000000002 where
12,000 was booked; an amount unit is a thousandth of the currency's minor unit, so nothing that a table can tell is lost.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ladsim.planning.columns import COLUMNS, Meanings, meaning

AS_THEY_ARE = "measures_by_future"  # the table that holds each future's numbers to the last digit: sums are exact, divided once
# What rows of a table with a column `what` hold money (a balance in points is counted in thousandths, and none is lost either).
MONEY = ("revenue", "issued", "redeemed", "expired", "outstanding", "fees", "discounts", "reward_cost", "running_cost", "prepaid")


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
        if unit == currency:
            found[column] = table[column].round(digits)
        elif unit == "as the column what says":
            found[column] = table[column].where(~table["what"].isin(MONEY), table[column].round(digits))
        elif "unit" in table and column != "month":
            found[column] = table[column].where(~table["unit"].isin((currency, "currency")), table[column].round(digits))
    return table.assign(**found) if found else table
