/* What each author says: every change judged, and of each record the one that counts. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proof_inner.h"

/* ---- Reading the changes ---- */

static uint8_t kind_of(const Lienthong__Change *change)
{
    return change->award != NULL         ? LT_KIND_AWARD
           : change->proposal != NULL    ? LT_KIND_PROPOSAL
           : change->movement != NULL    ? LT_KIND_MOVEMENT
           : change->pledge != NULL      ? LT_KIND_PLEDGE
           : change->score != NULL       ? LT_KIND_SCORE
           : change->exemplar != NULL    ? LT_KIND_EXEMPLAR
           : change->declaration != NULL ? LT_KIND_DECLARATION
                                         : 0;
}

/* The change that is named as the record's first one; whether it is one is seen when all are read. */
static uint32_t named(const struct lt_proof *proof, uint32_t update,
                      const Lienthong__RecordId *record)
{
    uint32_t at = update;
    struct lt_hash id;
    if (record->update.len == sizeof id.bytes) {
        memcpy(id.bytes, record->update.data, sizeof id.bytes);
        at = lt_proof_find(proof, &id);
    }
    if (at == LT_PROOF_NONE || record->index >= proof->updates[at].change_count)
        return LT_PROOF_NONE;
    return proof->updates[at].changes_at + record->index;
}

static void read_change(struct lt_proof *proof, uint32_t number, const Lienthong__ReportBody *body,
                        uint32_t index)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a newer body has no changes */
    const Lienthong__Change *said = body->changes[index];
    struct proof_change *change = &proof->changes[proof->updates[number].changes_at + index];
    *change =
        (struct proof_change){.import = said->import == 0 ? 0 : body->imports[said->import - 1],
                              .row = said->row,
                              .update = number,
                              .index = index,
                              .kind = kind_of(said),
                              .op = (uint8_t)said->op,
                              .unseen = said->unseen,
                              .first = said->record == NULL && said->op == LIENTHONG__OP__OP_PUT};
    change->record = change->first          ? proof->updates[number].changes_at + index
                     : said->record == NULL ? (uint32_t)LT_PROOF_NONE
                                            : named(proof, number, said->record);
    change->root = proof->updates[number].changes_at + index;
}

/* Opens an update that was read before. *ret_body NULL: it is no report, or of a newer body. LT_NO_MEMORY. */
static enum lt_result reopen(struct lt_proof *proof, uint32_t number, struct lt_update *ret_update,
                             Lienthong__ReportBody **ret_body)
{
    const struct proof_update *kept = &proof->updates[number];
    *ret_body = NULL;
    if (proof->chains[kept->chain].chain.stream != LT_STREAM_REPORT)
        return LT_OK;
    const enum lt_result opened =
        lt_update_open((struct lt_bytes){kept->bytes, kept->size}, ret_update);
    assert(opened == LT_OK);
    lt_arena_reset(proof->arena);
    const enum lt_result result = lt_report_read(ret_update, proof->arena, ret_body);
    return result == LT_VERSION ? LT_OK : result;
}

/* ---- Which record ---- */

static const struct lt_place *author_of(const struct lt_proof *proof, uint32_t change)
{
    return proof->chains[proof->updates[proof->changes[change].update].chain].place;
}

static bool succeeds(const struct lt_proof *proof, const struct lt_place *author,
                     const struct lt_place *former)
{
    return author != NULL && former != NULL &&
           lt_book_generation(proof->book, former, author) < LT_DEPTH_MAX;
}

static void settle_record(struct lt_proof *proof, struct proof_change *change)
{
    if (change->record == LT_PROOF_NONE || change->first)
        return;
    const struct proof_change *first = &proof->changes[change->record];
    const struct proof_update *own = &proof->updates[change->update];
    const bool alike = proof->updates[first->update].chain == own->chain;
    bool good = first->first;
    if (good && alike && first->update != change->update)
        good = lt_proof_is_ancestor(proof, first->update, change->update);
    else if (good && !alike)
        good = succeeds(proof, proof->chains[own->chain].place, author_of(proof, change->record));
    if (!good)
        change->record = LT_PROOF_NONE;
}

/* ---- Verdicts ---- */

static bool within(struct lt_proof *proof, uint32_t number, const struct lt_hash *cut, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t tip = lt_proof_find(proof, &cut[i]);
        if (tip == number || (tip != LT_PROOF_NONE && lt_proof_is_ancestor(proof, number, tip)))
            return true;
    }
    return false;
}

static enum lt_verdict cut_of(struct lt_proof *proof, uint32_t number)
{
    const struct proof_update *update = &proof->updates[number];
    const struct proof_chain *chain = &proof->chains[update->chain];
    const struct lt_revocation *revoked =
        lt_book_revocation(proof->book, &chain->chain, &update->key);
    if (revoked != NULL && !within(proof, number, revoked->cut, revoked->cut_count) &&
        !lt_book_endorsed(proof->book, revoked, &update->id))
        return LT_V_REVOKED;
    const struct lt_succession *closed =
        chain->place == NULL ? NULL : lt_book_closed(proof->book, chain->place);
    return closed != NULL && !within(proof, number, closed->cut, closed->cut_count) ? LT_V_CLOSED
                                                                                    : LT_COUNTS;
}

