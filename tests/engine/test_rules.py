"""Small markets in which one rule decides everything, counted by hand: leave the rule out, and a test here fails.

Tests: ``model/behaviour.py``, ``model/membership.py``, ``model/orders.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ladsim.engine.history import History
from ladsim.engine.rules import _programs
from ladsim.engine.run import simulate
from ladsim.errors import PolicyError
from ladsim.hosts.choice import block_for
from ladsim.model.layout import MONTH, TICK
from ladsim.scenario.tables import tables
from tests.engine.test_instants import scenario
from tests.model.by_hand import at_start, ladder

BUYER = {"name": "buyer", "share": 1.0, "orders_per_month": 8.0}
GONE = {"name": "lost", "off_ladder": True}
MORE = {"name": "push", "from_month": 0, "effects": [{"on": "steps.buyer.lost", "full": 3.0}]}


def order_steps(after: int) -> list[dict[str, Any]]:
    """At an order half become loyal (from the `after`-th on) and half are lost."""
    loyal = {"from": "buyer", "to": "loyal", "trigger": "order", "probability": 0.5, "from_order": after}
    return [loyal, {"from": "buyer", "to": "lost", "trigger": "order", "probability": 0.5}]


def moved(history: History) -> dict[str, int]:
    """How often each step was taken."""
    return dict(zip(history.step_names, history.flows.sum(axis=(0, 2)).tolist(), strict=True))


def test_what_exceeds_a_draw_is_scaled() -> None:
    """A chance of .5 at four times its hazard is 1 − .5⁴ = .9375; beside .5 both are divided by 1.4375."""
    taken = moved(simulate(scenario([BUYER, {"name": "loyal"}, GONE], order_steps(1), shocks=[MORE], market_size=2000)))
    assert sum(taken.values()) == 2000
    assert taken["buyer.loyal"] == pytest.approx(2000 * 0.5 / 1.4375, abs=85)  # 4 standard deviations


def test_steps_not_active_take_no_room() -> None:
    """At the first order only the other step counts, unscaled; at the second both do: .0625 · .348 become loyal."""
    taken = moved(simulate(scenario([BUYER, {"name": "loyal"}, GONE], order_steps(2), shocks=[MORE], market_size=2000)))
    assert taken["buyer.loyal"] == pytest.approx(2000 * 0.0625 * 0.5 / 1.4375, abs=26)


def test_a_raised_up_step_makes_nobody_fall() -> None:
    """Up-steps fill the draw from 0, the others from 1: who is lost with a better offer was lost without it, at the same order."""
    rungs = [BUYER, {"name": "loyal"}, GONE]
    steps = [
        {"from": "buyer", "to": "lost", "trigger": "order", "probability": 0.2},
        {"from": "buyer", "to": "loyal", "trigger": "order", "probability": 0.1},
    ]
    better = {"name": "offer", "from_month": 0, "effects": [{"on": "steps.buyer.loyal", "full": 2.0}]}
    plain = simulate(scenario(rungs, steps, market_size=500, months=2), log=True)
    raised = simulate(scenario(rungs, steps, market_size=500, months=2, shocks=[better]), log=True)

    def lost(history: History) -> set[tuple[int, int]]:
        events = history.events()
        rows = events[(events["event"] == "move") & (events["to"] == "lost")]
        return set(zip(rows["customer"].tolist(), rows["time"].tolist(), strict=True))

    assert lost(raised) < lost(plain)
    assert len(lost(raised)) > 100


def test_a_window_ends_with_its_last_instant() -> None:
    """`within_months` is inclusive: an order exactly at its end counts, one unit of time later it would not."""
    rungs = [BUYER | {"orders_per_month": 1.0}, {"name": "loyal"}]
    step = {"from": "buyer", "to": "loyal", "trigger": "order", "probability": 1.0, "from_order": 1}
    log = simulate(scenario(rungs, [], market_size=1), log=True).events()
    first = int(log[log["event"] == "order"]["time"].iloc[0])
    for window, taken in ((first, 1), (first - 1, 0)):
        history = simulate(scenario(rungs, [step | {"within_months": window / MONTH}], market_size=1))
        assert history.flows.sum() == taken


def test_the_plan_acts_at_ticks() -> None:
    """Dates between ticks are moved to the nearest one, in both engines; what is shorter than a tick lasts one."""
    rungs = [{"name": "a", "share": 1.0, "cost_per_month": 1.0}, {"name": "b"}]
    steps = [{"from": "a", "to": "b", "rate": 0.3}]

    def pushed(start: float, end: float, engine: str = "fast") -> History:
        shock = {"name": "push", "from_month": start, "to_month": end, "effects": [{"on": "steps.a.b", "full": 9.0}]}
        return simulate(scenario(rungs, steps, market_size=300, shocks=[shock]), engine=engine, log=True)

    odd = pushed(1.005, 3.34)
    assert odd.equals(pushed(1.005, 3.34, "simpy"))
    assert odd.equals(pushed(1.0, 100 / 30))
    assert pushed(2.0, 2.001).equals(pushed(2.0, 2.0 + 1 / 30))
    assert not pushed(2.0, 2.001).equals(pushed(5.9, 6.0))


def test_tax_is_taken_out_of_revenue() -> None:
    """Of a basket of 125 with 25 % tax inside, 100 is revenue and, at a margin of 40 %, 40 less handling is contribution."""
    rungs = [{"name": "buyer", "share": 1.0, "customer": True}]
    history = simulate(
        scenario(
            rungs, [], amounts_include_vat=0.25, basket={"mean": 125.0}, start={"orders": 1},
            money={"margin": 0.4, "cost_per_order": 1.5},
        )
    )  # fmt: skip
    assert history.daily[0, :3].tolist() == [10 * 100 * 100_000, -10 * 60 * 100_000, -10 * 150_000]


def test_what_serving_costs_stands_in_the_middle_of_its_time() -> None:
    """A month's cost is booked at its end and discounted from its 15th day; a campaign's spend likewise."""
    channel = {"name": "ads", "response": {"half_at": 1.0}, "effects": [{"on": "cost", "full": 0.0}]}
    history = simulate(
        scenario(
            [{"name": "a", "share": 1.0, "cost_per_month": 2.0}], [], channels=[channel],
            campaigns=[{"channel": "ads", "to": ["a"], "monthly_spend": 30.0, "setup_cost": 7.0}], months=2,
        )
    )  # fmt: skip
    serving, ads = history.causes.index("rung_cost"), history.causes.index("ads")
    assert np.flatnonzero(history.daily[:, serving]).tolist() == [15, 45]
    assert history.money[1:, serving].sum(axis=(1, 2)).tolist() == [-2_000_000] * 2
    assert {int(d): int(history.daily[d, ads]) for d in np.flatnonzero(history.daily[:, ads])} == {
        0: -700_000, 15: -3_000_000, 45: -3_000_000,
    }  # fmt: skip


def test_a_dearer_service_is_paid_from_its_date() -> None:
    """Costs double for half a month in the middle: 2.5 months' worth in two, each part booked at its own price."""
    shock = {"name": "rise", "from_month": 0.5, "to_month": 1.0, "effects": [{"on": "cost", "full": 1.0}]}
    history = simulate(scenario([{"name": "a", "share": 1.0, "cost_per_month": 2.0}], [], shocks=[shock], months=2))
    serving = history.causes.index("rung_cost")
    assert history.money[:, serving].sum(axis=(1, 2)).tolist() == [0, -3_000_000, -2_000_000]
    assert np.flatnonzero(history.daily[:, serving]).tolist() == [8, 23, 45]


