/* cmd_completeness - who has reported, declared, or is missing for a period. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "agent/today.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/completeness.h"
#include "hub/dimension.h"
#include "hub/period_question.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub completeness --place MÃ[@NGÀY] --period KỲ [--kind LOẠI]\n"
    "           [--missing | --late] [--json | --csv] [--dir D]\n"
    "  KỲ: 2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1, 2024-H1\n"
    "  Đơn vị nào phải chốt số liệu của kỳ: đã chốt, không phát sinh, mới báo cáo, còn thiếu, được "
    "miễn.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub completeness --place CODE[@DATE] --period P [--kind KIND]\n"
    "           [--missing | --late] [--json | --csv] [--dir D]\n"
    "  P: 2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1, 2024-H1\n"
    "  Which units owe a declaration of the period: declared, nil, only reported, missing, "
    "exempt.\n";

enum { O_MISSING = LT_ASK_COUNT, O_LATE, O_CSV, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    LT_PERIOD_QUESTION_OPTIONS, {"--missing", false}, {"--late", false}, {"--csv", false}};

enum column {
    C_UNIT,
    C_NAME,
    C_STATE,
    C_SHOWN,
    C_DUE,
    C_LATE,
    C_TOTALS,
    C_QUARANTINED,
    C_CONTESTED,
    C_NEWEST,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_UNIT] = {"unit", "Mã", "Code", LT_PRINT_TEXT},
    [C_NAME] = {"name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_STATE] = {"state", NULL, NULL, LT_PRINT_TEXT},
    [C_SHOWN] = {"what_to_do", "Tình trạng", "State", LT_PRINT_TEXT},
    [C_DUE] = {"due", "Hạn", "Due", LT_PRINT_TEXT},
    [C_LATE] = {"late", "Trễ", "Late", LT_PRINT_TEXT},
    [C_TOTALS] = {"mismatch", "Số không khớp", "Totals that differ", LT_PRINT_TEXT},
    [C_QUARANTINED] = {"quarantined", "Bị giữ lại", "Quarantined", LT_PRINT_NUMBER},
    [C_CONTESTED] = {"contested", "Tranh chấp", "Contested", LT_PRINT_NUMBER},
    [C_NEWEST] = {"newest", "Ký gần nhất", "Last signed", LT_PRINT_TEXT},
};

struct showing {
    const struct lt_options *given;
    struct lt_print *print;
};

static bool show(void *context, const struct lt_unit_state *state)
{
    struct showing *showing = context;
    const bool open = state->owed == LT_OWED_MISSING || state->owed == LT_OWED_REPORTED;
    char unit[LT_UNIT_TEXT_MAX], due[11] = "", newest[LT_WHEN_TEXT_MAX] = "", numbers[2][24];
    if ((showing->given->values[O_MISSING] != NULL && !open) ||
        (showing->given->values[O_LATE] != NULL && !state->late))
        return true;
    lt_unit_format(&state->place->unit, unit);
    if (state->due != 0)
        lt_day_format_iso(state->due, due);
    if (state->newest != 0)
        lt_text_when(state->newest, newest);
    (void)snprintf(numbers[0], 24, "%llu", (unsigned long long)state->quarantined);
    (void)snprintf(numbers[1], 24, "%llu", (unsigned long long)state->contested);
    const char *cells[COLUMN_COUNT] = {
        [C_UNIT] = unit,
        [C_NAME] = state->place->name,
        [C_STATE] = lt_owed_name(state->owed),
        [C_SHOWN] = lt_unit_state_words(state),
        [C_DUE] = due,
        [C_LATE] = state->late ? lt_text("trễ", "late") : "",
        [C_TOTALS] = state->totals,
        [C_QUARANTINED] = numbers[0],
        [C_CONTESTED] = numbers[1],
        [C_NEWEST] = newest,
    };
    lt_print_row(showing->print, cells);
    return true;
}

static void head_of(const struct lt_completeness *sum, char ret_head[600])
{
    (void)snprintf(
        ret_head, 600,
        "\"expected\":%llu,\"reported\":%llu,\"declared\":%llu,\"nil\":%llu,\"late\":%llu,"
        "\"exempt\":%llu,\"missing\":%llu,\"mismatched\":%llu,\"complete\":%llu,"
        "\"quarantined\":%llu,\"contested\":%llu,\"oldest\":%lld,\"newest\":%lld,"
        "\"closed\":%s,\"rebuilding\":%s",
        (unsigned long long)sum->expected, (unsigned long long)sum->reported,
        (unsigned long long)sum->declared, (unsigned long long)sum->nil,
        (unsigned long long)sum->late, (unsigned long long)sum->exempt,
        (unsigned long long)sum->missing, (unsigned long long)sum->mismatched,
        (unsigned long long)sum->complete, (unsigned long long)sum->quarantined,
        (unsigned long long)sum->contested, (long long)sum->oldest, (long long)sum->newest,
        sum->closing != NULL ? "true" : "false", sum->rebuilding ? "true" : "false");
}

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_period_question question;
    struct lt_completeness sum;
    char head[600], words[LT_COMPLETENESS_WORDS_MAX];
    struct showing showing = {.given = given};
    const lt_day today = lt_today();
    enum lt_result result =
        lt_period_question_read(lt_ledger_book(ledger), given, &question, ret_reason);
    if (result == LT_OK)
        result = lt_completeness_ask(ledger, question.place, &question.period, question.kind, today,
                                     NULL, NULL, &sum);
    if (result != LT_OK)
        return result;
    head_of(&sum, head);
    showing.print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                   "lienthong.completeness/1", head, columns, COLUMN_COUNT);
    if (showing.print == NULL)
        return LT_NO_MEMORY;
    result = lt_completeness_ask(ledger, question.place, &question.period, question.kind, today,
                                 show, &showing, &sum);
    const enum lt_result printed = lt_print_end(showing.print, NULL);
    if (result == LT_OK && !given->json && given->values[O_CSV] == NULL) {
        lt_completeness_words(&sum, words);
        (void)printf("%s\n", words);
    }
    return result != LT_OK ? result : printed;
}

int lt_hub_cmd_completeness(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_period_question_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    return lt_asking_run("completeness", &given, ask);
}
