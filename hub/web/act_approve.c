/* The top's word to a key that waits, from the unit's page. Its digits are typed, as the office reads them out: who looks at two
 * numbers on one page compares nothing. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/approving.h"
#include "hub/web/act.h"

static bool is_top(const struct lt_asked *asked)
{
    struct lt_hub_site site;
    lt_ledger_site(asked->web->ledger, &site);
    return !site.has_parent;
}

void lt_act_waiting(struct lt_asked *asked, struct lt_out *out, const char *unit, uint64_t form)
{
    if (!is_top(asked)) {
        lt_out_print(out, "<p class=\"hint\">%s</p>",
                     lt_text("Khóa đang chờ được duyệt ở cấp cao nhất của cây.",
                             "A key that waits is approved at the top of the tree."));
        return;
    }
    lt_out_print(
        out, "<details class=\"act\"><summary>%s</summary><p class=\"hint\">%s</p>",
        lt_text("Duyệt khóa đang chờ", "Approve a key that waits"),
        lt_text(
            "Gọi cho đơn vị và hỏi máy ấy có phải của họ không. Họ đọc các chữ số ở phần tình "
            "trạng "
            "trên máy; gõ lại đúng như họ đọc.",
            "Call the office and ask whether that PC is theirs. They read out the digits that its "
            "status shows; type what they read."));
    lt_act_form(asked, out, unit, "approve-key", form);
    lt_out_print(out,
                 "<label>%s <input name=\"digits\" required minlength=\"%d\" maxlength=\"24\" "
                 "autocomplete=\"off\" spellcheck=\"false\"></label><button>%s</button></form>"
                 "</details>",
                 lt_text("16 chữ số của khóa", "The key's 16 digits"), LT_KEY_SHOWN,
                 lt_text("Duyệt", "Approve"));
}

/* As they are typed: blanks and hyphens between them do not count, nor does their case. */
static void read_digits(const char *typed, char ret_digits[LT_KEY_SHOWN + 2])
{
    size_t count = 0;
    for (; *typed != '\0' && count <= LT_KEY_SHOWN; typed++)
        if (*typed != ' ' && *typed != '-')
            ret_digits[count++] =
                *typed >= 'A' && *typed <= 'F' ? (char)(*typed - 'A' + 'a') : *typed;
    ret_digits[count] = '\0';
}

static enum lt_result plan(struct lt_act *act, const char *digits, struct lt_approval *approval,
                           bool *ret_needed, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_key_table table = {.count = 0};
    const char *wrong =
        !is_top(act->asked) ? lt_text("khóa được duyệt ở cấp cao nhất của cây; hub này ở dưới",
                                      "keys are approved at the top of the tree; this hub is below")
        : strlen(digits) != LT_KEY_SHOWN
            ? lt_text("cần đủ 16 chữ số của khóa", "all 16 digits of the key are needed")
            : NULL;
    if (wrong != NULL) {
        (void)snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", wrong);
        return LT_USAGE;
    }
    enum lt_result result =
        lt_key_table_fill(&table, lt_ledger_book(act->asked->web->ledger), &act->place->unit);
    if (result == LT_OK)
        result = lt_approving_plan(&table, digits, approval, ret_needed, ret_reason);
    lt_key_table_free(&table);
    return result;
}

void lt_act_approve_key(struct lt_act *act)
{
    char digits[LT_KEY_SHOWN + 2] = "", reason[LT_DIRECT_REASON_MAX] = "", command[80], what[80];
    const char *typed = lt_act_value(act, "digits");
    struct lt_approval approval;
    Lienthong__Directive *items[1] = {&approval.item};
    bool needed = false;
    read_digits(typed != NULL ? typed : "", digits);
    enum lt_result result = plan(act, digits, &approval, &needed, reason);
    (void)snprintf(command, sizeof command, "lienthong-hub keys --approve %.16s", digits);
    if (result != LT_OK) {
        lt_act_failed(act, result, reason, command);
        return;
    }
    if (!lt_act_begin(act))
        return;
    if (needed)
        result = lt_direct_ask(act->asked->web->settings.dir, items, 1, reason);
    lt_act_end(act);
    (void)snprintf(what, sizeof what, "key %.16s approved", digits);
    if (result == LT_OK)
        lt_act_done(act, lt_text("Đã duyệt khóa", "The key is approved"),
                    lt_text("Từ nay những gì máy này ký được tính ở mọi cấp.",
                            "What this PC signs counts at every level from now on."),
                    what);
    else
        lt_act_failed(act, result, reason, command);
}
