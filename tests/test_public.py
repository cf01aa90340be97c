"""The public face: what a user finds under ``ladsim``, with its types.

Tests: ``errors.py``.
"""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import ladsim
from ladsim import errors
from tests.public import FOLDERS, PACKAGE, functions, public

ROOT = PACKAGE.parent


@pytest.mark.parametrize("package", FOLDERS)
def test_what_the_stub_names_is_there(package: str) -> None:
    """Every name can be had, comes from where the stub says, and stands once; nothing else is offered."""
    module = import_module(package)
    named = [name for names in public(package).values() for name in names]
    assert len(named) == len(set(named))
    assert set(module.__all__) == set(named) == set(dir(module))
    for home, names in public(package).items():
        for name in names:
            value = getattr(module, name)
            assert value is getattr(import_module(f"{package}.{home}".rstrip(".")), name)


def test_a_stranger_finds_the_way() -> None:
    """Some two dozen verbs and nouns on top, measures beside them; a name that is not there is an AttributeError."""
    verbs = [name for name in functions() if name.count(".") == 1]
    assert 15 <= len(verbs) <= 32
    with pytest.raises(AttributeError, match="rung_counts"):
        ladsim.rung_counts  # noqa: B018  # a measure


@pytest.mark.parametrize("name", functions())
def test_every_function_has_an_example_and_says_what_it_raises(name: str) -> None:
    """Who asks Python for help on a function sees it used, and what to expect of bad input; that the example is right, doctests say."""
    finder = doctest.DocTestFinder(recurse=False)
    examples = [example for found in finder.find(functions()[name], name) for example in found.examples]
    assert any(example.want for example in examples), f"{name}: has no example (>>>) with its output in its docstring"
    assert re.search(r"\bRaises\b", functions()[name].__doc__ or ""), f"{name}: does not say what it raises"


def test_the_whole_tree_of_errors_is_public() -> None:
    """Whatever ladsim raises on purpose can be caught by a name on top."""
    tree = {name for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, errors.LadsimError)}
    assert tree | {"Problem"} == set(public("ladsim")["errors"])


SCRIPT = """
import ladsim

scenario = ladsim.load("web_shop")
history = ladsim.simulate(scenario, seed=7)
duel = ladsim.compare(scenario, replications=4)
table = ladsim.measures.rung_counts(history)
reveal_type(scenario)
reveal_type(history)
reveal_type(duel)
reveal_type(ladsim.set_targets(scenario, None))
reveal_type(ladsim.place("sales.csv"))
reveal_type(ladsim.calibrate(["sales.csv"]))
reveal_type(ladsim.backtest(["sales.csv"]))
reveal_type(ladsim.replay(ladsim.read_data("sales.csv").table(), []))
reveal_type(ladsim.verify(["V1"]))
reveal_type(ladsim.twins(scenario, None, "care"))
reveal_type(ladsim.how_long_to_test(scenario))
reveal_type(ladsim.track("plan", "actuals.csv"))
wrong: int = ladsim.load("web_shop")
ladsim.simulate(scenario, seeds=7)
ladsim.compare(scenario, replications="4", seed=1, sample=200)
ladsim.replicate(scenario, replication=4)
ladsim.simulte(scenario)
ladsim.place("sales.csv", rung="lead")
ladsim.calibrate("sales.csv", draws="all")
ladsim.backtest(["sales.csv"], weeks="26")
ladsim.verify(rows=["V1"], engine="fast")
ladsim.twins(scenario, None)
ladsim.how_long_to_test(scenario, lift="a tenth")
ladsim.track("plan")
"""


@pytest.mark.long
def test_type_checkers_see_it(tmp_path: Path) -> None:
    """A user's script under ``mypy --strict``: the right types, and each wrong line is one error."""
    file = tmp_path / "mine.py"
    file.write_text(SCRIPT, encoding="utf-8")
    options = ["--strict", "--config-file", "", "--ignore-missing-imports", "--cache-dir", str(tmp_path / "cache")]
    words = [sys.executable, "-m", "mypy", *options, file.name]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    said = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=tmp_path, check=False).stdout
    own = [line for line in said.splitlines() if line.startswith("mine.py")]
    types = [re.search(r'type is "(.*)"', line) for line in own]
    assert [found[1] for found in types if found] == [
        "ladsim.scenario.spec.Scenario",
        "ladsim.engine.history.History",
        "ladsim.planning.compare.Comparison",
        "ladsim.planning.targets.Targets",
        "ladsim.placing.place.Placement",
        "ladsim.fitting.calibration.Calibration",
        "ladsim.planning.backtest.Backtest",
        "ladsim.replaying.replay.Replayed",
        "ladsim.verifying.verify.Verification",
        "ladsim.planning.twins.Twins",
        "ladsim.planning.trial_length.TrialLength",
        "ladsim.planning.track.Track",
    ], said
    wrong = [line for line in own if ": error:" in line]
    assert [re.search(r"\[(.*)\]$", line)[1] for line in wrong] == [
        "assignment",
        "call-arg",
        "arg-type",
        "call-arg",
        "attr-defined",
        "call-arg",
        "arg-type",
        "arg-type",
        "call-arg",
        "call-arg",
        "arg-type",
        "call-arg",
    ], said  # type: ignore[index]
