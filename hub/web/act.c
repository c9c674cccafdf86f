#include "hub/web/act.h"

#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/choose.h"
#include "hub/web/pages.h"

bool lt_act_may(const struct lt_asked *asked, const struct lt_place *place)
{
    return asked->session != NULL && asked->who != NULL && asked->who->role >= LT_WEB_OPERATOR &&
           lt_asked_may_see(asked, place);
}

const char *lt_act_value(const struct lt_act *act, const char *name)
{
    const char *value = lt_url_param(&act->asked->form, name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

void lt_act_log(const struct lt_act *act, const char *what)
{
    lt_web_log("act by %s from %s on %s: %s: %.300s", act->asked->who->name, act->asked->peer,
               act->unit, act->name, what);
}

/* ---- Forms ---- */

void lt_act_hidden(struct lt_out *out, const char *name, const char *value)
{
    lt_out_raw(out, "<input type=\"hidden\" name=\"");
    lt_out_text(out, name);
    lt_out_raw(out, "\" value=\"");
    lt_out_text(out, value);
    lt_out_raw(out, "\">");
}

void lt_act_form(struct lt_asked *asked, struct lt_out *out, const char *unit, const char *name,
                 uint64_t form)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)form);
    lt_out_print(out, "<form class=\"act\" method=\"post\" action=\"/units/%s/%s\">", unit, name);
    lt_act_hidden(out, "csrf", asked->session->csrf);
    lt_act_hidden(out, "form", number);
}

void lt_act_ask(struct lt_act *act, const char *title)
{
    lt_web_page_begin(act->asked, act->answer, title, "units");
    lt_out_raw(&act->answer->body, "<p>");
    lt_out_text(&act->answer->body, act->place->name);
    lt_out_print(&act->answer->body, " <small>%s</small></p>", act->unit);
}

void lt_act_ask_end(struct lt_act *act, const char *code, const char *button)
{
    struct lt_asked *asked = act->asked;
    struct lt_out *out = &act->answer->body;
    lt_act_form(asked, out, act->unit, act->name,
                lt_session_form(asked->web->sessions, asked->session));
    for (size_t i = 0; i < asked->form.count; i++) {
        const struct lt_url_param *field = &asked->form.items[i];
        if (strcmp(field->name, "csrf") != 0 && strcmp(field->name, "form") != 0 &&
            strcmp(field->name, "confirm") != 0)
            lt_act_hidden(out, field->name, field->value);
    }
    lt_act_hidden(out, "confirm", code);
    lt_out_print(out, "<button class=\"grave\">%s</button> <a href=\"/units/%s\">%s</a></form>",
                 button, act->unit, lt_text("Thôi, quay lại", "No, go back"));
    lt_web_page_end(asked, act->answer);
}

/* ---- Doing ---- */

bool lt_act_begin(struct lt_act *act)
{
    struct lt_asked *asked = act->asked;
    const long form = lt_url_number(&asked->form, "form", 1, 0x7fffffff, 0);
    if (asked->web->slow < LT_SLOW_MAX && /* else they are told to send it again */
        !lt_session_send(asked->web->sessions, asked->session, (uint64_t)form)) {
        lt_act_log(act, "refused: the form was sent before, or is old");
        lt_answer_trouble(
            asked, act->answer, 409,
            lt_text("Biểu này đã gửi một lần, hoặc đã cũ. Mở lại trang đơn vị để xem và làm tiếp.",
                    "This form was sent once already, or is old. Open the unit's page again to see "
                    "and go on."));
        return false;
    }
    return lt_asked_slow(asked, act->answer);
}

void lt_act_end(struct lt_act *act)
{
    struct lt_web *web = act->asked->web;
    lt_asked_done(act->asked);
    lt_follower_hasten(web->follower);
    lt_web_look(web);
}

static void way_back(const struct lt_act *act, struct lt_out *out)
{
    lt_out_print(out, "<p><a href=\"/units/%s\">%s</a></p>", act->unit,
                 lt_text("Về trang đơn vị", "Back to the unit's page"));
}

void lt_act_done(struct lt_act *act, const char *title, const char *words, const char *what)
{
    struct lt_out *out = &act->answer->body;
    lt_act_log(act, what);
    act->asked->web->counts.acts++;
    lt_act_ask(act, title);
    lt_out_raw(out, "<p class=\"banner good\" role=\"status\">");
    lt_out_text(out, words);
    lt_out_raw(out, "</p>");
    way_back(act, out);
    lt_web_page_end(act->asked, act->answer);
}

