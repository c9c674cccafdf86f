/* Machines that came in place of another or beside it: in status, and said in the log. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "hub/core_own.h"
#include "hub/status_own.h"

enum { SAY_EVERY_MS = 5000 };

static void write_former(const struct lt_newcomer *newcomer, char ret_text[160])
{
    char key[65], when[LT_TIME_TEXT_MAX];
    lt_hex(newcomer->former.bytes, 32, key);
    lt_time_format(newcomer->former_heard_at, when);
    snprintf(ret_text, 160,
             lt_text("máy trước (khóa %.16s) %s%s", "the former one (key %.16s) %s%s"), key,
             newcomer->former_revoked ? lt_text("đã bị thu hồi", "was revoked")
             : newcomer->former_heard_at != 0
                 ? lt_text("nghe lần cuối lúc ", "was last heard at ")
                 : lt_text("chưa bao giờ nghe được ở đây", "was never heard here"),
             newcomer->former_revoked || newcomer->former_heard_at == 0 ? "" : when);
}

void lt_newcomer_text(const struct lt_newcomer *newcomer, char ret_text[LT_NEWCOMER_TEXT_MAX])
{
    bool hub = newcomer->role == LIENTHONG__ROLE__ROLE_HUB;
    char unit[LT_UNIT_TEXT_MAX], by[LT_UNIT_TEXT_MAX], key[65], former_key[65],
        came[LT_TIME_TEXT_MAX], former[160], waits[300] = "", revoke[200] = "";
    lt_unit_format(&newcomer->unit, unit);
    lt_unit_format(&newcomer->hub, by);
    lt_hex(newcomer->key.bytes, 32, key);
    lt_hex(newcomer->former.bytes, 32, former_key);
    lt_time_format(newcomer->came_at, came);
    write_former(newcomer, former);
    if (newcomer->waits) {
        snprintf(waits, sizeof(waits),
                 lt_text(" Máy ấy CHỜ cấp cao nhất: hỏi chính đơn vị có phải máy của họ không, rồi "
                         "ở đó chạy `keys --approve %.16s`",
                         " It WAITS for the top: ask the office itself whether it is theirs, then "
                         "`keys --approve %.16s` there"),
                 key);
    }
    if (newcomer->replaces && !newcomer->former_revoked) {
        snprintf(revoke, sizeof(revoke),
                 lt_text("%s Nếu máy trước bị mất hoặc hỏng: `revoke %s --key %.16s`",
                         "%s If the former one is lost or broken: `revoke %s --key %.16s`"),
                 newcomer->waits ? "." : "", unit, former_key);
    }
    snprintf(ret_text, LT_NEWCOMER_TEXT_MAX,
             lt_text("%s %s %s đến lúc %s với khóa %.16s, do %s cấp; %s.%s%s",
                     "%s %s %s came at %s with the key %.16s, granted by %s; %s.%s%s"),
             hub ? lt_text("máy chủ của", "the hub of") : lt_text("một máy của", "a PC of"), unit,
             newcomer->replaces
                 ? lt_text("có vẻ đã được THAY: máy mới", "was REPLACED, as it seems: a new one")
                 : lt_text("có THÊM một máy nữa,", "has ANOTHER beside it, which"),
             came, key, by, former, waits, revoke);
}

static json_t *time_of(int64_t at)
{
    return at != 0 ? json_integer((json_int_t)at) : json_null();
}

static json_t *row(const struct lt_newcomer *newcomer)
{
    char unit[LT_UNIT_TEXT_MAX], hub[LT_UNIT_TEXT_MAX], key[65], former[65],
        text[LT_NEWCOMER_TEXT_MAX], vietnamese[LT_NEWCOMER_TEXT_MAX];
    const bool english = lt_status_language("vi");
    lt_newcomer_text(newcomer, vietnamese);
    (void)lt_status_language("en");
    lt_newcomer_text(newcomer, text);
    (void)lt_status_language(english ? "en" : "vi");
    lt_unit_format(&newcomer->unit, unit);
    lt_unit_format(&newcomer->hub, hub);
    lt_hex(newcomer->key.bytes, 32, key);
    lt_hex(newcomer->former.bytes, 32, former);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:o, s:s, s:b, s:o, s:s, s:s}", "kind",
                     newcomer->replaces ? "replaced" : "another", "unit", unit, "role",
                     newcomer->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "key", key,
                     "granted_by", hub, "waits", (int)newcomer->waits, "came_at",
                     time_of(newcomer->came_at), "former_key", former, "former_revoked",
                     (int)newcomer->former_revoked, "former_heard_at",
                     time_of(newcomer->former_heard_at), "text", text, "text_vi", vietnamese);
}

void lt_status_put_newcomers(json_t *status, struct lt_ledger *ledger, struct lt_roster *roster,
                             struct lt_hub *hub)
{
    struct lt_newcomer *newcomers = NULL;
    json_t *list = json_array();
    size_t count = lt_newcomers_find(ledger, roster, hub != NULL ? hub->gate : NULL,
                                     hub != NULL ? hub->lives : NULL, lt_clock_wall(), &newcomers);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, row(&newcomers[i]));
    }
    free(newcomers);
    json_object_set_new(status, "newcomers", list);
}

static bool is_told(struct lt_hub *hub, const struct lt_key *key)
{
    for (size_t i = 0; i < LT_NEWCOMERS_MAX; i++) {
        if (memcmp(&hub->newcomers_told[i], key, sizeof(*key)) == 0) {
            return true;
        }
    }
    hub->newcomers_told[hub->newcomers_told_next++ % LT_NEWCOMERS_MAX] = *key;
    return false;
}

void lt_hub_tend_newcomers(struct lt_hub *hub)
{
    struct lt_newcomer *newcomers = NULL;
    char text[LT_NEWCOMER_TEXT_MAX];
    lt_ms now = lt_clock_monotonic();
    if (!hub->newcomers_due || now < hub->newcomers_at) {
        return;
    }
    hub->newcomers_due = false;
    hub->newcomers_at = now + SAY_EVERY_MS;
    size_t count = lt_newcomers_find(hub->ledger, hub->roster, hub->gate, hub->lives,
                                     lt_clock_wall(), &newcomers);
    for (size_t i = 0; i < count; i++) {
        if (!is_told(hub, &newcomers[i].key)) {
            lt_newcomer_text(&newcomers[i], text);
            lt_hub_log("WARNING: %s", text);
        }
    }
    free(newcomers);
}
