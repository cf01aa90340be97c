"""All the luck there is: an address in, a uniform number out.

``(seed, replication, customer id, purpose, number, k) → u in (0, 1)``. A draw has an *address*; it is never "the next of a
stream". So the same customer has the same luck under two strategies, and the number of processes, the order of customers and
the lives of others change nothing. The generator is squares64 (Widynski 2020), keyed per customer by a splitmix64 chain
(Steele, Lea & Flood 2014).

Every logarithm, exponential, power and quantile between luck and a wait, a basket or a trait is made here of + − × ÷ and the
square root, which IEEE 754 defines to the last bit: one history on every platform. Never call a library's ``log`` or ``exp``
in a rule.

>>> with np.errstate(over="ignore"):  # whole numbers of 64 bits begin again at 0
...     key = customer_key(key_of_run(7, 0), 42)
...     bool(0.0 < uniform(key, NO_WORD, CLOCK, 1, 0) < 1.0)
True
"""

from __future__ import annotations

import hashlib
import math

import numpy as np

from ladsim.compiled import entry, rule

U64 = np.uint64
ALMOST_ONE = 1.0 - 2.0**-53
NO_WORD = np.uint64(0)

# Purposes: the first byte of an address.
START, STAGGER, SEGMENT, ARRIVAL = 1, 2, 3, 4
CLOCK, ORDER_CLOCK, MESSAGE_CLOCK = 10, 11, 12
ORDER_DRAW, RENEWAL_DRAW, ANSWER, NEIGHBOUR = 20, 21, 22, 23
BASKET, ORDER_KIND, RETURN, TRAIT, PARAMETER, GRAPH, FOLLOW = 30, 31, 34, 40, 50, 60, 70
QUALITY, FAILURE, BELIEF, AUDIENCE, JOIN, PROGRAM, SURVEY = 32, 33, 80, 81, 82, 83, 84

_GOLDEN = U64(0x9E3779B97F4A7C15)
_ID = U64(0xD1342543DE82EF95)
_MIX1, _MIX2 = U64(0xBF58476D1CE4E5B9), U64(0x94D049BB133111EB)
_1, _12, _27, _30, _31, _32, _48, _56 = (U64(n) for n in (1, 12, 27, 30, 31, 32, 48, 56))

_LN2_HI, _LN2_LO = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_BIAS = np.int64(1023)
_52 = np.int64(52)
_FRACTION = np.int64((1 << 52) - 1)
_ONE_BITS = np.int64(0x3FF0000000000000)


def stream_id(text: str) -> np.uint64:
    """A stable 64-bit number for a name (blake2b), so that luck goes by names and not by positions in a file."""
    return U64(int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little"))


@rule
def mix64(z):  # type: ignore[no-untyped-def]
    """splitmix64's finaliser: a bijection of 64 bits."""
    z = U64(z)
    z = (z ^ (z >> _30)) * _MIX1
    z = (z ^ (z >> _27)) * _MIX2
    return z ^ (z >> _31)


@rule
def run_key(seed, replication):  # type: ignore[no-untyped-def]
    """Key of one replication."""
    return mix64(mix64(U64(seed) + _GOLDEN) + U64(replication) * _GOLDEN)


@rule
def customer_key(key, identity):  # type: ignore[no-untyped-def]
    """Key of one customer (by permanent id) in one replication."""
    return mix64(U64(identity) * _ID + U64(key))


@rule
def bits(key, a_word, purpose, number, k):  # type: ignore[no-untyped-def]
    """64 random bits at an address: `k` below 256, `number` below 2^48."""
    key = (U64(key) ^ U64(a_word)) | _1
    x = ((U64(purpose) << _56) | (U64(k) << _48) | U64(number)) * key
    y = x
    z = y + key
    x = x * x + y
    x = (x >> _32) | (x << _32)
    x = x * x + z
    x = (x >> _32) | (x << _32)
    x = x * x + y
    x = (x >> _32) | (x << _32)
    x = x * x + z
    t = x
    x = (x >> _32) | (x << _32)
    return t ^ ((x * x + y) >> _32)


@rule
def to_uniform(x):  # type: ignore[no-untyped-def]
    """The 52 high bits as a number inside (0, 1)."""
    return (np.float64(U64(x) >> _12) + 0.5) * (1.0 / 4503599627370496.0)


@rule
def uniform(key, a_word, purpose, number, k):  # type: ignore[no-untyped-def]
    """A uniform number inside (0, 1) at an address."""
    return to_uniform(bits(key, a_word, purpose, number, k))


@rule
def below(x, n):  # type: ignore[no-untyped-def]
    """A whole number in 0 … n−1 from 64 random bits, n below 2^32."""
    return np.int64(((U64(x) >> _32) * U64(n)) >> _32)


@rule
def pair_key(key, other, number):  # type: ignore[no-untyped-def]
    """Key of what passes between two customers: the receiver's key, the sender's id, the sender's message number."""
    return mix64(U64(key) + mix64(U64(other) * _ID + U64(number) * _GOLDEN))


@rule
def log(x):  # type: ignore[no-untyped-def]
    """Natural logarithm of a positive normal double, within 1 ulp (method of fdlibm's e_log.c, Sun 1993)."""
    b = np.float64(x).view(np.int64)
    k = (b >> _52) - _BIAS
    m = np.int64((b & _FRACTION) | _ONE_BITS).view(np.float64)
    if m > 1.4142135623730951:
        m = m * 0.5
        k += np.int64(1)
    f = m - 1.0
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
    t2 = z * (
        6.666666666666735130e-01 + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01))
    )
    r = t1 + t2
    half = 0.5 * f * f
    dk = np.float64(k)
    return dk * _LN2_HI - ((half - (s * (half + r) + dk * _LN2_LO)) - f)


