"""From a run to hashes: one for each column of its event log, its rows per customer, what a study keeps of it, and each table.

In: a history with its log, and its scenario. Out: hashes by today's name, in a fixed order. Only their order is compared, so names
may change. Hashes are BLAKE2b.

What is hashed, and what is not:

* Whole numbers as 8 bytes each, little-endian: neither the width of an array nor the machine shows.
* Luck goes by some names (of rungs, steps, programmes, test groups, the dotted keys of uncertain numbers): a renaming that moves
  luck does change results, and is noticed.
* Texts as the place at which each first appears in its column: 0 for the first, 1 for the next that is new. A renaming changes
  nothing, nor does another order in which the code lists its names; another order of events does, and so does one event that becomes
  another. Two words that change places everywhere are a renaming. If two rungs, steps or causes were mistaken for each other
  everywhere, the tables would show it, whose columns and rows follow the scenario.
* Decimals of the log as 8 bytes: they are quotients of whole numbers, the same on every machine.
* Numbers of tables to 12 significant digits (customers' ids exactly): sums, exponentials and products of matrices may differ in the last bits between
  processors and versions of NumPy and SciPy.
* Names of columns, of index levels and of functions: not at all. An index that only counts rows: not at all.
* A measure that a scenario has no answer to (loyalty programmes, satisfaction): that it is refused, not in which words.

To add a measure: a line in `MEASURED`, at the end; a test asks for every public one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

import ladsim
from ladsim import History, Scenario
from ladsim.errors import StudyError
from ladsim.measures import Summary, summarise
from ladsim.scenario.strategies import with_strategy

Hashes = dict[str, str]

_DIGITS = "%.11e"  # 12 significant digits
_LONG = 10**12  # a whole number from here on, such as a customer's id, stands as it is
_SEGMENT = (None, "segment")
_RUNG = (None, "segment", "rung")
# Measure → by what it is asked; a measure that takes no `by` is asked once.
MEASURED: dict[str, tuple[str | None, ...]] = {
    "rung_counts": (None,),
    "number_of_ambassadors": _SEGMENT,
    "flows": (None,),
    "conversion_rate": (None,),
    "cumulative_conversion": (None,),
    "goal_results": (None,),
    "retention_curve": (None,),
    "churn_share": _RUNG,
    "churn_rate": _RUNG,
    "win_backs": _SEGMENT,
    "purchase_frequency": _RUNG,
    "repurchase_rate": _RUNG,
    "share_of_returning_customers": (None,),
    "monthly_buyers": (None,),
    "customer_lifetime": _RUNG,
    "income_statement": (None,),
    "money_by_cause": _RUNG,
    "discounted_profit": (None,),
    "present_value": (None,),
    "customer_acquisition_cost": (None,),
    "customer_lifetime_value": (None, "cohort", "segment", "rung"),
    "payback_months": (None,),
    "return_on_spend": (None,),
    "abc_curve": (None,),
    "abc_classes": (None,),
    "customer_equity": _SEGMENT,
    "revenue_stability": _SEGMENT,
    "price_sensitivity": _SEGMENT,
    "new_customers": _SEGMENT,
    "referral_factor": (None,),
    "referral_trees": (None,),
    "tree_sizes": (None,),
    "top_referrers": (None,),
    "customer_referral_value": _SEGMENT,
    "net_promoter_score": _RUNG,
    "nps_survey": (None,),
    "promoters_and_ambassadors": (None,),
    "service_failures": (None,),
    "program_results": (None,),
    "program_members": (None,),
    "purchase_frequency_after_joining": (None,),
    "holdout_results": (None,),
    "wheel_scores": (None,),
    "wheel_spend": (None,),
    "wheel_losses": (None,),
    "wheel_moves": (None,),
}


def results_of(history: History, scenario: Scenario) -> Hashes:
    """Hashes of all that a run left; `scenario` is that of the file, with its strategies."""
    found = {f"event log, {name}": hash_of([column]) for name, column in _log(history)}
    found["rows per customer"] = hash_of(_rows(history))
    found |= {f"summary, {name}": hash_of(columns) for name, columns in _summary(summarise(history))}
    planned = with_strategy(scenario, history.strategy)
    for name, ways in MEASURED.items():
        for by in ways:
            found[f"table {name}" + (f" by {by}" if by else "")] = hash_of(_asked(name, by, history, planned))
    return found


def results_of_tables(tables: Mapping[str, pd.DataFrame]) -> Hashes:
    """Hashes of the tables of a study."""
    return {f"table {name}": hash_of(columns_of(table)) for name, table in tables.items()}


def hash_of(columns: Iterable[bytes]) -> str:
    """The hash of columns in their order, each with its length: 16 hexadecimal digits."""
    told = hashlib.blake2b(digest_size=8)
    for column in columns:
        told.update(len(column).to_bytes(8, "little") + column)
    return told.hexdigest()


_REFUSED = [b"refused"]
REFUSED = hash_of(_REFUSED)


def _asked(name: str, by: str | None, history: History, scenario: Scenario) -> list[bytes]:
    """The columns of a measure's answer."""
    more: tuple[Any, ...] = ()
    if name == "goal_results":
        more = (scenario.goals,)
    elif name == "nps_survey":
        more = (scenario.survey,)
    elif name == "price_sensitivity":
        more = (history, 1.1)  # the same market after a change of price that nobody felt
    elif name.startswith("wheel_"):
        more = (scenario,)
    try:
        return list(columns_of(_measure(name)(history, *more, **({"by": by} if by else {}))))
    except StudyError:
        return _REFUSED