/* For whom a change speaks: the author of the record that it names, or its own. */
static const struct lt_place *speaker_of(const struct lt_proof *proof, uint32_t change)
{
    const struct lt_place *own = author_of(proof, change), *first = NULL;
    if (proof->changes[change].record != LT_PROOF_NONE)
        first = author_of(proof, proof->changes[change].record);
    return first == NULL ? own : first;
}

static enum lt_verdict verdict_of(struct lt_proof *proof, uint32_t number,
                                  const Lienthong__ReportBody *body)
{
    struct lt_fact fact;
    const struct proof_change *change = &proof->changes[number];
    const enum lt_verdict cut = (enum lt_verdict)proof->updates[change->update].cut;
    if (cut != LT_COUNTS)
        return cut;
    if (author_of(proof, number) == NULL)
        return LT_V_UNKNOWN_UNIT;
    const enum lt_verdict verdict =
        lt_judge(proof->book, speaker_of(proof, number), body, change->index, &fact);
    if (verdict != LT_COUNTS)
        return verdict;
    if (change->record == LT_PROOF_NONE)
        return LT_V_UNKNOWN_RECORD;
    return change->op == LIENTHONG__OP__OP_PUT &&
                   change->kind != proof->changes[change->record].kind
               ? LT_V_KIND_CHANGED
               : LT_COUNTS;
}

static enum lt_result judge_update(struct lt_proof *proof, uint32_t number)
{
    struct lt_update update;
    Lienthong__ReportBody *body;
    struct proof_update *kept = &proof->updates[number];
    if (proof->chains[kept->chain].chain.stream != LT_STREAM_REPORT)
        return LT_OK;
    const enum lt_result result = reopen(proof, number, &update, &body);
    if (result != LT_OK)
        return result;
    kept->cut = (uint8_t)cut_of(proof, number);
    proof->sums.quarantined +=
        body == NULL; /* of a newer body, which has no changes that are known */
    for (uint32_t i = 0; i < kept->change_count; i++) {
        struct proof_change *change = &proof->changes[kept->changes_at + i];
        change->verdict = (uint8_t)verdict_of(proof, kept->changes_at + i, body);
        proof->sums.changes++;
        proof->sums.quarantined += change->verdict != LT_COUNTS;
    }
    return LT_OK;
}

/* ---- Records that are one ---- */

static uint32_t root_of(struct lt_proof *proof, uint32_t change)
{
    while (proof->changes[change].root != change) {
        const uint32_t above = proof->changes[change].root;
        proof->changes[change].root = proof->changes[above].root;
        change = above;
    }
    return change;
}

static void join(struct lt_proof *proof, uint32_t a, uint32_t b)
{
    a = root_of(proof, a);
    b = root_of(proof, b);
    if (a < b)
        proof->changes[b].root = a;
    else
        proof->changes[a].root = b;
}

static _Thread_local const struct lt_proof *sorting;

static int by_draft(const void *a, const void *b)
{
    const uint32_t left_number = *(const uint32_t *)a, right_number = *(const uint32_t *)b;
    const struct proof_change *left = &sorting->changes[left_number];
    const struct proof_change *right = &sorting->changes[right_number];
    const uint32_t chain = sorting->updates[left->update].chain;
    const uint32_t other = sorting->updates[right->update].chain;
    if (chain != other)
        return chain < other ? -1 : 1;
    if (left->import != right->import)
        return left->import < right->import ? -1 : 1;
    if (left->row != right->row)
        return left->row < right->row ? -1 : 1;
    return (left_number > right_number) - (left_number < right_number);
}

/* Changes of one chain with one row of one import speak of one record. */
static void join_twins(struct lt_proof *proof, uint32_t *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < proof->change_count; i++)
        if (proof->changes[i].record != LT_PROOF_NONE && proof->changes[i].import != 0)
            list[count++] = i;
    sorting = proof;
    qsort(list, count, sizeof *list, by_draft);
    for (size_t i = 1; i < count; i++) {
        const struct proof_change *one = &proof->changes[list[i - 1]];
        const struct proof_change *next = &proof->changes[list[i]];
        if (one->import == next->import && one->row == next->row &&
            proof->updates[one->update].chain == proof->updates[next->update].chain)
            join(proof, list[i - 1], list[i]);
    }
}

/* ---- Which change counts ---- */

/* Whether a record is contested is not asked here, and it is all that ancestry decides. */
static bool never(void *context, const struct lt_hash *older, const struct lt_hash *newer)
{
    (void)context;
    (void)older;
    (void)newer;
    return false;
}

/* How often the record had come down to another unit before each version was said, by the authors in it. */
static uint8_t generation_of(const struct lt_proof *proof, const uint32_t *group, size_t count,
                             uint32_t change)
{
    const struct lt_place *author = author_of(proof, change), *last = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < count && author != NULL; i++) {
        const struct lt_place *other = author_of(proof, group[i]);
        if (other == NULL || other == last)
            continue;
        last = other;
        const unsigned generation = lt_book_generation(proof->book, other, author);
        if (generation < LT_DEPTH_MAX && generation > most)
            most = generation;
    }
    return (uint8_t)most;
}

