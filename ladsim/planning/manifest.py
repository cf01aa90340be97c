"""The manifest: everything that is needed to make a study's numbers again, to the last digit.

In: a finished study and its tables as bytes. Out: a JSON file; ``reproduce`` goes the other way round. The manifest holds the scenario
as one table (what it extends is merged in), the setting, versions, and the fingerprints of all files that are read when it is run:
graphs, posteriors, policies, programmes of one's own, and what these two import from their own folder. It never holds code: ``reproduce`` reads the
files where they were, and refuses when one is missing or changed.
"""

from __future__ import annotations

import datetime
import errno
import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from ladsim.errors import StudyError
from ladsim.files import no_file, read_at_most
from ladsim.planning.studies import Study, kind_of
from ladsim.python_files import with_imports
from ladsim.scenario.key_paths import frozen, shown
from ladsim.scenario.nesting import MOST_DEEP, in_json, in_tables
from ladsim.scenario.own_code import code_of
from ladsim.scenario.spec import Scenario

MANIFEST = "manifest.json"
FORM = 1
MAX_BYTES = 10_000_000
_LIBRARIES = ("numpy", "numba", "simpy", "pandas", "scipy", "networkx")


def write_manifest(
    path: str | Path, study: Study, tables: Mapping[str, bytes], *, command: str = "", files: Iterable[str] = ()
) -> None:
    """Write the manifest of `study`; `tables` are the CSV files by name, `files` everything that stands beside the manifest."""
    text = json.dumps(manifest_of(study, tables, command=command, files=files), indent=1, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")


def manifest_of(study: Study, tables: Mapping[str, bytes], *, command: str = "", files: Iterable[str] = ()) -> dict[str, Any]:
    """The manifest as plain JSON values."""
    scenario, setting = study.source, study.setting
    return {
        "ladsim_manifest": FORM,
        "ladsim": ladsim_version(),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "command": command,
        "kind": study.kind,
        "strategies": [runs.strategy for runs in study.futures.values()],
        **kind_of(study).arguments(study),
        "setting": {
            "seed": setting.seed,
            "replications": setting.replications,
            "sample": setting.sample,
            "overrides": _jsonable(setting.overrides),
            "months_after": setting.months_after,
        },
        "scenario_file": scenario.file,
        "scenario": as_json(scenario),
        "inputs": {name: sha256_of(Path(name)) for name in input_files(scenario)},
        "tables": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(tables.items())},
        "files": sorted(files),
    }


def read_manifest(path: str | Path) -> dict[str, Any]:
    """The manifest in a file. Raises StudyError in words when it is missing, damaged, foreign or of a later form."""
    place = Path(path)
    try:
        if no_file(place):
            raise StudyError(f"{path}: is no file; name the {MANIFEST} of a study, or its folder")
        text = read_at_most(place, MAX_BYTES)
        if len(text) > MAX_BYTES:
            raise StudyError(f"{path}: is no manifest of ladsim (it is larger than {MAX_BYTES // 1_000_000} MB)")
        if (problem := in_json(text)) is not None:
            raise StudyError(f"{path}: is damaged: {problem}")
        manifest = json.loads(text)
    except OSError as error:
        raise StudyError(f"{path}: cannot be read ({error.strerror}); name the {MANIFEST} of a study, or its folder") from error
    except (ValueError, RecursionError):
        raise StudyError(f"{path}: is no manifest of ladsim, or is damaged (it is not JSON)") from None
    if not isinstance(manifest, dict) or "ladsim_manifest" not in manifest:
        raise StudyError(f"{path}: is no manifest of ladsim (it has no 'ladsim_manifest')")
    if (problem := in_tables(manifest, 2 * MOST_DEEP)) is not None:
        raise StudyError(f"{path}: is damaged: {problem}")
    if manifest["ladsim_manifest"] != FORM:
        raise StudyError(
            f"{path}: has the form {shown(manifest['ladsim_manifest'])}, this version of ladsim ({ladsim_version()}) reads {FORM}"
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


def input_files(scenario: Scenario) -> list[str]:
    """Full paths of all files that a scenario and its strategies are run with: those they name, and what their code imports."""
    named = named_files(scenario)
    return sorted({*named, *code_files(scenario)})


def code_files(scenario: Scenario) -> list[str]:
    """Full paths of the Python files that a scenario and its strategies name, and of what these import from their folders."""
    return sorted({file for name in code_of(scenario) for file in with_imports(name)})


def named_files(scenario: Scenario) -> list[str]:
    """Full paths of the graphs, posterior, policies and programmes that a scenario and its strategies name."""
    graphs = [layer.graph.path for layer in scenario.word_of_mouth if layer.graph.path]
    return sorted({str(Path(name).absolute()) for name in (*graphs, scenario.posterior, *code_of(scenario)) if name})


def ladsim_version() -> str:
    """The version of ladsim itself."""
    from ladsim import __version__

    return __version__


def versions() -> dict[str, str]:
    """What the numbers may depend on: ladsim, Python and the libraries, each with its version."""
    libraries = {name: _version(name) for name in _LIBRARIES}
    return {"ladsim": ladsim_version(), "python": platform.python_version(), **libraries}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _jsonable(value: Any) -> Any:
    """Overrides as JSON values: tuples as lists, dates as text."""
    if isinstance(value, Mapping):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, datetime.date) else value


def sha256_of(path: Path) -> str:
    """Fingerprint of a file. Raises OSError where it cannot be read, or is none: a pipe or a device would never end."""
    if no_file(path):
        raise OSError(errno.EINVAL, "is no file")
    if path.stat().st_size == 0:  # also files of /proc, some of which never answer
        return hashlib.sha256().hexdigest()
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
