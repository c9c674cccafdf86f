/* cmd_successions - which unit has gone into which: import, and what stands. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/heir_table.h"
#include "hub/import.h"

static const char USAGE[] =
    "Usage: lienthong-hub successions import FILE.csv [--dry-run | --confirm CODE] [--json] [--dir "
    "D]\n"
    "       lienthong-hub successions [--json | --csv] [--dir D]\n"
    "Columns, in any order: code,valid_from,valid_to,successor,successor_valid_from,part,main\n"
    "  code, valid_to          the unit that has ended, and its last day\n"
    "  successor, …_valid_from the unit that it has gone into; empty: into none\n"
    "  part                    whole, or split (then a row for each part)\n"
    "  main                    yes: this successor speaks for the unit's records; empty: of a "
    "whole\n"
    "                          unit its successor does, of a split one nobody\n"
    "All rows or none; the same file again changes nothing. Close the units first (units "
    "import).\n";

enum { O_CSV, O_DRY_RUN, O_CONFIRM, O_COUNT };
static const struct lt_option options[O_COUNT] = {{"--csv", false}, LT_IMPORT_OPTIONS};

enum column {
    C_CODE,
    C_FROM,
    C_TO,
    C_NAME,
    C_SUCCESSOR,
    C_ITS_FROM,
    C_ITS_NAME,
    C_PART,
    C_MAIN,
    C_CLOSED,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_CODE] = {"code", "Mã", "Code", LT_PRINT_TEXT},
    [C_FROM] = {"valid_from", NULL, NULL, LT_PRINT_TEXT},
    [C_TO] = {"valid_to", "Đến ngày", "Until", LT_PRINT_TEXT},
    [C_NAME] = {"name", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_SUCCESSOR] = {"successor", "Mã mới", "Into", LT_PRINT_TEXT},
    [C_ITS_FROM] = {"successor_valid_from", "Từ ngày", "From", LT_PRINT_TEXT},
    [C_ITS_NAME] = {"successor_name", "Đơn vị mới", "Successor", LT_PRINT_TEXT},
    [C_PART] = {"part", "Phần", "Part", LT_PRINT_TEXT},
    [C_MAIN] = {"main", "Thay mặt", "Main", LT_PRINT_TEXT},
    [C_CLOSED] = {"closed", "Đã khóa", "Closed", LT_PRINT_TEXT},
};

static const char *day_text(lt_day day, char text[11])
{
    text[0] = '\0';
    if (day != 0)
        lt_day_format_iso(day, text);
    return text;
}

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_print *print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                            "lienthong.successions/1", NULL, columns, COLUMN_COUNT);
    ret_reason[0] = '\0';
    if (print == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < lt_book_succession_count(book); i++) {
        const struct lt_succession *succession = lt_book_succession_at(book, i);
        const struct lt_place *unit = succession->unit, *its = succession->successor;
        char from[11], to[11], its_from[11];
        const char *cells[COLUMN_COUNT] = {
            [C_CODE] = unit->unit.code,
            [C_FROM] = day_text(unit->unit.valid_from, from),
            [C_TO] = day_text(unit->valid_to, to),
            [C_NAME] = unit->name,
            [C_SUCCESSOR] = its == NULL ? "" : its->unit.code,
            [C_ITS_FROM] = its == NULL ? "" : day_text(its->unit.valid_from, its_from),
            [C_ITS_NAME] = its == NULL ? "" : its->name,
            [C_PART] = succession->whole ? "whole" : "split",
            [C_MAIN] = succession->main ? "yes" : "",
            [C_CLOSED] = succession->closed ? "yes" : "",
        };
        lt_print_row(print, cells);
    }
    return lt_print_end(print, NULL);
}

int lt_hub_cmd_successions(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE, USAGE, &given, &code))
        return code;
    if (given.operand_count == 2 && strcmp(given.operands[0], "import") == 0)
        return lt_import_given(&given, given.operands[1], O_DRY_RUN, lt_heir_table_plan);
    if (given.operand_count > 0)
        return lt_options_usage(USAGE, USAGE, "successions: 'import' and one file, or nothing");
    return lt_asking_run("successions", &given, ask);
}
