"""Small changes of a Python source, one at a time, as somebody might make them by mistake.

In: a source. Out: mutants, each with a name that stays when lines move: file, function, operator, and which of them in that function.

================ ==============================================================================================
``comparison``    ``<`` ↔ ``<=``, ``>`` ↔ ``>=``, ``==`` ↔ ``!=``, ``is`` ↔ ``is not``, ``in`` ↔ ``not in``
``arithmetic``    ``+`` ↔ ``-``, ``*`` ↔ ``/``, ``//`` → ``*``, ``%`` → ``//``, ``<<`` ↔ ``>>``, ``&`` ↔ ``|``, ``-x`` → ``x``, ``+=`` …
``boolean``       ``and`` ↔ ``or``, ``not x`` → ``x``, the condition of ``if``, ``while``, ``x if c else y`` and of a comprehension turned round
``constant``      a number one more, ``True`` ↔ ``False``, a text with two letters more
``return``        a number → 0, a truth value turned round, a text → an empty one, all else → ``None``
``statement``     a call whose result is not used, a second assignment, ``raise``, ``continue``, ``break``, ``return`` left out
``arguments``     two neighbours change places
================ ==============================================================================================

Not drawn, because no result can tell: docstrings, annotations, decorators, types, ``__all__``, imports; what only fetches memory or
waits for other threads (``NO_RESULT``); numbers that decide how much is done or held at once, and so speed and memory alone (``SPEED``).

Why not mutmut: it passes over decorated functions, which is what rules are (199 of 225 functions of ``model``, as of mutmut 3.8), knows
none of the last three operators, and its own, without a public name, are for the greater part arguments and values that become
``None`` and stop any program. A score of those would flatter the tests.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tests.acceptance.mutants.hosts import FOLDERS, MODULE, PACKAGE, is_marked

# Numbers of which results do not depend: sizes of portions, and limits of memory that no test can reach.
SPEED = {
    "engine": (
        "AHEAD", "BATCH", "BLOCK", "CHUNK", "GROUP_ROWS", "MANY", "MANY_ROWS", "MONTHLY_FROM", "MOST_MESSAGES", "MOST_ROWS", "THREADS_FROM",
        "_APART", "_AT_ONCE", "_CHUNK", "_IN_HAND", "_LOG_FULL",
    ),
    "model": ("LINE",),
    "planning": ("MAX_BYTES", "_AHEAD", "_LISTEN"),
}  # fmt: skip
OPERATORS = ("comparison", "arithmetic", "boolean", "constant", "return", "statement", "arguments")
NO_RESULT = {"fetch", "fetch_customer", "pause"}
_TYPES = {"TypeVar", "ParamSpec", "NewType", "cast", "isinstance"}
_EITHER_WAY = {
    "max",
    "min",
    "maximum",
    "minimum",
    "isclose",
    "zeros",
    "ones",
}  # whose arguments may change places, or are two of a shape
_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitAnd,
}  # fmt: skip
_TURNED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)  # by `comparison` already


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, and what becomes of what."""

    file: str  # from the package's folder: model/hazards.py
    function: str
    operator: str
    occurrence: int  # of this operator in this function, from 1
    change: str  # a < b → a <= b

    @property
    def name(self) -> str:
        """What it goes by."""
        return f"{self.file} {self.function} {self.operator} {self.occurrence}"


@dataclass(frozen=True)
class _Change:
    """A node, and what stands in its place."""

    function: str
    operator: str
    node: ast.AST
    instead: ast.AST


@cache
def drawn(seed: int) -> dict[str, list[Mutant]]:
    """All mutants of each folder in the order of a draw: one of each operator, then the next of each, and so on.

    Else swapped arguments and changed texts would be most of them, which nearly any test notices. A mutant has its place by its
    name, so that other code hardly moves it.
    """
    found = {}
    for folder in FOLDERS:
        paths = sorted((PACKAGE / folder).rglob("*.py"))
        every = [one for path in paths for one in mutants(path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))]
        every.sort(key=lambda one: hashlib.blake2b(f"{seed} {one.name}".encode()).digest())
        turn: Counter[str] = Counter()
        places = []
        for one in every:
            places.append(turn[one.operator])
            turn[one.operator] += 1
        found[folder] = [one for _, one in sorted(zip(places, every, strict=True), key=lambda pair: pair[0])]
    return found


