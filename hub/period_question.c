#include "hub/period_question.h"

#include <stdio.h>

#include "agent/text.h"
#include "hub/figures.h"

bool lt_period_question_parse(int argc, char **argv, const struct lt_option *options, size_t count,
                              const char *usage_vietnamese, const char *usage_english,
                              struct lt_options *ret_given, int *ret_exit)
{
    const char *wrong = NULL;
    if (!lt_options_parse(argc, argv, options, count, usage_vietnamese, usage_english, ret_given,
                          ret_exit))
        return false;
    if (ret_given->operand_count > 0)
        wrong = ret_given->operands[0];
    else if (ret_given->values[LT_ASK_PLACE] == NULL || ret_given->values[LT_ASK_PERIOD] == NULL)
        wrong = lt_text("cần --place và --period", "--place and --period are needed");
    if (wrong != NULL)
        *ret_exit = lt_options_usage(usage_vietnamese, usage_english, "%s", wrong);
    return wrong == NULL;
}

enum lt_result lt_period_question_read(const struct lt_book *book, const struct lt_options *given,
                                       struct lt_period_question *ret_question,
                                       char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {0};
    const char *kind = given->values[LT_ASK_KIND], *period = given->values[LT_ASK_PERIOD];
    *ret_question = (struct lt_period_question){0};
    if (lt_period_parse(period, &ret_question->period) != LT_OK) {
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX,
                       lt_text("kỳ không hiểu được: \"%.40s\"", "no period: \"%.40s\""), period);
        return LT_USAGE;
    }
    if (ret_question->period.kind == LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        (void)snprintf(
            ret_reason, LT_ASKING_REASON_MAX, "%s",
            lt_text("một ngày không phải là kỳ báo cáo", "a day is no period of reports"));
        return LT_USAGE;
    }
    ret_question->kind = kind == NULL ? 0 : lt_name_value(lt_kind_name, kind);
    if (kind != NULL && ret_question->kind == 0) {
        (void)snprintf(ret_reason, LT_ASKING_REASON_MAX,
                       lt_text("không có loại \"%.40s\"", "no kind \"%.40s\""), kind);
        return LT_USAGE;
    }
    years.year_from = years.year_to = ret_question->period.to;
    const enum lt_result result =
        lt_figures_find_place(book, given->values[LT_ASK_PLACE], &years, ret_reason);
    ret_question->place = years.place;
    return result;
}
