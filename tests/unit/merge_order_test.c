/* Whatever the order, the batches and the repetitions: one state; and it is what a plain recount gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hub/audit.h"
#include "hub/counted.h"
#include "hub/figures.h"
#include "hub/ledger_own.h"
#include "hub/listing.h"
#include "hub/state.h"
#include "hub/words.h"
#include "tests/unit/merge_story.h"
#include "tests/unit/naive_count.h"

enum { SEEDS = 16, ORDERS = 3 };

/* ---- Arrival in some order ---- */

static void deliver(struct lt_ledger *ledger, struct story *story)
{
    struct signed_update *waiting[2 * (REPORTS + DIRECTIVES)];
    size_t count = 0, rounds = 0;
    for (size_t i = 0; i < story->report_count; i++)
        waiting[count++] = &story->reports[i];
    for (size_t i = 0; i < story->directive_count; i++)
        waiting[count++] = &story->directives[i];
    for (size_t i = 0; i < 6; i++, count++)
        waiting[count] = waiting[draw((uint32_t)count)]; /* some come twice */
    while (count > 0) {
        struct lt_arrival *group[10];
        struct signed_update *taken[10];
        size_t some = 1 + draw(9), left = 0;
        some = some < count ? some : count;
        for (size_t i = 0; i < some; i++) {
            size_t at = draw((uint32_t)count);
            taken[i] = waiting[at];
            waiting[at] = waiting[--count];
            group[i] = &taken[i]->arrival;
        }
        assert_int_equal(lt_ledger_commit(ledger, group, some), LT_OK);
        for (size_t i = 0; i < some; i++) {
            enum lt_result result = taken[i]->arrival.result;
            if (result == LT_OK || result == LT_EXISTS)
                continue;
            assert_true(result == LT_ORPHAN || result == LT_KEY_UNKNOWN);
            waiting[count + left++] = taken[i];
        }
        count += left;
        assert_true(++rounds < 5000);
    }
}

/* ---- Looking ---- */

struct dump {
    struct lt_store_txn *txn;
    struct naive_cell *cells;
    size_t count;
};

static const char *text_of(struct lt_store_txn *txn, uint32_t number, char buffer[64])
{
    struct lt_bytes text;
    assert_true(lt_words_text_at(txn, number, &text));
    (void)snprintf(buffer, 64, "%.*s", (int)text.size, (const char *)text.data);
    return buffer;
}

static bool dump_cell(void *context, const struct lt_cell *cell)
{
    struct dump *dump = context;
    struct lt_dims dims;
    struct lt_unit unit;
    char place[LT_UNIT_TEXT_MAX + 8], at[LT_UNIT_TEXT_MAX], code[64], field[64], movement[64];
    const uint32_t number = lt_cell_key_place(&cell->key);
    lt_cell_key_dims(&cell->key, &dims);
    assert_true(lt_words_unit_at(dump->txn, LT_CELL_UNIT(number), &unit));
    lt_unit_format(&unit, at);
    (void)snprintf(place, sizeof place, "%s%s",
                   number & LT_TOLD  ? "told "
                   : number & LT_OWN ? "own "
                                     : "",
                   at);
    struct lt_fact fact = {.month = dims.month,
                           .kind = (enum lt_kind)dims.kind,
                           .outside = dims.outside,
                           .level = dims.level,
                           .type = dims.type,
                           .recipient = dims.recipient,
                           .category = dims.category,
                           .sex = dims.sex,
                           .nature = dims.nature,
                           .status = dims.status,
                           .detail = dims.detail,
                           .code = text_of(dump->txn, dims.code, code),
                           .field = text_of(dump->txn, dims.field, field),
                           .movement = text_of(dump->txn, dims.movement, movement)};
    struct naive_cell *row = &dump->cells[dump->count++];
    naive_cell_key(row->key, place, (int)lt_cell_key_basis(&cell->key), dims.year, &fact,
                   dims.span_from);
    row->count = cell->count;
    row->quantity = cell->quantity;
    row->unconfirmed = cell->unconfirmed;
    return dump->count < NAIVE_CELLS_MAX;
}

