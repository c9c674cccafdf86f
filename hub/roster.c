#include "hub/roster.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { T_INVITATION, T_MARK, TABLE_COUNT };
enum { ROSTER_FORMAT = 1, ROW_BYTES = 1 + 1 + LT_CHAIN_KEY_BYTES + 8 + 8 + 1 + 32 + 32 + 8 };
enum { SWEEP_AFTER_S = 90 * 86400, SWEEP_MAX = 64 };

static const struct lt_table_spec TABLES[TABLE_COUNT] = {{"invitation", false, 0},
                                                         {"mark", false, 0}};

struct lt_roster {
    struct lt_env *env;
};

enum lt_result lt_roster_open(const char *dir, struct lt_roster **ret_roster, char ret_reason[200])
{
    char path[4096];
    if (snprintf(path, sizeof(path), "%s/roster", dir) >= (int)sizeof(path)) {
        snprintf(ret_reason, 200, "the path of the state folder is too long");
        return LT_USAGE;
    }
    struct lt_roster *roster = calloc(1, sizeof(*roster));
    if (roster == NULL) {
        snprintf(ret_reason, 200, "out of memory");
        return LT_NO_MEMORY;
    }
    enum lt_result result =
        lt_env_open(path, TABLES, TABLE_COUNT, ROSTER_FORMAT, false, &roster->env, ret_reason);
    if (result != LT_OK) {
        free(roster);
        return result;
    }
    *ret_roster = roster;
    return LT_OK;
}

void lt_roster_close(struct lt_roster *roster)
{
    if (roster != NULL) {
        lt_env_close(roster->env);
        free(roster);
    }
}

static uint8_t *put_u64(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        at[i] = (uint8_t)(value >> (56 - 8 * i));
    }
    return at + 8;
}

static uint64_t get_u64(const uint8_t *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

/* version, role, unit as a chain key, made, expires, taken, key, CURVE key, taken at */
static void write_row(const struct lt_invitation *invitation, uint8_t ret_row[ROW_BYTES])
{
    struct lt_chain chain = {LT_STREAM_REPORT, invitation->unit};
    uint8_t *at = ret_row;
    *at++ = 1;
    *at++ = (uint8_t)invitation->role;
    lt_chain_to_key(&chain, at);
    at = put_u64(at + LT_CHAIN_KEY_BYTES, (uint64_t)invitation->made_at);
    at = put_u64(at, (uint64_t)invitation->expires_at);
    *at++ = invitation->taken;
    memcpy(at, invitation->key.bytes, 32);
    memcpy(at + 32, invitation->curve_key, 32);
    put_u64(at + 64, (uint64_t)invitation->taken_at);
}

static bool read_row(struct lt_bytes row, struct lt_invitation *ret_invitation)
{
    struct lt_chain chain;
    const uint8_t *at = row.data;
    if (row.size != ROW_BYTES || at[0] != 1 || lt_chain_from_key(at + 2, &chain) != LT_OK) {
        return false;
    }
    ret_invitation->role = at[1] == LIENTHONG__ROLE__ROLE_HUB ? LIENTHONG__ROLE__ROLE_HUB
                                                              : LIENTHONG__ROLE__ROLE_AGENT;
    ret_invitation->unit = chain.unit;
    at += 2 + LT_CHAIN_KEY_BYTES;
    ret_invitation->made_at = (int64_t)get_u64(at);
    ret_invitation->expires_at = (int64_t)get_u64(at + 8);
    ret_invitation->taken = at[16] != 0;
    memcpy(ret_invitation->key.bytes, at + 17, 32);
    memcpy(ret_invitation->curve_key, at + 49, 32);
    ret_invitation->taken_at = (int64_t)get_u64(at + 81);
    return true;
}

/* Deletes some that nobody took and that expired long ago, so that the table stays small. */
static void sweep(struct lt_txn *txn, int64_t wall_time)
{
    struct lt_hash old[SWEEP_MAX];
    size_t count = 0;
    struct lt_bytes key, value;
    struct lt_invitation invitation;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_INVITATION);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    while (more && count < SWEEP_MAX) {
        if (key.size == sizeof(old[0]) && read_row(value, &invitation) && !invitation.taken &&
            invitation.expires_at < wall_time - SWEEP_AFTER_S) {
            memcpy(old[count++].bytes, key.data, sizeof(old[0]));
        }
        more = lt_cursor_next(cursor, &key, &value);
    }
    if (cursor != NULL) {
        lt_cursor_close(cursor);
    }
    for (size_t i = 0; i < count; i++) {
        lt_delete(txn, T_INVITATION, (struct lt_bytes){old[i].bytes, sizeof(old[i].bytes)});
    }
}

enum lt_result lt_roster_invite(struct lt_roster *roster, const uint8_t secret[16],
                                const struct lt_invitation *invitation)
{
    struct lt_hash id;
    uint8_t row[ROW_BYTES];
    lt_hash_of(secret, 16, &id);
    write_row(invitation, row);
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    sweep(txn, invitation->made_at);
    lt_put(txn, T_INVITATION, (struct lt_bytes){id.bytes, sizeof(id.bytes)},
           (struct lt_bytes){row, sizeof(row)});
    return lt_txn_commit(txn);
}

