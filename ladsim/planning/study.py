"""What a study is, whatever it asks: to the manifest, to ``again``, to its tables, to its page and the screen.

A study is a frozen record that answers as `Study` says, and a `StudyKind` that says what is particular to its kind. Where the parts of
each kind are found stands in ``studies.STUDIES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from ladsim.planning.results import Replications, Setting
    from ladsim.scenario.spec import Scenario


class Study(Protocol):
    """What every study's result has, beside its own tables."""

    kind: ClassVar[str]  # its key in ``studies.STUDIES``, and the name of its command

    @property
    def setting(self) -> Setting:
        """What fixes the numbers, with `source`."""

    @property
    def source(self) -> Scenario:
        """The scenario as the file has it, overrides applied, every strategy still in it."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that the study is about: under its strategy, where it has one."""

    @property
    def futures(self) -> Mapping[str, Replications]:
        """The futures of every strategy by its name, the same number of each; at least one strategy."""

    @property
    def interrupted(self) -> bool:
        """Whether it was stopped before all replications were done."""


S = TypeVar("S", bound=Study)


def _nothing(_: Any) -> dict[str, Any]:
    """No tables, or no arguments."""
    return {}


@dataclass(frozen=True)
class StudyKind(Generic[S]):
    """What is particular to a kind of study. `arguments` and `read` go opposite ways.

    ``arguments(study)`` gives what the study was asked beside its strategies and its setting, as JSON values, for the manifest;
    ``read(manifest)`` gives the same by the names that `again` takes, and raises ValueError, in words, where a manifest is damaged.
    """

    again: Callable[..., S]  # takes scenario, strategies, and by name what `read` gives and the `StudyOptions`
    own_tables: Callable[[S], dict[str, pd.DataFrame]]  # before those that every study has
    last_tables: Callable[[S], dict[str, pd.DataFrame]] = _nothing  # behind them
    arguments: Callable[[S], dict[str, Any]] = _nothing
    read: Callable[[Mapping[str, Any]], dict[str, Any]] = _nothing
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # of its own tables, as in ``columns.COLUMNS``
    by_segment: bool = False  # it asks how large segments are and what they need, so these numbers act
