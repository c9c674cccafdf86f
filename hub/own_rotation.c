#include "hub/own_rotation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/join.h"
#include "hub/core_own.h"
#include "hub/door.h"

enum {
    LOOK_EVERY_MS = 1000, /* whether the parent may be asked */
    TALK_MS = 4000, /* the control thread waits so long for its answer: commands and JOINs do too */
    AGAIN_MS = 10000,
};

/* Before `curve.key` is changed: those below know the hub by it, unless its doors have keys of their own (door.h). */
static enum lt_result keep_door_key(const char *dir, char ret_reason[200])
{
    char from[4096 + 16], to[4096 + 16];
    snprintf(from, sizeof(from), "%s/curve.key", dir);
    snprintf(to, sizeof(to), "%s/%s", dir, lt_door_files[0]);
    enum lt_result result = lt_key_file_link(from, to, ret_reason);
    return result == LT_EXISTS ? LT_OK : result;
}

enum lt_result lt_rotation_prepare(const char *dir, const struct lt_hub_site *site,
                                   struct lt_keys *ret_next, char ret_reason[200])
{
    struct lt_keys next = {0};
    if (!site->has_parent) {
        snprintf(ret_reason, 200,
                 "this hub is the top: the root signs its key; see `lienthong-hub root request "
                 "--new-key`");
        return LT_REFUSED;
    }
    enum lt_result result = keep_door_key(dir, ret_reason);
    if (result == LT_OK) {
        result = lt_keys_make_next(dir, &next, ret_reason);
    }
    if (result == LT_OK && ret_next != NULL) {
        *ret_next = next;
    }
    lt_keys_wipe(&next);
    return result;
}

/* ---- How it stands ---- */

static bool is_next(const struct lt_hub *hub, const struct lt_key *key)
{
    return memcmp(key, &hub->rotation.next.sign_public, sizeof(*key)) == 0;
}

static bool book_knows(struct lt_hub *hub, const struct lt_key *key)
{
    const struct lt_chain own = {LT_STREAM_DIRECTIVE, hub->site.unit};
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    bool known = lt_book_key(lt_ledger_book(hub->ledger), &own, key) == LT_OK;
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    return known;
}

struct cover {
    const struct lt_unit *top;
    struct lt_tips ours;
    bool whole;
};

/* Does the top hold just what we hold? More than that is what a restored hub has not fetched yet. */
static void look_at_receipt(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct cover *cover = context;
    struct lt_statement statement;
    if (lt_unit_cmp(hub, cover->top) != 0 || lt_receipt_open(receipt, &statement) != LT_OK ||
        statement.tip_count != cover->ours.count) {
        return;
    }
    size_t same = 0;
    for (size_t i = 0; i < cover->ours.count; i++) {
        for (size_t j = 0; j < statement.tip_count; j++) {
            same += lt_hash_cmp(&cover->ours.ids[i], &statement.tips[j]) == 0;
        }
    }
    cover->whole = same == cover->ours.count;
}

static struct lt_tips tips_of(struct lt_hub *hub, const struct lt_chain *chain)
{
    struct lt_tips tips;
    struct lt_sync_store store;
    lt_ledger_sync_store(hub->ledger, &store);
    tips.count = store.tips(store.context, chain, tips.ids);
    return tips;
}

static bool may_ask(struct lt_hub *hub, const struct lt_hub_site *site)
{
    const struct lt_chain own = {LT_STREAM_DIRECTIVE, site->unit};
    struct lt_relay *relay = atomic_load(&hub->relay);
    struct lt_relay_view view = {.welcomed_at = 0};
    struct cover cover = {.top = &site->top, .ours = tips_of(hub, &own)};
    const char *why = NULL;
    if (relay != NULL) {
        lt_relay_view(relay, &view);
    }
    if (view.unwanted) { /* changed before, by a later copy of this folder: the parent says yes again, or no */
        return true;
    }
    if (cover.ours.count > 0) {
        lt_ledger_receipts(hub->ledger, &own, look_at_receipt, &cover);
    }
    if (atomic_load(&hub->recovering) != 0) {
        why = "waits until this hub, which was restored, has recovered";
    } else if (!view.state.welcomed || !view.state.settled) {
        why = "waits for the parent";
    } else if (cover.ours.count > LT_ROTATE_TIPS_MAX) {
        why = "waits for this hub's next directive, which joins its branches";
    } else if (cover.ours.count > 0 && !cover.whole) {
        why = "waits until the top has everything that this hub has directed";
    }
    snprintf(hub->rotation.trouble, sizeof(hub->rotation.trouble), "%s", why != NULL ? why : "");
    return why == NULL;
}

