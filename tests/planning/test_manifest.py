"""A study can be made again, to the last digit, or says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ladsim.errors import LadsimError, StudyError
from ladsim.planning.again import again
from ladsim.planning.compare import compare
from ladsim.planning.manifest import MANIFEST, as_json, from_json, read_manifest
from ladsim.planning.output import write_study
from ladsim.planning.results import Comparison
from ladsim.planning.run import replicate
from ladsim.planning.targets import set_targets
from ladsim.scenario.load import load, loads, shipped
from ladsim.scenario.spec import Scenario

SMALL: dict[str, Any] = {"sample": 60, "replications": 3, "processes": 1}
POLICY = """
def cheer(env, market, strength=1.0):
    yield market.months(1)
"""


@pytest.fixture
def folder(duel: Comparison, tmp_path: Path) -> Path:
    """The comparison, written."""
    return write_study(tmp_path / "study", duel, command="ladsim compare shop.toml")


def changed(folder: Path, **keys: Any) -> Path:
    """The manifest in `folder` with some keys changed; None takes a key out."""
    path = folder / MANIFEST
    data = json.loads(path.read_text(encoding="utf-8")) | keys
    path.write_text(json.dumps({key: value for key, value in data.items() if value is not None}), encoding="utf-8")
    return path


def test_a_scenario_comes_back_equal(shop: Scenario) -> None:
    """A scenario written as JSON is read as the same scenario, shipped ones too."""
    for scenario in [shop, *(load(name) for name in shipped())]:
        assert from_json(json.loads(json.dumps(as_json(scenario)))) == scenario


def test_odd_values_come_back_equal(shop_file: Path) -> None:
    """So do dates, distributions, tuples and what strategies set."""
    text = shop_file.read_text(encoding="utf-8")
    text += '\n[strategies.other]\nset = { "basket.mean" = { law = "draws", values = [50, 60.5] } }\n'
    text = text.replace("monthly = 0.1\n", 'probability = { law = "beta", a = 2, b = 30 }\ntrigger = "order"\n', 1)
    scenario = loads(text)
    assert from_json(json.loads(json.dumps(as_json(scenario)))) == scenario


def test_a_comparison_is_made_again(folder: Path, tmp_path: Path) -> None:
    """`again` gives every table byte for byte, by the folder's name too, and writes them where asked."""
    result = again(folder, out=tmp_path / "twice", processes=1)
    assert result.identical
    assert result.differing == ()
    assert result.notes == ()
    assert result.folder == tmp_path / "twice"
    names = sorted(path.name for path in (folder / "tables").iterdir())
    assert len(names) > 12
    for name in names:
        assert (folder / "tables" / name).read_bytes() == (tmp_path / "twice" / "tables" / name).read_bytes(), name
    assert read_manifest(folder / MANIFEST) == read_manifest(tmp_path / "twice" / MANIFEST)


def test_by_two_processes_it_is_the_same(shop: Scenario, tmp_path: Path) -> None:
    """The number of processes is no part of a study."""
    write_study(tmp_path / "run", replicate(shop, strategy="dear", seed=5, **SMALL))
    assert again(tmp_path / "run", processes=2).identical


def test_overrides_and_targets_are_kept(shop: Scenario, tmp_path: Path) -> None:
    """Targets for a month of a scenario with numbers set by hand come back the same."""
    overrides = {"basket.mean": "70", "steps.lead.customer.time.monthly": {"low": 0.01, "high": 0.02}}
    study = set_targets(shop, "retention_first", 4, overrides=overrides, **SMALL)
    write_study(tmp_path / "targets", study)
    result = again(tmp_path / "targets", processes=1)
    assert result.identical
    assert result.study.setting == study.setting
    assert result.study.scenario == study.scenario


