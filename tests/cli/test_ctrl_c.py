"""Ctrl-C while a command works: what is simulated is kept, and a folder is the old one or the new one.

Tests: ``cli/finishing.py``.
"""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from ladsim.planning import workers

Ladsim = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]
QUICK = ("--replications", "4", "--processes", "1")
# The way of a study after its last future: the table on the screen, the page, the files, the manifest, and the folder's new name.
MOMENTS = [
    "ladsim.planning.output:_write",
    "ladsim.planning.output:write_manifest",
    "ladsim.files:_take_place",
    "ladsim.planning.output:tables_of",
    "ladsim.reporting.page:rendered",
    "ladsim.reporting.page:page_of",
]
OF_A_COMPARISON = ["ladsim.planning.compare:judged", "ladsim.planning.compare:deciding", "ladsim.cli.compare:verdict_text"]


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """Ctrl-C is a KeyboardInterrupt here, whoever started the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], list[str]]:
    """Ctrl-C the first time that a function is called, so many times; returns where it came."""

    def at(moment: str, times: int) -> list[str]:
        module, _, name = moment.partition(":")
        owner = importlib.import_module(module)
        plain, came = getattr(owner, name), []

        def pressing(*words: Any, **more: Any) -> Any:
            if not came:
                came.append(moment)
                for _ in range(times):
                    signal.raise_signal(signal.SIGINT)
            return plain(*words, **more)

        monkeypatch.setattr(owner, name, pressing)
        return came

    return at


def bytes_in(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize(
    ("command", "moment"),
    [
        *(("compare", moment) for moment in (*MOMENTS, *OF_A_COMPARISON)),
        ("run", "ladsim.planning.output:_write"),
        ("run", "ladsim.cli.run:run_text"),
        ("targets", "ladsim.planning.targets:judged"),
        ("wheel", "ladsim.planning.wheel:loyalty_wheel"),
        ("wheel", "ladsim.cli.wheel:wheel_files"),
        ("potential", "ladsim.planning.potential:_plan"),
        ("potential", "ladsim.files:_take_place"),
    ],
)
def test_what_is_simulated_is_kept(
    command: str, moment: str, shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]
) -> None:
    """One Ctrl-C after the last future: the study is written whole, byte for byte as without it, and exit code 3 says that it came."""
    assert ladsim(command, shop, *QUICK, "--out", "study").exit_code == 0
    undisturbed = bytes_in(shop.parent)
    came = pressed(moment, 1)
    result = ladsim(command, shop, *QUICK, "--out", "study")
    assert came == [moment]
    assert result.exit_code == 3, result.stderr
    assert "the result is finished first" in result.stderr
    assert "Kept: 4 futures, all that was asked for" in result.stderr
    assert bytes_in(shop.parent) == undisturbed


@pytest.mark.parametrize("moment", [MOMENTS[0], MOMENTS[1], MOMENTS[5], OF_A_COMPARISON[0]])
def test_a_second_one_stops_at_once(moment: str, shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]) -> None:
    """Two of them: exit code 3, the older study stands there as it was, and nothing beside it."""
    assert ladsim("compare", shop, *QUICK, "--seed", "2", "--out", "study").exit_code == 0
    before = bytes_in(shop.parent)
    came = pressed(moment, 2)
    result = ladsim("compare", shop, *QUICK, "--out", "study")
    assert came == [moment]
    assert result.exit_code == 3
    assert "Kept" not in result.stderr
    assert "as it was" in result.stderr
    assert bytes_in(shop.parent) == before


def test_a_folder_is_not_left_between_two_names(shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]) -> None:
    """Two of them in the moment in which the new folder takes the old one's place: that is done first, it takes no time."""
    assert ladsim("compare", shop, *QUICK, "--out", "study").exit_code == 0
    before = bytes_in(shop.parent)
    pressed("ladsim.files:_take_place", 2)
    assert ladsim("compare", shop, *QUICK, "--out", "study").exit_code == 3
    assert bytes_in(shop.parent) == before


def test_json_that_is_written_is_not_denied(shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]) -> None:
    """Stopped twice while the folder is written: the JSON of before is whole, and is said to be there."""
    pressed("ladsim.planning.output:_write", 2)
    result = ladsim("run", shop, *QUICK, "--json", "study.json", "--out", "study")
    assert result.exit_code == 3
    assert "study.json is written; stopped before study was written" in result.stderr
    assert set(bytes_in(shop.parent)) == {"shop.toml", "study.json"}


