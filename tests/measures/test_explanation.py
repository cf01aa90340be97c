"""Every measure is explained in every language, and every public function that measures something has an explanation.

Tests: ``measures/dictionary.py``.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import ladsim
from ladsim import i18n
from ladsim.errors import StudyError
from ladsim.measures.dictionary import ENTRIES
from ladsim.measures.explanation import TEXTS, explain, explanations, study_measures
from tests.public import public

PLACES = (ladsim.measures, ladsim.theory, ladsim)
LANGUAGES = i18n.LANGUAGES
FOLDER = Path(i18n.__file__).parent
# Public functions of ``measures`` that give no measure: they say how sure one is, keep or explain them, or what others measured.
OTHERS = {"uncertainty", "summary", "dictionary", "explanation", "literature"}


def texts(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"measures.{language}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_measure_has_all_parts_in_every_language(language: str) -> None:
    """The same measures with the same parts, none of them empty, in the order of the dictionary; units and headings, too."""
    found = texts(language)
    assert set(found) == {"parts", "units", *ENTRIES}
    for key in ENTRIES:
        assert tuple(found[key]) == TEXTS, key
        assert all(len(text.strip()) >= 3 for text in found[key].values()), key
    assert found["units"].keys() == texts("en")["units"].keys() == {entry.unit.replace(" ", "_") for entry in ENTRIES.values()}
    assert found["parts"].keys() == texts("en")["parts"].keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_the_same_code_in_every_language(language: str) -> None:
    """What stands in `backticks` is the same in every language but for the name of a rung, and exists."""
    tables = {
        "rungs",
        "steps",
        "conversion",
        "goals",
        "retention",
        "referral_trees",
        "money",
        "profit",
        "abc",
        "control_groups",
        "extra",
    }
    columns = {
        "all",
        "referred",
        "referred_share",
        "revenue",
        "contribution",
        "spend",
        "profit",
        "value",
        "rung_cost",
        "entry_cost",
    }
    columns |= {
        "fixed_cost",
        "reward_cost",
        "point_value",
        "prepaid",
        "reward_at",
        "bought_before = false",
        "around_trend",
        "month_to_month",
        "future_to_future",
        "rung=",
        "payback_month",
        "referrals_per_customer",
        "extra_new_customers",
        "cost_per_extra_new_customer",
        "end_RUNG",
        "end_TRIN",
        "end_TRINN",
    }
    allowed = tables | columns | {"end_customer"} | set(study_measures()) | set(ENTRIES)
    functions = {name for place in PLACES for name in place.__all__}
    for key in ENTRIES:
        codes = {part: re.findall(r"`([^`]*)`", text) for part, text in texts(language)[key].items()}
        english = {part: re.findall(r"`([^`]*)`", text) for part, text in texts("en")[key].items()}
        for part, names in codes.items():
            assert [re.sub("end_TRINN?", "end_RUNG", name) for name in names] == english[part], (key, part)
            for name in names:
                assert name in allowed or name.partition("(")[0] in functions, (key, name)


def test_what_an_explanation_names_can_be_called() -> None:
    """Every function that a measure is given by, in the dictionary or in its texts, is there as ladsim.measures.NAME, or beside it."""
    named = {name for entry in ENTRIES.values() for name in entry.functions}
    for key in ENTRIES:
        for text in texts("en")[key].values():
            named |= set(re.findall(r"`(?:ladsim\.)?(?:measures\.|theory\.)?(\w+)\(", text))
    assert len(named) > 45
    assert all(any(callable(getattr(place, name, None)) for place in PLACES) for name in named)


def test_every_public_measure_function_has_an_explanation() -> None:
    """Whatever `ladsim.measures` offers, and whatever `ladsim` itself offers of it, is explained under its name."""
    named = {name for entry in ENTRIES.values() for name in entry.functions}
    wanted = {name for home, names in public("ladsim.measures").items() if home not in OTHERS for name in names}
    models = {"spreading", "direct_marketing"}  # published models, explained where they are played (``ladsim verify``)
    wanted |= {name for home, names in public("ladsim.theory").items() if home not in models for name in names}
    assert wanted <= named, sorted(wanted - named)
    for name in named:
        assert any(hasattr(place, name) for place in PLACES), name
        assert name in ENTRIES[explain(name).key].functions or name in ENTRIES


def test_a_measure_has_many_names() -> None:
    """Its own, that in a study, that of a function, a short one, and its name in any language."""
    for name in ("churn_rate", " Churn_Rate ", "Churn rate"):
        assert explain(name).key == "churn_rate"
    assert explain("churn").key == explain("Churn share").key == "churn_share"
    assert explain("NPS", "nb").key == "net_promoter_score"
    assert explain("ltv").key == "lifetime_value_contribution"
    assert explain("genkøbsrate", "da").key == "repurchase_rate"
    assert explain("frafaldsrate").name == "Churn rate"
    assert explain("end_partner", "da").key == "rung_counts"
    assert explain("present_value").key == "discounted_profit"
    assert ladsim.explain("r", language="da").name == "Anbefalingsfaktor R"


def test_a_wrong_name_is_answered_with_the_nearest_right_one() -> None:
    """A typo gets a hint, what is like nothing gets the list; so does a language."""
    with pytest.raises(StudyError, match="found 'churn_rte', did you mean 'churn_rate'"):
        explain("churn_rte")
    with pytest.raises(StudyError, match="did you mean 'kundetilfredshed'"):
        explain("kundetilfredshedd", "da")
    with pytest.raises(StudyError, match="found 'frafaldsrat', did you mean 'frafaldsrate'"):
        explain("frafaldsrat", "en")  # no name in English is like it
    with pytest.raises(StudyError, match=r"must be one of rung_counts, .*, cost_per_extra_order"):
        explain("xyzzy")
    with pytest.raises(StudyError, match="language: found 'sv', must be one of en, da, nb"):
        explain("churn", "sv")


def test_an_explanation_prints_itself() -> None:
    """All eight parts under headings of the language, no line longer than a screen."""
    said = str(explain("customer_equity", "da"))
    assert said.startswith("Kundekapital  (customer_equity)\n")
    assert all(f"\n  {heading}\n" in said for heading in texts("da")["parts"].values())
    assert "Blattberg & Deighton (1996)" in said
    assert max(len(line) for text in explanations("en").values() for line in str(text).splitlines()) <= 100


@pytest.mark.parametrize("language", ["da", "nb"])
def test_numbers_are_written_as_readers_write_them(language: str) -> None:
    """Decimal commas outside of code; no letter of another alphabet's keyboard."""
    for key, parts in texts(language).items():
        for text in parts.values():
            assert not re.search(r"\d\.\d", re.sub(r"`[^`]*`", "", text)), (key, text)
            assert not re.search(r"[äöüÄÖÜ]", text), (key, text)


