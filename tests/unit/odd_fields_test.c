/* Every field of what the golden story directs and reports, made odd in turn (odd.h), through the decoders into book and
 * judge: what is read is taken, the book is the same whichever came first, a list that the operator's check accepts is
 * one that can be read, and a change is a fact within bounds or leaves the fact untouched. */
#include "tests/unit/golden_file.h"

#include <sodium.h>

#include "proto/judge.h"
#include "proto/rules.h"
#include "proto/standing.h"
#include "tests/unit/golden_country.h"
#include "tests/unit/odd.h"

enum { STORY_MAX = GOLDEN_PIECES_MAX };

struct story {
    struct world world;
    struct golden_pieces pieces;
    struct lt_arena *arena, *spare;
    size_t said_count;
    struct lt_update said[STORY_MAX];
    Lienthong__DirectiveBody *bodies[STORY_MAX];
    struct lt_book *book; /* of all that */
    const struct lt_update *update; /* the one that is made odd */
    ProtobufCMessage *body;
    uint64_t seen, read, silent, counted, quarantined;
};
static struct story story;

static struct lt_book *pinned(void)
{
    struct lt_book *book = lt_book_new();
    assert_non_null(book);
    lt_book_pin(book, &story.world.root, &story.world.units[0].unit);
    return book;
}

static void hear(struct lt_book *book, const struct lt_update *update,
                 const Lienthong__DirectiveBody *body)
{
    struct lt_book_change change;
    assert_int_equal(lt_book_add(book, update, body, &change), LT_OK);
}

static int begin(void **state)
{
    (void)state;
    story_world(&story.world);
    golden_read_pieces(GOLDEN_STORY, &story.pieces);
    story.arena = lt_arena_new(64 * LT_UNPACK_BYTES_MAX);
    story.spare = lt_arena_new(LT_UNPACK_BYTES_MAX);
    assert_true(story.arena != NULL && story.spare != NULL);
    story.book = pinned();
    for (size_t i = 0; i < story.pieces.count; i++) {
        struct lt_update *update = &story.said[story.said_count];
        Lienthong__DirectiveBody **body = &story.bodies[story.said_count];
        if (story.pieces.items[i].type != 'u' ||
            lt_update_open(story.pieces.items[i].content, update) != LT_OK ||
            lt_directive_read(update, story.arena, body) != LT_OK)
            continue;
        hear(story.book, update, *body);
        story.said_count++;
    }
    assert_true(story.said_count > 8);
    return 0;
}

static int end(void **state)
{
    (void)state;
    lt_book_free(story.book);
    lt_arena_free(story.arena);
    lt_arena_free(story.spare);
    golden_free(story.pieces.whole);
    world_free(&story.world);
    return 0;
}

/* ---- Directives ---- */

/* All of the story but the one that is odd, before or after it. */
static void tell_rest(struct lt_book *book)
{
    for (size_t i = 0; i < story.said_count; i++)
        if (&story.said[i] != story.update)
            hear(book, &story.said[i], story.bodies[i]);
}

static void ask(const struct lt_book *book)
{
    for (size_t i = 0; i < lt_book_succession_count(book); i++) {
        const struct lt_succession *heir = lt_book_succession_at(book, i);
        assert_true(heir->unit->valid_to != 0);
        assert_true(heir->successor == NULL || heir->successor->valid_to == 0 ||
                    heir->successor->valid_to > heir->unit->valid_to);
    }
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        const struct lt_place *today = lt_book_today(book, place, 20500);
        assert_true(today == NULL || today->valid_to == 0 || today->valid_to >= 20500);
        assert_int_equal(lt_book_generation(book, place, place), 0);
    }
    for (size_t i = 0; i < lt_book_closing_count(book); i++) {
        const struct lt_closing *closing = lt_book_closing_at(book, i);
        for (size_t j = 0; j < closing->cut_count; j++)
            assert_ptr_equal(lt_cut_of(closing->cut, closing->cut_count, &closing->cut[j].unit),
                             &closing->cut[j]);
    }
    for (size_t i = 0; i < lt_book_obligation_count(book); i++) {
        const struct lt_obligation *owed = lt_book_obligation_at(book, i);
        assert_true((owed->unit == NULL) != (owed->within == NULL));
    }
}

static void check(const Lienthong__DirectiveBody *body)
{
    size_t row = 999;
    char reason[160] = "";
    const enum lt_result result = lt_book_check_standing(
        story.book, (const Lienthong__Directive *const *)body->items, body->n_items, &row, reason);
    assert_true((result == LT_OK && reason[0] == '\0') ||
                (result == LT_REFUSED && row < body->n_items && reason[0] != '\0'));
}

static void check_units(const Lienthong__DirectiveBody *body)
{
    const Lienthong__UnitEntry *entries[LT_CHANGES_MAX];
    size_t count = 0, row = 999;
    char reason[160] = "";
    for (size_t i = 0; i < body->n_items; i++)
        if (body->items[i]->unit != NULL)
            entries[count++] = body->items[i]->unit;
    const enum lt_result result = lt_book_check_units(story.book, entries, count, &row, reason);
    assert_true((result == LT_OK && reason[0] == '\0') ||
                (result == LT_REFUSED && row < count && reason[0] != '\0'));
}

