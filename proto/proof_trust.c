/* Whom to trust: the root's key alone, and through the grants what follows from it. */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "proto/proof_inner.h"

/* The checker looks from the top: what the top does not count is not proven to strangers. */
static enum lt_result pin(struct lt_proof *proof)
{
    lt_book_light(proof->book);
    enum lt_result result = lt_book_view(proof->book, &proof->top);
    lt_book_pin(proof->book, &proof->root, &proof->top);
    return result;
}

/* ---- What the head says of itself ---- */

/* As the head's shape has made sure. */
static void unit_of(const Lienthong__Unit *told, struct lt_unit *ret_unit)
{
    const enum lt_result made = lt_unit_make(told->code, told->valid_from, ret_unit);
    assert(made == LT_OK);
}

static void fault_key(struct lt_proof *proof, enum lt_proof_fault_kind kind, const uint8_t key[32],
                      const struct lt_unit *unit)
{
    char hex[65], text[LT_UNIT_TEXT_MAX] = "";
    lt_hex(key, 32, hex);
    if (unit != NULL)
        lt_unit_format(unit, text);
    lt_proof_fault(proof, kind, "%s%s%s", hex, unit != NULL ? " " : "", text);
}

static void check_head(struct lt_proof *proof)
{
    const Lienthong__ProofHead *head = proof->head;
    char text[LT_UNIT_TEXT_MAX];
    struct lt_unit top;
    if (head->rules != LT_RULES_VERSION)
        lt_proof_fault(proof, LT_PROOF_RULES, "%u, %u", head->rules, (unsigned)LT_RULES_VERSION);
    if (memcmp(head->root.data, proof->root.bytes, sizeof proof->root.bytes) != 0)
        fault_key(proof, LT_PROOF_ROOT, head->root.data, NULL);
    unit_of(head->top, &top);
    lt_unit_format(&top, text);
    if (proof->top_given && lt_unit_cmp(&top, &proof->top) != 0)
        lt_proof_fault(proof, LT_PROOF_TOP, "%s", text);
    if (!proof->top_given)
        proof->top = top;
}

/* ---- The book ---- */

static enum lt_result learn(struct lt_proof *proof, const struct proof_update *kept)
{
    struct lt_update update;
    struct lt_book_change change;
    Lienthong__DirectiveBody *body;
    enum lt_result result = lt_update_open((struct lt_bytes){kept->bytes, kept->size}, &update);
    assert(result == LT_OK); /* as when it came in */
    lt_arena_reset(proof->arena);
    result = lt_update_verify(&update); /* what is not signed says nothing */
    if (result == LT_OK)
        result = lt_directive_read(&update, proof->arena, &body);
    if (result == LT_OK)
        result = lt_book_add(proof->book, &update, body, &change);
    return result == LT_NO_MEMORY ? LT_NO_MEMORY : LT_OK;
}

static enum lt_result make_book(struct lt_proof *proof)
{
    enum lt_result result = pin(proof);
    for (size_t i = 0; i < proof->update_count && result == LT_OK; i++) {
        const struct proof_update *update = &proof->updates[i];
        if (update->chain != LT_PROOF_NONE &&
            proof->chains[update->chain].chain.stream == LT_STREAM_DIRECTIVE)
            result = learn(proof, update);
    }
    for (size_t i = 0; i < proof->chain_count; i++)
        proof->chains[i].place = lt_book_place(proof->book, &proof->chains[i].chain.unit);
    return result;
}

/* ---- The seal ---- */

static void check_seal(struct lt_proof *proof)
{
    const Lienthong__ProofHead *head = proof->head;
    struct lt_chain top = {LT_STREAM_DIRECTIVE, proof->top}, hub = {.stream = LT_STREAM_DIRECTIVE};
    uint8_t text[LT_PROOF_SIGNED_BYTES];
    struct lt_hash digest;
    struct lt_key key;
    char hex[65];
    if (lt_book_keys(proof->book, &top, &key, 1) == 0)
        fault_key(proof, LT_PROOF_TOP_KEY, proof->root.bytes, &proof->top);
    memcpy(key.bytes, head->key.data, sizeof key.bytes);
    unit_of(head->hub, &hub.unit);
    if (lt_book_key(proof->book, &hub, &key) != LT_OK)
        fault_key(proof, LT_PROOF_HUB_KEY, key.bytes, &hub.unit);
    lt_proof_signed(&proof->digest, text);
    if (crypto_sign_verify_detached(proof->seal.bytes, text, sizeof text, key.bytes) != 0)
        fault_key(proof, LT_PROOF_SEALED, key.bytes, &hub.unit);
    lt_book_digest(proof->book, &digest);
    lt_hex(digest.bytes, sizeof digest.bytes, hex);
    if (memcmp(digest.bytes, head->directives.data, sizeof digest.bytes) != 0)
        lt_proof_fault(proof, LT_PROOF_BOOK, "%s", hex);
}

/* ---- Keys of updates ---- */

static void check_keys(struct lt_proof *proof)
{
    for (size_t i = 0; i < proof->update_count; i++) {
        const struct proof_update *update = &proof->updates[i];
        if (update->chain == LT_PROOF_NONE)
            continue;
        const struct lt_chain *chain = &proof->chains[update->chain].chain;
        if (lt_book_key(proof->book, chain, &update->key) != LT_KEY_UNKNOWN)
            continue; /* what was revoked is judged by its cut */
        if (chain->stream == LT_STREAM_DIRECTIVE)
            proof->sums.silent++;
        else
            lt_proof_fault_update(proof, LT_PROOF_KEY, &update->id, chain, update->seq);
    }
}

enum lt_result lt_proof_trust(struct lt_proof *proof)
{
    check_head(proof);
    const enum lt_result result = make_book(proof);
    if (result != LT_OK)
        return result;
    check_seal(proof);
    check_keys(proof);
    return LT_OK;
}

/* ---- What is to be read of it ---- */

const char *lt_proof_trouble(const struct lt_proof *proof)
{
    return proof->trouble;
}

const Lienthong__ProofHead *lt_proof_head(const struct lt_proof *proof)
{
    return proof->head;
}

size_t lt_proof_faults(const struct lt_proof *proof, const struct lt_proof_fault **ret_faults)
{
    *ret_faults = proof->faults;
    return proof->fault_count;
}

size_t lt_proof_rows(const struct lt_proof *proof, const struct lt_proof_row **ret_rows)
{
    *ret_rows = proof->rows;
    return proof->row_count;
}

void lt_proof_sums(const struct lt_proof *proof, struct lt_proof_sums *ret_sums)
{
    *ret_sums = proof->sums;
}

const struct lt_book *lt_proof_book(const struct lt_proof *proof)
{
    return proof->book;
}
