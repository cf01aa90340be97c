"""Every message that the package raises as an error: the literal pieces of its source, with neutral values in the places left open.

In: the package's source. Out: for each place where an error is made, the texts that it may have.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from ladsim import errors

PACKAGE = Path(errors.__file__).resolve().parent
KINDS = frozenset(
    ["kind", *(name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, errors.LadsimError))]
)
OPEN = "\0"  # where a value stands of which the source says no more
_MOST = 64  # texts of one error, of what may stand in it
_DEEP = 4  # names within names


def raised() -> dict[str, list[str]]:
    """The texts of every error made in the package, by file and line."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function, call in _calls(tree, KINDS):
            texts = _problem(call, _assigned(function)) or (_texts(call.args[0], _assigned(function)) if call.args else [])
            if any(" " in text for text in texts):
                found[f"{path.relative_to(PACKAGE).as_posix()}:{call.lineno}"] = texts
    return found


def _calls(tree: ast.Module, makers: frozenset[str]) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every making of an error, with the outermost function that it stands in."""
    for part in tree.body:
        for function in part.body if isinstance(part, ast.ClassDef) else [part]:
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in makers:
                    yield function, node


def _assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What is assigned to each name of a function."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                for name, value in pairs:
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(value)
    return found


def _texts(node: ast.expr, names: dict[str, list[ast.expr]], deep: int = _DEEP) -> list[str]:
    """The texts that an expression may be; none where it is no text put together here."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.JoinedStr):
        parts = [
            _open(part, names, deep) if isinstance(part, ast.FormattedValue) else _texts(part, names) for part in node.values
        ]
        return ["".join(one) for one in itertools.islice(itertools.product(*parts), _MOST)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [_texts(part, names, deep) or [OPEN] for part in (node.left, node.right)]
        return ["".join(one) for one in itertools.islice(itertools.product(*parts), _MOST)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body, names, deep), *_texts(node.orelse, names, deep)]
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "str" and node.args and isinstance(node.args[0], ast.Call):
        return _problem(node.args[0], names)
    if isinstance(node, ast.Name) and deep:
        return [text for value in names.get(node.id, []) for text in _texts(value, names, deep - 1)][:_MOST]
    return []


def _problem(call: ast.Call, names: dict[str, list[ast.expr]]) -> list[str]:
    """The texts of a ``Problem``: its place, what was found and what is allowed; none where the call makes something else."""
    if getattr(call.func, "id", "") != "Problem" or len(call.args) < 3:
        return []
    found, allowed = ([OPEN if _is_repr(part) else text for text in _texts(part, names) or [OPEN]] for part in call.args[1:3])
    return [f"x: found {one}, {other}" for one, other in itertools.islice(itertools.product(found, allowed), _MOST)]


def _is_repr(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("repr", "shown")


def _open(part: ast.FormattedValue, names: dict[str, list[ast.expr]], deep: int) -> list[str]:
    """What may stand in an open place: texts made in the same function, a number where it is written as one or counted, else OPEN."""
    if part.conversion == ord("r"):
        return ["'x'"]
    if part.format_spec is not None or (isinstance(part.value, ast.Call) and getattr(part.value.func, "id", "") == "len"):
        return ["7"]
    return _texts(part.value, names, deep) or [OPEN]


def problems() -> dict[str, list[str]]:
    """What every ``Problem`` of the package may say was found, and is allowed, by file and line."""
    found: dict[str, list[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for function, call in _calls(ast.parse(path.read_text(encoding="utf-8")), frozenset({"Problem"})):
            names = _assigned(function)
            said = [text for part in call.args[1:3] if not _is_repr(part) for text in _texts(part, names)]
            found[f"{path.relative_to(PACKAGE).as_posix()}:{call.lineno}"] = said
    return found


def fillings(text: str) -> Iterator[str]:
    """A text with neutral values in its open places: names, numbers, or a mixture of them."""
    parts = text.split(OPEN)
    for values in itertools.islice(itertools.product(("x", "7", ""), repeat=len(parts) - 1), 3**4):
        yield "".join(itertools.chain.from_iterable(itertools.zip_longest(parts, values, fillvalue="")))


def own_words(text: str) -> set[str]:
    """The words of a message's own, but for those in which every message is put."""
    bare = re.sub("'x'|`[^`]*`", "", text.replace(OPEN, ""))
    return set(re.findall("[a-z]{2,}", bare.partition(": ")[2] if ": " in bare else bare)) - {
        "found",
        "must",
        "be",
        "line",
    }
