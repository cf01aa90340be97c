"""The loyalty wheel over many futures: what each spoke costs, moves and loses, and how strong it is, with how sure that is.

In: `Replications` of one strategy. Out: a `LoyaltyWheel`. What a score means stands in ``measures.wheel``; here are only means over
the futures with their 95 % intervals (pairs of one parameter draw count as one) and, for the score, where 90 % of the futures lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim.measures import wheel
from ladsim.measures.tidy import ratio
from ladsim.measures.uncertainty import quantile
from ladsim.measures.wheel import SPOKES, UNASSIGNED
from ladsim.planning import literature, pairs
from ladsim.planning.attainment import goals
from ladsim.planning.extra import beyond_nothing
from ladsim.planning.measure_table import ratio_by_future
from ladsim.planning.replications import OfOneStrategy, Replications
from ladsim.planning.run import replicate
from ladsim.planning.studies import StudyKind
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import BASE

Floats = NDArray[np.float64]
INNER = (0.05, 0.95)


@dataclass(frozen=True)
class LoyaltyWheel(OfOneStrategy):
    """The six spokes of one strategy. Each `low` and `high` is a 95 % interval of the mean before it.

    ===============  ======================================================================================================
    table            columns
    ===============  ======================================================================================================
    ``spokes``       spoke, score (0 to 100; + _low, _high, and _p05, _p95 over the futures), measured_by (what the score is a share
                     of; empty: nothing to measure it by), spend (+ _low, _high), spend_share, lost (people who left the ladder; +
                     _low, _high), fallen (to a lower rung; + _low, _high), lost_share, levers, touchpoints, in_use (whether a campaign or
                     programme is there; else the touchpoints are the library's); a last row "unassigned" where money has no spoke
    ``moves``        spoke, measure, of (step or programme), mean, low, high, unit
    ``losses``       spoke, rung, lost (+ …), fallen (+ …)
    ``levers``       spoke, lever, kind, spend (+ …)
    ===============  ======================================================================================================
    """

    kind: ClassVar[str] = "wheel"

    strategy: str | None
    label: str
    runs: Replications
    spokes: pd.DataFrame
    moves: pd.DataFrame
    losses: pd.DataFrame
    levers: pd.DataFrame

    @property
    def told(self) -> bool:
        """Whether there is enough to draw: at least half of the spokes can be measured."""
        return int(np.isfinite(self.spokes["score"]).sum()) >= len(SPOKES) // 2


def loyalty_wheel(runs: Replications) -> LoyaltyWheel:
    """The loyalty wheel of a strategy's futures: spokes, moves, losses, levers (see `LoyaltyWheel`).

    Raises nothing.

    >>> import ladsim
    >>> runs = ladsim.replicate(ladsim.load("acquisition_vs_retention"), replications=4, sample=200, processes=1)
    >>> ladsim.loyalty_wheel(runs).spokes["spoke"].tolist()
    ['attraction', 'onboarding', 'engagement', 'reward', 'feedback', 'repurchase']
    """
    paired, scenario = bool(len(runs.parameters.columns)), runs.scenario
    # So that the wheel's mean is the measure's own: all who bought again ÷ all who ever bought, in all futures together.
    known = list(zip(runs.histories, ratio_by_future(runs, "repurchase_rate"), strict=True))
    scores = [wheel.wheel_scores(history, scenario, repurchase=rate) for history, rate in known]
    moved = [wheel.wheel_moves(history, scenario, repurchase=rate) for history, rate in known]
    for measure in set(moved[0]["measure"]) & set(runs.summaries[0].ratios):
        for table, share in zip(moved, ratio_by_future(runs, measure), strict=True):
            table.loc[(table["measure"] == measure) & (table["of"] == ""), "value"] = share
    lost = [wheel.wheel_losses(history, scenario) for history in runs.histories]
    spent = [wheel.wheel_spend(history, scenario) for history in runs.histories]
    moves = _over(moved, ["spoke", "measure", "of"], {"value": "mean"}, paired, list(moved[0]["unit"]))
    moves = moves.rename(columns={"mean_low": "low", "mean_high": "high"}).assign(unit=moved[0]["unit"])
    levers = _over(spent, ["spoke", "lever", "kind"], {"spend": "spend"}, paired)
    return LoyaltyWheel(
        runs.strategy,
        runs.label,
        runs,
        _spokes(scores, spent, lost, runs, paired),
        moves,
        _over(lost, ["spoke", "rung"], {"lost": "lost", "fallen": "fallen"}, paired, ["people"] * len(lost[0])),
        levers,
    )


def _spokes(
    scores: Sequence[pd.DataFrame], spent: Sequence[pd.DataFrame], lost: Sequence[pd.DataFrame], runs: Replications, paired: bool
) -> pd.DataFrame:
    """The main table: a row per spoke, and one for money without any."""
    by_future = np.stack([table["score"].to_numpy(float) for table in scores])  # (N, spokes)
    named = [*SPOKES, UNASSIGNED] if (spent[0]["spoke"] == UNASSIGNED).any() else [*SPOKES]
    money = _summed(spent, "spend", named)
    gone, fallen = (_summed(lost, column, named) for column in ("lost", "fallen"))
    places = wheel.touchpoints(runs.scenario)
    rows = []
    for place, spoke in enumerate(named):
        row: dict[str, object] = {"spoke": spoke}
        row |= _score(by_future[:, place] if place < len(SPOKES) else np.full(len(scores), np.nan), paired)
        row["measured_by"] = next((by for table in scores if place < len(SPOKES) and (by := table["measured_by"][place])), "")
        row |= _three("spend", money[:, place], paired)
        row["spend_share"] = float(ratio(money[:, place].mean(), money.mean(axis=0).sum()))
        row |= _three("lost", gone[:, place], paired, "people") | _three("fallen", fallen[:, place], paired, "people")
        row["lost_share"] = float(ratio(gone[:, place].mean(), gone.mean(axis=0).sum()))
        levers = list(spent[0].loc[spent[0]["spoke"] == spoke, "lever"])
        where, used = places.get(spoke, ((), True))
        row |= {"levers": ", ".join(levers), "touchpoints": ", ".join(where), "in_use": used or bool(levers)}
        rows.append(row)
    return pd.DataFrame(rows)


def _score(values: Floats, paired: bool) -> dict[str, float]:
    """A score's mean, its interval within 0 to 100, and where 90 % of the futures lie."""
    known = values[np.isfinite(values)]
    low, high = quantile(known, INNER) if known.size else (np.nan, np.nan)
    return {**_three("score", values, paired, "0 to 100"), "score_p05": float(low), "score_p95": float(high)}


def _summed(tables: Sequence[pd.DataFrame], column: str, spokes: Sequence[str]) -> Floats:
    """A column's sum by spoke in every future, (N, spokes); every future's table has the same rows."""
    values = np.stack([table[column].to_numpy(float) for table in tables])
    own = tables[0]["spoke"].to_numpy()
    return np.stack([values[:, own == spoke].sum(axis=1) for spoke in spokes], axis=1)


def _over(
    tables: Sequence[pd.DataFrame], keys: list[str], columns: dict[str, str], paired: bool, units: Sequence[str] | None = None
) -> pd.DataFrame:
    """Tables of equal rows as one, each column its mean with its interval; `units`: those of the rows."""
    out = tables[0][keys].copy()
    for column, name in columns.items():
        values = np.stack([table[column].to_numpy(float) for table in tables])
        found = pd.DataFrame(
            [_three(name, values[:, row], paired, units[row] if units else "") for row in range(len(out))],
            columns=_ends(name),
            index=out.index,
        )
        out[_ends(name)] = found
    return out


def _ends(name: str) -> list[str]:
    return [name, f"{name}_low", f"{name}_high"]


def _three(name: str, values: Floats, paired: bool, unit: str = "") -> dict[str, float]:
    """A mean and its interval, as columns."""
    return dict(zip(_ends(name), pairs.of_unit(values, unit, paired), strict=True))


def tables(wheel: LoyaltyWheel) -> dict[str, pd.DataFrame]:
    """The wheel's tables with its strategy, by the names of their files."""
    found = {"wheel": wheel.spokes, "wheel_moves": wheel.moves, "wheel_losses": wheel.losses, "wheel_levers": wheel.levers}
    name = wheel.strategy or BASE
    return {key: table.assign(strategy=name)[["strategy", *table.columns]] for key, table in found.items()}


def _again(scenario: Scenario, strategies: Sequence[str | None], **given: Any) -> LoyaltyWheel:
    """The wheel of a manifest."""
    return loyalty_wheel(replicate(scenario, strategy=strategies[0], **given))


COLUMNS = {
    "spoke": ("", "of the loyalty wheel; unassigned: of no spoke"),
    "score": ("0 to 100", "100 × the share that measured_by names, mean; a convention (ladsim explain loyalty_wheel)"),
    "measured_by": ("", "what the score is a share of; empty: nothing to measure it by"),
    "spend_share": ("share", "of all that is spent"),
    "lost": ("people", "mean number who left the ladder from there"),
    "fallen": ("people", "mean number who fell to a lower rung from there"),
    "lost_share": ("share", "of all who left the ladder"),
    "levers": ("", "campaigns, policies and programmes under the spoke"),
    "lever": ("", "campaign, policy or programme"),
    "touchpoints": ("", "where customers meet the spoke"),
    "in_use": ("", "a campaign or programme is there; else the touchpoints are a proposal"),
    "of": ("", "step or programme that the measure is about"),
    "wheel_moves.measure": ("", "what the spoke is there to move; step: people who took it"),
    "wheel.spend": ("currency", "mean cost of its campaigns and programmes"),
    "wheel_levers.spend": ("currency", "mean cost of the lever"),
    "wheel_moves.mean": ("as the column unit says", "mean over the futures"),
    "wheel_moves.low": ("as the column unit says", "lower limit of the 95 % interval of the mean"),
    "wheel_moves.high": ("as the column unit says", "upper limit of the 95 % interval of the mean"),
}
STUDY = StudyKind(
    again=_again,
    own_tables=lambda wheel: {**tables(wheel), "goals": goals(wheel.runs), **beyond_nothing(wheel.runs)},
    last_tables=lambda wheel: literature.tables(wheel.runs),
    arguments=lambda wheel: {"with_nothing": wheel.runs.nothing is not None},
    arguments_in=lambda manifest: {"with_nothing": manifest.get("with_nothing") is True},
    columns={**COLUMNS, **literature.COLUMNS},
)
