#include "hub/list_rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/dimension.h"

/* ---- Cells ---- */

static char *room(struct lt_list_cells *cells)
{
    return cells->texts[cells->text_count < LT_LIST_TEXTS_MAX - 1 ? cells->text_count++
                                                                  : LT_LIST_TEXTS_MAX - 1];
}

static const char *number_cell(struct lt_list_cells *cells, bool said, uint64_t number)
{
    char *text = room(cells);
    text[0] = '\0';
    if (said)
        (void)snprintf(text, LT_LIST_TEXT_BYTES, "%llu", (unsigned long long)number);
    return text;
}

static const char *day_cell(struct lt_list_cells *cells, lt_day day)
{
    char *text = room(cells);
    text[0] = '\0';
    if (day != 0)
        lt_day_format_iso(day, text);
    return text;
}

static const char *unit_cell(struct lt_list_cells *cells, const struct lt_place *place)
{
    char *text = room(cells);
    text[0] = '\0';
    if (place != NULL)
        lt_unit_format(&place->unit, text);
    return text;
}

static const char *period_cell(struct lt_list_cells *cells, const Lienthong__Period *told)
{
    struct lt_period period;
    char *text = room(cells);
    text[0] = '\0';
    if (told != NULL && lt_period_make(told, &period) == LT_OK)
        lt_period_format(&period, text);
    return text;
}

static const char *name_of(const struct lt_place *place)
{
    return place == NULL ? "" : place->name;
}

static const Lienthong__Change *change_of(const struct lt_item_view *view)
{
    return view->body->changes[view->index];
}

/* ---- Movements ---- */

