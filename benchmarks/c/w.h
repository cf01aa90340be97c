/* What both C programs of W share besides the books: clocks, the start, letters and their order.

   24 months fit into 32 bits; what is due later is LATER.

   The C programs write down what ladsim does (books.h). What they leave out is what W has not: segments, levers, traits, kinds of
   order, programmes, costs besides that of goods; and the log, the guard against sums too large to be counted, stopping for Ctrl-C.
   They do the same arithmetic on the same luck: every book and every customer's row equal ladsim's to the last bit, but that a next
   event later than LATER is not told apart. */
#ifndef W_H
#define W_H

#include <stdlib.h>
#include <sys/mman.h>

#include "books.h"

#define LATER 0xFFFFFFFFu
#define BLOCK 16
#define AHEAD 12 /* customers, or blocks, that memory is asked for before they are needed */

typedef struct {
    uint32_t receiver, sender, sent, number;
} Letter;

/* Room for an array that grows with the market: in large pages, as ladsim's arrays are. */
static inline void *large(size_t bytes) {
    const size_t page = 2u << 20, size = (bytes + page - 1) / page * page;
    void *room = aligned_alloc(page, size);
#ifdef MADV_HUGEPAGE
    if (room) madvise(room, size, MADV_HUGEPAGE);
#endif
    if (!room) abort();
    return room;
}

static inline uint32_t block_minimum(const uint32_t *due, int64_t block) {
    uint32_t least = LATER;
    for (int64_t row = block * BLOCK; row < (block + 1) * BLOCK; row++) least = due[row] < least ? due[row] : least;
    return least;
}

/* All who have something due, into `rows`; `blocks` are the minima, `found` has room for as many. Returns how many. */
static inline int64_t find_due(const uint32_t *due, const uint32_t *blocks, int64_t all, uint32_t until, uint32_t *rows,
                               uint32_t *found) {
    int64_t count = 0, blocks_found = 0;
    for (int64_t block = 0; block < all; block++) {
        found[blocks_found] = block;
        blocks_found += blocks[block] <= until;
    }
    for (int64_t k = 0; k < blocks_found; k++) {
        if (k + AHEAD < blocks_found) __builtin_prefetch(&due[(int64_t)found[k + AHEAD] * BLOCK]);
        const int64_t first = (int64_t)found[k] * BLOCK;
        for (int64_t row = first; row < first + BLOCK; row++) {
            rows[count] = row;
            count += due[row] <= until;
        }
    }
    return count;
}

/* When a clock started at t goes off, with exposure left and a hazard above 0. */
static inline uint32_t due_after(uint32_t t, double exposure, double hazard) {
    double wait = ceil(exposure / hazard);
    if (wait < 1.0) wait = 1.0;
    return wait >= (double)(LATER - t) ? LATER : t + (uint32_t)wait;
}

/* The first exit from a rung entered at t for the visit-th time: `due` and which exit. Exits race, each with luck of its own. */
static inline uint32_t first_exit(uint64_t key, int rung, uint32_t visit, uint32_t t, int *which) {
    uint32_t due = LATER;
    *which = 0;
    for (int slot = 0; slot < SLOTS && EXITS[rung][slot] > 0.0; slot++) {
        double exposure = exponential(uniform(key, WORDS[rung][slot], CLOCK, visit));
        uint32_t at = due_after(t, exposure, EXITS[rung][slot]);
        if (at < due) due = at, *which = slot;
    }
    return due;
}

static inline Letter letter_of(uint64_t key, uint32_t sender, uint32_t number, uint32_t t, const int64_t *indptr,
                               const int32_t *indices) {
    int64_t first = indptr[sender], degree = indptr[sender + 1] - first;
    int32_t receiver = indices[first + below(bits(key, 0, NEIGHBOUR, number), degree)];
    return (Letter){(uint32_t)receiver, sender, t, number};
}

/* Whether a receiver with this key, on this rung, climbs at a letter. */
static inline int climbs(uint64_t key, int rung, Letter letter) {
    return uniform(pair_key(key, letter.sender, letter.number), 0, ANSWER, 0) < ANSWERS[rung];
}

