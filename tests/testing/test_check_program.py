"""``ladsim.testing.check_program``: what keeps every promise passes; each way to break one is named, with its place.

Tests: ``testing/programs.py``, ``testing/reach.py``, ``testing/sources.py``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ladsim.errors import ContractError, LadsimError
from ladsim.model.layout import HOOKS
from ladsim.testing import POLICY_PROMISES, PROGRAM_PROMISES, check_program
from tests.contract.kinds import BIRTHDAY

HEAD = """\
import numpy as np

from ladsim import streams
from ladsim.compiled import hook, rule
from ladsim.model import access
from ladsim.model.layout import M_ISSUED, M_REWARDS, P_REWARDS
from ladsim.model.membership import add_points, count, set_level
from ladsim.model.money import book, whole

SEEN = np.zeros(1, np.int64)

"""
ON_ORDER = "\n@hook\ndef on_order(address, row, place, t, paid):\n    m = access.market(address)\n"
ON_JOIN = "\n@hook\ndef on_join(address, row, place, t, number):\n    m = access.market(address)\n"
MEMORY = "\ndef memory(numbers):\n    return 2\n"

BROKEN = {
    "luck of its own": (
        f"import random\n{HEAD}{ON_ORDER}    if random.random() < 0.5:\n        count(m, place, t, M_REWARDS, 1)\n    return 0.0\n",
        "its source is clean: mine.py: line 1: uses random: luck comes from ladsim.streams alone",
    ),
    "luck of NumPy": (
        f"{HEAD}{ON_ORDER}    if np.random.random() < 0.5:\n        count(m, place, t, M_REWARDS, 1)\n    return 0.0\n",
        "mine.py: line 16: uses numpy.random: luck comes from ladsim.streams alone",
    ),
    "a clock": (f"import time\n{HEAD}{ON_ORDER}    return time.time()\n", "line 1: uses time: a market knows no clock but its own"),
    "state of its own": (
        f"{HEAD}{ON_ORDER}    SEEN[0] += 1\n    count(m, place, t, M_REWARDS, SEEN[0])\n    return 0.0\n",
        "mine.py: line 16: on_order changes SEEN of the file: what is remembered belongs into the customer's memory",
    ),
    "beyond its memory": (
        f"{HEAD}{MEMORY}{ON_ORDER}    access.set_memory(m, row, place, 2, t)\n    return 0.0\n",
        "it reaches its own alone: tried: on_order reaches for word 2 of its memory, which has 2: `memory` must ask for more",
    ),
    "before its memory": (
        f"{HEAD}{MEMORY}{ON_ORDER}    access.set_memory(m, row, place, access.memory(m, row, place, -1), t)\n    return 0.0\n",
        "on_order reaches for word -1 of its memory",
    ),
    "another customer's row": (
        f"{HEAD}{ON_ORDER}    if row > 0:\n        access.member(m, row - 1, place).orders = 2.0\n    return 0.0\n",
        "tried: on_order reaches for another customer's row: what touches others goes by message",
    ),
    "a reward that is income": (
        f"{HEAD}{ON_ORDER}    book(m, row, t, access.program(m, place).cause + P_REWARDS, whole(paid), t)\n    return 0.0\n",
        "money adds up: rewards of tried: ",
    ),
    "a level that there is not": (
        f"{HEAD}{ON_JOIN}    access.member(m, row, place).level = 2\n    return 0.0\n",
        "it reaches its own alone: tried: on_join gives level 2, levels are 0 to 1",
    ),
    "a level by hand": (
        f"{HEAD}{ON_JOIN}    access.member(m, row, place).level = 0\n    return 0.0\n",
        "levels are members: tried: the customers' rows have other levels than were counted: use set_level",
    ),
    "a balance by hand": (
        f"{HEAD}{ON_ORDER}    access.member(m, row, place).balance += 7\n    return 0.0\n",
        "outstanding do not add up: use add_points",
    ),
    "points that fall below 0": (
        f"{HEAD}{ON_ORDER}    add_points(m, row, place, t, M_ISSUED, -5)\n    return 0.0\n",
        "nothing is negative: ",
    ),
    "gifts to who is no member": (
        f"{HEAD}{ON_ORDER}    book(m, row, t, access.program(m, place).cause + P_REWARDS, -5, t)\n    return 0.0\n",
        "without members it is not there: nobody has it, and yet something is booked to it or counted (fast)",
    ),
    "more orders for who is no member": (
        f"{HEAD}{ON_ORDER}    access.member(m, row, place).orders = 3.0\n    return 0.0\n",
        "without members it is not there: nobody has it, and yet the market is another one (fast): event ",
    ),
    "a number that nobody gives": (
        f"{HEAD}NUMBERS = ('gift',)\n{ON_ORDER}    return access.number(m, place, 0)\n",
        "its numbers are given: tried reads the number 'gift', which nothing gives",
    ),
    "an error": (
        f"{HEAD}{ON_ORDER}    return 1.0 / [0.0][int(paid > 0.0)]\n",
        "it reaches its own alone: mine.py: on_order: line 16: IndexError",
    ),
    "no programme at all": ("x = 1\n", "its source is clean: programs.tried.file: found mine.py without a hook"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_programme_is_caught(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the promise, and the line or the programme."""
    monkeypatch.setenv("LADSIM_HOST", "wasm")  # where nothing is compiled, and a wrong address ends no process
    text, words = BROKEN[case]
    file = tmp_path / "mine.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError, match=r"mine\.py: [0-9]+ broken promises?\n") as said:
        check_program(file, beside=None)
    head = str(said.value).splitlines()[0]
    assert words in str(said.value) and head.endswith("promise" if head.startswith("mine.py: 1 ") else "promises")
    assert isinstance(said.value, LadsimError) and isinstance(said.value, AssertionError)


