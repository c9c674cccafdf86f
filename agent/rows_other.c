#include "agent/rows_reader.h"

#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

static void fail_missing(struct lt_rows_reader *reader, enum lt_column column)
{
    lt_rows_fail(reader, column, lt_text("thiếu «%s»", "\"%s\" is missing"),
                 lt_column_header(column));
}

/* The first of several columns that says something. */
static char *first_text(struct lt_rows_reader *reader, const enum lt_column *columns, size_t count,
                        size_t max)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (lt_rows_has(reader, columns[i])) {
            return lt_rows_text(reader, columns[i], max, false);
        }
    }
    return lt_rows_text(reader, columns[count - 1], max, false);
}

static Lienthong__Level launcher_level(struct lt_rows_reader *reader, uint32_t launcher)
{
    const struct lt_place *place = reader->author;
    if (launcher > 0) {
        struct lt_unit unit;
        const Lienthong__Unit *said = reader->body->units[launcher - 1];
        place = lt_unit_make(said->code, said->valid_from, &unit) == LT_OK
                    ? lt_book_place(reader->rows->book, &unit)
                    : NULL;
    }
    return place != NULL ? lt_rows_level(place) : LIENTHONG__LEVEL__LEVEL_NONE;
}

void lt_rows_movement(struct lt_rows_reader *reader)
{
    static const enum lt_column names[] = {LT_COL_MOVEMENT_NAME, LT_COL_NAME, LT_COL_MOVEMENT};
    Lienthong__Movement *movement = lt_rows_take(reader, sizeof(*movement));
    if (movement == NULL) {
        return;
    }
    lienthong__movement__init(movement);
    reader->change->movement = movement;
    movement->code = lt_rows_text(reader, LT_COL_MOVEMENT_CODE, LT_TEXT_BYTES_MAX, false);
    movement->name = first_text(reader, names, 3, LT_LONG_TEXT_BYTES_MAX);
    movement->from = lt_rows_day(reader, LT_COL_FROM);
    movement->to = lt_rows_day(reader, LT_COL_TO);
    movement->year = lt_rows_year(reader);
    if (movement->year == 0 && movement->from != 0) {
        int year, month, day;
        lt_day_split(movement->from, &year, &month, &day);
        movement->year = (uint32_t)year;
    }
    reader->day = movement->from;
    reader->year = movement->year;
    movement->launcher = lt_rows_unit(reader, LT_COL_LAUNCHER);
    movement->level = (Lienthong__Level)lt_rows_word(reader, LT_COL_LEVEL, LT_WORDS_LEVEL);
    if (!lt_rows_has(reader, LT_COL_LEVEL)) {
        movement->level = launcher_level(reader, movement->launcher);
    }
    movement->scope = (Lienthong__MovementScope)lt_rows_word(reader, LT_COL_SCOPE, LT_WORDS_SCOPE);
    movement->thematic = lt_rows_word(reader, LT_COL_METHOD, LT_WORDS_METHOD) == 2;
    movement->implements = lt_rows_text(reader, LT_COL_IMPLEMENTS, LT_TEXT_BYTES_MAX, false);
    movement->field = lt_rows_text(reader, LT_COL_FIELD, LT_TEXT_BYTES_MAX, false);
    movement->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    if (movement->name[0] == '\0' && movement->code[0] == '\0') {
        fail_missing(reader, LT_COL_MOVEMENT_NAME);
    }
    if (movement->year == 0 && !lt_rows_has_period(reader)) {
        fail_missing(reader, LT_COL_PERIOD);
    }
}

/* "866, 867; 868 875" */
static void read_members(struct lt_rows_reader *reader, Lienthong__Pledge *pledge)
{
    static const char blanks[] = " ,;\n\t";
    char *text = lt_rows_text(reader, LT_COL_MEMBERS, LT_TABLE_LINE_BYTES_MAX, false);
    uint32_t *members = lt_rows_take(reader, LT_MEMBERS_MAX * sizeof(*members));
    size_t count = 0;
    if (members == NULL) {
        return;
    }
    char *at = text + strspn(text, blanks);
    while (*at != '\0' && count < LT_MEMBERS_MAX) {
        size_t size = strcspn(at, blanks);
        char *next = at + size + strspn(at + size, blanks);
        at[size] = '\0'; /* the text is the reader's own copy */
        const struct lt_place *place = lt_rows_place(reader, LT_COL_MEMBERS, at);
        if (place == NULL) {
            return;
        }
        members[count++] = lt_rows_refer(reader, &place->unit, true);
        at = next;
    }
    if (*at != '\0') {
        lt_rows_fail(reader, LT_COL_MEMBERS, lt_text("quá %d thành viên", "more than %d members"),
                     LT_MEMBERS_MAX);
    }
    pledge->members = members;
    pledge->n_members = count;
}

