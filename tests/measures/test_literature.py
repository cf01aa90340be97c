"""Published ranges: each with a source in full, three languages, and counted again where the data are at hand."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import ladsim
from ladsim.errors import StudyError
from ladsim.i18n import LANGUAGES, catalogue
from ladsim.measures.explanation import study_measures
from ladsim.measures.literature import ASKED, COLUMNS, EVERY, FILE, TRADES, literature_ranges

ROWS = tomllib.loads(FILE.read_text(encoding="utf-8"))["ranges"]


def of(measure: str, trade: str, place: int = 0) -> tuple[float, float]:
    """A range of the table."""
    found = literature_ranges(trade)
    row = found[found["measure"] == measure].iloc[place]
    return float(row["low"]), float(row["high"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['measure']}-{row['trades'][0]}-{row['years']}")
def test_every_row_says_what_where_when_and_its_source(row: dict[str, object]) -> None:
    """Author, year in brackets, title and place of publication; what and where in each language; nothing else."""
    assert set(row) == {"measure", "trades", *COLUMNS[1:]}
    assert re.match(r"[A-Z].+ \(((19|20)\d\d|undated)\), .{20,}", str(row["source"]))
    for key in ("of", "where"):
        said = row[key]
        assert isinstance(said, dict) and set(said) == set(LANGUAGES)
        assert len(set(said.values())) == len(LANGUAGES)
    assert re.fullmatch(r"\d{4}(–\d{4})?", str(row["years"]))
    assert float(row["low"]) <= float(row["high"])  # type: ignore[arg-type]
    assert row["measure"] in ASKED
    assert isinstance(row["trades"], list) and set(row["trades"]) <= {*TRADES, EVERY}


def test_measures_that_are_asked_about_have_a_name() -> None:
    """Each is a number of a study or of the loyalty wheel."""
    for measure in ASKED:
        assert measure in study_measures() or all(catalogue.has(one, f"wheel.m_{measure}") for one in LANGUAGES)


def test_a_trade_has_its_rows_and_those_of_all() -> None:
    """Of a café nothing but what is said of all trades; without a trade every row; texts in the language asked for."""
    assert set(literature_ranges("cafe")["measure"]) == {"redemption_rate"}
    assert len(literature_ranges()) == len(ROWS)
    assert literature_ranges("cafe", "da")["where"].iloc[0].startswith("loyalitetsprogrammer i alle brancher")
    assert "literature_ranges" in dir(ladsim.measures)


def test_unknown_trades_and_languages_are_told() -> None:
    """With the nearest right word."""
    with pytest.raises(StudyError, match="trade: found 'webshop', did you mean 'web_shop'"):
        literature_ranges("webshop")
    with pytest.raises(StudyError, match="language: found 'sv', must be one of en, da, nb"):
        literature_ranges("web_shop", "sv")


def test_shares_of_a_year_are_turned_into_months() -> None:
    """1 − (1 − yearly share)^(1/12), of 13.1 and 36.9 %, and of 20 and 40 %."""
    for trade, yearly in {"subscription": (0.131, 0.369), "telecom": (0.2, 0.4)}.items():
        assert of("churn_share", trade) == pytest.approx([1 - (1 - one) ** (1 / 12) for one in yearly], abs=5e-5)


def test_cdnow_counted_again(shared_data: Path) -> None:
    """Share with a second day of purchase by the ends of months 9 and 18, and bought again in the next calendar month."""
    names = ["id", "date", "discs", "amount"]
    bought = pd.read_csv(shared_data / "cdnow" / "CDNOW_master.txt", sep=r"\s+", names=names, skiprows=1)
    bought = bought.assign(date=pd.to_datetime(bought["date"].astype(str))).drop_duplicates(["id", "date"])
    shares = [float((bought[bought["date"] <= end].groupby("id").size() >= 2).mean()) for end in ("1997-09-30", "1998-06-30")]
    assert of("repurchase_rate", "web_shop") == pytest.approx(shares, abs=5e-4)
    assert bought["id"].nunique() == 23_570
    again = next_month(bought, "id", "date")
    assert of("ordered_again", "web_shop") == pytest.approx((again.min(), again.max()), abs=5e-4)


def test_online_retail_counted_again(shared_data: Path) -> None:
    """Invoices that were not cancelled, by day; customers of before are not marked, so the first three months make no cohorts."""
    invoices = pd.read_csv(shared_data / "online_retail_uci" / "invoices.csv")
    kept = invoices[invoices["customer_id"].notna() & (invoices["cancelled"] == 0) & (invoices["amount_gbp"] > 0)]
    kept = kept.assign(day=pd.to_datetime(kept["datetime"]).dt.normalize()).drop_duplicates(["customer_id", "day"])
    days = kept.groupby("customer_id").size()
    assert len(days) == 4_338
    assert of("repurchase_rate", "web_shop", 1) == pytest.approx([float((days >= 2).mean())] * 2, abs=5e-4)
    again = next_month(kept, "customer_id", "day").loc["2011-03":"2011-10"]  # type: ignore[misc]
    assert of("ordered_again", "web_shop", 1) == pytest.approx((again.min(), again.max()), abs=5e-4)


def test_fader_and_hardie_read_again(shared_data: Path) -> None:
    """After the first year 86.9 and 63.1 % are still there."""
    left = pd.read_csv(shared_data / "subscription_sbg" / "retention_fh2007.csv").set_index("year").loc[1]
    gone = sorted(1 - left / 100)
    assert of("churn_share", "subscription") == pytest.approx([1 - (1 - one) ** (1 / 12) for one in gone], abs=5e-5)


def next_month(bought: pd.DataFrame, who: str, when: str) -> pd.Series:
    """By month of the first purchase: the share that bought in the next calendar month."""
    months = bought.assign(month=bought[when].dt.to_period("M"))
    first = months.groupby(who)["month"].min().rename("first")
    months = months.join(first, on=who)
    back = months[months["month"] == months["first"] + 1].groupby("first")[who].nunique()
    return (back / first.value_counts()).dropna().sort_index()
