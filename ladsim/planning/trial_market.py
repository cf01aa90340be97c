"""One future of a market in which a campaign is tried: who is in which arm, who converts when, what the firm earns meanwhile.

In: a scenario under its strategy, one of its campaigns, and how it is tried: in nobody, in everybody, or in so many customers of one arm
while as many of the rest are looked at beside them, and all of the rest are kept out. Out: a `TrialFuture`.

Who is in an arm is drawn as the model draws its control groups (``engine.holdout``). A campaign that reaches a part of its audience has the
same part of its money, so that each of them meets the same pressure. Word of mouth goes on between all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.engine.event_log import MANY_ROWS, LogFile
from ladsim.engine.holdout import held_out, is_kept_out
from ladsim.engine.run import ENGINES, prepared
from ladsim.errors import StudyError
from ladsim.model.layout import E_BOOK, E_MOVE, E_ORDER, E_START, K_CONTRIBUTION, K_REVENUE, MONTH
from ladsim.planning.two_arms import OPEN, money_verdict, seen_at_once, verdict_after
from ladsim.planning.worlds import Worlds
from ladsim.scenario.address import campaign_names
from ladsim.scenario.draws import Draws
from ladsim.scenario.plan_tables import CampaignTable, EffectTable, nearest_tick
from ladsim.scenario.spec import Campaign, Scenario
from ladsim.scenario.tables import Tables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
NOBODY, EVERYBODY, ARMS = "nobody", "everybody", "arms"  # in whom a campaign is tried


@dataclass(frozen=True)
class Entry:
    """Whom a test is about, and what counts. R rungs, G segments."""

    campaign: str
    start: int  # a time
    rungs: NDArray[np.bool_]  # (R,) on which the customers stand when it begins
    segments: NDArray[np.bool_]  # (G,)
    goals: NDArray[np.bool_] | None  # (R,) rungs of which the first one reached is the conversion; None: the first order
    looks: int  # whole months from the start to the horizon


@dataclass(frozen=True)
class Terms:
    """How the arms are judged."""

    planned: float  # the ratio of hazards that the test is planned for, above 1
    alpha: float
    relabelled: int = 0  # how many more draws of arms are judged in a market in which the campaign is tried in nobody


@dataclass(frozen=True)
class TrialFuture:
    """What one future of a test gives; K looks, one at the end of each month since its start, and the start. Simulated people's counts."""

    customers: int  # whom it is about
    converted: Ints  # (K+1,) of them by then
    earned: Floats  # (K+1,) by the whole market since the start, currency of the simulated people
    arms: tuple[int, int] = (0, 0)  # control, treated
    arm_converted: Ints | None = None  # (2, K+1)
    verdict: int = OPEN  # of the test that may be looked at after every conversion
    verdict_look: int = 0  # the look at which it is first known
    at_once: Ints | None = None  # (K+1,) of the usual test, if it is looked at then alone
    money: Ints | None = None  # (K+1,) of blocks of customers, looked at every month
    false_verdicts: int = 0  # of arms between which there is no difference


def campaign_of(applied: Scenario, name: str) -> Campaign:
    """A campaign by its name."""
    return applied.campaigns[campaign_names(applied.campaigns).index(name)]


def tried(applied: Scenario, name: str, share: float) -> Scenario:
    """The scenario in which a campaign reaches a share of the market; 0: it is not there."""
    at = campaign_names(applied.campaigns).index(name)
    own = () if share == 0.0 else (applied.campaigns[at].model_copy(update={"name": name, "control_group_share": 1.0 - share}),)
    made = applied.model_copy(update={"campaigns": (*applied.campaigns[:at], *own, *applied.campaigns[at + 1 :])})
    return made.after(applied.before_strategy or applied) if applied.needs_curves else made


