#include "hub/form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/form_parse.h"

const char *lt_form_say(const struct lt_form_text *text)
{
    return lt_text_is_english() ? text->en : text->vi;
}

static bool year_read(struct lt_form_reader *reader, const json_t *object, const char *member,
                      int *ret_year)
{
    const json_t *value = json_object_get(object, member);
    json_int_t year = json_integer_value(value);
    *ret_year = 0;
    if (value == NULL)
        return true;
    if (!json_is_integer(value) || year < LT_YEAR_MIN || year > LT_YEAR_MAX)
        return lt_form_bad(reader, "%s: a year from %d to %d is needed", member, LT_YEAR_MIN,
                           LT_YEAR_MAX);
    *ret_year = (int)year;
    return true;
}

static bool basis_read(struct lt_form_reader *reader, const json_t *object, struct lt_form *form)
{
    const char *basis, *measure;
    if (!lt_form_string(reader, object, "basis", false, &basis) ||
        !lt_form_string(reader, object, "measure", false, &measure))
        return false;
    form->decided = strcmp(basis, "decided") == 0;
    form->achieved = strcmp(basis, "achieved") == 0;
    form->records = strcmp(measure, "records") == 0;
    if (basis[0] != '\0' && !form->decided && !form->achieved)
        return lt_form_bad(reader, "basis: achieved or decided, not \"%.40s\"", basis);
    if (measure[0] != '\0' && !form->records && strcmp(measure, "quantity") != 0)
        return lt_form_bad(reader, "measure: quantity or records, not \"%.40s\"", measure);
    return true;
}

static bool head_read(struct lt_form_reader *reader, const json_t *object, struct lt_form *form)
{
    if (!lt_form_members(reader, object,
                         "form version valid_from valid_to number issued due receiver title about "
                         "unit stub basis measure where rows columns notes checks"))
        return false;
    return lt_form_string(reader, object, "form", true, &form->name) &&
           lt_form_string(reader, object, "version", true, &form->version) &&
           lt_form_string(reader, object, "number", false, &form->number) &&
           year_read(reader, object, "valid_from", &form->valid_from) &&
           year_read(reader, object, "valid_to", &form->valid_to) &&
           lt_form_words(reader, object, "issued", false, &form->issued) &&
           lt_form_words(reader, object, "due", false, &form->due) &&
           lt_form_words(reader, object, "receiver", false, &form->receiver) &&
           lt_form_words(reader, object, "title", true, &form->title) &&
           lt_form_words(reader, object, "about", false, &form->about) &&
           lt_form_words(reader, object, "unit", false, &form->unit) &&
           lt_form_words(reader, object, "stub", false, &form->stub) &&
           basis_read(reader, object, form) && lt_form_filter_read(reader, object, &form->where);
}

static bool notes_read(struct lt_form_reader *reader, const json_t *object, struct lt_form *form)
{
    const json_t *list = json_object_get(object, "notes");
    if (list == NULL)
        return true;
    size_t mark = lt_form_enter(reader, "notes");
    if (!json_is_array(list) || json_array_size(list) > LT_FORM_NOTES_MAX)
        return lt_form_bad(reader, "a list of at most %d notes is needed", LT_FORM_NOTES_MAX);
    form->notes = calloc(json_array_size(list) + 1, sizeof *form->notes);
    if (form->notes == NULL)
        return lt_form_no_memory(reader);
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t inner = lt_form_enter_at(reader, i);
        const json_t *note = json_array_get(list, i);
        if (!lt_form_members(reader, note, "text") ||
            !lt_form_words(reader, note, "text", true, &form->notes[form->note_count++]))
            return false;
        lt_form_leave(reader, inner);
    }
    lt_form_leave(reader, mark);
    return true;
}

static bool check_read(struct lt_form_reader *reader, const json_t *source, struct lt_form *form)
{
    struct lt_form_check *check = &form->checks[form->check_count++];
    size_t mark = lt_form_enter(reader, "sum");
    if (!lt_form_refs_read(reader, json_object_get(source, "sum"), &form->rows, &check->left,
                           &check->left_count))
        return false;
    lt_form_leave(reader, mark);
    mark = lt_form_enter(reader, "is");
    if (!lt_form_refs_read(reader, json_object_get(source, "is"), &form->rows, &check->right,
                           &check->right_count))
        return false;
    lt_form_leave(reader, mark);
    return true;
}

