"""Whose number it is: people that a file counts itself are not credited to the file it extends; what that still gives, is.

Tests: ``scenario/merge.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ladsim
from ladsim.scenario.address import numbers
from ladsim.scenario.check import warnings
from ladsim.scenario.presets import write

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


@pytest.mark.parametrize("language", ["en", "da", "nb"])
def test_people_typed_into_a_copied_preset_have_no_source_of_its_order_rates(language: str, tmp_path: Path) -> None:
    """``ladsim new --preset web_shop``, shares replaced by heads, the source lines left where they stood: CDNOW did not count them."""
    path = write("web_shop", tmp_path / "own.toml", language)
    heads = {"potential": 22_000, "visitor": 6_000, "customer": 2_400, "repeat": 3_000, "ambassador": 600, "lapsed": 6_000}
    text = re.sub(r"^market_size = .*$", "market_size = 40_000", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for name, people in heads.items():
        text = re.sub(
            rf'(name = "{name}"\n(?:(?!\n\[).)*?)share = [\d.]+', rf"\g<1>people = {people}", text, count=1, flags=re.DOTALL
        )
    path.write_text(text, encoding="utf-8")
    before, found = numbers(ladsim.load("web_shop", language)), numbers(ladsim.load(path))
    own = {"en": "your own number", "da": "jeres eget tal", "nb": "deres eget tall"}[language]
    for name in ("customer", "repeat", "ambassador"):
        assert found[f"rungs.{name}.share"].source == own
        assert found[f"rungs.{name}.orders_per_month"].source == before[f"rungs.{name}.orders_per_month"].source
    mine = text.replace(found["rungs.customer.orders_per_month"].source, "our register")
    path.write_text(mine, encoding="utf-8")
    assert numbers(ladsim.load(path))["rungs.customer.share"].source == "our register", "a source of one's own is kept"
