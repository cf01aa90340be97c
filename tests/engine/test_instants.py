"""Short stories about single instants: what comes first, and what sees what.

Tests: ``engine/blocks.py``, ``engine/message_order.py``, ``engine/snapshots.py``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.errors import PolicyError
from ladsim.model.layout import MONTH, TICK
from ladsim.scenario.load import validated
from ladsim.scenario.tables import tables


def scenario(rungs: list[dict[str, Any]], steps: list[dict[str, Any]], **more: Any) -> Any:
    """A scenario from a ladder and its steps, six months, ten people."""
    return validated({"schema": 1, "name": "story", "months": 6, "market_size": 10, "rungs": rungs, "steps": steps} | more)


def story(history: History, *columns: str) -> list[tuple[Any, ...]]:
    """The log as plain tuples."""
    return [tuple(row) for row in history.events()[list(columns)].itertuples(index=False)]


def test_start_is_an_entry_but_no_flow() -> None:
    """Shares are exact quotas; entry cost and start orders are booked at 0 and not discounted; no flow is counted."""
    history = simulate(
        scenario(
            [
                {"name": "lead", "share": 0.65},
                {"name": "customer", "share": 0.35, "entry_cost": 2.5, "orders_per_month": 0.0, "customer": True},
            ],
            [],
            start={"orders": {"customer": 1}},
            basket={"mean": 40.0},
            money={"margin": 0.5},
        ),
        log=True,
    )
    assert history.counts[0].sum(axis=0).tolist() == [7, 3]  # 6.5 and 3.5: a tie goes to the first
    assert history.flows.sum() == 0
    assert history.new_customers.sum() == 0
    assert history.daily[0].tolist()[:5] == [3 * 4_000_000, -3 * 2_000_000, 0, 0, -3 * 250_000]
    assert history.daily[1:].sum() == 0


def test_renewals_come_at_their_dates() -> None:
    """Everybody who renews every two months and never stays leaves at month 2 to the step; who comes back starts anew."""
    history = simulate(
        scenario(
            [{"name": "member", "share": 1.0}, {"name": "gone", "off_ladder": True}],
            [{"from": "member", "to": "gone", "trigger": "renewal", "months": 2, "probability": 1.0}],
        ),
        log=True,
    )
    moves = [row for row in story(history, "time", "from", "to", "event") if row[3] == "move"]
    assert moves == [(2 * MONTH, "member", "gone", "move")] * 10
    assert history.counts[:, 0, 0].tolist() == [10, 10, 0, 0, 0, 0, 0]


def test_stagger_spreads_renewals() -> None:
    """With `stagger` the first dates of those who start as members fill one period, later ones keep the period."""
    history = simulate(
        scenario(
            [{"name": "member", "share": 1.0}, {"name": "gone", "off_ladder": True}],
            [{"from": "member", "to": "gone", "trigger": "renewal", "months": 3, "probability": 1.0}],
            start={"stagger": True},
            market_size=300,
        )
    )
    left = history.flows[:, 0, 0]
    assert left.sum() == 300 and left[4:].sum() == 0
    assert all(70 <= n <= 130 for n in left[1:4])


def test_a_self_renewal_is_a_new_entry() -> None:
    """A renewal back to the own rung pays the entry cost again and counts as a flow."""
    history = simulate(
        scenario(
            [{"name": "member", "share": 1.0, "entry_cost": 1.0}],
            [{"from": "member", "to": "member", "trigger": "renewal", "months": 1, "probability": 1.0}],
        )
    )
    assert history.flows[1:, 0, 0].tolist() == [10] * 6
    assert history.money[:, 4].sum() == -7 * 10 * 100_000
    assert history.counts[:, 0, 0].tolist() == [10] * 7


def test_is_order_books_on_the_rung_entered() -> None:
    """A step that is an order books with the basket of the new rung and fires no `order` step there."""
    history = simulate(
        scenario(
            [{"name": "lead", "share": 1.0}, {"name": "customer", "basket_factor": 3.0}, {"name": "repeat"}],
            [
                {"from": "lead", "to": "customer", "rate": 50.0, "is_order": True},
                {"from": "customer", "to": "repeat", "trigger": "order", "probability": 1.0},
            ],
            basket={"mean": 10.0},
        )
    )
    assert history.counts[-1, 0].tolist() == [0, 10, 0]
    assert history.orders.sum(axis=(0, 1)).tolist() == [0, 10, 0]
    assert history.money[:, 0].sum() == 10 * 30 * 100_000
    assert history.new_customers.sum(axis=(0, 1)).tolist() == [10, 0]


def test_after_counts_from_entry() -> None:
    """`from_order = 3` moves on the third order since entering, not before."""
    history = simulate(
        scenario(
            [{"name": "customer", "share": 1.0, "orders_per_month": 5.0}, {"name": "repeat"}],
            [{"from": "customer", "to": "repeat", "trigger": "order", "from_order": 3, "probability": 1.0}],
            market_size=30,
        ),
        log=True,
    )
    for customer in range(30):
        events = [row[1] for row in story(history, "customer", "event") if row[0] == customer and row[1] in ("order", "move")]
        assert events == ["order"] * 3 + ["move"]


def test_within_months_is_a_window() -> None:
    """An `order` step with `within_months = 1` is taken in the first month of the stay or never."""
    history = simulate(
        scenario(
            [{"name": "customer", "share": 1.0, "orders_per_month": 1.0}, {"name": "repeat"}],
            [{"from": "customer", "to": "repeat", "trigger": "order", "within_months": 1, "probability": 1.0}],
            market_size=200,
        )
    )
    moved = history.flows[:, 0, 0]
    assert 100 <= moved[1] <= 150 and moved[2:].sum() == 0


def test_announcements_run_tick_by_tick() -> None:
    """On a cycle of invitations that always convince, the news travels one neighbour a tick, starting at tick 1."""
    history = simulate(
        scenario(
            [{"name": "lead", "share": 1.0}, {"name": "fan", "announces": True}],
            [{"from": "lead", "to": "fan", "trigger": "message", "probability": 1.0}],
            word_of_mouth=[{"layer": "friends", "graph": {"kind": "cycle"}}],
            start={"nodes": {"fan": [0]}},
        ),
        log=True,
    )
    moves = sorted((row[0] // TICK, row[1]) for row in story(history, "time", "customer", "event") if row[2] == "move")
    assert moves == [(1, 1), (1, 9), (2, 2), (2, 8), (3, 3), (3, 7), (4, 4), (4, 6), (5, 5)]
    assert history.customers is not None
    assert history.customers["referrer"].tolist() == [-1, 0, 1, 2, 3, 4, 7, 8, 9, 0]  # ties at 5: sender 4 before 6


def test_arrivals_are_exact() -> None:
    """Arrivals are exact numbers with fractions carried, in their months, until nobody is left outside."""
    history = simulate(
        scenario(
            [{"name": "lead"}, {"name": "outside", "off_ladder": True, "share": 1.0}],
            [],
            arrivals=[{"to": "lead", "per_month": 1.5, "from_month": 1, "to_month": 5}],
        )
    )
    assert history.flows[:, 0, 0].tolist() == [0, 0, 1, 2, 1, 2, 0]
    assert history.step_ends[-1] == ("outside", "lead", "arrival")


def test_a_shock_stops_a_clock_and_lets_it_go_on() -> None:
    """With the hazard at 0 for two months nobody moves; before and after the clocks run as if the months had not been."""
    rungs = [{"name": "a", "share": 1.0}, {"name": "b"}]
    steps = [{"from": "a", "to": "b", "rate": 0.5}]
    pause = {"name": "pause", "from_month": 1, "to_month": 3, "effects": [{"on": "steps.a.b", "full": -1.0}]}
    free = simulate(scenario(rungs, steps, market_size=500, months=4))
    held = simulate(scenario(rungs, steps, market_size=500, months=6, shocks=[pause]))
    assert held.flows[2:4, 0, 0].tolist() == [0, 0]
    assert np.abs(held.flows[[1, 4, 5, 6], 0, 0] - free.flows[1:, 0, 0]).max() <= 1  # a clock is rounded up once more


def test_what_is_shorter_than_a_tick_lasts_one() -> None:
    """A hundredth of a month lies within one tick (a thirtieth). The shock acts for that tick, the campaign spends for it.

    Hazard .1, times 31 in the tick: by the end of month 2 a share of exp(−(.1 + .1 · (29 + 31) ÷ 30)) = exp(−.3) is left, and not
    exp(−.2); of 3,000 a month 100 are spent, and not 0. Otherwise a one-day action would be accepted, shown, and do nothing.
    """
    rungs = [{"name": "a", "share": 1.0}, {"name": "b"}]
    steps = [{"from": "a", "to": "b", "rate": 0.1}]
    day = {"from_month": 1.0, "to_month": 1.01}
    shock = {"name": "sale", **day, "effects": [{"on": "steps.a.b", "full": 30.0}]}
    channel = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "steps.a.b", "full": 1.0}]}
    campaign = {"channel": "ads", "monthly_spend": 3_000.0, **day}
    people = 20_000
    sale = simulate(scenario(rungs, steps, market_size=people, months=2, shocks=[shock]))
    left = np.exp(-0.3)
    found = int(sale.counts[-1].sum(axis=0)[0])
    assert abs(found - people * left) <= 4.0 * np.sqrt(people * left * (1.0 - left))
    advertised = simulate(scenario(rungs, steps, market_size=1_000, months=2, channels=[channel], campaigns=[campaign]))
    spent = advertised.market_money[:, advertised.causes.index("ads")].sum() / advertised.unit
    assert spent == pytest.approx(-100.0)
    laid_out = tables(scenario(rungs, steps, channels=[channel], campaigns=[campaign], shocks=[shock]))
    assert [one.end - one.start for one in (*laid_out.campaigns, *laid_out.shocks)] == [TICK, TICK]


def test_spend_is_booked_to_the_last_unit() -> None:
    """A campaign's bookings add up to its rounded total whatever its dates; a policy's set_spend changes the rate from then on."""
    campaign = {"channel": "ads", "monthly_spend": 333.33, "from_month": 0.5, "to_month": 3.2}
    channel = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "steps.a.b", "full": 1.0}]}
    history = simulate(
        scenario(
            [{"name": "a", "share": 1.0}, {"name": "b"}],
            [{"from": "a", "to": "b", "rate": 0.1}],
            channels=[channel],
            campaigns=[campaign],
        )
    )
    ads = history.causes.index("ads")
    assert history.market_money[:, ads].sum() == -round(333.33 * 2.7 * 100_000)
    assert history.market_money[[0, 5, 6], ads].tolist() == [0, 0, 0]


POLICY = """
def win_back(env, market, threshold):
    market.multiply("steps.lapsed.customer", 0.0)
    while True:
        yield market.months(1)
        market.note(f"{market.month:g}: {market.count('lapsed')}")
        if market.count("lapsed") >= threshold:
            market.multiply("steps.lapsed.customer", 1.0)
            market.spend(12.5)
            yield env.timeout(1)
            market.note(f"{market.month:g}")
            return

