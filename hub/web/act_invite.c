/* Inviting a PC of the unit, from its page: a code to print, the invitations that are open, and who waits to be let in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/invite.h"
#include "hub/invite_ask.h"
#include "hub/web/act.h"
#include "proto/message.h"

enum { SHOWN_MAX = 20 };

/* ---- The unit's invitations ---- */

struct gathering {
    const struct lt_unit *unit;
    int64_t now;
    size_t count; /* the newest, newest first */
    struct shown_invite {
        struct lt_hash hash;
        struct lt_invitation invitation;
        enum lt_invite_state state;
    } list[SHOWN_MAX];
};

static void gather(void *context, const struct lt_hash *hash,
                   const struct lt_invitation *invitation)
{
    struct gathering *all = context;
    if (lt_unit_cmp(&invitation->unit, all->unit) != 0 ||
        invitation->role != LIENTHONG__ROLE__ROLE_AGENT)
        return;
    size_t at = all->count;
    while (at > 0 && all->list[at - 1].invitation.made_at < invitation->made_at)
        at--;
    if (at == SHOWN_MAX)
        return;
    all->count += all->count < SHOWN_MAX;
    memmove(&all->list[at + 1], &all->list[at], (all->count - at - 1) * sizeof all->list[0]);
    all->list[at] =
        (struct shown_invite){*hash, *invitation, lt_invitation_state(invitation, all->now)};
}

static bool look(struct lt_web *web, struct gathering *all)
{
    struct lt_roster *roster = lt_web_roster(web);
    return roster != NULL && lt_roster_list(roster, gather, all) == LT_OK;
}

/* ---- The part of the page ---- */

static void one_button(struct lt_asked *asked, struct lt_out *out, const char *unit,
                       const char *name, const char *id, uint64_t form, const char *words)
{
    lt_act_form(asked, out, unit, name, form);
    lt_act_hidden(out, "id", id);
    lt_out_print(out, "<button class=\"small\">%s</button></form>", words);
}

static void approval(struct lt_asked *asked, struct lt_out *out, const char *unit, const char *id,
                     uint64_t form)
{
    lt_act_form(asked, out, unit, "approve", form);
    lt_act_hidden(out, "id", id);
    lt_out_print(out,
                 "<label>%s <input name=\"fingerprint\" required maxlength=\"%d\" "
                 "autocomplete=\"off\"></label><button class=\"small\">%s</button></form>",
                 lt_text("Dấu vân tay cán bộ đọc từ máy", "Fingerprint as the clerk reads it out"),
                 LT_FINGERPRINT_MAX + 8, lt_text("Cho vào", "Let in"));
    one_button(asked, out, unit, "refuse", id, form, lt_text("Từ chối", "Refuse"));
}

static void when(struct lt_out *out, const char *words, int64_t at)
{
    lt_out_raw(out, words);
    lt_web_page_when(out, at);
}

static void show_one(struct lt_asked *asked, struct lt_out *out, const char *unit,
                     const struct shown_invite *found, uint64_t form)
{
    char id[LT_INVITE_ID_MAX];
    const struct lt_invitation *invitation = &found->invitation;
    const bool waits = found->state == LT_INVITE_PENDING, open = found->state == LT_INVITE_OPEN;
    lt_invite_id(&found->hash, id);
    lt_out_print(out, "<li><code>%s</code> <span class=\"tone %s\">%s</span> <span>", id,
                 waits                             ? "warn"
                 : found->state == LT_INVITE_TAKEN ? "good"
                                                   : "",
                 lt_invite_state_text(found->state));
    when(out, lt_text("tạo lúc ", "made "), invitation->made_at);
    if (invitation->taken) {
        when(out, lt_text(", dùng lúc ", ", used "), invitation->taken_at);
        lt_out_raw(out, lt_text(" từ ", " from "));
        lt_out_text(out, invitation->address);
    } else {
        when(out, lt_text(", hết hạn ", ", ends "), invitation->expires_at);
    }
    lt_out_raw(out, "</span>");
    if (invitation->shown.by_others > 0)
        lt_out_print(out, " <span class=\"tone bad\">%s %u</span>",
                     lt_text("máy khác cũng đưa ra mã này, số lần:",
                             "another machine showed this code too, times:"),
                     (unsigned)invitation->shown.by_others);
    if (waits)
        approval(asked, out, unit, id, form);
    if (waits || open)
        one_button(asked, out, unit, "uninvite", id, form, lt_text("Thu hồi", "Take back"));
    lt_out_raw(out, "</li>\n");
}

