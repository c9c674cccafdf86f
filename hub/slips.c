/* The slips that are handed to clerks: HTML with nothing from outside, a page each. */
#include <stdio.h>
#include <string.h>

#include "agent/html.h"
#include "agent/text.h"
#include "agent/today.h"
#include "hub/invite.h"
#include "hub/qr.h"

enum { VIETNAM_S = 7 * 3600, WHEN_MAX = 40 };

static const char STYLE[] =
    "@page{size:A4;margin:16mm 18mm}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:#fff;color:#000;font:12.5pt/1.45 \"Noto Serif\",\"Times New "
    "Roman\",\"Liberation Serif\",serif}"
    ".slip{max-width:174mm;margin:0 auto;break-after:page;page-break-after:always}"
    ".slip:last-child{break-after:auto;page-break-after:auto}"
    "h2{font-size:17pt;line-height:1.2;margin:0 0 1mm}"
    ".from{margin:0 0 5mm;color:#333}"
    ".top{display:flex;gap:8mm;align-items:flex-start;border-top:.5mm solid #000;padding-top:5mm}"
    ".top>svg{width:58mm;height:58mm;flex:none}"
    "dl{margin:0;display:grid;grid-template-columns:auto 1fr;gap:1.5mm 4mm}"
    "dt{color:#333}dd{margin:0;font-weight:bold}"
    ".unit{font-size:15pt;line-height:1.25}"
    "h3{font-size:13pt;margin:6mm 0 2mm}"
    ".code{counter-reset:g;display:grid;grid-template-columns:repeat(6,1fr);gap:2.4mm 1mm;"
    "border:.4mm solid #000;padding:3mm 4mm;font:15pt/1.2 \"DejaVu Sans Mono\",\"Liberation "
    "Mono\",Consolas,monospace}"
    ".code span{counter-increment:g;white-space:nowrap}"
    ".code span::before{content:counter(g);display:block;font:7pt/1.1 sans-serif;color:#555}"
    "ol{margin:0;padding-left:7mm}li{margin:0 0 2mm}"
    "code{font:bold 12pt \"DejaVu Sans Mono\",\"Liberation Mono\",Consolas,monospace}"
    ".care{margin:5mm 0 0;padding:2.5mm 4mm;border-left:1.2mm solid #000;background:#f0f0f0;"
    "print-color-adjust:exact;-webkit-print-color-adjust:exact}";

/* In Việt Nam, where the office is: 10:53 27/12/2026. */
static void write_when(int64_t at, char ret_text[WHEN_MAX])
{
    int year, month, day;
    int minute = (int)((at + VIETNAM_S) % 86400 / 60);
    lt_day_split(lt_day_of(at), &year, &month, &day);
    snprintf(ret_text, WHEN_MAX,
             lt_text("%02d:%02d ngày %02d/%02d/%04d", "%02d:%02d, %02d/%02d/%04d"), minute / 60,
             minute % 60, day, month, year);
}

static bool is_hub(const struct lt_invite *invite)
{
    return invite->invitation.role == LIENTHONG__ROLE__ROLE_HUB;
}

static const char *command_of(const struct lt_invite *invite)
{
    return is_hub(invite) ? "lienthong-hub init --join" : "lienthong-agent join";
}

static void put_term(FILE *out, const char *term, const char *class, const char *text)
{
    fprintf(out, "<dt>%s</dt><dd class=\"%s\">", term, class);
    lt_html_put(out, text);
    fputs("</dd>\n", out);
}

static void put_head(FILE *out, const struct lt_invites *invites, const struct lt_invite *invite,
                     const struct lt_qr *qr)
{
    char unit[LT_UNIT_TEXT_MAX], hub[LT_UNIT_TEXT_MAX], when[WHEN_MAX];
    lt_unit_format(&invite->invitation.unit, unit);
    lt_unit_format(&invites->hub, hub);
    write_when(invite->invitation.expires_at, when);
    fprintf(out, "<h2>%s</h2>\n<p class=\"from\">",
            is_hub(invite)
                ? lt_text("Phiếu nối máy chủ vào Liên thông", "Slip to join a hub to Lienthong")
                : lt_text("Phiếu đưa máy vào Liên thông", "Slip to join a PC to Lienthong"));
    fputs(lt_text("Do ", "From "), out);
    lt_html_put(out, invites->hub_name != NULL ? invites->hub_name : hub);
    fprintf(out,
            lt_text(" (%s) cấp. Mỗi phiếu dùng cho một máy, một lần.</p>\n",
                    " (%s). Each slip is for one machine, once.</p>\n"),
            hub);
    fputs("<div class=\"top\">", out);
    lt_qr_svg(qr, out);
    fputs("<dl>\n", out);
    put_term(out, lt_text("Đơn vị", "Unit"), "unit", invite->name);
    put_term(out, lt_text("Mã đơn vị", "Unit code"), "", unit);
    put_term(out, lt_text("Dùng được đến", "Good until"), "", when);
    put_term(out, lt_text("Số phiếu", "Slip"), "", invite->id);
    put_term(out, lt_text("Nơi nhận", "Reports to"), "", invites->own.endpoint);
    fputs("</dl></div>\n", out);
}

