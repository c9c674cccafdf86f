/* cmd_records - the records behind a figure. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/dimension.h"
#include "hub/figures.h"
#include "hub/listing.h"
#include "hub/records_counted.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub records --unit MÃ[@NGÀY] | --place MÃ[@NGÀY] [--year NĂM[..NĂM]]\n"
    "           [--code MÃ_DANH_HIỆU] [--json | --csv] [--dir D]\n"
    "           lienthong-hub records --counted --place MÃ[@NGÀY] [--year NĂM[..NĂM]] [--basis "
    "achieved|decided]\n"
    "           [--code MÃ_DANH_HIỆU] [--json | --csv] [--dir D]\n"
    "  --counted: mọi bản ghi, được tính bao nhiêu trong số liệu và vì sao, để người khác tính lại "
    "được.\n"
    "  --unit: những gì đơn vị báo cáo; --place: những gì tính cho nơi đó và bên dưới.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub records --unit CODE[@DATE] | --place CODE[@DATE] [--year Y[..Y]]\n"
    "           [--code TITLE] [--json | --csv] [--dir D]\n"
    "       lienthong-hub records --counted --place CODE[@DATE] [--year Y[..Y]] [--basis "
    "achieved|decided]\n"
    "           [--code TITLE] [--json | --csv] [--dir D]\n"
    "  --counted: every record, how much of it counts in the figures and what decided it, so that "
    "someone\n"
    "  else can recount.\n"
    "  --unit: what a unit reports; --place: what counts at that place and below.\n";

enum { O_UNIT, O_PLACE, O_YEAR, O_CODE, O_CSV, O_COUNTED, O_BASIS, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--unit", true}, {"--place", true},    {"--year", true}, {"--code", true},
    {"--csv", false}, {"--counted", false}, {"--basis", true}};

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

struct showing {
    enum format format;
    uint64_t count;
};

enum column {
    C_RECORD,
    C_UNIT,
    C_SEQ,
    C_CURRENT,
    C_STATE,
    C_VERDICT,
    C_KIND,
    C_PLACE,
    C_YEAR,
    C_CODE,
    C_LEVEL,
    C_TYPE,
    C_RECIPIENT,
    C_FIELD,
    C_MOVEMENT,
    C_STATUS,
    C_NAME,
    C_QUANTITY,
    C_CONTESTED,
    COLUMN_COUNT
};
static const char *const columns[COLUMN_COUNT] = {
    "record",   "unit",   "seq",  "current",  "state",    "verdict",   "kind",
    "place",    "year",   "code", "level",    "type",     "recipient", "field",
    "movement", "status", "name", "quantity", "contested"};

/* Texts of one record, in the order of the columns. */
struct texts {
    char record[65 + 11], unit[LT_UNIT_TEXT_MAX], seq[24], current[65 + 11];
    char place[LT_UNIT_TEXT_MAX], year[16], quantity[24];
    const char *column[COLUMN_COUNT];
    const char *kind, *recipient, *why; /* as people read them */
};

static const char *spell(bool said, enum lt_dimension dimension, uint8_t value)
{
    return said ? lt_dimension_spell(dimension, value) : "";
}

static void fill(const struct lt_listed *record, struct texts *texts)
{
    const struct lt_fact *fact = &record->fact;
    bool said = record->state == LT_LISTED_COUNTS;
    char hex[65];
    lt_hex(record->id.update.bytes, 32, hex);
    (void)snprintf(texts->record, sizeof texts->record, "%s-%u", hex, record->id.index);
    lt_hex(record->current.update.bytes, 32, hex);
    (void)snprintf(texts->current, sizeof texts->current, "%s-%u", hex, record->current.index);
    lt_unit_format(&record->author, texts->unit);
    (void)snprintf(texts->seq, sizeof texts->seq, "%llu", (unsigned long long)record->current.seq);
    texts->place[0] = texts->year[0] = texts->quantity[0] = '\0';
    if (said) {
        lt_unit_format(&fact->place->unit, texts->place);
        (void)snprintf(texts->year, sizeof texts->year, fact->span_from != 0 ? "%d-%d" : "%d",
                       fact->span_from != 0 ? fact->span_from : fact->year, fact->year);
        (void)snprintf(texts->quantity, sizeof texts->quantity, "%llu",
                       (unsigned long long)fact->quantity);
    }
    const char *values[COLUMN_COUNT] = {
        [C_RECORD] = texts->record,
        [C_UNIT] = texts->unit,
        [C_SEQ] = texts->seq,
        [C_CURRENT] = texts->current,
        [C_STATE] = lt_listed_state_name(record->state),
        [C_VERDICT] = record->verdict == LT_COUNTS ? "" : lt_verdict_text(record->verdict),
        [C_KIND] = spell(said, LT_DIM_KIND, fact->kind),
        [C_PLACE] = texts->place,
        [C_YEAR] = texts->year,
        [C_CODE] = said ? fact->code : "",
        [C_LEVEL] = spell(said, LT_DIM_LEVEL, fact->level),
        [C_TYPE] = spell(said, LT_DIM_TYPE, fact->type),
        [C_RECIPIENT] = spell(said, LT_DIM_RECIPIENT, fact->recipient),
        [C_FIELD] = said ? fact->field : "",
        [C_MOVEMENT] = said ? fact->movement : "",
        [C_STATUS] = spell(said, LT_DIM_STATUS, fact->status),
        [C_NAME] = record->name == NULL ? "" : record->name,
        [C_QUANTITY] = texts->quantity,
        [C_CONTESTED] = record->contested ? "yes" : "",
    };
    memcpy(texts->column, values, sizeof values);
    texts->why = record->verdict == LT_COUNTS ? "" : lt_verdict_words(record->verdict);
    texts->kind = said ? lt_dimension_show(LT_DIM_KIND, fact->kind) : "";
    texts->recipient = said ? lt_dimension_show(LT_DIM_RECIPIENT, fact->recipient) : "";
}

