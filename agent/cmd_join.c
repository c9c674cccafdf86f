/* cmd_join - takes a PC into service: hands the hub's one-time code back, and fetches what it names. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/daemon.h"
#include "agent/join.h"
#include "agent/options.h"
#include "agent/service.h"
#include "agent/setup.h"
#include "agent/text.h"
#include "agent/wake.h"

enum { WAIT_S = 60, APPROVAL_S = 900, FETCH_S = 60 };

/* Where people are told: with --json stdout is for the object at the end. */
static FILE *people;

/* One unit a folder: its records are signed as that unit's. */
static int check_same_unit(const char *dir, const struct lt_site *site,
                           const struct lt_joined *joined)
{
    char was[LT_UNIT_TEXT_MAX], is[LT_UNIT_TEXT_MAX];
    if (site->unit.code[0] == '\0' || lt_unit_cmp(&site->unit, &joined->unit) == 0) {
        return LT_EXIT_OK;
    }
    lt_unit_format(&site->unit, was);
    lt_unit_format(&joined->unit, is);
    fprintf(stderr,
            lt_text("%s: thư mục này là của đơn vị %s, còn mã là của đơn vị %s. Hãy dùng --dir với "
                    "một thư mục khác.\n",
                    "%s: this folder belongs to unit %s, but the code is for unit %s. Use another "
                    "folder with --dir.\n"),
            dir, was, is);
    return LT_EXIT_FAILED;
}

