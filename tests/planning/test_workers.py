"""Workers that end in the midst of sending a result: the study ends, too, within seconds, and keeps what was done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOON = 25  # seconds: many times what it takes, and far less than for ever

pytestmark = pytest.mark.skipif(
    os.name != "posix", reason="workers elsewhere send through pipes that give a message whole or not at all"
)


def started(how: str, start: str) -> subprocess.Popen[str]:
    """A study in a process of its own."""
    words = [sys.executable, "-c", f"from tests.planning.dying import main; main({how!r}, {start!r})"]
    return subprocess.Popen(
        words, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def ended(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What it printed last, and its errors; it must end by itself."""
    try:
        out, err = process.communicate(timeout=SOON)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        pytest.fail(f"still running after {SOON} s")
    return out.splitlines()[-1], err


@pytest.mark.parametrize("start", ["copies", "new"])
def test_a_worker_killed_in_the_midst_of_sending(start: str) -> None:
    """Half of a result has come, and no more ever will."""
    last, err = ended(started("dies", start))
    assert last == "ended by BrokenExecutor True", err


@pytest.mark.parametrize("start", ["copies", "new"])
def test_ctrl_c_while_a_worker_stands_still(start: str) -> None:
    """A worker stopped half-way through sending (as a debugger does) lives on; Ctrl-C ends the study all the same, and the worker."""
    process = started("stops", start)
    assert process.stdout is not None
    while int(process.stdout.readline()) < 11:
        pass
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    last, err = ended(process)
    assert last == "ended by KeyboardInterrupt True", err
