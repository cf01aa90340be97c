"""A response curve of one's own, as the documentation has it: it passes ``check_curve``, and the policy that brings it ``check_policy``."""

from __future__ import annotations

from pathlib import Path

from ladsim.python_files import defined
from ladsim.testing import CURVE_PROMISES, check_curve, check_policy

PAGE = (Path(__file__).parents[2] / "docs" / "own-programme.md").read_text(encoding="utf-8").partition("## A response curve")[2]


def test_the_documented_curve_keeps_every_promise(tmp_path: Path) -> None:
    """The first block of code is a file that works, and the page names each promise."""
    file = tmp_path / "paper.py"
    file.write_text(PAGE.split("```python\n")[1].partition("```")[0], encoding="utf-8")
    check_curve(defined(file)["half_shares"], 2.0, half_at=2.0)
    check_policy(file, "local_paper")
    assert [promise for promise in CURVE_PROMISES if f"| {promise} |" not in PAGE] == []
