"""Every error that ladsim raises on purpose.

::

    LadsimError
    ├── ScenarioError     a file says something that cannot be simulated (all problems at once)
    ├── WorldError        a graph or a population cannot be built
    ├── PolicyError       a user's policy file failed, with the place in that file
    ├── StudyError        a study was asked for something it cannot answer
    │   └── StoppedError  a study was ended from outside before anything of it was complete
    ├── OutputError       a result could not be written; nothing half-written is left behind
    └── ContractError     a programme or policy of one's own breaks what every one keeps (``ladsim.testing``)

Commands turn a ``LadsimError`` into its message and an exit code: 2, but 3 for a ``StoppedError`` and 4 for an ``OutputError``.
Anything else is a defect of ladsim.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


class LadsimError(Exception):
    """Base of all errors that a user can mend."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file: where, what was found, what is allowed."""

    place: str
    found: str
    allowed: str
    nearest: str = ""
    file: str = ""

    def where(self) -> str:
        """The place, behind its file."""
        # A key can hold signs that would colour or turn the line.
        place = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in self.place)
        return f"{self.file}: {place}" if self.file else place

    def __str__(self) -> str:
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        return f"{self.where()}: found {self.found}, {self.allowed}{hint}"


class ScenarioError(LadsimError):
    """A scenario cannot be simulated. ``problems`` holds every one of them, in the file's order, `language` is that of the file.

    Its own words are English; commands tell the problems in the file's language.
    """

    def __init__(self, problems: Iterable[Problem], language: str = "") -> None:
        self.problems, self.language = tuple(problems), language
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...], str]]:
        """How it travels from a worker process: with its problems."""
        return type(self), (self.problems, self.language)


class WorldError(LadsimError):
    """A graph or a population cannot be built."""


class PolicyError(LadsimError):
    """A user's policy could not be loaded or failed while it ran."""


class StudyError(LadsimError):
    """A study was asked for something it cannot answer."""


class StoppedError(StudyError):
    """A study was ended from outside, not by a mistake: a worker process was killed."""


class OutputError(LadsimError):
    """A result could not be written. Nothing half-written is left behind."""


class ContractError(LadsimError, AssertionError):
    """A programme or a policy does not keep what every one keeps to: a line for each broken promise."""


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is no memory left: Python's, numpy's and Numba's own, or the system's."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


@contextmanager
def enough_memory(kind: type[LadsimError], what: str, people: int, bytes_each: float) -> Iterator[None]:
    """Where memory runs out inside, raise an error that says what was asked for and what would do.

    >>> with enough_memory(StudyError, "simulating", 10_000_000, 400):
    ...     raise MemoryError
    Traceback (most recent call last):
        ...
    ladsim.errors.StudyError: memory ran out while simulating 10,000,000 customers: roughly 400 bytes each, 4.0 GB in all; ask for
    a sample of the market, or use fewer processes
    """
    try:
        yield
    except (MemoryError, OSError) as error:
        if not out_of_memory(error):
            raise
        whole = people * bytes_each
        size = f"{whole / 1e9:,.1f} GB" if whole >= 1e8 else f"{whole / 1e6:,.1f} MB"
        advice = "ask for a sample of the market, or use fewer processes"
        if limit := address_space():
            advice = f"{limit}: raise that limit, {advice}"
        need = f"roughly {bytes_each:,.0f} bytes each, {size} in all"
        raise kind(f"memory ran out while {what} {people:,} customers: {need}; {advice}") from None


def address_space() -> str:
    """What the system allows this process of addresses, in words; empty where it sets no limit."""
    try:
        import resource
    except ImportError:  # not on every system
        return ""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return "" if limit == resource.RLIM_INFINITY else f"this process may have {limit / 1e9:,.1f} GB of address space (ulimit -v)"


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The allowed name most like `name`, else the only one that holds it as a part, else an empty string.

    >>> nearest("ambasador", ["lead", "ambassador"])
    'ambassador'
    >>> nearest("spend", ["label", "monthly_spend"])
    'monthly_spend'
    """
    names = list(dict.fromkeys(allowed))
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    holding = [other for other in names if name in other] if len(name) >= 4 else []
    return close[0] if close else holding[0] if len(holding) == 1 else ""
