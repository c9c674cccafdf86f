/* cmd_bundle - a PC without a link: its records out on a USB stick, the answer in from one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/carry.h"
#include "agent/clock.h"
#include "agent/commands.h"
#include "agent/options.h"
#include "agent/text.h"
#include "agent/wake.h"

static const char USAGE_VI[] =
    "Cách dùng: lienthong-agent bundle out TỆP [--all] [--for MÃ] [--force] [--json] [--dir D]\n"
    "           lienthong-agent bundle in TỆP [--json] [--dir D]\n"
    "  out: ký các dòng đang chờ và ghi những gì cấp trên chưa xác nhận vào TỆP, niêm phong cho\n"
    "       hub cấp trên. --all: cả những gì đã xác nhận. --for: cho một hub cao hơn.\n"
    "  in:  nạp gói mà hub làm ra cho máy này: chỉ đạo, biên nhận, bản ghi của máy khác.\n"
    "  Nạp hai lần hay sai thứ tự đều không sao.\n";
static const char USAGE_EN[] =
    "Usage: lienthong-agent bundle out FILE [--all] [--for CODE] [--force] [--json] [--dir D]\n"
    "       lienthong-agent bundle in FILE [--json] [--dir D]\n"
    "  out: signs the rows that wait and writes what the hub above has not confirmed into FILE,\n"
    "       sealed for that hub. --all: what was confirmed too. --for: for a hub above it.\n"
    "  in:  loads the bundle that a hub made for this PC: directives, receipts, other machines'\n"
    "       records. Loading twice, or in any order, does no harm.\n";

enum { O_ALL, O_FOR, O_FORCE, O_COUNT };
static const struct lt_option known[O_COUNT] = {
    {"--all", false}, {"--for", true}, {"--force", false}};

struct act {
    const struct lt_options *given;
    const char *path;
    struct lt_journal *journal;
    struct lt_keys keys;
};

static int fail(enum lt_result result, const char *what, const char *reason)
{
    const char *why = reason[0] != '\0' ? reason : lt_text_result(result);
    if (strncmp(why, what, strlen(what)) == 0)
        fprintf(stderr, "%s\n", why);
    else
        fprintf(stderr, "%s: %s\n", what, why);
    fprintf(stderr, "%s\n", lt_text("chưa có gì thay đổi", "nothing was changed"));
    return lt_exit_of(result);
}

static int print_json(json_t *document)
{
    if (document == NULL)
        return lt_options_no_memory();
    json_dumpf(document, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(document);
    return LT_EXIT_OK;
}

static void ring(const struct act *act)
{
    if (lt_wake_ring(act->given->dir) != LT_OK)
        fprintf(stderr, "%s\n",
                lt_text("(không báo được cho tác tử đang chạy; nó sẽ tự thấy ở lần liên lạc sau)",
                        "(the running agent could not be told; it will see at its next contact)"));
}

static void tell_out(const struct act *act, const struct lt_carried *carried, bool written)
{
    char receiver[LT_UNIT_TEXT_MAX];
    lt_unit_format(&carried->receiver, receiver);
    if (act->given->json)
        print_json(json_pack("{s:s,s:b,s:s,s:I,s:I,s:I}", "schema", "lienthong.bundle-out/1",
                             "written", (int)written, "for", receiver, "signed",
                             (json_int_t)carried->signed_now, "updates",
                             (json_int_t)carried->updates, "bytes", (json_int_t)carried->bytes));
    else if (written)
        printf(lt_text("%s: %llu bản cập nhật (%llu vừa ký), %llu byte, niêm phong cho hub %s\n",
                       "%s: %llu updates (%llu signed just now), %llu bytes, sealed for hub %s\n"),
               act->path, (unsigned long long)carried->updates,
               (unsigned long long)carried->signed_now, (unsigned long long)carried->bytes,
               receiver);
    else
        printf(lt_text("không có gì để mang đi: hub %s đã xác nhận mọi thứ (--all: ghi tất cả)\n",
                       "nothing to carry: hub %s has confirmed everything (--all writes it "
                       "all)\n"),
               receiver);
}

static int bundle_out(struct act *act)
{
    const struct lt_carry_out how = {.path = act->path,
                                     .force = act->given->values[O_FORCE] != NULL,
                                     .all = act->given->values[O_ALL] != NULL,
                                     .receiver = act->given->values[O_FOR]};
    char reason[LT_BUNDLE_REASON_MAX];
    struct lt_carried carried;
    enum lt_result result =
        lt_carry_out(act->journal, &act->keys, &how, lt_clock_wall(), &carried, reason);
    if (result != LT_OK && result != LT_NOT_FOUND)
        return fail(result, act->path, reason);
    if (carried.signed_now > 0)
        ring(act);
    tell_out(act, &carried, result == LT_OK);
    return result == LT_OK ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}

/* What another machine of the unit put at the same time, as after a fetch. */
static enum lt_result take_back_twins(struct act *act)
{
    size_t count = 0;
    enum lt_result result =
        lt_journal_take_back_twins(act->journal, &act->keys.sign_public, lt_clock_wall(), &count);
    if (result == LT_OK && count > 0 && !act->given->json)
        printf(lt_text("%zu dòng cũng do máy khác nhập: gỡ bản của máy này ở gói sau\n",
                       "%zu rows were entered on another machine too: the next bundle takes this "
                       "one's back\n"),
               count);
    return result;
}

