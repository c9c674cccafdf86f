/* cmd_obligations - who owes what for which period by when: import, and what stands. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/asking.h"
#include "hub/commands.h"
#include "hub/dimension.h"
#include "hub/import.h"
#include "hub/obligation_table.h"

static const char USAGE[] =
    "Usage: lienthong-hub obligations import FILE.csv [--dry-run] [--json] [--dir D]\n"
    "       lienthong-hub obligations [--json | --csv] [--dir D]\n"
    "Columns, in any order: unit,within,level,nature,kind,period,due,exempt\n"
    "  unit    one unit; or empty, and the next three describe units\n"
    "  within  at or below this unit; level: nation province district commune base; nature: "
    "administrative\n"
    "          agency school enterprise organisation forces; empty: any\n"
    "  kind    award proposal movement pledge score exemplar; empty: everything\n"
    "  period  2024, 2024/2025, 2020-2025, 2024-05, 2024-Q1, 2024-H1\n"
    "  due     the last day; exempt: yes, when nothing is owed\n"
    "A row that names a unit stands before one that describes it, a later word before an earlier. "
    "All rows\n"
    "or none; the same file again changes nothing.\n";

enum { O_CSV, O_DRY_RUN, O_CONFIRM, O_COUNT };
static const struct lt_option options[O_COUNT] = {{"--csv", false}, LT_IMPORT_OPTIONS};

enum column {
    C_UNIT,
    C_WITHIN,
    C_LEVEL,
    C_NATURE,
    C_KIND,
    C_PERIOD,
    C_DUE,
    C_EXEMPT,
    COLUMN_COUNT
};
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_UNIT] = {"unit", "Đơn vị", "Unit", LT_PRINT_TEXT},
    [C_WITHIN] = {"within", "Thuộc", "Within", LT_PRINT_TEXT},
    [C_LEVEL] = {"level", "Cấp", "Level", LT_PRINT_TEXT},
    [C_NATURE] = {"nature", "Loại đơn vị", "Nature", LT_PRINT_TEXT},
    [C_KIND] = {"kind", "Loại số liệu", "Kind", LT_PRINT_TEXT},
    [C_PERIOD] = {"period", "Kỳ", "Period", LT_PRINT_TEXT},
    [C_DUE] = {"due", "Hạn", "Due", LT_PRINT_TEXT},
    [C_EXEMPT] = {"exempt", "Được miễn", "Exempt", LT_PRINT_TEXT},
};

static enum lt_result ask(struct lt_ledger *ledger, const struct lt_options *given,
                          char ret_reason[LT_ASKING_REASON_MAX])
{
    const struct lt_book *book = lt_ledger_book(ledger);
    struct lt_print *print = lt_print_begin(stdout, lt_asking_format(given, given->values[O_CSV]),
                                            "lienthong.obligations/1", NULL, columns, COLUMN_COUNT);
    ret_reason[0] = '\0';
    if (print == NULL)
        return LT_NO_MEMORY;
    for (size_t i = 0; i < lt_book_obligation_count(book); i++) {
        const struct lt_obligation *said = lt_book_obligation_at(book, i);
        char unit[LT_UNIT_TEXT_MAX] = "", within[LT_UNIT_TEXT_MAX] = "", due[11] = "";
        char period[LT_PERIOD_TEXT_MAX];
        if (said->unit != NULL)
            lt_unit_format(&said->unit->unit, unit);
        else
            lt_unit_format(&said->within->unit, within);
        if (said->due != 0)
            lt_day_format_iso(said->due, due);
        lt_period_format(&said->period, period);
        const char *cells[COLUMN_COUNT] = {
            [C_UNIT] = unit,
            [C_WITHIN] = within,
            [C_LEVEL] = lt_unit_level_name(said->level),
            [C_NATURE] = lt_nature_name(said->nature),
            [C_KIND] = lt_dimension_spell(LT_DIM_KIND, said->kind),
            [C_PERIOD] = period,
            [C_DUE] = due,
            [C_EXEMPT] = said->exempt ? "yes" : "",
        };
        lt_print_row(print, cells);
    }
    return lt_print_end(print, NULL);
}

int lt_hub_cmd_obligations(int argc, char **argv)
{
    struct lt_options given;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE, USAGE, &given, &code))
        return code;
    if (given.operand_count == 2 && strcmp(given.operands[0], "import") == 0)
        return lt_import_given(&given, given.operands[1], O_DRY_RUN, lt_obligation_table_plan);
    if (given.operand_count > 0)
        return lt_options_usage(USAGE, USAGE, "obligations: 'import' and one file, or nothing");
    return lt_asking_run("obligations", &given, ask);
}
