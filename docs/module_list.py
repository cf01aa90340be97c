"""Every file of the package in one line, made from the docstrings so that it cannot go stale.

In: the first sentence of each module. Out: a Markdown table for each folder, by the directive ``{modules}``;
``python docs/module_list.py WORD`` prints the lines that hold a word.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "ladsim"


def first_line(path: Path) -> str:
    """The first sentence of a module's docstring, or as much of it as stands in its first paragraph."""
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    whole = " ".join(said.split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s+(?=[A-Z])", whole)[0].replace("``", "`").replace("|", "\\|")


def modules() -> dict[str, dict[str, str]]:
    """Folder → file → its first sentence; files of the package itself are under "". Empty files are left out."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        said = first_line(path)
        if said and path.name != "__main__.py":
            found.setdefault(path.parent.relative_to(PACKAGE).as_posix().removeprefix("."), {})[path.name] = said
    return found


def reference() -> str:
    """The tables, as Markdown."""
    parts = []
    for folder, files in modules().items():
        rows = "\n".join(f"| `{file}` | {said} |" for file, said in files.items())
        parts.append(f"## `ladsim/{folder + '/' if folder else ''}`\n\n| file | what it is for |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def setup(app: Any) -> dict[str, Any]:
    """Sphinx's entry point: registers the directive."""
    from sphinx.util.docutils import SphinxDirective

    class Modules(SphinxDirective):
        def run(self) -> list[Any]:
            self.env.note_dependency(__file__)
            self.env.note_reread()
            return self.parse_text_to_nodes(reference(), allow_section_headings=True)

    app.add_directive("modules", Modules)
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    words = [word.casefold() for word in sys.argv[1:]]
    for folder, files in modules().items():
        for file, said in files.items():
            line = f"ladsim/{folder + '/' if folder else ''}{file}: {said}"
            if all(word in line.casefold() for word in words):
                print(line)
