#include "hub/audit_compare.h"

#include <stdio.h>
#include <string.h>

#include "hub/dimension.h"
#include "hub/words.h"

struct row {
    bool there;
    struct lt_bytes key, value;
};

static int compare_bytes(struct lt_bytes a, struct lt_bytes b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = size == 0 ? 0 : memcmp(a.data, b.data, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static void unit_text(struct lt_store_txn *txn, uint32_t number, char ret_text[LT_UNIT_TEXT_MAX])
{
    struct lt_unit unit;
    (void)snprintf(ret_text, LT_UNIT_TEXT_MAX, "?");
    if (lt_words_unit_at(txn, number, &unit))
        lt_unit_format(&unit, ret_text);
}

static void word_text(struct lt_store_txn *txn, uint32_t number, char *ret_text, size_t max)
{
    struct lt_bytes word;
    bool found = lt_words_text_at(txn, number, &word);
    (void)snprintf(ret_text, max, "%.*s", found ? (int)word.size : 1,
                   found ? (const char *)word.data : "?");
}

static void dims_text(struct lt_store_txn *txn, const struct lt_dims *dims, char *ret_text,
                      size_t max)
{
    char code[40], field[40], movement[40];
    word_text(txn, dims->code, code, sizeof code);
    word_text(txn, dims->field, field, sizeof field);
    word_text(txn, dims->movement, movement, sizeof movement);
    (void)snprintf(
        ret_text, max,
        "kind=%s code=%s level=%s type=%s recipient=%s category=%s sex=%s month=%u "
        "field=%s movement=%s nature=%s status=%s%s",
        lt_dimension_spell(LT_DIM_KIND, dims->kind), code,
        lt_dimension_spell(LT_DIM_LEVEL, dims->level), lt_dimension_spell(LT_DIM_TYPE, dims->type),
        lt_dimension_spell(LT_DIM_RECIPIENT, dims->recipient),
        lt_dimension_spell(LT_DIM_CATEGORY, dims->category),
        lt_dimension_spell(LT_DIM_SEX, dims->sex), dims->month, field, movement,
        lt_dimension_spell(LT_DIM_NATURE, dims->nature),
        lt_dimension_spell(LT_DIM_STATUS, dims->status), dims->outside ? " outside" : "");
}

static void cell_text(struct lt_store_txn *txn, struct lt_bytes key, char *ret_text, size_t max)
{
    static const char *const bases[] = {"both bases", "achieved", "decided", "?"};
    struct lt_cell_key cell;
    struct lt_dims dims;
    char place[LT_UNIT_TEXT_MAX], rest[300];
    memcpy(cell.bytes, key.data, sizeof cell.bytes);
    lt_cell_key_dims(&cell, &dims);
    const uint32_t number = lt_cell_key_place(&cell);
    unit_text(txn, LT_CELL_UNIT(number), place);
    dims_text(txn, &dims, rest, sizeof rest);
    (void)snprintf(ret_text, max, "%s=%s year=%u%s%.0u (%s) %s",
                   number & LT_TOLD  ? "told by"
                   : number & LT_OWN ? "itself"
                                     : "place",
                   place, dims.year, dims.span_from != 0 ? " from " : "", dims.span_from,
                   bases[lt_cell_key_basis(&cell) & 3], rest);
}

static void line_text(struct lt_store_txn *txn, struct lt_bytes key, char *ret_text, size_t max)
{
    struct lt_line_key line = {.bytes = {0}};
    struct lt_dims dims;
    char place[LT_UNIT_TEXT_MAX], teller[LT_UNIT_TEXT_MAX], scope[17], rest[300];
    memcpy(line.bytes, key.data, LT_LINE_KEY_BYTES);
    lt_line_key_dims(&line, &dims);
    unit_text(txn, lt_line_key_place(&line), place);
    unit_text(txn, lt_line_key_teller(&line), teller);
    lt_hex(line.bytes, 8, scope);
    dims_text(txn, &dims, rest, sizeof rest);
    (void)snprintf(ret_text, max, "scope %s…, %s by %s, place=%s year=%u %s", scope,
                   lt_line_key_total(&line) ? "total" : "names", teller, place, dims.year, rest);
}

static void key_text(struct lt_store_txn *txn, enum lt_state_table table, struct lt_bytes key,
                     char *ret_text, size_t max)
{
    if (table == LT_STATE_CELLS && key.size == LT_CELL_KEY_BYTES) {
        cell_text(txn, key, ret_text, max);
    } else if (table == LT_STATE_SCOPES && key.size == LT_LINE_KEY_BYTES) {
        line_text(txn, key, ret_text, max);
    } else if ((table == LT_STATE_VERSIONS || table == LT_STATE_QUARANTINE) && key.size >= 12) {
        const uint8_t *change = key.data + key.size - 12;
        (void)snprintf(ret_text, max, "change %u of update %llu", lt_get_u32(change + 8),
                       (unsigned long long)lt_get_u64(change));
    } else {
        char hex[129] = "";
        lt_hex(key.data, key.size < 64 ? key.size : 64, hex);
        (void)snprintf(ret_text, max, "key %s", hex);
    }
}

/* The sums of cells and lines are told as numbers, other rows as bytes. */
static void value_text(enum lt_state_table table, const struct row *row, char *ret_text, size_t max)
{
    size_t sums = table == LT_STATE_CELLS ? 3 : table == LT_STATE_SCOPES ? 2 : 0;
    size_t used = 0;
    if (!row->there) {
        (void)snprintf(ret_text, max, "nothing");
        return;
    }
    if (sums == 0 || row->value.size < 8 * sums) {
        char hex[81] = "";
        lt_hex(row->value.data, row->value.size < 40 ? row->value.size : 40, hex);
        (void)snprintf(ret_text, max, "%s", hex);
        return;
    }
    for (size_t i = 0; i < sums; i++)
        used += (size_t)snprintf(ret_text + used, max - used, "%s%lld", i == 0 ? "" : " / ",
                                 (long long)lt_get_u64(row->value.data + 8 * i));
}

static void tell(struct lt_store_txn *txn, enum lt_state_table table, const struct row *stored,
                 const struct row *recomputed, char *ret_difference, size_t max)
{
    char key[420], left[100], right[100];
    bool first =
        stored->there && (!recomputed->there || compare_bytes(stored->key, recomputed->key) < 0);
    bool second =
        recomputed->there && (!stored->there || compare_bytes(recomputed->key, stored->key) < 0);
    struct row none = {.there = false};
    key_text(txn, table, second ? recomputed->key : stored->key, key, sizeof key);
    value_text(table, second ? &none : stored, left, sizeof left);
    value_text(table, first ? &none : recomputed, right, sizeof right);
    (void)snprintf(ret_difference, max, "%s: %.350s: stored %s, recomputed %s",
                   lt_state_table_name(table), key, left, right);
}

static bool same_rows(struct lt_store_txn *stored, struct lt_store_txn *recomputed,
                      enum lt_state_table table, char *ret_difference, size_t max)
{
    struct lt_walk *left = lt_store_walk(stored, table);
    struct lt_walk *right = lt_store_walk(recomputed, table);
    bool same = left != NULL && right != NULL;
    while (same) {
        struct row a = {0}, b = {0};
        a.there = lt_walk_next(left, &a.key, &a.value);
        b.there = lt_walk_next(right, &b.key, &b.value);
        if (!a.there && !b.there)
            break;
        same = a.there && b.there && compare_bytes(a.key, b.key) == 0 &&
               compare_bytes(a.value, b.value) == 0;
        if (!same)
            tell(stored, table, &a, &b, ret_difference, max);
    }
    lt_walk_end(left);
    lt_walk_end(right);
    return same;
}

bool lt_audit_compare(struct lt_store_txn *stored, struct lt_store_txn *recomputed,
                      char *ret_difference, size_t max)
{
    ret_difference[0] = '\0';
    for (int i = 0; i < LT_STATE_TABLES; i++)
        if (!same_rows(stored, recomputed, (enum lt_state_table)i, ret_difference, max))
            return false;
    return true;
}
