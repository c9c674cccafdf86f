/* A machine changes its key for another: its old one asks for it, and is ended in the same update. */
#include <stdio.h>
#include <string.h>

#include "hub/core_own.h"
#include "hub/direct.h"

static struct lt_chain chain_of(const struct lt_join_ask *ask)
{
    return (struct lt_chain){
        ask->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT, ask->unit};
}

/* LT_EXISTS: it was done before, and the answer got lost. */
static enum lt_result weigh(struct lt_hub *hub, const struct lt_join_ask *ask)
{
    const struct lt_chain chain = chain_of(ask);
    struct lt_sync_store store;
    pthread_rwlock_rdlock(lt_ledger_book_lock(hub->ledger));
    const struct lt_book *book = lt_ledger_book(hub->ledger);
    enum lt_result result = lt_book_key(book, &chain, &ask->key);
    if (result == LT_OK) {
        result = LT_EXISTS;
    } else if (result == LT_KEY_UNKNOWN) {
        result = lt_book_key(book, &chain, &ask->previous);
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(hub->ledger));
    lt_ledger_sync_store(hub->ledger, &store);
    for (size_t i = 0; i < ask->cut_count && result == LT_OK; i++) {
        result = store.has(store.context, &ask->cut[i]) ? LT_OK : LT_NOT_READY;
    }
    return result;
}

static enum lt_result say(struct lt_hub *hub, const struct lt_join_ask *ask, char reason[300])
{
    struct lt_join_ask copy = *ask; /* protobuf-c writes nothing, but its types do not say so */
    Lienthong__Grant grant;
    Lienthong__Revocation revocation;
    Lienthong__Unit units[2];
    Lienthong__Directive items[2], *pointers[2] = {&items[0], &items[1]};
    Lienthong__DirectiveBody body;
    ProtobufCBinaryData cut[LT_ROTATE_TIPS_MAX];
    lt_direct_grant(&grant, &units[0], &copy.unit, copy.role, &copy.key, copy.curve_key);
    grant.previous_key = (ProtobufCBinaryData){32, copy.previous.bytes};
    grant.previous_signature = (ProtobufCBinaryData){64, copy.previous_signature.bytes};
    lienthong__revocation__init(&revocation);
    units[1] = units[0];
    revocation.unit = &units[1];
    revocation.key = grant.previous_key;
    for (size_t i = 0; i < copy.cut_count; i++) {
        cut[i] = (ProtobufCBinaryData){32, copy.cut[i].bytes};
    }
    revocation.cut = cut;
    revocation.n_cut = copy.cut_count;
    lienthong__directive__init(&items[0]);
    lienthong__directive__init(&items[1]);
    items[0].grant = &grant;
    items[1].revocation = &revocation;
    lienthong__directive_body__init(&body);
    body.items = pointers;
    body.n_items = 2;
    return lt_hub_author(hub, &body, reason);
}

void lt_hub_rotate(struct lt_hub *hub, const struct lt_join_ask *ask)
{
    char unit[LT_UNIT_TEXT_MAX], reason[300] = "";
    struct lt_retiring retiring;
    enum lt_result result = weigh(hub, ask);
    lt_unit_format(&ask->unit, unit);
    lt_roster_retiring(hub->roster, &retiring);
    if (result == LT_OK && retiring.since != 0) {
        lt_hub_say_no(hub, ask, true,
                      "Máy chủ này sắp ngừng hoạt động; cấp trên của nó sẽ trả lời / "
                      "This hub is being retired; its parent will answer");
        return;
    }
    if (result == LT_NOT_READY) {
        lt_hub_say_no(hub, ask, true,
                      "Máy chủ chưa có đủ những gì khóa cũ đã ký / "
                      "The hub does not hold yet all that the former key has signed");
        return;
    }
    enum lt_result said = result == LT_OK ? say(hub, ask, reason) : LT_OK;
    if (said == LT_REFUSED) { /* after a Move to a hub that is not above the unit */
        lt_hub_log("the key of unit %s cannot be changed here: %s", unit, reason);
        lt_hub_say_no(hub, ask, false,
                      "Đơn vị này không thuộc máy chủ này, nên ở đây không đổi khóa được / "
                      "The unit does not lie within this hub's own, so its key cannot be changed "
                      "here");
        return;
    }
    if (said != LT_OK) {
        lt_hub_join_failed(hub, ask, reason);
        return;
    }
    if (result != LT_OK && result != LT_EXISTS) {
        lt_hub_say_no(hub, ask, false,
                      "Khóa cũ không còn giá trị ở đây; hãy xin mã mời mới / "
                      "The former key is not valid here; ask for a new code");
        return;
    }
    if (result == LT_OK) {
        lt_hub_log("%s of unit %s has changed its key for another",
                   ask->role == LIENTHONG__ROLE__ROLE_HUB ? "the hub" : "an agent", unit);
    }
    lt_hub_say_yes(hub, ask, &ask->unit);
}
