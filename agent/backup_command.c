/* The commands backup and restore, of either program. */
#include <jansson.h>
#include <string.h>

#include "agent/backup.h"
#include "agent/options.h"
#include "agent/text.h"

static const char BACKUP_VI[] =
    "Cách dùng: backup THƯ_MỤC [--without-keys] [--json] [--dir D]\n"
    "  Sao lưu kho, khóa và cấu hình vào một thư mục mới, kể cả khi chương trình đang chạy; đọc\n"
    "  lại và kiểm tra những gì đã ghi. Ai có khóa trong đó có thể ký thay: hãy cất cẩn thận.\n";
static const char BACKUP_EN[] =
    "Usage: backup FOLDER [--without-keys] [--json] [--dir D]\n"
    "  Copies stores, keys and settings into a new folder, beside the running program too, and\n"
    "  reads back and checks what was written. Whoever has the keys in it can sign: keep it "
    "safe.\n";
static const char RESTORE_VI[] =
    "Cách dùng: restore THƯ_MỤC [--check] [--json] [--dir D]\n"
    "  Kiểm tra bản sao lưu rồi khôi phục vào D, nơi chưa có kho nào. --check: chỉ kiểm tra.\n";
static const char RESTORE_EN[] =
    "Usage: restore FOLDER [--check] [--json] [--dir D]\n"
    "  Checks a backup and restores it into D, where there is no store. --check: checks only.\n";

static const struct lt_option backup_options[] = {{"--without-keys", false}};
static const struct lt_option restore_options[] = {{"--check", false}};

static int fail(enum lt_result result, const char *folder, const char *reason)
{
    fprintf(stderr, "%s\n", reason[0] != '\0' ? reason : lt_text_result(result));
    fprintf(stderr, lt_text("%s: chưa có gì thay đổi\n", "%s: nothing was changed\n"), folder);
    return lt_exit_of(result);
}

static json_t *files_json(const struct lt_manifest *manifest)
{
    json_t *list = json_array();
    for (size_t i = 0; i < manifest->file_count; i++) {
        char hash[65];
        lt_hex(manifest->files[i].hash.bytes, sizeof(manifest->files[i].hash.bytes), hash);
        json_array_append_new(list,
                              json_pack("{s:s,s:I,s:s}", "name", manifest->files[i].name, "bytes",
                                        (json_int_t)manifest->files[i].size, "hash", hash));
    }
    return list;
}

static void print_json(const char *done, const char *folder, const struct lt_manifest *manifest)
{
    char unit[LT_UNIT_TEXT_MAX], tips[65];
    lt_unit_format(&manifest->unit, unit);
    lt_hex(manifest->tips.bytes, sizeof(manifest->tips.bytes), tips);
    json_t *document = json_pack(
        "{s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:I,s:I,s:s,s:o}", "schema", "lienthong.backup/1", "done",
        done, "folder", folder, "program", manifest->program, "version", manifest->version, "made",
        (json_int_t)manifest->made_at, "unit", unit, "updates", (json_int_t)manifest->updates,
        "drafts", (json_int_t)manifest->drafts, "tips", tips, "files", files_json(manifest));
    if (document != NULL)
        json_dumpf(document, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(document);
}

static void print_text(const char *done, const char *folder, const struct lt_manifest *manifest)
{
    char unit[LT_UNIT_TEXT_MAX], when[LT_WHEN_TEXT_MAX];
    uint64_t bytes = 0;
    for (size_t i = 0; i < manifest->file_count; i++)
        bytes += manifest->files[i].size;
    lt_unit_format(&manifest->unit, unit);
    lt_text_when(manifest->made_at, when);
    printf(
        lt_text("%s: %s: đơn vị %s, %s, %llu bản cập nhật, %llu dòng chưa ký, %zu tệp, %llu byte\n",
                "%s: %s: unit %s, %s, %llu updates, %llu drafts, %zu files, %llu bytes\n"),
        folder, done, unit[0] != '\0' ? unit : "-", when, (unsigned long long)manifest->updates,
        (unsigned long long)manifest->drafts, manifest->file_count, (unsigned long long)bytes);
}

static void tell(const struct lt_options *given, const char *word, const char *text,
                 const struct lt_manifest *manifest)
{
    if (given->json)
        print_json(word, given->operands[0], manifest);
    else
        print_text(text, given->operands[0], manifest);
}

static bool parse(int argc, char **argv, bool backup, struct lt_options *given, int *ret_code)
{
    const char *vietnamese = backup ? BACKUP_VI : RESTORE_VI;
    const char *english = backup ? BACKUP_EN : RESTORE_EN;
    if (!lt_options_parse(argc, argv, backup ? backup_options : restore_options, 1, vietnamese,
                          english, given, ret_code))
        return false;
    if (given->operand_count == 1)
        return true;
    *ret_code = lt_options_usage(vietnamese, english, "%s",
                                 lt_text("cần đúng một thư mục", "one folder is needed"));
    return false;
}

int lt_backup_command(const struct lt_backup_kind *kind, int argc, char **argv)
{
    struct lt_options given;
    struct lt_manifest manifest;
    char reason[LT_BACKUP_REASON_MAX] = "";
    int code;
    if (!parse(argc, argv, true, &given, &code))
        return code;
    enum lt_result result = lt_backup_make(kind, given.dir, given.operands[0],
                                           given.values[0] == NULL, &manifest, reason);
    if (result != LT_OK)
        return fail(result, given.operands[0], reason);
    tell(&given, "made", lt_text("đã sao lưu, đọc lại và kiểm tra", "made, read back and checked"),
         &manifest);
    return LT_EXIT_OK;
}

static bool has_keys(const struct lt_manifest *manifest)
{
    bool found = false;
    for (size_t i = 0; i < manifest->file_count; i++)
        found = found || strcmp(manifest->files[i].name, "sign.key") == 0;
    return found;
}

int lt_restore_command(const struct lt_backup_kind *kind, int argc, char **argv,
                       void (*after)(const char *dir, const struct lt_manifest *manifest))
{
    struct lt_options given;
    struct lt_manifest manifest;
    char reason[LT_BACKUP_REASON_MAX] = "";
    int code;
    if (!parse(argc, argv, false, &given, &code))
        return code;
    const bool check = given.values[0] != NULL;
    enum lt_result result =
        check ? lt_backup_check(kind, given.operands[0], &manifest, reason)
              : lt_backup_restore(kind, given.operands[0], given.dir, &manifest, reason);
    if (result != LT_OK)
        return fail(result, check ? given.operands[0] : given.dir, reason);
    tell(&given, check ? "checked" : "restored",
         check ? lt_text("nguyên vẹn", "whole") : lt_text("đã khôi phục", "restored"), &manifest);
    if (check || given.json)
        return LT_EXIT_OK;
    if (!has_keys(&manifest))
        printf(lt_text("bản sao lưu không có khóa: hãy đặt sign.key và curve.key vào %s trước khi "
                       "chạy\n",
                       "the backup holds no keys: put sign.key and curve.key into %s before it is "
                       "run\n"),
               given.dir);
    after(given.dir, &manifest);
    return LT_EXIT_OK;
}
