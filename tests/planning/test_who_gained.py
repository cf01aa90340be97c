"""Who gained adds up: over segments and rungs to the lead before spend, and to nothing for a strategy against itself.

Tests: ``planning/who_gained.py``, ``reporting/who_gained.py``.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import ladsim
from ladsim.planning.compare import Comparison
from ladsim.reporting.comparison import page
from ladsim.reporting.comparison_view import Duel
from ladsim.reporting.who_gained import who_gained

TINY = Path(__file__).parents[1] / "markets" / "tiny_market.toml"


@pytest.fixture(scope="module")
def duel() -> Comparison:
    """Two segments, four strategies beside the market as it is."""
    return ladsim.compare(ladsim.load(TINY), replications=6, processes=1, months_after=0)


def _parts(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    of_segment, of_rung = rows["segment"] != "", rows["rung"] != ""
    return rows[of_segment & ~of_rung], rows[~of_segment & of_rung], rows[of_segment & of_rung]


def test_parts_add_up_to_the_whole(duel: Comparison) -> None:
    """People are as in the ladder's own table; money of all rungs is the lead less what belongs to no customer."""
    nobodys = {
        name
        for run in duel.runs.values()
        for history in run.histories
        for name, booked in zip(history.causes, history.market_money.any(axis=0), strict=True)
        if booked
    }
    assert len(duel.scenario.segments) > 1 and nobodys
    for other, rows in duel.who_gained.groupby("strategy"):
        by_segment, by_rung, both = _parts(rows)
        flows = duel.by_flow[(duel.by_flow["strategy"] == other) & (duel.by_flow["kind"] == "rung")].set_index("step")
        known = flows.loc[by_rung["rung"], ["mean", "low", "high"]].to_numpy()
        assert by_rung[["people_gained", "people_gained_low", "people_gained_high"]].to_numpy() == pytest.approx(known)
        causes = duel.by_cause[(duel.by_cause["strategy"] == other) & ~duel.by_cause["cause"].isin(nobodys)]
        for parts in (by_segment, by_rung, both):
            assert parts["money_gained"].sum() == pytest.approx(causes["mean"].sum())
            assert parts["people_gained"].sum() == pytest.approx(flows["mean"].sum(), abs=1e-6)
        assert (rows["money_gained_low"] <= rows["money_gained"]).all() and (
            rows["money_gained"] <= rows["money_gained_high"]
        ).all()


def test_a_strategy_against_itself_gains_nothing() -> None:
    """Exactly zero, in every row; the page then has no such table."""
    study = ladsim.compare(ladsim.load(TINY), [None, None], replications=2, processes=1, months_after=0)
    assert len(study.who_gained) and not study.who_gained[["people_gained", "money_gained"]].to_numpy().any()
    assert who_gained(Duel(study)) is None


def test_the_page_says_who(duel: Comparison) -> None:
    """Segments and rungs by their labels, more with a plus."""
    table = who_gained(Duel(duel))
    assert table is not None and table in next(one for one in page(duel).sections if one.key == "cause").items
    shown = {row[0].text: row[1].text for row in table.rows}
    rows = duel.who_gained[duel.who_gained["strategy"] == duel.runner_up].set_index(["segment", "rung"])
    segment = duel.scenario.segments[0]
    assert shown[segment.label or segment.name].startswith("+") == (rows.loc[(segment.name, ""), "people_gained"] > 0.0)
    assert set(shown) >= {segment.label for segment in duel.scenario.segments if segment.label}
