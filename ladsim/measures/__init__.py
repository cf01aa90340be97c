"""History → tables: what a strategist asks of a run, each number with its definition, formula, unit and source.

Counts are people of the whole market and amounts are currency: ``History`` holds simulated customers and amount units, the
measures scale. To add one: a function in the file of its subject, a line in ``dictionary.ENTRIES``, and in ``summary`` where a
study needs it.
"""

from __future__ import annotations

import importlib
from typing import Any

# Name → file; imported when first asked for, so that `import ladsim` stays light.
_HOMES = {
    "ladder": ["rung_counts", "number_of_ambassadors", "flows", "conversion_rate", "cumulative_conversion", "goal_results"],
    "retention": [
        "retention_curve",
        "churn_share",
        "churn_rate",
        "win_backs",
        "purchase_frequency",
        "repurchase_rate",
        "share_of_returning_customers",
        "monthly_buyers",
        "customer_lifetime",
    ],
    "value": [
        *["income_statement", "money_by_cause", "discounted_profit", "present_value", "customer_acquisition_cost"],
        *["customer_lifetime_value", "payback_months", "return_on_spend", "abc_curve", "abc_classes"],
    ],
    "equity": ["customer_equity"],
    "stability": ["revenue_stability"],
    "price": ["price_sensitivity"],
    "referral": ["new_customers", "referral_factor", "referral_trees", "tree_sizes", "top_referrers", "customer_referral_value"],
    "loyalty": [
        "net_promoter_score",
        "nps_survey",
        "promoters_and_ambassadors",
        "service_failures",
        "program_results",
        "program_members",
        "purchase_frequency_after_joining",
    ],
    "holdout": ["holdout_results"],
    "wheel": ["wheel_scores", "wheel_spend", "wheel_losses", "wheel_moves"],
    "uncertainty": [
        *["Interval", "VarianceSplit", "mean_interval", "share_interval", "quantile_fan", "paired_difference", "variance_split"],
    ],
    "summary": ["Summary", "summarise"],
    "explanation": ["Explanation", "Measure", "explain", "explanations", "study_measures"],
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