def mutants(file: str, source: str) -> list[Mutant]:
    """All mutants of a source, in its order."""
    return [one for one, _ in _numbered(file, ast.parse(source))]


def mutated(source: str, mutant: Mutant) -> str:
    """The source with the change made. Raises KeyError where it has no such place."""
    tree = ast.parse(source)
    change = {one.name: change for one, change in _numbered(mutant.file, tree)}[mutant.name]

    class Put(ast.NodeTransformer):
        """Puts one node in the place of another."""

        def visit(self, node: ast.AST) -> ast.AST:
            return change.instead if node is change.node else self.generic_visit(node)

    return ast.unparse(ast.fix_missing_locations(Put().visit(tree))) + "\n"


def _numbered(file: str, tree: ast.Module) -> Iterator[tuple[Mutant, _Change]]:
    counts: Counter[tuple[str, str]] = Counter()
    for change in _changes(tree, MODULE, SPEED.get(file.rpartition("/")[0], ()), None):
        counts[change.function, change.operator] += 1
        words = f"{_told(change.node)} → {_told(change.instead)}"
        yield Mutant(file, change.function, change.operator, counts[change.function, change.operator], words), change


def _told(node: ast.AST) -> str:
    """A node in one line; of a statement with a block, its condition."""
    if isinstance(node, ast.Pass):
        return "nothing"
    text = " ".join(ast.unparse(node.test if isinstance(node, ast.If | ast.While) else node).split())
    return text if len(text) <= 100 else f"{text[:60]} … {text[-35:]}"


def _changes(node: ast.AST, name: str, speed: Sequence[str], function: ast.FunctionDef | None) -> Iterator[_Change]:
    """All changes below a node, in the order of the source."""
    if _is_left_out(node, speed):
        return
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        name = node.name if name == MODULE else f"{name}.{node.name}"
        function = node if isinstance(node, ast.FunctionDef) else function
    for operator, instead in _of(node, function):
        yield _Change(name, operator, node, instead)
    for below in _below(node):
        yield from _changes(below, name, speed, function)


def _is_left_out(node: ast.AST, speed: Sequence[str]) -> bool:
    """What no result depends on, or can be seen in no value."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=called)):
            return _last(called) in NO_RESULT
        case ast.FunctionDef(name=name):
            return name in NO_RESULT
        case ast.If(test=test) if ast.unparse(test) in ("TYPE_CHECKING", "__name__ == '__main__'"):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name == "__all__" or name in speed or _is_type(node.value)  # type: ignore[attr-defined]
        case ast.Call(func=called):
            return _last(called) in _TYPES
    return False


def _is_type(value: ast.expr | None) -> bool:
    """Whether a value is a name for a type: ``dict[str, Any]``, ``int | None``."""
    if isinstance(value, ast.BinOp):
        return isinstance(value.op, ast.BitOr) and any(
            (isinstance(side, ast.Constant) and side.value is None) or _is_type(side) for side in (value.left, value.right)
        )
    return isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name) and value.value.id in _GENERIC


_GENERIC = {
    "dict",
    "list",
    "tuple",
    "set",
    "Callable",
    "Mapping",
    "Sequence",
    "Iterable",
    "Literal",
    "Annotated",
    "NDArray",
    "type",
}


def _below(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a node that are looked into."""
    passed_over: tuple[str, ...] = ()
    match node:
        case ast.FunctionDef():
            passed_over = ("decorator_list", "returns")
        case ast.ClassDef():
            passed_over = ("decorator_list", "bases", "keywords")
        case ast.AnnAssign() | ast.arg():
            passed_over = ("annotation",)
        case ast.FormattedValue():
            passed_over = ("format_spec",)
    for field, value in ast.iter_fields(node):
        if field not in passed_over:
            yield from (one for one in (value if isinstance(value, list) else [value]) if isinstance(one, ast.AST))


def _last(called: ast.expr) -> str:
    return called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""


