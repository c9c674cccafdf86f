#include "tests/sim/planted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/service_own.h"
#include "hub/store.h"
#include "proto/sync.h"
#include "tests/sim/wrapped.h"

static enum planted chosen;
static const struct machine *fetching; /* takes an update that it did not sign just now */

#define PLANTED_NAME(name, what) #name,
#define PLANTED_WHAT(name, what) what,
static const char *const names[PLANT_COUNT] = {PLANTED(PLANTED_NAME)};
static const char *const whats[PLANT_COUNT] = {PLANTED(PLANTED_WHAT)};

bool planted_choose(const char *name)
{
    for (int i = 0; i < PLANT_COUNT; i++)
        if (strcmp(names[i], name) == 0) {
            chosen = (enum planted)i;
            return true;
        }
    return false;
}

/* The director looks at things as they are. */
bool planted(enum planted which)
{
    return chosen == which && fiber_self() != NULL;
}

void planted_print(void)
{
    for (int i = 1; i < PLANT_COUNT; i++)
        printf("  %-16s %s\n", names[i], whats[i]);
}

/* ---- Stores ---- */

static void copy_store(const struct machine *machine, const char *from, const char *to)
{
    char source[200], target[200];
    snprintf(source, sizeof(source), "%s/store/%s", machine->dir, from);
    snprintf(target, sizeof(target), "%s/store/%s", machine->dir, to);
    if (access(source, F_OK) == 0)
        file_copy(source, target);
}

/* What was written last was not synced: it goes with the power. */
void planted_commits(struct machine *machine)
{
    if (planted(PLANT_unsynced) && machine->hub != NULL)
        copy_store(machine, "data.mdb", "before.mdb");
}

void planted_killed(struct machine *machine)
{
    if (chosen == PLANT_unsynced)
        copy_store(machine, "before.mdb", "data.mdb");
    fetching = NULL;
}

void __wrap_lt_store_overlaps(struct lt_store_txn *txn, const struct lt_run *runs, size_t count,
                              struct lt_runs *ret_runs)
{
    if (!planted(PLANT_duplicates))
        __real_lt_store_overlaps(txn, runs, count, ret_runs);
}

/* ---- Updates ---- */

enum lt_result __wrap_lt_update_verify(const struct lt_update *update)
{
    return planted(PLANT_signatures) ? LT_OK : __real_lt_update_verify(update);
}

void __wrap_lt_log_tips(struct lt_txn *txn, const struct lt_chain *chain, struct lt_tips *ret_tips)
{
    __real_lt_log_tips(txn, chain, ret_tips);
    if (planted(PLANT_branches) && ret_tips->count > 1)
        ret_tips->count = 1;
}

unsigned __wrap_lt_place_distance(const struct lt_place *place, const struct lt_place *above)
{
    const unsigned distance = __real_lt_place_distance(place, above);
    return planted(PLANT_wrong_teller) && distance <= LT_DEPTH_MAX ? LT_DEPTH_MAX - distance
                                                                   : distance;
}

/* ---- Hubs ---- */

struct lt_parent *__wrap_lt_parent_new(const struct lt_parent_config *config,
                                       const struct lt_sync_store *store)
{
    struct lt_parent_config ready = *config;
    ready.ready = ready.ready || planted(PLANT_no_gate);
    return __real_lt_parent_new(&ready, store);
}

bool __wrap_gate_restored(struct lt_gate *gate, struct lt_bytes receipt)
{
    return !planted(PLANT_unnoticed) && __real_gate_restored(gate, receipt);
}

/* ---- Agents ---- */

enum lt_result __wrap_lt_journal_import(struct lt_journal *journal, const struct lt_import *import,
                                        const struct lt_draft *drafts, size_t count)
{
    struct lt_hash update;
    bool more;
    enum lt_result result = __real_lt_journal_import(journal, import, drafts, count);
    const struct lt_service *service = fiber_machine()->service;
    if (result == LT_OK && planted(PLANT_signing_early) && service != NULL)
        (void)lt_journal_sign(journal, &service->keys, lt_clock_wall(), &update, &more);
    return result;
}

/* Imports under the ids that they were signed with. */
enum { SIGNED_MAX = 4096 };
static struct {
    uint64_t import, id;
} signed_as[SIGNED_MAX];
static size_t signed_count;

uint64_t planted_import(uint64_t import)
{
    for (size_t i = 0; i < signed_count; i++)
        if (signed_as[i].id == import)
            return signed_as[i].import;
    return import;
}

static uint64_t sign_as(uint64_t import)
{
    uint64_t id = import;
    for (size_t i = 0; i < signed_count; i++)
        if (signed_as[i].import == import)
            lt_random(&id, sizeof(id));
    if (signed_count == SIGNED_MAX)
        abort();
    signed_as[signed_count].import = import;
    signed_as[signed_count++].id = id;
    return id;
}

