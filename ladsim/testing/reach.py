"""Rules watched while Python plays them: which row, whose memory and how much of it they reach for, which level they give.

In: a scenario laid out. Out: inside ``watched``, a list that fills with a sentence for each reach beyond a programme's own. Compiled code
would read and write there, and look up the costs of a level that there is not, without a word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ladsim.hosts.plain import Plain
from ladsim.model import access
from ladsim.scenario.change_of_course import memory_size
from ladsim.scenario.tables import Tables


@contextmanager
def watched(laid_out: Tables) -> Iterator[list[str]]:
    """Watch what hooks reach for, wherever Python plays; what is beyond a programme's own is neither read nor written."""
    watch = _Watch(laid_out)
    plain_hook = Plain.hook

    def hook(self: Plain, function: Callable[..., float]) -> int:
        number = plain_hook(self, function)
        self._hooks[number] = watch.noted(function.__name__, self._hooks[number])
        return number

    try:
        access.member, access.memory, access.set_memory = watch.member, watch.memory, watch.set_memory
        Plain.hook = hook  # type: ignore[method-assign]
        yield watch.strange
    finally:
        access.member, access.memory, access.set_memory = watch.own_member, watch.own_memory, watch.own_set_memory
        Plain.hook = plain_hook  # type: ignore[method-assign]


class _Watch:
    """What stands in the place of the rules' reach into memory: it looks first, and notes what is beyond a programme's own."""

    def __init__(self, laid_out: Tables) -> None:
        self.strange: list[str] = []
        self.sizes = [memory_size(program) for program in laid_out.programs]
        self.names = [program.name for program in laid_out.programs]
        self.levels = [program.level_cost.size for program in laid_out.programs]
        self.called: list[tuple[str, int, int]] = []  # the hooks at work, the innermost last: name, row, programme
        self.own_member, self.own_memory, self.own_set_memory = access.member, access.memory, access.set_memory

    def may_reach(self, row: int, place: int, number: int | None = None) -> bool:
        """Whether the hook at work may reach there; where not, it is noted."""
        if not self.called:
            return True
        hook, own_row, own_place = self.called[-1]
        who = f"{self.names[own_place]}: {hook}"
        if row != own_row:
            self.strange.append(f"{who} reaches for another customer's row: what touches others goes by message")
        elif number is not None and place != own_place:
            self.strange.append(f"{who} reaches for the memory of {self.names[place]}: a programme has its own alone")
        elif number is not None and not 0 <= number < self.sizes[place]:
            size = self.sizes[place]
            self.strange.append(f"{who} reaches for word {number} of its memory, which has {size}: `memory` must ask for more")
        else:
            return True
        return False

    def member(self, m: Any, row: Any, place: Any) -> Any:
        self.may_reach(int(row), int(place))
        return self.own_member(m, row, place)

    def memory(self, m: Any, row: Any, place: Any, number: Any) -> Any:
        return self.own_memory(m, row, place, number) if self.may_reach(int(row), int(place), int(number)) else 0

    def set_memory(self, m: Any, row: Any, place: Any, number: Any, value: Any) -> None:
        if self.may_reach(int(row), int(place), int(number)):
            self.own_set_memory(m, row, place, number, value)

    def noted(self, name: str, hook: Callable[..., float]) -> Callable[..., float]:
        """A hook that says it is at work, and whose level is put back where there is none of that number."""

        def at_work(address: Any, row: Any, place: Any, t: Any, given: Any) -> float:
            m, who = access.market(address), int(place)
            before = int(self.own_member(m, row, place).level)
            self.called.append((name, int(row), who))
            try:
                return hook(address, row, place, t, given)
            finally:
                self.called.pop()
                own, highest = self.own_member(m, row, place), self.levels[who] - 1
                if own.level > highest:
                    self.strange.append(f"{self.names[who]}: {name} gives level {own.level}, levels are 0 to {highest}")
                    own.level = before

        return at_work
