"""Hypothesis strategies: whole scenarios, small enough to run in a blink, wide enough to meet every rule.

Every feature of the model joins here, so that each law is tried with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import reject
from hypothesis import strategies as st

from ladsim.engine.history import History
from ladsim.engine.run import simulate
from ladsim.engine.simulation import Simulation
from ladsim.errors import ScenarioError, StudyError
from ladsim.model.curves import CURVES
from ladsim.scenario.key_paths import item_names
from ladsim.scenario.load import validated
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from tests.program_strategies import dated, programs

POLICIES = Path(__file__).parent / "policies.py"
WEIGHTED_TIES = Path(__file__).parent / "markets" / "weighted_ties.csv"
NAMES = ("lead", "prospect", "customer", "repeat", "ambassador")
rates = st.sampled_from([0.0, 0.02, 0.1, 0.5, 2.0])
chances = st.sampled_from([0.0, 0.05, 0.3, 0.9])


@st.composite
def rungs(draw: st.DrawFn, layers: bool) -> list[dict[str, Any]]:
    """A ladder of two to five rungs, with `lapsed` and sometimes `outside` beside it."""
    count = draw(st.integers(2, 5))
    ladder: list[dict[str, Any]] = []
    for place, name in enumerate(NAMES[:count]):
        ladder.append(
            {
                "name": name,
                "orders_per_month": draw(rates) if place else 0.0,
                "basket_factor": draw(st.sampled_from([0.5, 1.0, 1.3])),
                "messages_per_month": draw(rates) if layers else 0.0,
                "cost_per_month": draw(st.sampled_from([0.0, 0.37, 4.0])),
                "entry_cost": draw(st.sampled_from([0.0, 1.5])),
                "announces": draw(st.booleans()) if layers else False,
            }
        )
    ladder.append({"name": "lapsed", "off_ladder": True, "cost_per_month": draw(st.sampled_from([0.0, 0.1]))})
    if draw(st.booleans()):
        ladder.append({"name": "outside", "off_ladder": "outside"})
    for rung in ladder:
        rung |= draw(st.sampled_from([{}, {}, {}, {"bought_before": False}, {"bought_before": True}]))
    parts = draw(st.lists(st.integers(0, 4), min_size=len(ladder), max_size=len(ladder)))
    parts[0] += 1
    for rung, part in zip(ladder, parts, strict=True):
        rung["share"] = part / sum(parts)
    return ladder


@st.composite
def steps(draw: st.DrawFn, names: list[str]) -> list[dict[str, Any]]:
    """Steps of all four triggers; the chances of one shared draw stay below 1."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    inside = [n for n in names if n != "outside"]
    months = {name: draw(st.sampled_from([0.5, 1.0, 3.0])) for name in names}
    room = {(name, trigger): 0.95 for name in names for trigger in ("order", "message", "renewal")}
    for _ in range(draw(st.integers(1, 9))):
        trigger = draw(st.sampled_from(["time", "order", "message", "renewal"]))
        origin, to = draw(st.sampled_from(names)), draw(st.sampled_from(inside))
        if (origin == to and trigger in ("time", "message")) or (origin, to, trigger) in found:
            continue
        step: dict[str, Any] = {
            "from": origin,
            "to": to,
            "trigger": trigger,
            "is_order": draw(st.sampled_from([False, False, True])),
        }
        if step["is_order"] and draw(st.booleans()):
            step |= {"covers_months": draw(st.sampled_from([0.3, 1.0, 6.0])), "refund_on_leaving": draw(st.booleans())}
        if trigger == "time":
            sizes = [
                {"monthly": 0.1},
                {"monthly": 0.6},
                {"rate": 0.3},
                {"rate": 3.0},
            ]
            reached = any(other["from"] == origin and "cumulative_share" in other for other in found.values())
            if not reached:  # shares reached from one rung stay below 1 together
                sizes.append({"cumulative_share": 0.7, "by_months": 2.0})
            step |= draw(st.sampled_from(sizes))
            if draw(st.integers(0, 3)) == 0:
                step["gamma_shape"] = draw(st.sampled_from([0.24, 1.0, 4.0]))
        else:
            step["probability"] = min(draw(chances), room[origin, trigger])
            if room[origin, trigger] > 0.3 and draw(st.integers(0, 4)) == 0:
                # Each customer has a chance of its own; the engines scale down what then exceeds 1.
                step["beta"] = draw(st.sampled_from([[0.3, 5.0], [2.0, 5.0]]))
                step["probability"] = 0.3
            room[origin, trigger] -= step["probability"]
            if "beta" in step:
                del step["probability"]
            if trigger == "renewal":
                step["months"] = months[origin]
            if trigger == "order":
                step["from_order"] = draw(st.integers(1, 3))
                if draw(st.booleans()):
                    step["within_months"] = 2.0
        found[origin, to, trigger] = step
    return list(found.values())


