"""Programmes and recommendation on pages: there where the scenario has them, in its language, and what the limits say then.

Tests: ``reporting/fan_rows.py``, ``reporting/future_cells.py``, ``reporting/programs.py``, ``reporting/recommendation.py``.
"""

from __future__ import annotations

import datetime
import re

import pytest

from ladsim.planning.columns import columns_of
from ladsim.planning.compare import Comparison, compare
from ladsim.planning.program_months import opinion_by_month, opinion_fans, result_fans
from ladsim.planning.programs import program_value
from ladsim.planning.run import replicate
from ladsim.planning.tables import tables_of
from ladsim.reporting.assumptions import given_numbers, kind_of
from ladsim.reporting.page import page_html
from ladsim.reporting.programs import sentences
from ladsim.scenario.load import loads, validated
from ladsim.scenario.naming import Namer, value_words
from tests.i18n.test_catalogue import TELLTALE
from tests.reporting.test_languages import plain, words_of

CAFE = """
schema = 1
name = "Kaffe"
language = "{language}"
months = 6
market_size = 400
currency = "DKK"
rungs = [
  {{ name = "mulig", share = 0.6 }},
  {{ name = "kunde", share = 0.4, orders_per_month = 2.0 }},
  {{ name = "stamkunde", orders_per_month = 4.0 }},
  {{ name = "inaktiv", off_ladder = true }},
]
steps = [
  {{ from = "mulig", to = "kunde", monthly = {{ low = 0.05, high = 0.2 }}, is_order = true, source = "antagelse" }},
  {{ from = "kunde", to = "stamkunde", monthly = 0.1, source = "antagelse" }},
  {{ from = "kunde", to = "inaktiv", monthly = 0.1, satisfaction_effect = -0.7, source = "antagelse" }},
]
basket = {{ law = "constant", mean = 50 }}
[satisfaction]
start = 6.5
expectation = 7
quality = 8.0
quality_spread = 1.0
learning = 0.3
adaptation = 0.2
service_failure_probability = 0.05
service_failure_quality = 2
recovery_probability = 0.4
recovery_quality = 8
orders_effect = 0.1
basket_effect = 0.1
source = "antagelse"
[recommendation]
base = 0.5
per_satisfaction = 1.0
spread = 1.0
source = "antagelse"
[survey]
invited = 100
response_share = 0.5
source = "antagelse"
[strategies.point]
[[strategies.point.programs]]
kind = "points"
joins = {{ probability = 0.4, monthly = 0.1 }}
from_month = 1
setup_cost = 500
running_cost_per_month = 50
cost_per_member = 0.5
points_per_unit = 0.1
points_per_order = 1
reward_at = 20
reward_cost = 15
perceived_value = 20
redemption_probability = 0.8
goal_gradient = 0.5
goal_gradient_power = 2
endowed_points = 3
lift_after_reward = 0.2
lift_months = 1
expires_after_months = 3
statement_every_months = 1
statement_cost = 0.5
source = "antagelse"
[[strategies.point.programs]]
kind = "club"
joins = {{ probability = 0.2 }}
fee = 10
fee_every_months = 1
renewal_probability = 0.9
failed_payment_share = 0.05
recovered_share = 0.5
retry_days = 7
pause_share = 0.3
pause_months = 1
cost_per_order = 2
satisfaction_effect = -0.5
source = "antagelse"
[strategies.rabat]
[[strategies.rabat.programs]]
kind = "cashback"
joins = {{ probability = 0.3 }}
cashback_share = 0.05
minimum_balance = 20
payout_probability = 0.9
source = "antagelse"
[strategies.intet]
campaigns = []
"""
QUICK = {"seed": 1, "replications": 4, "processes": 1}


@pytest.fixture(scope="module", params=["en", "da", "nb"])
def study(request: pytest.FixtureRequest) -> Comparison:
    """Three strategies, two of them with programmes, in a market where customers have an opinion."""
    return compare(loads(CAFE.format(language=request.param)), **QUICK)


@pytest.fixture(scope="module")
def page(study: Comparison) -> str:
    """The comparison's page."""
    return page_html(study)


@pytest.fixture(scope="module")
def forecast(study: Comparison) -> str:
    """The page of one strategy with programmes."""
    return page_html(study.runs["point"])


def test_the_pages_have_the_sections(study: Comparison, page: str) -> None:
    """Comparison and forecast show programmes where there are any, and recommendation; every picture has its words."""
    assert 'id="programs"' in page and 'id="recommendation"' in page
    assert all(f'id="{name}-title"' in page for name in ("members", "owed", "nps", "promoters"))
    run = page_html(study.runs["intet"])
    assert 'id="programs"' not in run and 'id="recommendation"' in run
    for alt in re.findall(r"<desc[^>]*>([^<]*)</desc>", page):
        assert len(alt) > 20


def test_nothing_is_in_another_language(study: Comparison, page: str, forecast: str) -> None:
    """A comparison, a forecast and the page of the programmes' worth in Danish and in Norwegian hold no English word."""
    language = study.scenario.language
    worth = program_value(study.scenario, strategy="point", **QUICK)
    for one in (page, forecast, page_html(worth)):
        assert f'<html lang="{language}">' in one
        if language != "en":
            found = words_of(one)
            assert not TELLTALE & found
            assert (
                not {"members", "reward", "rewards", "fees", "fee", "running", "discounts", "survey", "quality", "failure"}
                & found
            )
    for said in sentences(worth):
        assert "nan" not in said and "–" not in said.replace("\u2013", "–")


