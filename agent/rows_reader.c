#include "agent/rows_reader.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/text.h"

void lt_rows_fail(struct lt_rows_reader *reader, enum lt_column column, const char *format, ...)
{
    struct lt_row_fault *fault = reader->fault;
    size_t size = reader->faults > 0 ? strlen(fault->text) : 0;
    const size_t room = sizeof(fault->text);
    if (reader->faults++ == 0) {
        fault->column = column == LT_COLUMN_COUNT ? -1 : (int)column;
        fault->text[0] = '\0';
    } else if (column != LT_COLUMN_COUNT) {
        size += (size_t)snprintf(fault->text + size, room - size,
                                 lt_text("; cột «%s»: ", "; column \"%s\": "),
                                 lt_column_header(column));
    } else {
        size += (size_t)snprintf(fault->text + size, room - size, "; ");
    }
    if (size < room) {
        va_list arguments;
        va_start(arguments, format);
        size += (size_t)vsnprintf(fault->text + size, room - size, format, arguments);
        va_end(arguments);
    }
    if (size >= room) {
        fault->text[lt_table_cut(fault->text, room - 1)] = '\0';
    }
}

void *lt_rows_take(struct lt_rows_reader *reader, size_t size)
{
    void *taken = lt_arena_take(reader->rows->arena, size);
    if (taken == NULL) {
        reader->no_memory = true;
        return NULL;
    }
    return memset(taken, 0, size);
}

const char *lt_rows_cell(const struct lt_rows_reader *reader, enum lt_column column)
{
    int at = reader->rows->columns->at[column];
    return at < 0 ? "" : lt_table_cell(reader->rows->sheet, reader->row, (size_t)at);
}

bool lt_rows_has(const struct lt_rows_reader *reader, enum lt_column column)
{
    return !lt_table_is_blank(lt_rows_cell(reader, column));
}

/* Nothing that a reader sees: spaces of every kind, and marks that join or direct. */
static bool says_nothing(const char *text)
{
    char folded[LT_FOLDED_MAX];
    for (const char *at = text; *at != '\0'; at++) {
        if (*at > ' ' && *at < 0x7f) {
            return false;
        }
    }
    return lt_fold_name(text, folded) && folded[0] == '\0';
}

/* Control characters and U+00A0 (from U+0080 to it, c2 80 to c2 a0) become spaces; ends are trimmed. */
static void clean(char *text, bool lines)
{
    char *to = text;
    for (const char *at = text; *at != '\0'; at++) {
        uint8_t byte = (uint8_t)*at;
        if (byte == 0xc2 && (uint8_t)at[1] >= 0x80 && (uint8_t)at[1] <= 0xa0) {
            *to++ = ' ';
            at++;
        } else if (byte == '\r' && lines) {
            *to++ = '\n';
            at += at[1] == '\n';
        } else if ((byte < 0x20 && !(byte == '\n' && lines)) || byte == 0x7f) {
            *to++ = ' ';
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    size_t blank = strspn(text, " \n");
    size_t size = strlen(text + blank);
    memmove(text, text + blank, size + 1);
    while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\n')) {
        text[--size] = '\0';
    }
}

char *lt_rows_text(struct lt_rows_reader *reader, enum lt_column column, size_t max, bool lines)
{
    const char *cell = lt_rows_cell(reader, column);
    char *composed = (char *)utf8proc_NFC((const utf8proc_uint8_t *)cell);
    if (composed == NULL) {
        reader->no_memory = true;
        return reader->nothing;
    }
    clean(composed, lines);
    if (says_nothing(composed)) {
        composed[0] = '\0';
    }
    size_t size = strlen(composed);
    char *text = size <= max ? lt_rows_take(reader, size + 1) : NULL;
    if (size > max) {
        lt_rows_fail(reader, column, lt_text("dài quá %zu byte", "longer than %zu bytes"), max);
    }
    if (text != NULL) {
        memcpy(text, composed, size + 1);
    }
    free(composed);
    return text != NULL ? text : reader->nothing;
}

/* A reason with what was read. */
static void fail_value(struct lt_rows_reader *reader, enum lt_column column, const char *reason)
{
    const char *cell = lt_rows_cell(reader, column);
    lt_rows_fail(reader, column, "«%.*s»: %s", (int)lt_table_cut(cell, 60), cell, reason);
}

int32_t lt_rows_day(struct lt_rows_reader *reader, enum lt_column column)
{
    lt_day day = 0;
    const char *reason =
        lt_rows_has(reader, column) ? lt_value_day(lt_rows_cell(reader, column), &day) : NULL;
    if (reason != NULL) {
        fail_value(reader, column, reason);
    }
    return day;
}

uint64_t lt_rows_count(struct lt_rows_reader *reader, enum lt_column column)
{
    uint64_t count = 0;
    const char *reason =
        lt_rows_has(reader, column) ? lt_value_count(lt_rows_cell(reader, column), &count) : NULL;
    if (reason != NULL) {
        fail_value(reader, column, reason);
    }
    return count;
}

bool lt_rows_points(struct lt_rows_reader *reader, enum lt_column column, int64_t *ret_points)
{
    if (!lt_rows_has(reader, column)) {
        return false;
    }
    const char *reason = lt_value_points(lt_rows_cell(reader, column), ret_points);
    if (reason != NULL) {
        fail_value(reader, column, reason);
    }
    return reason == NULL;
}

uint8_t lt_rows_word(struct lt_rows_reader *reader, enum lt_column column, enum lt_words list)
{
    if (!lt_rows_has(reader, column)) {
        return 0;
    }
    uint8_t value = lt_value_word(list, lt_rows_cell(reader, column));
    if (value == 0) {
        char known[LT_REASON_MAX];
        const char *cell = lt_rows_cell(reader, column);
        lt_value_word_list(list, known, sizeof(known));
        lt_rows_fail(reader, column,
                     lt_text("không hiểu «%.*s»; viết một trong: %s",
                             "«%.*s» is not understood; write one of: %s"),
                     (int)lt_table_cut(cell, 60), cell, known);
    }
    return value;
}

bool lt_rows_yes(struct lt_rows_reader *reader, enum lt_column column)
{
    bool yes = false;
    const char *reason = lt_value_yes(lt_rows_cell(reader, column), &yes);
    if (reason != NULL) {
        fail_value(reader, column, reason);
    }
    return yes;
}

/* Which of the columns of time is filled; LT_COLUMN_COUNT: none. */
static enum lt_column period_column(struct lt_rows_reader *reader)
{
    static const enum lt_column columns[] = {LT_COL_PERIOD, LT_COL_YEAR, LT_COL_SPAN,
                                             LT_COL_SCHOOL_YEAR};
    enum lt_column found = LT_COLUMN_COUNT;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        if (!lt_rows_has(reader, columns[i])) {
            continue;
        }
        if (found != LT_COLUMN_COUNT) {
            lt_rows_fail(
                reader, columns[i],
                lt_text("chỉ điền một trong «%s» và «%s»", "fill in only one of \"%s\" and \"%s\""),
                lt_column_header(found), lt_column_header(columns[i]));
            break;
        }
        found = columns[i];
    }
    return found;
}

