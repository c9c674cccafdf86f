#include "proto/personal_own.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/shape.h"

/* With their NULs, which separate context from content. */
static const char leaf_context[] = "lienthong person v1";
static const char root_context[] = "lienthong persons v1";

void lt_personal_number(uint32_t value, uint8_t ret_bytes[4])
{
    for (int i = 0; i < 4; i++)
        ret_bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

void lt_personal_row_salt(const uint8_t salt[32], uint32_t index, uint8_t ret_salt[32])
{
    uint8_t be[4];
    lt_personal_number(index, be);
    crypto_generichash(ret_salt, 32, be, sizeof(be), salt, 32);
}

void lt_personal_row_leaf(const uint8_t salt[32], uint32_t index, const uint8_t *person,
                          size_t size, uint8_t ret_leaf[32])
{
    crypto_generichash_state state;
    uint8_t be[4];
    lt_personal_number(index, be);
    crypto_generichash_init(&state, salt, 32, 32);
    crypto_generichash_update(&state, (const uint8_t *)leaf_context, sizeof(leaf_context));
    crypto_generichash_update(&state, be, sizeof(be));
    crypto_generichash_update(&state, person, size);
    crypto_generichash_final(&state, ret_leaf, 32);
}

void lt_personal_root_begin(crypto_generichash_state *state, uint32_t count)
{
    uint8_t be[4];
    lt_personal_number(count, be);
    crypto_generichash_init(state, NULL, 0, 32);
    crypto_generichash_update(state, (const uint8_t *)root_context, sizeof(root_context));
    crypto_generichash_update(state, be, sizeof(be));
}

void lt_personal_root_add(crypto_generichash_state *state, uint32_t index, const uint8_t *leaf)
{
    uint8_t be[4];
    lt_personal_number(index, be);
    crypto_generichash_update(state, be, sizeof(be));
    crypto_generichash_update(state, leaf, 32);
}

/* The leaf of a row that lies whole, or erased, in an update whose salt is whole, or erased. */
static enum lt_result leaf_of(const Lienthong__Personal *personal,
                              const Lienthong__PersonalRow *row, uint8_t ret_leaf[32])
{
    const bool whole = personal->salt.len > 0;
    uint8_t derived[32];
    if (row->person.len == 0) {
        if (whole || row->salt.len > 0 || row->leaf.len == 0)
            return LT_MALFORMED;
        memcpy(ret_leaf, row->leaf.data, 32);
        return LT_OK;
    }
    if (row->leaf.len > 0 || (row->salt.len > 0) == whole)
        return LT_MALFORMED;
    if (whole)
        lt_personal_row_salt(personal->salt.data, row->change, derived);
    lt_personal_row_leaf(whole ? derived : row->salt.data, row->change, row->person.data,
                         row->person.len, ret_leaf);
    return LT_OK;
}

static enum lt_result rows_check(const Lienthong__Personal *personal, size_t change_count,
                                 const ProtobufCBinaryData *root)
{
    const struct lt_shape *person_shape = lt_shape_of(&lienthong__person__descriptor);
    crypto_generichash_state state;
    uint8_t leaf[32], computed[32];
    if (personal->n_rows == 0)
        return LT_MALFORMED;
    lt_personal_root_begin(&state, (uint32_t)personal->n_rows);
    for (size_t i = 0; i < personal->n_rows; i++) {
        const Lienthong__PersonalRow *row = personal->rows[i];
        if (row->change >= change_count || (i > 0 && row->change <= personal->rows[i - 1]->change))
            return LT_MALFORMED;
        enum lt_result result =
            lt_shape_check(person_shape, (struct lt_bytes){row->person.data, row->person.len});
        if (result == LT_OK)
            result = leaf_of(personal, row, leaf);
        if (result != LT_OK)
            return result;
        lt_personal_root_add(&state, row->change, leaf);
    }
    crypto_generichash_final(&state, computed, sizeof(computed));
    if (root->len != sizeof(computed) || memcmp(root->data, computed, sizeof(computed)) != 0)
        return LT_BAD_HASH;
    return LT_OK;
}

enum lt_result lt_personal_read(struct lt_bytes bytes, const Lienthong__ReportBody *body,
                                struct lt_arena *arena, Lienthong__Personal **ret_personal)
{
    if (bytes.size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    ProtobufCMessage *message;
    enum lt_result result = lt_shape_read(&lienthong__personal__descriptor, bytes, arena, &message);
    if (result != LT_OK)
        return result;
    Lienthong__Personal *personal = (Lienthong__Personal *)message;
    result = rows_check(personal, body->n_changes, &body->personal_root);
    if (result == LT_OK)
        *ret_personal = personal;
    return result;
}

const Lienthong__Person *lt_personal_find(const Lienthong__Personal *personal, uint32_t index,
                                          struct lt_arena *arena)
{
    size_t from = 0, to = personal ? personal->n_rows : 0;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (personal->rows[middle]->change < index)
            from = middle + 1;
        else
            to = middle;
    }
    if (!personal || from == personal->n_rows || personal->rows[from]->change != index)
        return NULL;
    const ProtobufCBinaryData *person = &personal->rows[from]->person;
    if (person->len == 0)
        return NULL;
    return lienthong__person__unpack(lt_arena_allocator(arena), person->len, person->data);
}

static bool says_something(const Lienthong__Person *person)
{
    return person && lienthong__person__get_packed_size(person) > 0;
}

/* Fills the rows, and the persons' bytes one behind the other into `packed`. */
static enum lt_result rows_make(const Lienthong__Person *const *persons, size_t count,
                                Lienthong__PersonalRow *rows, Lienthong__PersonalRow **pointers,
                                uint8_t *packed)
{
    const struct lt_shape *shape = lt_shape_of(&lienthong__person__descriptor);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!says_something(persons[i]))
            continue;
        lienthong__personal_row__init(&rows[n]);
        rows[n].change = (uint32_t)i;
        rows[n].person.data = packed;
        rows[n].person.len = lienthong__person__pack(persons[i], packed);
        const enum lt_result result =
            lt_shape_check(shape, (struct lt_bytes){packed, rows[n].person.len});
        if (result != LT_OK)
            return result;
        packed += rows[n].person.len;
        pointers[n] = &rows[n];
        n++;
    }
    return LT_OK;
}

