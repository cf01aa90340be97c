"""Satisfaction: who would recommend us, what a survey would have found, what went wrong.

    net promoter score = 100 · (promoters − detractors) ÷ customers      (Reichheld 2003)
    its standard error in a survey of n = 100 · √((p₊ + p₋ − (p₊ − p₋)²) ÷ n)  (Rocks 2016)

Promoters and those on the ambassador rung are not the same people: the one is what customers say, the other what they do. Counts are
people of the whole market.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ladsim import streams
from ladsim.engine.history import History
from ladsim.errors import StudyError
from ladsim.measures.tidy import Floats, people, ratio
from ladsim.model.layout import MOODS
from ladsim.scenario.opinion_spec import Survey

_PARTS = 1e6  # of a point of satisfaction, as ``model.satisfaction`` counts it
_HUNDRED = 100.0
_SUM = MOODS.index("satisfaction")


def net_promoter_score(history: History, *, by: Literal["segment", "rung"] | None = None) -> pd.DataFrame:
    """Promoters, passives and detractors among customers at every month start, and the score: month, [by], …, nps, satisfaction.

    Unit: people of the whole market; the score from −100 to 100; satisfaction from 0 to 10, the mean. Over everybody on a rung that
    counts as customers (with `by="rung"` over each rung apart), so without sampling error. Source: Reichheld (2003).
    Raises StudyError where the scenario has no satisfaction, and where `by` is none of "segment", "rung" and None.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), sample=200, seed=1)
    >>> ladsim.measures.net_promoter_score(history).round(2).head(2)
       month  promoters  passives  detractors    nps  satisfaction
    0    0.0      210.0    1260.0       560.0 -17.24           7.0
    1    1.0      350.0    1190.0       490.0  -6.90           7.1
    """
    moods, names = _moods(history, by)
    groups = len(names)
    heads = moods[:, :, :_SUM].sum(axis=2)
    table = pd.DataFrame({"month": np.repeat(history.months, groups)})
    if by is not None:
        table[by] = names * len(history.months)
    for place, mood in enumerate(MOODS[:_SUM]):
        table[mood] = people(history, moods[:, :, place]).ravel()
    table["nps"] = _HUNDRED * ratio(moods[:, :, 0] - moods[:, :, 2], heads).ravel()
    table["satisfaction"] = ratio(moods[:, :, _SUM] / _PARTS, heads).ravel()
    return table


def _moods(history: History, by: str | None) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(M+1, groups, moods) of customers, and the groups' names."""
    if history.moods.size == 0:
        raise StudyError(
            "satisfaction: found none in this scenario, must be there to ask who would recommend: give it a table [satisfaction]"
        )
    moods = history.moods
    if by == "rung":
        return moods.sum(axis=1), history.rung_names
    customers = moods[:, :, history.is_customer].sum(axis=2)
    if by == "segment":
        return customers, history.segment_names
    if by is not None:
        raise StudyError(f"by: found {by!r}, must be 'segment', 'rung' or None")
    return customers.sum(axis=1, keepdims=True), ("all",)


def nps_survey(history: History, survey: Survey | None = None) -> pd.DataFrame:
    """What a survey would have found at every month start: month, asked, answers, nps, standard_error, low, high, true.

    `asked` customers are drawn without repetition, and each answers with the share that answers; the luck of the survey goes by the
    history's own seed. The interval is nps ± 1.96 standard errors, 100 · √((p₊ + p₋ − (p₊ − p₋)²) ÷ answers). NaN where nobody answers.
    Source: Reichheld (2003), Rocks (2016). Raises StudyError where the scenario has no satisfaction.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), sample=200, seed=1)
    >>> ladsim.measures.nps_survey(history)[["month", "asked", "answers", "nps", "low", "high", "true"]].round(1).head(2)
       month  asked  answers   nps   low  high  true
    0    0.0    400       76 -23.7 -35.7 -11.7 -17.2
    1    1.0    400       79  -6.3 -19.1   6.5  -6.9
    """
    survey = survey if survey is not None else Survey()
    moods, _ = _moods(history, None)
    lines = []
    for month, found in enumerate(moods[:, 0, :_SUM]):
        answers = _answers(history, month, people(history, found), survey)
        n = int(answers.sum())
        score, error = math.nan, math.nan
        if n:
            up, down = answers[0] / n, answers[2] / n
            score = _HUNDRED * (up - down)
            error = _HUNDRED * math.sqrt(max(up + down - (up - down) ** 2, 0.0) / n)
        true = _HUNDRED * float(ratio(found[0] - found[2], found.sum()))
        lines.append((history.months[month], min(survey.invited, int(people(history, found).sum())), n, score, error, true))
    table = pd.DataFrame(lines, columns=["month", "asked", "answers", "nps", "standard_error", "true"])
    table.insert(5, "low", table["nps"] - 1.96 * table["standard_error"])
    table.insert(6, "high", table["nps"] + 1.96 * table["standard_error"])
    return table