static enum lt_result settle_group(struct lt_proof *proof, const uint32_t *group, size_t count)
{
    struct lt_version few[16], *versions = few;
    const bool down = lt_book_succession_count(proof->book) > 0;
    if (count > sizeof few / sizeof few[0])
        versions = calloc(count, sizeof *versions);
    if (versions == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const struct proof_change *change = &proof->changes[group[i]];
        const struct proof_update *update = &proof->updates[change->update];
        const bool counts = change->verdict == LT_COUNTS;
        versions[i] = (struct lt_version){
            .stamp = {update->seq, update->id, change->index},
            .import = counts ? change->import : 0,
            .row = change->row,
            .chain = update->chain,
            .generation = down && count > 1 ? generation_of(proof, group, count, group[i]) : 0,
            .counts = counts,
            .unseen = change->unseen,
            .op = change->op};
    }
    const struct lt_winner winner = lt_record_winner(versions, count, never, NULL);
    if (winner.found && versions[winner.version].op == LIENTHONG__OP__OP_PUT)
        proof->changes[group[winner.version]].counts = true;
    if (versions != few)
        free(versions);
    proof->sums.records++;
    return LT_OK;
}

static int by_root(const void *a, const void *b)
{
    const uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    const uint32_t one = sorting->changes[left].root, other = sorting->changes[right].root;
    return one != other ? (one > other) - (one < other) : (left > right) - (left < right);
}

static enum lt_result settle_groups(struct lt_proof *proof, uint32_t *list)
{
    enum lt_result result = LT_OK;
    size_t count = 0;
    for (uint32_t i = 0; i < proof->change_count; i++)
        if (proof->changes[i].record != LT_PROOF_NONE) {
            proof->changes[i].root = root_of(proof, i);
            list[count++] = i;
        }
    sorting = proof;
    qsort(list, count, sizeof *list, by_root);
    for (size_t from = 0, to; from < count && result == LT_OK; from = to) {
        for (to = from + 1; to < count; to++)
            if (proof->changes[list[to]].root != proof->changes[list[from]].root)
                break;
        result = settle_group(proof, &list[from], to - from);
    }
    return result;
}

/* ---- All of it ---- */

static enum lt_result read_changes(struct lt_proof *proof)
{
    enum lt_result result = LT_OK;
    struct lt_update update;
    Lienthong__ReportBody *body;
    for (uint32_t i = 0; i < proof->update_count && result == LT_OK; i++) {
        result = reopen(proof, i, &update, &body);
        for (uint32_t j = 0; result == LT_OK && j < proof->updates[i].change_count; j++)
            read_change(proof, i, body, j);
    }
    return result;
}

static void settle_records(struct lt_proof *proof)
{
    for (size_t i = 0; i < proof->change_count; i++)
        settle_record(proof, &proof->changes[i]);
}

static enum lt_result judge_updates(struct lt_proof *proof)
{
    enum lt_result result = LT_OK;
    for (uint32_t i = 0; i < proof->update_count && result == LT_OK; i++)
        result = judge_update(proof, i);
    return result;
}

enum lt_result lt_proof_judge(struct lt_proof *proof)
{
    enum lt_result result = LT_NO_MEMORY;
    const size_t room = (size_t)proof->change_count + 1;
    uint32_t *list = calloc(room, sizeof *list);
    proof->changes = calloc(room, sizeof *proof->changes);
    if (list != NULL && proof->changes != NULL)
        result = read_changes(proof);
    if (result == LT_OK) {
        settle_records(proof);
        result = judge_updates(proof);
    }
    if (result == LT_OK) {
        for (uint32_t i = 0; i < proof->change_count; i++)
            if (proof->changes[i].record != LT_PROOF_NONE)
                join(proof, i, proof->changes[i].record);
        join_twins(proof, list);
        result = settle_groups(proof, list);
    }
    free(list);
    return result;
}

enum lt_result lt_proof_each(struct lt_proof *proof, lt_proof_counts_seen *seen, void *context)
{
    enum lt_result result = LT_OK;
    for (size_t i = 0; i < proof->update_count && result == LT_OK; i++) {
        const uint32_t number = proof->by_seq[i];
        const struct proof_update *kept = &proof->updates[number];
        Lienthong__ReportBody *body = NULL;
        struct lt_update update;
        for (uint32_t j = 0; j < kept->change_count && result == LT_OK; j++) {
            const struct proof_change *change = &proof->changes[kept->changes_at + j];
            struct lt_fact fact;
            if (!change->counts)
                continue;
            if (body == NULL && (result = reopen(proof, number, &update, &body)) != LT_OK)
                return result;
            const enum lt_verdict verdict =
                lt_judge(proof->book, speaker_of(proof, kept->changes_at + j), body, j, &fact);
            assert(verdict == LT_COUNTS); /* as it was judged before */
            result = seen(proof, &update, body, change, &fact, context);
        }
    }
    return result;
}
