/* Signing late: the drafts are judged again on what the chain says now, by the five rules. */
#include <stdlib.h>
#include <string.h>

#include "agent/journal_store.h"
#include "proto/standing.h"

/* A record as the batch leaves it. */
struct state {
    struct lt_row_ref group; /* its reference, or that of the draft that puts it */
    uint64_t record; /* 0: put by this batch, or not at all */
    bool put_here; /* `index` puts it */
    uint32_t index;
    bool others; /* another unit's, which no update of ours has named yet */
    struct lt_record_id id; /* when record != 0, or others */
    bool said; /* it says something: */
    uint64_t value;
    bool revoked; /* by a key that was revoked with it: to be said again */
    struct lt_row_ref top; /* whose word that is */
    struct lt_row_ref signed_top; /* the same, of what is or will be signed */
    struct lt_natural natural; /* of its last put in this batch */
    bool contested;
    bool unseen; /* and so every later draft in this batch */
};

/* A draft that leaves without being signed; its reference stays a name of the record. */
struct gone {
    uint64_t number;
    struct lt_row_ref ref, group;
};

struct signing {
    struct lt_journal *journal;
    struct lt_txn *txn;
    struct batch *batch;
    struct state *states; /* of records that the batch changes */
    size_t state_count, state_capacity;
    struct gone *gone;
    size_t gone_count, gone_capacity;
    bool full;
};

/* ---- Lists ---- */

static void *grow(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    size_t more = *capacity * 2 + 64;
    void *grown = realloc(items, more * size);
    if (grown != NULL)
        *capacity = more;
    return grown;
}

static enum lt_result add_gone(struct signing *signing, const struct draft_row *draft,
                               const struct state *state)
{
    struct gone *gone =
        grow(signing->gone, signing->gone_count, &signing->gone_capacity, sizeof(*gone));
    if (gone == NULL)
        return LT_NO_MEMORY;
    signing->gone = gone;
    gone[signing->gone_count++] = (struct gone){draft->number, draft->ref, state->group};
    return LT_OK;
}

/* Keeps what the batch made of a record, for a later group that turns out to be the same one. */
static enum lt_result keep_state(struct signing *signing, size_t at, const struct state *state)
{
    struct state *states =
        grow(signing->states, signing->state_count, &signing->state_capacity, sizeof(*states));
    if (states == NULL)
        return LT_NO_MEMORY;
    signing->states = states;
    states[at] = *state;
    signing->state_count += at == signing->state_count;
    return LT_OK;
}

/* ---- What a group of drafts speaks of ---- */

static enum lt_result load_state(struct signing *signing, uint64_t record, struct state *state)
{
    struct history history;
    enum lt_result result = lt_history_load(signing->journal, signing->txn, record, true, &history);
    if (result == LT_NOT_FOUND)
        return LT_OK;
    if (result != LT_OK)
        return result;
    const struct version_row *current = &history.versions[history.current];
    state->record = record;
    state->group = history.row.ref;
    state->id = (struct lt_record_id){history.row.put.update, history.row.put.index};
    state->said = true;
    state->value = current->value;
    state->revoked = history.verdicts[history.current] == LT_V_REVOKED;
    state->top = current->ref;
    state->signed_top = current->ref;
    state->contested = history.contested;
    lt_history_free(&history);
    return LT_OK;
}

/* The state that this batch keeps for a record, or for a natural key that it puts; else the count. */
static size_t find_state(const struct signing *signing, uint64_t record, const uint8_t *exact)
{
    static const uint8_t none[16];
    for (size_t i = 0; i < signing->state_count; i++) {
        const struct state *state = &signing->states[i];
        if (record != 0 && state->record == record)
            return i;
        if (exact != NULL && memcmp(exact, none, sizeof(none)) != 0 &&
            memcmp(state->natural.exact, exact, 16) == 0)
            return i;
    }
    return signing->state_count;
}

static enum lt_result resolve(struct signing *signing, const struct draft_row *first,
                              size_t *ret_at, struct state *ret_state)
{
    struct state state = {.group = first->group, .others = first->others, .id = first->named};
    struct lt_row_ref group;
    uint64_t record = 0;
    bool by_key = first->op == LIENTHONG__OP__OP_PUT && !first->apart;
    if (!lt_row_canonical(signing->txn, &first->group, &group, &record))
        record = 0;
    if (record == 0 && by_key &&
        !lt_natural_match(signing->journal, signing->txn, first->natural.exact, false, &group,
                          &record))
        record = 0;
    size_t at = find_state(signing, record, record == 0 && by_key ? first->natural.exact : NULL);
    if (at < signing->state_count) {
        state = signing->states[at];
    } else if (record != 0) {
        enum lt_result result = load_state(signing, record, &state);
        if (result != LT_OK)
            return result;
    }
    *ret_at = at;
    *ret_state = state;
    return LT_OK;
}

/* ---- The rules ---- */

static bool exists(const struct state *state)
{
    return state->record != 0 || state->put_here || state->others;
}