static void compare_with_naive(struct lt_ledger *ledger, const struct naive *naive, uint64_t seed)
{
    struct lt_cell_key from, to;
    struct dump dump = {.cells = calloc(NAIVE_CELLS_MAX, sizeof *dump.cells)};
    assert_non_null(dump.cells);
    memset(&from, 0, sizeof from);
    memset(&to, 0xff, sizeof to);
    dump.txn = lt_store_begin(lt_ledger_store(ledger), false);
    lt_store_cells(dump.txn, &from, &to, dump_cell, &dump);
    assert_int_equal(lt_store_error(dump.txn), LT_OK);
    lt_store_abort(dump.txn);
    qsort(dump.cells, dump.count, sizeof *dump.cells, naive_cell_cmp);
    for (size_t i = 0; i < dump.count || i < naive->cell_count; i++) {
        const struct naive_cell *mine = &dump.cells[i], *its = &naive->cells[i];
        if (i < dump.count && i < naive->cell_count && strcmp(mine->key, its->key) == 0 &&
            mine->count == its->count && mine->quantity == its->quantity &&
            mine->unconfirmed == its->unconfirmed)
            continue;
        fail_msg("story %llu: cell %zu of %zu/%zu: ledger %s = %lld %lld %lld, recount %s = %lld "
                 "%lld %lld",
                 (unsigned long long)seed, i, dump.count, naive->cell_count,
                 i < dump.count ? mine->key : "-", (long long)mine->count,
                 (long long)mine->quantity, (long long)mine->unconfirmed,
                 i < naive->cell_count ? its->key : "-", (long long)its->count,
                 (long long)its->quantity, (long long)its->unconfirmed);
    }
    free(dump.cells);
}

static void same_counts(const struct lt_ledger_counts *a, const struct lt_ledger_counts *b)
{
    assert_int_equal(a->updates, b->updates);
    assert_int_equal(a->chains, b->chains);
    assert_int_equal(a->records, b->records);
    assert_int_equal(a->changes, b->changes);
    assert_int_equal(a->quarantined, b->quarantined);
    assert_int_equal(a->contested, b->contested);
    assert_memory_equal(&a->directives, &b->directives, sizeof a->directives);
    assert_memory_equal(&a->state, &b->state, sizeof a->state);
}

static void same_statements(struct lt_ledger *ledger, const struct world *world,
                            struct lt_statement *statements, bool first)
{
    for (size_t i = 0; i < world->unit_count; i++) {
        struct lt_chain chain = {LT_STREAM_REPORT, world->units[i].unit};
        struct lt_statement statement;
        assert_int_equal(lt_ledger_statement(ledger, &chain, &statement), LT_OK);
        if (first)
            statements[i] = statement;
        assert_int_equal(statement.count, statements[i].count);
        assert_int_equal(statement.tip_count, statements[i].tip_count);
        assert_int_equal(statement.quarantined, statements[i].quarantined);
        assert_int_equal(statement.key_count, statements[i].key_count);
        assert_memory_equal(&statement.quarantine, &statements[i].quarantine,
                            sizeof statement.quarantine);
        assert_memory_equal(statement.tips, statements[i].tips,
                            statement.tip_count * sizeof(struct lt_hash));
    }
}

/* The figures of the top by all dimensions, as they go out; and the audit finds nothing. */
static char *published(struct lt_ledger *ledger, const char *dir)
{
    struct lt_figures_query query = {.year_from = 2015, .year_to = 2021};
    struct lt_figures figures;
    struct lt_audit audit;
    char reason[400], scratch[300];
    assert_int_equal(lt_figures_parse_by("place,year,month,kind,code,level,type,recipient,category,"
                                         "sex,field,movement,nature,status",
                                         &query, reason),
                     LT_OK);
    assert_int_equal(lt_figures_find_place(lt_ledger_book(ledger), "VN", &query, reason), LT_OK);
    assert_int_equal(lt_figures_ask(ledger, &query, &figures, reason), LT_OK);
    char *json = lt_figures_json(&query, &figures);
    assert_non_null(json);
    lt_figures_clear(&figures);
    (void)snprintf(scratch, sizeof scratch, "%s/audit.tmp", dir);
    assert_int_equal(lt_audit_run(ledger, scratch, NULL, NULL, &audit, reason), LT_OK);
    assert_string_equal(audit.difference, "");
    return json;
}

/* What each record is told to count adds up to what the recount counts. */
struct adding {
    struct lt_counting *counting;
    int64_t count, quantity;
};

