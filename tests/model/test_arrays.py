"""Arrays are declared once: what follows from a declaration is what one would write by hand.

Tests: ``hosts/native_reach.py``, ``model/access.py``, ``model/accessors.py``, ``model/layout.py``, ``model/memory.py``,
``model/message_queue.py``, ``model/plan_access.py``, ``model/plan_layout.py``, ``model/records.py``, ``model/row.py``,
``model/tallies.py``.
"""

from __future__ import annotations

import inspect
import linecache
from collections import defaultdict
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

import ladsim
from ladsim.compiled import rule
from ladsim.engine.history import History
from ladsim.hosts.block import Block
from ladsim.hosts.choice import block_for
from ladsim.model import access, layout, message_queue, plan_access, records, tallies
from ladsim.model.accessors import Row
from ladsim.model.arrays import AXES, Array, arrays_of, empty, point, shape
from ladsim.model.plan_layout import PLAN, PLAN_ARRAYS
from ladsim.model.row import PARTS
from tests.hosts import compiles

ACCESSORS = {
    f"{module.__name__.rpartition('.')[2]}.{name}": function
    for module in (access, plan_access, tallies, message_queue)
    for name, function in vars(module).items()
    if hasattr(function, "accessor_of")
}
OF_ROWS = [name for name, function in ACCESSORS.items() if isinstance(function.accessor_of[0], Row)]
OF_ARRAYS = [name for name in ACCESSORS if name not in OF_ROWS]
# No two axes are as long, so that one in place of another is seen.
LENGTHS = {axis: 3 + place for place, axis in enumerate(AXES)}
LENGTHS["rungs or none"] = LENGTHS["rungs"] + 1
LENGTHS["steps"] = 40


def record_of(block: Block, **arrays: Any) -> Any:
    """A market's record that points to these arrays, and says how long all axes are."""
    record = block.zeros(1, layout.MARKET)
    say_lengths(record)
    point(record, block, layout.ARRAYS, arrays)
    return record


def say_lengths(record: Any) -> None:
    for axis, known in AXES.items():
        if known.length in record.dtype.names:
            record[known.length] = LENGTHS[axis] - known.more


def filled(declared: Array, block: Block) -> tuple[Any, Any]:
    """An array as declared, and its numbers (of records: of their first fields), each another."""
    array = block.zeros(shape(declared, LENGTHS), declared.kind)
    numbers = array[declared.kind.names[0]] if declared.kind.names else array
    numbers[...] = np.arange(array.size).reshape(array.shape)
    return array, numbers


def pointed_to(function: Any, block: Block) -> tuple[list[Any], Any, Any]:
    """What an accessor takes to reach into an array, up to the record that points to it; the array, and its numbers."""
    whose, of, _ = function.accessor_of
    array, numbers = filled(whose.arrays[of], block)
    if whose.through is None:
        return [access.market(block.address(record_of(block, **{of: array})))], array, numbers
    _, holder, _ = whose.through.accessor_of
    records = block.zeros(shape(layout.ARRAYS[holder], LENGTHS), layout.ARRAYS[holder].kind)
    last = records[-1:]
    say_lengths(last)
    point(last, block, whose.arrays, {of: array})
    market = access.market(block.address(record_of(block, **{holder: records})))
    return [market, *([records.size - 1] if records.size > 1 else [])], array, numbers


@pytest.mark.parametrize("name", OF_ARRAYS)
@pytest.mark.parametrize("where", [(0, 0), (-1, 0), (1, 1), (2, -1)])
def test_an_accessor_reaches_where_the_axes_say(name: str, where: tuple[int, int]) -> None:
    """In the order of the declaration, the last axis lying closest together, as NumPy has it; and it changes nothing else."""
    function = ACCESSORS[name]
    _, _, does = function.accessor_of
    block = block_for("plain")  # it holds the records that are reached through
    given, array, numbers = pointed_to(function, block)
    takes = len(inspect.signature(function).parameters) - len(given)
    if array.dtype.names and takes > array.ndim:  # it goes number by number, or sets one
        numbers = array.view(np.float64).reshape(*array.shape, len(array.dtype))
        numbers[...] = np.arange(numbers.size).reshape(numbers.shape)
    place = tuple((where[0] + axis * where[1]) % size for axis, size in enumerate(numbers.shape))
    named = [n for n, size in zip(place, numbers.shape, strict=True) if size > 1]
    wanted = numbers.copy()
    if does == "reads":
        found = function(*given, *named)
        field = (array.dtype.names or [""])[0] if numbers.ndim == array.ndim else ""
        assert (getattr(found, field) if field else found) == wanted[place]
    elif does == "writes":
        function(*given, *named, 9)
        wanted[place] = 9
    else:
        takes_amount = takes == 1 + len(named)
        function(*given, *named, *([7] if takes_amount else []))
        wanted[place] += 7 if takes_amount else 1
    assert (numbers == wanted).all()


