#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"

/* Look-ups in no order, as a sorted file makes them, stay in memory for some 30,000 records. */
enum { BODIES_MAX = 64, BODY_BUDGET_BYTES = 2 * LT_UNPACK_BYTES_MAX };

struct body_cache {
    struct body entries[BODIES_MAX];
    uint64_t clock;
};

void lt_bodies_drop(struct lt_journal *journal)
{
    if (journal->cache == NULL)
        return;
    for (size_t i = 0; i < BODIES_MAX; i++)
        lt_arena_free(journal->cache->entries[i].arena);
    free(journal->cache);
    journal->cache = NULL;
}

static bool read_body(struct lt_journal *journal, struct lt_txn *txn, struct body *body,
                      struct lt_bytes bytes)
{
    struct lt_update update;
    body->report = NULL;
    body->personal = NULL;
    if (lt_update_open(bytes, &update) != LT_OK ||
        lt_report_read(&update, body->arena, &body->report) != LT_OK)
        return false;
    body->id = update.id;
    body->key = update.frame.key;
    return lt_journal_persons(journal, txn, &update, body->report, body->arena, &body->personal) ==
           LT_OK;
}

static struct body *oldest_unpinned(struct body_cache *cache)
{
    struct body *oldest = NULL;
    for (size_t i = 0; i < BODIES_MAX; i++) {
        struct body *entry = &cache->entries[i];
        if (entry->pins == 0 && (oldest == NULL || entry->used < oldest->used))
            oldest = entry;
    }
    return oldest;
}

struct body *lt_bodies_load(struct lt_journal *journal, struct lt_txn *txn, uint64_t position)
{
    struct lt_bytes bytes;
    if (journal->cache == NULL)
        journal->cache = calloc(1, sizeof(*journal->cache));
    struct body_cache *cache = journal->cache;
    if (cache == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    cache->clock++;
    for (size_t i = 0; i < BODIES_MAX; i++) {
        if (cache->entries[i].position == position) {
            cache->entries[i].used = cache->clock;
            return &cache->entries[i];
        }
    }
    struct body *entry = oldest_unpinned(cache);
    if (entry != NULL && entry->arena == NULL)
        entry->arena = lt_arena_new(BODY_BUDGET_BYTES);
    if (entry == NULL || entry->arena == NULL) {
        lt_txn_fail(txn, LT_NO_MEMORY);
        return NULL;
    }
    entry->position = 0;
    lt_arena_reset(entry->arena);
    if (!lt_log_at(txn, position, &bytes))
        return NULL;
    if (!read_body(journal, txn, entry, bytes)) {
        lt_txn_fail(txn, LT_CORRUPT); /* it was read when it was indexed */
        return NULL;
    }
    entry->position = position;
    entry->used = cache->clock;
    return entry;
}
