"""A comparison in words: one sentence that says what to choose and how sure that is, and one that says what decides it.

In: labels and estimates. Out: English sentences that a strategist can read aloud. Amounts have as many digits as they are worth;
an interval that holds 0 is never called a winner.

>>> amount(1_243_000, "DKK"), amount(-57_400, "EUR"), amount(812.4, "USD")
('DKK 1.24 million', 'EUR −57,400', 'USD 812')
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ladsim.planning.pairs import Estimate

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_SCALES = ((1e9, " billion"), (1e6, " million"), (1.0, ""))


@dataclass(frozen=True)
class Choice:
    """What the verdict is made from: the best strategy against the next best."""

    best: str  # labels, which the sentences put in quotation marks: a label may be a sentence itself
    runner_up: str
    gain: Estimate  # best − runner-up, mean and 95 % interval
    best_profit: float
    p_best: float
    strategies: int
    months: float
    currency: str
    futures: int
    same: bool  # all futures alike, to the last unit


def sentence(choice: Choice) -> str:
    """The verdict."""
    over, gain = _months(choice.months), choice.gain
    if choice.same:
        return (
            f"There is no difference between “{choice.best}” and “{choice.runner_up}”: "
            "they earn the same in every future simulated."
        )
    more = _more(choice)
    if math.isnan(gain.low):
        return (
            f"“{choice.best}” {more} over {over} than “{choice.runner_up}” in the {_futures(choice.futures)} simulated, "
            "which are too few to say how much of that is luck."
        )
    limits = f"95 % interval {interval(gain.low, gain.high, gain.value, choice.currency)}"
    sure = (
        f"is the {'better' if choice.strategies == 2 else 'best'} of the {_number(choice.strategies)} in {percent(choice.p_best)}"
    )
    if gain.low <= 0.0 <= gain.high:
        return (
            f"“{choice.best}” and “{choice.runner_up}” cannot be told apart at this number of runs ({choice.futures}): "
            f"“{choice.best}” {more} over {over} on average ({limits}) and {sure} of the futures simulated."
        )
    next_best = ", the next best" if choice.strategies > 2 else ""
    return (
        f"Choose “{choice.best}”: it {more} over {over} than “{choice.runner_up}”{next_best} ({limits}), "
        f"and {sure} of the futures simulated."
    )


def in_words(key: str) -> str:
    """A number's dotted key as one would say it.

    >>> in_words("steps.lead.customer.time.monthly"), in_words("rungs.repeat.orders_per_month"), in_words("basket.mean")
    ('the monthly chance of the step from lead to customer', 'orders per month on the rung repeat', 'basket.mean')
    >>> in_words("channels.social_media.effects.steps.lead.prospect.time.full")
    'the full effect of social media on the step from lead to prospect'
    >>> in_words("tactics.offers.effects.orders.per_rung.repeat")
    'the full effect of offers on orders on the rung repeat'
    """
    kind, *parts = key.split(".")
    what = _SAID.get(parts[-1], parts[-1].replace("_", " ")) if parts else ""
    if kind == "steps" and len(parts) in (3, 4):
        return f"{what} of {_step(parts)}"
    if kind == "rungs" and len(parts) == 2:
        return f"{what} on the rung {parts[0]}"
    if kind in ("channels", "tactics", "shocks") and len(parts) > 3 and parts[1] == "effects":
        on = _step(parts[3:]) if parts[2] == "steps" and len(parts) > 5 else parts[2]
        rung = f" on the rung {parts[-1]}" if parts[-2] == "per_rung" else ""
        return f"the full effect of {parts[0].replace('_', ' ')} on {on}{rung}"
    return key


def _step(parts: list[str]) -> str:
    return f"the step from {parts[0]} to {parts[1]}"


_SAID = {
    "monthly": "the monthly chance",
    "rate": "the monthly rate",
    "probability": "the probability",
    "reached": "the share that takes it, in time,",
    "share": "the share at the start",
    "basket_factor": "the basket factor",
}


_SHARES = ("monthly", "probability", "reached", "share", "margin", "carry_over", "discount_per_year")


def caveat(choice: Choice, key: str, share: float, turns: bool, values: tuple[float, float], gains: tuple[float, float]) -> str:
    """The sentence that says that an assumption decides: `values` of it in its lower and upper half, `gains` of the best there."""
    low, high = (_said(key, value) for value in values)
    worse, better = (amount(gain, choice.currency, signed=True) for gain in gains)
    halves = f"{worse} where that number is low (about {low}) and {better} where it is high (about {high})"
    duel = f"“{choice.best}” against “{choice.runner_up}”"
    if turns:
        return (
            f"An assumption decides this: {in_words(key)}. With it the verdict turns: {duel} is "
            f"{halves}. Measure that number before the money is spent."
        )
    return (
        f"This leans on an assumption: {in_words(key)} makes {percent(share)} of the doubt that comes from not knowing. "
        f"{duel} is {halves}."
    )


def amount(value: float, currency: str, signed: bool = False) -> str:
    """Money in words, to three digits."""
    size, word = _scale(value)
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return f"{currency} {sign}{_digits(abs(value), size)}{word}"


def interval(low: float, high: float, centre: float, currency: str) -> str:
    """Two amounts in the same unit: "DKK 0.9 to 1.5 million"."""
    size, word = _scale(max(abs(low), abs(high), abs(centre)))
    ends = [("−" if end < 0 else "") + _digits(abs(end), size) for end in (low, high)]  # as many digits as the tables show
    return f"{currency} {ends[0]} to {ends[1]}{word}"


def percent(share: float) -> str:
    """A share in whole per cent; only what is certain is called 0 or 100."""
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    return f"{min(99, max(1, round(share * 100)))} %"


def _more(choice: Choice) -> str:
    """ "earns DKK 1.2 million more", or "loses … less" where nothing is earned."""
    gain = abs(choice.gain.value)
    return f"{'loses' if choice.best_profit < 0 else 'earns'} {amount(gain, choice.currency)} {'less' if choice.best_profit < 0 else 'more'}"


def _scale(value: float) -> tuple[float, str]:
    return next((size, word) for size, word in _SCALES if abs(value) >= size or size == 1.0)


def _digits(value: float, size: float) -> str:
    """Three significant digits, thousands apart."""
    if value == 0.0:
        return "0"
    step = 10.0 ** (math.floor(math.log10(value)) - 2)
    rounded = round(value / step) * step / size
    decimals = max(0, -math.floor(math.log10(step / size) + 1e-9))
    return f"{rounded:,.{min(decimals, 2)}f}"


def _said(key: str, value: float) -> str:
    """A value as the tables of the report show it: effects and shares in per cent.

    >>> _said("channels.search.effects.orders.full", -0.2272), _said("steps.lead.customer.time.monthly", 0.0156)
    ('−22.7 %', '1.56 %')
    >>> _said("basket.mean", 41.26)
    '41.3'
    """
    if ".effects." in key:
        return f"{100 * value:+.{0 if abs(value) >= 1 else 3}{'f' if abs(value) >= 1 else 'g'}} %".replace("-", "−")
    return f"{100 * value:.3g} %" if key.rsplit(".", 1)[-1] in _SHARES else f"{value:.3g}"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _months(months: float) -> str:
    return f"{months:g} month{'' if months == 1 else 's'}"


def _futures(count: int) -> str:
    return f"{count} future{'' if count == 1 else 's'}"
