"""Files and folders written in one move: whole or not at all, with one rule for permissions, by one module of all."""

from __future__ import annotations

import ast
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ladsim import files
from ladsim.errors import OutputError
from tests.test_layers import FILES, PACKAGE

# Modules and functions that make temporary files, or move one over another.
MOVING = {"tempfile", "os.replace", "os.rename", "os.renames", "os.link", "shutil.move"}
ONLY_POSIX = pytest.mark.skipif(os.name != "posix", reason="permissions and signals are those of POSIX")


def moves(tree: ast.AST) -> set[str]:
    """What of MOVING a module imports or calls, and ``replace`` or ``rename`` of a path: with one argument, as no text has them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Attribute):
            found.add(ast.unparse(node))
        elif isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords and _is_a_path_method(node.func):
            found.add("a path's replace")
    return found & (MOVING | {"a path's replace"})


def _is_a_path_method(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in ("replace", "rename")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_else_moves_files(path: Path) -> None:
    """``files`` alone renames and makes temporary files; what is not written in one move stands in a folder that is."""
    found = moves(ast.parse(path.read_text(encoding="utf-8")))
    assert bool(found) == (path == PACKAGE / "files.py"), f"{path}: {', '.join(sorted(found))}: write with ladsim.files"


@pytest.mark.parametrize(
    "line",
    [
        "import tempfile",
        "from tempfile import mkstemp",
        "os.replace(a, b)",
        "from os import rename",
        "Path(a).replace(b)",
        "a.rename(b)",
    ],
)
def test_it_would_be_noticed(line: str) -> None:
    """Each way of moving a file is seen; a text's and a table's are not."""
    assert moves(ast.parse(line))
    assert not moves(
        ast.parse("text.replace('a', 'b'); table.rename(columns={}); replace(record, key=1); import os; os.remove('a')")
    )


def in_a_file(path: Path, text: str) -> None:
    """Write a file in one move."""
    files.in_one_move(path, lambda place: place.write_text(text, encoding="utf-8"))


def bit_by_bit(path: Path, text: str) -> None:
    """The same, as a log is written."""
    new = files.NewFile(path)
    with new.place.open("w", encoding="utf-8") as file:
        file.writelines(text)
    new.finish()


def in_a_folder(path: Path, text: str) -> None:
    """A folder with a file."""
    files.folder_in_one_move(path, lambda place: (place / "inside").write_text(text, encoding="utf-8"))


WRITTEN: dict[str, Callable[[Path, str], None]] = {"file": in_a_file, "bit by bit": bit_by_bit, "folder": in_a_folder}
each = pytest.mark.parametrize("how", WRITTEN)


def content(path: Path) -> str:
    """What a file, or the file in a folder, holds."""
    return (path / "inside" if path.is_dir() else path).read_text(encoding="utf-8")


@each
def test_a_new_one_and_one_in_its_place(how: str, tmp_path: Path) -> None:
    """It is there under its name, alone; the next one takes its place."""
    for text in ("first", "second"):
        WRITTEN[how](tmp_path / "wanted.txt", text)
        assert content(tmp_path / "wanted.txt") == text
        assert os.listdir(tmp_path) == ["wanted.txt"]


@each
@ONLY_POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077, 0o027])
def test_permissions(how: str, mask: int, tmp_path: Path) -> None:
    """What is new has those that the system gives; what takes the place of another has the other's."""
    target, before = tmp_path / "wanted", os.umask(mask)
    try:
        WRITTEN[how](target, "first")
        assert stat.S_IMODE(target.stat().st_mode) == (0o777 if how == "folder" else 0o666) & ~mask
        target.chmod(0o750)
        WRITTEN[how](target, "second")
        assert stat.S_IMODE(target.stat().st_mode) == 0o750
        assert content(target) == "second"
    finally:
        os.umask(before)


@each
@ONLY_POSIX
def test_a_link_leads_to_what_it_names(how: str, tmp_path: Path) -> None:
    """The link stays a link, and what it names is new."""
    WRITTEN[how](tmp_path / "far", "first")
    (tmp_path / "link").symlink_to(tmp_path / "far")
    WRITTEN[how](tmp_path / "link", "second")
    assert (tmp_path / "link").is_symlink()
    assert content(tmp_path / "far") == "second"


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_what_fails_leaves_what_was_there(error: BaseException, tmp_path: Path) -> None:
    """Half a file, half a folder: neither is left."""

    def half(place: Path) -> None:
        (place / "inside" if place.is_dir() else place).write_text("half", encoding="utf-8")
        raise error

    in_a_file(tmp_path / "file", "before")
    in_a_folder(tmp_path / "folder", "before")
    for write, name in ((files.in_one_move, "file"), (files.folder_in_one_move, "folder")):
        with pytest.raises(type(error)):
            write(tmp_path / name, half)
        assert content(tmp_path / name) == "before"
    assert sorted(os.listdir(tmp_path)) == ["file", "folder"]


