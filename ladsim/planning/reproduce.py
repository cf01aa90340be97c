"""A study made again from its manifest: the same numbers, to the last digit, or which of them differ.

In: a manifest. Out: the study, run anew, and whether every table has the same bytes. Nothing is taken from the earlier run but what
the manifest says; a file that the study was run with, and that is missing or has changed since, is refused: a graph, a policy, a
programme of one's own, or what these import from their own folder.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ladsim.errors import MOST_SHOWN, LadsimError, StudyError, few
from ladsim.planning.csv_files import csv_bytes
from ladsim.planning.manifest import MANIFEST, code_files, from_json, input_files, named_files, read_manifest, sha256_of, versions
from ladsim.planning.options import Progress, StudyOptions
from ladsim.planning.output import refuse_foreign, write_study
from ladsim.planning.replications import Setting
from ladsim.planning.studies import STUDIES, Study, kind_named
from ladsim.planning.tables import tables_of
from ladsim.planning.workers import Executor
from ladsim.scenario.check import problems as problems_of
from ladsim.scenario.key_paths import frozen
from ladsim.scenario.load import read
from ladsim.scenario.own_code import code_of, is_below, named_by
from ladsim.scenario.shape_errors import from_pydantic
from ladsim.scenario.spec import Scenario, Strategy


@dataclass(frozen=True)
class AgainResult:
    """Whether a study came out the same."""

    study: Study
    identical: bool
    differing: tuple[str, ...]  # tables that differ, are new or are gone, each with what it is
    notes: tuple[str, ...]  # versions that have changed since
    unchecked: tuple[str, ...]  # files of which the manifest holds no fingerprint: it is of an older version
    folder: Path | None  # where the tables were written, if asked for


def again(
    path: str | Path,
    out: str | Path | None = None,
    processes: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    *,
    trust: bool = False,
    code: Callable[[list[str], str], object] | None = None,
    store: str | os.PathLike[str] | bool | None = False,
) -> AgainResult:
    """Run the study of a manifest again (a folder means the manifest in it) and compare every table byte for byte.

    `out` writes the new study into a folder. Python files that the manifest names are run only where they lie in or below the folder
    of the scenario that it names, and that scenario names them, or with `trust`; `code` is told of them before. Raises LadsimError when
    the file is not a manifest, or an input is missing or changed, or is not to be run. Every future is played anew: read from a store of
    runs (`store`, see ``replicate``) they would be those of the study itself, and show nothing.

    >>> import ladsim
    >>> ladsim.again("nowhere")
    Traceback (most recent call last):
    ladsim.errors.StudyError: nowhere: cannot be read (No such file or directory); name the manifest.json of a study, or its folder
    """
    place = Path(path)
    place = place / MANIFEST if place.is_dir() else place
    manifest = read_manifest(place)
    if out is not None:
        refuse_foreign(out)
    scenario = _scenario(manifest, place)
    unchecked = _refuse_changed_inputs(manifest["inputs"], scenario, place)
    _refuse_nonsense(scenario, place)
    if files := code_files(scenario):
        if not trust:
            _refuse_foreign_code(manifest, scenario, place)
        if code is not None:
            code(files, scenario.file)
    study = _run(manifest, scenario, place, {"processes": processes, "progress": progress, "executor": executor, "store": store})
    fresh = {f"tables/{name}.csv": csv_bytes(table) for name, table in tables_of(study).items()}
    differing = tuple(_differences(manifest["tables"], fresh))
    folder = None if out is None or study.interrupted else write_study(out, study, command=manifest["command"])
    return AgainResult(study, not differing, differing, tuple(_changed_versions(manifest)), unchecked, folder)


def _run(manifest: Mapping[str, Any], scenario: Scenario, place: Path, options: StudyOptions) -> Study:
    """The study of a manifest, run anew. The scenario in it has its overrides applied already."""
    setting = _setting(manifest, place)
    options = {
        **options, "seed": setting.seed, "replications": setting.replications, "sample": setting.sample, "overrides": setting.overrides,
        "months_after": setting.months_after,
    }  # fmt: skip
    strategies = manifest["strategies"]
    known = [None, *scenario.strategies]
    if not strategies or any(name not in known for name in strategies):
        raise StudyError(f"{place}: is damaged: it names a strategy that its scenario does not have")
    if manifest["kind"] not in STUDIES:
        raise StudyError(f"{place}: is damaged: {manifest['kind']!r} is no kind of study")
    kind = kind_named(manifest["kind"])
    try:
        arguments = kind.arguments_in(manifest)
    except ValueError as error:
        raise StudyError(f"{place}: is damaged: {error}") from None
    study: Study = kind.again(scenario, strategies, **arguments, **options)
    return study


def _scenario(manifest: Mapping[str, Any], place: Path) -> Scenario:
    """The scenario that a manifest holds. Raises StudyError where it cannot be read."""
    file = manifest.get("scenario_file", "")
    if not isinstance(file, str):
        raise StudyError(f"{place}: is damaged: 'scenario_file' is of the wrong kind")
    try:
        return from_json(manifest["scenario"]).from_file(file)
    except ValidationError as error:
        found = few([problem for _, problem in from_pydantic(error, frozen(manifest["scenario"]))])
        raise StudyError(f"{place}: is damaged: its scenario cannot be read:\n" + "\n".join(found)) from None
    except (ValueError, TypeError) as error:
        raise StudyError(f"{place}: is damaged: its scenario cannot be read ({str(error).splitlines()[0]})") from None
    except LadsimError as error:
        raise StudyError(f"{place}: is damaged: {error}") from None


def _setting(manifest: Mapping[str, Any], place: Path) -> Setting:
    """The setting that a manifest holds. Raises StudyError where it is none."""
    given = manifest["setting"]
    whole = {key: given.get(key) for key in ("seed", "replications", "sample")}
    for key, value in whole.items():
        if not (isinstance(value, int) and not isinstance(value, bool)) and not (key == "sample" and value is None):
            raise StudyError(f"{place}: is damaged: setting.{key} is {value!r}, must be a whole number")
    overrides = given.get("overrides")
    if not isinstance(overrides, dict):
        raise StudyError(f"{place}: is damaged: setting.overrides is missing")
    after = given.get("months_after", 0)  # manifests of older versions have none
    if after is not None and (not isinstance(after, int) or isinstance(after, bool)):
        raise StudyError(f"{place}: is damaged: setting.months_after is {after!r}, must be a whole number, or null")
    return Setting(whole["seed"], whole["replications"], whole["sample"], frozen(overrides), after)


def _refuse_changed_inputs(inputs: Mapping[str, str], scenario: Scenario, place: Path) -> tuple[str, ...]:
    """Raise StudyError where a file is not as it was; returns those of which nobody can tell, because the manifest is too old."""
    needed = input_files(scenario)
    graphs_and_policies = {*named_files(scenario)} - _programs(scenario)
    problems = []
    for name in sorted({*inputs, *needed}):
        if name not in inputs:
            if name in graphs_and_policies:
                raise StudyError(f"{place}: is damaged: it has no fingerprint of {name}")
            continue
        try:
            if sha256_of(Path(name)) != inputs[name]:
                problems.append(f"{name}: has changed since the study was made")
        except (OSError, ValueError) as error:
            problems.append(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})")
    if problems:
        more = len(problems) - MOST_SHOWN
        problems = problems[:MOST_SHOWN] + ([f"… and {more:,} more files"] if more > 0 else [])
        raise StudyError(
            f"{place}: cannot be made again, because a file that the study was run with is not as it was:\n" + "\n".join(problems)
        )
    return tuple(name for name in needed if name not in inputs)


def _refuse_foreign_code(manifest: Mapping[str, Any], scenario: Scenario, place: Path) -> None:
    """Raise StudyError where the scenario that the manifest names would not run all of its Python itself, as it was then."""

    def refused(file: str, why: str) -> StudyError:
        return StudyError(
            f"{place}: names Python that is not run unasked: {file} ({why}). --trust, in Python trust=True, runs it"
        )

    files, source = code_of(scenario), scenario.file
    if not source:
        raise refused(files[0], "the manifest names no file of a scenario that it belongs to")
    try:
        named = named_by(read(Path(source)))
    except (LadsimError, OSError, ValueError):
        raise refused(files[0], f"{source}, the scenario that it belongs to, cannot be read") from None
    for file in files:
        if not is_below(file, Path(source).parent):
            raise refused(file, f"it lies outside the folder of {source}")
        if os.path.realpath(file) not in named:
            raise refused(file, f"{source} does not name it")
        if file not in manifest["inputs"]:
            raise refused(file, "the manifest holds no fingerprint of it")


def _programs(scenario: Scenario) -> set[str]:
    """Files of programmes, of which manifests of older versions hold no fingerprint."""
    owners: tuple[Scenario | Strategy, ...] = (scenario, *scenario.strategies.values())
    return {str(Path(item.rules).absolute()) for owner in owners for item in owner.programs if item.rules != item.kind}


def _refuse_nonsense(scenario: Scenario, place: Path) -> None:
    """Raise StudyError where the scenario could not have come from a file: somebody has changed the manifest."""
    found = problems_of(scenario)
    if found:
        raise StudyError(f"{place}: is damaged: its scenario cannot be simulated:\n" + "\n".join(few(found)))


def _differences(before: Mapping[str, str], fresh: Mapping[str, bytes]) -> Iterator[str]:
    for name in sorted({*before, *fresh}):
        if name not in fresh:
            yield f"{name}: is not made by this version"
        elif name not in before:
            yield f"{name}: was not in the study"
        elif hashlib.sha256(fresh[name]).hexdigest() != before[name]:
            yield f"{name}: other numbers"


def _changed_versions(manifest: Mapping[str, Any]) -> Iterator[str]:
    now = versions()
    then = {"ladsim": manifest.get("ladsim"), "python": manifest.get("python"), **(manifest.get("libraries") or {})}
    for name, version in now.items():
        if then.get(name) != version:
            yield f"made with {name} {then.get(name)}, now {version}"
