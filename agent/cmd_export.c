/* cmd_export - the records of this site as a file that can be edited and imported again. */
#include <stdio.h>
#include <string.h>

#include "agent/cells.h"
#include "agent/commands.h"
#include "agent/listing.h"
#include "agent/options.h"
#include "agent/text.h"
#include "agent/values.h"

enum { OPT_YEAR, OPT_CODE, OPT_KIND, OPT_STATE, OPT_SEPARATOR, OPT_OUTPUT, OPT_COUNT };
static const struct lt_option export_options[OPT_COUNT] = {
    {"--year", true},  {"--code", true},      {"--kind", true},
    {"--state", true}, {"--separator", true}, {"--output", true}};

static const char usage_vi[] =
    "Cách dùng: lienthong-agent export [--output TỆP.csv] [--separator , | ; | tab] [--year NĂM]\n"
    "                                  [--code MÃ] [--kind LOẠI] [--state TRẠNG_THÁI] [--dir D]\n"
    "Ghi các bản ghi (trừ bản đã gỡ) thành CSV kèm Mã dòng: sửa rồi nhập lại được.\n";
static const char usage_en[] =
    "Usage: lienthong-agent export [--output FILE.csv] [--separator , | ; | tab] [--year YEAR]\n"
    "                              [--code CODE] [--kind KIND] [--state STATE] [--dir D]\n"
    "Writes the records (not the retracted ones) as CSV with their row references, to be edited "
    "and\n"
    "imported again.\n";

struct writing {
    struct lt_listing listing;
    char separator;
    FILE *out;
    bool used[LT_COLUMN_COUNT];
    bool measuring; /* the first pass: which columns are used */
    bool no_memory;
};

static bool write_record(void *context, const struct lt_record_view *record)
{
    struct writing *writing = context;
    struct lt_cells cells;
    if (record->retracted || record->body == NULL || !lt_listing_shows(&writing->listing, record)) {
        return true;
    }
    if (lt_cells_of(record, &cells) != LT_OK) {
        writing->no_memory = true;
        return false;
    }
    bool first = true;
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (writing->measuring) {
            writing->used[i] = writing->used[i] || cells.texts[i] != NULL;
        } else if (writing->used[i]) {
            lt_table_write(writing->out, cells.texts[i] != NULL ? cells.texts[i] : "",
                           writing->separator, first);
            first = false;
        }
    }
    if (!writing->measuring) {
        lt_table_end_row(writing->out);
    }
    lt_cells_free(&cells);
    return writing->measuring || !ferror(writing->out);
}

static void write_header(struct writing *writing)
{
    bool first = true;
    lt_table_write_bom(writing->out);
    for (size_t i = 0; i < LT_COLUMN_COUNT; i++) {
        if (writing->used[i]) {
            lt_table_write(writing->out, lt_column_header((enum lt_column)i), writing->separator,
                           first);
            first = false;
        }
    }
    lt_table_end_row(writing->out);
}

/* All columns of awards always, so that rows can be added; of other kinds those in use. */
static enum lt_result write_all(struct writing *writing, struct lt_journal *journal)
{
    for (size_t i = 0; i <= LT_COL_NOTE; i++) {
        writing->used[i] = true;
    }
    writing->measuring = true;
    enum lt_result result = lt_journal_records(journal, write_record, writing);
    writing->measuring = false;
    if (result == LT_OK) {
        write_header(writing);
        result = lt_journal_records(journal, write_record, writing);
    }
    return result == LT_OK && writing->no_memory ? LT_NO_MEMORY : result;
}

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    return LT_EXIT_FAILED;
}

static int export_to(struct writing *writing, const char *dir, const char *output)
{
    struct lt_journal *journal;
    char reason[200] = "";
    enum lt_result result = lt_journal_open(dir, true, &journal, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    struct lt_table_file file = {.stream = stdout};
    struct lt_sheet_fault fault = {.text = ""};
    if (output != NULL && lt_table_create(output, &file, &fault) != LT_OK) {
        lt_journal_close(journal);
        return fail(output, fault.text);
    }
    writing->out = file.stream;
    result = write_all(writing, journal);
    lt_journal_close(journal);
    if (output != NULL) {
        enum lt_result kept = lt_table_finish(&file, result == LT_OK, &fault);
        if (result == LT_OK && kept != LT_OK) {
            return fail(output, fault.text);
        }
    } else if (result == LT_OK && (fflush(stdout) != 0 || ferror(stdout))) {
        result = LT_IO;
    }
    return result == LT_OK ? LT_EXIT_OK : fail(dir, lt_text_result(result));
}

static bool choose_separator(const char *text, char *ret_separator)
{
    if (strcmp(text, "tab") == 0) {
        *ret_separator = '\t';
        return true;
    }
    *ret_separator = text[0];
    return (text[0] == ',' || text[0] == ';') && text[1] == '\0';
}

int lt_cmd_export(int argc, char **argv)
{
    struct lt_options options;
    struct writing writing = {.separator = ','};
    int code;
    if (!lt_options_parse(argc, argv, export_options, OPT_COUNT, usage_vi, usage_en, &options,
                          &code)) {
        return code;
    }
    const char *const *values = options.values;
    if (options.operand_count > 0) {
        return lt_options_usage(usage_vi, usage_en, "%s: %s", options.operands[0],
                                lt_text("thừa", "one too many"));
    }
    if (values[OPT_YEAR] != NULL &&
        lt_value_year(values[OPT_YEAR], &writing.listing.year) != NULL) {
        return lt_options_usage(usage_vi, usage_en, "--year: %s", values[OPT_YEAR]);
    }
    if (values[OPT_KIND] != NULL) {
        writing.listing.kind = lt_value_word(LT_WORDS_KIND, values[OPT_KIND]);
        if (writing.listing.kind == 0) {
            return lt_options_usage(usage_vi, usage_en, "--kind: %s", values[OPT_KIND]);
        }
    }
    if (values[OPT_STATE] != NULL && !lt_listing_is_state(values[OPT_STATE])) {
        return lt_options_usage(usage_vi, usage_en, "--state: %s", values[OPT_STATE]);
    }
    if (values[OPT_SEPARATOR] != NULL &&
        !choose_separator(values[OPT_SEPARATOR], &writing.separator)) {
        return lt_options_usage(usage_vi, usage_en, "--separator: %s", values[OPT_SEPARATOR]);
    }
    writing.listing.code = values[OPT_CODE];
    writing.listing.state = values[OPT_STATE];
    return export_to(&writing, options.dir, values[OPT_OUTPUT]);
}
