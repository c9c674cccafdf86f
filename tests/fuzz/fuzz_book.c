/* fuzz_book.c - two directive bodies of the top (the first byte says where the first one ends, in 256ths),
 * as they may say anything: the book is the same in either order, and answers. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "tests/fuzz/small_book.h"

static void ask_cut(const struct lt_chain_cut *cut, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        FUZZ_CHECK(i == 0 || lt_unit_cmp(&cut[i - 1].unit, &cut[i].unit) < 0);
        FUZZ_CHECK(lt_cut_of(cut, count, &cut[i].unit) == &cut[i]);
        FUZZ_CHECK(cut[i].count <= LT_PARENTS_MAX && (cut[i].count == 0 || cut[i].tips != NULL));
    }
}

static void ask_places(const struct lt_book *book)
{
    enum { ASKED_MAX = 40, DAY = 20500 };
    for (size_t i = 0; i < lt_book_place_count(book) && i < ASKED_MAX; i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        const struct lt_place *today = lt_book_today(book, place, DAY);
        FUZZ_CHECK(today == NULL ||
                   ((today->unit.valid_from == 0 || today->unit.valid_from <= DAY) &&
                    (today->valid_to == 0 || today->valid_to >= DAY)));
        for (size_t j = 0; j < lt_book_place_count(book) && j < ASKED_MAX; j++) {
            const struct lt_place *author = lt_book_place_at(book, j);
            const unsigned generation = lt_book_generation(book, place, author);
            FUZZ_CHECK(generation <= LT_DEPTH_MAX && (generation == 0) == (place == author));
            FUZZ_CHECK(generation == LT_DEPTH_MAX || lt_book_speaks_for(book, author, place));
        }
    }
}

static void ask(const struct lt_book *book)
{
    for (size_t i = 0; i < lt_book_succession_count(book); i++) {
        const struct lt_succession *heir = lt_book_succession_at(book, i);
        FUZZ_CHECK(heir->unit->valid_to != 0);
        FUZZ_CHECK(heir->successor == NULL || heir->successor->valid_to == 0 ||
                   heir->successor->valid_to > heir->unit->valid_to);
    }
    for (size_t i = 0; i < lt_book_cluster_count(book); i++) {
        const struct lt_cluster *cluster = lt_book_cluster_at(book, i);
        const char *told = cluster->code[0] != '\0' ? cluster->code : cluster->name;
        (void)lt_book_cluster(book, told, cluster->year, cluster->managing);
    }
    for (size_t i = 0; i < lt_book_closing_count(book); i++)
        ask_cut(lt_book_closing_at(book, i)->cut, lt_book_closing_at(book, i)->cut_count);
    for (size_t i = 0; i < lt_book_publication_count(book); i++)
        ask_cut(lt_book_publication_at(book, i)->cut, lt_book_publication_at(book, i)->cut_count);
    for (size_t i = 0; i < lt_book_obligation_count(book); i++) {
        const struct lt_obligation *owed = lt_book_obligation_at(book, i);
        FUZZ_CHECK((owed->unit == NULL) != (owed->within == NULL));
    }
    ask_places(book);
}

static Lienthong__DirectiveBody *read_body(const uint8_t *data, size_t size, struct lt_arena *arena)
{
    struct lt_update update = {.frame.chain.stream = LT_STREAM_DIRECTIVE, .frame.body_version = 1};
    Lienthong__DirectiveBody *body;
    update.body = (struct lt_bytes){data, size};
    return lt_directive_read(&update, arena, &body) == LT_OK ? body : NULL;
}

static void check(const struct lt_book *book, const Lienthong__DirectiveBody *body)
{
    size_t row = 0;
    char reason[160] = "";
    const enum lt_result result = lt_book_check_standing(
        book, (const Lienthong__Directive *const *)body->items, body->n_items, &row, reason);
    FUZZ_CHECK((result == LT_OK && reason[0] == '\0') ||
               (result == LT_REFUSED && row < body->n_items && reason[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct lt_arena *arena = lt_arena_new(LT_UNPACK_BYTES_MAX),
                    *other = lt_arena_new(LT_UNPACK_BYTES_MAX);
    FUZZ_CHECK(arena && other);
    const size_t first = (size - 1) * data[0] / 256;
    Lienthong__DirectiveBody *a = read_body(data + 1, first, arena);
    Lienthong__DirectiveBody *b = read_body(data + 1 + first, size - 1 - first, other);
    if (a != NULL && b != NULL) {
        struct lt_book *forth = small_book(), *back = small_book();
        struct lt_hash digests[2];
        check(forth, a);
        hear(forth, 2, a);
        check(forth, b);
        hear(forth, 3, b);
        hear(back, 3, b);
        hear(back, 2, a);
        ask(forth);
        ask(back);
        lt_book_digest(forth, &digests[0]);
        lt_book_digest(back, &digests[1]);
        FUZZ_CHECK(memcmp(&digests[0], &digests[1], sizeof(digests[0])) == 0);
        FUZZ_CHECK(lt_book_closing_count(forth) == lt_book_closing_count(back));
        FUZZ_CHECK(lt_book_obligation_count(forth) == lt_book_obligation_count(back));
        lt_book_free(forth);
        lt_book_free(back);
    }
    lt_arena_free(arena);
    lt_arena_free(other);
    return 0;
}
