/* The question: its words as numbers and places, and what of a line it asks for. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proof_inner.h"

/* ---- Words ---- */

static bool spelt_year(const char *text, uint32_t *ret_number)
{
    unsigned from = 0, to = 0;
    int end = 0;
    const char *digits = "0123456789";
    if (strspn(text, digits) != 4)
        return false;
    from = (unsigned)strtoul(text, NULL, 10);
    to = from;
    end = 4;
    if (text[4] == '-' && strspn(text + 5, digits) == 4) {
        to = (unsigned)strtoul(text + 5, NULL, 10);
        end = 9;
    }
    *ret_number = end == 9 ? from << 16 | to : to;
    return text[end] == '\0';
}

static bool place_of(const struct lt_proof *proof, const char *text,
                     const struct lt_place **ret_place)
{
    struct lt_unit unit;
    bool dated;
    *ret_place = NULL;
    if (text[0] == '\0')
        return true;
    if (lt_unit_parse(text, &unit, &dated) == LT_OK)
        *ret_place = lt_book_place(proof->book, &unit);
    return *ret_place != NULL;
}

/* Only what counts at this place is wanted; of several conditions all must hold. */
static void keep(struct proof_asks *asks, const struct lt_place *place)
{
    if (asks->keeps && asks->kept != place)
        place = NULL;
    asks->keeps = true;
    asks->kept = place;
}

static bool ask_where(struct lt_proof *proof, const Lienthong__ProofCondition *told)
{
    struct proof_asks *asks = &proof->asks;
    enum lt_dimension dimension;
    const struct lt_place *place;
    uint32_t number = 0;
    if (!lt_dimension_find(told->dimension, strlen(told->dimension), &dimension))
        return false;
    if (dimension == LT_DIM_PLACE) {
        if (!place_of(proof, told->value, &place))
            return false;
        keep(asks, place);
        asks->apart = true;
        return true;
    }
    if (lt_dimension_listed(dimension)) {
        number = lt_dimension_value(dimension, told->value);
        if (number == 0 && told->value[0] != '\0')
            return false;
    } else if (lt_dimension_counted(dimension)) {
        number = (uint32_t)strtoul(told->value, NULL, 10);
        if (number > 12 || told->value[strspn(told->value, "0123456789")] != '\0')
            return false;
    } else if (dimension == LT_DIM_YEAR) {
        if (told->value[0] != '\0' && !spelt_year(told->value, &number))
            return false;
    }
    asks->all_kinds = asks->all_kinds || dimension == LT_DIM_KIND;
    asks->all_statuses = asks->all_statuses || dimension == LT_DIM_STATUS;
    asks->enterprises_apart =
        asks->enterprises_apart ||
        (dimension == LT_DIM_RECIPIENT && number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE);
    asks->where[asks->where_count].dimension = dimension;
    asks->where[asks->where_count].number = number;
    asks->where[asks->where_count++].text = told->value;
    return true;
}

static bool ask_by(struct proof_asks *asks, const char *name)
{
    enum lt_dimension dimension;
    if (!lt_dimension_find(name, strlen(name), &dimension))
        return false;
    for (size_t i = 0; i < asks->by_count; i++)
        if (asks->by[i] == dimension)
            return false;
    asks->by[asks->by_count++] = dimension;
    asks->all_kinds = asks->all_kinds || dimension == LT_DIM_KIND;
    asks->all_statuses = asks->all_statuses || dimension == LT_DIM_STATUS;
    asks->apart = asks->apart || dimension == LT_DIM_PLACE;
    return true;
}

static bool years_ok(const Lienthong__ProofQuestion *question)
{
    const bool months = question->month_from != 0 || question->month_to != 0;
    return question->year_from >= LT_YEAR_MIN && question->year_to <= LT_YEAR_MAX &&
           question->year_from <= question->year_to &&
           (!months || (question->decided && question->month_from >= 1 &&
                        question->month_to <= 12 && question->month_from <= question->month_to));
}

static enum lt_result look_today(struct lt_proof *proof, lt_day day)
{
    struct proof_asks *asks = &proof->asks;
    const struct lt_place *place = asks->place;
    if (day == 0)
        return LT_OK;
    if ((place->unit.valid_from != 0 && place->unit.valid_from > day) ||
        (place->valid_to != 0 && place->valid_to < day))
        return LT_REFUSED;
    asks->today = calloc(lt_book_place_count(proof->book) + 1, sizeof(const struct lt_place *));
    if (asks->today == NULL)
        return LT_NO_MEMORY;
    lt_book_today_all(proof->book, day, asks->today);
    return LT_OK;
}

