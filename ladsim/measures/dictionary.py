"""Every number a study reports: its title, unit, definition, formula and source, for people who read a report.

The keys are those of ``Summary.scalars``; ``end_RUNG`` stands for one number per rung.
"""

from __future__ import annotations

from typing import NamedTuple


class Measure(NamedTuple):
    """What a number means."""

    title: str
    unit: str
    definition: str
    formula: str
    source: str


_FARRIS = "Farris, Bendle, Pfeifer & Reibstein (2010), Marketing Metrics"
_BREALEY = "Brealey & Myers, Principles of Corporate Finance"

MEASURES: dict[str, Measure] = {
    "profit": Measure(
        "Profit",
        "currency",
        "Everything earned less everything it cost.",
        "contribution − cost to serve − spend − fixed costs",
        _FARRIS,
    ),
    "discounted_profit": Measure(
        "Discounted profit",
        "currency",
        "Profit at its worth at the start: later money counts less.",
        "Σ over days booked(d)·e^(−δ(d−½)/30), δ = ln(1+yearly rate)/12",
        _BREALEY,
    ),
    "revenue": Measure("Revenue", "currency", "What orders were worth, without VAT.", "Σ baskets", _FARRIS),
    "contribution": Measure(
        "Contribution",
        "currency",
        "What orders left after goods and handling.",
        "revenue × margin − orders × cost per order",
        _FARRIS,
    ),
    "cost_to_serve": Measure(
        "Cost to serve",
        "currency",
        "What people cost on their rungs, and entering them.",
        "Σ cost per month × months + entry costs",
        _FARRIS,
    ),
    "spend": Measure("Spend", "currency", "What campaigns and policies cost.", "Σ monthly spend + set-up costs", _FARRIS),
    "fixed_cost": Measure("Fixed costs", "currency", "What is paid whatever happens.", "fixed cost per month × months", _FARRIS),
    "return_on_spend": Measure(
        "Return on spend",
        "currency per currency",
        "What the whole business earned over its spend, per unit spent (compare strategies to see what the spend caused).",
        "(contribution − cost to serve − spend) ÷ spend",
        _FARRIS,
    ),
    "payback_month": Measure(
        "Payback month",
        "months",
        "When cumulative profit is at least 0 and stays so.",
        "first month start k with Σ profit up to j ≥ 0 for all j ≥ k",
        _BREALEY,
    ),
    "new_customers": Measure(
        "New customers",
        "people",
        "How many became customers for the first time.",
        "count of first orders or first entries to a customer rung",
        _FARRIS,
    ),
    "referred_customers": Measure(
        "Referred customers",
        "people",
        "New customers who came by somebody's word.",
        "count of new customers with a referrer",
        "Schmitt, Skiera & Van den Bulte (2011)",
    ),
    "referred_share": Measure(
        "Share by referral",
        "share",
        "How many of the new customers came by somebody's word.",
        "referred new customers ÷ new customers",
        "Schmitt, Skiera & Van den Bulte (2011)",
    ),
    "customers_end": Measure(
        "Customers at the end",
        "people",
        "How many stand on a customer rung at the end.",
        "count at the last month start",
        _FARRIS,
    ),
    "customers_ever": Measure(
        "Customers in all", "people", "How many were customers at some time.", "customers at the start + new customers", _FARRIS
    ),
    "orders": Measure("Orders", "orders", "Everything ordered.", "count", _FARRIS),
    "churn": Measure(
        "Churn rate",
        "share a month",
        "How fast customers leave the customer rungs.",
        "customers lost ÷ customer-months",
        "Cox & Oakes (1984); " + _FARRIS,
    ),
    "mean_lifetime_months": Measure(
        "Mean lifetime", "months", "How long a customer stays one.", "customer-months ÷ customers lost", "Cox & Oakes (1984)"
    ),
    "purchase_frequency": Measure(
        "Purchase frequency",
        "orders a month",
        "How often a customer orders.",
        "orders on customer rungs ÷ customer-months",
        _FARRIS,
    ),
    "repurchase_rate": Measure(
        "Repurchase rate",
        "share",
        "How many of the buyers came back.",
        "people with at least 2 orders ÷ people with at least 1",
        _FARRIS,
    ),
    "acquisition_cost": Measure(
        "Cost per new customer",
        "currency",
        "All spend, over all who came (those who would have come anyway, too).",
        "spend ÷ new customers",
        _FARRIS,
    ),
    "lifetime_value_revenue": Measure(
        "Lifetime value by revenue",
        "currency",
        "What a customer bought until the end of the study.",
        "revenue ÷ customers in all",
        "Gupta et al. (2006)",
    ),
    "lifetime_value_contribution": Measure(
        "Lifetime value by contribution",
        "currency",
        "What a customer's orders left until the end of the study, after goods and handling.",
        "contribution of their orders ÷ customers in all",
        "Gupta et al. (2006)",
    ),
    "referral_factor": Measure(
        "Referral factor R",
        "customers",
        "New customers won per advocate's lifetime; above 1 growth can feed on itself.",
        "referred new customers ÷ advocates who stopped",
        "Watson & Galton (1875); Harris (1963)",
    ),
    "referral_value": Measure(
        "Referral value",
        "currency",
        "What those whom one customer has brought are worth until the end of the study.",
        "(contribution − cost to serve) of referred customers ÷ customers who referred",
        "Kumar, Petersen & Leone (2010)",
    ),
    "end_RUNG": Measure(
        "On a rung at the end",
        "people",
        "How many stand on the rung at the end.",
        "count at the last month start",
        "loyalty ladder",
    ),
}
