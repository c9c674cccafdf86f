/* cmd_redact - has the name of a record erased wherever it is stored. */
#include <stdio.h>
#include <string.h>

#include "agent/erasure.h"
#include "agent/journal.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "proto/letters.h"
#include "proto/standing.h"

static const char USAGE_VI[] = "Cách dùng: lienthong-hub redact --unit MÃ[@NGÀY] --record BẢN_GHI "
                               "--reason \"LÝ DO\" [--dry-run]\n"
                               "           [--json] [--dir D]\n"
                               "  BẢN_GHI: như cột record của lệnh records --csv in ra\n"
                               "  Xóa họ tên, nơi làm việc, chức vụ của bản ghi đó (mọi lần sửa) "
                               "tại mọi máy đang giữ; số liệu,\n"
                               "  chữ ký và xác nhận không đổi. Không lấy lại được.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub redact --unit CODE[@DATE] --record RECORD --reason \"WHY\" [--dry-run]\n"
    "           [--json] [--dir D]\n"
    "  RECORD: as records --csv prints it in its column record\n"
    "  Erases name, workplace and position of that record, in all its versions, wherever they are "
    "stored;\n"
    "  figures, signatures and receipts stay as they are. It cannot be undone.\n";

enum { O_UNIT, O_RECORD, O_REASON, O_DRY_RUN, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--unit", true}, {"--record", true}, {"--reason", true}, {"--dry-run", false}};

struct saying {
    struct lt_record_id record;
    struct lt_unit unit; /* whose record it is */
    uint64_t updates; /* that hold something to erase, here */
    bool said_before;
};

static enum lt_result refuse(char *ret_reason, const char *why, const char *what)
{
    (void)snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s: %s", what, why);
    return LT_REFUSED;
}

/* The unit that put the record: LT_NOT_FOUND, or LT_REFUSED when that change puts none. */
static enum lt_result find_author(struct lt_txn *txn, const struct lt_record_id *record,
                                  struct lt_unit *ret_unit)
{
    struct lt_bytes bytes;
    struct lt_update update;
    Lienthong__ReportBody *body = NULL;
    uint64_t position, seq;
    if (!lt_log_find(txn, &record->update, &position, &seq) || !lt_log_at(txn, position, &bytes))
        return lt_txn_error(txn) != LT_OK ? lt_txn_error(txn) : LT_NOT_FOUND;
    struct lt_arena *arena = lt_arena_new(2 * LT_UNPACK_BYTES_MAX);
    if (arena == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = lt_update_open(bytes, &update);
    if (result == LT_OK)
        result = lt_report_read(&update, arena, &body);
    if (result == LT_MALFORMED || result == LT_VERSION ||
        (result == LT_OK &&
         (record->index >= body->n_changes || body->changes[record->index]->record != NULL)))
        result = LT_REFUSED;
    if (result == LT_OK)
        *ret_unit = update.frame.chain.unit;
    lt_arena_free(arena);
    return result;
}

static bool was_said(const struct lt_book *book, const struct lt_unit *hub,
                     const struct lt_record_id *record)
{
    for (size_t i = lt_book_redactions_of(book, &record->update);; i++) {
        const struct lt_redaction *redaction = lt_book_redaction_at(book, i);
        if (redaction == NULL || lt_hash_cmp(&redaction->record.update, &record->update) != 0)
            return false;
        if (redaction->record.index == record->index && lt_unit_cmp(&redaction->hub, hub) == 0)
            return true;
    }
}

/* Whose it is, and whether this hub may say so. */
static enum lt_result check(const struct lt_book *book, const struct lt_hub_site *site,
                            const struct lt_options *given, const struct saying *saying,
                            char *ret_reason)
{
    struct lt_unit unit;
    char text[LT_UNIT_TEXT_MAX];
    bool dated = false;
    lt_unit_format(&saying->unit, text);
    if (lt_unit_parse(given->values[O_UNIT], &unit, &dated) != LT_OK)
        return refuse(ret_reason, lt_text("mã đơn vị không hợp lệ", "this is no unit"),
                      given->values[O_UNIT]);
    if (strcmp(unit.code, saying->unit.code) != 0 ||
        (dated && unit.valid_from != saying->unit.valid_from))
        return refuse(ret_reason,
                      lt_text("bản ghi này là của đơn vị trên, không phải của đơn vị nêu ở --unit",
                              "this is whose record it is, not that of --unit"),
                      text);
    if (!lt_book_within(book, &saying->unit, &site->unit))
        return refuse(
            ret_reason,
            lt_text("đơn vị không thuộc phạm vi của máy chủ này; cấp trên phải ra chỉ thị",
                    "it does not lie within this hub's own unit; the hub above has to say "
                    "it"),
            text);
    return LT_OK;
}

static enum lt_result prepare(struct lt_import_view *view, const struct lt_options *given,
                              struct saying *saying, char *ret_reason)
{
    const struct lt_book *book = lt_ledger_book(view->ledger);
    struct lt_txn *txn = lt_txn_begin(lt_ledger_env(view->ledger), false);
    if (txn == NULL)
        return LT_NO_MEMORY;
    enum lt_result result = find_author(txn, &saying->record, &saying->unit);
    if (result == LT_NOT_FOUND || result == LT_REFUSED)
        (void)refuse(
            ret_reason,
            lt_text("không có bản ghi này ở đây; tên bản ghi là cột record của records --csv",
                    "there is no such record here; its name is the column record of records "
                    "--csv"),
            given->values[O_RECORD]);
    if (result == LT_OK)
        result = check(book, &view->site, given, saying, ret_reason);
    if (result == LT_OK)
        result = lt_erasure_look(txn, book, &view->site.unit, &saying->record, &saying->updates);
    saying->said_before = was_said(book, &view->site.unit, &saying->record);
    lt_txn_abort(txn);
    return result;
}

static enum lt_result say(const struct lt_options *given, struct saying *saying, char *ret_reason)
{
    char reason[LT_LONG_TEXT_BYTES_MAX + 1];
    size_t said = 0;
    Lienthong__Directive item, *items[1] = {&item};
    Lienthong__Redaction redaction;
    Lienthong__RecordId record;
    lienthong__directive__init(&item);
    lienthong__redaction__init(&redaction);
    lienthong__record_id__init(&record);
    record.update = (ProtobufCBinaryData){32, saying->record.update.bytes};
    record.index = saying->record.index;
    redaction.record = &record;
    (void)snprintf(reason, sizeof reason, "%s", given->values[O_REASON]);
    redaction.reason = reason;
    item.redaction = &redaction;
    return lt_direct_say(given->dir, items, 1, &said, ret_reason);
}

static void tell(const struct lt_options *given, const struct saying *saying, bool dry)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&saying->unit, unit);
    if (given->json)
        (void)printf("{\"schema\":\"lienthong.redact/1\",\"unit\":\"%s\",\"record\":\"%s\","
                     "\"updates\":%llu,\"said\":%s}\n",
                     unit, given->values[O_RECORD], (unsigned long long)saying->updates,
                     dry || saying->said_before ? "false" : "true");
    else if (saying->said_before)
        (void)puts(
            lt_text("Chỉ thị này đã có; không đổi gì.", "Said before; nothing was changed."));
    else
        (void)printf(
            dry ? lt_text("Sẽ xóa tên của bản ghi này của %s: %llu lần khai ở đây có tên.\n",
                          "Would erase the name of this record of %s: %llu updates here hold "
                          "it.\n")
                : lt_text("Đã xóa tên của bản ghi này của %s ở đây: %llu lần khai có tên. Các "
                          "máy khác xóa khi nhận chỉ thị.\n",
                          "Erased the name of this record of %s here: %llu updates held it. "
                          "Other machines erase it when the directive reaches them.\n"),
            unit, (unsigned long long)saying->updates);
}

