#include "hub/roster_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

enum { ROSTER_FORMAT = 5, SWEEP_AFTER_S = 90 * 86400, SWEEP_MAX = 64 };

static const struct lt_table_spec TABLES[ROSTER_TABLES] = {{"invitation", false, 0},
                                                           {"mark", false, 0},
                                                           {"shown", false, 0},
                                                           {"copy", false, 0},
                                                           {"history", false, 5}};

static enum lt_result open_as(const char *dir, bool read_only, struct lt_roster **ret_roster,
                              char ret_reason[200])
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
    enum lt_result result = lt_env_open(path, TABLES, ROSTER_TABLES, ROSTER_FORMAT, read_only,
                                        &roster->env, ret_reason);
    if (result != LT_OK) {
        free(roster);
        return result;
    }
    *ret_roster = roster;
    return LT_OK;
}

enum lt_result lt_roster_open(const char *dir, struct lt_roster **ret_roster, char ret_reason[200])
{
    return open_as(dir, false, ret_roster, ret_reason);
}

enum lt_result lt_roster_read(const char *dir, struct lt_roster **ret_roster, char ret_reason[200])
{
    return open_as(dir, true, ret_roster, ret_reason);
}

enum lt_result lt_roster_look(const char *dir, struct lt_roster **ret_roster, char ret_reason[200])
{
    char path[4096];
    if (snprintf(path, sizeof(path), "%s/roster", dir) >= (int)sizeof(path)) {
        snprintf(ret_reason, 200, "the path of the state folder is too long");
        return LT_USAGE;
    }
    enum lt_result result = lt_env_is_made(path, ret_reason);
    return result == LT_OK ? lt_roster_open(dir, ret_roster, ret_reason) : result;
}

void lt_roster_close(struct lt_roster *roster)
{
    if (roster != NULL) {
        lt_env_close(roster->env);
        free(roster);
    }
}

/* ---- What it is ---- */

enum lt_invite_state lt_invitation_state(const struct lt_invitation *invitation, int64_t wall_time)
{
    if (invitation->revoked_at != 0) {
        return LT_INVITE_REVOKED;
    }
    if (!invitation->taken) {
        return wall_time > invitation->expires_at ? LT_INVITE_EXPIRED : LT_INVITE_OPEN;
    }
    if (invitation->decision == LT_DENIED) {
        return LT_INVITE_DENIED;
    }
    return invitation->approve && invitation->decision == LT_UNDECIDED ? LT_INVITE_PENDING
                                                                       : LT_INVITE_TAKEN;
}

static const char *const STATES[LT_INVITE_STATES] = {"open",   "pending", "taken",
                                                     "denied", "revoked", "expired"};

const char *lt_invite_state_name(enum lt_invite_state state)
{
    return STATES[state];
}

const char *lt_invite_state_text(enum lt_invite_state state)
{
    static const char *const vietnamese[LT_INVITE_STATES] = {
        "còn mở", "chờ duyệt", "đã dùng", "bị từ chối", "đã thu hồi", "đã hết hạn"};
    return lt_text(vietnamese[state], STATES[state]);
}

void lt_invite_id(const struct lt_hash *hash, char ret_id[LT_INVITE_ID_MAX])
{
    lt_hex(hash->bytes, (LT_INVITE_ID_MAX - 1) / 2, ret_id);
}

static struct lt_bytes key_of(const struct lt_hash *hash)
{
    return (struct lt_bytes){hash->bytes, sizeof(hash->bytes)};
}

/* LT_NOT_FOUND, LT_CORRUPT. */
static enum lt_result get(struct lt_txn *txn, const struct lt_hash *hash,
                          struct lt_invitation *ret_invitation)
{
    struct lt_bytes row;
    if (!lt_get(txn, T_INVITATION, key_of(hash), &row)) {
        const enum lt_result error = lt_txn_error(txn);
        return error != LT_OK ? error : LT_NOT_FOUND;
    }
    if (!roster_read_row(row, ret_invitation)) {
        return LT_CORRUPT;
    }
    if (lt_get(txn, T_SHOWN, key_of(hash), &row)) {
        roster_read_shown(row, &ret_invitation->shown);
    }
    return lt_txn_error(txn);
}

