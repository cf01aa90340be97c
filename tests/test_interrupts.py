"""Ctrl-C at the wrong moment: never lost, never a traceback, nothing half-written.

Tests: ``files.py``.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ladsim import files, interrupts
from ladsim.hosts import cache, native
from ladsim.interrupts import between_steps, keeping, simulated, whole
from ladsim.planning import output
from tests.cli.commands import SIMULATING
from tests.hosts import compiles

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is a KeyboardInterrupt here, whoever started the tests; and is again afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def press(times: int = 1) -> None:
    """Press Ctrl-C."""
    for _ in range(times):
        signal.raise_signal(signal.SIGINT)


def test_a_step_is_done_before_the_next_one_hears() -> None:
    """Steps within a step: Ctrl-C comes when the innermost is over, and the outer one goes no further."""
    done = []

    def work() -> None:
        with between_steps():
            with between_steps():
                press()
                done.append("inner")
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["inner"]


def test_a_second_one_ends_a_step_whatever_comes_of_it() -> None:
    """Where C drops the second KeyboardInterrupt and something else goes wrong for it, what leaves is still the KeyboardInterrupt."""

    def work() -> None:
        with between_steps():
            press()
            with contextlib.suppress(KeyboardInterrupt):
                press()
                pytest.fail("the second one was held back, too")
            raise RuntimeError("no compiled object yet")

    with pytest.raises(KeyboardInterrupt):
        work()


def test_who_ignores_it_is_left_alone() -> None:
    """A program in the background hears no Ctrl-C, inside as outside."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with whole(), between_steps(), keeping(lambda: pytest.fail("it was told")):
            simulated()
            press(3)
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_other_threads_hear_none() -> None:
    """All three may be used by any thread."""

    def work() -> None:
        with whole() as moment, between_steps(), keeping(lambda: None), moment.heard():
            done.append(True)

    done: list[bool] = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_a_study_that_is_kept_hears_the_second_one() -> None:
    """Until everything is simulated it comes at once; then the first is noted and told, the second comes at once."""
    told: list[str] = []
    with pytest.raises(KeyboardInterrupt), keeping(lambda: told.append("said")):
        press()
    with keeping(lambda: told.append("said")) as late:
        simulated()
        with whole():  # whoever holds it back meanwhile hands it on
            press()
            assert late.count == 0
        assert (late.count, told) == (1, ["said"])
    with pytest.raises(KeyboardInterrupt), _simulated():
        press(2)
    with keeping(lambda: None) as late:
        simulated(pressed=True)
        assert late.count == 1


@contextlib.contextmanager
def _simulated() -> Iterator[None]:
    with keeping(lambda: None):
        simulated()
        yield


class _AtLine:
    """Presses Ctrl-C at the n-th line that is run of some files."""

    def __init__(self, n: int, *modules: Any) -> None:
        self.n, self.seen, self.pressed = n, 0, False
        self.names = {module.__file__ for module in modules}

    def __call__(self, frame: Any, event: str, argument: object) -> Any:
        if frame.f_code.co_filename not in self.names:
            return None
        if event == "line":
            self.seen += 1
            if self.seen == self.n:
                self.pressed = True
                press()
        return self


def at_every_line(work: Callable[[], object], after: Callable[[bool], None], *modules: Any) -> int:
    """Do the work with Ctrl-C at its first line, at its second …; `after` looks at what is left. Returns how many lines there are."""
    n = 0
    while True:
        n += 1
        trace, stopped = _AtLine(n, *modules), False
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            work()
        except KeyboardInterrupt:
            stopped = True
        finally:
            sys.settrace(before)
        after(stopped)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if not trace.pressed:
            assert not stopped
            return n - 1
        assert stopped, f"Ctrl-C at line {n} was lost"


def test_a_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Wherever Ctrl-C comes while a file is written, it is heard, the file is whole, and nothing stands beside it."""
    path = tmp_path / "scenario.toml"

    def work() -> None:
        path.write_text("old", encoding="utf-8")
        files.in_one_move(path, lambda place: place.write_text("new", encoding="utf-8"))

    def after(stopped: bool) -> None:
        assert path.read_text(encoding="utf-8") in (("old", "new") if stopped else ("new",))
        assert os.listdir(tmp_path) == ["scenario.toml"]

    assert at_every_line(work, after, files, interrupts) > 30


def test_a_folder_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    """Wherever Ctrl-C comes while a study's folder takes the place of another, one of the two stands there whole, with the user's notes."""
    folder = tmp_path / "study"

    def fill(word: str) -> Callable[[Path], None]:
        def write(place: Path) -> None:
            for name in ("a.csv", "b.csv"):
                output._write(place / name, word.encode())
            keys = '"kind": "run", "command": "", "strategies": [], "setting": {}, "scenario": {}, "inputs": {}, "tables": {}, "libraries": {}'
            text = f'{{"ladsim_manifest": 1, {keys}, "files": ["a.csv", "b.csv"]}}'
            (place / output.MANIFEST).write_text(text, encoding="utf-8")

        return write

    def work() -> None:
        output.write_folder(folder, fill("new"))

    def after(stopped: bool) -> None:
        assert os.listdir(tmp_path) == ["study"]
        assert sorted(os.listdir(folder)) == ["a.csv", "b.csv", "manifest.json", "notes.txt"]
        words = {(folder / name).read_text(encoding="utf-8") for name in ("a.csv", "b.csv")}
        assert words == {"new"} or (stopped and words == {"old"})
        sys.settrace(None)
        output.write_folder(folder, fill("old"))

    output.write_folder(folder, fill("old"))
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    assert at_every_line(work, after, output, files, interrupts) > 60


RULES = """
import signal, sys
from numba.core import codegen

