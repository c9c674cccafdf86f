/* fuzz_persons.c - personal parts that were really made: persons from the input, under a salt, signed as an update;
 * read back, sealed for some, opened, and taken out one by one. What goes in comes out; identity and root hold
 * through all of it; and no bit of the update can be changed unseen.
 *
 * The first byte marks which of the next persons are taken out, the second chooses the bit; then texts, each with a
 * byte of length, three a person. */
#include <sodium.h>
#include <string.h>

#include "proto/letters.h"
#include "proto/update.h"
#include "tests/fuzz/fuzz.h"

enum { PERSONS_MAX = 8, TEXTS = 3, BUDGET = 2 * LT_UNPACK_BYTES_MAX };

struct made {
    size_t count;
    char texts[PERSONS_MAX][TEXTS][256];
    Lienthong__Person persons[PERSONS_MAX];
    const Lienthong__Person *list[PERSONS_MAX];
    Lienthong__Change changes[PERSONS_MAX], *change_list[PERSONS_MAX];
    Lienthong__Exemplar exemplar;
    Lienthong__Period period;
    struct lt_hash root;
    uint8_t *bytes;
    size_t size;
    struct lt_hash id;
};

/* A person without a word is none. */
static void take_person(struct made *made, const uint8_t **at, size_t *left)
{
    char(*texts)[256] = made->texts[made->count];
    bool some = false;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t size = *left > 0 ? **at : 0;
        *at += *left > 0;
        *left -= *left > 0;
        size = size < *left ? size : *left;
        memcpy(texts[i], *at, size);
        texts[i][size] = '\0';
        *at += size;
        *left -= size;
        if (!lt_text_valid((const uint8_t *)texts[i], strlen(texts[i]), false))
            texts[i][0] = '\0';
        some = some || texts[i][0] != '\0';
    }
    Lienthong__Person *person = &made->persons[made->count];
    lienthong__person__init(person);
    person->name = texts[0];
    person->workplace = texts[1];
    person->position = texts[2];
    made->list[made->count++] = some ? person : NULL;
}

static void make_body(struct made *made, Lienthong__ReportBody *body)
{
    lienthong__report_body__init(body);
    lienthong__exemplar__init(&made->exemplar);
    lienthong__period__init(&made->period);
    made->period.kind = LIENTHONG__PERIOD_KIND__PERIOD_YEAR;
    made->period.to = 2020;
    made->exemplar.period = &made->period;
    for (size_t i = 0; i < made->count; i++) {
        lienthong__change__init(&made->changes[i]);
        made->changes[i].exemplar = &made->exemplar;
        made->change_list[i] = &made->changes[i];
    }
    body->changes = made->change_list;
    body->n_changes = made->count;
    body->personal_root = (ProtobufCBinaryData){32, made->root.bytes};
}

/* False: nobody is named. */
static bool make_update(struct made *made)
{
    static const uint8_t salt[32] = {1}, seed[32] = {9};
    Lienthong__ReportBody body;
    struct lt_secret secret;
    struct lt_frame frame = {
        .chain = {LT_STREAM_REPORT, {.code = "807"}}, .seq = 1, .body_version = 1};
    uint8_t *personal = NULL;
    size_t personal_size = 0;
    bool named = false;
    for (size_t i = 0; i < made->count; i++)
        named = named || made->list[i] != NULL;
    if (!named)
        return false;
    FUZZ_CHECK(lt_personal_make(made->list, made->count, salt, &personal, &personal_size,
                                &made->root) == LT_OK);
    make_body(made, &body);
    const size_t size = lienthong__report_body__get_packed_size(&body);
    uint8_t *bytes = malloc(size + 1);
    FUZZ_CHECK(bytes && lienthong__report_body__pack(&body, bytes) == size);
    crypto_sign_seed_keypair(frame.key.bytes, secret.bytes, seed);
    FUZZ_CHECK(lt_update_seal(&frame, (struct lt_bytes){bytes, size},
                              (struct lt_bytes){personal, personal_size}, &secret, &made->bytes,
                              &made->size, &made->id) == LT_OK);
    free(personal);
    free(bytes);
    return true;
}

/* All that a hub looks at. */
static enum lt_result look(struct lt_bytes bytes, struct lt_arena *arena,
                           struct lt_update *ret_update, Lienthong__ReportBody **ret_body)
{
    enum lt_result result = lt_update_open(bytes, ret_update);
    if (result == LT_OK)
        result = lt_update_verify(ret_update);
    return result == LT_OK ? lt_report_read(ret_update, arena, ret_body) : result;
}

static bool same_person(const Lienthong__Person *a, const Lienthong__Person *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->workplace, b->workplace) == 0 &&
           strcmp(a->position, b->position) == 0;
}

/* Everybody is there but those of `gone`. */
static void check_persons(const struct made *made, const Lienthong__Personal *personal,
                          uint8_t gone, struct lt_arena *arena)
{
    for (uint32_t i = 0; i < made->count; i++) {
        const Lienthong__Person *person = lt_personal_find(personal, i, arena);
        const bool there = made->list[i] != NULL && (gone >> i & 1) == 0;
        FUZZ_CHECK((person != NULL) == there);
        FUZZ_CHECK(!there || same_person(person, made->list[i]));
        if (made->list[i] != NULL && !there)
            FUZZ_CHECK(personal == NULL || lt_personal_erased(personal, NULL, i) ||
                       lt_personal_hidden(personal, i));
    }
}

