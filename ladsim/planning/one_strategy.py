"""The study of one strategy's futures, ``ladsim run``: goals, what it brings beyond doing nothing, its loyalty wheel.

In: `Replications`. Out: the tables that they have beside those of all studies. The futures themselves come from ``run.replicate``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ladsim.planning import literature, wheel
from ladsim.planning.after_horizon import COLUMNS as AFTER_COLUMNS
from ladsim.planning.after_horizon import extra_after
from ladsim.planning.attainment import goals
from ladsim.planning.extra import beyond_nothing
from ladsim.planning.replications import Replications
from ladsim.planning.run import replicate
from ladsim.planning.studies import StudyKind


def own_tables(runs: Replications) -> dict[str, pd.DataFrame]:
    """The goals of the file, and what the strategy brings beyond the market in which nothing is done, then and later."""
    later = extra_after(runs.futures, runs.nothing) if runs.nothing is not None else pd.DataFrame()
    return {"goals": goals(runs), **beyond_nothing(runs), **({} if later.empty else {"after_horizon": later})}


def arguments(runs: Replications) -> dict[str, Any]:
    """Whether the market in which nothing is done was played, too."""
    return {"with_nothing": runs.nothing is not None}


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The same, by the name that ``replicate`` takes."""
    return {"with_nothing": manifest.get("with_nothing") is True}


STUDY = StudyKind(
    again=lambda scenario, strategies, **given: replicate(scenario, strategy=strategies[0], **given),
    own_tables=own_tables,
    last_tables=lambda runs: wheel.tables(wheel.loyalty_wheel(runs)) | literature.tables(runs),
    arguments=arguments,
    arguments_in=arguments_in,
    columns={**wheel.COLUMNS, **AFTER_COLUMNS, **literature.COLUMNS},
)
