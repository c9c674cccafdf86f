#include "tests/sim/operator.h"

#include <stdlib.h>
#include <string.h>

#include "agent/service_own.h"
#include "hub/core_own.h"
#include "hub/key_cut.h"
#include "tests/sim/control.h"
#include "tests/sim/system.h"

static bool say(struct machine *top, Lienthong__Directive *item)
{
    static uint8_t packed[32768];
    Lienthong__DirectiveBody body = LIENTHONG__DIRECTIVE_BODY__INIT;
    body.items = &item;
    body.n_items = 1;
    size_t size = lienthong__directive_body__get_packed_size(&body);
    if (size > sizeof(packed))
        return false;
    lienthong__directive_body__pack(&body, packed);
    return control_direct(top, (struct lt_bytes){packed, size});
}

/* ---- Keys ---- */

struct machine_key {
    const struct pc *pc;
    struct lt_granted_key key;
    bool found;
};

/* A key of its unit that no PC which is still there has: the lost one's. */
static void take_lost(void *context, const struct lt_granted_key *key)
{
    struct machine_key *lost = context;
    struct lt_unit unit;
    if (lost->found || key->revoked || key->role != LIENTHONG__ROLE__ROLE_AGENT ||
        lt_unit_make(the_world->units[lost->pc->unit].code, 0, &unit) != LT_OK ||
        lt_unit_cmp(&unit, &key->unit) != 0)
        return;
    for (unsigned i = 0; i < the_world->pc_count; i++) {
        const struct pc *pc = &the_world->pcs[i];
        if (!pc->gone && pc->unit == lost->pc->unit &&
            (pc->machine.service == NULL ||
             memcmp(&pc->machine.service->keys.sign_public, &key->key, sizeof(key->key)) == 0))
            return; /* in use, or nobody can say */
    }
    lost->key = *key;
    lost->found = true;
}

static bool revoke(struct machine *top, struct lt_granted_key *key)
{
    char reason[LT_DIRECT_REASON_MAX] = "";
    struct lt_chain chain = {LT_STREAM_REPORT, key->unit};
    struct lt_key_cut_ask ask = {.keep = LT_KEEP_ALL};
    static struct lt_tips cut;
    ProtobufCBinaryData spans[LT_PARENTS_MAX];
    Lienthong__Unit unit = LIENTHONG__UNIT__INIT;
    Lienthong__Revocation revocation = LIENTHONG__REVOCATION__INIT;
    Lienthong__Directive item = LIENTHONG__DIRECTIVE__INIT;
    if (lt_key_cut(top->hub->ledger, &chain, &key->key, &ask, &cut, reason) != LT_OK)
        return false;
    for (size_t i = 0; i < cut.count; i++)
        spans[i] = (ProtobufCBinaryData){32, cut.ids[i].bytes};
    unit.code = key->unit.code;
    unit.valid_from = key->unit.valid_from;
    revocation.unit = &unit;
    revocation.key = (ProtobufCBinaryData){32, key->key.bytes};
    revocation.cut = spans;
    revocation.n_cut = cut.count;
    item.revocation = &revocation;
    return say(top, &item);
}

bool operator_revokes(struct world *world, uint32_t number)
{
    struct machine *top = &world->hubs[0].machine;
    struct machine_key lost = {.found = false};
    if (top->control == NULL)
        return false;
    for (unsigned i = 0; i < world->pc_count && !lost.found; i++) {
        lost.pc = &world->pcs[(number + i) % world->pc_count];
        if (lost.pc->gone)
            lt_book_granted_keys(lt_ledger_book(top->hub->ledger), take_lost, &lost);
    }
    if (!lost.found)
        return false;
    fiber_act_as(top);
    bool done = revoke(top, &lost.key);
    fiber_act_as(NULL);
    return done;
}

/* ---- Units ---- */

bool operator_moves(struct world *world, uint32_t number, uint32_t to)
{
    (void)world;
    (void)number;
    (void)to;
    return false;
}

bool operator_succeeds(struct world *world, uint32_t number, uint32_t successor)
{
    (void)world;
    (void)number;
    (void)successor;
    return false;
}
