#include "agent/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "agent/values.h"

static void put(struct lt_cells *cells, enum lt_column column, const char *text)
{
    if (text[0] != '\0' && cells->texts[column] == NULL) {
        cells->texts[column] = strdup(text);
        cells->no_memory = cells->no_memory || cells->texts[column] == NULL;
    }
}

static void put_number(struct lt_cells *cells, enum lt_column column, uint64_t number)
{
    char text[LT_VALUE_TEXT_MAX];
    snprintf(text, sizeof(text), "%llu", (unsigned long long)number);
    put(cells, column, number > 0 ? text : "");
}

static void put_day(struct lt_cells *cells, enum lt_column column, lt_day day)
{
    char text[LT_VALUE_TEXT_MAX];
    lt_value_format_day(day, text);
    put(cells, column, text);
}

static void put_points(struct lt_cells *cells, enum lt_column column, bool stated, int64_t points)
{
    char text[LT_VALUE_TEXT_MAX];
    lt_value_format_points(points, text);
    put(cells, column, stated ? text : "");
}

static void put_word(struct lt_cells *cells, enum lt_column column, enum lt_words list, int value)
{
    put(cells, column, value > 0 ? lt_value_word_text(list, (uint8_t)value) : "");
}

static void put_yes(struct lt_cells *cells, enum lt_column column, bool yes)
{
    put(cells, column, yes ? lt_text("có", "yes") : "");
}

static void put_period(struct lt_cells *cells, const Lienthong__Period *period)
{
    char text[LT_VALUE_TEXT_MAX];
    lt_value_format_period(period, text);
    put(cells, LT_COL_PERIOD, text);
}

static bool format_unit(const Lienthong__ReportBody *body, uint32_t reference,
                        char ret_text[LT_UNIT_TEXT_MAX])
{
    struct lt_unit unit;
    if (reference == 0 || reference > body->n_units ||
        lt_unit_make(body->units[reference - 1]->code, body->units[reference - 1]->valid_from,
                     &unit) != LT_OK) {
        return false;
    }
    lt_unit_format(&unit, ret_text);
    return true;
}

/* Always with its first day, when it has one: exact whatever the tree becomes. */
static void put_unit(struct lt_cells *cells, enum lt_column column,
                     const Lienthong__ReportBody *body, uint32_t reference)
{
    char text[LT_UNIT_TEXT_MAX];
    put(cells, column, format_unit(body, reference, text) ? text : "");
}

static void put_decision(struct lt_cells *cells, const Lienthong__ReportBody *body,
                         uint32_t reference)
{
    if (reference == 0 || reference > body->n_decisions) {
        return;
    }
    const Lienthong__Decision *decision = body->decisions[reference - 1];
    put_unit(cells, LT_COL_AUTHORITY, body, decision->unit);
    put(cells, LT_COL_AUTHORITY, decision->authority);
    put_word(cells, LT_COL_LEVEL, LT_WORDS_LEVEL, (int)decision->level);
    put(cells, LT_COL_DECISION_NUMBER, decision->number);
    put_day(cells, LT_COL_DECISION_DATE, decision->date);
    put(cells, LT_COL_SIGNATORY, decision->signatory);
}

