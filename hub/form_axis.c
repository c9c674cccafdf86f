/* The rows and columns of a form file. */
#include <stdlib.h>
#include <string.h>

#include "hub/form_parse.h"

enum {
    LINES_MAX = LT_FORM_ROWS_MAX > LT_FORM_COLUMNS_MAX ? LT_FORM_ROWS_MAX : LT_FORM_COLUMNS_MAX
};
enum { CODE_BYTES_MAX = 12 };

/* An axis being read: where each line came from. */
struct axis_reading {
    struct lt_form_reader *reader;
    struct lt_form_axis *axis;
    bool columns;
    const json_t *sources[LINES_MAX];
};

static const struct {
    const char *member;
    enum lt_form_op op;
    size_t least, most;
} ops[] = {
    {"sum", LT_FORM_SUM, 1, LT_FORM_VALUES_MAX},
    {"minus", LT_FORM_MINUS, 2, LT_FORM_VALUES_MAX},
    {"share", LT_FORM_SHARE, 2, 2},
};
enum { OP_COUNT = sizeof ops / sizeof ops[0] };

static bool each_read(struct lt_form_reader *reader, const json_t *source,
                      struct lt_form_line *line)
{
    const char *name;
    if (!lt_form_string(reader, source, "each", false, &name))
        return false;
    if (name[0] == '\0')
        return true;
    if (!lt_dimension_find(name, strlen(name), &line->each_of) || line->each_of == LT_DIM_KIND) {
        char names[240];
        lt_dimension_list_names(names, sizeof names);
        return lt_form_bad(reader, "each: no dimension \"%.40s\" to go by; there are: %s", name,
                           names);
    }
    line->each = true;
    return true;
}

static bool op_read(struct lt_form_reader *reader, const json_t *source, struct lt_form_line *line)
{
    bool heading = false;
    size_t given = 0;
    if (!lt_form_flag(reader, source, "heading", &heading) || !each_read(reader, source, line))
        return false;
    for (size_t i = 0; i < OP_COUNT; i++)
        if (json_object_get(source, ops[i].member) != NULL) {
            line->op = ops[i].op;
            given++;
        }
    if (heading || json_object_get(source, "columns") != NULL) {
        line->op = LT_FORM_HEADING;
        given++;
    }
    if (given + line->each > 1)
        return lt_form_bad(reader, "only one of sum, minus, share, each, heading, columns");
    if (given > 0 && line->op != LT_FORM_HEADING && json_object_get(source, "where") != NULL)
        return lt_form_bad(reader, "what is computed has no conditions (where)");
    return true;
}

static bool code_read(struct lt_form_reader *reader, const json_t *source,
                      const struct lt_form_axis *axis, struct lt_form_line *line)
{
    if (!lt_form_string(reader, source, "code", line->op != LT_FORM_HEADING, &line->code))
        return false;
    if (strlen(line->code) > CODE_BYTES_MAX)
        return lt_form_bad(reader, "code: longer than %d bytes", CODE_BYTES_MAX);
    for (const struct lt_form_line *other = axis->lines; other < line && line->code[0] != '\0';
         other++)
        if (strcmp(other->code, line->code) == 0)
            return lt_form_bad(reader, "the code \"%s\" stands twice", line->code);
    return true;
}

static bool depth_read(struct axis_reading *reading, const json_t *source,
                       struct lt_form_line *line)
{
    const json_t *indent = json_object_get(source, "indent");
    if (reading->columns || indent == NULL)
        return true;
    if (!json_is_integer(indent) || json_integer_value(indent) < 0 ||
        json_integer_value(indent) > LT_FORM_DEPTH_MAX)
        return lt_form_bad(reading->reader, "indent: a number from 0 to %d is needed",
                           LT_FORM_DEPTH_MAX);
    line->depth = (unsigned)json_integer_value(indent);
    return true;
}

/* A line that goes by each value is called as the value is. */
static bool text_read(struct lt_form_reader *reader, const json_t *source,
                      struct lt_form_line *line)
{
    if (line->each && json_object_get(source, "text") != NULL)
        return lt_form_bad(reader, "what goes by each value has no text of its own");
    return lt_form_words(reader, source, "text", !line->each, &line->text);
}

/* One line without what it refers to. */
static bool line_read(struct axis_reading *reading, const json_t *source, int parent)
{
    struct lt_form_axis *axis = reading->axis;
    struct lt_form_reader *reader = reading->reader;
    size_t max = reading->columns ? LT_FORM_COLUMNS_MAX : LT_FORM_ROWS_MAX;
    if (axis->count == max)
        return lt_form_bad(reader, "more than %zu %s", max, reading->columns ? "columns" : "rows");
    struct lt_form_line *line = &axis->lines[axis->count];
    *line = (struct lt_form_line){.parent = parent};
    reading->sources[axis->count++] = source;
    if (parent != LT_FORM_NONE)
        line->depth = axis->lines[parent].depth + 1;
    return lt_form_members(reader, source,
                           reading->columns
                               ? "code text where sum minus share each columns"
                               : "code text indent bold where sum minus share each heading") &&
           op_read(reader, source, line) && code_read(reader, source, axis, line) &&
           text_read(reader, source, line) && lt_form_flag(reader, source, "bold", &line->bold) &&
           depth_read(reading, source, line) && lt_form_filter_read(reader, source, &line->where);
}

/* A list of columns that is being gone through, within another. */
struct frame {
    const json_t *list;
    size_t next, mark, inner;
    int parent;
};

