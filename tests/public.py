"""What ladsim offers: the names in its stubs, by the module that they come from."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import ladsim

PACKAGE = Path(ladsim.__file__).parent
FOLDERS = {
    "ladsim": PACKAGE,
    "ladsim.measures": PACKAGE / "measures",
    "ladsim.theory": PACKAGE / "theory",
    "ladsim.fitting": PACKAGE / "fitting",
}


def public(package: str) -> dict[str, list[str]]:
    """Module → the names that the stub of a package takes from it; "" for modules themselves."""
    tree = ast.parse((FOLDERS[package] / "__init__.pyi").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            found.setdefault(node.module or "", []).extend(alias.name for alias in node.names)
    return found


def functions() -> dict[str, object]:
    """Every public function, by the name under which a user finds it."""
    found = {}
    for package in FOLDERS:
        for names in public(package).values():
            for name in names:
                value = getattr(import_module(package), name)
                if callable(value) and not isinstance(value, type):
                    found[f"{package}.{name}"] = value
    return found
