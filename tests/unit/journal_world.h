/* journal_world.h - a commune's journals, its drafts and its parent, for the tests of the journal.
 *
 * The tree is VN over 10999. VN is the top hub; 10999 has two signing keys. Persons are placeholders. */
#ifndef LT_JOURNAL_WORLD_H
#define LT_JOURNAL_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "agent/journal.h"

enum { WORLD_JOURNALS = 4, WORLD_DRAFTS = 600, WORLD_NAME = 64 };

struct row {
    Lienthong__ReportBody body;
    Lienthong__Change change, *changes[1];
    Lienthong__Award award;
    Lienthong__Period period;
    Lienthong__Decision decision, *decisions[1];
    Lienthong__Person person;
    char name[WORLD_NAME], field[WORLD_NAME];
};

struct world {
    char root[64];
    struct lt_journal *journals[WORLD_JOURNALS];
    struct lt_key root_key, hub_key;
    struct lt_secret root_secret, hub_secret;
    struct lt_keys machines[2];
    uint8_t *directive;
    size_t directive_size;
    uint64_t receipts; /* numbers given */
    uint8_t incarnation; /* of the ledger that gives them */
    struct row rows[WORLD_DRAFTS];
    struct lt_draft drafts[WORLD_DRAFTS];
    size_t count; /* of the import being made */
    uint64_t import;
};

static inline struct lt_unit world_unit(const char *code)
{
    struct lt_unit unit;
    assert_int_equal(lt_unit_make(code, 0, &unit), LT_OK);
    return unit;
}

static inline char *world_text(const char *text)
{
    return (char *)(uintptr_t)text;
}

static inline void world_pair(uint8_t number, struct lt_key *ret_key, struct lt_secret *ret_secret)
{
    uint8_t seed[32] = {number};
    crypto_sign_seed_keypair(ret_key->bytes, ret_secret->bytes, seed);
}

/* ---- Directives ---- */

struct world_items {
    Lienthong__DirectiveBody body;
    Lienthong__Directive items[8], *list[8];
    Lienthong__UnitEntry units[2];
    Lienthong__Grant grants[4];
    Lienthong__TitleEntry title;
    Lienthong__Unit names[8];
    struct lt_signature signature;
};

static inline Lienthong__Unit *world_name(Lienthong__Unit *name, const char *code)
{
    lienthong__unit__init(name);
    name->code = world_text(code);
    return name;
}

static inline Lienthong__Directive *world_item(struct world_items *said)
{
    Lienthong__Directive *item = &said->items[said->body.n_items];
    lienthong__directive__init(item);
    said->list[said->body.n_items++] = item;
    return item;
}

static inline void world_grant(struct world_items *said, size_t number, const char *code,
                               Lienthong__Role role, struct lt_key *key)
{
    Lienthong__Grant *grant = &said->grants[number];
    lienthong__grant__init(grant);
    grant->unit = world_name(&said->names[number], code);
    grant->role = role;
    grant->key = (ProtobufCBinaryData){32, key->bytes};
    world_item(said)->grant = grant;
}

static inline void world_place(struct world_items *said, size_t number, const char *code,
                               const char *parent, Lienthong__UnitLevel level)
{
    Lienthong__UnitEntry *entry = &said->units[number];
    lienthong__unit_entry__init(entry);
    entry->unit = world_name(&said->names[4 + 2 * number], code);
    if (parent != NULL)
        entry->parent = world_name(&said->names[5 + 2 * number], parent);
    entry->level = level;
    entry->nature = LIENTHONG__NATURE__NATURE_ADMINISTRATIVE;
    entry->name = world_text("Tên");
    world_item(said)->unit = entry;
}

