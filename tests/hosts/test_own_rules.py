"""A programme of one's own without a compiler: what its rules raise is told in words, Ctrl-C is heard, and the module stays whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import ladsim
from ladsim.engine import run
from ladsim.engine.kernel import Fast
from ladsim.errors import PolicyError
from ladsim.hosts import wasm
from ladsim.model import access
from ladsim.scenario.load import validated

PROGRAM = """
from ladsim.compiled import hook
from ladsim.model import access

@hook
def joined(address, row, place, t, number):
    {joined}
    return 0.0
"""


def market(file: Path, joined: str, people: int = 40) -> dict[str, Any]:
    """A shop whose customers join a programme at once, with this line in its rule."""
    file.write_text(PROGRAM.format(joined=joined), encoding="utf-8")
    return {
        "schema": 1,
        "name": "shop",
        "months": 2.0,
        "market_size": people,
        "rungs": [{"name": "lead", "share": 0.5}, {"name": "customer", "share": 0.5, "orders_per_month": 1.0}],
        "steps": [{"from": "lead", "to": "customer", "monthly": 0.2, "is_order": True}],
        "basket": {"law": "constant", "mean": 20.0},
        "money": {"margin": 0.5},
        "programs": [{"name": "mine", "kind": "own", "file": str(file), "joins": {"probability": 1.0}}],
    }


@pytest.fixture(autouse=True, params=["straight", "checked"])
def _wasm(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """WebAssembly, called straight through wasmtime's C library, or in wasmtime's own way where that cannot be reached."""
    monkeypatch.setenv("LADSIM_HOST", "wasm")
    if request.param == "checked":

        def missing(*_: Any) -> Any:
            raise AttributeError("no such part of the package")

        monkeypatch.setattr(wasm, "_unchecked", missing)


def test_an_error_of_ones_own(tmp_path: Path) -> None:
    """It says where in the file; afterwards another run plays as if nothing had been."""
    file = tmp_path / "mine.py"
    with pytest.raises(PolicyError, match=r"^mine\.py: joined: line 7: ZeroDivisionError: "):
        ladsim.simulate(validated(market(file, "number = 7 // (row - row)")))
    good = validated(market(tmp_path / "good.py", "pass"))
    assert ladsim.simulate(good).equals(ladsim.simulate(good))


def test_ctrl_c_in_a_rule_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes out as what it is, and the next run plays."""
    scenario = validated(market(tmp_path / "mine.py", "access.market(address)"))

    def pressed(address: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as other:
        other.setattr(access, "market", pressed)
        with pytest.raises(KeyboardInterrupt):
            ladsim.simulate(scenario)
    assert ladsim.simulate(scenario).equals(ladsim.simulate(scenario))


def test_one_thread_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for three, WebAssembly plays on one: two must never be in one memory's store. The history is the same."""
    crews = []
    begin = Fast.begin

    def noted(stage: Fast) -> None:
        crews.append((stage.block.host, stage.crew))
        begin(stage)

    monkeypatch.setattr(Fast, "begin", noted)
    monkeypatch.setattr(Fast, "chunk", 1)
    scenario = validated(market(tmp_path / "mine.py", "pass", people=200))
    assert ladsim.simulate(scenario, threads=3).equals(ladsim.simulate(scenario, threads=1))
    assert crews == [("wasm", 1)] * 2


def test_more_rules_than_there_are_places_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said, and not half played."""
    said = wasm._said() | {"own": 0}
    monkeypatch.setattr(wasm, "_said", lambda: said)
    with pytest.raises(ladsim.LadsimError, match="found more than 0 rules in one market, which only machine code plays"):
        ladsim.simulate(validated(market(tmp_path / "mine.py", "pass")))
    assert run.block_for("wasm").host == "wasm"
