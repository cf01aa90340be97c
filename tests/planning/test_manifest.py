"""A study can be made again, to the last digit, or says why not.

Tests: ``python_files.py``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from ladsim.compiled import entry
from ladsim.errors import LadsimError, StudyError
from ladsim.hosts.block import Block
from ladsim.model import memory
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.manifest import MANIFEST, as_json, from_json, read_manifest
from ladsim.planning.output import write_study
from ladsim.planning.reproduce import again
from ladsim.planning.run import replicate
from ladsim.planning.targets import set_targets
from ladsim.python_files import stamp
from ladsim.scenario.load import load, loads, shipped
from ladsim.scenario.programs.rules import kind_of
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
        (
            b'{"ladsim_manifest": 1, "scenario": ' + b'{"a": ' * 900 + b"1" + b"}" * 901,
            "is damaged: scenario: .* at most 64 deep",
        ),
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


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"from": "lead"', '"from": "nowhere"', "steps.nowhere.customer.*must be one of the rungs"),
        ('"share": 0.9', '"share": 0.3', "shares that add up to 0.4, must add up to 1"),
    ],
)
def test_a_scenario_that_no_file_could_hold_is_refused(folder: Path, old: str, new: str, words: str) -> None:
    """Shape is not enough: what `ladsim check` refuses in a file is refused in a manifest, with every place."""
    path = folder / MANIFEST
    data = json.loads(path.read_text(encoding="utf-8"))
    changed(folder, scenario=json.loads(json.dumps(data["scenario"]).replace(old, new)))
    with pytest.raises(StudyError, match=f"(?s)is damaged: its scenario cannot be simulated:.*{words}"):
        again(folder, processes=1)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_is_no_manifest_and_no_input(folder: Path, tmp_path: Path) -> None:
    """What never ends is refused before it is opened."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StudyError, match="pipe: is no file"):
        again(tmp_path / "pipe")
    changed(folder, inputs={str(tmp_path / "pipe"): "0"})
    with pytest.raises(StudyError, match=r"pipe: cannot be read \(is no file\)"):
        again(folder, processes=1)