@rule
def exp(x):  # type: ignore[no-untyped-def]
    """e to the power x, within 1 ulp (method of fdlibm's e_exp.c); 0 below −700, infinite above 709."""
    if x > 709.0:
        return np.inf
    if x < -700.0:
        return 0.0
    k = np.int64(np.floor(x * 1.4426950408889634 + 0.5))
    hi = x - np.float64(k) * _LN2_HI
    lo = np.float64(k) * _LN2_LO
    r = hi - lo
    t = r * r
    c = r - t * (
        1.66666666666666019037e-01
        + t
        * (
            -2.77777777770155933842e-03
            + t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))
        )
    )
    y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi)
    return y * np.int64((k + _BIAS) << _52).view(np.float64)


@rule
def power(x, y):  # type: ignore[no-untyped-def]
    """x to the power y for x ≥ 0."""
    if x == 0.0:
        return 1.0 if y == 0.0 else 0.0
    return exp(y * log(x))


@rule
def log1m(p):  # type: ignore[no-untyped-def]
    """−ln(1 − p) for 0 ≤ p < 1, exact for small p too (Kahan's correction); infinite at 1."""
    if p >= 1.0:
        return np.inf
    q = 1.0 - p
    if q == 1.0:
        return p
    return -log(q) * p / (1.0 - q)


@rule
def exponential(u):  # type: ignore[no-untyped-def]
    """Exposure until an event of rate 1: −ln u."""
    return -log(u)


