"""A programme of one's own without a compiler: what its rules raise is told in words, Ctrl-C is heard, and the module stays whole.

Tests: ``hosts/wasm_calls.py``.
"""

from __future__ import annotations

import gc
import signal
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import wasmtime._func

import ladsim
from ladsim import streams
from ladsim.engine import run
from ladsim.engine.kernel import Fast
from ladsim.errors import PolicyError
from ladsim.hosts import wasm_calls, wasm_module
from ladsim.hosts.choice import block_for
from ladsim.model import access
from ladsim.scenario.load import validated

PROGRAM = """
from ladsim.compiled import hook
from ladsim.model import access

@hook
def on_join(address, row, place, t, number):
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

        monkeypatch.setattr(wasm_calls, "_unchecked", missing)


def test_an_error_of_ones_own(tmp_path: Path) -> None:
    """It says where in the file; afterwards another run plays as if nothing had been."""
    file = tmp_path / "mine.py"
    with pytest.raises(PolicyError, match=r"^mine\.py: on_join: line 7: ZeroDivisionError: "):
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


@pytest.mark.parametrize("where", ["_from_raw", "_convert_to_raw"])
def test_ctrl_c_on_the_way_to_a_rule(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In wasmtime's own code between the module and Python: a KeyboardInterrupt all the same, once, and the next run plays."""
    scenario = validated(market(tmp_path / "mine.py", "pass"))
    kept: Callable[..., Any] = getattr(wasmtime.Val, where)
    inside: list[str] = []
    former = signal.getsignal(signal.SIGINT)

    def noted(block: Any, *arguments: Any) -> Any:
        inside.append("in the module")
        return called(block, *arguments)

    def pressed(*arguments: Any, **more: Any) -> Any:
        if inside and "pressed" not in inside:
            inside.append("pressed")
            signal.raise_signal(signal.SIGINT)
        return kept(*arguments, **more)

    called = wasm_calls.OwnRules.around
    with monkeypatch.context() as other:
        other.setattr(wasm_calls.OwnRules, "around", noted)
        other.setattr(wasmtime.Val, where, pressed)
        with pytest.raises(KeyboardInterrupt):
            ladsim.simulate(scenario)
    assert inside[-1] == "pressed"
    assert signal.getsignal(signal.SIGINT) is former
    assert ladsim.simulate(scenario).equals(ladsim.simulate(scenario))


def test_ctrl_c_while_a_rule_runs_for_ever(tmp_path: Path) -> None:
    """It is heard at once."""
    line = "signal.raise_signal(signal.SIGINT)\n    while True:\n        pass"
    scenario = validated(market(tmp_path / "mine.py", f"import signal\n    {line}"))
    with pytest.raises(KeyboardInterrupt):
        ladsim.simulate(scenario)


def test_an_error_is_over_with_its_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """wasmtime holds nothing of it: it would raise it where something else fails, and keep the market's memory."""
    blocks: list[weakref.ref[Any]] = []
    begin = Fast.begin

    def noted(stage: Fast) -> None:
        blocks.append(weakref.ref(stage.block))
        begin(stage)

    monkeypatch.setattr(Fast, "begin", noted)
    with pytest.raises(PolicyError):
        ladsim.simulate(validated(market(tmp_path / "mine.py", "number = 7 // (row - row)")))
    assert wasmtime._func.LAST_EXCEPTION is None
    gc.collect()
    assert [block() for block in blocks] == [None]


@pytest.mark.parametrize("host", ["wasm", "plain"])
@pytest.mark.parametrize("line", ["access.member(m, 10**7, place).due = 5", "number = access.member(m, -(10**7), place).due"])
def test_a_place_that_is_none(host: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong row, where Python runs the rule: an error with the line, in place of somebody else's memory."""
    monkeypatch.setenv("LADSIM_HOST", host)
    with pytest.raises(PolicyError, match=r"^mine\.py: on_join: line 8: IndexError: nothing of the market lies there"):
        ladsim.simulate(validated(market(tmp_path / "mine.py", f"m = access.market(address)\n    {line}")))
    right = validated(market(tmp_path / "right.py", "access.member(access.market(address), row, place).due = t + 5"))
    assert ladsim.simulate(right).equals(ladsim.simulate(right))


def test_a_version_that_was_never_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Is called in wasmtime's own way."""
    ways = []
    monkeypatch.setattr(wasm_calls, "_unchecked", lambda *_: ways.append("straight"))
    assert wasm_calls.version("wasmtime").split(".")[0] in wasm_calls._TRIED, "try it, and then say so"
    block_for("wasm")
    monkeypatch.setattr(wasm_calls, "was_tried", lambda: False)
    block = block_for("wasm")
    assert ways == ["straight"]
    assert block.call(streams.uniforms_numbered, 1, streams.NO_WORD, streams.CLOCK, 0, 3).size == 3


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
    said = wasm_module.said() | {"own": 0}
    monkeypatch.setattr(wasm_module, "said", lambda: said)
    with pytest.raises(ladsim.LadsimError, match="found more than 0 rules in one market, which only machine code plays"):
        ladsim.simulate(validated(market(tmp_path / "mine.py", "pass")))
    assert run.block_for("wasm").host == "wasm"
