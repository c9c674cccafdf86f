/* The file as it comes in: pieces in their order, each within its bounds. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proof_inner.h"
#include "proto/shape.h"

enum {
    DIGEST_BYTES = 32,
    HEAD_BYTES = LT_PROOF_PIECE_HEAD_BYTES,
    PIECE_ROOM = DIGEST_BYTES + HEAD_BYTES + LT_UPDATE_BYTES_MAX,
    /* Packed rows take 22 texts each; an unpacked page some times its wire size. */
    PAGE_UNPACK_BYTES_MAX = 8 * 1024 * 1024,
    HEAD_UNPACK_BYTES_MAX = 256 * 1024,
};

struct lt_proof *lt_proof_new(const struct lt_key *root, const struct lt_unit *top)
{
    struct lt_proof *proof = calloc(1, sizeof *proof);
    if (proof == NULL)
        return NULL;
    proof->root = *root;
    proof->top_given = top != NULL;
    if (top != NULL)
        proof->top = *top;
    proof->piece = malloc(PIECE_ROOM);
    proof->piece_needs = LT_PROOF_MAGIC_BYTES;
    proof->head_arena = lt_arena_new(HEAD_UNPACK_BYTES_MAX);
    proof->arena = lt_arena_new(PAGE_UNPACK_BYTES_MAX);
    proof->texts = lt_arena_new(SIZE_MAX / 2);
    proof->book = lt_book_new();
    if (proof->piece != NULL && proof->head_arena != NULL && proof->arena != NULL &&
        proof->texts != NULL && proof->book != NULL)
        return proof;
    lt_proof_free(proof);
    return NULL;
}

void lt_proof_free(struct lt_proof *proof)
{
    if (proof == NULL)
        return;
    for (size_t i = 0; i < proof->update_count; i++)
        free(proof->updates[i].bytes);
    for (size_t i = 0; i < proof->stated_count; i++)
        free(proof->stated[i].values);
    for (size_t i = 0; i < proof->counted_count; i++)
        free(proof->counted[i].values);
    free(proof->piece);
    free(proof->stated);
    free(proof->counted);
    free(proof->chains);
    free(proof->tips);
    free(proof->updates);
    free(proof->parent_ids);
    free(proof->parents);
    free(proof->by_seq);
    free(proof->stack);
    free(proof->changes);
    free(proof->lines);
    free(proof->words);
    free(proof->asks.today);
    free(proof->rows);
    lt_arena_free(proof->head_arena);
    lt_arena_free(proof->arena);
    lt_arena_free(proof->texts);
    lt_book_free(proof->book);
    free(proof);
}

bool lt_proof_room(void **items, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return true;
    const size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(*items, more * item_bytes);
    if (grown == NULL)
        return false;
    *items = grown;
    *capacity = more;
    return true;
}