enum lt_result __wrap_lt_batch_add(struct batch *batch, const struct draft_row *draft,
                                   const struct lt_record_id *record, bool in_batch, bool unseen,
                                   uint32_t *ret_index)
{
    struct draft_row other = *draft;
    if (planted(PLANT_no_draft_id))
        other.ref.import = sign_as(draft->ref.import);
    return __real_lt_batch_add(batch, &other, record, in_batch, unseen, ret_index);
}

/* A draft leaves when it is signed here; that it was signed before nothing tells. */
bool __wrap_lt_row_draft_of_ref(struct lt_txn *txn, const struct lt_row_ref *ref,
                                uint64_t *ret_number)
{
    struct lt_row_ref own = *ref;
    if (planted(PLANT_no_draft_id)) {
        if (fetching == fiber_machine())
            return false;
        own.import = planted_import(ref->import);
    }
    return __real_lt_row_draft_of_ref(txn, &own, ret_number);
}

/* An update of nothing on all tips. */
static void heal(struct lt_journal *journal, const struct lt_keys *keys)
{
    Lienthong__ReportBody body = LIENTHONG__REPORT_BODY__INIT;
    struct lt_frame frame = {.chain = lt_journal_chain(journal),
                             .key = keys->sign_public,
                             .body_version = LT_BODY_VERSION_FIRST};
    struct lt_tips tips;
    struct lt_hash id;
    struct lt_chain chain;
    uint8_t packed[64], *bytes = NULL;
    size_t size;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(journal), false);
    __real_lt_log_tips(txn, &frame.chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        uint64_t position, seq = 0;
        lt_log_find(txn, &tips.ids[i], &position, &seq);
        frame.seq = seq >= frame.seq ? seq + 1 : frame.seq;
        frame.parents[frame.parent_count++] = tips.ids[i];
    }
    lt_txn_abort(txn);
    body.signed_at = lt_clock_wall();
    const size_t packed_size = lienthong__report_body__pack(&body, packed);
    if (tips.count > 1 &&
        lt_update_seal(&frame, (struct lt_bytes){packed, packed_size}, (struct lt_bytes){NULL, 0},
                       &keys->sign_secret, &bytes, &size, &id) == LT_OK)
        (void)__real_lt_journal_store(journal, (struct lt_bytes){bytes, size}, &chain);
    free(bytes);
}

static bool is_of_another_key(struct lt_bytes bytes, const struct lt_service *service)
{
    struct lt_update update;
    return service != NULL && lt_update_open(bytes, &update) == LT_OK &&
           update.frame.chain.stream == LT_STREAM_REPORT &&
           memcmp(&update.frame.key, &service->keys.sign_public, sizeof(update.frame.key)) != 0;
}

enum lt_result __wrap_lt_journal_store(struct lt_journal *journal, struct lt_bytes bytes,
                                       struct lt_chain *ret_chain)
{
    const struct lt_service *service = fiber_machine()->service;
    if (planted(PLANT_author_is_key) && is_of_another_key(bytes, service)) {
        *ret_chain = lt_journal_chain(journal);
        return LT_EXISTS;
    }
    fetching = fiber_machine();
    enum lt_result result = __real_lt_journal_store(journal, bytes, ret_chain);
    fetching = NULL;
    if (result == LT_OK && planted(PLANT_eager_healing) && service != NULL &&
        ret_chain->stream == LT_STREAM_REPORT)
        heal(journal, &service->keys);
    return result;
}

/* What the director asks is what a clerk is shown. */
bool __wrap_lt_receipt_lacking(struct lt_journal *journal, struct lt_txn *txn,
                               const struct lt_statement *statement, uint64_t **ret_positions,
                               size_t *ret_count)
{
    uint64_t position, seq, latest = 0;
    struct lt_bytes bytes;
    struct lt_update update;
    if (!__real_lt_receipt_lacking(journal, txn, statement, ret_positions, ret_count) ||
        chosen != PLANT_receipts_by_seq)
        return *ret_positions != NULL;
    for (uint32_t i = 0; i < statement->tip_count; i++)
        if (lt_log_find(txn, &statement->tips[i], &position, &seq) && seq > latest)
            latest = seq;
    size_t kept = 0;
    for (size_t i = 0; i < *ret_count; i++)
        if (lt_log_at(txn, (*ret_positions)[i], &bytes) &&
            lt_update_open(bytes, &update) == LT_OK && update.frame.seq > latest)
            (*ret_positions)[kept++] = (*ret_positions)[i];
    *ret_count = kept;
    return true;
}