@pytest.mark.parametrize("name", OF_ROWS)
@pytest.mark.parametrize("row", [0, 3, 4])
@pytest.mark.parametrize("number", [0, 2])
@pytest.mark.parametrize("left_out", [2, 3, 100])
def test_an_accessor_reaches_its_part_of_the_row(name: str, row: int, number: int, left_out: int) -> None:
    """Of its own customer, whatever other parts there are; and it touches no other byte."""
    function = ACCESSORS[name]
    _, of, does = function.accessor_of
    needed = {part: 3 if PARTS[part].each else 1 for place, part in enumerate(PARTS) if place % left_out != 1 or part == of}
    block = block_for("plain")
    record = block.zeros(1, layout.MARKET)
    layout.lay_out(record, needed)
    stride = int(record["stride"][0])
    rows = block.zeros(5 * stride, np.uint8)
    rows[:] = np.arange(rows.size) % 251
    point(record, block, layout.ARRAYS, {"rows": rows})
    m = access.market(block.address(record))
    which = [number] if PARTS[of].each else []
    kind = PARTS[of].kind
    before = sum(PARTS[part].kind.itemsize * needed.get(part, 0) for part in list(PARTS)[: list(PARTS).index(of)])
    at = row * stride + before + kind.itemsize * sum(which)
    own = rows[at : at + kind.itemsize].view(kind)[0]
    if does == "reads":
        found = function(m, row, *which)
        if kind.names:
            assert all(np.array_equal(getattr(found, field), own[field], equal_nan=True) for field in kind.names)
        else:
            assert np.array_equal(found, own, equal_nan=kind.kind == "f")
    else:
        wanted = rows.copy()
        wanted[at : at + kind.itemsize] = np.frombuffer(kind.type(5).tobytes(), np.uint8)
        function(m, row, *which, 5)
        assert (rows == wanted).all()


def test_every_array_and_part_has_an_accessor() -> None:
    """But the rows, which parts are accessors of, and what threads tell each other, which goes by its address."""
    reached = defaultdict(set)
    for name in OF_ARRAYS:
        whose, of, _ = ACCESSORS[name].accessor_of
        reached[whose.through].add(of)
    assert set(layout.ARRAYS) - reached.pop(None) == {"rows", "shared"}
    through = {plan_access.plan: PLAN_ARRAYS, access.layer: layout.LAYER_ARRAYS, access.program: layout.PROGRAM_ARRAYS}
    assert reached == {accessor: set(declared) for accessor, declared in through.items()}
    assert {ACCESSORS[name].accessor_of[1] for name in OF_ROWS} == set(PARTS)


@pytest.mark.parametrize("name", ACCESSORS)
def test_an_accessor_stands_in_the_line_that_asks_for_it(name: str) -> None:
    """A search for its name, a debugger and a traceback lead there; called so it is found under that name, with a meaning."""
    function = ACCESSORS[name]
    code = function.__code__
    assert f'"{function.__name__}"' in linecache.getline(code.co_filename, code.co_firstlineno)
    assert name.endswith(f".{function.__name__}")
    assert function.__doc__


def test_accessors_are_of_the_modules_that_ask_for_them() -> None:
    """Each bears its module's name, as a function written there would."""
    for name, function in ACCESSORS.items():
        assert f"{function.__module__}.{function.__name__}" == f"ladsim.model.{name}"


@rule
def add_up(m):  # type: ignore[no-untyped-def]
    """Read, set and add by accessors in a compiled rule."""
    rate = access.message_rate(m, 0, 1, 2, 3) + access.lever_factors(m, 1, 2).orders + plan_access.lever_factor(m, 1, 2, 0)
    access.set_message_rate(m, 1, 2, 3, 4, rate + plan_access.size(m, 1, 2))
    return access.message_rate(m, 1, 2, 3, 4)


@compiles
def test_compiled_accessors_reach_the_same_places() -> None:
    """Native code reads and writes what Python does."""
    import numba

    from ladsim.hosts.native import rule_of
    from ladsim.model.memory import record_at

    block = block_for("plain")
    rates, _ = filled(layout.ARRAYS["message_rate"], block)
    levers, _ = filled(layout.ARRAYS["lever_rung"], block)
    levers["orders"][1, 2] = 0.5
    sizes, _ = filled(PLAN_ARRAYS["sizes"], block)
    plan = block.zeros(1, PLAN)
    point(plan, block, PLAN_ARRAYS, {"sizes": sizes})
    record = record_of(block, message_rate=rates, lever_rung=levers, plan=plan)
    wanted = rates[0, 1, 2, 3] + 2 * 0.5 + sizes[1, 2]
    market = record_at(layout.MARKET)

    def run(address):  # type: ignore[no-untyped-def]
        return add_up(market(address, 0))

    assert numba.njit(run)(block.address(record)) == wanted == rates[1, 2, 3, 4]
    assert rule_of(add_up).overloads


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            np.zeros((4, 5), np.float64),
            r"(?s)people: found float64 \(4, 5\) .*, must be a contiguous array of int64 with 3 axes$",
        ),
        (np.zeros((4, 5), np.int64), r"(?s)people: found int64 \(4, 5\) .*, must be a contiguous array of int64 with 3 axes$"),
        (np.zeros((4, 5, 6), np.int64)[:, :, ::2], "contiguous"),
        (np.zeros((4, 5, 6), np.int64), "people: found 6 along rungs, must be 8"),
    ],
)
def test_an_array_that_is_not_what_was_declared_is_refused(wrong: Any, said: str) -> None:
    """A wrong kind, shape, order in memory, or an axis of another length would be read as nonsense."""
    block = block_for("plain")
    orders = np.zeros((4, 5, 8), np.int64)
    with pytest.raises(TypeError, match=said):
        point(block.zeros(1, layout.MARKET), block, layout.ARRAYS, {"orders": orders, "people": wrong})


