/* cmd_export - the records of this site as a file that can be edited and imported again. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/commands.h"
#include "agent/export.h"
#include "agent/options.h"
#include "agent/progress.h"
#include "agent/text.h"
#include "agent/values.h"

enum { OPT_YEAR, OPT_CODE, OPT_KIND, OPT_STATE, OPT_SEPARATOR, OPT_OUTPUT, OPT_COUNT };
static const struct lt_option export_options[OPT_COUNT] = {
    {"--year", true},  {"--code", true},      {"--kind", true},
    {"--state", true}, {"--separator", true}, {"--output", true}};

static const char usage_vi[] =
    "Cách dùng: lienthong-agent export [--output TỆP] [--separator , | ; | tab] [--year NĂM]\n"
    "                                  [--code MÃ] [--kind LOẠI] [--state TRẠNG_THÁI] [--dir D]\n"
    "Ghi các bản ghi (trừ bản đã gỡ) thành CSV, hoặc sổ Excel khi TỆP là .xlsx,\n"
    "kèm Mã dòng: sửa rồi nhập lại được.\n";
static const char usage_en[] =
    "Usage: lienthong-agent export [--output FILE] [--separator , | ; | tab] [--year YEAR]\n"
    "                              [--code CODE] [--kind KIND] [--state STATE] [--dir D]\n"
    "Writes the records (not the retracted ones) as CSV, or as a workbook when FILE ends in\n"
    ".xlsx, with their row references, to be edited and imported again.\n";

static int fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    return LT_EXIT_FAILED;
}

static int export_to(const struct lt_listing *listing, char separator, const char *dir,
                     const char *output)
{
    struct lt_journal *journal;
    char reason[200] = "";
    enum lt_result result = lt_journal_open(dir, true, &journal, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    if (output == NULL && isatty(STDOUT_FILENO) == 1) {
        lt_progress_allow(false); /* the rows have the terminal */
    }
    struct lt_row_file *file = NULL;
    struct lt_sheet_fault fault = {.text = ""};
    if (output == NULL) {
        file = lt_row_file_over(stdout, separator);
        result = file != NULL ? LT_OK : LT_NO_MEMORY;
    } else if (lt_row_file_create(output, separator, &file, &fault) != LT_OK) {
        lt_journal_close(journal);
        return fail(output, fault.text);
    }
    if (result == LT_OK) {
        result = lt_export(journal, listing, file);
    }
    lt_progress_clear();
    lt_journal_close(journal);
    enum lt_result kept = file != NULL ? lt_row_file_finish(file, result == LT_OK, &fault) : LT_OK;
    if (result == LT_OK && kept != LT_OK) {
        return fail(output, fault.text);
    }
    if (result == LT_OK && output == NULL && (fflush(stdout) != 0 || ferror(stdout))) {
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
    struct lt_listing listing = {.year = 0};
    char separator = ',';
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
    if (values[OPT_YEAR] != NULL && lt_value_year(values[OPT_YEAR], &listing.year) != NULL) {
        return lt_options_usage(usage_vi, usage_en, "--year: %s", values[OPT_YEAR]);
    }
    if (values[OPT_KIND] != NULL) {
        listing.kind = lt_value_word(LT_WORDS_KIND, values[OPT_KIND]);
        if (listing.kind == 0) {
            return lt_options_usage(usage_vi, usage_en, "--kind: %s", values[OPT_KIND]);
        }
    }
    if (values[OPT_STATE] != NULL && !lt_listing_is_state(values[OPT_STATE])) {
        return lt_options_usage(usage_vi, usage_en, "--state: %s", values[OPT_STATE]);
    }
    if (values[OPT_SEPARATOR] != NULL && !choose_separator(values[OPT_SEPARATOR], &separator)) {
        return lt_options_usage(usage_vi, usage_en, "--separator: %s", values[OPT_SEPARATOR]);
    }
    listing.code = values[OPT_CODE];
    listing.state = values[OPT_STATE];
    return export_to(&listing, separator, options.dir, values[OPT_OUTPUT]);
}
