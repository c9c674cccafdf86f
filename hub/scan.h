/* scan.h - cells of places summed by dimensions, block after block.
 *
 * What a question asks of cells is worked out once: which values of which bytes pass, and which columns are
 * grouped by. Then each block is read column by column: only those that are asked for. The places whose
 * cells are summed, and under which heading, are the caller's. Belongs to one thread. */
#ifndef LT_SCAN_H
#define LT_SCAN_H

#include "hub/dimension.h"
#include "hub/store.h"

enum { LT_SCAN_CONDITIONS_MAX = 16 };

/* LT_DIM_PLACE is neither in `by` nor among the conditions. */
struct lt_scan_asks {
    bool decided, span; /* span: the years as one period, else each of them */
    uint16_t year_from, year_to;
    uint8_t month_from, month_to; /* 0: whatever the month */
    bool all_kinds; /* else awards alone */
    bool all_statuses; /* else without revoked ones */
    bool enterprises_apart; /* else as collectives */
    size_t by_count;
    enum lt_dimension by[LT_DIM_COUNT];
    size_t condition_count;
    struct lt_scan_condition {
        enum lt_dimension dimension;
        uint32_t number;
    } conditions[LT_SCAN_CONDITIONS_MAX];
};

struct lt_scan_sums {
    int64_t count, quantity, unconfirmed;
};

struct lt_scan;
struct lt_scan *lt_scan_new(const struct lt_scan_asks *asks); /* NULL: out of memory */
void lt_scan_free(struct lt_scan *scan);

/* Adds the cells of a place (its dictionary number) under a heading. LT_TOO_LARGE: more than `groups_max`
 * groups; LT_NO_MEMORY. What the store finds wrong is the transaction's error. */
enum lt_result lt_scan_place(struct lt_scan *scan, struct lt_store_txn *txn, uint32_t place,
                             uint32_t heading, size_t groups_max);

/* Groups in no particular order: their heading and the numbers of asks.by. */
size_t lt_scan_count(const struct lt_scan *scan);
void lt_scan_at(const struct lt_scan *scan, size_t i, uint32_t *ret_heading, uint32_t *ret_numbers,
                struct lt_scan_sums *ret_sums);

#endif
