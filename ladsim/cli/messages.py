"""What the commands say: the result on standard output, all else on standard error.

Plain text with a coloured first word where a terminal shows colours; no library but Typer's own, so that a mistake in a file is
reported at once.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Sequence

import typer

from ladsim.errors import MOST_CHARACTERS, OutputError, Problem, cut, few, without_control

_quiet = False
_language = "en"
_LINES = "\n\t"  # what is said may have several
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
        _unwritten(problem)


def flush() -> None:
    """Write out what somebody else has printed. Raises as ``out`` does."""
    try:
        sys.stdout.flush()
    except OSError as problem:
        _unwritten(problem)


def _unwritten(problem: OSError) -> None:
    """Standard output takes no more. Raises OutputError, but where its reader (head, less) has seen enough: the work goes on, unread."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())  # what could not be written must not be tried again when Python ends
    os.close(nowhere)
    if problem.errno != errno.EPIPE:
        raise OutputError(f"standard output: cannot be written ({problem.strerror})") from problem


def speak(language: str) -> None:
    """In which language problems are told from now on: that of the file, or the one asked for."""
    global _language
    _language = language


def problems(found: Sequence[Problem], language: str = "", are_odd: bool = False) -> None:
    """Say what is wrong, or odd, in a file, in its language: of very much of it the beginning."""
    from ladsim.i18n.problems import more, told

    if language:
        speak(language)
    for line in few(found, lambda one: told(one, _language), lambda number: more(number, _language)):
        (warning if are_odd else error)(line)


def oddity(found: Problem) -> None:
    """Say what is odd in a file or an option, in the file's language."""
    from ladsim.i18n.problems import told

    warning(told(found, _language))


def error(text: str) -> None:
    """Say what is wrong, on standard error, in the language that is spoken."""
    _say("error", translated(text), typer.colors.RED)


def translated(text: str) -> str:
    """What an error or an answer says, in the language that is spoken; what has no words there stays English."""
    if _language == "en":
        return text
    try:
        from ladsim.i18n.problems import error_told

        return error_told(text, _language)
    except (
        MemoryError,
        ImportError,
        OSError,
        RuntimeError,
        SystemError,
    ):  # it is lack of memory that is to be said: in English, where there is no room for another language
        return text


def warning(text: str) -> None:
    """Say what is odd, on standard error, in the language that is spoken."""
    _say("warning", translated(text), typer.colors.YELLOW)


def running(text: str) -> None:
    """Say what code of a user's own will run, on standard error: before it runs, and always."""
    _say("python", text, typer.colors.CYAN)


def note(text: str) -> None:
    """Say what is good to know, on standard error."""
    if not _quiet:
        typer.echo(without_control(text, _LINES), err=True)


def lines(texts: Iterable[str]) -> None:
    """Say several notes."""
    for text in texts:
        note(text)


def _say(what: str, text: str, colour: str) -> None:
    word = {"en": what, **_WORDS.get(what, {})}.get(_language, what)
    typer.echo(f"{typer.style(f'{word}:', fg=colour, bold=True)} {without_control(cut(text, MOST_CHARACTERS), _LINES)}", err=True)
