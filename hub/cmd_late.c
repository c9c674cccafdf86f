/* cmd_late - what came after a period was closed. */
#include <stdio.h>

#include "agent/text.h"
#include "hub/commands.h"
#include "hub/dimension.h"
#include "hub/late.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub late --place MÃ[@NGÀY] --period KỲ [--kind LOẠI] [--json | --csv] "
    "[--dir D]\n"
    "  Những thay đổi của kỳ đến sau khi kỳ đã khóa: mới, sửa, rút lại, không còn báo cáo.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub late --place CODE[@DATE] --period P [--kind KIND] [--json | --csv] "
    "[--dir "
    "D]\n"
    "  Changes of the period that came after it was closed: new, changed, retracted, withdrawn.\n";

enum { O_CSV = LT_ASK_COUNT, O_COUNT };
static const struct lt_option options[O_COUNT] = {LT_PERIOD_QUESTION_OPTIONS, {"--csv", false}};

enum column {
    C_UNIT,
    C_NAME,
    C_CHANGE,
    C_SHOWN,
    C_KIND,
    C_CODE,
    C_RECIPIENT,
    C_QUANTITY,
    C_SIGNED,
    C_VERDICT,
    C_ID,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_UNIT] = {"unit", "Mã", "Code", LT_PRINT_TEXT},
    [C_NAME] = {"name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_CHANGE] = {"change", NULL, NULL, LT_PRINT_TEXT},
    [C_SHOWN] = {"what", "Thay đổi", "Change", LT_PRINT_TEXT},
    [C_KIND] = {"kind", "Loại số liệu", "Kind", LT_PRINT_TEXT},
    [C_CODE] = {"code", "Danh hiệu", "Title", LT_PRINT_TEXT},
    [C_RECIPIENT] = {"recipient", "Đối tượng", "Recipient", LT_PRINT_TEXT},
    [C_QUANTITY] = {"quantity", "Số lượng", "Quantity", LT_PRINT_NUMBER},
    [C_SIGNED] = {"signed", "Ký lúc", "Signed", LT_PRINT_TEXT},
    [C_VERDICT] = {"verdict", "Bị giữ lại vì", "Quarantined because", LT_PRINT_TEXT},
    [C_ID] = {"change_id", NULL, NULL, LT_PRINT_TEXT},
};

static bool show(void *context, const struct lt_late *late)
{
    struct lt_print *print = context;
    char unit[LT_UNIT_TEXT_MAX], quantity[24], when[LT_WHEN_TEXT_MAX], id[2 * 32 + 16];
    lt_unit_format(&late->author->unit, unit);
    (void)snprintf(quantity, sizeof quantity, "%llu", (unsigned long long)late->fact.quantity);
    lt_text_when(late->signed_at, when);
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", late->update.bytes[i]);
    (void)snprintf(id + 64, 16, "-%u", (unsigned)late->index);
    const char *cells[COLUMN_COUNT] = {
        [C_UNIT] = unit,
        [C_NAME] = late->author->name,
        [C_CHANGE] = lt_late_name(late->kind),
        [C_SHOWN] = lt_late_words(late->kind),
        [C_KIND] = lt_dimension_show(LT_DIM_KIND, (uint8_t)late->fact.kind),
        [C_CODE] = late->fact.code == NULL ? "" : late->fact.code,
        [C_RECIPIENT] = lt_dimension_show(LT_DIM_RECIPIENT, late->fact.recipient),
        [C_QUANTITY] = quantity,
        [C_SIGNED] = when,
        [C_VERDICT] = late->verdict == LT_COUNTS ? "" : lt_verdict_text(late->verdict),
        [C_ID] = id,
    };
    lt_print_row(print, cells);
    return true;
}

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_period_question question;
    const struct lt_closing *closing;
    enum lt_result result =
        lt_period_question_read(lt_ledger_book(ledger), given, &question, ret_reason);
    if (result != LT_OK)
        return result;
    if (lt_book_closing(lt_ledger_book(ledger), question.place, &question.period, question.kind) ==
        NULL) {
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX, "%s",
                       lt_text("kỳ còn mở, chưa có gì là trễ (lệnh close)",
                               "the period is open, nothing is late yet (command close)"));
        return LT_NOT_FOUND;
    }
    struct lt_print *print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                            "lienthong.late/1", NULL, columns, COLUMN_COUNT);
    if (print == NULL)
        return LT_NO_MEMORY;
    result = lt_late(ledger, &question, show, print, &closing);
    const enum lt_result printed = lt_print_end(print, NULL);
    return result != LT_OK ? result : printed;
}

int lt_hub_cmd_late(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_period_question_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    return lt_asking_run("late", &given, ask);
}
