/* memory.c - each allocation of the core fails in turn, by itself and with all after it: the book takes the story's
 * directives or is as it was, checks say nothing false, a proof is never proven by half, a writer gives the same file or
 * none, a sealed part opens or is not there. What was refused for want of memory is taken as if nothing had been, once
 * there is memory again. */
#include "tests/fault/short.h"

#include "tests/unit/golden_file.h"

#include <sodium.h>

#include "proto/proof.h"
#include "proto/rules.h"
#include "proto/standing.h"
#include "tests/unit/golden_country.h"
#include "tests/unit/proof_world.h"

/* ---- The book ---- */

/* A book takes its memory in blocks: each piece that it asks for counts as an allocation here. */
void *__real_lt_book_take(struct lt_book *book, size_t size);
void *__wrap_lt_book_take(struct lt_book *book, size_t size);
void *__wrap_lt_book_take(struct lt_book *book, size_t size)
{
    return short_now() ? NULL : __real_lt_book_take(book, size);
}
/* These take their pieces beside lt_book_take, where the linker does not see it. */
char *__real_lt_book_text(struct lt_book *book, const char *text);
char *__wrap_lt_book_text(struct lt_book *book, const char *text);
char *__wrap_lt_book_text(struct lt_book *book, const char *text)
{
    return short_now() ? NULL : __real_lt_book_text(book, text);
}
struct slot *__real_lt_slot_of(struct lt_book *book, const struct lt_unit *unit);
struct slot *__wrap_lt_slot_of(struct lt_book *book, const struct lt_unit *unit);
struct slot *__wrap_lt_slot_of(struct lt_book *book, const struct lt_unit *unit)
{
    return short_now() ? NULL : __real_lt_slot_of(book, unit);
}
struct keyrec *__real_lt_keyrec_of(struct lt_book *book, struct slot *slot,
                                   const struct lt_key *key);
struct keyrec *__wrap_lt_keyrec_of(struct lt_book *book, struct slot *slot,
                                   const struct lt_key *key);
struct keyrec *__wrap_lt_keyrec_of(struct lt_book *book, struct slot *slot,
                                   const struct lt_key *key)
{
    return short_now() ? NULL : __real_lt_keyrec_of(book, slot, key);
}

struct saids {
    struct world world;
    struct golden_pieces pieces;
    struct lt_arena *arena;
    size_t count;
    struct lt_update updates[GOLDEN_PIECES_MAX];
    Lienthong__DirectiveBody *bodies[GOLDEN_PIECES_MAX];
    struct lt_hash digests[GOLDEN_PIECES_MAX + 1]; /* after so many of them */
};
static struct saids saids;

static struct lt_book *pinned(void)
{
    struct lt_book *book = lt_book_new();
    if (book != NULL)
        lt_book_pin(book, &saids.world.root, &saids.world.units[0].unit);
    return book;
}

static int begin(void **state)
{
    (void)state;
    struct lt_book_change change;
    story_world(&saids.world);
    golden_read_pieces(GOLDEN_STORY, &saids.pieces);
    saids.arena = lt_arena_new(64 * LT_UNPACK_BYTES_MAX);
    struct lt_book *book = pinned();
    assert_true(saids.arena != NULL && book != NULL);
    lt_book_digest(book, &saids.digests[0]);
    for (size_t i = 0; i < saids.pieces.count; i++) {
        struct lt_update *update = &saids.updates[saids.count];
        if (saids.pieces.items[i].type != 'u' ||
            lt_update_open(saids.pieces.items[i].content, update) != LT_OK ||
            lt_directive_read(update, saids.arena, &saids.bodies[saids.count]) != LT_OK)
            continue;
        assert_int_equal(lt_book_add(book, update, saids.bodies[saids.count], &change), LT_OK);
        lt_book_digest(book, &saids.digests[++saids.count]);
    }
    assert_true(saids.count > 8);
    lt_book_free(book);
    return 0;
}

static int end(void **state)
{
    (void)state;
    world_free(&saids.world);
    lt_arena_free(saids.arena);
    golden_free(saids.pieces.whole);
    return 0;
}

static void same_digest(const struct lt_book *book, size_t number)
{
    struct lt_hash digest;
    lt_book_digest(book, &digest);
    assert_memory_equal(&digest, &saids.digests[number], sizeof digest);
}

