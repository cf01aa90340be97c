"""The ladder as a picture: rungs from bottom to top, steps as arrows, the states beside it as chutes on the right.

In: places and arrows (``flows_picture``: what a study counted, widths by flow), or a scenario (``draw_ladder``: its numbers).
Out: a `Chart`. Climbs to the next rung stand between the rails on the left, falls on the right; steps over several rungs run in
arcs outside the rails; who leaves goes right into the chute of a state beside the ladder, who comes back leaves the chute.
All lengths are inches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ladsim.i18n import Locale
from ladsim.reporting.figure_style import INK, LOSS, QUIET, RULE, WIDTH, Chart, finish, paper, save, style, wrapped
from ladsim.reporting.ladder import order_of, rung_words, step_words
from ladsim.scenario.naming import label_of
from ladsim.scenario.segments import counts_as_customer
from ladsim.scenario.spec import Rung, Scenario

LADDER, CHUTE, COLUMN, ARC = 3.0, 0.34, 1.02, 1.12
BOX, GAP, LINE = 0.42, 0.5, 0.125
LETTER = 0.058  # what one takes at the size of the arrows' words, on average
UP, DOWN, BACK = "#0072B2", "#D55E00", "#009E73"
FORGOTTEN = "#8b95a1"
UP_TEXT, DOWN_TEXT, BACK_TEXT = "#00588a", "#9c4500", "#006a4d"


@dataclass(frozen=True)
class Place:
    """A rung or a state beside the ladder: `where` is "ladder", "before" or "beside"; `is_lead`: nobody there is a customer yet."""

    name: str
    label: str
    note: str
    where: str
    is_lead: bool = False

    @property
    def note_lines(self) -> str:
        """The note as it stands in a rung's box."""
        return wrapped(self.note, 56, 2)


@dataclass(frozen=True)
class Arrow:
    """A way from one place to another: `weight` 0–1 is its width, `lines` what stands beside it."""

    origin: str
    to: str
    weight: float
    lines: tuple[str, ...]


@dataclass
class _Sheet:
    """Where everything lies."""

    places: dict[str, Place]
    width: float = WIDTH
    height: float = 0.0
    left: float = 0.0  # of the ladder
    box: dict[str, tuple[float, float]] = field(default_factory=dict)  # rung → bottom, top
    chute: dict[str, float] = field(default_factory=dict)  # state → centre
    foot: float = 0.18
    scale: float = 1.0
    crowded: set[frozenset[str]] = field(default_factory=set)  # rungs between which climbs and falls are told one above the other


def ladder_picture(places: Sequence[Place], arrows: Sequence[Arrow], title: str, alt: str, name: str) -> Chart:
    """Draw places and arrows. Arrows from a rung to itself are left to the rung's note."""
    with style(name):
        return finish(_drawn(places, arrows), name, title, alt)


def draw_ladder(scenario: Scenario, path: str | Path | None = None, name: str = "ladder") -> Chart:
    """The scenario's ladder with the numbers of its steps; written to `path` (.svg or .png) if that is given."""
    locale = Locale(scenario.language)
    places, arrows = _of_scenario(scenario, locale)
    title = locale.text("ladder.ladder_chart", name=scenario.heading)
    with style(name):
        figure = _drawn(places, arrows)
        chart = finish(figure, name, title, locale.text("ladder.ladder_alt"))
        if path is not None:
            save(figure, Path(path), chart)
    return chart


def is_lead(rung: Rung, scenario: Scenario) -> bool:
    """Whether a rung of the ladder lies below the customers, where the ladder has any."""
    return not rung.off_ladder and not counts_as_customer(rung) and any(map(counts_as_customer, scenario.rungs))


def _of_scenario(scenario: Scenario, locale: Locale) -> tuple[list[Place], list[Arrow]]:
    """The places and arrows of a scenario's ladder."""
    order = order_of(scenario)
    where = (
        {r.name: "ladder" for r in order.ladder}
        | {r.name: "before" for r in order.before}
        | {r.name: "beside" for r in order.beside}
    )
    loops = {r.name: [step_words(s, locale) for s in scenario.steps if s.from_ == s.to == r.name] for r in scenario.rungs}
    places = [
        Place(
            r.name,
            label_of(r),
            " · ".join([*_rung_note(scenario, r, locale), *(f"↻ {words}" for words in loops[r.name])]),
            where[r.name],
            is_lead(r, scenario),
        )
        for r in scenario.rungs
    ]
    lines: dict[tuple[str, str], list[str]] = {}
    for step in scenario.steps:
        lines.setdefault((step.from_, step.to), []).append(step_words(step, locale))
    for arrival in scenario.arrivals:
        if order.before:
            words = locale.text(
                "ladder.text_arrivals", number=locale.number(float(arrival.per_month)) if _plain(arrival.per_month) else "?"
            )
            lines.setdefault((order.before[0].name, arrival.to), []).append(words)
    return places, [Arrow(a, b, 0.12, tuple(text)) for (a, b), text in lines.items() if a != b]


