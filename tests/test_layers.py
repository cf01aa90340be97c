"""Imports point one way: a folder of ladsim imports only from folders to its left."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "ladsim"
LAYERS = [
    *[
        "errors",
        "interrupts",
        "leftovers",
        "files",
        "python_files",
        "notebook",
        "i18n",
        "hosts",
        "compiled",
        "streams",
        "model",
        "scenario",
        "world",
        "engine",
    ],
    *[
        "measures",
        "theory",
        "data",
        "fitting",
        "synthetic",
        "placing",
        "verifying",
        "replaying",
        "planning",
        "reporting",
        "pages",
        "testing",
        "app",
        "cli",
    ],
]
LIBRARY_HOMES = {
    "simpy": "engine",
    "networkx": "world",
    "matplotlib": "reporting",
    "joblib": "planning",
    "dask": "planning",
    "pyarrow": "engine",
    "xlsxwriter": "reporting",
    "duckdb": "data",
    "python_calamine": "data",
    "sqlalchemy": "data",
    "babel": "i18n",
    "numba": "hosts",
    "llvmlite": "hosts",
    "wasmtime": "hosts",
    "platformdirs": "hosts",
}
FILES = sorted(PACKAGE.rglob("*.py"))


def layer_of(path: Path) -> str:
    """The layer a file of ladsim belongs to; ladsim/__init__ and __main__ belong to none."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first.startswith("__") else first


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of everything a file imports, lazily or not: `from ladsim import x` gives `ladsim.x`."""
    yield from imported(ast.parse(path.read_text(encoding="utf-8")), path)


def imported(tree: ast.AST, path: Path) -> Iterator[tuple[int, str]]:
    """The same of a file that is read already."""
    package = ("ladsim", *path.relative_to(PACKAGE).parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module) if part)
            yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    """Every file lies in a known layer, and imports nothing of ladsim from a layer to its right."""
    layer = layer_of(path)
    assert not layer or layer in LAYERS, f"{layer} is no layer; the layers are {', '.join(LAYERS)}"
    for line, name in imports(path):
        parts = name.split(".")
        if not layer or parts[0] != "ladsim":
            continue
        other = parts[1]
        where = f"{path.relative_to(PACKAGE.parent)}:{line}"
        if other.startswith("__"):  # ladsim.__version__ and its like, which import nothing
            continue
        assert other in LAYERS, f"{where} imports {name}: take it from the layer where it lives, not from ladsim itself"
        assert LAYERS.index(other) <= LAYERS.index(layer), f"{where} ({layer}) imports {name}, which lies to its right"


def module_of(path: Path) -> str:
    """A file as Python imports it."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")


def needed_by(path: Path, modules: set[str]) -> set[str]:
    """The modules that a file imports, at its top or within a function; not those it names for type checkers alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = [ast.Pass()]
    found = {name if name in modules else name.rpartition(".")[0] for _, name in imported(tree, path)}
    return (found & modules) - {module_of(path)}


def test_no_module_needs_itself() -> None:
    """There is an order in which modules can be read one by one: no cycle of imports, those within functions included."""
    modules = {module_of(path) for path in FILES}
    graph = {module_of(path): needed_by(path, modules) for path in FILES}
    assert graph["ladsim.engine.run"] >= {"ladsim.engine.history", "ladsim.errors"}
    TopologicalSorter(graph).prepare()  # raises CycleError, which names the modules


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_each_library_has_one_home(path: Path) -> None:
    """simpy, networkx, matplotlib, the compilers of rules and the tools for many processes are each imported in one layer only."""
    for line, name in imports(path):
        home = LIBRARY_HOMES.get(name.split(".")[0])
        assert home in (None, layer_of(path)), f"{path.relative_to(PACKAGE.parent)}:{line} imports {name}, whose home is {home}"
