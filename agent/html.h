/* html.h - text for a page of HTML. Pure; errors stay in the stream. */
#ifndef LT_HTML_H
#define LT_HTML_H

#include <stdio.h>

/* Escaped, for between tags and for attributes in either kind of quotes. */
void lt_html_put(FILE *out, const char *text);

#endif