/* Goes into the columns below the header that was read last. */
static bool go_down(struct axis_reading *reading, const json_t *list, struct frame *frames,
                    size_t *depth)
{
    struct lt_form_reader *reader = reading->reader;
    size_t mark = lt_form_enter(reader, reading->columns ? "columns" : "rows");
    if (!json_is_array(list) || json_array_size(list) == 0)
        return lt_form_bad(reader, "a list is needed, of one %s at least",
                           reading->columns ? "column" : "row");
    if (*depth == LT_FORM_DEPTH_MAX)
        return lt_form_bad(reader, "more than %d levels of headers", LT_FORM_DEPTH_MAX);
    frames[*depth] = (struct frame){
        .list = list,
        .mark = mark,
        .parent = reading->axis->count == 0 ? LT_FORM_NONE : (int)reading->axis->count - 1};
    ++*depth;
    if (*depth > reading->axis->depth)
        reading->axis->depth = (unsigned)*depth;
    return true;
}

static bool lines_read(struct axis_reading *reading, const json_t *list)
{
    struct lt_form_reader *reader = reading->reader;
    struct frame frames[LT_FORM_DEPTH_MAX];
    size_t depth = 0;
    if (!go_down(reading, list, frames, &depth))
        return false;
    while (depth > 0) {
        struct frame *frame = &frames[depth - 1];
        if (frame->next > 0)
            lt_form_leave(reader, frame->inner);
        if (frame->next == json_array_size(frame->list)) {
            lt_form_leave(reader, frame->mark);
            depth--;
            continue;
        }
        frame->inner = lt_form_enter_at(reader, frame->next);
        const json_t *source = json_array_get(frame->list, frame->next++);
        if (!line_read(reading, source, frame->parent))
            return false;
        const json_t *below = json_object_get(source, "columns");
        if (below != NULL && !go_down(reading, below, frames, &depth))
            return false;
    }
    return true;
}

static bool is_of(const struct lt_form_line *line, const char *code)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): all but headings have codes */
    return line->op != LT_FORM_HEADING && code != NULL && strcmp(line->code, code) == 0;
}

bool lt_form_refs_read(struct lt_form_reader *reader, const json_t *codes,
                       const struct lt_form_axis *axis, size_t **ret_refs, size_t *ret_count)
{
    size_t count = json_array_size(codes);
    if (!json_is_array(codes) || count == 0 || count > LT_FORM_VALUES_MAX)
        return lt_form_bad(reader, "a list of 1 to %d codes is needed", LT_FORM_VALUES_MAX);
    *ret_refs = calloc(count, sizeof **ret_refs);
    if (*ret_refs == NULL)
        return lt_form_no_memory(reader);
    *ret_count = count;
    for (size_t i = 0; i < count; i++) {
        const char *code = json_string_value(json_array_get(codes, i));
        size_t at = 0;
        while (at < axis->count && !is_of(&axis->lines[at], code))
            at++;
        if (at == axis->count) {
            (void)lt_form_enter_at(reader, i);
            return lt_form_bad(reader, "there is none of the code \"%.40s\"",
                               code == NULL ? "" : code);
        }
        (*ret_refs)[i] = at;
    }
    return true;
}

/* What a line is computed from: counted lines, and computed ones that stand before it, so that there is
 * no circle. A percentage is no part of a sum. */
static bool refs_of(struct axis_reading *reading, size_t index, size_t op)
{
    struct lt_form_reader *reader = reading->reader;
    struct lt_form_axis *axis = reading->axis;
    struct lt_form_line *line = &axis->lines[index];
    const json_t *codes = json_object_get(reading->sources[index], ops[op].member);
    size_t mark = lt_form_enter(reader, reading->columns ? "columns" : "rows");
    (void)lt_form_enter(reader, line->code);
    (void)lt_form_enter(reader, ops[op].member);
    if (!lt_form_refs_read(reader, codes, axis, &line->refs, &line->ref_count))
        return false;
    if (line->ref_count < ops[op].least || line->ref_count > ops[op].most)
        return lt_form_bad(reader, "%zu codes at least, %zu at most", ops[op].least, ops[op].most);
    for (size_t i = 0; i < line->ref_count; i++) {
        const struct lt_form_line *of = &axis->lines[line->refs[i]];
        if (of->op == LT_FORM_SHARE)
            return lt_form_bad(reader, "\"%s\" is a percentage", of->code);
        if (of->op != LT_FORM_COUNTED && line->refs[i] >= index)
            return lt_form_bad(
                reader, "\"%s\" is computed itself and does not stand before this one", of->code);
    }
    lt_form_leave(reader, mark);
    return true;
}

bool lt_form_axis_read(struct lt_form_reader *reader, const json_t *form, bool columns,
                       struct lt_form_axis *ret_axis)
{
    struct axis_reading reading = {.reader = reader, .axis = ret_axis, .columns = columns};
    ret_axis->lines = calloc(LINES_MAX, sizeof *ret_axis->lines);
    if (ret_axis->lines == NULL)
        return lt_form_no_memory(reader);
    if (!lines_read(&reading, json_object_get(form, columns ? "columns" : "rows")))
        return false;
    for (size_t i = 0; i < ret_axis->count; i++)
        for (size_t op = 0; op < OP_COUNT; op++)
            if (ret_axis->lines[i].op == ops[op].op && !refs_of(&reading, i, op))
                return false;
    return true;
}
