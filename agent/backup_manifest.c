/* The manifest: lines "name value", the last of which is the hash of all before it.
 *
 *   lienthong backup 1
 *   program lienthong-hub
 *   version 0.1.0
 *   made 1795752522
 *   unit 80@2025-07-01          ("-": none)
 *   instance 32 digits
 *   updates 123
 *   drafts 0
 *   tips 64 digits
 *   file HASH SIZE NAME         for each file, in order
 *   end HASH                    BLAKE2b-256 of every byte above this line
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/backup.h"
#include "agent/text.h"

enum { MANIFEST_BYTES_MAX = 16 * 1024, MANIFEST_LINE_MAX = 256 };
#define MANIFEST_NAME  "manifest"
#define MANIFEST_FIRST "lienthong backup "

/* ---- Writing ---- */

static size_t put_files(const struct lt_manifest *manifest, char *text, size_t at)
{
    for (size_t i = 0; i < manifest->file_count; i++) {
        const struct lt_backup_file *file = &manifest->files[i];
        char hash[65];
        lt_hex(file->hash.bytes, sizeof(file->hash.bytes), hash);
        at += (size_t)snprintf(text + at, MANIFEST_BYTES_MAX - at, "file %s %" PRIu64 " %s\n", hash,
                               file->size, file->name);
    }
    return at;
}

static size_t put_text(const struct lt_manifest *manifest, char text[MANIFEST_BYTES_MAX])
{
    char unit[LT_UNIT_TEXT_MAX] = "-", instance[33], tips[65], end[65];
    struct lt_hash hash;
    if (manifest->unit.code[0] != '\0')
        lt_unit_format(&manifest->unit, unit);
    lt_hex(manifest->instance.bytes, sizeof(manifest->instance.bytes), instance);
    lt_hex(manifest->tips.bytes, sizeof(manifest->tips.bytes), tips);
    size_t at = (size_t)snprintf(
        text, MANIFEST_BYTES_MAX,
        MANIFEST_FIRST "%d\nprogram %s\nversion %s\nmade %" PRId64 "\nunit %s\ninstance %s\n"
                       "updates %" PRIu64 "\ndrafts %" PRIu64 "\ntips %s\n",
        LT_BACKUP_VERSION, manifest->program, manifest->version, manifest->made_at, unit, instance,
        manifest->updates, manifest->drafts, tips);
    at = put_files(manifest, text, at);
    lt_hash_of(text, at, &hash);
    lt_hex(hash.bytes, sizeof(hash.bytes), end);
    return at + (size_t)snprintf(text + at, MANIFEST_BYTES_MAX - at, "end %s\n", end);
}

enum lt_result lt_manifest_write(const char *folder, const struct lt_manifest *manifest,
                                 char ret_reason[LT_BACKUP_REASON_MAX])
{
    char text[MANIFEST_BYTES_MAX], path[4096], beside[4096];
    size_t size = put_text(manifest, text);
    if (!lt_backup_path(path, folder, MANIFEST_NAME) ||
        !lt_backup_path(beside, folder, MANIFEST_NAME ".tmp"))
        return lt_backup_fail(ret_reason, folder, ENAMETOOLONG);
    int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write(fd, text, size) == (ssize_t)size && fsync(fd) == 0;
    int code = errno != 0 ? errno : ENOSPC;
    good = (fd < 0 || close(fd) == 0) && good;
    if (good && rename(beside, path) != 0) {
        good = false;
        code = errno;
    }
    return good ? lt_backup_sync_folder(folder, ret_reason)
                : lt_backup_fail(ret_reason, path, code);
}

void lt_manifest_remove(const char *folder)
{
    char path[4096];
    if (lt_backup_path(path, folder, MANIFEST_NAME))
        (void)unlink(path);
    if (lt_backup_path(path, folder, MANIFEST_NAME ".tmp"))
        (void)unlink(path);
}

/* ---- Reading ---- */

/* The next line, NUL-terminated in place of its end. NULL: none. */
static char *next_line(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');
    if (end == NULL || end - line >= MANIFEST_LINE_MAX)
        return NULL;
    *end = '\0';
    *rest = end + 1;
    return line;
}

static const char *value_of(const char *line, const char *name)
{
    size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && line[length] == ' ' ? line + length + 1 : NULL;
}