/* The top's first directive, its grant signed by `root`; malloc'ed. */
static inline uint8_t *world_directive(struct world *w, const struct lt_secret *root,
                                       size_t *ret_size)
{
    static Lienthong__Recipient recipients[] = {LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL};
    struct lt_frame frame = {.seq = 1, .key = w->hub_key, .body_version = 1};
    struct lt_unit top = world_unit("VN");
    struct lt_hash id;
    uint8_t packed[4096], *bytes = NULL;
    struct world_items *said = calloc(1, sizeof(*said));
    lienthong__directive_body__init(&said->body);
    said->body.items = said->list;
    world_grant(said, 0, "VN", LIENTHONG__ROLE__ROLE_HUB, &w->hub_key);
    lt_root_sign(&top, &w->hub_key, root, &said->signature);
    said->grants[0].root_signature = (ProtobufCBinaryData){64, said->signature.bytes};
    world_place(said, 0, "VN", NULL, LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_NATION);
    world_place(said, 1, "10999", "VN", LIENTHONG__UNIT_LEVEL__UNIT_LEVEL_COMMUNE);
    world_grant(said, 1, "10999", LIENTHONG__ROLE__ROLE_AGENT, &w->machines[0].sign_public);
    world_grant(said, 2, "10999", LIENTHONG__ROLE__ROLE_AGENT, &w->machines[1].sign_public);
    lienthong__title_entry__init(&said->title);
    said->title.code = world_text("GK");
    said->title.name = world_text("Giấy khen");
    said->title.recipients = recipients;
    said->title.n_recipients = 1;
    world_item(said)->title = &said->title;
    frame.chain = (struct lt_chain){LT_STREAM_DIRECTIVE, top};
    size_t size = lienthong__directive_body__pack(&said->body, packed);
    assert_true(size < sizeof(packed));
    assert_int_equal(lt_update_seal(&frame, (struct lt_bytes){packed, size},
                                    (struct lt_bytes){NULL, 0}, &w->hub_secret, &bytes, ret_size,
                                    &id),
                     LT_OK);
    free(said);
    return bytes;
}

/* ---- Journals ---- */

static inline void world_dir(const struct world *w, size_t at, char ret_dir[96])
{
    snprintf(ret_dir, 96, "%s/%zu", w->root, at);
}

static inline void world_open(struct world *w, size_t at)
{
    char dir[96], reason[200];
    world_dir(w, at, dir);
    if (lt_journal_open(dir, false, &w->journals[at], reason) != LT_OK)
        fail_msg("%s", reason);
}

static inline void world_close(struct world *w, size_t at)
{
    lt_journal_close(w->journals[at]);
    w->journals[at] = NULL;
}

/* A journal that has joined and holds the directives. */
static inline void world_make(struct world *w, size_t at)
{
    struct lt_site site;
    struct lt_chain chain;
    world_open(w, at);
    lt_journal_site(w->journals[at], &site);
    site.unit = world_unit("10999");
    site.role = LIENTHONG__ROLE__ROLE_AGENT;
    site.parent = site.top = world_unit("VN");
    site.root = w->root_key;
    assert_int_equal(lt_journal_set_site(w->journals[at], &site), LT_OK);
    assert_int_equal(lt_journal_store(w->journals[at],
                                      (struct lt_bytes){w->directive, w->directive_size}, &chain),
                     LT_OK);
    assert_int_equal(chain.stream, LT_STREAM_DIRECTIVE);
}

/* Journal `to` becomes what `from` is: an image of its disk. */
static inline void world_copy(struct world *w, size_t from, size_t to)
{
    char command[400], from_dir[96], to_dir[96];
    world_close(w, from);
    if (w->journals[to] != NULL)
        world_close(w, to);
    world_dir(w, from, from_dir);
    world_dir(w, to, to_dir);
    snprintf(command, sizeof(command), "rm -rf '%s' && cp -r '%s' '%s'", to_dir, from_dir, to_dir);
    assert_int_equal(system(command), 0);
    world_open(w, from);
    world_open(w, to);
}

static inline int world_setup(void **state)
{
    struct world *w = calloc(1, sizeof(*w));
    if (w == NULL || sodium_init() < 0)
        return -1;
    snprintf(w->root, sizeof(w->root), "/tmp/lt-journal-XXXXXX");
    if (mkdtemp(w->root) == NULL)
        return -1;
    world_pair(1, &w->root_key, &w->root_secret);
    world_pair(2, &w->hub_key, &w->hub_secret);
    world_pair(3, &w->machines[0].sign_public, &w->machines[0].sign_secret);
    world_pair(4, &w->machines[1].sign_public, &w->machines[1].sign_secret);
    w->directive = world_directive(w, &w->root_secret, &w->directive_size);
    *state = w;
    return 0;
}

