"""How long to test: the power of an A/B test of a campaign on real customers, played in the market itself, and what waiting for it costs.

In: a scenario, a strategy, one of its campaigns, a lift, how surely the test is to find it. Out: a `TrialLength`: how many customers an arm
needs and in how many months the test knows; how often it says something where there is nothing; how much of the lift word of mouth
between the arms hides; what waiting costs while only an arm has the campaign.

*The test.* So many customers drawn at random have the campaign, everybody else is kept out, and as many of those are looked at beside them.
It is over when it knows (``two_arms``), at the last month at the latest. Its closed form, the usual test of two shares looked at once, is
beside it: it takes customers for independent, as they are where no word of mouth crosses between the arms.

*The lift* is what the campaign does to the share that converts by the last month if everybody has it, against nobody: what one decides about.
Where a lift is asked for, the campaign's effects are multiplied until it has that one, in the mean.

*The number.* Sizes are tried on the same luck, the smallest one that is enough is closed in upon by halving, and then played on luck that
was not used before; where that finds it less often than asked, more customers are tried on further luck. The probability told is that one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pandas as pd

from ladsim.engine.run import compile_for
from ladsim.errors import Problem, StudyError, nearest
from ladsim.planning.options import StudyOptions, with_study_options
from ladsim.planning.pairs import NOTHING, Estimate, mean, probability, ratio
from ladsim.planning.pool import Counter, Done, Pool, processes_for
from ladsim.planning.run import label_of
from ladsim.planning.trial_market import (
    ARMS,
    EVERYBODY,
    NOBODY,
    Entry,
    Terms,
    TrialFuture,
    TrialWork,
    campaign_of,
    entry_of,
    tried,
)
from ladsim.planning.trial_shares import MONTH_COLUMNS, arm_share, first_month, per_head, share_converted
from ladsim.planning.two_arms import BETTER, LEAST_BLOCK, OPEN, WORSE
from ladsim.planning.worlds import Worlds
from ladsim.scenario.address import campaign_names
from ladsim.scenario.distributions import middle
from ladsim.scenario.draws import Draws
from ladsim.scenario.overrides import override
from ladsim.scenario.spec import Scenario
from ladsim.scenario.strategies import with_strategy
from ladsim.theory.two_shares import customers_for_two_shares, power_of_two_shares

SURE, ALPHA = 0.8, 0.05
FUTURES = 100
PILOT = 10  # futures in which the lift is measured or made
SEARCHED = 40  # futures of each size that is tried; the one that is told is played for all that were asked for
MOST_MONTHS = 12  # a test takes, where nobody says how long the time is
FEWEST_CUSTOMERS = 20  # an arm
PARTS = (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # of half of all customers: the sizes that are tried first
HALVINGS, RETRIES, MORE = 3, 3, 1.15
RELABELLED = 20  # draws of equal arms in each future
MOST_TIMES = 64.0  # as strong an effect is tried
CLOSE = 0.02  # of the lift: near enough
REACHED, NEARLY, CANNOT = "reached", "nearly", "cannot"


@dataclass(frozen=True)
class TrialLength:
    """How long a campaign has to be tested.

    ==========  ==================================================================================================================
    table       columns
    ==========  ==================================================================================================================
    ``sizes``   customers (of an arm), found (by the last month; + _low, _high), closed_form (the usual test, looked at once then, no word
                of mouth between the arms), month (the first by which it is found as surely as asked; NaN): every size that was tried
    ``months``  month (of the test), found (the test knows by then; + _low, _high), found_at_once (the usual test, looked at in this month
                alone), closed_form, false_verdict (of equal arms, by the last month; + _low, _high), wrong (the wrong arm is named),
                money_found, converted_nobody, converted_everybody, converted_control, converted_treated, lift (+ _low, _high),
                lift_seen (+ _low, _high), waiting_cost (+ _low, _high; currency): the size that is told, on luck not used before
    ==========  ==================================================================================================================
    """

    scenario: Scenario
    strategy: str | None
    label: str
    campaign: str
    converts: tuple[str, ...]
    among: tuple[str, ...]
    seed: int
    futures: int
    sample: int | None
    scale: float
    customers: int  # whom it is about, in the mean
    start: float  # month in which the test begins
    asked_lift: float | None
    strength: float  # what the campaign's effects were multiplied by
    sure: float
    alpha: float
    answer: str  # `REACHED`, `NEARLY`: less surely on fresh luck, but the interval holds it; `CANNOT`
    size: int  # customers an arm
    closed_form: float  # customers an arm by the closed form, at the last month; infinite where there is no difference
    sizes: pd.DataFrame
    months: pd.DataFrame

    @property
    def last(self) -> dict[str, Any]:
        """The last month's row."""
        return dict(self.months.iloc[-1])

    @property
    def month(self) -> float:
        """The first month by which the test knows as surely as asked; NaN where never."""
        return first_month(self.months, self.sure)