static enum lt_result keep(const char *dir, const struct lt_join_request *request,
                           const struct lt_joined *joined, struct lt_site *site,
                           char ret_reason[200])
{
    struct lt_journal *journal;
    enum lt_result result = lt_journal_open(dir, false, &journal, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    site->unit = joined->unit;
    site->role = request->role;
    site->parent = joined->hub;
    site->top = joined->top;
    site->root = joined->root;
    site->recovery = joined->recovery;
    memcpy(site->parent_curve, request->hub_curve, sizeof(site->parent_curve));
    memset(site->endpoints, 0, sizeof(site->endpoints));
    site->endpoint_count = joined->endpoint_count;
    memcpy(site->endpoints, joined->endpoints, sizeof(site->endpoints));
    result = lt_journal_set_site(journal, site);
    if (result != LT_OK) {
        snprintf(ret_reason, 200, "%.120s: %s", dir, lt_text_result(result));
    }
    lt_journal_close(journal);
    return result;
}

/* Once the key was changed for another, none but that one signs. When it was revoked since, and other keys have just
 * been let in, they are to sign. (While a change is under way, the key that is to follow lies beside ours.) */
static void let_own_key_sign(const char *dir, const struct lt_keys *keys, struct lt_site *site)
{
    static const struct lt_key any;
    char next[4096 + 16];
    snprintf(next, sizeof(next), "%s/sign.key.next", dir);
    if (memcmp(&site->signer, &keys->sign_public, sizeof(any)) != 0 && access(next, F_OK) != 0) {
        site->signer = any;
    }
}

static int say_failure(enum lt_result result, const char *text)
{
    if (result == LT_REFUSED) {
        fprintf(
            stderr,
            lt_text("Cấp trên không nhận mã này: %s\n", "The hub does not accept the code: %s\n"),
            text);
    } else if (result == LT_NOT_READY) {
        fputs(lt_text(
                  "Cấp trên chưa duyệt. Mã vẫn dùng được; lát nữa hãy chạy lại đúng lệnh này.\n",
                  "Not approved yet. The code is still good: run the same command again later.\n"),
              stderr);
        return LT_EXIT_UNFINISHED;
    } else {
        fprintf(stderr,
                lt_text("Chưa liên lạc được với cấp trên: %s. Mã vẫn dùng được; hãy thử lại.\n",
                        "The hub could not be reached: %s. The code is still good; try again.\n"),
                text[0] != '\0' ? text : lt_text_result(result));
    }
    return lt_exit_of(result);
}

/* An operator compares what the clerk reads out with what came to the hub. */
static void say_pending(void *context, const char *text)
{
    const char *fingerprint = context;
    (void)text; /* the same, in the hub's words */
    fprintf(
        people,
        lt_text(
            "Máy này chờ cấp trên duyệt. Hãy gọi cho họ và đọc dấu vân tay của máy:  %s\n",
            "This PC waits for approval. Call the operator and read out its fingerprint:  %s\n"),
        fingerprint);
    fflush(people);
}

/* Fetches tree and catalogue, so that imports can be checked from the first one on. Whatever it does
 * not get to, `run` will. */
static int fetch(const char *dir)
{
    struct lt_service *service;
    char reason[200] = "";
    enum lt_result result = lt_service_open(dir, &service, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    lt_ms end = lt_clock_monotonic() + FETCH_S * 1000;
    while (result == LT_OK && !lt_service_settled(service) && lt_clock_monotonic() < end) {
        result = lt_service_step(service, NULL, 0, 1000);
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s: %s\n", dir, lt_text_result(result));
    } else if (lt_service_settled(service)) {
        fprintf(people, lt_text("Đã nhận cây đơn vị và danh mục.\n",
                                "The tree of units and the catalogue are here.\n"));
    } else {
        fprintf(people,
                lt_text("Chưa nhận đủ danh mục (%s); `lienthong-agent run` sẽ nhận tiếp.\n",
                        "Not everything has been fetched (%s); `lienthong-agent run` goes on.\n"),
                lt_service_trouble(service));
    }
    lt_service_close(service);
    return lt_exit_of(result);
}

/* A running agent takes over by itself. */
static int hand_over(const char *dir)
{
    int lock_fd;
    long holder;
    char reason[200] = "";
    enum lt_result result = lt_daemon_lock(dir, &lock_fd, &holder, reason);
    if (result == LT_BUSY) {
        fprintf(people,
                lt_text("Chương trình đang chạy (%ld) sẽ nhận danh mục.\n",
                        "The running agent (%ld) fetches the rest.\n"),
                holder);
        return lt_exit_of(lt_wake_ring(dir));
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    int code = fetch(dir);
    close(lock_fd);
    return code;
}

/* Those that we have were revoked: a machine that was thought lost is back, with a new code. */
static enum lt_result make_other_keys(const char *dir, struct lt_keys *keys,
                                      char ret_text[LT_JOIN_TEXT_MAX])
{
    char reason[200] = "";
    enum lt_result result = lt_keys_make_next(dir, keys, reason);
    if (result == LT_OK) {
        result = lt_keys_follow(dir, reason);
    }
    if (result == LT_OK) {
        fprintf(people, "%s\n",
                lt_text("Khóa cũ của máy này đã bị thu hồi; đã tạo khóa mới.",
                        "This PC's old key was revoked; a new one was made."));
    }
    snprintf(ret_text, LT_JOIN_TEXT_MAX, "%s", reason);
    return result;
}

static void print_json(const char *unit, const char *hub, const char *fingerprint)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s}", "schema", "lienthong.join/1", "unit", unit,
                               "parent", hub, "fingerprint", fingerprint);
    json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static int join(const char *dir, struct lt_join_request *request)
{
    struct lt_keys keys;
    struct lt_site site;
    struct lt_joined joined;
    char reason[200] = "", text[LT_JOIN_TEXT_MAX] = "", unit[LT_UNIT_TEXT_MAX],
         hub[LT_UNIT_TEXT_MAX], fingerprint[LT_FINGERPRINT_MAX];
    enum lt_result result = lt_setup(dir, &keys, &site, reason);
    if (result == LT_REFUSED && lt_keys_set_aside(dir)) {
        fprintf(people, "%s\n",
                lt_text("Khóa ở đây là của máy khác; đã để riêng (*.other-pc) và tạo khóa mới.",
                        "The keys here are another PC's; they were set aside (*.other-pc), and new "
                        "ones made."));
        result = lt_setup(dir, &keys, &site, reason);
    }
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    request->instance = site.instance;
    request->pending = say_pending;
    request->context = fingerprint;
    lt_fingerprint(&keys.sign_public, keys.curve_public, fingerprint);
    result = lt_join_talk(request, &keys, &joined, text);
    if (result == LT_KEY_REVOKED) {
        result = make_other_keys(dir, &keys, text);
        lt_fingerprint(&keys.sign_public, keys.curve_public, fingerprint);
        result = result == LT_OK ? lt_join_talk(request, &keys, &joined, text) : result;
    }
    let_own_key_sign(dir, &keys, &site);
    lt_keys_wipe(&keys);
    if (result != LT_OK) {
        return say_failure(result, text);
    }
    int code = check_same_unit(dir, &site, &joined);
    if (code != LT_EXIT_OK) {
        return code;
    }
    result = keep(dir, request, &joined, &site, reason);
    if (result != LT_OK) {
        fprintf(stderr, "%s\n", reason);
        return lt_exit_of(result);
    }
    lt_unit_format(&joined.unit, unit);
    lt_unit_format(&joined.hub, hub);
    fprintf(people,
            lt_text("Máy này nay là của đơn vị %s, gửi lên %s.\n",
                    "This PC now reports for unit %s, to %s.\n"),
            unit, hub);
    fflush(people);
    code = hand_over(dir);
    if (people == stderr) {
        print_json(unit, hub, fingerprint);
    }
    return code;
}

static const char vietnamese[] =
    "Cách dùng: lienthong-agent join MÃ | --file TỆP [--endpoint ĐỊA_CHỈ[,ĐỊA_CHỈ…]] [--wait "
    "GIÂY]\n"
    "                            [--json] [--dir D]\n"
    "Đưa máy này vào sử dụng bằng mã một lần mà cấp trên đã cấp, gõ vào hoặc lấy từ tệp văn bản.\n"
    "ĐỊA_CHỈ (máy:cổng) thay cho địa chỉ trong mã được thử trước; chờ nhiều nhất 60 giây, và 15 "
    "phút\n"
    "khi máy phải được cấp trên duyệt. Chạy lại cùng mã lúc nào cũng được.\n";
static const char english[] =
    "Usage: lienthong-agent join CODE | --file FILE [--endpoint HOST:PORT[,HOST:PORT…]]\n"
    "                            [--wait SECONDS] [--json] [--dir D]\n"
    "Takes this PC into service with the one-time code that the hub gave out, typed in or from a "
    "text\n"
    "file. Endpoints given are tried before the code's own; waits 60 seconds at most, and 15 "
    "minutes\n"
    "when an operator has to approve. It may be repeated with the same code at any time.\n";

static bool read_endpoints(struct lt_join_request *request, const char *list)
{
    char copy[LT_JOIN_ENDPOINTS_MAX * LT_ENDPOINT_MAX];
    char *rest = NULL;
    if (strlen(list) >= sizeof(copy)) {
        return false;
    }
    memcpy(copy, list, strlen(list) + 1);
    for (char *item = strtok_r(copy, ",", &rest); item != NULL; item = strtok_r(NULL, ",", &rest)) {
        if (lt_join_request_endpoint(request, item, false) != LT_OK) {
            return false;
        }
    }
    return request->endpoint_count > 0;
}

/* The code of the command line, or of the file that it names. Returns an exit code. */
static int read_code(struct lt_join_request *request, const struct lt_options *options,
                     const char *file)
{
    char code[LT_JOIN_CODE_MAX], text[LT_JOIN_TEXT_MAX] = "";
    const char *given = code;
    enum lt_result result = LT_OK;
    if (file != NULL) {
        result = lt_join_code_load(file, code, text);
    } else {
        given = options->operands[0];
    }
    if (result == LT_OK) {
        result = lt_join_request_code(request, given);
        if (result != LT_OK) {
            lt_join_code_trouble(given, result, text);
        }
    }
    explicit_bzero(code, sizeof(code));
    if (result == LT_OK) {
        return LT_EXIT_OK;
    }
    fprintf(stderr, "%s\n", text);
    return file != NULL ? LT_EXIT_FAILED : LT_EXIT_USAGE;
}

int lt_cmd_join(int argc, char **argv)
{
    enum { ENDPOINT, WAIT, CODE_FILE, COUNT };
    static const struct lt_option known[COUNT] = {
        {"--endpoint", true}, {"--wait", true}, {"--file", true}};
    struct lt_options options;
    struct lt_join_request request = {.role = LIENTHONG__ROLE__ROLE_AGENT,
                                      .wait_ms = WAIT_S * 1000,
                                      .approval_ms = APPROVAL_S * 1000};
    int code;
    if (!lt_options_parse(argc, argv, known, COUNT, vietnamese, english, &options, &code)) {
        return code;
    }
    const char *file = options.values[CODE_FILE];
    if (options.operand_count != (file != NULL ? 0u : 1u)) {
        return lt_options_usage(vietnamese, english, "%s",
                                lt_text("cần đúng một mã, hoặc --file TỆP",
                                        "exactly one code is needed, or --file FILE"));
    }
    if (options.values[ENDPOINT] != NULL && !read_endpoints(&request, options.values[ENDPOINT])) {
        return lt_options_usage(vietnamese, english, "--endpoint %s?", options.values[ENDPOINT]);
    }
    if (options.values[WAIT] != NULL) {
        if (!lt_daemon_seconds(options.values[WAIT], &request.wait_ms)) {
            return lt_options_usage(vietnamese, english, "--wait %s?", options.values[WAIT]);
        }
        request.approval_ms = 0;
    }
    people = options.json ? stderr : stdout;
    code = read_code(&request, &options, file);
    if (code == LT_EXIT_OK) {
        code = join(options.dir, &request);
    }
    explicit_bzero(&request, sizeof(request));
    return code;
}
