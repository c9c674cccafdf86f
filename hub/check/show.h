/* show.h - what lienthong-check tells of a proof: for people, in Vietnamese or English, or as JSON.
 *
 * The checker links proto/ alone, so that it is small enough to be read by who must trust it: languages and
 * JSON are made here in the plainest way. One thread. */
#ifndef LT_CHECK_SHOW_H
#define LT_CHECK_SHOW_H

#include <stdio.h>

#include "proto/proof.h"

/* "vi" or "en"; NULL: by LC_ALL, LC_MESSAGES, LANG, of which C and POSIX count as not set; else Vietnamese. */
void lt_show_language(const char *language);
const char *lt_show_text(const char *vietnamese, const char *english)
    __attribute__((format_arg(1), format_arg(2)));

/* What it means that a file cannot be read. */
const char *lt_show_result(enum lt_result result);

struct lt_shown {
    const char *file;
    struct lt_proof *proof;
    enum lt_result
        result; /* of lt_proof_end; LT_OK: proven; LT_REFUSED: not; else it cannot be read */
    const char *trouble; /* why it cannot be read */
    bool records; /* list those behind the figure */
};
void lt_show_people(const struct lt_shown *shown, FILE *out);
/* Schema lienthong.check/1. */
void lt_show_json(const struct lt_shown *shown, FILE *out);

#endif
