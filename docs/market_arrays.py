"""What a running market consists of, made from the declarations themselves so that it cannot go stale.

In: the bundles of ``ladsim.model.layout`` and ``ladsim.model.plan_layout``, the parts of ``ladsim.model.row``, the accessors, and the
sources of the rules. Out: a Markdown table of each bundle and one of a customer's row, by the directive ``{market-arrays}``. Who writes
what is read off the code: the rules that call an accessor which sets or adds, or that give a field of a record a new value.

Here an array is called by its name, behind that of the record it is reached through, if that is another than the market's:
``plan.people``.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import ladsim
from ladsim.engine import rules, state
from ladsim.hosts.choice import block_for
from ladsim.model import access, layout, message_queue, plan_access, plan_layout, records, tallies
from ladsim.model.accessors import Row
from ladsim.model.arrays import AXES, Array, arrays_of
from ladsim.model.row import PARTS
from ladsim.scenario.draws import resolve
from ladsim.scenario.strategies import with_strategy
from ladsim.scenario.tables import tables
from ladsim.world.build import build

PACKAGE = Path(ladsim.__file__).parent
EXAMPLE, STRATEGY, SIZE = "program_points", "points", 10_000
BUNDLES = {  # and through which record they are reached
    layout.Parameters: "",
    layout.State: "",
    layout.Accumulators: "",
    layout.Engine: "",
    plan_layout.PlanArrays: "plan.",
    layout.OfLayer: "layer.",
    layout.OfProgram: "program.",
}
MODULES = {"access": access, "plan_access": plan_access, "tallies": tallies, "message_queue": message_queue}
SORTS = {"count": "counted in each month", "change": "change in each month", "buffer": "buffer", "table": "table"}

Where = dict[str, set[str]]  # of an array, or PART.FIELD: the functions
Accessors = dict[str, tuple[bool, str, str]]  # whether it is of a row, the array or part, and what it does: reads, writes or adds


def declared() -> dict[str, Array]:
    """All arrays."""
    return {record + name: array for bundle, record in BUNDLES.items() for name, array in arrays_of(bundle).items()}


def accessors() -> Accessors:
    """All accessors by ``MODULE.NAME``."""
    found = {}
    for module_name, module in MODULES.items():
        for name, function in vars(module).items():
            if hasattr(function, "accessor_of"):
                whose, of, does = function.accessor_of
                record = f"{whose.through.__name__}." if whose.through else ""
                found[f"{module_name}.{name}"] = (isinstance(whose, Row), record + of, does)
    return found


@cache
def writers() -> tuple[Where, Where]:
    """Who writes each array, and each field of a row's parts (``head.rung``; of numbers: ``i18n``)."""
    arrays: Where = defaultdict(set)
    fields: Where = defaultdict(set)
    for path in sorted(path for folder in ("model", "engine", "scenario/programs") for path in (PACKAGE / folder).glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and path.stem != "access":
                who = f"{path.stem}.{function.name}"
                for of_row, of, does in _called(function, path.stem):
                    if does != "reads":
                        (fields if of_row else arrays)[of].add(who)
                for of_row, of, field in _fields_set(function, path.stem):
                    (fields if of_row else arrays)[f"{of}.{field}" if of_row else of].add(who)
    return arrays, fields


def _accessor(node: ast.AST, file: str) -> str:
    """Which accessor a call is of: ``access.head``, or ``head`` in its own file."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return f"{node.func.value.id}.{node.func.attr}"
    return f"{file}.{node.func.id}" if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""


def _called(function: ast.FunctionDef, file: str) -> list[tuple[bool, str, str]]:
    """The accessors that a function calls; those of a programme's own memory go through a function of ``access``."""
    known = {**accessors(), "access.set_memory": (True, "memory", "writes")}
    return [known[name] for node in ast.walk(function) if (name := _accessor(node, file)) in known]


def _fields_set(function: ast.FunctionDef, file: str) -> set[tuple[bool, str, str]]:
    """Fields of records to which a function gives a value: whether of a row, the array or part, the field."""
    known = accessors()
    held: dict[str, tuple[bool, str, str]] = {}  # variable → what it is a record of
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target, value in _pairs(node):
                if isinstance(target, ast.Name) and _accessor(value, file) in known:
                    held[target.id] = known[_accessor(value, file)]
    found = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            record = held.get(node.value.id) if isinstance(node.value, ast.Name) else known.get(_accessor(node.value, file))
            if record is not None:
                found.add((record[0], record[1], node.attr))
    return found


def _pairs(node: ast.Assign) -> list[tuple[ast.expr, ast.expr]]:
    """Targets and values of an assignment, one by one."""
    (target, *_), value = node.targets, node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


@cache
def example() -> tuple[dict[str, int], dict[str, int]]:
    """Bytes of each array of the example market, and how many of each part its rows have."""
    plain = resolve(with_strategy(ladsim.load(EXAMPLE), STRATEGY), 1, 0)
    laid_out, world, block = tables(plain), build(plain, sample=SIZE), block_for("plain")
    made = rules.parameters_of(laid_out, world, block, log=False)
    books = state.books_of(laid_out, world, made, block)
    sizes = {
        BUNDLES[type(bundle)] + name: getattr(bundle, name).nbytes
        for bundle in (made, books, made.plan_arrays)
        for name in arrays_of(type(bundle))
    }
    sizes["program.numbers"] = sum(array.nbytes for array in made.graphs[-1])
    sizes |= {"rows": SIZE * int(made.market["stride"][0]), "due": 8 * SIZE, "ids": 0, "blocks": 8 * -(-SIZE // 16)}
    return sizes, rules.parts_of(laid_out, log=False, rows=True)


def reference() -> str:
    """The whole page's tables as Markdown."""
    sizes, _ = example()
    parts = [_bundle(bundle) for bundle in BUNDLES]
    axes = ["## The axes", "", "| axis | what stands along it |", "|---|---|"]
    axes += [f"| {name} | {axis.what} |" for name, axis in AXES.items()]
    whole = f"All of it: {sum(sizes.values()):,} bytes, and the graph."
    return "\n\n".join([*parts, whole, "\n".join(axes), _row()])


def _bundle(bundle: type) -> str:
    sizes, _ = example()
    record = BUNDLES[bundle]
    rows = [f"## {bundle.__name__}", "", (bundle.__doc__ or "").strip(), ""]
    rows += ["| array | kind | axes | what | sort | written by | bytes |", "|---|---|---|---|---|---|---|"]
    for name, array in arrays_of(bundle).items():
        what = array.what + (f" (empty: {array.empty_where})" if array.empty_where else "")
        size = f"{sizes[record + name]:,}" if record + name in sizes else "–"
        cells = (f"`{name}`", _kind(array), _axes(array), what, SORTS[array.sort], _writers(record + name, array), size)
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _kind(array: Array) -> str:
    if array.kind.names is None:
        return array.kind.str[1:]
    names = [name for module in (records, layout, plan_layout) for name, thing in vars(module).items() if thing is array.kind]
    return f"`{names[0]}` ({array.kind.itemsize} bytes)"


def _axes(array: Array) -> str:
    return " × ".join(axis if isinstance(axis, str) else f"{len(axis)} ({', '.join(axis)})" for axis in array.axes)


def _writers(name: str, array: Array) -> str:
    functions = ", ".join(f"`{who}`" for who in sorted(writers()[0].get(name, ())))
    return f"{array.by or 'nobody'}: {functions}" if functions else array.by or "nobody"


def _row() -> str:
    _, counts = example()
    rows = [
        "## A customer's row",
        "",
        "| part | field | kind | what | there when | written by | bytes |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, part in PARTS.items():
        length = f"{counts[name]} × {part.kind.itemsize}" if counts[name] else "–"
        fields = [(field, f"`{field}`", part.fields[field]) for field in part.kind.names or ()] or [("", "", part.what)]
        for place, (field, shown, what) in enumerate(fields):
            kind = (part.kind[field] if field else part.kind).str.lstrip("<|")
            by = ", ".join(f"`{who}`" for who in sorted(writers()[1].get(f"{name}.{field}" if field else name, ())))
            first = (f"`{name}`", part.there, length) if place == 0 else ("", "", "")
            rows.append(f"| {first[0]} | {shown} | {kind} | {what} | {first[1]} | {by} | {first[2]} |")
    return "\n".join(rows)


def setup(app: Any) -> dict[str, Any]:
    """Sphinx's entry point: registers the directive."""
    from sphinx.util.docutils import SphinxDirective

    class MarketArrays(SphinxDirective):
        def run(self) -> list[Any]:
            for file in (
                layout.__file__,
                *(str(PACKAGE / "model" / name) for name in ("arrays.py", "records.py", "plan_layout.py", "row.py")),
                __file__,
            ):
                self.env.note_dependency(file)
            return self.parse_text_to_nodes(reference(), allow_section_headings=True)

    app.add_directive("market-arrays", MarketArrays)
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    print(reference())
