/* cmd_invite - one-time codes with which PCs and hubs join: one for a unit, or many from a file. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/options.h"
#include "agent/program.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/invite.h"
#include "hub/qr.h"
#include "hub/secret_file.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-hub invite ĐƠN_VỊ[@NGÀY] [--hub] [--days N] [--approve]\n"
    "                 [--endpoint tcp://MÁY:CỔNG] [--out TỆP.txt|.html|.svg] [--qr] [--json] "
    "[--dir D]\n"
    "           lienthong-hub invite --from TỆP.csv --slips TỆP.html [--hub] [--days N] "
    "[--approve] …\n"
    "In mã để một máy (với --hub: một máy chủ) tham gia thay đơn vị đó; dùng một lần, trong N ngày "
    "(30).\n"
    "--approve: máy dùng mã phải được duyệt (`approve`) sau khi so dấu vân tay.\n"
    "--out: ghi mã ra tệp: văn bản, phiếu để in, hay chỉ mã QR. --qr: hiện mã QR trên màn hình.\n"
    "--from: mỗi dòng một mã; cột: unit (bắt buộc), days, role (agent, hub), approve (yes, no). "
    "Nhận cả\n"
    "tệp hoặc không dòng nào. --slips: phiếu để in, mỗi đơn vị một trang, theo --lang.\n"
    "Tệp chứa mã có quyền 0600 và không bao giờ ghi đè tệp có sẵn. Chạy được khi máy chủ đang "
    "chạy.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-hub invite UNIT[@DATE] [--hub] [--days N] [--approve]\n"
    "              [--endpoint tcp://HOST:PORT] [--out FILE.txt|.html|.svg] [--qr] [--json] [--dir "
    "D]\n"
    "       lienthong-hub invite --from FILE.csv --slips FILE.html [--hub] [--days N] [--approve] "
    "…\n"
    "Prints the code with which one PC (or, with --hub, one hub) joins as that unit; it is good "
    "once and\n"
    "for N days (30). Without a date: the unit of that code that is open. May run beside the hub.\n"
    "--approve: whoever uses the code waits until you `approve` it, having compared its "
    "fingerprint.\n"
    "--out: the code as a text file, as a slip to print, or its QR code alone. --qr: on the "
    "terminal.\n"
    "--from: a code a row; columns unit (needed), days, role (agent, hub), approve (yes, no). The "
    "file is\n"
    "taken whole or not at all. --slips: pages to print, one a unit, in the language of --lang.\n"
    "Files with codes have mode 0600 and are never written over another file.\n";

enum { HUB, DAYS, ENDPOINT, APPROVE, OUT, QR, FROM, SLIPS, OPTION_COUNT };
static const struct lt_option OPTIONS[OPTION_COUNT] = {
    {"--hub", false}, {"--days", true}, {"--endpoint", true}, {"--approve", false},
    {"--out", true},  {"--qr", false},  {"--from", true},     {"--slips", true}};

enum shape { TEXT_FILE, SLIP_FILE, QR_FILE, SHAPES };

static bool shape_of(const char *path, enum shape *ret_shape)
{
    static const char *const ends[SHAPES] = {".txt", ".html", ".svg"};
    size_t length = strlen(path);
    for (int shape = 0; shape < SHAPES; shape++) {
        size_t size = strlen(ends[shape]);
        if (length > size && strcmp(path + length - size, ends[shape]) == 0) {
            *ret_shape = (enum shape)shape;
            return true;
        }
    }
    return false;
}

/* ---- What is said ---- */

static void dump(json_t *said)
{
    if (said != NULL) {
        json_dumpf(said, stdout, JSON_COMPACT);
    }
    printf("\n");
    json_decref(said);
}

static void print_many(const struct lt_options *options, const struct lt_invites *invites)
{
    const char *slips = options->values[SLIPS];
    if (!options->json) {
        printf(lt_text("%s: %zu phiếu; hãy in, giao tận tay từng đơn vị rồi xóa tệp\n",
                       "%s: %zu slips; print them, hand each to its unit, then delete the file\n"),
               slips, invites->count);
        return;
    }
    json_t *list = json_array();
    for (size_t i = 0; i < invites->count; i++) {
        json_array_append_new(list, lt_invite_json(invites, &invites->list[i], slips == NULL));
    }
    dump(json_pack("{s:s,s:o}", "file", options->values[FROM], "invitations", list));
}

static enum lt_result print_one(const struct lt_options *options, const struct lt_invites *invites)
{
    const struct lt_invite *invite = &invites->list[0];
    struct lt_qr *qr;
    if (options->json) {
        dump(lt_invite_json(invites, invite, options->values[OUT] == NULL));
    } else if (options->values[OUT] != NULL) {
        printf("%s\n", options->values[OUT]);
    } else {
        printf("%s\n", invite->code);
    }
    if (options->values[QR] == NULL || options->json) {
        return LT_OK;
    }
    enum lt_result result = lt_qr_make(invite->code, &qr);
    if (result == LT_OK) {
        lt_qr_print(qr, stdout, lt_program_may_colour());
        lt_qr_free(qr);
    }
    return result;
}

/* ---- What is made ---- */

static enum lt_result fill_file(FILE *out, const struct lt_invites *invites, enum shape shape)
{
    struct lt_qr *qr;
    enum lt_result result = LT_OK;
    switch (shape) {
    case TEXT_FILE:
        lt_slip_text(out, &invites->list[0]);
        break;
    case SLIP_FILE:
        return lt_slips_write(out, invites);
    case QR_FILE:
        result = lt_qr_make(invites->list[0].code, &qr);
        if (result == LT_OK) {
            lt_qr_svg(qr, out);
            lt_qr_free(qr);
        }
        break;
    case SHAPES:
        break;
    }
    return result;
}

