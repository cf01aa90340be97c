"""What a campaign's control group says of it: the people it left alone on purpose beside the rest of those it is for.

    uplift = contribution per head of the rest − contribution per head of the control group
    its standard error = √(s²₀ ÷ n₀ + s²₁ ÷ n₁)    (two means of unequal variance; Welch 1947)
    brought = uplift × people of the rest

Who is in the group is drawn before anything happens, so the two differ by the campaign and by luck alone (a randomised experiment;
Gordon, Zettelmeyer, Bhargava & Chapsky 2019). Everybody in the campaign's segments counts, also who never stood on a rung that it
reaches: it is what the campaign did as it was run. Word of mouth from the rest to the control group makes the uplift smaller than what
the campaign does (interference): what the same market without it would have earned, a comparison of strategies says.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ladsim.engine.history import History
from ladsim.engine.holdout import HELD
from ladsim.errors import StudyError
from ladsim.measures.tidy import currency, people, ratio

_PEOPLE, _BUYERS, _ORDERS, _EARNED, _SQUARED = (
    HELD.index(name) for name in ("people", "buyers", "orders", "contribution", "contribution_squared")
)
_SIDES = ("control", "rest")


def holdout_results(history: History) -> pd.DataFrame:
    """Every campaign with a control group until the horizon, a row each: campaign, people_control, people_rest, buyers_control, buyers_rest,
    orders_control, orders_rest, contribution_control, contribution_rest, uplift, standard_error, low, high, brought, spend.

    Buyers are a share of the group; orders, contribution and uplift are per head, of the run's whole time; people, `brought` and
    `spend` are of the whole market. The error, and the interval of ± 1.96 of it, are those of the people simulated: with so many
    people each, √`history.scale` times smaller in the market itself. NaN for a group without anybody.
    Raises StudyError where no campaign has a control group, and where the history holds no rows per customer.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("restaurant"), strategy="welcome_back", sample=200, seed=1)
    >>> found = ladsim.measures.holdout_results(history)
    >>> found[["people_control", "people_rest", "uplift", "low", "high"]].round(1)
       people_control  people_rest  uplift     low   high
    0       3840.0      12160.0  -969.6 -2366.5  427.3
    """
    if not history.holdout_names:
        raise StudyError(
            "control_group_share: found no campaign that has one (or no rows per customer), must be at least one to be measured"
        )
    sums = history.holdouts
    heads = sums[..., _PEOPLE]
    table = pd.DataFrame({"campaign": history.holdout_names})
    for side, name in enumerate(_SIDES):
        table[f"people_{name}"] = people(history, heads[:, side])
    for what, place in (("buyers", _BUYERS), ("orders", _ORDERS), ("contribution", _EARNED)):
        for side, name in enumerate(_SIDES):
            table[f"{what}_{name}"] = ratio(sums[:, side, place], heads[:, side])
    mean = ratio(sums[..., _EARNED], heads)
    spread = np.maximum(sums[..., _SQUARED] - heads * mean**2, 0.0)
    table["uplift"] = table["contribution_rest"] - table["contribution_control"]
    table["standard_error"] = np.sqrt(ratio(ratio(spread, np.maximum(heads - 1.0, 0.0)), heads).sum(axis=1))
    table["low"], table["high"] = (table["uplift"] + sign * 1.96 * table["standard_error"] for sign in (-1.0, 1.0))
    table["brought"] = table["uplift"] * table["people_rest"]
    table["spend"] = [_spend(history, name) for name in history.holdout_names]
    return table


def _spend(history: History, name: str) -> float:
    """What a campaign has cost, in the currency; after an event: with its contacts and what running it costs."""
    own = [place for place, cause in enumerate(history.causes) if cause == name or cause.startswith(name + ":")]
    booked = history.money[:, own].sum() + history.market_money[:, own].sum()
    return 0.0 - float(currency(history, booked))
