#include "agent/listing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/cells.h"
#include "agent/text.h"

static const Lienthong__Change *change_of(const struct lt_record_view *record)
{
    return record->body != NULL ? record->body->changes[record->index] : NULL;
}

static uint32_t year_of(const Lienthong__Period *period)
{
    if (period == NULL || period->kind != LIENTHONG__PERIOD_KIND__PERIOD_EVENT) {
        return period != NULL ? period->to : 0;
    }
    int year, month, day;
    lt_day_split(period->day, &year, &month, &day);
    return (uint32_t)year;
}

uint32_t lt_listing_year(const struct lt_record_view *record)
{
    const Lienthong__Change *change = change_of(record);
    return change == NULL                ? 0
           : change->award != NULL       ? year_of(change->award->period)
           : change->proposal != NULL    ? year_of(change->proposal->period)
           : change->movement != NULL    ? change->movement->year
           : change->pledge != NULL      ? change->pledge->year
           : change->score != NULL       ? change->score->year
           : change->exemplar != NULL    ? year_of(change->exemplar->period)
           : change->declaration != NULL ? year_of(change->declaration->period)
                                         : 0;
}

const char *lt_listing_code(const struct lt_record_view *record)
{
    const Lienthong__Change *change = change_of(record);
    return change == NULL             ? ""
           : change->award != NULL    ? change->award->code
           : change->proposal != NULL ? change->proposal->code
                                      : "";
}

const char *lt_listing_name(const struct lt_record_view *record)
{
    const Lienthong__Change *change = change_of(record);
    if (record->person != NULL && record->person->name[0] != '\0') {
        return record->person->name;
    }
    return record->erased             ? lt_cells_erased()
           : record->hidden           ? lt_cells_sealed()
           : change == NULL           ? ""
           : change->movement != NULL ? change->movement->name
           : change->pledge != NULL   ? change->pledge->cluster
           : change->score != NULL    ? change->score->cluster
           : change->exemplar != NULL ? change->exemplar->model
                                      : "";
}

uint64_t lt_listing_quantity(const struct lt_record_view *record)
{
    const Lienthong__Change *change = change_of(record);
    return change == NULL             ? 0
           : change->award != NULL    ? change->award->quantity
           : change->proposal != NULL ? change->proposal->quantity
           : change->pledge != NULL   ? change->pledge->quantity
           : change->exemplar != NULL ? change->exemplar->quantity
                                      : 0;
}

static const char *const states[] = {"draft",     "signed",      "at_parent", "counted",
                                     "retracted", "quarantined", "contested"};

bool lt_listing_is_state(const char *name)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const char *lt_listing_state(const struct lt_record_view *record)
{
    return record->contested     ? "contested"
           : record->quarantined ? "quarantined"
           : record->retracted   ? "retracted"
                                 : states[record->state];
}

static const char *counted_text(const struct lt_place *top)
{
    if (top != NULL && top->level == LT_UNIT_PROVINCE) {
        return lt_text("tại tỉnh và đã tính", "at the province and counted");
    }
    if (top != NULL && top->level == LT_UNIT_NATION) {
        return lt_text("tại trung ương và đã tính", "at the top and counted");
    }
    return lt_text("tại cấp cao nhất và đã tính", "at the top and counted");
}

const char *lt_listing_state_text(const struct lt_record_view *record, const struct lt_place *top)
{
    if (record->contested) {
        return lt_text("hai bản khác nhau: cần xem lại", "two versions differ: settle it");
    }
    if (record->quarantined) {
        return lt_text("không được tính", "does not count");
    }
    switch (record->state) {
    case LT_RECORD_DRAFT:
        return lt_text("trên máy này", "on this PC");
    case LT_RECORD_SIGNED:
        return lt_text("đã gửi, chờ xác nhận", "sent, not confirmed yet");
    case LT_RECORD_AT_PARENT:
        return lt_text("tại cấp trên", "at the hub above");
    case LT_RECORD_COUNTED:
        return record->others ? lt_text("tại cấp cao nhất, nơi xét", "at the top, which judges it")
                              : counted_text(top);
    }
    return "";
}

/* Each column in which they differ: the version that stands, then the other. */
static void put_both(const struct lt_cells *cells, const struct lt_cells *other, FILE *out)
{
    bool first = true;
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        const char *here = cells->texts[i] != NULL ? cells->texts[i] : "";
        const char *there = other->texts[i] != NULL ? other->texts[i] : "";
        if (strcmp(here, there) == 0) {
            continue;
        }
        fprintf(out, lt_text("%s%s: «%s», bản kia «%s»", "%s%s: \"%s\", the other one \"%s\""),
                first ? "" : "; ", lt_column_header((enum lt_column)i), here, there);
        first = false;
    }
    if (first) {
        fputs(lt_text("khác ở phần tên không đọc được ở đây",
                      "they differ in a name that cannot be read here"),
              out);
    }
}

char *lt_listing_both(const struct lt_record_view *record)
{
    struct lt_cells cells = {0}, other = {0};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL) {
        return NULL;
    }
    bool read = lt_cells_of(record, &cells) == LT_OK && lt_cells_of_other(record, &other) == LT_OK;
    if (record->other_retracted) {
        fputs(lt_text("bản kia đã gỡ", "the other one takes it back"), out);
    } else if (record->retracted) {
        fputs(lt_text("bản này đã gỡ, bản kia thì không",
                      "this one takes it back, the other one does not"),
              out);
    } else if (record->other_body != NULL) {
        put_both(&cells, &other, out);
    }
    lt_cells_free(&cells);
    lt_cells_free(&other);
    if (fclose(out) != 0 || !read) {
        free(text);
        return NULL;
    }
    return text;
}

bool lt_listing_shows(const struct lt_listing *listing, const struct lt_record_view *record)
{
    const Lienthong__Change *change = change_of(record);
    return (listing->year == 0 || lt_listing_year(record) == listing->year) &&
           (listing->code == NULL || strcmp(lt_listing_code(record), listing->code) == 0) &&
           (listing->kind == 0 || (change != NULL && lt_cells_kind(change) == listing->kind)) &&
           (listing->state == NULL || strcmp(lt_listing_state(record), listing->state) == 0);
}
