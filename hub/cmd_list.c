/* cmd_list - the records of a place other than awards: movements, proposals, pledges, exemplars,
 * declarations. Who told them and what became of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/cluster_table.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/import.h"
#include "hub/items.h"
#include "hub/list_rows.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub list LOẠI --place MÃ[@NGÀY] --year NĂM[..NĂM] [--json | --csv] "
    "[--dir D]\n"
    "           lienthong-hub list movements import TỆP.csv [--json] [--dir D]\n"
    "  LOẠI: movements (phong trào: phát động, hưởng ứng) proposals (đề nghị và kết quả) pledges "
    "(giao ước)\n"
    "        exemplars (điển hình) declarations (chốt số liệu)\n"
    "  TỆP: phong trào của cấp trên, gửi xuống: "
    "code,name,launcher,scope,from,to,method,implements\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub list KIND --place CODE[@DATE] --year Y[..Y] [--json | --csv] [--dir D]\n"
    "       lienthong-hub list movements import FILE.csv [--json] [--dir D]\n"
    "  KIND: movements (launched, carried on) proposals (and what became of them) pledges "
    "exemplars\n"
    "        declarations\n"
    "  FILE: movements from above, to be sent down: "
    "code,name,launcher,scope,from,to,method,implements\n";

enum { O_PLACE, O_YEAR, O_CSV, O_DRY_RUN, O_CONFIRM, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--place", true}, {"--year", true}, {"--csv", false}, LT_IMPORT_OPTIONS};

struct listing {
    const struct lt_list_kind *kind;
    const struct lt_book *book;
    const struct lt_place *place;
    struct lt_print *print;
    struct lt_list_cells cells;
    uint8_t group; /* of the kind's groups: only these rows now */
};

static bool list_item(void *context, const struct lt_item_view *view)
{
    struct listing *listing = context;
    if (!lt_place_within(view->fact.place, listing->place) ||
        listing->kind->group_of(view) != listing->group)
        return true;
    lt_list_fill(listing->kind, view, listing->book, &listing->cells);
    lt_print_row(listing->print, listing->cells.cells);
    return true;
}

static enum lt_result list(struct lt_ledger *ledger, const struct lt_options *given,
                           char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {0};
    struct listing listing = {.kind = lt_list_kind_of(given->operands[0]),
                              .book = lt_ledger_book(ledger)};
    enum lt_result result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(listing.book, given->values[O_PLACE], &years, ret_reason);
    if (result != LT_OK)
        return result;
    listing.place = years.place;
    listing.print =
        lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]), listing.kind->schema,
                       NULL, listing.kind->columns, listing.kind->column_count);
    if (listing.print == NULL)
        return LT_NO_MEMORY;
    for (uint8_t i = 0;
         i < LT_LIST_GROUPS_MAX && listing.kind->groups[i].vietnamese != NULL && result == LT_OK;
         i++) {
        listing.group = i;
        lt_print_heading(listing.print, lt_text(listing.kind->groups[i].vietnamese,
                                                listing.kind->groups[i].english));
        result = lt_items(ledger, listing.kind->kind, years.year_from, years.year_to, list_item,
                          &listing);
    }
    free(listing.cells.grown);
    enum lt_result printed = lt_print_end(listing.print, NULL);
    return result != LT_OK ? result : printed;
}

int lt_hub_cmd_list(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count == 3 && strcmp(given.operands[0], "movements") == 0 &&
        strcmp(given.operands[1], "import") == 0)
        return lt_import_given(&given, given.operands[2], O_DRY_RUN, lt_movement_table_plan);
    if (given.operand_count != 1 || lt_list_kind_of(given.operands[0]) == NULL)
        return lt_options_usage(
            USAGE_VI, USAGE_EN, "%s",
            lt_text("cần một loại: movements proposals pledges exemplars declarations",
                    "one kind is needed: movements proposals pledges exemplars declarations"));
    if (given.values[O_PLACE] == NULL || given.values[O_YEAR] == NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                lt_text("cần --place và --year", "--place and --year are needed"));
    return lt_asking_run("list", &given, list);
}