static void put(struct lt_txn *txn, const struct lt_hash *hash,
                const struct lt_invitation *invitation)
{
    uint8_t row[ROSTER_ROW_BYTES_MAX];
    size_t size = roster_write_row(invitation, row);
    lt_put(txn, T_INVITATION, key_of(hash), (struct lt_bytes){row, size});
}

static void put_shown(struct lt_txn *txn, const struct lt_hash *hash,
                      const struct lt_showings *shown)
{
    uint8_t row[ROSTER_ROW_BYTES_MAX];
    size_t size = roster_write_shown(shown, row);
    lt_put(txn, T_SHOWN, key_of(hash), (struct lt_bytes){row, size});
}

static void forget(struct lt_txn *txn, const struct lt_hash *hash)
{
    lt_delete(txn, T_INVITATION, key_of(hash));
    lt_delete(txn, T_SHOWN, key_of(hash));
}

/* ---- Making ---- */

/* Deletes some that nobody took and that ended long ago, so that the table stays small. */
static void sweep(struct lt_txn *txn, int64_t wall_time)
{
    struct lt_hash old[SWEEP_MAX];
    size_t count = 0;
    struct lt_bytes key, value;
    struct lt_invitation invitation;
    struct lt_cursor *cursor = lt_cursor_open(txn, T_INVITATION);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    while (more && count < SWEEP_MAX) {
        if (key.size == sizeof(old[0]) && roster_read_row(value, &invitation) &&
            !invitation.taken && invitation.expires_at < wall_time - SWEEP_AFTER_S) {
            memcpy(old[count++].bytes, key.data, sizeof(old[0]));
        }
        more = lt_cursor_next(cursor, &key, &value);
    }
    if (cursor != NULL) {
        lt_cursor_close(cursor);
    }
    for (size_t i = 0; i < count; i++) {
        forget(txn, &old[i]);
    }
}

enum lt_result lt_roster_invite(struct lt_roster *roster, const uint8_t *secrets,
                                const struct lt_invitation *invitations, size_t count)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        struct lt_hash hash;
        if (i == 0) {
            sweep(txn, invitations[i].made_at);
        }
        lt_hash_of(secrets + 16 * i, 16, &hash);
        put(txn, &hash, &invitations[i]);
    }
    return lt_txn_commit(txn);
}

enum lt_result lt_roster_drop(struct lt_roster *roster, const uint8_t *secrets, size_t count)
{
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        struct lt_hash hash;
        struct lt_invitation invitation;
        lt_hash_of(secrets + 16 * i, 16, &hash);
        if (get(txn, &hash, &invitation) == LT_OK && !invitation.taken) {
            forget(txn, &hash);
        }
    }
    return lt_txn_commit(txn);
}

/* ---- Showing ---- */

bool lt_roster_knows(struct lt_roster *roster, const uint8_t secret[16])
{
    struct lt_hash hash;
    struct lt_bytes row;
    lt_hash_of(secret, 16, &hash);
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return false;
    }
    bool known = lt_get(txn, T_INVITATION, key_of(&hash), &row);
    lt_txn_abort(txn);
    return known;
}

