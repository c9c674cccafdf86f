/* period_question.h - a place, a period and a kind of record, as several commands ask for them. */
#ifndef LT_PERIOD_QUESTION_H
#define LT_PERIOD_QUESTION_H

#include "hub/asking.h"
#include "proto/standing.h"

struct lt_period_question {
    const struct lt_place *place; /* of the book */
    struct lt_period period;
    uint8_t kind; /* enum lt_kind; 0: everything */
};

/* The first options of such a command, in this order. */
enum { LT_ASK_PLACE, LT_ASK_PERIOD, LT_ASK_KIND, LT_ASK_COUNT };
#define LT_PERIOD_QUESTION_OPTIONS                                                                 \
    {"--place", true}, {"--period", true},                                                         \
    {                                                                                              \
        "--kind", true                                                                             \
    }

/* Parses such a command's line: no operand, and --place and --period are there. False: all has been said, leave
 * with *ret_exit. */
bool lt_period_question_parse(int argc, char **argv, const struct lt_option *options, size_t count,
                              const char *usage_vietnamese, const char *usage_english,
                              struct lt_options *ret_given, int *ret_exit);
/* LT_USAGE, LT_NOT_FOUND, LT_AMBIGUOUS with a sentence. A place is looked for as it was in the period. */
enum lt_result lt_period_question_read(const struct lt_book *book, const struct lt_options *given,
                                       struct lt_period_question *ret_question,
                                       char ret_reason[LT_ASKING_REASON_MAX]);

#endif
