"""The files that hold rules, and what they say: who keeps compiled rules knows by it whether they are still right.

Two hashes: one of the bytes, at once; one of what the rules do, for which comments, layout and docstrings are nothing. Of a file of the
engine, the world or a programme, which hold more than rules, the second sees the marked functions and the constants alone.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
SOURCES = (
    "compiled.py",
    "streams.py",
    "hosts/entry.py",
    "hosts/native.py",
    "hosts/native_reach.py",
    "model/*.py",
    "world/*.py",
    "engine/*.py",
)
_RULES = ("streams.py", "model/*.py", "scenario/programs/*.py", "world/*.py", "engine/*.py")
_MAKER = ("compiled.py", "hosts/entry.py", "hosts/make_kernel.py", "hosts/native.py", "hosts/native_reach.py", "hosts/runtime.ll")
_COUNT = {  # of a file that has other things, too: what decides how rules are compiled, with the constants that it names
    "compiled.py": ("rule", "inline", "entry", "hook"),
    "native.py": ("rule_of", "hook_of", "numba_type", "_type_of_function", "_type_of_reach"),
}
_MARKS = ("rule", "inline", "entry", "hook")


def hash_of(*texts: str | bytes) -> str:
    """Hash of texts."""
    digest = hashlib.blake2b(digest_size=10)
    for text in texts:
        digest.update(text.encode() if isinstance(text, str) else text)
        digest.update(b"\0")
    return digest.hexdigest()


@cache
def hash_of_sources(patterns: tuple[str, ...], *more: str) -> str:
    """Hash of all bytes of these files, whichever way a system ends its lines."""
    paths = [path for pattern in patterns for path in sorted(PACKAGE.glob(pattern))]
    return hash_of(*more, *(part for path in paths for part in (path.name, path.read_bytes().replace(b"\r\n", b"\n"))))


def files() -> list[Path]:
    """The files with rules."""
    paths = [path for pattern in _RULES for path in sorted(PACKAGE.glob(pattern))]
    return [
        path
        for path in paths
        if path.name != "__init__.py" and any(f"@{mark}" in path.read_text(encoding="utf-8") for mark in _MARKS)
    ]


def hash_of_bytes() -> str:
    """Hash of all that ``kernel.wasm`` is made from, to the byte."""
    return hash_of_sources((*_RULES, *_MAKER))


@cache
def hash_of_rules() -> str:
    """Hash of what the rules do: their syntax trees without docstrings, annotations and positions."""
    paths = [path for pattern in (*_RULES, *_MAKER) for path in sorted(PACKAGE.glob(pattern))]
    return hash_of(*(part for path in paths for part in (path.name, _said(path))))


def _said(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return text
    tree = ast.parse(text)
    if path.name in _COUNT:
        tree.body = _counting(tree.body, _COUNT[path.name])
    if path.parent.name in ("world", "engine", "programs"):
        tree.body = [node for node in tree.body if not isinstance(node, ast.ClassDef | ast.FunctionDef) or _is_marked(node)]
        if not any(isinstance(node, ast.FunctionDef) for node in tree.body):
            return ""  # no rules
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
                argument.annotation = None
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def _counting(body: list[ast.stmt], names: tuple[str, ...]) -> list[ast.stmt]:
    """The functions of these names, and the constants that they name."""
    counting: list[ast.stmt] = [node for node in body if isinstance(node, ast.FunctionDef) and node.name in names]
    named = {node.id for function in counting for node in ast.walk(function) if isinstance(node, ast.Name)}
    constants = [
        node for node in body if isinstance(node, ast.Assign) and named & {ast.unparse(target) for target in node.targets}
    ]
    return [*constants, *counting]


def _is_marked(node: ast.FunctionDef | ast.ClassDef) -> bool:
    names = [mark.func if isinstance(mark, ast.Call) else mark for mark in node.decorator_list]
    return any(isinstance(name, ast.Name) and name.id in _MARKS for name in names)
