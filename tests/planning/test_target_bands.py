"""Lines to watch on the way to a target, luck apart from lack of knowledge, all goals at once: against numbers counted by hand.

Tests: ``reporting/target_bands.py``.
"""

from __future__ import annotations

import datetime
import math
from dataclasses import replace

import numpy as np
import pytest

from ladsim.i18n import Locale
from ladsim.i18n.numerals import DASH
from ladsim.planning import target_bands
from ladsim.planning.attainment import Attainment
from ladsim.planning.compare import Comparison
from ladsim.planning.replications import Replications
from ladsim.planning.targets import Targets, targets
from ladsim.reporting import target_bands as shown
from ladsim.reporting.page import page_html
from ladsim.scenario.naming import Namer
from ladsim.scenario.spec import Goal

MIDDLE = [4, 1, 2, 3, 5, 6, 7, 8, 9, 10]  # customers in units at month 2 of the futures that have 1 … 10 at month 4


@pytest.fixture
def known(duel: Comparison) -> Replications:
    """Ten futures: 1 … 10 tens of customers at month 4, at month 2 nearly in the same order; as many fewer leads, k lapsed."""
    history, histories = duel.runs["base"].histories[0], []
    for end, middle in zip(range(1, 11), MIDDLE, strict=True):
        counts = history.counts.copy()
        for month in range(1, len(counts)):
            counts[month] = [[100 - 10 * end, 10 * end, 0, 0]]
        counts[2] = [[100 - 10 * middle, 10 * middle, 0, 0]]
        histories.append(replace(history, counts=counts, flows=np.zeros_like(history.flows), scale=1.0))
    run = duel.runs["base"]
    return replace(run, histories=tuple(histories), summaries=run.summaries[:1] * 10, parameters=run.parameters[[]].iloc[:0])


def test_lines_of_known_numbers(known: Replications) -> None:
    """Nine of ten futures have at least 20: the warning line at both months. Below it at month 2 is the second future alone, which meets the
    commit at month 4 all the same; of the nine others eight do. Ten futures are too few for an alarm line."""
    found = targets(known, 4)
    row = found.watched.set_index(["month", "rung"]).loc[(2.0, "customer")]
    assert (row["warning"], row["meets"], row["month_name"]) == (20.0, "at least", "February\xa02027")
    assert row["kept_if_warned"] == 1.0 and row["kept_if_fine"] == pytest.approx(8 / 9)
    assert row["kept_if_warned_low"] < 0.5 < row["kept_if_warned_high"] == 1.0  # one future tells little
    assert row["kept_if_fine_low"] < 8 / 9 < row["kept_if_fine_high"]
    assert math.isnan(row["alarm"]) and math.isnan(row["kept_if_alarmed"])
    ever = found.ever.set_index("rung").loc["customer"]
    assert ever["ever_warned"] == 0.2 and math.isnan(ever["ever_alarmed"]), "the first at month 1, 3, 4, the second at month 2"
    lapsed = found.watched.set_index(["month", "rung"]).loc[(4.0, "lapsed")]
    assert lapsed["meets"] == "at most" and lapsed["kept_if_fine"] == 1.0 and math.isnan(lapsed["kept_if_warned"])


def test_the_warning_line_is_the_commit_of_its_month(known: Replications) -> None:
    """One number in both tables, at every month; the last is the target."""
    found = targets(known, 4)
    both = found.watched.merge(found.checkpoints, on=["month", "rung"])
    assert len(both) == len(found.watched) and (both["warning"] == both["commit"]).all()
    assert (both["expect_x"] == both["expect_y"]).all()


def test_luck_alone_of_known_pairs() -> None:
    """Two draws, 100 apart, two futures of each 2 apart: luck has variance 2; without lack of knowledge they lie around the mean of all."""
    values = np.array([1.0, 3.0, 101.0, 103.0])
    alone = target_bands.by_luck(values)
    assert alone.var(ddof=0) == pytest.approx(2.0) and alone.mean() == values.mean()


def test_luck_and_lack_of_knowledge_add_up(duel: Comparison) -> None:
    """Where luck is nearly nothing the promise with known numbers is the middle; shares of both add up to 1."""
    run = duel.runs["base"]
    histories, parameters = [], run.parameters.iloc[[0] * 40].assign(key=np.repeat(np.arange(20.0), 2))
    for k in range(40):
        counts = run.histories[0].counts.copy()
        counts[4] = [[10, *[1000 + 100 * (k // 2) + k % 2] * 2, 0]]
        histories.append(replace(run.histories[0], counts=counts, scale=1.0))
    many = replace(run, histories=tuple(histories), summaries=run.summaries[:1] * 40, parameters=parameters)
    found = targets(many, 4)
    row = found.luck.set_index("rung").loc["customer"]
    assert row["share_not_knowing"] > 0.99 and row["share_luck"] + row["share_not_knowing"] == pytest.approx(1.0)
    assert row["commit_if_known"] == pytest.approx(1000 + 950 + 0.5, abs=1.0) and row["commit"] < 1400
    assert "comes from what is not known" in shown.luck(found, Namer(found.source))
    edge = {"share_luck": 1.0, "share_luck_low": 1.0, "share_luck_high": 1.0}
    open_still = replace(found, luck=found.luck.assign(**edge))
    assert "from 20 draws of the uncertain numbers it cannot be told" in shown.luck(open_still, Namer(found.source))
    section = shown.luck_section(open_still, Namer(found.source))
    assert section is not None
    assert all([cell.text for cell in row[-2:]] == [DASH, DASH] for row in section.items[0].rows)


def test_all_goals_at_once(known: Replications) -> None:
    """Six of ten futures have at least 50 customers at month 4, four at most 40 at month 2 …: both are met in those where both are."""
    goals = (Goal(rung="customer", number=50, by_month=4.0), Goal(rung="customer", number=60, by_month=2.0))
    found = targets(replace(known, source=known.source.model_copy(update={"goals": goals})), 4)
    row = found.goals_at_once.iloc[0]
    wanted = np.mean([end >= 5 and middle >= 6 for end, middle in zip(range(1, 11), MIDDLE, strict=True)])
    assert row["goals"] == 2 and row["probability"] == wanted == 0.5
    assert row["probability_low"] < 0.5 < row["probability_high"]
    assert (
        shown.goals_at_once(found, Locale("en"))
        .replace("\xa0", " ")
        .startswith("All goals of the file (2) are met in the same future with 50 %")
    )
    alone = replace(known, source=known.source.model_copy(update={"goals": goals[:1]}))
    assert shown.goals_at_once(targets(alone, 4), Locale("en")) == ""
    assert targets(replace(known, source=known.source.model_copy(update={"goals": ()})), 4).goals_at_once.empty


def test_months_bear_their_names_and_the_page_its_lines(known: Replications) -> None:
    """With a start_date the table, the checkpoints and the warning lines name the calendar's months, in the file's language."""
    source = known.source.model_copy(update={"start_date": datetime.date(2027, 1, 1), "language": "da"})
    found: Targets = targets(replace(known, source=source), 4)
    assert set(found.watched["month_name"]) == {"januar\xa02027", "februar\xa02027", "marts\xa02027", "april\xa02027"}
    page = page_html(found)
    assert "Hvornår man skal reagere" in page and page.count("februar\xa02027") >= 2
    reached = Attainment(known.histories)
    assert set(target_bands.watched(reached, 4, False, Locale("en"))["month_name"]) == {""}
