/* cmd_figures - statistics by place, year and other dimensions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/today.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub figures --place MÃ[@NGÀY] (--year NĂM[..NĂM] | --period KỲ)\n"
    "           [--basis achieved|decided] [--tree NGÀY|today]\n"
    "           --by CHIỀU[,CHIỀU…] [--where CHIỀU=GIÁ_TRỊ]… [--json] [--dir D]\n"
    "  CHIỀU: place year month quarter half kind code level type recipient category sex field\n"
    "         movement nature status submitted posthumous scope length method outside\n"
    "  --year 2015-2020 hỏi cả giai đoạn; giai đoạn không nằm trong năm nào.\n"
    "  KỲ: 2024-05 (tháng), 2024-Q1 (quý), 2024-H1 (nửa năm) cùng --basis decided; 2024.\n"
    "  --tree hỏi theo cây đơn vị của ngày đó: hồ sơ của đơn vị cũ tính vào nơi nhận cả đơn vị;\n"
    "  phần chưa phân bổ được cho đơn vị trực thuộc ghi riêng.\n"
    "  Không nói đến kind thì chỉ tính khen thưởng; không nói đến status thì bỏ khen thưởng đã "
    "hủy.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub figures --place CODE[@DATE] (--year Y[..Y] | --period P)\n"
    "           [--basis achieved|decided] [--tree DATE|today]\n"
    "           --by DIM[,DIM…] [--where DIM=VALUE]… [--json] [--dir D]\n"
    "  DIM: place year month quarter half kind code level type recipient category sex field\n"
    "       movement nature status submitted posthumous scope length method outside\n"
    "  --year 2015-2020 asks for the period as a whole; it is in no single year.\n"
    "  P: 2024-05 (month), 2024-Q1 (quarter), 2024-H1 (half-year) with --basis decided; 2024.\n"
    "  --tree asks in the tree of that day: records of a unit that has ended count where the "
    "whole\n"
    "  of it went; what cannot be allocated to a unit below stands apart.\n"
    "  Without a word on kind only awards are shown; without one on status revoked ones are left "
    "out.\n";

enum { O_PLACE, O_YEAR, O_PERIOD, O_BASIS, O_TREE, O_BY, O_COUNT };
static const struct lt_option options[O_COUNT] = {{"--place", true},  {"--year", true},
                                                  {"--period", true}, {"--basis", true},
                                                  {"--tree", true},   {"--by", true}};

/* Takes every "--where X" out of argv, since it may stand there several times. */
static int take_wheres(int argc, char **argv, const char **ret_wheres, size_t *ret_count)
{
    int kept = 0;
    *ret_count = 0;
    for (int i = 0; i < argc; i++) {
        const char *where = NULL;
        if (strncmp(argv[i], "--where=", 8) == 0)
            where = argv[i] + 8;
        else if (strcmp(argv[i], "--where") == 0 && i + 1 < argc)
            where = argv[++i];
        if (where == NULL)
            argv[kept++] = argv[i];
        else if (*ret_count <= LT_WHERE_MAX)
            ret_wheres[(*ret_count)++] = where;
    }
    return kept;
}

static enum lt_result parse_when(const struct lt_options *given, struct lt_figures_query *query,
                                 char ret_reason[400])
{
    const char *year = given->values[O_YEAR], *period = given->values[O_PERIOD];
    if ((year == NULL) == (period == NULL)) {
        (void)snprintf(ret_reason, 400, "%s",
                       lt_text("cần --year hoặc --period, một trong hai",
                               "--year or --period is needed, one of the two"));
        return LT_USAGE;
    }
    enum lt_result result = year != NULL ? lt_figures_parse_year(year, query, ret_reason)
                                         : lt_figures_parse_period(period, query, ret_reason);
    if (result == LT_OK && given->values[O_TREE] != NULL)
        result = lt_figures_parse_tree(given->values[O_TREE], lt_today(), query, ret_reason);
    return result;
}

static enum lt_result parse(const struct lt_options *given, const char *const *wheres,
                            size_t where_count, struct lt_figures_query *query,
                            char ret_reason[400])
{
    const char *basis = given->values[O_BASIS];
    if (given->values[O_PLACE] == NULL) {
        (void)snprintf(ret_reason, 400, "%s", lt_text("cần --place", "--place is needed"));
        return LT_USAGE;
    }
    if (basis != NULL && strcmp(basis, "achieved") != 0 && strcmp(basis, "decided") != 0) {
        (void)snprintf(ret_reason, 400,
                       lt_text("--basis là achieved hoặc decided, không phải \"%.40s\"",
                               "--basis is achieved or decided, not \"%.40s\""),
                       basis);
        return LT_USAGE;
    }
    query->decided = basis != NULL && strcmp(basis, "decided") == 0;
    enum lt_result result = parse_when(given, query, ret_reason);
    if (result == LT_OK && given->values[O_BY] != NULL)
        result = lt_figures_parse_by(given->values[O_BY], query, ret_reason);
    for (size_t i = 0; i < where_count && result == LT_OK; i++)
        result = lt_figures_parse_where(wheres[i], query, ret_reason);
    return result;
}

static enum lt_result show(struct lt_ledger *ledger, const char *place, bool json,
                           struct lt_figures_query *query, char ret_reason[400])
{
    struct lt_figures figures;
    const struct lt_book *book = lt_ledger_book(ledger);
    enum lt_result result = lt_figures_find_place(book, place, query, ret_reason);
    if (result == LT_OK)
        result = lt_figures_ask(ledger, query, &figures, ret_reason);
    if (result != LT_OK)
        return result;
    char *text = json ? lt_figures_json(query, &figures) : lt_figures_table(query, &figures, book);
    lt_figures_clear(&figures);
    if (text == NULL) {
        (void)snprintf(ret_reason, 400, "%s", lt_result_text(LT_NO_MEMORY));
        return LT_NO_MEMORY;
    }
    bool told = fputs(text, stdout) >= 0 && (!json || putchar('\n') != EOF) && fflush(stdout) == 0;
    free(text);
    if (!told)
        (void)snprintf(ret_reason, 400, "%s", lt_text("không ghi ra được", "cannot write"));
    return told ? LT_OK : LT_IO;
}

/* What was asked is wrong, or the store is. */
static int exit_of(enum lt_result result)
{
    return result == LT_NOT_FOUND || result == LT_AMBIGUOUS || result == LT_TOO_LARGE
               ? LT_EXIT_UNFINISHED
               : lt_exit_of(result);
}

int lt_hub_cmd_figures(int argc, char **argv)
{
    struct lt_options given;
    struct lt_figures_query query = {0};
    struct lt_ledger *ledger;
    const char *wheres[LT_WHERE_MAX + 1];
    size_t where_count;
    char reason[400] = "", opening[200] = "";
    int code = LT_EXIT_OK;
    argc = take_wheres(argc, argv, wheres, &where_count);
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    enum lt_result result = parse(&given, wheres, where_count, &query, reason);
    if (result != LT_OK || given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                result != LT_OK ? reason : given.operands[0]);
    result = lt_ledger_open(given.dir, true, &ledger, opening);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub figures: %s\n", opening);
        return LT_EXIT_FAILED;
    }
    result = show(ledger, given.values[O_PLACE], given.json, &query, reason);
    lt_ledger_close(ledger);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub figures: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return exit_of(result);
}
