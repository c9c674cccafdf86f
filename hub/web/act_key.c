/* Ending a PC's key at a cut, and letting single updates count outside one, from the unit's page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/revoking.h"
#include "hub/trial.h"
#include "hub/web/act.h"

enum { ENDORSED_MAX = 32 /* at once, and shown */, COMMAND_MAX = 3000 };

/* ---- The part of the page: keys ---- */

static const char *state_words(const struct lt_granted_key *key)
{
    return key->revoked  ? lt_text("đã thu hồi", "revoked")
           : key->awaits ? lt_text("chờ cấp cao nhất", "waits for the top")
           : key->stands ? lt_text("có hiệu lực", "valid")
                         : lt_text("chưa rõ ở đây", "unknown here");
}

static void digits_of(const struct lt_granted_key *key, char ret_digits[LT_KEY_SHOWN + 1])
{
    char hex[65];
    lt_hex(key->key.bytes, 32, hex);
    memcpy(ret_digits, hex, LT_KEY_SHOWN);
    ret_digits[LT_KEY_SHOWN] = '\0';
}

static void show_key(struct lt_out *out, const struct lt_granted_key *key)
{
    char digits[LT_KEY_SHOWN + 1], hub[LT_UNIT_TEXT_MAX];
    digits_of(key, digits);
    lt_unit_format(&key->hub, hub);
    lt_out_print(out,
                 "<li><code>%s</code> <span>%s</span> <span class=\"tone %s\">%s</span> "
                 "<span>%s %s</span></li>\n",
                 digits,
                 key->role == LIENTHONG__ROLE__ROLE_HUB ? lt_text("máy chủ", "hub")
                                                        : lt_text("máy trạm", "PC"),
                 key->revoked  ? "bad"
                 : key->awaits ? "warn"
                 : key->stands ? "good"
                               : "",
                 state_words(key), lt_text("cấp bởi", "granted by"), hub);
}

/* Of a key that has ended the cut may be changed. */
static bool may_end(const struct lt_granted_key *key)
{
    return key->role == LIENTHONG__ROLE__ROLE_AGENT;
}

static void choose_key(struct lt_out *out, const struct lt_key_table *table)
{
    char digits[LT_KEY_SHOWN + 1], words[120];
    lt_out_print(out, "<label>%s <select name=\"key\">", lt_text("Khóa", "Key"));
    for (size_t i = 0; i < table->count; i++)
        if (may_end(&table->keys[i])) {
            digits_of(&table->keys[i], digits);
            (void)snprintf(words, sizeof words, "%s%s", digits,
                           table->keys[i].revoked ? lt_text(" (đã thu hồi: đổi phần được giữ)",
                                                            " (revoked: change what is kept)")
                                                  : "");
            lt_web_page_option(out, digits, words, NULL);
        }
    lt_out_raw(out, "</select></label>");
}

static void choose_cut(struct lt_out *out)
{
    static const char radio[] = "<label class=\"check\"><input type=\"radio\" name=\"keep\" "
                                "value=\"%s\"%s> %s</label>";
    lt_out_print(out, "<fieldset><legend>%s</legend>",
                 lt_text("Những gì khóa này đã ký", "What this key has signed"));
    lt_out_print(
        out, radio, "all", " checked",
        lt_text("giữ tất cả những gì đã đến đây (máy mất hôm nay, trước đó vẫn đúng)",
                "keep all that has come here (the PC was lost today, before that it was right)"));
    lt_out_print(out, radio, "before", "",
                 lt_text("chỉ giữ những gì ký trước ngày:", "keep only what it signed before:"));
    lt_out_print(out,
                 "<label class=\"under\"><span class=\"aloud\">%s</span><input type=\"date\" "
                 "name=\"before\"></label>",
                 lt_text("Ngày", "Day"));
    lt_out_print(out, radio, "none", "",
                 lt_text("không giữ gì (khóa chưa bao giờ thuộc về đơn vị)",
                         "keep nothing (the key was never the unit's)"));
    lt_out_raw(out, "</fieldset>");
}

static void end_a_key(struct lt_asked *asked, struct lt_out *out, const char *unit,
                      const struct lt_key_table *table, uint64_t form)
{
    lt_out_print(
        out, "<details class=\"act\"><summary>%s</summary><p class=\"hint\">%s</p>",
        lt_text("Thu hồi khóa của một máy", "End a PC's key"),
        lt_text("Khi máy bị mất, bị lấy cắp hoặc bị sao chép. Trước khi làm, trang sau cho "
                "biết mất gì và giữ gì.",
                "When a PC was lost, stolen or copied. The next page says what will be lost "
                "and kept before anything is done."));
    lt_act_form(asked, out, unit, "revoke", form);
    choose_key(out, table);
    choose_cut(out);
    lt_out_print(
        out,
        "<label class=\"long\">%s <input name=\"why\" maxlength=\"200\" "
        "autocomplete=\"off\"></label><button>%s</button></form></details>",
        lt_text("Lý do (đơn vị và các cấp đều thấy)", "Reason (the unit and all levels see it)"),
        lt_text("Xem trước", "Look at it first"));
}

