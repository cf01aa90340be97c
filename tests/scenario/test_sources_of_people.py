"""Whose number it is: people that a file counts itself are not credited to the file it extends; what that still gives, is.

Tests: ``scenario/merge.py``.
"""

from __future__ import annotations

from pathlib import Path

import ladsim
from ladsim.scenario.address import numbers
from ladsim.scenario.check import warnings

BELOW = """
name = "below"
months = 6
market_size = 100
[[rungs]]
name = "lead"
share = 0.9
source = "a panel"
[[rungs]]
name = "customer"
share = 0.1
orders_per_month = 0.5
messages_per_month = { low = 0.1, high = 0.2 }
source = "a study of orders"
[[steps]]
from = "lead"
to = "customer"
monthly = 0.1
[sources]
"rungs.lead.share" = "the panel of 2024"
"""
ABOVE = """
extends = "below.toml"
name = "above"
[[rungs]]
name = "lead"
people = 70
[[rungs]]
name = "customer"
people = 30
"""


def test_own_people_have_no_foreign_source(tmp_path: Path) -> None:
    """The start is the file's own number, in its language, until it gives a source; order and message rates keep theirs."""
    (tmp_path / "below.toml").write_text(BELOW, encoding="utf-8")
    own = tmp_path / "own.toml"
    own.write_text(ABOVE, encoding="utf-8")
    found = numbers(ladsim.load(own))
    assert (found["rungs.lead.share"].value, found["rungs.customer.share"].value) == (0.7, 0.3)
    assert found["rungs.lead.share"].source == found["rungs.customer.share"].source == "your own number"
    assert not any(warning.place == "sources" and "share" in warning.found for warning in warnings(ladsim.load(own)))
    for key in ("orders_per_month", "messages_per_month"):
        assert found[f"rungs.customer.{key}"].source == "a study of orders"
    own.write_text(f'language = "da"\n{ABOVE}', encoding="utf-8")
    assert numbers(ladsim.load(own))["rungs.lead.share"].source == "jeres eget tal"
    own.write_text(ABOVE + '\n[sources]\n"rungs.customer.share" = "our register"\n', encoding="utf-8")
    assert numbers(ladsim.load(own))["rungs.customer.share"].source == "our register"
    own.write_text(ABOVE.replace("people = 70", "share = 0.9").replace("people = 30", 'label = "C"'), encoding="utf-8")
    same = numbers(ladsim.load(own))
    assert same["rungs.lead.share"].source == "the panel of 2024"
    assert same["rungs.customer.share"].source == "a study of orders"
