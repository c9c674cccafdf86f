#include "hub/roster_own.h"

#include <assert.h>
#include <string.h>

enum {
    ROW_1_BYTES = 1 + 1 + LT_CHAIN_KEY_BYTES + 8 + 8 + 1 + 32 + 32 + 8,
    ROW_2_BYTES = ROW_1_BYTES + 1 + 1 + 8 + 8 + LT_ADDRESS_MAX,
    SHOWN_BYTES = 1 + 3 * 8 + 8 + 32 + LT_ADDRESS_MAX + 8,
};
static_assert((int)ROW_2_BYTES <= (int)ROSTER_ROW_BYTES_MAX &&
                  (int)SHOWN_BYTES <= (int)ROSTER_ROW_BYTES_MAX,
              "rows fit");

uint8_t *roster_put_u64(uint8_t *at, uint64_t value)
{
    for (int i = 0; i < 8; i++) {
        at[i] = (uint8_t)(value >> (56 - 8 * i));
    }
    return at + 8;
}

uint64_t roster_get_u64(const uint8_t *at)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static uint8_t *put_bytes(uint8_t *at, const void *bytes, size_t size)
{
    memcpy(at, bytes, size);
    return at + size;
}

static uint8_t *put_address(uint8_t *at, const char *address)
{
    memset(at, 0, LT_ADDRESS_MAX);
    memcpy(at, address, strnlen(address, LT_ADDRESS_MAX - 1));
    return at + LT_ADDRESS_MAX;
}

static void get_address(const uint8_t *at, char ret_address[LT_ADDRESS_MAX])
{
    memcpy(ret_address, at, LT_ADDRESS_MAX);
    ret_address[LT_ADDRESS_MAX - 1] = '\0';
}

/* version, role, unit as a chain key, made, expires, taken, key, CURVE key, taken at; since version 2
 * also approve, decision, decided at, revoked at, address */
size_t roster_write_row(const struct lt_invitation *invitation,
                        uint8_t ret_row[ROSTER_ROW_BYTES_MAX])
{
    struct lt_chain chain = {LT_STREAM_REPORT, invitation->unit};
    uint8_t *at = ret_row;
    *at++ = 2;
    *at++ = (uint8_t)invitation->role;
    lt_chain_to_key(&chain, at);
    at = roster_put_u64(at + LT_CHAIN_KEY_BYTES, (uint64_t)invitation->made_at);
    at = roster_put_u64(at, (uint64_t)invitation->expires_at);
    *at++ = invitation->taken;
    at = put_bytes(at, invitation->key.bytes, 32);
    at = put_bytes(at, invitation->curve_key, 32);
    at = roster_put_u64(at, (uint64_t)invitation->taken_at);
    *at++ = invitation->approve;
    *at++ = (uint8_t)invitation->decision;
    at = roster_put_u64(at, (uint64_t)invitation->decided_at);
    at = roster_put_u64(at, (uint64_t)invitation->revoked_at);
    at = put_address(at, invitation->address);
    return (size_t)(at - ret_row);
}

static void read_second(const uint8_t *at, struct lt_invitation *invitation)
{
    invitation->approve = at[0] != 0;
    invitation->decision = at[1] == LT_APPROVED ? LT_APPROVED
                           : at[1] == LT_DENIED ? LT_DENIED
                                                : LT_UNDECIDED;
    invitation->decided_at = (int64_t)roster_get_u64(at + 2);
    invitation->revoked_at = (int64_t)roster_get_u64(at + 10);
    get_address(at + 18, invitation->address);
}

bool roster_read_row(struct lt_bytes row, struct lt_invitation *ret_invitation)
{
    struct lt_chain chain;
    struct lt_invitation invitation = {.made_at = 0};
    const uint8_t *at = row.data;
    bool second = row.size == ROW_2_BYTES && at[0] == 2;
    if ((!second && (row.size != ROW_1_BYTES || at[0] != 1)) ||
        lt_chain_from_key(at + 2, &chain) != LT_OK) {
        return false;
    }
    invitation.role = at[1] == LIENTHONG__ROLE__ROLE_HUB ? LIENTHONG__ROLE__ROLE_HUB
                                                         : LIENTHONG__ROLE__ROLE_AGENT;
    invitation.unit = chain.unit;
    at += 2 + LT_CHAIN_KEY_BYTES;
    invitation.made_at = (int64_t)roster_get_u64(at);
    invitation.expires_at = (int64_t)roster_get_u64(at + 8);
    invitation.taken = at[16] != 0;
    memcpy(invitation.key.bytes, at + 17, 32);
    memcpy(invitation.curve_key, at + 49, 32);
    invitation.taken_at = (int64_t)roster_get_u64(at + 81);
    if (second) {
        read_second(at + 89, &invitation);
    }
    *ret_invitation = invitation;
    return true;
}

/* version, by others, wrong role, too late, last at, last key, last address, told at */
size_t roster_write_shown(const struct lt_showings *shown, uint8_t ret_row[ROSTER_ROW_BYTES_MAX])
{
    uint8_t *at = ret_row;
    *at++ = 1;
    at = roster_put_u64(at, shown->by_others);
    at = roster_put_u64(at, shown->wrong_role);
    at = roster_put_u64(at, shown->too_late);
    at = roster_put_u64(at, (uint64_t)shown->last_at);
    at = put_bytes(at, shown->last_key.bytes, 32);
    at = put_address(at, shown->last_address);
    at = roster_put_u64(at, (uint64_t)shown->told_at);
    return (size_t)(at - ret_row);
}

bool roster_read_shown(struct lt_bytes row, struct lt_showings *ret_shown)
{
    const uint8_t *at = row.data;
    if (row.size != SHOWN_BYTES || at[0] != 1) {
        return false;
    }
    ret_shown->by_others = (uint32_t)roster_get_u64(at + 1);
    ret_shown->wrong_role = (uint32_t)roster_get_u64(at + 9);
    ret_shown->too_late = (uint32_t)roster_get_u64(at + 17);
    ret_shown->last_at = (int64_t)roster_get_u64(at + 25);
    memcpy(ret_shown->last_key.bytes, at + 33, 32);
    get_address(at + 65, ret_shown->last_address);
    ret_shown->told_at = (int64_t)roster_get_u64(at + 65 + LT_ADDRESS_MAX);
    return true;
}