static Lienthong__DirectiveBody *read_odd(uint8_t *packed)
{
    struct lt_update update = *story.update;
    Lienthong__DirectiveBody *read;
    lt_arena_reset(story.spare);
    update.body = (struct lt_bytes){packed, protobuf_c_message_pack(story.body, packed)};
    const enum lt_result result = lt_directive_read(&update, story.spare, &read);
    assert_true(result == LT_OK || result == LT_MALFORMED || result == LT_TOO_LARGE ||
                result == LT_VERSION);
    return result == LT_OK ? read : NULL;
}

static void tell_both_ways(const Lienthong__DirectiveBody *body, const char *path)
{
    struct lt_hash digests[2];
    struct lt_book *before = pinned(), *after = pinned();
    hear(before, story.update, body);
    tell_rest(before);
    tell_rest(after);
    hear(after, story.update, body);
    lt_book_digest(before, &digests[0]);
    lt_book_digest(after, &digests[1]);
    if (memcmp(&digests[0], &digests[1], sizeof digests[0]) != 0)
        fail_msg("%s: another book in another order", path);
    ask(after);
    check(body);
    check_units(body);
    lt_book_free(before);
    lt_book_free(after);
}

/* What a hub only tries out (hub/trial.h) was never on a wire: the book, and the checks, take what nobody could read, and of
 * it count nothing that is impossible. */
static void see_directive(void *context, const char *path)
{
    uint8_t *packed = malloc(protobuf_c_message_get_packed_size(story.body) + 1);
    (void)context;
    assert_non_null(packed);
    const Lienthong__DirectiveBody *read = read_odd(packed);
    story.seen++;
    story.read += read != NULL;
    tell_both_ways(read != NULL ? read : (const Lienthong__DirectiveBody *)story.body, path);
    free(packed);
}

static void odd_directives_give_one_book(void **state)
{
    (void)state;
    for (size_t i = 0; i < story.said_count; i++) {
        story.update = &story.said[i];
        story.body = &story.bodies[i]->base;
        odd_each(story.body, see_directive, NULL);
    }
    assert_true(story.seen > 1000 && story.read > 0 && story.read < story.seen);
}

/* ---- Reports ---- */

static void judge(const struct lt_place *author, const Lienthong__ReportBody *body, uint32_t index)
{
    struct lt_fact fact;
    static const struct lt_fact untouched;
    memset(&fact, 0, sizeof fact);
    const enum lt_verdict verdict = lt_judge(story.book, author, body, index, &fact);
    assert_true(strlen(lt_verdict_text(verdict)) > 0);
    if (verdict != LT_COUNTS) {
        story.quarantined++;
        assert_memory_equal(&fact, &untouched, sizeof fact);
        return;
    }
    story.counted++;
    assert_true(fact.kind == 0 || fact.place != NULL);
    assert_true(fact.quantity <= LT_QUANTITY_MAX && fact.month <= 12);
}

static void see_report(void *context, const char *path)
{
    const struct lt_place *author = context;
    struct lt_update update = *story.update;
    Lienthong__ReportBody *read;
    uint8_t *packed = malloc(protobuf_c_message_get_packed_size(story.body) + 1);
    (void)path;
    assert_non_null(packed);
    lt_arena_reset(story.spare);
    update.personal = update.sealed = (struct lt_bytes){0}; /* else LT_BAD_HASH hides the rest */
    update.body = (struct lt_bytes){packed, protobuf_c_message_pack(story.body, packed)};
    const enum lt_result result = lt_report_read(&update, story.spare, &read);
    assert_true(result == LT_OK || result == LT_MALFORMED || result == LT_TOO_LARGE ||
                result == LT_VERSION);
    story.seen++;
    if (result == LT_OK) {
        story.read++;
        for (uint32_t i = 0; i < read->n_changes; i++) {
            (void)lt_report_unknown(read, i);
            judge(author, read, i);
            judge(lt_book_place_at(story.book, story.seen % lt_book_place_count(story.book)), read,
                  i);
        }
    }
    free(packed);
}

static void odd_reports_are_judged_or_not_read(void **state)
{
    (void)state;
    story.seen = story.read = 0;
    for (size_t i = 0; i < story.pieces.count; i++) {
        struct lt_update update;
        Lienthong__ReportBody *body;
        if (story.pieces.items[i].type != 'u' ||
            lt_update_open(story.pieces.items[i].content, &update) != LT_OK ||
            update.frame.chain.stream != LT_STREAM_REPORT ||
            lt_report_read(&update, story.arena, &body) != LT_OK)
            continue;
        const struct lt_place *author = lt_book_place(story.book, &update.frame.chain.unit);
        assert_non_null(author);
        story.update = &update;
        story.body = &body->base;
        odd_each(story.body, see_report, (void *)(uintptr_t)author);
    }
    assert_true(story.seen > 1000 && story.read > 0 && story.read < story.seen);
    assert_true(story.counted > 100 && story.quarantined > 100);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odd_directives_give_one_book),
        cmocka_unit_test(odd_reports_are_judged_or_not_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
