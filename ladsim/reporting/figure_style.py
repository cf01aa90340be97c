"""Paper, pens and the way to SVG: everything about matplotlib that charts share.

In: a function that draws on a figure. Out: a `Chart`, whose SVG is an element for a page: no outside address, no date, ids of its
own, a title and a description for those who cannot see it. The same data give the same bytes.

Colours are those of Okabe & Ito (2008), which colour-blind people tell apart; each has its own line style, so that a grey copy
reads as well, and a darker shade for text (contrast at least 4.5 to 1 on white).
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 7.6  # inches: the text width of an A4 page, at which all type sizes are chosen
# Inches across a telephone of 390 px, where what is set in 7.2 points is 11 px high: one panel to a row, labels above their bars.
SLIM = 3.2
INK, QUIET, RULE = "#1b1f24", "#4b5563", "#d5d9de"
GAIN, LOSS = "#0072B2", "#D55E00"
FONTS = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"


@dataclass(frozen=True)
class Pen:
    """How one strategy is drawn everywhere: colour, a darker shade for text, line style, marker."""

    colour: str
    text: str
    line: Any
    marker: str


PENS = (
    Pen("#0072B2", "#00588a", "-", "o"),
    Pen("#D55E00", "#9c4500", (0, (5, 1.6)), "s"),
    Pen("#009E73", "#006a4d", (0, (5, 1.4, 1, 1.4)), "^"),
    Pen("#CC79A7", "#8b3d68", (0, (1.2, 1.2)), "D"),
    Pen("#E69F00", "#7d5600", (0, (8, 1.5, 1, 1.5, 1, 1.5)), "v"),
    Pen("#56B4E9", "#1c6493", (0, (2.5, 1.2)), "P"),
    Pen("#555555", "#333333", (0, (9, 2)), "X"),
)


def pen(place: int) -> Pen:
    """The pen of the strategy at `place` in the study's order."""
    return PENS[place % len(PENS)]


PIXELS, MARGIN = 1600, 0.12  # across a PNG, for a slide; inches around it


@dataclass(frozen=True)
class Chart:
    """A finished picture: an SVG element, and what it shows in words.

    It has its `figure` where it was drawn, its `png` where that was asked for, and `slim`, the same as an SVG element for a screen as
    narrow as a telephone's, where it can be laid out so.
    """

    title: str
    alt: str
    svg: str
    slim: str = ""
    figure: Figure | None = field(default=None, compare=False, repr=False)
    png: bytes = b""

    def standalone(self) -> str:
        """The picture as an SVG file."""
        space = 'xmlns="http://www.w3.org/2000/svg"'
        return '<?xml version="1.0" encoding="utf-8"?>\n' + self.svg.replace("<svg ", f"<svg {space} ", 1) + "\n"


def load() -> None:
    """Load what draws, once for all processes that are going to."""
    import matplotlib.backends.backend_svg
    import matplotlib.figure  # noqa: F401


@contextmanager
def style(name: str = "ladsim") -> Iterator[None]:
    """Matplotlib's settings for everything drawn here; `name` goes into the ids of the SVG."""
    import logging
    import warnings

    import matplotlib

    settings: Any = {
        "svg.hashsalt": name,
        "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
        "text.parse_math": False,  # a label may hold a dollar sign
        "text.usetex": False,
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.size": 8.5,
        "axes.edgecolor": QUIET,
        "axes.labelcolor": QUIET,
        "axes.linewidth": 0.6,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.titlesize": 9,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titley": 1.0,  # above the frame, where it is put; nobody measures tick labels to move it
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.unicode_minus": True,
        "grid.color": RULE,
        "grid.linewidth": 0.5,
        "text.color": INK,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "xtick.major.size": 2.5,
        "ytick.major.size": 0,
        "xtick.labelsize": 7.5,
        "ytick.labelsize": 7.5,
        "hatch.linewidth": 0.5,
        "lines.solid_capstyle": "round",
        "figure.facecolor": "white",
        "savefig.facecolor": "white",
    }
    fonts = logging.getLogger("matplotlib.font_manager")
    before = fonts.level
    fonts.setLevel(logging.ERROR)
    try:
        with (
            matplotlib.rc_context(rc=dict(matplotlib.rcParamsDefault) | {"backend": "agg"} | settings),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", message="Glyph .* missing from")  # only measures it; the reader's own fonts show it
            yield
    finally:
        fonts.setLevel(before)


def above_bar(axes: Any, row: float, label: str, **look: Any) -> None:
    """A label at the left above a row of bars, readable over whatever crosses it."""
    axes.text(
        0.0, row, label, transform=axes.get_yaxis_transform(), va="bottom", fontsize=7.6, linespacing=1.0, zorder=3,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.2}, **look,
    )  # fmt: skip