def entry_of(applied: Scenario, laid_out: Tables, name: str, goals: tuple[str, ...], among: tuple[str, ...]) -> Entry:
    """Whom a test of a campaign is about: those who stand on its rungs (or on those named) when it begins, in its segments.

    Raises StudyError where less than a month is left.
    """
    record = campaign_of(applied, name)
    names = laid_out.rung_names
    table = next((one for one in laid_out.campaigns if one.name == name), None)
    rungs = table.rungs if table is not None else ~laid_out.rungs["outside"].astype(bool)
    if among:
        rungs = np.isin(names, among)
    segments = np.array([record.segments is None or one in record.segments for one in laid_out.segment_names])
    start = table.start if table is not None else nearest_tick(record.from_month)
    looks = int((laid_out.horizon - start) // MONTH)
    if looks < 1:
        raise StudyError(
            f"months: found {laid_out.months:g}, must be at least a month after the start of the campaign, {start / MONTH:g}"
        )
    reached = np.isin(names, goals) if goals else None
    return Entry(name, start, rungs if reached is None else rungs & ~reached, segments, reached, looks)


@dataclass(frozen=True)
class TrialWork:
    """A campaign tried in one way, the same in every replication."""

    draws: Draws  # of the scenario in which it reaches its share of the market
    world: int | None
    threads: int | None
    entry: Entry
    terms: Terms
    how: str
    share: float  # of the market in an arm
    strength: float = 1.0  # what its effects are multiplied by

    def future(self, replication: int, worlds: Worlds) -> TrialFuture:
        """One replication."""
        laid_out = self._tables(replication)
        world = worlds.of(self.world, self.draws, replication)
        simulation = prepared(
            laid_out,
            world,
            ENGINES[self.draws.scenario.engine],
            seed=self.draws.seed,
            replication=replication,
            log=True,
            threads=self.threads,
        )
        kept = _Kept(self.entry, laid_out, world.ids)
        file: LogFile = kept
        simulation.log_to(file)
        try:
            simulation.run()

            def drawn(word: np.uint64, share: float) -> NDArray[np.bool_]:
                return np.asarray(simulation.block.call(is_kept_out, simulation.address, word, share))

            return self._judged(kept, laid_out, world.segment, drawn)
        finally:
            simulation.close()

    def _tables(self, replication: int) -> Tables:
        """What is played: the campaign with its part of the money, and as strong as it is to be."""
        laid_out = self.draws.tables(replication // 2)
        part = self.share if self.how == ARMS else 1.0
        if part == 1.0 and self.strength == 1.0:
            return laid_out

        def own(one: CampaignTable) -> CampaignTable:
            if one.name != self.entry.campaign:
                return one
            effects = tuple(_stronger(effect, self.strength) for effect in one.effects)
            return replace(one, monthly_spend=one.monthly_spend * part, effects=effects)

        return replace(laid_out, campaigns=tuple(own(one) for one in laid_out.campaigns))

    def _judged(self, kept: _Kept, laid_out: Tables, segment: NDArray[Any], drawn: Any) -> TrialFuture:
        """The arms, and what the tests say of them."""
        entry, looks = self.entry, self.entry.looks
        rung = kept.rung_at_start()
        about = entry.rungs[rung] & entry.segments[segment] & ~laid_out.rungs["outside"].astype(bool)[rung]
        who, when = kept.conversions(about)
        look = _looks(when, entry.start, looks)
        whole = TrialFuture(int(about.sum()), _until(look, looks), np.cumsum(kept.earned) / laid_out.unit)
        if self.how == EVERYBODY or not self.share:
            return whole

        def arms(word: np.uint64) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
            """Control and treated: the highest of the draws is treated, the next lower ones are its control."""
            out = drawn(word, 1.0 - self.share)
            return about & out & ~drawn(word, max(0.0, 1.0 - 2.0 * self.share)), about & ~out

        if self.how == NOBODY:
            words = (np.uint64(streams.stream_id(f"arms without a difference {n}")) for n in range(self.terms.relabelled))
            found = [self._verdict(*arms(word), who)[0] != OPEN for word in words]
            return replace(whole, false_verdicts=sum(found))
        control, treated = arms(held_out(laid_out)[entry.campaign][0])
        sizes = int(control.sum()), int(treated.sum())
        verdict, after = self._verdict(control, treated, who)
        inside = (control | treated)[who]
        counts = np.stack([_until(look[arm[who]], looks) for arm in (control, treated)])
        at_once = [seen_at_once((int(counts[0, k]), int(counts[1, k])), sizes, self.terms.alpha) for k in range(looks + 1)]
        return replace(
            whole,
            arms=sizes,
            arm_converted=counts,
            verdict=verdict,
            verdict_look=int(look[inside][after - 1]) if verdict != OPEN else 0,
            at_once=np.array(at_once),
            money=self._money(kept, control, treated),
        )

    def _verdict(self, control: NDArray[np.bool_], treated: NDArray[np.bool_], who: Ints) -> tuple[int, int]:
        inside = who[(control | treated)[who]]
        return verdict_after(treated[inside], int(treated.sum()), int(control.sum()), self.terms.planned, self.terms.alpha)

    def _money(self, kept: _Kept, control: NDArray[np.bool_], treated: NDArray[np.bool_]) -> Ints:
        """What blocks of customers say at each look; what has once been said stands."""
        said = [OPEN]
        for brought in kept.brought():
            found = said[-1] or money_verdict(brought[control], brought[treated], self.terms.alpha, self.entry.looks)
            said.append(found)
        return np.array(said)


def _stronger(effect: EffectTable, strength: float) -> EffectTable:
    """An effect so many times as strong; nothing becomes less than nothing."""
    if effect.throughout:
        return effect
    return replace(
        effect,
        per_rung=np.maximum(effect.per_rung * strength, -1.0),
        per_step=np.maximum(effect.per_step * strength, -1.0),
    )


def _looks(times: Ints, start: int, looks: int) -> Ints:
    """The look by which something has happened, from 1; those behind the last one come after it."""
    return np.asarray(np.minimum(-(-(times - start) // MONTH), looks + 1), np.int64)


def _until(look: Ints, looks: int) -> Ints:
    """(K+1,) how many by each look."""
    return np.asarray(np.cumsum(np.bincount(look, minlength=looks + 2)[: looks + 1]), np.int64)


class _Kept:
    """A log's way out that keeps what a test is judged by."""

    def __init__(self, entry: Entry, laid_out: Tables, ids: NDArray[np.uint64]) -> None:
        self._entry, self._ids = entry, ids
        kinds = laid_out.cause_kinds
        self._brings = (kinds == K_REVENUE) | (kinds == K_CONTRIBUTION)
        self._rung = np.zeros(ids.size, np.int64)
        self._first: list[tuple[Ints, Ints]] = []
        self._brought = np.zeros((entry.looks, ids.size))
        self._waiting: list[NDArray[Any]] = []
        self.earned = np.zeros(entry.looks + 1)

    def write(self, rows: NDArray[Any]) -> None:
        """Keep these rows until they are enough to be worth looking at."""
        self._waiting.append(rows)
        if sum(part.size for part in self._waiting) >= MANY_ROWS:
            self.close()

    def close(self) -> None:
        """Look at what still waits."""
        if self._waiting:
            self._take(np.concatenate(self._waiting))
            self._waiting = []

    def discard(self) -> None:
        """Keep nothing."""
        self._waiting = []

    def _take(self, rows: NDArray[Any]) -> None:
        """Keep what is wanted of these rows."""
        entry, event = self._entry, rows["event"]
        moves = rows[(event == E_START) | (event == E_MOVE)]
        before = moves[moves["time"] <= entry.start]
        self._rung[self._rows(before)] = before["to"]  # of several the last one counts
        later = moves[moves["time"] > entry.start]
        own = rows[(event == E_ORDER) & (rows["time"] > entry.start)] if entry.goals is None else later[entry.goals[later["to"]]]
        if own.size:
            self._first.append((self._rows(own), own["time"].copy()))
        booked = rows[(event == E_BOOK) & (rows["time"] > entry.start)]
        look = _looks(booked["time"], entry.start, entry.looks)
        booked, look = booked[look <= entry.looks], look[look <= entry.looks]
        self.earned += np.bincount(look, booked["amount"], minlength=entry.looks + 1)
        of_one = self._brings[booked["cause"]] & (booked["customer"] <= self._ids[-1])
        np.add.at(self._brought, (look[of_one] - 1, self._rows(booked[of_one])), booked["amount"][of_one])

    def _rows(self, rows: NDArray[Any]) -> Ints:
        return np.searchsorted(self._ids, rows["customer"])

    def rung_at_start(self) -> Ints:
        """(N,) where everybody stands when the test begins."""
        return self._rung

    def conversions(self, about: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """Who of those whom it is about converts, in order of time, and when."""
        who = np.concatenate([w for w, _ in self._first]) if self._first else np.zeros(0, np.int64)
        when = np.concatenate([t for _, t in self._first]) if self._first else np.zeros(0, np.int64)
        _, first = np.unique(who, return_index=True)
        first = np.sort(first)
        first = first[about[who[first]]]
        return who[first], when[first]

    def brought(self) -> Floats:
        """(K, N) what each customer has brought by each look, in amount units."""
        return np.cumsum(self._brought, axis=0)
