#include "agent/rows_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"

enum { CANDIDATES_MAX = 8, UNITS_FIRST = 8 };

/* ---- Units ---- */

static enum lt_result find_on(const struct lt_rows_reader *reader, const char *code,
                              const struct lt_place **ret_place)
{
    const struct lt_book *book = reader->rows->book;
    if (reader->day != 0 || reader->year == 0) {
        return lt_book_place_on(book, code, reader->day, ret_place);
    }
    const struct lt_place *candidates[CANDIDATES_MAX];
    size_t count = 0;
    enum lt_result result =
        lt_book_place_in_year(book, code, (int)reader->year, candidates, CANDIDATES_MAX, &count);
    if (result == LT_OK) {
        *ret_place = candidates[0];
    }
    return result;
}

/* "80@2004-01-01 (Long An), 80@2025-07-01 (Tây Ninh)" */
static void list_entries(const struct lt_book *book, const char *code, char *ret_text, size_t max)
{
    size_t size = 0;
    ret_text[0] = '\0';
    for (size_t i = 0; i < lt_book_place_count(book); i++) {
        const struct lt_place *place = lt_book_place_at(book, i);
        char unit[LT_UNIT_TEXT_MAX];
        if (strcmp(place->unit.code, code) != 0) {
            continue;
        }
        lt_unit_format(&place->unit, unit);
        if (size + strlen(unit) + strlen(place->name) + 6 < max) {
            size += (size_t)snprintf(ret_text + size, max - size, "%s%s (%s)", size > 0 ? ", " : "",
                                     unit, place->name);
        }
    }
}

/* Excel takes leading zeros away: the code that this one may have been. */
static bool with_zeros(const struct lt_rows_reader *reader, const char *code, char ret_code[8])
{
    const struct lt_place *place;
    size_t size = strlen(code);
    if (size > 5 || strspn(code, "0123456789") != size) {
        return false;
    }
    for (size_t width = size + 1; width <= 5; width++) {
        snprintf(ret_code, 8, "%.*s%s", (int)(width - size), "00000", code);
        if (find_on(reader, ret_code, &place) == LT_OK) {
            return true;
        }
    }
    return false;
}

static void fail_unit(struct lt_rows_reader *reader, enum lt_column column, const char *code,
                      enum lt_result result)
{
    char entries[300], padded[8];
    list_entries(reader->rows->book, code, entries, sizeof(entries));
    if (result == LT_AMBIGUOUS) {
        lt_rows_fail(reader, column,
                     lt_text("mã «%s» là của nhiều đơn vị qua các thời kỳ; viết rõ một trong: %s",
                             "code \"%s\" was borne by several units; write one of: %s"),
                     code, entries);
    } else if (entries[0] != '\0') {
        lt_rows_fail(reader, column,
                     lt_text("đơn vị «%s» không tồn tại vào thời gian của bản ghi; có: %s",
                             "unit \"%s\" did not exist at the time of the record; there is: %s"),
                     code, entries);
    } else if (with_zeros(reader, code, padded)) {
        lt_rows_fail(reader, column,
                     lt_text("không có đơn vị mã «%s»; có phải «%s»? (Excel bỏ số 0 ở đầu)",
                             "there is no unit \"%s\"; is it \"%s\"? (Excel drops leading zeros)"),
                     code, padded);
    } else {
        lt_rows_fail(reader, column,
                     lt_text("không có đơn vị mã «%s» trong danh mục của cấp trên",
                             "the tree has no unit \"%s\""),
                     code);
    }
}

const struct lt_place *lt_rows_place(struct lt_rows_reader *reader, enum lt_column column,
                                     const char *text)
{
    struct lt_unit unit;
    bool dated;
    const struct lt_place *place = NULL;
    if (lt_unit_parse(text, &unit, &dated) != LT_OK) {
        lt_rows_fail(reader, column,
                     lt_text("«%.*s» không phải mã đơn vị (ví dụ 80, 10999, 10999@2025-07-01)",
                             "\"%.*s\" is not the code of a unit (such as 80, 10999, "
                             "10999@2025-07-01)"),
                     (int)lt_table_cut(text, 60), text);
        return NULL;
    }
    if (dated) {
        place = lt_book_place(reader->rows->book, &unit);
        if (place == NULL) {
            fail_unit(reader, column, unit.code, LT_NOT_FOUND);
        }
        return place;
    }
    enum lt_result result = find_on(reader, unit.code, &place);
    if (result != LT_OK) {
        fail_unit(reader, column, unit.code, result);
        return NULL;
    }
    return place;
}