@with_study_options(replications=FUTURES)
def how_long_to_test(
    scenario: Scenario,
    strategy: str | None = None,
    campaign: str | None = None,
    *,
    lift: float | None = None,
    sure: float = SURE,
    alpha: float = ALPHA,
    converts: Sequence[str] = (),
    among: Sequence[str] = (),
    per_arm: int | None = None,
    **options: Unpack[StudyOptions],
) -> TrialLength:
    """How many customers an arm of a test of a campaign needs, and how many months, to find a lift with the probability `sure`.

    `strategy`: under which the campaign runs (None: the scenario as it stands); `campaign`: its name, where there are several; `lift`: by
    which part the share that converts rises if everybody has the campaign (0.1: by 10 %; below 0: it falls), None: by what the scenario
    says; `alpha`: how often a test of equal arms may say something; `converts`: rungs of which the first one reached counts, none: the first
    order; `among`: rungs on which customers stand when the test begins, none: the campaign's audience; `per_arm`: this many customers an
    arm, in place of looking for the number. The test takes a year at most, or until the horizon that `overrides={"months": …}` sets.

    Raises StudyError where something is asked that no test can do, and what ``replicate`` raises.

    >>> import ladsim
    >>> shop = ladsim.load("acquisition_vs_retention")
    >>> found = ladsim.how_long_to_test(
    ...     shop, "acquisition_first", "search", lift=1.0, converts=["customer"], replications=8, sample=2_000, processes=1
    ... )
    >>> found.answer, found.customers > 500
    ('reached', True)
    """
    changed = override(scenario, options["overrides"] or {})
    applied = with_strategy(changed, strategy)
    name = _campaign(applied, campaign)
    _refuse_nonsense(applied, name, lift, sure, alpha, (*converts, *among))
    if "months" not in (options["overrides"] or {}):
        begins = float(middle(campaign_of(applied, name).from_month))
        applied = applied.model_copy(update={"months": min(applied.months, begins + MOST_MONTHS)})
    stage = _Stage(applied, name, tuple(converts), tuple(among), lift, alpha, options)
    stage.begin(lift)
    most = stage.customers // 2
    if most < FEWEST_CUSTOMERS:
        raise StudyError(
            f"customers: found {stage.customers:,} whom the test is about when it begins, must be at least {2 * FEWEST_CUSTOMERS}"
        )
    if per_arm is not None and not FEWEST_CUSTOMERS <= per_arm <= most:
        raise StudyError(
            f"per_arm: found {per_arm:,}, must be from {FEWEST_CUSTOMERS} to {most:,}, half of the {stage.customers:,} customers whom "
            "the test is about when it begins"
        )
    chosen = per_arm if per_arm is not None else stage.search(most, sure)
    runs, size, answer = stage.fresh(chosen, most, sure, fixed=per_arm is not None)
    months = stage.months(runs, size)
    last = months.iloc[-1]
    return TrialLength(
        scenario=changed,
        strategy=strategy,
        label=label_of(changed, strategy),
        campaign=name,
        converts=tuple(converts),
        among=tuple(among),
        seed=options["seed"],
        futures=options["replications"],
        sample=options["sample"],
        scale=stage.scale,
        customers=stage.customers,
        start=stage.start,
        asked_lift=lift,
        strength=stage.strength,
        sure=sure,
        alpha=alpha,
        answer=answer,
        size=size,
        closed_form=customers_for_two_shares(last["converted_nobody"], last["converted_everybody"], sure, alpha),
        sizes=stage.sizes(sure, (last["converted_nobody"], last["converted_everybody"])),
        months=months,
    )