PULLS = """
def on_arrivals(env, market):
    market.multiply("steps.outside.lead.arrival", 2.0)
    yield market.months(1)

def on_nobody(env, market):
    market.multiply("steps.lead.buyer", 0.0, rungs=[])
    yield market.months(1)
"""


def test_a_policy_cannot_pull_what_does_not_move(tmp_path: Any) -> None:
    """Arrivals are dates: multiplying them is refused, not ignored. An empty list of rungs is nobody, not everybody."""
    (tmp_path / "pulls.py").write_text(PULLS)

    def with_policy(function: str) -> Any:
        return scenario(
            [{"name": "lead", "share": 0.5}, {"name": "buyer"}, {"name": "outside", "off_ladder": True, "share": 0.5}],
            [{"from": "lead", "to": "buyer", "rate": 2.0}],
            arrivals=[{"to": "lead", "per_month": 0.5}],
            policies=[{"file": str(tmp_path / "pulls.py"), "function": function}],
        )

    with pytest.raises(PolicyError, match=r"found 'steps\.outside\.lead\.arrival'"):
        simulate(with_policy("on_arrivals"))
    assert moved(simulate(with_policy("on_nobody")))["lead.buyer"] > 0


def test_a_message_is_answered_at_the_end_of_its_tick_and_before_the_plan() -> None:
    """A shock that begins at tick 1 comes too late for the invitation delivered at tick 1."""
    rungs = [{"name": "lead", "share": 1.0}, {"name": "fan", "announces": True}]
    steps = [{"from": "lead", "to": "fan", "trigger": "message", "probability": 1.0}]
    deaf = {"name": "deaf", "from_month": 1 / 30, "effects": [{"on": "steps.lead.fan", "full": -1.0}]}
    history = simulate(
        scenario(rungs, steps, word_of_mouth=[{"layer": "friends", "graph": {"kind": "cycle"}}], start={"nodes": {"fan": [0]}}, shocks=[deaf]),
        log=True,
    )  # fmt: skip
    events = history.events()
    moves = events[events["event"] == "move"]
    assert sorted(zip((moves["time"] // TICK).tolist(), moves["customer"].tolist(), strict=True)) == [(1, 1), (1, 9)]


def revenues(history: History) -> Any:
    """Revenue of every customer, in units of the currency."""
    assert history.customers is not None
    return history.customers["revenue"] / history.unit


def test_a_basket_is_the_product_of_its_factors() -> None:
    """Mean 10 × kind 3 × rung 2 × segment 1.5 × lever 1.5 = 135 for everybody."""
    history = simulate(
        scenario(
            [{"name": "lead", "share": 1.0}, {"name": "buyer", "basket_factor": 2.0}],
            [{"from": "lead", "to": "buyer", "rate": 50.0, "is_order": True}],
            segments=[{"name": "all", "share": 1.0, "factors": {"rungs.buyer.basket_factor": 1.5}}],
            order_kinds=[{"name": "big", "share": 1.0, "basket_factor": 3.0}],
            shocks=[{"name": "season", "from_month": 0, "effects": [{"on": "basket", "full": 0.5}]}],
            basket={"mean": 10.0},
        )
    )
    assert revenues(history).tolist() == [135.0] * 10


def test_contribution_comes_from_the_unrounded_basket() -> None:
    """2.5 amount units are 2 of revenue (half to even), and at a margin of .6 still 1.5, so 2, of contribution."""
    market = scenario([{"name": "buyer", "share": 1.0}], [], basket={"mean": 2.5e-5}, start={"orders": 1}, money={"margin": 0.6})
    assert simulate(market).daily[0, :2].tolist() == [20, 0]


def test_baskets_keep_their_mean() -> None:
    """A lognormal basket has the mean that the file gives; kinds come in their shares; a customer's own factor is for life."""
    rungs, many = [{"name": "buyer", "share": 1.0}], {"market_size": 4000, "start": {"orders": 2}}
    spread = simulate(scenario(rungs, [], basket={"law": "lognormal", "mean": 100.0, "spread": 0.8}, **many))
    assert revenues(spread).mean() == pytest.approx(200.0, abs=4 * 94.7 * 2**0.5 / 4000**0.5)
    kinds = [{"name": "small", "share": 0.25}, {"name": "large", "share": 0.75}]
    assert simulate(scenario(rungs, [], order_kinds=kinds, **many)).order_kinds[0, 0] == pytest.approx(2000, abs=155)
    own = simulate(
        scenario(rungs, [], basket={"mean": 1.0}, heterogeneity={"basket": {"inverse_gamma_shape": 5.0}}, **many), log=True
    )
    assert revenues(own).mean() == pytest.approx(2.0, abs=4 * 2 * 0.577 / 4000**0.5)
    assert revenues(own).std() == pytest.approx(2 * 0.577, rel=0.25)
    orders = own.events().query("event == 'order'").groupby("customer")["amount"]
    assert (orders.max() == orders.min()).all()


def test_a_segment_scales_what_it_names() -> None:
    """Nobody orders or talks in a segment with factor 0, and serving it costs its factor; a lever of −1 silences all."""
    quiet = {"rungs.a.orders_per_month": 0.0, "rungs.a.messages_per_month": 0.0, "rungs.a.cost_per_month": 3.0}
    rung = {"name": "a", "share": 1.0, "orders_per_month": 5.0, "messages_per_month": 5.0, "cost_per_month": 1.0}
    parts = {
        "segments": [{"name": "quiet", "share": 0.5, "factors": quiet}, {"name": "loud", "share": 0.5}],
        "word_of_mouth": [{"layer": "friends", "graph": {"kind": "cycle"}}],
    }
    history = simulate(scenario([rung], [], **parts), log=True)
    assert history.orders[:, 0].sum() == 0 < history.orders[:, 1].sum()
    assert history.money[:, history.causes.index("rung_cost")].sum(axis=(0, 2)).tolist() == [-90 * 100_000, -30 * 100_000]
    assert history.customers is not None
    silent = history.customers["messages"][history.customers["segment"] == 0]
    assert silent.sum() == 0 < history.messages[:, 0, 0].sum()
    hush = {"name": "hush", "from_month": 0, "effects": [{"on": "messages", "full": -1.0}]}
    assert simulate(scenario([rung], [], shocks=[hush], **parts)).messages.sum() == 0


def test_who_has_ordered_has_no_referrer_any_more() -> None:
    """A message that moves a customer after its first order makes nobody its referrer."""
    history = simulate(
        scenario(
            [{"name": "lead", "share": 1.0}, {"name": "fan", "announces": True}],
            [{"from": "lead", "to": "fan", "trigger": "message", "probability": 1.0}],
            word_of_mouth=[{"layer": "friends", "graph": {"kind": "cycle"}}],
            start={"nodes": {"fan": [0]}, "orders": 1},
        )
    )
    assert history.flows.sum() == 9 and history.customers is not None
    assert (history.customers["referrer"] == -1).all()


def test_renewal_dates_do_not_drift() -> None:
    """The k-th date is entry + k sevenths of a month, rounded, however often a customer has stayed."""
    history = simulate(
        scenario(
            [{"name": "member", "share": 1.0}, {"name": "gone", "off_ladder": True}],
            [{"from": "member", "to": "gone", "trigger": "renewal", "months": 1 / 7, "probability": 0.1}],
            market_size=100,
        ),
        log=True,
    )
    events = history.events()
    times = set(events[events["event"] == "move"]["time"])
    assert times <= {round(k * MONTH / 7) for k in range(1, 43)} and max(times) > MONTH


def test_counters_start_anew_on_every_rung() -> None:
    """Two orders from `first` to `second`, two more to `third`."""
    rungs = [
        {"name": name, "share": share, "orders_per_month": 9.0} for name, share in (("first", 1.0), ("second", 0), ("third", 0))
    ]
    steps = [
        {"from": one, "to": other, "trigger": "order", "from_order": 2, "probability": 1.0}
        for one, other in (("first", "second"), ("second", "third"))
    ]
    events = simulate(scenario(rungs, steps), log=True).events()
    for customer in range(10):
        own = [row.to for row in events[events["customer"] == customer].itertuples() if row.event in ("order", "move")]
        assert own[:6] == ["first", "first", "second", "second", "second", "third"]


def test_who_has_left_outside_does_not_arrive() -> None:
    """An arrival is void for somebody who came in by a step before."""
    history = simulate(
        scenario(
            [{"name": "lead"}, {"name": "outside", "off_ladder": True, "share": 1.0}],
            [{"from": "outside", "to": "lead", "rate": 50.0}],
            arrivals=[{"to": "lead", "per_month": 2.0, "from_month": 1}],
        )
    )
    assert dict(zip(history.step_names, history.flows.sum(axis=(0, 2)).tolist(), strict=True)) == {
        "outside.lead": 10, "outside.lead.arrival": 0,
    }  # fmt: skip


def test_leaving_a_rung_pays_for_the_time_on_it() -> None:
    """Who leaves during a month has cost what the time until then costs, booked on the rung left."""
    rungs = [{"name": "a", "share": 1.0, "cost_per_month": 2.0}, {"name": "b", "cost_per_month": 100.0}]
    history = simulate(scenario(rungs, [{"from": "a", "to": "b", "rate": 3.0}], months=1), log=True)
    events = history.events()
    left = events[(events["event"] == "move")]["month"].to_numpy()
    stayed = 10 - len(left)
    serving = history.money[:, history.causes.index("rung_cost"), 0].sum(axis=0) / history.unit
    assert serving[0] == pytest.approx(-2.0 * (left.sum() + stayed), abs=1e-3)
    assert serving[1] == pytest.approx(-100.0 * (1.0 - left).sum(), abs=1e-3)


def test_a_segment_scales_chances() -> None:
    """A segment with factor 0 on a step by order never takes it; the other does."""
    parts = [{"name": "loyal_ones", "share": 0.5, "factors": {"steps.buyer.lost": 0.0}}, {"name": "others", "share": 0.5}]
    step = {"from": "buyer", "to": "lost", "trigger": "order", "probability": 0.5}
    history = simulate(scenario([BUYER, GONE], [step], segments=parts))
    assert history.flows[:, 0].sum(axis=0).tolist() == [0, 5]


def test_messages_go_to_others_and_by_the_budget(tmp_path: Any) -> None:
    """Where everybody knows everybody nobody writes to itself. `per_receiver`: a friend with 11 ties hears a tenth as often."""
    rung = {"name": "a", "share": 1.0, "messages_per_month": 20.0}
    everyone = [{"layer": "all", "graph": {"kind": "everyone"}}]
    sent = simulate(scenario([rung], [], word_of_mouth=everyone, market_size=3), log=True).events().query("event == 'send'")
    assert set(zip(sent["customer"].tolist(), sent["other"].tolist(), strict=True)) == {
        (a, b) for a in range(3) for b in range(3) if a != b
    }
    (tmp_path / "ties.csv").write_text("source,target\n0,1\n0,2\n" + "".join(f"2,{n}\n" for n in range(3, 13)))
    graph = {"kind": "file", "path": str(tmp_path / "ties.csv")}
    layer = [{"layer": "friends", "budget": "per_receiver", "graph": graph}]
    sent = (
        simulate(scenario([rung], [], word_of_mouth=layer, market_size=13), log=True)
        .events()
        .query("event == 'send' and customer == 0")
    )
    heard = sent["other"].astype(int).value_counts()
    assert heard[1] == pytest.approx(120, abs=44)  # 20 a month for six months, 4 standard deviations
    assert heard[2] == pytest.approx(120 / 11, abs=13)


def test_an_edge_has_a_budget_of_its_own() -> None:
    """On a cycle everybody has two ties: `per_edge` sends twice as many messages as `per_sender`."""
    rung = {"name": "a", "share": 1.0, "messages_per_month": 2.0}
    sent = {}
    for budget in ("per_sender", "per_edge"):
        layer = [{"layer": "friends", "budget": budget, "graph": {"kind": "cycle"}}]
        sent[budget] = int(simulate(scenario([rung], [], word_of_mouth=layer, market_size=200)).messages[:, 0, 0].sum())
    assert sent["per_sender"] == pytest.approx(2400, abs=200) and sent["per_edge"] == pytest.approx(4800, abs=280)


def test_an_effect_stays_with_its_audience() -> None:
    """A campaign aimed at one rung leaves the orders of the other alone; rent is paid by the market, to the last unit."""
    channel = {"name": "stop", "response": {"curve": "linear", "half_at": 1e-9}, "effects": [{"on": "orders", "full": -1.0}]}
    rungs = [{"name": name, "share": 0.5, "orders_per_month": 5.0} for name in ("a", "b")]
    campaign = {"channel": "stop", "to": ["a"], "monthly_spend": 1.0}
    money = {"fixed_cost_per_month": 33.33333}
    history = simulate(scenario(rungs, [], channels=[channel], campaigns=[campaign], money=money))
    assert history.orders[:, 0, 0].sum() == 0 < history.orders[:, 0, 1].sum()
    assert history.market_money[:, history.causes.index("fixed_cost")].sum() == -19_999_998


def test_customers_differ_for_life() -> None:
    """With a gamma factor of shape k on its hazard a step has been taken by 1 − (1 + ht/k)^(−k) after t months."""
    step = {"from": "a", "to": "b", "rate": 0.5, "gamma_shape": 0.5}
    history = simulate(scenario([{"name": "a", "share": 1.0}, {"name": "b"}], [step], market_size=4000))
    assert history.flows.sum() / 4000 == pytest.approx(1 - (1 + 0.5 * 6 / 0.5) ** -0.5, abs=0.031)


def test_every_wait_for_an_order_is_drawn_anew() -> None:
    """No two waits of a customer are alike."""
    log = simulate(scenario([BUYER], [], market_size=1), log=True).events()
    waits = np.diff(log[log["event"] == "order"]["time"].to_numpy(), prepend=0)
    assert len(waits) > 20 and len(set(waits.tolist())) == len(waits)


def test_an_option_that_neither_the_file_nor_the_programme_sets_is_0(tmp_path: Path) -> None:
    """A programme of one's own may name its numbers without a default: what is not said is nothing, not something."""
    hook = "from ladsim.compiled import hook\n\n\n@hook\ndef on_join(address, row, place, t, number):\n    return 0.0\n"
    (tmp_path / "own.py").write_text(hook + 'NUMBERS = ("said", "not_said")\n', encoding="utf-8")
    program = {"kind": "own", "name": "own", "file": str(tmp_path / "own.py"), "options": {"said": 3.0}}
    laid_out = tables(scenario([BUYER], [], programs=[program | {"joins": {"probability": 0.5}}]))
    _, numbers = _programs(laid_out, block_for("plain"))
    assert [own.tolist() for own in numbers] == [[3.0, 0.0]]


def test_how_many_the_firm_may_take_a_customer_for() -> None:
    """Consent or none, for those it knows, and for each of three rungs that it may take one for: eight."""
    rungs = [{"name": "lead", "share": 0.5}, {"name": "buyer", "share": 0.5, "orders_per_month": 2.0}, GONE]
    channel = {"name": "post", "response": {"half_at": 1.0}, "needs_consent": True, "effects": [{"on": "orders", "full": 0.5}]}
    campaign = {"channel": "post", "monthly_spend": 5.0, "to": ["buyer"], "wrong_rung_share": 0.2}
    data = ladder(rungs, [], channels=[channel], campaigns=[campaign], contacts={"consent_share": 0.6})
    stage, m = at_start(data)
    assert (m.views, m.seen, m.groups) == (8, 4, 8)
    assert stage.rules.lever_rung.shape == (8, 3)
