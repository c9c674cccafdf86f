#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/recount/inside.h"

void rc_push(struct rc_list *list, void *item)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        list->items = realloc(list->items, list->capacity * sizeof *list->items);
        if (list->items == NULL)
            abort();
    }
    list->items[list->count++] = item;
}

const char *recount_mistake_name(enum recount_mistake mistake)
{
    static const char *const names[RECOUNT_MISTAKES] = {
        [RECOUNT_RIGHT] = "none",
        [RECOUNT_TIES_TO_GREATER] = "of equally near tellers the greater counts",
        [RECOUNT_TOTALS_ADDED] = "totals are added to the names within them",
        [RECOUNT_OLDEST_WINS] = "a record's oldest version counts",
        [RECOUNT_TWINS_COUNTED] = "a row signed twice counts twice",
        [RECOUNT_ROWS_OF_ALL] = "a row silences the same row of another chain",
        [RECOUNT_NO_CUT] = "what a revoked key signed counts",
        [RECOUNT_NUMBERS_AS_WRITTEN] = "decision numbers are taken as written",
        [RECOUNT_SCHOOL_YEAR_BEFORE] = "a school year counts in the year it begins",
        [RECOUNT_NO_UNIT_DATES] = "units exist for ever",
        [RECOUNT_OUTSIDE_AT_HOME] = "recipients from elsewhere count at home",
        [RECOUNT_STRANGERS_AGREE] = "only what says `unseen` is contested",
        [RECOUNT_LEADS_SILENT] = "a cluster's lead tells no other member's score",
        [RECOUNT_SPLIT_TO_FIRST] = "what was split lies at its first successor",
    };
    return names[mistake];
}

struct recount *recount_new(const struct lt_key *root, const struct lt_unit *top,
                            enum recount_mistake mistake)
{
    struct recount *recount = calloc(1, sizeof *recount);
    if (recount == NULL)
        abort();
    recount->root = *root;
    recount->top = *top;
    recount->mistake = mistake;
    recount->kept = pool_new();
    return recount;
}

static void forget(struct recount *recount)
{
    if (recount->pool != NULL)
        pool_free(recount->pool);
    map_clear(&recount->places);
    map_clear(&recount->scopes);
    map_clear(&recount->cells);
    map_clear(&recount->own);
    map_clear(&recount->numbers);
    recount->titles.count = recount->grants.count = recount->revocations.count = 0;
    recount->successions.count = recount->clusters.count = 0;
    recount->scope_list.count = 0;
    recount->pool = NULL;
}

void recount_free(struct recount *recount)
{
    forget(recount);
    for (size_t i = 0; i < recount->updates.count; i++) {
        struct rc_update *update = recount->updates.items[i];
        lt_arena_free(update->arena);
        free(update->bytes);
        free(update);
    }
    free(recount->updates.items);
    free(recount->titles.items);
    free(recount->grants.items);
    free(recount->revocations.items);
    free(recount->successions.items);
    free(recount->clusters.items);
    free(recount->scope_list.items);
    map_clear(&recount->by_id);
    pool_free(recount->kept);
    free(recount);
}

struct rc_update *rc_find(const struct recount *recount, const uint8_t id[32])
{
    char text[65];
    lt_hex(id, 32, text);
    return map_find(&recount->by_id, text);
}

void recount_add(struct recount *recount, struct lt_bytes bytes)
{
    struct rc_update *update = calloc(1, sizeof *update);
    if (update == NULL || (update->bytes = malloc(bytes.size)) == NULL)
        abort();
    memcpy(update->bytes, bytes.data, bytes.size);
    update->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    if (update->arena == NULL ||
        lt_update_open((struct lt_bytes){update->bytes, bytes.size}, &update->update) != LT_OK)
        abort();
    const bool report = update->update.frame.chain.stream == LT_STREAM_REPORT;
    if (rc_find(recount, update->update.id.bytes) != NULL) {
        lt_arena_free(update->arena);
        free(update->bytes);
        free(update);
        return;
    }
    const enum lt_result result =
        report ? lt_report_read(&update->update, update->arena, &update->report)
               : lt_directive_read(&update->update, update->arena, &update->directive);
    if (result != LT_OK && result != LT_VERSION)
        abort();
    if (update->report != NULL && update->update.personal.size > 0 &&
        lt_personal_read(update->update.personal, update->report, update->arena,
                         &update->personal) != LT_OK)
        abort();
    char *id = pool_take(recount->kept, 65);
    lt_hex(update->update.id.bytes, 32, id);
    *map_at(&recount->by_id, id) = update;
    rc_push(&recount->updates, update);
}

