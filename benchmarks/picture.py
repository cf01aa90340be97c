"""The picture of the benchmarks: CPU seconds by number of customers, both axes in powers of ten, every line named where it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.programs import PROGRAMS

# Okabe & Ito (2008): eight colours that colour-blind readers can tell apart. The markers tell those apart that share one.
STYLES = {
    "auto": ("#0072B2", "o"),
    "general": ("#0072B2", "s"),
    "c_horizon": ("#000000", "o"),
    "c_general": ("#000000", "s"),
    "ladsim_simpy": ("#56B4E9", "D"),
    "simpy": ("#D55E00", "D"),
    "eon": ("#009E73", "^"),
    "fastgemf": ("#009E73", "v"),
    "starsim": ("#CC79A7", "P"),
    "mesa_frames": ("#E69F00", "X"),
    "mesa": ("#E69F00", "<"),
    "agentpy": ("#CC79A7", ">"),
    "numpy": ("#666666", "*"),
}
APART = 0.155  # between two names, in powers of ten


def points(results: dict[str, Any], key: str) -> tuple[list[int], list[float]]:
    """Sizes and CPU seconds of a program, where it is the same model."""
    found = [(int(size), row[key]) for size, row in results["sizes"].items() if "cpu" in row.get(key, {})]
    good = [(size, said["cpu"]) for size, said in found if said["judged"]["same_model"]]
    return [size for size, _ in good], [cpu for _, cpu in good]


def spread(heights: list[float]) -> list[float]:
    """The heights moved apart as little as it takes to read the names, their order kept (heights in powers of ten, descending)."""
    placed: list[float] = []
    for height in heights:
        placed.append(min(height, placed[-1] - APART) if placed else height)
    shift = sum(a - b for a, b in zip(heights, placed, strict=True)) / max(1, len(heights))
    return [height + shift for height in placed]


def draw(results: dict[str, Any], path: Path) -> None:
    """Draw the lines and name each at its end."""
    import matplotlib

    matplotlib.use("Agg")
    import numpy as np
    from matplotlib import pyplot as plt

    plt.rcParams.update({"font.size": 11, "svg.hashsalt": "ladsim", "svg.fonttype": "path"})
    picture, axes = plt.subplots(figsize=(10, 7))
    lines = {key: points(results, key) for key in PROGRAMS}
    lines = {key: line for key, line in lines.items() if line[0]}
    for key, (sizes, seconds) in lines.items():
        colour, marker = STYLES[key]
        ours = key in ("auto", "general")
        axes.plot(
            sizes, seconds, color=colour, marker=marker, markersize=7, linewidth=3.0 if ours else 1.4, zorder=3 if ours else 2
        )
    axes.set(xscale="log", yscale="log", xlabel="customers", ylabel="CPU seconds for 24 months, one thread")
    right = max(max(sizes) for sizes, _ in lines.values()) * 1.9
    # A name stands at the right, as high as its line is at its end; a thin line leads there.
    order = sorted(lines, key=lambda key: -lines[key][1][-1])
    for key, height in zip(order, spread([float(np.log10(lines[key][1][-1])) for key in order]), strict=True):
        sizes, seconds = lines[key]
        colour = STYLES[key][0]
        axes.plot([sizes[-1], right], [seconds[-1], 10**height], color=colour, linewidth=0.7, linestyle=":", zorder=1)
        axes.plot(right, 10**height, color=colour, marker=STYLES[key][1], markersize=7, clip_on=False, zorder=4)
        weight = "bold" if key in ("auto", "general") else "normal"
        axes.text(right * 1.18, 10**height, PROGRAMS[key].title, color=colour, va="center", fontweight=weight)
    axes.set_xlim(right=right)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.grid(True, which="major", color="#dddddd", linewidth=0.6)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    picture.tight_layout()
    picture.savefig(path, metadata={"Date": None})
    plt.close(picture)