def _campaign(applied: Scenario, name: str | None) -> str:
    """The campaign that is meant. Raises StudyError where there is none, or where it is not clear which."""
    names = campaign_names(applied.campaigns)
    if not names:
        raise StudyError("campaign: found none in the scenario under this strategy, must be at least one to be tested")
    if name is None and len(names) > 1:
        raise StudyError(f"campaign: found {len(names)}, must be one of {', '.join(names)}")
    if name is not None and name not in names:
        raise StudyError(str(Problem("campaign", repr(name), f"must be one of {', '.join(names)}", nearest(name, names))))
    return name or names[0]


def _refuse_nonsense(applied: Scenario, name: str, lift: float | None, sure: float, alpha: float, rungs: Sequence[str]) -> None:
    if lift is not None and not (math.isfinite(lift) and lift > -1.0 and lift != 0.0):
        raise StudyError(
            f"lift: found {lift:g}, must be above −1 and not 0, such as 0.1 (10 % more convert): of no difference no test can know"
        )
    if not 0.0 < sure < 1.0:
        raise StudyError(f"sure: found {sure:g}, must be a probability above 0 and below 1, such as 0.8")
    if not 0.0 < alpha < 0.5:
        raise StudyError(f"alpha: found {alpha:g}, must be a probability above 0 and below 0.5, such as 0.05")
    known = [rung.name for rung in applied.rungs]
    for rung in rungs:
        if rung not in known:
            raise StudyError(
                str(Problem("converts, among", repr(rung), f"must be one of {', '.join(known)}", nearest(rung, known)))
            )
    record = applied.campaigns[campaign_names(applied.campaigns).index(name)]
    if lift is not None and record.after is not None:
        raise StudyError(
            f"lift: found {lift:g} for {name}, must be left out for a campaign that an event sets off: it is tested as the scenario has it"
        )


