"""The table of studies: for each kind where its parts are. Manifest, ``again``, tables, JSON, page, notebook and commands read it.

In: a study, or the name of its kind. Out: its parts. A part is named by its module and loaded when it is first asked for, so the table
may name what lies to the right of this folder, and costs nothing.

To add a study: its file here (a result with a `kind`, the function that makes it, a ``STUDY``), its page in ``reporting`` (a ``VIEW``),
its command in ``cli`` (a function called as the kind), and a line in ``STUDIES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ladsim.planning.study import Study, StudyKind


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
