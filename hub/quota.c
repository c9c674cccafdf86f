#include "hub/quota.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S UINT64_C(86400)
#define MIB   (UINT64_C(1024) * 1024)
/* The meter of stored bytes counts in parts so small that a millisecond gives back whole ones. */
#define PARTS_A_BYTE DAY_S

struct lt_quota {
    struct lt_quota_limits limits;
    struct lt_account *accounts;
    uint32_t max, count;
    uint32_t *slots; /* hash of key -> index + 1; open addressing */
    uint32_t mask;
};

struct lt_quota *lt_quota_new(const struct lt_quota_limits *limits, uint32_t accounts_max)
{
    struct lt_quota *quota = calloc(1, sizeof(*quota));
    uint32_t slots = 64;
    while (slots < accounts_max * 2) {
        slots *= 2;
    }
    if (quota == NULL) {
        return NULL;
    }
    quota->limits = *limits;
    quota->max = accounts_max;
    quota->mask = slots - 1;
    quota->accounts = calloc(accounts_max, sizeof(*quota->accounts));
    quota->slots = calloc(slots, sizeof(*quota->slots));
    if (quota->accounts == NULL || quota->slots == NULL) {
        lt_quota_free(quota);
        return NULL;
    }
    return quota;
}

void lt_quota_free(struct lt_quota *quota)
{
    if (quota != NULL) {
        free(quota->accounts);
        free(quota->slots);
        free(quota);
    }
}

/* ---- Meters ---- */

static uint64_t share(const struct lt_account *account)
{
    return account->role == LIENTHONG__ROLE__ROLE_HUB ? LT_QUOTA_HUB_SHARE : 1;
}

/* What a meter holds, and what passing time empties; both in its unit. */
static uint64_t burst(const struct lt_quota *quota, const struct lt_account *account,
                      enum lt_meter meter)
{
    switch (meter) {
    case LT_METER_NOTHING:
        return share(account) * quota->limits.nothing_ms * 1000 * LT_QUOTA_NOTHING_BURST_S;
    case LT_METER_WORK:
        return share(account) * quota->limits.pace_ms * 1000 * LT_QUOTA_WORK_BURST_S;
    case LT_METER_STORED:
        return quota->limits.day_mib * MIB * PARTS_A_BYTE;
    case LT_METERS:
        break;
    }
    return UINT64_MAX;
}

static uint64_t given_back(const struct lt_quota *quota, const struct lt_account *account,
                           enum lt_meter meter, lt_ms passed)
{
    /* More than empties any meter: so the products below do not wrap. */
    uint64_t ms = passed < DAY_S * 1000 ? passed : DAY_S * 1000;
    switch (meter) {
    case LT_METER_NOTHING:
        return share(account) * quota->limits.nothing_ms * ms;
    case LT_METER_WORK:
        return share(account) * quota->limits.pace_ms * ms;
    case LT_METER_STORED:
        return quota->limits.day_mib * MIB * ms / 1000;
    case LT_METERS:
        break;
    }
    return 0;
}

static void settle(const struct lt_quota *quota, struct lt_account *account, lt_ms now)
{
    if (now <= account->settled_at) {
        return;
    }
    for (int meter = 0; meter < LT_METERS; meter++) {
        uint64_t back = given_back(quota, account, (enum lt_meter)meter, now - account->settled_at);
        account->filled[meter] -= account->filled[meter] < back ? account->filled[meter] : back;
    }
    account->settled_at = now;
    while (account->level > 0 && now > account->cut_until &&
           now - account->cut_until >= LT_QUOTA_FORGET_MS) {
        account->level--;
        account->cut_until += LT_QUOTA_FORGET_MS;
    }
}

static void cut(const struct lt_quota *quota, struct lt_account *account, enum lt_meter meter,
                lt_ms now)
{
    uint64_t seconds = quota->limits.cut_s;
    for (uint32_t i = 0; i < account->level && seconds < LT_QUOTA_CUT_MOST_S; i++) {
        seconds *= 2;
    }
    seconds = seconds < LT_QUOTA_CUT_MOST_S ? seconds : LT_QUOTA_CUT_MOST_S;
    account->level += account->level < 32;
    account->cuts++;
    account->cut_by = meter;
    account->cut_at = now;
    account->cut_until = now + seconds * 1000;
    account->filled[meter] = burst(quota, account, meter) / 2;
}

bool lt_quota_spend(const struct lt_quota *quota, struct lt_account *account, enum lt_meter meter,
                    uint64_t amount, lt_ms now)
{
    assert(meter < LT_METERS);
    settle(quota, account, now);
    if (meter == LT_METER_STORED && account->role == LIENTHONG__ROLE__ROLE_HUB) {
        return false;
    }
    uint64_t most = burst(quota, account, meter);
    account->spent[meter] += amount;
    account->filled[meter] += meter == LT_METER_STORED ? amount * PARTS_A_BYTE : amount;
    if (account->filled[meter] <= most || meter == LT_METER_WORK || now < account->cut_until) {
        /* While it is cut, and of work, no more is remembered than what ends in a while. */
        uint64_t ceiling = most + most / 4;
        account->filled[meter] =
            account->filled[meter] < ceiling ? account->filled[meter] : ceiling;
        return false;
    }
    cut(quota, account, meter, now);
    return true;
}

