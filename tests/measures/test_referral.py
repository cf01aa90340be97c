"""Who brought whom, on small histories counted by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ladsim import measures
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.model.layout import CUSTOMER
from tests.measures.small_history import by_hand


def test_referral(history: History) -> None:
    """Shares, R, trees and who brought whom."""
    table = measures.new_customers(history)
    assert table["referred_share"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert measures.new_customers(history, by="segment")["new"].tolist() == [20.0, 0.0, 0.0, 0.0]
    r = measures.referral_factor(history)
    assert r["referral_factor"] == pytest.approx(1.0)
    assert r["referral_factor"] == pytest.approx(r["conversions_per_advocate_month"] * r["advocacy_months"])
    assert r["warning"] == ""
    assert r["advocates_per_customer"] == pytest.approx(1.0)
    more = replace(history, new_customers=history.new_customers * 2)
    assert "Too few" in measures.referral_factor(more)["warning"]
    again = replace(more, flows=np.where(history.flows > 0, 2, 0) - (np.arange(3) == 2)[None, :, None] * (history.flows > 0))
    assert "feeds on itself" in measures.referral_factor(again)["warning"]
    assert measures.tree_sizes(history) == {1: 1, 2: 1}
    trees = measures.referral_trees(history)
    assert trees.to_dict("list") == {"root": [10, 13], "size": [2, 1], "depth": [1, 0], "contribution": [60.0, 10.0]}
    best = measures.top_referrers(history)
    assert best.to_dict("list") == {
        "customer": [10],
        "segment": ["young"],
        "rung": ["gone"],
        "referred": [1],
        "contribution": [20.0],
    }
    assert measures.customer_referral_value(history)["referral_value"].tolist() == pytest.approx([20.0])


def test_trees_of_a_chain_and_a_circle(history: History) -> None:
    """A chain of five is five deep; two who brought each other back are one tree without a root, as are three, four and a tail."""
    c = np.zeros(8, CUSTOMER)
    c["id"] = np.arange(8)
    c["referrer"], c["referred"] = [-1, 0, 1, 2, 3, 6, 5, -1], [0, 1, 1, 1, 1, 1, 1, 0]
    c["cohort"][7] = -1
    chained = replace(history, customers=c)
    trees = measures.referral_trees(chained)
    assert trees[["root", "size", "depth"]].to_numpy().tolist() == [[0, 5, 4]]
    assert measures.tree_sizes(chained) == {2: 1, 5: 1}
    c["referrer"], c["referred"] = [1, 2, 0, 0, 5, 6, 7, 4], 1
    assert measures.tree_sizes(replace(history, customers=c)) == {4: 2}
    c["referrer"] = [2, 7, 1, 6, 6, 4, 5, 0]
    assert measures.tree_sizes(replace(history, customers=c)) == {4: 2}


def test_referral_value_belongs_to_the_segment_of_who_referred(history: History) -> None:
    """a (young) brought b, who left 20: one stands for ten, so 200 in all and 20 per customer who referred."""
    row = measures.customer_referral_value(history).iloc[0]
    assert row.tolist() == [10.0, 10.0, 200.0, 20.0]
    by_segment = measures.customer_referral_value(history, by="segment").set_index("segment")
    assert by_segment.loc["young"].tolist() == [10.0, 10.0, 200.0, 20.0]
    assert by_segment.loc["old", "referred_customers"] == 0.0
    assert np.isnan(by_segment.loc["old", "referral_value"])
    c = np.zeros(4, CUSTOMER)
    c["referrer"], c["referred"], c["contribution"], c["cost"] = (
        [-1, 0, 0, 2],
        [0, 1, 1, 1],
        [0, 1000, 500, 700],
        [0, 0, -200, -100],
    )
    three = measures.customer_referral_value(replace(history, customers=c)).iloc[0]
    assert three.tolist() == pytest.approx([20.0, 30.0, 190.0, 9.5])
    with pytest.raises(StudyError, match="by: found 'rung'"):
        measures.customer_referral_value(history, by="rung")


def test_who_only_changes_the_rung_has_not_stopped_to_talk() -> None:
    """Two talking rungs: of three steps taken only the one that leaves both is an end of advocacy.

    R is conversions ÷ endings. If steps between two rungs that both talk (or that both do not) were endings too, R would be 1 ÷ 3 here
    in place of 1, and a market that feeds on itself would look as if its word of mouth died out.
    """
    both_talk = replace(by_hand(), talks=np.array([True, True, False]))  # lead and customer; 2 lead → customer, 1 customer → gone
    found = measures.referral_factor(both_talk)
    assert found["stopped"] == 10.0  # one of ten people each
    assert found["conversions"] == 10.0
    assert found["referral_factor"] == pytest.approx(1.0)
    nobody_talks = replace(by_hand(), talks=np.array([False, False, False]))
    assert measures.referral_factor(nobody_talks)["stopped"] == 0.0
    only_the_lost = replace(by_hand(), talks=np.array([False, False, True]))
    assert measures.referral_factor(only_the_lost)["stopped"] == 0.0


def test_equal_referrers_go_by_id() -> None:
    """Who brought equally many stand in the order of their ids, whatever row they are in: 1 with two, then 10, 20 and 30 with one each.

    The list is cut at ten: without a fixed order, who is on it would hang on how the population is laid out in memory, and the same
    market with its customers renumbered by row would name others.
    """
    customers = np.zeros(9, CUSTOMER)
    customers["id"] = [30, 10, 20, 1, 2, 3, 4, 5, 6]
    customers["rung"], customers["cohort"] = 1, 1
    customers["referrer"], customers["referred"] = -1, 0
    for row, referrer in ((4, 0), (5, 1), (6, 2), (7, 3), (8, 3)):
        customers["referrer"][row], customers["referred"][row] = referrer, 1
    history = replace(by_hand(), customers=customers)
    assert measures.top_referrers(history)["customer"].tolist() == [1, 10, 20, 30]
    assert measures.top_referrers(history, 2)["customer"].tolist() == [1, 10]
