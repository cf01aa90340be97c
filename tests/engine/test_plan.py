"""The plan's rules against the same reckoned once more with NumPy, and what policies' calls make of the levers.

Tests: ``engine/market.py``, ``engine/plan_arrays.py``, ``scenario/plan_tables.py``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ladsim.engine.kernel import Fast
from ladsim.engine.plan import Plan
from ladsim.engine.run import prepared, simulate
from ladsim.engine.simulation import Simulation
from ladsim.engine.targeting import audience_share, reached
from ladsim.model.layout import MONTH
from ladsim.model.records import FACTORS
from ladsim.scenario.draws import resolve
from ladsim.scenario.load import validated
from ladsim.scenario.plan_tables import CampaignTable, EffectTable
from ladsim.scenario.tables import Tables, tables
from ladsim.world.build import build
from tests.strategies import scenario_data

Floats = NDArray[np.float64]
CURVE = {
    "linear": lambda x, half, slope: min(1.0, x / (2.0 * half)),
    "exponential": lambda x, half, slope: 1.0 - 2.0 ** (-x / half),
    "hill": lambda x, half, slope: x**slope / (x**slope + half**slope),
}


class Reckoned:
    """All factors of a plan without policies, by the formulas of the model, on whole arrays. A groups, R rungs, S steps."""

    def __init__(self, laid_out: Tables, groups: int, scale: float) -> None:
        self.tables, self.scale = laid_out, scale
        size = len(laid_out.campaigns)
        self.reach = [reached(laid_out, c, groups // len(laid_out.segment_names)) for c in laid_out.campaigns]
        self.contacting = [program.contact for program in laid_out.programs if program.contact is not None]
        view = np.arange(groups) // len(laid_out.segment_names)
        for_life = view // (1 + laid_out.beliefs.size * len(laid_out.rung_names))
        self.under = [(for_life >> contact.bit & 1)[:, None].astype(float) for contact in self.contacting]
        self.active = np.zeros(size, bool)
        self.pressure, self.gathered, self.carried = np.zeros(size), np.zeros(size), np.zeros(size)
        self.since = self.counted = 0
        self.shape = (groups, len(laid_out.rung_names))
        self.stock, self.growth, self.grown = np.ones(self.shape), np.zeros(self.shape), np.zeros(self.shape)

    def at(self, t: int, counts: NDArray[np.int64]) -> tuple[dict[str, Floats], Floats]:
        """Factors by name, (A, R) each, and of steps, (A, S), from `t` on, where `counts` (G, R) are in the market."""
        months, self.since = (t - self.since) / MONTH, t
        self._follow_campaigns(t, months, counts)
        self._follow_engagement(t, months)
        found = {name: np.full(self.shape, 0.0 if name == "quality" else 1.0) for name in FACTORS.names or ()}
        found["engagement"] = np.zeros(self.shape)
        by_step = np.ones((self.shape[0], self.tables.steps.size))
        tired, leaving = self._contacts()
        down = self.tables.rungs["rank"][self.tables.steps["to"]] < self.tables.rungs["rank"][self.tables.steps["origin"]]
        by_step[:, down] *= leaving[:, self.tables.steps["origin"][down]]
        for place, campaign in enumerate(self.tables.campaigns):
            strength = self._strength(place, campaign) * (tired if campaign.aim.contacts else 1.0)
            for effect in campaign.effects:
                own = float(self.active[place]) if effect.throughout else strength
                self._multiply(found, by_step, effect, self.reach[place] * own)
        for contact, under in zip(self.contacting, self.under, strict=True):
            for effect in contact.effects:
                self._multiply(found, by_step, effect, under * contact.rungs * tired)
        for shock in self.tables.shocks:
            for effect in shock.effects if shock.start <= t < shock.end else ():
                self._multiply(found, by_step, effect, np.ones(self.shape))
        self.growth = found.pop("engagement")
        record = self.tables.scenario.engagement
        if record is not None:
            found["orders"] = found["orders"] * np.exp(record.orders_effect * (self.stock - 1.0))
            by_step[:, down] *= np.exp(record.leaving_effect * (self.stock - 1.0))[:, self.tables.steps["origin"][down]]
        return found, by_step

    def _follow_campaigns(self, t: int, months: float, counts: NDArray[np.int64]) -> None:
        self.gathered += self.pressure * months
        for place, campaign in enumerate(self.tables.campaigns):
            was, self.active[place] = self.active[place], campaign.start <= t < campaign.end
            if t % MONTH == 0:
                self.carried[place] = campaign.carry_over * (self.carried[place] + self.gathered[place])
                self.gathered[place] = 0.0
            if t % MONTH == 0 or was != self.active[place]:
                heads = (counts[campaign.segments].sum(axis=0) * audience_share(self.tables, campaign)).sum()
                spend = self.active[place] * campaign.monthly_spend / self.scale / self.tables.unit
                self.pressure[place] = spend / heads if heads > 0.0 else 0.0

    def _follow_engagement(self, t: int, months: float) -> None:
        record = self.tables.scenario.engagement
        self.grown += self.growth * months
        if record is not None and t % MONTH == 0 and t > self.counted:
            self.counted = t
            self.stock = np.maximum((1.0 - record.decay_per_month) * self.stock + self.grown, 0.0)
            self.grown = np.zeros(self.shape)

    def _contacts(self) -> tuple[Floats, Floats]:
        habits = self.tables.scenario.contacts
        contacts = np.zeros(self.shape)
        for place, campaign in enumerate(self.tables.campaigns):
            if self.active[place] and campaign.monthly_spend > 0.0:
                contacts += campaign.aim.contacts * self.reach[place]
        for contact, under in zip(self.contacting, self.under, strict=True):
            contacts += contact.per_month * under
        excess = np.maximum(contacts - habits.tolerated_per_month, 0.0)
        return np.exp(-habits.fatigue * excess), 1.0 + habits.leaving_per_contact * excess

    def _strength(self, place: int, campaign: CampaignTable) -> float:
        x = float(self.carried[place] + self.pressure[place])
        by = campaign.response
        return float(CURVE[by.curve](x, by.half_at, by.slope)) if by is not None and x > 0.0 else 0.0

    def _multiply(self, found: dict[str, Floats], by_step: Floats, effect: EffectTable, strength: Floats) -> None:
        if effect.on == "steps":
            by_step *= np.maximum(0.0, 1.0 + effect.per_step * strength[:, self.tables.steps["origin"]])
        elif effect.on in ("quality", "engagement"):
            found[effect.on] += effect.per_rung * strength
        else:
            found[effect.on] *= np.maximum(0.0, 1.0 + effect.per_rung * strength)


def watched(simulation: Simulation, seen: list[int]) -> None:
    """Play a market, and look after each of the plan's dates whether the levers are as reckoned."""
    reckoned = Reckoned(simulation.tables, simulation.rules.lever_rung.shape[0], simulation.plan.scale)

    class Watched(Plan):
        def act(self, t: int) -> None:
            by_rung, by_step = reckoned.at(t, self.books.counts)
            super().act(t)
            for name, factor in by_rung.items():
                np.testing.assert_allclose(
                    simulation.rules.lever_rung[name], factor, rtol=1e-9, atol=1e-12, err_msg=f"{name} at {t}"
                )
            np.testing.assert_allclose(simulation.rules.lever_step, by_step, rtol=1e-9, atol=1e-12, err_msg=f"steps at {t}")
            seen.append(t)

    simulation.plan = Watched(
        simulation.tables, simulation.rules, simulation.books, simulation.plan.scale, simulation.block, simulation
    )
    simulation.run()


