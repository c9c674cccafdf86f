/* cmd_units - units import: the tree, from the operator's file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/unit_table.h"

static const char USAGE[] =
    "Usage: lienthong-hub units import FILE.csv [--dry-run | --confirm CODE] [--json] [--dir D]\n"
    "Columns, in any order: code,parent,level,type,nature,name,valid_from,valid_to\n"
    "  level   nation province district commune base\n"
    "  nature  administrative (also when empty) agency school enterprise organisation forces\n"
    "  parent  a code, of the file or the tree; empty: directly under this hub's own unit\n"
    "  dates   2025-07-01 or 01/07/2025; empty: since ever, for ever\n"
    "--dry-run tells which figures would move. By a plan that makes records stop to count, it "
    "names\n"
    "the code without which that is refused.\n"
    "All rows or none; the same file again changes nothing. Units are added or closed, never "
    "removed.\n";

/* The whole file against the book at once. */
static enum lt_result check(struct lt_import_view *view, struct lt_unit_table *table,
                            struct lt_unit_plan *plan, struct lt_sheet_fault *fault)
{
    Lienthong__DirectiveBody body;
    char reason[LT_DIRECT_REASON_MAX] = "";
    size_t item = 0;
    lienthong__directive_body__init(&body);
    body.items = plan->items;
    body.n_items = plan->count;
    enum lt_result result = lt_direct_check(view->ledger, &body, &item, reason);
    if (result == LT_REFUSED) {
        lt_unit_table_refused(table, plan->rows[item], reason, fault);
    } else if (result != LT_OK) {
        lt_table_fault(fault, result, 0, 0, "%s", reason);
    }
    return result;
}

static enum lt_result prepare(const char *dir, struct lt_unit_table *table,
                              struct lt_unit_plan *ret_plan, struct lt_sheet_fault *fault)
{
    struct lt_import_view view;
    char reason[LT_DIRECT_REASON_MAX] = "";
    enum lt_result result = lt_import_look(dir, &view, reason);
    if (result != LT_OK) {
        return lt_table_fault(fault, result, 0, 0, "%s", reason);
    }
    result = lt_unit_table_plan(table, lt_ledger_book(view.ledger), &view.site.unit,
                                !view.site.has_parent, ret_plan, fault);
    if (result == LT_OK) {
        result = check(&view, table, ret_plan, fault);
        if (result != LT_OK) {
            lt_unit_plan_free(ret_plan);
        }
    }
    lt_import_look_end(&view);
    return result;
}

static int import_file(const struct lt_import_act *act)
{
    struct lt_sheet_fault fault = {.line = 0};
    struct lt_unit_table table;
    struct lt_unit_plan plan = {.count = 0};
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_table_load(act->file, &bytes, &size, &fault);
    if (result != LT_OK) {
        lt_import_tell(act->file, &fault);
        return lt_exit_of(result);
    }
    result = lt_unit_table_read((struct lt_bytes){bytes, size}, &table, &fault);
    free(bytes);
    if (result != LT_OK) {
        lt_import_tell(act->file, &fault);
        return lt_exit_of(result);
    }
    int code;
    result = prepare(act->dir, &table, &plan, &fault);
    if (result == LT_OK) {
        code = lt_import_say(act, plan.items, plan.count, table.count);
        lt_unit_plan_free(&plan);
    } else {
        lt_import_tell(act->file, &fault);
        code = lt_exit_of(result);
    }
    lt_unit_table_free(&table);
    return code;
}

static const struct lt_option import_options[] = {LT_IMPORT_OPTIONS};

int lt_hub_cmd_units(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, import_options, 2, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 2 || strcmp(options.operands[0], "import") != 0) {
        return lt_options_usage(USAGE, USAGE, "units: 'import' and one file");
    }
    return import_file(&(struct lt_import_act){options.dir, options.operands[1], options.json,
                                               options.values[0] != NULL, options.values[1]});
}
