#include "hub/records_counted.h"

#include <stdio.h>
#include <string.h>

#include "hub/dimension.h"

enum column {
    C_RECORD,
    C_CURRENT,
    C_UNIT,
    C_SEQ,
    C_PLACE,
    C_AUTHORITY,
    C_NUMBER,
    C_DATE,
    C_YEAR,
    C_SPAN_FROM,
    C_DECIDED_YEAR,
    C_MONTH,
    C_KIND,
    C_CODE,
    C_LEVEL,
    C_TYPE,
    C_RECIPIENT,
    C_CATEGORY,
    C_SEX,
    C_NATURE,
    C_STATUS,
    C_FIELD,
    C_MOVEMENT,
    C_SUBMITTED,
    C_POSTHUMOUS,
    C_OUTSIDE,
    C_NAME,
    C_TOTAL,
    C_TOLD,
    C_COUNT,
    C_QUANTITY,
    C_UNCONFIRMED,
    C_REASON,
    C_WHY,
    C_BY,
    C_DIFFERS,
    C_SCOPE,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_RECORD] = {"record", NULL, NULL, LT_PRINT_TEXT},
    [C_CURRENT] = {"current", NULL, NULL, LT_PRINT_TEXT},
    [C_UNIT] = {"unit", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_SEQ] = {"seq", NULL, NULL, LT_PRINT_NUMBER},
    [C_PLACE] = {"place", "Nơi", "Place", LT_PRINT_TEXT},
    [C_AUTHORITY] = {"authority", "Cơ quan", "Authority", LT_PRINT_TEXT},
    [C_NUMBER] = {"decision_number", "Quyết định", "Decision", LT_PRINT_TEXT},
    [C_DATE] = {"decision_date", "Ngày", "Date", LT_PRINT_TEXT},
    [C_YEAR] = {"year", NULL, NULL, LT_PRINT_TEXT},
    [C_SPAN_FROM] = {"span_from", NULL, NULL, LT_PRINT_TEXT},
    [C_DECIDED_YEAR] = {"decided_year", NULL, NULL, LT_PRINT_TEXT},
    [C_MONTH] = {"month", NULL, NULL, LT_PRINT_TEXT},
    [C_KIND] = {"kind", NULL, NULL, LT_PRINT_TEXT},
    [C_CODE] = {"code", "Mã", "Code", LT_PRINT_TEXT},
    [C_LEVEL] = {"level", NULL, NULL, LT_PRINT_TEXT},
    [C_TYPE] = {"type", NULL, NULL, LT_PRINT_TEXT},
    [C_RECIPIENT] = {"recipient", "Đối tượng", "Recipient", LT_PRINT_TEXT},
    [C_CATEGORY] = {"category", NULL, NULL, LT_PRINT_TEXT},
    [C_SEX] = {"sex", NULL, NULL, LT_PRINT_TEXT},
    [C_NATURE] = {"nature", NULL, NULL, LT_PRINT_TEXT},
    [C_STATUS] = {"status", NULL, NULL, LT_PRINT_TEXT},
    [C_FIELD] = {"field", NULL, NULL, LT_PRINT_TEXT},
    [C_MOVEMENT] = {"movement", NULL, NULL, LT_PRINT_TEXT},
    [C_SUBMITTED] = {"submitted", NULL, NULL, LT_PRINT_TEXT},
    [C_POSTHUMOUS] = {"posthumous", NULL, NULL, LT_PRINT_TEXT},
    [C_OUTSIDE] = {"outside", NULL, NULL, LT_PRINT_TEXT},
    [C_NAME] = {"name", "Tên", "Name", LT_PRINT_TEXT},
    [C_TOTAL] = {"stated_total", NULL, NULL, LT_PRINT_TEXT},
    [C_TOLD] = {"told", "Báo cáo", "Told", LT_PRINT_NUMBER},
    [C_COUNT] = {"count", NULL, NULL, LT_PRINT_NUMBER},
    [C_QUANTITY] = {"quantity", "Được tính", "Counted", LT_PRINT_NUMBER},
    [C_UNCONFIRMED] = {"unconfirmed", NULL, NULL, LT_PRINT_TEXT},
    [C_REASON] = {"reason", NULL, NULL, LT_PRINT_TEXT},
    [C_WHY] = {"why", "Vì", "Because", LT_PRINT_TEXT},
    [C_BY] = {"by", "Theo", "By", LT_PRINT_TEXT},
    [C_DIFFERS] = {"differs", NULL, NULL, LT_PRINT_TEXT},
    [C_SCOPE] = {"scope", NULL, NULL, LT_PRINT_TEXT},
};

