/* The luck of ladsim/streams.py in C, to the last bit: an address in, a uniform number out.

   squares64 (Widynski 2020), keyed per customer by a splitmix64 chain. Logarithm and exponential by the methods of fdlibm (Sun
   1993), the normal quantile by Wichura (1988, AS 241), all of + - * / on doubles: compile with -ffp-contract=off. */
#ifndef LUCK_H
#define LUCK_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { START = 1, CLOCK = 10, ORDER_CLOCK = 11, MESSAGE_CLOCK = 12, ANSWER = 22, NEIGHBOUR = 23, BASKET = 30 };
#define GOLDEN 0x9E3779B97F4A7C15ull
#define IDENTITY 0xD1342543DE82EF95ull

static inline uint64_t mix64(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static inline uint64_t customer_key(uint64_t run, uint64_t id) { return mix64(id * IDENTITY + run); }

static inline uint64_t pair_key(uint64_t key, uint64_t other, uint64_t number) {
    return mix64(key + mix64(other * IDENTITY + number * GOLDEN));
}

static inline uint64_t swapped(uint64_t x) { return (x >> 32) | (x << 32); }

static inline uint64_t bits(uint64_t key, uint64_t word, uint64_t purpose, uint64_t number) {
    key = (key ^ word) | 1;
    uint64_t x = ((purpose << 56) | number) * key, y = x, z = y + key;
    x = swapped(x * x + y);
    x = swapped(x * x + z);
    x = swapped(x * x + y);
    x = x * x + z;
    uint64_t t = x;
    x = swapped(x);
    return t ^ ((x * x + y) >> 32);
}

static inline double uniform(uint64_t key, uint64_t word, uint64_t purpose, uint64_t number) {
    return ((double)(bits(key, word, purpose, number) >> 12) + 0.5) * (1.0 / 4503599627370496.0);
}

static inline int64_t below(uint64_t x, uint64_t n) { return (int64_t)(((x >> 32) * n) >> 32); }

static inline double ln(double x) {
    int64_t b;
    memcpy(&b, &x, 8);
    int64_t k = (b >> 52) - 1023;
    b = (b & 0xFFFFFFFFFFFFFll) | 0x3FF0000000000000ll;
    double m;
    memcpy(&m, &b, 8);
    if (m > 1.4142135623730951) {
        m *= 0.5;
        k += 1;
    }
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, w = z * z;
    double t1 = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double t2 = z * (6.666666666666735130e-01 +
                     w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double r = t1 + t2, half = 0.5 * f * f, dk = (double)k;
    return dk * 6.93147180369123816490e-01 - ((half - (s * (half + r) + dk * 1.90821492927058770002e-10)) - f);
}

static inline double exponential(double u) { return -ln(u); }

static inline double to_power_of_e(double x) { /* |x| < 700 */
    int64_t k = (int64_t)floor(x * 1.4426950408889634 + 0.5);
    double hi = x - (double)k * 6.93147180369123816490e-01, lo = (double)k * 1.90821492927058770002e-10;
    double r = hi - lo, t = r * r;
    double c = r - t * (1.66666666666666019037e-01 +
                        t * (-2.77777777770155933842e-03 +
                             t * (6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08))));
    double y = 1.0 - ((lo - (r * c) / (2.0 - c)) - hi), scale;
    int64_t b = (k + 1023) << 52;
    memcpy(&scale, &b, 8);
    return y * scale;
}

static inline double normal(double p) {
    double q = p - 0.5, r, z;
    if (fabs(q) <= 0.425) {
        r = 0.180625 - q * q;
        return q * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
            + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
            + 133.14166789178437745) * r + 3.387132872796366608) / (((((((5226.495278852545925 * r
            + 28729.085735721942674) * r + 39307.89580009271061) * r + 21213.794301586595867) * r
            + 5394.1960214247511077) * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0);
    }
    r = q < 0.0 ? p : 1.0 - p;
    r = sqrt(-ln(r));
    if (r <= 5.0) {
        r -= 1.6;
        z = (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
            + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
            + 4.6303378461565452959) * r + 1.42343711074968357734) / (((((((1.05075007164441684324e-9 * r
            + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r
            + 0.68976733498510000455) * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0);
    } else {
        r -= 5.0;
        z = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784382) * r
            + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
            + 5.4637849111641143699) * r + 6.6579046435011037772) / (((((((2.04426310338993978564e-15 * r
            + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r + 7.868691311456132591e-4) * r
            + 0.0148753612908506148525) * r + 0.13692988092273580531) * r + 0.59983220655588793769) * r + 1.0);
    }
    return q < 0.0 ? -z : z;
}

#endif
