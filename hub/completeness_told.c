#include "hub/completeness_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/dimension.h"
#include "hub/items.h"
#include "hub/words.h"

/* ---- Declarations ---- */

struct gathering {
    struct declarations *all;
    const struct lt_period *period;
    uint8_t kind;
    bool no_memory;
};

static bool keep_totals(struct declared *declared, const Lienthong__Declaration *said)
{
    size_t bytes = 0;
    for (size_t i = 0; i < said->n_totals; i++)
        bytes += strlen(said->totals[i]->code) + 1;
    declared->totals = calloc(said->n_totals + 1, sizeof *declared->totals);
    declared->codes = malloc(bytes + 1);
    if (declared->totals == NULL || declared->codes == NULL)
        return false;
    char *at = declared->codes;
    for (size_t i = 0; i < said->n_totals; i++) {
        const size_t size = strlen(said->totals[i]->code) + 1;
        declared->totals[i] = *said->totals[i];
        declared->totals[i].code = memcpy(at, said->totals[i]->code, size);
        at += size;
    }
    declared->total_count = said->n_totals;
    return true;
}

static bool gather(void *context, const struct lt_item_view *view)
{
    struct gathering *gathering = context;
    struct declarations *all = gathering->all;
    const Lienthong__Declaration *said = view->body->changes[view->index]->declaration;
    struct lt_period period;
    if (said == NULL || said->period == NULL || lt_period_make(said->period, &period) != LT_OK ||
        lt_period_cmp(&period, gathering->period) != 0 ||
        (said->kind != 0 && (uint8_t)said->kind != gathering->kind))
        return true;
    if (all->count == all->capacity) {
        const size_t capacity = all->capacity == 0 ? 64 : all->capacity * 2;
        struct declared *grown = realloc(all->items, capacity * sizeof *grown);
        gathering->no_memory = grown == NULL;
        if (grown == NULL)
            return false;
        all->items = grown;
        all->capacity = capacity;
    }
    struct declared *declared = &all->items[all->count++];
    *declared = (struct declared){.author = view->author->unit,
                                  .update = view->current.update,
                                  .seq = view->current.seq,
                                  .nil = said->nil,
                                  .signed_at = view->signed_at};
    gathering->no_memory = !keep_totals(declared, said);
    return !gathering->no_memory;
}

/* By author, the newest first. */
static int by_author(const void *a, const void *b)
{
    const struct declared *left = a, *right = b;
    const int order = lt_unit_cmp(&left->author, &right->author);
    return order != 0 ? order : (left->seq < right->seq) - (left->seq > right->seq);
}

enum lt_result lt_declared_gather(struct lt_ledger *ledger, const struct lt_period *period,
                                  uint8_t kind, struct declarations *ret_all)
{
    struct gathering gathering = {.all = ret_all, .period = period, .kind = kind};
    enum lt_result result =
        lt_items(ledger, LT_KIND_DECLARATION, period->to, period->to, gather, &gathering);
    if (result == LT_OK && gathering.no_memory)
        result = LT_NO_MEMORY;
    if (ret_all->count > 1)
        qsort(ret_all->items, ret_all->count, sizeof *ret_all->items, by_author);
    return result;
}