static void new_invitation(struct lt_asked *asked, struct lt_out *out, const char *unit,
                           uint64_t form)
{
    lt_act_form(asked, out, unit, "invite", form);
    lt_out_print(out,
                 "<label>%s <input type=\"number\" name=\"days\" value=\"%d\" min=\"1\" "
                 "max=\"%d\" required></label><label class=\"check\"><input type=\"checkbox\" "
                 "name=\"approve\" value=\"1\"> %s</label><button>%s</button></form>",
                 lt_text("Dùng được trong (ngày)", "Good for (days)"), LT_INVITE_DAYS,
                 LT_INVITE_DAYS_MAX,
                 lt_text("so dấu vân tay qua điện thoại trước khi cho vào",
                         "compare the fingerprint by telephone before letting it in"),
                 lt_text("Tạo mã mời", "Make a code"));
}

void lt_act_invitations(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                        uint64_t form)
{
    char unit[LT_UNIT_TEXT_MAX];
    struct gathering *all = calloc(1, sizeof *all);
    if (all == NULL) {
        out->failed = true;
        return;
    }
    all->unit = &place->unit;
    all->now = lt_clock_wall();
    lt_unit_format(&place->unit, unit);
    lt_out_print(
        out, "<section id=\"invite\"><h3>%s</h3><p class=\"hint\">%s</p>",
        lt_text("Mời một máy vào", "Invite a PC"),
        lt_text("Mỗi mã dùng cho một máy, một lần. Mã chỉ hiện ngay sau khi tạo: in ra hoặc "
                "chép lại lúc đó.",
                "A code is for one PC, once. It is shown right after it was made and never "
                "again: print or copy it then."));
    new_invitation(asked, out, unit, form);
    if (!look(asked->web, all))
        lt_out_print(out, "<p class=\"hint\">%s</p>",
                     lt_text("Không đọc được danh sách lời mời.",
                             "The list of invitations cannot be read."));
    lt_out_raw(out, all->count > 0 ? "<ul class=\"rows\">\n" : "");
    for (size_t i = 0; i < all->count; i++)
        show_one(asked, out, unit, &all->list[i], form);
    lt_out_raw(out, all->count > 0 ? "</ul>" : "");
    lt_out_raw(out, "</section>\n");
    free(all);
}

/* ---- What it sends ---- */

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* As the command's own slip, in the page. */
static enum lt_result put_slip(struct lt_act *act, const json_t *said)
{
    struct lt_hub_site site;
    struct lt_invites invites = {.count = 0};
    struct lt_invite invite = {.name = (char *)act->place->name};
    char *bytes = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&bytes, &size);
    if (out == NULL)
        return LT_NO_MEMORY;
    lt_ledger_site(act->asked->web->ledger, &site);
    const struct lt_place *own = lt_book_place(lt_ledger_book(act->asked->web->ledger), &site.unit);
    invites.hub = site.unit;
    invites.hub_name = own != NULL ? (char *)own->name : NULL;
    (void)snprintf(invites.own.endpoint, sizeof invites.own.endpoint, "%s",
                   text_at(said, "endpoint"));
    invite.invitation = (struct lt_invitation){
        .unit = act->place->unit,
        .role = LIENTHONG__ROLE__ROLE_AGENT,
        .expires_at = json_integer_value(json_object_get(said, "expires_at")),
        .approve = json_is_true(json_object_get(said, "approve")),
    };
    (void)snprintf(invite.code, sizeof invite.code, "%s", text_at(said, "code"));
    (void)snprintf(invite.id, sizeof invite.id, "%s", text_at(said, "id"));
    enum lt_result result = lt_slip_body(out, &invites, &invite);
    if (fclose(out) != 0)
        result = LT_NO_MEMORY;
    if (result == LT_OK)
        lt_out_bytes(&act->answer->body, bytes, size);
    if (bytes != NULL)
        explicit_bzero(bytes, size);
    free(bytes);
    explicit_bzero(&invite, sizeof invite);
    return result;
}