/* Never a formula in a spreadsheet, whatever a peer wrote. */
static void put_csv(const char *text, bool last)
{
    bool formula = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;
    (void)putchar('"');
    if (formula)
        (void)putchar('\'');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            (void)putchar('"');
        (void)putchar(*text);
    }
    (void)fputs(last ? "\"\r\n" : "\",", stdout);
}

static json_t *json_value(enum column column, const char *text)
{
    if (column == C_CONTESTED)
        return json_boolean(text[0] != '\0');
    if (column == C_SEQ || column == C_QUANTITY)
        return text[0] == '\0' ? json_null() : json_integer((json_int_t)strtoll(text, NULL, 10));
    return json_string(text);
}

static void put_json(const struct texts *texts, bool first)
{
    json_t *object = json_object();
    for (size_t i = 0; i < COLUMN_COUNT && object != NULL; i++)
        (void)json_object_set_new(object, columns[i], json_value((enum column)i, texts->column[i]));
    char *text = object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    (void)printf("%s%s", first ? "\n" : ",\n", text == NULL ? "{}" : text);
    free(text);
    json_decref(object);
}

static const char *state_label(const char *state)
{
    return strcmp(state, "counts") == 0      ? lt_text("được tính", "counts")
           : strcmp(state, "retracted") == 0 ? lt_text("đã gỡ", "retracted")
                                             : lt_text("bị giữ lại", "quarantined");
}

/* Pads by letters, not bytes. */
static void put_cell(const char *text, int width)
{
    for (const char *at = text; *at != '\0'; at++)
        width -= ((unsigned char)*at & 0xC0) != 0x80;
    (void)printf("%s%*s  ", text, width > 0 ? width : 0, "");
}

static void put_line(const char *const cells[9])
{
    static const int widths[9] = {18, 16, 10, 19, 16, 9, 10, 10, 9};
    for (size_t i = 0; i < 9; i++)
        put_cell(cells[i], widths[i]);
}

static void put_heading(void)
{
    const char *const cells[9] = {lt_text("Bản ghi", "Record"),   lt_text("Đơn vị", "Unit"),
                                  lt_text("Tình trạng", "State"), lt_text("Loại", "Kind"),
                                  lt_text("Nơi", "Place"),        lt_text("Năm", "Year"),
                                  lt_text("Mã", "Code"),          lt_text("Đối tượng", "Recipient"),
                                  lt_text("Số lượng", "Quantity")};
    put_line(cells);
    (void)puts(lt_text("Tên, phong trào, lý do", "Name, movement, reason"));
}

static void put_text(const struct texts *texts)
{
    char record[40], quantity[LT_NUMBER_TEXT_MAX] = "";
    const char *const *column = texts->column;
    if (column[C_QUANTITY][0] != '\0')
        lt_text_number(strtoll(column[C_QUANTITY], NULL, 10), quantity);
    (void)snprintf(record, sizeof record, "%.12s…%s", column[C_RECORD],
                   strchr(column[C_RECORD], '-'));
    const char *const cells[9] = {record,         column[C_UNIT],   state_label(column[C_STATE]),
                                  texts->kind,    column[C_PLACE],  column[C_YEAR],
                                  column[C_CODE], texts->recipient, quantity};
    put_line(cells);
    (void)printf("%s%s%s%s%s\n", column[C_NAME], column[C_NAME][0] != '\0' ? " " : "",
                 column[C_MOVEMENT], texts->why[0] != '\0' ? " — " : "", texts->why);
}