static enum lt_result redact(const struct lt_options *given, char *ret_reason)
{
    struct lt_import_view view;
    struct saying saying = {.updates = 0};
    if (lt_record_name_parse(given->values[O_RECORD], &saying.record) != LT_OK)
        return refuse(ret_reason,
                      lt_text("tên bản ghi là 64 chữ số thập lục phân, dấu - và một số",
                              "a record's name is 64 hexadecimal digits, - and a number"),
                      given->values[O_RECORD]);
    const size_t size = strlen(given->values[O_REASON]);
    if (size == 0 || size > LT_LONG_TEXT_BYTES_MAX ||
        !lt_text_valid((const uint8_t *)given->values[O_REASON], size, true))
        return refuse(ret_reason,
                      lt_text("cần lý do, tối đa 1024 byte UTF-8, không có ký tự điều khiển",
                              "why is needed, at most 1024 bytes of UTF-8 without control "
                              "characters"),
                      "--reason");
    enum lt_result result = lt_import_look(given->dir, &view, ret_reason);
    if (result != LT_OK)
        return result;
    result = prepare(&view, given, &saying, ret_reason);
    lt_import_look_end(&view); /* where no hub runs, the store is opened to write */
    const bool dry = given->values[O_DRY_RUN] != NULL;
    if (result == LT_OK && !dry && !saying.said_before)
        result = say(given, &saying, ret_reason);
    if (result == LT_OK)
        tell(given, &saying, dry);
    return result;
}

int lt_hub_cmd_redact(int argc, char **argv)
{
    struct lt_options given;
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    if (given.operand_count > 0)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", given.operands[0]);
    for (size_t i = 0; i < O_DRY_RUN; i++)
        if (given.values[i] == NULL)
            return lt_options_usage(USAGE_VI, USAGE_EN, lt_text("cần %s", "%s is needed"),
                                    options[i].name);
    const enum lt_result result = redact(&given, reason);
    if (result == LT_OK)
        return LT_EXIT_OK;
    (void)fprintf(stderr, "lienthong-hub redact: %s\n",
                  reason[0] != '\0' ? reason : lt_result_text(result));
    return result == LT_NOT_FOUND || result == LT_REFUSED ? LT_EXIT_UNFINISHED : lt_exit_of(result);
}
