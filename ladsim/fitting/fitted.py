"""What every fit gives: `Fitted`, the numbers of a model with how sure they are, and what the data cannot tell of them.

In: a model's parameters, their posterior draws, facts to be told. Out: one record for all models, which intervals, tables and the
scenario are made from. Facts are names of texts in ``i18n/fitting.LANGUAGE.toml`` with their values. Luck of posteriors comes from
``ladsim.streams``, by the model's name: the same data give the same draws.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ladsim import streams
from ladsim.errors import DataError
from ladsim.measures.uncertainty import quantile

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Fact = tuple[str, tuple[tuple[str, object], ...]]
DRAWS = 1_000  # of a posterior
CENTRAL = 0.90  # of a range in a scenario file


@dataclass(frozen=True)
class Fitted:
    """A model fitted to data: its numbers, how sure they are, and what the data cannot tell."""

    model: str  # such as pareto_nbd, stage_history, campaign
    n: int  # customers, leads or people it was fitted to
    parameters: dict[str, float]  # name → most probable value (most likely one without a prior)
    standard_errors: dict[str, float]  # name → standard deviation of its posterior; nan where the data cannot tell
    log_likelihood: float  # of the data at `parameters`; nan where a posterior in closed form needs none
    draws: Floats = field(repr=False, compare=False)  # draws × parameters, each row as probable as another
    units: dict[str, str] = field(default_factory=dict)  # name → unit, such as "per month"; "" where there is none
    warnings: tuple[Fact, ...] = ()  # what to look at: (name of a text, its values)
    cannot_tell: tuple[Fact, ...] = ()  # what the data leave open, with the reason
    pareto_k: float | None = None  # of importance resampling: up to 0.7 the draws are good; None: closed form
    prior: str = ""  # name of a text that says which prior was taken
    facts: tuple[Fact, ...] = ()  # what was found beside the numbers
    prior_medians: dict[str, float] = field(
        default_factory=dict
    )  # name → median of a log-normal prior; where the data say little, it shows

    def interval(self, name: str, share: float = CENTRAL) -> tuple[float, float]:
        """The central interval that holds `share` of a number's posterior. Raises DataError for a name that is none of its numbers."""
        if name not in self.parameters:
            raise DataError(f"{self.model}: found {name!r}, must be one of {', '.join(self.parameters)}")
        low, high = quantile(self.column(name), [0.5 - 0.5 * share, 0.5 + 0.5 * share])
        return float(low), float(high)

    def column(self, name: str) -> Floats:
        """The draws of one number."""
        return self.draws[:, list(self.parameters).index(name)]

    def table(self) -> pd.DataFrame:
        """The numbers: parameter, estimate, standard_error, low, high (central 90 %), unit."""
        import pandas as pd

        rows = [
            (name, value, self.standard_errors[name], *self.interval(name), self.units.get(name, ""))
            for name, value in self.parameters.items()
        ]
        return pd.DataFrame(rows, columns=["parameter", "estimate", "standard_error", "low", "high", "unit"])

    def warned(self, key: str, **values: object) -> Fitted:
        """The same, with one more thing to look at."""
        return replace(self, warnings=(*self.warnings, (key, tuple(values.items()))))

    def open(self, key: str, **values: object) -> Fitted:
        """The same, with one more thing that the data cannot tell."""
        return replace(self, cannot_tell=(*self.cannot_tell, (key, tuple(values.items()))))

    def told(self, key: str, **values: object) -> Fitted:
        """The same, with one more fact."""
        return replace(self, facts=(*self.facts, (key, tuple(values.items()))))


def closed_form(model: str, n: int, posteriors: Mapping[str, Any], units: Mapping[str, str], prior: str) -> Fitted:
    """A fit whose numbers have independent posteriors with a name in SciPy (``stats.gamma``, ``stats.beta``), given frozen.

    The value is the posterior's mean, its standard error the posterior's standard deviation.
    """
    luck = np.stack([uniforms(f"{model}.{name}", DRAWS) for name in posteriors], axis=1)
    draws = np.stack([law.ppf(stratified(luck[:, place])) for place, law in enumerate(posteriors.values())], axis=1)
    means = {name: float(law.mean()) for name, law in posteriors.items()}
    errors = {name: float(law.std()) for name, law in posteriors.items()}
    return Fitted(model, n, means, errors, math.nan, draws, dict(units), prior=prior)


@np.errstate(over="ignore")
def uniforms(name: str, count: int, place: int = 0) -> Floats:
    """`count` uniforms by the name of what they are for."""
    return streams.uniforms_numbered(
        streams.key_of_run(0, 0), streams.stream_id(f"fitting.{name}"), streams.PARAMETER, place, count
    )


def stratified(u: Floats) -> Floats:
    """The same uniforms, one in each of as many equal parts of (0, 1) as there are, in the order that they had."""
    places = np.argsort(np.argsort(u, kind="stable"), kind="stable")
    return (places + u) / u.size
