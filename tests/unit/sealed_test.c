/* Names that only some can read: what everyone can check of them, and what a key opens. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "agent/seal.h"
#include "tests/unit/samples.h"

enum { ROWS = 5 };

struct fixture {
    struct lt_arena *arena;
    struct lt_bytes plain; /* the update as it would be without sealing */
    struct lt_box_pair hub, unit, stranger;
    uint8_t *bytes; /* sealed to hub and unit */
    size_t size;
    struct lt_update update;
    Lienthong__ReportBody *body;
};

static void pair_make(struct lt_box_pair *pair, uint8_t number)
{
    memset(pair->secret, number, sizeof pair->secret);
    crypto_scalarmult_base(pair->public_key, pair->secret);
}

static void close_to(struct fixture *f, const struct lt_box_pair *const *pairs, size_t count)
{
    uint8_t keys[LT_SEAL_KEYS_MAX][32];
    for (size_t i = 0; i < count; i++)
        memcpy(keys[i], pairs[i]->public_key, 32);
    f->bytes = malloc(f->plain.size);
    assert_non_null(f->bytes);
    memcpy(f->bytes, f->plain.data, f->plain.size);
    f->size = f->plain.size;
    assert_int_equal(lt_seal_close(&f->bytes, &f->size, (const uint8_t(*)[32])keys, count), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){f->bytes, f->size}, &f->update), LT_OK);
    assert_int_equal(lt_report_read(&f->update, f->arena, &f->body), LT_OK);
}

static int begin(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    f->plain = sample_awards_update(ROWS);
    pair_make(&f->hub, 3);
    pair_make(&f->unit, 5);
    pair_make(&f->stranger, 7);
    const struct lt_box_pair *const two[] = {&f->hub, &f->unit};
    close_to(f, two, 2);
    *state = f;
    return 0;
}

static int end(void **state)
{
    struct fixture *f = *state;
    sample_free(f->plain);
    lt_arena_free(f->arena);
    free(f->bytes);
    free(f);
    return 0;
}

static Lienthong__Personal *read_with(struct fixture *f, const struct lt_update *update,
                                      const struct lt_box_pair *pair)
{
    struct lt_box_ring ring = {.count = 0};
    Lienthong__Personal *personal = NULL;
    if (pair != NULL)
        lt_box_ring_add(&ring, pair);
    assert_int_equal(lt_seal_read(update, f->body, &ring, f->arena, &personal), LT_OK);
    return personal;
}

static void holders_of_a_key_read_and_nobody_else(void **state)
{
    struct fixture *f = *state;
    struct lt_update plain;
    assert_int_equal(lt_update_open(f->plain, &plain), LT_OK);
    assert_int_equal(lt_update_verify(&f->update), LT_OK);
    assert_memory_equal(&plain.id, &f->update.id, 32); /* sealing changes nothing that is signed */
    assert_int_equal(f->update.personal.size, 0);
    const Lienthong__Personal *by_hub = read_with(f, &f->update, &f->hub);
    const Lienthong__Personal *by_unit = read_with(f, &f->update, &f->unit);
    const Lienthong__Personal *by_stranger = read_with(f, &f->update, &f->stranger);
    const Lienthong__Personal *by_nobody = read_with(f, &f->update, NULL);
    for (uint32_t i = 0; i < ROWS; i++) {
        char name[64];
        snprintf(name, sizeof name, "Cá nhân %04u", i + 1);
        assert_string_equal(lt_personal_find(by_hub, i, f->arena)->name, name);
        assert_string_equal(lt_personal_find(by_unit, i, f->arena)->name, name);
        assert_null(lt_personal_find(by_stranger, i, f->arena));
        assert_true(lt_personal_hidden(by_stranger, i) &&
                    !lt_personal_erased(by_stranger, f->body, i));
        assert_true(lt_personal_hidden(by_nobody, i) && !lt_personal_hidden(by_hub, i));
        assert_null(memmem(f->bytes, f->size, name, strlen(name)));
    }
}

