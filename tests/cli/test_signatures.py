"""A command's options stand once, in a record: Typer reads them off it, and the command takes what was typed as one argument."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from ladsim.cli.signatures import with_options


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Options of a command that there is not."""

    file: Annotated[str, typer.Argument(metavar="FILE")]
    count: Annotated[int, typer.Option("--count", help="How many.")] = 3
    loud: Annotated[bool, typer.Option("--loud")] = False


def test_a_record_is_the_options_of_a_command() -> None:
    """Words of the help, defaults and what was typed; a word that is none of them is refused."""
    found: list[Wanted] = []
    program = typer.Typer()

    @program.command()
    @with_options(Wanted)
    def want(asked: Wanted) -> None:
        """Want something."""
        found.append(asked)

    run = CliRunner().invoke
    assert run(program, ["a.csv"]).exit_code == run(program, ["b.csv", "--loud", "--count", "7"]).exit_code == 0
    assert found == [Wanted(file="a.csv"), Wanted(file="b.csv", count=7, loud=True)]
    said = run(program, ["--help"]).output
    assert said.index("FILE") < said.index("How many.") < said.index("--loud")
    assert "Want something." in said
    assert run(program, ["a.csv", "--cuont", "7"]).exit_code == 2
