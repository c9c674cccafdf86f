/* fuzz_form.c - a form file (hub/form.h), as an operator may write it. What is read can be filled: every
 * reference leads to a line that holds values, and computed lines need only what stands before them. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "hub/form.h"

static void check_filter(const struct lt_form_filter *filter)
{
    FUZZ_CHECK(filter->count <= LT_FORM_CONDITIONS_MAX);
    for (size_t i = 0; i < filter->count; i++) {
        FUZZ_CHECK(filter->conditions[i].dimension < LT_DIM_COUNT);
        FUZZ_CHECK(filter->conditions[i].value_count >= 1 &&
                   filter->conditions[i].value_count <= LT_FORM_VALUES_MAX);
    }
}

static void check_axis(const struct lt_form_axis *axis, size_t max)
{
    FUZZ_CHECK(axis->count >= 1 && axis->count <= max);
    FUZZ_CHECK(axis->depth >= 1 && axis->depth <= LT_FORM_DEPTH_MAX);
    for (size_t i = 0; i < axis->count; i++) {
        const struct lt_form_line *line = &axis->lines[i];
        check_filter(&line->where);
        FUZZ_CHECK(line->depth <= LT_FORM_DEPTH_MAX && line->parent < (int)i);
        FUZZ_CHECK(line->op == LT_FORM_HEADING || line->code[0] != '\0');
        FUZZ_CHECK((line->ref_count > 0) == (line->op == LT_FORM_SUM || line->op == LT_FORM_MINUS ||
                                             line->op == LT_FORM_SHARE));
        for (size_t j = 0; j < line->ref_count; j++) {
            FUZZ_CHECK(line->refs[j] < axis->count);
            const struct lt_form_line *of = &axis->lines[line->refs[j]];
            FUZZ_CHECK(of->op == LT_FORM_COUNTED ||
                       (line->refs[j] < i && (of->op == LT_FORM_SUM || of->op == LT_FORM_MINUS)));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_form *form = NULL;
    char reason[LT_FORM_REASON_MAX] = "";
    if (lt_form_read((struct lt_bytes){data, size}, &form, reason) != LT_OK) {
        FUZZ_CHECK(form == NULL && reason[0] != '\0' && strlen(reason) < sizeof reason);
        return 0;
    }
    check_filter(&form->where);
    check_axis(&form->rows, LT_FORM_ROWS_MAX);
    check_axis(&form->columns, LT_FORM_COLUMNS_MAX);
    for (size_t i = 0; i < form->check_count; i++) {
        for (size_t j = 0; j < form->checks[i].left_count; j++)
            FUZZ_CHECK(form->checks[i].left[j] < form->rows.count);
        for (size_t j = 0; j < form->checks[i].right_count; j++)
            FUZZ_CHECK(form->checks[i].right[j] < form->rows.count);
    }
    lt_form_free(form);
    return 0;
}