const struct declared *lt_declared_of(const struct declarations *all, const struct lt_unit *unit)
{
    size_t low = 0, high = all->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (lt_unit_cmp(&all->items[middle].author, unit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < all->count && lt_unit_cmp(&all->items[low].author, unit) == 0 ? &all->items[low]
                                                                               : NULL;
}

void lt_declared_free(struct declarations *all)
{
    for (size_t i = 0; i < all->count; i++) {
        free(all->items[i].totals);
        free(all->items[i].codes);
    }
    free(all->items);
    *all = (struct declarations){0};
}

/* ---- What is told ---- */

struct telling {
    const struct lt_period *period;
    uint8_t kind; /* of which; 0: any but declarations */
    bool coded;
    uint32_t code;
    uint8_t recipient; /* 0: any */
    int64_t quantity;
    bool any, whether; /* whether: there is any, and no more is asked */
};

/* Is a cell of the period? Of a year by achievement, of a part by decision. */
static bool of_period(const struct lt_period *period, const struct lt_cell *cell,
                      const struct lt_dims *dims)
{
    const enum lt_basis basis = lt_cell_key_basis(&cell->key);
    const uint8_t kind = period->kind;
    if (kind < LIENTHONG__PERIOD_KIND__PERIOD_MONTH) {
        const bool span = kind == LIENTHONG__PERIOD_KIND__PERIOD_SPAN;
        return basis != LT_BASIS_DECIDED && dims->span_from == (span ? period->from : 0);
    }
    const uint16_t length = kind == LIENTHONG__PERIOD_KIND__PERIOD_MONTH     ? 1
                            : kind == LIENTHONG__PERIOD_KIND__PERIOD_QUARTER ? 3
                                                                             : 6;
    return basis != LT_BASIS_ACHIEVED && dims->month > (period->from - 1) * length &&
           dims->month <= period->from * length;
}

static bool add_told(void *context, const struct lt_cell *cell)
{
    struct telling *telling = context;
    struct lt_dims dims;
    lt_cell_key_dims(&cell->key, &dims);
    if (!of_period(telling->period, cell, &dims) || dims.kind == LT_KIND_DECLARATION ||
        (telling->kind != 0 && dims.kind != telling->kind) ||
        (telling->coded && dims.code != telling->code))
        return true;
    const bool enterprise = dims.recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
    if (telling->recipient != 0 && dims.recipient != telling->recipient &&
        !(enterprise && telling->recipient == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE))
        return true;
    telling->any = true;
    if (telling->whether)
        return false;
    if (dims.status != LT_STATUS_REVOKED)
        telling->quantity += cell->quantity;
    return true;
}

static void tell(struct lt_store_txn *txn, uint32_t unit, struct telling *telling)
{
    static const struct lt_dims none;
    struct lt_cell_key from, to;
    lt_cell_key_make(LT_TOLD | unit, LT_BASIS_BOTH, telling->period->to, 0, &none, &from);
    lt_cell_key_make(LT_TOLD | unit, LT_BASIS_BOTH, (uint16_t)(telling->period->to + 1), 0, &none,
                     &to);
    lt_store_cells(txn, &from, &to, add_told, telling);
}

bool lt_told_any(struct lt_store_txn *txn, uint32_t unit, const struct lt_period *period,
                 uint8_t kind)
{
    struct telling telling = {.period = period, .kind = kind, .whether = true};
    if (unit != 0)
        tell(txn, unit, &telling);
    return telling.any;
}

static void say_mismatch(const Lienthong__ControlTotal *total, int64_t told, char ret_words[200])
{
    char said[LT_NUMBER_TEXT_MAX], found[LT_NUMBER_TEXT_MAX];
    lt_text_number((int64_t)total->quantity, said);
    lt_text_number(told, found);
    (void)snprintf(
        ret_words, 200,
        lt_text("%s%s%.40s%s%s: chốt %s, báo cáo %s", "%s%s%.40s%s%s: declared %s, told %s"),
        total->kind == 0 ? "" : lt_dimension_show(LT_DIM_KIND, (uint8_t)total->kind),
        total->code[0] == '\0' ? "" : " ", total->code, total->recipient == 0 ? "" : " ",
        total->recipient == 0 ? "" : lt_dimension_show(LT_DIM_RECIPIENT, (uint8_t)total->recipient),
        said, found);
}

bool lt_told_matches(struct lt_store_txn *txn, uint32_t unit, const struct lt_period *period,
                     const struct declared *declared, char ret_words[200])
{
    ret_words[0] = '\0';
    for (size_t i = 0; i < declared->total_count; i++) {
        const Lienthong__ControlTotal *total = &declared->totals[i];
        struct telling telling = {.period = period,
                                  .kind = (uint8_t)total->kind,
                                  .coded = total->code[0] != '\0',
                                  .code = lt_words_find_text(txn, total->code),
                                  .recipient = (uint8_t)total->recipient};
        if (unit != 0)
            tell(txn, unit, &telling);
        if ((uint64_t)telling.quantity == total->quantity)
            continue;
        say_mismatch(total, telling.quantity, ret_words);
        return false;
    }
    if (declared->nil && lt_told_any(txn, unit, period, 0)) {
        (void)snprintf(ret_words, 200, "%s",
                       lt_text("khai không phát sinh nhưng có báo cáo", "declared nil, but tells"));
        return false;
    }
    return true;
}

const char *lt_unit_state_words(const struct lt_unit_state *state)
{
    switch (state->owed) {
    case LT_OWED_EXEMPT:
        return lt_text("được miễn", "exempt");
    case LT_OWED_MISSING:
        return state->overdue ? lt_text("quá hạn, chưa có gì: nhắc đơn vị",
                                        "overdue, nothing yet: remind the unit")
                              : lt_text("chưa có gì", "nothing yet");
    case LT_OWED_REPORTED:
        return state->overdue ? lt_text("quá hạn, có báo cáo, chưa chốt: nhắc chốt",
                                        "overdue, reported, not declared: ask for it")
                              : lt_text("có báo cáo, chưa chốt", "reported, not declared");
    case LT_OWED_DECLARED:
        return state->mismatch          ? lt_text("đã chốt, số không khớp: đối chiếu",
                                                  "declared, totals differ: compare")
               : state->quarantined > 0 ? lt_text("đã chốt, có bản ghi bị giữ lại: xem lại",
                                                  "declared, something is quarantined: look at it")
                                        : lt_text("đã chốt, đủ", "declared, complete");
    case LT_OWED_NIL:
        return state->mismatch
                   ? lt_text("khai không phát sinh, nhưng có báo cáo", "declared nil, but tells")
                   : lt_text("không phát sinh (0)", "nil (0)");
    }
    return "";
}
