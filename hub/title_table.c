#include "hub/title_table.h"

#include <stdlib.h>
#include <string.h>

#include "proto/judge.h"

enum column {
    CODE,
    KIND,
    NAME,
    NAME_EN,
    RECIPIENTS,
    LEVELS,
    LAW,
    VALID_FROM,
    VALID_TO,
    COLUMN_COUNT
};
enum { WORDS_MAX = 8 };

static const struct lt_csv_column COLUMNS[COLUMN_COUNT] = {
    {"code", true},     {"kind", true},        {"name", true},
    {"name_en", false}, {"recipients", true},  {"levels", true},
    {"law", false},     {"valid_from", false}, {"valid_to", false},
};

struct lt_title_row {
    char code[LT_CODE_BYTES_MAX + 1];
    bool form;
    const char *name, *name_en, *law;
    uint32_t recipients, levels; /* bits */
    Lienthong__Recipient recipient_list[WORDS_MAX];
    Lienthong__Level level_list[WORDS_MAX];
    size_t recipient_count, level_count;
    lt_day valid_from, valid_to;
    Lienthong__Directive directive;
    Lienthong__TitleEntry entry;
};

/* Words apart by spaces, each one of a list, none twice. */
static enum lt_result read_words(const struct lt_csv *csv, size_t row, size_t column,
                                 const char *(*name_of)(uint8_t), uint8_t ret_values[WORDS_MAX],
                                 size_t *ret_count, uint32_t *ret_bits,
                                 struct lt_sheet_fault *ret_fault)
{
    const char *at = lt_csv_cell(csv, row, column);
    size_t count = 0;
    uint32_t bits = 0;
    while (*at != '\0') {
        char word[32];
        size_t length = strcspn(at, " ");
        if (length == 0) {
            at++;
            continue;
        }
        if (length >= sizeof(word)) {
            return lt_csv_fault(csv, row, column, ret_fault, "'%.40s' is not known", at);
        }
        memcpy(word, at, length);
        word[length] = '\0';
        uint8_t value = lt_name_value(name_of, word);
        if (value == 0 || value > 30 || (bits & UINT32_C(1) << value) != 0 || count == WORDS_MAX) {
            return lt_csv_fault(csv, row, column, ret_fault, "'%s' is %s", word,
                                value == 0 ? "not known" : "said twice");
        }
        bits |= UINT32_C(1) << value;
        ret_values[count++] = value;
        at += length;
    }
    *ret_count = count;
    *ret_bits = bits;
    return LT_OK;
}

static enum lt_result read_lists(const struct lt_csv *csv, size_t row, struct lt_title_row *title,
                                 struct lt_sheet_fault *ret_fault)
{
    uint8_t recipients[WORDS_MAX], levels[WORDS_MAX];
    enum lt_result result = read_words(csv, row, RECIPIENTS, lt_recipient_name, recipients,
                                       &title->recipient_count, &title->recipients, ret_fault);
    if (result == LT_OK) {
        result = read_words(csv, row, LEVELS, lt_level_name, levels, &title->level_count,
                            &title->levels, ret_fault);
    }
    for (size_t i = 0; i < title->recipient_count && result == LT_OK; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): read_words filled as many */
        title->recipient_list[i] = (Lienthong__Recipient)recipients[i];
    }
    for (size_t i = 0; i < title->level_count && result == LT_OK; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): read_words filled as many */
        title->level_list[i] = (Lienthong__Level)levels[i];
    }
    return result;
}

static enum lt_result read_texts(const struct lt_csv *csv, size_t row, struct lt_title_row *title,
                                 struct lt_sheet_fault *ret_fault)
{
    enum lt_result result =
        lt_csv_text(csv, row, NAME, LT_LONG_TEXT_BYTES_MAX, &title->name, ret_fault);
    if (result == LT_OK) {
        result = lt_csv_text(csv, row, NAME_EN, LT_LONG_TEXT_BYTES_MAX, &title->name_en, ret_fault);
    }
    if (result == LT_OK) {
        result = lt_csv_text(csv, row, LAW, LT_TEXT_BYTES_MAX, &title->law, ret_fault);
    }
    if (result == LT_OK && title->name[0] == '\0') {
        result = lt_csv_fault(csv, row, NAME, ret_fault, "the name is missing");
    }
    return result;
}

