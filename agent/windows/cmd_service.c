/* cmd_service - the agent as a service of Windows: `service install|remove|start|stop|status`. */
#include <jansson.h>
#include <stdio.h>

#include "agent/commands.h"
#include "agent/drop.h"
#include "agent/folder.h"
#include "agent/setup.h"
#include "agent/text.h"
#include "agent/windows/service_control.h"
#include "agent/windows/wide.h"

static const char usage_vi[] =
    "Cách dùng: lienthong-agent service install|remove|start|stop|status [--dir D]\n"
    "  install  để Windows tự chạy chương trình mỗi khi bật máy, cho thư mục D; từ đó thư mục "
    "thuộc\n"
    "           về dịch vụ và người quản trị. Làm lại là cập nhật\n"
    "  remove   dừng và bỏ dịch vụ; dữ liệu còn nguyên\n"
    "  start    khởi động và chờ đến khi nó chạy\n"
    "  stop     dừng và chờ đến khi nó dừng hẳn\n"
    "  status   đang chạy hay không\n"
    "Cần quyền quản trị («Run as administrator»). Việc đã xong rồi thì làm lại cũng không sao.\n"
    "Mã thoát: 0 xong, hoặc đang chạy; 1 (status) không chạy; 2 không làm được, hoặc chưa cài.\n";
static const char usage_en[] =
    "Usage: lienthong-agent service install|remove|start|stop|status [--dir D]\n"
    "  install  Windows runs the agent whenever the PC is on, for the folder D, which then "
    "belongs\n"
    "           to the service and the administrators. Again: brings it up to date\n"
    "  remove   stops the service and takes it away; the data stays\n"
    "  start    starts it, and waits until it runs\n"
    "  stop     stops it, and waits until it has ended\n"
    "  status   does it run?\n"
    "Needs an administrator's rights (\"Run as administrator\"). What is done already may be "
    "repeated.\n"
    "Exit codes: 0 done, or it runs; 1 (status) it does not run; 2 it cannot be done, or is not "
    "installed.\n";

/* A site that is whole, and nobody else's, becomes the service's with all that is in it. */
static enum lt_result hand_over(const char *dir, int depth)
{
    wchar_t wide[LT_WIDE_MAX];
    enum lt_result result = lt_wide_path(dir, wide) && lt_rights_set_service(wide) ? LT_OK : LT_IO;
    if (result != LT_OK)
        return errno == EACCES ? LT_PERMISSION : LT_IO;
    DIR *folder = depth > 0 ? opendir(dir) : NULL;
    const struct dirent *entry;
    while (folder != NULL && result == LT_OK && (entry = readdir(folder)) != NULL) {
        char path[LT_DIR_MAX];
        struct stat about;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
            snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path) ||
            lstat(path, &about) != 0)
            continue;
        if (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))
            result = hand_over(path, S_ISDIR(about.st_mode) ? depth - 1 : 0);
    }
    if (folder != NULL)
        closedir(folder);
    return result;
}

static int install(const char *dir)
{
    enum { DEPTH = 3 }; /* of a site's folder */
    struct lt_keys keys;
    struct lt_site site;
    char reason[200] = "", drop[LT_DIR_MAX];
    enum lt_result result = lt_setup(dir, &keys, &site, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    lt_keys_wipe(&keys);
    if (!lt_service_control_install(dir))
        return LT_EXIT_FAILED;
    result = hand_over(dir, DEPTH);
    if (result != LT_OK) {
        fprintf(stderr,
                lt_text("%s: không giao được thư mục cho dịch vụ: %s\n",
                        "%s: the folder cannot be handed over to the service: %s\n"),
                dir, lt_text_result(result));
        return LT_EXIT_FAILED;
    }
    if (lt_drop_folder(dir, drop) == LT_OK)
        lt_folder_share(drop);
    printf(lt_text("Đã cài dịch vụ lienthong-agent cho %s; nhật ký: %s/agent.log\n",
                   "The service lienthong-agent is installed for %s; its log: %s/agent.log\n"),
           dir, dir);
    return LT_EXIT_OK;
}

static int remove_it(const char *dir)
{
    (void)dir;
    if (!lt_service_control_remove())
        return LT_EXIT_FAILED;
    printf(lt_text("Không có dịch vụ lienthong-agent nữa; dữ liệu còn nguyên.\n",
                   "The service lienthong-agent is no longer there; the data stays.\n"));
    return LT_EXIT_OK;
}

static int start(const char *dir)
{
    (void)dir;
    if (!lt_service_control_start())
        return LT_EXIT_FAILED;
    printf(lt_text("Dịch vụ lienthong-agent đang chạy.\n", "The service lienthong-agent runs.\n"));
    return LT_EXIT_OK;
}

static int stop(const char *dir)
{
    (void)dir;
    if (!lt_service_control_stop())
        return LT_EXIT_FAILED;
    printf(lt_text("Dịch vụ lienthong-agent đã dừng.\n",
                   "The service lienthong-agent has stopped.\n"));
    return LT_EXIT_OK;
}

static int status(bool json)
{
    enum lt_service_state state;
    if (!lt_service_control_state(&state))
        return LT_EXIT_FAILED;
    if (json) {
        json_t *object = json_pack("{s:s, s:s}", "schema", "lienthong.service/1", "state",
                                   state == LT_SERVICE_ABSENT    ? "absent"
                                   : state == LT_SERVICE_RUNNING ? "running"
                                                                 : "stopped");
        json_dumpf(object, stdout, JSON_COMPACT);
        putchar('\n');
        json_decref(object);
    } else if (state == LT_SERVICE_ABSENT) {
        printf(lt_text("Chưa cài dịch vụ lienthong-agent.\n",
                       "The service lienthong-agent is not installed.\n"));
    } else {
        printf(state == LT_SERVICE_RUNNING
                   ? lt_text("Dịch vụ lienthong-agent đang chạy.\n",
                             "The service lienthong-agent runs.\n")
                   : lt_text("Dịch vụ lienthong-agent không chạy.\n",
                             "The service lienthong-agent does not run.\n"));
    }
    return state == LT_SERVICE_RUNNING   ? LT_EXIT_OK
           : state == LT_SERVICE_STOPPED ? LT_EXIT_UNFINISHED
                                         : LT_EXIT_FAILED;
}

/* What the service's own command line says; of no use to people. */
static int run(const char *dir)
{
    int code;
    if (lt_manager_run(dir, &code))
        return code;
    fprintf(stderr, "%s\n",
            lt_text("chỉ Windows chạy lệnh này; hãy dùng `lienthong-agent service start`",
                    "only Windows runs this; use `lienthong-agent service start`"));
    return LT_EXIT_USAGE;
}

int lt_cmd_service(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*act)(const char *dir);
    } acts[] = {{"install", install},
                {"remove", remove_it},
                {"start", start},
                {"stop", stop},
                {"run", run}};
    struct lt_options options;
    int code;
    if (!lt_options_parse(argc, argv, NULL, 0, usage_vi, usage_en, &options, &code))
        return code;
    if (options.operand_count == 1 && strcmp(options.operands[0], "status") == 0)
        return status(options.json);
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (options.operand_count == 1 && strcmp(options.operands[0], acts[i].name) == 0)
            return acts[i].act(options.dir);
    }
    return lt_options_usage(usage_vi, usage_en, "%s?",
                            options.operand_count > 0 ? options.operands[options.operand_count - 1]
                                                      : "install|remove|start|stop|status");
}