/* The file whole on the disk, the invitations in the roster, the file in its place: whatever fails, no code
 * is handed out that is not kept, and none is kept that was not handed out. */
static enum lt_result keep_with_file(struct lt_invites *invites, const char *path, enum shape shape)
{
    struct lt_secret_file file;
    enum lt_result result = lt_secret_file_open(path, &file, invites->reason);
    if (result != LT_OK) {
        return result;
    }
    result = fill_file(file.stream, invites, shape);
    if (result == LT_OK) {
        result = lt_secret_file_write(&file, invites->reason);
    }
    if (result == LT_OK) {
        result = lt_invites_keep(invites);
    }
    if (result != LT_OK) {
        lt_secret_file_drop(&file);
        return result;
    }
    result = lt_secret_file_keep(&file, invites->reason);
    if (result != LT_OK && lt_invites_drop(invites) != LT_OK) {
        fputs(lt_text("các lời mời vừa tạo vẫn còn mở; thu hồi bằng `invites --revoke`\n",
                      "the invitations just made are still open; take them back with `invites "
                      "--revoke`\n"),
              stderr);
    }
    return result;
}

static enum lt_result plan_file(struct lt_invites *invites, const struct lt_import_view *view,
                                const char *path, const struct lt_invite_wish *wish, bool *ret_told)
{
    struct lt_sheet_fault fault = {.line = 0};
    uint8_t *bytes = NULL;
    size_t size = 0;
    enum lt_result result = lt_table_load(path, &bytes, &size, &fault);
    if (result == LT_OK) {
        result = lt_invites_read(invites, view, (struct lt_bytes){bytes, size}, wish, &fault);
    }
    if (result != LT_OK) {
        lt_import_tell(path, &fault);
        *ret_told = true;
    }
    free(bytes);
    return result;
}

static enum lt_result plan(struct lt_invites *invites, const struct lt_options *options,
                           const struct lt_invite_wish *wish, bool *ret_told)
{
    struct lt_import_view view;
    char reason[LT_DIRECT_REASON_MAX] = "";
    enum lt_result result = lt_invites_begin(invites, options->dir, options->values[ENDPOINT]);
    if (result != LT_OK) {
        return result;
    }
    result = lt_import_look(options->dir, &view, reason);
    if (result != LT_OK) {
        snprintf(invites->reason, sizeof(invites->reason), "%s", reason);
        return result;
    }
    result = options->values[FROM] != NULL
                 ? plan_file(invites, &view, options->values[FROM], wish, ret_told)
                 : lt_invites_add(invites, &view, options->operands[0], wish);
    lt_import_look_end(&view);
    return result;
}

static int invite(const struct lt_options *options, const struct lt_invite_wish *wish,
                  const char *path, enum shape shape)
{
    struct lt_invites invites = {.count = 0};
    bool told = false;
    enum lt_result result = plan(&invites, options, wish, &told);
    if (result == LT_OK) {
        result = path != NULL ? keep_with_file(&invites, path, shape) : lt_invites_keep(&invites);
    }
    if (result == LT_OK && options->values[FROM] != NULL) {
        print_many(options, &invites);
    } else if (result == LT_OK) {
        result = print_one(options, &invites);
    }
    if (result != LT_OK && !told) {
        fprintf(stderr, "lienthong-hub: %s\n",
                invites.reason[0] != '\0' ? invites.reason : lt_text_result(result));
    }
    lt_invites_free(&invites);
    return lt_exit_of(result);
}

static int wrong(const char *why)
{
    return lt_options_usage(USAGE_VI, USAGE_EN, "invite: %s", why);
}

int lt_hub_cmd_invite(int argc, char **argv)
{
    struct lt_options options;
    struct lt_invite_wish wish = {.days = LT_INVITE_DAYS};
    enum shape shape = SLIP_FILE;
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, OPTION_COUNT, USAGE_VI, USAGE_EN, &options, &code)) {
        return code;
    }
    const char *const *values = options.values;
    if (options.operand_count != (values[FROM] != NULL ? 0u : 1u)) {
        return wrong(lt_text("một đơn vị, hoặc --from TỆP", "one unit, or --from FILE"));
    }
    if (values[FROM] != NULL &&
        (values[OUT] != NULL || values[QR] != NULL || (values[SLIPS] == NULL && !options.json))) {
        return wrong(lt_text("--from cần --slips TỆP.html (hoặc --json)",
                             "--from needs --slips FILE.html (or --json)"));
    }
    if (values[FROM] == NULL && values[SLIPS] != NULL) {
        return wrong(lt_text("--slips đi với --from; cho một đơn vị: --out TỆP.html",
                             "--slips goes with --from; for one unit: --out FILE.html"));
    }
    if (values[OUT] != NULL && !shape_of(values[OUT], &shape)) {
        return wrong(lt_text("--out là một tệp .txt, .html hoặc .svg",
                             "--out is a file .txt, .html or .svg"));
    }
    if (values[DAYS] != NULL && !lt_invite_days(values[DAYS], &wish.days)) {
        return wrong(lt_text("--days là một số từ 1 đến 366", "--days is a number from 1 to 366"));
    }
    wish.role = values[HUB] != NULL ? LIENTHONG__ROLE__ROLE_HUB : LIENTHONG__ROLE__ROLE_AGENT;
    wish.approve = values[APPROVE] != NULL;
    return invite(&options, &wish, values[FROM] != NULL ? values[SLIPS] : values[OUT], shape);
}
