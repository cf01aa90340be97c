"""A scenario names a file outside its folder: what is wrong with it is told, and nothing that stands in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ladsim import build, load
from ladsim.errors import WorldError
from ladsim.scenario.draws import resolve

MARKET = """
schema = 1
name = "shop"
months = 3
market_size = 9
[[rungs]]
name = "customer"
share = 1.0
orders_per_month = 1.0
[basket]
law = "constant"
mean = 10
[[word_of_mouth]]
layer = "friends"
graph = {{ kind = "file", path = "{path}" }}
{more}
"""
NODES = '[start]\nnodes = { customer = ["Secretly"] }\n'
TIES = "Secreta,Secretb\nSecretb,Secretc\n"


def said_of(folder: Path, path: str, more: str = "") -> str:
    """What is said of a scenario in a folder whose graph lies there."""
    (folder / "shop.toml").write_text(MARKET.format(path=path, more=more), encoding="utf-8")
    with pytest.raises(WorldError) as caught:
        build(resolve(load(folder / "shop.toml"), 1, 0))
    return str(caught.value)


@pytest.mark.parametrize(("text", "more"), [("source,target\nSecreta,Secretb\nSecretc\n", ""), (TIES, NODES)])
def test_only_files_of_the_scenarios_own_are_quoted(text: str, more: str, tmp_path: Path) -> None:
    """In its folder or below they are; above, beside, or where a link leads out of it, they are not."""
    own, other = tmp_path / "own", tmp_path / "other"
    (own / "ties").mkdir(parents=True)
    other.mkdir()
    for folder in (own, own / "ties", other):
        (folder / "ties.csv").write_text(text, encoding="utf-8")
    (own / "link.csv").symlink_to(other / "ties.csv")
    for path in ("ties.csv", "ties/ties.csv", str(own / "ties.csv")):
        assert "Secret" in said_of(own, path, more) and "outside" not in said_of(own, path, more)
    for path in ("../other/ties.csv", "link.csv", str(other / "ties.csv")):
        said = said_of(own, path, more)
        assert "Secret" not in said and said.endswith("its text is not shown: a copy in the folder tells more)")
        assert "line 3" in said or "start.nodes.customer" in said