def paper(height: float, width: float = WIDTH) -> Figure:
    """An empty figure, `height` by `width` inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height))


def finish(figure: Figure, name: str, title: str, alt: str) -> Chart:
    """The figure as a chart. `name` must be unique on the page: it begins every id (a slim one's has an ending). Call inside `style`."""
    name += "-slim" if figure.get_figwidth() <= SLIM else ""
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return Chart(title, alt, clean(out.getvalue(), name, title, alt), figure=figure)


def light(chart: Chart, png: bool = False) -> Chart:
    """A chart without its figure, as it goes to another process and onto a page; with `png`, as PNG, too."""
    return replace(chart, figure=None, png=_png(chart.figure) if png and chart.figure is not None else b"")


def _png(figure: Figure) -> bytes:
    """A figure as PNG with a margin, `PIXELS` wide, the same bytes every time."""
    from matplotlib.transforms import Bbox

    out = io.BytesIO()
    width, height = figure.get_size_inches() + 2 * MARGIN
    whole, dpi = Bbox.from_bounds(-MARGIN, -MARGIN, width, height), (PIXELS + 0.5) / width
    with style():
        figure.savefig(out, format="png", dpi=dpi, bbox_inches=whole, metadata={"Software": None})
    return out.getvalue()


def clean(svg: str, name: str, title: str, alt: str) -> str:
    """An SVG element for a page, out of a file of matplotlib's."""
    svg = svg[svg.index("<svg") :].strip()
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", svg, flags=re.S)  # it would rule the whole page
    svg = svg.replace("xlink:href=", "href=")
    used = set(re.findall(r"(?:url\(#|href=\"#)([^\")]+)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda m: f' id="{name}-{m[1]}"' if m[1] in used else "", svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    svg = re.sub(r"href=\"#([^\"]+)\"", rf'href="#{name}-\1"', svg)
    svg = re.sub(r"(font:[^;\"]*?[\d.]+px )[^;\"]*", lambda m: m[1] + FONTS, svg)
    svg = re.sub(r"font-family: [^;\"]*", f"font-family: {FONTS}", svg)  # as newer versions of matplotlib write it
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    box = re.search(r'viewBox="([^"]+)"', svg)
    head = (
        f'<svg viewBox="{box[1] if box else "0 0 1 1"}" role="img" aria-labelledby="{name}-title {name}-desc" '
        'preserveAspectRatio="xMidYMid meet" style="stroke-linejoin: round; stroke-linecap: butt">\n'
        f'<title id="{name}-title">{escape(title)}</title>\n'
        f'<desc id="{name}-desc">{escape(alt)}</desc>\n'
    )
    return head + svg[svg.index(">") + 1 :].lstrip()


def save(figure: Figure, path: Path, chart: Chart) -> None:
    """Write a picture as SVG, or as PNG where the path ends so. Call inside `style`."""
    if path.suffix.lower() == ".png":
        figure.savefig(path, format="png", dpi=200, metadata={"Software": None})
    else:
        path.write_text(chart.standalone(), encoding="utf-8")


def wrapped(text: str, width: int, lines: int = 2) -> str:
    """A label broken into at most so many lines; what is too long ends with an ellipsis.

    >>> wrapped("New customers first, at any price", 14)
    'New customers\\nfirst, at any…'
    """
    parts = textwrap.wrap(re.sub(r"[ \t\r\n]+", " ", text).strip(), width) or [""]  # non-breaking spaces hold
    if len(parts) > lines:
        last = parts[lines - 1]
        parts = [*parts[: lines - 1], (last if len(last) < width else last[: width - 1]).rstrip(" ,.;:") + "…"]
    return "\n".join(parts)


def column_title(axes: Any, text: str, room: float, colour: str) -> None:
    """A label above a column that has `room` inches to the next one: broken into lines, and smaller where a word is too long for it."""
    largest, smallest, wide = 8.2, 5.6, 0.68  # points; width of a bold letter in ems
    word = max((len(part) for part in text.split()), default=1)
    size = max(smallest, min(largest, 72.0 * room / (wide * word)))
    letters = max(word, int(72.0 * room / (wide * size)))
    axes.set_title(wrapped(text, letters, 3), color=colour, fontsize=size, pad=4, linespacing=1.1)


def apart(places: list[float], gap: float, low: float, high: float) -> list[float]:
    """Heights of labels near `places` that keep `gap` from each other, within `low` and `high` where they fit.

    >>> apart([1.0, 1.05, 3.0], 0.5, 0.0, 4.0)
    [0.775, 1.275, 3.0]
    """
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[list[int]] = []
    centres: list[float] = []

    def centre(group: list[int]) -> float:
        half = gap * (len(group) - 1) / 2
        middle = sum(places[i] for i in group) / len(group)
        return min(max(middle, low + half), max(low + half, high - half))

    for i in order:
        groups.append([i])
        centres.append(centre([i]))
        while len(groups) > 1 and centres[-1] - centres[-2] < gap * (len(groups[-1]) + len(groups[-2])) / 2 - 1e-12:
            groups[-2:] = [groups[-2] + groups[-1]]
            centres[-2:] = [centre(groups[-1])]
    found = list(places)
    for group, middle in zip(groups, centres, strict=True):
        for rank, i in enumerate(group):
            found[i] = round(middle + gap * (rank - (len(group) - 1) / 2), 9)
    return found
