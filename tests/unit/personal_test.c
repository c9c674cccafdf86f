#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/samples.h"

enum { ROWS = 5 };

struct fixture {
    struct lt_arena *arena;
    struct sample_awards *awards;
    Lienthong__Personal *parsed; /* of `awards`, allocated by malloc, for bending */
};

static int fixture_make(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    assert_non_null(f);
    f->arena = lt_arena_new(LT_UNPACK_BYTES_MAX);
    f->awards = sample_awards_new(ROWS);
    f->parsed =
        lienthong__personal__unpack(NULL, f->awards->personal.size, f->awards->personal.data);
    assert_true(f->arena && f->parsed && f->parsed->n_rows == ROWS);
    *state = f;
    return 0;
}

static int fixture_drop(void **state)
{
    struct fixture *f = *state;
    lienthong__personal__free_unpacked(f->parsed, NULL);
    sample_awards_free(f->awards);
    lt_arena_free(f->arena);
    free(f);
    return 0;
}

static enum lt_result read_parsed(struct fixture *f, Lienthong__Personal **ret_personal)
{
    const size_t size = lienthong__personal__get_packed_size(f->parsed);
    uint8_t *bytes = malloc(size + 1);
    assert_non_null(bytes);
    lienthong__personal__pack(f->parsed, bytes);
    const enum lt_result result =
        lt_personal_read((struct lt_bytes){bytes, size}, &f->awards->body, f->arena, ret_personal);
    free(bytes);
    return result;
}

static void finds_each_person(void **state)
{
    struct fixture *f = *state;
    Lienthong__Personal *personal;
    assert_int_equal(read_parsed(f, &personal), LT_OK);
    for (uint32_t i = 0; i < ROWS; i++) {
        const Lienthong__Person *person = lt_personal_find(personal, i, f->arena);
        assert_non_null(person);
        assert_string_equal(person->name, f->awards->names[i]);
    }
    assert_string_equal(lt_personal_find(personal, 0, f->arena)->position, "Giáo viên");
    assert_null(lt_personal_find(personal, ROWS, f->arena));
    assert_null(lt_personal_find(NULL, 0, f->arena));
}

static void make_leaves_out_who_is_not_named(void **state)
{
    struct fixture *f = *state;
    const Lienthong__Person *some[ROWS] = {NULL, &f->awards->persons[1], NULL, NULL,
                                           &f->awards->persons[4]};
    Lienthong__Person empty;
    lienthong__person__init(&empty);
    some[2] = &empty;
    uint8_t *bytes, salt[32] = {1};
    size_t size;
    struct lt_hash root;
    Lienthong__Personal *personal;
    assert_int_equal(lt_personal_make(some, ROWS, salt, &bytes, &size, &root), LT_OK);
    f->awards->body.personal_root = sample_span(root.bytes, 32);
    assert_int_equal(
        lt_personal_read((struct lt_bytes){bytes, size}, &f->awards->body, f->arena, &personal),
        LT_OK);
    assert_int_equal(personal->n_rows, 2);
    assert_null(lt_personal_find(personal, 2, f->arena));
    assert_string_equal(lt_personal_find(personal, 4, f->arena)->name, "Cá nhân 0005");
    free(bytes);
    some[1] = some[4] = NULL;
    assert_int_equal(lt_personal_make(some, ROWS, salt, &bytes, &size, &root), LT_OK);
    assert_true(bytes == NULL && size == 0);
    empty.name = sample_text("a\x01");
    assert_int_equal(lt_personal_make(some, ROWS, salt, &bytes, &size, &root), LT_MALFORMED);
}

/* As protocol.md tells it, by other means than personal.c. */
static void leaf_by_the_book(const uint8_t salt[32], uint32_t index,
                             const ProtobufCBinaryData *person, uint8_t ret_leaf[32],
                             uint8_t ret_row_salt[32])
{
    const uint8_t be[4] = {0, 0, 0, (uint8_t)index};
    uint8_t text[1024] = "lienthong person v1";
    crypto_generichash(ret_row_salt, 32, be, 4, salt, 32);
    memcpy(text + 20, be, 4);
    memcpy(text + 24, person->data, person->len);
    crypto_generichash(ret_leaf, 32, text, 24 + person->len, ret_row_salt, 32);
}

