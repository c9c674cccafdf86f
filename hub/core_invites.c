/* What the hub's pages ask of its roster. The control thread does it, as all that this hub says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/core_own.h"
#include "hub/invite.h"
#include "hub/invite_ask.h"
#include "hub/invite_settle.h"

static const char *text_at(const json_t *request, const char *name)
{
    const char *text = json_string_value(json_object_get(request, name));
    return text != NULL ? text : "";
}

static char *with_reason(const char *reason, enum lt_result result)
{
    return strdup(reason[0] != '\0' ? reason : lt_text_result(result));
}

static enum lt_result add_one(struct lt_hub *hub, const json_t *request, struct lt_invites *invites)
{
    const json_int_t days = json_integer_value(json_object_get(request, "days"));
    const struct lt_invite_wish wish = {
        .role = LIENTHONG__ROLE__ROLE_AGENT,
        .days = days > 0 && days <= LT_INVITE_DAYS_MAX ? (unsigned)days : LT_INVITE_DAYS,
        .approve = json_is_true(json_object_get(request, "approve")),
    };
    const struct lt_import_view view = {hub->ledger, hub->site};
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const enum lt_result result = lt_invites_add(invites, &view, text_at(request, "unit"), &wish);
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    return result;
}

static enum lt_result invite(struct lt_hub *hub, const json_t *request, char **ret_answer)
{
    struct lt_invites invites;
    enum lt_result result = lt_invites_begin_running(
        &invites, hub->dir, hub->roster, hub->doors[hub->config.listen_count - 1].curve_public);
    if (result == LT_OK)
        result = add_one(hub, request, &invites);
    if (result == LT_OK)
        result = lt_invites_keep(&invites);
    if (result == LT_OK) {
        json_t *said = lt_invite_json(&invites, &invites.list[0], true);
        *ret_answer = said != NULL ? json_dumps(said, JSON_COMPACT) : NULL;
        json_decref(said);
        if (*ret_answer == NULL) { /* nobody will ever have the code */
            (void)lt_invites_drop(&invites);
            result = LT_NO_MEMORY;
        }
    } else {
        *ret_answer = with_reason(invites.reason, result);
    }
    lt_invites_free(&invites);
    return result;
}

/* The invitation of that id, if it is of the unit named. */
static enum lt_result find(struct lt_hub *hub, const json_t *request,
                           struct lt_found_invite *ret_found)
{
    struct lt_found_invites found;
    char unit[LT_UNIT_TEXT_MAX];
    enum lt_result result = lt_invite_list(hub->roster, lt_clock_wall(), &found);
    if (result != LT_OK)
        return result;
    lt_invite_choose(&found, text_at(request, "id"), 0);
    result = LT_NOT_FOUND;
    if (found.count == 1) {
        lt_unit_format(&found.list[0].invitation.unit, unit);
        result = strcmp(unit, text_at(request, "unit")) == 0 ? LT_OK : LT_NOT_FOUND;
        *ret_found = found.list[0];
    }
    lt_invite_list_free(&found);
    return result;
}

static enum lt_result settle(struct lt_hub *hub, const json_t *request, const char *what,
                             char **ret_answer)
{
    struct lt_found_invite found;
    struct lt_settling settling = {.word = text_at(request, "id"),
                                   .fingerprint = text_at(request, "fingerprint"),
                                   .refuse = strcmp(what, "refuse") == 0};
    enum lt_result result = find(hub, request, &found);
    if (result == LT_OK)
        result = strcmp(what, "revoke") == 0 ? lt_invite_take_back(hub->roster, &found, &settling)
                                             : lt_invite_approve(hub->roster, &settling);
    if (result != LT_OK) {
        *ret_answer =
            result == LT_NOT_FOUND
                ? strdup(lt_text("đơn vị không có lời mời ấy", "the unit has no such invitation"))
                : with_reason(settling.reason, result);
        return result;
    }
    json_t *said = json_pack("{s:s}", "said", settling.said);
    *ret_answer = said != NULL ? json_dumps(said, JSON_COMPACT) : NULL;
    json_decref(said);
    return result;
}

enum lt_result lt_hub_invitation(struct lt_hub *hub, struct lt_bytes request, char **ret_answer)
{
    json_t *asked = request.size <= LT_INVITE_ASK_BYTES_MAX
                        ? json_loadb((const char *)request.data, request.size, 0, NULL)
                        : NULL;
    const char *what = text_at(asked, "do");
    enum lt_result result = LT_USAGE;
    lt_text_thread_language(text_at(asked, "lang"));
    if (strcmp(what, "invite") == 0)
        result = invite(hub, asked, ret_answer);
    else if (strcmp(what, "revoke") == 0 || strcmp(what, "refuse") == 0 ||
             strcmp(what, "approve") == 0)
        result = settle(hub, asked, what, ret_answer);
    else
        *ret_answer = with_reason("", LT_USAGE);
    lt_text_thread_language(NULL);
    json_decref(asked);
    return result;
}
