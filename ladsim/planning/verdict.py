"""A comparison in words: one sentence that says what to choose and how sure that is, and one that says what decides it.

In: labels and estimates. Out: sentences that a strategist can read aloud, in the scenario's language. Amounts have as many digits as
they are worth; an interval that holds 0 is never called a winner.

>>> amount(1_243_000, "DKK"), amount(-57_400, "EUR"), amount(812.4, "USD")
('DKK 1.24 million', 'EUR −57,400', 'USD 812')
>>> amount(1_243_000, "DKK", locale=Locale("da"))
'1,24 mio. kr'
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ladsim.i18n import ENGLISH, Locale
from ladsim.i18n.catalogue import loose
from ladsim.i18n.numerals import FORMS, marked
from ladsim.planning.extra import Extra
from ladsim.planning.pairs import NOTHING, Estimate

_NUMBERS = 13  # that have words of their own, from nought


@dataclass(frozen=True)
class Choice:
    """What the verdict is made from: the best candidate against the next best. One of the candidates is base, which is no choice."""

    best: str  # labels, which the sentences put in quotation marks: a label may be a sentence itself
    runner_up: str
    gain: Estimate  # best − runner-up, mean and 95 % interval
    best_profit: float
    p_best: float
    strategies: int  # candidates, base among them
    months: float
    currency: str
    futures: int
    same: bool  # all futures alike, to the last unit
    locale: Locale = ENGLISH
    names: Mapping[str, str] = field(default_factory=dict)  # what rungs and levers are called, where not by their names
    base: Literal["", "best", "other"] = ""  # which of the two is base: the market without any of the strategies
    none_pays: bool = True  # where base is the best: whether every strategy is surely behind it
    against: Estimate = NOTHING  # best − base, where base is none of the two
    extra: Extra | None = None  # what the strategy that the sentence is about brings beyond base


def sentence(choice: Choice) -> str:
    """The verdict, a line each: what to choose and how sure that is; whether it earns back its money; what an extra customer costs."""
    lines = [_against_base(choice)] if choice.base else [_of_two(choice), _earns_back(choice)]
    return "\n".join(filter(None, [*lines, _extra(choice)]))


def _of_two(choice: Choice) -> str:
    """The best strategy against the next best."""
    locale, gain = choice.locale, choice.gain
    said = _said_of(choice)
    if choice.same:
        return loose(locale.text("verdict.same", **said))
    if math.isnan(gain.low):
        return loose(locale.text("verdict.few", **said, futures=locale.text("count.futures", n=choice.futures)))
    if gain.low <= 0.0 <= gain.high:
        return loose(locale.text("verdict.tie", **said, futures=choice.futures))
    # What is not sure to earn back its money is never to be chosen, however far it is ahead of another.
    return loose(locale.text("verdict.choose" if choice.against.low > 0.0 else "verdict.ahead", **said))


def _earns_back(choice: Choice) -> str:
    """Whether the best earns back its money, which being ahead of another does not say."""
    against = choice.against
    if math.isnan(against.low) or against.low == against.high == 0.0:
        return ""
    locale = choice.locale
    free = choice.extra is not None and choice.extra.why in ("no_money", "saves")
    key = ("verdict.pays_free" if free else "verdict.pays") if against.low > 0.0 else "verdict.pays_unsure"
    amount_said = amount(against.value, choice.currency, signed=against.low <= 0.0, locale=locale)
    months = locale.text("count.months", n=marked(locale.language, f"{choice.months:g}"))
    return loose(locale.text(key, best=choice.best, amount=amount_said, limits=_limits(against, choice), months=months))


def _against_base(choice: Choice) -> str:
    """The best strategy against the market without any: it earns back its money, or does not, or that cannot be told."""
    locale = choice.locale
    gain = choice.gain if choice.base == "other" else Estimate(-choice.gain.value, -choice.gain.high, -choice.gain.low)
    said = _said_of(choice)
    said["one"] = choice.best if choice.base == "other" else choice.runner_up
    said["number"] = number_words(choice.strategies - 1, locale)
    ending = "_one" if choice.strategies == 2 else ""
    if choice.same:
        return loose(locale.text("verdict.changes_nothing", **said))
    if math.isnan(gain.low):
        said["amount"] = amount(gain.value, choice.currency, signed=True, locale=locale)
        return loose(locale.text("verdict.few_base", **said, futures=locale.text("count.futures", n=choice.futures)))
    said["limits"] = _limits(gain, choice)
    # The one that is ahead of the others may surely lose, and another still have a chance.
    if gain.low <= 0.0 <= gain.high or (choice.base == "best" and not choice.none_pays):
        said["amount"] = amount(gain.value, choice.currency, signed=True, locale=locale)
        return loose(locale.text(f"verdict.tie_base{ending}", **said, futures=choice.futures))
    said["amount"] = amount(abs(gain.value), choice.currency, locale=locale)
    if gain.value > 0.0:
        return loose(locale.text("verdict.choose_base", **said))
    said["limits"] = _limits(Estimate(-gain.value, -gain.high, -gain.low), choice)
    return loose(locale.text(f"verdict.none{ending}", **said))


def _said_of(choice: Choice) -> dict[str, str]:
    """What most sentences name."""
    locale = choice.locale
    said = {"best": choice.best, "other": choice.runner_up, "more": _more(choice)}
    said["months"] = locale.text("count.months", n=marked(locale.language, f"{choice.months:g}"))
    said["limits"] = _limits(choice.gain, choice)
    best = "verdict.better" if choice.strategies == 2 else "verdict.best"
    if not math.isnan(choice.p_best):
        said["sure"] = locale.text(best, number=number_words(choice.strategies, locale), share=percent(choice.p_best))
    return said


def number_words(count: int, locale: Locale) -> str:
    """A small number as a word."""
    return locale.text(f"numeral.{count}") if count < _NUMBERS else str(count)


def _limits(estimate: Estimate, choice: Choice) -> str:
    if math.isnan(estimate.low):
        return ""
    return choice.locale.text(
        "verdict.limits", interval=interval(estimate.low, estimate.high, estimate.value, choice.currency, locale=choice.locale)
    )


def _extra(choice: Choice) -> str:
    """What an extra customer costs, and what the extra money brings back."""
    if choice.extra is None or choice.same:
        return ""
    label = choice.runner_up if choice.base == "best" else choice.best
    return extra_words(choice.extra, label, choice.currency, choice.locale)


def extra_words(extra: Extra, label: str, currency: str, locale: Locale = ENGLISH) -> str:
    """One sentence on the extra customers of a strategy, by its label, and their price; empty where too few futures tell, or nothing changes."""
    people, back, each = extra.extra_customers, extra.return_on_extra_money, extra.cost_per_extra_customer
    if extra.why in ("few", "money_unsure") or (extra.why == "no_money" and people.low == people.high == 0.0):
        return ""
    said = {
        "label": label,
        "money": locale.money(abs(extra.extra_money.value), currency),
        "people": locale.people(abs(people.value)),
        "change": ("+" if people.value > 0.0 else "") + locale.people(people.value),
        "interval": locale.between(*(locale.people(end) for end in (people.low, people.high))),
        "unit": locale.one_of(currency),
    }
    if math.isfinite(back.value):
        said |= {"back": locale.money(back.value, currency), "back_limits": locale.money_between(back.low, back.high, currency)}
    if math.isfinite(each.value):
        said |= {"each": locale.money(each.value, currency), "limits": locale.money_between(each.low, each.high, currency)}
    as_many = extra.why == "saves" and people.value == people.low == people.high == 0.0
    key = "_".join(("extra", *([extra.why] if extra.why else []), *(["same"] if as_many else [])))
    return loose(locale.text(f"verdict.{key}", **said))


def key_in_words(key: str, locale: Locale = ENGLISH, names: Mapping[str, str] | None = None) -> str:
    """A number's dotted key as one would say it.

    >>> key_in_words("steps.lead.customer.time.monthly"), key_in_words("rungs.repeat.orders_per_month"), key_in_words("basket.mean")
    ('the monthly chance of the step from lead to customer', 'orders per month on the rung repeat', 'basket.mean')
    >>> key_in_words("channels.social_media.effects.steps.lead.prospect.time.full")
    'the full effect of social media on the step from lead to prospect'
    >>> key_in_words("tactics.offers.effects.orders.per_rung.repeat")
    'the full effect of offers on orders on the rung repeat'
    >>> key_in_words("rungs.repeat.orders_per_month", Locale("da"), {"repeat": "Stamkunde"})
    'ordrer pr. måned på trinnet Stamkunde'
    >>> key_in_words("money.margin", Locale("nb")), key_in_words("programs.stamps.reward_at", Locale("da"))
    ('økonomi: dekningsgrad', 'programmer: stamps, point til en belønning')
    """
    kind, *parts = key.split(".")
    called = [(names or {}).get(part, part) for part in parts]
    if kind == "steps" and len(parts) in (3, 4):
        return locale.text("verdict.of_step", what=_part(parts[-1], locale), origin=called[0], to=called[1])
    if kind == "rungs" and len(parts) == 2:
        return locale.text("verdict.on_rung", what=_part(parts[-1], locale), rung=called[0])
    if kind in ("channels", "tactics", "shocks") and len(parts) > 3 and parts[1] == "effects":
        on = _part(parts[2], locale)
        if parts[2] == "steps" and len(parts) > 5:
            on = locale.text("verdict.step", origin=called[3], to=called[4])
        if parts[-2] == "per_rung":
            on = locale.text("verdict.on_rung", what=on, rung=called[-1])
        return locale.text("verdict.effect", lever=called[0].replace("_", " "), what=on)
    if locale.language == "en" or not parts:
        return key
    said = ", ".join(_part(part, locale) if one == part else one for part, one in zip(parts, called, strict=True))
    return f"{_part(kind, locale)}: {said}"


def _part(name: str, locale: Locale) -> str:
    """What the last part of a key means."""
    if locale.has(f"verdict.{name}"):
        return locale.text(f"verdict.{name}")
    if locale.language != "en" and locale.has(f"key.{name}"):
        return locale.text(f"key.{name}")
    if locale.language != "en" and locale.has(f"trigger.{name}"):
        return locale.text(f"trigger.{name}")
    return name.replace("_", " ")


_SHARES = ("monthly", "probability", "cumulative_share", "share", "margin", "carry_over", "discount_per_year")


def caveat(
    choice: Choice,
    key: str,
    share: float,
    turns: bool,
    values: tuple[float, float],
    gains: tuple[float, float],
    few: bool = False,
) -> str:
    """The sentence that says that an assumption decides: `values` of it in its lower and upper half, `gains` of the best there.

    With `few` draws it says that this may be chance, and sends nobody to measure.
    """
    locale = choice.locale
    low, high = (_said(key, value, locale) for value in values)
    worse, better = map(loose, locale.money_ends(*gains, choice.currency, signed=True))
    halves = locale.text(
        "verdict.halves", best=choice.best, other=choice.runner_up, low_gain=worse, low=low, high_gain=better, high=high
    )
    what = key_in_words(key, locale, choice.names)
    may = "_perhaps" if few else ""
    if turns:
        return loose(locale.text(f"verdict.turns{may}", key=what, halves=halves))
    return loose(locale.text(f"verdict.leans{may}", key=what, halves=halves, share=percent(share)))


def amount(value: float, currency: str, signed: bool = False, locale: Locale = ENGLISH) -> str:
    """Money in words, to three digits."""
    size, word = _scale(value, locale)
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return loose(locale.with_currency(f"{sign}{_digits(abs(value), size, locale)}{word}", currency))


def interval(low: float, high: float, centre: float, currency: str, locale: Locale = ENGLISH) -> str:
    """Two amounts in the same unit: "DKK 0.9 to 1.5 million"."""
    size, word = _scale(max(abs(low), abs(high), abs(centre)), locale)
    ends = [
        ("−" if end < 0 else "") + _digits(abs(end), size, locale) for end in (low, high)
    ]  # as many digits as the tables show
    return loose(locale.with_currency(f"{ends[0]} {FORMS[locale.language].to} {ends[1]}{word}", currency))


def percent(share: float) -> str:
    """A share in whole per cent; only what is certain is called 0 or 100."""
    if share in (0.0, 1.0):
        return f"{share * 100:.0f} %"
    return f"{min(99, max(1, round(share * 100)))} %"


def _more(choice: Choice) -> str:
    """ "earns DKK 1.2 million more", or "loses … less" where nothing is earned."""
    gain = amount(abs(choice.gain.value), choice.currency, locale=choice.locale)
    return choice.locale.text("verdict.loses" if choice.best_profit < 0 else "verdict.earns", amount=gain)


def _scale(value: float, locale: Locale) -> tuple[float, str]:
    form = FORMS[locale.language]
    scales = ((1e9, f" {form.billion}"), (1e6, f" {form.million}"), (1.0, ""))
    return next((size, word) for size, word in scales if abs(value) >= size or size == 1.0)


def _digits(value: float, size: float, locale: Locale) -> str:
    """Three significant digits, thousands apart."""
    if value == 0.0:
        return "0"
    step = max(10.0 ** (math.floor(math.log10(value)) - 2), 0.01 * size)  # rounded once: what is shown has two decimals at most
    rounded = round(value / step) * step / size
    decimals = max(0, -math.floor(math.log10(step / size) + 1e-9))
    return marked(locale.language, f"{rounded:,.{min(decimals, 2)}f}")


def _said(key: str, value: float, locale: Locale = ENGLISH) -> str:
    """A value as the tables of the report show it: effects and shares in per cent.

    >>> _said("channels.search.effects.orders.full", -0.2272), _said("steps.lead.customer.time.monthly", 0.0156)
    ('−22.7 %', '1.56 %')
    >>> _said("basket.mean", 41.26), _said("basket.mean", 41.26, Locale("nb"))
    ('41.3', '41,3')
    """
    if ".effects." in key:
        said = f"{100 * value:+.{0 if abs(value) >= 1 else 3}{'f' if abs(value) >= 1 else 'g'}} %".replace("-", "−")
    else:
        said = f"{100 * value:.3g} %" if key.rsplit(".", 1)[-1] in _SHARES else f"{value:.3g}"
    return marked(locale.language, said)
