"""What the commands say: the result on standard output, all else on standard error.

Plain text with a coloured first word where a terminal shows colours; no library but Typer's own, so that a mistake in a file is
reported at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable

import typer

from ladsim.errors import OutputError, Problem

_quiet = False
_language = "en"
# Said before anything is read of the catalogues: a mistake is told at once.
_WORDS = {"error": {"da": "fejl", "nb": "feil"}, "warning": {"da": "advarsel", "nb": "advarsel"}}


def be_quiet(quiet: bool) -> None:
    """Leave out notes and progress from now on; warnings and errors stay."""
    global _quiet
    _quiet = quiet


def is_quiet() -> bool:
    """Whether notes and progress are left out."""
    return _quiet


def out(text: str) -> None:
    """Print a part of the result. Raises OutputError where standard output cannot be written to (a full disk)."""
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except OSError as problem:
        if problem.errno == errno.EPIPE:  # the reader (head, less) has seen enough: the rest of the work goes on, unread
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return
        raise OutputError(f"standard output: cannot be written ({problem.strerror})") from problem


def speak(language: str) -> None:
    """In which language problems are told from now on: that of the file, or the one asked for."""
    global _language
    _language = language


def problem(found: Problem, language: str = "") -> None:
    """Say what is wrong in a file or an option, in the file's language."""
    from ladsim.i18n.problems import told

    if language:
        speak(language)
    error(told(found, _language))


def oddity(found: Problem) -> None:
    """Say what is odd in a file or an option, in the file's language."""
    from ladsim.i18n.problems import told

    warning(told(found, _language))


def error(text: str) -> None:
    """Say what is wrong, on standard error."""
    _say("error", text, typer.colors.RED)


def warning(text: str) -> None:
    """Say what is odd, on standard error."""
    _say("warning", text, typer.colors.YELLOW)


def note(text: str) -> None:
    """Say what is good to know, on standard error."""
    if not _quiet:
        typer.echo(text, err=True)


def lines(texts: Iterable[str]) -> None:
    """Say several notes."""
    for text in texts:
        note(text)


def _say(what: str, text: str, colour: str) -> None:
    word = {"en": what, **_WORDS[what]}[_language if _language in ("da", "nb") else "en"]
    typer.echo(f"{typer.style(f'{word}:', fg=colour, bold=True)} {text}", err=True)
