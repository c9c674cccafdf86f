/* The recount against a ledger: the one part that knows how a ledger keeps its figures. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hub/words.h"
#include "tests/recount/inside.h"

struct comparing {
    struct recount *recount;
    struct lt_store_txn *txn;
    struct map cells; /* the ledger's */
    bool bad;
};

static const char *text_at(struct comparing *comparing, uint32_t number)
{
    struct lt_bytes text = {NULL, 0};
    if (number == 0)
        return "";
    if (!lt_words_text_at(comparing->txn, number, &text))
        comparing->bad = true;
    return pool_text(comparing->recount->pool, "%.*s", (int)text.size,
                     text.data == NULL ? "" : (const char *)text.data);
}

static void add(struct comparing *comparing, const char *key, const struct lt_cell *cell)
{
    struct rc_cell **sum = (struct rc_cell **)map_at(&comparing->cells, key);
    if (*sum == NULL)
        *sum = pool_take(comparing->recount->pool, sizeof **sum);
    (*sum)->count += cell->count;
    (*sum)->quantity += cell->quantity;
    (*sum)->unconfirmed += cell->unconfirmed;
}

static bool see_cell(void *context, const struct lt_cell *cell)
{
    struct comparing *comparing = context;
    struct recount *recount = comparing->recount;
    const enum lt_basis basis = lt_cell_key_basis(&cell->key);
    struct lt_dims dims;
    struct lt_unit unit;
    char text[LT_UNIT_TEXT_MAX], place[LT_UNIT_TEXT_MAX + 8];
    lt_cell_key_dims(&cell->key, &dims);
    const uint32_t number = lt_cell_key_place(&cell->key);
    if (!lt_words_unit_at(comparing->txn, LT_CELL_UNIT(number), &unit)) {
        comparing->bad = true;
        return false;
    }
    lt_unit_format(&unit, text);
    snprintf(place, sizeof place, "%s%s",
             number & LT_TOLD  ? "told by "
             : number & LT_OWN ? "itself "
                               : "",
             text);
    const struct rc_fact fact = {.kind = dims.kind,
                                 .outside = dims.outside != 0,
                                 .level = dims.level,
                                 .type = dims.type,
                                 .recipient = dims.recipient,
                                 .category = dims.category,
                                 .sex = dims.sex,
                                 .nature = dims.nature,
                                 .status = dims.status,
                                 .detail = dims.detail,
                                 .code = text_at(comparing, dims.code),
                                 .field = text_at(comparing, dims.field),
                                 .movement = text_at(comparing, dims.movement)};
    const char *said = rc_dims(recount, &fact);
    for (int decided = 0; decided < 2; decided++) {
        if (basis != LT_BASIS_BOTH && (basis == LT_BASIS_DECIDED) != (decided == 1))
            continue;
        add(comparing,
            rc_cell_key(recount, place, decided == 1, dims.year, dims.span_from, dims.month, said),
            cell);
    }
    return true;
}

/* The records of a scope, for a person who looks for the reason. */
static void tell_scope(const struct recount *recount, const char *scope, char *text, size_t max)
{
    size_t size = strlen(text);
    for (size_t i = 0; scope != NULL && i < recount->change_count && size + 1 < max; i++) {
        const struct rc_change *change = &recount->changes[i];
        if (change->fact.scope == NULL || strcmp(change->fact.scope, scope) != 0)
            continue;
        char hash[9];
        lt_hex(change->update->update.id.bytes, 4, hash);
        snprintf(text + size, max - size,
                 "\n  %s:%u by %s seq %" PRIu64 " verdict %d%s place %s quantity %" PRId64
                 "%s year %d decided %d nature %d status %d category %d detail %d field \"%s\"",
                 hash, change->index, change->author->text, change->update->update.frame.seq,
                 change->verdict, change->wins ? " wins" : "",
                 change->fact.place == NULL ? "-" : change->fact.place->text, change->fact.quantity,
                 change->fact.total ? " total" : "", change->fact.year, change->fact.decided_year,
                 change->fact.nature, change->fact.status, change->fact.category,
                 change->fact.detail, change->fact.field == NULL ? "" : change->fact.field);
        size += strlen(text + size);
    }
}

