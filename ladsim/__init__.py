"""ladsim: simulate a market climbing the customer loyalty ladder.

::

    scenario = ladsim.load("acquisition_vs_retention")
    history = ladsim.simulate(scenario, seed=7, sample=2000)
    ladsim.rung_counts(history)                        # a pandas table: month × rung
    duel = ladsim.compare(scenario, ["acquisition_first", "retention_first"], replications=40, sample=2000)
    ladsim.report(duel, "reports/duel.html")

To change …                                     open
-----------------------------------------------  ------------------------------------------
what a scenario file may say                     ``scenario/spec.py``
how a file's numbers become arrays               ``scenario/tables.py``
what happens in a customer's life                ``model/behaviour.py``
how luck is addressed                            ``streams.py``
what campaigns do; what policies may             ``model/plan.py``; ``engine/market.py``
who is next                                      ``engine/reference.py, engine/kernel.py``
the event log                                    ``engine/event_log.py``, ``engine/parquet.py``
a measure                                        ``measures/``
a closed form                                    ``theory/``
how strategies are compared, targets set         ``planning/``
the report                                       ``report/``
a command                                        ``cli/``

Names are loaded on first use, so that ``import ladsim`` costs nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "LadsimError": "errors",
    "ScenarioError": "errors",
    "load": "scenario.load",
    "loads": "scenario.load",
    "Scenario": "scenario.spec",
    "ready_strategies": "scenario.edit",
    "build": "world.build",
    "World": "world.build",
    "ReferralGraph": "world.graph",
    "simulate": "engine.run",
    "History": "engine.history",
    "same": "engine.history",
    "read_events": "engine.parquet",
    "replicate": "planning.run",
    "compare": "planning.compare",
    "Comparison": "planning.results",
    "Replications": "planning.results",
    "Targets": "planning.results",
    "set_targets": "planning.targets",
    "loyalty_wheel": "planning.wheel",
    "LoyaltyWheel": "planning.wheel",
    "potential": "planning.potential",
    "Potential": "planning.results",
    "again": "planning.reproduce",
    "holdout_results": "measures.holdout",
    "service_failures": "measures.loyalty",
    "report": "report",
    "rung_counts": "measures.ladder",
    "number_of_ambassadors": "measures.ladder",
    "flows": "measures.ladder",
    "conversion_rate": "measures.ladder",
    "cumulative_conversion": "measures.ladder",
    "goal_results": "measures.ladder",
    "new_customers": "measures.referral",
    "retention_curve": "measures.retention",
    "churn_share": "measures.retention",
    "churn_rate": "measures.retention",
    "win_backs": "measures.retention",
    "customer_lifetime": "measures.retention",
    "purchase_frequency": "measures.retention",
    "repurchase_rate": "measures.retention",
    "monthly_buyers": "measures.retention",
    "share_of_returning_customers": "measures.retention",
    "customer_lifetime_value": "measures.value",
    "customer_equity": "measures.equity",
    "income_statement": "measures.value",
    "expected_lifetime_value": "theory.lifetime",
    "expected_customer_equity": "theory.lifetime",
    "customer_acquisition_cost": "measures.value",
    "payback_months": "measures.value",
    "return_on_spend": "measures.value",
    "abc_curve": "measures.value",
    "net_promoter_score": "measures.loyalty",
    "nps_survey": "measures.loyalty",
    "program_value": "planning.programs",
    "program_results": "measures.loyalty",
    "program_members": "measures.loyalty",
    "purchase_frequency_after_joining": "measures.loyalty",
    "promoters_and_ambassadors": "measures.loyalty",
    "revenue_stability": "measures.stability",
    "price_sensitivity": "measures.price",
    "customer_referral_value": "measures.referral",
    "referral_factor": "measures.referral",
    "referral_trees": "measures.referral",
    "top_referrers": "measures.referral",
    "tree_sizes": "measures.referral",
    "money_by_cause": "measures.value",
    "discounted_profit": "measures.value",
    "present_value": "measures.value",
    "abc_classes": "measures.value",
    "wheel_scores": "measures.wheel",
    "wheel_spend": "measures.wheel",
    "wheel_losses": "measures.wheel",
    "wheel_moves": "measures.wheel",
    "explain": "measures.explanation",
    "explanations": "measures.explanation",
}

__all__ = sorted([*_HOMES, "__version__"])


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'ladsim' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"ladsim.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
