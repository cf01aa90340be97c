"""``ladsim.testing.check_policy``: what keeps every promise passes; each way to break one is named.

Tests: ``testing/policies.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.errors import ContractError
from ladsim.scenario.load import load
from ladsim.testing import check_policy
from tests import policies

WIN_BACK = """\
def policy(env, market, below=0.2):
    while True:
        {line}
        if market.count("lapsed") > below * market.size:
            market.multiply("steps.lapsed.customer", 1.5)
            market.spend(20)
        yield market.months(1)
"""
BROKEN = {
    "luck of its own": (
        "import random\n" + WIN_BACK.format(line="market.spend(random.random())"),
        "its source is clean: mine.py: line 1: uses random: luck comes from ladsim.streams alone",
    ),
    "state of its own": (
        "SEEN = []\n" + WIN_BACK.format(line="SEEN.append(1)"),
        "mine.py: line 4: policy changes SEEN of the file: what is remembered belongs into the customer's memory",
    ),
    "hidden state": (
        "def later():\n    store = [0]\n    def give():\n        store[0] += 1\n        return store[0]\n    return give\n\n"
        + WIN_BACK.format(line="market.spend(market.next_one())").replace("market.next_one()", "hidden()")
        + "\nimport builtins\nif not hasattr(builtins, 'hidden'):\n    builtins.hidden = later()\n",
        "the same seed gives the same: the same seed gives another history when it is played again",
    ),
    "nothing done": ("def policy(env, market):\n    yield market.months(1)\n", "it does something: it pulls no lever"),
    "a mistake": (WIN_BACK.format(line="market.count('custmer')"), "found 'custmer'"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_policy_is_caught(case: str, tmp_path: Path) -> None:
    """With the promise, and what was found."""
    text, words = BROKEN[case]
    file = tmp_path / "mine.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"mine\.py, policy: [0-9]+ broken promises?\n") as said:
        check_policy(file, "policy")
    assert words in str(said.value)


@pytest.mark.parametrize("function", ["nudge", "restless", "spender"])
def test_policies_that_keep_everything(function: str) -> None:
    """They look, pull levers, spend and wait in every way a policy can."""
    check_policy(str(policies.__file__), function, rung="customer")


def test_a_market_of_ones_own(tmp_path: Path) -> None:
    """Where a policy asks for other rungs, it is tried in the user's own scenario."""
    file = tmp_path / "mine.py"
    file.write_text(
        "def policy(env, market):\n    yield market.months(1)\n    market.spend(market.count('ambassador'))\n", encoding="utf-8"
    )
    with pytest.raises(ContractError, match="found 'ambassador'"):
        check_policy(file, "policy")
    check_policy(file, "policy", scenario=load("acquisition_vs_retention"))
