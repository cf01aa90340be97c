"""The page for a data protection officer says what happens: no connection, no file but those named, no id but where asked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "data-protection.md"
# What is written to standard error at the end: every socket, every process, every file that Python opened to write.
WATCH = """
import os, sys
seen = []
def hook(event, given):
    if event in ("socket.__new__", "socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system"):
        seen.append(event if event != "subprocess.Popen" else f"ran {os.path.basename(str(given[0]))}")
    if event == "open" and isinstance(given[0], str) and isinstance(given[2], int) and given[2] & (os.O_WRONLY | os.O_RDWR):
        seen.append("wrote " + os.path.realpath(given[0]))
sys.addaudithook(hook)
from ladsim.cli import main
try:
    main()
finally:
    print("\\nSEEN", *seen, sep="\\n", file=sys.stderr)
"""
NAMES = {
    "--out": "out.csv",
    "--picture": "out.svg",
    "--scenario": "out.toml",
    "--write-rule": "out.toml",
    "--json": "out.json",
    "--page": "out.html",
}
NEEDS = {
    "replay": ("--program", "rules.toml"),
    "backtest": ("--replications", "20"),
    "forecast": ("--replications", "20", "--processes", "1"),
}
FOLDERS = {  # what stands in the folder of --out
    ("replay", "--out"): ("months.csv", "deciles.csv", "customers.csv"),
    ("backtest", "--out"): ("backtest.html", "weeks.csv", "totals.csv"),
    ("forecast", "--out"): (
        "answer.html",
        "scenario.toml",
        "scenario.posterior.parquet",
        "customers.csv",
        "rungs.csv",
        "months.csv",
        "targets_rungs.csv",
        "targets_steps.csv",
        "checkpoints.csv",
        "backtest_totals.csv",
        "backtest_weeks.csv",
    ),
}
RULES = '[[programs]]\nkind = "points"\npoints_per_unit = 1\nreward_at = 120\nreward_cost = 6\n'
ID = re.compile(r"Kunde-\d+")


def rows_of_the_page() -> list[tuple[str, list[str], str]]:
    """Command, options, what the page says of ids."""
    lines = re.findall(r"^\| `(\w+)` \| `(.+?)` \| .+? \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return [(command, options.split(), ids) for command, options, ids in lines]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with orders of 80 customers, and empty ones for the home and for temporary files."""
    pytest.importorskip("duckdb", reason="the extra `data` is not installed: pip install -c constraints.txt -e '.[data]'")
    for name in ("work", "home", "temporary"):
        (tmp_path / name).mkdir()
    rows = [f"Kunde-{c},2026-{1 + k * 2:02}-{1 + c % 28:02},{40 + 10 * k + c % 7}" for c in range(80) for k in range(1 + c % 4)]
    (tmp_path / "work" / "sales.csv").write_text("customer,date,amount\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "work" / "rules.toml").write_text(RULES, encoding="utf-8")
    return tmp_path


def watched(place: Path, *words: str, before: tuple[str, ...] = ()) -> tuple[str, list[str]]:
    """What a command shows, and what it was seen to do."""
    home = {"HOME": str(place / "home"), "XDG_CACHE_HOME": str(place / "home" / "cache"), "TMPDIR": str(place / "temporary")}
    found = subprocess.run(
        [*before, sys.executable, "-B", "-c", WATCH, *words], cwd=place / "work", capture_output=True, text=True, encoding="utf-8",
        env=os.environ | home | {"PYTHONPATH": str(ROOT), "LADSIM_CACHE_DIR": str(place / "rules")}, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    shown, _, seen = found.stderr.rpartition("\nSEEN\n")
    return found.stdout + shown, seen.split("\n")


def files(place: Path) -> set[str]:
    """All files that are there, but for compiled rules."""
    there = {one.relative_to(place).as_posix() for one in place.rglob("*") if one.is_file()}
    return {one for one in there if not one.startswith("rules/")}


def test_the_page_names_all_options_that_write() -> None:
    """Those of the commands that read customers' data which name a file or a folder."""
    import inspect

    from ladsim.cli.backtest import backtest
    from ladsim.cli.calibrate import calibrate
    from ladsim.cli.data import data
    from ladsim.cli.forecast import forecast
    from ladsim.cli.place import place
    from ladsim.cli.replay import replay

    said = {(command, option) for command, options, _ in rows_of_the_page() for option in options if option != "--with-ids"}
    there = set()
    for command in (data, place, calibrate, forecast, backtest, replay):
        for name, one in inspect.signature(command, eval_str=True).parameters.items():
            words = one.annotation.__metadata__[0]
            if re.match(r"(Also )?(?i:write|draw)", words.help or "") and str(words.metavar).startswith(("FILE", "DIR")):
                there.add((command.__name__, f"--{name.replace('_', '-')}"))
    assert said == there


@pytest.mark.skipif(os.name != "posix", reason="folders for temporary files are set by other variables")
@pytest.mark.parametrize("row", rows_of_the_page(), ids=lambda row: " ".join([row[0], *row[1]]))
def test_what_is_written_is_what_the_page_says(row: tuple[str, list[str], str], place: Path) -> None:
    """One file, the one that is named; no connection, no other process; ids where the page says so, and never on the screen."""
    command, options, ids = row
    file = "there" if (command, "--out") in FOLDERS and "--out" in options else next(NAMES[o] for o in options if o in NAMES)
    words = [word for option in options for word in ((option, file) if option in NAMES else (option,))]
    before = files(place)
    shown, seen = watched(place, command, "sales.csv", *NEEDS.get(command, ()), *words)
    draws = (command, options[0]) in (
        ("place", "--picture"),
        ("backtest", "--out"),
        ("calibrate", "--page"),
        ("forecast", "--out"),
    )
    new = {one for one in files(place) - before if not (draws and "matplotlib" in one)}
    written = FOLDERS[command, "--out"] if file == "there" else ()
    joint = {f"work/{Path(file).stem}.posterior.parquet"} if (command, options[0]) == ("calibrate", "--out") else set()
    assert new == ({f"work/{file}/{name}" for name in written} or {f"work/{file}"}) | joint
    fonts = ("ran fc-list", "ran system_profiler") if draws else ()
    inside = (f"wrote {place.resolve()}", "wrote /dev/null", *fonts)
    outside = [one for one in seen if one and not one.startswith(inside)]
    assert not outside
    text = "".join((place / one).read_text(encoding="utf-8") for one in sorted(new - joint) if not one.endswith(".parquet"))
    assert bool(ID.search(text)) == (ids == "yes") and text
    assert not ID.search(shown)


@pytest.mark.skipif(os.name != "posix", reason="folders for temporary files are set by other variables")
@pytest.mark.parametrize("command", ["data", "place", "calibrate", "forecast", "backtest", "replay"])
def test_without_an_option_nothing_is_written(command: str, place: Path) -> None:
    """Neither beside the data, nor at home, nor among temporary files."""
    before = files(place)
    shown, seen = watched(place, command, "sales.csv", *NEEDS.get(command, ()))
    assert files(place) == before and not ID.search(shown)
    assert not [one for one in seen if one and not one.startswith(f"wrote {place.resolve()}") and one != "wrote /dev/null"]


def test_what_is_kept_while_a_large_source_is_read_is_removed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary file in a folder of the user's own, gone with the data."""
    import tempfile

    from ladsim.data import store

    monkeypatch.setattr(store, "LARGE", 1)
    monkeypatch.setattr(tempfile, "tempdir", str(place / "temporary"))
    import ladsim

    read = ladsim.read_data(place / "work" / "sales.csv")
    (folder,) = {(place / one).parent for one in files(place) if one.startswith("temporary/")}
    assert os.name != "posix" or folder.stat().st_mode & 0o077 == 0
    assert read.customers == 80
    read._store.discard()
    assert not {one for one in files(place) if one.startswith("temporary/")}


def test_no_library_opens_a_connection_either(place: Path) -> None:
    """By what the system itself sees of `place`, the libraries in C included."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace is not there, or may not watch")
    log = place / "calls.txt"
    watched(place, "place", "sales.csv", before=(strace, "-f", "-e", "trace=socket,connect,bind,sendto", "-o", str(log)))
    calls = [
        line for line in log.read_text(encoding="utf-8").splitlines() if re.search(r"\b(socket|connect|bind|sendto)\(", line)
    ]
    assert not [line for line in calls if "AF_UNIX" not in line and "AF_NETLINK" not in line]
