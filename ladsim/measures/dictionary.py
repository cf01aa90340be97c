"""Every measure by name: its unit, its source, its name in a study, and the functions that give it. Its texts are in ``i18n``.

One entry a measure. What it says, its formula, how to read it and its pitfalls stand in ``i18n/measures.LANGUAGE.toml``, in every
language, under the same name; ``explanation`` joins both. A study calls its numbers by the keys of ``Summary.scalars``; ``end_RUNG``
stands for one number per rung.

To add a measure: a line here and its texts in each language (a test asks for them).
"""

from __future__ import annotations

from typing import NamedTuple

NONE, ALL = 0.0, float("inf")
BOUNDS: dict[str, tuple[float, float]] = {  # of every unit that has them: what a number of it, and so its interval, cannot pass
    **dict.fromkeys(("share", "share a month"), (NONE, 1.0)),
    "points of NPS": (-100.0, 100.0),
    "0 to 10": (NONE, 10.0),
    "0 to 100": (NONE, 100.0),
    **dict.fromkeys(("people", "customers", "orders", "months", "orders a month"), (NONE, ALL)),
    **dict.fromkeys(("per customer and month", "share of the mean"), (NONE, ALL)),
}
END = "end_"  # a study's number of a rung is called end_RUNG


class Entry(NamedTuple):
    """What is the same in every language. `unit`, with _ for spaces, is a key of [units] in the texts."""

    unit: str
    source: str
    number: str = ""  # what a study calls it, where a study has it for the whole run
    functions: tuple[str, ...] = ()  # public functions that give it
    short: tuple[str, ...] = ()  # what people also call it


_FARRIS = "Farris, Bendle, Pfeifer & Reibstein (2010), Marketing Metrics"
_BREALEY = "Brealey & Myers (2003), Principles of Corporate Finance"
_SCHMITT = "Schmitt, Skiera & Van den Bulte (2011), Referral Programs and Customer Value"
_RAPHEL = "Raphel & Raphel (1995), Up the Loyalty Ladder"
_COX = "Cox & Oakes (1984), Analysis of Survival Data"
_GUPTA = "Gupta et al. (2006), Modeling Customer Lifetime Value"
_GALTON = "Watson & Galton (1875); Harris (1963), The Theory of Branching Processes"
_DOROTIC = "Dorotic, Bijmolt & Verhoef (2012), Loyalty Programmes: Current Knowledge and Research Directions"
_IFRS = "IFRS 15 (2014), B39–B47"
_FIELLER = "Farris, Bendle, Pfeifer & Reibstein (2010), Marketing Metrics; Fieller (1954), Some Problems in Interval Estimation"
_GORDON = "Gordon, Zettelmeyer, Bhargava & Chapsky (2019), A Comparison of Approaches to Advertising Measurement"
_LIU = "Liu (2007), The Long-Term Impact of Loyalty Programs"