static void put_code(FILE *out, const struct lt_invite *invite)
{
    fprintf(out, "<h3>%s</h3>\n<div class=\"code\">", lt_text("Mã", "Code"));
    for (const char *at = invite->code; *at != '\0';) {
        size_t size = strcspn(at, "-");
        size += at[size] == '-';
        fprintf(out, "<span>%.*s</span>", (int)size, at);
        at += size;
    }
    fputs("</div>\n", out);
}

static void put_steps(FILE *out, const struct lt_invite *invite)
{
    fprintf(out, "<h3>%s</h3>\n<ol>\n<li>", lt_text("Làm ba bước", "Three steps"));
    fprintf(
        out,
        lt_text(
            "Trên máy đó, mở cửa sổ lệnh và gõ <code>%s</code>, một dấu cách, rồi cả mã ở trên. "
            "Chữ hoa hay thường, có hay không có dấu gạch đều được; quét mã QR rồi dán cũng "
            "được.",
            "On that machine open a command window and enter <code>%s</code>, a blank, and the "
            "whole code above. Case and hyphens do not matter; it may be pasted from the QR "
            "code."),
        command_of(invite));
    fputs("</li>\n<li>", out);
    if (invite->invitation.approve) {
        fputs(
            lt_text("Máy hiện một <b>dấu vân tay</b> mười ký tự. Gọi cho nơi cấp phiếu, đọc dấu "
                    "vân tay "
                    "đó cho họ so, và chờ họ duyệt.",
                    "It shows a <b>fingerprint</b> of ten characters. Call who gave you this slip, "
                    "read it out to be compared, and wait until they approve."),
            out);
    } else {
        fputs(
            lt_text(
                "Chờ máy báo đã là máy của đơn vị. Nếu mất mạng giữa chừng, chạy lại đúng lệnh đó.",
                "Wait until it says which unit it reports for. If the link was lost on the way, "
                "run the same command again."),
            out);
    }
    fputs("</li>\n<li>", out);
    fputs(lt_text("Hủy phiếu này. Mã đã dùng rồi thì không máy nào khác dùng được nữa.",
                  "Destroy this slip. Once used, the code is of no use to another machine."),
          out);
    fputs("</li>\n</ol>\n<p class=\"care\">", out);
    fputs(
        lt_text(
            "Ai có phiếu này trước thì vào được thay đơn vị: giữ như giữ mật khẩu. Nếu máy báo mã "
            "<b>đã được máy khác dùng</b>, gọi ngay cho nơi cấp phiếu.",
            "Whoever has this slip first can join in the unit's place: keep it as you would a "
            "password. If you are told that <b>another machine has used</b> the code, call at "
            "once who gave it to you."),
        out);
    fputs("</p>\n", out);
}

enum lt_result lt_slip_body(FILE *out, const struct lt_invites *invites,
                            const struct lt_invite *invite)
{
    struct lt_qr *qr;
    enum lt_result result = lt_qr_make(invite->code, &qr);
    if (result != LT_OK) {
        return result;
    }
    fputs("<section class=\"slip\">\n", out);
    put_head(out, invites, invite, qr);
    put_code(out, invite);
    put_steps(out, invite);
    fputs("</section>\n", out);
    lt_qr_free(qr);
    return LT_OK;
}

enum lt_result lt_slips_write(FILE *out, const struct lt_invites *invites)
{
    enum lt_result result = LT_OK;
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"%s\"><head><meta charset=\"utf-8\">\n"
            "<title>%s</title>\n<style>%s</style></head>\n<body>\n",
            lt_text("vi", "en"), lt_text("Phiếu tham gia Liên thông", "Slips to join Lienthong"),
            STYLE);
    for (size_t i = 0; i < invites->count && result == LT_OK; i++) {
        result = lt_slip_body(out, invites, &invites->list[i]);
    }
    fputs("</body></html>\n", out);
    return result;
}

void lt_slip_text(FILE *out, const struct lt_invite *invite)
{
    char unit[LT_UNIT_TEXT_MAX], when[WHEN_MAX];
    lt_unit_format(&invite->invitation.unit, unit);
    write_when(invite->invitation.expires_at, when);
    fprintf(out,
            lt_text("Mã tham gia Liên thông cho một máy của đơn vị %s (%s), dùng một lần, đến %s.\n"
                    "Trên máy đó: %s\n"
                    "Giữ như giữ mật khẩu; dùng xong thì xóa.\n\n%s\n",
                    "Code for one machine of unit %s (%s) to join Lienthong, good once, until %s.\n"
                    "On that machine: %s\n"
                    "Keep it as you would a password; delete it when used.\n\n%s\n"),
            unit, invite->name, when,
            is_hub(invite)
                ? lt_text("lienthong-hub init --join MÃ", "lienthong-hub init --join CODE")
                : lt_text("lienthong-agent join --file TỆP-NÀY",
                          "lienthong-agent join --file THIS-FILE"),
            invite->code);
}
