/* cmd_differences - decisions that tellers tell differently, and decisions that are nearly equal: a list to work
 * through. What is mended at its source leaves the list by itself. */
#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/figures.h"
#include "hub/told_list.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub differences --place MÃ[@NGÀY] [--year NĂM[..NĂM]] [--json | --csv] "
    "[--dir D]\n"
    "  Những quyết định mà các đơn vị báo cáo khác nhau (khác nhiều nhất trước), và những quyết "
    "định gần giống\n"
    "  nhau, có lẽ là một nhưng ghi khác. Sửa ở nơi báo cáo thì tự ra khỏi danh sách.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub differences --place CODE[@DATE] [--year Y[..Y]] [--json | --csv] [--dir "
    "D]\n"
    "  Decisions that tellers tell differently (the greatest difference first), and decisions that "
    "are nearly\n"
    "  equal, likely one that was typed differently. What is mended at its source leaves the list "
    "by itself.\n";

enum { O_PLACE, O_YEAR, O_CSV, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--place", true}, {"--year", true}, {"--csv", false}};

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {.year_from = LT_YEAR_MIN, .year_to = LT_YEAR_MAX};
    const bool of_years = given->values[O_YEAR] != NULL;
    enum lt_result result = LT_OK;
    if (of_years)
        result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], &years,
                                       ret_reason);
    if (result != LT_OK)
        return result;
    const struct lt_told_question question = {years.place, of_years ? years.year_from : 0,
                                              years.year_to, NULL};
    return lt_told_print(&lt_differences_list, ledger, &question,
                         lt_asking_format(given, given->values[O_CSV]));
}

int lt_hub_cmd_differences(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", given.operands[0]);
    if (given.values[O_PLACE] == NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s",
                                lt_text("cần --place", "--place is needed"));
    return lt_asking_run("differences", &given, ask);
}
