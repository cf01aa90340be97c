"""Ready-made strategies at one budget: new customers first, the customers first, recommendations first, by rung, alike for all.

In: the raw tables of a scenario whose strategies say `ready = "by_rung"` and `monthly_budget`. Out: the same with the
campaigns of that strategy, from the library, whose spend adds up to the budget. `by_rung` gives each rung what fits it (potential
customers visibility, first-time customers onboarding, returning ones personal offers, loyal ones recognition, ambassadors thanks for
recommending); `balanced` spends on the same tactics alike, on everybody. What is meant for a role that no rung has goes to the others
in proportion. The shares are assumptions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ladsim.scenario.library import KINDS, in_language, is_sound, library, roles_of, tables_of, with_library

EVERYBODY = ("potential", "first_time", "returning", "loyal", "ambassador")
# What a strategy spends on: channel or tactic, its name, for which roles, and which share of the budget.
Part = tuple[str, str, tuple[str, ...], float]
READY: dict[str, tuple[Part, ...]] = {
    "acquisition_first": (
        ("channel", "search", ("potential",), 0.4),
        ("channel", "social_media", ("potential",), 0.4),
        ("tactic", "onboarding", ("first_time",), 0.2),
    ),
    "retention_first": (
        ("tactic", "onboarding", ("first_time",), 0.3),
        ("tactic", "personal_offers", ("returning",), 0.4),
        ("tactic", "recognition", ("loyal", "ambassador"), 0.1),
        ("tactic", "win_back", ("lapsed",), 0.2),
    ),
    "referral_first": (
        ("tactic", "referral_thanks", ("returning", "loyal", "ambassador"), 0.6),
        ("tactic", "community", ("loyal", "ambassador"), 0.4),
    ),
    "by_rung": (
        ("tactic", "attraction", ("potential",), 0.3),
        ("tactic", "onboarding", ("first_time",), 0.25),
        ("tactic", "personal_offers", ("returning",), 0.25),
        ("tactic", "recognition", ("loyal",), 0.1),
        ("tactic", "referral_thanks", ("ambassador",), 0.1),
    ),
    "balanced": tuple(
        ("tactic", name, EVERYBODY, 0.2)
        for name in ("attraction", "onboarding", "personal_offers", "recognition", "referral_thanks")
    ),
}
LABELS: dict[str, dict[str, str]] = {
    "acquisition_first": {"en": "New customers first", "da": "Nye kunder først", "nb": "Nye kunder først"},
    "retention_first": {"en": "Keep the customers first", "da": "Behold kunderne først", "nb": "Behold kundene først"},
    "referral_first": {"en": "Recommendations first", "da": "Anbefalinger først", "nb": "Anbefalinger først"},
    "by_rung": {"en": "What fits each rung", "da": "Det, der passer til hvert trin", "nb": "Det som passer til hvert trinn"},
    "balanced": {"en": "Alike for everybody", "da": "Lige meget til alle", "nb": "Like mye til alle"},
}  # fmt: skip


def with_ready(data: Mapping[str, Any]) -> dict[str, Any]:
    """Raw tables of a scenario with the campaigns of its ready-made strategies, and the library's tactics they name."""
    out = dict(data)
    strategies = data.get("strategies")
    if isinstance(strategies, Mapping) and is_sound(data):
        roles, language = roles_of(tables_of(data, "rungs")), str(data.get("language", "en"))
        out["strategies"] = {name: _with_campaigns(record, data, roles, language) for name, record in strategies.items()}
    return with_library(out)


def _with_campaigns(record: Any, data: Mapping[str, Any], roles: Mapping[str, str], language: str) -> Any:
    """A strategy with its ready-made campaigns before its own; one that has them already stays as it is."""
    if not isinstance(record, Mapping) or str(record.get("ready")) not in READY or not _is_amount(record.get("monthly_budget")):
        return record
    own = tables_of(record, "campaigns")
    if len(own) != len(record.get("campaigns") or ()):
        return record
    made = campaigns(str(record["ready"]), float(record["monthly_budget"]), roles)
    if {c["name"] for c in made} & {str(c.get("name")) for c in own}:
        return record
    made = [campaign | _label(campaign, data, language) for campaign in made]
    return {"label": in_language(LABELS[record["ready"]], language)} | dict(record) | {"campaigns": [*made, *own]}


def _is_amount(budget: Any) -> bool:
    """Whether a budget can be shared out; what is wrong with another one is said where it stands."""
    return isinstance(budget, int | float) and 0 <= budget < math.inf


def _label(campaign: Mapping[str, Any], data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """What a campaign is called in reports: as its tactic or channel is, in the file where that defines it, else in the library."""
    key, what = next((key, what) for key, what in KINDS.items() if what in campaign)
    own = [item for item in tables_of(data, key) if item.get("name") == campaign[what]]
    label = own[0].get("label") if own else in_language(library()[key][campaign[what]]["label"], language)
    return {"label": label} if label else {}


def campaigns(ready: str, budget: float, roles: Mapping[str, str]) -> list[dict[str, Any]]:
    """The campaigns of a ready-made strategy for rungs with these roles; their spend adds up to `budget` a month.

    >>> [(c["name"], c["to"], round(c["monthly_spend"])) for c in campaigns("acquisition_first", 900.0, {"lead": "potential"})]
    [('acquisition_first_search', ['lead'], 450), ('acquisition_first_social_media', ['lead'], 450)]
    """
    parts = [(part, [rung for rung, role in roles.items() if role in part[2]]) for part in READY[ready]]
    parts = [(part, to) for part, to in parts if to]
    whole = sum(part[3] for part, _ in parts)
    return [
        {"name": f"{ready}_{name}", what: name, "to": to, "monthly_spend": budget * share / whole}
        for (what, name, _, share), to in parts
    ]