enum movement_column {
    M_STATUS,
    M_CODE,
    M_NAME,
    M_LAUNCHER,
    M_UNIT,
    M_LEVEL,
    M_SCOPE,
    M_METHOD,
    M_FROM,
    M_TO,
    M_YEAR,
    M_IMPLEMENTS,
    M_FIELD,
    M_TELLER,
    M_NOTE,
    M_COUNT
};
static const struct lt_print_column movement_columns[M_COUNT] = {
    [M_STATUS] = {"status", NULL, NULL, LT_PRINT_TEXT},
    [M_CODE] = {"code", "Mã", "Code", LT_PRINT_TEXT},
    [M_NAME] = {"name", "Phong trào", "Movement", LT_PRINT_TEXT},
    [M_LAUNCHER] = {"launcher", NULL, NULL, LT_PRINT_TEXT},
    [M_UNIT] = {"launcher_name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [M_LEVEL] = {"level", "Cấp", "Level", LT_PRINT_TEXT},
    [M_SCOPE] = {"scope", "Phạm vi", "Scope", LT_PRINT_TEXT},
    [M_METHOD] = {"method", "Cách tổ chức", "Method", LT_PRINT_TEXT},
    [M_FROM] = {"from", "Từ", "From", LT_PRINT_TEXT},
    [M_TO] = {"to", "Đến", "To", LT_PRINT_TEXT},
    [M_YEAR] = {"year", NULL, NULL, LT_PRINT_NUMBER},
    [M_IMPLEMENTS] = {"implements", "Hưởng ứng", "Answers", LT_PRINT_TEXT},
    [M_FIELD] = {"field", "Lĩnh vực", "Field", LT_PRINT_TEXT},
    [M_TELLER] = {"teller", NULL, NULL, LT_PRINT_TEXT},
    [M_NOTE] = {"note", "Ghi chú", "Note", LT_PRINT_TEXT},
};

static uint8_t movement_group(const struct lt_item_view *view)
{
    return view->fact.status == LT_STATUS_RESPONSE;
}

/* The name of the movement from above that a code stands for. */
static const char *implemented(const struct lt_book *book, const char *code)
{
    char wanted[LT_LONG_TEXT_BYTES_MAX + 1], its[LT_LONG_TEXT_BYTES_MAX + 1];
    lt_fold_words(code, wanted, sizeof wanted);
    for (size_t i = 0; code[0] != '\0' && i < lt_book_movement_count(book); i++) {
        const struct lt_movement *movement = lt_book_movement_at(book, i);
        lt_fold_words(movement->code, its, sizeof its);
        if (strcmp(its, wanted) == 0 && movement->name[0] != '\0')
            return movement->name;
    }
    return code;
}

static void fill_movement(const struct lt_item_view *view, const struct lt_book *book,
                          struct lt_list_cells *cells)
{
    const Lienthong__Movement *movement = change_of(view)->movement;
    const struct lt_fact *fact = &view->fact;
    const char **cell = cells->cells;
    cell[M_STATUS] = lt_dimension_spell(LT_DIM_STATUS, fact->status);
    cell[M_CODE] = movement->code;
    cell[M_NAME] = movement->name;
    cell[M_LAUNCHER] = unit_cell(cells, fact->authority);
    cell[M_UNIT] = name_of(fact->authority);
    cell[M_LEVEL] = lt_dimension_show(LT_DIM_LEVEL, fact->level);
    cell[M_SCOPE] = lt_dimension_show(LT_DIM_SCOPE, lt_detail_scope(fact->kind, fact->detail));
    cell[M_METHOD] = lt_dimension_show(LT_DIM_METHOD, lt_detail_method(fact->kind, fact->detail));
    cell[M_FROM] = day_cell(cells, movement->from);
    cell[M_TO] = day_cell(cells, movement->to);
    cell[M_YEAR] = number_cell(cells, true, (uint64_t)fact->year);
    cell[M_IMPLEMENTS] = implemented(book, movement->implements);
    cell[M_FIELD] = movement->field;
    cell[M_TELLER] = unit_cell(cells, view->author);
    cell[M_NOTE] = movement->note;
}

/* ---- Proposals ---- */

enum proposal_column {
    P_STATUS,
    P_SUBMITTER,
    P_SUBMITTER_NAME,
    P_NUMBER,
    P_DATE,
    P_CODE,
    P_RECIPIENT,
    P_NAME,
    P_PLACE,
    P_PLACE_NAME,
    P_QUANTITY,
    P_DECISION,
    P_DECIDED,
    P_MOVEMENT,
    P_TELLER,
    P_NOTE,
    P_COUNT
};
static const struct lt_print_column proposal_columns[P_COUNT] = {
    [P_STATUS] = {"status", NULL, NULL, LT_PRINT_TEXT},
    [P_SUBMITTER] = {"submitter", NULL, NULL, LT_PRINT_TEXT},
    [P_SUBMITTER_NAME] = {"submitter_name", "Đơn vị trình", "Submitted by", LT_PRINT_TEXT},
    [P_NUMBER] = {"number", "Tờ trình", "Submission", LT_PRINT_TEXT},
    [P_DATE] = {"date", "Ngày", "Date", LT_PRINT_TEXT},
    [P_CODE] = {"code", "Mã", "Code", LT_PRINT_TEXT},
    [P_RECIPIENT] = {"recipient", "Đối tượng", "Recipient", LT_PRINT_TEXT},
    [P_NAME] = {"name", "Tên", "Name", LT_PRINT_TEXT},
    [P_PLACE] = {"place", NULL, NULL, LT_PRINT_TEXT},
    [P_PLACE_NAME] = {"place_name", "Nơi nhận", "For", LT_PRINT_TEXT},
    [P_QUANTITY] = {"quantity", "Số lượng", "Quantity", LT_PRINT_NUMBER},
    [P_DECISION] = {"decision", "Quyết định", "Decision", LT_PRINT_TEXT},
    [P_DECIDED] = {"decided", "Ngày quyết định", "Decided", LT_PRINT_TEXT},
    [P_MOVEMENT] = {"movement", "Phong trào", "Movement", LT_PRINT_TEXT},
    [P_TELLER] = {"teller", NULL, NULL, LT_PRINT_TEXT},
    [P_NOTE] = {"note", "Ghi chú", "Note", LT_PRINT_TEXT},
};

static uint8_t proposal_group(const struct lt_item_view *view)
{
    return view->fact.status == LT_STATUS_PENDING   ? 0
           : view->fact.status == LT_STATUS_GRANTED ? 1
                                                    : 2;
}

static void fill_proposal(const struct lt_item_view *view, const struct lt_book *book,
                          struct lt_list_cells *cells)
{
    const Lienthong__Proposal *proposal = change_of(view)->proposal;
    const struct lt_fact *fact = &view->fact;
    const Lienthong__Decision *decision =
        proposal->decision == 0 || proposal->decision > view->body->n_decisions
            ? NULL
            : view->body->decisions[proposal->decision - 1];
    const struct lt_place *place = lt_item_unit(view, book, proposal->place);
    const char **cell = cells->cells;
    cell[P_STATUS] = lt_dimension_spell(LT_DIM_STATUS, fact->status);
    cell[P_SUBMITTER] = unit_cell(cells, fact->authority);
    cell[P_SUBMITTER_NAME] = name_of(fact->authority);
    cell[P_NUMBER] = proposal->number;
    cell[P_DATE] = day_cell(cells, proposal->date);
    cell[P_CODE] = proposal->code;
    cell[P_RECIPIENT] = lt_dimension_show(LT_DIM_RECIPIENT, fact->recipient);
    cell[P_NAME] = view->name;
    cell[P_PLACE] = unit_cell(cells, place);
    cell[P_PLACE_NAME] = name_of(place);
    cell[P_QUANTITY] = number_cell(cells, true, fact->quantity);
    cell[P_DECISION] = decision == NULL ? "" : decision->number;
    cell[P_DECIDED] = day_cell(cells, decision == NULL ? 0 : decision->date);
    cell[P_MOVEMENT] = proposal->movement;
    cell[P_TELLER] = unit_cell(cells, view->author);
    cell[P_NOTE] = proposal->note;
}

/* ---- Pledges ---- */

enum pledge_column {
    G_CLUSTER,
    G_YEAR,
    G_THEME,
    G_LEAD,
    G_LEAD_NAME,
    G_MEMBERS,
    G_QUANTITY,
    G_TELLER,
    G_NOTE,
    G_COUNT
};
static const struct lt_print_column pledge_columns[G_COUNT] = {
    [G_CLUSTER] = {"cluster", "Khối, cụm", "Cluster", LT_PRINT_TEXT},
    [G_YEAR] = {"year", "Năm", "Year", LT_PRINT_TEXT},
    [G_THEME] = {"theme", "Chủ đề", "Theme", LT_PRINT_TEXT},
    [G_LEAD] = {"lead", NULL, NULL, LT_PRINT_TEXT},
    [G_LEAD_NAME] = {"lead_name", "Đơn vị trưởng", "Lead", LT_PRINT_TEXT},
    [G_MEMBERS] = {"members", "Thành viên", "Members", LT_PRINT_TEXT},
    [G_QUANTITY] = {"quantity", "Số khối, cụm", "Clusters", LT_PRINT_NUMBER},
    [G_TELLER] = {"teller", NULL, NULL, LT_PRINT_TEXT},
    [G_NOTE] = {"note", "Ghi chú", "Note", LT_PRINT_TEXT},
};

static uint8_t no_group(const struct lt_item_view *view)
{
    (void)view;
    return 0;
}

/* Codes of the members, apart by blanks. */
static const char *members(const struct lt_item_view *view, const Lienthong__Pledge *pledge,
                           const struct lt_book *book, struct lt_list_cells *cells)
{
    size_t used = 0;
    cells->grown = calloc(pledge->n_members + 1, LT_UNIT_TEXT_MAX + 1);
    if (cells->grown == NULL)
        return "";
    for (size_t i = 0; i < pledge->n_members; i++) {
        char unit[LT_UNIT_TEXT_MAX];
        const struct lt_place *member = lt_item_unit(view, book, pledge->members[i]);
        if (member == NULL)
            continue;
        lt_unit_format(&member->unit, unit);
        used += (size_t)sprintf(cells->grown + used, "%s%s", used == 0 ? "" : " ", unit);
    }
    return cells->grown;
}

static void fill_pledge(const struct lt_item_view *view, const struct lt_book *book,
                        struct lt_list_cells *cells)
{
    const Lienthong__Pledge *pledge = change_of(view)->pledge;
    const struct lt_place *lead = lt_item_unit(view, book, pledge->lead);
    const char **cell = cells->cells;
    cell[G_CLUSTER] = pledge->cluster;
    cell[G_YEAR] = number_cell(cells, true, pledge->year);
    cell[G_THEME] = pledge->theme;
    cell[G_LEAD] = unit_cell(cells, lead);
    cell[G_LEAD_NAME] = name_of(lead);
    cell[G_MEMBERS] = members(view, pledge, book, cells);
    cell[G_QUANTITY] = number_cell(cells, true, view->fact.quantity);
    cell[G_TELLER] = unit_cell(cells, view->author);
    cell[G_NOTE] = pledge->note;
}

/* ---- Exemplars ---- */

enum exemplar_column {
    E_MODEL,
    E_NAME,
    E_RECIPIENT,
    E_FIELD,
    E_PERIOD,
    E_PLACE,
    E_PLACE_NAME,
    E_QUANTITY,
    E_MOVEMENT,
    E_TELLER,
    E_NOTE,
    E_COUNT
};
static const struct lt_print_column exemplar_columns[E_COUNT] = {
    [E_MODEL] = {"model", "Mô hình, điển hình", "Model", LT_PRINT_TEXT},
    [E_NAME] = {"name", "Tên", "Name", LT_PRINT_TEXT},
    [E_RECIPIENT] = {"recipient", "Đối tượng", "Recipient", LT_PRINT_TEXT},
    [E_FIELD] = {"field", "Lĩnh vực", "Field", LT_PRINT_TEXT},
    [E_PERIOD] = {"period", "Thời gian", "Period", LT_PRINT_TEXT},
    [E_PLACE] = {"place", NULL, NULL, LT_PRINT_TEXT},
    [E_PLACE_NAME] = {"place_name", "Nơi", "Place", LT_PRINT_TEXT},
    [E_QUANTITY] = {"quantity", "Số lượng", "Quantity", LT_PRINT_NUMBER},
    [E_MOVEMENT] = {"movement", "Phong trào", "Movement", LT_PRINT_TEXT},
    [E_TELLER] = {"teller", NULL, NULL, LT_PRINT_TEXT},
    [E_NOTE] = {"note", "Ghi chú", "Note", LT_PRINT_TEXT},
};

static void fill_exemplar(const struct lt_item_view *view, const struct lt_book *book,
                          struct lt_list_cells *cells)
{
    const Lienthong__Exemplar *exemplar = change_of(view)->exemplar;
    const char **cell = cells->cells;
    (void)book;
    cell[E_MODEL] = exemplar->model;
    cell[E_NAME] = view->name;
    cell[E_RECIPIENT] = lt_dimension_show(LT_DIM_RECIPIENT, view->fact.recipient);
    cell[E_FIELD] = exemplar->field;
    cell[E_PERIOD] = period_cell(cells, exemplar->period);
    cell[E_PLACE] = unit_cell(cells, view->fact.place);
    cell[E_PLACE_NAME] = name_of(view->fact.place);
    cell[E_QUANTITY] = number_cell(cells, true, view->fact.quantity);
    cell[E_MOVEMENT] = exemplar->movement;
    cell[E_TELLER] = unit_cell(cells, view->author);
    cell[E_NOTE] = exemplar->note;
}

/* ---- Declarations ---- */

enum declaration_column { D_UNIT, D_NAME, D_KIND, D_PERIOD, D_STATUS, D_SIGNED, D_NOTE, D_COUNT };
static const struct lt_print_column declaration_columns[D_COUNT] = {
    [D_UNIT] = {"unit", "Mã", "Code", LT_PRINT_TEXT},
    [D_NAME] = {"name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [D_KIND] = {"kind", "Loại số liệu", "Of", LT_PRINT_TEXT},
    [D_PERIOD] = {"period", "Kỳ", "Period", LT_PRINT_TEXT},
    [D_STATUS] = {"status", "Khai", "Declared", LT_PRINT_TEXT},
    [D_SIGNED] = {"signed", "Ký lúc", "Signed", LT_PRINT_TEXT},
    [D_NOTE] = {"note", "Ghi chú", "Note", LT_PRINT_TEXT},
};

static void fill_declaration(const struct lt_item_view *view, const struct lt_book *book,
                             struct lt_list_cells *cells)
{
    const Lienthong__Declaration *declaration = change_of(view)->declaration;
    const char **cell = cells->cells;
    char *when = room(cells);
    (void)book;
    when[0] = '\0';
    if (view->signed_at != 0)
        lt_text_when(view->signed_at, when);
    cell[D_UNIT] = unit_cell(cells, view->author);
    cell[D_NAME] = name_of(view->author);
    cell[D_KIND] = declaration->kind == 0
                       ? lt_text("tất cả", "everything")
                       : lt_dimension_show(LT_DIM_KIND, (uint8_t)declaration->kind);
    cell[D_PERIOD] = period_cell(cells, declaration->period);
    cell[D_STATUS] = lt_dimension_show(LT_DIM_STATUS, view->fact.status);
    cell[D_SIGNED] = when;
    cell[D_NOTE] = declaration->note;
}

/* ---- The kinds ---- */

static const struct lt_list_kind kinds[] = {
    {"movements",
     "lienthong.movements/1",
     LT_KIND_MOVEMENT,
     movement_columns,
     M_COUNT,
     {{"Phát động", "Launched"}, {"Hưởng ứng phong trào của cấp trên", "Carried on, from above"}},
     movement_group,
     fill_movement},
    {"proposals",
     "lienthong.proposals/1",
     LT_KIND_PROPOSAL,
     proposal_columns,
     P_COUNT,
     {{"Đang xét", "Pending"}, {"Được khen", "Granted"}, {"Không được", "Refused"}},
     proposal_group,
     fill_proposal},
    {"pledges",
     "lienthong.pledges/1",
     LT_KIND_PLEDGE,
     pledge_columns,
     G_COUNT,
     {{"Giao ước thi đua", "Pledges"}},
     no_group,
     fill_pledge},
    {"exemplars",
     "lienthong.exemplars/1",
     LT_KIND_EXEMPLAR,
     exemplar_columns,
     E_COUNT,
     {{"Điển hình tiên tiến", "Exemplars"}},
     no_group,
     fill_exemplar},
    {"declarations",
     "lienthong.declarations/1",
     LT_KIND_DECLARATION,
     declaration_columns,
     D_COUNT,
     {{"Chốt số liệu", "Declarations"}},
     no_group,
     fill_declaration},
};

const struct lt_list_kind *lt_list_kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

void lt_list_fill(const struct lt_list_kind *kind, const struct lt_item_view *view,
                  const struct lt_book *book, struct lt_list_cells *cells)
{
    free(cells->grown);
    cells->grown = NULL;
    cells->text_count = 0;
    kind->fill(view, book, cells);
}
