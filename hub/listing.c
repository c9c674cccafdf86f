#include "hub/listing.h"

#include "agent/text.h"

#include <stdlib.h>
#include <string.h>

#include "hub/ledger_own.h"
#include "hub/records.h"

enum { SLICE = 64 };

struct listing {
    struct lt_ledger *ledger;
    const struct lt_listing_query *query;
    struct lt_merge *merge;
    struct lt_store_txn *txn;
    lt_listed_seen *seen;
    void *context;
    bool stopped;
};

const char *lt_verdict_words(enum lt_verdict verdict)
{
    static const char *const vietnamese[] = {
        [LT_COUNTS] = "được tính",
        [LT_V_UNKNOWN_FIELDS] = "có trường mà phiên bản quy tắc này không biết",
        [LT_V_NEWER_BODY] = "nội dung thuộc phiên bản mới hơn",
        [LT_V_UNKNOWN_CODE] = "danh mục không có danh hiệu hoặc hình thức này vào ngày đó",
        [LT_V_RECIPIENT] = "danh hiệu không dành cho loại đối tượng này",
        [LT_V_LEVEL] = "cấp này không quyết định danh hiệu đó",
        [LT_V_UNKNOWN_UNIT] = "cây đơn vị không có đơn vị này",
        [LT_V_UNIT_DATE] = "vào lúc đó chưa có hoặc không còn đơn vị này",
        [LT_V_REACH] = "cơ quan và đối tượng đều ngoài phạm vi của đơn vị báo cáo",
        [LT_V_PERIOD] = "thiếu kỳ, hoặc kỳ không thể có",
        [LT_V_DATE] = "ngày không thể có",
        [LT_V_QUANTITY] = "số lượng không thể có",
        [LT_V_MISSING] = "thiếu điều mà loại bản ghi này cần",
        [LT_V_KIND_CHANGED] = "thay đổi sẽ biến bản ghi thành loại khác",
        [LT_V_UNKNOWN_RECORD] = "sửa một bản ghi mà chuỗi của đơn vị trước đó không có",
        [LT_V_REVOKED] = "khóa đã bị thu hồi và thay đổi nằm ngoài điểm cắt",
        [LT_V_CLOSED] = "chuỗi của đơn vị đã đóng và thay đổi nằm ngoài điểm cắt",
    };
    const char *known =
        (unsigned)verdict < sizeof vietnamese / sizeof vietnamese[0] ? vietnamese[verdict] : NULL;
    return lt_text(known != NULL ? known : lt_verdict_text(verdict), lt_verdict_text(verdict));
}

const char *lt_listed_state_name(enum lt_listed_state state)
{
    static const char *const names[] = {"counts", "retracted", "quarantined"};
    return names[state];
}

static bool wanted(const struct lt_listing_query *query, const struct lt_listed *record)
{
    bool plain = query->place == NULL && query->year_from == 0 && query->code == NULL;
    const struct lt_fact *fact = &record->fact;
    if (record->state != LT_LISTED_COUNTS)
        return plain;
    if (query->place != NULL && !lt_place_within(fact->place, query->place))
        return false;
    if (query->year_from != 0 && (fact->year < query->year_from || fact->year > query->year_to))
        return false;
    return query->code == NULL || strcmp(query->code, fact->code) == 0;
}

/* Fills in what the current version says. */
static void look_at_current(struct listing *listing, const struct lt_at *at,
                            struct lt_listed *record)
{
    struct lt_merge *merge = listing->merge;
    const struct lt_place *author = lt_record_speaker(merge, at);
    struct lt_decoded *decoded = lt_reader_at(merge->reader, listing->txn, at->position);
    if (decoded == NULL || decoded->body == NULL || author == NULL)
        return;
    record->current = (struct lt_stamp){decoded->update.frame.seq, decoded->update.id, at->index};
    record->state = LT_LISTED_RETRACTED;
    if (decoded->body->changes[at->index]->op != LIENTHONG__OP__OP_PUT)
        return;
    record->state = LT_LISTED_COUNTS;
    record->body = decoded->body;
    record->index = at->index;
    if (lt_judge(merge->book, author, decoded->body, at->index, &record->fact) != LT_COUNTS)
        record->state = LT_LISTED_QUARANTINED; /* directives came that are not in the state yet */
}

/* Whom a change speaks of. */
static const char *name_at(struct listing *listing, const struct lt_at *at)
{
    struct lt_reader *reader = listing->merge->reader;
    struct lt_decoded *decoded = lt_reader_at(reader, listing->txn, at->position);
    return decoded == NULL || decoded->body == NULL
               ? NULL
               : lt_reader_name(reader, listing->txn, decoded, at->index);
}

/* `at`: whose name it bears. Of a record that counts no more, or never did, it may be the one that has to be erased. */
static void tell(struct listing *listing, const struct lt_at *at, struct lt_listed *record)
{
    if (!listing->query->nameless)
        record->name = name_at(listing, at);
    listing->stopped = !listing->seen(listing->context, record);
}