def test_causes_have_words(study: Comparison, forecast: str) -> None:
    """A programme's money is named by programme and kind, and is no campaign's spend."""
    namer = Namer(study.scenario)
    wanted = {"en": "Points: rewards", "da": "Point: belønninger", "nb": "Poeng: belønninger"}[study.scenario.language]
    assert namer.cause("points:rewards") == wanted and namer.is_program("points:rewards")
    assert wanted in plain(forecast)
    assert not namer.is_program("welcome:running")


def test_a_clubs_page_tells_leaving_from_failing(study: Comparison, page: str, forecast: str) -> None:
    """Who cancelled, whose payment failed, who pauses: a table where there is a club, with the futures' means."""
    run, locale = study.runs["point"], Namer(study.scenario).locale
    for one in (page, forecast):
        assert plain(locale.text("programs.t_club")) in plain(one)
    assert plain(locale.text("programs.t_club")) not in plain(page_html(study.runs["rabat"]))
    fans = result_fans(run, "club")
    failed = fans["failed"].sum(axis=1)
    assert failed.mean() > 0.0 and plain(locale.people(float(failed.mean()))) in plain(forecast)
    left = sum(fans[key].sum(axis=1) for key in ("cancelled", "failed"))
    assert left.tolist() == fans["left"].sum(axis=1).tolist()


def test_elasticities_and_betas_are_no_percentages(study: Comparison, page: str) -> None:
    """β = −0.7 is shown as a number, and so is what is added to a likelihood; a change of 5 % and an effect of −30 % as percentages."""
    data = {
        "schema": 1, "name": "x", "months": 2, "market_size": 10, "rungs": [{"name": "a", "share": 1.0, "orders_per_month": 1.0}],
        "prices": [{"name": "dearer", "change": 0.05, "elasticity": -1.2}],
        "shocks": [{"name": "crisis", "effects": [{"on": "orders", "full": -0.3}]}],
    }  # fmt: skip
    shown = {number.key: value_words(number.value, kind_of(number)) for number in given_numbers(validated(data))}
    assert shown["prices.dearer.elasticity"] == "−1.2"
    assert shown["prices.dearer.change"] == "+5\u00a0%"
    assert "%" in shown["shocks.crisis.effects.orders.full"]
    for key in ("steps.kunde.inaktiv.satisfaction_effect", "recommendation.base", "satisfaction.orders_effect"):
        number = next(n for n in given_numbers(study.scenario) if n.key == key)
        assert "%" not in value_words(number.value, kind_of(number)), key
    assert ("−0,7" if study.scenario.language != "en" else "−0.7") in page


def test_pages_say_first_and_last_day() -> None:
    """Where the file has a start date: in the words of its language, twelve months of 30.4375 days on."""
    data = {
        "schema": 1, "name": "x", "months": 12, "market_size": 10, "start_date": datetime.date(2027, 1, 1),
        "rungs": [{"name": "a", "share": 1.0, "orders_per_month": 1.0}],
    }  # fmt: skip
    for language, said in (("en", "1 January 2027 to 31 December 2027"), ("da", "1. januar 2027 til 31. december 2027")):
        runs = replicate(validated(data | {"language": language}), replications=2, processes=1)
        assert said in plain(page_html(runs))
    assert "2027" not in plain(page_html(replicate(validated(data | {"start_date": None}), replications=2, processes=1)))


def test_the_survey_is_a_table(study: Comparison) -> None:
    """What the page draws: each strategy's first future, month by month, with the standard error of each score."""
    table = tables_of(study)["survey"]
    assert table.groupby("strategy", sort=False).size().tolist() == [7] * len(study.runs)
    asked = table[table["answers"] > 0]
    assert (asked["standard_error"] > 0.0).all() and ((asked["nps"] - asked["true"]).abs() < 5 * asked["standard_error"]).all()
    assert columns_of({"survey": table}, "DKK")["meaning"].ne("").all()


def test_the_limits_say_what_is_missing_here(study: Comparison, page: str) -> None:
    """Satisfaction and programmes are in this scenario, so no line says that they are not; in a strategy's page without them it does."""
    locale = Namer(study.scenario).locale
    page = plain(page)
    assert plain(locale.text("limit.no_satisfaction")) not in page and plain(locale.text("limit.no_programs")) not in page
    assert plain(locale.text("limit.no_prices")) in page
    bare = loads(re.sub(r"\[satisfaction\].*", "", CAFE.format(language=study.scenario.language).replace(
        "satisfaction_effect = -0.7, ", ""), flags=re.DOTALL))  # fmt: skip
    without = plain(page_html(replicate(bare, **QUICK)))
    assert plain(locale.text("limit.no_satisfaction")) in without and plain(locale.text("limit.no_programs")) in without
    assert 'id="recommendation"' not in without


def test_the_numbers_are_those_of_the_measures(study: Comparison, forecast: str) -> None:
    """The table of the last month has the mean of the futures, the table by month the same mean."""
    run = study.runs["point"]
    table = opinion_by_month(run)
    last = table[(table["what"] == "nps") & (table["month"] == 6.0)]["mean"].iloc[0]
    nps = opinion_fans(run)["nps"][:, -1]
    assert last == pytest.approx(nps.mean())
    locale = Namer(study.scenario).locale
    page = plain(forecast)
    assert plain(locale.number(float(nps.mean()), 2)) in page
    assert plain(locale.people(float(result_fans(run, "points")["members"][:, -1].mean()))) in page
