"""The page's driver in node: every book as Python has it, bit for bit.

Tests: ``pages/bytes.py``, ``pages/data.py``, ``pages/image.py``, ``pages/market.py``.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import ladsim
from ladsim.engine.kernel import Fast
from ladsim.engine.run import prepared
from ladsim.errors import ScenarioError, StudyError
from ladsim.hosts import wasm_module
from ladsim.pages import data
from ladsim.pages.market import READ
from ladsim.scenario.draws import Draws
from ladsim.scenario.strategies import with_strategy

SCENARIOS = Path(__file__).resolve().parent.parent.parent / "scenarios"
WEB = Path(data.__file__).parent / "web"
SHIPPED = sorted(
    path for path in SCENARIOS.rglob("*.toml") if "[[rungs]]" in path.read_text(encoding="utf-8") or "extends" in path.read_text()
)
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="node, which plays the page's driver here, is not installed")


def in_node(said: dict[str, Any], blob: bytes, folder: Path, futures: list[int]) -> list[dict[str, Any]]:
    (folder / "said.json").write_text(json.dumps(said))
    (folder / "blob.gz").write_bytes(blob)
    shutil.copyfile(wasm_module.HERE / "kernel.wasm", folder / "kernel.wasm")
    words = ["node", str(Path(__file__).parent / "play.mjs"), str(WEB), str(folder), *map(str, futures)]
    ran = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return list(json.loads(ran.stdout))


def in_python(scenario: ladsim.Scenario, strategy: str | None, world: ladsim.World, future: int) -> dict[str, str]:
    """Checksums of the books of a run as ``simulate`` plays it."""
    tables = Draws(with_strategy(scenario, strategy), 1).tables(future // 2)
    simulation = prepared(tables, world, Fast, seed=1, replication=future, host="wasm")
    try:
        simulation.run()
        books = {name: getattr(simulation.books, name) for name in READ if name != "queue_count"}
        books["market_money"] = simulation.plan.market_money
        return {name: hashlib.sha256(book.tobytes()).hexdigest()[:16] for name, book in books.items() if book.size}
    finally:
        simulation.close()


def differing(
    name: str, folder: Path, people: int | None, futures: list[int], strategies: list[str | None] | None = None
) -> list[str]:
    scenario = ladsim.load(name)
    world = data.world_of(scenario, people)
    asked = [*scenario.strategies, None] if strategies is None else strategies
    said, blob = data.said_of(data.markets_of(scenario, asked, world, 1, max(futures) + 1))
    wrong = []
    for found in in_node(said, blob, folder, futures):
        own = in_python(scenario, found["strategy"], world, found["future"])
        assert own.keys() == found["books"].keys()
        wrong += [f"{name} {found['strategy']} {found['future']} {book}" for book in own if own[book] != found["books"][book]]
    return wrong


@needs_node
@pytest.mark.parametrize("name", ["acquisition_vs_retention", "coffee_chain", "program_points"])
def test_every_book_is_python_s(name: str, tmp_path: Path) -> None:
    assert differing(name, tmp_path, 800, [0, 1, 2]) == []


@needs_node
@pytest.mark.long
@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_every_shipped_scenario_is_the_same_or_refused(path: Path, tmp_path: Path) -> None:
    scenario = ladsim.load(path)
    fixed = any(layer.graph.path or layer.graph.copies > 1 for layer in scenario.word_of_mouth)
    try:
        wrong = differing(str(path), tmp_path, None if fixed else min(500, scenario.market_size), [0, 1, 2])
    except ScenarioError as error:
        if "redraw" not in str(error):
            raise
        pytest.skip("its graph is drawn anew in every future, which a page refuses")
    else:
        assert wrong == []


@needs_node
def test_people_put_on_rungs_by_name_stand_there(tmp_path: Path) -> None:
    """invitation_cascade is a graph file, whose first people the file names."""
    scenario = ladsim.load("invitation_cascade")
    world = data.world_of(scenario, None)
    said, blob = data.said_of(data.markets_of(scenario, [None], world, 1, 2))
    assert said["markets"][0]["lucks"][0]["pinned"]
    for found in in_node(said, blob, tmp_path, [0, 1]):
        assert found["books"] == in_python(scenario, None, world, found["future"])


def test_what_cannot_go_into_a_page_is_said_with_what_to_change() -> None:
    with pytest.raises(ScenarioError, match="redraw: found true, must be false in a page"):
        data.world_of(ladsim.load("classics/outbreak"), None)
    with pytest.raises(StudyError, match=r"--sample: found 60,000, must be at most 50,000 people in a page"):
        data.world_of(ladsim.load("acquisition_vs_retention"), 60_000)
