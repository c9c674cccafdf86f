/* completeness_own.h - what a unit tells and has declared. Private to hub/completeness*.c. */
#ifndef LT_COMPLETENESS_OWN_H
#define LT_COMPLETENESS_OWN_H

#include "hub/completeness.h"
#include "hub/store.h"

/* A declaration of the period asked about. */
struct declared {
    struct lt_unit author;
    struct lt_hash update;
    uint64_t seq;
    bool nil;
    int64_t signed_at;
    Lienthong__ControlTotal *totals; /* codes point into `codes` */
    char *codes;
    size_t total_count;
};
struct declarations {
    struct declared *items; /* ascending by author */
    size_t count, capacity;
};
/* Those of the period and kind, the newest of each author. */
enum lt_result lt_declared_gather(struct lt_ledger *ledger, const struct lt_period *period,
                                  uint8_t kind, struct declarations *ret_all);
const struct declared *lt_declared_of(const struct declarations *all, const struct lt_unit *unit);
void lt_declared_free(struct declarations *all);

/* What a unit tells of a period: anything at all, and whether a declaration's totals match. */
bool lt_told_any(struct lt_store_txn *txn, uint32_t unit, const struct lt_period *period,
                 uint8_t kind);
bool lt_told_matches(struct lt_store_txn *txn, uint32_t unit, const struct lt_period *period,
                     const struct declared *declared, char ret_words[200]);

#endif