static enum lt_result add_change(struct signing *signing, const struct draft_row *draft,
                                 struct state *state)
{
    struct lt_record_id here = {.index = state->index};
    const struct lt_record_id *record = state->record != 0 || state->others ? &state->id : NULL;
    uint32_t index;
    if (state->put_here)
        record = &here;
    enum lt_result result = lt_batch_add(signing->batch, draft, record, state->put_here,
                                         state->unseen && exists(state), &index);
    if (result != LT_OK)
        return result;
    if (!exists(state)) {
        state->put_here = true;
        state->index = index;
    }
    state->said = true;
    state->value = draft->value;
    state->revoked = false;
    state->top = draft->ref;
    state->signed_top = draft->ref;
    if (draft->kind != 0)
        state->natural = draft->natural;
    return LT_OK;
}

/* Rules 3 and 4 for one draft; *ret_added when it stands in the batch. */
static enum lt_result judge_draft(struct signing *signing, const struct draft_row *draft,
                                  struct state *state, bool *ret_added)
{
    const bool saw_top = lt_row_ref_equal(&state->top, &draft->saw);
    if (draft->unseen || (state->said && (!saw_top || (state->contested && draft->met))))
        state->unseen = true; /* what loses beside what he saw is unseen like what wins */
    if (state->said && state->value == draft->value && !state->contested && !state->revoked) {
        state->top = draft->ref; /* which the clerk of the next draft saw */
        return add_gone(signing, draft, state);
    }
    if (!exists(state) && draft->op != LIENTHONG__OP__OP_PUT)
        return add_gone(signing, draft, state); /* there is nothing to take back */
    enum lt_result result = add_change(signing, draft, state);
    *ret_added = result == LT_OK;
    return result;
}

/* The batch is full within a group: what its next draft must know. */
static void carry_over(struct signing *signing, const struct draft_row *draft,
                       const struct state *state)
{
    bool saw_last = state->said && lt_row_ref_equal(&state->top, &draft->saw);
    struct lt_row_ref group = draft->group;
    struct lt_row_ref saw = saw_last ? state->signed_top : draft->saw;
    bool unseen = draft->unseen || state->unseen;
    signing->full = true;
    lt_row_change_draft(signing->txn, draft->number, &group, &saw, unseen);
}

static bool group_fits(struct signing *signing, const struct draft_row *first)
{
    struct lt_row_ref group = first->group;
    uint64_t number = 0;
    size_t count = 0, bytes = 0;
    struct draft_row draft;
    while (lt_row_next_of_group(signing->txn, &group, number, &number) &&
           lt_row_get_draft(signing->txn, number, &draft)) {
        count++;
        bytes += draft.body.size + draft.person.size;
    }
    return lt_batch_count(signing->batch) == 0 || lt_batch_has_room(signing->batch, count, bytes);
}

/* All drafts of the group that begins with `first`: they leave together, so that what one saw is what
 * another said; but for a group that fills a batch by itself. */
static enum lt_result judge_group(struct signing *signing, const struct draft_row *first)
{
    struct state state;
    struct draft_row draft = *first;
    struct lt_row_ref group = first->group;
    uint64_t number = first->number;
    bool added = false;
    size_t at;
    if (!group_fits(signing, first)) {
        signing->full = true;
        return LT_OK;
    }
    enum lt_result result = resolve(signing, first, &at, &state);
    while (result == LT_OK) {
        result = judge_draft(signing, &draft, &state, &added);
        if (result != LT_OK || !lt_row_next_of_group(signing->txn, &group, number, &number) ||
            !lt_row_get_draft(signing->txn, number, &draft))
            break;
        if (!lt_batch_has_room(signing->batch, 1, draft.body.size + draft.person.size)) {
            carry_over(signing, &draft, &state);
            break;
        }
    }
    return result == LT_OK && added ? keep_state(signing, at, &state) : result;
}

static enum lt_result judge_all(struct signing *signing)
{
    struct draft_row draft;
    uint64_t after = 0, first = 0;
    enum lt_result result = LT_OK;
    while (result == LT_OK && !signing->full && lt_row_next_draft(signing->txn, after, &draft)) {
        after = draft.number;
        if (!lt_row_next_of_group(signing->txn, &draft.group, 0, &first))
            return lt_txn_error(signing->txn) != LT_OK ? lt_txn_error(signing->txn) : LT_CORRUPT;
        if (first == draft.number) /* else it went with the first of its group */
            result = judge_group(signing, &draft);
    }
    return result != LT_OK ? result : lt_txn_error(signing->txn);
}

/* ---- The update ---- */

