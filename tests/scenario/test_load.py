"""Reading scenario files: what they extend, their paths, their names.

Tests: ``scenario/merge.py``.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim.errors import ScenarioError
from ladsim.scenario import load as loading
from ladsim.scenario.load import load, loads
from ladsim.scenario.merge import merged
from tests.scenario.texts import GOOD, spoiled, with_end


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A folder with the good scenario as base.toml."""
    (tmp_path / "base.toml").write_text(GOOD, encoding="utf-8")
    return tmp_path


def extended(folder: Path, text: str, name: str = "child.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_extends_merges_by_name(base: Path) -> None:
    """Tables merge, rungs, steps, channels and layers merge by name, what is new comes behind, other lists are replaced."""
    child = extended(
        base,
        """
extends = "base.toml"
name = "child"
rungs = [{ name = "repeat", basket_factor = 2.0 }]
steps = [
  { from = "lead", to = "customer", trigger = "message", probability = 0.4 },
  { from = "lead", to = "customer", rate = 0.2 },
  { from = "lapsed", to = "customer", monthly = 0.01 },
]
word_of_mouth = [{ layer = "friends", budget = "per_edge" }, { layer = "work", graph = { kind = "cycle" } }]
goals = [{ rung = "customer", number = 3, by_month = 6 }]
[money]
margin = 0.5
""",
    )
    scenario = load(child)
    assert scenario.name == "child"
    assert [rung.name for rung in scenario.rungs] == ["lead", "customer", "repeat", "lapsed"]
    assert scenario.rungs[2].basket_factor == 2.0
    assert scenario.rungs[2].orders_per_month.high == 4.0
    assert [(s.from_, s.trigger, s.monthly, s.rate, s.probability) for s in scenario.steps[:2]] == [
        ("lead", "time", None, 0.2, None),
        ("lead", "message", None, None, 0.4),
    ]
    assert scenario.steps[-1].from_ == "lapsed"
    assert [(layer.layer, layer.budget, layer.graph.kind) for layer in scenario.word_of_mouth] == [
        ("friends", "per_edge", "barabasi_albert"),
        ("work", "per_sender", "cycle"),
    ]
    assert [goal.rung for goal in scenario.goals] == ["customer"]
    assert scenario.money.margin == 0.5
    assert set(scenario.strategies) == {"ads", "care"}


def test_a_source_goes_with_its_number(base: Path) -> None:
    """A number that is changed does not keep the source of the former one."""
    text = 'extends = "base.toml"\n[[steps]]\nfrom = "lead"\nto = "customer"\nmonthly = 0.5\n'
    assert load(base / "base.toml").steps[0].source == "assumption"
    assert load(extended(base, text)).steps[0].source == ""
    assert load(extended(base, text + 'source = "CRM"')).steps[0].source == "CRM"


def test_a_number_of_another_form_replaces(base: Path) -> None:
    """A range does not merge with the range or distribution that it takes the place of; neither do graphs of other kinds."""
    assert merged({"x": {"low": 1, "high": 2}}, {"x": {"law": "normal", "mean": 1, "sd": 2}}) == {
        "x": {"law": "normal", "mean": 1, "sd": 2}
    }
    text = 'extends = "base.toml"\n[[word_of_mouth]]\nlayer = "friends"\ngraph = { kind = "cycle" }'
    assert load(extended(base, text)).word_of_mouth[0].graph.links is None
    assert merged({"basket": {"law": "gamma", "mean": 3, "shape": 1}}, {"basket": {"mean": 4}}) == {
        "basket": {"law": "gamma", "mean": 4, "shape": 1}
    }


def test_circles_and_missing_files(base: Path) -> None:
    """A circle of `extends` is drawn, a missing file told with the nearest name, a chain without end refused."""
    extended(base, 'extends = "b.toml"', "a.toml")
    extended(base, 'extends = "a.toml"', "b.toml")
    with pytest.raises(ScenarioError, match=r"extends: found a circle: a.toml → b.toml → a.toml"):
        load(base / "a.toml")
    with pytest.raises(ScenarioError, match=r"extends: found 'bas.toml'.*did you mean 'base.toml'"):
        load(extended(base, 'extends = "bas.toml"'))
    with pytest.raises(ScenarioError, match=r"extends: found 3, must be the name of a file"):
        load(extended(base, "extends = 3"))
    for number in range(12):
        extended(base, f'extends = "{number + 1}.toml"', f"{number}.toml")
    with pytest.raises(ScenarioError, match="more than 8 files in a row"):
        load(base / "0.toml")


def test_broken_base_is_named(base: Path) -> None:
    """A syntax error in the extended file names that file."""
    extended(base, "x = = 1", "broken.toml")
    with pytest.raises(ScenarioError, match=r"broken.toml: line 1, column 5"):
        load(extended(base, 'extends = "broken.toml"'))


def test_paths_start_at_the_file_that_names_them(tmp_path: Path) -> None:
    """Graphs and policies of an extended file lie beside that file, not beside the one that extends it."""
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "ties.csv").write_text("a,b\n")
    (folder / "plan.py").write_text("def act(env, market):\n    yield market.months(1)\n")
    text = spoiled('kind = "barabasi_albert", links = 3', 'kind = "file", path = "ties.csv"')
    text += '\n[strategies.act]\npolicies = [{ file = "plan.py", function = "act" }]\n'
    (folder / "base.toml").write_text(text)
    child = tmp_path / "child.toml"
    child.write_text('extends = "deep/base.toml"\n')
    scenario = load(child)
    assert scenario.word_of_mouth[0].graph.path == str(folder / "ties.csv")
    assert scenario.strategies["act"].policies[0].file == str(folder / "plan.py")
    assert loads(text, folder) == load(folder / "base.toml")


def test_windows_files_are_read(tmp_path: Path) -> None:
    """A byte order mark and CRLF, as Notepad writes them, do no harm."""
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load(path) == loads(GOOD)


def test_bare_names_mean_shipped_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bare name is a shipped scenario, also in `extends`; a file of that name in the folder comes first."""
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "coffee.toml").write_text(GOOD)
    monkeypatch.setattr(loading, "SHIPPED", shipped)
    monkeypatch.chdir(tmp_path)
    assert load("coffee").name == "shop"
    assert load(extended(tmp_path, 'extends = "coffee"\nname = "mine"')).name == "mine"
    with pytest.raises(ScenarioError, match=r"one of the shipped scenarios \(coffee\).*did you mean 'coffee'"):
        load("cofee")


def test_dotted_set_may_be_tables() -> None:
    """`set.steps.lead…` without quotes means the same as the quoted key."""
    text = with_end("[strategies.more.set]\nrungs.customer.orders_per_month = 0.7\nmarket_size = 60")
    assert loads(text).strategies["more"].set == {"rungs.customer.orders_per_month": 0.7, "market_size": 60}
