/* cmd_published - what was published: the list, or the rows of one name, each restatement beside the figures
 * as they are now. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/publication.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub published [TÊN] [--hub MÃ[@NGÀY]] [--json | --csv] [--dir D]\n"
    "  Không có TÊN: danh sách những gì đã công bố. Có TÊN: từng dòng số như đã công bố, các lần\n"
    "  đính chính và số hiện nay (chỉ những gì trạm này công bố). --hub: do trạm nào công bố.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub published [NAME] [--hub CODE[@DATE]] [--json | --csv] [--dir D]\n"
    "  Without NAME: the list of what was published. With it: each row as it was published, as it\n"
    "  was restated, and as it is now (of this hub's own). --hub: which hub published it.\n";

enum { O_HUB, O_CSV, O_COUNT };
static const struct lt_option options[O_COUNT] = {{"--hub", true}, {"--csv", false}};

enum {
    SHOWN_MAX = 12,
    TEXT_MAX = 24
}; /* restatements side by side: the first, and the last ones */

/* ---- The list ---- */

enum { L_HUB, L_NAME, L_NUMBER, L_PLACE, L_WHEN, L_QUESTION, L_CAUSE, L_COUNT };
static const struct lt_print_column list_columns[L_COUNT] = {
    [L_HUB] = {"hub", "Trạm", "Hub", LT_PRINT_TEXT},
    [L_NAME] = {"name", "Tên", "Name", LT_PRINT_TEXT},
    [L_NUMBER] = {"number", "Đính chính", "Restatement", LT_PRINT_NUMBER},
    [L_PLACE] = {"place", "Nơi", "Place", LT_PRINT_TEXT},
    [L_WHEN] = {"published", "Công bố lúc", "Published", LT_PRINT_TEXT},
    [L_QUESTION] = {"question", NULL, NULL, LT_PRINT_TEXT},
    [L_CAUSE] = {"cause", "Nguyên nhân", "Cause", LT_PRINT_TEXT},
};

static bool of_hub(const struct lt_publication *publication, const struct lt_place *hub)
{
    return hub == NULL || publication->hub == hub;
}

static enum lt_result list_all(const struct lt_book *book, const struct lt_options *given,
                               const struct lt_place *hub)
{
    struct lt_print *print =
        lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                       "lienthong.publications/1", NULL, list_columns, L_COUNT);
    if (print == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < lt_book_publication_count(book); i++) {
        const struct lt_publication *publication = lt_book_publication_at(book, i);
        char at[LT_UNIT_TEXT_MAX], place[LT_UNIT_TEXT_MAX], number[TEXT_MAX],
            when[LT_WHEN_TEXT_MAX];
        if (!of_hub(publication, hub))
            continue;
        lt_unit_format(&publication->hub->unit, at);
        lt_unit_format(&publication->place->unit, place);
        lt_text_when(publication->published_at, when);
        (void)snprintf(number, sizeof number, "%u", (unsigned)publication->number);
        const char *cells[L_COUNT] = {[L_HUB] = at,
                                      [L_NAME] = publication->name,
                                      [L_NUMBER] = number,
                                      [L_PLACE] = place,
                                      [L_WHEN] = when,
                                      [L_QUESTION] = publication->question,
                                      [L_CAUSE] = publication->cause};
        lt_print_row(print, cells);
    }
    return lt_print_end(print, NULL);
}

/* ---- One of them ---- */

/* The versions of one name: as published, restated, and now. */
struct versions {
    const struct lt_book *book;
    const struct lt_publication *first;
    size_t from, count; /* in the book */
    json_t *now; /* NULL: it is another hub's, whose records are not here */
    bool changed; /* now they are others than as last published */
    char reason[400]; /* why there is no `now`; "" */
};

static json_t *version_json(const struct lt_publication *publication)
{
    char directives[65];
    json_t *figures = lt_publication_figures(publication);
    lt_hex(publication->directives.bytes, 32, directives);
    json_t *version =
        json_pack("{s:I, s:I, s:s, s:s, s:I, s:O?}", "number", (json_int_t)publication->number,
                  "published_at", (json_int_t)publication->published_at, "cause",
                  publication->cause, "directives", directives, "chains",
                  (json_int_t)publication->cut_count, "cells", json_object_get(figures, "cells"));
    json_decref(figures);
    return version;
}

