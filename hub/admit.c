#include "hub/core_own.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/daemon.h"
#include "agent/clock.h"
#include "agent/join.h"
#include "hub/direct.h"

void lt_hub_say_yes(struct lt_hub *hub, const struct lt_join_ask *ask, const struct lt_unit *unit)
{
    Lienthong__Joined joined;
    Lienthong__Unit wire_unit, wire_hub, wire_top;
    char *endpoints[LT_CONFIG_PUBLIC_MAX];
    uint8_t *bytes;
    size_t size;
    /* Those pinned here: the chain of the top begins with them, and says what has replaced them. */
    struct lt_roots roots = {hub->site.root, hub->site.recovery};
    struct lt_unit told = *unit;
    lienthong__joined__init(&joined);
    lienthong__unit__init(&wire_unit);
    lienthong__unit__init(&wire_hub);
    lienthong__unit__init(&wire_top);
    wire_unit.code = told.code;
    wire_unit.valid_from = told.valid_from;
    wire_hub.code = hub->site.unit.code;
    wire_hub.valid_from = hub->site.unit.valid_from;
    wire_top.code = hub->site.top.code;
    wire_top.valid_from = hub->site.top.valid_from;
    for (size_t i = 0; i < hub->config.public_count; i++) {
        endpoints[i] = hub->config.public_endpoints[i];
    }
    joined.accepted = true;
    joined.unit = &wire_unit;
    joined.hub = &wire_hub;
    joined.top = &wire_top;
    joined.root_key = (ProtobufCBinaryData){.len = 32, .data = roots.root.bytes};
    if (!sodium_is_zero(roots.recovery.bytes, 32)) {
        joined.recovery_key = (ProtobufCBinaryData){.len = 32, .data = roots.recovery.bytes};
    }
    joined.endpoints = endpoints;
    joined.n_endpoints = hub->config.public_count;
    if (lt_message_pack(LT_MSG_JOINED, ask->session, &joined.base, &bytes, &size) == LT_OK) {
        lt_gate_answer_join(hub->gate, ask, bytes, size);
    }
}

/* The tree and our own grant are here: before that a grant of ours would count for nothing. */
static bool has_standing(struct lt_hub *hub)
{
    struct lt_chain own = {LT_STREAM_DIRECTIVE, hub->site.unit};
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    struct lt_book *book = lt_ledger_book(hub->ledger);
    bool standing = lt_book_place(book, &hub->site.unit) != NULL &&
                    lt_book_key(book, &own, &hub->keys.sign_public) == LT_OK;
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    return standing;
}

