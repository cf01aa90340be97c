"""The API reference, made from the stubs and docstrings so that it cannot go stale: every public name, by the module that it comes from.

In: ``ladsim/__init__.pyi`` and those of ``measures``, ``theory`` and ``fitting``, whose names autodoc loads. Out: by the directive
``{public-names} PACKAGE``, a heading for each module, its docstring, and each of its names with signature and docstring.
A record's docstring is followed by its fields, whose meaning is the comment behind them in the source.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import sys
import tokenize
from dataclasses import is_dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import ladsim

PACKAGE = Path(ladsim.__file__).parent
PAGES = {
    "ladsim": "api.md",
    "ladsim.measures": "api-measures.md",
    "ladsim.theory": "api-theory.md",
    "ladsim.fitting": "api-fitting.md",
}


def stub(package: str) -> Path:
    """Where a package's public names stand."""
    return PACKAGE.joinpath(*package.split(".")[1:], "__init__.pyi")


def groups(package: str) -> dict[str, list[str]]:
    """Module, as dotted from the package → the names that the stub takes from it. Modules that it offers whole have pages of their own."""
    found: dict[str, list[str]] = {}
    for node in ast.parse(stub(package).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found.setdefault(node.module, []).extend(alias.name for alias in node.names)
    return found


def reference(package: str) -> str:
    """The page of a package, as Markdown with autodoc's directives."""
    parts = []
    for module, names in groups(package).items():
        about = inspect.getdoc(import_module(f"{package}.{module}")) or ""
        directives = [line for name in names for line in (*_directive(package, name), "")]
        parts += [f"## {package}.{module}", "", "```{eval-rst}", about, "", *directives, "```", ""]
    return "\n".join(parts)


def _directive(package: str, name: str) -> list[str]:
    value = getattr(import_module(package), name)
    if not isinstance(value, type):
        return [f".. autofunction:: {package}.{name}"]
    members = [] if hasattr(value, "model_fields") else ["   :members:", "   :member-order: bysource"]
    shown = ["   :show-inheritance:"] if issubclass(value, Exception) else []
    return [f".. autoclass:: {package}.{name}", *members, *shown]


def fields(record: type) -> list[tuple[str, str, str]]:
    """Name, type and meaning of each field that a frozen record declares itself."""
    source = inspect.getsource(record)
    said = {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    }
    lines = source.splitlines()
    found = []
    for node in ast.parse(source).body[0].body:  # type: ignore[attr-defined]
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_"):
            inside = [said[line] for line in range(node.lineno, (node.end_lineno or node.lineno) + 1) if line in said]
            above = said.get(node.lineno - 1, "") if lines[node.lineno - 2].lstrip().startswith("#") else ""
            kind = ast.unparse(node.annotation)
            found.append((node.target.id, _aliases(record.__module__).get(kind, kind), " ".join(inside) or above))
    return found


@cache
def _aliases(module: str) -> dict[str, str]:
    """Short names of types in a module, as ``Ints``, and what they stand for."""
    tree = ast.parse(inspect.getsource(import_module(module)))
    return {
        node.targets[0].id: ast.unparse(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Subscript)
    }


def _with_fields(value: object, lines: list[str]) -> None:
    """Put a record's fields behind its docstring, as reStructuredText."""
    if isinstance(value, type) and is_dataclass(value):
        lines += ["", "Fields:", ""]
        for name, kind, meaning in fields(value):
            words = re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", meaning.replace("*", r"\*").replace("|", r"\|"))
            lines.append(f"* ``{name}``: ``{kind}``" + (f": {words}" if words else ""))
        lines.append("")


def setup(app: Any) -> dict[str, Any]:
    """Sphinx's entry point: registers the directive, and what is done with records."""
    from sphinx.util.docutils import SphinxDirective

    class PublicNames(SphinxDirective):
        required_arguments = 1

        def run(self) -> list[Any]:
            package = self.arguments[0]
            for file in (str(stub(package)), __file__):
                self.env.note_dependency(file)
            return self.parse_text_to_nodes(reference(package), allow_section_headings=True)

    def docstring(app: Any, what: str, name: str, value: object, options: Any, lines: list[str]) -> None:
        _with_fields(value, lines)

    def signature(app: Any, what: str, name: str, value: object, *rest: Any) -> tuple[str, None] | None:
        """Records are made by ladsim, not by hand: how they are called says nothing."""
        made = what == "class" and (is_dataclass(value) or hasattr(value, "model_fields"))
        return ("", None) if made else None

    app.add_directive("public-names", PublicNames)
    app.connect("autodoc-process-docstring", docstring)
    app.connect("autodoc-process-signature", signature)
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    print(reference(sys.argv[1]))
