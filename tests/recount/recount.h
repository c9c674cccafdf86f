/* recount.h - all figures counted again from the words of docs/protocol.md sections 7 and 8, in the plainest
 * code there is: everything at once, in memory, nothing incremental.
 *
 * It shares with the program the decoder (lt_update_open, lt_report_read, lt_directive_read,
 * lt_personal_read, what an identifier is) and nothing else: neither book, judge, merge law nor folding. Only
 * compare.c knows how a ledger keeps its figures, and trees.c how it is asked for them.
 *
 * A test's tool: single-threaded; ends the program when memory is short. */
#ifndef LT_RECOUNT_H
#define LT_RECOUNT_H

#include "hub/ledger.h"

/* The law, and planted mistakes that show that a difference is found. */
enum recount_mistake {
    RECOUNT_RIGHT,
    RECOUNT_TIES_TO_GREATER, /* among equally near tellers the greater unit counts */
    RECOUNT_TOTALS_ADDED, /* a stated total counts beside the names within it */
    RECOUNT_OLDEST_WINS, /* of a record's versions the least stamp counts */
    RECOUNT_TWINS_COUNTED, /* a row signed twice counts twice */
    RECOUNT_ROWS_OF_ALL, /* a row silences the same row of a predecessor's chain */
    RECOUNT_NO_CUT, /* what a revoked key signed counts */
    RECOUNT_NUMBERS_AS_WRITTEN, /* decision numbers are not folded */
    RECOUNT_SCHOOL_YEAR_BEFORE, /* a school year counts in the year it begins */
    RECOUNT_NO_UNIT_DATES, /* a unit exists for ever */
    RECOUNT_OUTSIDE_AT_HOME, /* a recipient from elsewhere counts at home */
    RECOUNT_SPLIT_TO_FIRST, /* today's tree: a unit that was split lies at its first successor */
    RECOUNT_STRANGERS_AGREE, /* changes that know nothing of each other contest nothing */
    RECOUNT_LEADS_SILENT, /* a cluster's lead may not tell the scores of its members */
    RECOUNT_MISTAKES
};
const char *recount_mistake_name(enum recount_mistake mistake);

struct recount;
struct recount *recount_new(const struct lt_key *root, const struct lt_unit *top,
                            enum recount_mistake mistake);
void recount_free(struct recount *recount);
/* An update that was accepted, its exact bytes (copied). Told twice it is one. */
void recount_add(struct recount *recount, struct lt_bytes bytes);

struct recount_sums {
    uint64_t changes, quarantined, records, cells, scopes, told_by_many, differing, spoken_for,
        contested;
    uint64_t verdicts[32];
};
/* Counts everything again. */
void recount_all(struct recount *recount, struct recount_sums *ret_sums);

/* Every cell of the ledger against every figure of the last recount_all, both bases, and each chain's
 * quarantine and contested records. False: ret_difference is the first one in words, with the records of its scope. */
enum { RECOUNT_DIFFERENCE_MAX = 16000 };
bool recount_equal(struct recount *recount, struct lt_ledger *ledger,
                   char ret_difference[RECOUNT_DIFFERENCE_MAX]);

/* The figures of the tree of a day, as a ledger answers: of the top and of each unit of the next level that lives
 * then, by place and as one, against those of the last recount_all; and the rows of the top against its
 * figures as they were. False: ret_difference is the first difference. */
bool recount_tree_equal(struct recount *recount, struct lt_ledger *ledger, lt_day day,
                        char ret_difference[RECOUNT_DIFFERENCE_MAX]);

#endif