static enum lt_result show_json(const struct versions *all)
{
    char hub[LT_UNIT_TEXT_MAX];
    json_t *list = json_array();
    lt_unit_format(&all->first->hub->unit, hub);
    for (size_t i = 0; i < all->count; i++)
        (void)json_array_append_new(list,
                                    version_json(lt_book_publication_at(all->book, all->from + i)));
    json_t *document =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:O?, s:o}", "schema", "lienthong.published/1", "hub",
                  hub, "name", all->first->name, "question", all->first->question, "versions", list,
                  "now", json_object_get(all->now, "cells"), "changed",
                  all->now == NULL ? json_null() : json_boolean(all->changed));
    const bool good = document != NULL && json_dumpf(document, stdout, JSON_INDENT(1)) == 0 &&
                      putchar('\n') != EOF;
    json_decref(document);
    return good ? LT_OK : LT_NO_MEMORY;
}

/* The name of a place as the tree has it now; "": it has none. */
static const char *place_name(const struct lt_book *book, const char *text)
{
    struct lt_unit unit;
    bool dated;
    const struct lt_place *place =
        lt_unit_parse(text, &unit, &dated) == LT_OK ? lt_book_place(book, &unit) : NULL;
    return place == NULL ? "" : place->name;
}

/* What a cell of a row says of a dimension; places with their names unless `plain`. */
static void value_text(const struct lt_book *book, bool plain, const json_t *cell, const char *name,
                       char *ret_text, size_t max)
{
    enum lt_dimension dimension;
    const json_t *value = json_object_get(cell, name);
    const char *text = json_string_value(value);
    if (json_is_integer(value))
        (void)snprintf(ret_text, max, "%lld", (long long)json_integer_value(value));
    else if (text != NULL && text[0] != '\0' && lt_dimension_find(name, strlen(name), &dimension) &&
             lt_dimension_listed(dimension))
        (void)snprintf(ret_text, max, "%s",
                       lt_dimension_show(dimension, lt_dimension_value(dimension, text)));
    else if (!plain && text != NULL && strcmp(name, "place") == 0)
        (void)snprintf(ret_text, max, "%s %s", text, place_name(book, text));
    else
        (void)snprintf(ret_text, max, "%s", text == NULL || text[0] == '\0' ? "–" : text);
    if (json_is_true(json_object_get(cell, "unallocated")) && strcmp(name, "place") == 0)
        (void)snprintf(ret_text, max, "%s",
                       lt_text("(chưa phân bổ được cho đơn vị trực thuộc)",
                               "(not allocated to a unit below)"));
}

/* "awards" or, where one record tells of several, "awards (records)". */
static void number_text(const json_t *cell, char ret_text[2 * TEXT_MAX])
{
    const json_int_t quantity = json_integer_value(json_object_get(cell, "quantity"));
    const json_int_t count = json_integer_value(json_object_get(cell, "count"));
    ret_text[0] = '\0';
    if (cell != NULL && quantity == count)
        (void)snprintf(ret_text, 2 * TEXT_MAX, "%lld", (long long)quantity);
    else if (cell != NULL)
        (void)snprintf(ret_text, 2 * TEXT_MAX, "%lld (%lld)", (long long)quantity,
                       (long long)count);
}

/* All rows of all versions: object of the row's dimensions to an array of cells, one of each version. */
static bool put_rows(json_t *rows, const json_t *by, const json_t *figures, size_t version)
{
    size_t i;
    json_t *cell;
    json_t *cells = json_object_get(figures, "cells");
    json_array_foreach(cells, i, cell)
    {
        json_t *key = json_array();
        for (size_t j = 0; j < json_array_size(by); j++) {
            json_t *value = json_object_get(cell, json_string_value(json_array_get(by, j)));
            (void)json_array_append(key, value);
        }
        (void)json_array_append(key, json_object_get(cell, "unallocated"));
        char *text = json_dumps(key, JSON_COMPACT);
        json_decref(key);
        if (text == NULL)
            return false;
        json_t *row = json_object_get(rows, text);
        if (row == NULL) {
            row = json_array();
            (void)json_object_set_new(rows, text, row);
        }
        free(text);
        while (json_array_size(row) < version)
            (void)json_array_append_new(row, json_null());
        if (json_array_append(row, cell) != 0)
            return false;
    }
    return true;
}

static const json_t *any_cell(const json_t *row)
{
    for (size_t i = 0; i < json_array_size(row); i++)
        if (json_is_object(json_array_get(row, i)))
            return json_array_get(row, i);
    return NULL;
}

/* Which versions stand side by side: the first one and the last ones. */
static size_t shown_versions(const struct versions *all, size_t ret_versions[SHOWN_MAX])
{
    size_t count = 0;
    const size_t left_out = all->count > SHOWN_MAX ? all->count - SHOWN_MAX : 0;
    for (size_t i = 0; i < all->count; i++)
        if (i == 0 || i > left_out)
            ret_versions[count++] = i;
    return count;
}

