#include "hub/items.h"

#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"
#include "hub/records.h"

enum { SLICE = 64 };

struct gathered {
    struct lt_item *items;
    size_t count, capacity;
    bool no_memory;
};

struct showing {
    struct lt_merge *merge;
    struct lt_store_txn *txn;
    lt_item_view_seen *seen;
    void *context;
    bool stopped;
};

static bool gather(void *context, const struct lt_item *item)
{
    struct gathered *gathered = context;
    if (gathered->count == gathered->capacity) {
        const size_t capacity = gathered->capacity == 0 ? 256 : gathered->capacity * 2;
        struct lt_item *grown = realloc(gathered->items, capacity * sizeof *grown);
        gathered->no_memory = grown == NULL;
        if (grown == NULL)
            return false;
        gathered->items = grown;
        gathered->capacity = capacity;
    }
    gathered->items[gathered->count++] = *item;
    return true;
}

static enum lt_result gather_all(struct lt_ledger *ledger, uint8_t kind, int year_from, int year_to,
                                 struct gathered *gathered)
{
    struct lt_store_txn *txn = lt_store_begin(ledger->store, false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    lt_store_items(txn, kind, (uint16_t)year_from, (uint16_t)year_to, gather, gathered);
    const enum lt_result result = gathered->no_memory ? LT_NO_MEMORY : lt_store_error(txn);
    lt_store_abort(txn);
    return result;
}

/* The record's first change, and whether it is contested. */
static bool look_at_record(struct showing *showing, const struct lt_at *at,
                           struct lt_item_view *view)
{
    struct lt_at record, root, current;
    if (!lt_record_of(showing->merge, at, &record) ||
        !lt_record_current(showing->merge, &record, &root, &current, &view->contested))
        return false;
    const struct lt_decoded *first =
        lt_reader_at(showing->merge->reader, showing->txn, root.position);
    if (first == NULL)
        return false;
    view->id = (struct lt_record_id){first->update.id, root.index};
    return true;
}

static void show(struct showing *showing, const struct lt_at *at)
{
    struct lt_merge *merge = showing->merge;
    struct lt_item_view view = {.position = at->position, .index = at->index};
    if (!look_at_record(showing, at, &view))
        return; /* judged otherwise since */
    view.author = lt_record_speaker(merge, at);
    struct lt_decoded *decoded = lt_reader_at(merge->reader, showing->txn, at->position);
    if (decoded == NULL || decoded->body == NULL)
        return;
    if (view.author == NULL ||
        lt_judge(merge->book, view.author, decoded->body, at->index, &view.fact) != LT_COUNTS)
        return;
    view.body = decoded->body;
    view.current = (struct lt_stamp){decoded->update.frame.seq, decoded->update.id, at->index};
    view.signed_at = decoded->body->signed_at;
    view.name = lt_reader_name(merge->reader, showing->txn, decoded, at->index);
    showing->stopped = !showing->seen(showing->context, &view);
}

static enum lt_result show_slice(struct lt_ledger *ledger, struct showing *showing,
                                 const struct lt_item *items, size_t count)
{
    showing->txn = lt_store_begin(ledger->store, false);
    if (showing->txn == NULL)
        return LT_NO_MEMORY;
    lt_merge_begin(showing->merge, showing->txn, showing->txn);
    for (size_t i = 0; i < count && !showing->stopped; i++)
        show(showing, &items[i].at);
    const enum lt_result result = lt_store_error(showing->txn);
    lt_store_abort(showing->txn);
    return result;
}

enum lt_result lt_items(struct lt_ledger *ledger, uint8_t kind, int year_from, int year_to,
                        lt_item_view_seen *seen, void *context)
{
    struct gathered gathered = {0};
    struct showing showing = {.seen = seen, .context = context};
    enum lt_result result = gather_all(ledger, kind, year_from, year_to, &gathered);
    pthread_rwlock_rdlock(&ledger->book_lock);
    showing.merge = lt_merge_new(ledger->book, 0); /* its own: the writer's is the writer's */
    if (result == LT_OK && showing.merge == NULL)
        result = LT_NO_MEMORY;
    if (result == LT_OK)
        lt_reader_unseal(showing.merge->reader, &ledger->ring);
    for (size_t at = 0; at < gathered.count && result == LT_OK && !showing.stopped; at += SLICE)
        result = show_slice(ledger, &showing, gathered.items + at,
                            gathered.count - at < SLICE ? gathered.count - at : SLICE);
    lt_merge_free(showing.merge);
    pthread_rwlock_unlock(&ledger->book_lock);
    free(gathered.items);
    return result;
}

const struct lt_place *lt_item_unit(const struct lt_item_view *view, const struct lt_book *book,
                                    uint32_t reference)
{
    struct lt_unit unit;
    if (reference == 0)
        return view->author;
    if (reference > view->body->n_units ||
        lt_unit_make(view->body->units[reference - 1]->code,
                     view->body->units[reference - 1]->valid_from, &unit) != LT_OK)
        return NULL;
    return lt_book_place(book, &unit);
}
