/* What a hub has for a machine below it, or for its parent, into a bundle. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/bundles.h"
#include "hub/choose.h"

enum { KEYS_AT_ONCE = 512, PREFIX_DIGITS_MIN = 4, MACHINES_MAX = 256 };

struct making {
    struct lt_taker *taker;
    struct lt_ledger *ledger;
    const struct lt_bundle_order *order;
    struct lt_hub_site site;
    struct lt_sync_store store;
    struct lt_bundle_made made;
    uint8_t receivers[LT_BUNDLE_RECEIVERS_MAX][32];
    struct lt_bundle_writer *writer;
    size_t key_count; /* chains whose receipts of ours are still to be put */
    uint8_t keys[KEYS_AT_ONCE * LT_CHAIN_KEY_BYTES];
    char *reason; /* [LT_BUNDLE_REASON_MAX] */
};

static enum lt_result fail(struct making *making, enum lt_result result, const char *what,
                           const char *why)
{
    snprintf(making->reason, LT_BUNDLE_REASON_MAX, "%.100s: %.280s", what, why);
    return result;
}

/* ---- For whom ---- */

static bool is_meant(const struct lt_machine *machine, const char *prefix)
{
    char key[65], curve[65];
    size_t length = prefix != NULL ? strlen(prefix) : 0;
    lt_hex(machine->key.bytes, sizeof(machine->key.bytes), key);
    lt_hex(machine->curve_key, sizeof(machine->curve_key), curve);
    return length == 0 || (length < sizeof(key) && (strncmp(key, prefix, length) == 0 ||
                                                    strncmp(curve, prefix, length) == 0));
}

static enum lt_result choose_machines(struct making *making, const struct lt_machine *machines,
                                      size_t count)
{
    const char *prefix = making->order->machine;
    size_t meant = 0;
    if (prefix != NULL && strlen(prefix) < PREFIX_DIGITS_MIN)
        return fail(making, LT_USAGE, "--machine", "give at least 4 digits of its key");
    for (size_t i = 0; i < count && i < MACHINES_MAX; i++) {
        if (!is_meant(&machines[i], prefix))
            continue;
        if (meant < LT_BUNDLE_RECEIVERS_MAX)
            memcpy(making->receivers[meant], machines[i].curve_key, 32);
        meant++;
    }
    if (count == 0)
        return fail(
            making, LT_NOT_FOUND, making->order->unit,
            making->order->role == LIENTHONG__ROLE__ROLE_HUB
                ? "no hub of this unit has a valid key: invite it, and let it join once by link"
                : "no PC of this unit has a valid key: invite it, and let it join once by link");
    if (meant == 0)
        return fail(making, LT_NOT_FOUND, prefix,
                    "no machine of the unit has a key that begins so");
    if (meant > LT_BUNDLE_RECEIVERS_MAX)
        return fail(making, LT_TOO_LARGE, making->order->unit,
                    "more than 16 machines: say which by --machine");
    making->made.machines = meant;
    return LT_OK;
}

static enum lt_result find_unit(struct making *making)
{
    struct lt_machine machines[MACHINES_MAX];
    const struct lt_place *place;
    char reason[LT_DIRECT_REASON_MAX] = "";
    size_t count = 0;
    const struct lt_book *book = lt_ledger_book(making->ledger);
    pthread_rwlock_rdlock(lt_ledger_book_lock(making->ledger));
    enum lt_result result = lt_choose_unit(book, making->order->unit, &place, reason);
    if (result == LT_OK && !lt_book_within(book, &place->unit, &making->site.unit)) {
        snprintf(reason, sizeof(reason), "%s: it is not a unit at or below this hub",
                 making->order->unit);
        result = LT_NOT_YOURS;
    }
    if (result == LT_OK) {
        making->made.receiver = place->unit;
        count = lt_book_machines(book, &place->unit, making->order->role, machines, MACHINES_MAX);
    }
    pthread_rwlock_unlock(lt_ledger_book_lock(making->ledger));
    if (result != LT_OK) {
        snprintf(making->reason, LT_BUNDLE_REASON_MAX, "%s", reason);
        return result;
    }
    return choose_machines(making, machines, count);
}

static enum lt_result find_receivers(struct making *making)
{
    if (!making->order->up)
        return find_unit(making);
    if (!making->site.has_parent)
        return fail(making, LT_REFUSED, "--up", "this hub is the top: there is nobody above it");
    making->made.receiver = making->site.parent;
    making->made.machines = 1;
    memcpy(making->receivers[0], making->site.parent_curve, 32);
    return LT_OK;
}

/* ---- What ---- */

struct confirmed {
    const struct lt_unit *hub;
    size_t count;
    struct lt_hash tips[LT_PARENTS_MAX];
};

static void note_confirmed(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct confirmed *confirmed = context;
    struct lt_statement statement;
    if (lt_unit_cmp(hub, confirmed->hub) != 0 || lt_receipt_open(receipt, &statement) != LT_OK)
        return;
    confirmed->count = statement.tip_count;
    memcpy(confirmed->tips, statement.tips, statement.tip_count * sizeof(statement.tips[0]));
}

