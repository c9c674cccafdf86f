/* noticed.c - a top that was restored learns of it from what its districts hold of it. */
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

static void look(void *context, const struct lt_unit *hub, struct lt_bytes receipt)
{
    struct looking *looking = context;
    struct lt_statement said;
    uint64_t position, seq;
    if (lt_unit_cmp(hub, looking->top) != 0 || lt_receipt_open(receipt, &said) != LT_OK ||
        memcmp(&said.incarnation, looking->incarnation, sizeof(said.incarnation)) != 0)
        return;
    for (uint32_t i = 0; i < said.tip_count; i++)
        if (!lt_log_find(looking->txn, &said.tips[i], &position, &seq)) {
            looking->beyond = true;
            looking->number = said.number;
        }
}

/* At all that a district has of the top. */
static void look_through(struct lt_ledger *below, struct looking *looking)
{
    struct lt_chain chain;
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(below), false);
    for (bool more = lt_log_next_chain(txn, NULL, &chain); more;
         more = lt_log_next_chain(txn, &chain, &chain))
        lt_ledger_receipts(below, &chain, look, looking);
    lt_txn_abort(txn);
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