static void show_code(struct lt_act *act, const json_t *said)
{
    struct lt_out *out = &act->answer->body;
    lt_act_log(act, text_at(said, "id"));
    act->asked->web->counts.acts++;
    lt_web_page_begin(act->asked, act->answer, lt_text("Mã mời", "The code"), "units");
    lt_out_print(
        out,
        "<p class=\"banner good\" role=\"status\">%s</p><p><button type=\"button\" hidden "
        "data-print>%s</button> <a href=\"/units/%s\">%s</a></p>",
        lt_text("Đã tạo mã mời. Mã chỉ hiện ở đây, lần này: in phiếu dưới đây hoặc chép mã, "
                "giao tận tay đơn vị.",
                "The code was made. It is shown here and now only: print the slip below, or "
                "copy the code, and hand it to the unit."),
        lt_text("In phiếu", "Print the slip"), act->unit,
        lt_text("Về trang đơn vị", "Back to the unit's page"));
    if (put_slip(act, said) != LT_OK)
        out->failed = true;
    lt_out_raw(out, "<p class=\"hint\"><code>");
    lt_out_text(out, text_at(said, "code"));
    lt_out_raw(out, "</code></p>");
    lt_web_page_end(act->asked, act->answer);
}

void lt_act_invite(struct lt_act *act)
{
    char command[120], reason[LT_INVITE_ASK_REASON_MAX] = "";
    unsigned days = LT_INVITE_DAYS;
    json_t *said = NULL;
    const char *given = lt_act_value(act, "days");
    const bool approve = lt_act_value(act, "approve") != NULL;
    if (given != NULL && !lt_invite_days(given, &days)) {
        lt_act_failed(act, LT_USAGE,
                      lt_text("số ngày là một số từ 1 đến 366", "days are a number from 1 to 366"),
                      "");
        return;
    }
    (void)snprintf(command, sizeof command, "lienthong-hub invite %s --days %u%s", act->unit, days,
                   approve ? " --approve" : "");
    json_t *request = json_pack("{s:s,s:s,s:i,s:b}", "do", "invite", "unit", act->unit, "days",
                                (int)days, "approve", (int)approve);
    if (request != NULL && lt_act_begin(act)) {
        const enum lt_result result =
            lt_invite_ask(act->asked->web->settings.dir, request, &said, reason);
        lt_act_end(act);
        if (result == LT_OK)
            show_code(act, said);
        else
            lt_act_failed(act, result, reason, command);
    }
    act->answer->body.failed = act->answer->body.failed || request == NULL;
    json_decref(said);
    json_decref(request);
}

static void settle(struct lt_act *act, const char *what, const char *id)
{
    char command[120], reason[LT_INVITE_ASK_REASON_MAX] = "", done[80];
    const char *fingerprint = lt_act_value(act, "fingerprint");
    json_t *said = NULL;
    json_t *request = json_pack("{s:s,s:s,s:s,s:s}", "do", what, "unit", act->unit, "id", id,
                                "fingerprint", fingerprint != NULL ? fingerprint : "");
    (void)snprintf(command, sizeof command,
                   strcmp(what, "revoke") == 0    ? "lienthong-hub invites --revoke %s"
                   : strcmp(what, "approve") == 0 ? "lienthong-hub approve %s --fingerprint …"
                                                  : "lienthong-hub approve %s --refuse",
                   id);
    if (request != NULL && lt_act_begin(act)) {
        const enum lt_result result =
            lt_invite_ask(act->asked->web->settings.dir, request, &said, reason);
        lt_act_end(act);
        (void)snprintf(done, sizeof done, "%s", id);
        if (result == LT_OK)
            lt_act_done(act, lt_text("Đã làm", "Done"), text_at(said, "said"), done);
        else
            lt_act_failed(act, result, reason, command);
    }
    act->answer->body.failed = act->answer->body.failed || request == NULL;
    json_decref(said);
    json_decref(request);
}

void lt_act_settle(struct lt_act *act)
{
    const char *id = lt_act_value(act, "id");
    const bool refuse = strcmp(act->name, "refuse") == 0;
    if (id == NULL || strlen(id) != LT_INVITE_ID_MAX - 1 ||
        strspn(id, "0123456789abcdef") != LT_INVITE_ID_MAX - 1) {
        lt_act_failed(act, LT_USAGE, lt_text("không rõ lời mời nào", "which invitation?"), "");
    } else if (refuse && lt_act_value(act, "confirm") == NULL) {
        lt_act_ask(act, lt_text("Từ chối máy đang chờ?", "Refuse the machine that waits?"));
        lt_out_print(
            &act->answer->body, "<p>%s</p>",
            lt_text("Máy ấy không vào được bằng mã này nữa, và việc này không đổi lại được; "
                    "đơn vị cần một mã khác.",
                    "It will not get in with this code, and that cannot be undone; the unit "
                    "needs another code."));
        lt_act_ask_end(act, "refuse", lt_text("Từ chối", "Refuse"));
    } else {
        settle(act, strcmp(act->name, "uninvite") == 0 ? "revoke" : act->name, id);
    }
}
