"""What has no place in a rule or a policy: luck and clocks of one's own, and state beside what the market keeps.

In: a Python file, read and never run. Out: a sentence for each such thing, with its line.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from ladsim.python_files import parsed, with_imports

_LUCK = frozenset({"random", "secrets", "uuid"})
_CLOCKS = frozenset({"time", "datetime"})
_CHANGE = frozenset({"append", "add", "update", "extend", "insert", "pop", "clear", "setdefault", "remove", "fill"})


def strange_to_rules(file: str) -> Iterator[str]:
    """What a file, and what it imports from its folder, does that only ``ladsim.streams`` and a customer's row may."""
    for path in with_imports(file):
        tree = parsed("", path)
        if isinstance(tree, ast.Module):
            name = os.path.basename(path)
            yield from _luck(name, tree)
            yield from _state(name, tree)


def strange_to_policies(file: str) -> Iterator[str]:
    """The same of a policy, which may keep what it likes in its own variables, and nothing beside them."""
    yield from strange_to_rules(file)


def _luck(name: str, tree: ast.Module) -> Iterator[str]:
    """Luck that no seed knows, and clocks."""
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in ("np.random", "numpy.random"):
            modules = ["numpy.random"]
        for module in dict.fromkeys(modules):
            first = module.partition(".")[0]
            where = f"{name}: line {getattr(node, 'lineno', 0)}: uses {module}"
            if first in _LUCK or module.startswith("numpy.random"):
                yield f"{where}: luck comes from ladsim.streams alone, or the same seed would give another history"
                break
            if first in _CLOCKS:
                yield f"{where}: a market knows no clock but its own"
                break


def _state(name: str, tree: ast.Module) -> Iterator[str]:
    """Names of the file that its functions change: they would outlive the run."""
    own = {target.id for node in tree.body for target in _targets(node) if isinstance(target, ast.Name)}
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        local = {arg.arg for arg in function.args.args} | {
            node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        declared = {one for node in ast.walk(function) if isinstance(node, ast.Global) for one in node.names}
        for node in ast.walk(function):
            if (changed := _changed(node)) in (own - local) | declared:
                words = "what is remembered belongs into the customer's memory, or a run would depend on the one before"
                yield f"{name}: line {getattr(node, 'lineno', 0)}: {function.name} changes {changed} of the file: {words}"


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []


def _changed(node: ast.AST) -> str:
    """The name that a statement or a call changes, from outside: by assignment, in a place or by a method."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGE:
        return node.func.value.id if isinstance(node.func.value, ast.Name) else ""
    for target in _targets(node):
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        if isinstance(target, ast.Name):
            return target.id
    return ""
