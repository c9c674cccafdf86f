/* cmd_service - of Windows; here systemd does all of it. */
#include <stdio.h>

#include "agent/commands.h"
#include "agent/options.h"
#include "agent/text.h"

int lt_cmd_service(int argc, char **argv)
{
    static const char vietnamese[] =
        "Cách dùng: systemctl enable --now lienthong-agent\n"
        "Chỉ Windows mới cần lệnh này; ở đây systemd chạy lienthong-agent.\n";
    static const char english[] =
        "Usage: systemctl enable --now lienthong-agent\n"
        "The command is for Windows alone; here systemd runs lienthong-agent.\n";
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, vietnamese, english, &options, &code)) {
        return code;
    }
    fputs(lt_text(vietnamese, english), stderr);
    return LT_EXIT_USAGE;
}
