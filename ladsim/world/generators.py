"""Random and regular graphs: parameters in, undirected ties (sources, targets: int32) out.

Each generator follows the law of its namesake in networkx but draws its luck by address, so the same key gives the same graph
on every platform: draw number i of a graph is ``streams.bits(key, …, GRAPH, i, 0)``. Sparse random graphs are made by skipping:
the gap to the next tie is geometric, ⌊−ln u / −ln(1 − p)⌋ (Batagelj & Brandes 2005), so the work is O(N + E), never O(N²).

Barabási–Albert graphs, which write their rows at once, are in ``preferential``.

To add one: a function from (key, n, parameters) to ties here, a line in ``graph_kinds.KINDS``, its keys in ``scenario.spec.Graph``.

>>> sources, targets = cycle(4)
>>> list(zip(sources.tolist(), targets.tolist()))
[(0, 1), (1, 2), (2, 3), (3, 0)]
"""

from __future__ import annotations

import numpy as np

from ladsim import streams
from ladsim.compiled import entry, rule
from ladsim.streams import GRAPH, NO_WORD, bits, exp, exponential, log1m, power, uniform

_U = np.uint64
_32 = _U(32)
_LOW = _U(0xFFFFFFFF)
_DEGREES = streams.stream_id("degrees")  # luck of the degrees, apart from that of the matching
_ROUNDING = streams.stream_id("rounding")


@rule
def bounded(x, n):  # type: ignore[no-untyped-def]
    """A whole number in 0 … n−1 from 64 random bits, for n up to 2^63: the high word of x·n (Lemire 2019)."""
    x, n = _U(x), _U(n)
    x0, x1, n0, n1 = x & _LOW, x >> _32, n & _LOW, n >> _32
    middle = x1 * n0 + ((x0 * n0) >> _32)
    return np.int64(x1 * n1 + (middle >> _32) + ((x0 * n1 + (middle & _LOW)) >> _32))


@rule
def _tied(ring, half, a, b):  # type: ignore[no-untyped-def]
    """Whether a and b are tied: every tie is kept in the row of the node that owns it."""
    for slot in range(half):  # noqa: SIM110 - a plain loop compiles to less
        if ring[a * half + slot] == b or ring[b * half + slot] == a:
            return True
    return False


@entry("u8 i8 i8 f8 -> i4[] i4[]")
def watts_strogatz(key, n, neighbours, rewired_share):  # type: ignore[no-untyped-def]
    """A ring of `neighbours` ties a node, a share of them moved to a random other end (Watts & Strogatz 1998)."""
    half = neighbours // 2
    ring = np.empty(n * half, np.int32)
    degree = np.full(n, 2 * half, np.int32)
    for node in range(n):
        for slot in range(half):
            ring[node * half + slot] = (node + slot + 1) % n
    draw = 0
    for slot in range(half):
        for node in range(n):
            rewire = uniform(key, NO_WORD, GRAPH, draw, 0) < rewired_share
            draw += 1
            while rewire and degree[node] < n - 1:
                other = bounded(bits(key, NO_WORD, GRAPH, draw, 0), n)
                draw += 1
                if other != node and not _tied(ring, half, node, other):
                    degree[ring[node * half + slot]] -= 1
                    degree[other] += 1
                    ring[node * half + slot] = other
                    rewire = False
    nodes = np.empty(n * half, np.int32)
    for tie in range(n * half):
        nodes[tie] = tie // half
    return nodes, ring


@entry("u8 i8 i8 f8 -> i8[]")
def chosen(key, first_draw, total, p):  # type: ignore[no-untyped-def]
    """Ranks out of 0 … total−1, each taken with probability p, ascending: int64. Uses as many draws as ranks, and one."""
    room = min(np.float64(total), total * p + 6.0 * np.sqrt(total * p) + 16.0)
    ranks = np.empty(np.int64(max(room, 0.0)), np.int64)
    if p <= 0.0 or total <= 0:
        return ranks[:0]
    step = log1m(p)
    rank = np.int64(-1)
    taken = 0
    while True:
        skip = np.floor(exponential(uniform(key, NO_WORD, GRAPH, first_draw + taken, 0)) / step)
        if skip >= np.float64(total - 1 - rank):
            return ranks[:taken]
        rank += 1 + np.int64(skip)
        if taken == ranks.size:
            larger = np.empty(2 * ranks.size + 1, np.int64)
            for i in range(taken):
                larger[i] = ranks[i]
            ranks = larger
        ranks[taken] = rank
        taken += 1


@entry("i8[] -> i4[] i4[]")
def triangle(ranks):  # type: ignore[no-untyped-def]
    """Pairs (a, b), b < a, of ascending ranks a(a−1)/2 + b: (a, b) int32."""
    a, b = np.empty(ranks.size, np.int32), np.empty(ranks.size, np.int32)
    row, start = np.int64(1), np.int64(0)
    for i in range(ranks.size):
        while ranks[i] >= start + row:
            start += row
            row += 1
        a[i] = row
        b[i] = ranks[i] - start
    return a, b


