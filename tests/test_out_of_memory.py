"""Too little memory ends in one sentence, wherever it runs out: in this process, in a worker, while a graph is made or read."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ladsim.errors import StudyError, WorldError, enough_memory
from ladsim.planning import pool as planning_pool
from ladsim.planning import run as planning_run
from ladsim.planning.run import replicate
from ladsim.world import build as world_build
from ladsim.world.build import build
from tests.world.scenarios import scenario

ROOT = Path(__file__).resolve().parents[1]
LIMIT = 1_200_000_000  # bytes: enough to start, and for a market of a million
MARKET = """
schema = 1
name = "Many"
months = 2
market_size = 20_000_000
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
source = "assumption"
"""
GRAPH = '[[word_of_mouth]]\nlayer = "friends"\ngraph = { kind = "barabasi_albert", links = 8 }\n'
SMALL = ["import resource", f"resource.setrlimit(resource.RLIMIT_AS, ({LIMIT}, {LIMIT}))"]
COMMAND = [*SMALL, "import sys", "from ladsim.cli import main", "main()"]
FROM_PYTHON = [*SMALL, "import ladsim, sys", "ladsim.simulate(ladsim.load(sys.argv[1]), engine=sys.argv[2])"]

limited = pytest.mark.skipif(sys.platform != "linux", reason="a limit of memory is not kept here")


def called(lines: list[str], *words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines), *map(str, words)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@limited
@pytest.mark.parametrize(
    ("graph", "processes", "what"), [("", 1, "simulating"), ("", 2, "simulating"), (GRAPH, 1, "making the world of")]
)
def test_a_command_says_what_was_too_much(graph: str, processes: int, what: str, tmp_path: Path) -> None:
    """One sentence with the number of customers, what one takes and what to do; exit code 2; nothing written."""
    (tmp_path / "many.toml").write_text(MARKET + graph)
    words = ["run", "many.toml", "--sample", "all", "--replications", 2, "--processes", processes, "--out", "study", "--quiet"]
    done = called(COMMAND, *words, folder=tmp_path)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert errors[0].startswith(f"error: memory ran out while {what} 20,000,000 customers: roughly ")
    assert errors[0].endswith(
        "GB in all; this process may have 1.2 GB of address space (ulimit -v): raise that limit, ask for a sample of the market, or "
        "use fewer processes"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["many.toml"]


@limited
@pytest.mark.parametrize("engine", ["fast", "simpy"])
def test_python_gets_an_error_of_ladsim(engine: str, tmp_path: Path) -> None:
    """A StudyError, as all that a user can mend."""
    (tmp_path / "many.toml").write_text(MARKET)
    done = called(FROM_PYTHON, "many.toml", engine, folder=tmp_path)
    assert done.stderr.splitlines()[-1].startswith(
        "ladsim.errors.StudyError: memory ran out while simulating 20,000,000 customers"
    )


@pytest.mark.parametrize("problem", [MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory")])
def test_every_kind_of_shortage_is_one_error(problem: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's, numpy's and Numba's MemoryError, and the system's own when it cannot map a file or start a process."""

    def broken(*_: object, **__: object) -> None:
        raise problem

    with pytest.raises(StudyError, match=r"roughly 50 bytes each, 0\.5 GB in all"), enough_memory(StudyError, "x", 10**7, 50):
        broken()
    with monkeypatch.context() as patch:
        patch.setattr(world_build, "_numbered", broken)
        with pytest.raises(WorldError, match="making the world of 100 customers"):
            build(scenario(100))
    with monkeypatch.context() as patch:
        patch.setattr(world_build, "read_ties", broken)
        with pytest.raises(WorldError, match="reading the graph of 100 customers"):
            build(scenario(100, {"kind": "file", "path": "x"}))
    for home, place in ((planning_run, "summarise"), (planning_pool, "in_processes")):
        with monkeypatch.context() as patch:
            patch.setattr(home, place, broken)
            with pytest.raises(StudyError, match=r"memory ran out after 0 of 2 runs: use fewer processes \(now [12]\)"):
                replicate(scenario(50), replications=2, processes=1 if place == "summarise" else 2)


def test_other_errors_go_on_as_they_are() -> None:
    """A full disk is no lack of memory."""
    with pytest.raises(OSError, match="No space left"), enough_memory(StudyError, "x", 1, 1):
        raise OSError(errno.ENOSPC, "No space left on device")


@limited
@pytest.mark.parametrize("kilobytes", [300_000])
def test_too_little_to_begin_ends_with_its_code(kilobytes: int, tmp_path: Path) -> None:
    """Libraries that find no room: a sentence and exit code 2, no crash when Python ends. (With less, the C library may end the process.)"""
    import resource

    limit = kilobytes * 1024
    done = subprocess.run(
        [sys.executable, "-m", "ladsim", "compare", "program_tiers", "--sample", "100", "--replications", "2", "--out", str(tmp_path / "o")],
        capture_output=True, text=True, check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "ulimit -v" in done.stderr or "memory ran out: " in done.stderr
    assert "Traceback" not in done.stderr