static inline int goes_before(const Letter *a, const Letter *b) {
    if (a->receiver != b->receiver) return a->receiver < b->receiver;
    if (a->sent != b->sent) return a->sent < b->sent;
    if (a->sender != b->sender) return a->sender < b->sender;
    return a->number < b->number;
}

/* Letters by (receiver, time sent, sender, number): a radix sort by receiver, then insertion, which has little left to do. `spare`
   has room for as many. */
static inline void sort_letters(Letter *letters, Letter *spare, int64_t count) {
    enum { DIGIT = 11, VALUES = 1 << DIGIT };
    Letter *from = letters, *to = spare;
    for (int shift = 0; shift < 33 && count > 64; shift += DIGIT) {
        int64_t first[VALUES + 1] = {0};
        for (int64_t k = 0; k < count; k++) first[(((uint64_t)from[k].receiver >> shift) & (VALUES - 1)) + 1]++;
        for (int v = 0; v < VALUES; v++) first[v + 1] += first[v];
        for (int64_t k = 0; k < count; k++) to[first[((uint64_t)from[k].receiver >> shift) & (VALUES - 1)]++] = from[k];
        Letter *other = from;
        from = to, to = other;
    }
    if (from != letters) memcpy(letters, from, count * sizeof(Letter));
    for (int64_t k = 1; k < count; k++) {
        Letter letter = letters[k];
        int64_t spot = k;
        for (; spot > 0 && goes_before(&letter, &letters[spot - 1]); spot--) letters[spot] = letters[spot - 1];
        letters[spot] = letter;
    }
}

typedef struct {
    double draw;
    int64_t row;
} Draw;

static int by_draw(const void *one, const void *two) {
    const Draw *a = one, *b = two;
    if (a->draw != b->draw) return a->draw < b->draw ? -1 : 1;
    return a->row < b->row ? -1 : 1;
}

/* The rungs at time 0: exact quotas of the customers in the order of a draw. Only the one of 2^16 buckets in which a quota ends
   is sorted. `quotas` adds up to n. */
static void starting_rungs(int64_t n, uint64_t run, const int64_t *quotas, uint8_t *rungs) {
    enum { BUCKETS = 1 << 16 };
    int64_t *first = calloc(BUCKETS + 1, sizeof(int64_t));
    double *draws = malloc(n * sizeof(double));
    Draw *bucket = NULL;
    for (int64_t row = 0; row < n; row++) {
        draws[row] = uniform(customer_key(run, row), 0, START, 0);
        first[(int64_t)(draws[row] * BUCKETS) + 1]++;
    }
    for (int b = 0; b < BUCKETS; b++) first[b + 1] += first[b];
    int64_t end = 0;
    double limits[RUNGS];
    int64_t last_rows[RUNGS]; /* a draw equal to the limit counts up to this row */
    for (int rung = 0; rung < RUNGS; rung++) {
        end += quotas[rung];
        limits[rung] = 2.0, last_rows[rung] = n;
        if (end == 0 || end == n) {
            if (end == 0) limits[rung] = -1.0;
            continue;
        }
        int b = 0;
        while (first[b + 1] < end) b++;
        int64_t found = 0;
        bucket = realloc(bucket, (first[b + 1] - first[b]) * sizeof(Draw));
        for (int64_t row = 0; row < n; row++)
            if ((int64_t)(draws[row] * BUCKETS) == b) bucket[found++] = (Draw){draws[row], row};
        qsort(bucket, found, sizeof(Draw), by_draw);
        limits[rung] = bucket[end - 1 - first[b]].draw;
        last_rows[rung] = bucket[end - 1 - first[b]].row;
    }
    for (int64_t row = 0; row < n; row++) {
        int rung = 0;
        while (draws[row] > limits[rung] || (draws[row] == limits[rung] && row > last_rows[rung])) rung++;
        rungs[row] = rung;
    }
    free(bucket);
    free(draws);
    free(first);
}

#endif
