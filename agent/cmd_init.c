/* cmd_init - makes a site's folder, keys and store, and says what comes next. */
#include <jansson.h>
#include <stdio.h>

#include "agent/commands.h"
#include "agent/options.h"
#include "agent/setup.h"
#include "agent/text.h"

static void print_json(const char *dir, const struct lt_site *site, const char *key)
{
    char unit[LT_UNIT_TEXT_MAX];
    lt_unit_format(&site->unit, unit);
    json_t *object = json_pack("{s:s, s:s, s:s, s:s?}", "schema", "lienthong.init/1", "dir", dir,
                               "key", key, "unit", site->unit.code[0] == '\0' ? NULL : unit);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static int init(const char *dir, bool json)
{
    struct lt_keys keys;
    struct lt_site site;
    char reason[200] = "", key[2 * 32 + 1];
    enum lt_result result = lt_setup(dir, &keys, &site, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    lt_hex(keys.sign_public.bytes, sizeof(keys.sign_public.bytes), key);
    lt_keys_wipe(&keys);
    if (json) {
        print_json(dir, &site, key);
        return LT_EXIT_OK;
    }
    printf(lt_text("Đã sẵn sàng: %s (khóa %.16s…)\n", "Ready: %s (key %.16s…)\n"), dir, key);
    if (site.unit.code[0] == '\0') {
        printf(lt_text("Tiếp theo: xin mã của cấp trên, rồi chạy `lienthong-agent join MÃ`.\n",
                       "Next: ask the hub for a code, then run `lienthong-agent join CODE`.\n"));
    } else {
        printf(lt_text("Máy này đã là của đơn vị %s.\n", "This PC already reports for unit %s.\n"),
               site.unit.code);
    }
    return LT_EXIT_OK;
}

int lt_cmd_init(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: lienthong-agent init [--json] [--dir D]\n"
        "Tạo thư mục, khóa và kho của máy này. Làm lại cũng không sao.\n";
    static const char english[] = "Usage: lienthong-agent init [--json] [--dir D]\n"
                                  "Makes this PC's folder, keys and store. Safe to repeat.\n";
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, vietnamese, english, &options, &code)) {
        return code;
    }
    if (options.operand_count > 0) {
        return lt_options_usage(vietnamese, english, "%s?", options.operands[0]);
    }
    return init(options.dir, options.json);
}