def own_program(folder: Path, text: str) -> Path:
    """A scenario in `folder` with a programme of its own, whose file imports another one beside it and a package."""
    (folder / "sizes").mkdir()
    (folder / "sizes" / "__init__.py").write_text("", encoding="utf-8")
    (folder / "sizes" / "of_gifts.py").write_text("HALF = 0.5\n", encoding="utf-8")
    (folder / "gift.py").write_text("from sizes.of_gifts import HALF\nGIFT = 2 * HALF\n", encoding="utf-8")
    (folder / "unused.py").write_text("", encoding="utf-8")
    (folder / "own.py").write_text(OWN, encoding="utf-8")
    path = folder / "own.toml"
    lines = ["[[strategies.dear.programs]]", 'kind = "own"', 'file = "own.py"', "joins = { probability = 1.0 }"]
    path.write_text(text + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


OWN = """
from ladsim.compiled import hook
from gift import GIFT

@hook
def on_order(address, row, place, t, number):
    return 0.0
"""


@pytest.mark.parametrize("name", ["own.py", "gift.py", "sizes/of_gifts.py"])
def test_a_programme_of_ones_own_must_be_as_it_was(name: str, shop_file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """The programme's file, what it imports from beside it, and what that imports, have fingerprints.

    The one that has changed is named, and nothing is run: the changed file would say so itself.
    """
    path = own_program(tmp_path, shop_file.read_text(encoding="utf-8"))
    folder = write_study(tmp_path / "out", replicate(load(path), strategy="dear", **SMALL))
    inputs = read_manifest(folder / MANIFEST)["inputs"]
    beside = ["gift.py", "own.py", "sizes/__init__.py", "sizes/of_gifts.py"]
    assert [Path(file).relative_to(tmp_path).as_posix() for file in inputs] == beside
    assert again(folder, processes=1).identical
    with (tmp_path / name).open("a", encoding="utf-8") as file:
        file.write("raise SystemExit('it was run')\n")
    with pytest.raises(StudyError, match=rf"{name}: has changed since the study was made"):
        again(folder, processes=1)
    (tmp_path / name).unlink()
    with pytest.raises(StudyError, match=rf"{name}: cannot be read \(No such file"):
        again(folder, processes=1)


GIVES = """
from ladsim.compiled import hook
from sizes.of_gifts import worth

@hook
def on_order(address, row, place, t, number):
    return worth()
"""
GIVEN = """
from ladsim.compiled import rule
@rule
def worth():
    return {amount}
"""


@entry("i8 -> f8")
def _called(function):  # type: ignore[no-untyped-def]
    """What a programme's rule gives."""
    return memory.call(function, 0, 0, 0, 0, 0.0)


def test_what_a_programme_imports_is_compiled_and_read_anew(tmp_path: Path, block: Block) -> None:
    """A rule in a folder below the programme changes: its compiled code has another place, the module another value, in one session.

    Kept code that is older than the file would be sealed by the manifest's fingerprint of the new one.
    """
    (tmp_path / "sizes").mkdir()
    (tmp_path / "sizes" / "__init__.py").write_text("", encoding="utf-8")
    own, below = tmp_path / "own.py", tmp_path / "sizes" / "of_gifts.py"
    own.write_text(GIVES, encoding="utf-8")
    places, given = [], []
    for amount in (1.0, 2.0):
        below.write_text(GIVEN.format(amount=amount), encoding="utf-8")
        os.utime(below, ns=(int(amount) * 10**9, int(amount) * 10**9))
        kind = kind_of(str(own))
        places.append(stamp(str(own)))
        given.append(block.call(_called, block.hook(kind.hooks["on_order"])))
    assert places[0] != places[1] and given == [1.0, 2.0]
    assert not {"sizes", "sizes.of_gifts"} & set(sys.modules), "and nothing of it stays for another programme's import"


def test_a_stopped_comparison_is_made_again(shop: Scenario, tmp_path: Path) -> None:
    """That it was stopped is no number: what its futures hold comes out the same."""

    def stop(done: int, total: int, left: float | None) -> None:
        if done == 5:
            raise KeyboardInterrupt

    study = compare(shop, ["dear"], progress=stop, **(SMALL | {"replications": 6}))
    assert study.interrupted and study.notes[0].startswith("The study was stopped")
    assert again(write_study(tmp_path / "study", study), processes=1).identical


def test_a_manifest_of_an_older_version_says_what_nobody_can_tell(shop_file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    """Where the manifest has no fingerprint of a programme, only who trusts it makes the study again, and the file is named."""
    path = own_program(tmp_path, shop_file.read_text(encoding="utf-8"))
    folder = write_study(tmp_path / "out", replicate(load(path), strategy="dear", **SMALL))
    whole = again(folder, processes=1)
    assert whole.identical and whole.unchecked == ()
    changed(folder, inputs={})
    with pytest.raises(StudyError, match=r"own.py \(the manifest holds no fingerprint of it\). --trust"):
        again(folder, processes=1)
    old = again(folder, processes=1, trust=True)
    assert old.identical
    assert str(tmp_path / "own.py") in old.unchecked


def cheered(shop_file: Path, folder: Path, name: str = "cheer.py") -> Path:
    """A scenario with a policy, whose file says so when it is run."""
    ran = folder / "ran"
    (folder / "cheer.py").write_text(f"open({str(ran)!r}, 'w').close()\n{POLICY}", encoding="utf-8")
    path = folder / "cheer.toml"
    text = shop_file.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[[policies]]\nfile = "{name}"\nfunction = "cheer"\n', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({"scenario_file": ""}, "names no file of a scenario"),
        ({"scenario_file": None}, "names no file of a scenario"),
        ({"scenario_file": "/nowhere/cheer.toml"}, "cannot be read"),
        ({"scenario_file": "OTHER/cheer.toml"}, "lies outside the folder"),
        ({"scenario_file": "HERE/shop_without.toml"}, "does not name it"),
        ({"inputs": {}}, "has no fingerprint of"),
    ],
)
def test_a_manifest_runs_no_python_but_of_its_scenario(shop_file: Path, tmp_path: Path, keys: dict[str, Any], why: str) -> None:
    """Code runs unasked only where the scenario that the manifest names would run it itself, as it was; else only who trusts it."""
    path = cheered(shop_file, tmp_path)
    folder = write_study(tmp_path / "out", replicate(load(path), **SMALL))
    (tmp_path / "other").mkdir()
    for place in (tmp_path / "other" / "cheer.toml", tmp_path / "shop_without.toml"):
        place.write_text(shop_file.read_text(encoding="utf-8"), encoding="utf-8")
    file = keys.get("scenario_file")
    if file:
        keys = {"scenario_file": file.replace("OTHER", str(tmp_path / "other")).replace("HERE", str(tmp_path))}
    changed(folder, **keys)
    (tmp_path / "ran").unlink()
    with pytest.raises(StudyError, match=why):
        again(folder, processes=1)
    assert not (tmp_path / "ran").exists(), "refused before anything runs"
    if "inputs" not in keys:
        assert again(folder, processes=1, trust=True).identical


def test_python_is_named_before_it_runs(shop_file: Path, tmp_path: Path) -> None:
    """`code` is told of the files, and of the scenario they belong to, when none of them has been run."""
    path = cheered(shop_file, tmp_path)
    folder = write_study(tmp_path / "out", replicate(load(path), **SMALL))
    (tmp_path / "ran").unlink()
    told: list[Any] = []
    again(folder, processes=1, code=lambda files, file: told.append((files, file, (tmp_path / "ran").exists())))
    assert told == [([str(tmp_path / "cheer.py")], str(path), False)]
    assert (tmp_path / "ran").exists()


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
