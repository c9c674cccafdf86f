/* cmd_release - programs for the machines of the tree: signed offline, handed down by the hubs, taken in waves. */
#include "hub/cmd_release.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/backup.h"
#include "agent/folder.h"
#include "agent/release_fetch.h"
#include "agent/text.h"
#include "hub/commands.h"
#include "hub/import.h"
#include "hub/release_word.h"
#include "hub/releases.h"

static const char USAGE[] =
    "Usage: lienthong-hub release key KEYFILE                            makes the key for "
    "releases\n"
    "       lienthong-hub release grant KEY GRANT --root KEYFILE --serial N    where the root is\n"
    "       lienthong-hub release sign GRANT FILE --key KEYFILE --number N --name VERSION\n"
    "                                  [--format N] SYSTEM=PROGRAM ...   where the key is kept\n"
    "       lienthong-hub release add FILE PROGRAM ... [--dir D]         at the top\n"
    "       lienthong-hub release wave PERCENT [--dir D]                 at the top\n"
    "       lienthong-hub release [status] [--json] [--dir D]            at any hub\n"
    "A release is one program of the agent for several systems (linux-x86_64, windows-x86_64), "
    "with\n"
    "a number that rises. The hubs hand it down; PCs take it in waves: `add` says it for none of\n"
    "them, `wave` for so many in a hundred (0 stops), and each goes back by itself when it does "
    "not\n"
    "serve. KEY is what `key` has shown. A key with a greater serial ends those before it.\n"
    "--format: the least format of a store that the program opens (1).\n";

static const struct lt_option OPTIONS[LT_RELEASE_OPTIONS] = {
    [LT_RELEASE_ROOT] = {"--root", true}, [LT_RELEASE_SERIAL] = {"--serial", true},
    [LT_RELEASE_KEY] = {"--key", true},   [LT_RELEASE_NUMBER_OPTION] = {"--number", true},
    [LT_RELEASE_NAME] = {"--name", true}, [LT_RELEASE_FORMAT] = {"--format", true}};

static enum lt_result fail(enum lt_result result, const char *what, const char *why,
                           char ret_reason[LT_DIRECT_REASON_MAX])
{
    snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%.120s: %.170s", what, why);
    return result;
}

static enum lt_result say(const char *dir, struct lt_release_word *word,
                          char ret_reason[LT_DIRECT_REASON_MAX])
{
    Lienthong__Directive item, *items[1] = {&item};
    size_t said = 0;
    lienthong__directive__init(&item);
    item.release = &word->wire;
    return lt_direct_say(dir, items, 1, &said, ret_reason);
}

/* Would it stand? */
static enum lt_result check_word(const struct lt_book *book, struct lt_release_word *word,
                                 char ret_reason[LT_DIRECT_REASON_MAX])
{
    Lienthong__Directive item;
    const Lienthong__Directive *items[1] = {&item};
    size_t row;
    char reason[160] = "";
    lienthong__directive__init(&item);
    item.release = &word->wire;
    const enum lt_result result = lt_book_check_standing(book, items, 1, &row, reason);
    if (result == LT_REFUSED) {
        snprintf(ret_reason, LT_DIRECT_REASON_MAX, "%s", reason);
    }
    return result;
}

/* What stands at the top, as a word to be said again; number 0: nothing. `next` (unless NULL) is to be said. */
static enum lt_result look(const char *dir, struct lt_release_word *next,
                           struct lt_release_word *ret_word, char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_import_view view;
    enum lt_result result = lt_import_look(dir, &view, ret_reason);
    if (result != LT_OK) {
        return result;
    }
    *ret_word = (struct lt_release_word){.release = {.number = 0}};
    const struct lt_standing_release *now = lt_book_release_now(lt_ledger_book(view.ledger));
    if (view.site.has_parent) {
        result = fail(LT_REFUSED, dir, "the top of the tree says what is released", ret_reason);
    } else if (now != NULL) {
        lt_release_word_of(now, ret_word);
    }
    if (result == LT_OK && next != NULL) {
        result = check_word(lt_ledger_book(view.ledger), next, ret_reason);
    }
    lt_import_look_end(&view);
    return result;
}