struct walking {
    const struct lt_counted_query *query;
    struct lt_counting *counting;
    lt_counted_seen *seen;
    void *context;
    bool more;
};

/* Texts that are not borrowed. */
struct texts {
    char record[80], current[80], scope[65];
    char unit[LT_UNIT_TEXT_MAX], place[LT_UNIT_TEXT_MAX], authority[LT_UNIT_TEXT_MAX];
    char by[LT_UNIT_TEXT_MAX], date[11], numbers[9][24];
};

static bool below(const struct lt_place *place, const struct lt_place *above)
{
    for (unsigned step = 0; place != NULL && step <= LT_DEPTH_MAX; step++, place = place->parent)
        if (place == above)
            return true;
    return false;
}

static bool wanted(const struct lt_counted_query *query, const struct lt_listed *record)
{
    const struct lt_fact *fact = &record->fact;
    const int year = query->decided ? fact->decided_year : fact->year;
    if (record->state != LT_LISTED_COUNTS || !below(fact->place, query->place))
        return false;
    if (query->year_from != 0 && (year < query->year_from || year > query->year_to))
        return false;
    if ((query->kind != 0 && query->kind != (uint8_t)fact->kind) ||
        (query->recipient != 0 && !lt_recipient_meets(query->recipient, fact->recipient)))
        return false;
    return query->code == NULL || strcmp(query->code, fact->code) == 0;
}

static const char *number_text(char text[24], bool said, int64_t number)
{
    text[0] = '\0';
    if (said)
        (void)snprintf(text, 24, "%lld", (long long)number);
    return text;
}

static void id_text(const struct lt_hash *update, uint32_t index, char ret_text[80])
{
    char hex[65];
    lt_hex(update->bytes, 32, hex);
    (void)snprintf(ret_text, 80, "%s-%u", hex, index);
}

const Lienthong__Decision *lt_record_decision(const struct lt_listed *record)
{
    const Lienthong__Change *change = record->body->changes[record->index];
    const uint32_t reference = change->award != NULL      ? change->award->decision
                               : change->proposal != NULL ? change->proposal->decision
                                                          : 0;
    return reference == 0 || reference > record->body->n_decisions
               ? NULL
               : record->body->decisions[reference - 1];
}

static void fill_where(const struct lt_listed *record, struct texts *texts, const char **cells)
{
    const struct lt_fact *fact = &record->fact;
    const Lienthong__Decision *decision = lt_record_decision(record);
    id_text(&record->id.update, record->id.index, texts->record);
    id_text(&record->current.update, record->current.index, texts->current);
    lt_unit_format(&fact->author->unit, texts->unit);
    lt_unit_format(&fact->place->unit, texts->place);
    texts->authority[0] = texts->date[0] = '\0';
    if (fact->authority != NULL)
        lt_unit_format(&fact->authority->unit, texts->authority);
    if (decision != NULL && decision->date != 0)
        lt_day_format_iso(decision->date, texts->date);
    cells[C_RECORD] = texts->record;
    cells[C_CURRENT] = texts->current;
    cells[C_UNIT] = texts->unit;
    cells[C_SEQ] = number_text(texts->numbers[0], true, (int64_t)record->current.seq);
    cells[C_PLACE] = texts->place;
    cells[C_AUTHORITY] = fact->authority != NULL ? texts->authority : fact->authority_code;
    cells[C_NUMBER] = decision == NULL ? "" : decision->number;
    cells[C_DATE] = texts->date;
}

