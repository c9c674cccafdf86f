/* Telling the people of a unit something, from its page. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/notifying.h"
#include "hub/trial.h"
#include "hub/web/act.h"
#include "proto/standing.h"

enum { SHOWN_MAX = 5 };

/* What was told before, the newest of this hub's first. */
static void told_before(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place)
{
    size_t shown = 0;
    const struct lt_book *book = lt_ledger_book(asked->web->ledger);
    for (size_t i = 0; i < lt_book_notice_count(book) && shown < SHOWN_MAX; i++) {
        char hub[LT_UNIT_TEXT_MAX];
        const struct lt_notice *notice = lt_book_notice_at(book, i);
        if (lt_unit_cmp(&notice->unit, &place->unit) != 0)
            continue;
        lt_unit_format(&notice->hub, hub);
        lt_out_raw(out, shown++ == 0 ? "<ul class=\"rows\">\n<li><span>" : "<li><span>");
        lt_out_text(out, notice->text);
        lt_out_print(out, "</span> <small>%s</small></li>\n", hub);
    }
    lt_out_raw(out, shown > 0 ? "</ul>" : "");
}

void lt_act_notices(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                    uint64_t form)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&place->unit, unit);
    lt_out_print(
        out, "<section id=\"notice\"><h3>%s</h3><p class=\"hint\">%s</p>",
        lt_text("Nhắn cho đơn vị", "Tell the unit something"),
        lt_text("Máy của đơn vị hiện lời nhắn đến khi họ báo đã xem. Lời nhắn được ký và lưu "
                "mãi ở mọi cấp: không ghi tên người.",
                "The unit's PCs show it until somebody there has seen it. It is signed and "
                "kept for ever at every level: name nobody."));
    lt_act_form(asked, out, unit, "notice", form);
    lt_out_print(out,
                 "<label class=\"long\">%s <input name=\"text\" required maxlength=\"300\" "
                 "autocomplete=\"off\"></label><button>%s</button></form>",
                 lt_text("Lời nhắn", "Text"), lt_text("Xem trước", "Look at it first"));
    told_before(asked, out, place);
    lt_out_raw(out, "</section>\n");
}

static void ask(struct lt_act *act, const struct lt_notifying *plan, const char *code)
{
    struct lt_out *out = &act->answer->body;
    lt_act_ask(act, lt_text("Nhắn thế này?", "Tell them this?"));
    lt_out_raw(out, "<blockquote>");
    lt_out_text(out, plan->text);
    lt_out_print(out, "</blockquote><p class=\"hint\">%s</p>",
                 lt_text("Không rút lại được.", "It cannot be taken back."));
    lt_act_ask_end(act, code, lt_text("Nhắn", "Tell them"));
}

static void say(struct lt_act *act, struct lt_notifying *plan, const char *command)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    if (!lt_act_begin(act))
        return;
    const enum lt_result result =
        lt_direct_ask(act->asked->web->settings.dir, plan->items, 1, reason);
    lt_act_end(act);
    if (result == LT_OK)
        lt_act_done(act, lt_text("Đã nhắn", "Told"),
                    lt_text("Máy của đơn vị hiện lời nhắn khi nó nói chuyện với hub lần tới.",
                            "The unit's PCs show it when they next speak to the hub."),
                    "told");
    else
        lt_act_failed(act, result, reason, command);
}

void lt_act_notice(struct lt_act *act)
{
    char code[13] = "", command[80];
    const char *text = lt_act_value(act, "text"), *confirmed = lt_act_value(act, "confirm");
    struct lt_notifying plan = {.reason = ""};
    (void)snprintf(command, sizeof command, "lienthong-hub notice %s \"…\"", act->unit);
    enum lt_result result =
        lt_notifying_plan(act->asked->web->ledger, act->unit, text != NULL ? text : "", &plan);
    if (result == LT_OK)
        result = lt_trial_code(act->asked->web->ledger, plan.items, 1, code);
    if (result != LT_OK)
        lt_act_failed(act, result, plan.reason, command);
    else if (confirmed == NULL)
        ask(act, &plan, code);
    else
        say(act, &plan, command);
}
