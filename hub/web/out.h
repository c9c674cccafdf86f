/* out.h - a growing text for answers: HTML, JSON, CSV and addresses, each escaped by its own rules.
 *
 * Whatever peers wrote goes in through lt_out_text, _json, _csv or _url, never raw. When memory or the bound
 * is used up, what follows is left out and `failed` stays set: ask once, at the end. One thread. */
#ifndef LT_WEB_OUT_H
#define LT_WEB_OUT_H

#include <stdbool.h>
#include <stddef.h>

enum { LT_OUT_BYTES_MAX = 256 * 1024 * 1024 }; /* an answer; a list of a million rows fits */

struct lt_out { /* zero-initialise */
    char *bytes; /* NUL-terminated when not NULL */
    size_t size, capacity;
    bool failed;
};

void lt_out_free(struct lt_out *out);
void lt_out_bytes(struct lt_out *out, const char *bytes, size_t size);
/* As it stands: for our own words only. */
void lt_out_raw(struct lt_out *out, const char *text);
void lt_out_print(struct lt_out *out, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For HTML, in text and in quoted attributes. What is no UTF-8 and control characters become U+FFFD. */
void lt_out_text(struct lt_out *out, const char *text);
/* A JSON string with its quotes; the same of what is no UTF-8. */
void lt_out_json(struct lt_out *out, const char *text);
/* A quoted CSV cell; what a spreadsheet would take for a formula gets an apostrophe before it. */
void lt_out_csv(struct lt_out *out, const char *text);
/* A value within a query of an address. */
void lt_out_url(struct lt_out *out, const char *text);

/* Would a spreadsheet take the text for a formula? */
bool lt_out_is_formula(const char *text);

#endif