/* What becomes of him, before he has taken it: admitted when it is free. */
static enum lt_join_fate fate_of(const struct lt_invitation *invitation,
                                 const struct lt_shower *shower, int64_t wall_time)
{
    bool his = memcmp(invitation->key.bytes, shower->key.bytes, 32) == 0 &&
               memcmp(invitation->curve_key, shower->curve_key, 32) == 0;
    if (invitation->taken && !his) {
        return LT_JOIN_USED;
    }
    if (invitation->role != shower->role) {
        return LT_JOIN_WRONG_ROLE;
    }
    if (!invitation->taken && shower->speaks_for != NULL &&
        lt_unit_cmp(shower->speaks_for, &invitation->unit) != 0) {
        return LT_JOIN_OTHER_UNIT;
    }
    switch (lt_invitation_state(invitation, wall_time)) {
    case LT_INVITE_PENDING:
        return LT_JOIN_PENDING;
    case LT_INVITE_DENIED:
        return LT_JOIN_DENIED;
    case LT_INVITE_REVOKED:
        return LT_JOIN_REVOKED;
    case LT_INVITE_EXPIRED:
        return LT_JOIN_EXPIRED;
    case LT_INVITE_OPEN:
        return invitation->approve ? LT_JOIN_PENDING : LT_JOIN_ADMITTED;
    case LT_INVITE_TAKEN:
    case LT_INVITE_STATES:
        break;
    }
    return LT_JOIN_ADMITTED;
}

static void note_refused(struct lt_showings *shown, enum lt_join_fate fate,
                         const struct lt_shower *shower, int64_t wall_time)
{
    bool wrong = fate == LT_JOIN_WRONG_ROLE || fate == LT_JOIN_OTHER_UNIT;
    uint32_t *count = fate == LT_JOIN_USED ? &shown->by_others
                      : wrong              ? &shown->wrong_role
                                           : &shown->too_late;
    *count += *count < UINT32_MAX;
    shown->last_at = wall_time;
    shown->last_key = shower->key;
    snprintf(shown->last_address, sizeof(shown->last_address), "%s", shower->address);
}

static enum lt_result take(struct lt_txn *txn, const struct lt_hash *hash,
                           const struct lt_shower *shower, int64_t wall_time,
                           struct lt_invitation *invitation, enum lt_join_fate *fate)
{
    enum lt_result result = get(txn, hash, invitation);
    if (result != LT_OK) {
        lt_txn_abort(txn);
        *fate = LT_JOIN_UNKNOWN;
        return result == LT_NOT_FOUND ? LT_OK : result;
    }
    *fate = fate_of(invitation, shower, wall_time);
    bool admitted = *fate == LT_JOIN_ADMITTED || *fate == LT_JOIN_PENDING;
    if (admitted && invitation->taken) {
        lt_txn_abort(txn); /* again: nothing new */
        return LT_OK;
    }
    if (admitted) {
        invitation->taken = true;
        invitation->key = shower->key;
        memcpy(invitation->curve_key, shower->curve_key, 32);
        invitation->taken_at = wall_time;
        snprintf(invitation->address, sizeof(invitation->address), "%s", shower->address);
        put(txn, hash, invitation);
    } else {
        note_refused(&invitation->shown, *fate, shower, wall_time);
        put_shown(txn, hash, &invitation->shown);
    }
    return lt_txn_commit(txn);
}

enum lt_result lt_roster_take(struct lt_roster *roster, const uint8_t secret[16],
                              const struct lt_shower *shower, int64_t wall_time,
                              struct lt_invitation *ret_invitation, enum lt_join_fate *ret_fate)
{
    struct lt_hash hash;
    struct lt_invitation invitation;
    enum lt_join_fate fate = LT_JOIN_UNKNOWN;
    if (!lt_roster_knows(roster, secret)) { /* guesses must not cost a flush */
        *ret_fate = LT_JOIN_UNKNOWN;
        return LT_OK;
    }
    lt_hash_of(secret, 16, &hash);
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result = take(txn, &hash, shower, wall_time, &invitation, &fate);
    if (result == LT_OK) {
        *ret_fate = fate;
        if (fate != LT_JOIN_UNKNOWN) {
            *ret_invitation = invitation;
        }
    }
    return result;
}

enum lt_result lt_roster_set_told(struct lt_roster *roster, const uint8_t secret[16],
                                  int64_t wall_time)
{
    struct lt_hash hash;
    struct lt_invitation invitation;
    lt_hash_of(secret, 16, &hash);
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result = get(txn, &hash, &invitation);
    if (result != LT_OK) {
        lt_txn_abort(txn);
        return result;
    }
    invitation.shown.told_at = wall_time;
    put_shown(txn, &hash, &invitation.shown);
    return lt_txn_commit(txn);
}

