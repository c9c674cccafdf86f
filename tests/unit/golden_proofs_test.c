/* golden_proofs_test.c - proofs that release 0.1.0 wrote of figures of the golden story are proven. See golden_file.h;
 * proof_test.c has one more of that release.
 *
 * A proof says by which rules it was counted. When those are others (LT_RULES_VERSION) it is not proven any more, and
 * what is stored beside it says so, and that nothing else is wrong with it. */
#include "tests/unit/golden_file.h"

#include "hub/prove.h"
#include "tests/unit/golden_story.h"
#include "tests/unit/golden_text.h"

#define GOLDEN_PROOF(name) GOLDEN "proof-0.1.0-" name ".bin"

/* A quarter in the tree of a later day, under a condition; a span of years, all chains, no names; what was published. */
static const struct asked {
    const char *path, *place, *year, *period, *by, *where, *tree;
    bool whole, names, published;
} asked[] = {
    {GOLDEN_PROOF("quarter"), "807", NULL, "2020-Q4", "place,code,category,month",
     "recipient=individual", "2026-01-01", false, true, false},
    {GOLDEN_PROOF("span"), "VN", "2015-2020", NULL, "place,kind,code,field", NULL, NULL, true,
     false, false},
    {GOLDEN_PROOF("published"), NULL, NULL, NULL, NULL, NULL, NULL, true, true, true},
};
enum { ASKED = sizeof asked / sizeof asked[0] };

/* ---- Writing ---- */

static void ask(const struct lt_book *book, const struct asked *of, struct lt_figures_query *query)
{
    char reason[400];
    *query = (struct lt_figures_query){.decided = of->period != NULL};
    assert_int_equal(lt_figures_parse_by(of->by, query, reason), LT_OK);
    if (of->year != NULL)
        assert_int_equal(lt_figures_parse_year(of->year, query, reason), LT_OK);
    if (of->period != NULL)
        assert_int_equal(lt_figures_parse_period(of->period, query, reason), LT_OK);
    if (of->where != NULL)
        assert_int_equal(lt_figures_parse_where(of->where, query, reason), LT_OK);
    if (of->tree != NULL)
        assert_int_equal(lt_figures_parse_tree(of->tree, 0, query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(book, of->place, query, reason), LT_OK);
}

/* The last one of the story. */
static const struct lt_publication *restated(const struct lt_book *book)
{
    return lt_book_publication_at(book, lt_book_publication_count(book) - 1);
}

static void write_proof(struct lt_ledger *ledger, const struct world_unit *top,
                        const struct asked *of)
{
    const struct lt_book *book = lt_ledger_book(ledger);
    const struct lt_keys keys = {.sign_public = top->key, .sign_secret = top->secret};
    struct lt_figures_query query;
    struct lt_prove prove = {
        .ledger = ledger, .keys = &keys, .query = &query, .whole = of->whole, .names = of->names};
    char reason[LT_PROVE_REASON_MAX] = "", *made;
    size_t size;
    if (of->published) {
        prove.published = restated(book);
        story_question(ledger, &query);
    } else {
        ask(book, of, &query);
    }
    FILE *file = open_memstream(&made, &size);
    if (lt_prove_write(&prove, file, reason) != LT_OK)
        fail_msg("%s", reason);
    assert_int_equal(fclose(file), 0);
    golden_write(of->path, (struct lt_bytes){(const uint8_t *)made, size});
    free(made);
}

static void they_are_written_until_the_release(void)
{
    static struct story story;
    char *dir = world_dir();
    story_make(&story);
    struct lt_ledger *ledger = story_ledger(&story, dir);
    for (size_t i = 0; i < ASKED; i++)
        write_proof(ledger, &story.world.units[0], &asked[i]);
    lt_ledger_close(ledger);
    world_remove(dir);
    story_free(&story);
}

/* ---- Checking ---- */

static void tell_record(void *context, const struct lt_proof_record *record)
{
    FILE *out = context;
    fprintf(out, "  record of %s, seq %llu, change %u%s", record->update->frame.chain.unit.code,
            (unsigned long long)record->update->frame.seq, record->index,
            record->in_part ? ", in part" : "");
    if (record->person != NULL)
        fprintf(out, ", %s", record->person->name);
    fputc('\n', out);
}

static void tell_rows(FILE *out, const struct lt_proof *proof)
{
    const struct lt_proof_row *rows;
    const size_t count = lt_proof_rows(proof, &rows);
    for (size_t i = 0; i < count; i++) {
        fputs("  ", out);
        for (const char *at = rows[i].values; *at != '\0'; at++)
            fputc(*at == LT_PROOF_BETWEEN ? ',' : *at, out);
        fprintf(out, ": %lld records, %lld, %lld unconfirmed\n", (long long)rows[i].count,
                (long long)rows[i].quantity, (long long)rows[i].unconfirmed);
    }
}

static void tell_sums(FILE *out, const struct lt_proof *proof)
{
    struct lt_proof_sums sums;
    lt_proof_sums(proof, &sums);
    fprintf(out,
            "  %llu directives, %llu reports, %llu unread, %llu silent, %llu chains, %llu left "
            "out, %llu changes, %llu quarantined, %llu records, %llu behind\n",
            (unsigned long long)sums.directives, (unsigned long long)sums.reports,
            (unsigned long long)sums.unread, (unsigned long long)sums.silent,
            (unsigned long long)sums.chains, (unsigned long long)sums.left_out,
            (unsigned long long)sums.changes, (unsigned long long)sums.quarantined,
            (unsigned long long)sums.records, (unsigned long long)sums.behind);
}

static void tell_proof(FILE *out, const struct world *world, const char *path)
{
    const struct lt_proof_fault *faults;
    const struct lt_bytes bytes = golden_read(path);
    struct lt_proof *proof = lt_proof_new(&world->root, &world->units[0].unit);
    assert_non_null(proof);
    assert_int_equal(lt_proof_feed(proof, bytes), LT_OK);
    const enum lt_result result = lt_proof_end(proof);
    fprintf(out, "proof %s\n", result == LT_OK ? "proven" : "not proven");
    for (size_t i = 0; i < lt_proof_faults(proof, &faults); i++)
        fprintf(out, "  %s: %s\n", lt_proof_fault_text(faults[i].kind), faults[i].about);
    golden_message(out, &lt_proof_head(proof)->base, 1);
    tell_rows(out, proof);
    tell_sums(out, proof);
    assert_int_equal(lt_proof_records(proof, tell_record, out), LT_OK);
    lt_proof_free(proof);
    golden_free(bytes);
}

static void they_are_proven(void **state)
{
    struct world world;
    char *text;
    size_t size;
    (void)state;
    if (golden_writing())
        they_are_written_until_the_release();
    story_world(&world);
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < ASKED; i++)
        tell_proof(out, &world, asked[i].path);
    assert_int_equal(fclose(out), 0);
    golden_settle_text(GOLDEN "proofs-0.1.0.txt", text, size);
    world_free(&world);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_proven),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
