"""Mistakes, full disks and closed pipes: an exit code and a sentence, never a traceback.

Tests: ``cli/exits.py``, ``cli/program.py``, ``cli/request.py``.
"""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ladsim import errors
from ladsim.cli import app, exits, messages, program
from ladsim.data.words import errors_shown
from ladsim.errors import DataError, LadsimError, OutputError, PolicyError, Problem, StudyError, WorldError
from ladsim.files import write_text
from tests.cli.commands import COMMANDS, FROM_FILES, STUDIES, those_with

Ladsim = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]
CODES = (exits.DONE, exits.DIFFERENT, exits.MISTAKE, exits.INTERRUPTED, exits.NOT_WRITTEN)
OF_THE_WORKSHOP = ("hazard", "posterior", "kernel", "kappa", "gamma", "stochastic", "Monte")


def typed(*words: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """`python -m ladsim.cli WORDS…` in a process of its own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.run(
        [sys.executable, "-m", "ladsim.cli", *words],
        cwd=cwd,
        env=environment,
        encoding="utf-8",
        timeout=120,
        check=False,
        **pipes,
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "nowhere.toml"), "no such file"),
        (("run", "shop.tml"), "did you mean 'shop.toml'"),
        (("run", "shop.toml", "--strategy", "kep"), "did you mean 'keep'"),
        (("compare", "shop.toml", "--strategy", "base"), "must be another one to compare with it"),
        (("compare", "shop.toml", "--strategy", "keep", "--strategy", "wn"), "did you mean 'win'"),
        (("run", "shop.toml", "--set", "basket.mean"), "must be KEY=VALUE"),
        (("run", "shop.toml", "--set", "basket.man=3"), "did you mean 'basket.mean'"),
        (("run", "shop.toml", "--set", "money.margin=3"), "--set money.margin: found 3"),
        (("run", "shop.toml", "--months", "0"), "--months"),
        (("run", "shop.toml", "--sample", "201"), "at most the market's 200"),
        (("run", "shop.toml", "--sample", "none"), "whole number of people"),
        (("run", "shop.toml", "--replications", "0"), "--replications"),
        (("run", "shop.toml", "--seed", "-1"), "--seed"),
        (("targets", "shop.toml", "--month", "7"), "month: found 7"),
        (("again", "shop.toml"), "manifest"),
        (("again", "nowhere"), "nowhere"),
        (("simulate", "shop.toml"), "No such command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
@pytest.mark.usefixtures("shop")
def test_a_mistake_has_exit_code_2_and_a_sentence(ladsim: Ladsim, words: tuple[str, ...], said: str) -> None:
    """Standard output stays empty, the message names what was found and what is allowed, nothing is written."""
    result = ladsim(*words)
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in Path.cwd().iterdir()] == ["shop.toml"]


@pytest.mark.parametrize("kind", [LadsimError, StudyError, WorldError, PolicyError, OutputError])
def test_every_error_that_a_user_can_mend_becomes_words(kind: type[LadsimError], monkeypatch: pytest.MonkeyPatch) -> None:
    """The message, and the exit code of its kind; the word "error" stands before it."""

    def broken() -> str:
        raise kind("the cat sat on the keyboard")

    monkeypatch.setattr("ladsim.scenario.json_schema.schema_json", broken)
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == (4 if kind is OutputError else 2)
    assert result.stderr == "error: the cat sat on the keyboard\n"


def test_a_defect_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ladsim did not raise on purpose goes on as it is."""

    def broken() -> str:
        raise ZeroDivisionError

    monkeypatch.setattr("ladsim.scenario.json_schema.schema_json", broken)
    assert isinstance(CliRunner().invoke(app, ["schema"]).exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("problem", "code"), [(KeyboardInterrupt(), 3), (OSError(28, "No space left on device"), 4), (MemoryError(), 2)]
)
def test_the_machine_gives_up(problem: BaseException, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C, a full disk and no memory have their codes and a sentence."""

    def broken() -> str:
        raise problem

    monkeypatch.setattr("ladsim.scenario.json_schema.schema_json", broken)
    result = CliRunner().invoke(app, ["schema"])
    assert result.exit_code == code
    assert result.stderr.startswith("error: ")


def test_a_folder_that_is_not_ours_is_left_alone(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 4 before anything is simulated, and the folder is as it was."""
    folder = shop.parent / "photos"
    folder.mkdir()
    (folder / "cat.jpg").write_bytes(b"cat")
    result = ladsim("run", shop, "--out", folder)
    assert result.exit_code == 4
    assert result.stdout == ""
    assert [path.name for path in folder.iterdir()] == ["cat.jpg"]


@pytest.mark.parametrize("option", ["--out", "--json"])
def test_a_place_that_cannot_be_written_is_refused_at_once(ladsim: Ladsim, shop: Path, option: str) -> None:
    """Exit code 4 before anything is simulated."""
    result = ladsim("run", shop, option, shop / "below")
    assert result.exit_code == 4
    assert "cannot be written" in result.stderr
    assert result.stdout == ""


def test_json_into_a_folder_is_refused_at_once(ladsim: Ladsim, shop: Path) -> None:
    """Exit code 4 before anything is simulated."""
    result = ladsim("run", shop, "--json", shop.parent)
    assert result.exit_code == 4
    assert "which is a folder" in result.stderr
    assert result.stdout == ""


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_what_is_no_file_is_never_replaced(ladsim: Ladsim, shop: Path) -> None:
    """A device or a pipe stays what it is; a link leads to its file."""
    pipe, target, link = shop.parent / "pipe.svg", shop.parent / "target.json", shop.parent / "link.json"
    os.mkfifo(pipe)
    assert ladsim("show", shop, "--out", pipe).exit_code == 4
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        write_text(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    target.write_text("before", encoding="utf-8")
    link.symlink_to(target)
    write_text(link, "after")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "after"


@pytest.mark.parametrize("words", [("check", "a" * 5000), ("new", ""), ("new", "a" * 5000), ("run", "shop.toml", "--out", "/")])
@pytest.mark.usefixtures("shop")
def test_names_that_no_system_allows(ladsim: Ladsim, words: tuple[str, ...]) -> None:
    """A message and a code, as for any other mistake."""
    result = ladsim(*words)
    assert result.exit_code in (2, 4)
    assert "error: " in result.stderr


@pytest.mark.skipif(os.name == "nt", reason="standard output cannot be closed so here")
def test_a_closed_standard_output_is_no_defect(shop: Path) -> None:
    """What is said goes nowhere."""
    command = f'exec "{sys.executable}" -m ladsim.cli check "{shop}" >&-'
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_the_help_lists_every_command_in_the_order_of_work(ladsim: Ladsim) -> None:
    """Each with a line of words, and the exit codes below; there is more than a handful."""
    text = ladsim("--help").stdout
    listed = re.findall(r"^  ([a-z-]+) {2,}\S", text.split("Commands:")[1], re.MULTILINE)
    assert listed[: len(COMMANDS)] == list(COMMANDS)
    assert len(COMMANDS) > 10
    assert set(CODES) <= {int(code) for code in re.findall(r"^ +(\d)  ", text, re.MULTILINE)}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command(ladsim: Ladsim, command: str) -> None:
    """What it does, an example with it, all five exit codes, and no word of the workshop."""
    said = ladsim(command, "--help").stdout
    assert f"ladsim {command}" in said.split("Options:")[0].split("Example")[1], f"{command} has no example"
    assert [code for code in CODES if f"\n    {code}  " not in said] == []
    assert [word for word in OF_THE_WORKSHOP if word in said] == []


@pytest.mark.parametrize("command", FROM_FILES)
@pytest.mark.usefixtures("shop")
def test_every_command_says_that_its_file_is_not_there(ladsim: Ladsim, command: str) -> None:
    """Exit code 2 and the file's name; standard output stays empty, nothing is written."""
    result = ladsim(command, "nowhere.toml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nowhere.toml" in result.stderr
    assert [path.name for path in Path.cwd().iterdir()] == ["shop.toml"]


IN_VAIN = [(("--replications", "0"), "--replications"), (("--seed", "-1"), "--seed"), (("--set", "basket.man=3"), "basket.mean")]


@pytest.mark.parametrize(
    ("command", "words", "said"),
    [
        pytest.param(command, words, said, id=f"{command} {' '.join(words)}")
        for command in STUDIES
        for words, said in IN_VAIN
        if words[0] != "--set" or command in those_with("pairs")
    ],
)
@pytest.mark.usefixtures("shop")
def test_every_study_refuses_what_no_study_can_do(ladsim: Ladsim, command: str, words: tuple[str, ...], said: str) -> None:
    """Exit code 2 and the option's name, or the nearest key; nothing is written."""
    result = ladsim(command, "shop.toml", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert [path.name for path in Path.cwd().iterdir()] == ["shop.toml"]


@pytest.mark.parametrize("option", [f"{command} {one.opts[0]}" for command, found in COMMANDS.items() for one in found.params])
def test_every_option_is_explained(option: str) -> None:
    """Each option and argument has words of help; arguments in the command's own text, by their name."""
    command, name = option.split()
    found = next(one for one in COMMANDS[command].params if one.opts[0] == name)
    if found.param_type_name == "option":
        assert found.help, f"ladsim {option}: no help"
    else:
        assert found.help or found.make_metavar(typer.Context(COMMANDS[command])).strip("[]") in COMMANDS[command].help


def test_version(ladsim: Ladsim) -> None:
    """`ladsim --version` is the package's."""
    import ladsim as package

    assert ladsim("--version").stdout == f"ladsim {package.__version__}\n"


def test_the_script_is_the_program() -> None:
    """`ladsim.cli:main` is what pyproject installs."""
    import ladsim.cli

    assert ladsim.cli.main is program.main


def test_a_mistake_in_a_process_of_its_own(shop: Path) -> None:
    """Exit code 2, a message and no traceback, as a shell sees it."""
    run = typed("run", "shop.toml", "--strategy", "kep", cwd=shop.parent)
    assert run.returncode == 2
    assert run.stdout == ""
    assert run.stderr.startswith("error: --strategy: found 'kep'")
    assert "Traceback" not in run.stderr


def test_a_study_in_a_process_of_its_own(shop: Path) -> None:
    """JSON alone on standard output, whatever is said besides."""
    import json

    run = typed("run", "shop.toml", "--replications", "2", "--processes", "1", "--json", "-", cwd=shop.parent)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["replications"] == 2
    assert "2 futures of all 200 people" in run.stderr


def test_a_reader_that_has_seen_enough(shop: Path) -> None:
    """A closed pipe ends the program quietly, as in `ladsim schema | head -1`."""
    read, write = os.pipe()
    os.close(read)
    run = typed("schema", cwd=shop.parent, stdout=write)
    os.close(write)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_standard_output_on_a_full_disk(shop: Path) -> None:
    """Exit code 4 and a sentence."""
    with Path("/dev/full").open("w") as full:
        run = typed("schema", cwd=shop.parent, stdout=full)
    assert run.returncode == 4
    assert run.stderr.startswith("error: standard output: cannot be written")
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    "words", [("--help",), ("check", "shop.toml"), ("show", "shop.toml"), ("run", "shop.toml", "--set", "x")]
)
def test_light_commands_and_mistakes_load_nothing_heavy(shop: Path, words: tuple[str, ...]) -> None:
    """What simulates nothing answers at once: no numerical, plotting or process library is loaded, and no rich but for `show`."""
    script = (
        "import sys\n"
        "from ladsim.cli import main\n"
        f"sys.argv = ['ladsim', *{words!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "heavy = {'numpy', 'pandas', 'numba', 'scipy', 'matplotlib', 'networkx', 'simpy', 'joblib', 'jinja2', 'rich', 'tomlkit'}\n"
        "sys.stderr.write('LOADED ' + ' '.join(sorted(heavy & set(sys.modules))))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=shop.parent, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert run.stderr.splitlines()[-1].strip() == "LOADED"


def test_a_reader_who_has_seen_enough_does_not_end_the_work(shop: Path) -> None:
    """`ladsim run shop.toml --out there | head -1`: the report is written all the same."""
    read, write = os.pipe()
    os.close(read)
    done = typed("run", "shop.toml", "--replications", "2", "--out", "there", "--quiet", cwd=shop.parent, stdout=write)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
    assert (shop.parent / "there" / "report.html").is_file()


def test_a_worker_killed_before_anything_was_done(shop: Path, ladsim: Ladsim) -> None:
    """No mistake of the user's: exit code 3, as for every study that was stopped; and nothing is written."""
    (shop.parent / "deadly.py").write_text(
        "import os\n\n\ndef die(env, market):\n    os._exit(9)\n    yield market.months(1)\n", encoding="utf-8"
    )
    shop.write_text(shop.read_text(encoding="utf-8") + '\n[[policies]]\nfile = "deadly.py"\nfunction = "die"\n', encoding="utf-8")
    result = ladsim("run", "shop.toml", "--replications", "4", "--processes", "2", "--out", "there")
    assert result.exit_code == 3
    assert "a worker process was ended from outside" in result.stderr
    assert not (shop.parent / "there").exists()


@pytest.mark.parametrize("module", ["ladsim", "ladsim.cli"])
def test_python_m(module: str, shop: Path) -> None:
    """`python -m ladsim` is the program, by either name."""
    words = [sys.executable, "-m", module, "--version"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(words, cwd=shop.parent, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.split()[0], done.stderr) == (0, "ladsim", "")


@pytest.mark.parametrize(("language", "words"), [("en", "which is run"), ("da", "bliver kørt"), ("nb", "blir kjørt")])
def test_python_that_runs_is_named(shop: Path, ladsim: Ladsim, language: str, words: str) -> None:
    """However quiet a command is, in its language, and before the first result."""
    (shop.parent / "below").mkdir()
    (shop.parent / "below" / "p.py").write_text("def f(env, market):\n    yield market.months(1)\n", encoding="utf-8")
    shop.write_text(shop.read_text(encoding="utf-8") + '\n[[policies]]\nfile = "below/p.py"\nfunction = "f"\n', encoding="utf-8")
    options = ("--quiet", "--replications", 1, "--sample", 20, "--processes", 1, "--language", language)
    said = ladsim("run", shop, *options, "--out", "out").output
    assert said.startswith("python:") and words in said.split("\n")[0] and str(Path("below", "p.py")) in said.split("\n")[0]
    assert "below" in ladsim("again", "out", "--quiet", "--processes", 1).output
    assert "python:" not in ladsim("check", shop).output + ladsim("show", shop).output


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ImportError("libx.so: failed to map segment from shared object"), "memory ran out"),
        (OSError("libllvmlite.so: cannot allocate memory in static TLS block".replace("cannot", "Cannot")), "memory ran out"),
        (OSError(errno.EMFILE, "Too many open files"), "too many files are open"),
        (OSError(errno.EAGAIN, "Resource temporarily unavailable"), "no more processes or threads"),
        (RuntimeError("can't start new thread"), "no more processes or threads"),
        (OSError(errno.ENOSPC, "No space left on device"), "standard output, or a temporary file: cannot be written"),
    ],
)
def test_what_the_system_has_no_more_of(capsys: pytest.CaptureFixture[str], error: Exception, words: str) -> None:
    """Memory for a library, open files, processes, room: a sentence each."""
    with pytest.raises(typer.Exit), exits.errors_in_words():
        raise error
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    "error", [ImportError("No module named x"), RuntimeError("dictionary changed size"), OSError(errno.EIO, "x")]
)
def test_what_is_a_defect_stays_one(error: Exception) -> None:
    """Other errors of these kinds go on as they are."""
    with pytest.raises(type(error)), exits.errors_in_words():
        raise error


SILENT = "<function targets at 0x7f> returned NULL without setting an exception"


def test_c_code_that_fails_for_want_of_memory(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A SystemError with an error of memory behind it, or in a process that has used up its addresses; any other is a defect."""
    with pytest.raises(typer.Exit) as left, exits.errors_in_words():
        raise SystemError("<built-in> returned a result with an exception set") from MemoryError()
    assert left.value.exit_code == exits.MISTAKE and "memory ran out" in capsys.readouterr().err
    with pytest.raises(SystemError), exits.errors_in_words():
        raise SystemError(SILENT)
    monkeypatch.setattr(errors, "_addresses_used_up", lambda: True)
    with pytest.raises(typer.Exit) as left, exits.errors_in_words():
        raise SystemError(SILENT)
    assert left.value.exit_code == exits.MISTAKE and "memory ran out" in capsys.readouterr().err
    with pytest.raises(SystemError), exits.errors_in_words():
        raise SystemError("bad argument to internal function")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only there it is told how many addresses are used")
@pytest.mark.parametrize(("room", "near"), [(1.1, True), (10.0, False)])
def test_addresses_are_used_up_near_their_limit(monkeypatch: pytest.MonkeyPatch, room: float, near: bool) -> None:
    """Not where the limit is far."""
    resource = pytest.importorskip("resource")
    peak = int(re.findall(r"VmPeak:\s*(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))[0]) * 1024
    monkeypatch.setattr(resource, "getrlimit", lambda _: (int(peak * room), -1))
    assert errors._addresses_used_up() is near


@pytest.mark.skipif(os.name != "posix", reason="elsewhere open files have no such limit")
@pytest.mark.parametrize("most", [10, 12, 13, 14, 15, 16, 18])
def test_few_open_files(shop: Path, most: int) -> None:
    """A study that may open few files ends, in a sentence or with its result, and no worker keeps it from ending."""
    import resource

    done = subprocess.run(
        [sys.executable, "-m", "ladsim.cli", "run", shop, "--replications", "4", "--processes", "2", "--json", os.devnull],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[2])}, capture_output=True, text=True, check=False, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)),
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 0 or (done.returncode == exits.MISTAKE and "too many files are open" in done.stderr)


@pytest.mark.parametrize("one", ["\x1b", "\r", "\x85", "\u2028", "\u200b", "\ufeff", "\u061c", "\u00ad", "\u202e"])
def test_what_steers_a_screen_is_escaped_by_one_rule(one: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In notes, warnings, the place of a problem and errors of data; lines and wide spaces stay."""
    messages.note(f"{one}ties.csv\n\u00a05")
    messages.warning(f"{one}ties.csv")
    said = capsys.readouterr().err + Problem(f"steps.{one}", "1", "2").where()
    with pytest.raises(DataError) as caught, errors_shown():
        raise DataError(f"{one}: found")
    said += str(caught.value)
    assert one not in said and said.count(ascii(one)[1:-1]) == 4
    assert "ties.csv\n\u00a05\n" in said
