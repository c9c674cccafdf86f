/* The smallest parts of a form file: texts, flags, conditions. */
#include "hub/form_parse.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_BYTES = sizeof(((struct lt_form_reader *)0)->path) };

bool lt_form_bad(struct lt_form_reader *reader, const char *format, ...)
{
    char text[300];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)snprintf(reader->reason, LT_FORM_REASON_MAX, "%s%s%s", reader->path,
                   reader->path[0] == '\0' ? "" : ": ", text);
    reader->result = LT_MALFORMED;
    return false;
}

bool lt_form_no_memory(struct lt_form_reader *reader)
{
    (void)snprintf(reader->reason, LT_FORM_REASON_MAX, "%s", lt_result_text(LT_NO_MEMORY));
    reader->result = LT_NO_MEMORY;
    return false;
}

size_t lt_form_enter(struct lt_form_reader *reader, const char *member)
{
    size_t mark = strlen(reader->path);
    (void)snprintf(reader->path + mark, PATH_MAX_BYTES - mark, "%s%s", mark == 0 ? "" : ".",
                   member);
    return mark;
}

size_t lt_form_enter_at(struct lt_form_reader *reader, size_t index)
{
    size_t mark = strlen(reader->path);
    (void)snprintf(reader->path + mark, PATH_MAX_BYTES - mark, "[%zu]", index);
    return mark;
}

void lt_form_leave(struct lt_form_reader *reader, size_t mark)
{
    reader->path[mark] = '\0';
}

static bool is_word_of(const char *words, const char *word)
{
    size_t size = strlen(word);
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        if (length == size && memcmp(words, word, size) == 0)
            return true;
        words += length;
        words += *words == ' ';
    }
    return false;
}

bool lt_form_members(struct lt_form_reader *reader, const json_t *object, const char *known)
{
    if (!json_is_object(object))
        return lt_form_bad(reader, "an object {…} is needed");
    json_t *readable = (json_t *)(uintptr_t)object; /* jansson iterates over non-const only */
    for (void *at = json_object_iter(readable); at != NULL;
         at = json_object_iter_next(readable, at))
        if (!is_word_of(known, json_object_iter_key(at)))
            return lt_form_bad(reader, "no member \"%.60s\" is known; there are: %s",
                               json_object_iter_key(at), known);
    return true;
}

static bool text_of(struct lt_form_reader *reader, const json_t *value, const char **ret_text)
{
    const char *text = json_string_value(value);
    if (text == NULL)
        return lt_form_bad(reader, "a text is needed");
    if (json_string_length(value) > LT_FORM_TEXT_MAX)
        return lt_form_bad(reader, "longer than %d bytes", LT_FORM_TEXT_MAX);
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return lt_form_bad(reader, "a line end or another control character in the text");
    *ret_text = text;
    return true;
}

bool lt_form_string(struct lt_form_reader *reader, const json_t *object, const char *member,
                    bool needed, const char **ret_text)
{
    const json_t *value = json_object_get(object, member);
    size_t mark = lt_form_enter(reader, member);
    bool good = true;
    *ret_text = "";
    if (value != NULL)
        good = text_of(reader, value, ret_text);
    if (good && needed && (*ret_text)[0] == '\0')
        good = lt_form_bad(reader, "is needed");
    lt_form_leave(reader, mark);
    return good;
}

bool lt_form_words(struct lt_form_reader *reader, const json_t *object, const char *member,
                   bool needed, struct lt_form_text *ret_text)
{
    const json_t *value = json_object_get(object, member);
    if (!json_is_object(value)) {
        bool good = lt_form_string(reader, object, member, needed, &ret_text->vi);
        ret_text->en = ret_text->vi;
        return good;
    }
    size_t mark = lt_form_enter(reader, member);
    bool good = lt_form_members(reader, value, "vi en") &&
                lt_form_string(reader, value, "vi", true, &ret_text->vi) &&
                lt_form_string(reader, value, "en", false, &ret_text->en);
    if (good && ret_text->en[0] == '\0')
        ret_text->en = ret_text->vi;
    lt_form_leave(reader, mark);
    return good;
}

bool lt_form_flag(struct lt_form_reader *reader, const json_t *object, const char *member,
                  bool *ret_flag)
{
    const json_t *value = json_object_get(object, member);
    if (value != NULL && !json_is_boolean(value)) {
        size_t mark = lt_form_enter(reader, member);
        bool good = lt_form_bad(reader, "true or false is needed");
        lt_form_leave(reader, mark);
        return good;
    }
    *ret_flag = json_is_true(value);
    return true;
}

/* ---- Conditions ---- */

