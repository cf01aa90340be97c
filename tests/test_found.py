"""From a module to its tests without searching: by name, or by one line of a test file's docstring."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.public import FOLDERS, public
from tests.test_layers import imported, module_of, needed_by

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted(
    path.relative_to(ROOT / "ladsim").as_posix() for path in (ROOT / "ladsim").rglob("*.py") if not path.name.startswith("__")
)
FILES = {path.relative_to(ROOT / "tests").as_posix(): path for path in sorted((ROOT / "tests").rglob("test_*.py"))}


def mirror(module: str) -> str:
    """Where the tests of ``planning/compare.py`` are looked for first: ``planning/test_compare.py``."""
    folder, slash, name = module.rpartition("/")
    return f"{folder}{slash}test_{name}"


@cache
def named() -> dict[str, list[str]]:
    """Test file → the modules in the last paragraph of its docstring, where that begins with ``Tests:``."""
    found = {}
    for name, path in FILES.items():
        last = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[-1]
        if last.startswith("Tests: "):
            found[name] = re.findall(r"``([^`]+)``", last)
    return found


@cache
def needs() -> dict[str, set[str]]:
    """Module of ladsim → the modules that it imports, within functions too; a package, those of its stub as well.

    Who imports by a name made up at run time, as programmes are found, may import whatever lies in its folder. A module that is named
    in a text, as those of studies are in their table, is imported when it is asked for.
    """
    paths = [*(ROOT / "ladsim").rglob("*.py")]
    modules = {module_of(path): path for path in paths}
    found = {module_of(path): needed_by(path, set(modules)) for path in paths}
    for module, path in modules.items():
        if "import_module(f" in path.read_text(encoding="utf-8"):
            found[module] |= {other for other, beside in modules.items() if beside.parent == path.parent}
        found[module] |= set(re.findall(r'"(ladsim(?:\.\w+)+)[:"]', path.read_text(encoding="utf-8"))) & set(modules)
    for package in FOLDERS:
        found[package] |= {f"{package}.{home}".rstrip(".") for home in public(package)} & set(modules)
    return found


def asked_for(path: Path) -> set[str]:
    """The modules of ladsim that a test file imports, with those of the tests' own files that it takes from, and of its conftest."""
    known, waiting, found = set(), [path, *(folder / "conftest.py" for folder in (path.parent, ROOT / "tests"))], set()
    while waiting:
        file = waiting.pop()
        if file in known or not file.exists():
            continue
        known.add(file)
        for _, name in imported(ast.parse(file.read_text(encoding="utf-8")), ROOT / "ladsim" / file.name):
            for module in (name, name.rpartition(".")[0]):
                if module in needs():
                    found.add(module)
                elif module.startswith("tests."):
                    waiting.append(ROOT.joinpath(*module.split(".")).with_suffix(".py"))
    return found


def reached(path: Path) -> set[str]:
    """All modules of ladsim that can be run by a test file: those it asks for, and whatever these import."""
    found, waiting = set(), asked_for(path)
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            parents = {module.rpartition(".")[0]} & set(needs())
            waiting |= needs()[module] | parents
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_module_leads_to_its_tests(module: str) -> None:
    """A test file of its name in the folder of its name, or files whose docstrings end with it, so that a search for its path finds them."""
    files = [name for name, modules in named().items() if module in modules]
    assert mirror(module) in FILES or files, (
        f"ladsim/{module}: no tests/{mirror(module)}, and no test file's docstring ends with a paragraph “Tests: ``{module}``.”"
    )


@pytest.mark.parametrize("file", FILES)
def test_what_a_test_file_says_it_tests_is_there(file: str) -> None:
    """Each module that it names exists, is named once and in order, and can be reached from what the file imports."""
    modules = named().get(file, [])
    assert modules == sorted(set(modules))
    assert set(modules) <= set(MODULES)
    mirrored = [module for module in MODULES if mirror(module) == file]
    ways = reached(FILES[file]) if modules or mirrored else set()
    assert [name for name in (*modules, *mirrored) if "ladsim." + name.removesuffix(".py").replace("/", ".") not in ways] == []
