"""What all tested claims share: how many runs, a picture, and an answer in words.

In: what an experiment found. Out: an `Answer`, printed, and its picture as a PNG. An experiment is a scenario (TOML), a file of the
same name with ``main(arguments) -> Answer``, and its name in ``all_claims.CLAIMS``, which makes ``docs/claims.md``.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.text import Text

import ladsim
from ladsim import streams
from ladsim.measures.uncertainty import Interval, mean_interval
from ladsim.measures.value import discounted_profit
from ladsim.reporting.figure_style import paper, style

FOLDER = Path(__file__).resolve().parent
REPORTS = FOLDER.parent / "reports"


@dataclass(frozen=True)
class Answer:
    """A claim's question, its answer in words, the number it depends on, its limits, and the figures behind it."""

    question: str
    answer: str
    depends_on: str
    limits: str
    table: pd.DataFrame
    picture: Path
    alt: str  # the picture in words

    def __post_init__(self) -> None:
        """Percent signs stand apart from their number, and minus signs are such."""
        for name in ("answer", "depends_on", "limits"):
            words = re.sub(r"(?<=\d)%", " %", getattr(self, name))
            object.__setattr__(self, name, re.sub(r"(?<![\w.])-(?=\d)", "−", words))

    def __str__(self) -> str:
        figures = self.table.to_string(index=False, float_format="{:,.3f}".format)
        parts = (self.question, figures, self.answer, f"It depends on: {self.depends_on}", f"Limits: {self.limits}")
        return "\n\n".join([*parts, f"Picture: {self.picture.name}"])


@dataclass(frozen=True)
class Options:
    """How much to run, and where the picture goes."""

    replications: int
    quick: bool
    picture: Path


def options(name: str, question: str, replications: int, quick: int, arguments: list[str] | None) -> Options:
    """The options of a claim's command line; with ``--quick`` few replications."""
    parser = argparse.ArgumentParser(description=question)
    parser.add_argument("--replications", type=int, default=replications)
    parser.add_argument("--quick", action="store_true", help=f"{quick} replications, to see that it runs")
    parser.add_argument("--out", type=Path, default=REPORTS, help="folder for the picture")
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    return Options(quick if given.quick else given.replications, given.quick, given.out / f"{name}.png")


def scenario(name: str) -> ladsim.Scenario:
    """The scenario of an experiment."""
    return ladsim.load(FOLDER / f"{name}.toml")


@contextmanager
def picture(path: Path, panels: int = 1, height: float = 3.0) -> Iterator[Any]:
    """Axes side by side to draw on (one alone if there is but one); written as a small PNG at the end."""
    with style():
        figure = paper(height)
        axes = figure.subplots(1, panels)
        yield axes
        figure.tight_layout(w_pad=2.0)
        ends = {text.get_text(): text.get_window_extent().x1 for text in figure.findobj(Text) if text.get_text().strip()}
        if cut := [words for words, end in ends.items() if end > figure.bbox.x1]:
            raise ValueError(f"{path.name}: ends beyond the picture: {', '.join(cut)}")
        figure.savefig(path, dpi=110, metadata={"Software": None})


def interval(values: Iterable[float]) -> Interval:
    """The mean of independent futures and its 95 % interval."""
    return mean_interval(list(values), pairs=False)


def between(found: Interval, form: str = "{:,.0f}") -> str:
    """An estimate in words: "12 (10 to 14)"."""
    return f"{form.format(found.estimate)} ({form.format(found.low)} to {form.format(found.high)})"


def change(share: float, _position: int | None = None) -> str:
    """A change in per cent as a label of an axis: "+2.5 %", never rounded to another number than the mark stands at."""
    return f"{100 * share:+.4g} %".replace("-", "−") if abs(share) > 1e-12 else "0 %"


def bars(found: Iterable[Interval]) -> dict[str, Any]:
    """Heights and error bars as matplotlib takes them."""
    f = list(found)
    return {"y": [i.estimate for i in f], "yerr": [[i.estimate - i.low for i in f], [i.high - i.estimate for i in f]]}


def worth(history: ladsim.History) -> float:
    """Everything booked in a future, at its worth at the start."""
    return float(discounted_profit(history)["cumulative_discounted_profit"].iloc[-1])


def in_random_order(count: int, draw: int) -> np.ndarray:
    """The numbers 0 … count − 1 in an order drawn by lot, another for every draw."""
    return np.argsort(
        streams.uniforms(
            streams.key_of_run(draw, 0), np.arange(count, dtype=np.uint64), streams.stream_id("claims"), streams.GRAPH
        )
    )