static enum lt_result read_row(const struct lt_csv *csv, size_t row, struct lt_title_row *title,
                               struct lt_sheet_fault *ret_fault)
{
    struct lt_unit code; /* titles' codes are written like units' */
    const char *text = lt_csv_cell(csv, row, CODE), *kind = lt_csv_cell(csv, row, KIND);
    if (lt_unit_make(text, 0, &code) != LT_OK) {
        return lt_csv_fault(csv, row, CODE, ret_fault,
                            "'%.40s' is not 1 to %d letters, digits, - _ .", text,
                            LT_CODE_BYTES_MAX);
    }
    /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): there is room for the row */
    memcpy(title->code, code.code, sizeof(title->code));
    title->form = strcmp(kind, "form") == 0;
    if (!title->form && strcmp(kind, "title") != 0) {
        return lt_csv_fault(csv, row, KIND, ret_fault, "'%.40s' is neither title nor form", kind);
    }
    enum lt_result result = lt_csv_day(csv, row, VALID_FROM, &title->valid_from, ret_fault);
    if (result == LT_OK) {
        result = lt_csv_day(csv, row, VALID_TO, &title->valid_to, ret_fault);
    }
    if (result == LT_OK && title->valid_to != 0 && title->valid_to < title->valid_from) {
        result = lt_csv_fault(csv, row, VALID_TO, ret_fault, "the last day is before the first");
    }
    if (result == LT_OK) {
        result = read_texts(csv, row, title, ret_fault);
    }
    return result == LT_OK ? read_lists(csv, row, title, ret_fault) : result;
}

static int by_code(const void *a, const void *b)
{
    const struct lt_title_row *const *left = a, *const *right = b;
    int order = strcmp((*left)->code, (*right)->code);
    return order != 0 ? order
                      : ((*left)->valid_from > (*right)->valid_from) -
                            ((*left)->valid_from < (*right)->valid_from);
}

/* A code is valid by one line at a time. */
static enum lt_result check_overlaps(const struct lt_title_table *table,
                                     struct lt_sheet_fault *ret_fault)
{
    enum lt_result result = LT_OK;
    const struct lt_title_row **order = calloc(table->count + 1, sizeof(*order));
    if (order == NULL) {
        return lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "out of memory");
    }
    for (size_t i = 0; i < table->count; i++) {
        order[i] = &table->rows[i];
    }
    qsort(order, table->count, sizeof(*order), by_code);
    for (size_t i = 0; i + 1 < table->count && result == LT_OK; i++) {
        const struct lt_title_row *row = order[i], *next = order[i + 1];
        if (strcmp(row->code, next->code) == 0 &&
            (row->valid_to == 0 || next->valid_from <= row->valid_to)) {
            size_t index = (size_t)(next - table->rows);
            result = lt_csv_fault(&table->csv, index, VALID_FROM, ret_fault,
                                  "%s is valid at the same time by line %u", next->code,
                                  (unsigned)lt_csv_line(&table->csv, (size_t)(row - table->rows)));
        }
    }
    free(order);
    return result;
}