uint32_t lt_rows_refer(struct lt_rows_reader *reader, const struct lt_unit *unit, bool always)
{
    Lienthong__ReportBody *body = reader->body;
    if (unit->code[0] == '\0' || (!always && lt_unit_cmp(unit, &reader->author->unit) == 0)) {
        return 0;
    }
    for (size_t i = 0; i < body->n_units; i++) {
        if (strcmp(body->units[i]->code, unit->code) == 0 &&
            body->units[i]->valid_from == unit->valid_from) {
            return (uint32_t)i + 1;
        }
    }
    /* The list doubles at 8, 16, 32 … */
    if (body->n_units == 0 ||
        (body->n_units >= UNITS_FIRST && (body->n_units & (body->n_units - 1)) == 0)) {
        size_t room = body->n_units == 0 ? UNITS_FIRST : body->n_units * 2;
        Lienthong__Unit **grown = lt_rows_take(reader, room * sizeof(*grown));
        if (grown == NULL) {
            return 0;
        }
        if (body->n_units > 0) {
            memcpy(grown, body->units, body->n_units * sizeof(*grown));
        }
        body->units = grown;
    }
    Lienthong__Unit *added = lt_rows_take(reader, sizeof(*added));
    char *code = lt_rows_take(reader, sizeof(unit->code));
    if (added == NULL || code == NULL) {
        return 0;
    }
    lienthong__unit__init(added);
    memcpy(code, unit->code, sizeof(unit->code));
    added->code = code;
    added->valid_from = unit->valid_from;
    body->units[body->n_units++] = added;
    return (uint32_t)body->n_units;
}

uint32_t lt_rows_unit(struct lt_rows_reader *reader, enum lt_column column)
{
    char *text = lt_rows_text(reader, column, LT_TEXT_BYTES_MAX, false);
    if (text[0] == '\0') {
        return 0;
    }
    const struct lt_place *place = lt_rows_place(reader, column, text);
    return place != NULL ? lt_rows_refer(reader, &place->unit, false) : 0;
}

/* ---- Who decided ---- */

/* Authorities of the state, which are no units of the tree. */
static const char *state_authority(const char *text)
{
    static const struct {
        const char *folded, *code;
    } authorities[] = {
        {"ctn", "CTN"},
        {"chu tich nuoc", "CTN"},
        {"cp", "CP"},
        {"chinh phu", "CP"},
        {"ttg", "TTG"},
        {"thu tuong", "TTG"},
        {"ttcp", "TTG"},
        {"thu tuong chinh phu", "TTG"},
        {"president", "CTN"},
        {"government", "CP"},
        {"prime minister", "TTG"},
    };
    char folded[LT_FOLDED_MAX];
    const char *found = NULL;
    (void)lt_fold_plain(text, folded);
    for (size_t i = 0; i < sizeof(authorities) / sizeof(authorities[0]); i++) {
        if (strcmp(folded, authorities[i].folded) == 0) {
            found = authorities[i].code;
        }
    }
    return found;
}

/* The highest level that a unit may claim. */
static Lienthong__Level ceiling_of(const struct lt_place *place)
{
    static const Lienthong__Level levels[] = {
        LIENTHONG__LEVEL__LEVEL_NONE,     LIENTHONG__LEVEL__LEVEL_STATE,
        LIENTHONG__LEVEL__LEVEL_PROVINCE, LIENTHONG__LEVEL__LEVEL_DISTRICT,
        LIENTHONG__LEVEL__LEVEL_COMMUNE,  LIENTHONG__LEVEL__LEVEL_BASE,
    };
    return place->level < sizeof(levels) / sizeof(levels[0]) ? levels[place->level] : levels[0];
}

