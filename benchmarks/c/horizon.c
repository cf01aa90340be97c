/* W run to the horizon: whom no message can move any more lives all the rest of its life at once, in registers.

   Only leads and prospects listen, and nobody climbs back down to them. So the day windows hold leads and prospects alone, nine
   bytes each; whoever enters a rung above lives to the horizon on the spot, and its letters go into the pile of their day. */
#include "w.h"

#define DEAF LISTENERS /* the first rung that no message moves */
#define PILE 255         /* letters of one piece of a day's pile */

typedef struct {
    int64_t next;
    int32_t filled;
    Letter letters[PILE];
} Piece;

typedef struct {
    int64_t n;
    uint64_t run;
    const int64_t *indptr;
    const int32_t *indices;
    uint32_t *due, *blocks;
    uint8_t *rung;
    int32_t *referrer; /* of those whom a message has moved, on the rungs that listen */
    Piece *pieces;
    int64_t used, room, top[DAYS + 1];
    Letter *mail, *spare; /* one day's letters */
    int64_t mail_room;
    Books *books;
    Row *table;
} Market;

static void post(Market *m, Letter letter) {
    int day = (letter.sent + DAY - 1) / DAY;
    if (day > DAYS) return;
    if (m->top[day] < 0 || m->pieces[m->top[day]].filled == PILE) {
        if (m->used == m->room) {
            m->room *= 2;
            m->pieces = realloc(m->pieces, m->room * sizeof(Piece));
        }
        m->pieces[m->used].next = m->top[day];
        m->pieces[m->used].filled = 0;
        m->top[day] = m->used++;
    }
    Piece *piece = &m->pieces[m->top[day]];
    piece->letters[piece->filled++] = letter;
    m->books->messages[month_of(letter.sent)][SENT]++;
}

/* A lifelong clock: its hazard, when it goes off, what exposure it has while it stands still. */
typedef struct {
    double left, hazard;
    uint32_t due;
} LifeClock;

static inline void wind(LifeClock *clock, uint64_t key, int purpose, uint32_t number, uint32_t t) {
    clock->left = exponential(uniform(key, 0, purpose, number));
    clock->due = clock->hazard > 0.0 ? due_after(t, clock->left, clock->hazard) : LATER;
}

static inline void rewind_clock(LifeClock *clock, double hazard, uint32_t t) {
    if (hazard == clock->hazard) return;
    if (clock->hazard > 0.0) clock->left = clock->hazard * (double)(clock->due - t);
    clock->hazard = hazard;
    clock->due = hazard > 0.0 ? due_after(t, clock->left, hazard) : LATER;
}

/* From entering a deaf rung at t to the horizon. */
static void live_out(Market *m, uint32_t row, uint64_t key, Person person, uint32_t t) {
    Person *p = &person;
    uint32_t visits[RUNGS] = {0}, end = DAYS * DAY, next;
    LifeClock order = {.hazard = ORDERS[p->rung]}, message = {.hazard = TALK[p->rung]};
    wind(&order, key, ORDER_CLOCK, 0, t); /* the clocks have stood until now: nobody orders or talks on a rung that listens */
    wind(&message, key, MESSAGE_CLOCK, 0, t);
    int which;
    uint32_t leaves = first_exit(key, p->rung, ++visits[p->rung], t, &which);
    for (;;) {
        next = order.due < message.due ? order.due : message.due;
        if (leaves <= next) {
            if (leaves > end) break;
            t = leaves;
            book_move(m->books, p, TO[p->rung][which], t, STEP[p->rung][which], -1);
            leaves = first_exit(key, p->rung, ++visits[p->rung], t, &which);
            rewind_clock(&order, ORDERS[p->rung], t);
            rewind_clock(&message, TALK[p->rung], t);
        } else if (next > end) {
            break;
        } else if (order.due <= message.due) {
            t = order.due;
            book_order(m->books, p, key, t);
            wind(&order, key, ORDER_CLOCK, p->orders, t);
        } else {
            t = message.due;
            post(m, letter_of(key, row, p->messages++, t, m->indptr, m->indices));
            wind(&message, key, MESSAGE_CLOCK, p->messages, t);
        }
    }
    m->table[row] = row_of(row, p, leaves < next ? leaves : next);
}

/* A listener as a person: what happened to it before hangs on nothing but its rung and who has moved it last. */
static inline Person listener(const Market *m, uint32_t row) { return (Person){.referrer = m->referrer[row], .rung = m->rung[row]}; }

/* Let a listener take a step at t; returns what is due next: LATER for whom it lives out on the spot. */
static inline uint32_t move(Market *m, uint32_t row, uint64_t key, int to, uint32_t t, int step, int32_t sender) {
    int which;
    Person p = listener(m, row);
    book_move(m->books, &p, to, t, step, sender);
    m->rung[row] = to;
    if (to >= DEAF) {
        live_out(m, row, key, p, t);
        return LATER;
    }
    m->referrer[row] = p.referrer;
    return first_exit(key, to, 1, t, &which);
}