graphs = st.sampled_from(
    [
        {"kind": "barabasi_albert", "links": 2},
        {"kind": "watts_strogatz", "neighbours": 4, "rewired_share": 0.2},
        {"kind": "erdos_renyi", "mean_degree": 3.0},
        {"kind": "cycle"},
        {"kind": "grid", "columns": 5},
        {"kind": "everyone"},
        {"kind": "none"},
        {"kind": "barabasi_albert", "links": 1, "redraw": True},
        {"kind": "cycle", "copies": 2},
        {"kind": "configuration", "degrees": [2, 4]},
        {"kind": "file", "path": str(WEIGHTED_TIES)},
        {"kind": "file", "path": str(WEIGHTED_TIES), "directed": True},
    ]
)


@st.composite
def effects(draw: st.DrawFn, step_list: list[dict[str, Any]], names: list[str]) -> list[dict[str, Any]]:
    """One or two effects on anything that a lever can move."""
    targets = ["orders", "messages", "basket", "cost", "price", "satisfaction", "effort", "points"]
    targets += ["engagement", "climbing", "leaving"]
    targets += [f"steps.{s['from']}.{s['to']}" for s in step_list]
    chosen = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=2, unique=True))
    result = []
    for on in chosen:
        size = draw(st.sampled_from([-1.0, -0.4, 0.0, 0.8, 3.0]))
        whole = on.startswith("steps.") or draw(st.booleans())
        result.append({"on": on, "full": size} if whole else {"on": on, "per_rung": {draw(st.sampled_from(names)): size}})
    return result


@st.composite
def plans(draw: st.DrawFn, step_list: list[dict[str, Any]], names: list[str], months: float) -> dict[str, Any]:
    """Channels, campaigns and shocks."""
    plan: dict[str, Any] = {"channels": [], "campaigns": [], "shocks": []}
    for place in range(draw(st.integers(0, 2))):
        curve = draw(st.sampled_from(CURVES))
        plan["channels"].append(
            {
                "name": f"channel_{place}",
                "response": {"curve": curve, "half_at": draw(st.sampled_from([0.5, 5.0]))},
                "carry_over": draw(st.sampled_from([0.0, 0.5])),
                "effects": draw(effects(step_list, names)),
            }
        )
        start = draw(st.sampled_from([0.0, 0.5, 1.0, 1.004]))
        campaign = {"channel": f"channel_{place}", "from_month": start, "to_month": start + 1.5, "monthly_spend": 333.33}
        if draw(st.booleans()):
            campaign["to"] = [draw(st.sampled_from(names))]
        if draw(st.booleans()):
            plan.setdefault("tactics", []).append({"name": f"tactic_{place}", "effects": draw(effects(step_list, names))})
            campaign["tactic"] = f"tactic_{place}"
        campaign |= draw(st.sampled_from([{}, {"wrong_rung_share": 0.3}, {"wrong_rung_share": 0.6, "contacts_per_month": 4.0}]))
        if draw(st.booleans()):
            campaign["control_group_share"] = 0.4
        plan["channels"][-1]["needs_consent"] = draw(st.booleans())
        factor = draw(st.sampled_from([1.0, 1.0, 2.0, 0.3]))
        plan["campaigns"].append(campaign | {"setup_cost": draw(st.sampled_from([0.0, 10.005])), "points_factor": factor})
    if draw(st.booleans()):
        plan["shocks"].append({"name": "shock", "from_month": 1.2, "to_month": 2.0, "effects": draw(effects(step_list, names))})
    return plan