def _rung_note(scenario: Scenario, rung: Rung, locale: Locale) -> list[str]:
    """How many start there, as heads, and what they do; no more than the box has room for."""
    return rung_words(rung, locale=locale, market_size=scenario.market_size, heads=True)[:3]


def _plain(value: Any) -> bool:
    return isinstance(value, int | float)


def _drawn(places: Sequence[Place], arrows: Sequence[Arrow]) -> Any:
    """The figure of a ladder."""
    sheet = _laid_out(places, arrows)
    figure = paper(sheet.height, sheet.width)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, sheet.width)
    axes.set_ylim(0, sheet.height)
    _chutes(axes, sheet)
    _rails(axes, sheet)
    _arrows(axes, sheet, arrows)
    _boxes(axes, sheet)
    return figure


def _laid_out(places: Sequence[Place], arrows: Sequence[Arrow]) -> _Sheet:
    """Where each place stands on the sheet, and how large that is."""
    sheet = _Sheet({place.name: place for place in places})
    rungs = [p.name for p in places if p.where == "ladder"]
    rank = {name: i for i, name in enumerate(rungs)}
    before = [p.name for p in places if p.where == "before"]
    beside = [p.name for p in places if p.where == "beside"]
    far = [a for a in arrows if a.origin in rank and a.to in rank and abs(rank[a.to] - rank[a.origin]) > 1]
    arc_left = ARC if any(rank[a.to] > rank[a.origin] for a in far) else 0.0
    arc_right = ARC if any(rank[a.to] < rank[a.origin] for a in far) else 0.0
    column = COLUMN + 0.045 * max(
        [0, *(len(line) - 13 for a in arrows for line in a.lines if a.to in beside or a.origin in beside)]
    )
    needed = len(before) * (CHUTE + column) + arc_left + LADDER + arc_right + len(beside) * (CHUTE + column) + 0.5
    sheet.width = max(WIDTH, needed)
    start = 0.5 * (sheet.width - needed) + 0.25
    for i, name in enumerate(before):
        sheet.chute[name] = start + i * (CHUTE + column) + CHUTE / 2
    sheet.left = start + len(before) * (CHUTE + column) + arc_left
    edge = sheet.left + LADDER + arc_right
    for i, name in enumerate(beside):
        sheet.chute[name] = edge + column + i * (CHUTE + column) + CHUTE / 2
    y = 0.72 if beside or before else 0.3
    for i, name in enumerate(rungs):
        ways = sum(1 for a in arrows if (a.origin == name and a.to in sheet.chute) or (a.to == name and a.origin in sheet.chute))
        lines = sum(
            max(1, len(a.lines)) for a in arrows if (a.origin == name and a.to in beside) or (a.to == name and a.origin in beside)
        )
        tall = max(BOX + LINE * sheet.places[name].note_lines.count("\n"), 0.12 + 0.12 * ways + 0.1 * lines)
        sheet.box[name] = (y, y + tall)
        between = [a for a in arrows if i + 1 < len(rungs) and {a.origin, a.to} == {name, rungs[i + 1]}]
        counts = [len(a.lines) for a in between]
        if crowded(between):
            sheet.crowded |= {frozenset((name, rungs[i + 1]))}
            counts = [sum(counts)]
        y += tall + max([GAP, *(LINE * count + 0.22 for count in counts)])
    sheet.height = y - GAP + 0.32 if rungs else 1.2
    return sheet


def crowded(between: Sequence[Arrow]) -> bool:
    """Whether the words of climbs and falls between two rungs would run into each other, side by side."""
    ways = {arrow.origin: max((len(line) for line in arrow.lines), default=0) for arrow in between}
    return len(ways) > 1 and LETTER * sum(ways.values()) > LADDER - 2 * 0.41 - 0.1


