#include "hub/core_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "agent/text.h"
#include "hub/direct.h"

/* A sentence for whoever stands at the other end. */
static void say_no(struct lt_hub *hub, const struct lt_join_ask *ask, const char *text)
{
    Lienthong__Joined joined;
    char copy[256];
    uint8_t *bytes;
    size_t size;
    lienthong__joined__init(&joined);
    snprintf(copy, sizeof(copy), "%s", text);
    joined.accepted = false;
    joined.text = copy;
    if (lt_message_pack(LT_MSG_JOINED, ask->session, &joined.base, &bytes, &size) == LT_OK) {
        lt_gate_answer_join(hub->gate, ask, bytes, size);
    }
}

static void say_yes(struct lt_hub *hub, const struct lt_join_ask *ask, struct lt_unit *unit)
{
    Lienthong__Joined joined;
    Lienthong__Unit wire_unit, wire_hub, wire_top;
    char *endpoints[LT_CONFIG_PUBLIC_MAX];
    uint8_t *bytes;
    size_t size;
    lienthong__joined__init(&joined);
    lienthong__unit__init(&wire_unit);
    lienthong__unit__init(&wire_hub);
    lienthong__unit__init(&wire_top);
    wire_unit.code = unit->code;
    wire_unit.valid_from = unit->valid_from;
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
    joined.root_key = (ProtobufCBinaryData){.len = 32, .data = hub->site.root.bytes};
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

static bool is_granted(struct lt_hub *hub, const struct lt_invitation *invitation)
{
    struct lt_chain chain = {invitation->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE
                                                                           : LT_STREAM_REPORT,
                             invitation->unit};
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_key key;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    struct lt_book *book = lt_ledger_book(hub->ledger);
    bool granted = lt_book_curve(book, invitation->curve_key, &unit, &role, &key) == LT_OK &&
                   lt_unit_cmp(&unit, &invitation->unit) == 0 && role == invitation->role &&
                   memcmp(&key, &invitation->key, sizeof(key)) == 0 &&
                   lt_book_key(book, &chain, &key) == LT_OK;
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

static void refuse(struct lt_hub *hub, const struct lt_join_ask *ask, enum lt_result result,
                   const struct lt_invitation *invitation)
{
    char unit[LT_UNIT_TEXT_MAX] = "?", key[65];
    lt_hex(ask->key.bytes, 32, key);
    if (result == LT_EXISTS) {
        lt_unit_format(&invitation->unit, unit);
        lt_hub_log("WARNING: the invitation of unit %s, already taken, was shown again by another "
                   "key (%.16s…) from %s: the code may have leaked",
                   unit, key, ask->address);
        say_no(hub, ask,
               "Mã mời này đã được máy khác dùng; hãy xin mã mới / "
               "Another machine has used this code; ask for a new one");
    } else if (result == LT_NOT_FOUND) {
        lt_hub_log("a JOIN from %s shows no invitation of ours", ask->address);
        say_no(hub, ask, "Không có lời mời nào với mã này / There is no invitation with this code");
    } else if (result == LT_REFUSED) {
        lt_hub_log("a JOIN from %s shows an invitation that expired or is for another role",
                   ask->address);
        say_no(hub, ask,
               "Mã mời đã hết hạn, hoặc dành cho vai trò khác; hãy xin mã mới / "
               "The code has expired, or is for another role; ask for a new one");
    } else {
        lt_hub_log("a JOIN from %s could not be served: %s", ask->address, lt_result_text(result));
        say_no(
            hub, ask,
            "Máy chủ chưa ghi được, hãy thử lại sau / The hub could not store it; try again later");
    }
}

void lt_hub_admit(struct lt_hub *hub, const struct lt_join_ask *ask)
{
    struct lt_invitation invitation;
    char unit[LT_UNIT_TEXT_MAX], reason[300] = "";
    struct lt_retiring retiring;
    lt_roster_retiring(hub->roster, &retiring);
    if (retiring.since != 0) {
        say_no(hub, ask,
               "Máy chủ này sắp ngừng hoạt động; hãy xin mã mời của cấp trên trực tiếp của nó / "
               "This hub is being retired; ask its parent for a code");
        return;
    }
    if (!has_standing(hub)) {
        say_no(hub, ask,
               "Máy chủ này còn đang chờ cấp trên; hãy thử lại sau ít phút / "
               "This hub still waits for its parent's directives; try again in some minutes");
        return;
    }
    enum lt_result result = lt_roster_take(hub->roster, ask->secret, ask->role, &ask->key,
                                           ask->curve_key, lt_clock_wall(), &invitation);
    if (result != LT_OK) {
        refuse(hub, ask, result, &invitation);
        return;
    }
    if (!is_granted(hub, &invitation)) {
        result = grant(hub, &invitation, reason);
        if (result != LT_OK) {
            lt_hub_log("a grant could not be made: %s", reason);
            refuse(hub, ask, LT_IO, &invitation);
            return;
        }
        lt_unit_format(&invitation.unit, unit);
        lt_hub_log("%s of unit %s joined from %s",
                   invitation.role == LIENTHONG__ROLE__ROLE_HUB ? "the hub" : "an agent", unit,
                   ask->address);
    }
    say_yes(hub, ask, &invitation.unit);
}
