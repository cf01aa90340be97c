"""What determines a unit of futures, as a key: equal keys mean equal numbers, to the last bit.

In: the `Identity` of a work (``pool.Work``) and the number of people simulated. Out: a hash of everything that its results depend on: the
scenario under its strategy with all that is uncertain, what kind of unit it is, the seed, every file that is read when it is played (graphs,
policies, programmes of one's own and what these import), ladsim's own rules, and the versions of the libraries. The number of the unit
goes beside it (``unit_key``). Texts for people (labels, titles, sources, goals, the language) are left out: no number depends on them.

Python of a user's own may read a file, the clock or a list that another unit has left behind, which no hash of the code sees. So units are
kept only where that code imports nothing but what is known to calculate (`CALCULATES`) and what lies beside it, and calls nothing that
looks around (`LOOKS_AROUND`); `why_not` says what was found.
"""

from __future__ import annotations

import ast
import datetime
import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ladsim.hosts.sources import PACKAGE
from ladsim.planning.manifest import code_files, named_files, sha256_of, versions
from ladsim.python_files import parsed
from ladsim.scenario.number_types import Table
from ladsim.scenario.spec import Scenario

FORM = "1"  # of what is hashed
WORDS = frozenset({"label", "title", "description", "source", "sources", "language", "goals", "strategies"})
RULES = (
    "*.py",
    "hosts/*",
    "model/*.py",
    "scenario/**/*.py",
    "world/*.py",
    "engine/*.py",
    "measures/*.py",
    "theory/*.py",
    "planning/*.py",
)
CALCULATES = frozenset({
    "__future__", "abc", "bisect", "cmath", "collections", "dataclasses", "decimal", "enum", "fractions", "functools", "heapq",
    "itertools", "math", "numpy", "operator", "simpy", "statistics", "typing", "ladsim.compiled", "ladsim.engine.market",
    "ladsim.errors", "ladsim.model", "ladsim.scenario.programs", "ladsim.streams",
})  # fmt: skip
LOOKS_AROUND = frozenset({
    "open", "eval", "exec", "compile", "__import__", "input", "getattr", "globals", "vars", "locals", "id", "hash",
    "breakpoint", "global", "cache", "lru_cache", "cached_property", "random", "load", "loadtxt", "genfromtxt", "fromfile",
    "fromregex", "memmap", "DataSource", "ctypeslib", "now", "today", "utcnow", "__globals__", "__builtins__", "__dict__",
    "__subclasses__", "__loader__",
})  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """What a work gives in its units, beside their number."""

    what: str  # "future", or the name of another kind of unit
    scenarios: tuple[Scenario, ...]  # played, each under its strategy
    seed: int
    strategy: str | None = None  # the name by which it was asked for: a history bears it
    more: tuple[int | str, ...] = ()


def work_key(identity: Identity, sample: int | None) -> bytes:
    """16 bytes for all that determines a work's units. Raises OSError where a file cannot be read, TypeError where something has no key."""
    played = [one for scenario in identity.scenarios for one in (scenario, scenario.before_strategy) if one is not None]
    files = {name: sha256_of(Path(name)) for scenario in played for name in (*named_files(scenario), *code_files(scenario))}
    text = json.dumps(
        {
            "form": FORM,
            "rules": rules(),
            "what": identity.what,
            "scenarios": [
                [plain(scenario), scenario.before_strategy and plain(scenario.before_strategy)] for scenario in identity.scenarios
            ],
            "seed": identity.seed,
            "strategy": identity.strategy,
            "more": identity.more,
            "sample": sample,
            "files": files,
        }
    )
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def unit_key(work: bytes, number: int) -> bytes:
    """16 bytes for one unit of a work."""
    return hashlib.blake2b(work + number.to_bytes(8, "little"), digest_size=16).digest()


@cache
def rules() -> str:
    """Hash of all of ladsim that a unit's numbers come from, and of the versions they may depend on."""
    digest = hashlib.blake2b(digest_size=16)
    found = sorted({path for pattern in RULES for path in PACKAGE.glob(pattern) if path.is_file()})
    for path in found:
        digest.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    digest.update(json.dumps([versions(), platform.machine()]).encode())
    return digest.hexdigest()


def plain(value: Any) -> Any:
    """A scenario, or a part of it, as JSON values without its words; tables by their kind. Raises TypeError for what is none of these."""
    if isinstance(value, Table):
        fields = {name: plain(getattr(value, name)) for name in type(value).model_fields if name not in WORDS}
        return [type(value).__name__, fields]
    if isinstance(value, Mapping):
        return ["mapping", [[key, plain(inner)] for key, inner in value.items()]]
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.date):
        return ["date", value.isoformat()]
    if value is None or type(value) in (bool, int, float, str):
        return value
    raise TypeError(f"{type(value).__name__} has no key")


def why_not(scenario: Scenario) -> str:
    """Why units of a scenario cannot be kept, in words; empty where they can."""
    files = code_files(scenario)
    for name in files:
        for found in looks_around(name, frozenset(files)):
            return f"{Path(name).name}: {found}"
    return ""


def looks_around(file: str, beside: frozenset[str]) -> Iterator[str]:
    """Each thing in a user's Python file by which its numbers may depend on more than the files that are known to be run."""
    tree = parsed("", file)
    if not isinstance(tree, ast.Module):
        yield "cannot be read"
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"imports {alias.name}" for alias in node.names if not _is_known(alias.name, file, beside))
            named = [part for alias in node.names for part in alias.name.split(".")]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            whole = [f"{module}.{alias.name}" for alias in node.names]
            if not node.level and not all(_is_known(one, file, beside) for one in whole):
                yield f"imports {module}"
            named = [*module.split("."), *(alias.name for alias in node.names)]
        elif isinstance(node, ast.Attribute):
            named = [node.attr]
        elif isinstance(node, ast.Name):
            named = [node.id]
        elif isinstance(node, ast.Global):
            named = ["global"]
        else:
            continue
        yield from (f"uses {name}" for name in named if name in LOOKS_AROUND)


def _is_known(name: str, file: str, beside: frozenset[str]) -> bool:
    """Whether a module only calculates, or is one of the files that are hashed."""
    parts = name.split(".")
    if any(".".join(parts[:length]) in CALCULATES for length in range(1, len(parts) + 1)):
        return True
    folder = Path(file).absolute().parent
    own = (folder.joinpath(parts[0]).with_suffix(".py"), folder.joinpath(parts[0], "__init__.py"))
    return any(str(path) in beside for path in own)