bool lt_rows_has_period(const struct lt_rows_reader *reader)
{
    return lt_rows_has(reader, LT_COL_PERIOD) || lt_rows_has(reader, LT_COL_YEAR) ||
           lt_rows_has(reader, LT_COL_SPAN) || lt_rows_has(reader, LT_COL_SCHOOL_YEAR);
}

typedef const char *value_period(const char *text, Lienthong__Period *ret_period);

/* False: nothing is stated, or a fault. "2024-2025" in the column "Năm học" says enough. */
static bool read_period(struct lt_rows_reader *reader, value_period *value,
                        Lienthong__Period *ret_period)
{
    enum lt_column column = period_column(reader);
    if (column == LT_COLUMN_COUNT) {
        return false;
    }
    const char *cell = lt_rows_cell(reader, column);
    const char *word = column == LT_COL_SPAN          ? "giai đoạn "
                       : column == LT_COL_SCHOOL_YEAR ? "năm học "
                                                      : "";
    const char *reason = value(cell, ret_period);
    if (reason != NULL && word[0] != '\0') {
        char worded[96];
        snprintf(worded, sizeof(worded), "%s%.64s", word, cell);
        if (lt_value_period(worded, ret_period) == NULL) {
            reason = NULL;
        }
    }
    if (reason != NULL) {
        fail_value(reader, column, reason);
    }
    return reason == NULL;
}

static Lienthong__Period *take_period(struct lt_rows_reader *reader, value_period *value)
{
    Lienthong__Period read;
    Lienthong__Period *period =
        read_period(reader, value, &read) ? lt_rows_take(reader, sizeof(*period)) : NULL;
    if (period != NULL) {
        *period = read;
    }
    return period;
}

Lienthong__Period *lt_rows_period(struct lt_rows_reader *reader)
{
    return take_period(reader, lt_value_period);
}

Lienthong__Period *lt_rows_declared_period(struct lt_rows_reader *reader)
{
    return take_period(reader, lt_value_declared_period);
}

uint32_t lt_rows_year(struct lt_rows_reader *reader)
{
    Lienthong__Period read;
    if (!read_period(reader, lt_value_period, &read)) {
        return 0;
    }
    if (read.kind != LIENTHONG__PERIOD_KIND__PERIOD_YEAR) {
        lt_rows_fail(reader, period_column(reader), "%s",
                     lt_text("phải là một năm, ví dụ 2021", "must be one year, such as 2021"));
        return 0;
    }
    return read.to;
}

void lt_rows_date(struct lt_rows_reader *reader, lt_day day, const Lienthong__Period *period)
{
    reader->day = day != 0 ? day : period != NULL ? period->day : 0;
    reader->year = period != NULL ? period->to : 0;
}

void lt_rows_person(struct lt_rows_reader *reader)
{
    if (!lt_rows_has(reader, LT_COL_NAME) && !lt_rows_has(reader, LT_COL_WORKPLACE) &&
        !lt_rows_has(reader, LT_COL_POSITION)) {
        return;
    }
    Lienthong__Person *person = lt_rows_take(reader, sizeof(*person));
    if (person == NULL) {
        return;
    }
    lienthong__person__init(person);
    person->name = lt_rows_text(reader, LT_COL_NAME, LT_LONG_TEXT_BYTES_MAX, false);
    person->workplace = lt_rows_text(reader, LT_COL_WORKPLACE, LT_LONG_TEXT_BYTES_MAX, false);
    person->position = lt_rows_text(reader, LT_COL_POSITION, LT_LONG_TEXT_BYTES_MAX, false);
    reader->person = person;
}
