"""The manifest: everything that is needed to make a study's numbers again, to the last digit.

In: a finished study and its tables as bytes. Out: a JSON file; and, the other way, ``again``: the same study run anew and compared
table by table by SHA-256. The manifest holds the scenario as one table (what it extends is merged in), the setting, versions, and
the fingerprints of the graph and policy files that the scenario names. It never holds code: ``again`` reads the files where they
were, and refuses when one is missing or changed.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from ladsim.errors import LadsimError, StudyError
from ladsim.planning.results import Comparison, Replications, Setting, Targets
from ladsim.scenario.places import frozen
from ladsim.scenario.spec import Scenario

MANIFEST = "manifest.json"
FORM = 1
MAX_BYTES = 50_000_000
_LIBRARIES = ("numpy", "numba", "simpy", "pandas", "scipy", "networkx")

Study = Replications | Comparison | Targets


@dataclass(frozen=True)
class AgainResult:
    """Whether a study came out the same."""

    study: Study
    identical: bool
    differing: tuple[str, ...]  # tables that differ, are new or are gone, each with what it is
    notes: tuple[str, ...]  # versions that have changed since
    folder: Path | None  # where the tables were written, if asked for


def write_manifest(
    path: str | Path, study: Study, tables: Mapping[str, bytes], *, command: str = "", files: Iterable[str] = ()
) -> None:
    """Write the manifest of `study`; `tables` are the CSV files by name, `files` everything that stands beside the manifest."""
    text = json.dumps(manifest_of(study, tables, command=command, files=files), indent=1, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")


def manifest_of(study: Study, tables: Mapping[str, bytes], *, command: str = "", files: Iterable[str] = ()) -> dict[str, Any]:
    """The manifest as plain JSON values."""
    scenario, setting = file_scenario(study), study.setting
    return {
        "ladsim_manifest": FORM,
        "ladsim": ladsim_version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "command": command,
        "kind": kind_of(study),
        "strategies": _strategies(study),
        "month": study.month if isinstance(study, Targets) else None,
        "setting": {
            "seed": setting.seed,
            "replications": setting.replications,
            "sample": setting.sample,
            "overrides": _jsonable(setting.overrides),
        },
        "scenario": as_json(scenario),
        "inputs": {name: _sha256_of(Path(name)) for name in input_files(scenario)},
        "tables": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(tables.items())},
        "files": sorted(files),
    }


def kind_of(study: Study) -> str:
    """Which study it is: "run", "compare" or "targets"."""
    return "compare" if isinstance(study, Comparison) else "targets" if isinstance(study, Targets) else "run"


def again(path: str | Path, out: str | Path | None = None, processes: int | None = None, progress: Any = None) -> AgainResult:
    """Run the study of a manifest again (a folder means the manifest in it) and compare every table byte for byte.

    `out` writes the new study into a folder. Raises LadsimError when the file is not a manifest, or an input is missing or changed.
    """
    from ladsim.planning.output import csv_bytes, refuse_foreign, write_study
    from ladsim.planning.tables import tables_of

    place = Path(path)
    place = place / MANIFEST if place.is_dir() else place
    manifest = read_manifest(place)
    if out is not None:
        refuse_foreign(out)
    study = _run(manifest, place, processes, progress)
    fresh = {f"tables/{name}.csv": csv_bytes(table) for name, table in tables_of(study).items()}
    differing = tuple(_differences(manifest["tables"], fresh))
    stopped = study.runs if isinstance(study, Targets) else study
    folder = None if out is None or stopped.interrupted else write_study(out, study, command=manifest["command"])
    return AgainResult(study, not differing, differing, tuple(_changed_versions(manifest)), folder)


def read_manifest(path: str | Path) -> dict[str, Any]:
    """The manifest in a file. Raises StudyError in words when it is missing, damaged, foreign or of a later form."""
    place = Path(path)
    try:
        if place.stat().st_size > MAX_BYTES:
            raise StudyError(f"{path}: is no manifest of ladsim (it is larger than {MAX_BYTES // 1_000_000} MB)")
        manifest = json.loads(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}); name the {MANIFEST} of a study, or its folder") from error
    except (ValueError, RecursionError):
        raise StudyError(f"{path}: is no manifest of ladsim, or is damaged (it is not JSON)") from None
    if not isinstance(manifest, dict) or "ladsim_manifest" not in manifest:
        raise StudyError(f"{path}: is no manifest of ladsim (it has no 'ladsim_manifest')")
    if manifest["ladsim_manifest"] != FORM:
        raise StudyError(
            f"{path}: has the form {manifest['ladsim_manifest']!r}, this version of ladsim ({ladsim_version()}) reads {FORM}"
        )
    for key, kind in _KEYS.items():
        if not isinstance(manifest.get(key), kind):
            raise StudyError(f"{path}: is damaged: {key!r} is missing or of the wrong kind")
    return manifest


_KEYS: dict[str, type] = {
    "kind": str, "command": str, "strategies": list, "setting": dict, "scenario": dict, "inputs": dict, "tables": dict, "files": list,
    "libraries": dict,
}  # fmt: skip


def as_json(scenario: Scenario) -> dict[str, Any]:
    """A scenario as JSON values from which ``from_json`` makes an equal one."""
    return scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)


def from_json(data: Mapping[str, Any]) -> Scenario:
    """The scenario that ``as_json`` wrote."""
    tables = dict(frozen(data))
    if isinstance(tables.get("start_date"), str):
        tables["start_date"] = datetime.date.fromisoformat(tables["start_date"])
    return Scenario.model_validate(tables)


def file_scenario(study: Study) -> Scenario:
    """The scenario that a study starts from: every strategy still in it."""
    if isinstance(study, Comparison):
        return study.scenario
    runs = study.runs if isinstance(study, Targets) else study
    return runs.source


def input_files(scenario: Scenario) -> list[str]:
    """Full paths of the graph and policy files that a scenario and its strategies name."""
    graphs = [layer.graph.path for layer in scenario.word_of_mouth if layer.graph.path]
    policies = [policy.file for policy in scenario.policies]
    policies += [policy.file for strategy in scenario.strategies.values() for policy in strategy.policies]
    return sorted({str(Path(name).absolute()) for name in (*graphs, *policies)})


def ladsim_version() -> str:
    """The version of ladsim itself."""
    from ladsim import __version__

    return __version__


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _strategies(study: Study) -> list[str | None]:
    if isinstance(study, Comparison):
        return [runs.strategy for runs in study.runs.values()]
    return [study.strategy]


def _jsonable(value: Any) -> Any:
    """Overrides as JSON values: tuples as lists, dates as text."""
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def _sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _run(manifest: Mapping[str, Any], place: Path, processes: int | None, progress: Any) -> Study:
    """The study of a manifest, run anew. The scenario in it has its overrides applied already."""
    from ladsim.planning.compare import compare
    from ladsim.planning.run import replicate
    from ladsim.planning.targets import set_targets

    scenario, setting = _scenario(manifest, place), _setting(manifest, place)
    _refuse_changed_inputs(manifest["inputs"], scenario, place)
    given: dict[str, Any] = {
        "seed": setting.seed,
        "replications": setting.replications,
        "sample": setting.sample,
        "processes": processes,
        "progress": progress,
        "overrides": setting.overrides,
    }
    strategies = manifest["strategies"]
    known = [None, *scenario.strategies]
    if not strategies or any(name not in known for name in strategies):
        raise StudyError(f"{place}: is damaged: it names a strategy that its scenario does not have")
    if manifest["kind"] == "compare":
        return compare(scenario, strategies, **given)
    if manifest["kind"] == "targets" and isinstance(manifest.get("month"), int | float):
        return set_targets(scenario, strategies[0], float(manifest["month"]), **given)
    if manifest["kind"] == "run":
        return replicate(scenario, strategy=strategies[0], **given)
    raise StudyError(f"{place}: is damaged: {manifest['kind']!r} is no kind of study")


def _scenario(manifest: Mapping[str, Any], place: Path) -> Scenario:
    from pydantic import ValidationError

    try:
        return from_json(manifest["scenario"])
    except (ValidationError, ValueError, TypeError) as error:
        raise StudyError(f"{place}: is damaged: its scenario cannot be read ({str(error).splitlines()[0]})") from None
    except LadsimError as error:
        raise StudyError(f"{place}: is damaged: {error}") from None


def _setting(manifest: Mapping[str, Any], place: Path) -> Setting:
    given = manifest["setting"]
    whole = {key: given.get(key) for key in ("seed", "replications", "sample")}
    for key, value in whole.items():
        if not (isinstance(value, int) and not isinstance(value, bool)) and not (key == "sample" and value is None):
            raise StudyError(f"{place}: is damaged: setting.{key} is {value!r}, must be a whole number")
    overrides = given.get("overrides")
    if not isinstance(overrides, dict):
        raise StudyError(f"{place}: is damaged: setting.overrides is missing")
    return Setting(whole["seed"], whole["replications"], whole["sample"], frozen(overrides))


def _refuse_changed_inputs(inputs: Mapping[str, str], scenario: Scenario, place: Path) -> None:
    problems = []
    for name in input_files(scenario):
        if name not in inputs:
            raise StudyError(f"{place}: is damaged: it has no fingerprint of {name}")
        try:
            if _sha256_of(Path(name)) != inputs[name]:
                problems.append(f"{name}: has changed since the study was made")
        except OSError as error:
            problems.append(f"{name}: cannot be read ({error.strerror})")
    if problems:
        raise StudyError(
            f"{place}: cannot be made again, because a file that its scenario names is not as it was:\n" + "\n".join(problems)
        )


def _differences(before: Mapping[str, str], fresh: Mapping[str, bytes]) -> Iterable[str]:
    for name in sorted({*before, *fresh}):
        if name not in fresh:
            yield f"{name}: is not made by this version"
        elif name not in before:
            yield f"{name}: was not in the study"
        elif hashlib.sha256(fresh[name]).hexdigest() != before[name]:
            yield f"{name}: other numbers"


def _changed_versions(manifest: Mapping[str, Any]) -> Iterable[str]:
    now = {"ladsim": ladsim_version(), "python": platform.python_version()} | {name: _version(name) for name in _LIBRARIES}
    then = {"ladsim": manifest.get("ladsim"), "python": manifest.get("python"), **(manifest.get("libraries") or {})}
    for name, version in now.items():
        if then.get(name) != version:
            yield f"made with {name} {then.get(name)}, now {version}"
