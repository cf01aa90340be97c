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

OF_AN_ORDER = ("discount_of", "credit_of", "level_after", "on_order")  # hooks


@contextmanager
def watched(laid_out: Tables) -> Iterator[list[str]]:
    """Watch what hooks reach for, wherever Python plays; what is beyond a programme's own is neither read nor written."""
    strange: list[str] = []
    sizes = [memory_size(program) for program in laid_out.programs]
    names = [program.name for program in laid_out.programs]
    levels = [program.level_cost.size for program in laid_out.programs]
    called: list[tuple[str, int, int]] = []  # the hooks at work, the innermost last: name, row, programme
    whole = {name: getattr(access, name) for name in ("member", "memory", "set_memory")}
    plain_hook = Plain.hook

    def look(row: int, place: int, number: int | None = None) -> bool:
        """Whether a hook may reach there."""
        if not called:
            return True
        hook, own_row, own_place = called[-1]
        who = f"{names[own_place]}: {hook}"
        if row != own_row:
            strange.append(f"{who} reaches for another customer's row: what touches others goes by message")
        elif number is not None and place != own_place:
            strange.append(f"{who} reaches for the memory of {names[place]}: a programme has its own alone")
        elif number is not None and not 0 <= number < sizes[place]:
            strange.append(f"{who} reaches for word {number} of its memory, which has {sizes[place]}: `memory` must ask for more")
        else:
            return True
        return False

    def member(m: Any, row: Any, place: Any) -> Any:
        look(int(row), int(place))
        return whole["member"](m, row, place)

    def memory(m: Any, row: Any, place: Any, number: Any) -> Any:
        return whole["memory"](m, row, place, number) if look(int(row), int(place), int(number)) else 0

    def set_memory(m: Any, row: Any, place: Any, number: Any, value: Any) -> None:
        if look(int(row), int(place), int(number)):
            whole["set_memory"](m, row, place, number, value)

    def hook(self: Plain, function: Callable[..., float]) -> int:
        number = plain_hook(self, function)
        inner = self._hooks[number]

        def noted(address: Any, row: Any, place: Any, t: Any, given: Any) -> float:
            m = access.market(address)
            before = int(whole["member"](m, row, place).level)
            called.append((function.__name__, int(row), int(place)))
            try:
                return inner(address, row, place, t, given)
            finally:
                called.pop()
                if function.__name__ in OF_AN_ORDER and int(whole["member"](m, row, place).level) != before:
                    strange.append(
                        f"{names[int(place)]}: {function.__name__} changes a level: all hooks of an order see those before it; "
                        "what it leads to, `level_after` says"
                    )
                own, highest = whole["member"](m, row, place), levels[int(place)] - 1
                if own.level > highest:
                    strange.append(f"{names[int(place)]}: {function.__name__} gives level {own.level}, levels are 0 to {highest}")
                    own.level = before

        self._hooks[number] = noted
        return number

    try:
        access.member, access.memory, access.set_memory = member, memory, set_memory
        Plain.hook = hook  # type: ignore[method-assign]
        yield strange
    finally:
        access.member, access.memory, access.set_memory = (whole[name] for name in ("member", "memory", "set_memory"))
        Plain.hook = plain_hook  # type: ignore[method-assign]
