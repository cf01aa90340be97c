"""Real data: known counts are found again. Skipped where they are not there."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ladsim.data.read import ids_in_common, read_data
from ladsim.errors import DataError


def there(folder: Path, name: str) -> Path:
    """A file of real data; skips without it."""
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no real data: {path} is not a file")
    return path


def test_cdnow(shared_data: Path) -> None:
    """CDNOW: 23,570 customers, 69,659 rows, of which those of one day are one order: 67,591; no amount is lost; names kept as 00001."""
    read = read_data(there(shared_data, "cdnow/CDNOW_master.txt"))
    assert (read.customers, read.rows, read.report.value("rows")) == (23_570, 67_591, 69_659)
    assert read.report.value("same_day") == 69_659 - 67_591
    table = read.table()
    assert round(table["amount"].sum(), 2) == 2_500_315.63
    assert table["customer"].iloc[0] == "00001"


def test_the_sample_without_names(shared_data: Path) -> None:
    """The sample of 2,357 has two columns of ids and no names of columns: asked, then read."""
    path = there(shared_data, "cdnow/CDNOW_sample.txt")
    with pytest.raises(DataError, match="no line of column names"):
        read_data(path)
    read = read_data(path, columns={"customer": 2, "date": 3, "amount": 5})
    assert (read.customers, read.rows) == (2_357, 6_696)


def test_online_retail(shared_data: Path) -> None:
    """Credit notes, missing ids: told with their numbers; what is kept is what came in less what was told."""
    path = there(shared_data, "online_retail_uci/invoices.csv")
    read = read_data(path)
    with open(path, encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if row["customer_id"]]
    report = read.report
    assert report.value("rows") == 25_900
    assert report.value("no_customer_share") == 3_710
    assert report.value("credit_notes") == sum(row["invoice"].startswith("C") for row in rows)
    spent: dict[str, float] = defaultdict(float)
    for row in rows:
        spent[row["customer_id"]] += float(row["amount_gbp"])
    kept = sum(spent.values()) + float(report.value("refunds_alone", "amount"))  # type: ignore[arg-type]
    assert read.table()["amount"].sum() == pytest.approx(kept, abs=0.01)
    assert (read.table()["amount"] >= 0).all()


def test_leads_and_deals(shared_data: Path) -> None:
    """Olist: 8,000 leads, 842 deals, all of them leads."""
    leads = read_data(there(shared_data, "olist_funnel/olist_marketing_qualified_leads_dataset.csv"))
    deals = read_data(there(shared_data, "olist_funnel/olist_closed_deals_dataset.csv"))
    assert (leads.kind, deals.kind, leads.rows, deals.rows) == ("deals", "deals", 8_000, 842)
    assert ids_in_common(leads, deals) == 842


def test_a_survey(shared_data: Path) -> None:
    """The airport's passengers: 2,746 and 2,650 answers, NPS +39.8 and +31.0; 11, which means no answer, is none."""
    table = read_data(there(shared_data, "nps_sfo/nps_2017_2018.csv")).table()
    for year, n, nps in ((2017, 2_746, 39.8), (2018, 2_650, 31.0)):
        score = table.loc[table["date"].dt.year == year, "score"]
        assert len(score) == n
        assert round(100 * ((score >= 9).mean() - (score <= 6).mean()), 1) == nps


@pytest.mark.parametrize(
    ("name", "options", "kind", "rows", "facts"),
    [
        ("hillstrom_email/hillstrom.csv", {"kind": "contacts", "columns": {"campaign": "segment", "outcome": "conversion"}}, "contacts",
         64_000, {"reacted": 578}),
        ("bank_marketing_uci/bank-full.csv", {}, "contacts", 45_211, {"reacted": 5_289}),
        ("completejourney/campaigns.csv", {}, "contacts", 6_589, {"campaigns": 27}),
        ("completejourney/coupon_redemptions.csv", {}, "contacts", 2_102, {"customers": 410}),
        ("referral_rds_nyjazz/referral_tree.csv", {}, "referrals", 264, {"referred": 251}),
    ],
)  # fmt: skip
def test_other_kinds(shared_data: Path, name: str, options: Any, kind: str, rows: int, facts: dict[str, int]) -> None:
    """Contacts with their outcome, and referrals."""
    read = read_data(there(shared_data, name), **options)
    assert (read.kind, read.rows) == (kind, rows)
    assert {key: read.report.value(key) for key in facts} == facts


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("graph_lastfm_asia/lastfm_asia_edges.csv", "ties between people"),
        ("graph_karate/karate_edges.csv", "ties between people"),
        ("cdnow/cdnow_customers_summary.csv", "must have a customer and a date"),
        ("bass_durables/bass_series.csv", "must have a customer and a date"),
        ("subscription_sbg/retention_fh2007.csv", "must have a customer and a date"),
        ("completejourney/demographics.csv", "must have a customer and a date"),
        ("adoption_microfinance_india/microfi_households.csv", "must have a customer and a date"),
    ],
)
def test_what_is_no_data_on_customers(shared_data: Path, name: str, said: str) -> None:
    """Graphs, summaries and series are refused, in words."""
    with pytest.raises(DataError, match=said):
        read_data(there(shared_data, name))
