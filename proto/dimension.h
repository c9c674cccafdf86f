/* dimension.h - the dimensions of figures by name, and the spellings of their values: those of commands, JSON,
 * URLs and proofs. Pure; any thread. */
#ifndef LT_PROTO_DIMENSION_H
#define LT_PROTO_DIMENSION_H

#include "proto/judge.h"

enum lt_dimension {
    LT_DIM_PLACE,
    LT_DIM_YEAR,
    LT_DIM_MONTH,
    LT_DIM_KIND,
    LT_DIM_CODE,
    LT_DIM_LEVEL,
    LT_DIM_TYPE,
    LT_DIM_RECIPIENT,
    LT_DIM_CATEGORY,
    LT_DIM_SEX,
    LT_DIM_FIELD,
    LT_DIM_MOVEMENT,
    LT_DIM_NATURE,
    LT_DIM_STATUS,
    LT_DIM_QUARTER, /* of the month */
    LT_DIM_HALF,
    LT_DIM_SUBMITTED, /* awards: by a ministry or a province */
    LT_DIM_POSTHUMOUS,
    LT_DIM_SCOPE, /* movements */
    LT_DIM_LENGTH,
    LT_DIM_METHOD,
    LT_DIM_OUTSIDE, /* awards, proposals, scores: of a recipient from elsewhere */
    LT_DIM_COUNT
};

const char *lt_dimension_name(enum lt_dimension dimension);
bool lt_dimension_find(const char *name, size_t size, enum lt_dimension *ret_dimension);
/* Does a fixed list spell its values? */
bool lt_dimension_listed(enum lt_dimension dimension);
/* Are its values plain numbers, 0 for what is not stated: months, quarters, halves? */
bool lt_dimension_counted(enum lt_dimension dimension);
/* Spelling of a listed value; "" for 0 and for what is beyond the list. */
const char *lt_dimension_spell(enum lt_dimension dimension, uint8_t value);
/* The value of a spelling; 0: there is none. */
uint8_t lt_dimension_value(enum lt_dimension dimension, const char *spelling);

#endif