@settings(max_examples=60)
@given(scenario_data(), st.integers(0, 2**40))
def test_factors_as_numpy_reckons_them(data: dict[str, Any], seed: int) -> None:
    """At every date of generated plans all factors are those of the formulas: campaigns, carry-over, tiring, shocks, engagement."""
    laid_out = tables(resolve(validated(data | {"policies": []}), seed, 0))
    # With a log, SimPy's clock calls the plan date by date; without, one call plays all of it and nobody could look.
    simulation = prepared(laid_out, build(laid_out.scenario, replication=0), Fast, seed=seed, log=True)
    seen: list[int] = []
    dates = simulation.plan.dates
    watched(simulation, seen)
    assert seen == dates


RUNGS = [
    {"name": "lead", "share": 0.5, "cost_per_month": 1.0},
    {"name": "customer", "share": 0.5, "orders_per_month": 2.0, "cost_per_month": 3.0},
    {"name": "lapsed", "off_ladder": True},
]
POLICY = """
def act(env, market):
    market.multiply("orders", 3.0, rungs=["customer"], segments=["old"])
    market.multiply("climbing", 0.0)
    yield market.months(1)
    market.multiply("orders", 0.5)
    market.multiply("orders", 0.25, rungs=["lead"])
    market.multiply("steps.lead.customer", 4.0)
    market.multiply("cost", 2.0, segments=["young"])
    yield market.months(1)
    market.spend(12.345)
    market.set_spend("letter", 700.0)
"""
STEPS = [
    {"from": "lead", "to": "customer", "monthly": 0.2},
    {"from": "lead", "to": "customer", "trigger": "message", "probability": 0.1},
    {"from": "customer", "to": "lapsed", "monthly": 0.1},
]


