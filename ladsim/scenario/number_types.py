"""The kinds of number that a scenario file holds, each as itself, a range or a distribution; names, months and seeds.

In: limits. Out: annotated types that pydantic checks, that the JSON Schema describes and that carry their kind ("rate", "amount",
"share" or "real") and `Limits` for whoever walks the schema (``schema_walk``). To add a law: its keys in `LAWS`, its quantile in
``distributions``.

>>> Limits(0.0, 1.0).words()
'a number at least 0 and at most 1'
"""

from __future__ import annotations

import datetime
import math
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from ladsim.i18n.months import DAYS_PER_MONTH as DAYS_PER_MONTH
from ladsim.scenario.input_hints import as_share, number_hint
from ladsim.scenario.texts import INVISIBLE


class Table(BaseModel):
    """Base of all tables: unknown keys are errors, values never change."""

    # Built when first asked for: `ladsim check` needs the validator of the whole file only.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False, defer_build=True)


@dataclass(frozen=True)
class Limits:
    """Between what a number must lie; `above`: the lower end itself is not allowed."""

    lower: float | None
    upper: float | None
    above: bool = False

    def holds(self, value: float) -> bool:
        """Whether `value` is allowed."""
        if not math.isfinite(value):
            return False
        if self.lower is not None and (value <= self.lower if self.above else value < self.lower):
            return False
        return self.upper is None or value <= self.upper

    def words(self) -> str:
        """The limits in words: "a number at least 0 and at most 1"."""
        parts = []
        if self.lower is not None:
            lower = f"{self.lower:g}" if self.lower > -1e6 else f"{self.lower:,.0f}"
            parts.append(f"{'above' if self.above else 'at least'} {lower}")
        if self.upper is not None:
            parts.append(f"at most {self.upper:,g}" if self.upper < 1e6 else f"at most {self.upper:,.0f}")
        return " ".join(("a number", " and ".join(parts))).strip()


class Range(Table):
    """What we do not know: the central 90 % of a number lies between `low` and `high`.

    `posterior` names a column of the scenario's file of joint draws: the number is drawn from that, together with all others that do so.
    """

    low: float
    high: float
    posterior: Annotated[str, Field(min_length=1, max_length=200)] | None = None


class Distribution(Table):
    """A number by a named law. `draws` lists values of a calibration; each is drawn with the same chance, whatever their order."""

    law: Literal["uniform", "normal", "lognormal", "beta", "gamma", "draws"]
    low: float | None = None
    high: float | None = None
    mean: float | None = None
    sd: float | None = None
    median: float | None = None
    spread: float | None = None
    a: float | None = None
    b: float | None = None
    shape: float | None = None
    scale: float | None = None
    values: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _has_its_keys(self) -> Distribution:
        given = {name for name in type(self).model_fields if name != "law" and getattr(self, name) is not None}
        if given not in LAWS[self.law]:
            ways = " or ".join(", ".join(sorted(way)) for way in LAWS[self.law])
            raise ValueError(f"must give for the distribution {self.law!r} exactly {ways}")
        if any(
            getattr(self, name) is not None and getattr(self, name) <= 0 for name in ("sd", "spread", "a", "b", "shape", "scale")
        ):
            raise ValueError("must have sd, spread, a, b, shape and scale above 0")
        if self.law in ("lognormal", "gamma") and any(x is not None and x <= 0 for x in (self.mean, self.median)):
            raise ValueError(f"must have a mean or median above 0 for the distribution {self.law!r}")
        if self.law == "uniform" and not self.low < self.high:  # type: ignore[operator]
            raise ValueError("must have low below high")
        if self.values == ():
            raise ValueError("must have at least one value")
        return self


# What each law needs, beside its name: one of these sets of keys.
LAWS: dict[str, tuple[set[str], ...]] = {
    "uniform": ({"low", "high"},),
    "normal": ({"mean", "sd"},),
    "lognormal": ({"median", "spread"}, {"mean", "spread"}),
    "beta": ({"a", "b"},),
    "gamma": ({"shape", "scale"}, {"shape", "mean"}),
    "draws": ({"values"},),
}