static bool same_cell(const struct rc_cell *a, const struct rc_cell *b)
{
    return a->count == b->count && a->quantity == b->quantity && a->unconfirmed == b->unconfirmed;
}

struct difference {
    const char *key, *scope;
    struct rc_cell ours, theirs;
};

static int by_key(const void *a, const void *b)
{
    const struct difference *one = a, *other = b;
    return strcmp(one->key, other->key);
}

/* All that differs, in the order of keys, in the recount's pool. */
static struct difference *find_differences(const struct comparing *comparing, size_t *ret_count)
{
    const struct recount *recount = comparing->recount;
    const struct map *both[] = {&recount->cells, &comparing->cells};
    const size_t most = recount->cells.count + comparing->cells.count;
    struct difference *found = pool_take(recount->pool, (most + 1) * sizeof *found);
    size_t count = 0;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < both[side]->capacity; i++) {
            const char *key = both[side]->entries[i].key;
            const struct rc_cell *ours = key == NULL ? NULL : map_find(&recount->cells, key);
            const struct rc_cell *theirs = key == NULL ? NULL : map_find(&comparing->cells, key);
            struct difference difference = {.key = key};
            if (key == NULL || (side == 1 && ours != NULL))
                continue;
            difference.ours = ours == NULL ? difference.ours : *ours;
            difference.theirs = theirs == NULL ? difference.theirs : *theirs;
            difference.scope = difference.ours.scope;
            if (!same_cell(&difference.ours, &difference.theirs))
                found[count++] = difference;
        }
    }
    if (count > 1)
        qsort(found, count, sizeof *found, by_key);
    *ret_count = count;
    return found;
}

static bool compare_cells(const struct comparing *comparing, char *text)
{
    enum { SHOWN = 4 };
    size_t count, size = 0;
    const struct difference *found = find_differences(comparing, &count);
    const char *scope = NULL;
    for (size_t i = 0; i < count && i < SHOWN; i++) {
        const struct rc_cell *ours = &found[i].ours, *theirs = &found[i].theirs;
        snprintf(text + size, RECOUNT_DIFFERENCE_MAX - size,
                 "\n%s:\n  count, quantity, unconfirmed are %" PRId64 " %" PRId64 " %" PRId64
                 " in the recount, %" PRId64 " %" PRId64 " %" PRId64 " in the ledger",
                 found[i].key, ours->count, ours->quantity, ours->unconfirmed, theirs->count,
                 theirs->quantity, theirs->unconfirmed);
        size += strlen(text + size);
        scope = scope == NULL ? found[i].scope : scope;
    }
    if (scope != NULL && size + 1 < RECOUNT_DIFFERENCE_MAX)
        snprintf(text + size, RECOUNT_DIFFERENCE_MAX - size, "\nscope %s", scope);
    tell_scope(comparing->recount, scope, text, RECOUNT_DIFFERENCE_MAX);
    return count == 0;
}

/* What a change says, as far as a text format goes: numbers and texts of its message. */
static void rc_tell_change(const struct rc_change *change, char *text, size_t max)
{
    const Lienthong__Change *said =
        change->update->report == NULL ? NULL : change->update->report->changes[change->index];
    if (said == NULL || max < 2)
        return;
    if (said->pledge != NULL)
        snprintf(text, max, " pledge lead %u, %zu members, quantity %u", said->pledge->lead,
                 said->pledge->n_members, (unsigned)said->pledge->quantity);
    for (size_t i = 0; said->award == NULL && i < change->update->report->n_units; i++) {
        const Lienthong__Unit *one = change->update->report->units[i];
        const size_t size = strlen(text);
        snprintf(text + size, max - size, " %zu: %s@%d", i + 1, one->code, one->valid_from);
    }
    if (said->award == NULL)
        return;
    const Lienthong__Award *award = said->award;
    const Lienthong__ReportBody *body = change->update->report;
    const Lienthong__Decision *decision =
        award->decision == 0 ? NULL : body->decisions[award->decision - 1];
    const Lienthong__Unit *unit =
        decision == NULL || decision->unit == 0 ? NULL : body->units[decision->unit - 1];
    const Lienthong__Unit *place = award->place == 0 ? NULL : body->units[award->place - 1];
    snprintf(
        text, max,
        " code %s recipient %d decided by %s@%d \"%s\" level %d date %d, place %s@%d, period %d "
        "%u %u %d",
        award->code, (int)award->recipient, unit == NULL ? "the author" : unit->code,
        unit == NULL ? 0 : unit->valid_from, decision == NULL ? "" : decision->authority,
        decision == NULL ? 0 : (int)decision->level, decision == NULL ? 0 : decision->date,
        place == NULL ? "the author" : place->code, place == NULL ? 0 : place->valid_from,
        award->period == NULL ? 0 : (int)award->period->kind,
        award->period == NULL ? 0 : award->period->from,
        award->period == NULL ? 0 : award->period->to,
        award->period == NULL ? 0 : award->period->day);
}

