"""The program ``ladsim``: its commands, its version, its help."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ladsim.cli import again, compare_engines, messages, scenario_commands
from ladsim.cli.backtest import backtest
from ladsim.cli.calibrate import calibrate
from ladsim.cli.data import data
from ladsim.cli.exits import EPILOG, INTERRUPTED, MISTAKE, errors_in_words, has_no_memory
from ladsim.cli.explain import explain
from ladsim.cli.forecast import forecast
from ladsim.cli.page import page
from ladsim.cli.place import place
from ladsim.cli.replay import replay
from ladsim.cli.runs import runs
from ladsim.cli.synthesize import synthesize
from ladsim.cli.tactics import tactics
from ladsim.cli.track import track
from ladsim.cli.trial_length import test_length
from ladsim.cli.twin import twin
from ladsim.cli.verify import verify
from ladsim.cli.warming import Shown, warm_up
from ladsim.errors import cut
from ladsim.hosts.compiling import told_by
from ladsim.interrupts import dropped_comes_again
from ladsim.planning.studies import STUDIES


class _Program(TyperGroup):
    """The commands in the order of work, their errors in words."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def make_context(self, *words: Any, **more: Any) -> Any:
        with errors_in_words():  # Ctrl-C may come as early as this
            return super().make_context(*words, **more)

    def invoke(self, ctx: Any) -> Any:
        with errors_in_words(), told_by(Shown()), _short():
            return super().invoke(ctx)


@contextmanager
def _short() -> Iterator[None]:
    """What is said of a wrong option repeats it, however long it is: of that the beginning will do."""
    try:
        yield
    except typer.BadParameter as error:
        error.message = cut(error.message, 1_000)
        raise


def _version(wanted: bool) -> None:
    if wanted:
        from ladsim import __version__

        typer.echo(f"ladsim {__version__}")
        raise typer.Exit


def _ladsim(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """The program itself."""
    messages.be_quiet(False)
    messages.speak("en")


def _commands() -> Iterator[tuple[Any, str]]:
    """All commands in the order of work, each with the words of the list of commands."""
    yield scenario_commands.new, "write a commented scenario to start from"
    yield scenario_commands.presets, "list the scenarios that come with ladsim"
    yield scenario_commands.check, "list everything that is wrong in a scenario file"
    yield scenario_commands.show, "print the ladder of a scenario, and draw it"
    yield tactics, "list the tactics and channels that come with ladsim"
    yield data, "read customers' data, and say what was read and what was left out"
    yield forecast, "go from an export to one page: who your customers are, what moves, what you can promise"
    yield calibrate, "fit customers' data, and write a scenario whose numbers are ranges"
    yield backtest, "fit the first part of your orders, simulate the rest, and say how far off it was"
    yield place, "say on which rung every customer of your data stands"
    yield replay, "play other programme rules on your customers' real orders"
    yield synthesize, "write exports of a simulated market whose truth is known"
    yield scenario_commands.schema, "print the JSON Schema of scenario files, for text editors"
    for kind, places in STUDIES.items():
        if places.command:
            command = getattr(import_module(places.command), kind)
            yield command, command.line
    yield twin, "show one customer's life under two strategies, and where the two part"
    yield page, "write a market as one HTML file that anybody can play"
    yield track, "compare what really happened with a plan of targets"
    yield runs, "list the futures that are kept, so that they need not be simulated again; compare or delete them"
    yield test_length, "say how many customers and months a test of a campaign needs"
    yield again.again, "repeat an earlier study, and say whether its numbers are the same"
    yield compare_engines.compare_engines, "check that both engines give the same events"
    yield verify, "play published models again, and say whether they agree with their formulas"
    yield warm_up, "prepare this computer for large markets"
    yield explain, "say what a measure means, in English, Danish or Norwegian"


def program() -> typer.Typer:
    """The program with its commands, those of the table of studies among them."""
    made = typer.Typer(
        name="ladsim",
        cls=_Program,
        help="Simulate your market climbing the customer loyalty ladder, and compare strategies at the same budget before the money is "
        "spent.\n\nStart with:  ladsim compare acquisition_vs_retention",
        epilog=EPILOG + "\n\nSCENARIO is the path of a TOML file, or the name of a scenario that comes with ladsim.",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    made.callback()(_ladsim)
    for command, words in _commands():
        made.command(short_help=words, epilog=EPILOG)(command)
    return made


app = program()


def main() -> None:
    """Run the command that was typed."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us: what is said there goes nowhere
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    for ending in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(ending) == signal.SIG_DFL:  # an exception, so that temporary files and processes go, too
            signal.signal(ending, lambda number, frame: sys.exit(128 + number))
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show ║ or → gets a question mark instead of a traceback.
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    # What libraries set up is no garbage. Looking through it, at the end above all, takes a sixth of a short command.
    gc.set_threshold(20_000)
    atexit.register(gc.freeze)
    dropped_comes_again()
    try:
        app(prog_name="ladsim")
    except SystemExit as end:
        # All is said and written: Ctrl-C has nothing left to stop, and Python would answer it with a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if end.code == INTERRUPTED:
            _leave(INTERRUPTED)
        if end.code == MISTAKE and has_no_memory():
            _leave(MISTAKE)
        raise


def _leave(code: int) -> None:
    """End with this exit code. Python itself would die of the signal if the KeyboardInterrupt ever passed through an ``exec``."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
