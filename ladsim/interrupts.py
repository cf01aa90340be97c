"""Ctrl-C at the wrong moment: held back until it can do no harm, and never lost.

Python raises KeyboardInterrupt wherever the main thread happens to be. In four places that spoils something: while Numba compiles (it
calls Python from C, where an exception is dropped and leaves a function without code), while WebAssembly calls a user's own rule (again
from C), while a file takes the place of another, and when a study has been simulated and only its tables, its page and its folder are
still to be made. So there Ctrl-C is noted, and handed on to whoever would have had it as soon as that is over:

- ``whole``: steps that belong together, such as making a temporary file and taking it away; what takes long among them, the writing,
  is ``heard``: there it comes at once;
- ``between_steps``: work in steps that call each other; it comes after the step it fell into, a second one at once;
- ``calling_back``: C code that calls Python; it comes where that Python has begun and is ``is_heard``, else at the end;
- ``keeping``: a study that is to be kept once it has been simulated (``simulated``): the first Ctrl-C after that is only noted, a
  second one ends it.

All of this is for the main thread, which alone hears Ctrl-C; where it is ignored, it stays ignored.

>>> former = signal.signal(signal.SIGINT, signal.default_int_handler)
>>> done = []
>>> try:
...     with whole():
...         signal.raise_signal(signal.SIGINT)
...         done.append("to the end")
... except KeyboardInterrupt:
...     done.append("and then stopped")
>>> done
['to the end', 'and then stopped']
>>> _ = signal.signal(signal.SIGINT, former)
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Handler = Callable[[int, Any], Any]


class _Noted:
    """Ctrl-C noted in place of whoever heard it before, who is told of it at the end.

    Classes and no generators: between the lines of ``contextlib`` a KeyboardInterrupt could leave one standing half-way.
    """

    def __init__(self, at_once: bool) -> None:
        self.at_once = at_once  # a second one is not held back
        self.count = 0
        self.former: Handler | None = None

    def __enter__(self) -> _Noted:
        self.former = _former()
        self._hook = sys.unraisablehook
        if self.former is not None:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *raised: object) -> None:
        if self.former is not None:
            sys.unraisablehook = self._hook
            signal.signal(signal.SIGINT, self.former)
            self.hand_on()  # whatever came of a Ctrl-C in the midst, it is a KeyboardInterrupt

    def heard(self) -> _Heard:
        """Inside, Ctrl-C comes at once; also one that has been noted."""
        return _Heard(self)

    def hand_on(self) -> None:
        """Tell who heard it before, twice where it was pressed more than once."""
        pressed, self.count = min(self.count, 2), 0
        for _ in range(pressed):
            assert self.former is not None
            self.former(signal.SIGINT, None)

    def _note(self, number: int, frame: Any) -> None:
        self.count += 1
        if self.at_once and self.count > 1:
            # A callback from C may still drop it, but then without a traceback on the screen.
            sys.unraisablehook = _say_nothing
            raise KeyboardInterrupt


class _Heard:
    """A part of what is noted in which Ctrl-C comes at once."""

    def __init__(self, noted: _Noted) -> None:
        self._noted = noted

    def __enter__(self) -> None:
        if self._noted.former is None:
            return
        try:
            signal.signal(signal.SIGINT, self._noted.former)
            self._noted.hand_on()
        except BaseException:
            signal.signal(signal.SIGINT, self._noted._note)
            raise

    def __exit__(self, *raised: object) -> None:
        if self._noted.former is not None:
            signal.signal(signal.SIGINT, self._noted._note)


def _say_nothing(dropped: Any) -> None:
    """What C drops after a second Ctrl-C is that Ctrl-C."""


def _former() -> Handler | None:
    """Who hears Ctrl-C now; None where nobody of Python does, or where this thread never hears it."""
    if threading.current_thread() is not threading.main_thread():
        return None
    handler = signal.getsignal(signal.SIGINT)
    return handler if callable(handler) else None


def whole() -> _Noted:
    """What is done inside is done to its end, then Ctrl-C goes on. What takes more than a moment must be ``heard``."""
    return _Noted(at_once=False)


class _CallingBack(_Noted):
    """C code that calls Python back: Ctrl-C comes within what it calls, as long as that says that it ``is_heard``, or at the end."""

    is_heard = False

    def hear(self) -> None:
        """From here on Ctrl-C comes at once; also one that has been noted. It ends that itself."""
        self.is_heard = True
        if self.count:
            self._tell()

    def _note(self, number: int, frame: Any) -> None:
        self.count += 1
        if self.is_heard:
            self._tell()

    def _tell(self) -> None:
        self.is_heard = False
        self.hand_on()
        self.is_heard = True  # whoever hears it has only noted it


def calling_back() -> _CallingBack:
    """Between C and the Python that it calls back nothing is raised; may be entered again and again, one after the other."""
    return _CallingBack(at_once=False)


_SOON = 0.02  # seconds: by then Python is out of where it dropped it


def dropped_comes_again() -> None:
    """For a program, from its beginning on: a KeyboardInterrupt that falls where Python cannot raise it comes again.

    In the midst of a finaliser, or of a callback, Python prints a traceback and goes on as if nothing had been pressed.
    """
    before = sys.unraisablehook

    def hook(dropped: Any) -> None:
        if not issubclass(dropped.exc_type, KeyboardInterrupt):
            before(dropped)
            return
        timer = threading.Timer(_SOON, signal.raise_signal, [signal.SIGINT])
        timer.daemon = True
        timer.start()

    sys.unraisablehook = hook


_step: _Noted | None = None


class between_steps:  # noqa: N801 - used as a function is
    """A step that may contain others of its kind; Ctrl-C goes on when the innermost is over, a second one at once.

    Whatever exception a second one led to leaves the outermost step as the KeyboardInterrupt that it was.
    """

    def __enter__(self) -> None:
        global _step
        self._outer = _step if threading.current_thread() is threading.main_thread() else None
        if self._outer is None:
            self._noted = _Noted(at_once=True)
            self._noted.__enter__()
            if self._noted.former is not None:
                _step = self._noted

    def __exit__(self, kind: object, *raised: object) -> None:
        global _step
        if self._outer is None:
            if self._noted.former is not None:
                _step = None
            self._noted.__exit__()
        elif kind is None:
            self._outer.hand_on()


@dataclass
class Late:
    """How often Ctrl-C was pressed after everything had been simulated."""

    count: int = 0
    simulated: bool = False


_kept: Late | None = None


@contextmanager
def keeping(tell: Callable[[], None]) -> Iterator[Late]:
    """From ``simulated`` on the first Ctrl-C ends nothing; `tell` is called, to say so. A second one is a KeyboardInterrupt."""
    global _kept
    former, late, before = _former(), Late(), _kept

    def hear(number: int, frame: Any) -> None:
        if not late.simulated:
            assert former is not None
            former(number, frame)
            return
        late.count += 1
        if late.count > 1:
            raise KeyboardInterrupt
        tell()

    _kept = late
    if former is not None:
        signal.signal(signal.SIGINT, hear)
    try:
        yield late
    finally:
        _kept = before
        if former is not None:
            signal.signal(signal.SIGINT, former)


def simulated(pressed: bool = False) -> None:
    """Say that nothing is left to be simulated: from now on a study that somebody is ``keeping`` is finished first.

    `pressed`: Ctrl-C came at the very end, when nothing was left to be stopped.
    """
    if _kept is not None:
        _kept.simulated = True
        _kept.count += pressed