def with_policy(folder: Path) -> Any:
    """Two segments, a campaign that doubles baskets at 5 a head, and a policy that pulls its own levers."""
    file = folder / "policy.py"
    file.write_text(POLICY, encoding="utf-8")
    letter = {"name": "letter", "response": {"curve": "linear", "half_at": 5.0}, "effects": [{"on": "basket", "full": 1.0}]}
    return validated(
        {
            "schema": 1, "name": "pulled", "months": 3, "market_size": 200, "rungs": RUNGS, "steps": STEPS,
            "segments": [{"name": "young", "share": 0.5}, {"name": "old", "share": 0.5}],
            "word_of_mouth": [{"layer": "all", "graph": {"kind": "everyone"}}],
            "channels": [letter], "campaigns": [{"channel": "letter", "monthly_spend": 300.0, "to": ["lead", "customer"]}],
            "policies": [{"file": file.as_posix(), "function": "act"}],
        }
    )  # fmt: skip


def test_what_policies_pull(tmp_path: Path) -> None:
    """A second call for the same lever replaces the first, calls for others stand beside it, each for whom it names."""
    laid_out = tables(with_policy(tmp_path))
    simulation = prepared(laid_out, build(laid_out.scenario), Fast, seed=2)
    simulation.run()
    levers = simulation.rules.lever_rung
    assert levers["orders"].tolist() == [[0.25, 1.0, 1.0]] * 2
    assert levers["cost"].tolist() == [[2.0] * 3, [1.0] * 3]
    by_step = dict(zip(laid_out.step_names, simulation.rules.lever_step.T.tolist(), strict=True))
    assert by_step["lead.customer.time"] == by_step["lead.customer.message"] == [0.0, 0.0]  # climbing × 0, whatever else
    assert by_step["customer.lapsed"] == [1.0, 1.0]


def test_what_policies_spend(tmp_path: Path) -> None:
    """300 a month for two months, 700 in the third; 12.345 at once; and the pressure follows the spend."""
    laid_out = tables(with_policy(tmp_path))
    history = simulate(laid_out.scenario, seed=2, log=True)
    spent = dict(zip(history.causes, history.market_money.sum(axis=0).tolist(), strict=True))
    assert spent["letter"] == -1_300 * laid_out.unit
    assert spent["policy:act"] == -round(12.345 * laid_out.unit)
    booked = history.events()
    ours = booked[(booked["cause"] == "policy:act") | (booked["cause"] == "letter")]
    assert ours["amount"].sum() == pytest.approx(-1_312.345)
    simulation = prepared(laid_out, build(laid_out.scenario), Fast, seed=2)
    simulation.run()
    people = simulation.books.counts[:, :2].sum()
    last = simulation.rules.plan_arrays.campaigns
    assert last["planned"][0] == 700.0 * laid_out.unit
    assert last["active"][0] == 0  # over at the horizon
    assert 0 < people < 200


def test_a_plan_that_is_over_tells_nobody(tmp_path: Path) -> None:
    """After ``close`` a lever may still be reckoned, but no clock follows."""
    laid_out = tables(with_policy(tmp_path))
    simulation = prepared(laid_out, build(laid_out.scenario), Fast, seed=2)
    simulation.start()
    simulation.close()
    before = len(simulation.env._queue)
    simulation.plan.act(0)
    assert float(simulation.rules.lever_rung["basket"][0, 0]) == pytest.approx(
        1.15
    )  # 300 a month for 200 heads, at 10 for the full
    assert len(simulation.env._queue) == before
