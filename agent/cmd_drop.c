/* cmd_drop - one pass over the drop folder, or its setting. The running agent starts it by itself. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "agent/commands.h"
#include "agent/drop.h"
#include "agent/options.h"
#include "agent/text.h"
#include "agent/wake.h"

static const char usage_vi[] =
    "Cách dùng: lienthong-agent drop [--folder THƯ_MỤC] [--json] [--dir D]\n"
    "Nhận các tệp trong thư mục thả tệp một lần; chương trình nền tự làm việc này.\n"
    "  --folder F   từ nay dùng thư mục F (được tạo nếu chưa có); \"\" là không dùng nữa\n"
    "Mã thoát: 0 xong; 1 có tệp còn chờ, hoặc có trở ngại (sẽ thử lại); 2 không làm được.\n";
static const char usage_en[] =
    "Usage: lienthong-agent drop [--folder FOLDER] [--json] [--dir D]\n"
    "Takes in the files of the drop folder once; the running agent does so by itself.\n"
    "  --folder F   from now on the folder is F (made where it is missing); \"\": none\n"
    "Exit codes: 0 done; 1 files wait, or something stands in the way for now; 2 it cannot be "
    "done.\n";

static int set_folder(const char *dir, const char *folder)
{
    char reason[200] = "";
    enum lt_result result = lt_drop_set_folder(dir, folder, reason);
    if (reason[0] != '\0') {
        fprintf(stderr, "%s\n", reason);
    }
    if (result != LT_OK) {
        return lt_exit_of(result);
    }
    (void)lt_wake_ring(dir); /* nobody may be running */
    return LT_EXIT_OK;
}

static void print_json(const char *folder, enum lt_result result, const char *trouble)
{
    const bool waits = result == LT_NOT_READY || result == LT_BUSY;
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s}", "schema", "lienthong.drop/1", "folder", folder, "state",
                  result == LT_OK ? "done"
                  : waits         ? "waits"
                                  : "failed",
                  "trouble", trouble);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

int lt_cmd_drop(int argc, char **argv)
{
    static const struct lt_option known[] = {{"--folder", true}};
    struct lt_options options;
    char folder[LT_DIR_MAX], trouble[LT_DROP_REASON_MAX] = "";
    int code;
    if (!lt_options_parse(argc, argv, known, 1, usage_vi, usage_en, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(usage_vi, usage_en, "%s?", options.operands[0]);
    }
    if (options.values[0] != NULL) {
        return set_folder(options.dir, options.values[0]);
    }
    if (lt_drop_folder(options.dir, folder) != LT_OK) {
        fprintf(stderr, "%s\n",
                lt_text("chưa đặt thư mục thả tệp: lienthong-agent drop --folder THƯ_MỤC",
                        "no drop folder is set: lienthong-agent drop --folder FOLDER"));
        return LT_EXIT_FAILED;
    }
    enum lt_result result = lt_drop_pass(options.dir, folder, trouble);
    if (options.json) {
        print_json(folder, result, trouble);
    }
    return result == LT_OK                               ? LT_EXIT_OK
           : result == LT_NOT_READY || result == LT_BUSY ? LT_EXIT_UNFINISHED
                                                         : lt_exit_of(result);
}
