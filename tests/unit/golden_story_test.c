/* golden_story_test.c - what a province said in release 0.1.0 is verified, decoded, judged and counted as it was then.
 * See golden_file.h. */
#include "tests/unit/golden_tell.h"

#include "hub/audit.h"
#include "hub/figures.h"
#include "hub/store.h"
#include "proto/standing.h"
#include "tests/unit/golden_replay.h"
#include "tests/unit/golden_story.h"

#define GOLDEN_STORY_TEXT GOLDEN "story-0.1.0.txt"

static void it_is_made_alike(void **state)
{
    static struct story story;
    char *made;
    size_t size;
    (void)state;
    story_make(&story);
    FILE *out = open_memstream(&made, &size);
    for (size_t i = 0; i < story.update_count; i++)
        golden_put(out, 'u', (struct lt_bytes){story.updates[i].bytes, story.updates[i].size});
    for (size_t i = 0; i < story.receipt_count; i++)
        golden_put(out, 'r', story.receipts[i]);
    assert_int_equal(fclose(out), 0);
    golden_settle(GOLDEN_STORY, (struct lt_bytes){(const uint8_t *)made, size});
    free(made);
    story_free(&story);
}

/* ---- What is made of it ---- */

static void tell_counts(FILE *out, struct lt_ledger *ledger)
{
    struct lt_ledger_counts counts;
    struct lt_sync_store store;
    struct lt_chain chain, after;
    lt_ledger_counts(ledger, false, &counts);
    fprintf(out, "%llu updates, %llu records, %llu changes, %llu quarantined, %llu contested\n",
            (unsigned long long)counts.updates, (unsigned long long)counts.records,
            (unsigned long long)counts.changes, (unsigned long long)counts.quarantined,
            (unsigned long long)counts.contested);
    tell_hash(out, "directives", &counts.directives);
    lt_ledger_sync_store(ledger, &store);
    bool more = store.next_chain(store.context, NULL, &chain);
    while (more) {
        struct lt_statement statement;
        assert_int_equal(lt_ledger_statement(ledger, &chain, &statement), LT_OK);
        tell_chain(out, &chain);
        fprintf(out, ": %llu updates, %u tips, %llu quarantined\n",
                (unsigned long long)statement.count, statement.tip_count,
                (unsigned long long)statement.quarantined);
        tell_hash(out, "quarantine", &statement.quarantine);
        after = chain;
        more = store.next_chain(store.context, &after, &chain);
    }
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* In no order of arrival. */
static void tell_verdicts(FILE *out, struct lt_ledger *ledger)
{
    struct lt_quarantined rows[64];
    char lines[64][128];
    const struct lt_at first = {0, 0};
    struct lt_store_txn *txn = lt_store_begin(lt_ledger_store(ledger), false);
    assert_non_null(txn);
    const size_t count = lt_store_quarantined(txn, &first, rows, 64);
    for (size_t i = 0; i < count; i++) {
        struct lt_bytes bytes;
        struct lt_update update;
        char unit[LT_UNIT_TEXT_MAX];
        assert_true(lt_log_at(lt_store_log(txn), rows[i].at.position, &bytes));
        assert_int_equal(lt_update_open(bytes, &update), LT_OK);
        lt_unit_format(&update.frame.chain.unit, unit);
        (void)snprintf(
            lines[i], sizeof lines[i], "quarantined: %s, seq %llu, change %d, verdict %d\n", unit,
            (unsigned long long)update.frame.seq, (int)rows[i].at.index, (int)rows[i].verdict);
    }
    lt_store_abort(txn);
    qsort(lines, count, sizeof lines[0], compare_lines);
    for (size_t i = 0; i < count; i++)
        fputs(lines[i], out);
}

static void tell_standing(FILE *out, struct lt_ledger *ledger)
{
    const struct lt_book *book = lt_ledger_book(ledger);
    const struct lt_standing_release *release = lt_book_release_now(book);
    struct lt_roots roots;
    fprintf(
        out,
        "%zu units, %zu titles, %zu successions, %zu clusters, %zu movements, %zu obligations, "
        "%zu closings, %zu publications, %zu moves, %zu notices, %zu fallbacks, "
        "%zu redactions, %zu sealings, %zu unit boxes, body version %u\n",
        lt_book_place_count(book), lt_book_title_count(book), lt_book_succession_count(book),
        lt_book_cluster_count(book), lt_book_movement_count(book), lt_book_obligation_count(book),
        lt_book_closing_count(book), lt_book_publication_count(book), lt_book_move_count(book),
        lt_book_notice_count(book), lt_book_fallback_count(book), lt_book_redaction_count(book),
        lt_book_sealing_count(book), lt_book_unit_box_count(book), lt_book_body_announced(book));
    lt_book_roots(book, &roots);
    fputs("root ", out);
    golden_hex(out, roots.root.bytes, 32);
    fputs(", recovery ", out);
    golden_hex(out, roots.recovery.bytes, 32);
    if (release != NULL)
        fprintf(out, "\nrelease %llu, %s, for %u %%", (unsigned long long)release->release.number,
                release->release.version, release->percent);
    fputc('\n', out);
    for (size_t i = 0; i < lt_book_notice_count(book); i++)
        golden_string(out, lt_book_notice_at(book, i)->text);
    fputc('\n', out);
}

static void tell_figures(FILE *out, struct lt_ledger *ledger, const char *place, const char *year,
                         bool decided, const char *by)
{
    struct lt_figures_query query = {.decided = decided};
    struct lt_figures figures;
    char reason[400] = "";
    assert_int_equal(lt_figures_parse_year(year, &query, reason), LT_OK);
    assert_int_equal(lt_figures_parse_by(by, &query, reason), LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(ledger), place, &query, reason), LT_OK);
    assert_int_equal(lt_figures_ask(ledger, &query, &figures, reason), LT_OK);
    fprintf(out, "figures of %s, %s, by the year of %s, by %s\n", place, year,
            decided ? "decision" : "achievement", by);
    for (size_t i = 0; i < figures.count; i++) {
        fputs("  ", out);
        for (size_t j = 0; j < query.by_count; j++)
            fprintf(out, "%s,", figures.rows[i].values[j]);
        fprintf(out, " %lld records, %lld, %lld unconfirmed\n", (long long)figures.rows[i].count,
                (long long)figures.rows[i].quantity, (long long)figures.rows[i].unconfirmed);
    }
    lt_figures_clear(&figures);
}