def test_an_array_of_the_plan_has_axes_as_long_as_the_market_s() -> None:
    """The plan's record is bound with the market's, and says itself how long only its own axes are."""
    block = block_for("plain")
    market, plan = block.zeros(1, layout.MARKET), block.zeros(1, PLAN)
    known = point(market, block, layout.ARRAYS, {"talk": np.zeros((2, 5))})
    shares = np.zeros((3, 5))
    assert point(plan, block, PLAN_ARRAYS, {"shares": shares}, known) == {"layers": 2, "rungs": 5, "campaigns": 3}
    assert (market["rungs"], plan["campaigns"]) == (5, 3)
    with pytest.raises(TypeError, match="shares: found 6 along rungs, must be 5"):
        point(plan, block, PLAN_ARRAYS, {"shares": np.zeros((3, 6))}, known)


def test_an_array_may_be_empty_only_where_its_declaration_says_so() -> None:
    """Then other arrays say how long its axes are."""
    block = block_for("plain")
    growth, none = np.zeros((4, 5)), np.zeros((0, 5))
    point(block.zeros(1, PLAN), block, PLAN_ARRAYS, {"step_factors": np.zeros((4, 7)), "growth": growth, "tired": none})
    with pytest.raises(TypeError, match="factors: found 0 along groups, must be 4"):
        point(block.zeros(1, PLAN), block, PLAN_ARRAYS, {"growth": growth, "factors": np.zeros((0, 5), records.FACTORS)})


def test_a_bundle_is_empty_where_nothing_is_given() -> None:
    """Zeros of the declared kinds and shapes; what is given stays."""
    queue = np.full(LENGTHS["ticks"], -1)
    books = empty(layout.Accumulators, block_for("plain"), LENGTHS, queue=queue)
    assert books.queue is queue
    assert books.money.shape == tuple(LENGTHS[axis] for axis in ("months", "causes", "segments", "rungs"))
    assert books.members.shape[2] == len(layout.MEMBER_COUNTS)
    assert books.log.dtype == records.LOG
    assert not books.people.any()


def test_what_threads_add_up_is_what_is_counted() -> None:
    """Every book of whole numbers by month or day, and no buffer; four arrays alone are empty in some markets."""
    summed = {name for name, declared in arrays_of(layout.Accumulators).items() if declared.is_summed}
    assert summed == set(arrays_of(layout.Accumulators)) - {"held", "log", "queued_messages", "pieces", "queue", "queue_count"}
    assert all(layout.ARRAYS[name].axes[0] in ("months", "days") for name in summed)
    assert {name for name, declared in layout.ARRAYS.items() if declared.empty_where} == {
        "ids",
        "moods",
        "followed",
        "return_shares",
    }


@pytest.fixture(scope="module")
def history() -> History:
    return ladsim.simulate(ladsim.load("program_points"), strategy="points", sample=30, log=True)


@pytest.mark.parametrize("name", [part.name for part in fields(History)])
def test_equal_histories_are_equal_in_every_field(history: History, name: str) -> None:
    """One number or note more is seen, in any field; what the strategy is called, where the log lies, and what was saved is no matter."""
    value = getattr(history, name)
    other: Any = "other"
    if isinstance(value, np.ndarray) and value.size:
        other = value.copy()
        last = other if other.dtype.names is None else other[other.dtype.names[-1]]
        last.flat[-1] = not last.flat[-1] if last.dtype.kind == "b" else last.flat[-1] + 1
    assert history.equals(replace(history))
    assert history.equals(replace(history, **{name: other})) == (name in ("strategy", "log_file", "saved"))


def test_only_what_may_be_missing_can_be_empty() -> None:
    """An array without a place in it is refused where its axes have a length, but for those declared to be empty in some markets."""
    block = block_for("plain")
    for name, declared in layout.ARRAYS.items():
        record = block.zeros(1, layout.MARKET)
        nothing = block.zeros((0,) * len(declared.axes), declared.kind)
        if name in ("ids", "moods", "followed", "return_shares"):
            point(record, block, layout.ARRAYS, {name: nothing}, LENGTHS)
        else:
            with pytest.raises(TypeError, match=f"{name}: found 0 along"):
                point(record, block, layout.ARRAYS, {name: nothing}, LENGTHS)