/* Put a customer on its first rung; returns what is due next. */
static inline uint32_t begin_one(Market *m, uint32_t row, int rung) {
    int which;
    uint64_t key = customer_key(m->run, row);
    Person p;
    begin_person(m->books, &p, rung);
    m->referrer[row] = -1;
    if (rung < DEAF) return first_exit(key, rung, 1, 0, &which);
    live_out(m, row, key, p, 0);
    return LATER;
}

static void own_events(Market *m, uint32_t until, uint32_t *rows, uint32_t *room) {
    int64_t found = find_due(m->due, m->blocks, (m->n + BLOCK - 1) / BLOCK, until, rows, room);
    for (int64_t k = 0; k < found; k++) {
        if (k + AHEAD < found) {
            __builtin_prefetch(&m->rung[rows[k + AHEAD]], 1);
            __builtin_prefetch(&m->referrer[rows[k + AHEAD]], 1);
            __builtin_prefetch(&m->indptr[rows[k + AHEAD]]);
        }
        const uint32_t row = rows[k];
        while (m->due[row] <= until) {
            const int rung = m->rung[row];
            m->due[row] = move(m, row, customer_key(m->run, row), TO[rung][0], m->due[row], STEP[rung][0], -1);
        }
        if (k + 1 == found || rows[k + 1] / BLOCK != row / BLOCK) m->blocks[row / BLOCK] = block_minimum(m->due, row / BLOCK);
    }
}

/* All letters of a day, taken from their pile into `mail`, in order. */
static int64_t collect(Market *m, int day) {
    int64_t count = 0;
    for (int64_t piece = m->top[day]; piece >= 0; piece = m->pieces[piece].next) {
        if (count + PILE > m->mail_room) {
            m->mail_room *= 2;
            m->mail = realloc(m->mail, m->mail_room * sizeof(Letter));
            m->spare = realloc(m->spare, m->mail_room * sizeof(Letter));
        }
        memcpy(m->mail + count, m->pieces[piece].letters, m->pieces[piece].filled * sizeof(Letter));
        count += m->pieces[piece].filled;
    }
    sort_letters(m->mail, m->spare, count);
    return count;
}

static void deliver(Market *m, int day) {
    const uint32_t until = day * DAY;
    const int64_t count = collect(m, day);
    const Letter *mail = m->mail;
    m->books->messages[month_of(until)][HEARD] += count;
    for (int64_t k = 0; k < count; k++) {
        if (k + AHEAD < count) __builtin_prefetch(&m->rung[mail[k + AHEAD].receiver], 1);
        uint32_t row = mail[k].receiver;
        int rung = m->rung[row];
        if (rung >= DEAF) continue;
        uint64_t key = customer_key(m->run, row);
        if (!climbs(key, rung, mail[k])) continue;
        m->due[row] = move(m, row, key, rung + 1, until, ANSWER_STEP[rung], (int32_t)mail[k].sender);
        if (m->due[row] < m->blocks[row / BLOCK]) m->blocks[row / BLOCK] = m->due[row];
    }
}

static void begin(Market *m, const int64_t *quotas) {
    int64_t all = (m->n + BLOCK - 1) / BLOCK;
    starting_rungs(m->n, m->run, quotas, m->rung);
    for (int64_t row = 0; row < all * BLOCK; row++)
        m->due[row] = row < m->n ? begin_one(m, row, m->rung[row]) : LATER;
    for (int64_t block = 0; block < all; block++) m->blocks[block] = block_minimum(m->due, block);
}

void horizon(int64_t n, uint64_t run, const int64_t *quotas, const int64_t *indptr, const int32_t *indices, Books *books,
             Row *table) {
    int64_t all = (n + BLOCK - 1) / BLOCK;
    Market *m = calloc(1, sizeof(Market));
    *m = (Market){.n = n, .run = run, .indptr = indptr, .indices = indices, .room = DAYS, .mail_room = 1024, .books = books, .table = table};
    m->due = large(all * BLOCK * sizeof(uint32_t));
    m->blocks = malloc((all + 1) * sizeof(uint32_t));
    m->rung = large(n);
    m->referrer = large(n * sizeof(int32_t));
    uint32_t *rows = malloc((all * BLOCK + 1) * sizeof(uint32_t)), *room = malloc((all + 1) * sizeof(uint32_t));
    m->pieces = malloc(m->room * sizeof(Piece));
    for (int day = 0; day <= DAYS; day++) m->top[day] = -1;
    m->mail = malloc(m->mail_room * sizeof(Letter));
    m->spare = malloc(m->mail_room * sizeof(Letter));
    memset(books, 0, sizeof *books);
    begin(m, quotas);
    for (int day = 1; day <= DAYS; day++) {
        own_events(m, day * DAY, rows, room);
        deliver(m, day);
    }
    add_up(books);
    for (int64_t row = 0; row < n; row++)
        if (m->rung[row] < DEAF) {
            const Person p = listener(m, row);
            table[row] = row_of(row, &p, m->due[row]);
        }
    free(room);
    free(rows);
    free(m->spare);
    free(m->mail);
    free(m->pieces);
    free(m->referrer);
    free(m->rung);
    free(m->blocks);
    free(m->due);
    free(m);
}
