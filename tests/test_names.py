"""Names, sizes and forbidden words: what a reader of the repository may rely on."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "ladsim").rglob("*.py"))
NAMES_THAT_SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "misc"}
LONGEST_FILE = 450
LUCK_AND_CLOCK = re.compile(
    r"^(random|secrets|uuid|numpy\.random|time\.time|time\.time_ns|datetime\.datetime\.now|datetime\.date\.today)(\.|$)"
)
# Written in pieces, so that this file does not hold them.
REGISTRY_HOSTS = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "deb" + r"ian\.org"])
)
MACHINE_PATHS = re.compile(r"(?<![\w.)}>:/-])/(?:work|root|home|opt|Users|private|mnt)/\w")
TEXT = {".py", ".toml", ".md", ".txt", ".cfg", ".ini", ".yml", ".yaml", ".json", ".html", ".css", ".js", ".svg", ".csv", ""}


def files_of_the_repository() -> list[Path]:
    """Tracked files, and new ones that are not ignored; without git, what lies in the folders of the project."""
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, check=True
        )
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    folders = ["ladsim", "tests", "docs", "benchmarks", "experiments", "lessons"]
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain, or an empty string."""
    if isinstance(node, ast.Name):
        return node.id
    left = dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{left}.{node.attr}" if left and isinstance(node, ast.Attribute) else ""


def names_used(source: str) -> set[str]:
    """Full dotted names of all that a module imports, and of all it reads from what it imported."""
    tree, known, used = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            known |= {
                alias.asname or alias.name.split(".")[0]: alias.name if alias.asname else alias.name.split(".")[0]
                for alias in node.names
            }
            used |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            used |= {f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(tree):
        head, _, rest = dotted(node).partition(".") if isinstance(node, ast.Attribute) else ("", "", "")
        if head in known:
            used.add(f"{known[head]}.{rest}")
    return used


def test_names_used_sees_through_aliases() -> None:
    """The finder below finds what it should, however it was imported."""
    assert "numpy.random.default_rng" in names_used("import numpy as np\nnp.random.default_rng(1)")
    assert "numpy.random" in names_used("from numpy import random")
    assert "time.time" in names_used("import time as t\nt.time()")
    assert not any(LUCK_AND_CLOCK.match(name) for name in names_used("import time\ntime.perf_counter()"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_luck_has_one_source(path: Path) -> None:
    """No module of ladsim takes luck from a library, or looks at the clock."""
    found = sorted(name for name in names_used(path.read_text(encoding="utf-8")) if LUCK_AND_CLOCK.match(name))
    assert not found, f"{path.relative_to(ROOT)} uses {', '.join(found)}; luck comes from ladsim.streams"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_have_a_name_and_a_size(path: Path) -> None:
    """A file is named by its concept and is short enough to be read in one sitting."""
    assert path.stem not in NAMES_THAT_SAY_NOTHING, f"{path.relative_to(ROOT)}: name the concept inside"
    assert path.parent.name not in NAMES_THAT_SAY_NOTHING, f"{path.parent.relative_to(ROOT)}: name the concept inside"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{path.relative_to(ROOT)} has {lines} lines: is there a second concept inside?"


def private_names(source: str) -> set[str]:
    """Names with one underscore that a module takes out of other modules of ladsim: imported, or read from what it imported."""
    tree, modules, found = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "ladsim"):
            modules |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {f"{node.module}.{alias.name}" for alias in node.names if is_private(alias.name)}
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or "ladsim": alias.name for alias in node.names if alias.name.split(".")[0] == "ladsim"}
    for node in ast.walk(tree):
        whole = dotted(node) if isinstance(node, ast.Attribute) else ""
        head, *rest = whole.split(".")
        # A method of a name that is written in capitals is one of a library's class, as NamedTuple's _replace.
        if head in modules and not head.isupper() and any(map(is_private, rest)):
            found.add(whole)
    return found


def is_private(name: str) -> bool:
    """Whether a name begins with one underscore."""
    return name.startswith("_") and not name.startswith("__")


def test_private_names_are_found_however_they_are_reached() -> None:
    """Imported, imported within a function, or read from a module; what Python itself names with two underscores is none."""
    assert private_names("def f():\n    from ladsim.reporting.bars import _flat") == {"ladsim.reporting.bars._flat"}
    assert private_names("from ladsim.reporting import bars as b\nb._flat(1)") == {"b._flat"}
    assert private_names("import ladsim.reporting.bars\nladsim.reporting.bars._flat(1)") == {"ladsim.reporting.bars._flat"}
    assert not private_names("import os\nos._exit(0)\nfrom ladsim import __version__")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_is_private_stays_in_its_module(path: Path) -> None:
    """No module of ladsim takes another one's private names: what two of them need has a public name, or a module of its own."""
    assert not private_names(path.read_text(encoding="utf-8"))


def test_no_machine_in_the_files() -> None:
    """No file names a package registry's host or a path of somebody's machine: the repository works anywhere."""
    found = []
    for path in files_of_the_repository():
        if path.suffix not in TEXT or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if REGISTRY_HOSTS.search(line) or MACHINE_PATHS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}")
    assert not found, "\n".join(found)


def test_quantiles_of_futures_have_one_rule() -> None:
    """Medians and quantiles are taken by `ladsim.measures.uncertainty.quantile` alone, so that two tables never differ in theirs."""
    taken = re.compile(r"^numpy\.(nan)?(quantile|percentile|median)$")
    own = ROOT / "ladsim/measures/uncertainty.py"
    found = {path.name for path in SOURCES if path != own and any(map(taken.match, names_used(path.read_text("utf-8"))))}
    assert not found
    assert any(map(taken.match, names_used(own.read_text("utf-8"))))
