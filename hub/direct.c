#include "hub/direct.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/standing.h"

/* ---- What may be said ---- */

static enum lt_result refuse(char *ret_reason, const char *sentence, const char *what)
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s: %s", what, sentence);
    return LT_REFUSED;
}

static bool in_body(const Lienthong__DirectiveBody *body, const Lienthong__Unit *unit)
{
    for (size_t i = 0; i < body->n_items; i++) {
        const Lienthong__UnitEntry *entry = body->items[i]->unit;
        if (entry != NULL && entry->unit != NULL && entry->unit->valid_from == unit->valid_from &&
            strcmp(entry->unit->code, unit->code) == 0) {
            return true;
        }
    }
    return false;
}

/* A hub below adds units only within its own; a parent said in the same body is judged as itself. */
static enum lt_result check_entry(const struct lt_book *book, const struct lt_hub_site *site,
                                  const Lienthong__DirectiveBody *body,
                                  const Lienthong__UnitEntry *entry, char *ret_reason)
{
    struct lt_unit unit, parent;
    const char *code = entry->unit != NULL ? entry->unit->code : "?";
    if (entry->unit == NULL || lt_unit_make(code, entry->unit->valid_from, &unit) != LT_OK) {
        return refuse(ret_reason, "the unit's code is impossible", code);
    }
    if (!site->has_parent) {
        return LT_OK;
    }
    if (entry->parent == NULL ||
        lt_unit_make(entry->parent->code, entry->parent->valid_from, &parent) != LT_OK) {
        return refuse(ret_reason, "only the top of the tree may add a unit without a parent", code);
    }
    bool within = lt_book_place(book, &parent) != NULL ? lt_book_within(book, &parent, &site->unit)
                                                       : in_body(body, entry->parent);
    return within ? LT_OK
                  : refuse(ret_reason,
                           "it does not lie within this hub's own unit; the hub above "
                           "has to add it",
                           code);
}

/* The unit that an item is about; NULL: this hub's own, or the item is of another kind. */
static const Lienthong__Unit *subject_of(const Lienthong__Directive *item)
{
    if (item->succession != NULL) {
        return item->succession->unit;
    }
    if (item->cluster != NULL) {
        return item->cluster->managing;
    }
    if (item->movement != NULL) {
        return item->movement->launcher;
    }
    if (item->obligation != NULL) {
        return item->obligation->unit != NULL ? item->obligation->unit : item->obligation->within;
    }
    if (item->closing != NULL) {
        return item->closing->place;
    }
    if (item->publication != NULL) {
        return item->publication->place;
    }
    if (item->notice != NULL) {
        return item->notice->unit;
    }
    if (item->revocation != NULL) {
        return item->revocation->unit;
    }
    if (item->grant != NULL) {
        return item->grant->unit;
    }
    if (item->sealing != NULL) {
        return item->sealing->within;
    }
    if (item->unit_box != NULL) {
        return item->unit_box->unit;
    }
    return item->move != NULL ? item->move->unit : NULL;
}

/* Only of what lies within the hub's own unit. Codes that are none are told by the book's check. */
static enum lt_result check_subject(const struct lt_book *book, const struct lt_hub_site *site,
                                    const Lienthong__DirectiveBody *body,
                                    const Lienthong__Directive *item, char *ret_reason)
{
    const Lienthong__Unit *subject = subject_of(item);
    struct lt_unit unit;
    if (!site->has_parent || subject == NULL ||
        lt_unit_make(subject->code, subject->valid_from, &unit) != LT_OK) {
        return LT_OK;
    }
    bool within = lt_book_place(book, &unit) == NULL ? in_body(body, subject)
                                                     : lt_book_within(book, &unit, &site->unit);
    return within
               ? LT_OK
               : refuse(ret_reason,
                        "it does not lie within this hub's own unit; the hub above has to say it",
                        subject->code);
}

