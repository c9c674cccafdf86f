/* JSON of a filled form. */
#include <jansson.h>
#include <stdlib.h>

#include "hub/form_show.h"
#include "hub/form_words.h"

static json_t *cell_json(const struct lt_filled_cell *cell)
{
    if (cell->state == LT_FILLED_NUMBER)
        return json_integer((json_int_t)cell->value);
    return cell->state == LT_FILLED_SHARE ? json_real((double)cell->value / 10) : json_null();
}

static json_t *row_json(const struct lt_filled *filled, size_t r)
{
    const struct lt_filled_line *row = &filled->rows.lines[r];
    json_t *values = json_array();
    int bad = values == NULL;
    for (size_t c = 0; c < filled->columns.count; c++)
        bad |= json_array_append_new(values, cell_json(lt_filled_cell(filled, r, c)));
    if (bad != 0) {
        json_decref(values);
        return NULL;
    }
    return json_pack("{s:s, s:s*, s:s, s:b, s:o}", "code", row->line->code, "value", row->value,
                     "label", row->label, "missing", (int)(row->missing || filled->silent),
                     "values", values);
}

static json_t *column_json(const struct lt_filled *filled, size_t c)
{
    const struct lt_filled_line *column = &filled->columns.lines[c];
    json_t *headers = json_array();
    int bad = headers == NULL;
    for (unsigned level = 0; level < column->line->depth; level++)
        bad |= json_array_append_new(
            headers, json_string(lt_form_say(&lt_filled_header(filled, c, level)->text)));
    if (bad != 0) {
        json_decref(headers);
        return NULL;
    }
    return json_pack("{s:s, s:s*, s:s, s:o, s:b}", "code", column->line->code, "value",
                     column->value, "label", column->label, "under", headers, "percent",
                     (int)(column->line->op == LT_FORM_SHARE));
}

static json_t *list_json(const struct lt_filled *filled, size_t count,
                         json_t *of(const struct lt_filled *, size_t))
{
    json_t *list = json_array();
    int bad = list == NULL;
    for (size_t i = 0; i < count && bad == 0; i++)
        bad |= json_array_append_new(list, of(filled, i));
    if (bad == 0)
        return list;
    json_decref(list);
    return NULL;
}

static json_t *fault_json(const struct lt_filled *filled, size_t i)
{
    const struct lt_filled_fault *fault = &filled->faults[i];
    return json_pack("{s:i, s:s, s:I, s:I}", "check", (int)fault->check, "column",
                     filled->columns.lines[fault->column].line->code, "sum",
                     (json_int_t)fault->left, "is", (json_int_t)fault->right);
}

static json_t *place_json(const struct lt_filled *filled)
{
    const struct lt_place *place = filled->query.place;
    char from[11] = "";
    if (place->unit.valid_from != 0)
        lt_day_format_iso(place->unit.valid_from, from);
    return json_pack("{s:s, s:s, s:s}", "code", place->unit.code, "valid_from", from, "name",
                     place->name);
}

static json_t *completeness_json(const struct lt_filled *filled)
{
    const struct lt_completeness *owed = &filled->owed;
    json_t *sums = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b}", "expected", (json_int_t)owed->expected,
        "declared", (json_int_t)owed->declared, "declared_nil", (json_int_t)owed->nil, "late",
        (json_int_t)owed->late, "mismatched", (json_int_t)owed->mismatched, "reported",
        (json_int_t)owed->reported, "missing", (json_int_t)owed->missing, "exempt",
        (json_int_t)owed->exempt, "closed", (int)(owed->closing != NULL));
    json_t *heard =
        json_pack("{s:I, s:I, s:I, s:I, s:I, s:b}", "units", (json_int_t)filled->units, "heard",
                  (json_int_t)filled->heard, "complete", (json_int_t)filled->complete, "nil",
                  (json_int_t)filled->nil, "unconfirmed", (json_int_t)filled->unconfirmed,
                  "rebuilding", (int)filled->rebuilding);
    (void)json_object_set_new(heard, "owed", sums);
    return heard;
}

char *lt_form_json(const struct lt_filled *filled)
{
    const struct lt_form *form = filled->form;
    char directives[65], cut[65], period[LT_FIGURES_PERIOD_MAX], tree[11] = "";
    lt_hex(filled->directives.bytes, 32, directives);
    lt_hex(filled->cut.bytes, 32, cut);
    lt_figures_period_text(&filled->query, period);
    if (filled->query.tree != 0)
        lt_day_format_iso(filled->query.tree, tree);
    json_t *document = json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:I, s:I}",
        "schema", "lienthong.form/1", "form", form->name, "version", form->version, "number",
        form->number, "title", lt_form_say(&form->title), "place", place_json(filled), "period",
        period, "tree", tree, "basis", filled->query.decided ? "decided" : "achieved", "columns",
        list_json(filled, filled->columns.count, column_json), "rows",
        list_json(filled, filled->rows.count, row_json), "checks",
        list_json(filled, filled->fault_count, fault_json), "completeness",
        completeness_json(filled), "directives", directives, "cut", cut, "updates",
        (json_int_t)filled->updates, "made_at", (json_int_t)filled->filled_at);
    char *text = document == NULL ? NULL : json_dumps(document, JSON_INDENT(1));
    json_decref(document);
    return text;
}