enum lt_result lt_proof_ask(struct lt_proof *proof)
{
    const Lienthong__ProofQuestion *question = proof->head->question;
    char unit_text[LT_UNIT_TEXT_MAX];
    struct lt_unit unit;
    const enum lt_result made =
        lt_unit_make(question->place->code, question->place->valid_from, &unit);
    assert(made == LT_OK); /* as the head's shape has made sure */
    lt_unit_format(&unit, unit_text);
    proof->asks.place = lt_book_place(proof->book, &unit);
    bool good = proof->asks.place != NULL && years_ok(question);
    for (size_t i = 0; i < question->n_by && good; i++)
        good = ask_by(&proof->asks, question->by[i]);
    for (size_t i = 0; i < question->n_where && good; i++)
        good = ask_where(proof, question->where[i]);
    const enum lt_result result = good ? look_today(proof, question->tree) : LT_REFUSED;
    if (result == LT_REFUSED)
        lt_proof_fault(proof, LT_PROOF_QUESTION, "%s", unit_text);
    return result;
}

/* ---- Where a line counts ---- */

/* At the place directly below the asked one that holds it, at the asked one itself, or nowhere in it. */
static const struct lt_place *counts_at(const struct lt_proof *proof, const struct lt_place *place)
{
    const struct proof_asks *asks = &proof->asks;
    const struct lt_place *lies = place, *under;
    if (asks->today != NULL) {
        lies = asks->today[place->number];
        if (lies == NULL && asks->place->parent == NULL && lt_place_within(place, asks->place))
            return asks->place; /* nothing is lost at the top */
    }
    under = lies;
    for (unsigned up = 0; lies != NULL && lies != asks->place && up <= LT_DEPTH_MAX; up++) {
        under = lies;
        lies = lies->parent;
    }
    return lies != asks->place ? NULL : asks->apart ? under : asks->place;
}

/* ---- What of it is asked for ---- */

/* A line under one of its years. */
struct seen {
    const struct proof_line *line;
    const struct lt_place *place;
    uint32_t year; /* a span: its first year << 16 | its last */
    uint8_t month;
};

static uint32_t part_of(uint8_t month, unsigned months)
{
    return (month + months - 1) / months;
}

static uint32_t number_of(const struct seen *seen, enum lt_dimension dimension)
{
    const struct proof_line *line = seen->line;
    switch (dimension) {
    case LT_DIM_YEAR:
        return seen->year;
    case LT_DIM_MONTH:
        return seen->month;
    case LT_DIM_QUARTER:
        return part_of(seen->month, 3);
    case LT_DIM_HALF:
        return part_of(seen->month, 6);
    case LT_DIM_KIND:
        return line->kind;
    case LT_DIM_LEVEL:
        return line->level;
    case LT_DIM_TYPE:
        return line->type;
    case LT_DIM_RECIPIENT:
        return line->recipient;
    case LT_DIM_CATEGORY:
        return line->category;
    case LT_DIM_SEX:
        return line->sex;
    case LT_DIM_NATURE:
        return line->nature;
    case LT_DIM_STATUS:
        return line->status;
    case LT_DIM_SUBMITTED:
        return lt_detail_submitted(line->kind, line->detail);
    case LT_DIM_POSTHUMOUS:
        return lt_detail_posthumous(line->kind, line->detail);
    case LT_DIM_SCOPE:
        return lt_detail_scope(line->kind, line->detail);
    case LT_DIM_LENGTH:
        return lt_detail_length(line->kind, line->detail);
    case LT_DIM_METHOD:
        return lt_detail_method(line->kind, line->detail);
    case LT_DIM_OUTSIDE:
        return line->outside;
    case LT_DIM_PLACE:
    case LT_DIM_CODE:
    case LT_DIM_FIELD:
    case LT_DIM_MOVEMENT:
    case LT_DIM_COUNT:
        break;
    }
    return 0; /* a text or a place */
}

static const char *text_of(const struct seen *seen, enum lt_dimension dimension)
{
    return dimension == LT_DIM_CODE       ? seen->line->code
           : dimension == LT_DIM_FIELD    ? seen->line->field
           : dimension == LT_DIM_MOVEMENT ? seen->line->movement
                                          : NULL;
}

static bool meets(const struct lt_proof *proof, const struct seen *seen)
{
    const struct proof_asks *asks = &proof->asks;
    for (size_t i = 0; i < asks->where_count; i++) {
        const enum lt_dimension dimension = asks->where[i].dimension;
        const char *text = text_of(seen, dimension);
        const uint32_t number = text == NULL ? number_of(seen, dimension) : 0;
        const bool enterprise =
            dimension == LT_DIM_RECIPIENT &&
            asks->where[i].number == LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE &&
            number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE;
        if (text != NULL ? strcmp(text, asks->where[i].text) != 0
                         : number != asks->where[i].number && !enterprise)
            return false;
    }
    return true;
}

