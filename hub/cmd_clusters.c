/* cmd_clusters - clusters (khối, cụm thi đua): who belongs to them, and who stood where. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/cluster_table.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/import.h"
#include "hub/rankings_told.h"

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

enum column {
    C_MANAGING,
    C_CLUSTER,
    C_YEAR,
    C_MOVEMENT,
    C_LEAD,
    C_RANK,
    C_STATED,
    C_COMPUTED,
    C_MEMBER,
    C_NAME,
    C_SELF,
    C_VERIFIED,
    C_FINAL,
    C_BONUS,
    C_PENALTY,
    C_TOTAL,
    C_DIFFERS,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_MANAGING] = {"managing", NULL, NULL, LT_PRINT_TEXT},
    [C_CLUSTER] = {"cluster", NULL, NULL, LT_PRINT_TEXT},
    [C_YEAR] = {"year", NULL, NULL, LT_PRINT_NUMBER},
    [C_MOVEMENT] = {"movement", NULL, NULL, LT_PRINT_TEXT},
    [C_LEAD] = {"lead", NULL, NULL, LT_PRINT_TEXT},
    [C_RANK] = {"rank", "Hạng", "Rank", LT_PRINT_NUMBER},
    [C_STATED] = {"stated", "Hạng nêu", "Stated", LT_PRINT_NUMBER},
    [C_COMPUTED] = {"computed", "Hạng tính", "Computed", LT_PRINT_NUMBER},
    [C_MEMBER] = {"member", "Mã", "Code", LT_PRINT_TEXT},
    [C_NAME] = {"name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_SELF] = {"self_scored", "Tự chấm", "Self", LT_PRINT_POINTS},
    [C_VERIFIED] = {"verified", "Thẩm định", "Verified", LT_PRINT_POINTS},
    [C_FINAL] = {"final", "Chung cuộc", "Final", LT_PRINT_POINTS},
    [C_BONUS] = {"bonus", "Thưởng", "Bonus", LT_PRINT_POINTS},
    [C_PENALTY] = {"penalty", "Trừ", "Penalty", LT_PRINT_POINTS},
    [C_TOTAL] = {"total", "Tổng", "Total", LT_PRINT_POINTS},
    [C_DIFFERS] = {"differs", "Khác nhau", "Differs", LT_PRINT_TEXT},
};

/* ---- Showing ---- */

static void number_text(bool said, int64_t number, char ret_text[24])
{
    ret_text[0] = '\0';
    if (said)
        (void)snprintf(ret_text, 24, "%lld", (long long)number);
}

/* What two tellers, or words and points, say differently. */
static const char *difference(const struct lt_ranked *row)
{
    const bool ranks = row->stated != 0 && row->computed != 0 && row->stated != row->computed;
    const bool points = row->self_scored.differs || row->verified.differs || row->final.differs;
    return ranks && points       ? lt_text("* hạng, điểm", "* rank, points")
           : ranks               ? lt_text("* hạng", "* rank")
           : points              ? lt_text("* điểm", "* points")
           : row->stated_differs ? lt_text("* hạng nêu", "* stated rank")
                                 : "";
}

static void show_row(struct lt_print *print, const struct lt_ranking *ranking,
                     const struct lt_ranked *row)
{
    char managing[LT_UNIT_TEXT_MAX], lead[LT_UNIT_TEXT_MAX] = "", member[LT_UNIT_TEXT_MAX];
    char texts[COLUMN_COUNT][24] = {{0}};
    const char *cells[COLUMN_COUNT];
    lt_unit_format(&ranking->managing->unit, managing);
    if (ranking->lead != NULL)
        lt_unit_format(&ranking->lead->unit, lead);
    lt_unit_format(&row->member->unit, member);
    number_text(true, ranking->year, texts[C_YEAR]);
    number_text(row->rank != 0, row->rank, texts[C_RANK]);
    number_text(row->stated != 0, row->stated, texts[C_STATED]);
    number_text(row->computed != 0, row->computed, texts[C_COMPUTED]);
    number_text(row->self_scored.said, row->self_scored.points, texts[C_SELF]);
    number_text(row->verified.said, row->verified.points, texts[C_VERIFIED]);
    number_text(row->final.said, row->final.points, texts[C_FINAL]);
    number_text(row->bonus != 0, row->bonus, texts[C_BONUS]);
    number_text(row->penalty != 0, row->penalty, texts[C_PENALTY]);
    number_text(row->has_total, row->total, texts[C_TOTAL]);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        cells[i] = texts[i];
    cells[C_MANAGING] = managing;
    cells[C_CLUSTER] = ranking->cluster;
    cells[C_MOVEMENT] = ranking->movement;
    cells[C_LEAD] = lead;
    cells[C_MEMBER] = member;
    cells[C_NAME] = row->member->name;
    cells[C_DIFFERS] = difference(row);
    lt_print_row(print, cells);
}

static void show_heading(struct lt_print *print, const struct lt_ranking *ranking)
{
    char text[3 * LT_LONG_TEXT_BYTES_MAX];
    (void)snprintf(text, sizeof text, "%s, %d, %s (%s%s%s)", ranking->cluster, ranking->year,
                   ranking->movement[0] == '\0' ? lt_text("xếp hạng chung", "general")
                                                : ranking->movement,
                   ranking->managing->name,
                   ranking->lead == NULL ? "" : lt_text("; đơn vị trưởng: ", "; lead: "),
                   ranking->lead == NULL ? "" : ranking->lead->name);
    lt_print_heading(print, text);
}

static enum lt_result show(const struct lt_rankings *rankings, const struct lt_place *place,
                           enum lt_print_format format)
{
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong.clusters/1", NULL, columns, COLUMN_COUNT);
    if (print == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < lt_rankings_count(rankings); i++) {
        const struct lt_ranking *ranking = lt_rankings_at(rankings, i);
        if (!lt_ranking_concerns(ranking, place))
            continue;
        show_heading(print, ranking);
        for (size_t j = 0; j < ranking->count; j++)
            show_row(print, ranking, &ranking->rows[j]);
    }
    return lt_print_end(print, NULL);
}

static enum lt_result list(struct lt_ledger *ledger, const struct lt_options *given,
                           char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {0};
    struct lt_rankings *rankings;
    enum lt_result result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], &years,
                                       ret_reason);
    if (result == LT_OK)
        result = lt_rankings_told(ledger, years.year_from, years.year_to, &rankings);
    if (result != LT_OK)
        return result;
    result = show(rankings, years.place, lt_asking_format(given, given->values[O_CSV]));
    lt_rankings_free(rankings);
    return result;
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