/* ---- The steps ---- */

static void fail(struct lt_hub *hub, enum lt_result result, const char *what, const char *text)
{
    char trouble[sizeof(hub->rotation.trouble)];
    snprintf(trouble, sizeof(trouble), "%s: %.250s", what,
             text[0] != '\0' ? text : lt_result_text(result));
    if (strcmp(trouble, hub->rotation.trouble) != 0) {
        lt_hub_log("change of keys, will try again: %s", trouble);
    }
    memcpy(hub->rotation.trouble, trouble, sizeof(trouble));
    hub->rotation.again_at = lt_clock_monotonic() + AGAIN_MS;
}

/* From then on nothing is signed but by this key. A Move may set the site at the same time. */
static enum lt_result set_signer(struct lt_hub *hub, const struct lt_key *key)
{
    struct lt_hub_site site;
    pthread_mutex_lock(&hub->lock);
    lt_ledger_site(hub->ledger, &site);
    site.signer = *key;
    enum lt_result result = lt_ledger_set_site(hub->ledger, &site);
    pthread_mutex_unlock(&hub->lock);
    return result;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct lt_hash));
}

static enum lt_result ask(struct lt_hub *hub, const struct lt_hub_site *site,
                          char ret_text[LT_JOIN_TEXT_MAX])
{
    const struct lt_chain own = {LT_STREAM_DIRECTIVE, site->unit};
    const struct lt_keys *next = &hub->rotation.next;
    const struct lt_tips tips = tips_of(hub, &own);
    struct lt_join_rotation rotation = {.unit = site->unit, .previous = hub->keys.sign_public};
    struct lt_join_request request = {.role = LIENTHONG__ROLE__ROLE_HUB,
                                      .rotation = &rotation,
                                      .instance = site->incarnation,
                                      .wait_ms = TALK_MS};
    struct lt_rotation words = {
        .unit = site->unit, .role = LIENTHONG__ROLE__ROLE_HUB, .key = next->sign_public};
    struct lt_joined joined;
    enum lt_result result = tips.count <= LT_ROTATE_TIPS_MAX ? LT_OK : LT_NOT_READY;
    for (size_t i = 0; i < tips.count && result == LT_OK; i++) {
        rotation.cut[rotation.cut_count++] = tips.ids[i];
    }
    qsort(rotation.cut, rotation.cut_count, sizeof(rotation.cut[0]), by_bytes);
    memcpy(words.curve_key, next->curve_public, sizeof(words.curve_key));
    lt_rotation_sign(&words, &hub->keys.sign_secret, &rotation.signature);
    memcpy(request.hub_curve, site->parent_curve, sizeof(request.hub_curve));
    for (size_t i = 0; i < site->endpoint_count && result == LT_OK; i++) {
        result = lt_join_request_endpoint(&request, site->endpoints[i], false);
    }
    return result == LT_OK ? lt_join_talk(&request, next, &joined, ret_text) : result;
}

static void finish(struct lt_hub *hub)
{
    char reason[200] = "", digits[65];
    struct lt_relay *relay = atomic_load(&hub->relay);
    enum lt_result result = lt_keys_follow(hub->dir, reason);
    if (result != LT_OK) {
        fail(hub, result, "the parent has agreed, but", reason);
        return;
    }
    hub->keys = hub->rotation.next;
    lt_keys_wipe(&hub->rotation.next);
    hub->rotation.due = hub->rotation.loaded = false;
    hub->rotation.gate_due = true;
    hub->rotation.trouble[0] = '\0';
    if (relay != NULL) {
        lt_relay_rekey(relay, &hub->keys);
    }
    lt_hex(hub->keys.sign_public.bytes, 32, digits);
    lt_hub_log("this hub's key is now %.16s", digits);
}