static enum lt_result spoil(struct lt_proof *proof, enum lt_result result, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static enum lt_result spoil(struct lt_proof *proof, enum lt_result result, const char *format, ...)
{
    va_list arguments;
    if (proof->result != LT_OK)
        return proof->result;
    va_start(arguments, format);
    (void)vsnprintf(proof->trouble, sizeof proof->trouble, format, arguments);
    va_end(arguments);
    proof->result = result;
    return result;
}

static enum lt_result no_memory(struct lt_proof *proof)
{
    return spoil(proof, LT_NO_MEMORY, "%s", lt_result_text(LT_NO_MEMORY));
}

static enum lt_result bad_piece(struct lt_proof *proof, enum lt_result result, const char *what)
{
    return spoil(proof, result, "piece %llu (%s) at byte %llu: %s",
                 (unsigned long long)proof->sums.pieces + 1, what,
                 (unsigned long long)(proof->sums.bytes - proof->piece_size),
                 lt_result_text(result));
}

/* ---- Pieces ---- */

static enum lt_result take_head(struct lt_proof *proof, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    const enum lt_result result =
        lt_shape_read(&lienthong__proof_head__descriptor, bytes, proof->head_arena, &message);
    if (result != LT_OK)
        return bad_piece(proof, result, "head");
    proof->head = (const Lienthong__ProofHead *)message;
    return LT_OK;
}

/* Values between LT_PROOF_BETWEEN; malloc'ed. */
static char *join_values(const Lienthong__ProofRow *row)
{
    size_t size = 1;
    for (size_t i = 0; i < row->n_values; i++)
        size += strlen(row->values[i]) + 1;
    char *joined = malloc(size), *at = joined;
    for (size_t i = 0; joined != NULL && i < row->n_values; i++) {
        const size_t length = strlen(row->values[i]);
        if (i > 0)
            *at++ = LT_PROOF_BETWEEN;
        memcpy(at, row->values[i], length);
        at += length;
    }
    if (joined != NULL)
        *at = '\0';
    return joined;
}

static enum lt_result take_rows(struct lt_proof *proof, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    lt_arena_reset(proof->arena);
    const enum lt_result result =
        lt_shape_read(&lienthong__proof_rows__descriptor, bytes, proof->arena, &message);
    if (result != LT_OK)
        return bad_piece(proof, result, "rows");
    const Lienthong__ProofRows *page = (const Lienthong__ProofRows *)message;
    for (size_t i = 0; i < page->n_rows; i++) {
        const Lienthong__ProofRow *row = page->rows[i];
        void *stated = proof->stated;
        if (row->n_values != proof->head->question->n_by)
            return bad_piece(proof, LT_MALFORMED, "rows with other dimensions than were asked for");
        if (proof->stated_count == LT_PROOF_ROWS_MAX)
            return bad_piece(proof, LT_TOO_LARGE, "rows");
        char *values = join_values(row);
        if (values == NULL || !lt_proof_room(&stated, proof->stated_count, &proof->stated_capacity,
                                             sizeof *proof->stated)) {
            free(values);
            return no_memory(proof);
        }
        proof->stated = stated;
        proof->stated[proof->stated_count++] =
            (struct proof_sum){values, row->count, row->quantity, row->unconfirmed};
        proof->value_bytes += strlen(values);
        if (proof->value_bytes > LT_PROOF_VALUE_BYTES_MAX)
            return bad_piece(proof, LT_TOO_LARGE, "rows");
    }
    return LT_OK;
}

/* Chains ascend through all pages. */
static enum lt_result take_chain(struct lt_proof *proof, const Lienthong__ProofChain *told)
{
    struct proof_chain chain = {.count = told->count, .left_out = told->left_out};
    const Lienthong__Chain *named = told->tips->chain;
    void *chains = proof->chains, *tips = proof->tips;
    chain.chain.stream =
        named->stream == LIENTHONG__STREAM__STREAM_REPORT ? LT_STREAM_REPORT : LT_STREAM_DIRECTIVE;
    if (lt_unit_make(named->unit->code, named->unit->valid_from, &chain.chain.unit) != LT_OK ||
        told->tips->n_tips == 0 || told->count == 0 ||
        (proof->chain_count > 0 &&
         lt_chain_cmp(&proof->chains[proof->chain_count - 1].chain, &chain.chain) >= 0))
        return bad_piece(proof, LT_MALFORMED, "cut");
    if (proof->chain_count == LT_PROOF_CHAINS_MAX)
        return bad_piece(proof, LT_TOO_LARGE, "cut");
    chain.tips_at = (uint32_t)proof->tip_count;
    chain.tip_count = (uint32_t)told->tips->n_tips;
    if (!lt_proof_room(&chains, proof->chain_count, &proof->chain_capacity, sizeof chain))
        return no_memory(proof);
    proof->chains = chains;
    for (size_t i = 0; i < told->tips->n_tips; i++) {
        if (!lt_proof_room(&tips, proof->tip_count, &proof->tip_capacity, sizeof *proof->tips))
            return no_memory(proof);
        proof->tips = tips;
        memcpy(proof->tips[proof->tip_count++].bytes, told->tips->tips[i].data, 32);
    }
    proof->chains[proof->chain_count++] = chain;
    return LT_OK;
}

static enum lt_result take_cut(struct lt_proof *proof, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    lt_arena_reset(proof->arena);
    enum lt_result result =
        lt_shape_read(&lienthong__proof_cut__descriptor, bytes, proof->arena, &message);
    if (result != LT_OK)
        return bad_piece(proof, result, "cut");
    const Lienthong__ProofCut *page = (const Lienthong__ProofCut *)message;
    for (size_t i = 0; i < page->n_chains && result == LT_OK; i++)
        result = take_chain(proof, page->chains[i]);
    return result;
}

/* How many changes a report tells; what it says must be readable. */
static enum lt_result read_body(struct lt_proof *proof, const struct lt_update *update,
                                uint32_t *ret_changes)
{
    Lienthong__ReportBody *report;
    Lienthong__DirectiveBody *directive;
    *ret_changes = 0;
    lt_arena_reset(proof->arena);
    const enum lt_result result = update->frame.chain.stream == LT_STREAM_REPORT
                                      ? lt_report_read(update, proof->arena, &report)
                                      : lt_directive_read(update, proof->arena, &directive);
    if (result == LT_OK && update->frame.chain.stream == LT_STREAM_REPORT)
        *ret_changes = (uint32_t)report->n_changes;
    proof->sums.unread += result == LT_VERSION;
    return result == LT_VERSION ? LT_OK : result; /* of a newer body nothing counts */
}

static enum lt_result keep_update(struct lt_proof *proof, const struct lt_update *update,
                                  struct lt_bytes bytes, uint32_t changes)
{
    void *updates = proof->updates, *parents = proof->parent_ids;
    if (proof->update_count == LT_PROOF_UPDATES_MAX ||
        proof->change_count + changes > LT_PROOF_CHANGES_MAX ||
        proof->update_bytes + bytes.size > LT_PROOF_UPDATE_BYTES_MAX)
        return bad_piece(proof, LT_TOO_LARGE, "update");
    if (!lt_proof_room(&updates, proof->update_count, &proof->update_capacity,
                       sizeof *proof->updates))
        return no_memory(proof);
    proof->updates = updates;
    struct proof_update kept = {.id = update->id,
                                .key = update->frame.key,
                                .size = (uint32_t)bytes.size,
                                .seq = update->frame.seq,
                                .parents_at = (uint32_t)proof->parent_count,
                                .parent_count = update->frame.parent_count,
                                .change_count = changes};
    for (uint32_t i = 0; i < update->frame.parent_count; i++) {
        if (!lt_proof_room(&parents, proof->parent_count, &proof->parent_capacity,
                           sizeof *proof->parent_ids))
            return no_memory(proof);
        proof->parent_ids = parents;
        proof->parent_ids[proof->parent_count++] = update->frame.parents[i];
    }
    kept.bytes = malloc(bytes.size);
    if (kept.bytes == NULL)
        return no_memory(proof);
    memcpy(kept.bytes, bytes.data, bytes.size);
    kept.chain = lt_proof_chain_find(proof, &update->frame.chain);
    if (kept.chain == LT_PROOF_NONE)
        lt_proof_fault_update(proof, LT_PROOF_FOREIGN, &update->id, &update->frame.chain,
                              update->frame.seq);
    proof->updates[proof->update_count++] = kept;
    proof->change_count += changes;
    proof->update_bytes += bytes.size;
    return LT_OK;
}

static enum lt_result take_update(struct lt_proof *proof, struct lt_bytes bytes)
{
    struct lt_update update;
    uint32_t changes = 0;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result == LT_BAD_HASH) {
        lt_proof_fault(proof, LT_PROOF_SIGNATURE, "piece %llu",
                       (unsigned long long)proof->sums.pieces + 1);
        return LT_OK;
    }
    if (result != LT_OK)
        return bad_piece(proof, result, "update");
    if (lt_update_verify(&update) != LT_OK)
        lt_proof_fault_update(proof, LT_PROOF_SIGNATURE, &update.id, &update.frame.chain,
                              update.frame.seq);
    else if ((result = read_body(proof, &update, &changes)) == LT_NO_MEMORY)
        return no_memory(proof);
    else if (result != LT_OK)
        lt_proof_fault_update(proof, LT_PROOF_UNREADABLE, &update.id, &update.frame.chain,
                              update.frame.seq);
    if (update.frame.chain.stream == LT_STREAM_REPORT)
        proof->sums.reports++;
    else
        proof->sums.directives++;
    return keep_update(proof, &update, bytes, changes);
}

