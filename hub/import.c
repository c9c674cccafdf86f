#include "hub/import.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/options.h"
#include "hub/import_try.h"

enum lt_result lt_import_look(const char *dir, struct lt_import_view *ret_view,
                              char ret_reason[LT_DIRECT_REASON_MAX])
{
    char reason[200] = "";
    struct lt_import_view view;
    enum lt_result result = lt_ledger_open(dir, true, &view.ledger, reason);
    if (result != LT_OK) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s",
                 reason[0] != '\0' ? reason : lt_result_text(result));
        return result;
    }
    lt_ledger_site(view.ledger, &view.site);
    if (view.site.unit.code[0] == '\0') {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%.200s holds no hub yet: use init", dir);
        lt_ledger_close(view.ledger);
        return LT_NOT_FOUND;
    }
    *ret_view = view;
    return LT_OK;
}

void lt_import_look_end(struct lt_import_view *view)
{
    lt_ledger_close(view->ledger);
}

void lt_import_tell(const char *file, const struct lt_sheet_fault *fault)
{
    fprintf(stderr, "%s", file);
    if (fault->line != 0) {
        fprintf(stderr, ":%u", (unsigned)fault->line);
    }
    if (fault->column != 0) {
        fprintf(stderr, ", column %u", (unsigned)fault->column);
    }
    fprintf(stderr, ": %s\n", fault->text);
    fprintf(stderr, "nothing was changed\n");
}

static void tell_done(const struct lt_import_act *act, size_t rows, size_t said, size_t count,
                      bool done)
{
    if (act->json) {
        json_t *object =
            json_pack("{s:s,s:I,s:I,s:I,s:b}", "file", act->file, "rows", (json_int_t)rows, "said",
                      (json_int_t)said, "unchanged", (json_int_t)(rows - count), "done", (int)done);
        if (object != NULL)
            json_dumpf(object, stdout, JSON_COMPACT);
        printf("\n");
        json_decref(object);
    } else if (done) {
        printf("%s: %zu rows, %zu said, %zu as they were\n", act->file, rows, said, rows - count);
    }
}

int lt_import_say(const struct lt_import_act *act, Lienthong__Directive **items, size_t count,
                  size_t rows)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    size_t said = 0;
    bool go_on = true;
    int code = count == 0 && !act->dry_run ? LT_EXIT_OK : lt_import_try(act, items, count, &go_on);
    if (!go_on)
        return code;
    enum lt_result result = lt_direct_say(act->dir, items, count, &said, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", act->file, reason);
        fprintf(stderr,
                "%zu of %zu entries are stored; import the file again when this is mended\n", said,
                count);
    }
    tell_done(act, rows, said, count, result == LT_OK);
    return lt_exit_of(result);
}

/* Planned and checked against the book, the file's line with what is wrong. */
static enum lt_result prepare(const char *dir, struct lt_bytes bytes, lt_entry_planning *planning,
                              struct lt_entry_plan *plan, struct lt_sheet_fault *fault)
{
    struct lt_import_view view;
    Lienthong__DirectiveBody body;
    char reason[LT_DIRECT_REASON_MAX] = "";
    size_t item = 0;
    enum lt_result result = lt_import_look(dir, &view, reason);
    if (result != LT_OK)
        return lt_table_fault(fault, result, 0, 0, "%s", reason);
    result = planning(bytes, lt_ledger_book(view.ledger), plan, fault);
    if (result == LT_OK && plan->count > 0) {
        lienthong__directive_body__init(&body);
        body.items = plan->items;
        body.n_items = plan->count;
        result = lt_direct_check(view.ledger, &body, &item, reason);
        if (result != LT_OK)
            lt_table_fault(fault, result,
                           result == LT_REFUSED ? lt_csv_line(&plan->csv, plan->rows[item]) : 0, 0,
                           "%s", reason);
    }
    lt_import_look_end(&view);
    return result;
}

int lt_import_entries(const struct lt_import_act *act, lt_entry_planning *planning)
{
    struct lt_sheet_fault fault = {.line = 0};
    struct lt_entry_plan plan = {.count = 0};
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result result = lt_table_load(act->file, &bytes, &size, &fault);
    if (result == LT_OK)
        result = prepare(act->dir, (struct lt_bytes){bytes, size}, planning, &plan, &fault);
    int code = lt_exit_of(result);
    if (result == LT_OK)
        code = lt_import_say(act, plan.items, plan.count, plan.row_count);
    else
        lt_import_tell(act->file, &fault);
    free(bytes);
    lt_entry_plan_free(&plan);
    return code;
}

int lt_import_given(const struct lt_options *given, const char *file, size_t at,
                    lt_entry_planning *planning)
{
    const struct lt_import_act act = {given->dir, file, given->json, given->values[at] != NULL,
                                      given->values[at + 1]};
    return lt_import_entries(&act, planning);
}
