"""The tables that a comparison has beside those of its strategies' futures.

In: a `Comparison`. Out: tables by name, as ``tables.tables_of`` puts them first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ladsim.measures.value import profit_so_far
from ladsim.planning.tables import FAN, fans

if TYPE_CHECKING:
    from ladsim.planning.compare import Comparison


def own_tables(study: Comparison) -> dict[str, pd.DataFrame]:
    """What follows for the choice between the strategies."""
    return {
        "verdict": _said(
            {
                "verdict": study.verdict.splitlines(),
                "caveat": [study.caveat] if study.caveat else [],
                # That a study was stopped says how it came about, not what its futures hold: made again, it is not stopped.
                "note": study.notes[1:] if study.interrupted else study.notes,
            }
        ),
        "outcomes": study.outcomes,
        "extra": study.extra,
        "differences": study.differences,
        "difference_by_month": difference_by_month(study),
        "difference_by_cause": study.by_cause,
        "difference_by_step_and_rung": study.by_flow,
        "who_gained": study.who_gained,
        "sensitivity": study.sensitivity,
        "sensitivity_against_rival": study.rival_sensitivity.assign(rival=study.rival),
        "goals": study.goals,
        **({} if study.after_horizon.empty else {"after_horizon": study.after_horizon}),
        **({} if study.sure is None else {"until_sure": study.sure.table}),
        **({} if study.other_graphs.empty else {"other_graphs": study.other_graphs}),
    }


def difference_by_month(study: Comparison) -> pd.DataFrame:
    """How far the best strategy is ahead of each other one from the start until each month: strategy, month, mean, p05 … p95."""
    paths = {name: np.stack([profit_so_far(h) for h in run.histories]) for name, run in study.runs.items()}
    months, found = study.runs[study.best].histories[0].months, []
    for name in (n for n in study.runs if n != study.best):
        both = min(len(paths[study.best]), len(paths[name]))
        table = fans((paths[study.best][:both] - paths[name][:both])[:, :, None], months, "strategy", (name,))
        found.append(table[["strategy", "month", "mean", *FAN]])
    return pd.concat(found, ignore_index=True)


def _said(parts: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    return pd.DataFrame([[kind, text] for kind, texts in parts.items() for text in texts], columns=["kind", "text"])