Lienthong__Level lt_rows_level(const struct lt_place *place)
{
    if (place->nature <= LIENTHONG__NATURE__NATURE_ADMINISTRATIVE) {
        return ceiling_of(place);
    }
    return place->level == LT_UNIT_NATION ? LIENTHONG__LEVEL__LEVEL_MINISTRY
                                          : LIENTHONG__LEVEL__LEVEL_BASE;
}

/* An authority that is neither of the state nor in the tree: a ministry, when the level says so. */
static bool is_ministry(const struct lt_rows_reader *reader, const char *text,
                        Lienthong__Level level)
{
    struct lt_unit unit;
    const struct lt_place *place;
    bool dated;
    return level == LIENTHONG__LEVEL__LEVEL_MINISTRY &&
           (lt_unit_parse(text, &unit, &dated) != LT_OK ||
            (!dated && lt_book_place_on(reader->rows->book, unit.code, 0, &place) == LT_NOT_FOUND));
}

static void decide_by_author(struct lt_rows_reader *reader, Lienthong__Decision *decision)
{
    const struct lt_place *author = reader->author;
    if (decision->level == LIENTHONG__LEVEL__LEVEL_NONE) {
        decision->level = lt_rows_level(author);
    } else if (decision->level < ceiling_of(author)) {
        lt_rows_fail(reader, LT_COL_AUTHORITY,
                     lt_text("cấp «%s» cao hơn đơn vị mình: điền mã cơ quan quyết định (hoặc CTN, "
                             "CP, TTG)",
                             "level \"%s\" is above this unit: state the authority's code (or CTN, "
                             "CP, TTG)"),
                     lt_value_word_text(LT_WORDS_LEVEL, (uint8_t)decision->level));
    }
    decision->unit = lt_rows_refer(reader, &author->unit, true);
}

static void decide(struct lt_rows_reader *reader, Lienthong__Decision *decision)
{
    char *text = lt_rows_text(reader, LT_COL_AUTHORITY, LT_TEXT_BYTES_MAX, false);
    const char *state = state_authority(text);
    decision->level = (Lienthong__Level)lt_rows_word(reader, LT_COL_LEVEL, LT_WORDS_LEVEL);
    if (text[0] == '\0') {
        decide_by_author(reader, decision);
    } else if (state != NULL) {
        decision->authority = lt_rows_take(reader, 4);
        if (decision->authority == NULL) {
            decision->authority = reader->nothing;
            return;
        }
        memcpy(decision->authority, state, strlen(state));
        if (decision->level == LIENTHONG__LEVEL__LEVEL_NONE) {
            decision->level = LIENTHONG__LEVEL__LEVEL_STATE;
        }
    } else if (is_ministry(reader, text, decision->level)) {
        decision->authority = text;
    } else {
        const struct lt_place *place = lt_rows_place(reader, LT_COL_AUTHORITY, text);
        if (place != NULL) {
            decision->unit = lt_rows_refer(reader, &place->unit, true);
            if (decision->level == LIENTHONG__LEVEL__LEVEL_NONE) {
                decision->level = lt_rows_level(place);
            }
        }
    }
}

uint32_t lt_rows_decision(struct lt_rows_reader *reader, bool always)
{
    if (!always && !lt_rows_has(reader, LT_COL_AUTHORITY) &&
        !lt_rows_has(reader, LT_COL_DECISION_NUMBER) &&
        !lt_rows_has(reader, LT_COL_DECISION_DATE)) {
        return 0;
    }
    Lienthong__Decision *decision = lt_rows_take(reader, sizeof(*decision));
    Lienthong__Decision **list = lt_rows_take(reader, sizeof(*list));
    if (decision == NULL || list == NULL) {
        return 0;
    }
    lienthong__decision__init(decision);
    decision->number = lt_rows_text(reader, LT_COL_DECISION_NUMBER, LT_TEXT_BYTES_MAX, false);
    decision->date = lt_rows_day(reader, LT_COL_DECISION_DATE);
    decision->signatory = lt_rows_text(reader, LT_COL_SIGNATORY, LT_LONG_TEXT_BYTES_MAX, false);
    decide(reader, decision);
    list[0] = decision;
    reader->body->decisions = list;
    reader->body->n_decisions = 1;
    return 1;
}