@pytest.mark.parametrize(("language", "said"), [("da", "Gemt: 4 forløb"), ("nb", "Beholdt: 4 forløp")])
def test_it_is_said_in_the_scenarios_language(
    language: str, said: str, shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]
) -> None:
    """In Danish and in Norwegian as in English."""
    pressed("ladsim.planning.output:_write", 1)
    result = ladsim("run", shop, *QUICK, "--language", language)
    assert result.exit_code == 3
    assert said in result.stderr


def test_again_is_finished_too(shop: Path, ladsim: Ladsim, pressed: Callable[[str, int], list[str]]) -> None:
    """Made again whole, `again` still says whether it is the same."""
    assert ladsim("run", shop, *QUICK, "--out", "study").exit_code == 0
    pressed("ladsim.planning.output:_write", 1)
    result = ladsim("again", "study", "--processes", "1", "--out", "twice")
    assert result.exit_code == 3
    assert "identical" in result.stdout
    assert bytes_in(shop.parent / "twice").keys() == bytes_in(shop.parent / "study").keys() - {"report.html"}


@pytest.mark.parametrize(
    "words", [("show", "shop.toml", "--out", "ladder.svg"), ("new", "other.toml"), ("schema", "--out", "schema.json")]
)
def test_a_file_is_not_half_written(words: tuple[str, ...], shop: Path, ladsim: Ladsim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while a picture or a file is written: exit code 3, and none is there."""
    files = importlib.import_module("ladsim.files")

    def writes(path: Path, write: Callable[[Path], object]) -> None:
        def half(place: Path) -> None:
            place.write_bytes(b"half")
            signal.raise_signal(signal.SIGINT)

        plain(path, half)

    plain = files.in_one_move
    monkeypatch.setattr(files, "in_one_move", writes)
    result = ladsim(*words)
    assert result.exit_code == 3
    assert "nothing half-written is left" in result.stderr
    assert set(bytes_in(shop.parent)) == {"shop.toml"}


PRESSED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ladsim.planning import output
plain, came = output._write, []
def write(*words):
    if not came:
        came.append(1)
        os.killpg(0, signal.SIGINT)
    plain(*words)
output._write = write
from ladsim.cli import main
main()
"""


@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal to a process group")
@pytest.mark.parametrize("processes", ["1", "2"])
def test_a_real_ctrl_c_while_the_folder_is_written(processes: str, shop: Path) -> None:
    """A signal to all processes, as a terminal sends it: the program as it is started ends with exit code 3 and a whole folder."""
    done = subprocess.run(
        [sys.executable, "-c", PRESSED, "run", "shop.toml", "--replications", "4", "--processes", processes, "--out", "study"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, start_new_session=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "Kept: 4 futures" in done.stderr
    assert {"report.html", "manifest.json", "tables/measures.csv"} <= set(bytes_in(shop.parent / "study"))


@pytest.mark.parametrize("moment", ["submit", "shutdown"])
def test_workers_that_start_or_end_do_not_swallow_it(
    moment: str, shop: Path, ladsim: Ladsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while the processes of a study start, or are let go: it is heard; in the end all futures were done, and are kept."""
    from joblib.externals import loky

    plain, came = getattr(loky.ProcessPoolExecutor, moment), []

    def pressing(*words: Any, **more: Any) -> Any:
        if not came:
            came.append(moment)
            signal.raise_signal(signal.SIGINT)
        return plain(*words, **more)

    monkeypatch.setattr(loky.ProcessPoolExecutor, moment, pressing)
    monkeypatch.setattr(workers, "_LISTEN", 5.0)
    result = ladsim("run", shop, "--replications", "8", "--processes", "2", "--out", "study")
    assert came == [moment]
    assert result.exit_code == 3, result.stderr
    assert ("Kept: 8 futures" if moment == "shutdown" else "futures finished by then") in result.stderr
    assert (shop.parent / "study" / "manifest.json").is_file()


IN_AN_EXEC = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ladsim.scenario import json_schema
json_schema.schema_json = lambda: exec("import signal; signal.raise_signal(signal.SIGINT)")
from ladsim.cli import main
main()
"""
IN_A_FINALISER = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from ladsim.scenario import json_schema
class Dropped:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
def schema_json():
    Dropped()
    for _ in range(600):
        time.sleep(0.1)
json_schema.schema_json = schema_json
from ladsim.cli import main
main()
"""


@pytest.mark.parametrize("program", [IN_AN_EXEC, IN_A_FINALISER], ids=["exec", "finaliser"])
def test_where_python_would_die_of_it_or_drop_it(program: str, shop: Path) -> None:
    """Within an ``exec`` of a text, after which Python ends by the signal, and within a finaliser, where it is dropped: exit code 3."""
    done = subprocess.run(
        [sys.executable, "-c", program, "schema"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "nothing half-written is left" in done.stderr
