/* Chains and their updates: is all there up to the tips, and in its place? */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proof_inner.h"

#define LT_PROOF_FAULT_TEXT(name, text) [name] = (text),
const char *lt_proof_fault_text(enum lt_proof_fault_kind kind)
{
    static const char *const texts[] = {LT_PROOF_FAULTS(LT_PROOF_FAULT_TEXT)};
    return (unsigned)kind < LT_PROOF_FAULT_KINDS ? texts[kind] : "unknown fault";
}
#undef LT_PROOF_FAULT_TEXT

/* The first ones are kept: there may be as many as updates. */
void lt_proof_fault(struct lt_proof *proof, enum lt_proof_fault_kind kind, const char *format, ...)
{
    va_list arguments;
    if (proof->fault_count == LT_PROOF_FAULTS_MAX)
        return;
    struct lt_proof_fault *fault = &proof->faults[proof->fault_count++];
    fault->kind = kind;
    va_start(arguments, format);
    (void)vsnprintf(fault->about, sizeof fault->about, format, arguments);
    va_end(arguments);
}

static const char *stream_name(enum lt_stream stream)
{
    return stream == LT_STREAM_REPORT ? "report" : "directive";
}

void lt_proof_fault_update(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                           const struct lt_hash *id, const struct lt_chain *chain, uint64_t seq)
{
    char hash[65], unit[LT_UNIT_TEXT_MAX];
    lt_hex(id->bytes, sizeof id->bytes, hash);
    lt_unit_format(&chain->unit, unit);
    lt_proof_fault(proof, kind, "%s (%s %s, seq %llu)", hash, stream_name(chain->stream), unit,
                   (unsigned long long)seq);
}

void lt_proof_fault_chain(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                          const struct lt_chain *chain)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&chain->unit, unit);
    lt_proof_fault(proof, kind, "%s %s", stream_name(chain->stream), unit);
}

static void fault_at(struct lt_proof *proof, enum lt_proof_fault_kind kind,
                     const struct proof_update *update)
{
    lt_proof_fault_update(proof, kind, &update->id, &proof->chains[update->chain].chain,
                          update->seq);
}

uint32_t lt_proof_chain_find(const struct lt_proof *proof, const struct lt_chain *chain)
{
    size_t from = 0, to = proof->chain_count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = lt_chain_cmp(&proof->chains[middle].chain, chain);
        if (order == 0)
            return (uint32_t)middle;
        *(order < 0 ? &from : &to) = order < 0 ? middle + 1 : middle;
    }
    return LT_PROOF_NONE;
}

uint32_t lt_proof_find(const struct lt_proof *proof, const struct lt_hash *id)
{
    size_t from = 0, to = proof->update_count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = lt_hash_cmp(&proof->updates[middle].id, id);
        if (order == 0)
            return (uint32_t)middle;
        *(order < 0 ? &from : &to) = order < 0 ? middle + 1 : middle;
    }
    return LT_PROOF_NONE;
}

bool lt_proof_chain_at(const struct lt_proof *proof, size_t number,
                       struct lt_proof_chain *ret_chain)
{
    if (number >= proof->chain_count)
        return false;
    const struct proof_chain *chain = &proof->chains[number];
    *ret_chain = (struct lt_proof_chain){.chain = chain->chain,
                                         .count = chain->count,
                                         .left_out = chain->left_out,
                                         .tip_count = chain->tip_count,
                                         .tips = proof->tips + chain->tips_at};
    return true;
}

/* ---- Numbers ---- */

static int by_id(const void *a, const void *b)
{
    const struct proof_update *left = a, *right = b;
    return lt_hash_cmp(&left->id, &right->id);
}

static bool number_updates(struct lt_proof *proof)
{
    uint32_t changes = 0;
    if (proof->update_count > 0)
        qsort(proof->updates, proof->update_count, sizeof *proof->updates, by_id);
    proof->parents = calloc(proof->parent_count + 1, sizeof *proof->parents);
    proof->by_seq = calloc(proof->update_count + 1, sizeof *proof->by_seq);
    proof->stack = calloc(proof->update_count + 1, sizeof *proof->stack);
    for (size_t i = 0; i < proof->update_count; i++) {
        struct proof_update *update = &proof->updates[i];
        update->changes_at = changes;
        changes += update->change_count;
        if (i > 0 && lt_hash_cmp(&proof->updates[i - 1].id, &update->id) == 0 &&
            update->chain != LT_PROOF_NONE)
            fault_at(proof, LT_PROOF_TWICE, update);
    }
    return proof->parents != NULL && proof->by_seq != NULL && proof->stack != NULL;
}

static void link_parents(struct lt_proof *proof, struct proof_update *update)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < update->parent_count; i++) {
        const uint32_t at = update->parents_at + i;
        const uint32_t parent = lt_proof_find(proof, &proof->parent_ids[at]);
        proof->parents[at] = parent;
        if (parent == LT_PROOF_NONE) {
            fault_at(proof, LT_PROOF_GAP, update);
            return;
        }
        proof->updates[parent].child = true;
        if (proof->updates[parent].chain != update->chain)
            fault_at(proof, LT_PROOF_SEQ, update);
        if (proof->updates[parent].seq > most)
            most = proof->updates[parent].seq;
    }
    if (update->seq != most + 1)
        fault_at(proof, LT_PROOF_SEQ, update);
}

