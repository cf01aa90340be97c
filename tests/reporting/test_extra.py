"""The boxes of the extra customer and of when it pays: every idea has its price, and what is not sure is not said as though it were."""

from __future__ import annotations

import math
import re

import pytest

from ladsim.i18n import LANGUAGES, Locale
from ladsim.planning.extra import Extra, Why
from ladsim.planning.pairs import NOTHING, Estimate
from ladsim.reporting.extra import MOST_OTHERS, ExtraWords, payback_answer, prices

GOOGLE = Extra(
    extra_money=Estimate(9e5, 9e5, 9e5), extra_profit=Estimate(-5.5e5, -6e5, -5e5), extra_customers=Estimate(547.0, 471.0, 622.0),
    extra_new_customers=Estimate(936.0, 822.0, 1050.0), cost_per_extra_customer=Estimate(1650.0, 1450.0, 1910.0),
    cost_per_extra_new_customer=Estimate(962.0, 857.0, 1100.0), return_on_extra_money=Estimate(0.38, 0.33, 0.44), why="",
)  # fmt: skip


def words(price: Estimate, why: Why = "", language: str = "en") -> ExtraWords:
    """A strategy whose extra customer costs so much, or has no price."""
    found = {**vars(GOOGLE), "cost_per_extra_customer": price, "why": why}
    return ExtraWords(Extra(**found), "DKK", Locale(language))


def test_the_other_ideas_have_their_price_beside_the_best() -> None:
    """The cheapest first, who is not sure to bring anybody last, in words; of many only some, for all stand in the table."""
    others = {
        "Google": words(GOOGLE.cost_per_extra_customer),
        "Points": words(NOTHING, "unsure"),
        "Letters": words(Estimate(743.0, 637.0, 891.0)),
    }
    said = prices(others, Locale("en")).replace("\u00a0", " ")
    assert (
        said
        == "With the others it costs: Letters DKK 743 (DKK 637 to 891); Google DKK 1,650 (DKK 1,450 to 1,910); Points: not sure to bring any."
    )
    many = {f"S{n}": words(Estimate(float(n), n - 0.5, n + 0.5)) for n in range(1, MOST_OTHERS + 3)}
    assert prices(many, Locale("en")).count(";") == MOST_OTHERS and "S6" not in prices(many, Locale("en"))
    for language in LANGUAGES:
        assert "Google" in prices({"Google": words(GOOGLE.cost_per_extra_customer, language=language)}, Locale(language))


@pytest.mark.parametrize(("language", "perhaps"), [("en", "perhaps"), ("da", "måske"), ("nb", "kanskje")])
def test_what_may_never_pay_pays_perhaps(language: str, perhaps: str) -> None:
    """Above the mean the lead stays from month 11 on, below its lower limit never: the short answer hedges as the sentence below it does."""
    locale = Locale(language)
    unsure = payback_answer(Estimate(11.0, 6.0, math.nan), "Letters", "12", locale)
    sure = payback_answer(Estimate(11.0, 9.0, 12.0), "Letters", "12", locale)
    assert unsure.answer.startswith(perhaps) and perhaps not in sure.answer
    assert re.search(r"\b6\b", unsure.details[0])
