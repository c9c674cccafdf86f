/* message.h - one ZeroMQ message: 12 bytes of header, then one protobuf message.
 *
 *   byte 0      type (enum lt_message_type)
 *   byte 1      1, the header's version
 *   bytes 2-3   0
 *   bytes 4-11  session, big-endian: drawn by the child for each HELLO, echoed by the parent in all
 *               it says in that session; an answer to an earlier session is ignored
 *
 * Pure; any thread. */
#ifndef LT_MESSAGE_H
#define LT_MESSAGE_H

#include "proto/update.h"

enum { LT_HEADER_BYTES = 12 };

enum lt_message_type {
    LT_MSG_HELLO = 1,
    LT_MSG_WELCOME = 2,
    LT_MSG_TIPS = 3,
    LT_MSG_UPDATE = 4,
    LT_MSG_RECEIPTS = 5,
    LT_MSG_WANT = 6,
    LT_MSG_REPORT = 7,
    LT_MSG_READY = 8, /* empty payload */
    LT_MSG_REFUSED = 9,
    LT_MSG_JOIN = 10,
    LT_MSG_JOINED = 11,
    LT_MSG_WANT_PIECE = 12,
    LT_MSG_PIECE = 13,
};

struct lt_message {
    enum lt_message_type type;
    uint64_t session;
    struct lt_bytes payload; /* borrowed */
};

/* LT_MALFORMED for an unknown type or header version; LT_TOO_LARGE by type. */
enum lt_result lt_message_open(struct lt_bytes bytes, struct lt_message *ret_message);

/* Header and packed payload in one malloc'ed block. `payload` may be NULL (READY). */
enum lt_result lt_message_pack(enum lt_message_type type, uint64_t session,
                               const ProtobufCMessage *payload, uint8_t **ret_bytes,
                               size_t *ret_size);
/* Writes the 12 bytes alone, to stand before an update's own bytes. */
void lt_header_write(enum lt_message_type type, uint64_t session,
                     uint8_t ret_header[LT_HEADER_BYTES]);

/* Unpacks a payload under the arena's budget and checks bounds and sizes of every field (hashes are
 * 32 bytes, texts bounded). `descriptor` is the generated one of the type. */
enum lt_result lt_payload_read(struct lt_bytes payload,
                               const ProtobufCMessageDescriptor *descriptor, struct lt_arena *arena,
                               ProtobufCMessage **ret_message);

/* Joining. The code is printed in Crockford base32 groups of five, "LT1-XXXXX-…": version, the hub's
 * CURVE key, the one-time secret, the endpoint, a checksum (4 bytes of BLAKE2b over what precedes). */
enum { LT_ENDPOINT_MAX = 128, LT_JOIN_CODE_MAX = 512 };
struct lt_join_code {
    uint8_t curve_key[32];
    uint8_t secret[16];
    char endpoint[LT_ENDPOINT_MAX]; /* tcp://host:port, NUL-terminated */
};
enum lt_result lt_join_code_format(const struct lt_join_code *code,
                                   char ret_text[LT_JOIN_CODE_MAX]);
/* Spaces and hyphens are ignored, case too; O I L are read as 0 1 1. LT_BAD_HASH: mistyped. */
enum lt_result lt_join_code_parse(const char *text, struct lt_join_code *ret_code);
/* Proof of a Join message: signs and verifies. */
enum lt_result lt_join_sign(Lienthong__Join *join, const struct lt_secret *secret,
                            uint8_t ret_proof[64]);
enum lt_result lt_join_verify(const Lienthong__Join *join);

/* What two people compare of a machine over the telephone: ten digits, "XXXXX-XXXXX", of BLAKE2b over
 * "lienthong fingerprint v1" 00, its signing key and its CURVE key. */
enum { LT_FINGERPRINT_MAX = 12 };
void lt_fingerprint(const struct lt_key *key, const uint8_t curve_key[32],
                    char ret_text[LT_FINGERPRINT_MAX]);
/* As people write it: case, blanks and hyphens do not matter, O I L are read as 0 1 1. */
bool lt_fingerprint_is(const char *written, const char fingerprint[LT_FINGERPRINT_MAX]);

#endif