static enum lt_result take_seal(struct lt_proof *proof, struct lt_bytes bytes)
{
    ProtobufCMessage *message;
    lt_arena_reset(proof->arena);
    const enum lt_result result =
        lt_shape_read(&lienthong__proof_seal__descriptor, bytes, proof->arena, &message);
    if (result != LT_OK)
        return bad_piece(proof, result, "seal");
    const Lienthong__ProofSeal *seal = (const Lienthong__ProofSeal *)message;
    memcpy(proof->seal.bytes, seal->signature.data, sizeof proof->seal.bytes);
    proof->sealed = true;
    return LT_OK;
}

/* ---- Their order ---- */

static enum lt_result take_piece(struct lt_proof *proof)
{
    const uint8_t *head = proof->piece + DIGEST_BYTES;
    const struct lt_bytes content = {head + HEAD_BYTES, proof->piece_size - HEAD_BYTES};
    const enum lt_proof_piece type = (enum lt_proof_piece)head[0];
    enum lt_result result = LT_OK;
    switch (type) {
    case LT_PROOF_HEAD:
        result = take_head(proof, content);
        break;
    case LT_PROOF_ROWS:
        result = take_rows(proof, content);
        break;
    case LT_PROOF_CUT:
        result = take_cut(proof, content);
        break;
    case LT_PROOF_UPDATE:
        result = take_update(proof, content);
        break;
    case LT_PROOF_SEAL:
        result = take_seal(proof, content);
        break;
    }
    if (result != LT_OK)
        return result;
    if (type != LT_PROOF_SEAL)
        lt_proof_digest(&proof->digest, proof->piece, proof->piece_size);
    proof->sums.pieces++;
    proof->last_type = head[0];
    proof->piece_size = 0;
    proof->piece_needs = HEAD_BYTES;
    return LT_OK;
}