static void fill_dims(const struct lt_listed *record, struct texts *texts, const char **cells)
{
    const struct lt_fact *fact = &record->fact;
    const uint8_t kind = (uint8_t)fact->kind;
    cells[C_YEAR] = number_text(texts->numbers[1], fact->year != 0, fact->year);
    cells[C_SPAN_FROM] = number_text(texts->numbers[2], fact->span_from != 0, fact->span_from);
    cells[C_DECIDED_YEAR] =
        number_text(texts->numbers[3], fact->decided_year != 0, fact->decided_year);
    cells[C_MONTH] = number_text(texts->numbers[4], fact->month != 0, fact->month);
    cells[C_KIND] = lt_dimension_spell(LT_DIM_KIND, kind);
    cells[C_CODE] = fact->code;
    cells[C_LEVEL] = lt_dimension_spell(LT_DIM_LEVEL, fact->level);
    cells[C_TYPE] = lt_dimension_spell(LT_DIM_TYPE, fact->type);
    cells[C_RECIPIENT] = lt_dimension_spell(LT_DIM_RECIPIENT, fact->recipient);
    cells[C_CATEGORY] = lt_dimension_spell(LT_DIM_CATEGORY, fact->category);
    cells[C_SEX] = lt_dimension_spell(LT_DIM_SEX, fact->sex);
    cells[C_NATURE] = lt_dimension_spell(LT_DIM_NATURE, fact->nature);
    cells[C_STATUS] = lt_dimension_spell(LT_DIM_STATUS, fact->status);
    cells[C_FIELD] = fact->field;
    cells[C_MOVEMENT] = fact->movement;
    cells[C_SUBMITTED] =
        lt_dimension_spell(LT_DIM_SUBMITTED, lt_detail_submitted(kind, fact->detail));
    cells[C_POSTHUMOUS] = lt_detail_posthumous(kind, fact->detail) != 0 ? "yes" : "";
    cells[C_OUTSIDE] = fact->outside ? "yes" : "";
    cells[C_NAME] = record->name == NULL ? "" : record->name;
    cells[C_TOTAL] = fact->stated_total ? "yes" : "";
    cells[C_TOLD] = number_text(texts->numbers[5], true, (int64_t)fact->quantity);
}

static void fill_counted(const struct lt_fact *fact, const struct lt_counted *counted,
                         struct texts *texts, const char **cells)
{
    lt_unit_format(&counted->by->unit, texts->by);
    lt_hex(fact->scope, sizeof fact->scope, texts->scope);
    cells[C_COUNT] = number_text(texts->numbers[6], true, counted->count);
    cells[C_QUANTITY] = number_text(texts->numbers[7], true, counted->quantity);
    cells[C_UNCONFIRMED] = counted->unconfirmed ? "yes" : "";
    cells[C_REASON] = lt_reason_name(counted->reason);
    cells[C_WHY] = lt_reason_text(counted->reason);
    cells[C_BY] = texts->by;
    cells[C_DIFFERS] = counted->differs ? "yes" : "";
    cells[C_SCOPE] = texts->scope;
}

static bool export_record(void *context, const struct lt_listed *record,
                          const struct lt_counted *counted)
{
    struct texts texts;
    const char *cells[COLUMN_COUNT];
    fill_where(record, &texts, cells);
    fill_dims(record, &texts, cells);
    fill_counted(&record->fact, counted, &texts, cells);
    lt_print_row(context, cells);
    return !ferror(stdout);
}

static bool walk(void *context, const struct lt_listed *record)
{
    struct walking *walking = context;
    struct lt_counted counted;
    if (record->state != LT_LISTED_COUNTS)
        return true;
    lt_counting_of(walking->counting, record->txn, &record->fact, &counted);
    if (lt_store_error(record->txn) != LT_OK)
        return false;
    if (!wanted(walking->query, record))
        return true; /* asked all the same: what a line counts is shared out in one order */
    walking->more = walking->seen(walking->context, record, &counted);
    return walking->more;
}

enum lt_result lt_records_counted_by(struct lt_ledger *ledger, const struct lt_place *author,
                                     const struct lt_counted_query *query,
                                     struct lt_counting *counting, lt_counted_seen *seen,
                                     void *context, bool *ret_more)
{
    const struct lt_listing_query listing = {.author = author};
    struct walking walking = {query, counting, seen, context, true};
    const enum lt_result result = lt_listing(ledger, &listing, walk, &walking);
    *ret_more = walking.more;
    return result;
}

enum lt_result lt_records_counted_each(struct lt_ledger *ledger,
                                       const struct lt_counted_query *query, lt_counted_seen *seen,
                                       void *context)
{
    bool more;
    struct lt_counting *counting = lt_counting_new(lt_ledger_book(ledger));
    if (counting == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result =
        lt_records_counted_by(ledger, NULL, query, counting, seen, context, &more);
    lt_counting_free(counting);
    return result;
}

enum lt_result lt_records_counted(struct lt_ledger *ledger, const struct lt_counted_query *query,
                                  enum lt_print_format format)
{
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong.counted/1", NULL, columns, COLUMN_COUNT);
    if (print == NULL)
        return LT_NO_MEMORY;
    const enum lt_result result = lt_records_counted_each(ledger, query, export_record, print);
    const enum lt_result printed = lt_print_end(print, NULL);
    return result != LT_OK ? result : printed;
}