/* As protocol.md tells it, by other means than sealed.c. */
static void a_box_is_as_the_protocol_says(void **state)
{
    struct fixture *f = *state;
    Lienthong__Sealed *sealed;
    uint8_t key[32], nonce[24], bond[20 + 32 + 4] = "lienthong sealed v1", open[256], leaf[32];
    uint8_t text[1024] = "lienthong person v1";
    unsigned long long size;
    assert_int_equal(lt_sealed_read(f->update.sealed, f->body, f->arena, &sealed), LT_OK);
    assert_int_equal(sealed->n_keys, 2);
    assert_int_equal(crypto_box_seal_open(key, sealed->keys[0]->sealed.data, 80, f->hub.public_key,
                                          f->hub.secret),
                     0);
    const Lienthong__SealedRow *row = sealed->rows[3];
    memcpy(nonce, sealed->nonce.data, 24);
    nonce[23] ^= 3;
    memcpy(bond + 20, f->update.frame.body_hash.bytes, 32);
    bond[55] = 3;
    assert_int_equal(crypto_aead_xchacha20poly1305_ietf_decrypt(open, &size, NULL, row->box.data,
                                                                row->box.len, bond, sizeof bond,
                                                                nonce, key),
                     0);
    text[23] = 3;
    memcpy(text + 24, open + 32, (size_t)size - 32);
    crypto_generichash(leaf, 32, text, 24 + (size_t)size - 32, open, 32);
    assert_memory_equal(leaf, row->leaf.data, 32);
}

/* The same signed update around another sealed part. */
static void repack(struct fixture *f, const Lienthong__Sealed *sealed, uint8_t **ret_bytes,
                   struct lt_update *ret_update)
{
    static uint8_t packed[LT_UPDATE_BYTES_MAX];
    Lienthong__Update *outer = lienthong__update__unpack(NULL, f->size, f->bytes);
    const ProtobufCBinaryData before = outer->sealed;
    outer->sealed = (ProtobufCBinaryData){lienthong__sealed__pack(sealed, packed), packed};
    *ret_bytes = malloc(lienthong__update__get_packed_size(outer));
    const size_t size = lienthong__update__pack(outer, *ret_bytes);
    outer->sealed = before;
    lienthong__update__free_unpacked(outer, NULL);
    assert_int_equal(lt_update_open((struct lt_bytes){*ret_bytes, size}, ret_update), LT_OK);
}

/* Who can open it and who cannot take it alike: what is wrong inside a box shows only as a name that is not read. */
static void what_is_in_a_box_decides_nothing(void **state)
{
    struct fixture *f = *state;
    Lienthong__Sealed *sealed;
    Lienthong__ReportBody *body;
    struct lt_update bent;
    uint8_t *bytes;
    assert_int_equal(lt_sealed_read(f->update.sealed, f->body, f->arena, &sealed), LT_OK);
    sealed->rows[1]->box.data[5] ^= 1;
    const ProtobufCBinaryData box = sealed->rows[2]->box; /* two rows exchanged */
    sealed->rows[2]->box = sealed->rows[3]->box;
    sealed->rows[3]->box = box;
    repack(f, sealed, &bytes, &bent);
    assert_int_equal(lt_report_read(&bent, f->arena, &body), LT_OK);
    const Lienthong__Personal *personal = read_with(f, &bent, &f->hub);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(lt_personal_hidden(personal, i), i >= 1 && i <= 3);
    assert_string_equal(lt_personal_find(personal, 4, f->arena)->name, "Cá nhân 0005");
    free(bytes);
    /* A leaf is everyone's to check. */
    sealed->rows[0]->leaf.data[0] ^= 1;
    repack(f, sealed, &bytes, &bent);
    assert_int_equal(lt_report_read(&bent, f->arena, &body), LT_BAD_HASH);
    sealed->rows[0]->leaf.data[0] ^= 1;
    free(bytes);
    sealed->n_rows = ROWS - 1;
    repack(f, sealed, &bytes, &bent);
    assert_int_equal(lt_report_read(&bent, f->arena, &body), LT_BAD_HASH);
    sealed->n_rows = ROWS;
    free(bytes);
    sealed->rows[4]->change = ROWS;
    repack(f, sealed, &bytes, &bent);
    assert_int_equal(lt_report_read(&bent, f->arena, &body), LT_MALFORMED);
    free(bytes);
}

