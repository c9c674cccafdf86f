/* url.h - what an address or a form says: a path's parts, its format, and parameters by name.
 *
 * Pure and bounded: more parameters, longer names or values, bad escapes, NUL and what is no UTF-8 are
 * refused, never cut. Texts live in the lt_url itself. Any thread. */
#ifndef LT_WEB_URL_H
#define LT_WEB_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/result.h"

enum {
    LT_URL_BYTES_MAX = 4096, /* of path, and of the query */
    LT_URL_PARTS_MAX = 6,
    LT_URL_PARAMS_MAX = 48, /* a question for figures has 16 filters */
};

enum lt_url_format { LT_URL_HTML, LT_URL_JSON, LT_URL_CSV, LT_URL_XLSX };

struct lt_url_param {
    const char *name, *value;
};
struct lt_url_params {
    size_t count;
    struct lt_url_param items[LT_URL_PARAMS_MAX];
    size_t size;
    char text[LT_URL_BYTES_MAX + 2];
};
struct lt_url {
    size_t part_count;
    const char *parts[LT_URL_PARTS_MAX]; /* "/units/80.csv" is "units", "80" and LT_URL_CSV */
    enum lt_url_format format;
    struct lt_url_params params;
    char path[LT_URL_BYTES_MAX + 1];
};

/* "/units/80.csv", "year=2020&by=place". LT_MALFORMED, LT_TOO_LARGE; then nothing of ret_url holds. */
enum lt_result lt_url_read(const char *path, const char *query, struct lt_url *ret_url);
/* Parameters alone: a query, a body of a form, or (`separator` ';') cookies. */
enum lt_result lt_url_params_read(const char *text, size_t size, char separator,
                                  struct lt_url_params *ret_params);
/* The first of that name; NULL: there is none. */
const char *lt_url_param(const struct lt_url_params *params, const char *name);
/* A whole number from..to; `other` when it is missing or is none. */
long lt_url_number(const struct lt_url_params *params, const char *name, long from, long to,
                   long other);
const char *lt_url_ending(enum lt_url_format format); /* "", ".json" … */

#endif
