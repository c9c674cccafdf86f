/* noticed.c - a top that was restored learns of it from what its districts hold of it. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/promises.h"
#include "tests/sim/promises_own.h"
#include "tests/sim/sockets.h"

/* What a district can prove to the top: that this incarnation of its ledger had more than it has. */
static struct {
    bool can;
    struct lt_instance incarnation;
    uint64_t number; /* of the receipt */
    uint64_t garbled;
} proofs[HUBS_MAX];

struct looking {
    const struct lt_unit *top;
    struct lt_txn *txn; /* of the top's store */
    const struct lt_instance *incarnation;
    bool beyond;
    uint64_t number;
};

/* What might have kept a proof from being understood. */
static uint64_t garbled(void)
{
    const struct network_tally *network = network_tally();
    return network->flipped + network->cut + perform_tally()[EV_hostile];
}

static void look(struct looking *looking, struct lt_bytes receipt)
{
    struct lt_statement said;
    uint64_t position, seq;
    if (lt_receipt_open(receipt, &said) != LT_OK || lt_unit_cmp(&said.hub, looking->top) != 0 ||
        memcmp(&said.incarnation, looking->incarnation, sizeof(said.incarnation)) != 0)
        return;
    for (uint32_t i = 0; i < said.tip_count; i++)
        if (!lt_log_find(looking->txn, &said.tips[i], &position, &seq)) {
            looking->beyond = true;
            looking->number = said.number;
        }
}

/* At what a district will show in its next HELLO. */
static void look_through(struct lt_ledger *below, struct looking *looking)
{
    struct lt_sync_store store;
    uint8_t *receipts[LT_HELLO_RECEIPTS_MAX];
    size_t sizes[LT_HELLO_RECEIPTS_MAX];
    lt_ledger_sync_store(below, &store);
    const size_t count =
        store.newest_receipts(store.context, receipts, sizes, LT_HELLO_RECEIPTS_MAX);
    for (size_t i = 0; i < count; i++) {
        look(looking, (struct lt_bytes){receipts[i], sizes[i]});
        free(receipts[i]);
    }
}

void noticed_rolled_back(struct world *world, const struct hub *hub)
{
    struct view top, below;
    struct lt_hub_site site;
    if (hub->parent >= 0) { /* what it could prove went with its disk */
        proofs[hub->machine.number].can = false;
        return;
    }
    if (!view_begin(&world->hubs[0], &top))
        return;
    lt_ledger_site(top.ledger, &site);
    struct looking looking = {.top = &site.unit, .incarnation = &site.incarnation};
    looking.txn = lt_txn_begin(lt_ledger_env(top.ledger), false);
    for (unsigned i = 1; i < world->hub_count; i++) {
        looking.beyond = false;
        if (!view_begin(&world->hubs[i], &below))
            continue;
        look_through(below.ledger, &looking);
        view_end(&below);
        proofs[i].can = looking.beyond;
        proofs[i].incarnation = site.incarnation;
        proofs[i].number = looking.number;
        proofs[i].garbled = garbled();
    }
    lt_txn_abort(looking.txn);
    view_end(&top);
}

void noticed_check(struct world *world)
{
    struct view top;
    struct lt_hub_site site;
    if (!view_begin(&world->hubs[0], &top))
        return;
    lt_ledger_site(top.ledger, &site);
    view_end(&top);
    for (unsigned i = 1; i < world->hub_count; i++)
        if (proofs[i].can && proofs[i].garbled == garbled() &&
            memcmp(&proofs[i].incarnation, &site.incarnation, sizeof(site.incarnation)) == 0)
            promises_break("[unnoticed] %s was restored and is the incarnation that it was, though "
                           "%s kept its receipt %llu, which it did not cover",
                           world->hubs[0].code, world->hubs[i].code,
                           (unsigned long long)proofs[i].number);
}