/* A box of one update in another says nothing there, though the key were the same. */
static void boxes_do_not_move_between_updates(void **state)
{
    struct fixture *f = *state;
    Lienthong__Sealed *sealed;
    Lienthong__Personal *personal;
    struct lt_hash other = f->update.frame.body_hash;
    uint8_t key[32];
    other.bytes[0] ^= 1;
    assert_int_equal(lt_sealed_read(f->update.sealed, f->body, f->arena, &sealed), LT_OK);
    assert_int_equal(crypto_box_seal_open(key, sealed->keys[1]->sealed.data, 80, f->unit.public_key,
                                          f->unit.secret),
                     0);
    assert_int_equal(lt_sealed_open(sealed, &f->update.frame.body_hash, key, f->arena, &personal),
                     LT_OK);
    assert_false(lt_personal_hidden(personal, 0));
    assert_int_equal(lt_sealed_open(sealed, &other, key, f->arena, &personal), LT_OK);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_true(lt_personal_hidden(personal, i));
}

static void personal_beside_sealed_is_malformed(void **state)
{
    struct fixture *f = *state;
    struct lt_update both;
    Lienthong__Update *outer = lienthong__update__unpack(NULL, f->size, f->bytes);
    outer->personal = (ProtobufCBinaryData){4, malloc(4)};
    memcpy(outer->personal.data, "\x0a\x02hi", 4);
    uint8_t *bytes = malloc(lienthong__update__get_packed_size(outer));
    const size_t size = lienthong__update__pack(outer, bytes);
    assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &both), LT_MALFORMED);
    lienthong__update__free_unpacked(outer, NULL);
    free(bytes);
}

static void a_sealed_row_is_erased_by_who_cannot_read_it(void **state)
{
    struct fixture *f = *state;
    uint8_t changes[ROWS] = {0, 1, 0, 0, 0}, *bytes;
    size_t size;
    struct lt_update left;
    assert_int_equal(lt_update_redact(&f->update, f->body, changes, f->arena, &bytes, &size),
                     LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){bytes, size}, &left), LT_OK);
    assert_memory_equal(&left.id, &f->update.id, 32);
    assert_int_equal(lt_report_read(&left, f->arena, &f->body), LT_OK);
    const Lienthong__Personal *personal = read_with(f, &left, &f->hub);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(lt_personal_find(personal, i, f->arena) == NULL, i == 1);
    assert_true(lt_personal_erased(personal, f->body, 1) && !lt_personal_hidden(personal, 1));
    free(bytes);
}

static void a_units_key_is_handed_to_its_machine(void **state)
{
    struct fixture *f = *state;
    struct lt_unit unit, other;
    struct lt_box_pair own, same, its, taken;
    struct lt_unit_box handed = {.handed = true};
    assert_int_equal(lt_unit_make("28162", 0, &unit), LT_OK);
    assert_int_equal(lt_unit_make("28162", 20270, &other), LT_OK);
    lt_box_of_unit(&f->hub, &unit, &own);
    lt_box_of_unit(&f->hub, &unit, &same);
    lt_box_of_unit(&f->hub, &other, &its);
    assert_memory_equal(&own, &same, sizeof own);
    assert_memory_not_equal(own.public_key, its.public_key, 32);
    memcpy(handed.box_key, own.public_key, 32);
    memcpy(handed.machine, f->unit.public_key, 32);
    lt_box_hand(&own, f->unit.public_key, handed.secret);
    assert_true(lt_box_take(&handed, &f->unit, &taken));
    assert_memory_equal(&taken, &own, sizeof own);
    assert_false(lt_box_take(&handed, &f->stranger, &taken));
    handed.handed = false; /* told for all to seal to */
    assert_false(lt_box_take(&handed, &f->unit, &taken));
    handed.handed = true;
    memcpy(handed.box_key, its.public_key, 32); /* a secret that is not that key's */
    assert_false(lt_box_take(&handed, &f->unit, &taken));
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(holders_of_a_key_read_and_nobody_else, begin, end),
        cmocka_unit_test_setup_teardown(a_box_is_as_the_protocol_says, begin, end),
        cmocka_unit_test_setup_teardown(what_is_in_a_box_decides_nothing, begin, end),
        cmocka_unit_test_setup_teardown(boxes_do_not_move_between_updates, begin, end),
        cmocka_unit_test_setup_teardown(personal_beside_sealed_is_malformed, begin, end),
        cmocka_unit_test_setup_teardown(a_sealed_row_is_erased_by_who_cannot_read_it, begin, end),
        cmocka_unit_test_setup_teardown(a_units_key_is_handed_to_its_machine, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
