"""Python that a scenario names: policies and programmes of one's own. What may run, and what only who trusts it lets run.

In: a scenario, or its raw tables with absolute paths. Out: the files, and a problem for each that lies neither in the folder of the
scenario's file nor below. A scenario may come from somebody else, and its Python can do all that its user can: so it brings its own, in
its own folder, where one sees it, and cannot name any other file of the computer. Links are followed, and named with what they point at.
Who trusts a scenario says so (``--trust``, ``load(…, trust=True)``).

>>> [str(problem) for problem in outside({"policies": [{"function": "f", "file": "/elsewhere/f.py"}]}, Path("/shop"))]
["policies.f.file: found '/elsewhere/f.py', must be a file in the scenario's folder or below (--trust, in Python trust=True, lets it run)"]
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ladsim.errors import Problem
from ladsim.scenario.key_paths import get, item_names, joined, shown
from ladsim.scenario.spec import Scenario, Strategy

_KEYS = ("policies", "programs")
ALLOWED = "must be a file in the scenario's folder or below (--trust, in Python trust=True, lets it run)"


def outside(data: Mapping[str, Any], *folders: Path) -> list[Problem]:
    """Problems of the Python files that raw tables name outside of all these folders."""
    found = [(place, file) for place, file in _named(data) if not is_below(file, *folders)]
    return [Problem(place, _with_target(file, folders), ALLOWED) for place, file in found]


def _with_target(file: str, folders: tuple[Path, ...]) -> str:
    """A file as it was named; a link of these folders by its name there, and with where it leads, in full."""
    target = led_to(file, *folders)
    return f"{shown(files_in_words([file], folders[0], with_targets=False))}, a link to {target!r}" if target else shown(file)


def led_to(file: str, *folders: str | Path) -> str:
    """Where a link leads to, out of the folders in which it stands; empty where the file is none, or lies in its folder itself."""
    stands = any(Path(os.path.abspath(file)).is_relative_to(os.path.abspath(folder)) for folder in folders)
    try:
        is_led = (stands and not is_below(file, *folders)) or os.path.islink(file)
        return os.path.realpath(file) if is_led and not is_below(file, *folders) else ""
    except (OSError, ValueError):
        return ""


def is_below(file: str | Path, *folders: str | Path) -> bool:
    """Whether a file lies in one of these folders or below, wherever links lead."""
    try:
        there = Path(os.path.realpath(file))
        return any(there.is_relative_to(os.path.realpath(folder)) for folder in folders)
    except (OSError, ValueError):
        return False


def code_of(scenario: Scenario) -> list[str]:
    """Full paths of the Python files that a scenario and its strategies name."""
    owners: tuple[Scenario | Strategy, ...] = (scenario, *scenario.strategies.values())
    named = [policy.file for owner in owners for policy in owner.policies]
    named += [program.rules for owner in owners for program in owner.programs if program.rules != program.kind]
    return sorted({str(Path(file).absolute()) for file in named if file})


def named_by(data: Mapping[str, Any]) -> set[str]:
    """The Python files of raw tables, links resolved."""
    return {os.path.realpath(file) for _, file in _named(data)}


def files_in_words(files: list[str], folder: str | Path, with_targets: bool = True) -> str:
    """Files by their names as seen from a folder, links with where they lead; those elsewhere by their full paths."""
    root = os.path.abspath(folder)
    names = [os.path.relpath(file, root) if Path(file).is_relative_to(root) else file for file in files]
    targets = [led_to(file, root) if with_targets else "" for file in files]
    return ", ".join(f"{name} → {target}" if target else name for name, target in zip(names, targets, strict=True))


def _named(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(place, file) of every Python file that raw tables, which may be of any shape, name."""
    strategies = data.get("strategies")
    owners = [("", data)]
    if isinstance(strategies, Mapping):
        owners += [(f"strategies.{name}", owner) for name, owner in strategies.items() if isinstance(owner, Mapping)]
    for prefix, owner in owners:
        for key in _KEYS:
            items = owner.get(key)
            if not isinstance(items, list | tuple):
                continue
            for name, item in zip(item_names(key, items), items, strict=True):
                file = get(item, "file") if isinstance(item, Mapping) else None
                if isinstance(file, str) and file:
                    yield joined(*filter(None, (prefix, key)), name, "file"), file