static void erase(struct fixture *f, uint32_t row, const uint8_t leaf[32])
{
    Lienthong__PersonalRow *r = f->parsed->rows[row];
    free(r->person.data);
    free(r->salt.data);
    r->person = r->salt = (ProtobufCBinaryData){0, NULL};
    r->leaf = (ProtobufCBinaryData){32, malloc(32)};
    memcpy(r->leaf.data, leaf, 32);
}

static void erased_rows_keep_the_root(void **state)
{
    struct fixture *f = *state;
    Lienthong__Personal *personal;
    uint8_t salt[32], leaf[ROWS][32];
    memcpy(salt, f->parsed->salt.data, 32);
    for (uint32_t i = 0; i < ROWS; i++) {
        Lienthong__PersonalRow *row = f->parsed->rows[i];
        row->salt = (ProtobufCBinaryData){32, malloc(32)};
        leaf_by_the_book(salt, i, &row->person, leaf[i], row->salt.data);
    }
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED); /* rows' salts beside the update's */
    free(f->parsed->salt.data);
    f->parsed->salt = (ProtobufCBinaryData){0, NULL};
    assert_int_equal(read_parsed(f, &personal), LT_OK);
    erase(f, 0, leaf[0]);
    erase(f, 3, leaf[3]);
    assert_int_equal(read_parsed(f, &personal), LT_OK);
    assert_null(lt_personal_find(personal, 0, f->arena));
    assert_string_equal(lt_personal_find(personal, 4, f->arena)->name, "Cá nhân 0005");
    for (uint32_t i = 1; i < ROWS; i++)
        if (i != 3)
            erase(f, i, leaf[i]);
    assert_int_equal(read_parsed(f, &personal), LT_OK); /* all of them */
    f->parsed->rows[2]->leaf.data[7] ^= 1;
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH);
    f->parsed->rows[2]->leaf.data[7] ^= 1;
    f->parsed->rows[2]->leaf.len = 0;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED); /* nothing said of it */
    f->parsed->rows[2]->leaf.len = 31;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED);
}

/* The whole update, as a hub stores it. */
static void an_update_loses_rows_and_keeps_what_was_signed(void **state)
{
    struct fixture *f = *state;
    struct sample_awards *awards = f->awards;
    const struct lt_bytes bytes = sample_awards_update(ROWS);
    struct lt_update update, left;
    Lienthong__ReportBody *body;
    Lienthong__Personal *personal;
    uint8_t changes[ROWS] = {0, 1, 0, 0, 0}, *less, *least;
    size_t size, least_size;
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_report_read(&update, f->arena, &body), LT_OK);
    assert_int_equal(lt_update_redact(&update, body, changes, f->arena, &less, &size), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){less, size}, &left), LT_OK);
    assert_int_equal(lt_update_verify(&left), LT_OK);
    assert_memory_equal(&left.id, &update.id, 32);
    assert_int_equal(lt_report_read(&left, f->arena, &body), LT_OK);
    assert_int_equal(lt_personal_read(left.personal, body, f->arena, &personal), LT_OK);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_int_equal(lt_personal_find(personal, i, f->arena) == NULL, i == 1);
    assert_true(lt_personal_erased(personal, body, 1) && !lt_personal_erased(personal, body, 2));
    /* Neither the name nor what would open its leaf is left. */
    assert_null(memmem(less, size, awards->names[1], strlen(awards->names[1])));
    assert_null(memmem(less, size, f->parsed->salt.data, 32));
    /* Once more is nothing; another row, and then all. */
    assert_int_equal(lt_update_redact(&left, body, changes, f->arena, &least, &least_size),
                     LT_NOT_FOUND);
    memset(changes, 1, sizeof changes);
    assert_int_equal(lt_update_redact(&left, body, changes, f->arena, &least, &least_size), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){least, least_size}, &left), LT_OK);
    assert_int_equal(lt_report_read(&left, f->arena, &body), LT_OK);
    assert_int_equal(lt_personal_read(left.personal, body, f->arena, &personal), LT_OK);
    assert_int_equal(personal->n_rows, ROWS);
    for (uint32_t i = 0; i < ROWS; i++)
        assert_null(memmem(least, least_size, awards->names[i], strlen(awards->names[i])));
    free(less);
    free(least);
    sample_free(bytes);
}