def _of(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[str, ast.AST]]:
    """The changes of one node, by operator."""
    match node:
        case ast.Compare():
            yield from (("comparison", one) for one in _compared(node))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            yield "arithmetic", ast.BinOp(left, _ARITHMETIC[type(op)](), right)
        case ast.AugAssign(target=target, op=op, value=value) if type(op) in _ARITHMETIC:
            yield "arithmetic", ast.AugAssign(target, _ARITHMETIC[type(op)](), value)
        case ast.UnaryOp(op=op, operand=operand):
            yield ("boolean" if isinstance(op, ast.Not) else "arithmetic"), operand
        case ast.BoolOp(op=op, values=values):
            yield "boolean", ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.Constant(value=value) if (other := _other(value)) is not None:
            yield "constant", ast.Constant(other)
        case ast.Call(args=arguments):
            yield from (("arguments", one) for one in _swapped(node, arguments))
        case ast.Return(value=ast.expr() as value) if function and (instead := _returned(value, function)):
            yield "return", ast.Return(instead)
    yield from (("boolean", one) for one in _turned_round(node))
    if isinstance(node, ast.stmt) and _can_be_left_out(node, function):
        yield "statement", ast.Pass()


def _compared(node: ast.Compare) -> Iterator[ast.Compare]:
    for place, op in enumerate(node.ops):
        yield ast.Compare(node.left, [*node.ops[:place], _COMPARISONS[type(op)](), *node.ops[place + 1 :]], node.comparators)


def _other(value: object) -> bool | int | float | str | None:
    """Another constant; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    return f"{value}XX" if isinstance(value, str) else None


def _swapped(node: ast.Call, arguments: Sequence[ast.expr]) -> Iterator[ast.Call]:
    if _last(node.func) in _EITHER_WAY or any(isinstance(one, ast.Starred) for one in arguments):
        return
    for place in range(len(arguments) - 1):
        one, other = arguments[place : place + 2]
        if ast.dump(one) != ast.dump(other):
            yield ast.Call(node.func, [*arguments[:place], other, one, *arguments[place + 2 :]], node.keywords)


def _returned(value: ast.expr, function: ast.FunctionDef) -> ast.expr | None:
    """What is returned instead; None where `constant` says it already, or it would be the same."""
    if isinstance(value, ast.Constant):
        return None
    kind = ast.unparse(function.returns) if function.returns else ""
    if is_marked(function):
        zeros = [ast.Constant(0) for _ in value.elts] if isinstance(value, ast.Tuple) else []
        return ast.Tuple(zeros, ast.Load()) if zeros else ast.Constant(0)
    if kind == "bool":
        return ast.UnaryOp(ast.Not(), value)
    return ast.Constant({"int": 0, "float": 0, "str": ""}.get(kind))


def _turned_round(node: ast.AST) -> Iterator[ast.AST]:
    """With its condition turned round, where no other operator does so."""

    def is_turned(test: ast.expr) -> bool:
        negated = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
        return negated or (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], _TURNED))

    def turned(test: ast.expr) -> ast.expr:
        return ast.UnaryOp(ast.Not(), test)

    match node:
        case ast.If(test=test) if not is_turned(test):
            yield ast.If(turned(test), node.body, node.orelse)
        case ast.While(test=test) if not is_turned(test):
            yield ast.While(turned(test), node.body, node.orelse)
        case ast.IfExp(test=test) if not is_turned(test):
            yield ast.IfExp(turned(test), node.body, node.orelse)
        case ast.comprehension(ifs=ifs):
            for place, test in enumerate(ifs):
                if not is_turned(test):
                    yield ast.comprehension(
                        node.target, node.iter, [*ifs[:place], turned(test), *ifs[place + 1 :]], node.is_async
                    )


def _can_be_left_out(node: ast.stmt, function: ast.FunctionDef | None) -> bool:
    """A statement without which the rest can still be read: no name is left without a value."""
    match node:
        case ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign() | ast.Assert() | ast.Return(value=None):
            return True
        case ast.Expr(value=ast.Call()):
            return True
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            return True
        case ast.Assign(targets=[ast.Name(id=name)]) if function:
            return any(one.arg == name for one in [*function.args.args, *function.args.kwonlyargs]) or _is_set_before(
                name, node, function
            )
    return False


def _is_set_before(name: str, node: ast.stmt, function: ast.FunctionDef) -> bool:
    """Whether the name has a value at the top of the function, above a statement."""
    for one in function.body:
        if one.lineno >= node.lineno:
            return False
        targets = one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
        if any(isinstance(below, ast.Name) and below.id == name for target in targets for below in ast.walk(target)):
            return True
    return False
