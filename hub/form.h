/* form.h - a statistical form: rows, columns and what each of them counts, read from a JSON file.
 *
 * A cell counts the records that meet the conditions of the form, of its row, and of its column with the
 * headers above it; or is computed from other cells of its row or column. docs/forms.md tells how a file
 * is written. The reader is strict: an unknown member, dimension or value, a code that stands twice, a
 * reference to what is not there are refused with the place in the file and the reason. Texts live as
 * long as the form. Pure but for memory, and texts in the language of the process; any thread. */
#ifndef LT_FORM_H
#define LT_FORM_H

#include "hub/dimension.h"

/* Bounds of a file: a printed page holds far less, and a filled form stays within 40,000 fixed cells. */
enum {
    LT_FORM_BYTES_MAX = 256 * 1024,
    LT_FORM_ROWS_MAX = 400,
    LT_FORM_COLUMNS_MAX = 200, /* the headers above them included */
    LT_FORM_DEPTH_MAX = 4, /* levels of headers, of indentation */
    LT_FORM_CONDITIONS_MAX = 16,
    LT_FORM_VALUES_MAX = 64, /* of a condition */
    LT_FORM_TEXT_MAX = 400, /* bytes of a text */
    LT_FORM_NOTES_MAX = 16,
    LT_FORM_REASON_MAX = 400,
};

struct lt_form_text {
    const char *vi, *en; /* en is vi when it is not given; "" when neither is */
};
const char *lt_form_say(const struct lt_form_text *text);

/* "code=HC_*|HCH_*": the dimension has one of the values; "code!=…": none of them. */
struct lt_form_condition {
    enum lt_dimension dimension;
    bool except;
    size_t value_count;
    struct lt_form_value {
        const char *text; /* what is before the star of a prefix */
        size_t size;
        bool prefix;
        uint32_t number; /* of a listed or counted dimension */
    } * values;
};
struct lt_form_filter {
    size_t count;
    struct lt_form_condition *conditions;
};

/* What a row or column holds. */
enum lt_form_op {
    LT_FORM_COUNTED,
    LT_FORM_SUM, /* of the lines that it names */
    LT_FORM_MINUS, /* the first less the others */
    LT_FORM_SHARE, /* the first in percent of the second */
    LT_FORM_HEADING, /* nothing: words above others */
};

enum { LT_FORM_NONE = -1 };

/* A row, a column, or a header above columns (a heading with others below it). */
struct lt_form_line {
    const char *code; /* "" for a heading */
    struct lt_form_text text;
    unsigned depth; /* rows: indentation; columns: level of the header */
    int parent; /* columns: the header above, an index; else LT_FORM_NONE */
    bool bold;
    struct lt_form_filter where;
    enum lt_form_op op;
    size_t ref_count;
    size_t *refs; /* indexes of lines of the same axis */
    bool each; /* one line for each value of the dimension that there is */
    enum lt_dimension each_of;
};

struct lt_form_axis {
    struct lt_form_line *lines; /* headers before what stands below them */
    size_t count;
    unsigned depth; /* columns: levels of headers, 1 at least */
};

/* Two sums of rows that ought to agree in every column. */
struct lt_form_check {
    size_t left_count, right_count;
    size_t *left, *right; /* indexes of rows */
};

struct lt_form {
    const char *name; /* to ask for it: "0602" */
    const char *version; /* "2/2023/TT-BNV" */
    int valid_from, valid_to; /* years that the version is for; 0: open */
    const char *number; /* "0602.N/BNV-TĐKT", or "" */
    struct lt_form_text issued, due, receiver, title, about, unit, stub;
    bool decided, achieved; /* the basis, unless the question gives one; neither: achieved */
    bool records; /* counts records instead of awards */
    struct lt_form_filter where;
    struct lt_form_axis rows, columns;
    size_t note_count;
    struct lt_form_text *notes;
    size_t check_count;
    struct lt_form_check *checks;
    struct json_t *document; /* which the texts live in */
};

/* LT_MALFORMED: *ret_reason says "rows[3].where[0]: recipient has no value …". Also LT_TOO_LARGE,
 * LT_NO_MEMORY. The caller frees with lt_form_free. */
enum lt_result lt_form_read(struct lt_bytes bytes, struct lt_form **ret_form,
                            char ret_reason[LT_FORM_REASON_MAX]);
void lt_form_free(struct lt_form *form);

#endif
