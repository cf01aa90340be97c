"""What a wheel holds: every folder of the package, and the shipped scenarios under its name."""

from __future__ import annotations

import tomllib
from pathlib import Path

from ladsim.scenario.load import SHIPPED, shipped

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "ladsim"
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]


def folders() -> set[str]:
    """Folders of the package that hold a file, as packages."""
    files = (file for file in PACKAGE.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return {".".join(file.parent.relative_to(ROOT).parts) for file in files}


def test_every_folder_is_in_the_wheel() -> None:
    """The list of packages names each folder with files, and the scenarios, which lie beside the package."""
    assert set(SETTINGS["packages"]) == folders() | {"ladsim.scenarios"}
    assert len(SETTINGS["packages"]) == len(set(SETTINGS["packages"]))
    assert SETTINGS["package-dir"] == {"ladsim.scenarios": "scenarios"}


def test_every_file_that_is_no_python_is_in_the_wheel() -> None:
    """Each file beside the modules fits a pattern of its folder's package data."""
    places = {name: PACKAGE.parent.joinpath(*name.split(".")) for name in SETTINGS["packages"]}
    places["ladsim.scenarios"] = ROOT / "scenarios"
    for name, place in places.items():
        beside = {file for file in place.iterdir() if file.is_file() and file.suffix not in (".py", ".pyc")}
        packed = {file for pattern in SETTINGS["package-data"].get(name, []) for file in place.glob(pattern)}
        assert beside <= packed, name


def test_in_a_checkout_the_scenarios_lie_beside_the_package() -> None:
    """There they are found, and nowhere else."""
    assert ROOT / "scenarios" == SHIPPED
    assert not (PACKAGE / "scenarios").exists()
    assert len(shipped()) == len(list(SHIPPED.glob("*.toml"))) > 15