/* ---- add ---- */

/* Copied beside, looked at, renamed. */
static enum lt_result copy(const char *from, const char *path, const struct lt_release_file *file,
                           char ret_reason[LT_DIRECT_REASON_MAX])
{
    char beside[LT_RELEASES_PATH_MAX + 8], why[LT_BACKUP_REASON_MAX] = "";
    uint64_t size;
    struct lt_hash hash;
    snprintf(beside, sizeof(beside), "%s.part", path);
    (void)unlink(beside); /* of an earlier try */
    enum lt_result result = lt_backup_copy(from, beside, &size, &hash, why);
    if (result != LT_OK) {
        return fail(result, "copying", why, ret_reason);
    }
    result = lt_release_file_is(beside, file);
    if (result != LT_OK) {
        (void)unlink(beside);
        return fail(result, from, "changed while it was copied", ret_reason);
    }
    return rename(beside, path) == 0 && lt_folder_sync_above(path)
               ? LT_OK
               : fail(LT_IO, path, lt_text_errno(errno), ret_reason);
}

static enum lt_result take_program(const char *dir, const struct lt_release *release,
                                   const char *from, char ret_reason[LT_DIRECT_REASON_MAX])
{
    char why[LT_BACKUP_REASON_MAX] = "", path[LT_RELEASES_PATH_MAX];
    struct lt_hash hash;
    uint64_t size;
    const enum lt_result result = lt_backup_hash(from, &size, &hash, why);
    if (result != LT_OK) {
        return fail(result, "program", why, ret_reason);
    }
    for (size_t i = 0; i < release->file_count; i++) {
        const struct lt_release_file *file = &release->files[i];
        if (lt_hash_cmp(&file->hash, &hash) == 0 && file->size == size) {
            lt_releases_path(dir, &hash, path);
            return lt_release_file_is(path, file) == LT_OK ? LT_OK
                                                           : copy(from, path, file, ret_reason);
        }
    }
    return fail(LT_REFUSED, from, "is none of the programs that were signed", ret_reason);
}

static enum lt_result check_all(const char *dir, const struct lt_release *release,
                                char ret_reason[LT_DIRECT_REASON_MAX])
{
    for (size_t i = 0; i < release->file_count; i++) {
        char path[LT_RELEASES_PATH_MAX];
        lt_releases_path(dir, &release->files[i].hash, path);
        const enum lt_result result = lt_release_file_is(path, &release->files[i]);
        if (result != LT_OK) {
            return fail(result, release->files[i].system,
                        "its program is not here; name it with the others", ret_reason);
        }
    }
    return LT_OK;
}

enum lt_result lt_release_add(const struct lt_options *options,
                              char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_release_word word, now = {.release = {.number = 0}};
    enum lt_result result = lt_release_word_read(options->operands[1], true, &word, ret_reason);
    if (result == LT_OK) {
        result = look(options->dir, &word, &now, ret_reason);
    }
    if (result == LT_OK && lt_releases_folder(options->dir) != LT_OK) {
        result = fail(LT_IO, options->dir, lt_text_errno(errno), ret_reason);
    }
    for (size_t i = 2; i < options->operand_count && result == LT_OK; i++) {
        result = take_program(options->dir, &word.release, options->operands[i], ret_reason);
    }
    if (result == LT_OK) {
        result = check_all(options->dir, &word.release, ret_reason);
    }
    const bool stands = result == LT_OK && now.release.number == word.release.number &&
                        now.wire.serial == word.wire.serial;
    if (result == LT_OK && !stands) { /* else its programs alone were missing */
        result = say(options->dir, &word, ret_reason);
    }
    if (result == LT_OK) {
        lt_releases_clean(options->dir, &word.release);
        printf("release %" PRIu64 " (%s) %s for %u %% of the machines\n", word.release.number,
               word.release.version, stands ? "stands" : "is said", stands ? now.wire.percent : 0);
    }
    return result;
}

