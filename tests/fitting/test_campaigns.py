"""What a campaign brought: the e-mail test of 64,000, printed intervals, and that a change over time is no effect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ladsim.errors import DataError, StudyError
from ladsim.fitting.campaigns import agresti_caffo, before_after, fit_campaign, newcombe
from tests.fitting.conftest import real


@pytest.mark.parametrize(
    ("counts", "ends"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombe_as_printed(counts: tuple[int, int, int, int], ends: tuple[float, float]) -> None:
    """The examples of Newcombe (1998), table II, method 10."""
    assert newcombe(*counts) == pytest.approx(ends, abs=5.1e-5)


def test_agresti_caffo_by_hand() -> None:
    """Wald's interval after a reaction and a failure more in each arm."""
    p, q = 57 / 72, 49 / 82
    half = stats.norm.ppf(0.975) * np.sqrt(p * (1 - p) / 72 + q * (1 - q) / 82)
    assert agresti_caffo(56, 70, 48, 80) == pytest.approx((p - q - half, p - q + half), rel=1e-12)


def test_the_intervals_cover() -> None:
    """Exactly, over all outcomes of 30 against 40: at rare and at common shares Newcombe's 95 % hold from 93 % on."""
    for p, q in ((0.1, 0.05), (0.5, 0.5), (0.9, 0.7)):
        x, y = np.arange(31), np.arange(41)
        weights = np.outer(stats.binom.pmf(x, 30, p), stats.binom.pmf(y, 40, q))
        held = np.array([[low <= p - q <= high for low, high in (newcombe(int(a), 30, int(b), 40) for b in y)] for a in x])
        assert weights[held].sum() >= 0.93


def test_the_e_mail_test(shared_data: Path) -> None:
    """Hillstrom: .57 % without, 1.25 % and .88 % with an e-mail; both lifts are surely above 0, and the held-out arm is known by its name."""
    table = real(
        shared_data, "hillstrom_email/hillstrom.csv", kind="contacts", columns={"campaign": "segment", "outcome": "conversion"}
    )
    fitted = fit_campaign(table, randomised=True)
    shares = {dict(values)["arm"]: dict(values)["share"] for key, values in fitted.facts if key == "reacted"}
    assert {arm: round(100 * share, 2) for arm, share in shares.items()} == {
        "No E-Mail": 0.57,
        "Mens E-Mail": 1.25,
        "Womens E-Mail": 0.88,
    }
    assert fitted.n == 64_000 and not fitted.cannot_tell
    for arm, lift in (("Mens E-Mail", 0.0068), ("Womens E-Mail", 0.0031)):
        assert fitted.parameters[f"lift {arm}"] == pytest.approx(lift, abs=5e-5)
        low, high = fitted.interval(f"lift {arm}")
        assert 0 < low < lift < high
        said = next(dict(values) for key, values in fitted.facts if key == "lift" and dict(values)["arm"] == arm)
        assert low == pytest.approx(fitted.interval(f"lift {arm}", 0.95)[0], abs=5e-4)
        assert fitted.interval(f"lift {arm}", 0.95) == pytest.approx((said["low"], said["high"]), abs=3e-4)


def contacts(**arms: tuple[int, int]) -> pd.DataFrame:
    rows = [(name, k < reacted) for name, (reacted, n) in arms.items() for k in range(n)]
    return pd.DataFrame(rows, columns=["campaign", "outcome"])


def test_without_the_lot_no_effect() -> None:
    """Not said to be randomised: the difference is told, there is no number of a lift, and why stands among what the data cannot tell."""
    fitted = fit_campaign(contacts(mail=(30, 300), control=(20, 300)))
    assert not any(name.startswith(("lift", "effect")) for name in fitted.parameters)
    assert [key for key, _ in fitted.facts] == ["reacted", "reacted", "difference"]
    assert ("not_randomised", (("arm", "control"),)) in fitted.cannot_tell


def test_without_a_group_held_out() -> None:
    """One arm, or two campaigns: nothing to compare with."""
    for table in (contacts(mail=(5, 50)), contacts(mail=(5, 50), sms=(9, 50))):
        fitted = fit_campaign(table, randomised=True)
        assert "no_control" in dict(fitted.cannot_tell)
        assert not any(name.startswith("lift") for name in fitted.parameters)


def test_people_are_counted_not_contacts() -> None:
    """Five mailings to each of 200 people are 200 people; who reacted to one of them reacted. The interval is that of one mailing."""
    once = pd.DataFrame(
        {
            "customer": [str(c) for c in range(400)],
            "campaign": ["mail"] * 200 + ["control"] * 200,
            "outcome": [c % 10 == 0 if c < 200 else c % 20 == 0 for c in range(400)],
        }
    )
    silent = once[once["campaign"] == "mail"].assign(outcome=False)
    five = fit_campaign(pd.concat([once, *[silent] * 4], ignore_index=True), randomised=True)
    one = fit_campaign(once, randomised=True)
    assert five.n == one.n == 400
    assert five.parameters == one.parameters and five.facts == one.facts
    assert five.warnings == (("contacts_merged", (("n", 800),)),) and one.warnings == ()


