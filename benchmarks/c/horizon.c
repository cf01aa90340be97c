/* W run to the horizon: whom no message can move any more lives all the rest of its life at once, in registers.

   Only leads and prospects listen, and nobody climbs back down to them. So the day windows hold leads and prospects alone, five
   bytes each; whoever enters a rung above lives to the horizon on the spot, and its letters go into the pile of their day. */
#include "w.h"

#define BLOCK 16
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
    Piece *pieces;
    int64_t used, room, top[DAYS + 1];
    Letter *mail, *spare; /* one day's letters */
    int64_t mail_room;
    int64_t now[RUNGS];                /* listeners */
    int64_t change[MONTHS + 2][RUNGS]; /* of the counts of all others, by the month start at which it shows */
    Books *books;
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
    m->books->messages[month_of(letter.sent)][0]++;
}

/* A lifelong clock: its hazard, when it goes off, what exposure it has while it stands still. */
typedef struct {
    double left, hazard;
    uint32_t due, number;
} LifeClock;

static inline void wind(LifeClock *clock, uint64_t key, int purpose, uint32_t t) {
    clock->left = exponential(uniform(key, 0, purpose, clock->number));
    clock->due = clock->hazard > 0.0 ? due_after(t, clock->left, clock->hazard) : LATER;
}

static inline void rewind_clock(LifeClock *clock, double hazard, uint32_t t) {
    if (hazard == clock->hazard) return;
    if (clock->hazard > 0.0) clock->left = clock->hazard * (double)(clock->due - t);
    clock->hazard = hazard;
    clock->due = hazard > 0.0 ? due_after(t, clock->left, hazard) : LATER;
}

/* From entering a deaf rung at t to the horizon. */
static void live_out(Market *m, uint32_t row, uint64_t key, int rung, uint32_t t) {
    uint32_t visits[RUNGS] = {0}, end = DAYS * DAY;
    LifeClock order = {.hazard = per_step(ORDERS[rung])}, message = {.hazard = per_step(TALK[rung])};
    wind(&order, key, ORDER_CLOCK, t); /* the clocks have stood until now: nobody orders or talks on a rung that listens */
    wind(&message, key, MESSAGE_CLOCK, t);
    int which;
    uint32_t leaves = first_exit(key, rung, ++visits[rung], t, &which);
    m->change[month_of(t)][rung]++;
    for (;;) {
        uint32_t next = order.due < message.due ? order.due : message.due;
        if (leaves <= next) {
            if (leaves > end) return;
            t = leaves;
            m->change[month_of(t)][rung]--;
            rung = TO[rung][which];
            m->change[month_of(t)][rung]++;
            leaves = first_exit(key, rung, ++visits[rung], t, &which);
            rewind_clock(&order, per_step(ORDERS[rung]), t);
            rewind_clock(&message, per_step(TALK[rung]), t);
        } else if (next > end) {
            return;
        } else if (order.due <= message.due) {
            t = order.due;
            book_order(m->books, key, order.number++, rung, t);
            wind(&order, key, ORDER_CLOCK, t);
        } else {
            t = message.due;
            post(m, letter_of(key, row, message.number++, t, m->indptr, m->indices));
            wind(&message, key, MESSAGE_CLOCK, t);
        }
    }
}

/* Put a listener on a rung at t; returns what is due next: LATER for whom it lives out on the spot. */
static inline uint32_t enter(Market *m, uint32_t row, uint64_t key, int rung, uint32_t t) {
    int which;
    m->rung[row] = rung;
    if (rung >= DEAF) {
        live_out(m, row, key, rung, t);
        return LATER;
    }
    m->now[rung]++;
    return first_exit(key, rung, 1, t, &which);
}

static inline uint32_t block_minimum(const Market *m, int64_t block) {
    uint32_t least = LATER;
    for (int64_t row = block * BLOCK; row < (block + 1) * BLOCK; row++) least = m->due[row] < least ? m->due[row] : least;
    return least;
}

static void own_events(Market *m, uint32_t until) {
    int64_t all = (m->n + BLOCK - 1) / BLOCK;
    for (int64_t block = 0; block < all; block++) {
        if (m->blocks[block] > until) continue;
        for (int64_t row = block * BLOCK; row < (block + 1) * BLOCK; row++) {
            while (m->due[row] <= until) {
                uint64_t key = customer_key(m->run, row);
                m->now[m->rung[row]]--;
                m->due[row] = enter(m, row, key, TO[m->rung[row]][0], m->due[row]);
            }
        }
        m->blocks[block] = block_minimum(m, block);
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
    m->books->messages[month_of(until)][1] += count;
    for (int64_t k = 0; k < count; k++) {
        if (k + AHEAD < count) __builtin_prefetch(&m->rung[mail[k + AHEAD].receiver], 1);
        uint32_t row = mail[k].receiver;
        int rung = m->rung[row];
        if (rung >= DEAF) continue;
        uint64_t key = customer_key(m->run, row);
        if (!climbs(key, rung, mail[k])) continue;
        m->now[rung]--;
        m->due[row] = enter(m, row, key, rung + 1, until);
        if (m->due[row] < m->blocks[row / BLOCK]) m->blocks[row / BLOCK] = m->due[row];
    }
}

static void begin(Market *m, const int64_t *quotas) {
    int64_t all = (m->n + BLOCK - 1) / BLOCK;
    starting_rungs(m->n, m->run, quotas, m->rung);
    for (int64_t row = 0; row < all * BLOCK; row++)
        m->due[row] = row < m->n ? enter(m, row, customer_key(m->run, row), m->rung[row], 0) : LATER;
    for (int64_t block = 0; block < all; block++) m->blocks[block] = block_minimum(m, block);
}

void horizon(int64_t n, uint64_t run, const int64_t *quotas, const int64_t *indptr, const int32_t *indices, Books *books) {
    int64_t all = (n + BLOCK - 1) / BLOCK;
    Market *m = calloc(1, sizeof(Market));
    *m = (Market){.n = n, .run = run, .indptr = indptr, .indices = indices, .room = DAYS, .mail_room = 1024, .books = books};
    m->due = malloc(all * BLOCK * sizeof(uint32_t));
    m->blocks = malloc(all * sizeof(uint32_t));
    m->rung = malloc(n);
    m->pieces = malloc(m->room * sizeof(Piece));
    for (int day = 0; day <= DAYS; day++) m->top[day] = -1;
    m->mail = malloc(m->mail_room * sizeof(Letter));
    m->spare = malloc(m->mail_room * sizeof(Letter));
    memset(books, 0, sizeof *books);
    begin(m, quotas);
    for (int rung = 0; rung < DEAF; rung++) books->counts[0][rung] = m->now[rung];
    for (int day = 1; day <= DAYS; day++) {
        own_events(m, day * DAY);
        deliver(m, day);
        if (day % 30 == 0)
            for (int rung = 0; rung < DEAF; rung++) books->counts[day / 30][rung] = m->now[rung];
    }
    for (int rung = DEAF; rung < RUNGS; rung++) {
        int64_t people = 0;
        for (int month = 0; month <= MONTHS; month++) books->counts[month][rung] = people += m->change[month][rung];
    }
    free(m->spare);
    free(m->mail);
    free(m->pieces);
    free(m->rung);
    free(m->blocks);
    free(m->due);
    free(m);
}
