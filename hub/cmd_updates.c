/* cmd_updates - what a unit has signed, by which key: to find where a stolen one began. */
#include <stdio.h>
#include <string.h>

#include "agent/text.h"
#include "hub/choose.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/key_cut.h"
#include "hub/key_table.h"
#include "hub/print.h"

static const char USAGE[] =
    "Usage: lienthong-hub updates UNIT[@DATE] [--hub] [--json | --csv] [--dir D]\n"
    "Lists the updates of a unit's PCs (with --hub the directives of its hub), oldest first: by\n"
    "which key, when that PC says that it signed them, how many changes they hold, and whether a\n"
    "revocation has cut them off.\n";

enum { HUB, CSV, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {{"--hub", false}, {"--csv", false}};

enum column { C_SEQ, C_SHOWN, C_ID, C_KEY, C_WHOLE, C_SIGNED, C_CHANGES, C_STATE, COLUMN_COUNT };
static const struct lt_print_column columns[COLUMN_COUNT] = {
    [C_SEQ] = {"seq", "Số thứ tự", "Seq", LT_PRINT_NUMBER},
    [C_SHOWN] = {"digits", "Bản cập nhật", "Update", LT_PRINT_TEXT},
    [C_ID] = {"update", NULL, NULL, LT_PRINT_TEXT},
    [C_KEY] = {"key_digits", "Khóa", "Key", LT_PRINT_TEXT},
    [C_WHOLE] = {"key", NULL, NULL, LT_PRINT_TEXT},
    [C_SIGNED] = {"signed", "Ký lúc", "Signed", LT_PRINT_TEXT},
    [C_CHANGES] = {"changes", "Thay đổi", "Changes", LT_PRINT_NUMBER},
    [C_STATE] = {"state", "Tình trạng", "State", LT_PRINT_TEXT},
};

static bool show(void *context, const struct lt_signed *update)
{
    char id[65], digits[65], key[65], key_digits[65], seq[24], changes[24], when[LT_WHEN_TEXT_MAX];
    lt_hex(update->id.bytes, 32, id);
    lt_hex(update->id.bytes, 32, digits);
    lt_hex(update->key.bytes, 32, key);
    lt_hex(update->key.bytes, 32, key_digits);
    digits[LT_KEY_SHOWN] = key_digits[LT_KEY_SHOWN] = '\0';
    snprintf(seq, sizeof(seq), "%llu", (unsigned long long)update->seq);
    snprintf(changes, sizeof(changes), "%zu", update->changes);
    lt_text_when(update->signed_at, when);
    const char *cells[COLUMN_COUNT] = {
        [C_SEQ] = seq,
        [C_SHOWN] = digits,
        [C_ID] = id,
        [C_KEY] = key_digits,
        [C_WHOLE] = key,
        [C_SIGNED] = when,
        [C_CHANGES] = changes,
        [C_STATE] = update->endorsed  ? "endorsed"
                    : update->cut_off ? "cut off"
                                      : "counts",
    };
    lt_print_row(context, cells);
    return true;
}

static enum lt_result list(const struct lt_options *options, const struct lt_import_view *view,
                           char *reason)
{
    const struct lt_place *place;
    enum lt_print_format format = options->json                  ? LT_PRINT_JSON
                                  : options->values[CSV] != NULL ? LT_PRINT_CSV
                                                                 : LT_PRINT_TABLE;
    enum lt_result result =
        lt_choose_unit(lt_ledger_book(view->ledger), options->operands[0], &place, reason);
    if (result != LT_OK) {
        return result;
    }
    const struct lt_chain chain = {
        options->values[HUB] != NULL ? LT_STREAM_DIRECTIVE : LT_STREAM_REPORT, place->unit};
    struct lt_print *print =
        lt_print_begin(stdout, format, "lienthong-updates-1", NULL, columns, COLUMN_COUNT);
    if (print == NULL) {
        return LT_NO_MEMORY;
    }
    result = lt_signed_by(view->ledger, &chain, show, print);
    enum lt_result ended = lt_print_end(print, NULL);
    return result != LT_OK ? result : ended;
}

int lt_hub_cmd_updates(int argc, char **argv)
{
    struct lt_options options;
    struct lt_import_view view;
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE, USAGE, &options, &code)) {
        return code;
    }
    if (options.operand_count != 1) {
        return lt_options_usage(USAGE, USAGE, "updates: one unit");
    }
    enum lt_result result = lt_import_look(options.dir, &view, reason);
    if (result == LT_OK) {
        result = list(&options, &view, reason);
        lt_import_look_end(&view);
    }
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub: %s\n", reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return lt_exit_of(result);
}