bool lt_quota_may_work(const struct lt_quota *quota, struct lt_account *account, lt_ms now)
{
    settle(quota, account, now);
    return account->filled[LT_METER_WORK] < burst(quota, account, LT_METER_WORK);
}

bool lt_quota_wastes(const struct lt_quota *quota, struct lt_account *account, lt_ms now)
{
    settle(quota, account, now);
    return account->filled[LT_METER_NOTHING] > burst(quota, account, LT_METER_NOTHING) / 2;
}

uint32_t lt_quota_retry_s(const struct lt_account *account, lt_ms now)
{
    return now < account->cut_until ? (uint32_t)((account->cut_until - now + 999) / 1000) : 0;
}

enum lt_standing lt_quota_standing(const struct lt_quota *quota, struct lt_account *account,
                                   lt_ms now)
{
    if (lt_quota_retry_s(account, now) > 0) {
        return LT_STANDS_CUT;
    }
    return !lt_quota_may_work(quota, account, now) || lt_quota_wastes(quota, account, now)
               ? LT_STANDS_SLOWED
               : LT_STANDS_FREE;
}

/* ---- The table ---- */

/* Public keys: their bytes are as good as a hash, and made by machines that we enrolled. */
static uint32_t first_slot(const struct lt_quota *quota, const uint8_t key[32])
{
    uint32_t hash;
    memcpy(&hash, key, sizeof(hash));
    return hash & quota->mask;
}

static uint32_t find_slot(const struct lt_quota *quota, const uint8_t key[32])
{
    uint32_t slot = first_slot(quota, key);
    while (quota->slots[slot] != 0 &&
           memcmp(quota->accounts[quota->slots[slot] - 1].key, key, 32) != 0) {
        slot = (slot + 1) & quota->mask;
    }
    return slot;
}

/* Closes the gap, so that whoever was pushed on is still found. */
static void clear_slot(struct lt_quota *quota, uint32_t gap)
{
    uint32_t slot = gap;
    quota->slots[gap] = 0;
    for (;;) {
        slot = (slot + 1) & quota->mask;
        if (quota->slots[slot] == 0) {
            return;
        }
        uint32_t home = first_slot(quota, quota->accounts[quota->slots[slot] - 1].key);
        if (((slot - home) & quota->mask) >= ((slot - gap) & quota->mask)) {
            quota->slots[gap] = quota->slots[slot];
            quota->slots[slot] = 0;
            gap = slot;
        }
    }
}

/* The one that was idle longest, one that is cut last of all. */
static uint32_t make_room(struct lt_quota *quota, lt_ms now)
{
    uint32_t idle = 0;
    if (quota->count < quota->max) {
        return quota->count++;
    }
    for (uint32_t i = 1; i < quota->count; i++) {
        const struct lt_account *a = &quota->accounts[i], *b = &quota->accounts[idle];
        bool a_cut = lt_quota_retry_s(a, now) > 0, b_cut = lt_quota_retry_s(b, now) > 0;
        if (a_cut != b_cut ? b_cut : a->settled_at < b->settled_at) {
            idle = i;
        }
    }
    clear_slot(quota, find_slot(quota, quota->accounts[idle].key));
    return idle;
}

struct lt_account *lt_quota_account(struct lt_quota *quota, const uint8_t key[32],
                                    const struct lt_unit *unit, Lienthong__Role role, lt_ms now)
{
    uint32_t slot = find_slot(quota, key);
    if (quota->slots[slot] == 0) {
        uint32_t at = make_room(quota, now);
        quota->accounts[at] = (struct lt_account){.settled_at = now};
        memcpy(quota->accounts[at].key, key, 32);
        slot = find_slot(quota, key); /* room may have moved it */
        quota->slots[slot] = at + 1;
    }
    struct lt_account *account = &quota->accounts[quota->slots[slot] - 1];
    account->unit = *unit; /* a key may be granted for another unit later */
    account->role = role;
    return account;
}

size_t lt_quota_notable(const struct lt_quota *quota, lt_ms now, struct lt_account *ret_accounts,
                        enum lt_standing *ret_standings, size_t max)
{
    size_t count = 0;
    for (uint32_t i = 0; i < quota->count; i++) {
        enum lt_standing standing = lt_quota_standing(quota, &quota->accounts[i], now);
        if (standing != LT_STANDS_FREE || quota->accounts[i].cuts > 0) {
            if (count < max) {
                ret_accounts[count] = quota->accounts[i];
                ret_standings[count] = standing;
            }
            count++;
        }
    }
    return count;
}
