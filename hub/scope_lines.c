#include "hub/scope_lines.h"

#include <stdlib.h>
#include <string.h>

void lt_scope_dims(struct lt_words *words, struct lt_store_txn *txn, const struct lt_fact *fact,
                   struct lt_dims *ret_dims)
{
    *ret_dims = (struct lt_dims){
        .year = (uint16_t)fact->year,
        .span_from = (uint16_t)fact->span_from,
        .decided_year = (uint16_t)fact->decided_year,
        .month = fact->month,
        .kind = (uint8_t)fact->kind,
        .outside = fact->outside,
        .level = fact->level,
        .type = fact->type,
        .recipient = fact->recipient,
        .category = fact->category,
        .sex = fact->sex,
        .nature = fact->nature,
        .status = fact->status,
        .detail = fact->detail,
        .code = lt_words_text(words, txn, fact->code),
        .field = lt_words_text(words, txn, fact->field),
        .movement = lt_words_text(words, txn, fact->movement),
    };
}

void lt_scope_line_key(struct lt_words *words, struct lt_store_txn *txn, const struct lt_fact *fact,
                       struct lt_line_key *ret_key)
{
    struct lt_dims dims;
    lt_scope_dims(words, txn, fact, &dims);
    lt_line_key_make(fact->scope, fact->stated_total, lt_words_place(words, txn, fact->author),
                     lt_words_place(words, txn, fact->place), &dims, ret_key);
}

/* ---- The law over a scope ---- */

bool lt_scope_line(struct lt_words *words, struct lt_store_txn *txn, const struct lt_line_row *row,
                   struct lt_line *ret_line)
{
    const struct lt_lineage *lineage;
    struct lt_dims dims;
    lt_line_key_dims(&row->key, &dims);
    *ret_line = (struct lt_line){
        .stated_total = lt_line_key_total(&row->key),
        .revoked = dims.kind == LT_KIND_AWARD && dims.status == LT_STATUS_REVOKED,
        .count = row->count,
        .quantity = row->quantity,
    };
    lineage = lt_words_lineage(words, txn, lt_line_key_teller(&row->key));
    ret_line->teller = lineage == NULL ? NULL : lineage->place;
    lineage = lt_words_lineage(words, txn, lt_line_key_place(&row->key));
    ret_line->place = lineage == NULL ? NULL : lineage->place;
    if (row->authority != 0) {
        lineage = lt_words_lineage(words, txn, row->authority);
        ret_line->authority = lineage == NULL ? NULL : lineage->place;
    }
    if (ret_line->teller != NULL && ret_line->place != NULL)
        return true;
    lt_store_fail(txn, LT_CORRUPT); /* it was judged by a book that knew them */
    return false;
}

/* Comparing the dimensions of lines so that every hub gets the same order: texts by their bytes. */
static _Thread_local struct {
    struct lt_store_txn *txn;
    const struct lt_line_row *rows;
} ordering;

static int compare_texts(uint32_t a, uint32_t b)
{
    struct lt_bytes left, right;
    if (a == b || !lt_words_text_at(ordering.txn, a, &left) ||
        !lt_words_text_at(ordering.txn, b, &right))
        return 0;
    size_t size = left.size < right.size ? left.size : right.size;
    int order = memcmp(left.data, right.data, size);
    return order != 0 ? order : (left.size > right.size) - (left.size < right.size);
}

static int compare_dims(const struct lt_dims *a, const struct lt_dims *b)
{
    struct lt_dims left = *a, right = *b;
    struct lt_line_key left_key, right_key;
    static const uint8_t scope[LT_SCOPE_BYTES];
    left.code = left.field = left.movement = 0;
    right.code = right.field = right.movement = 0;
    lt_line_key_make(scope, false, 0, 0, &left, &left_key);
    lt_line_key_make(scope, false, 0, 0, &right, &right_key);
    int order = memcmp(left_key.bytes, right_key.bytes, LT_LINE_KEY_BYTES);
    if (order == 0)
        order = compare_texts(a->code, b->code);
    if (order == 0)
        order = compare_texts(a->field, b->field);
    return order != 0 ? order : compare_texts(a->movement, b->movement);
}

static int compare_order(const void *a, const void *b)
{
    struct lt_dims left, right;
    lt_line_key_dims(&ordering.rows[*(const uint32_t *)a].key, &left);
    lt_line_key_dims(&ordering.rows[*(const uint32_t *)b].key, &right);
    return compare_dims(&left, &right);
}

/* Fills lines[i].order: equal dimensions have equal ranks. */
static void rank(struct lt_store_txn *txn, const struct lt_line_rows *rows, struct lt_line *lines,
                 uint32_t *order)
{
    uint32_t last = 0;
    for (size_t i = 0; i < rows->count; i++)
        order[i] = (uint32_t)i;
    ordering.txn = txn;
    ordering.rows = rows->items;
    qsort(order, rows->count, sizeof *order, compare_order);
    for (size_t i = 0; i < rows->count; i++) {
        if (i > 0 && compare_order(&order[i - 1], &order[i]) != 0)
            last++;
        lines[order[i]].order = last;
    }
}

void lt_scope_judge(struct lt_words *words, struct lt_store_txn *txn,
                    const struct lt_line_rows *rows, struct lt_line *lines, uint32_t *order)
{
    for (size_t i = 0; i < rows->count; i++)
        if (!lt_scope_line(words, txn, &rows->items[i], &lines[i]))
            return;
    if (rows->count == 0)
        return;
    bool ordered = false; /* totals and revocations ask for it */
    for (size_t i = 0; i < rows->count; i++)
        ordered = ordered || lines[i].stated_total || lines[i].revoked;
    if (ordered)
        rank(txn, rows, lines, order);
    lt_scope_law(lines, rows->count);
}

/* ---- Differences ---- */

static int compare_when(const struct lt_dims *a, const struct lt_dims *b)
{
    const int left[] = {a->year, a->span_from, a->decided_year, a->month, a->level};
    const int right[] = {b->year, b->span_from, b->decided_year, b->month, b->level};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (left[i] != right[i])
            return left[i] - right[i];
    return 0;
}

bool lt_scope_summary(const struct lt_line_rows *rows, const struct lt_line *lines,
                      const struct lt_place **ret_place, struct lt_dims *ret_dims)
{
    const struct lt_place *place = rows->count > 0 ? lines[0].place : NULL;
    struct lt_dims least = {0};
    for (size_t i = 0; i < rows->count && place != NULL; i++) {
        struct lt_dims dims;
        lt_line_key_dims(&rows->items[i].key, &dims);
        place = lt_place_common(place, lines[i].place);
        if (i == 0 || compare_when(&dims, &least) < 0)
            least = dims;
    }
    if (place == NULL)
        return false;
    *ret_place = place;
    *ret_dims = (struct lt_dims){.year = least.year,
                                 .span_from = least.span_from,
                                 .decided_year = least.decided_year,
                                 .month = least.month,
                                 .level = least.level,
                                 .kind = LT_CELL_DIFFERENCE,
                                 .code = least.code,
                                 .recipient = least.recipient};
    if (ret_dims->recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
        ret_dims->recipient = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    return true;
}