static void root_of(const Lienthong__Personal *personal, struct lt_hash *ret_root)
{
    crypto_generichash_state state;
    uint8_t salt[32], leaf[32];
    lt_personal_root_begin(&state, (uint32_t)personal->n_rows);
    for (size_t i = 0; i < personal->n_rows; i++) {
        const Lienthong__PersonalRow *row = personal->rows[i];
        lt_personal_row_salt(personal->salt.data, row->change, salt);
        lt_personal_row_leaf(salt, row->change, row->person.data, row->person.len, leaf);
        lt_personal_root_add(&state, row->change, leaf);
    }
    crypto_generichash_final(&state, ret_root->bytes, sizeof(ret_root->bytes));
}

enum lt_result lt_personal_make(const Lienthong__Person *const *persons, size_t count,
                                const uint8_t salt[32], uint8_t **ret_bytes, size_t *ret_size,
                                struct lt_hash *ret_root)
{
    size_t n = 0, packed_size = 0;
    if (count > LT_CHANGES_MAX)
        return LT_TOO_LARGE;
    for (size_t i = 0; i < count; i++) {
        n += says_something(persons[i]);
        packed_size += persons[i] ? lienthong__person__get_packed_size(persons[i]) : 0;
    }
    if (packed_size > LT_UPDATE_BYTES_MAX)
        return LT_TOO_LARGE;
    if (n == 0) { /* nothing personal was said: no part, and a root that the body leaves out */
        *ret_bytes = NULL;
        *ret_size = 0;
        *ret_root = (struct lt_hash){{0}};
        return LT_OK;
    }
    enum lt_result result = LT_NO_MEMORY;
    Lienthong__Personal personal = LIENTHONG__PERSONAL__INIT;
    uint8_t own_salt[32];
    uint8_t *bytes = NULL;
    Lienthong__PersonalRow *rows = calloc(n, sizeof(*rows));
    Lienthong__PersonalRow **pointers = calloc(n, sizeof(Lienthong__PersonalRow *));
    uint8_t *packed = malloc(packed_size);
    if (!rows || !pointers || !packed)
        goto out;
    result = rows_make(persons, count, rows, pointers, packed);
    if (result != LT_OK)
        goto out;
    memcpy(own_salt, salt, sizeof(own_salt));
    personal.salt = (ProtobufCBinaryData){.len = sizeof(own_salt), .data = own_salt};
    personal.rows = pointers;
    personal.n_rows = n;
    result = LT_NO_MEMORY;
    const size_t size = lienthong__personal__get_packed_size(&personal);
    bytes = malloc(size);
    if (!bytes)
        goto out;
    *ret_size = lienthong__personal__pack(&personal, bytes);
    *ret_bytes = bytes;
    root_of(&personal, ret_root);
    result = LT_OK;
out:
    free(rows);
    free(pointers);
    free(packed);
    return result;
}
