/* cmd_clusters - clusters (khối, cụm thi đua): who belongs to them, and who stood where. */
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/cluster_table.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/import.h"
#include "hub/told_list.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub clusters --place MÃ[@NGÀY] --year NĂM[..NĂM] [--json | --csv] [--dir "
    "D]\n"
    "           lienthong-hub clusters import TỆP.csv [--json] [--dir D]\n"
    "  Điểm và thứ hạng của từng khối, cụm: chung, và theo từng phong trào. Hạng được nêu là hạng "
    "tính;\n"
    "  hạng tính theo điểm đứng bên cạnh, khác nhau thì đánh dấu *.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub clusters --place CODE[@DATE] --year Y[..Y] [--json | --csv] [--dir D]\n"
    "       lienthong-hub clusters import FILE.csv [--json] [--dir D]\n"
    "  Points and ranks of each cluster, general and for each movement. A stated rank prevails; "
    "the one that\n"
    "  follows from the points stands beside it, marked * where they differ.\n"
    "  FILE: code,name,level,year,managing,lead,members (codes apart by blanks). All rows or none; "
    "the same\n"
    "  file again changes nothing.\n";

enum { O_PLACE, O_YEAR, O_CSV, O_DRY_RUN, O_CONFIRM, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--place", true}, {"--year", true}, {"--csv", false}, LT_IMPORT_OPTIONS};

static enum lt_result list(struct lt_ledger *ledger, const struct lt_options *given,
                           char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {0};
    enum lt_result result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], &years,
                                       ret_reason);
    if (result != LT_OK)
        return result;
    const struct lt_told_question question = {years.place, years.year_from, years.year_to, NULL};
    return lt_told_print(&lt_rankings_list, ledger, &question,
                         lt_asking_format(given, given->values[O_CSV]));
}

int lt_hub_cmd_clusters(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count == 2 && strcmp(given.operands[0], "import") == 0)
        return lt_import_given(&given, given.operands[1], O_DRY_RUN, lt_cluster_table_plan);
    if (given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", given.operands[0]);
    if (given.values[O_PLACE] == NULL || given.values[O_YEAR] == NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                lt_text("cần --place và --year", "--place and --year are needed"));
    return lt_asking_run("clusters", &given, list);
}