static void list_record(struct listing *listing, const struct lt_at *first)
{
    struct lt_merge *merge = listing->merge;
    struct lt_at root, current = *first;
    struct lt_listed record = {.state = LT_LISTED_QUARANTINED, .txn = listing->txn};
    bool found = lt_record_current(merge, first, &root, &current, &record.contested);
    if (lt_store_error(listing->txn) != LT_OK || lt_at_cmp(&root, first) != 0)
        return; /* another one stands for it */
    const struct lt_decoded *decoded = lt_reader_at(merge->reader, listing->txn, first->position);
    if (decoded == NULL)
        return;
    record.id = (struct lt_record_id){decoded->update.id, first->index};
    record.author = decoded->update.frame.chain.unit;
    record.current = (struct lt_stamp){decoded->update.frame.seq, decoded->update.id, first->index};
    record.verdict = lt_store_verdict(listing->txn, first);
    if (found)
        look_at_current(listing, &current, &record);
    if (lt_store_error(listing->txn) == LT_OK && wanted(listing->query, &record))
        tell(listing, record.state == LT_LISTED_COUNTS ? &current : first, &record);
}

/* A correction or retraction that does not count; of one unit's it is told, for its clerk to ask after. */
static void list_refused(struct listing *listing, const struct lt_at *at)
{
    struct lt_listed record = {.state = LT_LISTED_QUARANTINED, .txn = listing->txn};
    const struct lt_decoded *decoded =
        lt_reader_at(listing->merge->reader, listing->txn, at->position);
    record.verdict = lt_store_verdict(listing->txn, at);
    if (decoded == NULL || record.verdict == LT_COUNTS)
        return;
    const Lienthong__RecordId *named = decoded->body->changes[at->index]->record;
    record.current = (struct lt_stamp){decoded->update.frame.seq, decoded->update.id, at->index};
    record.author = decoded->update.frame.chain.unit;
    record.id = (struct lt_record_id){decoded->update.id, at->index};
    if (named != NULL) {
        record.id.index = named->index;
        if (named->update.len == sizeof record.id.update.bytes)
            memcpy(record.id.update.bytes, named->update.data, sizeof record.id.update.bytes);
    }
    if (wanted(listing->query, &record))
        tell(listing, at, &record);
}

static void list_update(struct listing *listing, uint64_t position)
{
    for (uint32_t i = 0; !listing->stopped; i++) {
        const struct lt_decoded *decoded =
            lt_reader_at(listing->merge->reader, listing->txn, position);
        if (decoded == NULL || decoded->body == NULL || i >= decoded->body->n_changes)
            return;
        const Lienthong__Change *change = decoded->body->changes[i];
        if (change->record == NULL && change->op == LIENTHONG__OP__OP_PUT)
            list_record(listing, &(struct lt_at){position, i});
        else if (listing->query->author != NULL)
            list_refused(listing, &(struct lt_at){position, i});
    }
}

/* The next positions: of one chain, or of the whole log. */
static size_t next_positions(const struct listing *listing, uint64_t after,
                             uint64_t ret_positions[SLICE])
{
    struct lt_txn *log = lt_store_log(listing->txn);
    size_t count = 0;
    if (listing->query->author != NULL) {
        struct lt_chain chain = {LT_STREAM_REPORT, listing->query->author->unit};
        return lt_log_chain_positions(log, &chain, after, ret_positions, SLICE);
    }
    uint64_t last = lt_log_last(log);
    while (count < SLICE && after < last)
        ret_positions[count++] = ++after;
    return count;
}

static enum lt_result list_slice(struct listing *listing, uint64_t *after, bool *ret_more)
{
    uint64_t positions[SLICE];
    listing->txn = lt_store_begin(listing->ledger->store, false);
    if (listing->txn == NULL)
        return LT_NO_MEMORY;
    lt_merge_begin(listing->merge, listing->txn, listing->txn);
    size_t count = next_positions(listing, *after, positions);
    for (size_t i = 0; i < count && !listing->stopped; i++)
        list_update(listing, positions[i]);
    *ret_more = count > 0 && !listing->stopped;
    *after = count > 0 ? positions[count - 1] : *after;
    enum lt_result result = lt_store_error(listing->txn);
    lt_store_abort(listing->txn);
    return result;
}

enum lt_result lt_listing(struct lt_ledger *ledger, const struct lt_listing_query *query,
                          lt_listed_seen *seen, void *context)
{
    struct listing listing = {.ledger = ledger, .query = query, .seen = seen, .context = context};
    uint64_t after = 0;
    bool more = true;
    enum lt_result result = LT_OK;
    pthread_rwlock_rdlock(&ledger->book_lock);
    listing.merge = lt_merge_new(ledger->book, 0); /* its own: the writer's belongs to the writer */
    if (listing.merge == NULL)
        result = LT_NO_MEMORY;
    else
        lt_reader_unseal(listing.merge->reader, &ledger->ring);
    while (result == LT_OK && more)
        result = list_slice(&listing, &after, &more);
    lt_merge_free(listing.merge);
    pthread_rwlock_unlock(&ledger->book_lock);
    return result;
}
