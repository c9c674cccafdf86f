/* update.h - make, open and read one signed update over its exact bytes.
 *
 * Bytes that were signed are never serialised again: an update is opened in place and forwarded as
 * it came. Pure; any thread. */
#ifndef LT_UPDATE_H
#define LT_UPDATE_H

#include "proto/ids.h"
#include "proto/lienthong.pb-c.h"

/* A span of borrowed bytes. */
struct lt_bytes {
    const uint8_t *data;
    size_t size;
};

/* What the frozen frame says, copied out. */
struct lt_frame {
    struct lt_chain chain;
    uint64_t seq;
    uint32_t parent_count;
    struct lt_hash parents[LT_PARENTS_MAX]; /* ascending, distinct */
    struct lt_key key;
    struct lt_instance instance;
    uint32_t body_version;
    struct lt_hash body_hash;
};

/* An opened update. The spans point into the bytes given to lt_update_open and live as long. */
struct lt_update {
    struct lt_hash id; /* BLAKE2b-256 of the frame's bytes */
    struct lt_frame frame;
    struct lt_bytes frame_bytes, body, personal, sealed; /* not both of the last two */
    struct lt_signature signature;
};

/* Parses the outer message and its frame, computes the identity, compares the body's hash. Does not
 * verify the signature (lt_update_verify) nor unpack the body (lt_report_read, lt_directive_read).
 * LT_TOO_LARGE, LT_MALFORMED (also: unknown fields or a duplicate field in outer or frame, seq 0 or
 * above LT_SEQ_MAX, parents unsorted, seq 1 with or above 1 without parents), LT_BAD_HASH. */
enum lt_result lt_update_open(struct lt_bytes bytes, struct lt_update *ret_update);

/* The same without comparing the body's hash: what it says of itself, to be named when it is refused. */
enum lt_result lt_update_claim(struct lt_bytes bytes, struct lt_update *ret_update);

/* LT_BAD_SIGNATURE unless the signature is by frame.key over the context and the identity. */
enum lt_result lt_update_verify(const struct lt_update *update);

/* Signs `body` (already serialised) under `frame` (body_hash is filled in here) and serialises all.
 * `personal` may be empty. *ret_bytes is malloc'ed and owned by the caller. */
enum lt_result lt_update_seal(struct lt_frame *frame, struct lt_bytes body,
                              struct lt_bytes personal, const struct lt_secret *secret,
                              uint8_t **ret_bytes, size_t *ret_size, struct lt_hash *ret_id);

/* A bump allocator with a hard budget for unpacking foreign messages; one malloc a block, all freed
 * at once. lt_arena_reset keeps the first block for the next message. Not shared between threads. */
struct lt_arena;
struct lt_arena *lt_arena_new(size_t budget_bytes);
void lt_arena_reset(struct lt_arena *arena);
void lt_arena_free(struct lt_arena *arena);
void *lt_arena_take(struct lt_arena *arena, size_t size); /* NULL when over budget */
ProtobufCAllocator *lt_arena_allocator(struct lt_arena *arena);

/* Unpacks the body into the arena and checks its shape: bounds of limits.h, references in range
 * (tables, earlier changes of the same update), exactly one record for a put, none else, texts are
 * UTF-8 without control characters, and, when `personal` is there, that its rows match the body's
 * root. LT_VERSION for a newer body_version. Unknown fields in a change are LT_OK here; the judge
 * quarantines it (lt_report_unknown). */
enum lt_result lt_report_read(const struct lt_update *update, struct lt_arena *arena,
                              Lienthong__ReportBody **ret_body);
/* When its author signed it, by his clock, without unpacking what it says; of a body that lt_report_read reads, the same.
 * 0: not stated, of a newer body_version, or no report. */
int64_t lt_report_signed_at(const struct lt_update *update);
/* True when change `index` (or what it holds) has fields that this build does not know. */
bool lt_report_unknown(const Lienthong__ReportBody *body, uint32_t index);

enum lt_result lt_directive_read(const struct lt_update *update, struct lt_arena *arena,
                                 Lienthong__DirectiveBody **ret_body);

/* Unpacks a personal part and checks it against the body's root. Rows are ascending by change. */
enum lt_result lt_personal_read(struct lt_bytes personal, const Lienthong__ReportBody *body,
                                struct lt_arena *arena, Lienthong__Personal **ret_personal);
