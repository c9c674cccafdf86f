/* cmd_catalog - catalog import: titles and forms, from a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/title_table.h"

static const char USAGE[] =
    "Usage: lienthong-hub catalog import FILE.csv [--dry-run | --confirm CODE] [--json] [--dir D]\n"
    "Columns, in any order: code,kind,name,name_en,recipients,levels,law,valid_from,valid_to\n"
    "  kind        title or form\n"
    "  recipients  collective enterprise household individual, apart by spaces; empty: all\n"
    "  levels      state ministry province district commune base; empty: all\n"
    "Only at the top of the tree. All rows or none; the same file again changes nothing.\n";

static enum lt_result prepare(const char *dir, struct lt_title_table *table,
                              Lienthong__Directive ***ret_items, size_t *ret_count,
                              struct lt_sheet_fault *fault)
{
    struct lt_import_view view;
    char reason[LT_DIRECT_REASON_MAX] = "";
    enum lt_result result = lt_import_look(dir, &view, reason);
    if (result != LT_OK) {
        return lt_table_fault(fault, result, 0, 0, "%s", reason);
    }
    if (view.site.has_parent) {
        char top[LT_UNIT_TEXT_MAX];
        lt_unit_format(&view.site.top, top);
        result = lt_table_fault(fault, LT_REFUSED, 0, 0,
                                "the catalogue is kept by the top of the tree, %s", top);
    } else {
        result = lt_title_table_check(table, lt_ledger_book(view.ledger), fault);
        if (result == LT_OK) {
            result = lt_title_table_plan(table, lt_ledger_book(view.ledger), ret_items, ret_count);
        }
    }
    lt_import_look_end(&view);
    return result;
}

static int import_file(const struct lt_import_act *act)
{
    struct lt_sheet_fault fault = {.line = 0};
    struct lt_title_table table;
    Lienthong__Directive **items = NULL;
    uint8_t *bytes;
    size_t size, count = 0;
    enum lt_result result = lt_table_load(act->file, &bytes, &size, &fault);
    if (result != LT_OK) {
        lt_import_tell(act->file, &fault);
        return lt_exit_of(result);
    }
    result = lt_title_table_read((struct lt_bytes){bytes, size}, &table, &fault);
    free(bytes);
    if (result != LT_OK) {
        lt_import_tell(act->file, &fault);
        return lt_exit_of(result);
    }
    int code;
    result = prepare(act->dir, &table, &items, &count, &fault);
    if (result == LT_OK) {
        code = lt_import_say(act, items, count, table.count);
    } else {
        lt_import_tell(act->file, &fault);
        code = lt_exit_of(result);
    }
    free(items);
    lt_title_table_free(&table);
    return code;
}

static const struct lt_option import_options[] = {LT_IMPORT_OPTIONS};

int lt_hub_cmd_catalog(int argc, char **argv)
{
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, import_options, 2, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 2 || strcmp(options.operands[0], "import") != 0) {
        return lt_options_usage(USAGE, USAGE, "catalog: 'import' and one file");
    }
    return import_file(&(struct lt_import_act){options.dir, options.operands[1], options.json,
                                               options.values[0] != NULL, options.values[1]});
}