/* Where the salts of the rows that stay find no room, none stays; the law goes first. */
static void a_full_update_loses_all(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 4000 };
    const struct lt_bytes bytes = sample_awards_update(MANY);
    struct lt_arena *arena = lt_arena_new(4 * LT_UNPACK_BYTES_MAX);
    struct lt_update update, left;
    Lienthong__ReportBody *body;
    uint8_t *changes = calloc(MANY, 1), *less;
    size_t size;
    assert_true(changes != NULL && arena != NULL && f != NULL);
    assert_true(bytes.size + (size_t)MANY * 34 > LT_UPDATE_BYTES_MAX);
    assert_int_equal(lt_update_open(bytes, &update), LT_OK);
    assert_int_equal(lt_report_read(&update, arena, &body), LT_OK);
    changes[MANY - 1] = 1;
    assert_int_equal(lt_update_redact(&update, body, changes, arena, &less, &size), LT_OK);
    assert_int_equal(lt_update_open((struct lt_bytes){less, size}, &left), LT_OK);
    assert_int_equal(lt_update_verify(&left), LT_OK);
    assert_int_equal(left.personal.size, 0);
    assert_true(lt_personal_erased(NULL, body, 0));
    free(less);
    free(changes);
    lt_arena_free(arena);
    sample_free(bytes);
}

static void what_is_changed_shows(void **state)
{
    struct fixture *f = *state;
    Lienthong__Personal *personal = NULL;
    Lienthong__PersonalRow **rows = f->parsed->rows;
    rows[1]->person.data[3] ^= 1;
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH);
    rows[1]->person.data[3] ^= 1;
    f->parsed->salt.data[0] ^= 1;
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH);
    f->parsed->salt.data[0] ^= 1;
    f->parsed->n_rows = ROWS - 1; /* one withheld */
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH);
    f->parsed->n_rows = 0;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED);
    f->parsed->n_rows = ROWS;
    rows[4]->change = ROWS;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED); /* beyond the body */
    rows[4]->change = 3;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED); /* not ascending */
    rows[4]->change = 4;
    /* Two rows exchanged: both texts are true, of the wrong records. */
    const ProtobufCBinaryData first = rows[1]->person;
    rows[1]->person = rows[2]->person;
    rows[2]->person = first;
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH);
    rows[2]->person = rows[1]->person;
    rows[1]->person = first;
    f->awards->body.personal_root.len = 0;
    assert_int_equal(read_parsed(f, &personal), LT_BAD_HASH); /* the body named none */
    f->awards->body.personal_root.len = 32;
    assert_null(personal);
    assert_int_equal(read_parsed(f, &personal), LT_OK);
}

static void persons_are_texts(void **state)
{
    struct fixture *f = *state;
    Lienthong__Personal *personal;
    f->parsed->rows[0]->person.data[2] = 0x07;
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED);
    f->parsed->rows[0]->person.data[0] = 0x08; /* a number where the name belongs */
    assert_int_equal(read_parsed(f, &personal), LT_MALFORMED);
}

int main(void)
{
    if (sodium_init() < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_each_person, fixture_make, fixture_drop),
        cmocka_unit_test_setup_teardown(make_leaves_out_who_is_not_named, fixture_make,
                                        fixture_drop),
        cmocka_unit_test_setup_teardown(erased_rows_keep_the_root, fixture_make, fixture_drop),
        cmocka_unit_test_setup_teardown(an_update_loses_rows_and_keeps_what_was_signed,
                                        fixture_make, fixture_drop),
        cmocka_unit_test_setup_teardown(a_full_update_loses_all, fixture_make, fixture_drop),
        cmocka_unit_test_setup_teardown(what_is_changed_shows, fixture_make, fixture_drop),
        cmocka_unit_test_setup_teardown(persons_are_texts, fixture_make, fixture_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