signal.signal(signal.SIGINT, signal.default_int_handler)
plain, called = codegen.CPUCodeLibrary._object_compiled_hook.__func__, 0

def pressed_in_c(cls, module, code):
    # Numba is called back from C here: what is raised is dropped, and the function would have no code.
    global called
    called += 1
    for _ in range(int(sys.argv[2]) if called == int(sys.argv[1]) else 0):
        signal.raise_signal(signal.SIGINT)
    return plain(cls, module, code)

codegen.CPUCodeLibrary._object_compiled_hook = classmethod(pressed_in_c)
from ladsim.compiled import entry, rule
from ladsim.hosts.native import native

@rule
def half(x):
    return x / 2.0

@entry("f8 -> f8")
def quarter(x):
    return half(half(x))

for attempt in range(2):
    try:
        print(native.call(quarter, 4.0))
    except KeyboardInterrupt:
        print("Ctrl-C")
"""


@compiles
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_within_the_compiler(at: int, times: int, tmp_path: Path) -> None:
    """Pressed once or twice while C has called back, in a rule or in what calls it: a KeyboardInterrupt, and that compiling stopped is all.

    The next call gives its number.
    """
    file = tmp_path / "rules.py"
    file.write_text(RULES, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(tmp_path / "cache")}
    words = [sys.executable, str(file), str(at), str(times)]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0
    assert [line.split(", ")[0].split(" after")[0] for line in done.stderr.splitlines()] == [
        "Compiling the rules for this machine",
        "Compiling stopped",
        "Compiling the rules for this machine",
    ]
    assert done.stdout == "Ctrl-C\n1.0\n"


@compiles
def test_other_threads_compile_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When Ctrl-C was pressed, a thread that would compile a function does not, and the next call does."""
    monkeypatch.setattr(native, "cache_dir", lambda: tmp_path)
    file = tmp_path / "own.py"
    file.write_text("from ladsim.compiled import entry\n@entry('i8 -> i8')\ndef twice(x):\n    return 2 * x\n", encoding="utf-8")
    names: dict[str, Any] = {"__name__": "own"}
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), names)
    with cache.given_up(), pytest.raises(KeyboardInterrupt):
        cache.apart(native.native.call, names["twice"], 3)
    assert cache.apart(native.native.call, names["twice"], 3) == 6


SHOP = """
schema = 1
name = "Shop"
months = 2
market_size = 50
[[rungs]]
name = "lead"
share = 1.0
[[rungs]]
name = "customer"
orders_per_month = 1.0
[[steps]]
from = "lead"
to = "customer"
monthly = 0.1
is_order = true
[basket]
law = "constant"
mean = 30
[money]
margin = 0.5
[[programs]]
kind = "cashback"
name = "cashback"
joins = { monthly = 0.1 }
cashback_share = 0.03
[strategies.one]
set = { "basket.mean" = 31 }
"""
FIRST_START = """
import signal, sys
from numba.core import event
signal.signal(signal.SIGINT, signal.default_int_handler)

class Pressing(event.Listener):
    begun = 0
    def on_start(self, event):
        Pressing.begun += 1
        if Pressing.begun == 4:
            signal.raise_signal(signal.SIGINT)
    def on_end(self, event):
        pass

event.register("numba:compile", Pressing())
from ladsim.cli import main
main()
"""


@compiles
@pytest.mark.parametrize("command", SIMULATING)
def test_ctrl_c_at_the_first_start(command: str, tmp_path: Path) -> None:
    """While the rules are compiled: exit code 3, a sentence, no traceback, and nothing is left in the folder."""
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(tmp_path / "cache"), "LADSIM_HOST": "native"}
    done = subprocess.run(
        [sys.executable, "-c", FIRST_START, command, "shop.toml"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "stopped before the result was complete" in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["cache", "shop.toml"]