static bool number_of(struct lt_form_reader *reader, enum lt_dimension dimension, const char *text,
                      size_t size, uint32_t *ret_number)
{
    char word[40], values[200];
    (void)snprintf(word, sizeof word, "%.*s", (int)size, text);
    *ret_number = 0;
    if (size == 0)
        return true; /* what is not stated */
    if (lt_dimension_listed(dimension)) {
        *ret_number = size < sizeof word ? lt_dimension_value(dimension, word) : 0;
        lt_dimension_list_values(dimension, values, sizeof values);
        return *ret_number != 0 || lt_form_bad(reader, "%s has no value \"%s\"; there are: %s",
                                               lt_dimension_name(dimension), word, values);
    }
    unsigned long number = strtoul(word, NULL, 10);
    unsigned long last = dimension == LT_DIM_MONTH ? 12 : dimension == LT_DIM_QUARTER ? 4 : 2;
    if (strspn(word, "0123456789") != size || number < 1 || number > last)
        return lt_form_bad(reader, "%s is a number from 1 to %lu, not \"%s\"",
                           lt_dimension_name(dimension), last, word);
    *ret_number = (uint32_t)number;
    return true;
}

static bool value_read(struct lt_form_reader *reader, enum lt_dimension dimension, const char *text,
                       size_t size, struct lt_form_value *ret_value)
{
    struct lt_form_value value = {.text = text, .size = size};
    if (lt_dimension_listed(dimension) || lt_dimension_counted(dimension)) {
        if (!number_of(reader, dimension, text, size, &value.number))
            return false;
    } else if (size > 0 && text[size - 1] == '*') {
        value.prefix = true;
        value.size--;
    }
    *ret_value = value;
    return true;
}

static bool values_read(struct lt_form_reader *reader, const char *text,
                        struct lt_form_condition *condition)
{
    size_t count = 1;
    for (const char *at = text; *at != '\0'; at++)
        count += *at == '|';
    if (count > LT_FORM_VALUES_MAX)
        return lt_form_bad(reader, "more than %d values", LT_FORM_VALUES_MAX);
    condition->values = calloc(count, sizeof *condition->values);
    if (condition->values == NULL)
        return lt_form_no_memory(reader);
    while (condition->value_count < count) {
        size_t size = strcspn(text, "|");
        if (!value_read(reader, condition->dimension, text, size,
                        &condition->values[condition->value_count]))
            return false;
        condition->value_count++;
        text += size + 1;
    }
    return true;
}

static bool condition_read(struct lt_form_reader *reader, const json_t *value,
                           struct lt_form_condition *condition)
{
    const char *text;
    char names[240];
    if (!text_of(reader, value, &text))
        return false;
    /* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): lt_form_bad answers false */
    const char *equals = strchr(text, '=');
    if (equals == NULL)
        return lt_form_bad(reader, "\"%.60s\": DIM=VALUE or DIM!=VALUE is needed", text);
    condition->except = equals > text && equals[-1] == '!';
    size_t size = (size_t)(equals - text) - condition->except;
    if (!lt_dimension_find(text, size, &condition->dimension)) {
        lt_dimension_list_names(names, sizeof names);
        return lt_form_bad(reader, "no dimension \"%.*s\"; there are: %s",
                           (int)(size < 40 ? size : 40), text, names);
    }
    if (condition->dimension == LT_DIM_PLACE || condition->dimension == LT_DIM_YEAR)
        return lt_form_bad(reader, "%s comes with the question, not with the form",
                           lt_dimension_name(condition->dimension));
    return values_read(reader, equals + 1, condition);
}

bool lt_form_filter_read(struct lt_form_reader *reader, const json_t *object,
                         struct lt_form_filter *ret_filter)
{
    const json_t *list = json_object_get(object, "where");
    if (list == NULL)
        return true;
    size_t mark = lt_form_enter(reader, "where");
    bool good = json_is_array(list) && json_array_size(list) <= LT_FORM_CONDITIONS_MAX;
    if (!good)
        return lt_form_bad(reader, "a list of at most %d conditions is needed",
                           LT_FORM_CONDITIONS_MAX);
    ret_filter->conditions = calloc(json_array_size(list) + 1, sizeof *ret_filter->conditions);
    if (ret_filter->conditions == NULL)
        return lt_form_no_memory(reader);
    for (size_t i = 0; i < json_array_size(list) && good; i++) {
        size_t inner = lt_form_enter_at(reader, i);
        good = condition_read(reader, json_array_get(list, i),
                              &ret_filter->conditions[ret_filter->count++]);
        lt_form_leave(reader, inner);
    }
    lt_form_leave(reader, mark);
    return good;
}