def _rails(axes: Any, sheet: _Sheet) -> None:
    if not sheet.box:
        return
    bottom, top = min(b for b, _ in sheet.box.values()) - 0.22, max(t for _, t in sheet.box.values()) + 0.22
    for x in (sheet.left, sheet.left + LADDER):
        axes.plot([x, x], [bottom, top], color="#8b95a1", linewidth=5, solid_capstyle="round", zorder=1)


def _boxes(axes: Any, sheet: _Sheet) -> None:
    """Draw the rungs."""
    from matplotlib.patches import FancyBboxPatch

    for name, (bottom, top) in sheet.box.items():
        place = sheet.places[name]
        shape = FancyBboxPatch(
            (sheet.left - 0.06, bottom), LADDER + 0.12, top - bottom, boxstyle="round,pad=0,rounding_size=0.06", facecolor="#eef1f4",
            edgecolor=INK, linewidth=1.0, zorder=4,
        )  # fmt: skip
        axes.add_patch(shape)
        middle, x = (bottom + top) / 2, sheet.left + LADDER / 2
        more = LINE / 2 * place.note_lines.count("\n")
        lift = 0.075 + more if place.note else 0
        axes.text(
            x, middle + lift, wrapped(place.label, 36, 1), ha="center", va="center", fontsize=9.2, fontweight="bold", zorder=5
        )
        if place.note:
            axes.text(
                x,
                middle - 0.095,
                place.note_lines,
                ha="center",
                va="center",
                fontsize=7.2,
                color=QUIET,
                zorder=5,
                linespacing=1.15,
            )


def _chutes(axes: Any, sheet: _Sheet) -> None:
    """Draw the states beside the ladder, into which people fall."""
    from matplotlib.patches import Rectangle

    top = max([1.0, *(t for _, t in sheet.box.values())])
    for name, x in sheet.chute.items():
        place = sheet.places[name]
        tall = top - sheet.foot - 0.36
        axes.add_patch(
            Rectangle((x - CHUTE / 2, sheet.foot + 0.36), CHUTE, tall, facecolor="#f5f6f8", edgecolor=RULE, linewidth=0.8)
        )
        axes.text(x, sheet.foot + 0.2, wrapped(place.label, 18, 1), ha="center", va="center", fontsize=8.4, fontweight="bold")
        axes.text(x, sheet.foot + 0.03, wrapped(place.note, 26, 1), ha="center", va="center", fontsize=7.2, color=QUIET)


def _arrows(axes: Any, sheet: _Sheet, arrows: Sequence[Arrow]) -> None:
    """Draw the steps: straight between neighbours, as arcs past others."""
    rank = {name: i for i, name in enumerate(sheet.box)}
    arcs = {"left": 0, "right": 0}
    for arrow in arrows:
        if arrow.origin == arrow.to:
            continue
        if arrow.origin in rank and arrow.to in rank:
            far = abs(rank[arrow.to] - rank[arrow.origin]) > 1
            side = "left" if rank[arrow.to] > rank[arrow.origin] else "right"
            if far:
                _arc(axes, sheet, arrow, side, arcs[side])
                arcs[side] += 1
            else:
                _next(axes, sheet, arrow, side)
        elif arrow.origin in sheet.chute and arrow.to in sheet.chute:
            _between_chutes(axes, sheet, arrow)
    for name in sheet.box:
        ways = [a for a in arrows if (a.origin == name and a.to in sheet.chute) or (a.to == name and a.origin in sheet.chute)]
        _sideways(axes, sheet, name, ways)


def _pen_of(arrow: Arrow, colour: str) -> dict[str, Any]:
    wide = 1.0 + 7.0 * min(1.0, max(0.0, arrow.weight))
    return {
        "arrowstyle": f"simple,head_length=6,head_width={wide + 4.5},tail_width={wide}",
        "mutation_scale": 1,
        "color": colour,
        "linewidth": 0,
    }


def _arrow(
    axes: Any, a: tuple[float, float], b: tuple[float, float], arrow: Arrow, colour: str, bend: float = 0.0, zorder: float = 3
) -> None:
    from matplotlib.patches import FancyArrowPatch

    axes.add_patch(
        FancyArrowPatch(a, b, connectionstyle=f"arc3,rad={bend}", shrinkA=0, shrinkB=0, zorder=zorder, **_pen_of(arrow, colour))
    )


