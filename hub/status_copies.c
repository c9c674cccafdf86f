/* Status: machines that were restored, or are there twice. */
#include <stdlib.h>
#include <string.h>

#include "agent/clock.h"
#include "hub/core_own.h"
#include "hub/status_own.h"

static json_t *time_of(int64_t at)
{
    return at != 0 ? json_integer((json_int_t)at) : json_null();
}

static json_t *row(const struct lt_copy *copy, int64_t now)
{
    char unit[LT_UNIT_TEXT_MAX], key[65], text[LT_COPY_TEXT_MAX], vietnamese[LT_COPY_TEXT_MAX];
    enum lt_copy_kind kind = lt_copy_kind(copy, now);
    lt_unit_format(&copy->unit, unit);
    lt_hex(copy->key.bytes, sizeof(copy->key.bytes), key);
    const bool english = lt_status_language("vi");
    lt_copy_text(copy, now, vietnamese);
    (void)lt_status_language("en");
    lt_copy_text(copy, now, text);
    (void)lt_status_language(english ? "en" : "vi");
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:o, s:I, s:s, s:s}", "kind", lt_copy_name(kind),
        "unit", unit, "role", copy->role == LIENTHONG__ROLE__ROLE_HUB ? "hub" : "agent", "key", key,
        "restored_at", time_of(copy->restored_at), "cloned_at", time_of(copy->cloned_at), "had_seq",
        (json_int_t)copy->had_seq, "had_at", time_of(copy->had_at), "lacked",
        (json_int_t)copy->lacked, "text", text, "text_vi", vietnamese);
}

/* One whose key was revoked since can do no harm, and is another machine from now on. */
static bool is_valid(struct lt_ledger *ledger, const struct lt_copy *copy)
{
    const struct lt_chain chain = {copy->role == LIENTHONG__ROLE__ROLE_HUB ? LT_STREAM_DIRECTIVE
                                                                           : LT_STREAM_REPORT,
                                   copy->unit};
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    enum lt_result result = lt_book_key(lt_ledger_book(ledger), &chain, &copy->key);
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    return result == LT_OK;
}

void lt_status_put_copies(json_t *status, struct lt_ledger *ledger, struct lt_roster *roster,
                          struct lt_hub *hub)
{
    struct lt_copies *kept = hub == NULL ? lt_copies_new(roster) : NULL;
    struct lt_copy *copies = NULL;
    int64_t now = lt_clock_wall();
    json_t *list = json_array();
    size_t count = lt_copies_list(hub != NULL ? hub->copies : kept, now, &copies);
    for (size_t i = 0; i < count; i++) {
        if (is_valid(ledger, &copies[i])) {
            json_array_append_new(list, row(&copies[i], now));
        }
    }
    free(copies);
    lt_copies_free(kept);
    json_object_set_new(status, "copies", list);
}

static bool key_of(struct lt_txn *txn, const struct lt_hash *id, struct lt_key *ret_key)
{
    uint64_t position, seq;
    struct lt_bytes bytes;
    struct lt_update update;
    bool found = lt_log_find(txn, id, &position, &seq) && lt_log_at(txn, position, &bytes) &&
                 lt_update_open(bytes, &update) == LT_OK;
    if (found) {
        *ret_key = update.frame.key;
    }
    return found;
}

bool lt_status_forked_by_one(struct lt_ledger *ledger, const struct lt_statement *statement)
{
    struct lt_key keys[LT_PARENTS_MAX];
    size_t count = 0;
    bool same = false;
    struct lt_txn *txn =
        statement->tip_count > 1 ? lt_txn_begin(lt_ledger_env(ledger), false) : NULL;
    for (size_t i = 0; txn != NULL && i < statement->tip_count; i++) {
        bool found = key_of(txn, &statement->tips[i], &keys[count]);
        for (size_t j = 0; found && j < count; j++) {
            same = same || memcmp(&keys[j], &keys[count], sizeof(keys[j])) == 0;
        }
        count += found;
    }
    if (txn != NULL) {
        lt_txn_abort(txn);
    }
    return same;
}