struct table {
    struct lt_print_column columns[LT_DIM_COUNT + SHOWN_MAX + 1];
    char heads[SHOWN_MAX][TEXT_MAX], names[SHOWN_MAX][TEXT_MAX];
    size_t by_count, count, shown_count, shown[SHOWN_MAX];
};

static void lay_out(const struct versions *all, const json_t *by, struct table *table)
{
    table->by_count = json_array_size(by) < LT_DIM_COUNT ? json_array_size(by) : LT_DIM_COUNT;
    for (size_t i = 0; i < table->by_count; i++) {
        enum lt_dimension dimension;
        const char *name = json_string_value(json_array_get(by, i));
        const char *label = name != NULL && lt_dimension_find(name, strlen(name), &dimension)
                                ? lt_dimension_label(dimension)
                                : name;
        table->columns[table->count++] =
            (struct lt_print_column){name, label, label, LT_PRINT_TEXT};
    }
    table->shown_count = shown_versions(all, table->shown);
    for (size_t i = 0; i < table->shown_count; i++) {
        const unsigned number =
            lt_book_publication_at(all->book, all->from + table->shown[i])->number;
        (void)snprintf(table->names[i], TEXT_MAX, "number_%u", number);
        (void)snprintf(table->heads[i], TEXT_MAX, lt_text("Đính chính %u", "Restated %u"), number);
        const char *head = number == 0 ? lt_text("Công bố", "Published") : table->heads[i];
        table->columns[table->count++] =
            (struct lt_print_column){table->names[i], head, head, LT_PRINT_TEXT};
    }
    if (all->now != NULL)
        table->columns[table->count++] =
            (struct lt_print_column){"now", "Hiện nay", "Now", LT_PRINT_TEXT};
}

static void show_row(const struct table *table, const struct versions *all, const json_t *by,
                     bool plain, const json_t *row, struct lt_print *print)
{
    char values[LT_DIM_COUNT][300], numbers[SHOWN_MAX + 1][2 * TEXT_MAX];
    const char *cells[LT_DIM_COUNT + SHOWN_MAX + 1];
    size_t at = 0;
    for (size_t i = 0; i < table->by_count; i++) {
        value_text(all->book, plain, any_cell(row), json_string_value(json_array_get(by, i)),
                   values[i], sizeof values[i]);
        cells[at++] = values[i];
    }
    for (size_t i = 0; at < table->count; i++) {
        const size_t version = i < table->shown_count ? table->shown[i] : all->count;
        const json_t *cell = json_array_get(row, version);
        number_text(json_is_object(cell) ? cell : NULL, numbers[i]);
        cells[at++] = numbers[i];
    }
    lt_print_row(print, cells);
}

static enum lt_result show_rows(const struct versions *all, const struct lt_options *given)
{
    struct table table = {0};
    const char *key;
    json_t *row;
    bool good = true;
    json_t *first = lt_publication_figures(all->first), *rows = json_object();
    const json_t *by = json_object_get(first, "by");
    for (size_t i = 0; i < all->count && good; i++) {
        json_t *figures = lt_publication_figures(lt_book_publication_at(all->book, all->from + i));
        good = put_rows(rows, by, figures, i);
        json_decref(figures);
    }
    good = good && put_rows(rows, by, all->now, all->count);
    lay_out(all, by, &table);
    struct lt_print *print =
        good ? lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]), "", NULL,
                              table.columns, table.count)
             : NULL;
    if (print != NULL)
        json_object_foreach(rows, key, row)
            show_row(&table, all, by, given->values[O_CSV] != NULL, row, print);
    const enum lt_result result = print == NULL ? LT_NO_MEMORY : lt_print_end(print, NULL);
    json_decref(rows);
    json_decref(first);
    return result;
}

/* The words around the rows, on a terminal. */
static void show_head(const struct versions *all)
{
    (void)printf("%s · %s\n", all->first->name, all->first->question);
    for (size_t i = 0; i < all->count; i++) {
        char when[LT_WHEN_TEXT_MAX];
        const struct lt_publication *one = lt_book_publication_at(all->book, all->from + i);
        lt_text_when(one->published_at, when);
        if (one->number == 0)
            (void)printf(lt_text("  Công bố %s\n", "  Published %s\n"), when);
        else
            (void)printf(lt_text("  Đính chính lần %u, %s: %s\n", "  Restatement %u, %s: %s\n"),
                         (unsigned)one->number, when, one->cause);
    }
}