static int bundle_in(struct act *act)
{
    char reason[LT_BUNDLE_REASON_MAX] = "";
    struct lt_bundle *bundle;
    struct lt_bundle_head head;
    struct lt_bundle_tally tally = {.count = 0};
    enum lt_result result = lt_bundle_open(act->path, &act->keys, &bundle, &head, reason);
    if (result != LT_OK)
        return fail(result, act->path, reason);
    result = lt_carry_in(act->journal, bundle, &tally);
    lt_bundle_close(bundle);
    if (result == LT_OK && tally.taken > 0)
        result = take_back_twins(act);
    if (tally.taken + tally.receipts > 0)
        ring(act);
    if (act->given->json)
        print_json(lt_bundle_tally_json(&tally, &head));
    else
        lt_bundle_tally_print(&tally);
    if (result != LT_OK)
        fprintf(stderr,
                lt_text("%s: dừng giữa chừng: %s; những gì đã nhận vẫn còn, hãy nạp lại\n",
                        "%s: stopped in the middle: %s; what was taken stays, load it again\n"),
                act->path, lt_text_result(result));
    bool whole = tally.refused + tally.receipts_refused == 0;
    lt_bundle_tally_free(&tally);
    return result != LT_OK ? lt_exit_of(result) : whole ? LT_EXIT_OK : LT_EXIT_UNFINISHED;
}

int lt_cmd_bundle(int argc, char **argv)
{
    struct lt_options given;
    struct act act = {.given = &given};
    char reason[200] = "", store[LT_DIR_MAX + 8];
    int code;
    if (!lt_options_parse(argc, argv, known, O_COUNT, USAGE_VI, USAGE_EN, &given, &code))
        return code;
    bool out = given.operand_count == 2 && strcmp(given.operands[0], "out") == 0;
    bool in = given.operand_count == 2 && strcmp(given.operands[0], "in") == 0;
    if (!out && !in)
        return lt_options_usage(
            USAGE_VI, USAGE_EN, "%s",
            lt_text("bundle out TỆP, hoặc bundle in TỆP", "bundle out FILE, or bundle in FILE"));
    act.path = given.operands[1];
    snprintf(store, sizeof(store), "%s/store", given.dir);
    enum lt_result result = lt_env_is_made(store, reason);
    if (result == LT_OK)
        result = lt_keys_load(given.dir, &act.keys, reason);
    if (result == LT_OK)
        result = lt_journal_open(given.dir, false, &act.journal, reason);
    if (result != LT_OK) {
        lt_keys_wipe(&act.keys);
        return fail(result, given.dir, reason);
    }
    lt_journal_own(act.journal, &act.keys.sign_public);
    code = out ? bundle_out(&act) : bundle_in(&act);
    lt_journal_close(act.journal);
    lt_keys_wipe(&act.keys);
    return code;
}