static void tell_outcome(FILE *out, struct lt_ledger *ledger)
{
    static const char *const places[] = {"VN", "80", "807", "28165"};
    tell_counts(out, ledger);
    tell_verdicts(out, ledger);
    tell_standing(out, ledger);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        tell_figures(out, ledger, places[i], "2020", false,
                     "place,kind,code,level,type,recipient,category,sex,status");
        tell_figures(out, ledger, places[i], "2020", true,
                     "place,kind,code,recipient,status,month");
        tell_figures(out, ledger, places[i], "2015-2020", false, "kind,code,field,movement");
    }
}

/* The book that the updates alone make follows the receipts' keys to the root. */
static void check_receipts(struct lt_ledger *ledger, const struct golden_pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        struct lt_statement statement;
        if (pieces->items[i].type != 'r')
            continue;
        assert_int_equal(lt_receipt_open(pieces->items[i].content, &statement), LT_OK);
        const struct lt_chain chain = {LT_STREAM_DIRECTIVE, statement.hub};
        assert_int_equal(lt_book_key(lt_ledger_book(ledger), &chain, &statement.key), LT_OK);
        assert_int_equal(lt_ledger_keep_receipts(ledger, &pieces->items[i].content, 1), LT_OK);
    }
}

static void audit(struct lt_ledger *ledger, const char *dir)
{
    struct lt_audit told;
    char reason[200], scratch[300];
    (void)snprintf(scratch, sizeof scratch, "%s/scratch", dir);
    assert_int_equal(lt_audit_run(ledger, scratch, NULL, NULL, &told, reason), LT_OK);
    if (!told.equal)
        fail_msg("%s", told.difference);
}

static void tell_pieces(FILE *out, const struct golden_pieces *pieces)
{
    for (size_t i = 0; i < pieces->count; i++) {
        if (pieces->items[i].type == 'u')
            tell_update(out, pieces->items[i].content);
        else
            tell_receipt(out, pieces->items[i].content);
    }
}

static void it_is_understood_judged_and_counted(void **state)
{
    (void)state;
    struct world world;
    struct golden_pieces pieces;
    struct lt_ledger_counts counts[2];
    char *text, *behind;
    size_t size, behind_size;
    story_world(&world);
    golden_read_pieces(GOLDEN_STORY, &pieces);
    FILE *out = open_memstream(&text, &size);
    tell_pieces(out, &pieces);
    assert_int_equal(fflush(out), 0);
    const size_t decoded = size;
    for (int backwards = 0; backwards < 2; backwards++) {
        char *dir = world_dir();
        struct lt_ledger *ledger = golden_replay(&world, dir, &pieces, backwards == 1);
        FILE *into = backwards ? open_memstream(&behind, &behind_size) : out;
        tell_outcome(into, ledger);
        assert_int_equal(fclose(into), 0);
        lt_ledger_counts(ledger, true, &counts[backwards]);
        check_receipts(ledger, &pieces);
        audit(ledger, dir);
        lt_ledger_close(ledger);
        world_remove(dir);
    }
    assert_memory_equal(&counts[0].state, &counts[1].state, sizeof counts[0].state);
    assert_memory_equal(&counts[0].directives, &counts[1].directives, sizeof counts[0].directives);
    assert_string_equal(text + decoded, behind); /* from behind all the same */
    free(behind);
    golden_settle_text(GOLDEN_STORY_TEXT, text, size);
    golden_free(pieces.whole);
    world_free(&world);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_made_alike),
        cmocka_unit_test(it_is_understood_judged_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
