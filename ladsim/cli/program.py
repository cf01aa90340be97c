"""The program ``ladsim``: its commands, its version, its help."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ladsim.cli import files, messages, studies
from ladsim.cli.exits import EPILOG, INTERRUPTED, errors_in_words
from ladsim.cli.tactics import tactics
from ladsim.cli.warming import Shown, warm_up
from ladsim.hosts.compiling import told_by
from ladsim.interrupts import dropped_comes_again


class _Program(TyperGroup):
    """The commands in the order of work, their errors in words."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(self.commands)

    def make_context(self, *words: Any, **more: Any) -> Any:
        with errors_in_words():  # Ctrl-C may come as early as this
            return super().make_context(*words, **more)

    def invoke(self, ctx: Any) -> Any:
        with errors_in_words(), told_by(Shown()):
            return super().invoke(ctx)


app = typer.Typer(
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


def _version(wanted: bool) -> None:
    if wanted:
        from ladsim import __version__

        typer.echo(f"ladsim {__version__}")
        raise typer.Exit


@app.callback()
def _ladsim(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """The program itself."""
    messages.be_quiet(False)
    messages.speak("en")


# In the order of work, each with the words of the list of commands.
_COMMANDS = (
    (files.new, "write a commented scenario to start from"),
    (files.presets, "list the scenarios that come with ladsim"),
    (files.check, "list everything that is wrong in a scenario file"),
    (files.show, "print the ladder of a scenario, and draw it"),
    (tactics, "list the tactics and channels that come with ladsim"),
    (files.schema, "print the JSON Schema of scenario files, for editors"),
    (studies.run, "play many futures of one strategy"),
    (studies.compare, "compare strategies, and write the report"),
    (studies.targets, "set targets that will be met with 80, 50 and 20 %"),
    (studies.wheel, "draw the loyalty wheel: what each spoke costs, moves and loses"),
    (studies.potential, "say which segments to go for first, and what a customer may cost"),
    (studies.programs, "say what each loyalty programme earns and costs"),
    (studies.again, "make an earlier study again, to the last digit"),
    (studies.compare_engines, "check that both engines play the same future"),
    (warm_up, "compile the rules beforehand, for large markets"),
    (files.explain, "say what a measure means, in English, Danish or Norwegian"),
)
for _command, _words in _COMMANDS:
    app.command(short_help=_words, epilog=EPILOG)(_command)


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
        raise


def _leave(code: int) -> None:
    """End with this exit code. Python itself would die of the signal if the KeyboardInterrupt ever passed through an ``exec``."""
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