static enum lt_result check_item(const struct lt_book *book, const struct lt_hub_site *site,
                                 const Lienthong__DirectiveBody *body,
                                 const Lienthong__Directive *item, char *ret_reason)
{
    if (item->unit != NULL) {
        return check_entry(book, site, body, item->unit, ret_reason);
    }
    if (item->title != NULL && site->has_parent) {
        return refuse(ret_reason, "the catalogue is kept by the top of the tree",
                      item->title->code);
    }
    if (item->versions != NULL && site->has_parent) {
        return refuse(ret_reason, "the top of the tree announces what everybody may write",
                      "versions");
    }
    if (item->release != NULL && site->has_parent) {
        return refuse(ret_reason, "the top of the tree says what is released", "release");
    }
    return check_subject(book, site, body, item, ret_reason);
}

static enum lt_result check_items(const struct lt_book *book, const struct lt_hub_site *site,
                                  const Lienthong__DirectiveBody *body,
                                  const Lienthong__UnitEntry **entries, size_t *item_of,
                                  size_t *ret_item, char *ret_reason)
{
    enum lt_result result = LT_OK;
    size_t count = 0, row = 0;
    for (size_t i = 0; i < body->n_items && result == LT_OK; i++) {
        *ret_item = i;
        result = check_item(book, site, body, body->items[i], ret_reason);
        if (body->items[i]->unit != NULL) {
            item_of[count] = i;
            entries[count++] = body->items[i]->unit;
        }
    }
    if (result != LT_OK) {
        return result;
    }
    char reason[160];
    result = count > 0 ? lt_book_check_units(book, entries, count, &row, reason) : LT_OK;
    size_t item = item_of[row];
    if (result == LT_OK) {
        result = lt_book_check_standing(book, (const Lienthong__Directive *const *)body->items,
                                        body->n_items, &item, reason);
    }
    if (result == LT_REFUSED) {
        *ret_item = item;
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", reason);
    }
    return result;
}

enum lt_result lt_direct_check(struct lt_ledger *ledger, const Lienthong__DirectiveBody *body,
                               size_t *ret_item, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_hub_site site;
    size_t item = 0;
    const Lienthong__UnitEntry **entries = calloc(body->n_items + 1, sizeof(*entries));
    size_t *item_of = calloc(body->n_items + 1, sizeof(*item_of));
    enum lt_result result = entries != NULL && item_of != NULL ? LT_OK : LT_NO_MEMORY;
    if (result == LT_OK) {
        lt_ledger_site(ledger, &site);
        pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
        result =
            check_items(lt_ledger_book(ledger), &site, body, entries, item_of, &item, ret_reason);
        pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    }
    if (result != LT_OK && result != LT_REFUSED) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", lt_result_text(result));
    }
    if (result != LT_OK && ret_item != NULL) {
        *ret_item = item;
    }
    free(entries);
    free(item_of);
    return result;
}

/* ---- Sealing ---- */

static enum lt_result frame_of(struct lt_ledger *ledger, const struct lt_keys *keys,
                               struct lt_frame *ret_frame)
{
    struct lt_hub_site site;
    struct lt_tips tips;
    lt_ledger_site(ledger, &site);
    if (!sodium_is_zero(site.signer.bytes, sizeof(site.signer.bytes)) &&
        memcmp(&site.signer, &keys->sign_public, sizeof(site.signer)) != 0) {
        return LT_NOT_READY;
    }
    struct lt_frame frame = {.chain = {LT_STREAM_DIRECTIVE, site.unit},
                             .seq = 1,
                             .key = keys->sign_public,
                             .instance = site.incarnation};
    pthread_rwlock_rdlock(lt_ledger_book_lock(ledger));
    frame.body_version = lt_book_body_written(lt_ledger_book(ledger));
    pthread_rwlock_unlock(lt_ledger_book_lock(ledger));
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(ledger), false);
    if (txn == NULL) {
        return LT_NO_MEMORY;
    }
    lt_log_tips(txn, &frame.chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        uint64_t position, seq;
        if (!lt_log_find(txn, &tips.ids[i], &position, &seq)) {
            lt_txn_fail(txn, LT_CORRUPT);
            break;
        }
        frame.parents[i] = tips.ids[i];
        frame.seq = seq + 1 > frame.seq ? seq + 1 : frame.seq;
    }
    frame.parent_count = (uint32_t)tips.count;
    enum lt_result result = lt_txn_error(txn);
    lt_txn_abort(txn);
    if (result == LT_OK) {
        *ret_frame = frame;
    }
    return result;
}

