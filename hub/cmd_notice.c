/* cmd_notice - tells the people of a unit something. */
#include <stdio.h>

#include "agent/text.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/notifying.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub notice ĐƠN_VỊ[@NGÀY] \"LỜI NHẮN\" [--json] [--dir D]\n"
    "Nhắn cho người của đơn vị: `status` và trang tình trạng của máy họ hiện lời nhắn đến khi họ "
    "báo "
    "đã xem.\n"
    "Một dòng, nhiều nhất 1024 byte. Lời nhắn được ký và lưu mãi ở mọi cấp: không ghi tên người.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub notice UNIT[@DATE] \"TEXT\" [--json] [--dir D]\n"
    "Tells the people of a unit something: `status` and the status page of their PC show it until "
    "they say\n"
    "that they have seen it. One line, at most 1024 bytes. It is signed and kept for ever at every "
    "level:\n"
    "name nobody.\n";

static enum lt_result look(const struct lt_options *options, struct lt_notifying *notifying)
{
    struct lt_import_view view;
    enum lt_result result = lt_import_look(options->dir, &view, notifying->reason);
    if (result == LT_OK) {
        result =
            lt_notifying_plan(view.ledger, options->operands[0], options->operands[1], notifying);
        lt_import_look_end(&view);
    }
    return result;
}

int lt_hub_cmd_notice(int argc, char **argv)
{
    struct lt_options options;
    struct lt_notifying notifying = {.reason = ""};
    char unit[LT_UNIT_TEXT_MAX];
    size_t said = 0;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, USAGE_VI, USAGE_EN, &options, &code))
        return code;
    if (options.operand_count != 2)
        return lt_options_usage(USAGE_VI, USAGE_EN, "notice: %s",
                                lt_text("một đơn vị và lời nhắn", "a unit and the text"));
    enum lt_result result = look(&options, &notifying);
    if (result == LT_OK)
        result = lt_direct_say(options.dir, notifying.items, 1, &said, notifying.reason);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub: %s\n",
                      notifying.reason[0] != '\0' ? notifying.reason : lt_text_result(result));
        return lt_exit_of(result);
    }
    lt_unit_format(&notifying.unit, unit);
    (void)printf(options.json ? "{\"told\":\"%s\"}\n" : lt_text("đã nhắn %s\n", "told %s\n"), unit);
    return LT_EXIT_OK;
}
