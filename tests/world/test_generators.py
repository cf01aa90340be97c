"""Generated graphs: the laws of their namesakes in networkx, and luck by address.

Tests: ``world/preferential.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ladsim import streams
from ladsim.world import generators, preferential
from ladsim.world.graph import ReferralGraph

Ties = tuple[np.ndarray, np.ndarray]


def key(seed: int, replication: int = 0) -> np.uint64:
    return streams.key_of_run(seed, replication)


def graph_of(n: int, ties: Ties) -> ReferralGraph:
    return ReferralGraph.from_edges(n, *ties, directed=False)


def barabasi_albert(key: np.uint64, n: int, links: int) -> Ties:
    """The ties of a Barabási–Albert graph: the star, then `links` of every newcomer."""
    others = np.empty(links * (n - links), np.int32)
    preferential.grow(key, n, links, others)
    newcomers = np.repeat(np.arange(links + 1, n), links)
    return np.concatenate([np.zeros(links, np.int32), newcomers.astype(np.int32)]), others


def degrees(graph: networkx.Graph) -> np.ndarray:
    return np.array([degree for _, degree in graph.degree()])


RANDOM: dict[str, Callable[[int], Ties]] = {
    "barabasi_albert": lambda seed: barabasi_albert(key(seed), 400, 3),
    "watts_strogatz": lambda seed: generators.watts_strogatz(key(seed), 400, 6, 0.2),
    "erdos_renyi": lambda seed: generators.erdos_renyi(key(seed), 400, 5.0),
    "configuration": lambda seed: generators.configuration(key(seed), np.full(400, 3)),
    "poisson_degrees": lambda seed: generators.configuration(key(seed), generators.poisson_degrees(key(seed), 400, 4.0)),
    "power_law_degrees": lambda seed: generators.configuration(key(seed), generators.power_law_degrees(key(seed), 400, 4.0, 2.5)),
    "stochastic_blocks": lambda seed: generators.stochastic_blocks(key(seed), np.arange(400) % 3, 4.0, 2.0)[:2],
}


@pytest.mark.parametrize("name", RANDOM)
def test_the_same_seed_gives_the_same_graph_and_another_another(name: str) -> None:
    """Luck comes from the key alone."""
    make = RANDOM[name]
    assert graph_of(400, make(5)) == graph_of(400, make(5))
    assert graph_of(400, make(5)) != graph_of(400, make(6))


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**63))
@np.errstate(over="ignore")  # as in compiled code, whole numbers of 64 bits begin again at 0
def test_a_bounded_draw_is_the_high_word_of_the_product(x: int, n: int) -> None:
    """⌊x·n / 2^64⌋ to the last bit, also where the product needs 128 bits."""
    assert generators.bounded(np.uint64(x), np.uint64(n)) == (x * n) >> 64


POWER_LAW = generators.power_law_degrees(key(11), 3000, 4.0, 2.5)
BLOCKS = np.repeat([0, 1, 2], [500, 1000, 1500])
LAWS: dict[str, tuple[Callable[[int], Ties], Callable[[int], networkx.Graph]]] = {
    "barabasi_albert": (
        lambda seed: barabasi_albert(key(seed), 3000, 3),
        lambda seed: networkx.barabasi_albert_graph(3000, 3, seed=seed),
    ),
    "watts_strogatz": (
        lambda seed: generators.watts_strogatz(key(seed), 3000, 6, 0.3),
        lambda seed: networkx.watts_strogatz_graph(3000, 6, 0.3, seed=seed),
    ),
    "erdos_renyi": (
        lambda seed: generators.erdos_renyi(key(seed), 3000, 5.0),
        lambda seed: networkx.fast_gnp_random_graph(3000, 5.0 / 2999, seed=seed),
    ),
    "configuration": (
        lambda seed: generators.configuration(key(seed), POWER_LAW),
        lambda seed: networkx.configuration_model(
            [*POWER_LAW[:-1].tolist(), int(POWER_LAW[-1] + POWER_LAW.sum() % 2)], seed=seed
        ),
    ),
    "stochastic_blocks": (
        lambda seed: generators.stochastic_blocks(key(seed), BLOCKS, 4.0, 1.0)[:2],
        lambda seed: networkx.stochastic_block_model(
            [500, 1000, 1500],
            [
                [4.0 / (size - 1) if i == j else 3000 / (3000**2 - 3.5e6) for j in range(3)]
                for i, size in enumerate((500, 1000, 1500))
            ],
            seed=seed,
        ),
    ),
}


@pytest.mark.parametrize("kind", LAWS)
def test_degrees_follow_the_law_of_networkx(kind: str) -> None:
    """All degrees of five graphs against those of five of networkx, chi-square over classes of at least 40, α = .001.

    Without loops and double ties on either side. One tie more for every fifth customer would be noticed.
    """
    make, theirs = LAWS[kind]
    simple = [networkx.Graph(theirs(seed)) for seed in range(1, 6)]
    for graph in simple:
        graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    ours = np.concatenate([graph_of(3000, make(seed)).out_degree for seed in range(1, 6)])
    other = np.concatenate([degrees(graph) for graph in simple])
    assert p_value(ours, other) > 0.001
    assert p_value(ours + (np.arange(ours.size) % 5 == 0), other) < 0.001


def p_value(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Two samples of whole numbers, one law? Rare values are put together with their upper neighbours."""
    counts = np.stack([np.bincount(sample, minlength=max(ours.max(), theirs.max()) + 1) for sample in (ours, theirs)])
    classes = (counts.sum(axis=0)[::-1].cumsum()[::-1] // 40).clip(max=1)
    first_rare = int(np.argmin(classes)) if (classes == 0).any() else counts.shape[1]
    table = np.concatenate([counts[:, : first_rare - 1], counts[:, first_rare - 1 :].sum(axis=1, keepdims=True)], axis=1)
    return float(stats.chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue)


def test_barabasi_albert_has_the_degrees_of_networkx() -> None:
    """A star, then `links` ties a newcomer: (n − links)·links ties, and networkx's degree distribution."""
    n, links = 3000, 4
    for seed in (1, 2, 3):
        sources, targets = barabasi_albert(key(seed), n, links)
        ours = graph_of(n, (sources, targets))
        assert (ours.dropped.self_loops, ours.dropped.duplicates) == (0, 0)
        assert ours.indices.size == 2 * (n - links) * links
        assert sorted(zip(sources[:links].tolist(), targets[:links].tolist(), strict=True)) == [(0, i) for i in range(1, 5)]
        theirs = degrees(networkx.barabasi_albert_graph(n, links, seed=seed))
        assert stats.ks_2samp(ours.out_degree, theirs).pvalue > 0.01
        assert 0.4 < ours.out_degree.max() / theirs.max() < 2.5


@given(st.integers(0, 2**63), st.integers(1, 6), st.integers(1, 60), st.integers(1, 3))
def test_barabasi_albert_rows_are_those_of_its_ties(seed: int, links: int, more: int, copies: int) -> None:
    """Written at once or made of ties by the general way: the same rows, in every copy."""
    n = links + more
    keys = [key(seed, copy) for copy in range(copies)]
    indptr, indices = preferential.rows(keys, n, links)
    ends = [barabasi_albert(own, n, links) for own in keys]
    sources, targets = (np.concatenate([end[side] + np.int32(copy * n) for copy, end in enumerate(ends)]) for side in (0, 1))
    wanted = graph_of(copies * n, (sources, targets))
    assert (wanted.dropped.self_loops, wanted.dropped.duplicates) == (0, 0)
    assert ReferralGraph.from_rows(indptr, indices) == wanted
    assert (indptr.dtype, indices.dtype) == (np.int64, np.int32)


@pytest.mark.parametrize(
    ("seed", "n", "links", "known"),
    [
        (1, 6, 1, "ec41a8cf3da48a52"),
        (1, 6, 5, "a086fbd19e0870ac"),
        (3, 2000, 1, "10705534b58f7c6d"),
        (9, 500, 20, "5e4e3c16d6bc572b"),
        (5, 100_000, 4, "8f3c82b8d2e5183c"),
    ],
)
def test_barabasi_albert_graphs_stay_as_they_are(seed: int, n: int, links: int, known: str) -> None:
    """Recorded before rows were written at once: the same seed gives the same graph from version to version."""
    indptr, indices = preferential.rows([key(seed)], n, links)
    assert hashlib.blake2b(indptr.tobytes() + indices.tobytes(), digest_size=8).hexdigest() == known


def test_barabasi_albert_chooses_by_degree() -> None:
    """The first newcomer on a star of 3 (degrees 2, 1, 1) ties to the centre and a leaf, or to both leaves.

    Two different ends out of (0, 0, 1, 2): the centre is left out with probability 1/4·1/3·2 = 1/6.
    """
    runs = 6000
    without = 0
    for seed in range(runs):
        _, targets = barabasi_albert(key(seed), 4, 2)
        without += 0 not in targets[2:]
    assert abs(without / runs - 1 / 6) < 4 * (5 / 36 / runs) ** 0.5


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_watts_strogatz_has_the_degrees_and_clustering_of_networkx(share: float) -> None:
    """Same number of ties, same degrees, same clustering (mean of three seeds, ± .02)."""
    n, neighbours = 1500, 8
    ours, theirs = [], []
    for seed in (1, 2, 3):
        graph = graph_of(n, generators.watts_strogatz(key(seed), n, neighbours, share))
        assert graph.indices.size == n * neighbours
        assert graph.dropped.duplicates == 0
        other = networkx.watts_strogatz_graph(n, neighbours, share, seed=seed)
        assert stats.ks_2samp(graph.out_degree, degrees(other)).pvalue > 0.01
        ours.append(networkx.average_clustering(graph.to_networkx()))
        theirs.append(networkx.average_clustering(other))
    assert abs(np.mean(ours) - np.mean(theirs)) < 0.02


def test_watts_strogatz_ends_where_everybody_is_tied() -> None:
    """A ring of all others cannot be rewired; the search for a free node must not go on for ever."""
    graph = graph_of(7, generators.watts_strogatz(key(1), 7, 6, 1.0))
    assert graph.out_degree.tolist() == [6] * 7


def test_erdos_renyi_ties_every_pair_with_the_same_probability() -> None:
    """The number of ties is binomial, the degrees are those of networkx, and every pair of few nodes is equally frequent."""
    n, mean = 4000, 5.0
    p = mean / (n - 1)
    pairs = n * (n - 1) / 2
    for seed in (1, 2, 3):
        graph = graph_of(n, generators.erdos_renyi(key(seed), n, mean))
        assert graph.dropped.duplicates == graph.dropped.self_loops == 0
        assert abs(graph.indices.size / 2 - pairs * p) < 4 * (pairs * p * (1 - p)) ** 0.5
        theirs = degrees(networkx.fast_gnp_random_graph(n, p, seed=seed))
        assert stats.ks_2samp(graph.out_degree, theirs).pvalue > 0.01
    seen = np.zeros((5, 5))
    runs = 4000
    for seed in range(runs):
        sources, targets = generators.erdos_renyi(key(seed), 5, 2.0)
        seen[sources, targets] += 1
    share = seen[np.tril_indices(5, -1)] / runs
    assert np.abs(share - 0.5).max() < 4.5 * (0.25 / runs) ** 0.5
    assert seen[np.triu_indices(5)].sum() == 0


def test_erdos_renyi_at_its_ends() -> None:
    """Mean degree 0 is no tie, n − 1 is every tie, one node has none."""
    assert generators.erdos_renyi(key(1), 10, 0.0)[0].size == 0
    assert graph_of(10, generators.erdos_renyi(key(1), 10, 9.0)).out_degree.tolist() == [9] * 10
    assert generators.erdos_renyi(key(1), 1, 0.0)[0].size == 0


def test_chosen_ranks_go_beyond_32_bits() -> None:
    """Skipping over 10^15 pairs stays inside, ascends, and takes the share asked for."""
    total = 10**15
    ranks = generators.chosen(key(3), 0, total, 1e-12)
    assert abs(ranks.size - 1000) < 4 * 1000**0.5
    assert (np.diff(ranks) > 0).all()
    assert ranks[0] >= 0
    assert 2**32 < ranks[-1] < total
    assert stats.kstest(ranks / total, "uniform").pvalue > 0.01


@given(st.integers(2, 60), st.lists(st.integers(0, 10**6), max_size=30))
def test_triangle_finds_the_pair_of_every_rank(n: int, raw: list[int]) -> None:
    """Rank a(a−1)/2 + b is the pair (a, b), b < a."""
    ranks = np.array(sorted({value % (n * (n - 1) // 2) for value in raw}), np.int64)
    a, b = generators.triangle(ranks)
    assert ((b < a) & (b >= 0) & (a < n)).all()
    assert (a.astype(np.int64) * (a - 1) // 2 + b).tolist() == ranks.tolist()


def test_configuration_keeps_the_degrees_but_for_what_is_dropped() -> None:
    """Every node has as many ends as its degree; about (d − 1)/2 + (d − 1)²/4 ties of a d-regular graph are dropped."""
    wanted = np.arange(2000) % 5
    wanted[-1] += wanted.sum() % 2
    sources, targets = generators.configuration(key(1), wanted)
    assert (np.bincount(sources, minlength=2000) + np.bincount(targets, minlength=2000)).tolist() == wanted.tolist()
    dropped = []
    for seed in range(200):
        graph = graph_of(300, generators.configuration(key(seed), np.full(300, 3)))
        dropped.append(graph.dropped.self_loops + graph.dropped.duplicates)
    assert abs(np.mean(dropped) - 2.0) < 4 * np.std(dropped) / 200**0.5


def test_an_odd_number_of_ends_leaves_one_loose() -> None:
    sources, targets = generators.configuration(key(1), np.array([1, 1, 1]))
    assert sources.size == targets.size == 1


@pytest.mark.parametrize("mean", [0.0, 0.7, 6.0, 40.0, 1200.0])
def test_poisson_degrees_are_poisson(mean: float) -> None:
    """Mean and variance equal the mean asked for, above 500 too, where the number is made in parts."""
    n = 20_000
    drawn = generators.poisson_degrees(key(1), n, mean)
    assert abs(drawn.mean() - mean) <= 4 * (mean / n) ** 0.5
    assert abs(drawn.var() - mean) <= 4 * (mean + 2 * mean**2) ** 0.5 / n**0.5
    if mean == 6.0:
        expected = n * np.append(stats.poisson.pmf(range(14), 6), stats.poisson.sf(13, 6))
        assert stats.chisquare(np.bincount(np.minimum(drawn, 14), minlength=15), expected).pvalue > 0.01


def test_power_law_degrees_have_their_mean_and_their_tail() -> None:
    """Mean as asked; log P(degree > k) falls with slope 1 − exponent."""
    drawn = generators.power_law_degrees(key(1), 200_000, 6.0, 3.5)
    assert abs(drawn.mean() - 6.0) < 0.06
    tail = [(drawn > k).mean() for k in (20, 80)]
    assert abs(np.log(tail[1] / tail[0]) / np.log(4) - (1 - 3.5)) < 0.2


def test_stochastic_blocks_tie_within_and_between_as_asked() -> None:
    """Mean ties inside the own segment and to others, in every segment and over all; blocks may be of any size and order."""
    segments = np.repeat([0, 1, 2], [2000, 600, 1400])[np.argsort(np.arange(4000) * 7919 % 4000)]
    inside, across = np.zeros(3), []
    for seed in range(8):
        sources, targets, capped = generators.stochastic_blocks(key(seed), segments, 4.0, 1.5)
        assert not capped
        graph = graph_of(4000, (sources, targets))
        assert graph.dropped.duplicates == graph.dropped.self_loops == 0
        own = segments[sources] == segments[targets]
        inside += np.bincount(segments[sources[own]], minlength=3) * 2 / np.bincount(segments) / 8
        across.append(2 * (~own).sum() / 4000)
    assert np.abs(inside - 4.0).max() < 0.2
    assert abs(np.mean(across) - 1.5) < 0.05


def test_stochastic_blocks_say_when_more_is_asked_than_there_is() -> None:
    """Two segments of three: everyone is tied inside, and it is said."""
    sources, targets, capped = generators.stochastic_blocks(key(1), np.array([0, 0, 0, 1, 1, 1]), 5.0, 0.0)
    assert capped
    assert graph_of(6, (sources, targets)).out_degree.tolist() == [2] * 6


@pytest.mark.parametrize("wrap", [False, True])
def test_a_grid_is_that_of_networkx(wrap: bool) -> None:
    """Five rows of four, row by row."""
    theirs = networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(5, 4, periodic=wrap), ordering="default")
    assert graph_of(20, generators.grid(20, 4, wrap)) == ReferralGraph.from_networkx(theirs, order=range(20))


def test_a_grid_may_end_in_a_short_row() -> None:
    """Seven nodes in rows of three; wrapped, the last row joins its own ends and every column its own."""
    plain = graph_of(7, generators.grid(7, 3, False))
    assert [plain.neighbours(v).tolist() for v in range(7)] == [[1, 3], [0, 2, 4], [1, 5], [0, 4, 6], [1, 3, 5], [2, 4], [3]]
    wrapped = graph_of(7, generators.grid(7, 3, True))
    assert [wrapped.neighbours(v).tolist() for v in range(7)] == [
        [1, 2, 3, 6], [0, 2, 4], [0, 1, 5], [0, 4, 5, 6], [1, 3, 5], [2, 3, 4], [0, 3],
    ]  # fmt: skip


@pytest.mark.parametrize("n", [1, 2, 3, 10])
def test_a_cycle_and_a_complete_graph(n: int) -> None:
    """A ring has two neighbours a node (fewer where there are not so many), the complete graph n − 1."""
    assert graph_of(n, generators.cycle(n)).out_degree.tolist() == [min(2, n - 1)] * n
    assert graph_of(n, generators.complete(n)).out_degree.tolist() == [n - 1] * n
