"""A comparison until it is sure, on the command line.

Tests: ``cli/until_sure.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Ladsim = Callable[..., Result]


def test_a_comparison_until_it_is_sure(ladsim: Ladsim, shop: Path, tmp_path: Path) -> None:
    """It stops by itself, the command in the report stops there again, and `again` gives the same; what does not go with it is refused."""
    few = ("--sample", "200", "--processes", "1")
    result = ladsim("compare", shop, *few, "--until-sure", "--within", "1", "--at-most", "40", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["until_sure"] == {"within": 1.0} and 16 <= manifest["setting"]["replications"] <= 40
    assert f"--until-sure --within 1 --at-most {manifest['setting']['replications']}" in manifest["command"]
    assert (tmp_path / "out" / "tables" / "until_sure.csv").exists()
    assert ladsim("again", tmp_path / "out").exit_code == 0
    for wrong, said in (
        (("--within", "5"), "--until-sure"),
        (("--until-sure", "--at-most", "soon"), "--at-most"),
        (("--until-sure", "--graphs"), "--graphs"),
        (("--until-sure", "--sweep", "basket.mean=10,20"), "--sweep"),
        (("--until-sure", "--within=-1"), "within"),
    ):
        result = ladsim("compare", shop, *few, *wrong, "--out", tmp_path / "none")
        assert result.exit_code == 2 and said in result.output, result.output
    assert not (tmp_path / "none").exists()
