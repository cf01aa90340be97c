"""`ladsim wheel`: what it prints and writes, in three languages.

Tests: ``reporting/wheel.py``, ``reporting/wheel_picture.py``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

Ladsim = Callable[..., Result]
QUICK = ("--replications", "4", "--processes", "1")
NAMES = {
    "en": ["Attraction", "Onboarding", "Engagement", "Reward", "Feedback", "Repurchase"],
    "da": ["Tiltrækning", "Onboarding", "Engagement", "Belønning", "Feedback", "Genkøb"],
    "nb": ["Tiltrekning", "Velkomst", "Engasjement", "Belønning", "Tilbakemelding", "Gjenkjøp"],
}


@pytest.mark.parametrize("language", list(NAMES))
def test_six_spokes_in_each_language(ladsim: Ladsim, shop: Path, language: str) -> None:
    """The table, the picture and the section of the page name the six spokes; the folder is complete and can be made again."""
    result = ladsim("wheel", "shop.toml", *QUICK, "--language", language)
    assert result.exit_code == 0, result.stderr
    folder = Path("reports/shop-wheel")
    page, picture = ((folder / name).read_text(encoding="utf-8") for name in ("report.html", "wheel.svg"))
    for name in NAMES[language]:
        assert name in result.stdout
        assert name in picture
        assert name in page
    assert 'id="wheel"' in page
    assert page.index('id="wheel"') < page.index('id="profit"'), "what was asked for stands first"
    assert (folder / "wheel.png").read_bytes().startswith(b"\x89PNG")
    assert {"wheel.csv", "wheel_moves.csv", "wheel_losses.csv", "wheel_levers.csv"} <= {
        p.name for p in (folder / "tables").iterdir()
    }
    if language == "en":
        again = ladsim("again", folder, "--processes", "1")
        assert again.exit_code == 0, again.stdout
        assert "identical" in again.stdout


def test_json_has_the_wheel(ladsim: Ladsim, shop: Path) -> None:
    """With --json - the spokes are a table, and nothing else is printed."""
    result = ladsim("wheel", "shop.toml", *QUICK, "--json", "-")
    assert result.exit_code == 0, result.stderr
    said = json.loads(result.stdout)
    assert [row["spoke"] for row in said["tables"]["wheel"]][:6] == [name.lower() for name in NAMES["en"]]
    assert said["command"].startswith("ladsim wheel shop.toml")