static void check_plain(const struct made *made, struct lt_bytes bytes, uint8_t gone)
{
    struct lt_arena *arena = lt_arena_new(BUDGET);
    struct lt_update update;
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal;
    FUZZ_CHECK(arena && look(bytes, arena, &update, &body) == LT_OK);
    FUZZ_CHECK(lt_hash_cmp(&update.id, &made->id) == 0);
    FUZZ_CHECK(lt_personal_read(update.personal, body, arena, &personal) == LT_OK);
    check_persons(made, personal, gone, arena);
    lt_arena_free(arena);
}

static void check_sealed(const struct made *made, struct lt_bytes bytes, const uint8_t key[32],
                         uint8_t gone)
{
    static const uint8_t another[32] = {3};
    struct lt_arena *arena = lt_arena_new(BUDGET);
    struct lt_update update;
    Lienthong__ReportBody *body;
    Lienthong__Sealed *sealed;
    Lienthong__Personal *personal;
    FUZZ_CHECK(arena && look(bytes, arena, &update, &body) == LT_OK);
    FUZZ_CHECK(lt_hash_cmp(&update.id, &made->id) == 0);
    FUZZ_CHECK(lt_sealed_read(update.sealed, body, arena, &sealed) == LT_OK);
    const struct lt_hash *body_hash = &update.frame.body_hash;
    FUZZ_CHECK(lt_sealed_open(sealed, body_hash, key, arena, &personal) == LT_OK);
    check_persons(made, personal, gone, arena);
    FUZZ_CHECK(lt_sealed_open(sealed, body_hash, another, arena, &personal) == LT_OK);
    check_persons(made, personal, 0xff, arena);
    lt_arena_free(arena);
}

/* *ret_bytes is malloc'ed; NULL: there was nobody to take out. */
static void take_out(struct lt_bytes bytes, uint8_t gone, uint8_t **ret_bytes, size_t *ret_size)
{
    struct lt_arena *arena = lt_arena_new(BUDGET);
    struct lt_update update;
    Lienthong__ReportBody *body;
    uint8_t marks[PERSONS_MAX];
    for (size_t i = 0; i < PERSONS_MAX; i++)
        marks[i] = gone >> i & 1;
    FUZZ_CHECK(arena && look(bytes, arena, &update, &body) == LT_OK);
    const enum lt_result result =
        lt_update_redact(&update, body, marks, arena, ret_bytes, ret_size);
    FUZZ_CHECK(result == LT_OK || result == LT_NOT_FOUND);
    if (result != LT_OK)
        *ret_bytes = NULL;
    lt_arena_free(arena);
}

static void close_up(const struct made *made, const uint8_t key[32], uint8_t **ret_bytes,
                     size_t *ret_size)
{
    static const struct lt_seal_key whose = {{1}, {2}};
    static const uint8_t nonce[24] = {4};
    struct lt_arena *arena = lt_arena_new(BUDGET);
    struct lt_update update;
    Lienthong__ReportBody *body;
    FUZZ_CHECK(arena &&
               look((struct lt_bytes){made->bytes, made->size}, arena, &update, &body) == LT_OK);
    FUZZ_CHECK(lt_update_close(&update, body, &whose, 1, key, nonce, arena, ret_bytes, ret_size) ==
               LT_OK);
    lt_arena_free(arena);
}

/* A changed bit is seen. */
static void flip(uint8_t *bytes, size_t size, uint32_t bit)
{
    struct lt_arena *arena = lt_arena_new(BUDGET);
    struct lt_update update;
    Lienthong__ReportBody *body;
    FUZZ_CHECK(arena);
    bytes[bit / 8 % size] ^= (uint8_t)(1 << bit % 8);
    FUZZ_CHECK(look((struct lt_bytes){bytes, size}, arena, &update, &body) != LT_OK);
    lt_arena_free(arena);
}

static void try_all(const struct made *made, uint8_t gone, uint32_t bit)
{
    static const uint8_t key[32] = {7};
    uint8_t *less, *closed;
    size_t less_size, closed_size;
    const struct lt_bytes whole = {made->bytes, made->size};
    check_plain(made, whole, 0);
    take_out(whole, gone, &less, &less_size);
    if (less != NULL)
        check_plain(made, (struct lt_bytes){less, less_size}, gone);
    free(less);
    close_up(made, key, &closed, &closed_size);
    check_sealed(made, (struct lt_bytes){closed, closed_size}, key, 0);
    take_out((struct lt_bytes){closed, closed_size}, gone, &less, &less_size);
    if (less != NULL)
        check_sealed(made, (struct lt_bytes){less, less_size}, key, gone);
    free(less);
    free(closed);
    flip(made->bytes, made->size, bit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct made made;
    if (size < 4)
        return 0;
    FUZZ_CHECK(sodium_init() >= 0);
    const uint8_t gone = data[0];
    const uint32_t bit = (uint32_t)(data[1] << 16 | data[2] << 8 | data[3]);
    const uint8_t *at = data + 4;
    size_t left = size - 4;
    memset(&made, 0, sizeof(made));
    while (left > 0 && made.count < PERSONS_MAX)
        take_person(&made, &at, &left);
    if (make_update(&made))
        try_all(&made, gone, bit);
    free(made.bytes);
    return 0;
}