@st.composite
def feelings(draw: st.DrawFn) -> dict[str, Any]:
    """Satisfaction, and who recommends."""
    return {
        "satisfaction": {
            "start": draw(st.sampled_from([3.0, 7.0, 9.5])),
            "quality": draw(st.sampled_from([2.0, 7.0, 9.0])),
            "effort": draw(st.sampled_from([0.0, 1.5])),
            "quality_spread": draw(st.sampled_from([0.0, 2.0])),
            "learning": draw(st.sampled_from([0.0, 0.3, 1.0])),
            "adaptation": draw(st.sampled_from([0.0, 0.2])),
            "service_failure_probability": draw(st.sampled_from([0.0, 0.3])),
            "recovery_probability": draw(st.sampled_from([0.0, 0.5])),
            "orders_effect": draw(st.sampled_from([0.0, 0.5])),
            "basket_effect": draw(st.sampled_from([0.0, -0.2])),
        },
        "recommendation": {"base": draw(st.sampled_from([0.0, 1.5])), "spread": draw(st.sampled_from([0.0, 1.2]))},
    }


@st.composite
def felt(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """The same market, where some steps, rungs and layers depend on satisfaction and criticism."""
    steps = [dict(step) for step in data["steps"]]
    for step in steps:
        if draw(st.booleans()):
            step["satisfaction_effect"] = draw(st.sampled_from([-1.0, 0.7]))
    told = {(step["from"], step["to"]): step for step in steps if step["trigger"] == "message"}
    for step in told.values():
        step["negative"] = draw(st.booleans())
    rungs = [
        rung | draw(st.sampled_from([{}, {"quality": 8.5, "effort": 3.0}, {"recommendation": -1.0}])) for rung in data["rungs"]
    ]
    layers = [layer | draw(st.sampled_from([{}, {"detractor_factor": 2.5}])) for layer in data["word_of_mouth"]]
    clubs = [
        p | {"satisfaction_effect": draw(st.sampled_from([0.0, -1.0]))} if p["kind"] == "club" else p for p in data["programs"]
    ]
    return data | {"steps": steps, "rungs": rungs, "word_of_mouth": layers, "programs": clubs} | draw(feelings())


@st.composite
def habits(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Consent, tiring, engagement, prices, seasons."""
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        found["contacts"] = {"consent_share": 0.5, "tolerated_per_month": 2.0, "fatigue": 0.3, "leaving_per_contact": 0.2}
    if draw(st.booleans()):
        found["engagement"] = {"decay_per_month": 0.2, "orders_effect": 0.6, "leaving_effect": -0.5}
    if draw(st.booleans()):
        price = {"change": draw(st.sampled_from([-0.2, 0.3])), "from_month": 0.7, "leaving_elasticity": 1.5, "quality_loss": 4.0}
        found["prices"] = [price | draw(st.sampled_from([{"elasticity": -1.3}, {"per_rung": {names[1]: -2.0}, "to_month": 1.4}]))]
        found["prices"][0] |= draw(st.sampled_from([{}, {"climbing_elasticity": -0.8, "quality_loss_months": 0.5}]))
    if draw(st.booleans()):
        on = draw(st.sampled_from(["orders", "leaving", "price", "points", "climbing", "messages"]))
        found["seasons"] = [{"factors": [0.5, 1.0, 1.7, 1.0] * 3, "on": on}]
    return found


@st.composite
def contacts(
    draw: st.DrawFn, step_list: list[dict[str, Any]], names: list[str], joinable: list[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A campaign that an event sets off, and its tactic; `joinable` are the programmes of the scenario."""
    plain = [effect for effect in draw(effects(step_list, names)) if effect["on"] not in ("cost", "points", "engagement")]
    events = ["first_order", "order", "no_order", f"entered.{names[1]}", f"entered.{names[0]}"]
    events += [f"{event}.{program}" for program in joinable for event in ("joined", "level_lost")]
    campaign = {"name": "contact", "tactic": "letter", "after": draw(st.sampled_from(events))}
    campaign |= {
        "delay_days": draw(st.sampled_from([0.0, 3.0, 20.0])),
        "running_cost_per_month": draw(st.sampled_from([0.0, 4.5])),
    }
    campaign |= {"lasts_days": draw(st.sampled_from([0.5, 30.0])), "cost_per_contact": 0.77, "control_group_share": 0.2}
    campaign |= draw(st.sampled_from([{}, {"to": [names[0]]}, {"from_month": 0.4, "to_month": 1.3}, {"setup_cost": 5.5}]))
    campaign |= draw(st.sampled_from([{}, {"contacts_per_month": 3.0}]))
    curves = [{"half_at": 0.5}, {"curve": "linear", "half_at": 3.0}, {"curve": "hill", "half_at": 1.0, "slope": 2.0}]
    campaign |= draw(st.sampled_from([{}, {}, *({"contact_response": curve} for curve in curves)]))
    return campaign, {"name": "letter", "effects": plain, "needs_consent": draw(st.booleans())}


@st.composite
def returns(draw: st.DrawFn, data: dict[str, Any]) -> dict[str, Any]:
    """Orders that come back, as a whole or in part, more or fewer of some."""
    found: dict[str, Any] = {"share": draw(st.sampled_from([0.3, 1.0])), "whole_share": draw(st.sampled_from([0.0, 0.5, 1.0]))}
    found |= {"part": draw(st.sampled_from([0.333, 1.0])), "cost": draw(st.sampled_from([0.0, 1.25]))}
    found |= {"resale_share": draw(st.sampled_from([0.0, 0.7, 1.0])), **draw(st.sampled_from([{}, {"quality": 2.0}]))}
    names = [("factors_per_rung", "rungs"), ("factors_per_segment", "segments"), ("factors_per_order_kind", "order_kinds")]
    for key, table in names:
        if data.get(table) and draw(st.booleans()):
            found[key] = {data[table][-1]["name"]: draw(st.sampled_from([0.0, 0.5, 3.0]))}
    return found


def counted(data: dict[str, Any]) -> dict[str, Any]:
    """The same market, its rungs counted in people; the first one has those whom rounding down leaves over."""
    rungs = [{key: value for key, value in rung.items() if key != "share"} for rung in data["rungs"]]
    for rung, shared in zip(rungs, data["rungs"], strict=True):
        rung["people"] = int(shared["share"] * data["market_size"])
    rungs[0]["people"] += data["market_size"] - sum(rung["people"] for rung in rungs)
    nodes = data["start"]["nodes"]
    room = all(rung["people"] >= 2 * len(nodes.get(rung["name"], ())) for rung in rungs)  # a graph may have two copies
    return data | {"rungs": rungs} if room else data


@st.composite
def scenario_data(draw: st.DrawFn) -> dict[str, Any]:
    """A whole scenario as the dictionary a file would give."""
    months = draw(st.sampled_from([1.0, 2.5, 4.0, 1.0, 2.5, 4.0, 13.0]))
    layers = draw(st.integers(0, 2))
    ladder = draw(rungs(layers > 0))
    names = [rung["name"] for rung in ladder]
    step_list = draw(steps(names))
    data: dict[str, Any] = {
        "schema": 1,
        "name": "generated",
        "months": months,
        "market_size": 2 * draw(st.integers(5, 20)),
        "rungs": ladder,
        "steps": step_list,
        "basket": draw(
            st.sampled_from(
                [
                    {"law": "constant", "mean": 19.99},
                    {"law": "lognormal", "mean": 30.0, "spread": 0.7},
                    {"law": "gamma", "mean": 12.0, "shape": 0.8},
                ]
            )
        ),
        "money": {
            "margin": 0.55,
            "cost_per_order": 0.5,
            "fixed_cost_per_month": draw(st.sampled_from([0.0, 77.7])),
            "discount_per_year": 0.1,
        },
        "amounts_include_vat": draw(st.sampled_from([0.0, 0.25])),
        "start": {
            "orders": draw(st.integers(0, 1)),
            "stagger": draw(st.booleans()),
            "nodes": draw(st.sampled_from([{}, {names[1]: [0, 2]}])),
        },
    }
    if draw(st.integers(0, 3)) == 0:
        data = counted(data)
    if draw(st.booleans()):
        data["segments"] = [
            {"name": "small", "share": 0.25, "factors": {"orders": 1.5, "basket": 0.7, "messages": 2.0, "cost": 0.5}},
            {
                "name": "large",
                "share": 0.75,
                "factors": {f"steps.{step_list[0]['from']}.{step_list[0]['to']}": 1.7} if step_list else {},
            },
        ]
    if draw(st.booleans()):
        data["heterogeneity"] = {
            "orders": {"gamma_shape": 0.6},
            "messages": {"gamma_shape": 2.0},
            "basket": {"inverse_gamma_shape": 3.0},
        }
    if draw(st.booleans()):
        data["order_kinds"] = [{"name": "usual", "share": 0.7}, {"name": "upsell", "share": 0.3, "basket_factor": 1.8}]
    if draw(st.integers(0, 2)) == 0:
        data["money"]["returns"] = draw(returns(data))
    waiting = int(ladder[-1]["share"] * data["market_size"]) if names[-1] == "outside" else 0
    if waiting > 1:
        data["arrivals"] = [{"to": names[0], "per_month": 0.6 * waiting / months}]
    data["word_of_mouth"] = [
        {
            "layer": f"layer_{i}",
            "graph": draw(graphs),
            "budget": draw(st.sampled_from(["per_sender", "per_edge", "per_receiver"])),
            **draw(st.sampled_from([{}, {}, {"messages_per_month": {names[0]: 3.0, names[1]: 0.4}}])),
        }
        for i in range(layers)
    ]
    if draw(st.booleans()):
        function = draw(st.sampled_from(["nudge", "restless", "spender"]))
        data["policies"] = [{"file": str(POLICIES), "function": function, "options": {"rung": draw(st.sampled_from(names))}}]
    talk = layers > 0
    data["programs"] = draw(st.one_of(st.just([]), programs(names, talk, 4)))
    if draw(st.integers(0, 3)) == 0:
        data["strategies"] = {"care": {"programs": draw(programs(names, talk, 2))}}
    data |= draw(plans(step_list, names, months)) | draw(habits(names))
    if draw(st.booleans()):
        campaign, tactic = draw(contacts(step_list, names, item_names("programs", data["programs"])))
        data["campaigns"].append(campaign)
        data.setdefault("tactics", []).append(tactic)
    if "segments" in data:
        for campaign in data["campaigns"]:
            campaign |= draw(st.sampled_from([{}, {}, {"segments": ["large"]}]))
    if draw(st.booleans()):
        data = known_today(data, draw(st.sampled_from([0.05, 0.5])))
    return draw(felt(dated(data))) if draw(st.integers(0, 2)) == 0 else dated(data)


def known_today(data: dict[str, Any], extra: float) -> dict[str, Any]:
    """The same market, where of the first channel is known what it brings today; as it was, where nobody can be won so."""
    if not data["channels"]:
        return data
    today = {"monthly_spend": 333.33, "extra_customers": extra, "of_most": 0.5}
    own = {key: value for key, value in data["channels"][0].items() if key != "response"} | {"today": today}
    for first in (own, own | {"effects": []}):
        known = data | {"channels": [first, *data["channels"][1:]]}
        try:
            validated(known)
        except ScenarioError:
            continue
        return known
    return data


def scenarios() -> st.SearchStrategy[Scenario]:
    """Whole scenarios, loaded as a file would be, under their strategy where they have one."""
    return scenario_data().map(planned)


def planned(data: dict[str, Any]) -> Scenario:
    """A generated scenario as it is simulated."""
    return with_strategy(validated(data), next(iter(data.get("strategies", {})), None))


def loud(data: dict[str, Any]) -> dict[str, Any]:
    """The same market, where the first two rungs announce and most who hear it change between them: messages multiply."""
    names = [rung["name"] for rung in data["rungs"][:2]]
    for rung in data["rungs"][:2]:
        rung["announces"] = True
    steps = [dict(step) for step in data["steps"]]
    for step in steps:
        if step["trigger"] == "message" and step["from"] in names:
            step.pop("beta", None)
            step["probability"] = 0.0
    ways = {(step["from"], step["to"]): step for step in steps if step["trigger"] == "message"}
    for one, other in (names, names[::-1]):
        if (one, other) not in ways:
            ways[one, other] = {"from": one, "to": other, "trigger": "message"}
            steps.append(ways[one, other])
        ways[one, other]["probability"] = 0.9
    layers = data["word_of_mouth"] or [{"layer": "friends", "graph": {"kind": "everyone"}}]
    return data | {"steps": steps, "word_of_mouth": layers}


MOST = {"most_messages": 3_000, "most_rows": 60_000}  # what a generated market may hold, so that an example stays quick


def bound(monkeypatch: Any) -> None:
    """Bounds for small markets, in place of those for what a machine can hold."""
    for name, most in MOST.items():
        monkeypatch.setattr(Simulation, name, most)


def future(scenario: Scenario, **options: Any) -> History:
    """One future of a generated scenario; one in which messages multiply without end is no example."""
    try:
        return simulate(scenario, **options)
    except StudyError as error:
        if "multiply without end" not in str(error) and "are kept in memory" not in str(error):
            raise
        reject()