void lt_rows_pledge(struct lt_rows_reader *reader)
{
    Lienthong__Pledge *pledge = lt_rows_take(reader, sizeof(*pledge));
    if (pledge == NULL) {
        return;
    }
    lienthong__pledge__init(pledge);
    reader->change->pledge = pledge;
    pledge->cluster = lt_rows_text(reader, LT_COL_CLUSTER, LT_TEXT_BYTES_MAX, false);
    pledge->year = lt_rows_year(reader);
    reader->year = pledge->year;
    pledge->theme = lt_rows_text(reader, LT_COL_THEME, LT_LONG_TEXT_BYTES_MAX, false);
    read_members(reader, pledge);
    pledge->lead = lt_rows_unit(reader, LT_COL_LEAD);
    pledge->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    pledge->quantity = lt_rows_count(reader, LT_COL_QUANTITY);
    if (!lt_rows_has_period(reader)) {
        fail_missing(reader, LT_COL_PERIOD);
    }
    if (pledge->cluster[0] == '\0' && pledge->quantity == 0) {
        fail_missing(reader, LT_COL_CLUSTER);
    }
}

void lt_rows_score(struct lt_rows_reader *reader)
{
    Lienthong__Score *score = lt_rows_take(reader, sizeof(*score));
    if (score == NULL) {
        return;
    }
    lienthong__score__init(score);
    reader->change->score = score;
    score->cluster = lt_rows_text(reader, LT_COL_CLUSTER, LT_TEXT_BYTES_MAX, false);
    score->year = lt_rows_year(reader);
    reader->year = score->year;
    score->movement = lt_rows_text(reader, LT_COL_MOVEMENT, LT_TEXT_BYTES_MAX, false);
    score->member =
        lt_rows_unit(reader, lt_rows_has(reader, LT_COL_PLACE) ? LT_COL_PLACE : LT_COL_MEMBERS);
    score->managing = lt_rows_unit(reader, LT_COL_MANAGING);
    score->has_self = lt_rows_points(reader, LT_COL_POINTS_SELF, &score->self_scored);
    score->has_verified = lt_rows_points(reader, LT_COL_POINTS_VERIFIED, &score->verified);
    score->has_final = lt_rows_points(reader, LT_COL_POINTS_FINAL, &score->final);
    lt_rows_points(reader, LT_COL_BONUS, &score->bonus);
    lt_rows_points(reader, LT_COL_PENALTY, &score->penalty);
    score->rank = (uint32_t)lt_rows_count(reader, LT_COL_RANK);
    score->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    if (score->cluster[0] == '\0') {
        fail_missing(reader, LT_COL_CLUSTER);
    }
    if (!lt_rows_has_period(reader)) {
        fail_missing(reader, LT_COL_PERIOD);
    }
}

void lt_rows_exemplar(struct lt_rows_reader *reader)
{
    Lienthong__Exemplar *exemplar = lt_rows_take(reader, sizeof(*exemplar));
    if (exemplar == NULL) {
        return;
    }
    lienthong__exemplar__init(exemplar);
    reader->change->exemplar = exemplar;
    exemplar->period = lt_rows_period(reader);
    lt_rows_date(reader, 0, exemplar->period);
    exemplar->model = lt_rows_text(reader, LT_COL_MODEL, LT_LONG_TEXT_BYTES_MAX, false);
    if (lt_rows_has(reader, LT_COL_RECIPIENT) || lt_rows_has(reader, LT_COL_ENTERPRISE)) {
        exemplar->recipient = lt_rows_recipient(reader, NULL);
    }
    exemplar->field = lt_rows_text(reader, LT_COL_FIELD, LT_TEXT_BYTES_MAX, false);
    exemplar->place = lt_rows_unit(reader, LT_COL_PLACE);
    exemplar->quantity = lt_rows_count(reader, LT_COL_QUANTITY);
    exemplar->movement = lt_rows_text(reader, LT_COL_MOVEMENT, LT_TEXT_BYTES_MAX, false);
    exemplar->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    lt_rows_person(reader);
    if (exemplar->model[0] == '\0' && reader->person == NULL && exemplar->quantity == 0) {
        fail_missing(reader, LT_COL_MODEL);
    }
}

