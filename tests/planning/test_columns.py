"""Units and meanings of columns, and the names of a study's tables, word for word.

Tests: ``planning/tables.py``.
"""

from __future__ import annotations

import pytest

from ladsim.planning.columns import meaning
from ladsim.planning.csv_files import csv_bytes
from ladsim.planning.replications import Replications
from ladsim.planning.run import replicate
from ladsim.planning.tables import QUANTILES, tables_of
from ladsim.scenario.spec import Scenario


@pytest.fixture(scope="module")
def runs(shop: Scenario) -> Replications:
    """Two futures of twenty people with a strategy that cares for customers."""
    return replicate(shop, strategy="retention_first", replications=2, sample=20, processes=1)


@pytest.mark.parametrize(
    ("table", "column", "unit", "said"),
    [
        ("rungs", "rung", "", "rung of the ladder, or state beside it"),
        ("rungs", "mean", "people", "mean over the futures"),
        ("rungs", "p05", "people", "05 % of the futures lie below"),
        ("money", "low", "DKK", "lower limit of the 95 % interval of the mean"),
        ("money", "high", "DKK", "upper limit of the 95 % interval of the mean"),
        ("outcomes", "profit_low", "DKK", "lower limit of the 95 % interval of profit"),
        ("outcomes", "profit_high", "DKK", "upper limit of the 95 % interval of profit"),
        ("assumptions", "low", "as the key says", "5 % of the belief lie below"),
        ("assumptions", "high", "as the key says", "5 % of the belief lie above"),
        ("outcomes", "discounted_profit", "DKK", "mean profit at its worth at the start"),
        ("leaning", "p_value", "share", ""),
    ],
)
def test_what_a_column_means(table: str, column: str, unit: str, said: str) -> None:
    """That of its table goes before that of any; limits and quantiles follow what they are of; amounts are in the currency."""
    found = meaning(table, column, "DKK")
    assert found[0] == unit
    assert found[1] == said or (not said and found[1])


def test_tables_of_a_run(runs: Replications) -> None:
    """Their names are those of files, and each has something to say."""
    tables = tables_of(runs)
    assert {"rungs", "steps", "conversion", "money", "profit", "measures", "assumptions", "goals"} <= set(tables)
    assert list(tables["rungs"].columns)[-5:] == [f"p{100 * q:02.0f}" for q in QUANTILES]
    assert set(tables["rungs"]["rung"]) == {"lead", "customer", "ambassador", "lapsed"}
    assert all(csv_bytes(table).count(b"\n") == len(table) + 1 for table in tables.values())


def test_which_assumptions_act(runs: Replications, shop: Scenario) -> None:
    """Those of the tactic that the strategy uses, and not of another; without strategies those of the scenario as it stands."""
    acts = tables_of(runs)["assumptions"].set_index("key")["acts"]
    assert acts["tactics.care.effects.leaving.full"]
    assert not acts["tactics.advertising.effects.steps.lead.customer.full"]
    assert acts["rungs.ambassador.orders_per_month"]
    bare = shop.model_copy(update={"strategies": {}})
    alone = tables_of(replicate(bare, replications=2, sample=20, processes=1))["assumptions"].set_index("key")["acts"]
    assert alone["rungs.ambassador.orders_per_month"]
    assert not alone["tactics.care.effects.leaving.full"]
