"""Names by which one table of a file refers to another: unknown ones, and those that two have.

In: names. Out: problems with the nearest right name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from ladsim.errors import Problem, nearest


def unknown(place: str, name: str, names: Iterable[str], what: str) -> Problem:
    """The problem of a name that is not one of `names`."""
    names = list(names)
    allowed = (
        f"must be one of the {what} ({', '.join(names)})"
        if names
        else f"but the scenario has no {what}: define it under [[{what}]]"
    )
    return Problem(place, repr(name), allowed, nearest(name, names))


def repeated(place: str, names: Iterable[str | None]) -> Iterator[Problem]:
    """A problem per name that occurs more than once."""
    for name, count in Counter(name for name in names if name).items():
        if count > 1:
            yield Problem(f"{place}.{name}", f"the name {name!r} {count} times", "must be told apart by name")