/* ---- Declarations ---- */

/* "GK/cá nhân=1454": code and recipient may be empty, for all of them. */
static bool read_total(struct lt_rows_reader *reader, char *text, Lienthong__RecordKind kind,
                       Lienthong__ControlTotal *ret_total)
{
    char *equals = strrchr(text, '=');
    if (equals == NULL) {
        return false;
    }
    *equals = '\0';
    uint64_t quantity;
    if (lt_value_count(equals + 1, &quantity) != NULL) {
        return false;
    }
    char *slash = strchr(text, '/');
    uint8_t recipient = 0;
    if (slash != NULL) {
        *slash++ = '\0';
        recipient = lt_value_word(LT_WORDS_RECIPIENT, slash);
        if (recipient == 0 && slash[strspn(slash, " ")] != '\0') {
            return false;
        }
    }
    char *code = text + strspn(text, " ");
    size_t size = strcspn(code, " ");
    if (code[size + strspn(code + size, " ")] != '\0') {
        return false; /* words: codes have no spaces */
    }
    char *kept = lt_rows_take(reader, size + 1);
    lienthong__control_total__init(ret_total);
    ret_total->kind = kind;
    ret_total->recipient = (Lienthong__Recipient)recipient;
    ret_total->quantity = quantity;
    if (kept != NULL) {
        memcpy(kept, code, size);
        ret_total->code = kept;
    }
    return true;
}

static void read_totals(struct lt_rows_reader *reader, Lienthong__Declaration *declaration)
{
    char *text = lt_rows_text(reader, LT_COL_TOTALS, LT_TABLE_LINE_BYTES_MAX, false);
    size_t room = text[0] != '\0';
    for (const char *at = text; *at != '\0'; at++) {
        room += *at == ';';
    }
    if (room == 0 || room > LT_CHANGES_MAX) {
        return; /* longer than a line can be */
    }
    Lienthong__ControlTotal **totals = lt_rows_take(reader, room * sizeof(*totals));
    size_t count = 0;
    for (char *at = text, *next; totals != NULL && at != NULL; at = next) {
        next = strchr(at, ';');
        if (next != NULL) {
            *next++ = '\0';
        }
        if (at[strspn(at, " ")] == '\0') {
            continue;
        }
        Lienthong__ControlTotal *total = lt_rows_take(reader, sizeof(*total));
        if (total == NULL) {
            return;
        }
        if (!read_total(reader, at, declaration->kind, total)) {
            lt_rows_fail(reader, LT_COL_TOTALS, "%s",
                         lt_text("viết như «GK/cá nhân=1454; GK/tập thể=298»",
                                 "write like \"GK/individual=1454; GK/collective=298\""));
            return;
        }
        totals[count++] = total;
    }
    declaration->totals = totals;
    declaration->n_totals = count;
}

void lt_rows_declaration(struct lt_rows_reader *reader)
{
    Lienthong__Declaration *declaration = lt_rows_take(reader, sizeof(*declaration));
    if (declaration == NULL) {
        return;
    }
    lienthong__declaration__init(declaration);
    reader->change->declaration = declaration;
    declaration->kind =
        (Lienthong__RecordKind)lt_rows_word(reader, LT_COL_DECLARED_KIND, LT_WORDS_KIND);
    declaration->period = lt_rows_declared_period(reader);
    declaration->nil = lt_rows_yes(reader, LT_COL_NIL);
    read_totals(reader, declaration);
    declaration->note = lt_rows_text(reader, LT_COL_NOTE, LT_LONG_TEXT_BYTES_MAX, true);
    if (declaration->nil && declaration->n_totals > 0) {
        lt_rows_fail(reader, LT_COL_NIL, "%s",
                     lt_text("đã ghi không phát sinh thì không có số đối chiếu",
                             "nil and control totals exclude each other"));
    }
}
