"""What Typer reads off a command: its parameters, which a record of options gives it.

In: a record (a dataclass whose fields have Typer's words), and a function that takes one. Out: the same function, called with the
options by name. So options stand once, and what a command does takes one argument, however many there are to type.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from functools import wraps
from typing import Any, TypeVar, get_type_hints

Options = TypeVar("Options")


def with_options(record: type[Options], last: type | None = None) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """A command with the fields of `record` as its options: its one parameter becomes a record of what was typed.

    Those that it has from `last`, a record that it extends, come behind its own.
    """
    shared = () if last is None else tuple(one.name for one in fields(last))

    def made(command: Callable[[Options], None]) -> Callable[..., None]:
        @wraps(command)
        def asking(**given: Any) -> None:
            command(record(**given))

        words = get_type_hints(record, include_extras=True)  # each read where its record stands
        given = [one.replace(annotation=words[one.name]) for one in inspect.signature(record).parameters.values()]
        show(asking, sorted(given, key=lambda one: one.name in shared))
        return asking

    return made


def show(command: Callable[..., None], parameters: Sequence[inspect.Parameter]) -> None:
    """Let a function look as if it took these parameters, by name."""
    given = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    command.__signature__ = inspect.Signature(given)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in given}