static inline int world_teardown(void **state)
{
    struct world *w = *state;
    char command[128];
    for (size_t i = 0; i < WORLD_JOURNALS; i++)
        lt_journal_close(w->journals[i]);
    snprintf(command, sizeof(command), "rm -rf '%s'", w->root);
    int code = system(command);
    free(w->directive);
    free(w);
    return code;
}

/* What `from` holds of the unit's chain goes to `to`, as through a parent. */
static inline void world_send(struct world *w, size_t from, size_t to)
{
    struct lt_chain chain = {LT_STREAM_REPORT, world_unit("10999")}, stored;
    uint64_t after = 0;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(w->journals[from]), false);
    while (lt_log_chain_positions(txn, &chain, after, &after, 1) == 1) {
        struct lt_bytes bytes;
        assert_true(lt_log_at(txn, after, &bytes));
        enum lt_result result = lt_journal_store(w->journals[to], bytes, &stored);
        assert_true(result == LT_OK || result == LT_EXISTS);
        assert_int_equal(lt_chain_cmp(&stored, &chain), 0);
    }
    lt_txn_abort(txn);
}

/* Signs all; machine 0 or 1. Returns the number of updates. */
static inline size_t world_sign(struct world *w, size_t at, size_t machine)
{
    struct lt_hash id;
    bool more = true;
    size_t count = 0;
    while (more) {
        enum lt_result result =
            lt_journal_sign(w->journals[at], &w->machines[machine], 1700000000, &id, &more);
        assert_true(result == LT_OK || result == LT_NOT_FOUND);
        count += result == LT_OK;
    }
    assert_int_equal(lt_journal_draft_count(w->journals[at]), 0);
    return count;
}

/* ---- Imports ---- */

static inline void world_begin(struct world *w, uint64_t import)
{
    w->count = 0;
    w->import = import;
}

static inline struct lt_draft *world_draft(struct world *w, Lienthong__Op op)
{
    assert_true(w->count < WORLD_DRAFTS);
    struct lt_draft *draft = &w->drafts[w->count];
    *draft = (struct lt_draft){.op = (uint8_t)op, .drafted_at = 1600000000 + (int64_t)w->count};
    draft->ref = (struct lt_row_ref){w->import, (uint32_t)++w->count};
    return draft;
}

/* One award to a person; `field` is what corrections change. */
static inline struct lt_draft *world_put(struct world *w, const char *name, const char *field)
{
    struct row *row = &w->rows[w->count];
    struct lt_draft *draft = world_draft(w, LIENTHONG__OP__OP_PUT);
    memset(row, 0, sizeof(*row));
    lienthong__report_body__init(&row->body);
    lienthong__change__init(&row->change);
    lienthong__award__init(&row->award);
    lienthong__period__init(&row->period);
    lienthong__decision__init(&row->decision);
    lienthong__person__init(&row->person);
    snprintf(row->name, sizeof(row->name), "%s", name);
    snprintf(row->field, sizeof(row->field), "%s", field);
    row->person.name = row->name;
    row->person.workplace = world_text("Thôn 1");
    row->decision.level = LIENTHONG__LEVEL__LEVEL_COMMUNE;
    row->decision.number = world_text("15/QĐ-UBND");
    row->decision.date = 18000;
    row->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    row->period.to = 2019;
    row->award.code = world_text("GK");
    row->award.decision = 1;
    row->award.period = &row->period;
    row->award.type = LIENTHONG__AWARD_TYPE__TYPE_MERIT;
    row->award.recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL;
    row->award.status = LIENTHONG__STATUS__STATUS_DECIDED;
    row->award.field = row->field;
    row->change.award = &row->award;
    row->changes[0] = &row->change;
    row->decisions[0] = &row->decision;
    row->body.changes = row->changes;
    row->body.n_changes = 1;
    row->body.decisions = row->decisions;
    row->body.n_decisions = 1;
    draft->body = &row->body;
    draft->person = &row->person;
    return draft;
}

static inline struct lt_draft *world_correct(struct world *w, struct lt_row_ref record,
                                             const char *name, const char *field)
{
    struct lt_draft *draft = world_put(w, name, field);
    draft->corrects = true;
    draft->record = record;
    return draft;
}

static inline void world_retract(struct world *w, struct lt_row_ref record)
{
    struct lt_draft *draft = world_draft(w, LIENTHONG__OP__OP_RETRACT);
    draft->corrects = true;
    draft->record = record;
    draft->reason = "nhầm";
}

