#include "hub/move_plan.h"

#include <stdlib.h>
#include <string.h>

/* One item and all that it points to. */
struct planned {
    Lienthong__Directive item; /* first */
    Lienthong__Move move;
    Lienthong__Unit unit, parent;
    struct lt_unit of, to;
    uint8_t curve[32];
    size_t endpoint_count;
    char *endpoints[LT_WAY_ENDPOINTS_MAX];
    char texts[LT_WAY_ENDPOINTS_MAX][LT_ENDPOINT_MAX];
};

static void fill(struct planned *planned, const struct lt_move *move)
{
    lienthong__directive__init(&planned->item);
    lienthong__move__init(&planned->move);
    lienthong__unit__init(&planned->unit);
    lienthong__unit__init(&planned->parent);
    planned->of = move->unit;
    planned->to = move->parent;
    memcpy(planned->curve, move->curve_key, sizeof(planned->curve));
    for (size_t i = 0; i < move->endpoint_count && i < LT_WAY_ENDPOINTS_MAX; i++) {
        strncpy(planned->texts[i], move->endpoints[i], LT_ENDPOINT_MAX - 1);
        planned->endpoints[planned->endpoint_count++] = planned->texts[i];
    }
    planned->unit.code = planned->of.code;
    planned->unit.valid_from = planned->of.valid_from;
    planned->parent.code = planned->to.code;
    planned->parent.valid_from = planned->to.valid_from;
    planned->move.unit = &planned->unit;
    planned->move.parent = &planned->parent;
    planned->move.curve_key =
        (ProtobufCBinaryData){.len = sizeof(planned->curve), .data = planned->curve};
    planned->move.endpoints = planned->endpoints;
    planned->move.n_endpoints = planned->endpoint_count;
    planned->move.arrived = move->arrived;
    planned->item.move = &planned->move;
}

enum lt_result lt_move_plan_add(struct lt_move_plan *plan, const struct lt_move *move)
{
    if (plan->count == plan->capacity) {
        size_t capacity = plan->capacity == 0 ? 16 : plan->capacity * 2;
        Lienthong__Directive **items = realloc(plan->items, capacity * sizeof(*items));
        if (items == NULL) {
            return LT_NO_MEMORY;
        }
        plan->items = items;
        plan->capacity = capacity;
    }
    struct planned *planned = calloc(1, sizeof(*planned));
    if (planned == NULL) {
        return LT_NO_MEMORY;
    }
    fill(planned, move);
    plan->items[plan->count++] = &planned->item;
    return LT_OK;
}

bool lt_move_plan_has(const struct lt_move_plan *plan, const struct lt_unit *unit)
{
    for (size_t i = 0; i < plan->count; i++) {
        const struct planned *planned = (const struct planned *)(const void *)plan->items[i];
        if (lt_unit_cmp(&planned->of, unit) == 0) {
            return true;
        }
    }
    return false;
}

void lt_move_plan_free(struct lt_move_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        free(plan->items[i]);
    }
    free(plan->items);
    *plan = (struct lt_move_plan){.count = 0};
}