/* *ret_again: this key has it already. */
static enum lt_result may_take(const struct lt_invitation *invitation, Lienthong__Role role,
                               const struct lt_key *key, const uint8_t curve_key[32],
                               int64_t wall_time, bool *ret_again)
{
    if (invitation->role != role) {
        return LT_REFUSED;
    }
    if (invitation->taken) {
        *ret_again = memcmp(invitation->key.bytes, key->bytes, 32) == 0 &&
                     memcmp(invitation->curve_key, curve_key, 32) == 0;
        return *ret_again ? LT_OK : LT_EXISTS;
    }
    return wall_time > invitation->expires_at ? LT_REFUSED : LT_OK;
}

enum lt_result lt_roster_take(struct lt_roster *roster, const uint8_t secret[16],
                              Lienthong__Role role, const struct lt_key *key,
                              const uint8_t curve_key[32], int64_t wall_time,
                              struct lt_invitation *ret_invitation)
{
    struct lt_hash id;
    lt_hash_of(secret, 16, &id);
    struct lt_bytes at = {id.bytes, sizeof(id.bytes)}, row;
    struct lt_invitation invitation;
    bool again = false;
    enum lt_result result;
    /* Wrong guesses must not cost a flush: look first, write only what is to be written. */
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    result = lt_get(txn, T_INVITATION, at, &row) ? LT_OK : LT_NOT_FOUND;
    if (lt_txn_error(txn) != LT_OK) {
        result = lt_txn_error(txn);
    }
    lt_txn_abort(txn);
    if (result != LT_OK) {
        return result;
    }
    txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    if (!lt_get(txn, T_INVITATION, at, &row)) {
        result = LT_NOT_FOUND;
    } else if (!read_row(row, &invitation)) {
        result = LT_CORRUPT;
    } else {
        result = may_take(&invitation, role, key, curve_key, wall_time, &again);
    }
    if (result == LT_OK || result == LT_EXISTS) {
        *ret_invitation = invitation;
    }
    if (result != LT_OK || again) {
        lt_txn_abort(txn);
        return result;
    }
    uint8_t bytes[ROW_BYTES];
    invitation.taken = true;
    invitation.key = *key;
    memcpy(invitation.curve_key, curve_key, 32);
    invitation.taken_at = wall_time;
    write_row(&invitation, bytes);
    lt_put(txn, T_INVITATION, at, (struct lt_bytes){bytes, sizeof(bytes)});
    result = lt_txn_commit(txn);
    if (result == LT_OK) {
        *ret_invitation = invitation;
    }
    return result;
}

void lt_roster_count(struct lt_roster *roster, int64_t wall_time, uint64_t *ret_open,
                     uint64_t *ret_taken)
{
    struct lt_bytes key, value;
    struct lt_invitation invitation;
    *ret_open = *ret_taken = 0;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return;
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, T_INVITATION);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    while (more) {
        if (read_row(value, &invitation)) {
            *ret_taken += invitation.taken;
            *ret_open += !invitation.taken && invitation.expires_at >= wall_time;
        }
        more = lt_cursor_next(cursor, &key, &value);
    }
    if (cursor != NULL) {
        lt_cursor_close(cursor);
    }
    lt_txn_abort(txn);
}

static const uint8_t RECOVERING[] = "recovering", RETIRING[] = "retiring", RETIRED[] = "retired";

static int64_t get_mark(struct lt_roster *roster, struct lt_bytes name)
{
    struct lt_bytes value;
    int64_t mark = 0;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return 0;
    }
    if (lt_get(txn, T_MARK, name, &value) && value.size == 8) {
        mark = (int64_t)get_u64(value.data);
    }
    lt_txn_abort(txn);
    return mark;
}

static void put_mark(struct lt_txn *txn, struct lt_bytes name, int64_t mark)
{
    uint8_t bytes[8];
    put_u64(bytes, (uint64_t)mark);
    lt_put(txn, T_MARK, name, (struct lt_bytes){bytes, sizeof(bytes)});
}

int64_t lt_roster_recovering(struct lt_roster *roster)
{
    return get_mark(roster, (struct lt_bytes){RECOVERING, sizeof(RECOVERING)});
}

enum lt_result lt_roster_set_recovering(struct lt_roster *roster, int64_t since)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    put_mark(txn, (struct lt_bytes){RECOVERING, sizeof(RECOVERING)}, since);
    return lt_txn_commit(txn);
}

void lt_roster_retiring(struct lt_roster *roster, struct lt_retiring *ret_retiring)
{
    ret_retiring->since = get_mark(roster, (struct lt_bytes){RETIRING, sizeof(RETIRING)});
    ret_retiring->done = get_mark(roster, (struct lt_bytes){RETIRED, sizeof(RETIRED)});
}

enum lt_result lt_roster_set_retiring(struct lt_roster *roster, const struct lt_retiring *retiring)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    put_mark(txn, (struct lt_bytes){RETIRING, sizeof(RETIRING)}, retiring->since);
    put_mark(txn, (struct lt_bytes){RETIRED, sizeof(RETIRED)}, retiring->done);
    return lt_txn_commit(txn);
}
