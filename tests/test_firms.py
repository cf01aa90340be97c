"""Firms with a hidden truth: drawn by their number, and who stands where a year later is counted right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.acceptance.part import Unit
from tests.acceptance.parts import promises
from tests.acceptance.parts.promises import RUNGS, clustered, kept
from tests.firms import WAYS, firm, on_rungs, played, seen_by_orders


def test_a_firm_is_drawn_by_its_number() -> None:
    """The same again; others differ; the three ways come in turn."""
    assert firm(4).scenario == firm(4).scenario != firm(7).scenario
    assert [firm(number).way for number in range(3)] == list(WAYS)


def test_people_are_counted_once() -> None:
    """Everybody who ever ordered stands on one of the rungs, and at the end where the market says."""
    one = firm(1)
    truth = played(one)
    counted = seen_by_orders(one, truth)
    ordered = np.unique(truth.orders["customer"])
    assert abs(sum(counted.values()) - ordered.size) < 0.02 * ordered.size  # a day of the month more or less
    assert (on_rungs(truth, one.last_day.replace(year=2200)) == truth.rung).all()


def test_a_share_is_clustered_by_firm() -> None:
    """Firms that hold all or nothing say less than as many promises apart."""
    together, apart = (clustered("x", found, 0.5) for found in ([[True] * 4, [False] * 4] * 20, [[True, False] * 2] * 40))
    assert together.figure.startswith("0.500 ± 0.080") and apart.figure.startswith("0.500 ± 0.000")
    assert not together.passed and apart.passed


@pytest.mark.long
def test_promises_of_a_few_firms(tmp_path: Path) -> None:
    """Six firms: the commits hold in more than half; a table is made of them."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    rows = [promises.play(Unit(number, 0, small=True)) for number in range(6)]
    held = [found for row in rows for rung in RUNGS if (found := kept(row, rung)) is not None]
    assert np.mean(held) > 0.5
    assert all(line.figure for line in promises.summary(rows))