enum lt_result lt_title_table_read(struct lt_bytes bytes, struct lt_title_table *ret_table,
                                   struct lt_sheet_fault *ret_fault)
{
    struct lt_title_table table = {.count = 0};
    enum lt_result result = lt_csv_read(bytes, COLUMNS, COLUMN_COUNT, &table.csv, ret_fault);
    if (result != LT_OK) {
        return result;
    }
    table.count = lt_csv_rows(&table.csv);
    table.rows = calloc(table.count + 1, sizeof(*table.rows));
    if (table.rows == NULL) {
        result = lt_table_fault(ret_fault, LT_NO_MEMORY, 0, 0, "out of memory");
    }
    for (size_t i = 0; i < table.count && result == LT_OK; i++) {
        result = read_row(&table.csv, i, &table.rows[i], ret_fault);
    }
    if (result == LT_OK) {
        result = check_overlaps(&table, ret_fault);
    }
    if (result != LT_OK) {
        lt_title_table_free(&table);
        return result;
    }
    *ret_table = table;
    return LT_OK;
}

void lt_title_table_free(struct lt_title_table *table)
{
    lt_csv_free(&table->csv);
    free(table->rows);
}

/* A row for the entry of this code and first day. */
static bool replaces(const struct lt_title_table *table, const struct lt_title *title)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->rows[i].valid_from == title->valid_from &&
            strcmp(table->rows[i].code, title->code) == 0) {
            return true;
        }
    }
    return false;
}

enum lt_result lt_title_table_check(const struct lt_title_table *table, const struct lt_book *book,
                                    struct lt_sheet_fault *ret_fault)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct lt_title_row *row = &table->rows[i];
        lt_day to = row->valid_to != 0 ? row->valid_to : INT32_MAX;
        const struct lt_title *title = NULL;
        while ((title = lt_book_title_within(book, row->code, row->valid_from, to, title)) !=
               NULL) {
            char from[11] = "ever";
            if (replaces(table, title)) {
                continue;
            }
            if (title->valid_from != 0) {
                lt_day_format_iso(title->valid_from, from);
            }
            return lt_csv_fault(&table->csv, i, VALID_FROM, ret_fault,
                                "%s is valid at the same time by the catalogue's entry since %s; "
                                "give that entry too, with its last day",
                                row->code, from);
        }
    }
    return LT_OK;
}

static bool is_said(const struct lt_title_row *row, const struct lt_book *book)
{
    for (size_t i = 0; i < lt_book_title_count(book); i++) {
        const struct lt_title *title = lt_book_title_at(book, i);
        if (strcmp(title->code, row->code) == 0 && title->valid_from == row->valid_from) {
            return title->valid_to == row->valid_to && title->form == row->form &&
                   title->recipients == row->recipients && title->levels == row->levels &&
                   strcmp(title->name, row->name) == 0 &&
                   strcmp(title->name_en, row->name_en) == 0 && strcmp(title->law, row->law) == 0;
        }
    }
    return false;
}

/* protobuf-c only reads it. */
static char *text_of(const char *text)
{
    union {
        const char *from;
        char *to;
    } pointer = {.from = text};
    return pointer.to;
}

static void fill(struct lt_title_row *row)
{
    lienthong__directive__init(&row->directive);
    lienthong__title_entry__init(&row->entry);
    row->entry.code = row->code;
    row->entry.name = text_of(row->name);
    row->entry.name_en = text_of(row->name_en);
    row->entry.law = text_of(row->law);
    row->entry.form = row->form;
    row->entry.recipients = row->recipient_list;
    row->entry.n_recipients = row->recipient_count;
    row->entry.levels = row->level_list;
    row->entry.n_levels = row->level_count;
    row->entry.valid_from = row->valid_from;
    row->entry.valid_to = row->valid_to;
    row->directive.title = &row->entry;
}

enum lt_result lt_title_table_plan(struct lt_title_table *table, const struct lt_book *book,
                                   Lienthong__Directive ***ret_items, size_t *ret_count)
{
    Lienthong__Directive **items = calloc(table->count + 1, sizeof(*items));
    size_t count = 0;
    if (items == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (!is_said(&table->rows[i], book)) {
            fill(&table->rows[i]);
            items[count++] = &table->rows[i].directive;
        }
    }
    *ret_items = items;
    *ret_count = count;
    return LT_OK;
}