enum lt_result lt_direct_seal(struct lt_ledger *ledger, const struct lt_keys *keys,
                              Lienthong__DirectiveBody *body, int64_t wall_time,
                              uint8_t **ret_bytes, size_t *ret_size)
{
    struct lt_frame frame;
    struct lt_hash id;
    body->signed_at = wall_time;
    enum lt_result result = frame_of(ledger, keys, &frame);
    if (result != LT_OK) {
        return result;
    }
    size_t size = lienthong__directive_body__get_packed_size(body);
    if (size > LT_DIRECT_BYTES_MAX) {
        return LT_TOO_LARGE;
    }
    uint8_t *bytes = malloc(size + 1);
    if (bytes == NULL) {
        return LT_NO_MEMORY;
    }
    lienthong__directive_body__pack(body, bytes);
    result = lt_update_seal(&frame, (struct lt_bytes){bytes, size}, (struct lt_bytes){NULL, 0},
                            &keys->sign_secret, ret_bytes, ret_size, &id);
    free(bytes);
    return result;
}

const char *lt_direct_failed(enum lt_result result)
{
    return result == LT_NOT_READY
               ? "this hub's key is being changed for another, and its parent has not "
                 "answered yet; the running hub asks again, then say it once more"
           : result == LT_KEY_UNKNOWN
               ? "the grant of this hub's key has not come from its parent yet; "
                 "say it once more when it has"
               : lt_result_text(result);
}

enum lt_result lt_direct_commit_bytes(struct lt_ledger *ledger, struct lt_bytes bytes)
{
    struct lt_arrival *arrival = calloc(1, sizeof(*arrival));
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    enum lt_result result = arrival != NULL && arena != NULL ? LT_OK : LT_NO_MEMORY;
    if (result == LT_OK) {
        arrival->bytes = bytes;
        result = lt_update_open(bytes, &arrival->update);
    }
    if (result == LT_OK) {
        result = lt_update_verify(&arrival->update);
    }
    if (result == LT_OK) {
        result = lt_directive_read(&arrival->update, arena, &arrival->directive);
    }
    if (result == LT_OK) {
        result = lt_ledger_commit(ledger, &arrival, 1);
    }
    if (result == LT_OK) {
        result = arrival->result == LT_EXISTS ? LT_OK : arrival->result;
    }
    if (arena != NULL) {
        lt_arena_free(arena);
    }
    free(arrival);
    return result;
}

enum lt_result lt_direct_commit(struct lt_ledger *ledger, const struct lt_keys *keys,
                                Lienthong__DirectiveBody *body, int64_t wall_time)
{
    uint8_t *bytes;
    size_t size;
    enum lt_result result = lt_direct_seal(ledger, keys, body, wall_time, &bytes, &size);
    if (result == LT_OK) {
        result = lt_direct_commit_bytes(ledger, (struct lt_bytes){bytes, size});
        free(bytes);
    }
    return result;
}

void lt_direct_grant(Lienthong__Grant *grant, Lienthong__Unit *wire_unit, struct lt_unit *unit,
                     Lienthong__Role role, struct lt_key *key, uint8_t curve_key[32])
{
    lienthong__grant__init(grant);
    lienthong__unit__init(wire_unit);
    wire_unit->code = unit->code;
    wire_unit->valid_from = unit->valid_from;
    grant->unit = wire_unit;
    grant->role = role;
    grant->key = (ProtobufCBinaryData){.len = 32, .data = key->bytes};
    grant->curve_key = (ProtobufCBinaryData){.len = 32, .data = curve_key};
}
