"""Texts that a spreadsheet would run, wherever they come from."""

from __future__ import annotations

import pytest

from ladsim.scenario.formulas import is_number, no_formula


@pytest.mark.parametrize("before", ["", " ", "\t", "\u00a0", "\u200b", "\ufeff"])
@pytest.mark.parametrize("formula", ["=1+1", "＝1+1", "@SUM(A1)", "-a", "+a", "-2+3"])
def test_a_formula_becomes_a_text(before: str, formula: str) -> None:
    """With blanks or signs without a width before it, and in signs of full width."""
    assert no_formula(before + formula) == f"'{before}{formula}"


@pytest.mark.parametrize("cell", ["", "shop", "a=1", "-1.5", "+3", 7, -1.5, None, "'=1"])
def test_all_else_stays(cell: object) -> None:
    """Numbers, other texts, and what is no text."""
    assert no_formula(cell) is cell
    assert is_number("-1.5") and not is_number("-a")
