/* JOINs that are refused: counted, logged at a bounded rate, answered with what to do. */
#include <stdio.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/join.h"
#include "agent/today.h"
#include "hub/core_own.h"

static const struct lt_rate LOG_RATE = {20, 6000};

/* What the clerk reads. */
static const char *sentence(enum lt_join_fate fate)
{
    switch (fate) {
    case LT_JOIN_EXPIRED:
        return "Mã mời đã hết hạn; hãy xin cấp trên mã mới / "
               "The code has expired; ask for a new one";
    case LT_JOIN_REVOKED:
        return "Cấp trên đã thu hồi mã mời này; hãy xin mã mới / "
               "The code was revoked; ask for a new one";
    case LT_JOIN_USED:
        return "Mã mời này đã được một máy khác dùng rồi. Nếu đó không phải máy của đơn vị thì mã "
               "đã "
               "lộ: gọi ngay cho cấp trên đã cấp mã, rồi xin mã mới / "
               "Another machine has used this code. If that was not one of your own, the code has "
               "leaked: call at once whoever gave it to you, and ask for a new one";
    case LT_JOIN_WRONG_ROLE:
        return "Mã mời này dành cho vai trò khác (máy cơ sở hay máy chủ); hãy xin mã đúng loại / "
               "The code is for another role (a PC, or a hub); ask for one of the right kind";
    case LT_JOIN_OTHER_UNIT:
        return "Mã này là của đơn vị khác, máy này đã là của một đơn vị rồi; mã vẫn dùng được trên "
               "đúng máy: xem lại phiếu / The code is for another unit than the one that this "
               "machine's folder belongs to; it is still good: use it on that unit's machine, or "
               "in another folder (--dir)";
    case LT_JOIN_DENIED:
        return "Cấp trên không duyệt máy này; hãy gọi cho họ / "
               "The operator refused this machine; call them";
    case LT_JOIN_KEY_REVOKED:
        return "Khóa của máy này đã bị thu hồi; hãy gọi cho cấp trên / "
               "This machine's key was revoked; call the operator";
    case LT_JOIN_ADMITTED:
    case LT_JOIN_PENDING:
    case LT_JOIN_UNKNOWN:
    case LT_JOIN_FATES:
        break;
    }
    return "Không có lời mời nào với mã này: có thể mã đã quá cũ, hoặc là của máy chủ khác; hãy "
           "xin mã "
           "mới / There is no invitation with this code: it may be too old, or another hub's; ask "
           "for a new one";
}

void lt_hub_say_no(struct lt_hub *hub, const struct lt_join_ask *ask, bool pending,
                   const char *text)
{
    Lienthong__Joined joined;
    char copy[LT_JOIN_TEXT_MAX];
    uint8_t *bytes;
    size_t size;
    lienthong__joined__init(&joined);
    snprintf(copy, sizeof(copy), "%s", text);
    joined.accepted = false;
    joined.pending = pending;
    joined.text = copy;
    if (lt_message_pack(LT_MSG_JOINED, ask->session, &joined.base, &bytes, &size) == LT_OK) {
        lt_gate_answer_join(hub->gate, ask, bytes, size);
    }
}

/* True: this line may be written; *ret_left_out says how many were not before it. */
static bool may_log(struct lt_bucket *bucket, uint64_t *unlogged, char ret_left_out[64])
{
    if (!lt_bucket_take(bucket, &LOG_RATE, lt_clock_monotonic())) {
        ++*unlogged;
        return false;
    }
    ret_left_out[0] = '\0';
    if (*unlogged > 0) {
        snprintf(ret_left_out, 64, " (%llu more were not logged)", (unsigned long long)*unlogged);
        *unlogged = 0;
    }
    return true;
}

/* The unit's own machine is to show it to its clerk: once an invitation, since each word stays for ever.
 * While the hub recovers it directs nothing; the next showing says it. */
