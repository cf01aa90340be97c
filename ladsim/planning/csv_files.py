"""Tables as CSV: for programs, and for a spreadsheet that a double click opens.

In: a table. Out: bytes. Both hold the same numbers with all their digits. A text that a spreadsheet would run as a formula has an
apostrophe before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladsim.scenario.formulas import is_number, no_formula

if TYPE_CHECKING:
    import pandas as pd

# What Excel set to a language takes for yes and no.
FORMS = {"excel-da": ("SAND", "FALSK"), "excel-nb": ("SANN", "USANN")}


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV: UTF-8, one line feed a row, numbers with as many digits as bring the same number back."""
    texts = table.select_dtypes(exclude=["number", "bool"]).columns
    safe = table.assign(**{name: table[name].map(no_formula) for name in texts}) if len(texts) else table
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8")


def excel_bytes(table: pd.DataFrame, form: str) -> bytes:
    """A table as Danish or Norwegian Excel opens it: semicolons, decimal commas, UTF-8 with its mark. `form`: a key of ``FORMS``."""
    yes, no = FORMS[form]

    def said(cell: object) -> object:
        if isinstance(cell, bool) or type(cell).__name__ == "bool":
            return yes if cell else no
        if isinstance(cell, float):
            return "" if cell != cell else repr(float(cell)).replace(".", ",")
        if isinstance(cell, str) and is_number(cell):
            return cell.replace(".", ",")
        return no_formula(cell)

    made = table.assign(**{name: table[name].astype(object).map(said) for name in table.columns})
    return made.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")
