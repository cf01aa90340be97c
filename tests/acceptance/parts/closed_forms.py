"""Simulation against closed form at a hundred and fifty times the size of the long tests: |z| ≤ 4, and the deviations that are left.

Each unit is 30 futures of one form: its market and its formula are those of the tests (``tests/agree/forms.py``, published models,
programmes). A row holds sums of deviations and of their squares, so that rows of one form add up to all of its futures.
"""

from __future__ import annotations

import atexit
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from ladsim.engine.history import History
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from tests.acceptance.part import Line, Part, Row, Unit
from tests.acceptance.rules import STUDIES
from tests.agree.forms import FORMS, Form
from tests.agree.test_bass import adopted, bass
from tests.agree.test_published import cascade, discounted_value, recency_ladder, ten_who_know_each_other
from tests.programs.test_points import (
    BREAKAGE_AT,
    FILLED_AND_REWARDS,
    STAMP_CARD,
    broken_off,
    expired_by,
    filled_and_rewards,
    points_kept,
)
from tests.programs.test_tiers import THREE_LEVELS, on_levels, poisson_tails

FUTURES = 30  # of a unit
CUSTOMERS = 5_000  # of a future, where a form lets that be chosen
MOST_Z = 4.0
TICK = 1.5e-4  # what messages that are heard at the end of a day shift adoption by, at most


def of(title: str, made: Callable[[], Scenario], expected: Sequence[float], seen: Callable[[History], Any], **more: Any) -> Form:
    """A form whose market is made once a process."""
    return Form(
        title, lru_cache(maxsize=1)(made), lambda: np.array(expected, np.float64), lambda h: np.atleast_1d(seen(h)), **more
    )


def convinced(history: History) -> float:
    """Families convinced in each copy of the graph."""
    return float(history.counts[-1, 0, 1]) / 300


@cache
def folder() -> Path:
    """Where the graph of the families is written, as long as this process lives."""
    made = tempfile.TemporaryDirectory(prefix="ladsim-forms-")
    atexit.register(made.cleanup)
    return Path(made.name)


def adopters(history: History) -> float:
    """Share of adopters at the end."""
    return float(history.counts[-1, 0, 1]) / history.size


VALUES = {1: 50.114969, 2: 4.219907, 3: 0.592110, 4: -1.980131}
CYCLE, THREE = (0.0350157, 0.2484627, 0.5582587, 0.7898548), (0.0352481, 0.2704056, 0.6455519, 0.8898997)
OTHERS: dict[str, Form] = {
    **{
        f"recency_{r}": of(
            f"value of a customer of recency {r} (Pfeifer & Carraway 2000)", lambda r=r: recency_ladder(r), [value], discounted_value
        )
        for r, value in VALUES.items()
    },
    **{
        f"cascade_{family}": of(
            f"independent cascade from the {family}, p = .3, exact by enumeration",
            lambda family=family: cascade(folder(), 300, family), [value], convinced,
        )
        for family, value in (("Medici", 3.9494513), ("Strozzi", 3.3858647))
    },
    **{
        f"bass_{months}": of(
            f"Bass, ten people who know each other, {months // 12} years",
            lambda months=months: ten_who_know_each_other(months, 100), [value], adopters, bias=TICK,
        )
        for months, value in ((12, 0.0355510), (60, 0.2907387), (120, 0.6770664))
    },
    "cycle": of("Bass on a cycle (Fibich & Gibori 2010)", lambda: bass(5_000, {"kind": "cycle"}), CYCLE, adopted, bias=TICK),
    "three": of(
        "Bass on a random 3-regular graph (Fibich & Gibori 2010)",
        lambda: bass(20_000, {"kind": "configuration", "degrees": [3], "redraw": True}), THREE, adopted, bias=TICK,
        deviation=0.004,
    ),
    "stamp_card": of(
        "a stamp card: who fills one, rewards a customer", lambda: validated(STAMP_CARD), FILLED_AND_REWARDS, filled_and_rewards, log=True
    ),
    **{
        f"breakage_{kept}": of(
            f"points kept for {kept} months: how many expire", lambda kept=kept: validated(points_kept(kept)),
            [expired_by(month, 0.4, kept) for month in BREAKAGE_AT], broken_off,
        )
        for kept in (1, 2, 4)
    },
    "levels": of("members on levels by orders", lambda: validated(THREE_LEVELS), list(poisson_tails()), on_levels),
}  # fmt: skip
ALL = FORMS | OTHERS
NAMES = tuple(ALL)
ROUNDS, SMALL_ROUNDS = 150, 3


def play(unit: Unit) -> Row:
    """Thirty futures of one form."""
    round_, place = divmod(unit.number, len(NAMES))
    form = ALL[NAMES[place]]
    size = CUSTOMERS if form.customers else None
    first = round_ * FUTURES
    away = np.array([form.future(first + k, unit.seed, size) - form.expected() for k in range(FUTURES)])
    customers = size or form.scenario().market_size
    sums = {"sum": away.sum(axis=0).tolist(), "squares": (away**2).sum(axis=0).tolist()}
    return {"form": NAMES[place], "futures": FUTURES, "customers": FUTURES * customers, **sums}


def summary(rows: Sequence[Row]) -> list[Line]:
    """A line for each form."""
    return [_line(ALL[name], own) for name in NAMES if (own := [row for row in rows if row["form"] == name])]


def _line(form: Form, rows: Sequence[Row]) -> Line:
    """How far the mean of all futures is from the formula, in standard errors and as such."""
    futures, customers = (sum(row[key] for row in rows) for key in ("futures", "customers"))
    enough = form.enough(customers)
    mean, squares = (np.sum([row[key] for row in rows], axis=0)[enough] / futures for key in ("sum", "squares"))
    error = np.sqrt(np.maximum(squares - mean**2, 0.0) / (futures - 1))
    beyond = np.maximum(np.abs(mean) - form.bias, 0.0)
    z = np.divide(beyond, error, out=np.where(beyond > 0, np.inf, 0.0), where=error > 0)
    worst, expected = int(np.argmax(z)), form.expected()[enough]
    most = np.inf if form.deviation is None else form.deviation * np.sqrt(1e6 / customers) + form.bias
    deviation = float(np.abs(mean).max())
    figure = (
        f"{z[worst]:.2f} (mean {expected[worst] + mean[worst]:.6g}, formula {expected[worst]:.6g}); deviation {deviation:.2g}"
    )
    bound = f"{MOST_Z:g}" + ("" if form.deviation is None else f"; deviation {most:.2g}")
    what = f"{form.title}: largest |z| of {int(enough.sum())} values, {futures:,} futures"
    return Line(what, figure, f"at most {bound}", bool(z[worst] <= MOST_Z and deviation <= most))


PART = Part(
    name="closed_forms",
    title="Simulation against closed form",
    shows="Every market for which there is a formula, with 4,500 futures: the mean lies within four "
    "standard errors of the formula, and within the deviation where one is promised.",
    rests_on=(*STUDIES, "tests/markets", "tests/agree", "tests/programs", "tests/acceptance/parts/closed_forms.py"),
    full=ROUNDS * len(NAMES),
    small=SMALL_ROUNDS * len(NAMES),
    play=play,
    summary=summary,
)