/* The type and size of the next piece are there. */
static enum lt_result begin_piece(struct lt_proof *proof)
{
    const uint8_t *head = proof->piece + DIGEST_BYTES;
    const uint32_t size = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 |
                          (uint32_t)head[3] << 8 | (uint32_t)head[4];
    const uint8_t type = head[0], last = proof->last_type;
    const bool once = type == LT_PROOF_HEAD || type == LT_PROOF_SEAL;
    if (type < LT_PROOF_HEAD || type > LT_PROOF_SEAL || type < last || (once && type == last) ||
        (last == 0) != (type == LT_PROOF_HEAD))
        return bad_piece(proof, LT_MALFORMED, "of a kind that cannot stand there");
    if (size == 0)
        return bad_piece(proof, LT_MALFORMED, "empty");
    if (size > (type == LT_PROOF_UPDATE ? LT_UPDATE_BYTES_MAX : LT_PROOF_PAGE_BYTES_MAX))
        return bad_piece(proof, LT_TOO_LARGE, "longer than any");
    proof->piece_needs = HEAD_BYTES + size;
    return LT_OK;
}

static enum lt_result take_magic(struct lt_proof *proof)
{
    const uint8_t *magic = proof->piece + DIGEST_BYTES;
    if (memcmp(magic, LT_PROOF_MAGIC, LT_PROOF_MAGIC_BYTES - 1) != 0)
        return spoil(proof, LT_MALFORMED,
                     "this is no proof: it does not begin with " LT_PROOF_MAGIC);
    if (magic[LT_PROOF_MAGIC_BYTES - 1] != LT_PROOF_MAGIC[LT_PROOF_MAGIC_BYTES - 1])
        return spoil(proof, LT_VERSION, "a proof of a newer kind: %s", lt_result_text(LT_VERSION));
    lt_hash_of(magic, LT_PROOF_MAGIC_BYTES, &proof->digest);
    proof->piece_size = 0;
    proof->piece_needs = HEAD_BYTES;
    proof->begun = true;
    return LT_OK;
}

enum lt_result lt_proof_feed(struct lt_proof *proof, struct lt_bytes bytes)
{
    while (bytes.size > 0 && proof->result == LT_OK) {
        if (proof->sealed)
            return spoil(proof, LT_MALFORMED, "something follows after the seal, at byte %llu",
                         (unsigned long long)proof->sums.bytes);
        const size_t lacks = proof->piece_needs - proof->piece_size;
        const size_t size = bytes.size < lacks ? bytes.size : lacks;
        memcpy(proof->piece + DIGEST_BYTES + proof->piece_size, bytes.data, size);
        proof->piece_size += size;
        proof->sums.bytes += size;
        bytes.data += size;
        bytes.size -= size;
        if (proof->piece_size < proof->piece_needs)
            continue;
        if (!proof->begun)
            (void)take_magic(proof);
        else if (proof->piece_size == HEAD_BYTES)
            (void)begin_piece(proof);
        else
            (void)take_piece(proof);
    }
    return proof->result;
}

/* ---- The end ---- */

enum lt_result lt_proof_end(struct lt_proof *proof)
{
    if (proof->result != LT_OK)
        return proof->result;
    if (!proof->sealed)
        return spoil(proof, LT_MALFORMED,
                     "it ends at byte %llu, before its seal: a part of the file is missing",
                     (unsigned long long)proof->sums.bytes);
    enum lt_result result = lt_proof_link(proof);
    if (result == LT_OK || result == LT_REFUSED) {
        const enum lt_result trusted = lt_proof_trust(proof);
        result = trusted == LT_OK ? result
                                  : trusted; /* whom to trust is told also of what is not whole */
    }
    if (result == LT_OK)
        result = lt_proof_judge(proof);
    if (result == LT_OK)
        result = lt_proof_ask(proof);
    if (result == LT_OK)
        result = lt_proof_count(proof);
    if (result == LT_OK)
        result = lt_proof_compare(proof);
    if (result == LT_NO_MEMORY)
        return no_memory(proof);
    return result == LT_OK && proof->fault_count > 0 ? LT_REFUSED : result;
}