static bool checks_read(struct lt_form_reader *reader, const json_t *object, struct lt_form *form)
{
    const json_t *list = json_object_get(object, "checks");
    if (list == NULL)
        return true;
    size_t mark = lt_form_enter(reader, "checks");
    if (!json_is_array(list) || json_array_size(list) > LT_FORM_NOTES_MAX)
        return lt_form_bad(reader, "a list of at most %d checks is needed", LT_FORM_NOTES_MAX);
    form->checks = calloc(json_array_size(list) + 1, sizeof *form->checks);
    if (form->checks == NULL)
        return lt_form_no_memory(reader);
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t inner = lt_form_enter_at(reader, i);
        if (!lt_form_members(reader, json_array_get(list, i), "sum is") ||
            !check_read(reader, json_array_get(list, i), form))
            return false;
        lt_form_leave(reader, inner);
    }
    lt_form_leave(reader, mark);
    return true;
}

/* Rows and columns may not both go by one dimension, nor may either go by two. */
static bool each_once(struct lt_form_reader *reader, const struct lt_form *form)
{
    const struct lt_form_axis *axes[] = {&form->rows, &form->columns};
    bool used[2][LT_DIM_COUNT] = {{false}};
    for (size_t axis = 0; axis < 2; axis++)
        for (size_t i = 0; i < axes[axis]->count; i++)
            if (axes[axis]->lines[i].each)
                used[axis][axes[axis]->lines[i].each_of] = true;
    for (size_t dimension = 0; dimension < LT_DIM_COUNT; dimension++)
        if (used[0][dimension] && used[1][dimension])
            return lt_form_bad(reader, "rows and columns both go by each %s",
                               lt_dimension_name((enum lt_dimension)dimension));
    return true;
}

enum lt_result lt_form_read(struct lt_bytes bytes, struct lt_form **ret_form,
                            char ret_reason[LT_FORM_REASON_MAX])
{
    struct lt_form_reader reader = {.reason = ret_reason};
    json_error_t error;
    if (bytes.size > LT_FORM_BYTES_MAX) {
        (void)snprintf(ret_reason, LT_FORM_REASON_MAX, "larger than %d bytes", LT_FORM_BYTES_MAX);
        return LT_TOO_LARGE;
    }
    struct lt_form *form = calloc(1, sizeof *form);
    if (form == NULL) {
        (void)lt_form_no_memory(&reader);
        return LT_NO_MEMORY;
    }
    form->document =
        json_loadb((const char *)bytes.data, bytes.size, JSON_REJECT_DUPLICATES, &error);
    bool good = form->document != NULL || lt_form_bad(&reader, "line %d, column %d: %s", error.line,
                                                      error.column, error.text);
    good = good && head_read(&reader, form->document, form) &&
           lt_form_axis_read(&reader, form->document, false, &form->rows) &&
           lt_form_axis_read(&reader, form->document, true, &form->columns) &&
           notes_read(&reader, form->document, form) &&
           checks_read(&reader, form->document, form) && each_once(&reader, form);
    if (!good) {
        lt_form_free(form);
        return reader.result;
    }
    *ret_form = form;
    return LT_OK;
}

static void free_filter(struct lt_form_filter *filter)
{
    for (size_t i = 0; i < filter->count; i++)
        free(filter->conditions[i].values);
    free(filter->conditions);
}

static void free_axis(struct lt_form_axis *axis)
{
    for (size_t i = 0; i < axis->count; i++) {
        free_filter(&axis->lines[i].where);
        free(axis->lines[i].refs);
    }
    free(axis->lines);
}

void lt_form_free(struct lt_form *form)
{
    if (form == NULL)
        return;
    free_filter(&form->where);
    free_axis(&form->rows);
    free_axis(&form->columns);
    for (size_t i = 0; i < form->check_count; i++) {
        free(form->checks[i].left);
        free(form->checks[i].right);
    }
    free(form->checks);
    free(form->notes);
    json_decref(form->document);
    free(form);
}