/* ---- The part of the page: what a revoked key has signed ---- */

struct cut_off {
    struct lt_out *out;
    size_t count;
};

static bool show_cut_off(void *context, const struct lt_signed *update)
{
    struct cut_off *cut_off = context;
    char id[65];
    if (!update->cut_off || update->endorsed)
        return true;
    if (cut_off->count++ >= ENDORSED_MAX)
        return true;
    lt_hex(update->id.bytes, 32, id);
    lt_out_print(cut_off->out,
                 "<li><label class=\"check\"><input type=\"checkbox\" name=\"update\" "
                 "value=\"%.16s\"> <span><code>%.16s</code> ",
                 id, id);
    lt_web_page_when(cut_off->out, update->signed_at);
    lt_out_print(cut_off->out, lt_text(", %zu thay đổi", ", %zu changes"), update->changes);
    lt_out_print(cut_off->out, "</span></label> <a href=\"/updates/%s\">%s</a></li>\n", id,
                 lt_text("xem", "look"));
    return true;
}

static void endorse_some(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                         const char *unit, uint64_t form)
{
    struct lt_out list = {.bytes = NULL};
    struct cut_off cut_off = {.out = &list};
    const struct lt_chain chain = {LT_STREAM_REPORT, place->unit};
    if (lt_signed_by(asked->web->ledger, &chain, show_cut_off, &cut_off) == LT_OK &&
        cut_off.count > 0) {
        lt_out_print(out,
                     "<details class=\"act\"><summary>%s: %zu</summary><p class=\"hint\">%s</p>",
                     lt_text("Không được tính vì khóa đã bị thu hồi",
                             "Do not count, since their key was revoked"),
                     cut_off.count,
                     lt_text("Khi đơn vị xác nhận chính họ đã ký, từng bản cập nhật được tính lại.",
                             "When the office confirms that it signed them itself, single updates "
                             "are let count again."));
        lt_act_form(asked, out, unit, "endorse", form);
        lt_out_raw(out, "<ul class=\"plain\">");
        lt_out_bytes(out, list.bytes, list.size);
        lt_out_raw(out, "</ul>");
        if (cut_off.count > ENDORSED_MAX)
            lt_out_print(out, "<p class=\"hint\">%s</p>",
                         lt_text("Chỉ hiện 32 bản đầu; các bản sau hiện khi những bản này xong.",
                                 "The first 32 are shown; the others when these are done."));
        lt_out_print(out, "<button>%s</button></form></details>",
                     lt_text("Xem trước", "Look at it first"));
    }
    out->failed = out->failed || list.failed;
    lt_out_free(&list);
}

void lt_act_keys(struct lt_asked *asked, struct lt_out *out, const struct lt_place *place,
                 uint64_t form)
{
    char unit[LT_UNIT_TEXT_MAX];
    struct lt_key_table table = {.count = 0};
    bool any = false, waits = false;
    lt_unit_format(&place->unit, unit);
    if (lt_key_table_fill(&table, lt_ledger_book(asked->web->ledger), &place->unit) != LT_OK)
        out->failed = true;
    lt_out_print(out, "<section id=\"keys\"><h3>%s</h3>", lt_text("Khóa", "Keys"));
    if (table.count == 0)
        lt_out_print(out, "<p class=\"hint\">%s</p>",
                     lt_text("Đơn vị chưa có khóa nào: chưa máy nào tham gia.",
                             "The unit has no key: no PC has joined."));
    lt_out_raw(out, table.count > 0 ? "<ul class=\"rows\">\n" : "");
    for (size_t i = 0; i < table.count; i++) {
        show_key(out, &table.keys[i]);
        any = any || may_end(&table.keys[i]);
        waits = waits || table.keys[i].awaits;
    }
    lt_out_raw(out, table.count > 0 ? "</ul>" : "");
    if (waits)
        lt_act_waiting(asked, out, unit, form);
    if (any)
        end_a_key(asked, out, unit, &table, form);
    endorse_some(asked, out, place, unit, form);
    lt_out_raw(out, "</section>\n");
    lt_key_table_free(&table);
}

/* ---- Saying it ---- */

/* Asked again with the code that the page before had shown? Else *ret_code is the one of now. */
static bool is_confirmed(struct lt_act *act, struct lt_revoking *plan, char ret_code[13],
                         enum lt_result *ret_result)
{
    const char *given = lt_act_value(act, "confirm");
    *ret_result = lt_trial_code(act->asked->web->ledger, plan->items, plan->item_count, ret_code);
    return *ret_result == LT_OK && given != NULL && strcmp(given, ret_code) == 0;
}

