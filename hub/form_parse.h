/* form_parse.h - the parts of a form file; for the reader of forms only (form.h).
 *
 * Each function fills its part and returns true, or says in the reader where in the file and why not. The
 * parts are owned by the form: free with lt_form_free, also after a failure. One thread. */
#ifndef LT_FORM_PARSE_H
#define LT_FORM_PARSE_H

#include <jansson.h>

#include "hub/form.h"

struct lt_form_reader {
    char path[120]; /* where in the file: "rows[3].where" */
    char *reason; /* LT_FORM_REASON_MAX bytes */
    enum lt_result result;
};

/* Says where and why, and returns false. */
bool lt_form_bad(struct lt_form_reader *reader, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool lt_form_no_memory(struct lt_form_reader *reader);
/* Goes one step down: ".member" or "[3]"; returns what lt_form_leave takes back. */
size_t lt_form_enter(struct lt_form_reader *reader, const char *member);
size_t lt_form_enter_at(struct lt_form_reader *reader, size_t index);
void lt_form_leave(struct lt_form_reader *reader, size_t mark);

/* Refuses members that are not in `known`, words apart by spaces. */
bool lt_form_members(struct lt_form_reader *reader, const json_t *object, const char *known);
/* A string member of at most LT_FORM_TEXT_MAX bytes without control characters; "" when absent. */
bool lt_form_string(struct lt_form_reader *reader, const json_t *object, const char *member,
                    bool needed, const char **ret_text);
/* A string, or {"vi": …, "en": …}. */
bool lt_form_words(struct lt_form_reader *reader, const json_t *object, const char *member,
                   bool needed, struct lt_form_text *ret_text);
bool lt_form_flag(struct lt_form_reader *reader, const json_t *object, const char *member,
                  bool *ret_flag);
/* A list of conditions; none when absent. */
bool lt_form_filter_read(struct lt_form_reader *reader, const json_t *object,
                         struct lt_form_filter *ret_filter);
/* The rows, or the columns with their headers. */
bool lt_form_axis_read(struct lt_form_reader *reader, const json_t *form, bool columns,
                       struct lt_form_axis *ret_axis);
/* The codes in a list, as indexes of lines that hold values. */
bool lt_form_refs_read(struct lt_form_reader *reader, const json_t *codes,
                       const struct lt_form_axis *axis, size_t **ret_refs, size_t *ret_count);

#endif