def test_a_stopped_study_is_made_again_as_far_as_it_went(shop: Scenario, tmp_path: Path) -> None:
    """Of a stopped study, what was kept is made again."""

    def stop(done: int, total: int, left: float | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    runs = replicate(shop, sample=60, replications=8, processes=1, progress=stop)
    assert runs.interrupted
    write_study(tmp_path / "run", runs)
    assert again(tmp_path / "run", processes=1).identical


def test_another_number_is_found(folder: Path) -> None:
    """A study with another seed is not the same, and the tables that differ are named; those of the file alone are not."""
    setting = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["setting"]
    changed(folder, setting=setting | {"seed": 99}, ladsim="0.0.1")
    result = again(folder, processes=1)
    assert not result.identical
    assert "tables/outcomes.csv: other numbers" in result.differing
    assert not any("assumptions" in name for name in result.differing)
    assert any(note.startswith("made with ladsim 0.0.1, now") for note in result.notes)


def test_input_files_must_be_as_they_were(shop_file: Path, tmp_path: Path) -> None:
    """Code is never kept: a policy file that has changed or is gone is named, and nothing runs."""
    policy = tmp_path / "cheer.py"
    policy.write_text(POLICY, encoding="utf-8")
    path = tmp_path / "shop.toml"
    path.write_text(
        shop_file.read_text(encoding="utf-8") + '\n[[policies]]\nfile = "cheer.py"\nfunction = "cheer"\n', encoding="utf-8"
    )
    folder = write_study(tmp_path / "out", replicate(load(path), **SMALL))
    text = (folder / MANIFEST).read_text(encoding="utf-8")
    assert "yield" not in text
    assert again(folder, processes=1).identical
    policy.write_text(POLICY + "# changed\n", encoding="utf-8")
    with pytest.raises(StudyError, match=r"cheer.py: has changed since"):
        again(folder, processes=1)
    policy.unlink()
    with pytest.raises(StudyError, match=r"cheer.py: cannot be read \(No such file"):
        again(folder, processes=1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is damaged"),
        (b"\x00\xff\xfe", "is damaged"),
        (b'{"ladsim_manifest": 1', "is damaged"),
        (b"[1, 2]", "no 'ladsim_manifest'"),
        (b'{"name": "another tool"}', "no 'ladsim_manifest'"),
        (b'{"ladsim_manifest": 99}', "has the form 99"),
        (b'{"ladsim_manifest": 1}', "'kind' is missing"),
        (b"[" * 100_000, "is damaged"),
    ],
)
def test_a_damaged_manifest_is_said_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    """What is not a manifest is refused with the file's name and the reason."""
    path = tmp_path / MANIFEST
    path.write_bytes(content)
    with pytest.raises(StudyError, match=words) as caught:
        again(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "keys",
    [
        {"scenario": {"schema": 1}},
        {"scenario": {"rungs": 5}},
        {"setting": {"seed": "x", "replications": 3, "sample": None, "overrides": {}}},
        {"setting": {"seed": 1, "replications": 3, "sample": 60}},
        {"strategies": ["nobody"]},
        {"strategies": []},
        {"strategies": [["dear"]]},
        {"kind": "dance"},
        {"tables": None},
        {"inputs": []},
    ],
)
def test_a_manifest_with_a_wrong_part_is_refused(folder: Path, keys: dict[str, Any]) -> None:
    """A part of the wrong kind ends in a message, never in a traceback."""
    with pytest.raises(LadsimError, match="is damaged"):
        again(changed(folder, **keys), processes=1)


def test_no_such_manifest(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(StudyError, match="cannot be read"):
        again(tmp_path / "nothing")


def test_all_strategies_and_their_order_are_kept(shop: Scenario, tmp_path: Path) -> None:
    """A strategy against itself, and the scenario as it stands, come back as they were asked for."""
    study = compare(shop, ["dear", "dear", "base"], **SMALL)
    write_study(tmp_path / "study", study)
    result = again(tmp_path / "study", processes=1)
    assert result.identical
    assert isinstance(result.study, Comparison)
    assert list(result.study.runs) == ["dear", "dear (2)", "base"]