/* ---- The cut ---- */

static bool is_tip(const struct lt_proof *proof, const struct proof_chain *chain,
                   const struct lt_hash *id)
{
    for (uint32_t i = 0; i < chain->tip_count; i++)
        if (lt_hash_cmp(&proof->tips[chain->tips_at + i], id) == 0)
            return true;
    return false;
}

/* Whole: exactly the tips have nothing above them, so all else is below them; and nothing is missing below. */
static void check_chain(struct lt_proof *proof, struct proof_chain *chain, uint32_t number)
{
    bool whole = chain->found == chain->count;
    for (uint32_t i = 0; whole && i < chain->tip_count; i++) {
        const uint32_t tip = lt_proof_find(proof, &proof->tips[chain->tips_at + i]);
        whole = tip != LT_PROOF_NONE && !proof->updates[tip].child &&
                proof->updates[tip].chain == number;
    }
    if (!whole)
        lt_proof_fault_chain(proof, LT_PROOF_CHAIN, &chain->chain);
}

static void check_cut(struct lt_proof *proof)
{
    for (size_t i = 0; i < proof->update_count; i++) {
        const struct proof_update *update = &proof->updates[i];
        if (update->chain == LT_PROOF_NONE)
            continue;
        struct proof_chain *chain = &proof->chains[update->chain];
        chain->found++;
        if (!update->child && !is_tip(proof, chain, &update->id))
            fault_at(proof, LT_PROOF_CHAIN, update);
    }
    for (size_t i = 0; i < proof->chain_count; i++) {
        struct proof_chain *chain = &proof->chains[i];
        proof->sums.chains++;
        proof->sums.left_out += chain->left_out;
        if (!chain->left_out)
            check_chain(proof, chain, (uint32_t)i);
        else if (chain->found > 0)
            lt_proof_fault_chain(proof, LT_PROOF_CHAIN, &chain->chain);
        else if (proof->head->whole || chain->chain.stream == LT_STREAM_DIRECTIVE)
            lt_proof_fault_chain(proof, LT_PROOF_LEFT_OUT, &chain->chain);
    }
}

/* ---- Ancestors ---- */

static _Thread_local const struct proof_update *sorting;

static int by_chain_and_seq(const void *a, const void *b)
{
    const struct proof_update *left = &sorting[*(const uint32_t *)a];
    const struct proof_update *right = &sorting[*(const uint32_t *)b];
    if (left->chain != right->chain)
        return left->chain < right->chain ? -1 : 1;
    if (left->seq != right->seq)
        return left->seq < right->seq ? -1 : 1;
    return lt_hash_cmp(&left->id, &right->id);
}

/* Which updates were the only tip of their chain when those of lesser seq were there: by counting the heads. */
static void mark_alone(struct lt_proof *proof)
{
    size_t heads = 0;
    uint32_t chain = LT_PROOF_NONE;
    for (size_t i = 0; i < proof->update_count; i++)
        proof->by_seq[i] = (uint32_t)i;
    sorting = proof->updates;
    if (proof->update_count > 0)
        qsort(proof->by_seq, proof->update_count, sizeof *proof->by_seq, by_chain_and_seq);
    for (size_t i = 0; i < proof->update_count; i++) {
        struct proof_update *update = &proof->updates[proof->by_seq[i]];
        if (update->chain != chain)
            heads = 0;
        chain = update->chain;
        for (uint32_t j = 0; j < update->parent_count; j++) {
            struct proof_update *parent = &proof->updates[proof->parents[update->parents_at + j]];
            heads -= parent->seen == 0; /* the first that builds on it */
            parent->seen = 1;
        }
        heads++;
        update->alone = heads == 1;
    }
    for (size_t i = 0; i < proof->update_count; i++)
        proof->updates[i].seen = 0;
}

bool lt_proof_is_ancestor(struct lt_proof *proof, uint32_t older, uint32_t newer)
{
    const struct proof_update *wanted = &proof->updates[older];
    size_t left = 0;
    if (wanted->chain != proof->updates[newer].chain || wanted->seq >= proof->updates[newer].seq)
        return false;
    proof->walk++;
    proof->stack[left++] = newer;
    while (left > 0) {
        const struct proof_update *at = &proof->updates[proof->stack[--left]];
        if (at->alone)
            return true; /* it is of greater seq */
        for (uint32_t i = 0; i < at->parent_count; i++) {
            const uint32_t number = proof->parents[at->parents_at + i];
            struct proof_update *parent = &proof->updates[number];
            if (number == older)
                return true;
            if (parent->seen == proof->walk || parent->seq <= wanted->seq)
                continue;
            parent->seen = proof->walk;
            proof->stack[left++] = number;
        }
    }
    return false;
}

enum lt_result lt_proof_link(struct lt_proof *proof)
{
    if (!number_updates(proof))
        return LT_NO_MEMORY;
    for (size_t i = 0; i < proof->update_count; i++)
        if (proof->updates[i].chain != LT_PROOF_NONE)
            link_parents(proof, &proof->updates[i]);
    check_cut(proof);
    if (proof->fault_count > 0)
        return LT_REFUSED;
    mark_alone(proof);
    proof->linked = true;
    return LT_OK;
}
