/* cmd_records - the records of this site, and how far each has come. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "agent/cells.h"
#include "agent/commands.h"
#include "agent/listing.h"
#include "agent/options.h"
#include "agent/rows.h"
#include "agent/text.h"

enum { OPT_YEAR, OPT_CODE, OPT_KIND, OPT_STATE, OPT_COUNT };
static const struct lt_option records_options[OPT_COUNT] = {
    {"--year", true}, {"--code", true}, {"--kind", true}, {"--state", true}};

static const char usage_vi[] =
    "Cách dùng: lienthong-agent records [--year NĂM] [--code MÃ] [--kind LOẠI] [--state "
    "TRẠNG_THÁI]\n"
    "                                   [--json] [--dir D]\n"
    "  --state T   draft (trên máy này), signed (đã gửi), at_parent (tại cấp trên), counted (đã\n"
    "              tính), retracted (đã gỡ), quarantined (không được tính), contested (cần xem "
    "lại)\n";
static const char usage_en[] =
    "Usage: lienthong-agent records [--year YEAR] [--code CODE] [--kind KIND] [--state STATE]\n"
    "                               [--json] [--dir D]\n"
    "  --state S   draft (on this PC), signed (sent), at_parent (at the hub above), counted,\n"
    "              retracted, quarantined (does not count), contested (settle it)\n";

struct printing {
    struct lt_listing listing;
    const struct lt_place *top;
    bool json, first, no_memory;
    size_t shown;
};

/* ---- For people ---- */

/* `text`, cut or filled to `columns` of a terminal. */
static void print_padded(const char *text, int columns)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    utf8proc_int32_t point;
    int width = 0;
    for (utf8proc_ssize_t step; *at != 0 && (step = utf8proc_iterate(at, -1, &point)) > 0;
         at += step) {
        int wide = utf8proc_charwidth(point);
        if (width + wide > columns) {
            break;
        }
        fwrite(at, 1, (size_t)step, stdout);
        width += wide;
    }
    printf("%*s", columns - width + 1, "");
}

static void print_row(const char *ref, const char *kind, const char *code, const char *name,
                      const char *period, const char *state)
{
    print_padded(ref, 23); /* 100,000 rows an import: never cut */
    print_padded(kind, 12);
    print_padded(code, LT_CODE_BYTES_MAX);
    print_padded(name, 30);
    print_padded(period, 20);
    printf("%s\n", state);
}

static void print_head(void)
{
    print_row(lt_text("Mã dòng", "Row"), lt_text("Loại", "Kind"), lt_text("Mã", "Code"),
              lt_text("Tên", "Name"), lt_text("Thời gian", "Period"),
              lt_text("Trạng thái", "State"));
}

/* Both values of a contested one, on a line of its own. */
static void print_both(struct printing *printing, const struct lt_record_view *record)
{
    char *both = lt_listing_both(record);
    printing->no_memory = printing->no_memory || both == NULL;
    if (both != NULL && both[0] != '\0') {
        printf("  ! %s\n", both);
    }
    free(both);
}

static void print_record(struct printing *printing, const struct lt_record_view *record,
                         const struct lt_cells *cells)
{
    char name[400], state[600], number[LT_NUMBER_TEXT_MAX];
    const char *period = cells->texts[LT_COL_PERIOD];
    const char *kind = cells->texts[LT_COL_KIND];
    uint64_t quantity = lt_listing_quantity(record);
    snprintf(name, sizeof(name), "%s", lt_listing_name(record));
    if (quantity > 0) {
        lt_text_number((int64_t)quantity, number);
        snprintf(name, sizeof(name), lt_text("(tổng số %s)", "(a total of %s)"), number);
    }
    snprintf(state, sizeof(state), "%s%s%s%s%s",
             record->others ? lt_text("của đơn vị cũ; ", "of a former unit; ") : "",
             record->retracted ? lt_text("đã gỡ; ", "retracted; ") : "",
             lt_listing_state_text(record, printing->top), record->quarantined ? ": " : "",
             record->quarantined ? lt_rows_verdict(record->verdict) : "");
    print_row(cells->texts[LT_COL_ROW_REF], kind != NULL ? kind : "", lt_listing_code(record), name,
              period != NULL ? period : "", state);
    if (record->contested) {
        print_both(printing, record);
    }
}

/* ---- For programs ---- */

static json_t *json_fields(const struct lt_cells *cells)
{
    json_t *fields = json_object();
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (cells->texts[i] != NULL) {
            json_object_set_new(fields, lt_column_name((enum lt_column)i),
                                json_string(cells->texts[i]));
        }
    }
    return fields;
}

