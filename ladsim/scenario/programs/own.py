"""Own: a programme whose rules stand in a Python file of the user's.

The file keeps the contract of ``rules``; it is named by `file`, and `options` are the numbers that its rules read. While a scenario is
checked the file is read, and never run (``own_file``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from ladsim.errors import Problem
from ladsim.python_files import parsed
from ladsim.scenario.number_types import Real
from ladsim.scenario.programs.own_file import own_file
from ladsim.scenario.programs.record import Program

if TYPE_CHECKING:
    from ladsim.scenario.spec import Scenario


class Own(Program):
    """A programme by rules in a Python file of the user's."""

    gives_points: ClassVar[bool] = True  # it may read what multiplies points

    kind: Literal["own"]
    file: str | None = Field(None, description="a Python file with the programme's rules, relative to the scenario file")
    options: dict[str, Real] = Field(
        default_factory=dict, description="the numbers that its rules read, by their names in NUMBERS"
    )

    @property
    def rules(self) -> str:
        return self.file or self.kind

    @property
    def must_be_joined(self) -> bool:
        return False

    def numbers(self, scenario: Scenario) -> dict[str, float]:
        """The options alone: other names mean nothing to its rules."""
        return dict(self.options)

    def problems(self, scenario: Scenario, place: str, beside: Sequence[Program]) -> Iterator[Problem]:
        """The file is read, never run."""
        if self.file is None:
            yield Problem(f"{place}.file", "nothing", "must be given: a Python file with the rules of the programme")
            return
        if not self.file.endswith(".py"):
            yield Problem(f"{place}.file", repr(self.file), "must be a Python file: its name ends in .py")
            return
        tree = parsed(f"{place}.file", self.file)
        if isinstance(tree, Problem):
            yield tree
            return
        yield from own_file(place, self.file, self.options, tree)