/* LT_OK: the key is in; LT_KEY_REVOKED; LT_KEY_UNKNOWN: to be granted (also when the book forgot it). */
static enum lt_result key_stands(struct lt_hub *hub, const struct lt_invitation *invitation)
{
    struct lt_chain chain = {invitation->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE
                                                                           : LT_STREAM_REPORT,
                             invitation->unit};
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    struct lt_book *book = lt_ledger_book(hub->ledger);
    enum lt_result result = lt_book_key(book, &chain, &invitation->key);
    if (result == LT_OK &&
        (lt_book_curve(book, invitation->curve_key, &unit, &role, &key) != LT_OK ||
         lt_unit_cmp(&unit, &invitation->unit) != 0 || role != invitation->role ||
         memcmp(&key, &invitation->key, sizeof(key)) != 0)) {
        result = LT_KEY_UNKNOWN;
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    return result;
}

/* Whom do these keys speak for already? One folder is of one unit: a code of another must not be used up by it. */
static bool granted_unit(struct lt_hub *hub, const struct lt_join_ask *ask,
                         struct lt_unit *ret_unit)
{
    Lienthong__Role role;
    struct lt_key key;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    bool granted =
        lt_book_curve(lt_ledger_book(hub->ledger), ask->curve_key, ret_unit, &role, &key) == LT_OK;
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    return granted;
}

static enum lt_result grant(struct lt_hub *hub, struct lt_invitation *invitation, char reason[300])
{
    Lienthong__Grant wire_grant;
    Lienthong__Unit wire_unit;
    Lienthong__Directive item, *items[1] = {&item};
    Lienthong__DirectiveBody body;
    lt_direct_grant(&wire_grant, &wire_unit, &invitation->unit, invitation->role, &invitation->key,
                    invitation->curve_key);
    lienthong__directive__init(&item);
    lienthong__directive_body__init(&body);
    item.grant = &wire_grant;
    body.items = items;
    body.n_items = 1;
    return lt_hub_author(hub, &body, reason);
}

static void admit(struct lt_hub *hub, const struct lt_join_ask *ask,
                  struct lt_invitation *invitation)
{
    char unit[LT_UNIT_TEXT_MAX], reason[300] = "";
    enum lt_result stands = key_stands(hub, invitation);
    if (stands == LT_KEY_REVOKED) {
        lt_hub_refuse(hub, ask, LT_JOIN_KEY_REVOKED, invitation);
        return;
    }
    if (stands != LT_OK) {
        if (grant(hub, invitation, reason) != LT_OK) {
            lt_hub_join_failed(hub, ask, reason);
            return;
        }
        lt_unit_format(&invitation->unit, unit);
        lt_daemon_next("LIENTHONG_CHILD", unit);
        lt_daemon_next("LIENTHONG_ADDRESS", ask->address);
        lt_hub_log("%s of unit %s joined from %s",
                   invitation->role == LIENTHONG__ROLE__ROLE_HUB ? "the hub" : "an agent", unit,
                   ask->address);
    }
    pthread_mutex_lock(&hub->lock);
    hub->joins[LT_JOIN_ADMITTED]++;
    pthread_mutex_unlock(&hub->lock);
    lt_hub_say_yes(hub, ask, &invitation->unit);
}

/* It has the place, and waits for the operator. Its grant is made when it asks again after that. */
static void let_wait(struct lt_hub *hub, const struct lt_join_ask *ask,
                     const struct lt_invitation *invitation, int64_t now)
{
    char unit[LT_UNIT_TEXT_MAX], fingerprint[LT_FINGERPRINT_MAX], text[LT_JOIN_TEXT_MAX];
    lt_unit_format(&invitation->unit, unit);
    lt_fingerprint(&invitation->key, invitation->curve_key, fingerprint);
    pthread_mutex_lock(&hub->lock);
    hub->joins[LT_JOIN_PENDING]++;
    pthread_mutex_unlock(&hub->lock);
    if (invitation->taken_at == now) { /* not each time that it asks */
        lt_daemon_next("LIENTHONG_CHILD", unit);
        lt_daemon_next("LIENTHONG_ADDRESS", ask->address);
        lt_hub_log("%s of unit %s at %s, fingerprint %s, waits to be approved",
                   invitation->role == LIENTHONG__ROLE__ROLE_HUB ? "the hub" : "an agent", unit,
                   ask->address, fingerprint);
    }
    snprintf(text, sizeof(text),
             "Chờ cấp trên duyệt máy này; hãy đọc cho họ dấu vân tay của máy: %s / "
             "Waiting for approval; read this machine's fingerprint to the operator: %s",
             fingerprint, fingerprint);
    lt_hub_say_no(hub, ask, true, text);
}

void lt_hub_admit(struct lt_hub *hub, const struct lt_join_ask *ask)
{
    struct lt_invitation invitation;
    struct lt_retiring retiring;
    enum lt_join_fate fate;
    if (ask->rotates) {
        lt_hub_rotate(hub, ask);
        return;
    }
    lt_roster_retiring(hub->roster, &retiring);
    if (retiring.since != 0) {
        lt_hub_say_no(
            hub, ask, false,
            "Máy chủ này sắp ngừng hoạt động; hãy xin mã mời của cấp trên trực tiếp của nó / "
            "This hub is being retired; ask its parent for a code");
        return;
    }
    if (!has_standing(hub)) {
        lt_hub_say_no(hub, ask, false,
                      "Máy chủ này còn đang chờ cấp trên; hãy thử lại sau ít phút / "
                      "This hub still waits for its parent's directives; try again in some "
                      "minutes");
        return;
    }
    struct lt_unit speaks_for;
    struct lt_shower shower = {.role = ask->role, .key = ask->key, .address = ask->address};
    shower.speaks_for = granted_unit(hub, ask, &speaks_for) ? &speaks_for : NULL;
    memcpy(shower.curve_key, ask->curve_key, sizeof(shower.curve_key));
    int64_t now = lt_clock_wall();
    enum lt_result result =
        lt_roster_take(hub->roster, ask->secret, &shower, now, &invitation, &fate);
    if (result != LT_OK) {
        lt_hub_join_failed(hub, ask, lt_result_text(result));
    } else if (fate == LT_JOIN_ADMITTED) {
        admit(hub, ask, &invitation);
    } else if (fate == LT_JOIN_PENDING) {
        let_wait(hub, ask, &invitation, now);
    } else {
        lt_hub_refuse(hub, ask, fate, fate == LT_JOIN_UNKNOWN ? NULL : &invitation);
    }
}