def erdos_renyi(key: np.uint64, n: int, mean_degree: float) -> tuple[np.ndarray, np.ndarray]:
    """Every pair is tied with the same probability, mean_degree / (n − 1) (Gilbert 1959)."""
    p = min(1.0, mean_degree / (n - 1)) if n > 1 else 0.0
    ties: tuple[np.ndarray, np.ndarray] = triangle(chosen(key, 0, n * (n - 1) // 2, p))
    return ties


def stochastic_blocks(
    key: np.uint64, segments: np.ndarray, within_degree: float, between_degree: float
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Ties inside segments and between them (Holland, Laskey & Leinhardt 1983), and whether a degree was more than possible.

    A customer has `within_degree` ties inside the own segment on average. All pairs of different segments share one probability,
    such that the mean of ties to other segments over all customers is `between_degree`.
    """
    members = [np.flatnonzero(segments == s).astype(np.int32) for s in np.unique(segments)]
    sizes = [rows.size for rows in members]
    n = sum(sizes)
    across = n * n - sum(size * size for size in sizes)
    p_across = between_degree * n / across if across else 0.0
    capped = p_across > 1.0
    sources, targets, draw = [], [], 0
    for i, own in enumerate(members):
        p_inside = within_degree / (own.size - 1) if own.size > 1 else 0.0
        capped |= p_inside > 1.0
        ranks = chosen(key, draw, own.size * (own.size - 1) // 2, min(1.0, p_inside))
        draw += ranks.size + 1
        a, b = triangle(ranks)
        sources.append(own[a])
        targets.append(own[b])
        for other in members[:i]:
            ranks = chosen(key, draw, own.size * other.size, min(1.0, p_across))
            draw += ranks.size + 1
            sources.append(own[ranks // other.size])
            targets.append(other[ranks % other.size])
    return np.concatenate(sources), np.concatenate(targets), bool(capped)


@rule
def _poisson(key, node, mean):  # type: ignore[no-untyped-def]
    """One Poisson number by inversion, in parts of mean 500 so that e^−mean stays a normal number."""
    count, part = 0, 0
    while mean > 0.0:
        own = min(mean, 500.0)
        mean -= own
        left = uniform(key, _DEGREES, GRAPH, node, part)
        part += 1
        p = exp(-own)
        k = 0
        while left > p and k < 2000:
            left -= p
            k += 1
            p *= own / k
        count += k
    return count


@entry("u8 i8 f8 -> i8[]")
def poisson_degrees(key, n, mean):  # type: ignore[no-untyped-def]
    """Poisson degrees: int64 (n,); `mean` below 100,000."""
    degrees = np.empty(n, np.int64)
    for node in range(n):
        degrees[node] = min(_poisson(key, node, mean), n - 1)
    return degrees


@entry("u8 i8 f8 f8 -> i8[]")
def power_law_degrees(key, n, mean, exponent):  # type: ignore[no-untyped-def]
    """Degrees with P(degree > k) ~ k^(1−exponent) and the given mean: int64 (n,).

    A Pareto number from mean·(exponent − 2)/(exponent − 1) upward, rounded up or down at random so that its mean stays, and at
    most n − 1.
    """
    least = mean * (exponent - 2.0) / (exponent - 1.0)
    degrees = np.empty(n, np.int64)
    for node in range(n):
        x = least * power(uniform(key, _DEGREES, GRAPH, node, 0), -1.0 / (exponent - 1.0))
        whole = np.floor(min(x, n - 1.0) + uniform(key, _ROUNDING, GRAPH, node, 0))
        degrees[node] = min(np.int64(whole), n - 1)
    return degrees


@entry("u8 i8[] -> i4[] i4[]")
def configuration(key, degrees):  # type: ignore[no-untyped-def]
    """Random matching of as many loose ends per node as its degree (Bollobás 1980); the last end of an odd number stays loose.

    Self-loops and double ties are still in it: whoever builds the rows drops and counts them.
    """
    total = np.int64(0)
    for node in range(degrees.size):
        total += degrees[node]
    ends = np.empty(total, np.int32)
    made = np.int64(0)
    for node in range(degrees.size):
        for _ in range(degrees[node]):
            ends[made] = node
            made += 1
    for i in range(ends.size - 1, 0, -1):
        j = bounded(bits(key, NO_WORD, GRAPH, i, 0), i + 1)
        ends[i], ends[j] = ends[j], ends[i]
    ties = ends.size // 2
    return ends[:ties].copy(), ends[ties : 2 * ties].copy()


def grid(n: int, columns: int, wrap: bool) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `columns` nodes, each tied to its right and lower neighbour; with `wrap` the ends of every line are joined."""
    node = np.arange(n, dtype=np.int64)
    right = node[(node % columns < columns - 1) & (node + 1 < n)]
    down = node[: max(0, n - columns)]
    sources, targets = [right, down], [right + 1, down + columns]
    if wrap:
        first = node[::columns]
        last = np.minimum(first + columns - 1, n - 1)
        top = node[: min(columns, n)]
        bottom = top + (n - 1 - top) // columns * columns
        sources += [last, bottom]
        targets += [first, top]
    return np.concatenate(sources).astype(np.int32), np.concatenate(targets).astype(np.int32)


def cycle(n: int) -> tuple[np.ndarray, np.ndarray]:
    """A ring."""
    node = np.arange(n, dtype=np.int32)
    return node, np.roll(node, -1)


def complete(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Everybody tied to everybody, ties stored: for small graphs."""
    ties: tuple[np.ndarray, np.ndarray] = triangle(np.arange(n * (n - 1) // 2, dtype=np.int64))
    return ties
