/* figures_words.h - a question for figures in the words of the command: taken from a command line, kept with
 * what was published, and read again. Words are borrowed from argv or from the text. */
#ifndef LT_FIGURES_WORDS_H
#define LT_FIGURES_WORDS_H

#include "agent/options.h"
#include "hub/figures.h"

struct lt_figures_words {
    const char *place, *year, *period, *basis, *tree, *by; /* NULL: not said */
    const char *wheres[LT_WHERE_MAX + 1];
    size_t where_count;
};

/* The first options of such a command, in this order. */
enum {
    LT_WORD_PLACE,
    LT_WORD_YEAR,
    LT_WORD_PERIOD,
    LT_WORD_BASIS,
    LT_WORD_TREE,
    LT_WORD_BY,
    LT_WORD_COUNT
};
#define LT_FIGURES_OPTIONS                                                                         \
    {"--place", true}, {"--year", true}, {"--period", true}, {"--basis", true}, {"--tree", true},  \
    {                                                                                              \
        "--by", true                                                                               \
    }

/* Takes every "--where X" out of argv, since it may stand there several times. Returns the new argc. */
int lt_figures_words_take(int argc, char **argv, struct lt_figures_words *words);
void lt_figures_words_given(const struct lt_options *given, struct lt_figures_words *words);

/* LT_USAGE with a sentence. The place is not looked for: lt_figures_find_place. */
enum lt_result lt_figures_words_query(const struct lt_figures_words *words,
                                      struct lt_figures_query *query, char ret_reason[400]);

/* "--place 01@2025-07-01 --year 2024 --where 'field=y tế'"; LT_TOO_LARGE: it does not fit. */
enum { LT_FIGURES_WORDS_MAX = LT_LONG_TEXT_BYTES_MAX + 1 };
enum lt_result lt_figures_words_write(const struct lt_figures_words *words,
                                      const struct lt_unit *place,
                                      char ret_text[LT_FIGURES_WORDS_MAX]);
/* The reverse; `text` is cut up. LT_MALFORMED: it is no such question, maybe of a later version. */
enum lt_result lt_figures_words_read(char *text, struct lt_figures_words *ret_words);

#endif
