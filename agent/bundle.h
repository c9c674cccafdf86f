/* bundle.h - updates and receipts in a file, sealed to who may read them (docs/protocol.md, section 9).
 *
 * A bundle carries messages of the conversation, each as it would go over the wire: one HELLO that says who made
 * it, then UPDATEs and RECEIPTS. Nothing in it is believed because it is in it: whoever takes it in checks
 * every update and receipt as if it had come by wire. A bundle that was cut short or altered in one bit is
 * told before anything of it is handed out: opening reads it through to its end. Not compressed, so what
 * it takes in memory is bounded: one message and one chunk.
 *
 * A reader and a writer belong to one thread each. */
#ifndef LT_BUNDLE_H
#define LT_BUNDLE_H

#include "agent/keys.h"
#include "proto/message.h"

enum {
    LT_BUNDLE_RECEIVERS_MAX =
        16, /* machines of a unit, or hubs above: as many keys as a statement names */
    LT_BUNDLE_VERSION = 1,
    LT_BUNDLE_REASON_MAX = 400,
};

/* Who made it; told, and nothing more. */
struct lt_bundle_maker {
    struct lt_unit unit;
    Lienthong__Role role;
    struct lt_instance instance; /* an agent's store, a hub's incarnation */
    struct lt_hash digest; /* of the chains in its scope, as in a HELLO */
};

/* ---- Writing ---- */

struct lt_bundle_writer;
/* Begins a file beside `path`. LT_EXISTS when `path` is there, unless `force`; LT_NO_SPACE, LT_PERMISSION, LT_IO
 * with a sentence. `receivers` are CURVE public keys, 1 to 16. */
enum lt_result lt_bundle_create(const char *path, bool force, const uint8_t (*receivers)[32],
                                size_t receiver_count, const struct lt_bundle_maker *maker,
                                struct lt_bundle_writer **ret_writer,
                                char ret_reason[LT_BUNDLE_REASON_MAX]);
/* The first error is kept, and told by lt_bundle_finish. */
void lt_bundle_put_update(struct lt_bundle_writer *writer, struct lt_bytes update);
void lt_bundle_put_receipt(struct lt_bundle_writer *writer, struct lt_bytes receipt);
/* Makes it durable under its name, or, unless `keep`, removes it. Frees the writer in each case. *ret_size: bytes. */
enum lt_result lt_bundle_finish(struct lt_bundle_writer *writer, bool keep, uint64_t *ret_size,
                                char ret_reason[LT_BUNDLE_REASON_MAX]);

/* ---- Reading ---- */

struct lt_bundle;
struct lt_bundle_head {
    struct lt_bundle_maker maker;
    uint64_t updates, receipts;
};
/* Reads it through: everything is whole and well-formed when it returns LT_OK. LT_NOT_FOUND: no such file;
 * LT_VERSION: of a newer program; LT_NOT_YOURS: sealed to others; LT_CORRUPT: cut short, altered, or no
 * bundle; LT_MALFORMED: whole, but not what a bundle holds. */
enum lt_result lt_bundle_open(const char *path, const struct lt_keys *keys,
                              struct lt_bundle **ret_bundle, struct lt_bundle_head *ret_head,
                              char ret_reason[LT_BUNDLE_REASON_MAX]);
/* From the first message on again (the HELLO is passed over). */
enum lt_result lt_bundle_rewind(struct lt_bundle *bundle);
/* The next UPDATE or RECEIPTS; its payload lives until the next call. LT_NOT_FOUND: no more. LT_CORRUPT: the file
 * has changed since it was opened. */
enum lt_result lt_bundle_next(struct lt_bundle *bundle, struct lt_message *ret_message);
void lt_bundle_close(struct lt_bundle *bundle); /* NULL is ignored */

#endif
