/* W by the general way of ladsim's fast engine: day windows, 32-bit times with the minimum of each block of 16.

   Inside a day customers are independent. Phase 1 of a day: everybody who has something due, found by the blocks' minima, lives on
   to the end of the day. Phase 2: the day's letters, receiver by receiver. What a customer needs stands in one line of memory. */
#include "w.h"

#define BLOCK 16

typedef struct {
    double order_left, message_left; /* exposure of a clock that stands still */
    uint32_t step_due, order_due, message_due;
    uint16_t orders, messages, visits[RUNGS];
    uint8_t rung, exit;
} __attribute__((aligned(64))) Customer;

typedef struct {
    int64_t n;
    uint64_t run;
    const int64_t *indptr;
    const int32_t *indices;
    Customer *customers;
    uint32_t *due, *blocks; /* what is due next: per customer, per block */
    Letter *letters, *spare;
    int64_t posted, room;
    int64_t now[RUNGS];
    Books *books;
} Market;

/* Let a lifelong clock go on from t at another rate a month; it keeps its exposure. */
static inline void rewind_clock(uint32_t *due, double *left, double before, double after, uint32_t t) {
    if (before == after) return;
    if (before > 0.0) *left = per_step(before) * (double)(*due - t);
    *due = after > 0.0 ? due_after(t, *left, per_step(after)) : LATER;
}

static inline void wind_order_clock(Customer *c, uint64_t key, uint32_t t) {
    c->order_left = exponential(uniform(key, 0, ORDER_CLOCK, c->orders));
    c->order_due = ORDERS[c->rung] > 0.0 ? due_after(t, c->order_left, per_step(ORDERS[c->rung])) : LATER;
}

static inline void wind_message_clock(Customer *c, uint64_t key, uint32_t t) {
    c->message_left = exponential(uniform(key, 0, MESSAGE_CLOCK, c->messages));
    c->message_due = TALK[c->rung] > 0.0 ? due_after(t, c->message_left, per_step(TALK[c->rung])) : LATER;
}

static inline void enter(Customer *c, uint64_t key, int rung, uint32_t t) {
    int which;
    c->rung = rung;
    c->step_due = first_exit(key, rung, ++c->visits[rung], t, &which);
    c->exit = which;
}

static inline void move(Market *m, Customer *c, uint64_t key, int to, uint32_t t) {
    int from = c->rung;
    m->now[from]--;
    m->now[to]++;
    enter(c, key, to, t);
    rewind_clock(&c->order_due, &c->order_left, ORDERS[from], ORDERS[to], t);
    rewind_clock(&c->message_due, &c->message_left, TALK[from], TALK[to], t);
}

static inline uint32_t next_due(const Customer *c) {
    uint32_t due = c->step_due < c->order_due ? c->step_due : c->order_due;
    return c->message_due < due ? c->message_due : due;
}

static void post(Market *m, Letter letter) {
    if (m->posted == m->room) {
        m->room *= 2;
        m->letters = realloc(m->letters, m->room * sizeof(Letter));
        m->spare = realloc(m->spare, m->room * sizeof(Letter));
    }
    m->letters[m->posted++] = letter;
    m->books->messages[month_of(letter.sent)][0]++;
}

/* Live on to `until`; returns what is due next. At one instant: step, order, message. */
static inline uint32_t live(Market *m, uint32_t row, uint32_t until) {
    Customer *c = &m->customers[row];
    uint64_t key = customer_key(m->run, row);
    for (;;) {
        uint32_t t = next_due(c);
        if (t > until) return t;
        if (c->step_due == t) {
            move(m, c, key, TO[c->rung][c->exit], t);
        } else if (c->order_due == t) {
            book_order(m->books, key, c->orders++, c->rung, t);
            wind_order_clock(c, key, t);
        } else {
            post(m, letter_of(key, row, c->messages++, t, m->indptr, m->indices));
            wind_message_clock(c, key, t);
        }
    }
}

