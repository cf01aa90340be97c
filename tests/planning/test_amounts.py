"""Tables tell money to the amount unit, and shares between 0 and 100 %."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import ladsim
from ladsim.cli.run import run_text
from ladsim.measures.dictionary import BOUNDS
from ladsim.planning import pairs
from ladsim.planning.amounts import in_amount_units
from ladsim.planning.csv_files import csv_bytes
from ladsim.planning.tables import tables_of
from ladsim.reporting.page import page_html

FILE = """
schema = 1
name = "exact"
months = 14
market_size = 400
currency = "DKK"
amounts_include_vat = 0.25
[[rungs]]
name = "lead"
share = 0.9
messages_per_month = 1.0
[[rungs]]
name = "member"
share = 0.1
orders_per_month = 1.3
cost_per_month = 0.1
messages_per_month = 3.0
[[rungs]]
name = "lapsed"
off_ladder = true
[[steps]]
from = "lead"
to = "member"
trigger = "message"
probability = 0.05
[[steps]]
from = "lead"
to = "member"
monthly = 0.001
[[steps]]
from = "member"
to = "lapsed"
monthly = 0.02
[[word_of_mouth]]
layer = "friends"
graph = { kind = "everyone" }
[basket]
mean = 99.95
[money]
margin = 0.37
fixed_cost_per_month = 1_000
cost_per_order = 0.1
"""
SMALL = 6


@pytest.fixture(scope="module")
def study() -> ladsim.Replications:
    return ladsim.replicate(ladsim.loads(FILE), replications=SMALL, processes=1)


def printed(table: pd.DataFrame) -> pd.DataFrame:
    """A table's cells as its file has them."""
    return pd.read_csv(io.BytesIO(csv_bytes(table)), dtype=str, keep_default_na=False)


def decimals(cell: str) -> int:
    return max(0, -int(Decimal(cell).normalize().as_tuple().exponent)) if cell else 0


@pytest.mark.parametrize("name", ["money", "profit", "segments_and_rungs", "measures"])
def test_money_has_no_digit_beyond_the_amount_unit(study: ladsim.Replications, name: str) -> None:
    """Thousandths of an øre, five decimals, and not one more, in every cell of money."""
    table = printed(tables_of(study)[name])
    if "unit" in table:
        table = table[table["unit"] == "DKK"]
    columns = [
        c for c in table if c in {"mean", "value", "low", "high", "revenue", "contribution", "cost_to_serve"} or c[1:].isdigit()
    ]
    assert columns and len(table)
    assert max(decimals(cell) for column in columns for cell in table[column]) <= 5


def test_fixed_cost_is_printed_as_given(study: ladsim.Replications) -> None:
    """1,000 a month is −1000.0 in the books, and 14,000 in all."""
    table = printed(tables_of(study)["money"])
    assert set(table[table["cause"] == "fixed_cost"]["mean"]) == {"0.0", "-1000.0"}
    measures = printed(study.measures).set_index("measure")
    assert measures.loc["fixed_cost", "mean"] == "14000.0"


def test_a_table_of_one_history_is_exact(study: ladsim.Replications) -> None:
    """Sums are taken in whole units and divided once: each cell is the decimal nearest to what was booked, each future's profit too."""
    table = printed(tables_of(study)["measures_by_future"])
    profits = [float(value) for value in table[table["measure"] == "profit"]["value"]]
    assert profits == [float(Decimal(history.profit_units) / 100_000) for history in study.histories]
    history = study.histories[0]
    table = ladsim.measures.income_statement(history)
    units = history.money.sum(axis=(2, 3)) + history.market_money
    assert table["cumulative_profit"].tolist() == [float(Decimal(int(u)) / 100_000) for u in units.sum(axis=1).cumsum()]
    assert table["profit"].tolist() == [float(Decimal(int(u)) / 100_000) for u in units.sum(axis=1)]


