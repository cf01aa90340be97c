"""Texts that a spreadsheet would run as a formula: wherever tables are written for one, they get an apostrophe.

A name of a strategy, a customer's id or the name of a campaign may come from anywhere, and ``=HYPERLINK(…)`` in it acts when somebody opens
the file.

>>> no_formula("=1+1"), no_formula(" ＝1+1"), no_formula("-5.5"), no_formula("shop")
("'=1+1", "' ＝1+1", '-5.5', 'shop')
"""

from __future__ import annotations

import unicodedata

from ladsim.scenario.texts import INVISIBLE

FORMULA = ("=", "+", "-", "@")  # with which a spreadsheet's formula begins, also in full-width signs and behind what nobody sees


def no_formula(cell: object) -> object:
    """A cell with an apostrophe before it, if it is a text that a spreadsheet would run."""
    return f"'{cell}" if isinstance(cell, str) and _first_seen(cell) in FORMULA and not is_number(cell) else cell


def _first_seen(text: str) -> str:
    """The first sign of a text that is seen, a full-width one as the usual one; empty where there is none."""
    if text[:1].isascii() and text[:1].isalnum():
        return text[0]
    for sign in text:
        if unicodedata.category(sign)[0] not in "ZC" and not INVISIBLE.match(sign):
            return unicodedata.normalize("NFKC", sign)
    return ""


def is_number(text: str) -> bool:
    """Whether a text is a number, as programs write it."""
    try:
        float(text)
    except ValueError:
        return False
    return True
