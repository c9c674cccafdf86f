/* ids.h - the identifiers of the protocol as types: hashes, keys, units, chains, days.
 *
 * All are plain values: copied, compared and stored as they are. Functions are pure and may be
 * called from any thread. */
#ifndef LT_IDS_H
#define LT_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proto/limits.h"
#include "proto/result.h"

struct lt_hash {
    uint8_t bytes[32];
}; /* BLAKE2b-256; the identity of an update */
struct lt_key {
    uint8_t bytes[32];
}; /* Ed25519 public key */
struct lt_secret {
    uint8_t bytes[64];
}; /* Ed25519 secret key as libsodium keeps it; wipe it */
struct lt_signature {
    uint8_t bytes[64];
};
struct lt_instance {
    uint8_t bytes[16];
}; /* one machine's store; also a ledger's incarnation */

/* A day: days since 1970-01-01, proleptic Gregorian. 0 is "not stated" or "since ever". */
typedef int32_t lt_day;

/* An administrative or other unit: codes were reused, so a unit is (code, first day). */
struct lt_unit {
    char code[LT_CODE_BYTES_MAX + 1]; /* NUL-terminated and NUL-padded */
    lt_day valid_from; /* 0: since ever */
};

enum lt_stream { LT_STREAM_REPORT = 1, LT_STREAM_DIRECTIVE = 2 };

/* Whose chain of updates. */
struct lt_chain {
    enum lt_stream stream;
    struct lt_unit unit;
};

/* Place of a change in the order of its author: greater counts (design: (seq, hash, index)). */
struct lt_stamp {
    uint64_t seq;
    struct lt_hash update;
    uint32_t index;
};

/* A record: the change that first put it. */
struct lt_record_id {
    struct lt_hash update;
    uint32_t index;
};

/* Three-way comparisons, <0 0 >0. Units by code, then first day. */
int lt_hash_cmp(const struct lt_hash *a, const struct lt_hash *b);
int lt_unit_cmp(const struct lt_unit *a, const struct lt_unit *b);
int lt_chain_cmp(const struct lt_chain *a, const struct lt_chain *b);
int lt_stamp_cmp(const struct lt_stamp *a, const struct lt_stamp *b);

/* Codes hold ASCII letters, digits, '-', '_' and '.', 1 to LT_CODE_BYTES_MAX. LT_MALFORMED else. */
enum lt_result lt_unit_make(const char *code, lt_day valid_from, struct lt_unit *ret_unit);

/* "80" or "80@2025-07-01"; writes at most LT_UNIT_TEXT_MAX bytes with the NUL. */
enum { LT_UNIT_TEXT_MAX = LT_CODE_BYTES_MAX + 1 + 10 + 1 };
void lt_unit_format(const struct lt_unit *unit, char ret_text[LT_UNIT_TEXT_MAX]);
/* The reverse; *ret_dated says whether a date was given. */
enum lt_result lt_unit_parse(const char *text, struct lt_unit *ret_unit, bool *ret_dated);

/* A chain as a store key: stream byte, code NUL-padded to 16, first day as 4 bytes big-endian with
 * the sign bit flipped. Sorts as lt_chain_cmp. */
enum { LT_CHAIN_KEY_BYTES = 1 + LT_CODE_BYTES_MAX + 1 + 4 };
void lt_chain_to_key(const struct lt_chain *chain, uint8_t ret_key[LT_CHAIN_KEY_BYTES]);
enum lt_result lt_chain_from_key(const uint8_t key[LT_CHAIN_KEY_BYTES], struct lt_chain *ret_chain);

/* Days and calendar dates. LT_MALFORMED for a date that never was. */
enum lt_result lt_day_make(int year, int month, int day, lt_day *ret_day);
void lt_day_split(lt_day day, int *ret_year, int *ret_month, int *ret_day);
/* yyyy-mm-dd */
enum lt_result lt_day_parse_iso(const char *text, lt_day *ret_day);
void lt_day_format_iso(lt_day day, char ret_text[11]);

/* Lower-case hexadecimal. `ret_text` holds 2 * size + 1 bytes. */
void lt_hex(const uint8_t *bytes, size_t size, char *ret_text);
/* Exactly 2 * size digits, either case; LT_MALFORMED else. */
enum lt_result lt_unhex(const char *text, uint8_t *ret_bytes, size_t size);

/* BLAKE2b-256 of `size` bytes. */
void lt_hash_of(const void *bytes, size_t size, struct lt_hash *ret_hash);

#endif