static inline uint32_t block_minimum(const Market *m, int64_t block) {
    uint32_t least = LATER;
    for (int64_t row = block * BLOCK; row < (block + 1) * BLOCK; row++) least = m->due[row] < least ? m->due[row] : least;
    return least;
}

static void own_events(Market *m, uint32_t until, uint32_t *rows) {
    int64_t found = 0, all = (m->n + BLOCK - 1) / BLOCK;
    for (int64_t block = 0; block < all; block++)
        if (m->blocks[block] <= until)
            for (int64_t row = block * BLOCK; row < (block + 1) * BLOCK; row++) {
                rows[found] = row;
                found += m->due[row] <= until;
            }
    for (int64_t k = 0; k < found; k++) {
        if (k + AHEAD < found) __builtin_prefetch(&m->customers[rows[k + AHEAD]], 1);
        m->due[rows[k]] = live(m, rows[k], until);
        if (k + 1 == found || rows[k + 1] / BLOCK != rows[k] / BLOCK) {
            m->blocks[rows[k] / BLOCK] = block_minimum(m, rows[k] / BLOCK);
        }
    }
}

static void deliver(Market *m, uint32_t until) {
    sort_letters(m->letters, m->spare, m->posted);
    for (int64_t k = 0; k < m->posted; k++) {
        if (k + AHEAD < m->posted) __builtin_prefetch(&m->customers[m->letters[k + AHEAD].receiver], 1);
        Letter letter = m->letters[k];
        uint32_t row = letter.receiver;
        Customer *c = &m->customers[row];
        uint64_t key = customer_key(m->run, row);
        m->books->messages[month_of(until)][1]++;
        if (ANSWERS[c->rung] > 0.0 && climbs(key, c->rung, letter)) {
            move(m, c, key, c->rung + 1, until);
            m->due[row] = next_due(c);
            if (m->due[row] < m->blocks[row / BLOCK]) m->blocks[row / BLOCK] = m->due[row];
        }
    }
    m->posted = 0;
}

static void begin(Market *m, const int64_t *quotas) {
    uint8_t *rungs = malloc(m->n);
    starting_rungs(m->n, m->run, quotas, rungs);
    int64_t all = (m->n + BLOCK - 1) / BLOCK;
    for (int64_t row = 0; row < all * BLOCK; row++) {
        if (row >= m->n) {
            m->due[row] = LATER;
            continue;
        }
        Customer *c = &m->customers[row];
        uint64_t key = customer_key(m->run, row);
        memset(c, 0, sizeof *c);
        enter(c, key, rungs[row], 0);
        wind_order_clock(c, key, 0);
        wind_message_clock(c, key, 0);
        m->now[c->rung]++;
        m->due[row] = next_due(c);
    }
    for (int64_t block = 0; block < all; block++) m->blocks[block] = block_minimum(m, block);
    free(rungs);
}

void general(int64_t n, uint64_t run, const int64_t *quotas, const int64_t *indptr, const int32_t *indices, Books *books) {
    int64_t all = (n + BLOCK - 1) / BLOCK;
    Market m = {.n = n, .run = run, .indptr = indptr, .indices = indices, .room = 1024, .books = books};
    m.customers = aligned_alloc(64, n * sizeof(Customer));
    m.due = malloc(all * BLOCK * sizeof(uint32_t));
    m.blocks = malloc(all * sizeof(uint32_t));
    m.letters = malloc(m.room * sizeof(Letter));
    m.spare = malloc(m.room * sizeof(Letter));
    uint32_t *rows = malloc((all * BLOCK + 1) * sizeof(uint32_t));
    memset(books, 0, sizeof *books);
    begin(&m, quotas);
    memcpy(books->counts[0], m.now, sizeof m.now);
    for (int day = 1; day <= DAYS; day++) {
        own_events(&m, day * DAY, rows);
        deliver(&m, day * DAY);
        if (day % 30 == 0) memcpy(books->counts[day / 30], m.now, sizeof m.now);
    }
    free(rows);
    free(m.spare);
    free(m.letters);
    free(m.blocks);
    free(m.due);
    free(m.customers);
}