/* ---- Of each chain: what is quarantined, as number and as sum over (update, index, verdict), and contested ---- */

struct chain_sum {
    struct lt_chain chain;
    uint64_t quarantined, contested;
    struct lt_hash sum;
};

static struct chain_sum *sum_of(struct recount *recount, struct map *chains,
                                const struct lt_chain *chain)
{
    char text[LT_UNIT_TEXT_MAX];
    lt_unit_format(&chain->unit, text);
    struct chain_sum **sum =
        (struct chain_sum **)map_at(chains, pool_text(recount->pool, "%s", text));
    if (*sum == NULL) {
        *sum = pool_take(recount->pool, sizeof **sum);
        (*sum)->chain = *chain;
    }
    return *sum;
}

static void sum_changes(struct recount *recount, struct map *chains)
{
    for (size_t i = 0; i < recount->change_count; i++) {
        const struct rc_change *change = &recount->changes[i];
        const struct lt_chain *chain = &change->update->update.frame.chain;
        uint8_t said[37];
        struct lt_hash hash;
        struct chain_sum *sum = sum_of(recount, chains, chain);
        if (change->contested) {
            const struct lt_chain whose = {LT_STREAM_REPORT, change->author->unit};
            sum_of(recount, chains, &whose)->contested++;
        }
        if (change->verdict == LT_COUNTS)
            continue;
        memcpy(said, change->update->update.id.bytes, 32);
        for (int j = 0; j < 4; j++)
            said[32 + j] = (uint8_t)(change->index >> (24 - 8 * j));
        said[36] = (uint8_t)change->verdict;
        lt_hash_of(said, sizeof said, &hash);
        sum->quarantined++;
        sodium_add(sum->sum.bytes, hash.bytes, 32);
    }
}

static int ledger_verdict(struct lt_store_txn *txn, const struct rc_change *change)
{
    struct lt_at at = {.index = change->index};
    uint64_t seq;
    if (!lt_log_find(lt_store_log(txn), &change->update->update.id, &at.position, &seq))
        return -1;
    return (int)lt_store_verdict(txn, &at);
}

/* Each change of the chain on which the two do not agree. */
static void tell_verdicts(struct recount *recount, struct lt_ledger *ledger,
                          const struct chain_sum *sum, char *text)
{
    size_t size = strlen(text);
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (txn == NULL)
        return;
    for (size_t i = 0; i < recount->change_count && size + 1 < RECOUNT_DIFFERENCE_MAX; i++) {
        const struct rc_change *change = &recount->changes[i];
        char hash[9];
        if (lt_chain_cmp(&change->update->update.frame.chain, &sum->chain) != 0)
            continue;
        const int theirs = ledger_verdict(txn, change);
        if (theirs == change->verdict)
            continue;
        lt_hex(change->update->update.id.bytes, 4, hash);
        snprintf(text + size, RECOUNT_DIFFERENCE_MAX - size,
                 "\n  %s:%u verdict %d, in the ledger %d; kind %d scope %s", hash, change->index,
                 change->verdict, theirs, change->fact.kind,
                 change->fact.scope == NULL ? "-" : change->fact.scope);
        size += strlen(text + size);
        rc_tell_change(change, text + size, RECOUNT_DIFFERENCE_MAX - size);
        size += strlen(text + size);
    }
    lt_store_abort(txn);
}