bool rc_reaches(struct recount *recount, const struct rc_update *older, struct rc_update *newer)
{
    struct rc_list waiting = {0};
    bool found = false;
    recount->walks++;
    rc_push(&waiting, newer);
    while (waiting.count > 0 && !found) {
        struct rc_update *update = waiting.items[--waiting.count];
        if (update == NULL || update->walk == recount->walks)
            continue;
        update->walk = recount->walks;
        found = update == older;
        const struct lt_frame *frame = &update->update.frame;
        for (uint32_t i = 0; i < frame->parent_count; i++)
            rc_push(&waiting, rc_find(recount, frame->parents[i].bytes));
    }
    free(waiting.items);
    return found;
}

int rc_stamp_cmp(const struct rc_update *a, uint32_t a_index, const struct rc_update *b,
                 uint32_t b_index)
{
    if (a->update.frame.seq != b->update.frame.seq)
        return a->update.frame.seq < b->update.frame.seq ? -1 : 1;
    const int by_id = memcmp(a->update.id.bytes, b->update.id.bytes, 32);
    if (by_id != 0)
        return by_id;
    return a_index < b_index ? -1 : a_index > b_index;
}

/* A change that names a record of a unit that has come down to its author is judged as that unit's. */
static void speak_for(struct recount *recount, struct rc_change *change)
{
    const Lienthong__Change *said = change->update->report->changes[change->index];
    if (said->record == NULL || said->record->update.len != 32 || change->author == NULL)
        return;
    const struct rc_update *named = rc_find(recount, said->record->update.data);
    if (named == NULL || named->update.frame.chain.stream != LT_STREAM_REPORT)
        return;
    struct rc_place *unit = rc_place(recount, &named->update.frame.chain.unit);
    if (unit == NULL || unit == change->author)
        return;
    change->generation = rc_generation(recount, unit, change->author);
    if (change->generation > 0)
        change->author = unit;
}

/* One rc_change for each change of a report that can be read, one for one that cannot. */
static void list_changes(struct recount *recount)
{
    size_t count = 0;
    for (size_t i = 0; i < recount->updates.count; i++) {
        struct rc_update *update = recount->updates.items[i];
        update->first_change = count;
        if (update->update.frame.chain.stream == LT_STREAM_REPORT)
            count += update->report == NULL ? 1 : update->report->n_changes;
    }
    recount->change_count = count;
    recount->changes = pool_take(recount->pool, (count + 1) * sizeof *recount->changes);
    for (size_t i = 0; i < recount->updates.count; i++) {
        struct rc_update *update = recount->updates.items[i];
        if (update->update.frame.chain.stream != LT_STREAM_REPORT)
            continue;
        const size_t changes = update->report == NULL ? 1 : update->report->n_changes;
        const bool revoked = rc_revoked(recount, update), closed = rc_closed(recount, update);
        struct rc_place *author = rc_place(recount, &update->update.frame.chain.unit);
        for (uint32_t index = 0; index < changes; index++) {
            struct rc_change *change = &recount->changes[update->first_change + index];
            change->update = update;
            change->author = author;
            change->index = update->report == NULL ? UINT32_MAX : index;
            if (update->report != NULL)
                speak_for(recount, change);
            change->verdict = revoked                  ? LT_V_REVOKED
                              : closed                 ? LT_V_CLOSED
                              : author == NULL         ? LT_V_UNKNOWN_UNIT
                              : update->report == NULL ? LT_V_NEWER_BODY
                                                       : rc_judge(recount, change);
        }
    }
}

void recount_all(struct recount *recount, struct recount_sums *ret_sums)
{
    struct recount_sums sums = {0};
    forget(recount);
    recount->pool = pool_new();
    rc_book_fold(recount);
    list_changes(recount);
    rc_author(recount);
    rc_tellers(recount);
    rc_cells(recount);
    for (size_t i = 0; i < recount->change_count; i++) {
        sums.quarantined += recount->changes[i].verdict != LT_COUNTS;
        sums.contested += recount->changes[i].contested;
        sums.spoken_for += recount->changes[i].wins && recount->changes[i].generation > 0;
        sums.verdicts[recount->changes[i].verdict]++;
        sums.records += recount->changes[i].wins;
    }
    for (size_t i = 0; i < recount->scope_list.count; i++) {
        const struct rc_scope *scope = recount->scope_list.items[i];
        bool many = false;
        for (const struct rc_line *line = scope->lines; line != NULL; line = line->next)
            many = many || line->teller != scope->lines->teller;
        sums.told_by_many += many;
        sums.differing += scope->differs != 0;
    }
    sums.changes = recount->change_count;
    sums.cells = recount->cells.count;
    sums.scopes = recount->scope_list.count;
    *ret_sums = sums;
}
