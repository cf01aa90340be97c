"""Points by the rules and points by the fold: the same in every history and in every log; and a wrong rule is found.

Tests: ``scenario/programs/points.py``, ``scenario/programs/points_memory.py``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from ladsim.hosts.choice import asked_for
from ladsim.model import money
from ladsim.scenario.programs import points
from tests.acceptance.drawn import drawn
from tests.acceptance.part import Unit
from tests.ledger import cases, fold, logs
from tests.ledger.cases import CASES, KINDS, Case
from tests.ledger.histories import compare
from tests.ledger.logs import fold_both, scenarios

LATE = "kept three months, just behind a month start"


@pytest.mark.parametrize("name", CASES)
def test_histories_of_two_events(name: str) -> None:
    """All of them, the rules played by Python."""
    found = compare(CASES[name], 2, "plain")
    assert found.difference == ""
    assert found.histories == KINDS + KINDS**2


@pytest.mark.long
def test_histories_of_three_events() -> None:
    """All of them, of all programmes: some 700,000, in half a minute, most of which is compiling."""
    for name, case in CASES.items():
        found = compare(case, 3, "plain" if asked_for() == "plain" else "native")
        assert found.difference == "", name
        assert found.histories == KINDS + KINDS**2 + KINDS**3


def fold_all() -> list[int]:
    """The logs of 20 generated markets; how many changes of a balance were compared in each."""
    examples = st.tuples(scenarios(), st.integers(0, 2**40))
    return [fold_both(*drawn(examples, Unit(number, 1))) for number in range(20)]


def test_logs() -> None:
    """20 generated markets by both engines: a few seconds (where the shipped kernel plays, or compiled rules), a minute in Python."""
    assert (
        sum(found > 0 for found in fold_all()) >= 18
    )  # which markets come is for Hypothesis: one may have nobody in a programme


def plant(patch: pytest.MonkeyPatch, rule: str, *changes: tuple[str, str], **names: Callable[..., Any]) -> None:
    """Let a rule of points be what its source becomes by these changes, each of which must find its place; `names`: what they may call."""
    source = inspect.getsource(getattr(points, rule)).replace("@rule\n", "")
    for was, becomes in changes:
        assert source.count(was) == 1, f"{rule}: {was!r} is no longer there to be changed"
        source = source.replace(was, becomes)
    for name, function in names.items():
        patch.setattr(points, name, function, raising=False)
    made: dict[str, Any] = {}
    exec(source, vars(points), made)  # with the module's own names
    patch.setattr(points, rule, made[rule])


def first_difference(*names: str, most: int = 2) -> str:
    """What the fold says of these programmes first, the rules played by Python; empty where it says nothing."""
    for name in names or CASES:
        found = compare(CASES[name], most, "plain")
        if found.difference:
            return found.difference
    return ""


def test_an_expiry_a_step_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lot that is there one step of time after its date."""
    plant(monkeypatch, "expire", ("(month + kept) * layout.MONTH", "(month + kept) * layout.MONTH + 1"))
    plant(monkeypatch, "set_date", ("+ kept) * layout.MONTH", "+ kept) * layout.MONTH + 1"))
    assert "balance: the rules say" in first_difference("kept three months")
    assert "balance: the rules say" in first_difference("told of them every two months")


def test_an_expiry_a_step_early_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lot that is gone one step of time before its date."""
    plant(monkeypatch, "expire", ("(month + kept) * layout.MONTH", "(month + kept) * layout.MONTH - 1"))
    plant(monkeypatch, "set_date", ("+ kept) * layout.MONTH", "+ kept) * layout.MONTH - 1"))
    assert "balance: the rules say 0" in first_difference("kept three months")


def test_an_expiry_a_month_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lot that is kept for a month more than the programme says."""
    plant(monkeypatch, "expire", ("(month + kept)", "(month + kept + 1)"))
    plant(monkeypatch, "set_date", ("+ kept)", "+ kept + 1)"))
    assert "balance: the rules say" in first_difference("kept three months")


def test_a_threshold_that_must_be_passed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reward for more than its price, not for just as much."""
    plant(monkeypatch, "redeem", ("balance < price", "balance <= price"))
    for name in ("kept for ever", "kept three months", LATE, "VAT"):
        assert "balance: the rules say 100000, the fold 0" in first_difference(name)


def newest_lot(m: Any, row: Any, place: Any, t: Any) -> Any:
    """The month of the newest lot that holds something."""
    month = money.month_of(t)
    while points.access.memory(m, row, place, points.lot_of(m, place, month)) == 0:
        month -= 1
    return month


def test_redeeming_from_the_newest_lot_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The balance is right, what expires when is not."""
    plant(monkeypatch, "use", ("oldest_lot(m, row, place)", "newest_lot(m, row, place, t)"), newest_lot=newest_lot)
    assert "lots: the rules say" in first_difference(LATE)