static bool show(void *context, const struct lt_listed *record)
{
    struct showing *showing = context;
    struct texts texts;
    fill(record, &texts);
    switch (showing->format) {
    case FORMAT_TEXT:
        put_text(&texts);
        break;
    case FORMAT_JSON:
        put_json(&texts, showing->count == 0);
        break;
    case FORMAT_CSV:
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            put_csv(texts.column[i], i + 1 == COLUMN_COUNT);
        break;
    }
    showing->count++;
    return !ferror(stdout);
}

static void begin(enum format format)
{
    if (format == FORMAT_TEXT)
        put_heading();
    if (format == FORMAT_JSON)
        (void)fputs("{\"schema\":\"lienthong.records/1\",\"records\":[", stdout);
    if (format == FORMAT_CSV) {
        (void)fputs("\xEF\xBB\xBF", stdout);
        for (size_t i = 0; i < COLUMN_COUNT; i++)
            put_csv(columns[i], i + 1 == COLUMN_COUNT);
    }
}

static void end(enum format format, uint64_t count)
{
    if (format == FORMAT_JSON)
        (void)fputs("\n]}\n", stdout);
    if (format == FORMAT_TEXT)
        (void)printf(lt_text("%llu bản ghi\n", "%llu records\n"), (unsigned long long)count);
}

static enum lt_result list(struct lt_ledger *ledger, const struct lt_options *given,
                           struct showing *showing, char ret_reason[400])
{
    struct lt_listing_query asked = {.code = given->values[O_CODE]};
    struct lt_figures_query years = {.year_from = LT_YEAR_MIN, .year_to = LT_YEAR_MAX};
    const struct lt_book *book = lt_ledger_book(ledger);
    enum lt_result result = LT_OK;
    if (given->values[O_YEAR] != NULL)
        result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK && given->values[O_PLACE] != NULL) {
        result = lt_figures_find_place(book, given->values[O_PLACE], &years, ret_reason);
        asked.place = years.place;
    }
    if (result == LT_OK && given->values[O_UNIT] != NULL) {
        result = lt_figures_find_place(book, given->values[O_UNIT], &years, ret_reason);
        asked.author = years.place;
    }
    if (result != LT_OK)
        return result;
    if (given->values[O_YEAR] != NULL) {
        asked.year_from = years.year_from;
        asked.year_to = years.year_to;
    }
    begin(showing->format);
    result = lt_listing(ledger, &asked, show, showing);
    end(showing->format, showing->count);
    return result == LT_OK && fflush(stdout) != 0 ? LT_IO : result;
}

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    struct showing showing = {.format = given->json                    ? FORMAT_JSON
                                        : given->values[O_CSV] != NULL ? FORMAT_CSV
                                                                       : FORMAT_TEXT};
    return list(ledger, given, &showing, ret_reason);
}

static enum lt_result ask_counted(struct lt_ledger *ledger, const struct lt_options *given,
                                  char ret_reason[LT_ASKING_REASON_MAX])
{
    struct lt_figures_query years = {.year_from = LT_YEAR_MIN, .year_to = LT_YEAR_MAX};
    struct lt_counted_query query = {.code = given->values[O_CODE]};
    enum lt_result result = LT_OK;
    query.decided =
        given->values[O_BASIS] != NULL && strcmp(given->values[O_BASIS], "decided") == 0;
    if (given->values[O_YEAR] != NULL)
        result = lt_figures_parse_year(given->values[O_YEAR], &years, ret_reason);
    if (result == LT_OK)
        result = lt_figures_find_place(lt_ledger_book(ledger), given->values[O_PLACE], &years,
                                       ret_reason);
    if (result != LT_OK)
        return result;
    query.place = years.place;
    query.year_from = given->values[O_YEAR] != NULL ? years.year_from : 0;
    query.year_to = years.year_to;
    return lt_records_counted(ledger, &query, lt_asking_format(given, given->values[O_CSV]));
}

static const char *missing(const struct lt_options *given)
{
    const char *basis = given->values[O_BASIS];
    if (given->operand_count > 0)
        return given->operands[0];
    if (given->values[O_COUNTED] != NULL && given->values[O_PLACE] == NULL)
        return lt_text("--counted cần --place", "--counted needs --place");
    if (basis != NULL && strcmp(basis, "achieved") != 0 && strcmp(basis, "decided") != 0)
        return lt_text("--basis là achieved hoặc decided", "--basis is achieved or decided");
    if (given->values[O_UNIT] == NULL && given->values[O_PLACE] == NULL)
        return lt_text("cần --unit hoặc --place", "--unit or --place is needed");
    return NULL;
}

int lt_hub_cmd_records(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    const char *wrong = missing(&given);
    if (wrong != NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", wrong);
    return lt_asking_run("records", &given, given.values[O_COUNTED] != NULL ? ask_counted : ask);
}