/* The other version of a contested record, else null. NULL: out of memory. */
static json_t *json_other(const struct lt_record_view *record)
{
    struct lt_cells cells;
    if (!record->contested || (record->other_body == NULL && !record->other_retracted)) {
        return json_null();
    }
    if (lt_cells_of_other(record, &cells) != LT_OK) {
        return NULL;
    }
    json_t *other =
        json_pack("{s:b,s:o}", "retracted", record->other_retracted, "fields", json_fields(&cells));
    lt_cells_free(&cells);
    return other;
}

static void print_json(struct printing *printing, const struct lt_record_view *record,
                       const struct lt_cells *cells)
{
    char import[17];
    snprintf(import, sizeof(import), "%016llx", (unsigned long long)record->import);
    json_t *object = json_pack(
        "{s:s,s:s,s:b,s:b,s:b,s:b,s:s,s:s,s:I,s:i,s:I,s:o,s:o}", "ref",
        cells->texts[LT_COL_ROW_REF], "state", lt_listing_state(record), "former_unit",
        record->others, "retracted", record->retracted, "contested", record->contested,
        "quarantined", record->quarantined, "reason",
        record->quarantined ? lt_verdict_text(record->verdict) : "", "import", import, "said_at",
        (json_int_t)record->said_at, "year", (int)lt_listing_year(record), "quantity",
        (json_int_t)(lt_listing_quantity(record) > 0 ? lt_listing_quantity(record) : 1), "fields",
        json_fields(cells), "other", json_other(record));
    fputs(printing->first ? "\n" : ",\n", stdout);
    if (object == NULL || json_dumpf(object, stdout, JSON_COMPACT) != 0) {
        printing->no_memory = true;
    }
    json_decref(object);
    printing->first = false;
}

static bool show(void *context, const struct lt_record_view *record)
{
    struct printing *printing = context;
    struct lt_cells cells;
    if (!lt_listing_shows(&printing->listing, record)) {
        return true;
    }
    if (lt_cells_of(record, &cells) != LT_OK) {
        printing->no_memory = true;
        return false;
    }
    if (printing->json) {
        print_json(printing, record, &cells);
    } else {
        print_record(printing, record, &cells);
    }
    lt_cells_free(&cells);
    printing->shown++;
    return !printing->no_memory && !ferror(stdout);
}

static int list(struct printing *printing, const char *dir)
{
    struct lt_journal *journal;
    char reason[200] = "";
    enum lt_result result = lt_journal_open(dir, true, &journal, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    struct lt_site site;
    lt_journal_site(journal, &site);
    const struct lt_book *book = lt_journal_book(journal);
    printing->top = book != NULL ? lt_book_place(book, &site.top) : NULL;
    printing->first = true;
    if (printing->json) {
        lt_text_language("en"); /* words for programs do not depend on the environment */
        fputs("{\"schema\":\"lienthong-records-1\",\"records\":[", stdout);
    } else {
        print_head();
    }
    result = lt_journal_records(journal, show, printing);
    lt_journal_close(journal);
    if (printing->json) {
        printf("\n],\"count\":%zu}\n", printing->shown);
    } else {
        printf(lt_text("%zu bản ghi\n", "%zu records\n"), printing->shown);
    }
    result = result == LT_OK && printing->no_memory ? LT_NO_MEMORY : result;
    if (result == LT_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        result = LT_IO;
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", dir, lt_text_result(result));
    }
    return lt_exit_of(result);
}

int lt_cmd_records(int argc, char **argv)
{
    struct lt_options options;
    struct printing printing = {0};
    int code;
    if (!lt_options_parse(argc, argv, records_options, OPT_COUNT, usage_vi, usage_en, &options,
                          &code)) {
        return code;
    }
    const char *const *values = options.values;
    if (options.operand_count > 0) {
        return lt_options_usage(usage_vi, usage_en, "%s: %s", options.operands[0],
                                lt_text("thừa", "one too many"));
    }
    if (values[OPT_YEAR] != NULL &&
        lt_value_year(values[OPT_YEAR], &printing.listing.year) != NULL) {
        return lt_options_usage(usage_vi, usage_en,
                                lt_text("--year: không hiểu «%s»", "--year: '%s' is no year"),
                                values[OPT_YEAR]);
    }
    if (values[OPT_KIND] != NULL) {
        printing.listing.kind = lt_value_word(LT_WORDS_KIND, values[OPT_KIND]);
        if (printing.listing.kind == 0) {
            return lt_options_usage(
                usage_vi, usage_en,
                lt_text("--kind: không có loại «%s»", "--kind: there is no '%s'"),
                values[OPT_KIND]);
        }
    }
    if (values[OPT_STATE] != NULL && !lt_listing_is_state(values[OPT_STATE])) {
        return lt_options_usage(
            usage_vi, usage_en,
            lt_text("--state: không có trạng thái «%s»", "--state: there is no '%s'"),
            values[OPT_STATE]);
    }
    printing.listing.code = values[OPT_CODE];
    printing.listing.state = values[OPT_STATE];
    printing.json = options.json;
    return list(&printing, options.dir);
}
