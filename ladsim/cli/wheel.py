"""The loyalty wheel for the terminal: the answer, the six spokes and what each moves; and its picture for the study's folder.

In: a `LoyaltyWheel`. Out: text in the scenario's language; the picture's bytes by file name.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ladsim.cli import screen
from ladsim.i18n.catalogue import loose
from ladsim.measures.wheel import SPOKES
from ladsim.reporting.wheel import Told

if TYPE_CHECKING:
    from ladsim.planning.wheel import LoyaltyWheel

PICTURES = ("wheel.svg", "wheel.png")


def wheel_text(wheel: LoyaltyWheel) -> str:
    """The answer, what a score is, and two tables."""
    told = Told(wheel)
    said = loose("\n".join([*told.verdict(), told.text("wheel.convention"), ""]))
    return f"{said}\n{screen.printed(_spokes(told), _moves(told))}"


def wheel_files(wheel: LoyaltyWheel) -> dict[str, bytes]:
    """The picture as SVG and as PNG."""
    with tempfile.TemporaryDirectory() as folder:
        for name in PICTURES:
            Told(wheel).picture(Path(folder) / name)
        return {name: (Path(folder) / name).read_bytes() for name in PICTURES}


def _spokes(told: Told) -> Any:
    rows = []
    for row in told.rows:
        score, between = told.score(row)
        by = told.by(row) if row["spoke"] in SPOKES else ""
        lost = "\n".join(filter(None, (told.lost(row), told.fallen(row))))
        rows.append(
            [
                f"{told.name(row['spoke'])}\n  {by}".rstrip(),
                screen.two_lines(score, between),
                told.spent(row),
                lost,
                told.places(row),
            ]
        )
    head = ["", *(told.text(f"wheel.h_{key}") for key in ("score", "spend", "lost", "touchpoints"))]
    made = screen.table(told.text("wheel.t_spokes"), head, rows)
    made.columns[-1].justify = "left"
    return made


def _moves(told: Told) -> Any:
    rows, before = [], ""
    for row in told.wheel.moves.to_dict("records"):
        spoke = told.name(str(row["spoke"]))
        if spoke != before:
            rows.append([spoke, "", ""])
        before = spoke
        what, mean, between = told.moved(row)
        rows.append([f"  {what}", mean, between])
    head = ["", told.locale.text("screen.mean"), told.locale.text("screen.interval_of_mean")]
    return screen.table(told.text("wheel.t_moves"), head, rows)