def test_numbers_of_a_study_keep_their_units() -> None:
    """Screens and tables know units by their English code, whatever the language of the words."""
    assert study_measures("da")["churn_rate"].title == "Frafaldsrate"
    for language in LANGUAGES:
        assert {n: m.unit for n, m in study_measures(language).items()} == {n: m.unit for n, m in study_measures().items()}


SHORT = {
    "retention": "retention_rate", "churn": "churn_share", "won_back": "win_backs", "r": "referral_factor",
    "organic_growth": "referred_share", "crv": "customer_referral_value", "cac": "customer_acquisition_cost",
    "extra_customer": "extra_customers", "extra_new_customers": "extra_customers",
    "cost_per_extra_new_customer": "cost_per_extra_customer", "marginal_cac": "cost_per_extra_customer",
    "brings_back": "return_on_extra_money", "payback": "payback_months", "payback_month": "payback_months",
    "romi": "return_on_spend", "roi": "return_on_spend", "price_elasticity": "price_sensitivity", "elasticity": "price_sensitivity",
    "lifetime_value": "lifetime_value_contribution", "clv": "lifetime_value_contribution", "ltv": "lifetime_value_contribution",
    "abc": "abc_curve", "nps": "net_promoter_score", "wheel": "loyalty_wheel", "liability": "points_liability",
    "control_group": "uplift", "test_group": "uplift", "holdout": "uplift",
}  # fmt: skip


def test_what_people_also_call_a_measure() -> None:
    """The short names of the field, and the columns of what one more customer costs."""
    assert {name: explain(name).key for name in SHORT} == SHORT
