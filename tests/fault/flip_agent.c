/* A commune's journal: signed rows, corrected and retracted ones, receipts, and drafts; asked for every record, its
 * counts and receipts, and then for what it signs. */
#include <unistd.h>

#include "agent/journal_store.h"
#include "tests/fault/flip.h"
#include "tests/unit/journal_world.h"

enum { IMPORTS = 14, ROWS = 60, RECEIPTS_MAX = 8 };

static struct world world;

static void fill(struct world *w)
{
    char name[32], field[32];
    for (uint64_t import = 1; import <= IMPORTS; import++) {
        world_begin(w, import);
        for (unsigned i = 0; i < ROWS; i++) {
            (void)snprintf(name, sizeof(name), "Cá nhân %u-%u", (unsigned)import, i);
            (void)snprintf(field, sizeof(field), "Lĩnh vực %u", i % 7);
            if (import > 1 && i % 10 == 3)
                world_correct(w, (struct lt_row_ref){import - 1, i + 2}, name, "Sửa");
            else if (import > 1 && i % 10 == 7)
                world_retract(w, (struct lt_row_ref){import - 1, i});
            else
                world_put(w, name, field);
        }
        world_import(w, 0);
        if (import < IMPORTS)
            world_sign(w, 0, import % 2);
        if (import < IMPORTS - 1)
            assert_int_equal(world_receipt(w, 0, 0, &w->hub_secret, &w->hub_key), LT_OK);
    }
}

static void make(const char *dir)
{
    void *state;
    if (world_setup(&state) != 0)
        exit(2);
    world = *(struct world *)state;
    free(state);
    (void)rmdir(world.root);
    (void)snprintf(world.root, sizeof(world.root), "%s", dir);
    world_make(&world, 0);
    fill(&world);
    world_close(&world, 0);
}

static void hash_text(crypto_generichash_state *hash, const char *text)
{
    if (text != NULL)
        crypto_generichash_update(hash, (const uint8_t *)text, strlen(text) + 1);
}

/* All but when and by which update it was said: what is signed now has salts of its own. */
static bool seen(void *context, const struct lt_record_view *view)
{
    crypto_generichash_state *hash = context;
    char line[200], ref[LT_ROW_REF_MAX];
    lt_row_ref_format(&view->ref, ref);
    (void)snprintf(line, sizeof(line), "%s %d %d %d %d %d %d", ref, (int)view->state,
                   view->retracted, view->contested, view->quarantined, view->others,
                   (int)view->verdict);
    hash_text(hash, line);
    if (view->body != NULL && view->index < view->body->n_changes) {
        const Lienthong__Award *award = view->body->changes[view->index]->award;
        hash_text(hash, award == NULL ? "" : award->code);
        hash_text(hash, award == NULL ? "" : award->field);
    }
    hash_text(hash, view->person == NULL ? "" : view->person->name);
    crypto_generichash_update(hash, view->natural.exact, sizeof(view->natural.exact));
    crypto_generichash_update(hash, (const uint8_t *)&view->import, sizeof(view->import));
    return true;
}

static void status(struct lt_journal *journal, crypto_generichash_state *hash)
{
    struct lt_held_receipt receipts[RECEIPTS_MAX];
    struct lt_journal_counts counts;
    struct lt_site site;
    lt_journal_counts(journal, &counts);
    counts.disk_free_bytes = 0;
    crypto_generichash_update(hash, (const uint8_t *)&counts, sizeof(counts));
    size_t count = lt_journal_receipts(journal, receipts, RECEIPTS_MAX);
    for (size_t i = 0; i < count; i++) {
        char line[100];
        (void)snprintf(line, sizeof(line), "%llu %llu",
                       (unsigned long long)receipts[i].statement.number,
                       (unsigned long long)receipts[i].covered);
        hash_text(hash, line);
    }
    lt_journal_site(journal, &site);
    hash_text(hash, site.unit.code);
    hash_text(hash, site.parent.code);
    crypto_generichash_update(hash, site.root.bytes, sizeof(site.root.bytes));
    crypto_generichash_update(hash, site.instance.bytes, sizeof(site.instance.bytes));
}

static enum lt_result sign(struct lt_journal *journal)
{
    struct lt_hash id;
    bool more = true;
    enum lt_result result = LT_OK;
    while (result == LT_OK && more)
        result = lt_journal_sign(journal, &world.machines[0], 1700000000, &id, &more);
    return result == LT_NOT_FOUND ? LT_OK : result;
}

static enum lt_result ask(const char *dir, struct lt_hash *ret_answer)
{
    char path[96], reason[200];
    crypto_generichash_state hash;
    struct lt_journal *journal;
    (void)snprintf(path, sizeof(path), "%s/0", dir);
    crypto_generichash_init(&hash, NULL, 0, sizeof(ret_answer->bytes));
    enum lt_result result = lt_journal_open(path, false, &journal, reason);
    if (result != LT_OK)
        return result;
    result = lt_journal_records(journal, seen, &hash);
    if (result == LT_OK)
        status(journal, &hash);
    if (result == LT_OK)
        result = sign(journal);
    if (result == LT_OK)
        result = lt_journal_records(journal, seen, &hash);
    if (result == LT_OK)
        status(journal, &hash);
    lt_journal_close(journal);
    crypto_generichash_final(&hash, ret_answer->bytes, sizeof(ret_answer->bytes));
    return result;
}

static enum lt_result rows(const char *dir, struct lt_hash *ret_answer)
{
    char path[96], reason[200];
    struct lt_journal *journal;
    (void)snprintf(path, sizeof(path), "%s/0", dir);
    enum lt_result result = lt_journal_open(path, true, &journal, reason);
    if (result != LT_OK)
        return result;
    result = flip_rows(lt_journal_env(journal), TABLE_COUNT, ret_answer);
    lt_journal_close(journal);
    return result;
}

const struct flip_subject flip_agent = {"agent", "0/store/data.mdb", make, ask, rows};