@rule
def normal(p):  # type: ignore[no-untyped-def]
    """Quantile of the standard normal (Wichura 1988, AS 241)."""
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        # fmt: off
        return q * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608) / (((((((5226.495278852545925 * r
            + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r
            + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0)
    r = p if q < 0.0 else 1.0 - p
    r = math.sqrt(-log(r))
    if r <= 5.0:
        r -= 1.6
        # fmt: off
        z = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734) / (((((((1.05075007164441684324e-9 * r
            + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r
            + 0.68976733498510000455) * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0)
    else:
        r -= 5.0
        # fmt: off
        z = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784382) * r
            + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772) / (((((((2.04426310338993978564e-15 * r
            + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
            + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0)
        # fmt: on
    return -z if q < 0.0 else z


@rule
def log_gamma_draw(key, a_word, purpose, number, shape):  # type: ignore[no-untyped-def]
    """Logarithm of a gamma draw with mean `shape` (Marsaglia & Tsang 2000; below 1 through shape + 1).

    `number` must leave room for the attempts: the draw uses the addresses number·256 … number·256 + 255.
    """
    base = U64(number) * U64(256)
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    v = 1.0
    for attempt in range(84):
        z = normal(uniform(key, a_word, purpose, base + U64(3 * attempt), 0))
        v = 1.0 + c * z
        if v > 0.0:
            v = v * v * v
            u = uniform(key, a_word, purpose, base + U64(3 * attempt + 1), 0)
            if log(u) < 0.5 * z * z + d - d * v + d * log(v):
                break
        v = 1.0
    result = log(d * v)
    if shape < 1.0:
        result += log(uniform(key, a_word, purpose, base + U64(255), 0)) / shape
    return result


@rule
def gamma_factor(key, a_word, purpose, number, shape):  # type: ignore[no-untyped-def]
    """A gamma factor of mean 1."""
    return exp(log_gamma_draw(key, a_word, purpose, number, shape)) / shape


@rule
def inverse_gamma_factor(key, a_word, purpose, number, shape):  # type: ignore[no-untyped-def]
    """An inverse-gamma factor of mean 1, shape above 1 (the spread of mean baskets in the gamma-gamma model)."""
    return (shape - 1.0) * exp(-log_gamma_draw(key, a_word, purpose, number, shape))


@rule
def beta_draw(key, a_word, purpose, number, a, b):  # type: ignore[no-untyped-def]
    """A beta draw by two gamma draws, their ratio taken in logarithms so that tiny shapes do not vanish."""
    x = log_gamma_draw(key, a_word, purpose, 2 * number, a)
    y = log_gamma_draw(key, a_word, purpose, 2 * number + 1, b)
    return 1.0 / (1.0 + exp(y - x))


@entry("u8 u8[] u8 i8 -> f8[]")
def uniforms(key, identities, a_word, purpose):  # type: ignore[no-untyped-def]
    """One uniform per customer: shape (customers,)."""
    out = np.empty(identities.size)
    for row in range(identities.size):
        out[row] = uniform(customer_key(key, identities[row]), a_word, purpose, 0, 0)
    return out


@entry("u8 u8 i8 u8 i8 -> f8[]")
def uniforms_numbered(key, a_word, purpose, k, count):  # type: ignore[no-untyped-def]
    """The uniforms at the addresses number 0 … count − 1: shape (count,)."""
    out = np.empty(count)
    for number in range(count):
        out[number] = uniform(key, a_word, purpose, number, k)
    return out


@np.errstate(over="ignore")
def key_of_run(seed: int, replication: int) -> np.uint64:
    """``run_key``, for Python: whole numbers of 64 bits begin again at 0."""
    return U64(run_key(U64(seed), U64(replication)))


BLOCK = 8  # draws of an uncertain number that lie balanced: one in each eighth


@np.errstate(over="ignore")
def parameter_uniform(seed: int, draw: int, dotted_key: str) -> float:
    """The luck of one uncertain number in one parameter draw, addressed by its dotted key: u = (π(j mod 8) + v)/8.

    π is a permutation of 0 … 7, one per (seed, key, ⌊j/8⌋); v is a uniform of the draw's own place in that block. So draws 8b … 8b + 7
    lie one in each eighth (Latin hypercube sampling; McKay, Beckman & Conover 1979), two keys go their own ways, and draw j is the
    same however many follow. Each draw has its own v: with one for the block, values that repeat with period ⅛ would all be alike.
    """
    block, place = divmod(draw, BLOCK)
    key = run_key(U64(seed), U64(block))
    own = customer_key(key, stream_id(dotted_key))
    shuffled = sorted(range(BLOCK), key=lambda eighth: int(bits(own, stream_id("parameter"), PARAMETER, eighth, 1)))
    v = float(uniform(own, stream_id("parameter"), PARAMETER, place, 0))
    return min((shuffled[place] + v) / BLOCK, ALMOST_ONE)  # 7 + v may round to 8


def value_at(u: float, values: int) -> int:
    """Which of so many listed values the uniform `u` means: number ⌊u·n⌋, the last one where rounding would lead beyond.

    >>> value_at(0.0001, 3), value_at(0.5, 3), value_at(0.9999, 3), value_at(ALMOST_ONE, 3)
    (0, 1, 2, 2)
    """
    return min(int(u * values), values - 1)