def number(lower: float | None, upper: float | None, above: bool) -> tuple[BeforeValidator, WithJsonSchema, Limits]:
    """What annotates a number within limits, given as itself, a range or a distribution: validator, schema, limits."""

    limits = Limits(lower, upper, above)
    words = limits.words()

    def uncertain(parsed: Range | Distribution) -> Range | Distribution:
        ends = [x for x in (parsed.low, parsed.high) if x is not None]
        ends += list(parsed.values or ()) if isinstance(parsed, Distribution) else []
        if not all(limits.holds(x) for x in ends):
            per_cent = as_share(max(ends)) if upper == 1.0 else ""
            raise ValueError(f"must be {words} {'at both ends' if isinstance(parsed, Range) else 'everywhere'}{per_cent}")
        if isinstance(parsed, Range) and not parsed.low < parsed.high:
            raise ValueError("must have low below high")
        return parsed

    def validate(value: Any) -> Any:
        if isinstance(value, Range | Distribution):
            return uncertain(value)
        if isinstance(value, dict):
            record: type[Range] | type[Distribution] = Distribution if "law" in value else Range
            return uncertain(record.model_validate(value))
        if isinstance(value, bool) or not isinstance(value, int | float):
            hint = number_hint(value) if isinstance(value, str) else ""
            raise ValueError(f"must be {words}{hint or ' (or a range { low, high }, or a distribution { law, … })'}")
        if (isinstance(value, int) and abs(value) > 2**1000) or not limits.holds(float(value)):
            per_cent = as_share(value) if upper == 1.0 else ""
            raise ValueError(f"must be {words}{per_cent}")
        return float(value)

    return BeforeValidator(validate), WithJsonSchema(_schema(lower, upper, above)), limits


def _schema(lower: float | None, upper: float | None, above: bool) -> dict[str, Any]:
    """The JSON Schema of a number within limits, a range of such, or a distribution."""
    schema: dict[str, Any] = {"type": "number"}
    if lower is not None:
        schema["exclusiveMinimum" if above else "minimum"] = lower
    if upper is not None:
        schema["maximum"] = upper
    return {
        "anyOf": [
            schema,
            {
                "type": "object",
                "properties": {"low": schema, "high": schema, "posterior": {"type": "string"}},
                "required": ["low", "high"],
                "additionalProperties": False,
            },
            {
                "type": "object",
                "properties": {"law": {"enum": list(LAWS)}},
                "required": ["law"],
            },
        ]
    }


# The kinds of number a file holds. `quantile` in distributions.py reads a range by its kind.
# The upper ends keep amounts countable and rates from racing; no market comes near them.
Rate = Annotated[Any, *number(0.0, 1e9, False), "rate"]
Amount = Annotated[Any, *number(0.0, 1e12, False), "amount"]
Positive = Annotated[Any, *number(0.0, 1e9, True), "rate"]
Share = Annotated[Any, *number(0.0, 1.0, False), "share"]
Real = Annotated[Any, *number(-1e12, 1e12, False), "real"]
AtLeastMinusOne = Annotated[Any, *number(-1.0, 1e9, False), "real"]

# What is always one plain value.
MOST_COUNT = 2**31 - 1  # of rewards or people: more than anybody counts
LONGEST = 100_000.0  # months; a number far beyond every horizon, and far below where time would overflow


def no_date(value: Any) -> Any:
    """The value; a date or a text that did not become a month of the run is refused in words."""
    if isinstance(value, str | datetime.date):
        raise ValueError(MONTH_WORDS)
    return value


MONTH_WORDS = "must be a number of months, or, in a file with a start_date, a date or a month from it on, such as 2027-03"
Month = Annotated[float, Field(ge=0, le=LONGEST), BeforeValidator(no_date)]
Every = Annotated[float, Field(ge=0.033, le=LONGEST)]  # so many months from one date to the next: at least a day
Seed = Annotated[int, Field(ge=0, lt=2**63)]


def _seen(name: str) -> str:
    """A name, if all of it is seen: two that look the same are the same."""
    found = INVISIBLE.search(name)
    if found is not None:
        raise ValueError(f"must be a name without signs that nobody sees; U+{ord(found[0]):04X} is one")
    if name and unicodedata.category(name[0])[0] == "M":
        raise ValueError("must be a name: a letter or _, then letters, digits or _")
    return name


Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\W\d]\w*$"), AfterValidator(_seen)]