def _measure(name: str) -> Any:
    return getattr(ladsim, name, None) or getattr(ladsim.measures, name)


def _log(history: History) -> Iterator[tuple[str, bytes]]:
    """The columns of the event log, exactly."""
    events = history.events()
    for name in events.columns:
        yield name, exact(events[name])


def _rows(history: History) -> Iterator[bytes]:
    """The columns of the rows per customer: whole numbers all of them."""
    rows = history.customers
    assert rows is not None
    for name in rows.dtype.names:
        yield exact(pd.Series(rows[name]))


def _summary(kept: Summary) -> Iterator[tuple[str, list[bytes]]]:
    """What a study keeps of a run."""
    yield "numbers", [rounded(kept.scalars.values())]
    yield "ABC curve", [rounded(kept.abc)]
    yield "tree sizes", [rounded(kept.tree_sizes), rounded(kept.tree_sizes.values())]
    yield "ratios", [rounded(number for ratio in kept.ratios.values() for number in ratio)]


def exact(column: pd.Series) -> bytes:
    """A column to the last bit: whole numbers and decimals as 8 bytes, texts by first appearance, and where nothing stands."""
    if isinstance(column.dtype, pd.CategoricalDtype) or pd.api.types.is_string_dtype(column.dtype):
        return _whole(pd.factorize(column)[0])
    if pd.api.types.is_float_dtype(column.dtype):
        return _decimals(column.to_numpy(np.float64, na_value=np.nan))
    missing = column.isna()
    if not missing.any():
        return _whole(column.to_numpy())
    kind = np.uint64 if pd.api.types.is_unsigned_integer_dtype(column.dtype) else np.int64
    return _whole(column.to_numpy(kind, na_value=0)) + _whole(missing.to_numpy())


def _whole(values: Any) -> bytes:
    """Whole numbers of any width as 8 bytes each, little-endian."""
    return np.asarray(values).astype(np.int64).astype("<i8").tobytes()


def _decimals(values: Any) -> bytes:
    """Decimals as 8 bytes each, little-endian: one zero, one kind of NaN."""
    clean = np.where(np.isnan(values), np.nan, values + 0.0)
    return clean.astype("<f8").tobytes()


def columns_of(table: Any) -> Iterator[bytes]:
    """The columns of a table, a series, a mapping or a number, by position: its index first, unless that only counts."""
    if isinstance(table, pd.Series):
        table = table.to_frame()
    elif isinstance(table, dict):
        table = pd.DataFrame({"key": list(table), "value": list(table.values())})
    elif isinstance(table, Real):
        table = pd.DataFrame({"value": [float(table)]})
    if not isinstance(table.index, pd.RangeIndex):
        index = table.index.to_frame(index=False)
        yield from (rounded(index.iloc[:, place]) for place in range(index.shape[1]))
    yield from (rounded(table.iloc[:, place]) for place in range(table.shape[1]))


def rounded(values: Iterable[Any]) -> bytes:
    """Numbers to 12 significant digits, texts by first appearance, and where nothing stands."""
    numbers = _numbers(values)
    if numbers is not None:
        return (f"{_DIGITS}," * len(numbers) % tuple(numbers)).encode()
    places: dict[str, int] = {}
    return ",".join(_cell(value, places) for value in values).encode()


def _numbers(values: Iterable[Any]) -> list[float] | None:
    """A column of nothing but numbers, with one zero; None where other things stand in it, or whole numbers too long for a decimal."""
    if not isinstance(values, np.ndarray | pd.Series) or values.dtype.kind not in "iufb":
        return None
    if values.dtype.kind in "iu" and len(values) and max(abs(int(values.min())), int(values.max())) >= _LONG:
        return None
    return (np.asarray(values, np.float64) + 0.0).tolist()


def _cell(value: Any, places: dict[str, int]) -> str:
    """One value of a column that is not all numbers."""
    if isinstance(value, str):
        return f"text {places.setdefault(value, len(places))}"
    if value is None or value is pd.NA or value is pd.NaT:
        return "nothing"
    if isinstance(value, Integral) and abs(int(value)) >= _LONG:
        return str(int(value))
    if isinstance(value, bool | np.bool_ | Real):
        return _DIGITS % (float(value) + 0.0)
    raise TypeError(f"found {value!r} in a table, must be a number or a text")
