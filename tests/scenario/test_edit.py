"""The starter, changes that keep comments, and the JSON Schema.

Tests: ``scenario/starter.py``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import OutputError, ScenarioError
from ladsim.files import write_text
from ladsim.scenario.check import warnings
from ladsim.scenario.edit import set_in_file
from ladsim.scenario.load import load
from ladsim.scenario.starter import TEMPLATE, new, template
from ladsim.scenario.texts import LANGUAGES
from tests.i18n.test_catalogue import TELLTALE
from tests.scenario.texts import GOOD


def written(folder: Path, text: str = GOOD, name: str = "shop.toml") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_starter_is_clean(tmp_path: Path, language: str) -> None:
    """The starter has no problems, no warnings, a source for every number and no key without a comment nearby."""
    path = new(tmp_path / "mine", language=language)
    assert path == tmp_path / "mine.toml"
    scenario = load(path)
    assert scenario.language == language
    assert warnings(scenario) == []
    assert len(scenario.strategies) == 2
    assert path.read_text(encoding="utf-8").count("#") > 40


@pytest.mark.parametrize("language", ["da", "nb"])
def test_the_starters_say_the_same(language: str) -> None:
    """In another language a starter has other texts and a label on every rung, ten kroner for a euro, and all else alike."""
    english, other = (tomllib.loads(template(one).read_text(encoding="utf-8")) for one in ("en", language))
    assert all(rung["label"] for rung in other["rungs"])
    assert bare(other, 0.1) == bare(english, 1.0)
    comments = " ".join(re.findall(r"# (.*)", template(language).read_text(encoding="utf-8")))
    comments = re.sub(r'"\w+"|\w+[_.]\w+[\w.]*|\w+ = ', " ", comments)
    keys = {"orders", "cost", "share"}  # words of the format
    assert not (TELLTALE - keys) & set(re.findall(r"[a-zæøå]+", comments.lower()))


def bare(data: Any, factor: float, key: str = "") -> Any:
    """A file's tables without texts, amounts times `factor`."""
    if isinstance(data, dict):
        texts = {"label", "source", "language", "currency", "layer"} | ({"name"} if "schema" in data else set())
        return {name: bare(value, factor, name) for name, value in data.items() if name not in texts}
    if isinstance(data, list):
        return [bare(item, factor, key) for item in data]
    amounts = ("mean", "fixed_cost_per_month", "cost_per_month", "monthly_spend", "half_at")
    return pytest.approx(data * factor) if key in amounts else data


def test_an_unknown_language_is_refused(tmp_path: Path) -> None:
    """There is no starter in Swedish, and nothing is written."""
    with pytest.raises(ScenarioError, match="--language"):
        new(tmp_path / "mine", language="sv")
    assert not list(tmp_path.iterdir())


def test_new_does_not_overwrite(tmp_path: Path) -> None:
    """A file that stands there stays, unless asked; nothing else is left in the folder."""
    path = written(tmp_path, "mine")
    with pytest.raises(OutputError, match="exists already"):
        new(path)
    assert path.read_text() == "mine"
    new(path, force=True)
    assert path.read_text(encoding="utf-8") == TEMPLATE.read_text(encoding="utf-8")
    assert [p.name for p in tmp_path.iterdir()] == ["shop.toml"]
    with pytest.raises(OutputError, match="does not exist"):
        new(tmp_path / "no" / "where.toml")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old file stands, and no half one beside it."""
    path = written(tmp_path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_text(path, "new")
    assert path.read_text() == GOOD
    assert [p.name for p in tmp_path.iterdir()] == ["shop.toml"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_comments_stay(tmp_path: Path, newline: str) -> None:
    """Setting one number changes that number alone: every other character of the file stays."""
    path = written(tmp_path, GOOD.replace("\n", newline))
    scenario = set_in_file(path, "steps.lead.customer.monthly", 0.07)
    assert scenario.steps[0].monthly == 0.07
    assert scenario == load(path)
    assert path.read_bytes().decode() == GOOD.replace("monthly = 0.05     # a guess", "monthly = 0.07     # a guess").replace(
        "\n", newline
    )


def test_ranges_strategies_and_new_keys(tmp_path: Path) -> None:
    """Ranges, numbers inside strategies and effects, and keys that did not stand there are written too."""
    path = written(tmp_path)
    set_in_file(path, "rungs.customer.basket_factor", {"low": 0.9, "high": 1.1})
    set_in_file(path, "strategies.ads.campaigns.search.monthly_spend", 120.0)
    set_in_file(path, "channels.search.effects.climbing.per_rung.customer", 0.1)
    set_in_file(path, "money.margin", 0.4)
    scenario = set_in_file(path, "steps.repeat.lapsed.rate", 0.02)
    assert scenario.rungs[1].basket_factor.high == 1.1
    assert scenario.strategies["ads"].campaigns[0].monthly_spend == 120.0
    assert scenario.channels[0].effects[0].per_rung == {"lead": 0.5, "customer": 0.1}
    assert scenario.money.margin == 0.4
    assert scenario.steps[-1].cumulative_share is None
    assert "# a guess" in path.read_text()


def test_what_is_inherited_is_set_on_top(tmp_path: Path) -> None:
    """A value of an extended file is set in the file itself; the extended one stays."""
    written(tmp_path)
    child = written(tmp_path, 'extends = "shop.toml"   # the shop\n', "child.toml")
    scenario = set_in_file(child, "steps.lead.customer.message.probability", 0.3)
    assert scenario.steps[1].probability == 0.3
    assert scenario.steps[0].monthly == 0.05
    assert set_in_file(child, "rungs.lead.share", 0.9).rungs[0].share == 0.9
    assert "# the shop" in child.read_text()
    assert (tmp_path / "shop.toml").read_text() == GOOD


def test_what_would_be_wrong_is_not_written(tmp_path: Path) -> None:
    """A value that spoils the scenario, or an unknown key, changes nothing."""
    path = written(tmp_path)
    with pytest.raises(ScenarioError, match="must add up to 1"):
        set_in_file(path, "rungs.lead.share", 0.5)
    with pytest.raises(ScenarioError, match=r"did you mean 'rungs\.lead\.share'"):
        set_in_file(path, "rungs.lead.shar", 0.5)
    assert path.read_text() == GOOD
