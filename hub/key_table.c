#include "hub/key_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct filling {
    struct lt_key_table *table;
    const struct lt_unit *unit;
};

static void take(void *context, const struct lt_granted_key *key)
{
    const struct filling *filling = context;
    struct lt_key_table *table = filling->table;
    if (filling->unit != NULL && lt_unit_cmp(filling->unit, &key->unit) != 0) {
        return;
    }
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : table->capacity * 2;
        struct lt_granted_key *keys = realloc(table->keys, capacity * sizeof(*keys));
        if (keys == NULL) {
            table->failed = true;
            return;
        }
        table->keys = keys;
        table->capacity = capacity;
    }
    table->keys[table->count++] = *key;
}

static int by_unit(const void *a, const void *b)
{
    const struct lt_granted_key *first = a, *second = b;
    int order = lt_unit_cmp(&first->unit, &second->unit);
    order = order != 0 ? order : (int)first->role - (int)second->role;
    return order != 0 ? order : memcmp(&first->key, &second->key, sizeof(first->key));
}

enum lt_result lt_key_table_fill(struct lt_key_table *table, const struct lt_book *book,
                                 const struct lt_unit *unit)
{
    struct filling filling = {.table = table, .unit = unit};
    lt_book_granted_keys(book, take, &filling);
    if (table->count > 1) {
        qsort(table->keys, table->count, sizeof(*table->keys), by_unit);
    }
    return table->failed ? LT_NO_MEMORY : LT_OK;
}

void lt_key_table_free(struct lt_key_table *table)
{
    free(table->keys);
    *table = (struct lt_key_table){.count = 0};
}

enum lt_result lt_key_table_find(const struct lt_key_table *table, const char *digits,
                                 const struct lt_granted_key **ret_key,
                                 char ret_reason[LT_DIRECT_REASON_MAX])
{
    const struct lt_granted_key *found = NULL;
    size_t length = strlen(digits);
    if (length < LT_KEY_DIGITS_MIN || length > 64 ||
        digits[strspn(digits, "0123456789abcdef")] != '\0') {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX,
                 "%.80s: a key is named by its first 8 to 64 digits, 0-9 and a-f, as `keys` shows "
                 "them",
                 digits);
        return LT_USAGE;
    }
    for (size_t i = 0; i < table->count; i++) {
        char text[65];
        lt_hex(table->keys[i].key.bytes, 32, text);
        if (strncmp(text, digits, length) != 0) {
            continue;
        }
        if (found != NULL) {
            snprintf(ret_reason, LT_DIRECT_REASON_MAX,
                     "%s: several keys begin so; give more digits", digits);
            return LT_AMBIGUOUS;
        }
        found = &table->keys[i];
    }
    if (found == NULL) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s: no key begins so", digits);
        return LT_NOT_FOUND;
    }
    *ret_key = found;
    return LT_OK;
}

const char *lt_key_state(const struct lt_granted_key *key)
{
    return key->revoked  ? "revoked"
           : key->awaits ? "waiting"
           : key->stands ? "valid"
                         : "unknown here";
}
