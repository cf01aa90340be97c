"""Loyalty: who would recommend us, how satisfied customers are, and what each programme does.

    net promoter score = 100 · (promoters − detractors) ÷ customers      (Reichheld 2003)
    its standard error in a survey of n = 100 · √((p₊ + p₋ − (p₊ − p₋)²) ÷ n)  (Rocks 2016)
    active share = members with an order in the month ÷ members          redemption rate = redeemed ÷ issued
    breakage = expired ÷ issued                                          liability = issued − redeemed − expired
    purchase frequency after joining = orders of members ÷ member-months (Liu 2007)

Promoters and those on the ambassador rung are not the same people: the one is what customers say, the other what they do. Counts are
people of the whole market; points are points, amounts currency.
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
from ladsim.measures.tidy import TRIGGERED_CAMPAIGN, Floats, currency, people, program_causes, ratio, spans
from ladsim.model.layout import MEMBER_COUNTS, MOODS, P_DISCOUNTS, P_FEES, P_REWARDS, P_RUNNING
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


def program_results(history: History) -> pd.DataFrame:
    """Every programme month by month: month, program, members, joined, left, cancelled, failed, active_share, orders, revenue, issued,
    redeemed, expired, outstanding, rewards, redemption_rate, breakage, contacts, fees, discounts, reward_cost, running_cost.

    Members stand at the month's end; of those who left a club, `cancelled` wanted to and `failed` could not be charged; the rest is of the
    month (k−1, k], rates and `outstanding` of all months so far. `contacts` are statements, or those of a campaign set off by an
    event, whose members are those under its effect. Points in points, cashback and amounts in currency; costs positive. Source:
    definitions above. Where a club is paid in advance, `prepaid` is what each programme owes its members for fees not yet earned, in
    currency, at the month's end. Raises StudyError where the scenario has no programme.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> ladsim.measures.program_results(history)[["month", "members", "issued", "redeemed", "redemption_rate"]].round(2).tail(2)
        month  members     issued  redeemed  redemption_rate
    23   23.0   2590.0  230148.66  105000.0             0.53
    24   24.0   2730.0  167609.40       0.0             0.51
    """
    frames = [results_of_program(history, place) for place in range(len(history.program_names))]
    if not frames:
        raise StudyError("programs: found none in this scenario, must be at least one to be measured")
    return pd.concat(frames, ignore_index=True)


def program_members(history: History) -> pd.DataFrame:
    """Members of every programme by level at every month start: month, program, level, members. Unit: people of the market.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> ladsim.measures.program_members(history).tail(2)
        month program   level  members
    23   23.0  points  member   2590.0
    24   24.0  points  member   2730.0
    """
    frames, first = [], 0
    for name, levels in zip(history.program_names, history.level_names, strict=True):
        counts = history.levels[:, first + 1 : first + len(levels)]
        table = pd.DataFrame({"month": np.repeat(history.months, len(levels) - 1)})
        table["program"], table["level"] = name, levels[1:] * len(history.months)
        table["members"] = people(history, counts).ravel()
        frames.append(table)
        first += len(levels)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=["month", "program", "level", "members"])


def results_of_program(history: History, place: int) -> pd.DataFrame:
    """One programme month by month: its rows of ``program_results``."""
    counts = {name: history.members[:, place, n] for n, name in enumerate(MEMBER_COUNTS)}
    first = sum(len(levels) for levels in history.level_names[:place])
    heads = history.levels[:, first + 1 : first + len(history.level_names[place])].sum(axis=1)
    unit = history.program_units[place]
    flows = {name: counts[name] * history.scale / unit for name in ("issued", "redeemed", "expired")}
    so_far = {name: values.cumsum() for name, values in flows.items()}
    money = _money_of(history, place)
    at_start = np.concatenate([[0], heads[:-1]])
    table = pd.DataFrame(
        {
            "month": history.months,
            "program": history.program_names[place],
            "members": people(history, heads),
            "joined": people(history, counts["joined"]),
            "left": people(history, counts["left"]),
            "cancelled": people(history, counts["cancelled"]),
            "failed": people(history, counts["failed"]),
            "active_share": ratio(counts["active"], at_start + counts["joined"]),
            "orders": people(history, counts["orders"]),
            "revenue": currency(history, counts["revenue"]),
            **flows,
            "outstanding": so_far["issued"] - so_far["redeemed"] - so_far["expired"],
            "rewards": people(history, counts["rewards"]),
            "redemption_rate": ratio(so_far["redeemed"], so_far["issued"]),
            "breakage": ratio(so_far["expired"], so_far["issued"]),
            "contacts": people(history, counts["contacts"]),
            "fees": money[:, P_FEES],
            "discounts": 0.0 - money[:, P_DISCOUNTS],
            "reward_cost": 0.0 - money[:, P_REWARDS],
            "running_cost": 0.0 - money[:, P_RUNNING],
        }
    )
    if history.payment_sources:
        table["prepaid"] = currency(history, prepaid_to(history, history.program_names[place]))
    return table


def prepaid_to(history: History, source: str) -> NDArray[np.int64]:
    """What a club, or "contracts", has received in advance and not yet earned, in amount units: (M+1,)."""
    if source not in history.payment_sources:
        return np.zeros(len(history.months), np.int64)
    return np.asarray(history.prepaid[:, history.payment_sources.index(source)])


def _money_of(history: History, place: int) -> Floats:
    """What a programme earned (+) and cost (−) per month and cause: (M+1, 4), in currency."""
    own = program_causes(history, place)
    return currency(history, history.money[:, own].sum(axis=(2, 3)) + history.market_money[:, own])


def members_at_end(history: History) -> float:
    """Memberships at the horizon, all programmes together, campaigns after an event apart."""
    first, total = 0, 0
    for names, kind in zip(history.level_names, history.program_kinds, strict=True):
        total += 0 if kind == TRIGGERED_CAMPAIGN else int(history.levels[-1, first + 1 : first + len(names)].sum())
        first += len(names)
    return float(people(history, total))


def purchase_frequency_after_joining(history: History) -> pd.DataFrame:
    """How often members order, beside non-members and the time before the programme: a row per programme, campaigns apart.

        per_month = orders of members ÷ member-months             others_per_month = other orders ÷ (customer-months − member-months)
        before_per_month = orders ÷ customer-months of the months that began and ended without a member, up to the first member
        ratio = per_month ÷ others_per_month

    Columns: program, member_months, orders, per_month, others_months, others_orders, others_per_month, before_per_month, ratio. Months
    lived are the mean of a month's start and end. Who lapses stays a member, and its time counts as a member's; where members are
    more than customers the others' numbers are NaN, as are those of a time that there was not. A month's orders are a member's where
    it is one at the order, also in the month of joining. Unit: people of the market. Source: Liu (2007).

    Self-selection: those who order often have more occasions to join, and join because they mean to order. So a ratio above 1 is no
    effect of the programme; that is what ``program_value`` finds, against the same market without it.
    Raises StudyError where the scenario has no programme.

    >>> import ladsim
    >>> history = ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=200, seed=1)
    >>> found = ladsim.measures.purchase_frequency_after_joining(history)
    >>> found[["program", "per_month", "others_per_month", "ratio"]].round(2)
      program  per_month  others_per_month  ratio
    0  points       0.29              1.38   0.21
    """
    lived = _lived(history, history.counts[:, :, history.is_customer].sum(axis=(1, 2)))
    ordered = history.orders[:, :, history.is_customer].sum(axis=(1, 2))
    rows, first = [], 0
    for place, (name, kind) in enumerate(zip(history.program_names, history.program_kinds, strict=True)):
        heads = history.levels[:, first + 1 : first + len(history.level_names[place])].sum(axis=1)
        first += len(history.level_names[place])
        if kind != TRIGGERED_CAMPAIGN:
            own = history.members[:, place, MEMBER_COUNTS.index("orders")]
            rows.append([name, *_frequencies(history, heads, own, lived, ordered)])
    if not rows:
        raise StudyError("programs: found none in this scenario, must be at least one to be measured")
    names = (
        "member_months",
        "orders",
        "per_month",
        "others_months",
        "others_orders",
        "others_per_month",
        "before_per_month",
        "ratio",
    )
    return pd.DataFrame(rows, columns=["program", *names])


def _lived(history: History, heads: NDArray[np.int64]) -> Floats:
    """Person-months in each month, (M+1,): the mean of its start and end; row 0 is empty."""
    start = np.concatenate([[0], heads[:-1]])
    return np.asarray((start + heads) / 2.0 * spans(history), np.float64)


def _frequencies(
    history: History, heads: NDArray[np.int64], own: NDArray[np.int64], lived: Floats, ordered: NDArray[np.int64]
) -> list[float]:
    """The numbers of one programme; `heads` are its members at month starts, `own` their orders, `lived` and `ordered` all customers'."""
    months, orders = float(_lived(history, heads).sum()), float(own.sum())
    rest, others = float(lived.sum()) - months, float(ordered.sum()) - orders
    begun = int(np.flatnonzero(heads)[0]) if heads.any() else len(heads)
    before = slice(1, begun)
    members, non = float(ratio(orders, months)), float(ratio(others, rest)) if rest > 0.0 else math.nan
    return [
        float(people(history, months)), float(people(history, orders)), members,
        float(people(history, rest)) if rest > 0.0 else math.nan, float(people(history, others)), non,
        float(ratio(ordered[before].sum(), lived[before].sum())), float(ratio(members, non)),
    ]  # fmt: skip
