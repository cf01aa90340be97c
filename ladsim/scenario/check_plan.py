"""Does the plan make sense? Channels, tactics, campaigns, shocks and policies.

In: a scenario of the right shape. Out: problems. `plan_of` looks at one list of each (the scenario's, or a strategy's), with the
place where the list stands.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ladsim.errors import Problem, nearest
from ladsim.python_files import parsed
from ladsim.scenario.address import numbers, steps_of
from ladsim.scenario.brought import COUNTS, PRICES
from ladsim.scenario.check_levers import audiences, campaign_extras
from ladsim.scenario.distributions import ends
from ladsim.scenario.key_paths import item_names, joined
from ladsim.scenario.lever_spec import EFFECTS
from ladsim.scenario.library import library
from ladsim.scenario.programs.record import Program
from ladsim.scenario.references import repeated, unknown
from ladsim.scenario.spec import Campaign, Channel, Effect, Policy, Scenario, Shock, Tactic

# What the accounts call their own lines: causes of money that every market has (``model.layout``), and their sums.
LINES = (
    "revenue", "goods", "handling", "rung_cost", "entry_cost", "fixed_cost", "contribution", "spend", "profit", "cumulative_profit",
    "returns", "cash", "prepaid", "contracts",
)  # fmt: skip


def levers(scenario: Scenario) -> Iterator[Problem]:
    """Problems of channels and tactics."""
    for key, items in (("channels", scenario.channels), ("tactics", scenario.tactics)):
        for item in items:
            yield from _effects(scenario, f"{key}.{item.name}", item.effects)
            yield from _response(f"{key}.{item.name}", item)


def _response(place: str, lever: Channel | Tactic) -> Iterator[Problem]:
    """A curve, or what is known of today in one way; a tactic may have neither, where it is used by channels."""
    today = lever.today
    if today is None:
        if lever.response is None and isinstance(lever, Channel):
            words = "must be given (from money to effect), or today = { monthly_spend = …, extra_customers = … }"
            yield Problem(f"{place}.response", "nothing", words)
        return
    if lever.response is not None:
        yield Problem(place, "response and today", "must give one of them")
    ways = [key for key in (*COUNTS[:1], *PRICES, *COUNTS[1:]) if getattr(today, key) is not None]
    if len(ways) != 1:
        found = " and ".join(ways) or "no customers"
        words = "must give exactly one of extra_customers, cost_per_customer, cost_per_contact, extra_orders, won_back or kept"
        yield Problem(f"{place}.today", found, words)
    if ends(today.of_most)[1] >= 1.0:
        yield Problem(f"{place}.today.of_most", "1", "must be below 1: some money more must bring somebody more")
    if (today.cost_per_contact is None) != (today.customers_per_contact is None):
        have, miss = ("cost_per_contact", "customers_per_contact")[:: 1 if today.customers_per_contact is None else -1]
        yield Problem(f"{place}.today.{miss}", "nothing", f"must be given with {have}")


def plan_of(
    scenario: Scenario,
    prefix: str,
    campaigns: Sequence[Campaign],
    shocks: Sequence[Shock],
    policies: Sequence[Policy],
    programs: Sequence[Program] = (),
) -> Iterator[Problem]:
    """Problems of the campaigns, shocks and policies that stand under `prefix` (empty: the scenario itself).

    `programs`: those that its campaigns may name, beside the scenario's own.
    """
    programs = (*scenario.programs, *programs)
    for name, campaign in zip(item_names("campaigns", campaigns), campaigns, strict=True):
        place = joined(*filter(None, (prefix, "campaigns", name)))
        if name in LINES:
            yield Problem(place, f"the name {name!r}", "must be another: a line of the accounts is called so")
        yield from _campaign(scenario, place, campaign)
        yield from campaign_extras(scenario, place, campaign, programs)
    together = (*scenario.campaigns, *campaigns) if prefix else campaigns
    yield from audiences(scenario, joined(*filter(None, (prefix, "campaigns"))), together, programs)
    for shock in shocks:
        place = joined(*filter(None, (prefix, "shocks", shock.name)))
        yield from _dates(place, shock.from_month, shock.to_month)
        yield from _effects(scenario, place, shock.effects)
        if not shock.effects:
            yield Problem(f"{place}.effects", "an empty list", "must have at least one effect")
    for name, policy in zip(item_names("policies", policies), policies, strict=True):
        yield from _policy(joined(*filter(None, (prefix, "policies", name))), policy)


def strategy_names(scenario: Scenario) -> Iterator[Problem]:
    """A strategy's own names must differ from each other and from the scenario's."""
    for name, strategy in scenario.strategies.items():
        if (strategy.ready is None) != (strategy.monthly_budget is None):
            given, missing = ("ready", "monthly_budget") if strategy.monthly_budget is None else ("monthly_budget", "ready")
            yield Problem(f"strategies.{name}.{missing}", "nothing", f"must be given with {given}")
        if strategy.budget_goes_to is not None:
            yield from _goes_to(scenario, name, strategy.budget_goes_to)
        for key in ("campaigns", "shocks", "programs"):
            names = [item.name for item in getattr(strategy, key) if item.name]
            others = {item.name for item in getattr(scenario, key) if item.name}
            if key != "programs":  # whose own names ``check_programs`` looks at
                yield from repeated(f"strategies.{name}.{key}", names)
            for repeated_name in sorted(set(names) & others):
                found = f"the name {repeated_name!r}, which the scenario's own {key} have too"
                yield Problem(f"strategies.{name}.{key}.{repeated_name}", found, "must be told apart by name")


def _goes_to(scenario: Scenario, name: str, wanted: str) -> Iterator[Problem]:
    """Whether the rest of a budget goes to a number, of the strategy or of the file."""
    known, own = numbers(scenario), f"strategies.{name}."
    if own + wanted in known or wanted in known:
        return
    mine = [key.removeprefix(own) for key in known if key.startswith(own)]
    words = "must be the dotted key of a number, such as campaigns.search.monthly_spend or programs.points.reward_cost"
    close = nearest(wanted, mine) or nearest(wanted, known)
    yield Problem(f"{own}budget_goes_to", repr(wanted), words, close)


def _campaign(scenario: Scenario, place: str, campaign: Campaign) -> Iterator[Problem]:
    """What a campaign names: channels, tactics, rungs and segments that there are."""
    channels = {channel.name: channel for channel in scenario.channels}
    tactics = {tactic.name: tactic for tactic in scenario.tactics}
    if campaign.channel is None and campaign.tactic is None and campaign.points_factor == 1.0:
        yield Problem(place, "neither", "must give a channel or a tactic, or both")
    if campaign.channel is not None and campaign.channel not in channels:
        yield _unknown_lever(f"{place}.channel", campaign.channel, channels, "channels")
    if campaign.tactic is not None and campaign.tactic not in tactics:
        yield _unknown_lever(f"{place}.tactic", campaign.tactic, tactics, "tactics")
    elif (
        campaign.tactic is not None
        and campaign.channel is None
        and campaign.after is None
        and tactics[campaign.tactic].response is None
        and tactics[campaign.tactic].today is None
    ):
        yield Problem(
            f"tactics.{campaign.tactic}.response", "nothing", f"must be given, since {place} names no channel to respond to"
        )
    for key, names, what in (
        ("to", [rung.name for rung in scenario.rungs], "rungs"),
        ("segments", [segment.name for segment in scenario.segments], "segments"),
    ):
        wanted = getattr(campaign, key)
        if wanted == ():
            yield Problem(f"{place}.{key}", "an empty list", f"must name at least one of the {what}, or be left out")
        for name in wanted or ():
            if name not in names:
                yield unknown(f"{place}.{key}", name, names, what)
    yield from _dates(place, campaign.from_month, campaign.to_month)


def _unknown_lever(place: str, name: str, own: Iterable[str], what: str) -> Problem:
    """A channel or tactic that neither the file nor the library has."""
    shipped = library()[what]
    others = [one for one in own if one not in shipped]
    of_the_file = f"those of the file ({', '.join(others)}) or " if others else ""
    allowed = f"must be one of the {what}: {of_the_file}those of the library ({', '.join(shipped)}), which need no definition"
    return Problem(place, repr(name), allowed, nearest(name, [*others, *shipped]))


def _dates(place: str, start: float, end: float | None) -> Iterator[Problem]:
    if end is not None and end <= start:
        yield Problem(f"{place}.to_month", f"{end:g}", f"must be after from_month ({start:g})")


def _effects(scenario: Scenario, place: str, effects: Iterable[Effect]) -> Iterator[Problem]:
    """What effects act on, and how much: exactly one size, on rungs that there are."""
    effects = list(effects)
    rungs = [rung.name for rung in scenario.rungs]
    targets = [*EFFECTS, *(f"steps.{name}" for name in item_names("steps", scenario.steps))]
    for name, effect in zip(item_names("effects", effects), effects, strict=True):
        here = f"{place}.effects.{name}"
        if effect.on not in targets and not (
            effect.on.startswith("steps.") and steps_of(scenario, effect.on.removeprefix("steps."))
        ):
            yield replace(
                unknown(f"{here}.on", effect.on, targets, "targets"), allowed=f"must be {', '.join(EFFECTS)} or steps.FROM.TO"
            )
        if (effect.full is None) == (effect.per_rung is None):
            found = "no size" if effect.full is None else "full and per_rung"
            yield Problem(here, found, "must give exactly one of full or per_rung")
        for rung in effect.per_rung or {}:
            if rung not in rungs:
                yield unknown(f"{here}.per_rung.{rung}", rung, rungs, "rungs")


def _policy(place: str, policy: Policy) -> Iterator[Problem]:
    """The file is read, never run."""
    tree = parsed(f"{place}.file", policy.file)
    if isinstance(tree, Problem):
        yield tree
        return
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    function = functions.get(policy.function)
    if function is None and not functions:
        file = os.path.basename(policy.file)
        yield Problem(
            f"{place}.function",
            repr(policy.function),
            f"but {file} defines no function: write def {policy.function}(env, market) into it",
        )
        return
    if function is None:
        yield unknown(f"{place}.function", policy.function, functions, f"functions of {os.path.basename(policy.file)}")
        return
    arguments = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    if len(arguments) < 2 and function.args.vararg is None:
        yield Problem(f"{place}.function", f"{policy.function}({', '.join(arguments)})", "must take env and market first")
    if not any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function)):
        yield Problem(f"{place}.function", f"{policy.function} without a yield", "must wait: yield market.months(3)")
    options = [*arguments[2:], *(a.arg for a in function.args.kwonlyargs)]
    for option in policy.options if function.args.kwarg is None else ():
        if option not in options:
            yield unknown(f"{place}.options.{option}", option, options, f"options of {policy.function}")