/* The nth allocation from the book's birth on fails, wherever that is; the rest of the story is told all the same. */
static bool tell_book(uint64_t nth, bool on)
{
    struct lt_book_change change;
    short_begin(nth, on);
    struct lt_book *book = pinned();
    if (book == NULL) {
        assert_true(short_end());
        return true;
    }
    for (size_t i = 0; i < saids.count; i++) {
        const enum lt_result result =
            lt_book_add(book, &saids.updates[i], saids.bodies[i], &change);
        if (result == LT_OK) {
            same_digest(book, i + 1);
            continue;
        }
        assert_int_equal(result, LT_NO_MEMORY);
        same_digest(book, i);
        const uint64_t had = shortage.failed;
        assert_true(had > 0);
        short_begin(0, false);
        assert_int_equal(lt_book_add(book, &saids.updates[i], saids.bodies[i], &change), LT_OK);
        shortage.failed = had;
        same_digest(book, i + 1);
    }
    const bool failed = short_end();
    lt_book_free(book);
    return failed;
}

static void a_book_takes_it_or_is_as_it_was(void **state)
{
    (void)state;
    uint64_t nth = 1;
    for (; tell_book(nth, false); nth++)
        if (nth % 7 == 0)
            assert_true(tell_book(nth, true));
    assert_true(nth > 100);
}

/* Only who looks through the eyes of a unit asks for memory there. */
static void a_view_is_had_or_not(void **state)
{
    (void)state;
    bool failed = true;
    for (uint64_t nth = 1; failed; nth++) {
        struct lt_book *book = pinned();
        assert_non_null(book);
        short_begin(nth, false);
        const enum lt_result result = lt_book_view(book, &saids.world.units[1].unit);
        failed = short_end();
        assert_int_equal(result, failed ? LT_NO_MEMORY : LT_OK);
        lt_book_free(book);
    }
}

static struct lt_book *book_of_all(void)
{
    struct lt_book_change change;
    struct lt_book *book = pinned();
    assert_non_null(book);
    for (size_t i = 0; i < saids.count; i++)
        assert_int_equal(lt_book_add(book, &saids.updates[i], saids.bodies[i], &change), LT_OK);
    return book;
}

static void a_check_has_an_answer_or_none(void **state)
{
    (void)state;
    struct lt_book *book = book_of_all();
    size_t row;
    char reason[160], wanted_reason[160];
    uint64_t failures = 0;
    for (size_t i = 0; i < saids.count; i++) {
        const Lienthong__Directive *const *items =
            (const Lienthong__Directive *const *)saids.bodies[i]->items;
        const enum lt_result wanted =
            lt_book_check_standing(book, items, saids.bodies[i]->n_items, &row, wanted_reason);
        bool failed = true;
        for (uint64_t nth = 1; failed; nth++) {
            short_begin(nth, false);
            const enum lt_result result =
                lt_book_check_standing(book, items, saids.bodies[i]->n_items, &row, reason);
            failed = short_end();
            failures += failed;
            assert_true(result == (failed ? LT_NO_MEMORY : wanted));
        }
        same_digest(book, saids.count);
    }
    assert_true(failures >= 2 * saids.count);
    lt_book_free(book);
}

/* ---- Proofs ---- */

static void count_record(void *context, const struct lt_proof_record *record)
{
    assert_non_null(record->fact->place);
    ++*(uint64_t *)context;
}

/* LT_OK only with all that is behind it. */
static enum lt_result prove(struct lt_bytes bytes, uint64_t nth, bool on, bool *ret_failed)
{
    const struct lt_proof_row *rows;
    struct lt_proof_sums sums;
    uint64_t records = 0;
    short_begin(nth, on);
    struct lt_proof *proof = lt_proof_new(&saids.world.root, NULL);
    enum lt_result result = proof == NULL ? LT_NO_MEMORY : lt_proof_feed(proof, bytes);
    if (result == LT_OK)
        result = lt_proof_end(proof);
    if (result == LT_NO_MEMORY && proof != NULL)
        assert_true(lt_proof_trouble(proof)[0] != '\0');
    if (result == LT_OK) {
        result = lt_proof_records(proof, count_record, &records);
        lt_proof_sums(proof, &sums);
        if (result == LT_OK)
            assert_true(records == sums.behind && lt_proof_rows(proof, &rows) > 0);
    }
    *ret_failed = short_end();
    lt_proof_free(proof);
    return result;
}