/* Refused for good: the keys that we have stay. */
static void call_off(struct lt_hub *hub, const char *why)
{
    static const struct lt_key any;
    enum lt_result result = set_signer(hub, &any);
    if (result != LT_OK) {
        fail(hub, result, "it was refused, and", "");
        return;
    }
    lt_keys_drop_next(hub->dir);
    lt_keys_wipe(&hub->rotation.next);
    hub->rotation.due = hub->rotation.loaded = false;
    snprintf(hub->rotation.trouble, sizeof(hub->rotation.trouble), "it was refused: %.280s", why);
    lt_hub_log("WARNING: this hub's key was not changed: %s", why);
}

static void go_on(struct lt_hub *hub)
{
    char text[LT_JOIN_TEXT_MAX] = "";
    struct lt_hub_site site;
    enum lt_result result = LT_OK;
    lt_ledger_site(hub->ledger, &site);
    const struct lt_key *next = &hub->rotation.next.sign_public;
    bool granted = book_knows(hub, next); /* asked before, and the answer got lost */
    if (!is_next(hub, &site.signer)) {
        if (!granted && !may_ask(hub, &site)) {
            hub->rotation.again_at = lt_clock_monotonic() + LOOK_EVERY_MS;
            return;
        }
        result = set_signer(hub, next);
    }
    if (result == LT_OK && !granted) {
        result = ask(hub, &site, text);
    }
    if (result == LT_OK) {
        finish(hub);
    } else if (result == LT_REFUSED) {
        call_off(hub, text[0] != '\0' ? text : lt_result_text(result));
    } else {
        fail(hub, result, "no answer of the parent yet", text);
    }
}

/* ---- What calls them ---- */

static enum lt_result load(struct lt_hub *hub, char ret_reason[200])
{
    enum lt_result result =
        lt_rotation_prepare(hub->dir, &hub->site, &hub->rotation.next, ret_reason);
    hub->rotation.loaded = result == LT_OK;
    return result;
}

void lt_hub_look_for_keys(struct lt_hub *hub)
{
    static const struct lt_key any;
    struct lt_hub_site site;
    lt_ledger_site(hub->ledger, &site);
    hub->rotation.due = site.has_parent && lt_keys_has_next(hub->dir);
    if (!hub->rotation.due && memcmp(&site.signer, &any, sizeof(any)) != 0 &&
        memcmp(&site.signer, &hub->keys.sign_public, sizeof(any)) != 0 &&
        set_signer(hub, &any) == LT_OK) {
        lt_hub_log("a change of keys was under way, but the next ones are not in %s (restored from "
                   "a backup?): it is called off",
                   hub->dir);
    }
}

enum lt_result lt_hub_change_keys(struct lt_hub *hub, char ret_reason[300])
{
    struct lt_retiring retiring;
    char reason[200] = "";
    lt_roster_retiring(hub->roster, &retiring);
    if (retiring.since != 0) {
        snprintf(ret_reason, 300, "this hub is being retired");
        return LT_REFUSED;
    }
    enum lt_result result = hub->rotation.loaded ? LT_OK : load(hub, reason);
    snprintf(ret_reason, 300, "%s", reason);
    hub->rotation.due = hub->rotation.due || result == LT_OK;
    hub->rotation.again_at = 0;
    return result;
}

bool lt_hub_key_granted(struct lt_hub *hub)
{
    return hub->rotation.gate_due || book_knows(hub, &hub->keys.sign_public);
}

/* Once, when all that the parent named is here. Of another hub, or from before a change: it would go on in silence. */
static void look_at_key(struct lt_hub *hub)
{
    if (hub->rotation.looked || !atomic_load(&hub->ready)) {
        return;
    }
    hub->rotation.looked = true;
    if (!lt_hub_key_granted(hub)) {
        lt_hub_log("WARNING: this hub's sign.key is not granted, or was revoked: nobody believes "
                   "what it signs, and "
                   "nothing counts as received here. Put the right one back (a backup has it)");
    }
}

void lt_hub_tend_keys(struct lt_hub *hub)
{
    char reason[200] = "";
    look_at_key(hub);
    if (hub->rotation.gate_due && book_knows(hub, &hub->keys.sign_public)) {
        hub->rotation.gate_due = !lt_gate_rekey(hub->gate, &hub->keys);
    }
    if (!hub->rotation.due || lt_clock_monotonic() < hub->rotation.again_at) {
        return;
    }
    enum lt_result result = hub->rotation.loaded ? LT_OK : load(hub, reason);
    if (result == LT_OK) {
        go_on(hub);
    } else {
        fail(hub, result, "the next keys", reason);
    }
}