ENTRIES: dict[str, Entry] = {
    "rung_counts": Entry("people", _RAPHEL, "end_RUNG", ("rung_counts",)),
    "number_of_ambassadors": Entry("people", _RAPHEL, "ambassadors_end", ("number_of_ambassadors",)),
    "flows": Entry("people", _FARRIS, "", ("flows",)),
    "conversion_rate": Entry("share a month", _FARRIS, "", ("conversion_rate", "cumulative_conversion")),
    "goal_results": Entry("share", "Doran (1981), There's a S.M.A.R.T. Way to Write Management's Goals", "", ("goal_results",)),
    "new_customers": Entry("people", _FARRIS, "new_customers", ("new_customers",)),
    "customers_end": Entry("people", _FARRIS, "customers_end"),
    "customers_ever": Entry("people", _FARRIS, "customers_ever"),
    "retention_rate": Entry(
        "share", "Fader & Hardie (2007), How to Project Customer Retention", "", ("retention_curve",), ("retention",)
    ),
    "churn_share": Entry("share a month", _FARRIS, "churn_share", ("churn_share",), ("churn",)),
    "churn_rate": Entry("per customer and month", f"{_FARRIS}; {_COX}", "churn_rate", ("churn_rate",)),
    "win_backs": Entry("people", "Griffin & Lowenstein (2001), Customer Winback", "win_backs", ("win_backs",), ("won_back",)),
    "customer_lifetime": Entry("months", _COX, "mean_lifetime_months", ("customer_lifetime",)),
    "orders": Entry("orders", _FARRIS, "orders"),
    "purchase_frequency": Entry(
        "orders a month", _FARRIS, "purchase_frequency", ("purchase_frequency", "ParetoNBD", "BGNBD", "MBGNBD")
    ),
    "purchase_frequency_after_joining": Entry("orders a month", _LIU, "", ("purchase_frequency_after_joining",)),
    "repurchase_rate": Entry("share", _FARRIS, "repurchase_rate", ("repurchase_rate", "monthly_buyers")),
    "share_of_returning_customers": Entry("share", _FARRIS, "returning_share", ("share_of_returning_customers",)),
    "referral_factor": Entry("customers", _GALTON, "referral_factor", ("referral_factor",), ("r",)),
    "referrals_per_customer": Entry("customers", _GALTON, "", ("sweep",), ("k_factor", "viral_coefficient")),
    "referred_customers": Entry("people", _SCHMITT, "referred_customers"),
    "referred_share": Entry("share", _SCHMITT, "referred_share", ("new_customers",), ("organic_growth",)),
    "customer_referral_value": Entry(
        "currency",
        "Kumar, Petersen & Leone (2010), Driving Profitability by Encouraging Customer Referrals",
        "referral_value",
        ("customer_referral_value", "top_referrers"),
        ("crv",),
    ),
    "referral_trees": Entry("customers", _GALTON, "", ("referral_trees", "tree_sizes")),
    "revenue": Entry("currency", _FARRIS, "revenue", ("income_statement",)),
    "contribution": Entry("currency", _FARRIS, "contribution", ("income_statement",)),
    "cost_to_serve": Entry("currency", _FARRIS, "cost_to_serve", ("income_statement",)),
    "spend": Entry("currency", _FARRIS, "spend", ("income_statement",)),
    "fixed_cost": Entry("currency", _FARRIS, "fixed_cost", ("income_statement",)),
    "profit": Entry("currency", _FARRIS, "profit", ("income_statement", "money_by_cause")),
    "discounted_profit": Entry("currency", _BREALEY, "discounted_profit", ("discounted_profit", "present_value")),
    "customer_acquisition_cost": Entry("currency", _FARRIS, "acquisition_cost", ("customer_acquisition_cost",), ("cac",)),
    "extra_customers": Entry("people", _GORDON, "", ("compare",), ("extra_customer", "extra_new_customers")),
    "extra_money": Entry("currency", _FARRIS, "", ("compare",)),
    "cost_per_extra_customer": Entry("currency", _FIELLER, "", ("compare",), ("cost_per_extra_new_customer", "marginal_cac")),
    "return_on_extra_money": Entry("currency per currency", _FIELLER, "", ("compare",), ("brings_back",)),
    "profitable_from_month": Entry("months", _BREALEY, "profitable_from_month", ("payback_months",)),
    "payback_months": Entry("months", _BREALEY, "", ("payback_months",), ("payback", "payback_month")),
    "return_on_spend": Entry("currency per currency", _FARRIS, "return_on_spend", ("return_on_spend",), ("romi", "roi")),
    "revenue_stability": Entry(
        "share of the mean",
        "Pearson (1896); Gruca & Rego (2005), Customer Satisfaction, Cash Flow, and Shareholder Value",
        "revenue_variation",
        ("revenue_stability",),
    ),
    "price_sensitivity": Entry(
        "per cent per per cent",
        "Allen & Lerner (1934), The Concept of Arc Elasticity of Demand; Bijmolt, van Heerde & Pieters (2005)",
        "",
        ("price_sensitivity",),
        ("price_elasticity", "elasticity"),
    ),
    "lifetime_value_contribution": Entry(
        "currency",
        _GUPTA,
        "lifetime_value_contribution",
        ("customer_lifetime_value", "expected_lifetime_value"),
        ("lifetime_value", "clv", "ltv"),
    ),
    "lifetime_value_revenue": Entry("currency", _GUPTA, "lifetime_value_revenue", ("customer_lifetime_value", "GammaGamma")),
    "customer_equity": Entry(
        "currency",
        "Blattberg & Deighton (1996), Manage Marketing by the Customer Equity Test; Rust, Lemon & Zeithaml (2004)",
        "customer_equity",
        ("customer_equity", "expected_customer_equity"),
    ),
    "abc_curve": Entry(
        "share",
        "Pareto (1896); Dickie (1951), ABC Inventory Analysis Shoots for Dollars",
        "",
        ("abc_curve", "abc_classes"),
        ("abc",),
    ),
    "net_promoter_score": Entry(
        "points of NPS",
        "Reichheld (2003), The One Number You Need to Grow",
        "nps_end",
        ("net_promoter_score", "nps_survey", "promoters_and_ambassadors"),
        ("nps",),
    ),
    "satisfaction": Entry(
        "0 to 10",
        "Oliver (1980), A Cognitive Model of … Satisfaction Decisions; Fornell et al. (1996)",
        "satisfaction_end",
        ("net_promoter_score", "service_failures"),
    ),
    "loyalty_wheel": Entry(
        "0 to 100",
        _FARRIS,
        "",
        ("wheel_scores", "wheel_spend", "wheel_losses", "wheel_moves"),
        ("wheel",),
    ),
    "members": Entry("people", _DOROTIC, "members_end", ("program_members",)),
    "active_share": Entry("share", _DOROTIC, "", ("program_results",)),
    "redemption_rate": Entry(
        "share",
        "Dorotic, Verhoef, Fok & Bijmolt (2014), Reward Redemption Effects in a Loyalty Program",
        "",
        ("program_results",),
    ),
    "breakage": Entry("share", _IFRS, "", ("program_results",)),
    "points_liability": Entry("currency", _IFRS, "", ("program_results",), ("liability",)),
    "incremental_profit": Entry(
        "currency", "Leenheer et al. (2007), Do Loyalty Programs Really Enhance Behavioral Loyalty?", "", ("program_value",)
    ),
    "uplift": Entry(
        "currency",
        "Gordon, Zettelmeyer, Bhargava & Chapsky (2019), A Comparison of Approaches to Advertising Measurement; Welch (1947)",
        "",
        ("holdout_results",),
        ("control_group", "test_group", "holdout"),
    ),
    "cost_per_extra_order": Entry("currency", _LIU, "", ("program_value",)),
}
