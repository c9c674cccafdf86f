/* fuzz_judge.c - the body of a report, as its unit may have signed it (the first byte says which unit and what the
 * rest is about), judged against a book. What counts is resolved: it has a place, an authority or an outsider's code,
 * a year, a quantity within bounds; every value has a spelling; and the same is said twice. */
#include "agent/natural.h"
#include "proto/dimension.h"
#include "proto/merge.h"
#include "tests/fuzz/small_book.h"

static void check_spelt(enum lt_dimension dimension, uint8_t value)
{
    const char *word = lt_dimension_spell(dimension, value);
    FUZZ_CHECK(word != NULL && (value == 0 || word[0] != '\0'));
    FUZZ_CHECK(value == 0 || lt_dimension_value(dimension, word) == value);
}

static void check_fact(const struct lt_fact *fact)
{
    FUZZ_CHECK(fact->kind <= LT_KIND_DECLARATION);
    if (fact->kind == 0) /* taken back */
        return;
    FUZZ_CHECK(fact->author != NULL && fact->place != NULL);
    FUZZ_CHECK(fact->authority != NULL || fact->authority_code != NULL);
    FUZZ_CHECK(fact->quantity <= LT_QUANTITY_MAX && fact->month <= 12);
    FUZZ_CHECK(fact->year == 0 || (fact->year >= LT_YEAR_MIN && fact->year <= LT_YEAR_MAX));
    FUZZ_CHECK(fact->span_from == 0 || fact->span_from <= fact->year);
    FUZZ_CHECK(fact->code != NULL && fact->field != NULL && fact->movement != NULL);
    check_spelt(LT_DIM_KIND, (uint8_t)fact->kind);
    check_spelt(LT_DIM_LEVEL, fact->level);
    check_spelt(LT_DIM_TYPE, fact->type);
    check_spelt(LT_DIM_CATEGORY, fact->category);
    check_spelt(LT_DIM_SEX, fact->sex);
    check_spelt(LT_DIM_NATURE, fact->nature);
    check_spelt(LT_DIM_STATUS, fact->status);
}

static bool same_fact(const struct lt_fact *a, const struct lt_fact *b)
{
    return a->kind == b->kind && a->place == b->place && a->authority == b->authority &&
           a->year == b->year && a->quantity == b->quantity && a->status == b->status &&
           a->detail == b->detail && memcmp(a->scope, b->scope, sizeof(a->scope)) == 0;
}

static void judge(const struct lt_book *book, const struct lt_place *author,
                  const Lienthong__ReportBody *body)
{
    for (uint32_t i = 0; i < body->n_changes; i++) {
        struct lt_fact fact = {0}, again = {0};
        struct lt_natural natural;
        const enum lt_verdict verdict = lt_judge(book, author, body, i, &fact);
        FUZZ_CHECK(lt_verdict_text(verdict)[0] != '\0');
        FUZZ_CHECK(lt_judge(book, author, body, i, &again) == verdict);
        if (verdict == LT_COUNTS) {
            check_fact(&fact);
            FUZZ_CHECK(same_fact(&fact, &again));
        }
        lt_natural_key(body, &author->unit, i, NULL, &natural);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_REPORT, .frame.body_version = 1};
    Lienthong__ReportBody *body;
    if (size < 1)
        return 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(arena);
    update.body = (struct lt_bytes){data + 1, size - 1};
    if (lt_report_read(&update, arena, &body) == LT_OK) {
        static const struct lt_book *book;
        book = book != NULL ? book : told_book();
        judge(book, lt_book_place_at(book, data[0] % lt_book_place_count(book)), body);
    }
    lt_arena_free(arena);
    return 0;
}