def test_shares_and_their_intervals_stay_between_nothing_and_all(study: ladsim.Replications) -> None:
    """In all tables with units, and where a t interval would reach beyond."""
    measures = study.measures
    shares = measures[measures["unit"].isin([unit for unit, ends in BOUNDS.items() if ends == (0.0, 1.0)])].dropna()
    assert len(shares) >= 3
    assert shares[["mean", "low", "high", "p05", "p95"]].to_numpy().min() >= 0.0
    assert shares[["mean", "low", "high", "p05", "p95"]].to_numpy().max() <= 1.0
    assert pairs.mean([0.7, 1.0, 1.0, 1.0], False).high > 1.0 > pairs.mean([0.3, 0.0, 0.0, 0.0], False).high
    assert pairs.share([0.7, 1.0, 1.0, 1.0], False).high == 1.0
    assert pairs.share([0.3, 0.0, 0.0, 0.0], False).low == 0.0
    assert pairs.of_unit([0.7, 1.0, 1.0, 1.0], "share", True).high == 1.0
    assert np.isnan(pairs.share([0.5], False).low)


def test_the_terminal_and_the_page_say_no_more_than_all(study: ladsim.Replications) -> None:
    """With shares that differ much between few futures no percentage above 100 % is printed."""
    names = ("referred_share", "repurchase_rate", "churn_share", "returning_share")
    wide = tuple(
        replace(
            summary,
            scalars={**summary.scalars, **dict.fromkeys(names, value)},
            ratios={**summary.ratios, **dict.fromkeys(names, (value, 1.0))},
        )
        for summary, value in zip(study.summaries, (0.4, 1.0, 1.0, 1.0, 0.9, 0.2), strict=True)
    )
    odd = replace(study, summaries=wide)
    for text in (run_text(odd), page_html(odd)):
        found = [float(number) for number in re.findall(r"(\d+(?:\.\d+)?)(?:\s|&nbsp;|&#160;)%", text)]
        assert 100.0 in found and max(found) <= 100.0


def test_totals_of_two_strategies_are_as_booked() -> None:
    """What is in the unit of the mean is rounded with it: totals by cause to amount units, people by step to what was counted."""
    row = {"mean": [-1.0], "best": [-3528042.0625199997], "other": [12000.000000000002]}
    money, people = pd.DataFrame({"cause": ["goods"], **row}), pd.DataFrame({"step": ["lead.member"], **row})
    found = in_amount_units({"difference_by_cause": money, "difference_by_step_and_rung": people}, "DKK", 100_000)
    assert found["difference_by_cause"][["best", "other"]].to_numpy().tolist() == [[-3528042.06252, 12000.0]]
    assert found["difference_by_step_and_rung"][["best", "other"]].to_numpy().tolist() == [[-3528042.06252, 12000.0]]


@pytest.mark.parametrize(
    ("counted", "told"),
    [
        (11509.999999999998, 11510.0),
        (3836.6666666666665, 3836.6666666666665),
        (0.30000000000000004, 0.3),
        (-3.6e-12, 0.0),
        (7.5, 7.5),
    ],
)
def test_counts_have_no_noise_of_a_scaled_sample(counted: float, told: float) -> None:
    """Whole where whole people were counted, and as they are where a mean is no short decimal; in every table that counts."""
    tables = {
        "program_members": pd.DataFrame({"month": [1.0], "program": ["club"], "level": [""], "mean": [counted]}),
        "rungs": pd.DataFrame({"month": [1.0], "rung": ["lead"], "mean": [counted]}),
        "extra": pd.DataFrame({"strategy": ["dear"], "extra_customers": [counted]}),
        "program_results": pd.DataFrame({"month": [1.0], "program": ["club"], "what": ["members"], "mean": [counted]}),
        "measures": pd.DataFrame({"measure": ["orders"], "unit": ["orders"], "mean": [counted]}),
    }
    for name, table in in_amount_units(tables, "DKK", 100_000).items():
        assert str(table.iloc[0, -1]) == str(told), name


def test_a_sample_scaled_up_counts_whole_people() -> None:
    """A sample of 300 stands for 1,000: with one future no cell of people or orders is off the count by the noise of the product."""
    scenario = ladsim.loads(FILE.replace("market_size = 400", "market_size = 1000"))
    one = ladsim.replicate(scenario, replications=1, sample=300, processes=1)
    table = tables_of(one)["rungs"]
    exact = np.stack([history.counts.sum(axis=1) for history in one.histories])[0].ravel() * 1000 / 300
    whole = np.isclose(exact, np.round(exact), rtol=0.0, atol=1e-9)
    assert whole.sum() > 5 and (table["mean"].to_numpy()[whole] == np.round(exact)[whole]).all()
    assert table["mean"].to_numpy()[~whole] == pytest.approx(exact[~whole], rel=1e-12)
