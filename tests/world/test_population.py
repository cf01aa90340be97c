"""Quotas, ids from names, segments, and the customers a scenario names."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ladsim import streams
from ladsim.errors import WorldError
from ladsim.world.edges import Ties
from ladsim.world.population import named, numbered, pinned, quotas, segments
from tests.world.scenarios import scenario
from tests.world.scenarios import segments as shares_of


def ties(*pairs: tuple[str, str]) -> Ties:
    names = list(dict.fromkeys(name for pair in pairs for name in pair))
    ends = np.array([[names.index(name) for name in pair] for pair in pairs], np.int32)
    return Ties(names, ends[:, 0], ends[:, 1], False)


shares = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=12).filter(lambda some: sum(some) > 1e-6)


@given(shares, st.integers(0, 10**12))
def test_quotas_add_up_and_differ_by_less_than_one_from_the_share(given: list[float], n: int) -> None:
    """Exact for any shares and any n: Σ = n, |quota − share·n| < 1, no share no customers."""
    counts = quotas(given, n)
    assert counts.dtype == np.int64
    assert counts.sum() == n
    total = sum(given)
    for share, count in zip(given, counts.tolist(), strict=True):
        assert abs(count - share / total * n) < 1 + 1e-9 * n
        assert share > 0 or count == 0


@given(shares, st.integers(0, 5000))
def test_larger_shares_never_get_less_and_ties_go_to_the_first(given: list[float], n: int) -> None:
    """Sorted by share descending, quotas descend too; equal shares in file order."""
    descending = sorted(given, reverse=True)
    assert (np.diff(quotas(descending, n)) <= 0).all()


def test_quotas_by_hand() -> None:
    """Remainders .5 tie: the first gets it, also where binary fractions would say otherwise."""
    assert quotas([1, 1, 1], 10).tolist() == [4, 3, 3]
    assert quotas([0.35, 0.15, 0.5], 10).tolist() == [4, 1, 5]
    assert quotas([0.15, 0.35, 0.5], 10).tolist() == [2, 3, 5]
    assert quotas([0.29, 0.57, 0.14], 100).tolist() == [29, 57, 14]
    for wrong in ([], [0.0, 0.0], [0.5, -0.1]):
        with pytest.raises(WorldError, match="shares"):
            quotas(wrong, 10)


def test_names_that_are_numbers_are_the_ids() -> None:
    """Rows ascend by id; the market is filled up with the smallest free ids, named after themselves."""
    found = named([ties(("7", "2"), ("2", "100"))], 1, 6, "ties.csv")
    assert found.ids.tolist() == [0, 1, 2, 3, 7, 100]
    assert found.labels == ("0", "1", "2", "3", "7", "100")
    assert found.rows is not None
    assert found.rows.tolist() == [2, 4, 5]
    assert found.others == 3


def test_one_name_that_is_no_number_makes_all_of_them_names() -> None:
    """Then ids are hashes of the names; signs, leading zeros, other digits and more than 18 digits make a name."""
    for odd in ("x", "07", "+7", "٧", "7.0", "9" * 19):
        found = named([ties(("7", odd))], 1, 2, "ties.csv")
        assert sorted(found.ids.tolist()) == sorted(int(streams.stream_id(name)) for name in ("7", odd))
        assert found.labels is not None
        assert [int(streams.stream_id(label)) for label in found.labels] == found.ids.tolist()


def test_copies_number_the_nodes_through() -> None:
    """id = copy · nodes + node, nodes ascending by their own id; the same name in every copy; others after all copies."""
    found = named([ties(("30", "10"), ("10", "20"))], 2, 8, "ties.csv")
    assert found.ids.tolist() == list(range(8))
    assert found.labels == ("10", "20", "30", "10", "20", "30", "#6", "#7")
    assert found.rows_of(1).tolist() == [1, 4]


def test_too_many_names_are_refused() -> None:
    """The message says how many were found and allowed, and what to write."""
    with pytest.raises(WorldError, match=r"ties\.csv: found 3 customers, market_size = 2 allows 2: set market_size = 3"):
        named([ties(("a", "b"), ("b", "c"))], 1, 2, "ties.csv")
    with pytest.raises(WorldError, match=r"found 3 customers in 4 copies, .*: set market_size = 12"):
        named([ties(("a", "b"), ("b", "c"))], 4, 11, "ties.csv")


@given(st.permutations(["anna", "bo", "carl", "dora", "eva"]), st.integers(5, 9))
def test_the_order_of_names_in_a_file_does_not_matter(order: list[str], market_size: int) -> None:
    """Same ids, same labels, same place of every name."""
    pairs = list(pairwise(order))
    found, other = (named([ties(*some)], 1, market_size, "t") for some in (pairs, sorted(pairs)))
    assert found.ids.tolist() == other.ids.tolist()
    assert found.labels == other.labels
    assert (np.diff(found.ids.astype(object)) > 0).all()


@given(st.integers(0, 300), st.integers(1, 300), st.integers(1, 5))
def test_segments_are_exact_quotas_in_order_of_their_draw(seed: int, size: int, number: int) -> None:
    """The segment draw goes by id: lower draws belong to the first segments."""
    parts = [1 / number] * number
    one = scenario(size, segments=shares_of(*parts), population_seed=seed)
    ids = np.arange(size, dtype=np.uint64) * np.uint64(3)
    found = segments(one, ids, size)
    assert np.bincount(found, minlength=number).tolist() == quotas(parts, size).tolist()
    draws = streams.uniforms(streams.key_of_run(seed, 0), ids, streams.NO_WORD, streams.SEGMENT)
    assert (np.diff(found[np.argsort(draws)].astype(int)) >= 0).all()


def test_without_segments_all_are_one() -> None:
    assert segments(scenario(5), None, 5).tolist() == [0] * 5


def test_customers_named_in_the_file_are_pinned_in_every_copy() -> None:
    """By number in a generated graph, by name in a file; all others are −1."""
    one = scenario(9, start={"nodes": {"ambassador": (1, "2"), "lead": (0,)}})
    assert pinned(one, numbered(9, 3)).tolist() == [0, 2, 2, 0, 2, 2, 0, 2, 2]
    people = named([ties(("anna", "bo"), ("bo", "12"))], 2, 7, "t")
    assert people.labels is not None
    rungs = pinned(scenario(7, start={"nodes": {"customer": ("bo", 12, "#6")}}), people)
    assert [people.labels[row] for row in np.flatnonzero(rungs == 1)].count("bo") == 2
    assert sorted(people.labels[row] for row in np.flatnonzero(rungs == 1)) == ["#6", "12", "12", "bo", "bo"]
    assert (rungs[rungs != 1] == -1).all()


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ({"ambasador": (1,)}, r"found rung 'ambasador', .* \(did you mean 'ambassador'\?\)"),
        ({"lead": (3,)}, r"start\.nodes\.lead: found 3, must be a number from 0 to 2"),
        ({"lead": (-1,)}, "found -1"),
        ({"lead": ("anna",)}, "found 'anna', must be a number"),
        ({"lead": (1,), "customer": (2, 1)}, r"start\.nodes\.customer: found 1, who starts on 'lead' too"),
    ],
)
def test_unknown_customers_are_refused(nodes: dict, said: str) -> None:
    """Place, what was found, what is allowed."""
    with pytest.raises(WorldError, match=said):
        pinned(scenario(9, start={"nodes": nodes}), numbered(9, 3))


def test_an_unknown_name_is_met_with_the_nearest() -> None:
    people = named([ties(("Medici", "Strozzi"))], 1, 2, "t")
    with pytest.raises(WorldError, match=r"found 'Medicci', must be one of the 2 names .*\(did you mean 'Medici'\?\)"):
        pinned(scenario(2, start={"nodes": {"lead": ("Medicci",)}}), people)
