/* cmd_web - serves this hub's pages, beside the running hub. */
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "agent/daemon.h"
#include "agent/notify.h"
#include "agent/options.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/web/server.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub web [--listen ĐỊA_CHỈ:CỔNG] [--cert TỆP --key TỆP] [--behind-tls]\n"
    "           [--public | --open] [--forms D] [--dir D]\n"
    "  Phục vụ các trang của hub cho trình duyệt, đến khi có SIGTERM hoặc SIGINT; chỉ đọc kho dữ "
    "liệu.\n"
    "  --listen      mặc định 127.0.0.1:4780; cổng 0: cổng nào cũng được\n"
    "  --cert --key  TLS bằng chứng thư và khóa (PEM)\n"
    "  --behind-tls  đứng sau một proxy có TLS: cookie chỉ đi qua TLS; proxy trên máy này cho biết "
    "ai hỏi\n"
    "                (X-Forwarded-For)\n"
    "  --public      chỉ số liệu làm tròn ngẫu nhiên đến 5, không tên, không đăng nhập\n"
    "  --open        không tài khoản, ai cũng xem được tất cả: chỉ trên 127.0.0.1, để thử\n"
    "  --forms       thêm các biểu *.json của thư mục D (docs/forms.md)\n"
    "  SIGHUP (systemctl reload): đọc lại chứng thư và khóa; ai đã đăng nhập vẫn còn, tùy chọn thì "
    "cần khởi động lại\n"
    "  Một dòng trên stdout khi đã sẵn sàng: web http://ĐỊA_CHỈ:CỔNG/\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub web [--listen ADDRESS:PORT] [--cert FILE --key FILE] [--behind-tls]\n"
    "           [--public | --open] [--forms D] [--dir D]\n"
    "  Serves the hub's pages to browsers until SIGTERM or SIGINT; only reads the store.\n"
    "  --listen      127.0.0.1:4780 when not said; port 0: any\n"
    "  --cert --key  TLS with a certificate and a key (PEM)\n"
    "  --behind-tls  it stands behind a proxy with TLS: cookies go over TLS only; one on this "
    "machine says who\n"
    "                asks (X-Forwarded-For)\n"
    "  --public      figures only, rounded at random to 5: no names, nobody logs in\n"
    "  --open        no accounts, everybody sees everything: on 127.0.0.1 only, to try it\n"
    "  --forms       adds the forms *.json of the folder D (docs/forms.md)\n"
    "  SIGHUP (systemctl reload): reads certificate and key again; logins stay, options need a new "
    "start\n"
    "  One line on stdout when it serves: web http://ADDRESS:PORT/\n";

enum { O_LISTEN, O_CERT, O_KEY, O_BEHIND, O_PUBLIC, O_OPEN, O_FORMS, O_COUNT };
static const struct lt_option options[O_COUNT] = {
    {"--listen", true},  {"--cert", true},  {"--key", true},  {"--behind-tls", false},
    {"--public", false}, {"--open", false}, {"--forms", true}};
enum { ADDRESS_MAX = 64, TEND_EVERY_MS = 1000, NICER_THAN_THE_HUB = 10 };

static bool parse_listen(const char *text, char ret_address[ADDRESS_MAX], uint16_t *ret_port)
{
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    if (colon == NULL || colon == text || colon - text >= ADDRESS_MAX || colon[1] < '0' ||
        colon[1] > '9' || strlen(colon) > 6)
        return false;
    unsigned long port = strtoul(colon + 1, &end, 10);
    memcpy(ret_address, text, (size_t)(colon - text));
    ret_address[colon - text] = '\0';
    *ret_port = (uint16_t)port;
    return *end == '\0' && port <= UINT16_MAX;
}

