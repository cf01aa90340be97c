"""Installed as a user installs it: from a wheel, from an sdist, editable, and not at all, by every Python that is found here.

Each Python gets an environment of its own, outside of the checkout, with the versions of ``constraints.txt``. In each way `ladsim
presets` must list what ships, and `ladsim compare` must write the numbers that this checkout writes. `make test-tools` runs it; it needs
a package registry, and takes a minute or two for each Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import ladsim
from ladsim.scenario.load import shipped
from tests.test_names import ROOT, files_of_the_repository

PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14")
STUDY = ("compare", "acquisition_vs_retention", "--sample", "200", "--replications", "4", "--processes", "1", "--out", "study")
BUILD = """
import sys
from setuptools import build_meta
place = sys.argv[1]  # building a wheel changes sys.argv
build_meta.build_wheel(place)
build_meta.build_sdist(place)
"""


def run(*words: str | Path, where: Path, path: Path | None = None) -> str:
    """What a program prints, in this folder; with `path` as the only place where Python looks for more."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "LADSIM_HOST")}
    environment |= {"PYTHONPATH": str(path)} if path else {}
    done = subprocess.run(
        [str(word) for word in words], cwd=where, env=environment, capture_output=True, encoding="utf-8", timeout=900, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, words))}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def usable(name: str) -> str:
    """The Python of this name, on the path or among pyenv's; skips, with the reasons, where none can make an environment."""
    if "LADSIM_TOOLS" not in os.environ:
        pytest.skip("needs a package registry, and minutes: make test-tools")
    of_pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob(f"versions/*/bin/{name}")
    reasons = []
    for found in filter(None, [shutil.which(name), *sorted(map(str, of_pyenv), reverse=True)]):
        words = [found, "-c", "import ensurepip, venv, ssl"]
        tried = subprocess.run(words, capture_output=True, encoding="utf-8", timeout=60, check=False)
        if not tried.returncode:
            return found
        reasons.append(f"{found}: {next(iter(tried.stderr.strip().splitlines()), 'cannot be run')}")
    pytest.skip("; ".join(reasons) or f"there is no {name} here")


def environment(python: str, where: Path) -> Path:
    """The interpreter of a new, empty environment."""
    run(python, "-m", "venv", where, where=where.parent)
    return where / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def numbers(program: tuple[str | Path, ...], folder: Path, path: Path | None = None) -> dict[str, bytes]:
    """The tables of a study, once the version and the list of presets are right; the study has its page."""
    folder.mkdir()
    assert run(*program, "--version", where=folder, path=path) == f"ladsim {ladsim.__version__}\n"
    said = run(*program, "presets", where=folder, path=path)
    assert [name for name in shipped() if f"  {name} " not in said] == []
    run(*program, *STUDY, where=folder, path=path)
    assert (folder / "study" / "report.html").stat().st_size > 50_000
    return {table.name: table.read_bytes() for table in sorted((folder / "study" / "tables").glob("*.csv"))}


def install(python: Path, *words: str | Path) -> None:
    """By pip, with the versions that the tests run with."""
    run(python, "-m", "pip", "install", "--quiet", "--no-compile", "-c", ROOT / "constraints.txt", *words, where=python.parent)


def home(python: Path, where: Path, path: Path | None = None) -> Path:
    """The folder that ladsim is taken from."""
    return Path(run(python, "-c", "import ladsim; print(ladsim.__file__)", where=where, path=path).strip()).parent


@pytest.mark.tools
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", PYTHONS)
def test_every_way_to_install_gives_the_same_program(name: str, tmp_path: Path) -> None:
    """A wheel, an sdist, an editable install and a checkout on the path, one after the other: the same tables, byte for byte."""
    python = environment(usable(name), tmp_path / "own")
    checkout, built = tmp_path / "clones" / "ladsim", tmp_path / "built"  # as a clone is called
    for file in files_of_the_repository():
        place = checkout / file.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
    install(python, "setuptools>=77")
    built.mkdir()
    run(python, "-c", BUILD, built, where=checkout)
    ways = {"wheel": [*built.glob("*.whl")], "sdist": [*built.glob("*.tar.gz")], "editable": ["-e", checkout]}
    expected = numbers((sys.executable, "-m", "ladsim"), tmp_path / "here", path=ROOT)
    assert len(expected) > 10
    program = python.with_name("ladsim.exe" if sys.platform == "win32" else "ladsim")
    for way, asked in ways.items():
        install(python, *asked)
        assert numbers((program,), tmp_path / way) == expected, way
        assert home(python, tmp_path / way).is_relative_to(checkout if way == "editable" else tmp_path / "own"), way
        if way == "editable":  # in the folder beside the clone, too, which is called as the package is
            assert home(python, checkout.parent) == checkout / "ladsim"
        run(python, "-m", "pip", "uninstall", "--quiet", "-y", "ladsim", where=tmp_path)
    assert numbers((python, "-m", "ladsim"), tmp_path / "path", path=checkout) == expected
    assert home(python, tmp_path / "path", path=checkout) == checkout / "ladsim"
    assert len(shipped()) == len([*(checkout / "scenarios").glob("*.toml")])
