#include "hub/invite_settle.h"

#include <stdio.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "proto/message.h"

static enum lt_result fail(struct lt_settling *settling, enum lt_result result, const char *why)
{
    snprintf(settling->reason, sizeof(settling->reason), "%.60s: %.320s", settling->word, why);
    return result;
}

/* The one that waits, of those that the word names. */
static enum lt_result find_waiting(struct lt_settling *settling, struct lt_roster *roster,
                                   struct lt_found_invite *ret_found)
{
    struct lt_found_invites found;
    enum lt_result result = lt_invite_list(roster, lt_clock_wall(), &found);
    if (result != LT_OK) {
        return fail(settling, result, lt_text_result(result));
    }
    lt_invite_choose(&found, settling->word, 1U << LT_INVITE_PENDING);
    if (found.count == 0) {
        result = LT_NOT_FOUND;
    } else if (found.count > 1) {
        result =
            fail(settling, LT_AMBIGUOUS,
                 lt_text("nhiều máy của đơn vị này đang chờ; hãy ghi mã số lời mời",
                         "several machines of this unit wait; give the id that `invites --open` "
                         "shows"));
    } else if (found.list[0].state != LT_INVITE_PENDING) {
        char why[100];
        snprintf(why, sizeof(why),
                 lt_text("không máy nào chờ với lời mời này: %s",
                         "nobody waits with this invitation: it is %s"),
                 lt_invite_state_text(found.list[0].state));
        result = fail(settling, LT_REFUSED, why);
    } else {
        *ret_found = found.list[0];
    }
    lt_invite_list_free(&found);
    return result;
}

static enum lt_result compare(struct lt_settling *settling, const char *fingerprint)
{
    if (settling->refuse) {
        return LT_OK;
    }
    if (settling->fingerprint == NULL) {
        return fail(settling, LT_USAGE,
                    lt_text("hãy ghi dấu vân tay mà cán bộ đọc từ máy, để so với máy đã đến",
                            "give --fingerprint with what the clerk reads out from the PC, so that "
                            "it is compared with the machine that came"));
    }
    return lt_fingerprint_is(settling->fingerprint, fingerprint)
               ? LT_OK
               : fail(settling, LT_REFUSED,
                      lt_text(
                          "đó không phải dấu vân tay của máy đã đến. Nếu đọc đúng, một máy khác đã "
                          "dùng mã: hãy từ chối máy ấy rồi mời lại đơn vị",
                          "that is not the fingerprint of the machine that came. If it was read "
                          "out rightly, another machine has used the code: --refuse it, and "
                          "invite the unit anew"));
}

enum lt_result lt_invite_approve(struct lt_roster *roster, struct lt_settling *settling)
{
    struct lt_found_invite found;
    struct lt_invitation after;
    char unit[LT_UNIT_TEXT_MAX], fingerprint[LT_FINGERPRINT_MAX];
    enum lt_result result = find_waiting(settling, roster, &found);
    if (result != LT_OK) {
        return result;
    }
    lt_unit_format(&found.invitation.unit, unit);
    lt_fingerprint(&found.invitation.key, found.invitation.curve_key, fingerprint);
    result = compare(settling, fingerprint);
    if (result != LT_OK) {
        return result;
    }
    result = lt_roster_decide(roster, &found.hash, !settling->refuse, lt_clock_wall(), &after);
    if (result != LT_OK) {
        return fail(settling, result,
                    result == LT_REFUSED
                        ? lt_text("việc này vừa được quyết định rồi", "it was decided meanwhile")
                        : lt_text_result(result));
    }
    snprintf(settling->said, sizeof(settling->said),
             settling->refuse
                 ? lt_text("đã từ chối máy %s của đơn vị %s", "refused machine %s of unit %s")
                 : lt_text("đã duyệt máy %s của đơn vị %s: máy vào được ở lần hỏi tới",
                           "approved machine %s of unit %s: it is in when it asks next"),
             fingerprint, unit);
    return LT_OK;
}

enum lt_result lt_invite_take_back(struct lt_roster *roster, const struct lt_found_invite *found,
                                   struct lt_settling *settling)
{
    char id[LT_INVITE_ID_MAX], unit[LT_UNIT_TEXT_MAX];
    struct lt_invitation now;
    lt_invite_id(&found->hash, id);
    lt_unit_format(&found->invitation.unit, unit);
    enum lt_result result = lt_roster_revoke(roster, &found->hash, lt_clock_wall(), &now);
    if (result == LT_REFUSED) {
        enum lt_invite_state state = lt_invitation_state(&now, lt_clock_wall());
        snprintf(settling->reason, sizeof(settling->reason),
                 state == LT_INVITE_TAKEN
                     ? lt_text("lời mời %s của đơn vị %s %s: máy của nó đã vào và vẫn ở trong; "
                               "bây giờ chỉ thu hồi được khóa của máy ấy",
                               "the invitation %s of unit %s is %s: its machine is in, and stays "
                               "in; what can be revoked now is that machine's key")
                     : lt_text("lời mời %s của đơn vị %s %s rồi",
                               "the invitation %s of unit %s is %s already"),
                 id, unit, lt_invite_state_text(state));
    } else if (result == LT_OK) {
        snprintf(settling->said, sizeof(settling->said),
                 lt_text("đã thu hồi %s của đơn vị %s", "revoked %s of unit %s"), id, unit);
    } else {
        fail(settling, result, lt_text_result(result));
    }
    return result;
}