def lifts(**options: Any) -> dict[str, float]:
    """Lift of each campaign of a file with two, each with a control group of its own, as ladsim exports them."""
    arms = {"A": (30, 100), "A (control group)": (20, 100), "B": (60, 100), "B (control group)": (55, 100)}
    fitted = fit_campaign(contacts(**arms), randomised=True, **options)
    return {
        str(dict(values)["arm"]): round(float(str(dict(values)["difference"])), 3)
        for key, values in fitted.facts
        if key == "lift"
    }


def test_each_campaign_has_its_own_control() -> None:
    """By name, also where one of them is said; a campaign without one is compared with nothing, and that is said."""
    assert lifts() == lifts(control="A (control group)") == {"A": 0.1, "B": 0.05}
    fitted = fit_campaign(contacts(**{"A": (30, 100), "A (kontrolgruppe)": (20, 100), "B": (60, 100)}), randomised=True)
    assert [dict(values)["arm"] for key, values in fitted.facts if key == "lift"] == ["A"]
    assert ("no_control_of", (("arm", "B"),)) in fitted.cannot_tell
    said = fit_campaign(contacts(**{"A": (30, 100), "A (kontrolgruppe)": (20, 100), "B": (60, 100)}), control="A (kontrolgruppe)")
    assert [dict(values)["arm"] for key, values in said.facts if key == "difference"] == ["A"]


@pytest.mark.parametrize(
    ("arms", "pairs"),
    [
        (("Spring mail", "Spring holdout"), {"Spring mail": "Spring holdout"}),
        (("mail", "Control group"), {"mail": "Control group"}),
        (("Second to none", "Birth control offer"), {}),
        (("Mens E-Mail", "No E-Mail", "Womens E-Mail"), {"Mens E-Mail": "No E-Mail", "Womens E-Mail": "No E-Mail"}),
        (("mail", "control", "none"), {}),
        (("vår 1", "vår 2", "vår 1 kontrollgruppe", "vår 2 kontrollgruppe"), {"vår 1": "vår 1 kontrollgruppe", "vår 2": "vår 2 kontrollgruppe"}),
    ],
)  # fmt: skip
def test_who_was_held_out_by_name(arms: tuple[str, ...], pairs: dict[str, str]) -> None:
    """Words of a name, not only whole names; a campaign that has such a word for another reason is none."""
    fitted = fit_campaign(contacts(**{arm: (30 + 3 * k, 100) for k, arm in enumerate(arms)}))
    found = {
        str(dict(values)["arm"]): float(str(dict(values)["difference"])) for key, values in fitted.facts if key == "difference"
    }
    share = {arm: (30 + 3 * k) / 100 for k, arm in enumerate(arms)}
    assert found == pytest.approx({arm: share[arm] - share[held_out] for arm, held_out in pairs.items()})


def test_who_is_in_both_groups_is_told() -> None:
    """A customer who was contacted though held out."""
    table = pd.DataFrame({"customer": list("abcdab"), "campaign": ["mail"] * 4 + ["control"] * 2, "outcome": [True, False] * 3})
    assert fit_campaign(table).warnings == (("in_both_arms", (("arm", "mail"), ("n", 2))),)


def test_before_and_after_is_refused_as_a_range() -> None:
    """It is told as what it is; who wants a range is refused, with the reason."""
    found = before_after((50, 1000), (80, 1000))
    assert (found.low, found.high) == newcombe(80, 1000, 50, 1000)
    with pytest.raises(StudyError, match="held out"):
        found.as_range()


def test_a_lift_that_may_be_none() -> None:
    """An interval that holds 0, few reactions, outcomes that are missing: said."""
    table = pd.concat([contacts(a=(6, 100), b=(4, 100)), pd.DataFrame({"campaign": ["a"], "outcome": [None]})])
    fitted = fit_campaign(table, control="b", randomised=True)
    assert {"lift_or_none", "few_reacted"} <= dict(fitted.cannot_tell).keys()
    assert fitted.warnings == (("no_outcome", (("n", 1),)),)


def test_mistakes() -> None:
    """An arm that is not there, no outcome, impossible counts: in words."""
    with pytest.raises(DataError, match="did you mean 'mail'"):
        fit_campaign(contacts(mail=(5, 50)), control="mial")
    with pytest.raises(DataError, match="found 61 different ones, must be at most 60") as many:
        fit_campaign(contacts(**{f"Kari {k}": (1, 2) for k in range(61)}), control="Per")
    assert "Kari" not in str(many.value)
    with pytest.raises(DataError, match="no outcome"):
        fit_campaign(pd.DataFrame({"campaign": ["mail"]}))
    for counts in ((5, 3), (-1, 3), (0, 0)):
        with pytest.raises(DataError, match="who reacted"):
            newcombe(*counts, 1, 2)
