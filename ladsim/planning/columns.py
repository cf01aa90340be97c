"""What the columns of a study's tables mean, and their units.

In: tables by name. Out: a table of table, column, unit, meaning, one row per column. A column means the same in every table, unless
``COLUMNS`` has a line "table.column". Columns that only one kind of study has stand in its own file (``StudyKind.columns``).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ladsim.planning.program_months import FAN
from ladsim.planning.studies import Study, kind_of

Meanings = Mapping[str, tuple[str, str]]
# Column → unit ("currency" becomes the scenario's) and meaning. "table.column" goes first.
COLUMNS: Meanings = {
    "strategy": ("", "name of the strategy; base is the scenario as it stands. In differences: the other strategy"),
    "label": ("", "what the strategy is called"),
    "month": ("months", "time since the start; of what happens in a month: the month's end"),
    "rung": ("", "rung of the ladder, or state beside it"),
    "step": ("", "FROM.TO, with the trigger where several lead that way; with kind rung: a rung"),
    "cause": ("", "what the money was booked to: income positive, costs negative"),
    "kind": ("", "which kind of thing the row is about"),
    "text": ("", "the sentence"),
    "goal": ("", "goal of the file"),
    "meets": ("", "at least: more is better; at most: fewer is better"),
    "key": ("", "dotted key of a number of the scenario"),
    "source": ("", "where the number comes from"),
    "law": ("", "what is believed about an uncertain number"),
    "is_assumption": ("", "no evidence is named for the number"),
    "decided": ("", "the firm decides this number (spend)"),
    "acts": ("", "the number can change something in what was played"),
    "replication": ("", "number of the future; luck stream"),
    "draw": ("", "number of the parameter draw, shared by two futures"),
    "measure": ("", "name of the measure: ladsim explain says what it means"),
    "name": ("", "what it is called in the scenario's language"),
    "sd": ("as the column unit says", "standard deviation over the futures"),
    "futures": ("futures", "in how many the number exists"),
    "unit": ("", "unit of the value"),
    "value": ("as the key or the unit says", "the number"),
    "wanted": ("people or share", "what the goal asks for"),
    "median": ("people or share", "what half of the futures reach, by the rule of what to expect in targets"),
    "by_month": ("months", "until when"),
    "probability": ("share", "share of the futures that meet the goal"),
    "spend": ("currency", "mean cost of campaigns and policies"),
    "profit": ("currency", "mean profit over the whole time"),
    "discounted_profit": ("currency", "mean profit at its worth at the start"),
    "discounted_mean": ("currency", "mean difference of discounted profit"),
    "revenue": ("currency", "mean revenue over the whole time"),
    "new_customers": ("people", "mean number of new customers"),
    "p_best": (
        "share",
        "share of the futures in which the strategy earns most, less what is due to having been chosen in them; ties share",
    ),
    "p_better": (
        "share",
        "share of the futures in which the better of the two is ahead, less what is due to having been chosen in them; a tie is half",
    ),
    "payback_month": ("months", "from when on the strategy is ahead of the scenario as it stands; empty: not within the time"),
    "extra_money": ("currency", "spend and what programmes cost, less the same of base, mean"),
    "extra_profit": ("currency", "profit less that of base, mean"),
    "extra_customers": ("people", "customers at the end less those of base, mean"),
    "extra_new_customers": ("people", "new customers less those of base, mean"),
    "cost_per_extra_customer": ("currency", "extra_money ÷ extra_customers; empty: see why"),
    "cost_per_extra_new_customer": (
        "currency",
        "extra_money ÷ extra_new_customers; empty where it is not sure that there are any",
    ),
    "return_on_extra_money": ("currency per currency", "(extra_profit + extra_money) ÷ extra_money; 1: it just came back"),
    "why": (
        "",
        "no cost per extra customer: few futures, no_money, money_unsure, saves, unsure (perhaps no extra customers), fewer",
    ),
    "payback": ("months", "95 % interval of the payback month; empty: not within the time"),
    "spread_sd": (
        "currency",
        "standard deviation of the difference over futures of the whole market (luck of a sample shrunk to it)",
    ),
    "share_luck": ("share", "share of that variance that is luck"),
    "share_not_knowing": ("share", "share of that variance that comes from uncertain numbers"),
    "break_even_month": ("months", "from when on the best stays ahead; empty: not within the time"),
    "break_even": ("months", "95 % interval of the break-even month; empty: not within the time"),
    "share": ("share", "squared rank correlation of the difference with the number, over parameter draws"),
    "share_low": ("share", "lower 95 % limit of that share"),
    "direction": ("", "1: more of the number favours the best strategy; -1: less of it does"),
    "p_value": ("share", "chance that luck alone shows such a share for any of the numbers"),
    "low_value": ("as the key says", "middle of the number's lower half"),
    "high_value": ("as the key says", "middle of the number's upper half"),
    "difference_low": ("currency", "mean difference in the lower half"),
    "difference_high": ("currency", "mean difference in the upper half"),
    "turns": ("", "the difference has another sign in the upper half than in the lower"),
    "best": ("as the mean", "mean of the best strategy"),
    "other": ("as the mean", "mean of this strategy"),
    "mean": ("", "mean over the futures"),
    "segment": ("", "part of the market; everybody where the file has no segments"),
    "people": ("people", "how many there are, on any rung"),
    "people_start": ("people", "who stands there at the start"),
    "people_end": ("people", "mean number of those who stand there at the end"),
    "customers_end": ("people", "mean number of customers at the end"),
    "referred_share": ("share", "new customers who came by somebody's word"),
    "person_months": ("people × months", "time spent there"),
    "orders": ("orders", "mean number of orders"),
    "orders_per_month": ("orders a month", "of one who stands there; of a segment: of one of its customers"),
    "churn_share": ("share a month", "of the customers at a month's start those who are none at its end, over all whole months"),
    "churn_rate": ("per customer and month", "departures ÷ time spent as customers"),
    "contribution": ("currency", "what orders left after goods and handling, mean"),
    "contribution_per_customer": (
        "currency",
        "contribution ÷ (customers at the start + new customers + lost ones of the start who came back)",
    ),
    "cost_to_serve": ("currency", "what people cost on their rungs and entering them, mean"),
    "taken": ("people", "mean number of times the step was taken"),
    "conversion": ("share", "of all who ever stood on the rung left"),
    "cohort": ("months", "month in which they became customers; 0: customers from the start"),
    "age": ("months", "month starts since then"),
    "size": ("people", "mean number who became customers in that month"),
    "kept": ("people", "mean number of them who are customers at that age"),
    "share_kept": ("share", "kept ÷ size"),
    "share_of_customers": ("share", "best customers first"),
    "share_of_contribution": ("share", "of all contribution, mean"),
    "tree_size": ("simulated customers", "customers in one referral tree"),
    "trees": ("trees", "mean number of such trees among the simulated customers"),
    "program": ("", "name of the programme"),
    "level": ("", "level of the programme"),
    "what": (
        "",
        "which number of the programme, or of recommendation, the row is about: people, orders, points, currency or share",
    ),
    "campaign": ("", "name of the campaign"),
    "triggered_campaigns.campaign": ("", "name of the campaign that an event sets off; its members are those under its effect"),
    "people_control": ("people", "in the campaign's segments and in its control group, mean"),
    "people_rest": ("people", "in the campaign's segments and not in its control group, mean"),
    "buyers_control": ("share", "of the control group with an order"),
    "buyers_rest": ("share", "of the rest with an order"),
    "orders_control": ("orders", "per head of the control group"),
    "orders_rest": ("orders", "per head of the rest"),
    "contribution_control": ("currency", "per head of the control group"),
    "contribution_rest": ("currency", "per head of the rest"),
    "uplift": ("currency", "contribution per head of the rest less that of the control group, mean"),
    "standard_error": ("currency", "of the uplift that one test in the market finds"),
    "asked": ("people", "customers asked in the survey"),
    "answers": ("people", "customers who answered"),
    "nps": ("points of NPS", "score that the survey found, in the future nearest to the median"),
    "true": ("points of NPS", "score of all customers in that future"),
    "survey.standard_error": ("points of NPS", "of the survey's score"),
    "control_groups.uplift_low": ("currency", "lower limit of what 95 % of tests in the market find"),
    "control_groups.uplift_high": ("currency", "upper limit of what 95 % of tests in the market find"),
    "chance_noticed": ("share", "chance that a test at 5 % tells the uplift from nothing"),
    "brought": ("currency", "uplift × people of the rest: what the test makes of the campaign, before its spend"),
    "assumptions.low": ("as the key says", "5 % of the belief lie below"),
    "assumptions.high": ("as the key says", "5 % of the belief lie above"),
}
# Unit of means, quantiles and their limits, by table.
_OF_TABLE = {
    "measures": "as the column unit says",
    "rungs": "people", "steps": "people", "conversion": "share", "money": "currency", "profit": "currency", "differences": "currency",
    "profit_after_horizon": "currency",
    "program_results": "as the column what says", "program_members": "people", "recommendation": "as the column what says",
    "triggered_campaigns": "as the column what says",
    "difference_by_month": "currency", "difference_by_cause": "currency", "difference_by_step_and_rung": "people",
}  # fmt: skip


def meanings_of(study: Study) -> Meanings:
    """What the columns of a study's tables mean: those of all studies, and those of its kind."""
    return {**COLUMNS, **kind_of(study).columns}


def columns_of(tables: Mapping[str, pd.DataFrame], currency: str, known: Meanings = COLUMNS) -> pd.DataFrame:
    """What every column of every table means: table, column, unit, meaning. `known`: see ``meanings_of``."""
    rows = [[name, column, *meaning(name, column, currency, known)] for name, table in tables.items() for column in table.columns]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])


def meaning(table: str, column: str, currency: str, known: Meanings = COLUMNS) -> tuple[str, str]:
    """Unit and meaning of a column of a table."""
    stem, _, end = column.rpartition("_")
    if f"{table}.{column}" in known or column in known:
        unit, meaning = known.get(f"{table}.{column}") or known[column]
    elif end in ("low", "high") and stem in known:
        unit, meaning = known[stem][0], f"{'lower' if end == 'low' else 'upper'} limit of the 95 % interval of {stem}"
    elif column in ("low", "high"):
        unit, meaning = "", f"{'lower' if column == 'low' else 'upper'} limit of the 95 % interval of the mean"
    else:
        unit, meaning = known[stem][0] if stem in known else "", f"{end[1:]} % of the futures lie below"
    return (unit or (_OF_TABLE.get(table, "") if column in ("low", "high", *FAN) else "")).replace("currency", currency), meaning
