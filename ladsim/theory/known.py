"""What of a scenario the closed forms know: a list of what is allowed, so that a key that is new to them is not taken for absent.

In: a scenario. Out: the keys that are set and that nothing here has heard of. A key is known where the chain reckons with it, where it
refuses it (``markov.reason_not``), or where no expectation of a rung's people or of a customer's value depends on it: names, texts,
what is spent, who is asked. A new key of a record stands in no list and must be at its default, until somebody has thought about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from ladsim.scenario.spec import Scenario

# By the record: what the chain reckons with or refuses; what changes none of its expectations.
KNOWN: dict[str, frozenset[str]] = {
    "Scenario": frozenset({
        "months", "market_size", "rungs", "steps", "basket", "order_kinds", "heterogeneity", "segments", "start",
        "arrivals", "word_of_mouth", "money", "channels", "tactics", "campaigns", "shocks", "policies", "programs",
        "prices", "seasons", "contacts", "engagement", "satisfaction", "amounts_include_vat", "schema_", "name", "title",
        "description", "language", "start_date", "currency", "population_seed", "goals", "sources", "strategies",
        "recommendation", "survey", "engine", "trade", "posterior",
    }),
    "Rung": frozenset({
        "off_ladder", "share", "people", "orders_per_month", "basket_factor", "messages_per_month", "cost_per_month", "entry_cost",
        "announces", "customer", "bought_before", "name", "label", "quality", "effort", "recommendation", "role", "source",
    }),
    "Step": frozenset({
        "from_", "to", "trigger", "monthly", "rate", "cumulative_share", "by_months", "probability", "beta", "gamma_shape", "from_order",
        "within_months", "months", "negative", "is_order", "satisfaction_effect", "covers_months", "refund_on_leaving", "source",
    }),
    "Segment": frozenset({
        "name", "label", "share", "people", "factors", "addressable_share", "conversion_factor", "margin", "source",
    }),
    "Money": frozenset({
        "margin", "cost_per_order", "fixed_cost_per_month", "discount_per_year", "returns", "source",
    }),
    "Arrival": frozenset({
        "to", "per_month", "from_month", "to_month", "source",
    }),
    "Campaign": frozenset({
        "channel", "tactic", "to", "segments", "from_month", "to_month", "monthly_spend", "setup_cost", "wrong_rung_share",
        "control_group_share", "contacts_per_month", "after", "delay_days", "lasts_days", "cost_per_contact", "contact_response",
        "running_cost_per_month", "points_factor", "name", "label", "source",
    }),
    "Price": frozenset({
        "name", "change", "from_month", "to_month", "elasticity", "per_rung", "leaving_elasticity", "climbing_elasticity",
        "quality_loss", "quality_loss_months", "source",
    }),
    "Season": frozenset({
        "factors", "on", "source",
    }),
    "Shock": frozenset({
        "name", "label", "from_month", "to_month", "effects", "source",
    }),
}  # fmt: skip


def unknown_keys(scenario: Scenario) -> list[str]:
    """Keys that are set and that the closed forms have not heard of, each with its table."""
    records: Iterable[BaseModel] = (
        scenario, scenario.money, *scenario.rungs, *scenario.steps, *scenario.segments, *scenario.arrivals, *scenario.campaigns, *scenario.prices,
        *scenario.seasons, *scenario.shocks,
    )  # fmt: skip
    return list(dict.fromkeys(key for record in records for key in _unknown(record)))


def _unknown(record: BaseModel) -> Iterator[str]:
    table = type(record).__name__
    for name, field in type(record).model_fields.items():
        if name not in KNOWN[table] and not _is_default(getattr(record, name), field.get_default(call_default_factory=True)):
            yield f"{table.lower()}.{name}"


def _is_default(value: Any, default: Any) -> bool:
    if default is PydanticUndefined:
        return False
    return bool(value == default) or (isinstance(value, Sequence) and not value and not default)
