"""Hypothesis strategies for loyalty programmes of every kind, alone and together."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from ladsim.scenario.programs.kinds import KINDS, RECORDS
from ladsim.scenario.programs.record import Program
from ladsim.scenario.schema_walk import Shape, fields

LAST_MONTHS = st.sampled_from([{}, {}, {"to_month": 1.0}])  # to join in
# Of a discount or a club, by the size of the baskets that there are: below all of them, in their midst, above most.
LIMITS_OF_ORDERS = st.sampled_from([{}, {"min_order": 21.5}, {"max_amount": 3.3}, {"min_order": 5.0, "max_amount": 1.0}])


@st.composite
def joining(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """What every programme says: who joins when, what running it costs, benefits."""
    joins = draw(
        st.sampled_from(
            [
                {"probability": 0.6},
                {"monthly": 0.4},
                {"on_rungs": names[1], "probability": 1.0},
                {"on_rungs": names, "probability": 0.2, "monthly": 0.5},
            ]
        )
    )
    joins |= draw(LAST_MONTHS)
    benefits = {"orders": 1.3, "basket": 1.1, "messages": 0.5, "points": 2.0, "climbing": 1.5, "leaving": 0.5}
    return {
        "joins": joins,
        "from_month": draw(st.sampled_from([0.0, 0.0, 0.7])),
        "setup_cost": draw(st.sampled_from([0.0, 5.005])),
        "running_cost_per_month": draw(st.sampled_from([0.0, 0.7])),
        "cost_per_member": draw(st.sampled_from([0.0, 0.03])),
        "factors": {key: benefits[key] for key in draw(st.lists(st.sampled_from(list(benefits)), max_size=2, unique=True))},
    }


@st.composite
def points(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A programme with points."""
    earned = st.sampled_from(
        [
            {"points_per_unit": 0.333},
            {"points_per_order": 1.0},
            {"points_per_unit": 0.1, "points_per_order": 0.5},
            {"points_per_unit": 7.0, "per": 30.0, "whole_points": True, "min_order": 12.5},
        ]
    )
    expiry = st.sampled_from(
        [{}, {"expires_after_months": 1}, {"expires_after_months": 3}, {"inactive_months": 0.4}, {"each_year_on": "03-31"}]
    )
    redeemed = st.sampled_from(
        [
            {"reward_at": 0.5, "reward_cost": 3.333},
            {"reward_at": 2.0, "reward_cost": 3.333},
            {"reward_at": 11.0, "reward_cost": 3.333},
            {"point_value": 0.75, "min_points": 1, "max_share_of_order": 0.3},
            {"point_value": 1.9, "min_points": 2},
        ]
    )
    statements = [{}, {"statement_every_months": 0.2, "statement_cost": 0.07}, {"statement_every_months": 1.0}]
    value = st.sampled_from([{}, {"perceived_value": 5.0}])
    return {
        "kind": "points",
        **draw(redeemed),
        "redemption_probability": draw(st.sampled_from([0.3, 1.0])),
        "goal_gradient": draw(st.sampled_from([0.0, 1.0])),
        "goal_gradient_power": draw(st.sampled_from([1.0, 2.0])),
        "endowed_points": draw(st.sampled_from([0.0, 1.5, 20.0])),
        "lift_after_reward": draw(st.sampled_from([0.0, 0.5])),
        "lift_months": draw(st.sampled_from([0.3, 1.0])),
        **draw(joining(names)), **draw(earned), **draw(expiry), **draw(st.sampled_from(statements)), **draw(value),
    }  # fmt: skip


def dated(data: dict[str, Any]) -> dict[str, Any]:
    """A market with a `start_date` where a programme goes by the calendar: its day comes in the first month."""
    owners = [data, *data.get("strategies", {}).values()]
    by_date = any("each_year_on" in program for owner in owners for program in owner.get("programs", ()))
    return data | {"start_date": datetime.date(2027, 3, 20)} if by_date else data


