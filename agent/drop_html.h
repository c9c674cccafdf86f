/* drop_html.h - the pieces of the status page: plain HTML that loads nothing and runs nothing. */
#ifndef LT_DROP_HTML_H
#define LT_DROP_HTML_H

#include <stdint.h>

#include "agent/html.h"

/* Stands near the beginning of each page, and of nobody else's. */
#define LT_HTML_MARK "<meta name=\"generator\" content=\"lienthong-agent\">"
/* Up to the body, with the style: for a screen of any width, and for paper. */
void lt_html_begin(FILE *out);
/* A link to a file in the folder. */
void lt_html_link(FILE *out, const char *name);
/* A row of a table; `kind` is its class where the number is not 0. */
void lt_html_number(FILE *out, const char *label, uint64_t number, const char *kind);

#endif
