/* province.h - a whole province from a seed: tree, catalogue, keys, and the signed updates of all that its
 * offices say, with the mistakes that offices make.
 *
 * District and provincial decisions are told by several (as a number, as names by communes, both); names and
 * numbers are mistyped and corrected; rows are retracted, withdrawn, imported twice; awards are revoked; dates
 * are missing; machines fork and heal; some changes break a rule; a key is revoked; units end and begin.
 * The same seed and size make the same bytes. For tests: ends the program when memory is short. */
#ifndef LT_RECOUNT_PROVINCE_H
#define LT_RECOUNT_PROVINCE_H

#include "proto/update.h"

struct province_update {
    struct lt_hash id;
    uint8_t *bytes;
    size_t size;
};

struct province_size {
    unsigned districts, communes; /* of the old tree; communes of each district */
    unsigned decisions, recipients; /* at most so many recipients of a decision */
    unsigned updates; /* at most so many changes in an update */
    unsigned others; /* records of other kinds */
};
extern const struct province_size province_tiny, province_district, province_whole;

struct province {
    struct lt_key root;
    struct lt_unit top;
    struct lt_key top_key; /* the top's, that signs its directives */
    struct lt_secret top_secret;
    struct province_update *updates; /* parents before children */
    size_t count, capacity;
    size_t changes;
};
struct province *province_new(uint64_t seed, const struct province_size *size);
void province_free(struct province *province);

#endif
