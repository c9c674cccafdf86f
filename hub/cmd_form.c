/* cmd_form - a statistical form, filled. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/options.h"
#include "agent/table.h"
#include "agent/text.h"
#include "agent/today.h"
#include "hub/commands.h"
#include "hub/form_show.h"
#include "hub/form_store.h"
#include "hub/unread.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub form TÊN --place MÃ[@NGÀY] --period KỲ [--basis achieved|decided]\n"
    "           [--tree NGÀY|today] [--out TỆP.xlsx|.csv|.json] [--version PHIÊN_BẢN]\n"
    "           [--forms THƯ_MỤC] [--json] [--dir D]\n"
    "       lienthong-hub form TỆP.json …        biểu của riêng mình (docs/forms.md)\n"
    "       lienthong-hub form --list            các biểu đang có\n"
    "  KỲ: 2024, 2020..2024 (từng năm), 2020-2024 (cả giai đoạn); theo ngày quyết định còn có\n"
    "      2024-05, 2024-Q1, 2024-H1.\n"
    "  Không có --out thì in ra màn hình.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub form NAME --place CODE[@DATE] --period P [--basis achieved|decided]\n"
    "           [--tree DATE|today] [--out FILE.xlsx|.csv|.json] [--version V] [--forms DIR]\n"
    "           [--json] [--dir D]\n"
    "       lienthong-hub form FILE.json …       a form of one's own (docs/forms.md)\n"
    "       lienthong-hub form --list            the forms that there are\n"
    "  P: 2024, 2020..2024 (each year), 2020-2024 (the span); by date of decision also 2024-05,\n"
    "     2024-Q1, 2024-H1.\n"
    "  Without --out it is printed here.\n";

enum { O_PLACE, O_PERIOD, O_BASIS, O_TREE, O_OUT, O_VERSION, O_FORMS, O_LIST, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--place", true}, {"--period", true},  {"--basis", true}, {"--tree", true},
    {"--out", true},   {"--version", true}, {"--forms", true}, {"--list", false}};
enum { REASON_MAX = 400 };

static bool ends(const char *text, const char *end)
{
    size_t size = strlen(text), tail = strlen(end);
    return size > tail && strcmp(text + size - tail, end) == 0;
}

/* ---- The list ---- */

/* Those that hold values; of one that goes by each value there may be many. */
static size_t columns_of(const struct lt_form *form)
{
    size_t columns = 0;
    for (size_t i = 0; i < form->columns.count; i++)
        columns += form->columns.lines[i].op != LT_FORM_HEADING;
    return columns;
}

static void list_one(const struct lt_form *form)
{
    (void)printf("%-8s %-16s %s %s\n", form->name, form->version, lt_form_say(&form->title),
                 lt_form_say(&form->about));
    (void)printf(
        lt_text("%25s %zu dòng × %zu cột, theo %s\n", "%25s %zu rows × %zu columns, by %s\n"), "",
        form->rows.count, columns_of(form),
        form->decided ? lt_text("ngày quyết định", "date of decision")
                      : lt_text("thời gian lập thành tích", "period of achievement"));
}

static json_t *listed_json(const struct lt_form *form)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:i, s:i, s:i, s:i, s:s}", "form", form->name, "version",
                     form->version, "title", lt_form_say(&form->title), "about",
                     lt_form_say(&form->about), "valid_from", form->valid_from, "valid_to",
                     form->valid_to, "rows", (int)form->rows.count, "columns",
                     (int)columns_of(form), "basis", form->decided ? "decided" : "achieved");
}

static bool list_json(const struct lt_form_store *store)
{
    json_t *forms = json_array();
    int bad = forms == NULL;
    for (size_t i = 0; i < store->count; i++)
        bad |= json_array_append_new(forms, listed_json(store->forms[i]));
    json_t *document = json_pack("{s:s, s:o}", "schema", "lienthong.forms/1", "forms", forms);
    char *text = document == NULL || bad != 0 ? NULL : json_dumps(document, JSON_INDENT(1));
    bool good = text != NULL && puts(text) >= 0;
    json_decref(document);
    free(text);
    return good;
}

static int list(const struct lt_form_store *store, bool json)
{
    bool good = !json || list_json(store);
    for (size_t i = 0; i < store->count && !json; i++)
        list_one(store->forms[i]);
    return good && fflush(stdout) == 0 && ferror(stdout) == 0 ? LT_EXIT_OK : LT_EXIT_FAILED;
}

/* ---- One form ---- */

static enum lt_result basis_of(const char *text, bool *ret_decided, char ret_reason[REASON_MAX])
{
    if (strcmp(text, "achieved") != 0 && strcmp(text, "decided") != 0) {
        (void)snprintf(ret_reason, REASON_MAX,
                       lt_text("--basis là achieved hoặc decided, không phải \"%.40s\"",
                               "--basis is achieved or decided, not \"%.40s\""),
                       text);
        return LT_USAGE;
    }
    *ret_decided = strcmp(text, "decided") == 0;
    return LT_OK;
}

