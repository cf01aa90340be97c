/* W by the general way of ladsim's fast engine: day windows, 32-bit times with the minimum of each block of 16.

   Inside a day customers are independent. Phase 1 of a day: everybody who has something due, found by the blocks' minima, lives on
   to the end of the day. Phase 2: the day's letters, receiver by receiver. What a customer needs stands in one line of memory. */
#include "w.h"

/* A lifelong clock in one word: when it goes off; below 0, while it stands still, the exposure it has left, sign bit set. */
typedef int64_t Clock;
#define FRESH (-1) /* it has never run, and is drawn when it does */

typedef struct { /* one line of memory */
    Person person;
    Clock order, message;
    uint32_t step_due;
    uint16_t visits[RUNGS];
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
    Books *books;
} Market;

static inline uint32_t due_of(Clock clock) { return clock < 0 || clock > LATER ? LATER : (uint32_t)clock; }

static inline Clock wound(uint32_t t, double exposure, double hazard) {
    double wait = ceil(exposure / hazard);
    return t + (wait < 1.0 ? 1 : (int64_t)wait);
}

/* Start the clock of the next order or message. */
static inline Clock started(uint64_t key, int purpose, uint32_t number, double hazard, uint32_t t) {
    return wound(t, exponential(uniform(key, 0, purpose, number)), hazard);
}

/* Let a clock go on from t with another hazard; it keeps its exposure. */
static inline Clock goes_on(Clock clock, uint64_t key, int purpose, uint32_t number, double before, double after, uint32_t t) {
    if (before == after) return clock;
    if (clock == FRESH) return started(key, purpose, number, after, t);
    double left;
    if (clock < 0) {
        memcpy(&left, &clock, 8);
        left = -left;
    } else {
        left = before * (double)(clock - t);
    }
    if (after > 0.0) return wound(t, left, after);
    left = -left;
    memcpy(&clock, &left, 8);
    return clock;
}

static inline void enter(Customer *c, uint64_t key, int rung, uint32_t t) {
    int which;
    c->step_due = first_exit(key, rung, ++c->visits[rung], t, &which);
    c->person.exit = which;
}

static inline void move(Market *m, Customer *c, uint64_t key, int to, uint32_t t, int step, int32_t sender) {
    Person *p = &c->person;
    const int from = p->rung;
    book_move(m->books, p, to, t, step, sender);
    enter(c, key, to, t);
    c->order = goes_on(c->order, key, ORDER_CLOCK, p->orders, ORDERS[from], ORDERS[to], t);
    c->message = goes_on(c->message, key, MESSAGE_CLOCK, p->messages, TALK[from], TALK[to], t);
}

static inline uint32_t next_due(const Customer *c) {
    uint32_t order = due_of(c->order), message = due_of(c->message), due = c->step_due < order ? c->step_due : order;
    return message < due ? message : due;
}

static void post(Market *m, Letter letter) {
    if (m->posted == m->room) {
        m->room *= 2;
        m->letters = realloc(m->letters, m->room * sizeof(Letter));
        m->spare = realloc(m->spare, m->room * sizeof(Letter));
    }
    m->letters[m->posted++] = letter;
    m->books->messages[month_of(letter.sent)][SENT]++;
}

/* Live on to `until`; returns what is due next. At one instant: step, order, message. */
static inline uint32_t live(Market *m, uint32_t row, uint32_t until) {
    Customer *c = &m->customers[row];
    Person *p = &c->person;
    uint64_t key = customer_key(m->run, row);
    for (;;) {
        uint32_t t = next_due(c);
        if (t > until) return t;
        if (c->step_due == t) {
            move(m, c, key, TO[p->rung][p->exit], t, STEP[p->rung][p->exit], -1);
        } else if (c->order == t) {
            book_order(m->books, p, key, t);
            c->order = started(key, ORDER_CLOCK, p->orders, ORDERS[p->rung], t);
        } else {
            post(m, letter_of(key, row, p->messages++, t, m->indptr, m->indices));
            c->message = started(key, MESSAGE_CLOCK, p->messages, TALK[p->rung], t);
        }
    }
}

static void own_events(Market *m, uint32_t until, uint32_t *rows, uint32_t *room) {
    int64_t found = find_due(m->due, m->blocks, (m->n + BLOCK - 1) / BLOCK, until, rows, room);
    for (int64_t k = 0; k < found; k++) {
        if (k + AHEAD < found) __builtin_prefetch(&m->customers[rows[k + AHEAD]], 1);
        m->due[rows[k]] = live(m, rows[k], until);
        if (k + 1 == found || rows[k + 1] / BLOCK != rows[k] / BLOCK)
            m->blocks[rows[k] / BLOCK] = block_minimum(m->due, rows[k] / BLOCK);
    }
}

static void deliver(Market *m, uint32_t until) {
    sort_letters(m->letters, m->spare, m->posted);
    m->books->messages[month_of(until)][HEARD] += m->posted;
    for (int64_t k = 0; k < m->posted; k++) {
        if (k + AHEAD < m->posted) __builtin_prefetch(&m->customers[m->letters[k + AHEAD].receiver], 1);
        Letter letter = m->letters[k];
        uint32_t row = letter.receiver;
        Customer *c = &m->customers[row];
        uint64_t key = customer_key(m->run, row);
        const int rung = c->person.rung;
        if (ANSWERS[rung] > 0.0 && climbs(key, rung, letter)) {
            move(m, c, key, rung + 1, until, ANSWER_STEP[rung], (int32_t)letter.sender);
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
        const int rung = rungs[row];
        memset(c, 0, sizeof *c);
        begin_person(m->books, &c->person, rung);
        enter(c, key, rung, 0);
        c->order = ORDERS[rung] > 0.0 ? started(key, ORDER_CLOCK, 0, ORDERS[rung], 0) : FRESH;
        c->message = TALK[rung] > 0.0 ? started(key, MESSAGE_CLOCK, 0, TALK[rung], 0) : FRESH;
        m->due[row] = next_due(c);
    }
    for (int64_t block = 0; block < all; block++) m->blocks[block] = block_minimum(m->due, block);
    free(rungs);
}

void general(int64_t n, uint64_t run, const int64_t *quotas, const int64_t *indptr, const int32_t *indices, Books *books,
             Row *table) {
    int64_t all = (n + BLOCK - 1) / BLOCK;
    Market m = {.n = n, .run = run, .indptr = indptr, .indices = indices, .room = 1024, .books = books};
    m.customers = large(n * sizeof(Customer));
    m.due = large(all * BLOCK * sizeof(uint32_t));
    m.blocks = malloc((all + 1) * sizeof(uint32_t));
    m.letters = malloc(m.room * sizeof(Letter));
    m.spare = malloc(m.room * sizeof(Letter));
    uint32_t *rows = malloc((all * BLOCK + 1) * sizeof(uint32_t)), *room = malloc((all + 1) * sizeof(uint32_t));
    memset(books, 0, sizeof *books);
    begin(&m, quotas);
    for (int day = 1; day <= DAYS; day++) {
        own_events(&m, day * DAY, rows, room);
        deliver(&m, day * DAY);
    }
    add_up(books);
    for (int64_t row = 0; row < n; row++) table[row] = row_of(row, &m.customers[row].person, m.due[row]);
    free(room);
    free(rows);
    free(m.spare);
    free(m.letters);
    free(m.blocks);
    free(m.due);
    free(m.customers);
}
