"""How often what a study says is true: many small studies of one market, each held against the futures of all the others.

In: a scenario, seeds. Out: what was said, what is true, and how far each may be from it by chance. The others' futures have other
luck and other draws of what is not known, so they are fresh ones, and there are far more of them than a study has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ladsim.planning.attainment import Attainment
from ladsim.planning.chance_of_best import of_best
from ladsim.planning.compare import profit
from ladsim.planning.pairs import met_with
from ladsim.planning.promises import together
from ladsim.planning.run import together as played_together
from ladsim.planning.targets import CHANCES
from ladsim.scenario.load import loads
from ladsim.scenario.spec import Scenario

Floats = NDArray[np.float64]

MARKET = """
schema = 1
name = "Tiny market"
months = 6
market_size = 300
[[rungs]]
name = "lead"
share = 0.7
[[rungs]]
name = "customer"
share = 0.3
orders_per_month = {orders}
messages_per_month = 0.3
[[rungs]]
name = "loyal"
orders_per_month = 2.0
messages_per_month = 0.5
[[rungs]]
name = "lapsed"
off_ladder = true
[[steps]]
from = "lead"
to = "customer"
monthly = {conversion}
is_order = true
[[steps]]
from = "lead"
to = "customer"
trigger = "message"
probability = 0.1
is_order = true
[[steps]]
from = "customer"
to = "loyal"
trigger = "order"
probability = 0.2
[[steps]]
from = "customer"
to = "lapsed"
monthly = {leaving}
[basket]
law = "lognormal"
mean = 20.0
spread = 0.5
[money]
margin = 0.5
[[word_of_mouth]]
layer = "friends"
graph = {{ kind = "barabasi_albert", links = 2, seed = 1 }}
[[channels]]
name = "ads"
response = {{ half_at = 1.0 }}
effects = [{{ on = "steps.lead.customer", full = 1.0 }}]
[[channels]]
name = "radio"
response = {{ half_at = 1.0 }}
effects = [{{ on = "steps.lead.customer", full = 1.0 }}]
[strategies.one]
campaigns = [{{ channel = "ads", from_month = 0, to_month = 3, monthly_spend = 200 }}]
[strategies.other]
campaigns = [{{ channel = "radio", from_month = 3, to_month = 6, monthly_spend = 200 }}]
"""
CERTAIN = {"orders": "1.0", "conversion": "0.05", "leaving": "0.1"}
RANGED = {
    "orders": "{ low = 0.7, high = 1.4 }", "conversion": "{ low = 0.02, high = 0.10 }", "leaving": "{ low = 0.05, high = 0.18 }",
}  # fmt: skip


def tiny_market(ranged: bool) -> Scenario:
    """300 people, six months, two strategies of which one advertises early and one late; three numbers may be ranges."""
    return loads(MARKET.format(**(RANGED if ranged else CERTAIN)))


@dataclass(frozen=True)
class Share:
    """What was said on average, what is true, and the standard error of their difference over the studies."""

    said: float
    true: float
    error: float
    covered: float = math.nan  # share of the studies whose 95 % interval holds what is true

    @property
    def too_hopeful(self) -> float:
        """By how many standard errors more was said than is true."""
        return (self.said - self.true) / self.error


def profits(scenario: Scenario, strategies: Sequence[str], seeds: range, replications: int) -> list[dict[str, Floats]]:
    """The profits of each strategy in each study: one study per seed."""
    studies = (played_together(scenario, strategies, seed=seed, replications=replications, processes=1) for seed in seeds)
    return [{name: profit(run) for name, run in runs.items()} for runs in studies]


def equal_in_law(found: Sequence[Mapping[str, Floats]], paired: bool) -> list[dict[str, Floats]]:
    """Two strategies equal in law, made of two that differ: which of the two is which is thrown for every unit."""
    luck = np.random.default_rng(20261129)
    mixed = []
    for study in found:
        one, other = study.values()
        turned = np.repeat(luck.random(one.size) < 0.5, 2 if paired else 1)[: one.size]
        mixed.append({"one": np.where(turned, one, other), "other": np.where(turned, other, one)})
    return mixed


def chosen_is_best(found: Sequence[Mapping[str, Floats]], paired: bool) -> Share:
    """How often the strategy that a study calls best is said to be the best, and how often it is in the futures of the others."""
    said, true, covered = [], [], []
    for at, study in enumerate(found):
        best = max(study, key=lambda name: float(study[name].mean()))
        rest = [other for place, other in enumerate(found) if place != at]
        pool = {name: np.concatenate([other[name] for other in rest]) for name in study}
        table = np.stack(list(pool.values()))
        tops = table == table.max(axis=0)
        truth = float((tops / tops.sum(axis=0))[list(pool).index(best)].mean())
        share = of_best(study, paired)[best]
        said.append(share.value)
        true.append(truth)
        covered.append(share.low <= truth <= share.high)
    apart = np.array(said) - np.array(true)
    return Share(
        float(np.mean(said)), float(np.mean(true)), float(apart.std(ddof=1) / math.sqrt(apart.size)), float(np.mean(covered))
    )


def people_at_end(scenario: Scenario, seeds: range, replications: int) -> list[Floats]:
    """Of each study (futures, rungs) people on each rung at the horizon."""
    studies = (played_together(scenario, [None], seed=seed, replications=replications, processes=1)["base"] for seed in seeds)
    return [Attainment(run.histories).people[:, -1, :] for run in studies]


def promises_met(found: Sequence[Floats], paired: bool, at_most: Sequence[bool]) -> dict[str, list[Share]]:
    """For commit, expect and stretch, by rung: the probability promised, and how often the number is met in the others' futures."""
    met: dict[str, list[Share]] = {}
    for name, chance in CHANCES.items():
        met[name] = []
        for rung, fewer in enumerate(at_most):
            shares = []
            for at, study in enumerate(found):
                number = met_with(study[:, rung], chance, paired, at_most=fewer).value
                pool = np.concatenate([other[:, rung] for place, other in enumerate(found) if place != at])
                shares.append(float((pool <= number).mean() if fewer else (pool >= number).mean()))
            error = float(np.std(shares, ddof=1) / math.sqrt(len(shares)))
            met[name].append(Share(chance, float(np.mean(shares)), error))
    return met


def held_together(found: Sequence[Floats], paired: bool, at_most: Sequence[bool]) -> tuple[Share, Share]:
    """How often promises that hold together with 80 % do so in the others' futures, and how often all commits made one by one hold, said
    and true; studies whose futures cannot show the former are left out of it.
    """
    more = [not fewer for fewer in at_most]
    kept, said, true = [], [], []
    for at, study in enumerate(found):
        promised = together(study, more, CHANCES["commit"], paired)
        commits = [met_with(study[:, rung], CHANCES["commit"], paired, at_most=fewer).value for rung, fewer in enumerate(at_most)]
        pool = np.concatenate([other for place, other in enumerate(found) if place != at])
        signs = np.where(more, 1.0, -1.0)
        if not math.isnan(promised.each):
            kept.append(float((pool * signs >= promised.values * signs).all(axis=1).mean()))
        said.append(promised.share.value)
        true.append(float((pool * signs >= commits * signs).all(axis=1).mean()))
    apart = np.array(said) - np.array(true)
    joint = Share(CHANCES["commit"], float(np.mean(kept)), float(np.std(kept, ddof=1) / math.sqrt(len(kept))))
    return joint, Share(float(np.mean(said)), float(np.mean(true)), float(apart.std(ddof=1) / math.sqrt(apart.size)))
