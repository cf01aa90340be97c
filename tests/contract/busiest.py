"""A study that ladsim does not have: in which month people order most. Its parts and a line in ``studies.STUDIES`` are all it takes.

In: a scenario. Out: `Busiest`; its ``STUDY``, its ``VIEW`` and its command stand here, where a study of ladsim's has a file for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from ladsim.cli import options, outcome, screen
from ladsim.cli.request import Request, study_command
from ladsim.measures.tidy import people
from ladsim.planning import pairs
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.replications import OfOneStrategy, Replications
from ladsim.planning.run import replicate
from ladsim.planning.studies import Places, StudyKind
from ladsim.reporting import sections
from ladsim.reporting.page_model import Cell, Grid, Page, grid
from ladsim.reporting.view import Gist, View

LINE = Places(__name__, __name__, __name__)  # the line in the table of studies


@dataclass(frozen=True)
class Busiest(OfOneStrategy):
    """``months``: month, orders (mean, with its 95 % interval), busiest (whether it is)."""

    kind: ClassVar[str] = "busiest"

    strategy: str | None
    label: str
    since: int
    runs: Replications
    months: pd.DataFrame


@with_study_options(replications=6)
def busiest_month(scenario: Any, since: int = 1, *, strategy: str | None = None, **options: Unpack[StudyOptions]) -> Busiest:
    """In which month, of those from `since` on, people order most."""
    runs = replicate(scenario, strategy=strategy, **options)
    orders = np.stack([people(h, h.orders[since:].sum(axis=(1, 2))) for h in runs.histories])
    paired = bool(len(runs.parameters.columns))
    table = pd.DataFrame(
        [pairs.mean(orders[:, month], paired) for month in range(orders.shape[1])], columns=["orders", "low", "high"]
    )
    table.insert(0, "month", np.arange(since, since + len(table)))
    return Busiest(runs.strategy, runs.label, since, runs, table.assign(busiest=table["orders"] == table["orders"].max()))


def arguments_in(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """From which month on."""
    if not isinstance(manifest.get("since"), int):
        raise ValueError("its first month is missing")
    return {"since": manifest["since"]}


STUDY = StudyKind(
    again=lambda scenario, strategies, **given: busiest_month(scenario, strategy=strategies[0], **given),
    own_tables=lambda study: {"busiest": study.months},
    arguments=lambda study: {"since": study.since},
    arguments_in=arguments_in,
    columns={"busiest": ("", "people order most in this month"), "busiest.orders": ("orders", "mean number in the month")},
)


def said(study: Busiest) -> str:
    """The answer."""
    month = study.months.loc[study.months["busiest"], "month"].iloc[0]
    return f"{study.label}: most orders come in month {month}."


def table(study: Busiest) -> Grid:
    """Orders month by month."""
    rows = [[f"{row.month}", Cell(f"{row.orders:.0f}", f"{row.low:.0f} to {row.high:.0f}")] for row in study.months.itertuples()]
    return grid("Orders", ("month", "orders"), rows)


def page(study: Busiest, command: str = "", manifest: str = "") -> Page:
    """The answer, and the profit below."""
    rest = (sections.profit([study.runs], "Profit"),)
    return Page("The busiest month", study.source.heading, said(study), "", (), (), (table(study),), rest)


VIEW = View(page, gist=lambda study: Gist(said(study), (table(study),)), answer=lambda study: {"verdict": said(study)})


@study_command("say in which month people order most")
def busiest(*, strategy: options.OneStrategy = None, asked: Request) -> None:
    """Say in which month people order most."""
    name = options.known(asked.changed, strategy)
    outcome.announce(asked, 1)
    with outcome.simulating(asked) as progress:
        study = busiest_month(asked.scenario, strategy=name, **asked.options(progress))
    rows = [[f"{row.month}", f"{row.orders:.0f}"] for row in study.months.itertuples()]
    outcome.show(asked, lambda: said(study) + "\n" + screen.printed(screen.table("Orders", ["month", "orders"], rows)))
    outcome.finish(asked, study, [name])
