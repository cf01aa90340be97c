"""Where a study's units are kept: which store, which of its works, and what is said once where not all could be.

In: what the option `store` says, and the environment. Out: a `Keeping` for the works of a part of a study, which ``pool.Plan`` asks before it
plays a unit and gives each that it has played. The store is the folder of the option, else ``$LADSIM_STORE``, else ``runs`` in the cache
folder; "off", or ``store=False``, keeps nothing and reads nothing.
"""

from __future__ import annotations

import logging
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ladsim.errors import LadsimError, StudyError
from ladsim.hosts.cache import bytes_allowed, cache_dir
from ladsim.planning.manifest import ladsim_version
from ladsim.planning.run_store import RunStore
from ladsim.planning.unit_bytes import DamagedError, decoded, encoded
from ladsim.planning.unit_keys import Identity, why_not, work_key
from ladsim.scenario.address import numbers
from ladsim.scenario.spec import Distribution, Range

PLACE, LIMIT = "LADSIM_STORE", "LADSIM_STORE_GB"
USUAL_GB = 2.0  # assumption: room for some 50,000 futures of two years
OFF = ("off", "no", "0", "false")
MISSING: Any = object()
_say: Callable[[str], None] = logging.getLogger("ladsim").warning


@contextmanager
def told_by(say: Callable[[str], None]) -> Iterator[None]:
    """As long as this lasts, `say` is told in one sentence where units could not be kept; else the logger ``ladsim`` is."""
    global _say
    former, _say = _say, say
    try:
        yield
    finally:
        _say = former


def store_for(asked: str | os.PathLike[str] | bool | None) -> RunStore | None:
    """The store that an option asks for (None: that of the environment); None where nothing is to be kept. Raises StudyError."""
    if asked is False:
        return None
    if asked is not None and asked is not True and not isinstance(asked, str | os.PathLike):
        raise StudyError(f"store: found {asked!r}, must be a folder, or False (nothing is kept)")
    folder = place_of(None if asked is True else asked)
    limit = _limit()
    return RunStore(folder, limit) if folder is not None and limit else None


def place_of(asked: str | os.PathLike[str] | None) -> Path | None:
    """The folder of the store; None where it is switched off."""
    named = os.environ.get(PLACE, "").strip() if asked is None else os.fspath(asked)
    if asked is None and named.casefold() in OFF:
        return None
    return Path(named).absolute() if named else cache_dir() / "runs"


def _limit() -> int:
    """Bytes that the store may take."""
    allowed = bytes_allowed(LIMIT, USUAL_GB)
    if allowed is None:
        raise StudyError(
            f"{LIMIT}: found {os.environ[LIMIT].strip()!r}, must be a number of gigabytes from 0 (0: nothing is kept)"
        )
    return allowed


@dataclass(frozen=True)
class Keeping:
    """A store, and what it calls each of the works of a part of a study: its number and key, or None where it is not kept."""

    store: RunStore
    works: tuple[tuple[int, bytes] | None, ...]
    refused: str = ""  # why works are not kept, where that is for a file of the user's own
    is_lost: bool = False  # the store cannot be opened

    def find(self, place: int, number: int) -> Any:
        """A unit of the work at a place, or MISSING."""
        work = self.works[place]
        data = self.store.find(*work, number) if work is not None else None
        if data is None:
            return MISSING
        try:
            return decoded(data)
        except DamagedError:
            return MISSING

    def keep(self, place: int, number: int, unit: Any) -> None:
        """Keep a unit of the work at a place, where that can be done."""
        work = self.works[place]
        if work is None:
            return
        try:
            data = encoded(unit)
        except (pickle.PicklingError, TypeError, AttributeError, BufferError):
            return
        self.store.keep(*work, number, data)

    def trouble(self, done: Iterable[int]) -> str:
        """Why not all of the units that are done are kept, in a sentence; empty where they are. `done`: their numbers in the plan."""
        if self.refused:
            return f"futures are not kept for the next time, because of Python of the scenario's own: {self.refused}"
        if self.is_lost:
            return self._unwritten()
        played = [0] * len(self.works)
        for number in done:
            played[number % len(self.works)] += 1
        if all(work is None or self.store.count(work[0]) >= count for work, count in zip(self.works, played, strict=True)):
            return ""
        if self.store.is_full():
            return f"not all futures are kept for the next time, because the disk is nearly full: {self.store.folder}"
        if self.store.size > 0.8 * self.store.limit:
            return f"not all futures are kept for the next time, because there are more than {LIMIT} allows: {self.store.folder}"
        return self._unwritten()

    def _unwritten(self) -> str:
        return f"not all futures are kept for the next time, because the store cannot be written: {self.store.folder}"


class Kept:
    """A study's store, or none: it says at most one sentence, at its end."""

    def __init__(self, store: RunStore | None, sample: int | None) -> None:
        self._store, self._sample, self._trouble = store, sample, ""

    def of(self, works: Sequence[Any]) -> Keeping | None:
        """Where the units of these works are kept; None where nothing is."""
        if self._store is None:
            return None
        found: list[tuple[int, bytes] | None] = []
        refused = ""
        for work in works:
            identity = getattr(work, "identity", None)
            reasons = [reason for one in identity.scenarios if (reason := why_not(one))] if identity is not None else []
            refused = refused or next(iter(reasons), "")
            found.append(self._known(identity) if identity is not None and not reasons else None)
        return Keeping(self._store, tuple(found), refused, self._store.is_lost)

    def _known(self, identity: Identity) -> tuple[int, bytes] | None:
        assert self._store is not None
        try:
            key = work_key(identity, self._sample)
        except (OSError, TypeError, LadsimError):
            return None
        number = self._store.work(key, lambda: described(identity, self._sample))
        return None if number is None else (number, key)

    def note(self, keeping: Keeping | None, done: Iterable[int]) -> None:
        """A part is over: remember what is to be said."""
        if keeping is not None:
            self._trouble = self._trouble or keeping.trouble(done)

    def __enter__(self) -> Kept:
        return self

    def __exit__(self, *error: object) -> None:
        """The study is over."""
        if self._store is not None:
            self._store.close()
        if self._trouble:
            _say(self._trouble)


def described(identity: Identity, sample: int | None) -> dict[str, Any]:
    """What is listed of a work: no path, no text of the file but its name and title, and no customer."""
    scenario = identity.scenarios[0]
    return {
        "what": identity.what,
        "scenario": scenario.name,
        "title": scenario.heading,
        "strategy": identity.strategy,
        "seed": identity.seed,
        "people": sample or scenario.market_size,
        "market": scenario.market_size,
        "months": scenario.months,
        "currency": scenario.currency,
        "paired": any(number.uncertain for number in numbers(scenario).values()),
        "ladsim": ladsim_version(),
        "numbers": {key: _in_words(number.value) for key, number in numbers(scenario).items()},
    }


def _in_words(value: Any) -> Any:
    """A number, or what is known of it."""
    if isinstance(value, Range | Distribution):
        return " ".join(f"{key} {one}" for key, one in value.model_dump(exclude_none=True).items() if key != "source")
    return value
