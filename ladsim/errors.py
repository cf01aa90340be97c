"""Every error that ladsim raises on purpose.

::

    LadsimError
    ├── ScenarioError     a file says something that cannot be simulated (all problems at once)
    ├── WorldError        a graph or a population cannot be built
    ├── DataError         customers' data cannot be read, or may be read in two ways
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
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unicodedata import category

MOST_SHOWN = 40  # problems of one file; nobody reads on
MOST_CHARACTERS = 3_000  # of all that is said of one file, or of one mistake
_NO_ROOM = re.compile("failed to map segment|[Cc]annot allocate memory|cannot create shared object")  # the system's loader
_OF_ONE = {"file": 300, "place": 200, "found": 300, "allowed": 600}  # characters of the parts of a problem


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
        place = without_control(cut(self.place, _OF_ONE["place"]))
        return f"{cut(self.file, _OF_ONE['file'])}: {place}" if self.file else place

    def cut(self) -> Problem:
        """The same of a length that somebody reads."""
        return replace(self, found=cut(self.found, _OF_ONE["found"]), allowed=cut(self.allowed, _OF_ONE["allowed"]))

    def __str__(self) -> str:
        hint = f" (did you mean {self.nearest!r}?)" if self.nearest else ""
        said = self.cut()
        return f"{self.where()}: found {said.found}, {said.allowed}{hint}"


def cut(text: str, most: int) -> str:
    """A text of at most so many characters: of a longer one the beginning.

    >>> cut("lead, customer, loyal", 10)
    'lead, cus…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def without_control(text: str, but: str = "") -> str:
    """A text as a screen may show it: characters that steer it, turn the line round, or that nobody sees, are escaped; not those of `but`.

    Names of files, keys and cells come from anywhere. Spaces stay, of any width.

    >>> without_control("Kunde\\x1b[31m\\u2028\\u200b"), without_control("Beløb\\u00a05")
    ('Kunde\\\\x1b[31m\\\\u2028\\\\u200b', 'Beløb\\xa05')
    """
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() or one in but or category(one) == "Zs" else ascii(one)[1:-1] for one in text)


def more_problems(number: int) -> str:
    """That there are more problems than were told."""
    return f"… and {number:,} more {'problem' if number == 1 else 'problems'}"


def few(
    problems: Sequence[Problem], told: Callable[[Problem], str] = str, more: Callable[[int], str] = more_problems
) -> list[str]:
    """The first problems in words, as many as somebody reads, and how many there are besides."""
    said: list[str] = []
    room = MOST_CHARACTERS
    for problem in problems[:MOST_SHOWN]:
        line = told(problem)
        room -= len(line)
        if room < 0 and said:
            break
        said.append(line)
    if left := len(problems) - len(said):
        said.append(more(left))
    return said


class ScenarioError(LadsimError):
    """A scenario cannot be simulated. ``problems`` holds every one of them, in the file's order, `language` is that of the file.

    Its text has the first ones, in English; commands tell the problems in the file's language.
    """

    def __init__(self, problems: Iterable[Problem], language: str = "") -> None:
        self.problems, self.language = tuple(problems), language
        super().__init__("\n".join(few(self.problems)))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...], str]]:
        """How it travels from a worker process: with its problems."""
        return type(self), (self.problems, self.language)


class WorldError(LadsimError):
    """A graph or a population cannot be built."""


class DataError(LadsimError):
    """Customers' data cannot be read, or may be read in two ways: then it shows both, and says which option chooses."""


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
    """Whether an error says that there is no memory left: Python's, numpy's and Numba's own, the system's, or that of who loads a library."""
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, OSError | ImportError) and bool(_NO_ROOM.search(str(error)))


def out_of_reach(error: BaseException) -> str:
    """What the system lets this process have no more of, in words: open files, or processes; empty for any other error."""
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        return f"too many files are open{_limit('RLIMIT_NOFILE', 'at most {} at a time (ulimit -n)')}: raise that limit; 64 are enough"
    if (isinstance(error, OSError) and error.errno == errno.EAGAIN) or "can't start new thread" in str(error):
        return "the system starts no more processes or threads (ulimit -u): use fewer processes (--processes 1)"
    return ""


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


def _limit(name: str, words: str) -> str:
    """What the system allows this process of something, in brackets; empty where nobody can tell."""
    try:
        import resource
    except ImportError:
        return ""
    return f" ({words.format(resource.getrlimit(getattr(resource, name))[0])})"


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The allowed name most like `name`, else the only one that holds it as a part, else an empty string.

    >>> nearest("ambasador", ["lead", "ambassador"])
    'ambassador'
    >>> nearest("spend", ["label", "monthly_spend"])
    'monthly_spend'
    """
    names = list(dict.fromkeys(allowed))
    if len(names) > _MANY_NAMES:
        names = sorted(names, key=lambda other: -_alike(name, other))[:_FEW_NAMES]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    holding = [other for other in names if name in other] if len(name) >= 4 else []
    return close[0] if close else holding[0] if len(holding) == 1 else ""


_MANY_NAMES, _FEW_NAMES = 500, 20  # difflib takes some hundredths of a millisecond a name


def _alike(name: str, other: str) -> int:
    """How many characters two names have in common at both ends; a quick look."""
    begin = _common(name, other)
    return begin + _common(name[begin:][::-1], other[begin:][::-1])


def _common(name: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(name, other, strict=False)) if a != b), min(len(name), len(other)))
