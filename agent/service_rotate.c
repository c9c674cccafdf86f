/* A change of keys: once everything that ours has signed is at the top, the parent is asked, and we go on with those
 * that follow. From asking to the answer nothing is signed: the former key would sign outside its cut. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/daemon.h"
#include "agent/join.h"
#include "agent/journal_store.h"
#include "agent/service_own.h"
#include "agent/text.h"

enum { TALK_MS = 15000, AGAIN_MS = 60000 };

void lt_service_look_for_keys(struct lt_service *service)
{
    bool due = lt_keys_has_next(service->dir);
    if (due && !service->rotate_due) {
        service->rotate_at = 0;
    }
    service->rotate_due = due;
}

enum lt_result lt_service_ask_rotation(struct lt_service *service, char ret_reason[200])
{
    struct lt_keys next;
    enum lt_result result = lt_keys_make_next(service->dir, &next, ret_reason);
    lt_keys_wipe(&next);
    lt_service_look_for_keys(service);
    return result;
}

bool lt_service_rotates(const struct lt_service *service)
{
    return service->rotate_due;
}

static bool all_at_top(struct lt_service *service)
{
    struct lt_journal_counts counts;
    lt_journal_counts(service->journal, &counts);
    return counts.updates_counted == counts.updates;
}

/* Nothing is asked before this is durable; what another process has made of the site meanwhile stays. */
static enum lt_result set_signer(struct lt_service *service, const struct lt_key *key)
{
    struct lt_site site;
    lt_journal_site(service->journal, &site);
    site.signer = *key;
    enum lt_result result = lt_journal_set_site(service->journal, &site);
    if (result == LT_OK) {
        service->site.signer = *key;
    }
    return result;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct lt_hash));
}

/* LT_TOO_LARGE: the chain has too many branches; the next update joins them. */
static enum lt_result cut_of(struct lt_service *service, struct lt_join_rotation *rotation)
{
    const struct lt_chain own = lt_journal_chain(service->journal);
    struct lt_sync_store store;
    struct lt_hash tips[LT_PARENTS_MAX];
    lt_journal_sync_store(service->journal, &store);
    size_t count = store.tips(store.context, &own, tips);
    if (count > LT_ROTATE_TIPS_MAX) {
        return LT_TOO_LARGE;
    }
    if (count > 1) {
        qsort(tips, count, sizeof(tips[0]), by_bytes);
    }
    memcpy(rotation->cut, tips, count * sizeof(tips[0]));
    rotation->cut_count = count;
    return LT_OK;
}

static enum lt_result ask(struct lt_service *service, const struct lt_keys *next,
                          char ret_text[LT_JOIN_TEXT_MAX])
{
    struct lt_join_rotation rotation = {.unit = service->site.unit,
                                        .previous = service->keys.sign_public};
    struct lt_join_request request = {.role = LIENTHONG__ROLE__ROLE_AGENT,
                                      .rotation = &rotation,
                                      .instance = service->site.instance,
                                      .wait_ms = TALK_MS};
    struct lt_rotation signed_words = {
        .unit = rotation.unit, .role = request.role, .key = next->sign_public};
    struct lt_joined joined;
    enum lt_result result = cut_of(service, &rotation);
    memcpy(signed_words.curve_key, next->curve_public, sizeof(signed_words.curve_key));
    lt_rotation_sign(&signed_words, &service->keys.sign_secret, &rotation.signature);
    memcpy(request.hub_curve, service->site.parent_curve, sizeof(request.hub_curve));
    for (size_t i = 0; i < service->site.endpoint_count && result == LT_OK; i++) {
        result = lt_join_request_endpoint(&request, service->site.endpoints[i], false);
    }
    return result == LT_OK ? lt_join_talk(&request, next, &joined, ret_text) : result;
}

static enum lt_result finish(struct lt_service *service, const struct lt_keys *next,
                             bool *ret_changed)
{
    char reason[200] = "", digits[65];
    enum lt_result result = lt_keys_follow(service->dir, reason);
    if (result != LT_OK) {
        lt_daemon_log(LT_LOG_ERROR, "%s", reason);
        return result;
    }
    service->keys = *next;
    service->rotate_due = false;
    lt_journal_own(service->journal, &next->sign_public);
    lt_hex(next->sign_public.bytes, 32, digits);
    lt_daemon_log(LT_LOG_INFO, lt_text("đã đổi sang khóa %.16s", "the key is now %.16s"), digits);
    *ret_changed = true;
    return LT_OK;
}

/* Refused for good: the keys that we have stay. Where the disk is full the parent is asked once more instead. */
static enum lt_result call_off(struct lt_service *service, const char *why)
{
    static const struct lt_key any;
    lt_daemon_log(LT_LOG_WARNING, lt_text("chưa đổi được khóa: %s", "the key was not changed: %s"),
                  why);
    enum lt_result result = set_signer(service, &any);
    if (result == LT_OK) {
        lt_keys_drop_next(service->dir);
        service->rotate_due = false;
    }
    return result == LT_NO_SPACE ? LT_OK : result;
}

enum lt_result lt_service_rotate(struct lt_service *service, bool *ret_changed)
{
    struct lt_keys next;
    char text[LT_JOIN_TEXT_MAX] = "", reason[200] = "";
    *ret_changed = false;
    const lt_ms now = lt_clock_monotonic();
    if (!service->rotate_due || now < service->rotate_at || service->uplink == NULL) {
        return LT_OK;
    }
    enum lt_result result = lt_keys_make_next(service->dir, &next, reason);
    if (result != LT_OK) {
        service->rotate_at = now + AGAIN_MS;
        lt_daemon_log(LT_LOG_WARNING, "%s", reason);
        return LT_OK;
    }
    bool under_way = memcmp(&service->site.signer, &next.sign_public, sizeof(struct lt_key)) == 0;
    if (under_way || (lt_service_settled(service) && all_at_top(service))) {
        result = under_way ? LT_OK : set_signer(service, &next.sign_public);
        service->rotate_at = now + AGAIN_MS;
        if (result == LT_OK) {
            result = ask(service, &next, text);
        }
        if (result == LT_OK) {
            result = finish(service, &next, ret_changed);
        } else if (result == LT_REFUSED || result == LT_TOO_LARGE) {
            result = call_off(service, text[0] != '\0' ? text : lt_text_result(result));
        } else {
            lt_daemon_log(LT_LOG_WARNING,
                          lt_text("đổi khóa: chưa có trả lời (%s), sẽ hỏi lại",
                                  "change of keys: no answer yet (%s), will ask again"),
                          text[0] != '\0' ? text : lt_text_result(result));
            result = result == LT_IO || result == LT_CORRUPT ? result : LT_OK;
        }
    }
    lt_keys_wipe(&next);
    return result;
}
