"""Numbers in English, by short names; ``ladsim.i18n.Locale`` writes them in any language, and has what these give.

>>> people(12_345.6), money(-1_234_567, "DKK"), percent(0.1234), month(7.2)
('12,300', 'DKK\\xa0−1.23\\xa0million', '12\\xa0%', 'month\\xa07.2')
>>> number(1234.5), number(0.012345), number(-5), number(float("nan")), number(0)
('1,230', '0.0123', '−5', '–', '0')
>>> money_between(1_280_000, 1_620_000, "DKK"), money_between(-500, 20_000, "DKK"), money_between(float("nan"), 1, "DKK")
('DKK\\xa01.28 to 1.62\\xa0million', 'DKK\\xa0−500 to 20,000', '')
>>> short_money(1_500_000), short_money(-20_000), short_money(0)
('1.5M', '−20k', '0')
>>> percent(0.9996), percent(0.0003), percent(1), percent(-0.034), between("3", "5")
('>99\\xa0%', '<1\\xa0%', '100\\xa0%', '−3.4\\xa0%', '3 to 5')
"""

from __future__ import annotations

from ladsim.i18n import ENGLISH
from ladsim.i18n.numerals import DASH, MINUS, SPACE

number, people, percent, month, between = ENGLISH.number, ENGLISH.people, ENGLISH.percent, ENGLISH.month, ENGLISH.between
money, money_between, short_money = ENGLISH.money, ENGLISH.money_between, ENGLISH.short_money

__all__ = ["number", "people", "percent", "month", "between", "money", "money_between", "short_money", "DASH", "MINUS", "SPACE"]
