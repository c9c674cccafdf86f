/* Persons taken out of an update. What was signed stays as it is: the row's leaf goes in the person's place. */
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/personal_own.h"

bool lt_personal_erased(const Lienthong__Personal *personal, const Lienthong__ReportBody *body,
                        uint32_t index)
{
    if (personal == NULL)
        return body->personal_root.len > 0;
    for (size_t i = 0; i < personal->n_rows; i++) {
        if (personal->rows[i]->change == index)
            return personal->rows[i]->person.len == 0 && personal->rows[i]->salt.len == 0;
    }
    return false;
}

bool lt_personal_hidden(const Lienthong__Personal *personal, uint32_t index)
{
    for (size_t i = 0; personal != NULL && i < personal->n_rows; i++) {
        if (personal->rows[i]->change == index)
            return personal->rows[i]->person.len == 0 && personal->rows[i]->salt.len > 0;
    }
    return false;
}

static bool holds(const Lienthong__PersonalRow *row, const uint8_t *changes)
{
    return row->person.len > 0 && changes[row->change] != 0;
}

/* The salt of the update would open the leaves of the rows that go: each row that stays gets its own. `room` has
 * 64 bytes for each row. */
static void take_out(Lienthong__Personal *personal, const uint8_t *changes, uint8_t *room)
{
    const bool whole = personal->salt.len > 0;
    for (size_t i = 0; i < personal->n_rows; i++) {
        Lienthong__PersonalRow *row = personal->rows[i];
        uint8_t *salt = room + 64 * i, *leaf = salt + 32;
        if (row->person.len == 0)
            continue; /* it went before */
        if (whole)
            lt_personal_row_salt(personal->salt.data, row->change, salt);
        else
            memcpy(salt, row->salt.data, 32);
        if (holds(row, changes)) {
            lt_personal_row_leaf(salt, row->change, row->person.data, row->person.len, leaf);
            row->leaf = (ProtobufCBinaryData){.len = 32, .data = leaf};
            row->person = (ProtobufCBinaryData){.len = 0, .data = NULL};
            row->salt = (ProtobufCBinaryData){.len = 0, .data = NULL};
        } else {
            row->salt = (ProtobufCBinaryData){.len = 32, .data = salt};
        }
    }
    personal->salt = (ProtobufCBinaryData){.len = 0, .data = NULL};
}

/* Where the salts of the rows that stay make it longer than an update may be, the whole part goes. */
static enum lt_result assemble(const struct lt_update *update, const Lienthong__Personal *personal,
                               struct lt_arena *arena, uint8_t **ret_bytes, size_t *ret_size)
{
    const size_t size = lienthong__personal__get_packed_size(personal);
    const struct lt_bytes none = {NULL, 0};
    struct lt_bytes packed = none;
    if (size <= LT_UPDATE_BYTES_MAX) {
        uint8_t *bytes = lt_arena_take(arena, size);
        if (bytes == NULL)
            return LT_NO_MEMORY;
        packed = (struct lt_bytes){bytes, lienthong__personal__pack(personal, bytes)};
    }
    enum lt_result result = lt_update_with(update, packed, none, ret_bytes, ret_size);
    if (result == LT_TOO_LARGE)
        result = lt_update_with(update, none, none, ret_bytes, ret_size);
    return result;
}

/* Of a sealed part the box goes; whether it could be opened does not matter. */
static enum lt_result redact_sealed(const struct lt_update *update,
                                    const Lienthong__ReportBody *body, const uint8_t *changes,
                                    struct lt_arena *arena, uint8_t **ret_bytes, size_t *ret_size)
{
    Lienthong__Sealed *sealed;
    size_t count = 0;
    const enum lt_result result = lt_sealed_read(update->sealed, body, arena, &sealed);
    if (result != LT_OK)
        return result;
    for (size_t i = 0; i < sealed->n_rows; i++) {
        Lienthong__SealedRow *row = sealed->rows[i];
        if (row->box.len == 0 || changes[row->change] == 0)
            continue;
        row->box = (ProtobufCBinaryData){0, NULL};
        count++;
    }
    return count == 0 ? LT_NOT_FOUND
                      : lt_update_with_sealed(update, sealed, arena, ret_bytes, ret_size);
}

enum lt_result lt_update_redact(const struct lt_update *update, const Lienthong__ReportBody *body,
                                const uint8_t *changes, struct lt_arena *arena, uint8_t **ret_bytes,
                                size_t *ret_size)
{
    Lienthong__Personal *personal;
    size_t count = 0;
    if (update->sealed.size > 0)
        return redact_sealed(update, body, changes, arena, ret_bytes, ret_size);
    if (update->personal.size == 0)
        return LT_NOT_FOUND;
    enum lt_result result = lt_personal_read(update->personal, body, arena, &personal);
    if (result != LT_OK)
        return result;
    for (size_t i = 0; i < personal->n_rows; i++)
        count += holds(personal->rows[i], changes);
    if (count == 0)
        return LT_NOT_FOUND;
    uint8_t *room = lt_arena_take(arena, 64 * personal->n_rows);
    if (room == NULL)
        return LT_NO_MEMORY;
    take_out(personal, changes, room);
    return assemble(update, personal, arena, ret_bytes, ret_size);
}