def broken(env, market):
    yield market.months(1)
    market.count("lapsd")
"""


def with_policy(tmp_path: Any, function: str, **options: Any) -> Any:
    """A market of a hundred where customers lapse and may come back."""
    (tmp_path / "plans.py").write_text(POLICY)
    return scenario(
        [{"name": "customer", "share": 1.0}, {"name": "lapsed", "off_ladder": True}],
        [{"from": "customer", "to": "lapsed", "rate": 0.3}, {"from": "lapsed", "to": "customer", "rate": 2.0}],
        policies=[{"file": str(tmp_path / "plans.py"), "function": function, "options": options}],
        market_size=100,
    )


def test_a_policy_sees_and_pulls(tmp_path: Any) -> None:
    """A policy stops the way back, watches, opens it again, spends once; another wait goes on at the next tick."""
    history = simulate(with_policy(tmp_path, "win_back", threshold=60))
    lapsed = history.counts[:, 0, 1]
    opened = int(np.argmax(lapsed >= 60))
    assert history.flows[1 : opened + 1, 1, 0].sum() == 0 and history.flows[opened + 1, 1, 0] > 0
    assert history.market_money.sum() == -1_250_000 and history.causes[-1] == "policy:win_back"
    assert [text for _, text in history.policy_notes][:-1] == [f"{m}: {lapsed[m]}" for m in range(1, opened + 1)]
    assert history.policy_notes[-1][0] == pytest.approx(opened + 1 / 30)


def test_a_policy_on_a_sample_sees_the_market(tmp_path: Any) -> None:
    """Counts and money are of the whole market, so a policy acts alike on a sample."""
    history = simulate(with_policy(tmp_path, "win_back", threshold=60), sample=50)
    assert all(int(text.split(": ")[1]) % 2 == 0 for _, text in history.policy_notes[:-1])
    assert history.market_money.sum() == -625_000


def test_a_policy_that_fails_says_where(tmp_path: Any) -> None:
    """An error in a user's policy names file, function and line, what was found and what is allowed."""
    with pytest.raises(PolicyError, match=r"plans\.py") as caught:
        simulate(with_policy(tmp_path, "broken"))
    assert "broken: line 16: ValueError: rung: found 'lapsd', must be one of customer, lapsed (did you mean 'lapsed'?)" in str(
        caught.value
    )
