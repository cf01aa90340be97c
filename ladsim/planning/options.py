"""The options that every study takes, declared once: their names, types and defaults.

In: a study whose last parameter is ``**options: Unpack[StudyOptions]``. Out: the same, with every option in `options`, as given or at
its default, and a signature that names each of them for ``help``. A study hands `options` on as they are.

To add an option: a line in `StudyOptions`, its default in ``_DEFAULTS``, and where it is used; for the command line ``cli.request``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar

if TYPE_CHECKING:
    import os

    from ladsim.planning.workers import Executor


class Progress(Protocol):
    """Is told how far a study is: runs done, runs in all, seconds left (None while nobody can say)."""

    def __call__(self, done: int, total: int, seconds_left: float | None) -> None: ...


class StudyOptions(TypedDict, total=False):
    """What every study takes beside its own arguments. What each means: see ``ladsim.replicate``."""

    seed: int
    replications: int
    sample: int | None
    processes: int | None
    progress: Progress | None
    overrides: Mapping[str, Any] | None
    executor: Executor | None
    months_after: int | None
    store: str | os.PathLike[str] | bool | None


REPLICATIONS = 40
_DEFAULTS: dict[str, Any] = {
    "seed": 1, "replications": REPLICATIONS, "sample": None, "processes": None, "progress": None, "overrides": None, "executor": None,
    "months_after": 0, "store": None,
}  # fmt: skip
F = TypeVar("F", bound=Callable[..., Any])


def with_study_options(replications: int = REPLICATIONS, months_after: int | None = 0) -> Callable[[F], F]:
    """A study with all options in its signature, which it finds in its ``**options``; the parameters: what it has by itself."""
    defaults = _DEFAULTS | {"replications": replications, "months_after": months_after}

    def named(study: F) -> F:
        signature = inspect.signature(study)
        own = [one for one in signature.parameters.values() if one.kind is not one.VAR_KEYWORD]
        types = {name: _written(hint) for name, hint in StudyOptions.__annotations__.items()}
        shared = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=types[name])
            for name, default in defaults.items()
        ]
        whole = signature.replace(parameters=[*own, *shared])

        @wraps(study)
        def asked(*arguments: Any, **named: Any) -> Any:
            try:
                given = whole.bind(*arguments, **named)
            except TypeError as error:
                raise TypeError(f"{study.__name__}() {error}") from None
            given.apply_defaults()
            return study(*given.args, **given.kwargs)

        asked.__signature__ = whole  # type: ignore[attr-defined]
        return asked  # type: ignore[return-value]

    return named


def _written(hint: Any) -> str:
    """A type as it stands in `StudyOptions`."""
    return str(getattr(hint, "__forward_arg__", hint))
