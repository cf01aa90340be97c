"""The picture on the documentation's first page: the ladder of a shipped scenario, with the people who moved on it.

In: the scenario as it stands, without a strategy; 20 futures of a sample of 2,000 of its 20,000 people. Out: ``docs/img/ladder.svg``, drawn
as reports draw it. ``python docs/first_picture.py`` makes it anew, in a few seconds; a test asks whether its numbers are still those.
"""

from __future__ import annotations

import re
from pathlib import Path

import ladsim
from ladsim.reporting.figure_style import Chart
from ladsim.reporting.sections import flows_picture

SCENARIO, SAMPLE, REPLICATIONS, SEED = "acquisition_vs_retention", 2000, 20, 1
EDGES = 84, 52  # of the drawing's width left and right of the ladder, left out so that it can be read on a telephone
FILE = Path(__file__).parent / "img" / "ladder.svg"


def picture() -> Chart:
    """The ladder after the scenario's 24 months: means over the futures."""
    runs = ladsim.replicate(ladsim.load(SCENARIO), sample=SAMPLE, replications=REPLICATIONS, seed=SEED, processes=1)
    return flows_picture(runs, "ladder")


def cropped(svg: str) -> str:
    """The same drawing without its empty edges."""
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert box is not None
    left, right = EDGES
    return svg.replace(box[0], f'viewBox="{left} 0 {float(box[1]) - left - right:.1f} {box[2]}"', 1)


if __name__ == "__main__":
    FILE.write_text(cropped(picture().standalone()), encoding="utf-8")
    print(FILE)
