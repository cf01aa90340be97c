"""Satisfaction and the likelihood to recommend: two numbers of a customer, from 0 to 10.

An experience of quality q (an order, a renewal) moves satisfaction by `learning` · (q − expectation), and the expectation follows
the experiences by `adaptation` · (q − expectation), so that a surprise wears off (expectancy disconfirmation; Oliver 1980). The
likelihood to recommend is a + b · satisfaction + the rung's and the customer's own part; rounded as in a survey, 9 and 10 make a
promoter, 7 and 8 a passive, 0 to 6 a detractor (Reichheld 2003). A rate or probability with a `satisfaction_effect` β goes by
exp(β · (satisfaction − 7) / 3).

A service failure is an experience of its own quality; a part of them is recovered from, which is another.
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import rule
from ladsim.model import access, tallies
from ladsim.model.layout import E_FEEL, NOBODY_ID
from ladsim.model.money import month_of, note

PROMOTER, PASSIVE, DETRACTOR, SUM, FAILURES, RECOVERED = range(6)
_MIDDLE, _WIDTH = 7.0, 3.0
_PARTS = 1e6  # of a point of satisfaction


@rule
def clipped(value):  # type: ignore[no-untyped-def]
    """A number on the scale of 0 to 10."""
    return min(max(value, 0.0), 10.0)


@rule
def likelihood(m, row):  # type: ignore[no-untyped-def]
    """How likely this customer is to recommend: 0 to 10."""
    value = m.recommendation_base + m.recommendation_slope * access.mood(m, row).satisfaction
    value += access.rung(m, access.head(m, row).rung).recommendation
    if m.recommendation_trait >= 0:
        value += access.trait(m, row, m.recommendation_trait)
    return clipped(value)


@rule
def attitude(m, row):  # type: ignore[no-untyped-def]
    """Promoter, passive or detractor."""
    score = np.rint(likelihood(m, row))
    if score >= 9.0:
        return PROMOTER
    return PASSIVE if score >= 7.0 else DETRACTOR


@rule
def is_detractor(m, row):  # type: ignore[no-untyped-def]
    """Whether what this customer says is criticism."""
    return m.part_mood >= 0 and attitude(m, row) == DETRACTOR


@rule
def feeling(m, row, effect):  # type: ignore[no-untyped-def]
    """What satisfaction makes of a rate with an effect."""
    if m.part_mood < 0 or effect == 0.0:
        return 1.0
    return streams.exp(effect * ((access.mood(m, row).satisfaction - _MIDDLE) / _WIDTH))


@rule
def count_mood(m, row, t, sign):  # type: ignore[no-untyped-def]
    """Count this customer in (1) or out (−1) of its mood and rung."""
    if m.part_mood >= 0:
        c = access.head(m, row)
        month = month_of(t)
        tallies.count_mood(m, month, c.segment, c.rung, attitude(m, row), sign)
        parts = np.int64(np.rint(access.mood(m, row).satisfaction * _PARTS))
        tallies.count_mood(m, month, c.segment, c.rung, SUM, sign * parts)


@rule
def live_through(m, row, t, quality):  # type: ignore[no-untyped-def]
    """An experience moves satisfaction, and what is expected."""
    own = access.mood(m, row)
    count_mood(m, row, t, -1)
    surprise = clipped(quality) - own.expectation
    own.satisfaction = clipped(own.satisfaction + m.learning * surprise)
    own.expectation = clipped(own.expectation + m.adaptation * surprise)
    count_mood(m, row, t, 1)
    if m.log:
        rung = access.head(m, row).rung
        note(m, row, t, E_FEEL, rung, rung, -1, np.uint64(NOBODY_ID), np.int64(np.rint(own.satisfaction * m.unit)))


@rule
def experience(m, row, t, word, number):  # type: ignore[no-untyped-def]
    """What an order or a renewal is like: its rung's quality, more or less; or a failure of service, perhaps recovered from."""
    if m.part_mood < 0:
        return
    key = access.key(m, row)
    c = access.head(m, row)
    rung, month = c.rung, month_of(t)
    quality = access.quality(m, access.group(m, row), rung)
    for place in range(m.programs):
        quality += access.level_factors(m, access.level_of(m, row, place), rung).quality
    if m.quality_spread > 0.0:
        quality += m.quality_spread * streams.normal(streams.uniform(key, word, streams.QUALITY, number, 0))
    if m.failure > 0.0 and streams.uniform(key, word, streams.FAILURE, number, 0) < m.failure:
        tallies.count_mood(m, month, c.segment, rung, FAILURES, 1)
        quality = m.failure_quality
        if m.recovery > 0.0 and streams.uniform(key, word, streams.FAILURE, number, 1) < m.recovery:
            tallies.count_mood(m, month, c.segment, rung, RECOVERED, 1)
            live_through(m, row, t, quality)
            quality = m.recovery_quality
    live_through(m, row, t, quality)


@rule
def begin_mood(m, row):  # type: ignore[no-untyped-def]
    """How satisfied a customer is at the start, and what it expects."""
    if m.part_mood >= 0:
        own = access.mood(m, row)
        own.satisfaction = m.satisfaction_start
        own.expectation = m.expectation_start
        count_mood(m, row, 0, 1)