/* The person of change `index`, unpacked into the arena; NULL when none or erased. */
const Lienthong__Person *lt_personal_find(const Lienthong__Personal *personal, uint32_t index,
                                          struct lt_arena *arena);

/* Is the person of change `index` erased, or, when the whole part was left away, possibly so? `personal` NULL:
 * there is no part. */
bool lt_personal_erased(const Lienthong__Personal *personal, const Lienthong__ReportBody *body,
                        uint32_t index);
/* Is it there, in a box that was not opened (lt_sealed_open), or held something else? */
bool lt_personal_hidden(const Lienthong__Personal *personal, uint32_t index);
/* The same update without the persons of the changes that `changes` marks (a byte for each of the body's):
 * their leaves stand in their place, so that root, signature and identity hold. Without any part where an
 * update would become too long. *ret_bytes is malloc'ed. LT_NOT_FOUND: there is nothing to take out. */
enum lt_result lt_update_redact(const struct lt_update *update, const Lienthong__ReportBody *body,
                                const uint8_t *changes, struct lt_arena *arena, uint8_t **ret_bytes,
                                size_t *ret_size);

/* ---- Sealed: names that only some can read ---- */

enum { LT_SEAL_KEYS_MAX = 16, LT_SEALED_KEY_BYTES = 80 };
/* An update's key as sealed to one box key (crypto_box_seal, which draws random bytes: by the caller). */
struct lt_seal_key {
    uint8_t box_key[32];
    uint8_t sealed[LT_SEALED_KEY_BYTES];
};
/* Unpacks a sealed part and checks its leaves against the body's root; boxes are not looked into, so that it is
 * the same for who can open it and who cannot. */
enum lt_result lt_sealed_read(struct lt_bytes sealed, const Lienthong__ReportBody *body,
                              struct lt_arena *arena, Lienthong__Sealed **ret_sealed);
/* As a personal part: rows whose box `key` opens and whose leaf it matches have their person, the others (all, when
 * `key` is NULL) look erased. In the arena. */
enum lt_result lt_sealed_open(const Lienthong__Sealed *sealed, const struct lt_hash *body_hash,
                              const uint8_t *key, struct lt_arena *arena,
                              Lienthong__Personal **ret_personal);
/* For authors: the update with its whole personal part sealed under `key` (32 bytes that the caller drew, as the
 * nonce). LT_NOT_FOUND: it has none; LT_TOO_LARGE. */
enum lt_result lt_update_close(const struct lt_update *update, const Lienthong__ReportBody *body,
                               const struct lt_seal_key *keys, size_t key_count,
                               const uint8_t key[32], const uint8_t nonce[24],
                               struct lt_arena *arena, uint8_t **ret_bytes, size_t *ret_size);

/* For authors: serialises the persons (persons[i] NULL: none) under `salt` (32 random bytes that the
 * caller drew), returns the personal part's bytes (malloc'ed) and the root for the body. */
enum lt_result lt_personal_make(const Lienthong__Person *const *persons, size_t count,
                                const uint8_t salt[32], uint8_t **ret_bytes, size_t *ret_size,
                                struct lt_hash *ret_root);

/* Receipts. Open checks signature and shape; whether the key is the hub's is the caller's question. */
struct lt_statement {
    struct lt_unit hub;
    struct lt_instance incarnation;
    uint64_t number;
    struct lt_chain chain;
    uint32_t tip_count;
    struct lt_hash tips[LT_PARENTS_MAX]; /* ascending */
    uint64_t count;
    struct lt_hash directives;
    uint32_t key_count;
    struct lt_key keys[16];
    uint64_t quarantined;
    struct lt_hash quarantine;
    struct lt_key key;
    bool top;
    int64_t signed_at;
};
/* `receipt` is a serialised Receipt. */
enum lt_result lt_receipt_open(struct lt_bytes receipt, struct lt_statement *ret_statement);
/* *ret_bytes is malloc'ed: a serialised Receipt. */
enum lt_result lt_receipt_seal(const struct lt_statement *statement, const struct lt_secret *secret,
                               uint8_t **ret_bytes, size_t *ret_size);

#endif
