"""Does a user's own programme look like one? Its file as a syntax tree, read and never run.

In: the tree. Out: problems. What only running the file can tell is refused when it runs (``rules``). What a hook raises
is lost in compiled code: so hooks that raise are refused here.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from typing import Any

from ladsim.errors import Problem, nearest
from ladsim.scenario.key_paths import shown
from ladsim.scenario.references import unknown

_HOOK_TAKES = 5
# What hooks were called, and are called now.
RENAMED = {
    "entered": "on_enter", "joined": "on_join", "reduces": "discount_of", "ordered": "on_order", "dated": "on_date", "levelled": "on_level",
    "converted": "on_convert", "won": "on_referral", "given": "on_grant",
}  # fmt: skip
# Those of ``model.layout``, which takes a numerical library.
HOOKS = (
    "on_enter", "on_join", "discount_of", "credit_of", "level_after", "on_order", "on_date", "on_level", "on_convert", "on_referral",
    "on_grant", "on_return", "on_terms",
)  # fmt: skip
_RAISING = {ast.Raise: "raise", ast.Assert: "assert", ast.Try: "try"}


def own_file(place: str, path: str, options: Mapping[str, Any], tree: ast.Module) -> Iterator[Problem]:
    """Problems of a programme's file, and of the options that a scenario gives it."""
    here, file = f"{place}.file", os.path.basename(path)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    hooks = [node for node in functions if node.name in HOOKS]
    strangers = [
        node for node in functions if node.name not in HOOKS and any("hook" in ast.unparse(mark) for mark in node.decorator_list)
    ]
    for node in strangers:
        found = f"the hook {node.name!r} in line {node.lineno} of {file}"
        yield Problem(here, found, no_hook(node.name), "" if node.name in RENAMED else nearest(node.name, HOOKS))
    if not hooks and not strangers:
        yield Problem(here, f"{file} without a hook", f"must define at least one of {', '.join(HOOKS)}")
    for node in hooks:
        yield from _hook(here, file, node)
    if {"discount_of", "credit_of"} <= {node.name for node in hooks}:
        yield Problem(
            here,
            f"the hooks discount_of and credit_of in {file}",
            "must have only one of them: what it takes off an order is one sum",
        )
    for node in functions:
        yield from _raising(here, file, node)
    yield from _memory(here, file, tree)
    yield from _numbers(here, file, tree)
    names = _names(tree)
    for option in options if names is not None else ():
        if option not in (names or ()):
            yield _option(f"{place}.options.{option}", option, names or [], file)


def no_hook(name: str) -> str:
    """What is allowed in place of a hook that there is not."""
    return f"must be called {RENAMED[name]} now" if name in RENAMED else f"must be one of {', '.join(HOOKS)}"


def _option(here: str, option: str, names: list[str], file: str) -> Problem:
    """An option that the file does not know."""
    if names:
        return unknown(here, option, names, f"NUMBERS of {file}")
    return Problem(
        here, repr(option), f"but {file} has no NUMBERS: write NUMBERS = {{{option!r}: 0.0}} into it, each name with its default"
    )


def _hook(here: str, file: str, node: ast.FunctionDef) -> Iterator[Problem]:
    if not any("hook" in ast.unparse(mark) for mark in node.decorator_list):
        yield Problem(here, f"{node.name} in line {node.lineno} of {file}, not marked", "must have @hook above it")
    if len(node.args.args) != _HOOK_TAKES or node.args.vararg or node.args.kwonlyargs or node.args.kwarg or node.args.posonlyargs:
        found = f"{node.name}({ast.unparse(node.args)}) in line {node.lineno} of {file}"
        yield Problem(here, found, "must take (address, row, place, t, number)")


def _raising(here: str, file: str, function: ast.FunctionDef) -> Iterator[Problem]:
    """What a hook, or a rule that it calls, raises would be printed for every customer and change nothing."""
    if not any(mark in ast.unparse(one) for one in function.decorator_list for mark in ("hook", "rule")):
        return
    for node in ast.walk(function):
        word = _RAISING.get(type(node))
        if word is not None:
            found = f"`{word}` in line {getattr(node, 'lineno', 0)} of {file}, in {function.name}"
            yield Problem(here, found, "must not raise: there is nobody to catch it; return 0.0 where there is nothing to do")


def _memory(here: str, file: str, tree: ast.Module) -> Iterator[Problem]:
    """``memory`` is a function of the numbers."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "memory" and len(node.args.args) != 1:
            found = f"memory({ast.unparse(node.args)}) in line {node.lineno} of {file}"
            yield Problem(here, found, "must take (numbers), and say how many whole numbers are remembered")
        elif "memory" in _given(node) and isinstance(node.value, ast.Constant):  # type: ignore[attr-defined]
            yield Problem(here, f"memory = {ast.unparse(node.value)} in {file}", "must be a function: def memory(numbers)")  # type: ignore[attr-defined]


def _numbers(here: str, file: str, tree: ast.Module) -> Iterator[Problem]:
    """NUMBERS are names with the numbers that they are without an option."""
    for node in tree.body:
        if "NUMBERS" not in _given(node):
            continue
        try:
            value: Any = ast.literal_eval(node.value)  # type: ignore[attr-defined]
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return
        numbers = value.values() if isinstance(value, dict) else ()
        names = value if isinstance(value, dict | tuple | list) else (None,)
        plain = all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)
        if not plain or not all(isinstance(name, str) for name in names):
            yield Problem(
                here, f"NUMBERS = {shown(value)} in line {node.lineno} of {file}", 'must be {"name": default}, numbers all'
            )


def _given(node: ast.stmt) -> list[str]:
    """The names that a statement gives a value to."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _names(tree: ast.Module) -> list[str] | None:
    """The names in NUMBERS; none where there are no such numbers; None where only running the file could tell."""
    for node in tree.body:
        if "NUMBERS" in _given(node):
            try:
                return [str(name) for name in ast.literal_eval(node.value)]  # type: ignore[attr-defined]
            except (ValueError, TypeError):
                return None
    return []
