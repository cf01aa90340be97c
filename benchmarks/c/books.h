/* What both C programs of W write down: ladsim's books, and a row per customer.

   All are whole numbers. A change is written in the month in which it happens; add_up makes counts of it. Who counts as a customer,
   as new, as gone and as back is said in ladsim/model/standing.py; a cohort is the month in which people became customers, 0 for
   those who were it from the start, and is kept plus 1, so that 0 is nobody's. */
#ifndef BOOKS_H
#define BOOKS_H

#include "luck.h"
#include "numbers.h"

_Static_assert(MONTHS < 255, "a person's months are kept in bytes");

enum { REVENUE, GOODS, CAUSES };
enum { SENT, HEARD };
enum { NEW, OF_THEM_REFERRED };
enum { WON_BACK, FIRST_BACK, BUYERS_OF_NO_COHORT };
enum { REFERRED = 1, BOUGHT = 2, RETURNED = 4, LOST = 8, PASSED = 16 }; /* marks of a person */

typedef struct { /* benchmarks/books.py has the same */
    int64_t counts[MONTHS + 1][RUNGS], flows[MONTHS + 1][STEPS], orders[MONTHS + 1][RUNGS], newcomers[MONTHS + 1][2],
        money[MONTHS + 1][CAUSES][RUNGS], daily[DAYS + 1][CAUSES], messages[MONTHS + 1][2], cohorts[MONTHS + 1][MONTHS + 1][RUNGS],
        buyers[MONTHS + 1][MONTHS + 1], returns[MONTHS + 1][3], leavers[MONTHS + 1][RUNGS + 1];
} Books;

typedef struct { /* a customer's row as a history shows it: CUSTOMER of ladsim/model/layout.py */
    uint64_t id;
    int64_t due, revenue, contribution, cost;
    int32_t cohort, referrer;
    uint32_t booked, messages;
    uint16_t segment;
    uint8_t rung, referred, bought_before, returned;
} Row;

typedef struct { /* what the books must know of a customer, half a line of memory */
    int64_t revenue, contribution;
    int32_t referrer;
    uint16_t orders, messages;
    uint8_t rung, exit, marks, cohort, moved, began, bought; /* began: the rung at the start of the month `moved` */
} Person;

static inline uint32_t month_of(uint32_t t) { return (t + MONTH - 1) / MONTH; }

static inline uint32_t day_of(uint32_t t) { return (t + DAY - 1) / DAY; }

static inline int is_to_be_won(const Person *p) { return !p->cohort && !(p->marks & BOUGHT); }

static inline void begin_person(Books *books, Person *p, int rung) {
    *p = (Person){.referrer = -1, .rung = rung};
    books->counts[0][rung]++;
    if (!BOUGHT_BEFORE[rung]) return;
    p->marks = BOUGHT;
    if (IS_CUSTOMER[rung]) {
        p->cohort = 1;
        books->cohorts[0][0][rung]++;
    } else {
        p->marks |= LOST;
    }
}

/* Count who leaves the customers, and who comes back to them. */
static inline void come_or_go(Books *books, Person *p, uint32_t month, int to) {
    if (p->moved != month) {
        p->moved = month;
        p->began = p->rung;
        p->marks &= ~PASSED;
    }
    const int was = IS_CUSTOMER[p->rung];
    if (was == IS_CUSTOMER[to]) return;
    if (!was && p->marks & LOST) books->returns[month][WON_BACK]++;
    p->marks = was ? p->marks | LOST : p->marks & ~LOST;
    if (IS_CUSTOMER[p->began]) {
        books->leavers[month][p->began] += was ? 1 : -1;
    } else if (was || p->marks & PASSED) {
        books->leavers[month][RUNGS] += was ? 1 : -1;
        p->marks = was ? p->marks | PASSED : p->marks & ~PASSED;
    }
}

static inline void become_customer(Books *books, Person *p, uint32_t month) {
    if (is_to_be_won(p)) {
        p->cohort = month + 1;
        books->cohorts[month][month][p->rung]++;
        books->newcomers[month][NEW]++;
        if (p->referrer >= 0) {
            p->marks |= REFERRED;
            books->newcomers[month][OF_THEM_REFERRED]++;
        }
    } else if (!p->cohort && !(p->marks & RETURNED)) {
        p->marks |= RETURNED;
        books->returns[month][FIRST_BACK]++;
    }
}

/* Write down a step; `sender` is who has brought it about, −1 nobody. */
static inline void book_move(Books *books, Person *p, int to, uint32_t t, int step, int32_t sender) {
    const uint32_t month = month_of(t);
    books->counts[month][p->rung]--;
    books->counts[month][to]++;
    books->flows[month][step]++;
    if (p->cohort) {
        books->cohorts[month][p->cohort - 1][p->rung]--;
        books->cohorts[month][p->cohort - 1][to]++;
    }
    come_or_go(books, p, month, to);
    if (sender >= 0 && is_to_be_won(p)) p->referrer = sender;
    p->rung = to;
    if (IS_CUSTOMER[to]) become_customer(books, p, month);
}

static inline void book_money(Books *books, Person *p, uint32_t month, uint32_t day, int cause, int64_t amount) {
    books->money[month][cause][p->rung] += amount;
    books->daily[day][cause] += amount;
    p->contribution += amount;
}

/* Book the next order of a customer; its number is the number of orders so far. */
static inline void book_order(Books *books, Person *p, uint64_t key, uint32_t t) {
    const double z = normal(uniform(key, 0, BASKET, p->orders));
    const double value = BASKET_MEAN * to_power_of_e(BASKET_SPREAD * z - 0.5 * BASKET_SPREAD * BASKET_SPREAD);
    const uint32_t month = month_of(t), day = day_of(t);
    const int64_t revenue = (int64_t)rint(value);
    p->orders++;
    books->orders[month][p->rung]++;
    if (p->bought != month + 1) {
        p->bought = month + 1;
        if (p->cohort)
            books->buyers[month][p->cohort - 1]++;
        else
            books->returns[month][BUYERS_OF_NO_COHORT]++;
    }
    book_money(books, p, month, day, REVENUE, revenue);
    book_money(books, p, month, day, GOODS, (int64_t)rint(value * MARGIN) - revenue);
    p->revenue += revenue;
}

static inline Row row_of(uint64_t id, const Person *p, int64_t due) {
    return (Row){
        .id = id, .due = due, .revenue = p->revenue, .contribution = p->contribution, .cohort = p->cohort - 1,
        .referrer = p->referrer, .booked = p->orders, .messages = p->messages, .rung = p->rung,
        .referred = (p->marks & REFERRED) != 0, .bought_before = (p->marks & BOUGHT) != 0, .returned = (p->marks & RETURNED) != 0,
    };
}

/* Counts at month starts from the changes in the months. */
static inline void add_up(Books *books) {
    for (int month = 1; month <= MONTHS; month++) {
        for (int rung = 0; rung < RUNGS; rung++) books->counts[month][rung] += books->counts[month - 1][rung];
        for (int cohort = 0; cohort <= MONTHS; cohort++)
            for (int rung = 0; rung < RUNGS; rung++) books->cohorts[month][cohort][rung] += books->cohorts[month - 1][cohort][rung];
    }
}

#endif