/* ---- The operator ---- */

enum lt_result lt_roster_list(struct lt_roster *roster, lt_invitation_seen *seen, void *context)
{
    struct lt_bytes key, value;
    struct lt_txn *txn = lt_txn_begin(roster->env, false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    struct lt_cursor *cursor = lt_cursor_open(txn, T_INVITATION);
    bool more = cursor != NULL && lt_cursor_seek(cursor, (struct lt_bytes){NULL, 0}, &key, &value);
    while (more) {
        struct lt_invitation invitation;
        struct lt_hash hash;
        if (key.size == sizeof(hash.bytes) && roster_read_row(value, &invitation)) {
            struct lt_bytes shown;
            memcpy(hash.bytes, key.data, sizeof(hash.bytes));
            if (lt_get(txn, T_SHOWN, key_of(&hash), &shown)) {
                roster_read_shown(shown, &invitation.shown);
            }
            seen(context, &hash, &invitation);
        }
        more = lt_cursor_next(cursor, &key, &value);
    }
    if (cursor != NULL) {
        lt_cursor_close(cursor);
    }
    enum lt_result result = lt_txn_error(txn);
    lt_txn_abort(txn);
    return result;
}

enum act { REVOKE, APPROVE, DENY };

static enum lt_result settle(struct lt_roster *roster, const struct lt_hash *hash, enum act act,
                             int64_t wall_time, struct lt_invitation *ret_invitation)
{
    struct lt_invitation invitation;
    struct lt_txn *txn = lt_txn_begin(roster->env, true);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    enum lt_result result = get(txn, hash, &invitation);
    if (result == LT_OK) {
        enum lt_invite_state state = lt_invitation_state(&invitation, wall_time);
        *ret_invitation = invitation;
        bool may = state == LT_INVITE_PENDING || (act == REVOKE && state == LT_INVITE_OPEN);
        result = may ? LT_OK : LT_REFUSED;
    }
    if (result != LT_OK) {
        lt_txn_abort(txn);
        return result;
    }
    if (act == REVOKE) {
        invitation.revoked_at = wall_time;
    } else {
        invitation.decision = act == APPROVE ? LT_APPROVED : LT_DENIED;
        invitation.decided_at = wall_time;
    }
    put(txn, hash, &invitation);
    result = lt_txn_commit(txn);
    if (result == LT_OK) {
        *ret_invitation = invitation;
    }
    return result;
}

enum lt_result lt_roster_revoke(struct lt_roster *roster, const struct lt_hash *hash,
                                int64_t wall_time, struct lt_invitation *ret_invitation)
{
    return settle(roster, hash, REVOKE, wall_time, ret_invitation);
}

enum lt_result lt_roster_decide(struct lt_roster *roster, const struct lt_hash *hash, bool approved,
                                int64_t wall_time, struct lt_invitation *ret_invitation)
{
    return settle(roster, hash, approved ? APPROVE : DENY, wall_time, ret_invitation);
}

struct counting {
    int64_t wall_time;
    struct lt_roster_counts counts;
};

static void count_one(void *context, const struct lt_hash *hash,
                      const struct lt_invitation *invitation)
{
    struct counting *counting = context;
    (void)hash;
    counting->counts.by_state[lt_invitation_state(invitation, counting->wall_time)]++;
    counting->counts.shown_by_others += invitation->shown.by_others > 0;
}

void lt_roster_count(struct lt_roster *roster, int64_t wall_time,
                     struct lt_roster_counts *ret_counts)
{
    struct counting counting = {.wall_time = wall_time};
    if (lt_roster_list(roster, count_one, &counting) != LT_OK) {
        counting.counts = (struct lt_roster_counts){.shown_by_others = 0};
    }
    *ret_counts = counting.counts;
}