static enum lt_result seal(struct signing *signing, const struct lt_keys *keys, uint8_t **ret_bytes,
                           size_t *ret_size)
{
    struct lt_frame frame = {.chain = lt_journal_chain(signing->journal),
                             .key = keys->sign_public,
                             .instance = signing->journal->site.instance};
    const struct lt_book *book = lt_journal_book_in(signing->journal, signing->txn);
    struct lt_tips tips;
    struct lt_hash id;
    uint8_t *body = NULL, *personal = NULL;
    size_t body_size = 0, personal_size = 0;
    uint64_t position, seq;
    if (book == NULL)
        return lt_txn_error(signing->txn) != LT_OK ? lt_txn_error(signing->txn) : LT_NO_MEMORY;
    frame.body_version = lt_book_body_written(book); /* never newer than everybody may write */
    lt_log_tips(signing->txn, &frame.chain, &tips);
    for (size_t i = 0; i < tips.count; i++) {
        frame.parents[i] = tips.ids[i];
        if (lt_log_find(signing->txn, &tips.ids[i], &position, &seq) && seq > frame.seq)
            frame.seq = seq;
    }
    frame.parent_count = (uint32_t)tips.count;
    frame.seq++;
    enum lt_result result =
        lt_batch_pack(signing->batch, &body, &body_size, &personal, &personal_size);
    if (result == LT_OK)
        result = lt_update_seal(&frame, (struct lt_bytes){body, body_size},
                                (struct lt_bytes){personal, personal_size}, &keys->sign_secret,
                                ret_bytes, ret_size, &id);
    if (result == LT_OK)
        result = lt_journal_close_names(signing->journal, signing->txn, keys, ret_bytes, ret_size);
    free(body);
    free(personal);
    return result;
}

/* Reads it as every hub will, before it is stored: what cannot be read would block the chain. */
static enum lt_result store(struct signing *signing, struct lt_bytes bytes,
                            struct lt_hash *ret_update)
{
    struct lt_update update;
    Lienthong__ReportBody *body = NULL;
    Lienthong__Personal *personal = NULL;
    struct lt_tips missing;
    uint64_t position;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    if (arena == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result == LT_OK)
        result = lt_report_read(&update, arena, &body);
    if (result == LT_OK)
        result =
            lt_journal_persons(signing->journal, signing->txn, &update, body, arena, &personal);
    if (result == LT_OK)
        result = lt_log_append(signing->txn, &update, bytes, &position, &missing);
    if (result == LT_OK) {
        lt_erase_arrived(signing->journal, signing->txn, &update, position, body, personal, arena);
        *ret_update = update.id;
    }
    lt_arena_free(arena);
    return result;
}

static void forget_gone(struct signing *signing)
{
    struct lt_row_ref group;
    uint64_t record;
    for (size_t i = 0; i < signing->gone_count; i++) {
        const struct gone *gone = &signing->gone[i];
        lt_row_delete_draft(signing->txn, gone->number);
        if (lt_row_ref_equal(&gone->ref, &gone->group) ||
            !lt_row_canonical(signing->txn, &gone->group, &group, &record) || record == 0)
            continue;
        lt_row_put_alias(signing->txn, &gone->ref, &group);
        lt_index_move_group(signing->txn, &gone->ref, &group);
    }
}

/* LT_NOT_FOUND: nothing was left to sign; what was in already is gone then. */
static enum lt_result sign_in(struct signing *signing, const struct lt_keys *keys,
                              struct lt_hash *ret_update)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result result = judge_all(signing);
    if (result != LT_OK)
        return result;
    bool empty = lt_batch_count(signing->batch) == 0;
    if (!empty) {
        result = seal(signing, keys, &bytes, &size);
        if (result == LT_OK)
            result = store(signing, (struct lt_bytes){bytes, size}, ret_update);
        free(bytes);
        if (result != LT_OK)
            return result;
    }
    forget_gone(signing);
    if (lt_txn_error(signing->txn) != LT_OK)
        return lt_txn_error(signing->txn);
    return empty ? LT_NOT_FOUND : LT_OK;
}

enum lt_result lt_journal_sign(struct lt_journal *journal, const struct lt_keys *keys,
                               int64_t wall_time, struct lt_hash *ret_update, bool *ret_more)
{
    struct signing signing = {.journal = journal};
    struct lt_hash update;
    if (journal->site.unit.code[0] == '\0')
        return LT_REFUSED; /* not joined: there is no chain to sign in */
    if (lt_journal_draft_count(journal) == 0) {
        *ret_more = false;
        return LT_NOT_FOUND; /* without taking the writer's lock */
    }
    signing.batch = lt_batch_new(wall_time);
    signing.txn = signing.batch != NULL ? lt_txn_begin(journal->env, true) : NULL;
    if (signing.txn == NULL) {
        lt_batch_free(signing.batch);
        return LT_NO_MEMORY;
    }
    enum lt_result result = lt_site_may_sign(signing.txn, &keys->sign_public)
                                ? sign_in(&signing, keys, &update)
                                : LT_NOT_FOUND;
    bool more = lt_entries(signing.txn, T_DRAFT) > 0;
    if (result == LT_OK || result == LT_NOT_FOUND) {
        enum lt_result committed = lt_txn_commit(signing.txn);
        result = committed != LT_OK ? committed : result;
    } else {
        lt_txn_abort(signing.txn);
    }
    if (result == LT_OK)
        *ret_update = update;
    if (result == LT_OK || result == LT_NOT_FOUND)
        *ret_more = more && result == LT_OK;
    lt_batch_free(signing.batch);
    free(signing.states);
    free(signing.gone);
    return result;
}