static void say(struct lt_act *act, struct lt_revoking *plan, const char *command,
                const char *words)
{
    char reason[LT_DIRECT_REASON_MAX] = "", what[80];
    if (!lt_act_begin(act))
        return;
    enum lt_result result =
        lt_direct_ask(act->asked->web->settings.dir, plan->items, plan->item_count, reason);
    lt_act_end(act);
    (void)snprintf(what, sizeof what, "%zu said", plan->item_count);
    if (result == LT_OK)
        lt_act_done(act, lt_text("Đã làm", "Done"), words, what);
    else
        lt_act_failed(act, result, reason, command);
}

static void number(struct lt_out *out, size_t value)
{
    char text[LT_NUMBER_TEXT_MAX];
    lt_text_number((int64_t)value, text);
    lt_out_raw(out, text);
}

static void told(struct lt_out *out, const char *term, size_t updates, size_t changes)
{
    lt_out_print(out, "<dt>%s</dt><dd>", term);
    number(out, updates);
    lt_out_raw(out, lt_text(" bản cập nhật, ", " updates, "));
    number(out, changes);
    lt_out_raw(out, lt_text(" thay đổi", " changes"));
}

static void ask_revocation(struct lt_act *act, const struct lt_revoking *plan,
                           const struct lt_key_cut_told *all, const char *code, const char *command)
{
    char digits[LT_KEY_SHOWN + 1];
    struct lt_out *out = &act->answer->body;
    digits_of(&plan->key, digits);
    lt_act_ask(act, lt_text("Thu hồi khóa này?", "End this key?"));
    lt_out_print(
        out, "<p class=\"banner bad\" role=\"alert\">%s</p><dl><dt>%s</dt><dd><code>%s</code></dd>",
        lt_text("Khóa đã thu hồi không bao giờ có hiệu lực lại. Máy dùng khóa này bị ngắt; "
                "đơn vị cần một mã mời mới nếu đó là máy của họ.",
                "A key once ended is never valid again. The PC that uses it is cut off; the "
                "unit needs a new code if that was its PC."),
        lt_text("Khóa", "Key"), digits);
    told(out, lt_text("Giữ lại, vẫn được tính", "Kept, and counts on"), all->kept_updates,
         all->kept_changes);
    lt_out_raw(out, "</dd>");
    told(out, lt_text("Mất: không được tính nữa", "Lost: counts no more"), all->lost_updates,
         all->lost_changes);
    if (all->lost_from != 0) {
        lt_out_raw(out, lt_text(", ký từ ", ", signed from "));
        lt_web_page_when(out, all->lost_from);
        lt_out_raw(out, lt_text(" đến ", " to "));
        lt_web_page_when(out, all->lost_to);
    }
    lt_out_print(out, "</dd><dt>%s</dt><dd>", lt_text("Lý do", "Reason"));
    lt_out_text(out, plan->why[0] != '\0' ? plan->why : "–");
    lt_out_print(out, "</dd></dl><p class=\"hint\">%s <code>",
                 lt_text("Bản cập nhật bị mất vẫn được lưu, và từng bản có thể được xác nhận sau. "
                         "Số liệu nào đổi, xem bằng lệnh:",
                         "What is lost stays stored, and can be endorsed one by one later. Which "
                         "figures would move, the command tells:"));
    lt_out_text(out, command);
    lt_out_raw(out, " --dry-run</code></p>");
    lt_act_ask_end(act, code, lt_text("Thu hồi khóa", "End the key"));
}

static void command_of_revoke(const struct lt_act *act, const struct lt_revoking_ask *ask,
                              char ret_command[COMMAND_MAX])
{
    (void)snprintf(ret_command, COMMAND_MAX, "lienthong-hub revoke %s --key %s%s%s", act->unit,
                   ask->key, ask->before != NULL ? " --before " : " --keep ",
                   ask->before != NULL ? ask->before : ask->keep);
}

static enum lt_result read_revocation(const struct lt_act *act, struct lt_revoking_ask *ask)
{
    const char *keep = lt_act_value(act, "keep"), *key = lt_act_value(act, "key");
    *ask = (struct lt_revoking_ask){
        .unit = act->unit, .key = key, .reason = lt_act_value(act, "why"), .pc_only = true};
    if (key == NULL || strspn(key, "0123456789abcdef") != strlen(key) || keep == NULL)
        return LT_USAGE;
    if (strcmp(keep, "before") == 0) {
        ask->before = lt_act_value(act, "before");
        return ask->before != NULL ? LT_OK : LT_USAGE;
    }
    ask->keep = keep;
    return strcmp(keep, "all") == 0 || strcmp(keep, "none") == 0 ? LT_OK : LT_USAGE;
}