/* The years first, since they choose the version; then the form; then the period by its basis. */
static enum lt_result choose(const struct lt_options *given, const struct lt_form_store *store,
                             struct lt_form **ret_own, const struct lt_form **ret_form,
                             struct lt_figures_query *query, char ret_reason[REASON_MAX])
{
    struct lt_figures_query years = {0};
    const char *name = given->operands[0], *basis = given->values[O_BASIS];
    enum lt_result result = lt_form_period(given->values[O_PERIOD], &years, ret_reason);
    if (result != LT_OK)
        return result;
    if (ends(name, ".json")) {
        result = lt_form_load(name, ret_own, ret_reason);
        *ret_form = *ret_own;
    } else {
        result = lt_form_store_find(store, name, given->values[O_VERSION], years.year_to, ret_form,
                                    ret_reason);
    }
    if (result != LT_OK)
        return result;
    query->decided = (*ret_form)->decided;
    if (basis != NULL)
        result = basis_of(basis, &query->decided, ret_reason);
    if (result == LT_OK)
        result = lt_form_period(given->values[O_PERIOD], query, ret_reason);
    if (result == LT_OK && given->values[O_TREE] != NULL)
        result = lt_figures_parse_tree(given->values[O_TREE], lt_today(), query, ret_reason);
    return result;
}

static enum lt_result cannot_write(const char *path, enum lt_result result,
                                   char ret_reason[REASON_MAX])
{
    (void)snprintf(ret_reason, REASON_MAX, "%.200s: %s", path,
                   lt_text("không ghi được", "cannot write"));
    return result;
}

/* A file that takes its place only when it is whole. */
static enum lt_result write_file(const struct lt_filled *filled, const char *path,
                                 char ret_reason[REASON_MAX])
{
    struct lt_sheet_fault fault = {0};
    struct lt_table_file file;
    enum lt_result result = lt_table_create(path, &file, &fault);
    if (result != LT_OK)
        return cannot_write(path, result, ret_reason);
    if (ends(path, ".xlsx")) {
        result = lt_form_xlsx(filled, file.beside);
    } else if (ends(path, ".csv")) {
        lt_form_csv(filled, file.stream);
    } else {
        char *text = lt_form_json(filled);
        if (text == NULL)
            result = LT_NO_MEMORY;
        else
            (void)fprintf(file.stream, "%s\n", text);
        free(text);
    }
    enum lt_result finished = lt_table_finish(&file, result == LT_OK, &fault);
    result = result == LT_OK ? finished : result;
    return result == LT_OK ? LT_OK : cannot_write(path, result, ret_reason);
}

static enum lt_result print(const struct lt_filled *filled, bool json, char ret_reason[REASON_MAX])
{
    char *text = json ? lt_form_json(filled) : NULL;
    bool good = json ? text != NULL && puts(text) >= 0 : lt_form_print(filled, stdout);
    free(text);
    good = good && fflush(stdout) == 0 && ferror(stdout) == 0;
    if (!good)
        (void)snprintf(ret_reason, REASON_MAX, "%s", lt_text("không ghi ra được", "cannot write"));
    return good ? LT_OK : LT_IO;
}

static enum lt_result show(struct lt_ledger *ledger, const struct lt_options *given,
                           const struct lt_form *form, struct lt_figures_query *query,
                           char ret_reason[REASON_MAX])
{
    struct lt_filled filled;
    enum lt_result result =
        lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], query, ret_reason);
    if (result == LT_OK)
        result = lt_form_fill(ledger, form, query, time(NULL), &filled, ret_reason);
    if (result != LT_OK)
        return result;
    result = given->values[O_OUT] != NULL ? write_file(&filled, given->values[O_OUT], ret_reason)
                                          : print(&filled, given->json, ret_reason);
    lt_filled_clear(&filled);
    return result;
}

static const char *what_is_wrong(const struct lt_options *given)
{
    const char *out = given->values[O_OUT];
    if (given->operand_count != 1)
        return lt_text("cần tên của một biểu", "the name of one form is needed");
    if (given->values[O_PLACE] == NULL || given->values[O_PERIOD] == NULL)
        return lt_text("cần --place và --period", "--place and --period are needed");
    if (out != NULL && !ends(out, ".xlsx") && !ends(out, ".csv") && !ends(out, ".json"))
        return lt_text("--out là tệp .xlsx, .csv hoặc .json",
                       "--out is a file .xlsx, .csv or .json");
    return NULL;
}

static int fail(const char *reason, enum lt_result result)
{
    (void)fprintf(stderr, "lienthong-hub form: %s\n",
                  reason[0] != '\0' ? reason : lt_text_result(result));
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_TOO_LARGE
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}

static int run(const struct lt_options *given, const struct lt_form_store *store)
{
    struct lt_figures_query query = {0};
    const struct lt_form *form = NULL;
    struct lt_form *own = NULL;
    struct lt_ledger *ledger;
    char reason[REASON_MAX] = "", opening[200] = "";
    enum lt_result result = choose(given, store, &own, &form, &query, reason);
    if (result == LT_OK) {
        result = lt_ledger_open(given->dir, true, &ledger, opening);
        if (result != LT_OK) {
            lt_form_free(own);
            (void)fail(opening, result);
            return LT_EXIT_FAILED;
        }
        result = show(ledger, given, form, &query, reason);
        lt_unread_warn(ledger);
        lt_ledger_close(ledger);
    }
    lt_form_free(own);
    return result == LT_OK ? LT_EXIT_OK : fail(reason, result);
}

int lt_hub_cmd_form(int argc, char **argv)
{
    struct lt_options given;
    struct lt_form_store store;
    char reason[REASON_MAX] = "";
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    bool listing = given.values[O_LIST] != NULL;
    const char *wrong = listing ? NULL : what_is_wrong(&given);
    if (wrong != NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", wrong);
    enum lt_result result = lt_form_store_open(given.values[O_FORMS], &store, reason);
    if (result != LT_OK)
        return fail(reason, result);
    code = listing ? list(&store, given.json) : run(&given, &store);
    lt_form_store_close(&store);
    return code;
}