static const char *what_is_wrong(const struct lt_options *given, const char *address)
{
    const bool loopback = strncmp(address, "127.", 4) == 0;
    const bool tls = given->values[O_CERT] != NULL || given->values[O_BEHIND] != NULL;
    if (given->operand_count > 0)
        return given->operands[0];
    if ((given->values[O_CERT] == NULL) != (given->values[O_KEY] == NULL))
        return lt_text("--cert và --key đi cùng nhau", "--cert and --key go together");
    if (given->values[O_OPEN] != NULL && given->values[O_PUBLIC] != NULL)
        return lt_text("--open hoặc --public, không cả hai", "--open or --public, not both");
    if (given->values[O_OPEN] != NULL && (!loopback || given->values[O_BEHIND] != NULL))
        return lt_text("--open chỉ dùng trên 127.0.0.1", "--open is for 127.0.0.1 only");
    if (!loopback && !tls && given->values[O_PUBLIC] == NULL)
        return lt_text("ngoài 127.0.0.1 cần TLS: --cert và --key, hoặc --behind-tls",
                       "beyond 127.0.0.1 TLS is needed: --cert and --key, or --behind-tls");
    return NULL;
}

static void reload(struct lt_server *server, const struct lt_server_settings *settings)
{
    char reason[300] = "", state[400];
    (void)lt_notify_reloading();
    const enum lt_result result = lt_server_reload(server, settings, reason);
    if (result == LT_OK)
        lt_daemon_log(LT_LOG_INFO, "%s",
                      lt_text("đã đọc lại chứng thư; tùy chọn dòng lệnh cần khởi động lại",
                              "the certificate was read again; options need a new start"));
    else
        lt_daemon_log(LT_LOG_ERROR,
                      lt_text("giữ chứng thư cũ: %s", "the former certificate stays: %s"),
                      reason[0] != '\0' ? reason : lt_text_result(result));
    (void)snprintf(state, sizeof state, "READY=1\nSTATUS=%s", reason);
    (void)lt_notify(state);
}

static int serve(const struct lt_server_settings *settings)
{
    struct lt_server *server;
    char reason[300] = "";
    int signals = -1;
    /* Where the processor is short the merge goes first. A service may not say so itself: its weight does. */
    (void)setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + NICER_THAN_THE_HUB);
    enum lt_result result = lt_daemon_signals(&signals);
    if (result == LT_OK)
        result = lt_server_start(settings, &server, reason);
    if (result != LT_OK) {
        (void)fprintf(stderr, "lienthong-hub web: %s\n",
                      reason[0] != '\0' ? reason : lt_text_result(result));
        return lt_exit_of(result);
    }
    (void)printf("web %s://%s:%u/\n", settings->certificate != NULL ? "https" : "http",
                 settings->address, lt_server_port(server));
    (void)fflush(stdout);
    (void)lt_notify("READY=1");
    struct pollfd wait = {.fd = signals, .events = POLLIN};
    const bool by_hand = isatty(STDERR_FILENO) == 1;
    for (int number = 0; number == 0;) {
        if (poll(&wait, 1, TEND_EVERY_MS) > 0)
            number = lt_daemon_signal(signals);
        if (number == SIGHUP && !by_hand) {
            reload(server, settings);
            number = 0;
        }
        lt_server_tend(server);
    }
    (void)lt_notify("STOPPING=1");
    lt_server_stop(server);
    return LT_EXIT_OK;
}

int lt_hub_cmd_web(int argc, char **argv)
{
    struct lt_options given;
    char address[ADDRESS_MAX];
    uint16_t port;
    int code = LT_EXIT_OK;
    if (!lt_options_parse(argc, argv, options, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    const char *listen = given.values[O_LISTEN] != NULL ? given.values[O_LISTEN] : "127.0.0.1:4780";
    if (!parse_listen(listen, address, &port))
        return lt_options_usage(USAGE_VI, USAGE_EN, "--listen: %s", listen);
    const char *wrong = what_is_wrong(&given, address);
    if (wrong != NULL)
        return lt_options_usage(USAGE_VI, USAGE_EN, "%s", wrong);
    const struct lt_server_settings settings = {
        .web = {.dir = given.dir,
                .forms = given.values[O_FORMS],
                .open = given.values[O_OPEN] != NULL,
                .shown = given.values[O_PUBLIC] != NULL,
                .secure = given.values[O_CERT] != NULL || given.values[O_BEHIND] != NULL,
                .proxied = given.values[O_BEHIND] != NULL},
        .address = address,
        .port = port,
        .certificate = given.values[O_CERT],
        .key = given.values[O_KEY],
    };
    return serve(&settings);
}
