"""What a study is, which studies there are, and where the parts of each are: manifest, ``again``, tables, JSON, page, notebook and
commands read it.

In: a study, or the name of its kind. Out: its parts. A study is a frozen record that answers as `Study` says, and a `StudyKind` that
says what is particular to its kind. A part is named by its module and loaded when it is first asked for, so the table may name what
lies to the right of this folder, and costs nothing.

To add a study: its file here (a result with a `kind`, the function that makes it, a ``STUDY``), its page in ``reporting`` (a ``VIEW``),
its command in ``cli`` (a function called as the kind), and a line in ``STUDIES``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    import pandas as pd

    from ladsim.planning.replications import Replications, Setting
    from ladsim.scenario.spec import Scenario


class Study(Protocol):
    """What every study's result has, beside its own tables."""

    kind: ClassVar[str]  # its key in ``STUDIES``, and the name of its command

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
    """What is particular to a kind of study. `arguments` and `arguments_in` go opposite ways.

    ``arguments(study)`` gives what the study was asked beside its strategies and its setting, as JSON values, for the manifest;
    ``arguments_in(manifest)`` gives the same by the names that `again` takes, and raises ValueError, in words, where a manifest is damaged.
    """

    again: Callable[..., S]  # takes scenario, strategies, and by name what `arguments_in` gives and the `StudyOptions`
    own_tables: Callable[[S], dict[str, pd.DataFrame]]  # before those that every study has
    last_tables: Callable[[S], dict[str, pd.DataFrame]] = _nothing  # behind them
    arguments: Callable[[S], dict[str, Any]] = _nothing
    arguments_in: Callable[[Mapping[str, Any]], dict[str, Any]] = _nothing
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # of its own tables, as in ``columns.COLUMNS``
    by_segment: bool = False  # it asks how large segments are and which share is addressable, so these numbers are used


@dataclass(frozen=True)
class Places:
    """The modules of a study."""

    study: str  # holds ``STUDY``, a `StudyKind`
    view: str  # holds ``VIEW``, a ``reporting.view.View``
    command: str  # holds the command, a function called as the kind; "": asked for by an option of others


# In the order in which the commands are listed.
STUDIES: dict[str, Places] = {
    "run": Places("ladsim.planning.one_strategy", "ladsim.reporting.run", "ladsim.cli.run"),
    "compare": Places("ladsim.planning.compare", "ladsim.reporting.comparison", "ladsim.cli.compare"),
    "targets": Places("ladsim.planning.targets", "ladsim.reporting.targets", "ladsim.cli.targets"),
    "wheel": Places("ladsim.planning.wheel", "ladsim.reporting.wheel_page", "ladsim.cli.wheel"),
    "potential": Places("ladsim.planning.potential", "ladsim.reporting.potential", "ladsim.cli.potential"),
    "sweep": Places("ladsim.planning.sweep", "ladsim.reporting.sweep", ""),
    "sensitivity": Places("ladsim.planning.sensitivity_analysis", "ladsim.reporting.sensitivity", "ladsim.cli.sensitivity"),
    "allocate": Places("ladsim.planning.allocate", "ladsim.reporting.allocate", "ladsim.cli.allocate"),
    "programs": Places("ladsim.planning.programs", "ladsim.reporting.programs", "ladsim.cli.programs"),
}


def kind_named(name: str) -> StudyKind[Any]:
    """What is particular to a kind of study. Raises KeyError where there is none of that name."""
    found: StudyKind[Any] = import_module(STUDIES[name].study).STUDY
    return found


def kind_of(study: Study) -> StudyKind[Any]:
    """What is particular to a study's kind."""
    return kind_named(study.kind)


def view_of(study: Study) -> Any:
    """How a study is shown: a ``reporting.view.View``."""
    return import_module(STUDIES[study.kind].view).VIEW


class Shown:
    """A study that a notebook shows by itself."""

    def _repr_html_(self: Study) -> str:
        """The answer and the main table, in the scenario's language."""
        html: str = view_of(self).html(self)
        return html