void lt_act_failed(struct lt_act *act, enum lt_result result, const char *reason,
                   const char *command)
{
    struct lt_out *out = &act->answer->body;
    const bool none = result == LT_NOT_FOUND && reason[0] == '\0';
    const bool unknown = result == LT_IO && reason[0] == '\0'; /* it may have been done */
    lt_act_log(act, none      ? "not done: no hub runs"
                    : unknown ? "no answer: it may be done"
                              : "not done");
    act->answer->status = none || result == LT_IO || result == LT_NOT_READY ? 503
                          : result == LT_REFUSED || result == LT_BUSY       ? 409
                          : result == LT_NOT_FOUND                          ? 404
                          : result == LT_NO_MEMORY                          ? 500
                                                                            : 400;
    lt_act_ask(act, unknown ? lt_text("Chưa rõ đã làm hay chưa", "Not known whether it is done")
                            : lt_text("Chưa làm được", "Not done"));
    lt_out_raw(out, "<p class=\"banner bad\" role=\"alert\">");
    lt_out_text(
        out, none ? lt_text("Hub đang dừng, nên không có gì được làm.",
                            "The hub is stopped, so nothing was done.")
             : unknown ? lt_text("Hub chưa trả lời, nên việc này có thể đã được làm. Xem lại trang "
                                 "đơn vị trước khi thử lần nữa.",
                                 "No answer came from the hub, so this may have been done. Look at "
                                 "the unit's page before trying again.")
             : reason[0] != '\0' ? reason
                                 : lt_text_result(result));
    lt_out_raw(out, "</p>");
    if (command[0] != '\0') {
        lt_out_print(out, "<p>%s</p><p>",
                     lt_text("Lệnh làm việc này trên máy chủ:", "The command on the server:"));
        lt_web_page_command(act->asked, out, command);
        lt_out_raw(out, "</p>");
    }
    way_back(act, out);
    lt_web_page_end(act->asked, act->answer);
}

/* ---- Which act ---- */

void lt_page_act(struct lt_asked *asked, struct lt_answer *answer)
{
    static const struct {
        const char *name;
        void (*answer)(struct lt_act *act);
    } acts[] = {{"invite", lt_act_invite},           {"uninvite", lt_act_settle},
                {"approve", lt_act_settle},          {"refuse", lt_act_settle},
                {"revoke", lt_act_revoke},           {"endorse", lt_act_endorse},
                {"approve-key", lt_act_approve_key}, {"notice", lt_act_notice}};
    struct lt_act act = {.asked = asked, .answer = answer, .name = asked->url.parts[2]};
    char reason[LT_DIRECT_REASON_MAX] = "";
    const enum lt_result result =
        lt_choose_unit(lt_ledger_book(asked->web->ledger), asked->url.parts[1], &act.place, reason);
    if (result != LT_OK) {
        lt_answer_result(asked, answer, LT_NOT_FOUND, reason);
        return;
    }
    if (!lt_act_may(asked, act.place)) {
        lt_answer_trouble(asked, answer, 403,
                          lt_text("Tài khoản này không được làm việc đó với đơn vị này.",
                                  "This account may not do that to this unit."));
        return;
    }
    lt_unit_format(&act.place->unit, act.unit);
    answer->secret = true;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(acts[i].name, act.name) == 0) {
            acts[i].answer(&act);
            return;
        }
    lt_answer_trouble(asked, answer, 404,
                      lt_text("Địa chỉ này không có ở đây.", "There is no such address."));
}

void lt_act_section(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place)
{
    if (!lt_act_may(asked, place))
        return;
    lt_out_print(out, "<h2>%s</h2>", lt_text("Việc với đơn vị này", "Acting on this unit"));
    if (asked->web->seen->sight == LT_HUB_STOPPED)
        lt_out_print(
            out, "<p class=\"banner warn\">%s</p>",
            lt_text(
                "Hub đang dừng: các nút dưới đây chưa làm được gì, chỉ cho biết lệnh phải chạy.",
                "The hub is stopped: the buttons below can do nothing yet but name the command "
                "to run."));
    const uint64_t form = lt_session_form(asked->web->sessions, asked->session);
    lt_out_raw(out, "<div class=\"acts\">");
    lt_act_invitations(asked, out, place, form);
    lt_act_keys(asked, out, place, form);
    lt_act_notices(asked, out, place, form);
    lt_out_raw(out, "</div>\n");
}
