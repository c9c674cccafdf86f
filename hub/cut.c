#include "hub/cut.h"

#include <stdlib.h>
#include <string.h>

#include "hub/store.h"

void lt_cut_free(struct lt_cut *cut)
{
    free(cut->chains);
    free(cut->tips);
    *cut = (struct lt_cut){0};
}

static bool room(void **items, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return true;
    void *grown = realloc(*items, 2 * needed * size);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = 2 * needed;
    return true;
}

static bool add_chain(struct lt_cut *cut, const struct lt_unit *unit, const struct lt_tips *tips)
{
    void *chains = cut->chains, *hashes = cut->tips;
    const bool good =
        room(&chains, &cut->capacity, cut->count + 1, sizeof *cut->chains) &&
        room(&hashes, &cut->tip_capacity, cut->tip_count + tips->count, sizeof *cut->tips);
    cut->chains = chains;
    cut->tips = hashes;
    if (!good)
        return false;
    cut->chains[cut->count++] = (struct lt_chain_cut){.unit = *unit, .count = tips->count};
    memcpy(cut->tips + cut->tip_count, tips->ids, tips->count * sizeof tips->ids[0]);
    cut->tip_count += tips->count;
    return true;
}

enum lt_result lt_cut_now(struct lt_ledger *ledger, const struct lt_place *place,
                          struct lt_cut *cut)
{
    struct lt_chain chain;
    struct lt_tips tips;
    bool good = true;
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    struct lt_txn *log = lt_store_log(txn);
    for (bool more = lt_log_next_chain(log, NULL, &chain); more && good;
         more = lt_log_next_chain(log, &chain, &chain)) {
        if (chain.stream != LT_STREAM_REPORT || !lt_book_within(book, &chain.unit, &place->unit))
            continue;
        lt_log_tips(log, &chain, &tips);
        good = add_chain(cut, &chain.unit, &tips);
    }
    const enum lt_result result = good ? lt_store_error(txn) : LT_NO_MEMORY;
    lt_store_abort(txn);
    const struct lt_hash *at = cut->tips;
    for (size_t i = 0; i < cut->count; i++) {
        cut->chains[i].tips = at;
        at += cut->chains[i].count;
    }
    return result;
}

/* ---- Parts ---- */

/* The chain after the last one of a part that begins at `from`. */
static size_t part_end(const struct lt_cut *cut, size_t from)
{
    size_t tips = 0, end = from;
    while (end < cut->count && (end == from || tips + cut->chains[end].count <= LT_CUT_PART_TIPS))
        tips += cut->chains[end++].count;
    return end;
}

size_t lt_cut_parts(const struct lt_cut *cut)
{
    size_t parts = 0;
    for (size_t at = 0; at < cut->count; at = part_end(cut, at))
        parts++;
    return parts == 0 ? 1 : parts;
}

struct wire {
    Lienthong__ChainTips tips;
    Lienthong__Chain chain;
    Lienthong__Unit unit;
};

static void fill(const struct lt_chain_cut *chain, struct wire *wire, ProtobufCBinaryData *hashes)
{
    lienthong__chain_tips__init(&wire->tips);
    lienthong__chain__init(&wire->chain);
    lienthong__unit__init(&wire->unit);
    wire->unit.code = (char *)(uintptr_t)chain->unit.code;
    wire->unit.valid_from = chain->unit.valid_from;
    wire->chain.stream = LIENTHONG__STREAM__STREAM_REPORT;
    wire->chain.unit = &wire->unit;
    wire->tips.chain = &wire->chain;
    wire->tips.tips = hashes;
    wire->tips.n_tips = chain->count;
    for (size_t i = 0; i < chain->count; i++)
        hashes[i] = (ProtobufCBinaryData){32, (uint8_t *)(uintptr_t)chain->tips[i].bytes};
}

Lienthong__ChainTips **lt_cut_wire(const struct lt_cut *cut, size_t part, size_t *ret_count)
{
    size_t from = 0, tips = 0;
    for (; part > 1; part--)
        from = part_end(cut, from);
    const size_t end = part_end(cut, from), count = end - from;
    for (size_t i = from; i < end; i++)
        tips += cut->chains[i].count;
    const size_t lists = (count + 1) * sizeof(Lienthong__ChainTips *);
    uint8_t *block =
        calloc(1, lists + count * sizeof(struct wire) + tips * sizeof(ProtobufCBinaryData));
    if (block == NULL)
        return NULL;
    Lienthong__ChainTips **list = (Lienthong__ChainTips **)(void *)block;
    struct wire *wires = (struct wire *)(void *)(block + lists);
    ProtobufCBinaryData *hashes = (ProtobufCBinaryData *)(void *)(wires + count);
    for (size_t i = 0; i < count; i++) {
        fill(&cut->chains[from + i], &wires[i], hashes);
        hashes += cut->chains[from + i].count;
        list[i] = &wires[i].tips;
    }
    *ret_count = count;
    return list;
}

size_t lt_cut_outside(struct lt_txn *log, const struct lt_chain_cut *cut, size_t cut_count,
                      const struct lt_unit *unit, uint64_t *ret_positions, size_t max)
{
    const struct lt_chain chain = {LT_STREAM_REPORT, *unit};
    const struct lt_chain_cut *mine = lt_cut_of(cut, cut_count, unit);
    return lt_log_lacking(log, &chain, mine == NULL ? NULL : mine->tips,
                          mine == NULL ? 0 : mine->count, ret_positions, max);
}