void lt_act_revoke(struct lt_act *act)
{
    struct lt_revoking_ask ask;
    struct lt_key_cut_told all;
    char command[COMMAND_MAX] = "", code[13];
    struct lt_ledger *ledger = act->asked->web->ledger;
    struct lt_revoking *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        lt_act_failed(act, LT_NO_MEMORY, "", "");
        return;
    }
    enum lt_result result = read_revocation(act, &ask);
    if (result == LT_OK) {
        command_of_revoke(act, &ask, command);
        result = lt_revoking_plan(ledger, &ask, plan);
    } else {
        (void)snprintf(plan->reason, sizeof plan->reason, "%s",
                       lt_text("hãy chọn khóa và cái được giữ; nếu giữ trước một ngày, ghi ngày ấy",
                               "choose the key and what is kept; before a day: name that day"));
    }
    if (result == LT_OK)
        result = lt_key_cut_tell(ledger, &plan->chain, &plan->key.key, &plan->cut, &all);
    if (result == LT_OK && is_confirmed(act, plan, code, &result))
        say(act, plan, command,
            lt_text("Khóa đã bị thu hồi. Số liệu đổi theo trong ít phút, ở mọi cấp.",
                    "The key has ended. Figures follow within minutes, at all levels."));
    else if (result == LT_OK)
        ask_revocation(act, plan, &all, code, command);
    else
        lt_act_failed(act, result, plan->reason, command);
    free(plan);
}

/* ---- Endorsing ---- */

static void ask_endorsement(struct lt_act *act, const struct lt_revoking *plan, const char *code)
{
    struct lt_out *out = &act->answer->body;
    lt_act_ask(act, lt_text("Cho các bản cập nhật này được tính?", "Let these updates count?"));
    lt_out_print(
        out, "<p class=\"banner warn\" role=\"alert\">%s</p><ul>",
        lt_text("Chỉ xác nhận những gì chính đơn vị nói là họ đã ký: khóa của chúng đã bị thu "
                "hồi. Việc này không rút lại được.",
                "Confirm only what the office itself says it signed: their key was revoked. "
                "This cannot be taken back."));
    for (size_t i = 0; i < plan->item_count; i++) {
        char id[65];
        lt_hex(plan->endorsed[i].bytes, 32, id);
        lt_out_print(out, "<li><a href=\"/updates/%s\"><code>%.16s</code></a></li>", id, id);
    }
    lt_out_raw(out, "</ul>");
    lt_act_ask_end(act, code, lt_text("Công nhận để tính", "Let them count"));
}

static size_t read_updates(const struct lt_act *act, const char *ret_updates[ENDORSED_MAX])
{
    size_t count = 0;
    const struct lt_url_params *form = &act->asked->form;
    for (size_t i = 0; i < form->count && count < ENDORSED_MAX; i++) {
        const char *value = form->items[i].value;
        if (strcmp(form->items[i].name, "update") == 0 &&
            strspn(value, "0123456789abcdef") == strlen(value))
            ret_updates[count++] = value;
    }
    return count;
}

static void command_of_endorse(const struct lt_act *act, const char *const *updates, size_t count,
                               char ret_command[COMMAND_MAX])
{
    size_t size = (size_t)snprintf(ret_command, COMMAND_MAX, "lienthong-hub endorse %s", act->unit);
    for (size_t i = 0; i < count; i++)
        size += (size_t)snprintf(ret_command + size, COMMAND_MAX - size, " %.64s", updates[i]);
}

void lt_act_endorse(struct lt_act *act)
{
    const char *updates[ENDORSED_MAX];
    char command[COMMAND_MAX] = "", code[13];
    struct lt_revoking *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        lt_act_failed(act, LT_NO_MEMORY, "", "");
        return;
    }
    const size_t count = read_updates(act, updates);
    command_of_endorse(act, updates, count, command);
    enum lt_result result =
        lt_endorsing_plan(act->asked->web->ledger, act->unit, updates, count, plan);
    if (result == LT_OK && plan->item_count == 0)
        lt_act_failed(act, LT_REFUSED,
                      lt_text("không có bản nào được chọn, hoặc chúng đã được tính",
                              "none was chosen, or they count already"),
                      "");
    else if (result == LT_OK && is_confirmed(act, plan, code, &result))
        say(act, plan, command,
            lt_text("Các bản cập nhật được tính lại. Số liệu đổi theo trong ít phút, ở mọi cấp.",
                    "The updates count again. Figures follow within minutes, at all levels."));
    else if (result == LT_OK)
        ask_endorsement(act, plan, code);
    else
        lt_act_failed(act, result, plan->reason, command);
    free(plan);
}
