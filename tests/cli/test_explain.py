"""``ladsim explain``: one measure in full, all of them in a line each, in three languages."""

from __future__ import annotations

from collections.abc import Callable

from typer.testing import Result

Ladsim = Callable[..., Result]


def test_explain_gives_definition_formula_and_source(ladsim: Ladsim) -> None:
    """One measure in full, or all of them in a line each; a rung's count by its own name."""
    assert "people with at least 2 orders" in ladsim("explain", "repurchase_rate").stdout
    assert "repurchase_rate" in ladsim("explain").stdout
    assert "last month start" in ladsim("explain", "end_customer").stdout


def test_explain_speaks_three_languages(ladsim: Ladsim) -> None:
    """--language chooses the words; the names of measures stay, and those of the language are understood."""
    assert "Frafaldsrate  (churn_rate)" in ladsim("explain", "churn_rate", "--language", "da").stdout
    assert (
        ladsim("explain", "frafaldsrate", "--language", "da").stdout == ladsim("explain", "churn_rate", "--language", "da").stdout
    )
    assert "Frafaldsandel  (churn_share)" in ladsim("explain", "churn", "--language", "da").stdout
    listed = ladsim("explain", "--language", "nb").stdout.splitlines()
    assert "churn_rate" in {line.split()[0] for line in listed}
    assert any("Gjenkjøpsrate: Hvor mange" in line for line in listed)
    result = ladsim("explain", "churn", "--language", "sv")
    assert result.exit_code == 2
    assert "must be en, da or nb" in result.stderr