class _Stage:
    """The market in which a test is played again and again, and what came of it."""

    def __init__(
        self,
        applied: Scenario,
        name: str,
        converts: tuple[str, ...],
        among: tuple[str, ...],
        lift: float | None,
        alpha: float,
        options: StudyOptions,
    ) -> None:
        self._applied, self._name, self._options = applied, name, options
        self._worlds = Worlds(options["sample"])
        apart = options["executor"] is not None or processes_for(options["processes"], 2) > 1
        self._threads = 1 if apart or options["processes"] == 1 else None
        self._counter = Counter(self._expected(lift), options["progress"])
        self._draws: dict[tuple[float, int], tuple[Draws, int | None]] = {}
        draws, world = self._drawn(1.0, options["seed"])
        self._entry: Entry = entry_of(applied, draws.tables(0), name, converts, among)
        found = self._worlds.at(world)
        self.scale = found.scale if found is not None else applied.market_size / (options["sample"] or applied.market_size)
        self._alpha, self._terms = alpha, Terms(2.0, alpha)
        self._paired = bool(draws.keys)
        self._found: dict[int, list[TrialFuture]] = {}
        self._pilot: tuple[float, ...] = ()
        self.strength, self.customers = 1.0, 0

    @property
    def start(self) -> float:
        """Month in which the test begins."""
        from ladsim.model.layout import MONTH

        return self._entry.start / MONTH

    def _expected(self, lift: float | None) -> int:
        """About how many futures are played."""
        pilot = min(PILOT, self._options["replications"])
        searched = min(SEARCHED, self._options["replications"])
        return (
            (2 + (5 if lift is not None else 0)) * pilot + searched * (len(PARTS) + HALVINGS) + 3 * self._options["replications"]
        )

    def _drawn(self, share: float, seed: int) -> tuple[Draws, int | None]:
        """The scenario in which the campaign reaches a share of the market, and its world."""
        key = share, seed
        if key not in self._draws:
            draws = Draws(tried(self._applied, self._name, share), seed)
            compile_for(draws.tables(0), self._options["sample"] or self._applied.market_size, self._threads)
            self._draws[key] = draws, self._worlds.settle(draws)
        return self._draws[key]

    def _work(
        self, how: str, seed: int, *, size: int = 0, strength: float | None = None, terms: Terms | None = None
    ) -> TrialWork:
        part = size / self.customers if size else 0.0
        share = {NOBODY: 0.0, EVERYBODY: 1.0, ARMS: part}[how]
        draws, world = self._drawn(share, seed)
        own = self.strength if strength is None else strength
        return TrialWork(draws, world, self._threads, self._entry, terms or self._terms, how, part, own if how != NOBODY else 1.0)

    def _play(self, works: Sequence[TrialWork], futures: int, *, last: bool = False) -> list[list[TrialFuture]]:
        """So many futures of each work. Raises what stopped them."""
        counter, runs = self._counter, futures * len(works)
        if counter.total < counter.done + runs or last:
            counter.total = counter.done + runs
        pool = Pool(self._worlds, processes_for(self._options["processes"], runs), counter, self._options["executor"])
        found, stopped = pool.finish(works, futures, is_last=last)
        if stopped is not None:
            raise stopped
        done = Done(found, len(works), futures)
        return [list(done.of(place)) for place in range(len(works))]

    def begin(self, lift: float | None) -> None:
        """Measure the lift, or make it: the first futures with the campaign in nobody and in everybody."""
        seed, futures = self._options["seed"], min(PILOT, self._options["replications"])
        nobody, everybody = self._play([self._work(NOBODY, seed), self._work(EVERYBODY, seed)], futures)
        self.customers = round(float(np.mean([one.customers for one in nobody])))
        without = share_converted(nobody)
        if not without > 0.0 and self.customers:
            raise StudyError("converts: found nobody who converts without the campaign, must be something that happens")
        now = share_converted(everybody) / without - 1.0 if without else 0.0
        if lift is not None:
            self.strength = self._made(lift, now, without, futures)
        planned = 1.0 + (lift if lift is not None else now)
        self._terms = Terms(max(planned, 1.0 / max(planned, 0.01), 1.02), self._alpha)

    def _made(self, lift: float, now: float, without: float, futures: int) -> float:
        """How many times as strong the campaign's effects have to be. Raises StudyError where none is enough."""
        if now == 0.0 or (now > 0.0) != (lift > 0.0):
            raise StudyError(
                f"lift: found {lift:g}, but in this scenario the campaign moves the share that converts by {now:+.1%}, and no multiple of "
                "its effects does otherwise; change its effects, or what counts as converting"
            )

        def lifted(strength: float) -> float:
            (run,) = self._play([self._work(EVERYBODY, self._options["seed"], strength=strength)], futures)
            return (share_converted(run) / without - 1.0) / lift  # 1: as wanted

        low, at_low, high, at_high = 0.0, 0.0, 1.0, now / lift
        while at_high < 1.0 - CLOSE:
            if high >= MOST_TIMES:
                raise StudyError(
                    f"lift: found {lift:g}, must be at most {at_high * lift:.3g}, which is what the campaign's effects do {high:g} times as strong"
                )
            low, at_low, high = high, at_high, high * 2.0
            at_high = lifted(high)
        for _ in range(8):
            if abs(at_high - 1.0) <= CLOSE:
                return high
            middle = low + (high - low) * min(max((1.0 - at_low) / (at_high - at_low), 0.1), 0.9)
            at_middle = lifted(middle)
            if abs(at_middle - 1.0) <= CLOSE:
                return middle
            low, at_low, high, at_high = (
                (middle, at_middle, high, at_high) if at_middle < 1.0 else (low, at_low, middle, at_middle)
            )
        return high

    def search(self, most: int, sure: float) -> int:
        """The smallest size that finds the lift often enough on the luck of the search; else `most`."""
        sizes = sorted({max(FEWEST_CUSTOMERS, round(part * most)) for part in PARTS})
        self._try(sizes)
        for _ in range(HALVINGS):
            enough = [size for size in self._found if self._hits(self._found[size]).mean() >= sure]
            if not enough:
                return most
            high = min(enough)
            low = max((size for size in self._found if size < high), default=FEWEST_CUSTOMERS)
            middle = round(math.sqrt(low * high))
            if middle in (low, high):
                return high
            self._try([middle])
        return min(size for size in self._found if self._hits(self._found[size]).mean() >= sure)

    def _try(self, sizes: Sequence[int]) -> None:
        works = [self._work(ARMS, self._options["seed"], size=size) for size in sizes]
        futures = min(SEARCHED, self._options["replications"])
        self._found |= dict(zip(sizes, self._play(works, futures), strict=True))

    def _hits(self, runs: Sequence[TrialFuture], look: int | None = None) -> Any:
        """In which futures the right verdict is there by a look (None: the last): that of the lift's direction."""
        until = self._entry.looks if look is None else look
        return np.array([one.verdict == self._right(runs) and one.verdict_look <= until for one in runs])

    def _right(self, runs: Sequence[TrialFuture]) -> int:
        """Which verdict is the right one: what the arms have in the mean."""
        shares = [arm_share(runs, arm, -1) for arm in (0, 1)]
        return BETTER if shares[1] >= shares[0] else WORSE

    def fresh(self, size: int, most: int, sure: float, *, fixed: bool) -> tuple[dict[str, list[TrialFuture]], int, str]:
        """The size on luck that was not used before, and with more customers on further luck where that is less than was asked."""
        for number in range(1, RETRIES + 2):
            seed = self._options["seed"] + number
            terms = Terms(self._terms.planned, self._alpha, RELABELLED)
            nobody = TrialWork(**{**self._work(NOBODY, seed, terms=terms).__dict__, "share": size / self.customers})
            works = [nobody, self._work(EVERYBODY, seed), self._work(ARMS, seed, size=size)]
            runs = dict(zip((NOBODY, EVERYBODY, ARMS), self._play(works, self._options["replications"], last=True), strict=True))
            found = probability(self._hits(runs[ARMS]), self._paired)
            if found.value >= sure:
                return runs, size, REACHED
            if fixed or size >= most or number > RETRIES:
                break
            size = min(most, math.ceil(size * MORE))
        return runs, size, NEARLY if found.high >= sure else CANNOT

    def sizes(self, sure: float, shares: tuple[float, float]) -> pd.DataFrame:
        """Every size that was tried; `shares`: what converts by the last month where nobody has the campaign, and where everybody does."""
        rows = []
        for size, runs in sorted(self._found.items()):
            found = [self._hits(runs, look).mean() for look in range(1, self._entry.looks + 1)]
            month = next((float(k) for k, share in enumerate(found, 1) if share >= sure), math.nan)
            closed = power_of_two_shares(*shares, size, self._alpha)
            rows.append([size, *probability(self._hits(runs), self._paired), closed, month])
        return pd.DataFrame(rows, columns=["customers", "found", "found_low", "found_high", "closed_form", "month"])

    def months(self, runs: dict[str, list[TrialFuture]], size: int) -> pd.DataFrame:
        """The size that is told, month by month."""
        nobody, everybody, arms = (runs[how] for how in (NOBODY, EVERYBODY, ARMS))
        right, rows = self._right(arms), []
        false = probability([one.false_verdicts / RELABELLED for one in nobody], self._paired)
        wrong = float(np.mean([one.verdict not in (OPEN, right) for one in arms]))
        for k in range(1, self._entry.looks + 1):
            shares = [share_converted(nobody, k), share_converted(everybody, k), *(arm_share(arms, arm, k) for arm in (0, 1))]
            at_once = float(np.mean([one.at_once[k] == right for one in arms if one.at_once is not None]))
            money = float(np.mean([one.money[k] == right for one in arms if one.money is not None]))
            rows.append(
                [
                    float(k),
                    *probability(self._hits(arms, k), self._paired),
                    at_once,
                    power_of_two_shares(shares[0], shares[1], size, self._alpha),
                    *false,
                    wrong,
                    money if size >= 4 * LEAST_BLOCK else math.nan,
                    *shares,
                    *self._lift([one.converted[k] for one in everybody], [one.converted[k] for one in nobody]),
                    *self._lift(*per_head(arms, k)),
                    *self._waiting(nobody, everybody, arms, k),
                ]
            )
        return pd.DataFrame(rows, columns=list(MONTH_COLUMNS))

    def _lift(self, above: Sequence[float], below: Sequence[float]) -> Estimate:
        found = ratio(above, below, self._paired)
        return Estimate(*(end - 1.0 for end in found)) if found is not NOTHING else NOTHING

    def _waiting(
        self, nobody: Sequence[TrialFuture], everybody: Sequence[TrialFuture], arms: Sequence[TrialFuture], k: int
    ) -> Estimate:
        """What the market would have earned more by then had everybody had the campaign from the start."""
        given_up = [
            self.scale * (all_.earned[k] - none.earned[k]) - (some.earned[k] - none.earned[k])
            for none, all_, some in zip(nobody, everybody, arms, strict=True)
        ]
        return mean(given_up, self._paired)