static bool add_counted(void *context, const struct lt_listed *record)
{
    struct adding *adding = context;
    struct lt_counted counted = {0};
    if (record->state != LT_LISTED_COUNTS)
        return true;
    lt_counting_of(adding->counting, record->txn, &record->fact, &counted);
    assert_int_equal(lt_store_error(record->txn), LT_OK);
    assert_int_not_equal(counted.reason, LT_REASON_UNSETTLED);
    adding->count += counted.count;
    adding->quantity += counted.quantity;
    return true;
}

static void records_add_up(struct lt_ledger *ledger, const struct naive *naive)
{
    const struct lt_listing_query all = {.author = NULL};
    struct adding adding = {.counting = lt_counting_new(lt_ledger_book(ledger))};
    int64_t count = 0, quantity = 0;
    assert_non_null(adding.counting);
    assert_int_equal(lt_listing(ledger, &all, add_counted, &adding), LT_OK);
    lt_counting_free(adding.counting);
    for (size_t i = 0; i < naive->line_count; i++) {
        count += naive->lines[i].counted_count;
        quantity += naive->lines[i].counted_quantity;
    }
    assert_int_equal(adding.count, count);
    assert_int_equal(adding.quantity, quantity);
}

static void check_story(uint64_t seed)
{
    struct story story;
    struct naive naive = {0};
    struct lt_ledger_counts first, counts;
    struct lt_statement *statements = calloc(WORLD_UNITS_MAX, sizeof *statements);
    const struct signed_update *updates[REPORTS];
    char *said = NULL;
    assert_non_null(statements);
    tell(&story, seed);
    for (size_t i = 0; i < story.report_count; i++)
        updates[i] = &story.reports[i];
    for (int order = 0; order < ORDERS; order++) {
        char *dir = world_dir();
        seed_state = seed * 7919 + (uint64_t)order;
        struct lt_ledger *ledger = world_ledger(&story.world, dir, 0);
        deliver(ledger, &story);
        lt_ledger_counts(ledger, true, &counts);
        if (order == 0) {
            first = counts;
            if (getenv("LT_TEST_SHOW") != NULL)
                print_message(
                    "story %llu: %llu updates, %llu changes, %llu records, %llu quarantined, %llu "
                    "contested, generation %llu\n",
                    (unsigned long long)seed, (unsigned long long)counts.updates,
                    (unsigned long long)counts.changes, (unsigned long long)counts.records,
                    (unsigned long long)counts.quarantined, (unsigned long long)counts.contested,
                    (unsigned long long)counts.generation);
            naive_count(&naive, lt_ledger_book(ledger), updates, story.report_count);
            assert_int_equal(naive.quarantined, counts.quarantined);
            assert_int_equal(naive.records, counts.records);
            assert_int_equal(naive.contested, counts.contested);
            assert_int_equal(naive.change_count, counts.changes);
            compare_with_naive(ledger, &naive, seed);
            records_add_up(ledger, &naive);
            naive_free(&naive);
        }
        same_counts(&first, &counts);
        same_statements(ledger, &story.world, statements, order == 0);
        char *json = published(ledger, dir);
        assert_string_equal(json, order == 0 ? json : said);
        if (order == 0)
            said = json;
        else
            free(json);
        ledger->altered = true; /* judged again: the same */
        assert_int_equal(lt_ledger_rebuild(ledger), LT_OK);
        lt_ledger_counts(ledger, true, &counts);
        same_counts(&first, &counts);
        lt_ledger_close(ledger);
        ledger = world_ledger(&story.world, dir, 0); /* opened again: the same */
        lt_ledger_counts(ledger, true, &counts);
        same_counts(&first, &counts);
        same_statements(ledger, &story.world, statements, false);
        lt_ledger_close(ledger);
        world_remove(dir);
    }
    forget(&story);
    free(said);
    free(statements);
}

static void any_order_gives_one_state(void **state)
{
    const char *count = getenv("LT_TEST_SEEDS"), *from = getenv("LT_TEST_SEED_FROM");
    uint64_t begin = from != NULL ? strtoull(from, NULL, 10) : 1;
    uint64_t seeds = count != NULL ? strtoull(count, NULL, 10) : SEEDS;
    (void)state;
    for (uint64_t seed = begin; seed < begin + seeds; seed++)
        check_story(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_gives_one_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