def test_a_file_that_nobody_finishes_goes(tmp_path: Path) -> None:
    """It does not outlive its object; discarded twice is discarded."""
    new = files.NewFile(tmp_path / "log.parquet")
    assert new.place.suffix == ".parquet"
    assert files.is_begun(new.place.name)
    new.discard()
    new.discard()
    assert os.listdir(tmp_path) == []
    new = files.NewFile(tmp_path / "log.parquet")
    del new
    assert os.listdir(tmp_path) == []


def test_what_is_kept_of_an_older_folder(tmp_path: Path) -> None:
    """Files that are named move along, into folders, too; not over what is new."""
    old = tmp_path / "study"
    (old / "deep").mkdir(parents=True)
    for name in ("mine", "deep/mine", "inside", "theirs"):
        (old / name).write_text("old", encoding="utf-8")

    def kept(folder: Path) -> list[Path]:
        assert (folder / "theirs").is_file()
        return [Path("mine"), Path("deep/mine"), Path("inside")]

    files.folder_in_one_move(old, lambda place: (place / "inside").write_text("new", encoding="utf-8"), kept=kept)
    found = {path.relative_to(old).as_posix(): path.read_text(encoding="utf-8") for path in old.rglob("*") if path.is_file()}
    assert found == {"inside": "new", "mine": "old", "deep/mine": "old"}
    assert os.listdir(tmp_path) == ["study"]


def test_who_may_not_replace_leaves_the_older_folder(tmp_path: Path) -> None:
    """The first wins, and nothing of the second is left."""
    in_a_folder(tmp_path / "graph", "first")
    with pytest.raises(OSError, match="graph"):
        files.folder_in_one_move(
            tmp_path / "graph", lambda place: (place / "inside").write_text("second", encoding="utf-8"), replace=False
        )
    assert content(tmp_path / "graph") == "first"
    assert os.listdir(tmp_path) == ["graph"]


KILLED = """
import sys, time
from pathlib import Path
from ladsim import files

def begin(place):
    (place / "inside" if place.is_dir() else place).write_text("half")
    print("begun", flush=True)
    time.sleep(60)

getattr(files, sys.argv[1])(Path(sys.argv[2]), begin)
"""


@ONLY_POSIX
@pytest.mark.parametrize("how", ["in_one_move", "folder_in_one_move"])
def test_what_a_killed_process_had_begun(how: str, tmp_path: Path) -> None:
    """Nothing stands under the wanted name; what is left bears a name by which it is taken away later, and not before."""
    words = [sys.executable, "-c", KILLED, how, str(tmp_path / "wanted")]
    environment = os.environ | {"PYTHONPATH": str(PACKAGE.parent)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    (left,) = os.listdir(tmp_path)
    assert files.is_begun(left)
    (tmp_path / "other").write_text("mine", encoding="utf-8")
    now = time.time()
    files.remove_abandoned(tmp_path, 60.0, now)
    assert sorted(os.listdir(tmp_path)) == sorted([left, "other"])
    files.remove_abandoned(tmp_path, 60.0, now + 61.0)
    assert os.listdir(tmp_path) == ["other"]


def test_a_temporary_folder(tmp_path: Path) -> None:
    """It is there, and then it is not, with what is in it."""
    with files.temporary_folder() as folder:
        (folder / "a").write_text("b", encoding="utf-8")
    assert not folder.exists()
    files.refuse_read_only(tmp_path)
    assert os.listdir(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        files.refuse_read_only(tmp_path / "nowhere")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_pipe_is_written_to_where_somebody_reads(tmp_path: Path) -> None:
    """Who writes into a pipe without a reader would wait for ever: it is refused; with one, all of a long text arrives."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OutputError, match="nobody reads from it"):
        files.write_text(pipe, "x")
    text = "øre " * 100_000
    with (tmp_path / "read").open("wb") as place, subprocess.Popen(["cat", str(pipe)], stdout=place):
        for _ in range(200):
            try:
                files.write_text(pipe, text)
                break
            except OutputError:
                time.sleep(0.05)  # it has not begun
    assert (tmp_path / "read").read_text(encoding="utf-8") == text
    assert stat.S_ISFIFO(pipe.stat().st_mode)