static void put_recipient(struct lt_cells *cells, Lienthong__Recipient recipient)
{
    put_word(cells, LT_COL_RECIPIENT, LT_WORDS_RECIPIENT, (int)recipient);
    put_yes(cells, LT_COL_ENTERPRISE, recipient == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
}

static void put_award(struct lt_cells *cells, const Lienthong__ReportBody *body,
                      const Lienthong__Award *award)
{
    put(cells, LT_COL_CODE, award->code);
    put_decision(cells, body, award->decision);
    put_period(cells, award->period);
    put_word(cells, LT_COL_TYPE, LT_WORDS_TYPE, (int)award->type);
    put_recipient(cells, award->recipient);
    put_word(cells, LT_COL_CATEGORY, LT_WORDS_CATEGORY, (int)award->category);
    put_word(cells, LT_COL_SEX, LT_WORDS_SEX, (int)award->sex);
    put_yes(cells, LT_COL_POSTHUMOUS, award->posthumous);
    put_unit(cells, LT_COL_PLACE, body, award->place);
    put(cells, LT_COL_FIELD, award->field);
    put(cells, LT_COL_MOVEMENT, award->movement);
    put_word(cells, LT_COL_STATUS, LT_WORDS_STATUS, (int)award->status);
    put_number(cells, LT_COL_QUANTITY, award->quantity);
    put_word(cells, LT_COL_SUBMITTED_BY, LT_WORDS_LEVEL, (int)award->submitted_by);
    put(cells, LT_COL_NOTE, award->note);
}

static void put_proposal(struct lt_cells *cells, const Lienthong__ReportBody *body,
                         const Lienthong__Proposal *proposal)
{
    put(cells, LT_COL_CODE, proposal->code);
    put_unit(cells, LT_COL_SUBMITTER, body, proposal->submitter);
    put(cells, LT_COL_SUBMISSION_NUMBER, proposal->number);
    put_day(cells, LT_COL_SUBMISSION_DATE, proposal->date);
    put_period(cells, proposal->period);
    put_recipient(cells, proposal->recipient);
    put_unit(cells, LT_COL_PLACE, body, proposal->place);
    put_word(cells, LT_COL_OUTCOME, LT_WORDS_OUTCOME, (int)proposal->outcome + 1);
    put_number(cells, LT_COL_QUANTITY, proposal->quantity);
    put_decision(cells, body, proposal->decision);
    put(cells, LT_COL_FIELD, proposal->field);
    put(cells, LT_COL_MOVEMENT, proposal->movement);
    put(cells, LT_COL_NOTE, proposal->note);
    put_word(cells, LT_COL_TYPE, LT_WORDS_TYPE, (int)proposal->type);
}

static void put_movement(struct lt_cells *cells, const Lienthong__ReportBody *body,
                         const Lienthong__Movement *movement)
{
    put(cells, LT_COL_MOVEMENT_CODE, movement->code);
    put(cells, LT_COL_MOVEMENT_NAME, movement->name);
    put_unit(cells, LT_COL_LAUNCHER, body, movement->launcher);
    put_word(cells, LT_COL_LEVEL, LT_WORDS_LEVEL, (int)movement->level);
    put_word(cells, LT_COL_SCOPE, LT_WORDS_SCOPE, (int)movement->scope);
    put_day(cells, LT_COL_FROM, movement->from);
    put_day(cells, LT_COL_TO, movement->to);
    put_word(cells, LT_COL_METHOD, LT_WORDS_METHOD, movement->thematic ? 2 : 1);
    put(cells, LT_COL_IMPLEMENTS, movement->implements);
    put(cells, LT_COL_FIELD, movement->field);
    put(cells, LT_COL_NOTE, movement->note);
    put_number(cells, LT_COL_PERIOD, movement->year);
}

static void put_pledge(struct lt_cells *cells, const Lienthong__ReportBody *body,
                       const Lienthong__Pledge *pledge)
{
    put(cells, LT_COL_CLUSTER, pledge->cluster);
    put_number(cells, LT_COL_PERIOD, pledge->year);
    put(cells, LT_COL_THEME, pledge->theme);
    size_t room = pledge->n_members * (LT_UNIT_TEXT_MAX + 1) + 1, size = 0;
    char *members = calloc(room, 1);
    cells->no_memory = cells->no_memory || members == NULL;
    for (size_t i = 0; members != NULL && i < pledge->n_members; i++) {
        char unit[LT_UNIT_TEXT_MAX];
        if (format_unit(body, pledge->members[i], unit)) {
            size +=
                (size_t)snprintf(members + size, room - size, "%s%s", size > 0 ? " " : "", unit);
        }
    }
    put(cells, LT_COL_MEMBERS, members != NULL ? members : "");
    free(members);
    put_unit(cells, LT_COL_LEAD, body, pledge->lead);
    put(cells, LT_COL_NOTE, pledge->note);
    put_number(cells, LT_COL_QUANTITY, pledge->quantity);
}

static void put_score(struct lt_cells *cells, const Lienthong__ReportBody *body,
                      const Lienthong__Score *score)
{
    put(cells, LT_COL_CLUSTER, score->cluster);
    put_number(cells, LT_COL_PERIOD, score->year);
    put(cells, LT_COL_MOVEMENT, score->movement);
    put_unit(cells, LT_COL_PLACE, body, score->member);
    put_unit(cells, LT_COL_MANAGING, body, score->managing);
    put_points(cells, LT_COL_POINTS_SELF, score->has_self, score->self_scored);
    put_points(cells, LT_COL_POINTS_VERIFIED, score->has_verified, score->verified);
    put_points(cells, LT_COL_POINTS_FINAL, score->has_final, score->final);
    put_points(cells, LT_COL_BONUS, score->bonus != 0, score->bonus);
    put_points(cells, LT_COL_PENALTY, score->penalty != 0, score->penalty);
    put_number(cells, LT_COL_RANK, score->rank);
    put(cells, LT_COL_NOTE, score->note);
}

static void put_exemplar(struct lt_cells *cells, const Lienthong__ReportBody *body,
                         const Lienthong__Exemplar *exemplar)
{
    put(cells, LT_COL_MODEL, exemplar->model);
    put_recipient(cells, exemplar->recipient);
    put(cells, LT_COL_FIELD, exemplar->field);
    put_period(cells, exemplar->period);
    put_unit(cells, LT_COL_PLACE, body, exemplar->place);
    put_number(cells, LT_COL_QUANTITY, exemplar->quantity);
    put(cells, LT_COL_MOVEMENT, exemplar->movement);
    put(cells, LT_COL_NOTE, exemplar->note);
}

static void put_declaration(struct lt_cells *cells, const Lienthong__Declaration *declaration)
{
    put_word(cells, LT_COL_DECLARED_KIND, LT_WORDS_KIND, (int)declaration->kind);
    put_period(cells, declaration->period);
    put_yes(cells, LT_COL_NIL, declaration->nil);
    put(cells, LT_COL_NOTE, declaration->note);
    const size_t room = declaration->n_totals * (LT_TEXT_BYTES_MAX + LT_VALUE_TEXT_MAX) + 1;
    size_t size = 0;
    char *text = calloc(room, 1);
    cells->no_memory = cells->no_memory || text == NULL;
    for (size_t i = 0; text != NULL && i < declaration->n_totals; i++) {
        const Lienthong__ControlTotal *total = declaration->totals[i];
        const char *recipient = lt_value_word_text(LT_WORDS_RECIPIENT, (uint8_t)total->recipient);
        size += (size_t)snprintf(text + size, room - size, "%s%s%s%s=%llu", i > 0 ? "; " : "",
                                 total->code, total->recipient > 0 ? "/" : "",
                                 total->recipient > 0 ? recipient : "",
                                 (unsigned long long)total->quantity);
    }
    put(cells, LT_COL_TOTALS, text != NULL ? text : "");
    free(text);
}

uint8_t lt_cells_kind(const Lienthong__Change *change)
{
    return change->award != NULL         ? LT_KIND_AWARD
           : change->proposal != NULL    ? LT_KIND_PROPOSAL
           : change->movement != NULL    ? LT_KIND_MOVEMENT
           : change->pledge != NULL      ? LT_KIND_PLEDGE
           : change->score != NULL       ? LT_KIND_SCORE
           : change->exemplar != NULL    ? LT_KIND_EXEMPLAR
           : change->declaration != NULL ? LT_KIND_DECLARATION
                                         : 0;
}

static void put_record(struct lt_cells *cells, const Lienthong__ReportBody *body,
                       const Lienthong__Change *change)
{
    if (change->award != NULL) {
        put_award(cells, body, change->award);
    } else if (change->proposal != NULL) {
        put_proposal(cells, body, change->proposal);
    } else if (change->movement != NULL) {
        put_movement(cells, body, change->movement);
    } else if (change->pledge != NULL) {
        put_pledge(cells, body, change->pledge);
    } else if (change->score != NULL) {
        put_score(cells, body, change->score);
    } else if (change->exemplar != NULL) {
        put_exemplar(cells, body, change->exemplar);
    } else if (change->declaration != NULL) {
        put_declaration(cells, change->declaration);
    }
}

static const char *const erased[] = {"(đã xóa tên)", "(erased)"};
static const char *const sealed[] = {"(niêm phong)", "(sealed)"};

const char *lt_cells_erased(void)
{
    return lt_text(erased[0], erased[1]);
}

const char *lt_cells_sealed(void)
{
    return lt_text(sealed[0], sealed[1]);
}

bool lt_cells_no_name(const char *name)
{
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(name, erased[i]) == 0 || strcmp(name, sealed[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum lt_result lt_cells_of(const struct lt_record_view *record, struct lt_cells *ret_cells)
{
    struct lt_cells cells = {0};
    char ref[LT_ROW_REF_MAX];
    lt_row_ref_format(&record->ref, ref);
    put(&cells, LT_COL_ROW_REF, ref);
    if (record->body != NULL) {
        const Lienthong__Change *change = record->body->changes[record->index];
        put_word(&cells, LT_COL_KIND, LT_WORDS_KIND, lt_cells_kind(change));
        put_record(&cells, record->body, change);
    }
    if (record->person != NULL) {
        put(&cells, LT_COL_NAME, record->person->name);
        put(&cells, LT_COL_WORKPLACE, record->person->workplace);
        put(&cells, LT_COL_POSITION, record->person->position);
    } else if (record->erased) {
        put(&cells, LT_COL_NAME, lt_cells_erased());
    } else if (record->hidden) {
        put(&cells, LT_COL_NAME, lt_cells_sealed());
    }
    if (cells.no_memory) {
        lt_cells_free(&cells);
        return LT_NO_MEMORY;
    }
    *ret_cells = cells;
    return LT_OK;
}

enum lt_result lt_cells_of_other(const struct lt_record_view *record, struct lt_cells *ret_cells)
{
    struct lt_record_view other = *record;
    other.body = record->other_body;
    other.index = record->other_index;
    other.person = record->other_person;
    other.erased = record->other_erased;
    other.hidden = record->other_hidden;
    return lt_cells_of(&other, ret_cells);
}

void lt_cells_free(struct lt_cells *cells)
{
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        free(cells->texts[i]);
    }
    *cells = (struct lt_cells){0};
}
