/* lienthong-agent - keeps a unit's records on its PC and pushes them to its hub. */
#include <stdio.h>
#include <string.h>

#include "agent/commands.h"
#include "agent/options.h"
#include "agent/program.h"
#include "agent/text.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *vietnamese, *english;
} commands[] = {
    {"init", lt_cmd_init, "tạo thư mục, khóa và kho của máy này",
     "make this PC's folder, keys and store"},
    {"join", lt_cmd_join, "tham gia bằng mã một lần của cấp trên", "join with the hub's code"},
    {"rotate", lt_cmd_rotate, "đổi khóa ký của máy này", "change this PC's key for another"},
    {"import", lt_cmd_import, "nhập bản ghi từ tệp Excel hoặc CSV",
     "take in records from workbooks and CSV files"},
    {"drop", lt_cmd_drop, "nhận các tệp trong thư mục thả tệp",
     "take in the files of the drop folder"},
    {"run", lt_cmd_run, "gửi và nhận, cho đến khi được bảo dừng", "send and receive until stopped"},
    {"wait", lt_cmd_wait, "chờ đến khi mọi thứ đã được tính", "wait until everything is counted"},
    {"status", lt_cmd_status, "mọi thứ đã đến đâu", "how far everything has come"},
    {"doctor", lt_cmd_doctor, "khám máy này: điều gì sai và phải làm gì",
     "examine this PC: what is wrong, and what to do"},
    {"records", lt_cmd_records, "xem các bản ghi", "show records"},
    {"export", lt_cmd_export, "xuất bản ghi ra CSV hoặc Excel",
     "write records as CSV or a workbook"},
    {"bundle", lt_cmd_bundle, "gửi và nhận bằng USB khi không có mạng",
     "send and receive by USB stick without a link"},
    {"backup", lt_cmd_backup, "sao lưu kho và khóa của máy này", "copy this PC's store and keys"},
    {"restore", lt_cmd_restore, "khôi phục từ bản sao lưu", "put a backup back"},
    {"service", lt_cmd_service, "dịch vụ của Windows", "the service of Windows"},
};
enum { COMMAND_COUNT = sizeof(commands) / sizeof(commands[0]) };

static void print_usage(FILE *to)
{
    fprintf(to, lt_text("Cách dùng: lienthong-agent LỆNH … (LỆNH --help để biết thêm)\n",
                        "Usage: lienthong-agent COMMAND … (COMMAND --help for more)\n"));
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        fprintf(to, "  %-8s %s\n", commands[i].name,
                lt_text_is_english() ? commands[i].english : commands[i].vietnamese);
    }
    fputs(lt_text(
              "Mã thoát:\n"
              "  0   xong\n"
              "  1   còn việc cho người: dòng chưa nhận, chưa được tính hết, điều sai mà doctor "
              "thấy\n"
              "  2   không làm được: chưa tham gia, kho hỏng, ổ đĩa đầy, không ghi được kết quả\n"
              "  64  gọi sai cách\n",
              "Exit codes:\n"
              "  0   done\n"
              "  1   something is left for people: rows not taken, not all counted, what doctor "
              "finds wrong\n"
              "  2   could not be done: not joined, store damaged, disk full, output not written\n"
              "  64  called wrongly\n"),
          to);
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(name, commands[i].name) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    if (strcmp(name, "--version") == 0) {
        puts("lienthong-agent " LT_VERSION_TEXT);
        return LT_EXIT_OK;
    }
    bool help = strcmp(name, "--help") == 0 || strcmp(name, "help") == 0;
    print_usage(help ? stdout : stderr);
    return help ? LT_EXIT_OK : LT_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    int code = lt_program_begin();
    return code == LT_EXIT_OK ? lt_program_end(run(argc, argv)) : code;
}