static inline enum lt_result world_try(struct world *w, size_t at)
{
    struct lt_import import = {.id = w->import, .file = "a.csv", .rows = (uint32_t)w->count};
    lt_hash_of(&w->import, sizeof(w->import), &import.content);
    return lt_journal_import(w->journals[at], &import, w->drafts, w->count);
}

static inline void world_import(struct world *w, size_t at)
{
    assert_int_equal(world_try(w, at), LT_OK);
}

/* One row by itself. */
static inline void world_one(struct world *w, size_t at, uint64_t import, const char *name,
                             const char *field)
{
    world_begin(w, import);
    world_put(w, name, field);
    world_import(w, at);
}

static inline void world_one_correction(struct world *w, size_t at, uint64_t import,
                                        struct lt_row_ref record, const char *name,
                                        const char *field)
{
    world_begin(w, import);
    world_correct(w, record, name, field);
    world_import(w, at);
}

/* ---- Looking ---- */

struct look {
    size_t count;
    struct lt_row_ref ref;
    enum lt_record_state state;
    bool retracted, contested, quarantined;
    enum lt_verdict verdict;
    char name[WORLD_NAME], field[WORLD_NAME], other[WORLD_NAME];
    uint64_t import;
};

static inline bool look_at(void *context, const struct lt_record_view *view)
{
    struct look *look = context;
    size_t count = look->count + 1;
    memset(look, 0, sizeof(*look));
    look->count = count;
    look->ref = view->ref;
    look->state = view->state;
    look->retracted = view->retracted;
    look->contested = view->contested;
    look->quarantined = view->quarantined;
    look->verdict = view->verdict;
    look->import = view->import;
    if (view->person != NULL)
        snprintf(look->name, sizeof(look->name), "%s", view->person->name);
    snprintf(look->field, sizeof(look->field), "%s",
             view->body->changes[view->index]->award->field);
    if (view->other_body != NULL)
        snprintf(look->other, sizeof(look->other), "%s",
                 view->other_body->changes[view->other_index]->award->field);
    return true;
}

static inline struct look world_record(struct world *w, size_t at, struct lt_row_ref ref)
{
    struct look look = {.count = 0};
    assert_int_equal(lt_journal_record(w->journals[at], &ref, look_at, &look), LT_OK);
    assert_int_equal(look.count, 1);
    return look;
}

/* The only record. */
static inline struct look world_only(struct world *w, size_t at)
{
    struct look look = {.count = 0};
    assert_int_equal(lt_journal_records(w->journals[at], look_at, &look), LT_OK);
    assert_int_equal(look.count, 1);
    return look;
}

static inline size_t world_tips(struct world *w, size_t at)
{
    struct lt_chain chain = {LT_STREAM_REPORT, world_unit("10999")};
    struct lt_tips tips;
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(w->journals[at]), false);
    lt_log_tips(txn, &chain, &tips);
    lt_txn_abort(txn);
    return tips.count;
}

/* A receipt of VN over what journal `of` holds; told to journal `to`. */
static inline enum lt_result world_receipt(struct world *w, size_t of, size_t to,
                                           const struct lt_secret *secret, const struct lt_key *key)
{
    struct lt_statement statement = {.number = ++w->receipts, .top = true, .key = *key};
    struct lt_tips tips;
    uint8_t *bytes;
    size_t size;
    statement.hub = world_unit("VN");
    statement.incarnation.bytes[0] = w->incarnation;
    statement.chain = (struct lt_chain){LT_STREAM_REPORT, world_unit("10999")};
    struct lt_txn *txn = lt_txn_begin(lt_journal_env(w->journals[of]), false);
    lt_log_tips(txn, &statement.chain, &tips);
    statement.count = lt_log_count(txn, &statement.chain);
    lt_txn_abort(txn);
    statement.tip_count = (uint32_t)tips.count;
    memcpy(statement.tips, tips.ids, sizeof(tips.ids[0]) * tips.count);
    assert_int_equal(lt_receipt_seal(&statement, secret, &bytes, &size), LT_OK);
    enum lt_result result = lt_journal_receipt(w->journals[to], (struct lt_bytes){bytes, size});
    free(bytes);
    return result;
}

#endif