static void tell_unit(struct lt_hub *hub, const struct lt_join_ask *ask,
                      const struct lt_invitation *invitation)
{
    char text[LT_JOIN_TEXT_MAX], iso[16], reason[300] = "";
    struct lt_unit about = invitation->unit;
    Lienthong__Unit unit;
    Lienthong__Notice notice;
    Lienthong__Directive item, *items[1] = {&item};
    Lienthong__DirectiveBody body;
    int64_t now = lt_clock_wall();
    if (invitation->shown.told_at != 0 || atomic_load(&hub->recovering) != 0) {
        return;
    }
    lt_day_format_iso(lt_day_of(now), iso);
    snprintf(
        text, sizeof(text),
        "Ngày %s một máy khác (địa chỉ %s) đã đưa ra mã tham gia mà đơn vị đã dùng; máy đó bị từ "
        "chối, nhưng mã đã lộ: nếu đó không phải máy của đơn vị, hãy báo cấp trên / On %s "
        "another machine (at %s) showed the code that your unit has used; it was refused, but "
        "the code has leaked: unless it is one of your own, tell the operator",
        iso, ask->address, iso, ask->address);
    lienthong__unit__init(&unit);
    lienthong__notice__init(&notice);
    lienthong__directive__init(&item);
    lienthong__directive_body__init(&body);
    unit.code = about.code;
    unit.valid_from = about.valid_from;
    notice.unit = &unit;
    notice.text = text;
    item.notice = &notice;
    body.items = items;
    body.n_items = 1;
    if (lt_hub_author(hub, &body, reason) != LT_OK ||
        lt_roster_set_told(hub->roster, ask->secret, now) != LT_OK) {
        lt_hub_log("unit %s could not be told that its code was shown by another: %s", about.code,
                   reason);
    }
}

static void alarm_operator(struct lt_hub *hub, const struct lt_join_ask *ask,
                           const struct lt_invitation *invitation)
{
    char unit[LT_UNIT_TEXT_MAX], left_out[64], fingerprint[LT_FINGERPRINT_MAX],
        holder[LT_FINGERPRINT_MAX];
    if (may_log(&hub->alarms_logged, &hub->alarms_unlogged, left_out)) {
        lt_unit_format(&invitation->unit, unit);
        lt_fingerprint(&ask->key, ask->curve_key, fingerprint);
        lt_fingerprint(&invitation->key, invitation->curve_key, holder);
        lt_hub_log(
            "WARNING: the invitation of unit %s, already taken by machine %s, was shown "
            "again by another one (%s) from %s: the code may have leaked; ask the unit which "
            "of the two is theirs (`lienthong-hub invites`)%s",
            unit, holder, fingerprint, ask->address, left_out);
    }
    tell_unit(hub, ask, invitation);
}

void lt_hub_refuse(struct lt_hub *hub, const struct lt_join_ask *ask, enum lt_join_fate fate,
                   const struct lt_invitation *invitation)
{
    static const char *const why[LT_JOIN_FATES] = {
        [LT_JOIN_EXPIRED] = "an invitation that has expired",
        [LT_JOIN_REVOKED] = "an invitation that was revoked",
        [LT_JOIN_WRONG_ROLE] = "an invitation for another role",
        [LT_JOIN_OTHER_UNIT] = "an invitation, but its keys are another unit's",
        [LT_JOIN_DENIED] = "an invitation whose machine was refused",
        [LT_JOIN_KEY_REVOKED] = "its own invitation, but its key was revoked",
    };
    char unit[LT_UNIT_TEXT_MAX], left_out[64];
    pthread_mutex_lock(&hub->lock);
    hub->joins[fate]++;
    pthread_mutex_unlock(&hub->lock);
    if (fate == LT_JOIN_USED) {
        alarm_operator(hub, ask, invitation);
    } else if (may_log(&hub->refusals_logged, &hub->refusals_unlogged, left_out)) {
        if (invitation == NULL) {
            lt_hub_log("a JOIN from %s shows no invitation of ours%s", ask->address, left_out);
        } else {
            lt_unit_format(&invitation->unit, unit);
            lt_hub_log("a JOIN from %s shows %s (unit %s)%s", ask->address, why[fate], unit,
                       left_out);
        }
    }
    lt_hub_say_no(hub, ask, false, sentence(fate));
}

void lt_hub_join_failed(struct lt_hub *hub, const struct lt_join_ask *ask, const char *why)
{
    char left_out[64];
    pthread_mutex_lock(&hub->lock);
    hub->joins_failed++;
    pthread_mutex_unlock(&hub->lock);
    if (may_log(&hub->refusals_logged, &hub->refusals_unlogged, left_out)) {
        lt_hub_log("a JOIN from %s could not be served: %s%s", ask->address, why, left_out);
    }
    lt_hub_say_no(
        hub, ask,
        ask->rotates, /* a machine that is refused for good calls its change of keys off */
        "Máy chủ chưa ghi được, hãy thử lại sau / The hub could not store it; try again later");
}
