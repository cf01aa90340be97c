"""Hazards of snapshots: a chain with known hazards is found again, with gaps; the closed form of two rungs; what cannot be known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.linalg import expm

from ladsim.errors import DataError
from ladsim.fitting.panel import after, fit_panel, generator, looks

RUNGS = ["lead", "buyer", "fan", "gone"]
TRUE = {("lead", "buyer"): 0.10, ("lead", "gone"): 0.05, ("buyer", "fan"): 0.08, ("buyer", "gone"): 0.10, ("fan", "buyer"): 0.03}


def seen_people(n: int, months: int, missing: float) -> pd.DataFrame:
    """A panel of a chain with the hazards `TRUE`, seen at month ends, each look missing with some chance."""
    rng = np.random.default_rng(5)
    ways = tuple(np.array([RUNGS.index(pair[end]) for pair in TRUE]) for end in (0, 1))
    chances = np.cumsum(expm(generator(np.array(list(TRUE.values())), ways, 4)), axis=1)  # type: ignore[arg-type]
    rows, state = [], rng.integers(0, 2, n)
    for month in range(months + 1):
        day = pd.Timestamp("2026-01-01") + pd.Timedelta(days=round(30.4375 * month))
        rows += [(str(c), day, RUNGS[s]) for c, s in enumerate(state) if rng.random() >= missing]
        state = (rng.random(n)[:, None] > chances[state]).sum(axis=1)
    return pd.DataFrame(rows, columns=["customer", "date", "stage"])


def test_a_chain_is_found_again() -> None:
    """800 customers, a year of month ends of which a third is missing: every hazard within three standard errors; k is good."""
    fitted = fit_panel(seen_people(800, 12, 0.33), TRUE)
    assert fitted.pareto_k is not None and fitted.pareto_k < 0.7
    for (origin, to), hazard in TRUE.items():
        name = f"{origin} → {to}"
        assert abs(fitted.parameters[name] - hazard) < 3.0 * fitted.standard_errors[name]
        low, high = fitted.interval(name)
        assert low < fitted.parameters[name] < high
    assert fitted.cannot_tell == ()


def test_two_rungs_have_a_closed_form() -> None:
    """One step, one gap: the most likely hazard is −ln(share that stayed)/Δ, its error that of the share by the delta rule."""
    days = ["2027-01-01", "2027-02-01"]
    rows = [(str(c), day, "lead" if k == 0 or c >= 60 else "buyer") for c in range(200) for k, day in enumerate(days)]
    fitted = fit_panel(pd.DataFrame(rows, columns=["customer", "date", "stage"]), prior=None)
    gap = 31 / 30.4375
    assert fitted.parameters["lead → buyer"] == pytest.approx(-math.log(0.7) / gap, rel=1e-6)
    assert fitted.standard_errors["lead → buyer"] == pytest.approx(math.sqrt(0.3 / (0.7 * 200)) / gap, rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(60 * math.log(0.3) + 140 * math.log(0.7), rel=1e-9)
    assert fitted.cannot_tell == (("steps_unknown", (("n", 1),)),)


def test_looks_that_follow_each_other() -> None:
    """Twice on one day counts once, the later row; a gap is as long as it is; alike ones are counted."""
    rows = [("a", "2027-01-01", "lead"), ("a", "2027-01-01", "buyer"), ("a", "2027-05-01", "buyer"), ("b", "2027-01-01", "lead")]
    found = looks(pd.DataFrame(rows, columns=["customer", "date", "stage"]))
    assert found[["origin", "to", "n"]].to_numpy().tolist() == [["buyer", "buyer", 1]]
    assert found["months"].tolist() == pytest.approx([120 / 30.4375])


@pytest.mark.parametrize("hazards", [[0.1, 0.05, 0.08, 0.1, 0.03], [0.1, 0.1, 0.1, 0.1, 0.1], [0.2, 1e-9, 0.2, 1e-9, 1e-9]])
def test_chances_are_the_matrix_exponential(hazards: list[float]) -> None:
    """By eigenvalues or not, also where several of these are one: rows of e^(QΔ), to nine digits."""
    ways = tuple(np.array([RUNGS.index(pair[end]) for pair in TRUE]) for end in (0, 1))
    q = generator(np.array(hazards), ways, 4)  # type: ignore[arg-type]
    gaps = np.array([0.5, 1.0, 7.0])
    assert after(q, gaps) == pytest.approx(np.array([expm(q * gap) for gap in gaps]), abs=1e-9)


def test_a_step_never_seen_is_open() -> None:
    """A step of the ladder that no pair of looks shows: the likelihood only falls with it, and that is said."""
    fitted = fit_panel(seen_people(200, 6, 0.0), [*TRUE, ("gone", "buyer")])
    assert ("never_seen_between", (("step", "gone → buyer"),)) in fitted.cannot_tell
    assert fitted.interval("gone → buyer")[1] < 0.05


def test_mistakes() -> None:
    """Seen once, nobody moved, a move that no steps allow: in words."""
    rows = [("a", "2027-01-01", "lead"), ("b", "2027-01-01", "lead")]
    with pytest.raises(DataError, match="seen twice"):
        fit_panel(pd.DataFrame(rows, columns=["customer", "date", "stage"]))
    rows += [("a", "2027-02-01", "lead")]
    with pytest.raises(DataError, match="nobody who moved"):
        fit_panel(pd.DataFrame(rows, columns=["customer", "date", "stage"]))
    rows += [("a", "2027-03-01", "buyer")]
    with pytest.raises(DataError, match="from 'lead' to 'buyer'"):
        fit_panel(pd.DataFrame(rows, columns=["customer", "date", "stage"]), [("buyer", "lead")])