def _answers(history: History, month: int, found: Floats, survey: Survey) -> NDArray[np.int64]:
    """How many promoters, passives and detractors answer: people drawn one by one without repetition."""
    left: list[int] = np.rint(found).astype(np.int64).tolist()
    there = sum(left)
    answers = np.zeros(3, np.int64)
    key, word = streams.key_of_run(history.seed, history.replication), streams.stream_id(f"survey {month}")
    asked = min(survey.invited, there)
    draws, answering = (streams.uniforms_numbered(key, word, streams.SURVEY, k, asked) for k in (0, 1))
    for number, (u, whether) in enumerate(zip(draws.tolist(), answering.tolist(), strict=True)):
        who = u * (there - number)
        mood = 0 if who < left[0] else 1 if who < left[0] + left[1] else 2
        left[mood] -= 1
        if whether < survey.response_share:
            answers[mood] += 1
    return answers


def promoters_and_ambassadors(history: History) -> pd.DataFrame:
    """Promoters beside the top rung of the ladder, at every month start: they are not the same people.

    Columns: month, promoters, top_rung (people on it), both, promoters_on_top (share of the top rung that would recommend),
    top_among_promoters (share of promoters that stand on the top rung). Raises StudyError where the scenario has no satisfaction.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("restaurant"), sample=200, seed=1)
    >>> ladsim.measures.promoters_and_ambassadors(history)[["promoters", "top_rung", "both", "promoters_on_top"]].round(2).tail(2)
        promoters  top_rung  both  promoters_on_top
    23     2240.0     160.0  80.0               0.5
    24     2240.0     160.0  80.0               0.5
    """
    _moods(history, None)
    top = int(np.flatnonzero(history.on_ladder)[-1])
    moods = history.moods.sum(axis=1)
    promoters = moods[:, history.is_customer, 0].sum(axis=1)
    heads, both = moods[:, top, :_SUM].sum(axis=1), moods[:, top, 0]
    return pd.DataFrame(
        {
            "month": history.months,
            "promoters": people(history, promoters),
            "top_rung": people(history, heads),
            "both": people(history, both),
            "promoters_on_top": ratio(both, heads),
            "top_among_promoters": ratio(both, promoters),
        }
    )


def service_failures(history: History) -> pd.DataFrame:
    """Experiences that went wrong, month by month: month, failures, recovered, recovery_share.

    Of the month (k−1, k]; a failure is recovered from at once or not at all. Unit: experiences of the whole market; the share is
    recovered ÷ failures, NaN without any. Source: ``model.satisfaction``.
    Raises StudyError where the scenario has no satisfaction.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("restaurant"), sample=200, seed=1)
    >>> ladsim.measures.service_failures(history).head(3)
       month  failures  recovered  recovery_share
    0    0.0       0.0        0.0             NaN
    1    1.0     320.0        0.0             0.0
    2    2.0     160.0       80.0             0.5
    """
    _moods(history, None)
    so_far = people(history, history.moods[..., _SUM + 1 :].sum(axis=(1, 2)))
    failures, recovered = np.diff(so_far, axis=0, prepend=np.zeros((1, 2))).T
    return pd.DataFrame(
        {"month": history.months, "failures": failures, "recovered": recovered, "recovery_share": ratio(recovered, failures)}
    )
