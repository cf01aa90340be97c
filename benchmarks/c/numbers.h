/* The numbers of W: how time is counted, and the market, which w_numbers.h holds as peers/c_program.py writes it from w.toml. So the
   compiler knows them all. Times are counts of 1/2^20 day, a day is 1/30 month, as in ladsim. */
#ifndef NUMBERS_H
#define NUMBERS_H

#define DAY (1u << 20)
#define MONTH (30u * DAY)
#define DAYS (30 * MONTHS)

/* MONTHS, RUNGS, STEPS, SLOTS, LISTENERS, baskets, MARGIN; by rung ORDERS, TALK (hazards), ANSWERS, ANSWER_STEP, IS_CUSTOMER,
   BOUGHT_BEFORE; by rung and exit EXITS (hazards), TO, STEP, WORDS */
#include "w_numbers.h"

#endif
