/* The rankings of clusters as a list: a heading for each, a row for each member. */
#include <stdio.h>

#include "agent/text.h"
#include "hub/rankings_told.h"
#include "hub/told_list.h"

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

static enum lt_result tell(struct lt_ledger *ledger, const struct lt_told_question *question,
                           struct lt_print *print)
{
    struct lt_rankings *rankings;
    enum lt_result result =
        lt_rankings_told(ledger, question->year_from, question->year_to, &rankings);
    if (result != LT_OK)
        return result;
    for (size_t i = 0; i < lt_rankings_count(rankings); i++) {
        const struct lt_ranking *ranking = lt_rankings_at(rankings, i);
        if (!lt_ranking_concerns(ranking, question->place))
            continue;
        show_heading(print, ranking);
        for (size_t j = 0; j < ranking->count; j++)
            show_row(print, ranking, &ranking->rows[j]);
    }
    lt_rankings_free(rankings);
    return LT_OK;
}

const struct lt_told_list lt_rankings_list = {"lienthong.clusters/1", columns, COLUMN_COUNT, tell};