def test_points_that_are_not_whole_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is less than a point is kept."""
    plant(monkeypatch, "earned", ("points // layout.POINT * layout.POINT", "points"))
    assert "balance: the rules say 33165, the fold 33000" in first_difference("whole points", most=1)


def test_a_least_order_that_must_be_passed_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order of just the least amount gives nothing."""
    plant(monkeypatch, "earned", ("< money.units(", "<= money.units("))
    assert "balance: the rules say 0, the fold 50000" in first_difference("orders of at least 100", most=1)
    assert "balance: the rules say 0, the fold 50000" in first_difference("orders of at least 125, VAT", most=1)


def test_a_silence_that_an_order_does_not_break_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """All is gone so long after joining, whatever was ordered since."""
    plant(monkeypatch, "keep_alive", ("> 0.0", "< 0.0"))
    assert "balance: the rules say" in first_difference("silence and statements")


def test_points_that_pay_more_than_their_share_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole order is paid with points where half of it may be."""
    plant(monkeypatch, "usable", ("access.number(m, place, MAX_SHARE) * ", ""))
    assert "balance: the rules say" in first_difference("money off, at most half")


def test_a_day_of_the_year_a_tick_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The balance is still there at an order on that day."""
    plant(monkeypatch, "set_end", ("FIRST_YEAR, t)", "FIRST_YEAR, t) + layout.TICK"))
    assert "balance: the rules say" in first_difference("each year on 31 March")
    assert "balance: the rules say" in first_difference("each year on the day of the start")


def test_a_wrong_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A programme read as another one: a rate, a price, an expiry, a factor; each is found in one of the logs."""
    own = cases.terms_of
    for change in (fold.RATE_OF, fold.PRICE, fold.EXPIRES, fold.AN_ORDER, fold.STATEMENT_EVERY):

        def other(*said: Any, change: int = change, **more: Any) -> Any:
            terms = own(*said, **more)
            terms[change] += terms[change] > 0
            return terms

        with monkeypatch.context() as patch:
            patch.setattr(logs, "terms_of", other)
            with pytest.raises(AssertionError):
                fold_all()


def test_the_fold_by_hand() -> None:
    """50 points of month 1 and 100.5 of month 2, a reward for 100: 50.5 of month 2 are left, and expire at the start of month 4."""
    case = Case({"reward_at": 100.0, "reward_cost": 7.0, "points_per_unit": 0.5, "expires_after_months": 2}, (1, 2, 3))
    terms, state, told = cases.terms_of(case.points), np.zeros(40, np.int64), np.zeros((9, fold.COLUMNS), np.int64)
    state[fold.ROOM] = 4
    fold.join(state, terms, np.zeros(0, np.int64), told, 5)
    fold.order(state, terms, told, 5, 100 * cases.UNIT, 2, 1)
    fold.order(state, terms, told, fold.MONTH + 1, 402 * cases.UNIT, 1, 1)
    assert fold.held(state) == 50_500
    assert state[fold.LOTS] == 1 and state[fold.FIRST] == fold.MONTH + 1
    fold.pass_dates(state, terms, np.zeros(0, np.int64), told, 4 * fold.MONTH - 1, 1)
    assert fold.held(state) == 50_500
    fold.pass_dates(state, terms, np.zeros(0, np.int64), told, 4 * fold.MONTH, 1)
    assert fold.held(state) == 0
    assert told[:, fold.ISSUED].tolist() == [0, 50_000, 100_500, 0, 0, 0, 0, 0, 0]
    assert told[:, fold.REDEEMED].tolist() == [0, 0, 100_000, 0, 0, 0, 0, 0, 0]
    assert told[:, fold.EXPIRED].tolist() == [0, 0, 0, 0, 50_500, 0, 0, 0, 0]
    assert told[2, fold.PAID_REWARDS] == -7 * cases.UNIT


def test_halves_go_to_the_even_number() -> None:
    """Half to even, whatever is below."""
    assert [int(fold.half_even(n, 2)) for n in (1, 3, 5, 7)] == [0, 2, 2, 4]
    assert [int(fold.half_even(n, 3)) for n in (1, 2, 3, 4, 5)] == [0, 1, 1, 1, 2]
