"""What every response curve keeps to: the suite that ships as ``ladsim.testing``, curve by curve; and a curve of one's own.

Tests: ``model/curves.py``, ``testing/curves.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import get_args

import pytest

from ladsim.compiled import rule
from ladsim.errors import ContractError
from ladsim.hosts.entry import RULES
from ladsim.model import curves
from ladsim.model.curves import CURVES, PRESSURES, response
from ladsim.model.plan_layout import NO_CURVE
from ladsim.scenario.plan_spec import Response
from ladsim.testing import CURVE_PROMISES, CurveTrial, check_curve
from tests.hosts import compiles

SHAPES = [(0.3, 1.0), (5.0, 2.0), (1000.0, 0.4), (0.001, 8.0)]  # half_at, slope


@pytest.mark.parametrize("promise", CURVE_PROMISES)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", CURVES)
def test_promises(name: str, shape: tuple[float, float], promise: str) -> None:
    """Each promise, by each curve in several shapes."""
    trial = CurveTrial(partial(response, CURVES.index(name)), shape, half_at=shape[0])
    assert list(CURVE_PROMISES[promise](trial)) == []


@compiles
@pytest.mark.parametrize("name", CURVES)
def test_every_curve_compiled(name: str) -> None:
    """The rule of each curve keeps the whole suite, and gives the same bits compiled."""
    curve = getattr(curves, name)
    assert curve.compiled_as == "rule"
    check_curve(curve, 2.0, 3.0, half_at=2.0)


@pytest.mark.parametrize("name", CURVES)
def test_one_file_has_all_of_a_curve(name: str) -> None:
    """A name in the table has its rule, which ``response`` calls, the inverse of that, and a file may say it."""
    curve = getattr(curves, name)
    for half_at, slope in SHAPES:
        for share in (0.2, 0.5, 0.9):
            pressure = PRESSURES[name](share, half_at, slope)
            assert response(CURVES.index(name), pressure, half_at, slope) == curve(pressure, half_at, slope)
            assert curve(pressure, half_at, slope) == pytest.approx(share, rel=1e-9)
    assert Response.model_validate({"curve": name, "half_at": 2.0}).curve == name


def test_tables_of_curves_agree() -> None:
    """What a file can say is what there is a rule for; each curve is another one, and what is no curve has no effect."""
    assert get_args(Response.model_fields["curve"].annotation) == CURVES
    assert list(PRESSURES) == list(CURVES)
    assert len({response(number, 1.0, 3.0, 2.0) for number in range(len(CURVES))}) == len(CURVES)
    assert response(NO_CURVE, 6.0, 2.0, 2.0) == response(len(CURVES), 6.0, 2.0, 2.0) == 0.0
    assert [response(number, pressure, 2.0, 2.0) for number in range(len(CURVES)) for pressure in (-1.0, float("nan"))] == [
        0.0
    ] * (2 * len(CURVES))


def test_curves_by_hand() -> None:
    """At three times `half_at`: linear is full, exponential 1 − 1/8, hill with slope 2 is 9/10."""
    found = [response(CURVES.index(name), 6.0, 2.0, 2.0) for name in ("linear", "exponential", "hill")]
    assert found == pytest.approx([1.0, 0.875, 0.9], rel=1e-12)


def dented(pressure: float) -> float:
    return 0.6 if 1.0 < pressure < 2.0 else min(pressure, 1.0)


@pytest.mark.parametrize(
    ("curve", "broken"),
    [
        (lambda x: 0.5, "nothing comes of nothing: without money it gives 0.5, must be 0"),
        (lambda x: min(1.0, x) if x < 1e6 else float("nan"), "it is a number: at 1000000.0 it gives nan"),
        (lambda x: 2.0 * min(x, 1.0), "it stays within the full effect: at 0.55 it gives 1.1, must be from 0 to 1"),
        (lambda x: -min(x, 1.0), "it stays within the full effect: at 1e-12 it gives -1e-12, must be from 0 to 1"),
        (dented, "more never does less: it falls from 1.0 at 1.0 to 0.6 at 1.05, must not fall"),
        (lambda x: 0.0, "money does something: at 1000000000000.0 it still gives 0.0, must be above 0"),
        (lambda x: 1.0 / (1.0 / x), "nothing comes of nothing: ZeroDivisionError"),
    ],
)
def test_a_curve_that_breaks_a_promise_is_named(curve: Callable[[float], float], broken: str) -> None:
    """The line says which promise, where, what was found and what must be."""
    with pytest.raises(ContractError) as said:
        check_curve(curve)
    assert broken in str(said.value)


def test_half_at_is_held_to() -> None:
    """A curve that says where it gives half of the effect gives it there."""
    check_curve(lambda x, half: x / (x + half), 40.0, half_at=40.0)
    with pytest.raises(ContractError, match=r"half is where it says: at half_at, 30\.0, it gives 0\.428"):
        check_curve(lambda x, half: x / (x + half), 40.0, half_at=30.0)


@compiles
def test_a_rule_that_is_another_one_when_compiled_is_told() -> None:
    """Whole numbers of Python have no end, compiled ones have 64 bits: a curve that counts on the first is found."""

    def counted(pressure):  # type: ignore[no-untyped-def]
        many = 1
        for _ in range(int(min(pressure, 1.0) * 70.0)):
            many *= 2
        return min(1.0, max(0.0, many / 2.0**70)) if pressure > 0.0 else 0.0

    with pytest.raises(ContractError, match=r"compiled it is the same: at 0\.\d+ it gives .* in Python and 0\.0 compiled"):
        check_curve(rule(counted))
    RULES.remove(counted)