static void a_proof_is_never_proven_by_half(void **state)
{
    (void)state;
    static const char *const names[] = {"-quarter", "-span", "-published"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[300];
        bool failed = true;
        uint64_t nth = 1;
        (void)snprintf(path, sizeof path, "%sproof-0.1.0%s.bin", GOLDEN, names[i]);
        const struct lt_bytes bytes = golden_read(path);
        for (; failed; nth++) {
            const enum lt_result result = prove(bytes, nth, false, &failed);
            assert_int_equal(result, failed ? LT_NO_MEMORY : LT_OK);
            if (failed)
                assert_int_equal(prove(bytes, nth, true, &failed), LT_NO_MEMORY);
        }
        assert_true(nth > 50);
        golden_free(bytes);
    }
}

static void count_named(void *context, const struct lt_proof_record *record)
{
    *(uint64_t *)context += record->person != NULL;
}

/* One that outgrows the first room for everything: a list of hundreds, with as many texts. */
static void a_long_list_is_counted_whole_or_not(void **state)
{
    (void)state;
    enum { LIST = 300 };
    static char texts[2 * LIST][24];
    static struct say says[LIST];
    struct proof_case *it = case_new();
    for (size_t i = 0; i < 2 * LIST; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "Phong trào %zu", i);
        says[i % LIST] = (struct say){.code = "GK",
                                      .year = 2020,
                                      .recipient = LIENTHONG__RECIPIENT__RECIPIENT_INDIVIDUAL,
                                      .name = "Cá nhân 0001",
                                      .field = texts[(i + 7) % LIST],
                                      .movement = texts[i]};
        if (i % LIST == LIST - 1)
            case_tell(it, i < LIST ? "28162" : "10999", says, LIST);
    }
    it->names = true;
    case_ask_by(it, "place");
    case_write(it, NULL, 0);
    bool failed = true;
    uint64_t nth = 1;
    for (; failed; nth++) {
        struct lt_proof *proof;
        uint64_t named = 0;
        short_begin(nth, false);
        proof = lt_proof_new(&it->world.root, NULL);
        enum lt_result result = proof == NULL
                                    ? LT_NO_MEMORY
                                    : lt_proof_feed(proof, (struct lt_bytes){it->bytes, it->size});
        if (result == LT_OK)
            result = lt_proof_end(proof);
        if (result == LT_REFUSED) { /* its rows were not stated */
            const enum lt_result listed = lt_proof_records(proof, count_named, &named);
            result = listed == LT_OK ? LT_REFUSED : listed;
        }
        failed = short_end();
        assert_int_equal(result, failed ? LT_NO_MEMORY : LT_REFUSED);
        assert_true(failed || named == 2 * LIST);
        lt_proof_free(proof);
    }
    assert_true(nth > 60);
    case_free(it);
}

/* ---- Personal parts ---- */

static void a_part_that_is_redacted_or_opened_is_whole(void **state)
{
    (void)state;
    uint64_t failures = 0;
    for (size_t i = 0; i < saids.pieces.count; i++) {
        struct lt_update update;
        bool failed = true;
        const struct lt_bytes bytes = saids.pieces.items[i].content;
        if (saids.pieces.items[i].type != 'u' || lt_update_open(bytes, &update) != LT_OK ||
            update.frame.chain.stream != LT_STREAM_REPORT)
            continue;
        for (uint64_t nth = 1; failed; nth++) {
            Lienthong__ReportBody *body;
            Lienthong__Personal *personal = NULL;
            short_begin(nth, false);
            struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
            enum lt_result result =
                arena == NULL ? LT_NO_MEMORY : lt_report_read(&update, arena, &body);
            if (result == LT_OK && update.personal.size > 0)
                result = lt_personal_read(update.personal, body, arena, &personal);
            failed = short_end();
            failures += failed;
            if (failed)
                assert_int_equal(result, LT_NO_MEMORY);
            else
                assert_true(result == LT_OK || result == LT_VERSION || result == LT_MALFORMED);
            lt_arena_free(arena);
        }
    }
    assert_true(failures > 10);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_book_takes_it_or_is_as_it_was),
        cmocka_unit_test(a_view_is_had_or_not),
        cmocka_unit_test(a_check_has_an_answer_or_none),
        cmocka_unit_test(a_proof_is_never_proven_by_half),
        cmocka_unit_test(a_long_list_is_counted_whole_or_not),
        cmocka_unit_test(a_part_that_is_redacted_or_opened_is_whole),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