/* ---- wave ---- */

enum lt_result lt_release_set_wave(const struct lt_options *options,
                                   char ret_reason[LT_DIRECT_REASON_MAX])
{
    struct lt_release_word word;
    uint64_t percent;
    if (!lt_release_number(options->operands[1], 0, 100, &percent)) {
        return fail(LT_USAGE, options->operands[1], "is no number from 0 to 100", ret_reason);
    }
    enum lt_result result = look(options->dir, NULL, &word, ret_reason);
    if (result == LT_OK && word.release.number == 0) {
        result =
            fail(LT_NOT_FOUND, options->dir, "no release was said; see `release add`", ret_reason);
    }
    if (result == LT_OK && percent > 0) {
        result = check_all(options->dir, &word.release, ret_reason);
    }
    if (result == LT_OK && word.wire.percent != percent) {
        word.wire.percent = (uint32_t)percent;
        result = say(options->dir, &word, ret_reason);
    }
    if (result == LT_OK) {
        printf("release %" PRIu64 " (%s) is for %u %% of the machines\n", word.release.number,
               word.release.version, (unsigned)percent);
    }
    return result;
}

/* ---- The command ---- */

static lt_release_act *act_of(const struct lt_options *options)
{
    static const struct {
        const char *name;
        size_t least, most; /* operands, with the name */
        lt_release_act *act;
        unsigned needs, may; /* options, bits */
    } acts[] = {
        {"key", 2, 2, lt_release_make_key, 0, 0},
        {"grant", 3, 3, lt_release_grant, 1U << LT_RELEASE_ROOT | 1U << LT_RELEASE_SERIAL, 0},
        {"sign", 4, SIZE_MAX, lt_release_sign_files,
         1U << LT_RELEASE_KEY | 1U << LT_RELEASE_NUMBER_OPTION | 1U << LT_RELEASE_NAME,
         1U << LT_RELEASE_FORMAT},
        {"add", 2, SIZE_MAX, lt_release_add, 0, 0},
        {"wave", 2, 2, lt_release_set_wave, 0, 0},
        {"status", 0, 1, lt_release_show, 0, 0},
    };
    const char *name = options->operand_count > 0 ? options->operands[0] : "status";
    unsigned given = 0;
    for (unsigned i = 0; i < LT_RELEASE_OPTIONS; i++) {
        given |= options->values[i] != NULL ? 1U << i : 0;
    }
    for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
        if (strcmp(name, acts[i].name) == 0 && options->operand_count >= acts[i].least &&
            options->operand_count <= acts[i].most && (given & acts[i].needs) == acts[i].needs &&
            (given & ~(acts[i].needs | acts[i].may)) == 0) {
            return acts[i].act;
        }
    }
    return NULL;
}

int lt_hub_cmd_release(int argc, char **argv)
{
    struct lt_options options;
    char reason[LT_DIRECT_REASON_MAX] = "";
    int code;
    if (!lt_options_parse(argc, argv, OPTIONS, LT_RELEASE_OPTIONS, USAGE, USAGE, &options, &code)) {
        return code;
    }
    lt_release_act *act = act_of(&options);
    if (act == NULL) {
        return lt_options_usage(USAGE, USAGE,
                                "release: key, grant, sign, add, wave or status, as above");
    }
    const enum lt_result result = sodium_init() < 0 ? LT_IO : act(&options, reason);
    if (result != LT_OK) {
        fprintf(stderr, "lienthong-hub release: %s\n",
                reason[0] != '\0' ? reason : lt_result_text(result));
    }
    return lt_exit_of(result);
}