/* Each contested record, for a person who looks for the reason. */
static void tell_contested(const struct recount *recount, const struct lt_unit *author, char *text)
{
    size_t size = strlen(text);
    for (size_t i = 0; i < recount->change_count && size + 1 < RECOUNT_DIFFERENCE_MAX; i++) {
        const struct rc_change *change = &recount->changes[i];
        char hash[9];
        if (!change->contested || lt_unit_cmp(&change->author->unit, author) != 0)
            continue;
        lt_hex(change->update->update.id.bytes, 4, hash);
        snprintf(text + size, RECOUNT_DIFFERENCE_MAX - size, "\n  %s:%u in chain %s, generation %d",
                 hash, change->index, change->update->update.frame.chain.unit.code,
                 change->generation);
        size += strlen(text + size);
    }
}

static bool compare_contested(const struct recount *recount, struct lt_ledger *ledger,
                              const struct map *chains, char *text)
{
    struct lt_ledger_counts counts;
    uint64_t all = 0;
    bool equal = true;
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (txn == NULL)
        return false;
    for (size_t i = 0; i < chains->capacity && equal; i++) {
        struct lt_chain_tally tally = {0};
        const struct chain_sum *sum = chains->entries[i].value;
        if (sum == NULL)
            continue;
        const uint32_t unit = lt_words_find_unit(txn, &sum->chain.unit);
        if (unit != 0)
            lt_store_chain_tally(txn, unit, &tally);
        all += sum->contested;
        equal = tally.contested == sum->contested;
        if (equal)
            continue;
        snprintf(text, RECOUNT_DIFFERENCE_MAX,
                 "chain %s: %" PRIu64 " records are contested in the recount, %" PRIu64
                 " in the ledger:",
                 chains->entries[i].key, sum->contested, tally.contested);
        tell_contested(recount, &sum->chain.unit, text);
    }
    lt_store_abort(txn);
    lt_ledger_counts(ledger, false, &counts);
    if (equal && counts.contested != all) {
        snprintf(text, RECOUNT_DIFFERENCE_MAX,
                 "%" PRIu64 " records are contested in the recount, %" PRIu64 " in the ledger", all,
                 counts.contested);
        equal = false;
    }
    return equal;
}

static bool compare_chains(struct recount *recount, struct lt_ledger *ledger, char *text)
{
    struct map chains = {0};
    bool equal = true;
    sum_changes(recount, &chains);
    for (size_t i = 0; i < chains.capacity && equal; i++) {
        struct lt_statement statement;
        const struct chain_sum *sum = chains.entries[i].value;
        if (sum == NULL)
            continue;
        equal = lt_ledger_statement(ledger, &sum->chain, &statement) == LT_OK &&
                statement.quarantined == sum->quarantined &&
                memcmp(&statement.quarantine, &sum->sum, 32) == 0;
        if (equal)
            continue;
        snprintf(text, RECOUNT_DIFFERENCE_MAX,
                 "chain %s: the recount has %" PRIu64 " changes quarantined, the ledger %" PRIu64
                 ", or for other reasons:",
                 chains.entries[i].key, sum->quarantined, statement.quarantined);
        tell_verdicts(recount, ledger, sum, text);
    }
    equal = equal && compare_contested(recount, ledger, &chains, text);
    map_clear(&chains);
    return equal;
}

bool recount_equal(struct recount *recount, struct lt_ledger *ledger,
                   char ret_difference[RECOUNT_DIFFERENCE_MAX])
{
    struct comparing comparing = {.recount = recount};
    struct lt_cell_key from, to;
    ret_difference[0] = '\0';
    if (!compare_chains(recount, ledger, ret_difference))
        return false;
    memset(&from, 0, sizeof from);
    memset(&to, 0xff, sizeof to);
    comparing.txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (comparing.txn == NULL)
        return false;
    lt_store_cells(comparing.txn, &from, &to, see_cell, &comparing);
    bool equal = !comparing.bad && lt_store_error(comparing.txn) == LT_OK;
    if (!equal)
        snprintf(ret_difference, RECOUNT_DIFFERENCE_MAX, "the ledger's cells cannot be read");
    lt_store_abort(comparing.txn);
    equal = equal && compare_cells(&comparing, ret_difference);
    map_clear(&comparing.cells);
    return equal;
}