def _next(axes: Any, sheet: _Sheet, arrow: Arrow, side: str) -> None:
    """A step to the next rung, between the rails."""
    lower, upper = sorted((arrow.origin, arrow.to), key=lambda name: sheet.box[name][0])
    low, high = sheet.box[lower][1], sheet.box[upper][0]
    up = side == "left"
    x = sheet.left + 0.26 if up else sheet.left + LADDER - 0.26
    ends = ((x, low), (x, high)) if up else ((x, high), (x, low))
    aside = (0.25 if up else -0.25) * (high - low) * (frozenset((lower, upper)) in sheet.crowded)
    _arrow(axes, *ends, arrow, UP if up else DOWN)
    axes.text(
        x + (0.15 if up else -0.15), (low + high) / 2 + aside, "\n".join(arrow.lines), ha="left" if up else "right", va="center", fontsize=7.4,
        color=UP_TEXT if up else DOWN_TEXT, linespacing=1.15,
    )  # fmt: skip


def _arc(axes: Any, sheet: _Sheet, arrow: Arrow, side: str, place: int) -> None:
    """A step over several rungs, outside the rails."""
    left = side == "left"
    edge = sheet.left - 0.06 if left else sheet.left + LADDER + 0.06
    (b0, t0), (b1, t1) = sheet.box[arrow.origin], sheet.box[arrow.to]
    y0, y1 = (t0 - 0.08, b1 + 0.08) if left else (b0 + 0.08, t1 - 0.08)
    reach = 0.28 + 0.09 * (place % 3)
    bend = -2 * reach / max(0.5, abs(y1 - y0))
    _arrow(axes, (edge, y0), (edge, y1), arrow, UP if left else DOWN, bend)
    axes.text(
        edge + (-reach - 0.08 if left else reach + 0.08), (y0 + y1) / 2, "\n".join(arrow.lines), ha="right" if left else "left", va="center",
        fontsize=7.2, color=UP_TEXT if left else DOWN_TEXT, linespacing=1.15, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
    )  # fmt: skip


def _sideways(axes: Any, sheet: _Sheet, name: str, ways: Sequence[Arrow]) -> None:
    """Steps between a rung and the chutes, one below the other."""
    bottom, top = sheet.box[name]
    for where in ("before", "beside"):
        found = [a for a in ways if _other(a, name, sheet).where == where]
        found = sorted(found, key=lambda a: (list(sheet.chute).index(_other(a, name, sheet).name), a.to == name))
        for i, arrow in enumerate(found):
            y = top - (top - bottom) * (i + 0.72) / max(1, len(found)) if len(found) > 1 else bottom + 0.42 * (top - bottom)
            other = sheet.chute[_other(arrow, name, sheet).name]
            leaves = arrow.origin == name
            edge = sheet.left - 0.06 if where == "before" else sheet.left + LADDER + 0.06
            gate = other + CHUTE / 2 if where == "before" else other - CHUTE / 2
            colour, text = (DOWN, DOWN_TEXT) if leaves else return_colours(sheet.places[name])
            if where == "before":
                colour, text = (DOWN, DOWN_TEXT) if leaves else (UP, UP_TEXT)
            _arrow(axes, (edge, y) if leaves else (gate, y), (gate, y) if leaves else (edge, y), arrow, colour)
            lift = (1.0 + 7.0 * arrow.weight) / 144 + 0.025
            at, side = (gate + 0.08, "left") if where == "before" else (gate - 0.1, "right")
            axes.text(at, y + lift, "\n".join(arrow.lines), ha=side, va="bottom", fontsize=7.2, color=text, linespacing=1.1)


def return_colours(place: Place) -> tuple[str, str]:
    """The colours of an arrow from a state beside the ladder to a rung: who comes to be a lead again has forgotten us and is not back."""
    return (FORGOTTEN, QUIET) if place.is_lead else (BACK, BACK_TEXT)


def _other(arrow: Arrow, name: str, sheet: _Sheet) -> Place:
    return sheet.places[arrow.to if arrow.origin == name else arrow.origin]


def _between_chutes(axes: Any, sheet: _Sheet, arrow: Arrow) -> None:
    a, b = sheet.chute[arrow.origin], sheet.chute[arrow.to]
    y = sheet.foot + 0.46 if b > a else sheet.foot + 0.62
    half = CHUTE / 2 if b > a else -CHUTE / 2
    _arrow(axes, (a + half, y), (b - half, y), arrow, LOSS if b > a else BACK)
    axes.text((a + b) / 2, y + 0.06, "\n".join(arrow.lines), ha="center", va="bottom", fontsize=7.2, color=DOWN_TEXT)
