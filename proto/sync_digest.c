#include "proto/sync_scope.h"

#include <string.h>

enum lt_way lt_sync_scope_way(const struct lt_sync_store *store, Lienthong__Role role,
                              const struct lt_unit *child, const struct lt_chain *chain)
{
    if (role == LIENTHONG__ROLE__ROLE_AGENT && chain->stream == LT_STREAM_REPORT &&
        strcmp(chain->unit.code, child->code) != 0)
        return LT_WAY_NONE;
    return store->way(store->context, role, child, chain);
}

struct lt_sync_scope lt_sync_scope_begin(const struct lt_sync_store *store, Lienthong__Role role,
                                         const struct lt_unit *child)
{
    struct lt_sync_scope scope = {.store = store, .role = role, .child = *child};
    if (role == LIENTHONG__ROLE__ROLE_AGENT) {
        scope.begun = true; /* just before the first chain of its code */
        scope.at = (struct lt_chain){.stream = LT_STREAM_REPORT, .unit = *child};
        scope.at.unit.valid_from = INT32_MIN;
    }
    return scope;
}

/* Past all report chains: no code holds this byte. */
static struct lt_chain before_directives(void)
{
    struct lt_chain chain = {.stream = LT_STREAM_REPORT, .unit = {.valid_from = INT32_MAX}};
    memset(chain.unit.code, 0x7f, LT_CODE_BYTES_MAX);
    return chain;
}

bool lt_sync_scope_next(struct lt_sync_scope *scope, struct lt_chain *ret_chain)
{
    const struct lt_sync_store *store = scope->store;
    struct lt_chain chain;
    while (store->next_chain(store->context, scope->begun ? &scope->at : NULL, &chain)) {
        scope->begun = true;
        scope->at = chain;
        if (scope->role == LIENTHONG__ROLE__ROLE_AGENT && chain.stream == LT_STREAM_REPORT &&
            strcmp(chain.unit.code, scope->child.code) != 0) {
            scope->at = before_directives();
            continue;
        }
        if (lt_sync_scope_way(store, scope->role, &scope->child, &chain) != LT_WAY_NONE) {
            *ret_chain = chain;
            return true;
        }
    }
    return false;
}

void lt_sync_scope_digest_begin(struct lt_sync_scope_digest *digest)
{
    crypto_generichash_init(&digest->state, NULL, 0, sizeof(struct lt_hash));
}

void lt_sync_scope_digest_add(struct lt_sync_scope_digest *digest, const struct lt_chain *chain,
                              const struct lt_hash *tips, size_t count)
{
    uint8_t head[LT_CHAIN_KEY_BYTES + 4];
    lt_chain_to_key(chain, head);
    for (size_t i = 0; i < 4; i++)
        head[LT_CHAIN_KEY_BYTES + i] = (uint8_t)(count >> (24 - 8 * i));
    crypto_generichash_update(&digest->state, head, sizeof(head));
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(&digest->state, tips[i].bytes, sizeof(tips[i].bytes));
}

void lt_sync_scope_digest_end(struct lt_sync_scope_digest *digest, struct lt_hash *ret_digest)
{
    crypto_generichash_final(&digest->state, ret_digest->bytes, sizeof(ret_digest->bytes));
}

void lt_sync_digest(const struct lt_sync_store *store, Lienthong__Role role,
                    const struct lt_unit *child, struct lt_hash *ret_digest)
{
    struct lt_sync_scope scope = lt_sync_scope_begin(store, role, child);
    struct lt_sync_scope_digest digest;
    struct lt_hash tips[LT_PARENTS_MAX];
    struct lt_chain chain;
    lt_sync_scope_digest_begin(&digest);
    while (lt_sync_scope_next(&scope, &chain)) {
        size_t count = store->tips(store->context, &chain, tips);
        lt_sync_scope_digest_add(&digest, &chain, tips, count);
    }
    lt_sync_scope_digest_end(&digest, ret_digest);
}

void lt_unit_to_wire(const struct lt_unit *unit, Lienthong__Unit *ret_wire,
                     char ret_code[LT_CODE_BYTES_MAX + 1])
{
    lienthong__unit__init(ret_wire);
    memcpy(ret_code, unit->code, LT_CODE_BYTES_MAX + 1);
    ret_wire->code = ret_code;
    ret_wire->valid_from = unit->valid_from;
}

void lt_chain_to_wire(const struct lt_chain *chain, struct lt_wire_chain *ret_wire)
{
    lienthong__chain__init(&ret_wire->chain);
    lt_unit_to_wire(&chain->unit, &ret_wire->unit, ret_wire->code);
    ret_wire->chain.unit = &ret_wire->unit;
    ret_wire->chain.stream = chain->stream == LT_STREAM_REPORT
                                 ? LIENTHONG__STREAM__STREAM_REPORT
                                 : LIENTHONG__STREAM__STREAM_DIRECTIVE;
}

enum lt_result lt_unit_from_wire(const Lienthong__Unit *wire, struct lt_unit *ret_unit)
{
    if (!wire)
        return LT_MALFORMED;
    return lt_unit_make(wire->code, wire->valid_from, ret_unit);
}

enum lt_result lt_chain_from_wire(const Lienthong__Chain *wire, struct lt_chain *ret_chain)
{
    struct lt_chain chain = {.stream = LT_STREAM_REPORT};
    if (!wire || lt_unit_from_wire(wire->unit, &chain.unit) != LT_OK)
        return LT_MALFORMED;
    if (wire->stream == LIENTHONG__STREAM__STREAM_DIRECTIVE)
        chain.stream = LT_STREAM_DIRECTIVE;
    else if (wire->stream != LIENTHONG__STREAM__STREAM_REPORT)
        return LT_MALFORMED;
    *ret_chain = chain;
    return LT_OK;
}

enum lt_result lt_receipt_hub(const Lienthong__Receipt *receipt, struct lt_arena *arena,
                              struct lt_unit *ret_hub)
{
    ProtobufCMessage *read;
    struct lt_bytes statement = {receipt->statement.data, receipt->statement.len};
    enum lt_result result =
        lt_payload_read(statement, &lienthong__statement__descriptor, arena, &read);
    if (result != LT_OK)
        return result;
    return lt_unit_from_wire(((const Lienthong__Statement *)read)->hub, ret_hub);
}

void lt_hashes_to_wire(const struct lt_hash *hashes, size_t count, ProtobufCBinaryData *ret_wire)
{
    for (size_t i = 0; i < count; i++) {
        /* protobuf-c has no const; packing only reads */
        union {
            const uint8_t *from;
            uint8_t *to;
        } bytes = {.from = hashes[i].bytes};
        ret_wire[i] = (ProtobufCBinaryData){.len = sizeof(hashes[i].bytes), .data = bytes.to};
    }
}

enum lt_result lt_hashes_from_wire(const ProtobufCBinaryData *wire, size_t count, size_t max,
                                   struct lt_hash *ret_hashes)
{
    if (count > max)
        return LT_TOO_LARGE;
    for (size_t i = 0; i < count; i++)
        if (wire[i].len != sizeof(ret_hashes[i].bytes))
            return LT_MALFORMED;
    for (size_t i = 0; i < count; i++)
        memcpy(ret_hashes[i].bytes, wire[i].data, sizeof(ret_hashes[i].bytes));
    return LT_OK;
}
