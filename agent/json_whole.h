/* json_whole.h - a JSON document for which there was not memory enough is not taken for a whole one.
 *
 * Documents are put together by many small calls, and nobody can look at the result of each. A failed allocation is
 * noted for its thread instead, and asked for once at the end. */
#ifndef LT_JSON_WHOLE_H
#define LT_JSON_WHOLE_H

#include <jansson.h>
#include <stdbool.h>

void lt_json_begin(void); /* once, before the first document */
/* Was there memory for all that this thread has made since it last asked? */
bool lt_json_whole(void);
/* The document in a file. NULL: it cannot be read, or is none. */
json_t *lt_json_load(const char *path);
/* A document as text, without white space; frees the document. malloc'ed; NULL: out of memory, or it
 * is not whole. */
char *lt_json_text(json_t *document);
/* The end of a command: its exit code, or LT_EXIT_FAILED and a word when what it printed may lack a part. */
int lt_json_end(int code);

#endif