@st.composite
def tiers(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """A programme with levels by orders or by spend."""
    by, asked = draw(
        st.sampled_from([("orders", [0.0, 1.0, 2.0, 4.0]), ("spend", [0.0, 15.0, 40.0, 99.99]), ("orders", [0.0, 8.0])])
    )
    levels: list[dict[str, Any]] = [{"name": f"level_{n}", by: value} for n, value in enumerate(asked)]
    for level in levels:
        level |= draw(
            st.sampled_from(
                [{}, {"cost_per_member": 0.3}, {"factors": {"orders": 1.4, "points": 2.0}}, {"factors": {"leaving": 0.2}}]
            )
        )
    if draw(st.booleans()):
        levels[-1] |= {"cost_per_member": 0.4, "perceived_value": 0.7}
    pull = [{}, {"goal_gradient": 1.2}, {"goal_gradient": 0.6, "goal_gradient_power": 2.0}]
    statements = [{}, {"statement_every_months": 0.2, "statement_cost": 0.07}, {"statement_every_months": 1.3}]
    return {
        "kind": "tiers", "levels": levels, "at_new_level": draw(st.booleans()), **draw(st.sampled_from(pull)),
        **draw(st.sampled_from(statements)), **draw(joining(names)),
    }  # fmt: skip


def ways_of_joining(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """By a chance on entering a rung, by a monthly one, or both; on all rungs of customers or on one."""
    way = draw(
        st.sampled_from([{"probability": 0.5}, {"monthly": 0.4}, {"probability": 1.0}, {"probability": 0.2, "monthly": 0.6}])
    )
    return {**way, **draw(st.sampled_from([{}, {"on_rungs": names[0]}, {"on_rungs": [names[0], names[1]]}])), **draw(LAST_MONTHS)}


def benefits(draw: st.DrawFn) -> dict[str, float]:
    """Factors of members."""
    on = draw(st.sampled_from(["orders", "basket", "messages", "climbing", "leaving"]))
    return draw(st.sampled_from([{}, {on: 0.0}, {on: 0.6}, {on: 2.5}]))


def club(draw: st.DrawFn) -> dict[str, Any]:
    """A club, by one chance or by members that differ."""
    renewal = draw(st.sampled_from([{"renewal_probability": 0.7}, {"renewal_probability": 1.0}, {"renewal_beta": [0.7, 1.2]}]))
    return {
        "fee": draw(st.sampled_from([0.0, 9.99])), "fee_every_months": draw(st.sampled_from([0.5, 1.0, 12.0])), **renewal,
        "failed_payment_share": draw(st.sampled_from([0.0, 0.3])), "recovered_share": 0.5, "retry_days": 3.0,
        "pause_share": draw(st.sampled_from([0.0, 0.5])), "pause_months": draw(st.sampled_from([0.1, 1.0])),
        "cost_per_order": draw(st.sampled_from([0.0, 0.7])), "discount_share": draw(st.sampled_from([0.0, 0.15])),
        "refund_on_leaving": draw(st.booleans()), **draw(LIMITS_OF_ORDERS),
    }  # fmt: skip


def cashback(draw: st.DrawFn) -> dict[str, Any]:
    """Credit, or paid out at a minimum."""
    return {
        "cashback_share": draw(st.sampled_from([0.0, 0.07, 1.0])), "payout_probability": draw(st.sampled_from([0.5, 1.0])),
        **draw(st.sampled_from([{}, {"minimum_balance": 4.0}, {"minimum_balance": 3.0, "goal_gradient": 0.9, "perceived_value": 5.0}])),
        **draw(st.sampled_from([{}, {"inactive_months": 0.3}])),
        **draw(st.sampled_from([{}, {"min_order": 18.0}, {"max_amount": 1.1}, {"min_order": 5.0, "max_amount": 2.0}])),
        **draw(st.sampled_from([{}, {"max_per_month": 1.7}, {"max_per_year": 2.3}, {"max_per_month": 1.3, "max_per_year": 2.0}])),
        **draw(st.sampled_from([{}, {"statement_every_months": 0.25, "statement_cost": 0.05}])),
    }  # fmt: skip


def referral_reward(draw: st.DrawFn, kinds: list[str]) -> dict[str, Any]:
    """Money, or what another programme of the scenario can take."""
    rewards = ["money", *(["points"] if "points" in kinds else []), *(["free_month"] if "club" in kinds else [])]
    limits = draw(
        st.sampled_from(
            [
                *({}, {"max_total": 1}, {"max_per_month": 1}, {"max_total": 3, "max_per_month": 2}, {"max_per_year": 1}),
                {"max_per_year": 2, "max_per_month": 1, "max_total": 3},
            ]
        )
    )
    return {
        "referrer_reward": draw(st.sampled_from([0.0, 2.0])),
        "referred_reward": 1.5,
        "reward": draw(st.sampled_from(rewards)),
        **limits,
    }


BIRTHDAY = Path(__file__).resolve().parent.parent / "experiments" / "programs" / "birthday.py"


def own_fields(record: type[Program]) -> dict[str, Shape]:
    """The keys that a kind has beside those of every programme."""
    return {key: shape for key, shape in fields(record).items() if key not in Program.model_fields}


def values_of(record: type[Program], key: str, shape: Shape) -> list[Any]:
    """A few values of a key, the most usual first: within its limits, both ends where they are near."""
    if shape.kind == "share":
        return [0.3, 1.0]
    if shape.kind:
        low = shape.limits.lower if shape.limits is not None and shape.limits.lower is not None else 0.0
        return [low + 3.333, low + 0.5]
    info = record.model_fields[shape.attribute]
    lowest = next((note.ge for note in info.metadata if hasattr(note, "ge")), 0)
    if info.annotation is int:
        return [lowest + 1, lowest, lowest + 4]
    return [lowest + 1.5] if info.annotation is float else [True, False] if info.annotation is bool else []


@st.composite
def of_record(draw: st.DrawFn, record: type[Program]) -> dict[str, Any]:
    """The keys of a kind that has no strategy of its own, drawn from what its record says of them."""
    named = {key: values_of(record, key, shape) for key, shape in own_fields(record).items()}
    return {key: draw(st.sampled_from(values)) for key, values in named.items() if values}


def some_form(record: type[Program]) -> dict[str, Any]:
    """One programme of a kind, with a usual value of each of its keys."""
    named = {key: values_of(record, key, shape) for key, shape in own_fields(record).items()}
    return {key: values[0] for key, values in named.items() if values}


@st.composite
def programs(draw: st.DrawFn, names: list[str], talk: bool, most: int) -> list[dict[str, Any]]:
    """Programmes of any kinds, none to so many, alone and together."""
    found = draw(st.lists(st.sampled_from(KINDS), max_size=most))
    kinds = [kind for kind in found if talk or kind != "referral_reward"]
    made = []
    for kind in kinds:
        if kind in ("points", "tiers"):
            made.append(draw(points(names) if kind == "points" else tiers(names)))
            continue
        program: dict[str, Any] = {"kind": kind, "joins": ways_of_joining(draw, names), "factors": benefits(draw)}
        program |= {"from_month": draw(st.sampled_from([0.0, 0.0, 0.7])), "cost_per_member": draw(st.sampled_from([0.0, 0.3]))}
        program |= {"setup_cost": draw(st.sampled_from([0.0, 12.5])), "running_cost_per_month": draw(st.sampled_from([0.0, 3.3]))}
        if kind == "club":
            program |= club(draw)
        elif kind == "cashback":
            program |= cashback(draw)
        elif kind == "referral_reward":
            program |= referral_reward(draw, kinds)
        elif kind == "own":
            program |= {"file": str(BIRTHDAY), "options": draw(st.sampled_from([{}, {"lift": 2.0, "lift_months": 0.2}]))}
        elif kind != "discount":
            program |= draw(of_record(RECORDS[kind]))
        else:
            program |= {
                "discount_share": draw(st.sampled_from([0.0, 0.2, 1.0])),
                **draw(LIMITS_OF_ORDERS),
                **draw(st.sampled_from([{}, {"to_month": 1.5}])),
            }
            if draw(st.booleans()):
                program["to"] = [draw(st.sampled_from(names))]
                del program["joins"]
        made.append(program)
    return made