static bool take_number(const char *text, uint64_t *ret_number)
{
    char *end;
    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    *ret_number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool take_name(const char *text, char ret_name[LT_BACKUP_NAME_MAX])
{
    if (text[0] == '\0' || strlen(text) >= LT_BACKUP_NAME_MAX)
        return false;
    snprintf(ret_name, LT_BACKUP_NAME_MAX, "%s", text);
    return true;
}

/* "store/data.mdb", "sign.key": never a path that leads elsewhere. */
static bool is_file_name(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-_/";
    return name[0] != '/' && name[0] != '.' && strstr(name, "..") == NULL &&
           name[strspn(name, allowed)] == '\0';
}

static bool take_file(char *text, struct lt_manifest *manifest)
{
    struct lt_backup_file file;
    char *size = strchr(text, ' '), *name = size != NULL ? strchr(size + 1, ' ') : NULL;
    if (name == NULL || manifest->file_count == LT_BACKUP_FILES_MAX)
        return false;
    *size++ = '\0';
    *name++ = '\0';
    if (lt_unhex(text, file.hash.bytes, sizeof(file.hash.bytes)) != LT_OK ||
        !take_number(size, &file.size) || !take_name(name, file.name) || !is_file_name(name))
        return false;
    manifest->files[manifest->file_count++] = file;
    return true;
}

static bool take_line(char *line, struct lt_manifest *manifest)
{
    const char *value;
    uint64_t number;
    bool dated;
    if ((value = value_of(line, "program")) != NULL)
        return take_name(value, manifest->program);
    if ((value = value_of(line, "version")) != NULL)
        return take_name(value, manifest->version);
    if ((value = value_of(line, "made")) != NULL) {
        bool good = take_number(value, &number) && number <= INT64_MAX;
        manifest->made_at = good ? (int64_t)number : 0;
        return good;
    }
    if ((value = value_of(line, "unit")) != NULL)
        return strcmp(value, "-") == 0 || lt_unit_parse(value, &manifest->unit, &dated) == LT_OK;
    if ((value = value_of(line, "instance")) != NULL)
        return lt_unhex(value, manifest->instance.bytes, sizeof(manifest->instance.bytes)) == LT_OK;
    if ((value = value_of(line, "updates")) != NULL)
        return take_number(value, &manifest->updates);
    if ((value = value_of(line, "drafts")) != NULL)
        return take_number(value, &manifest->drafts);
    if ((value = value_of(line, "tips")) != NULL)
        return lt_unhex(value, manifest->tips.bytes, sizeof(manifest->tips.bytes)) == LT_OK;
    return value_of(line, "file") != NULL && take_file(line + strlen("file "), manifest);
}

static enum lt_result damaged(const char *path, char *ret_reason)
{
    return lt_backup_say(ret_reason, LT_CORRUPT, path,
                         lt_text("bản kê bị hỏng hoặc bị cắt ngắn: dùng bản sao lưu khác",
                                 "the manifest is damaged or cut short: use another backup"));
}

/* The hash first: what is not as it was written is not read. */
static enum lt_result parse(char *text, const char *path, struct lt_manifest *ret_manifest,
                            char *ret_reason)
{
    struct lt_manifest manifest = {.file_count = 0};
    struct lt_hash said, is;
    char *rest = text, *end = strstr(text, "\nend "), *line;
    uint64_t version;
    if (end == NULL || strlen(end) != strlen("\nend \n") + 64 || end[strlen(end) - 1] != '\n')
        return damaged(path, ret_reason);
    lt_hash_of(text, (size_t)(end + 1 - text), &is);
    end[strlen(end) - 1] = '\0';
    if (lt_unhex(end + strlen("\nend "), said.bytes, sizeof(said.bytes)) != LT_OK ||
        lt_hash_cmp(&said, &is) != 0)
        return damaged(path, ret_reason);
    end[1] = '\0'; /* what follows the last line is the hash */
    line = next_line(&rest);
    if (line == NULL || strncmp(line, MANIFEST_FIRST, strlen(MANIFEST_FIRST)) != 0 ||
        !take_number(line + strlen(MANIFEST_FIRST), &version))
        return damaged(path, ret_reason);
    if (version != LT_BACKUP_VERSION)
        return lt_backup_say(
            ret_reason, LT_VERSION, path,
            lt_text("do phiên bản mới hơn sao lưu: hãy khôi phục bằng chương trình mới hơn",
                    "made by a newer version: restore it with a newer program"));
    while ((line = next_line(&rest)) != NULL)
        if (!take_line(line, &manifest))
            return damaged(path, ret_reason);
    if (manifest.program[0] == '\0' || manifest.version[0] == '\0' || manifest.file_count == 0)
        return damaged(path, ret_reason);
    *ret_manifest = manifest;
    return LT_OK;
}

enum lt_result lt_manifest_read(const char *folder, struct lt_manifest *ret_manifest,
                                char ret_reason[LT_BACKUP_REASON_MAX])
{
    char path[4096], text[MANIFEST_BYTES_MAX + 1];
    if (!lt_backup_path(path, folder, MANIFEST_NAME))
        return lt_backup_fail(ret_reason, folder, ENAMETOOLONG);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT)
        return lt_backup_say(
            ret_reason, LT_NOT_FOUND, folder,
            lt_text("không phải bản sao lưu hoàn chỉnh: thiếu tệp manifest (bị ngắt giữa chừng?); "
                    "dùng bản khác",
                    "no complete backup: it has no manifest (was it interrupted?); use another "
                    "one"));
    if (fd < 0)
        return lt_backup_fail(ret_reason, path, errno);
    ssize_t size = read(fd, text, MANIFEST_BYTES_MAX);
    int code = errno;
    close(fd);
    if (size < 0)
        return lt_backup_fail(ret_reason, path, code);
    text[size] = '\0';
    if (memchr(text, '\0', (size_t)size) != NULL)
        return damaged(path, ret_reason);
    return parse(text, path, ret_manifest, ret_reason);
}

enum lt_result lt_backup_is_none(const char *dir, char ret_reason[200])
{
    char path[4096], first[sizeof(MANIFEST_FIRST)] = "";
    int fd = lt_backup_path(path, dir, MANIFEST_NAME)
                 ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                 : -1;
    if (fd < 0)
        return LT_OK;
    ssize_t size = read(fd, first, sizeof(first) - 1);
    close(fd);
    if (size < (ssize_t)sizeof(first) - 1 || strcmp(first, MANIFEST_FIRST) != 0)
        return LT_OK;
    snprintf(ret_reason, 200,
             lt_text("%.100s: đây là bản sao lưu: khôi phục vào thư mục khác (restore)",
                     "%.100s: this is a backup: `restore` it into another folder, and use that"),
             dir);
    return LT_REFUSED;
}