def test_who_remembers_is_caught_when_played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """State that no reading of the file finds shows in the second run of a seed."""
    monkeypatch.setenv("LADSIM_HOST", "wasm")
    inner = "    def give():\n        store[0] += 1.0\n        return store[0]\n"
    hidden = f"def later():\n    store = [0.0]\n{inner}    return give\n\nnext_one = later()\n"
    file = tmp_path / "mine.py"
    file.write_text(
        f"{HEAD}{hidden}{ON_JOIN}    access.member(m, row, place).orders = next_one()\n    return 0.0\n", encoding="utf-8"
    )
    with pytest.raises(ContractError) as said:
        check_program(file, beside=None)
    assert "the same seed gives the same: the same seed gives another history when it is played again: event " in str(said.value)


def test_the_example_keeps_everything() -> None:
    """Alone and together with another programme, with options, as a file and as a table."""
    check_program(BIRTHDAY, options={"gift_cost": 3.0})
    check_program({"kind": "discount", "discount_share": 0.1, "joins": {"probability": 0.4}}, beside=None)


def test_the_page_lists_the_promises() -> None:
    """Each under its name, in the order in which they are tried."""
    page = (
        (Path(__file__).parents[2] / "docs" / "own-programme.md").read_text(encoding="utf-8").partition("## A response curve")[0]
    )
    assert re.findall(r"^\| ([a-z ]+) \|", page, flags=re.MULTILINE)[2:] == list(PROGRAM_PROMISES)
    assert all(f"`{promise}`" in page for promise in POLICY_PROMISES)
    assert re.findall(r"^\| `(\w+)` \|", page, flags=re.MULTILINE) == list(HOOKS)


def test_nobody_ever_has_it() -> None:
    """A trial in which nothing happens is none."""
    with pytest.raises(ContractError, match="somebody has it: nobody ever has tried, and nothing is booked to it"):
        check_program({"kind": "discount", "discount_share": 0.1, "joins": {"probability": 0.0}}, beside=None)