static bool asked(const struct lt_proof *proof, const struct seen *seen)
{
    const struct proof_asks *asks = &proof->asks;
    const Lienthong__ProofQuestion *question = proof->head->question;
    const uint32_t from = seen->year >> 16, to = seen->year & 0xffff;
    if (question->span ? from != question->year_from || to != question->year_to
                       : from != 0 || to < question->year_from || to > question->year_to)
        return false;
    if (question->month_from != 0 &&
        (seen->month < question->month_from || seen->month > question->month_to))
        return false;
    if ((!asks->all_kinds && seen->line->kind != LT_KIND_AWARD) ||
        (!asks->all_statuses && seen->line->status == LT_STATUS_REVOKED) ||
        (asks->keeps && seen->place != asks->kept))
        return false;
    return meets(proof, seen);
}

/* ---- Rows ---- */

static void spell(const struct lt_proof *proof, const struct seen *seen,
                  enum lt_dimension dimension, char *ret_text, size_t max)
{
    const char *text = text_of(seen, dimension);
    uint32_t number = text == NULL ? number_of(seen, dimension) : 0;
    char unit[LT_UNIT_TEXT_MAX];
    if (dimension == LT_DIM_RECIPIENT && !proof->asks.enterprises_apart &&
        number == LIENTHONG__RECIPIENT__RECIPIENT_ENTERPRISE)
        number = LIENTHONG__RECIPIENT__RECIPIENT_COLLECTIVE;
    if (text != NULL) {
        (void)snprintf(ret_text, max, "%s", text);
    } else if (dimension == LT_DIM_PLACE) {
        lt_unit_format(&seen->place->unit, unit);
        (void)snprintf(ret_text, max, "%s", unit);
    } else if (lt_dimension_listed(dimension)) {
        (void)snprintf(ret_text, max, "%s", lt_dimension_spell(dimension, (uint8_t)number));
    } else if (dimension == LT_DIM_YEAR && number >> 16 != 0) {
        (void)snprintf(ret_text, max, "%u-%u", number >> 16, number & 0xffff);
    } else {
        (void)snprintf(ret_text, max, "%u", number);
    }
}

static enum lt_result add_to_rows(struct lt_proof *proof, const struct seen *seen)
{
    enum { VALUE_MAX = LT_TEXT_BYTES_MAX + 1, VALUES_MAX = LT_DIM_COUNT * VALUE_MAX };
    const struct proof_asks *asks = &proof->asks;
    const struct proof_line *line = seen->line;
    char values[VALUES_MAX], *at = values;
    void *counted = proof->counted;
    values[0] = '\0';
    for (size_t i = 0; i < asks->by_count; i++) {
        if (i > 0)
            *at++ = LT_PROOF_BETWEEN;
        spell(proof, seen, asks->by[i], at, VALUE_MAX);
        at += strlen(at);
    }
    char *kept = strdup(values);
    if (kept == NULL || !lt_proof_room(&counted, proof->counted_count, &proof->counted_capacity,
                                       sizeof *proof->counted)) {
        free(kept);
        return LT_NO_MEMORY;
    }
    proof->counted = counted;
    proof->counted[proof->counted_count++] =
        (struct proof_sum){kept, line->counted_count, line->counted_quantity,
                           line->unconfirmed ? line->counted_quantity : 0};
    return LT_OK;
}

/* Under the year of its achievement, under that of its decision, or under both where they agree. A month is of
 * the decision: under another year there is none. */
enum lt_result lt_proof_answer(struct lt_proof *proof, const struct proof_line *line,
                               bool *ret_asked)
{
    const bool decided = proof->head->question->decided;
    const bool both = line->year == line->decided_year && line->span_from == 0;
    struct seen seen = {.line = line, .place = counts_at(proof, line->place)};
    *ret_asked = false;
    if (seen.place == NULL)
        return LT_OK;
    if (both || decided) {
        seen.year = line->decided_year;
        seen.month = line->month;
    } else {
        seen.year = (uint32_t)line->span_from << 16 | line->year;
        seen.month = line->decided_year != 0 ? 0 : line->month;
    }
    if ((seen.year & 0xffff) == 0 || !asked(proof, &seen))
        return LT_OK;
    *ret_asked = true;
    return add_to_rows(proof, &seen);
}
