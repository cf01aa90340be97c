"""Exit codes, and the one place where errors become words.

In: whatever a command raises. Out: a message on standard error and an exit code. An error that a user can mend (``LadsimError``) is
never a traceback; anything else is a defect of ladsim and goes on as it is.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from ladsim.cli import messages
from ladsim.errors import LadsimError, OutputError, ScenarioError, StoppedError, address_space, out_of_memory, out_of_reach

DONE, DIFFERENT, MISTAKE, INTERRUPTED, NOT_WRITTEN = 0, 1, 2, 3, 4

EPILOG = """\b
Exit codes:
  0  done
  1  done, but `again` or `compare-engines` found other numbers, or `verify` one that does not hold
  2  a mistake in the input: the message says where, what was found and what is allowed
  3  stopped, with Ctrl-C or because a worker process was killed: what was finished by then is kept
  4  the result could not be written: nothing half-written is left"""

STOPPED = "stopped before the result was complete; nothing half-written is left, and what stood there before is as it was"

_without_memory: list[bool] = []  # once it has run out
_CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def has_no_memory() -> bool:
    """Whether memory has run out in this process: libraries may have been loaded by half, and crash when they are torn down."""
    return bool(_without_memory)


@contextmanager
def errors_in_words() -> Iterator[None]:
    """Turn what a user can mend into a message and an exit code."""
    try:
        yield
        messages.flush()
    except ScenarioError as error:
        messages.problems(error.problems, error.language)
        raise typer.Exit(MISTAKE) from None
    except OutputError as error:
        messages.error(str(error))
        raise typer.Exit(NOT_WRITTEN) from None
    except StoppedError as error:
        messages.error(str(error))
        raise typer.Exit(INTERRUPTED) from None
    except LadsimError as error:
        messages.error(str(error))
        raise typer.Exit(MISTAKE) from None
    except KeyboardInterrupt as stop:
        messages.error(str(stop) or STOPPED)
        raise typer.Exit(INTERRUPTED) from None
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python must not find the closed pipe once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(DONE) from None
    except (MemoryError, OSError, ImportError, RuntimeError, SystemError) as error:
        if out_of_memory(error):
            limit = address_space()
            advice = "simulate a smaller sample (--sample), or use fewer processes (--processes)"
            _without_memory.append(True)
            messages.error(f"memory ran out: {f'{limit}: raise that limit, ' if limit else ''}{advice}")
            raise typer.Exit(MISTAKE) from None
        if said := out_of_reach(error):
            messages.error(said)
            raise typer.Exit(MISTAKE) from None
        if not isinstance(error, OSError) or error.errno not in _CANNOT_WRITE:
            raise
        messages.error(
            f"{error.filename or 'standard output, or a temporary file'}: cannot be written ({error.strerror}); nothing was left behind"
        )
        raise typer.Exit(NOT_WRITTEN) from None
