"""Names that look alike are refused; names in two Unicode forms are one."""

from __future__ import annotations

import unicodedata

import pytest

from ladsim.errors import ScenarioError
from ladsim.i18n.problems import told
from ladsim.scenario.check import warnings
from ladsim.scenario.load import load, loads, shipped

SHOP = """
name = "x"
months = 1
market_size = 10
[[rungs]]
name = "{}"
share = 1.0
[[rungs]]
name = "{}"
orders_per_month = 1
[[steps]]
from = "{}"
to = "{}"
monthly = 0.1
[basket]
mean = 1
"""


@pytest.mark.parametrize("other", ["l\u0435ad", "\uff4c\uff45\uff41\uff44", "le\u03b1d"])
def test_rungs_that_look_alike_are_refused(other: str) -> None:
    """A Cyrillic е, letters of an Asian keyboard, a Greek alpha."""
    with pytest.raises(ScenarioError, match=f"rungs.{other}: found a name that looks like 'lead' but has other letters"):
        loads(SHOP.format("lead", other, "lead", other))


def test_segments_that_look_alike_are_refused() -> None:
    """As with rungs."""
    more = '[[segments]]\nname = "A"\nshare = 0.5\n[[segments]]\nname = "\u0410"\nshare = 0.5\n'
    with pytest.raises(ScenarioError, match=r"segments.\u0410: found a name that looks like 'A' .*Cyrillic Capital Letter A"):
        loads(SHOP.format("lead", "customer", "lead", "customer") + more)


@pytest.mark.parametrize("table", ["campaigns", "strategies.one.campaigns"])
def test_campaigns_that_look_alike_are_refused(table: str) -> None:
    """In the file and in a strategy."""
    more = '[[channels]]\nname = "ads"\nresponse = { half_at = 1 }\n'
    more += "".join(f'[[{table}]]\nname = "{name}"\nchannel = "ads"\nmonthly_spend = 1\n' for name in ("A", "\u0410"))
    with pytest.raises(ScenarioError, match=rf"{table}.\u0410: found a name that looks like 'A'"):
        loads(SHOP.format("lead", "customer", "lead", "customer") + more)


def test_names_that_differ_to_the_eye_are_left_alone() -> None:
    """Capitals, plurals, Danish letters."""
    for one, other in (("lead", "Lead"), ("lead", "leads"), ("åben", "aben"), ("ø", "o")):
        assert len(loads(SHOP.format(one, other, one, other)).rungs) == 2


def test_names_are_one_in_either_unicode_form() -> None:
    """A step finds its rung, whichever way å was typed."""
    apart = unicodedata.normalize("NFD", "åben")
    scenario = loads(SHOP.format("åben", "customer", apart, "customer"))
    assert scenario.steps[0].from_ == "åben"


@pytest.mark.parametrize(("other", "signs"), [("Ioyal", "l/I"), ("l0yal", "o/0"), ("loya1", "l/1"), ("lOyaI", "o/O, l/I")])
def test_names_that_many_fonts_draw_alike_are_warned_of(other: str, signs: str) -> None:
    """A capital I, a digit: no error, since it can be told apart in some fonts."""
    found = [p for p in warnings(loads(SHOP.format("loyal", other, "loyal", other))) if p.place == f"rungs.{other}"]
    (odd,) = [p for p in found if "fonts" in p.found]
    assert odd.found == f"a name that looks like 'loyal' in many fonts ({signs})"
    assert "skrifttyper" in told(odd, "da") and "lett for det andre" in told(odd, "nb")


def test_usual_names_are_not_warned_of() -> None:
    """Capitals, numbers, and the scenarios that come along."""
    for one, other in (("lead", "Lead"), ("Oslo", "oslo"), ("tier_1", "tier_2"), ("a0", "a1")):
        assert not [p for p in warnings(loads(SHOP.format(one, other, one, other))) if "fonts" in p.found]
    assert not [p for name in shipped() for p in warnings(load(name)) if "fonts" in p.found]
