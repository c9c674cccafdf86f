/* cmd_figures - statistics by place, year and other dimensions. */
#include <stdio.h>
#include <stdlib.h>

#include "agent/options.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/figures_words.h"
#include "hub/unread.h"

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

static const struct lt_option options[LT_WORD_COUNT] = {LT_FIGURES_OPTIONS};

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
    struct lt_unread unread;
    lt_unread_count(ledger, &unread);
    figures.unread = unread.reports;
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
    struct lt_figures_words words = {0};
    char reason[400] = "", opening[200] = "";
    int code = LT_EXIT_OK;
    argc = lt_figures_words_take(argc, argv, &words);
    if (!lt_options_parse(argc, argv, options, LT_WORD_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    lt_figures_words_given(&given, &words);
    enum lt_result result = lt_figures_words_query(&words, &query, reason);
    if (result != LT_OK || given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                result != LT_OK ? reason : given.operands[0]);
    result = lt_ledger_open(given.dir, true, &ledger, opening);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub figures: %s\n", opening);
        return LT_EXIT_FAILED;
    }
    result = show(ledger, words.place, given.json, &query, reason);
    lt_ledger_close(ledger);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub figures: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return exit_of(result);
}
