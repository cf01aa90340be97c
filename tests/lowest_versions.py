"""The lowest versions that pyproject.toml allows, as constraints for pip: ``python tests/lowest_versions.py > lowest.txt``.

In: the requirements with a lower bound, of ladsim and of the extras below. Out: a line ``NAME==BOUND`` each. `make test-lowest` installs
these on the lowest Python, 3.11, and runs the tests: a bound that does not hold is raised, or the code mended.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"
EXTRAS = (
    "native",
    "log",
    "dev",
)  # what the tests run with; `kernel` and `docs` make files that ship, by the versions of constraints.txt
# What packages bring along is as new as they allow, but for this: matplotlib below 3.10.8 uses names that pyparsing 3.3 warns of, and
# warnings are errors in tests.
BESIDE = {"pyparsing": "3.2"}
TOOLS = ("ruff", "mypy")  # these look at the code and do not run it: `make lint` has them as they are in constraints.txt


def lowest(text: str) -> dict[str, str]:
    """Package → the lowest version that is allowed; raises ValueError where a package has two lower bounds, or no bound is needed."""
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *(one for extra in EXTRAS for one in project["optional-dependencies"][extra])]
    found = dict(BESIDE)
    for requirement in wanted:
        match = re.fullmatch(r"([A-Za-z0-9_.-]+)>=([0-9.]+)", requirement)
        if match is None or match[1] in TOOLS:
            continue
        if found.setdefault(match[1], match[2]) != match[2]:
            raise ValueError(f"{PROJECT.name}: {match[1]} has two lower bounds, {found[match[1]]} and {match[2]}")
    return found


def main() -> None:
    """Print them."""
    print("\n".join(f"{name}=={version}" for name, version in lowest(PROJECT.read_text(encoding="utf-8")).items()))


if __name__ == "__main__":
    main()