static enum lt_result put_update(struct making *making, uint64_t position)
{
    struct lt_bytes bytes;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(making->ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    if (lt_log_at(txn, position, &bytes)) {
        lt_bundle_put_update(making->writer, bytes);
        making->made.updates++;
    } else {
        lt_txn_fail(txn, LT_CORRUPT);
    }
    return lt_txn_commit(txn);
}

static enum lt_result put_updates(struct making *making, const struct lt_chain *chain,
                                  const struct lt_hash *have, size_t have_count)
{
    enum lt_result result = LT_OK;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(making->ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    size_t count = 0, max = (size_t)lt_log_count(txn, chain);
    uint64_t *positions = malloc((max + 1) * sizeof(*positions));
    if (positions != NULL)
        count = lt_log_lacking(txn, chain, have, have_count, positions, max);
    result = lt_txn_commit(txn);
    if (positions == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count && result == LT_OK; i++)
        result = put_update(making, positions[i]);
    free(positions);
    return result;
}

static void put_kept(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct making *making = context;
    (void)hub;
    lt_bundle_put_receipt(making->writer, receipt);
    making->made.receipts++;
}

/* Our own, freshly signed, of the chains that were collected. */
static enum lt_result put_own_receipts(struct making *making)
{
    uint8_t *answer = NULL;
    size_t size = 0, at = 0;
    if (making->key_count == 0)
        return LT_OK;
    enum lt_result result =
        lt_taker_ask(making->taker, true,
                     (struct lt_bytes){making->keys, making->key_count * LT_CHAIN_KEY_BYTES},
                     &answer, &size, making->reason);
    making->key_count = 0;
    while (result == LT_OK && size - at >= 4) {
        const uint8_t *head = answer + at;
        size_t one = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (one > size - at - 4)
            result = LT_VERSION;
        else
            put_kept(making, NULL, (struct lt_bytes){head + 4, one});
        at += 4 + one;
    }
    free(answer);
    return result;
}

static enum lt_result put_receipts(struct making *making, const struct lt_chain *chain)
{
    enum lt_result result = LT_OK;
    lt_ledger_receipts(making->ledger, chain, put_kept, making);
    lt_chain_to_key(chain, making->keys + making->key_count * LT_CHAIN_KEY_BYTES);
    if (++making->key_count == KEYS_AT_ONCE)
        result = put_own_receipts(making);
    return result;
}

static enum lt_result put_chain(struct making *making, const struct lt_chain *chain)
{
    const struct lt_bundle_order *order = making->order;
    const struct lt_unit *child = order->up ? &making->site.unit : &making->made.receiver;
    const Lienthong__Role role = order->up ? LIENTHONG__ROLE__ROLE_HUB : order->role;
    struct confirmed confirmed = {.hub = &making->site.parent};
    enum lt_result result = LT_OK;
    enum lt_way way = making->store.way(making->store.context, role, child, chain);
    if (way == LT_WAY_NONE || (order->up && way != LT_WAY_UP))
        return LT_OK;
    if (order->up && !order->all)
        lt_ledger_receipts(making->ledger, chain, note_confirmed, &confirmed);
    if (order->up || way == LT_WAY_DOWN || role == LIENTHONG__ROLE__ROLE_AGENT || order->all)
        result = put_updates(making, chain, confirmed.tips, confirmed.count);
    if (result == LT_OK && !order->up && way == LT_WAY_UP)
        result = put_receipts(making, chain);
    return result;
}

static enum lt_result put_all(struct making *making)
{
    struct lt_chain chain;
    enum lt_result result = LT_OK;
    bool more = making->store.next_chain(making->store.context, NULL, &chain);
    while (more && result == LT_OK) {
        result = put_chain(making, &chain);
        more = making->store.next_chain(making->store.context, &chain, &chain);
    }
    return result == LT_OK ? put_own_receipts(making) : result;
}

static enum lt_result write_out(struct making *making)
{
    struct lt_bundle_maker maker = {.unit = making->site.unit,
                                    .role = LIENTHONG__ROLE__ROLE_HUB,
                                    .instance = making->site.incarnation};
    char ignored[LT_BUNDLE_REASON_MAX];
    lt_sync_digest(&making->store, maker.role, &maker.unit, &maker.digest);
    enum lt_result result = lt_bundle_create(
        making->order->path, making->order->force, (const uint8_t(*)[32])making->receivers,
        making->made.machines, &maker, &making->writer, making->reason);
    if (result != LT_OK)
        return result;
    result = put_all(making);
    if (result == LT_OK && making->order->up && making->made.updates == 0)
        result = fail(making, LT_NOT_FOUND, "nothing to carry",
                      "the parent has confirmed everything (--all writes it all)");
    enum lt_result kept = lt_bundle_finish(making->writer, result == LT_OK, &making->made.bytes,
                                           result == LT_OK ? making->reason : ignored);
    return result != LT_OK ? result : kept;
}

enum lt_result lt_bundle_make(struct lt_taker *taker, const struct lt_bundle_order *order,
                              struct lt_bundle_made *ret_made,
                              char ret_reason[LT_BUNDLE_REASON_MAX])
{
    struct making *making = calloc(1, sizeof(*making));
    ret_reason[0] = '\0';
    if (making == NULL)
        return LT_NO_MEMORY;
    making->taker = taker;
    making->ledger = lt_taker_ledger(taker);
    making->order = order;
    making->reason = ret_reason;
    lt_ledger_site(making->ledger, &making->site);
    lt_ledger_sync_store(making->ledger, &making->store);
    enum lt_result result = find_receivers(making);
    if (result == LT_OK)
        result = write_out(making);
    if (result == LT_OK)
        *ret_made = making->made;
    free(making);
    return result;
}