static void show_foot(const struct versions *all)
{
    if (all->now == NULL)
        (void)printf("%s\n", all->reason);
    else if (all->changed)
        (void)printf("%s\n",
                     lt_text("Số hiện nay đã khác lần công bố cuối (publish TÊN --restate).",
                             "The figures are others now than as last published (publish NAME "
                             "--restate)."));
    else
        (void)printf("%s\n", lt_text("Số hiện nay vẫn như lần công bố cuối.",
                                     "The figures are as they were last published."));
}

/* What was published here is counted again; of another hub's not all records are here. */
static enum lt_result count_now(struct lt_ledger *ledger, const struct lt_unit *own,
                                struct versions *all)
{
    char room[LT_FIGURES_WORDS_MAX];
    struct lt_figures_words words;
    struct lt_figures_query query;
    struct lt_hash directives;
    const struct lt_publication *last =
        lt_book_publication_at(all->book, all->from + all->count - 1);
    if (lt_unit_cmp(&last->hub->unit, own) != 0) {
        (void)snprintf(all->reason, sizeof all->reason, "%s",
                       lt_text("Số hiện nay chỉ trạm đã công bố mới biết.",
                               "What it is now only the hub that published it knows."));
        return LT_OK;
    }
    enum lt_result result =
        lt_publication_question(all->book, last, room, &words, &query, all->reason);
    if (result == LT_OK)
        result = lt_publication_now(ledger, &query, &all->now, &directives, all->reason);
    if (result == LT_MALFORMED || result == LT_REFUSED)
        return LT_OK; /* what was published is shown all the same */
    if (result != LT_OK)
        return result;
    json_t *figures = lt_publication_figures(last);
    all->changed = !lt_publication_equal(figures, all->now);
    json_decref(figures);
    return LT_OK;
}

static enum lt_result show_one(struct lt_ledger *ledger, const struct lt_unit *own,
                               const struct lt_options *given, struct versions *all)
{
    enum lt_result result = count_now(ledger, own, all);
    if (result != LT_OK)
        return result;
    if (given->json)
        return show_json(all);
    const bool table = given->values[O_CSV] == NULL;
    if (table)
        show_head(all);
    result = show_rows(all, given);
    if (result == LT_OK && table)
        show_foot(all);
    return result;
}

/* The versions of a name. LT_AMBIGUOUS: several hubs have published it. */
static enum lt_result find(const struct lt_book *book, const char *name, const struct lt_place *hub,
                           struct versions *all, char ret_reason[LT_ASKING_REASON_MAX])
{
    for (size_t i = 0; i < lt_book_publication_count(book); i++) {
        const struct lt_publication *publication = lt_book_publication_at(book, i);
        if (strcmp(publication->name, name) != 0 || !of_hub(publication, hub))
            continue;
        if (all->count > 0 && all->first->hub != publication->hub) {
            (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, "%s",
                           lt_text("nhiều trạm đã công bố tên này; thêm --hub",
                                   "several hubs have published that name; say --hub"));
            return LT_AMBIGUOUS;
        }
        if (all->count++ == 0) {
            all->first = publication;
            all->from = i;
        }
    }
    if (all->count > 0)
        return LT_OK;
    (void)snprintf(
        ret_reason, LT_ASKING_REASON_MAX,
        lt_text("chưa công bố gì tên \"%.100s\"", "nothing named \"%.100s\" is published"), name);
    return LT_NOT_FOUND;
}

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query hub = {0};
    struct versions all = {.book = lt_ledger_book(ledger)};
    struct lt_hub_site site;
    enum lt_result result = LT_OK;
    if (given->values[O_HUB] != NULL)
        result = lt_figures_find_place(all.book, given->values[O_HUB], &hub, ret_reason);
    if (result == LT_OK && given->operand_count == 0)
        return list_all(all.book, given, hub.place);
    char *name =
        result != LT_OK ? NULL : (char *)utf8proc_NFC((const utf8proc_uint8_t *)given->operands[0]);
    if (result == LT_OK)
        result =
            find(all.book, name == NULL ? given->operands[0] : name, hub.place, &all, ret_reason);
    free(name);
    lt_ledger_site(ledger, &site);
    if (result == LT_OK)
        result = show_one(ledger, &site.unit, given, &all);
    json_decref(all.now);
    return result;
}

int lt_hub_cmd_published(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count > 1)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", given.operands[1]);
    return lt_asking_run("published", &given, ask);
}
