/* sync_scope.h - which chains stand between a parent and a child, and how they are named on the wire.
 * Private to proto/. */
#ifndef LT_SYNC_SCOPE_H
#define LT_SYNC_SCOPE_H

#include <sodium.h>

#include "proto/sync.h"

/* An agent reports for its own code alone, so report chains of others need not be asked about: a hub
 * of 10,000 chains answers the HELLO of an agent without walking them. */
enum lt_way lt_sync_scope_way(const struct lt_sync_store *store, Lienthong__Role role,
                              const struct lt_unit *child, const struct lt_chain *chain);

/* A walk over the non-empty chains of a child's scope, in order. */
struct lt_sync_scope {
    const struct lt_sync_store *store;
    Lienthong__Role role;
    struct lt_unit child;
    struct lt_chain at;
    bool begun;
};
struct lt_sync_scope lt_sync_scope_begin(const struct lt_sync_store *store, Lienthong__Role role,
                                         const struct lt_unit *child);
bool lt_sync_scope_next(struct lt_sync_scope *scope, struct lt_chain *ret_chain);

/* The digest of lt_sync_digest, chain by chain. */
struct lt_sync_scope_digest {
    crypto_generichash_state state;
};
void lt_sync_scope_digest_begin(struct lt_sync_scope_digest *digest);
void lt_sync_scope_digest_add(struct lt_sync_scope_digest *digest, const struct lt_chain *chain,
                              const struct lt_hash *tips, size_t count);
void lt_sync_scope_digest_end(struct lt_sync_scope_digest *digest, struct lt_hash *ret_digest);

/* Between values and their messages. A wire holds the memory of one message; the values given must
 * outlive it. */
struct lt_wire_chain {
    Lienthong__Chain chain;
    Lienthong__Unit unit;
    char code[LT_CODE_BYTES_MAX + 1];
};
void lt_unit_to_wire(const struct lt_unit *unit, Lienthong__Unit *ret_wire,
                     char ret_code[LT_CODE_BYTES_MAX + 1]);
void lt_chain_to_wire(const struct lt_chain *chain, struct lt_wire_chain *ret_wire);
enum lt_result lt_unit_from_wire(const Lienthong__Unit *wire, struct lt_unit *ret_unit);
enum lt_result lt_chain_from_wire(const Lienthong__Chain *wire, struct lt_chain *ret_chain);
/* Which hub a receipt says that it is of; the signature is not looked at. */
enum lt_result lt_receipt_hub(const Lienthong__Receipt *receipt, struct lt_arena *arena,
                              struct lt_unit *ret_hub);
/* Spans that point at hashes, and back. */
void lt_hashes_to_wire(const struct lt_hash *hashes, size_t count, ProtobufCBinaryData *ret_wire);
enum lt_result lt_hashes_from_wire(const ProtobufCBinaryData *wire, size_t count, size_t max,
                                   struct lt_hash *ret_hashes);

#endif
